//! Long lists by several keys.

use super::*;
use crate::mirror::tickets::Source;

/// Rows of which many have the same keys.
fn rows() -> Vec<TicketRecord> {
    let row = |n: i64| TicketRecord {
        id: TicketId(n * 2 + 1),
        opened: ago(1000 + n % 7),
        last_update: ago(100 + n % 5),
        fix_by: (n % 4 > 0).then(|| ago(-n % 9)).flatten(),
        client_name: Untrusted::new(["Zebra", "Äpfel", ""][usize::try_from(n % 3).unwrap()]),
        priority_id: PriorityId(n % 4),
        status_id: StatusId(if n % 6 == 0 { 9 } else { 1 }),
        ..TicketRecord::default()
    };
    (0..120).map(row).collect()
}

#[test]
fn places_that_are_known_at_once_are_those_that_are_counted() {
    let store = store();
    lookups(&store);
    put(&store, Batch::Tickets(rows()), Pass::Any);
    for filter in ["is:open,closed", "is:open", "is:closed", "-pri:2"] {
        for order in ["pri,sla", "status,-updated", "-client,pri,-opened", "sla,client,id", "-updated,-id,pri", "pri,updated,-id"]
        {
            let query = format!("{filter} sort:{order}");
            let Source::List(list) = store.with_names(|names| store.source(&ask(&query), names)).unwrap() else {
                panic!("{query}")
            };
            let mut counted = Vec::new();
            let walked = list.walk(&store.conn, None, |id| {
                counted.push(id);
                Ok(true)
            });
            walked.unwrap();
            let mut asked = ask(&query);
            asked.count = 5;
            let end = *counted.last().unwrap();
            for id in [counted[counted.len() / 2], counted[0], end] {
                asked.anchor = Anchor::Around(TicketId(id));
                let seen = window(&store, &asked);
                let shown: Vec<i64> = seen.rows.iter().map(|row| row.id.0).collect();
                let offset = usize::try_from(seen.offset).unwrap();
                assert_eq!(shown, counted[offset..offset + shown.len()], "{query}");
                assert!(shown.contains(&id) && seen.total == counted.len() as u64, "{query}");
            }
            let known = list.known_large_order(&store.positions);
            let is_by_several = list.has_several_keys() && counted.len() > 15;
            assert_eq!(known.is_some(), is_by_several, "{query}");
            let all = known.and_then(|order| order.window(Anchor::Start, 1000)).map(|place| place.ids);
            assert_eq!(all.unwrap_or_else(|| counted.clone()), counted, "{query}");
        }
    }
}

#[test]
fn where_very_many_groups_stand_between_all_rows_are_put_in_order_before_any_is_read() {
    let store = store();
    lookups(&store);
    put(&store, Batch::Tickets(rows()), Pass::Any);
    for (order, at_once) in
        [("pri,updated,-status", true), ("-agent,client,type", true), ("status,pri,updated", false), ("pri,sla", false)]
    {
        let query = format!("is:open,closed sort:{order}");
        let Source::List(list) = store.with_names(|names| store.source(&ask(&query), names)).unwrap() else { panic!("{query}") };
        window(&store, &ask(&query));
        assert_eq!(list.known_large_order(&store.positions).is_some(), at_once, "{query}");
    }
}

#[test]
fn an_order_is_forgotten_with_the_next_write_and_numbers_far_apart_are_counted() {
    let store = store();
    lookups(&store);
    put(&store, Batch::Tickets(rows()), Pass::Any);
    let list = |store: &Reader| {
        let Source::List(list) = store.with_names(|names| store.source(&ask("is:open,closed sort:pri,sla"), names)).unwrap()
        else {
            panic!("no list")
        };
        list
    };
    let mut asked = ask("is:open,closed sort:pri,sla");
    asked.anchor = Anchor::Around(TicketId(101));
    window(&store, &asked);
    assert!(list(&store).known_large_order(&store.positions).is_some());
    let far = TicketRecord { priority_id: PriorityId(-1), ..ticket(1 << 40) };
    put(&store, Batch::Tickets(vec![far, ticket(-7)]), Pass::Any);
    asked.count = 4;
    let seen = window(&store, &asked);
    assert!(list(&store).known_large_order(&store.positions).is_none());
    asked.anchor = Anchor::Start;
    asked.count = 200;
    let all: Vec<i64> = window(&store, &asked).rows.iter().map(|row| row.id.0).collect();
    let offset = usize::try_from(seen.offset).unwrap();
    assert_eq!(seen.rows.iter().map(|row| row.id.0).collect::<Vec<_>>(), all[offset..offset + 4]);
    assert_eq!(all.len(), 122);
}
