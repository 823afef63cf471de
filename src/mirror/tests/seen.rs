//! What was looked at, and what became of it since.

use super::*;

fn seen(store: &Reader, id: i64) -> bool {
    let updated = store.at_one_moment(|reader| reader.ticket(TicketId(id))).unwrap().unwrap().updated();
    store.mark_seen(TicketId(id), updated).unwrap()
}

fn conversation(store: &Reader, id: i64) -> Conversation {
    store.at_one_moment(|reader| reader.conversation(TicketId(id))).unwrap().unwrap()
}

/// The first ticket of [`desk`] with this change of it.
fn again(store: &Reader, change: impl FnOnce(&mut TicketRecord)) {
    let mut record = TicketRecord { last_update: ago(5), ..printer_jam() };
    change(&mut record);
    put(store, Batch::Tickets(vec![record]), Pass::Any);
}

#[test]
fn the_difference_names_fields_and_who_said_what() {
    let store = desk();
    assert!(!seen(&store, 1), "it was never looked at");
    assert_eq!(conversation(&store, 1).difference, Difference::default());
    again(&store, |record| {
        record.status_id = StatusId(2);
        record.agent_id = AgentId(4);
        record.last_action = ago(5);
    });
    let action = |id, who: &str, at, new_status, agent| ActionRecord {
        ticket_id: TicketId(1),
        id: ActionId(id),
        who: who.into(),
        agent_id: AgentId(agent),
        at,
        new_status,
        note: "words".into(),
        ..ActionRecord::default()
    };
    let actions = vec![action(2, "Dana\u{1b}[2J Reyes", ago(5), None, 0), action(1, "Priya Shah", ago(9), Some(StatusId(2)), 3)];
    put(&store, Batch::Conversation { ticket: TicketId(1), actions, left_out: 0 }, Pass::Any);
    let found = conversation(&store, 1);
    assert!(found.ticket.changed);
    let fields: Vec<_> =
        found.difference.fields.iter().map(|change| format!("{}: {} > {}", change.name, change.from, change.to)).collect();
    assert_eq!(fields, ["status: New > On hold", "agent: Priya Shah > Zoë O'Brien"]);
    let by = found.difference.fields[0].by.clone().unwrap();
    assert_eq!((by.0.as_str(), Some(by.1)), ("Priya Shah", ago(9)));
    let said: Vec<_> = found.difference.said.iter().map(|(who, at)| (who.as_str(), Some(*at))).collect();
    assert_eq!(said, [("Dana^[[2J Reyes", ago(5)), ("Priya Shah", ago(9))], "made safe, the newest first");
    assert!(seen(&store, 1), "it counted as changed until now");
    assert_eq!(conversation(&store, 1).difference, Difference::default());
    assert_eq!(found_changed(&store), [0i64; 0]);
}

fn found_changed(store: &Reader) -> Vec<i64> {
    found(store, "is:changed")
}

#[test]
fn what_changed_while_it_was_looked_at_was_not_seen() {
    let store = desk();
    seen(&store, 1);
    let shown = ago(30).unwrap();
    again(&store, |record| record.summary = "Printer on fire".into());
    assert!(store.mark_seen(TicketId(1), shown).unwrap());
    assert_eq!(found_changed(&store), [1], "an older state was on the screen");
    let change = &conversation(&store, 1).difference.fields[0];
    assert_eq!((change.name, change.to.as_str()), ("summary", "Printer on fire"));
}

#[test]
fn what_an_older_program_noted_is_no_difference() {
    let store = desk();
    let note = |conn: &rusqlite::Connection| conn.execute("INSERT INTO seen(ticket_id, updated) VALUES (1, 5)", []);
    store.write(note).unwrap();
    assert_eq!(found_changed(&store), [1]);
    assert_eq!(conversation(&store, 1).difference, Difference::default());
    seen(&store, 1);
    again(&store, |record| record.agent_id = AgentId(1));
    let change = &conversation(&store, 1).difference.fields[0];
    assert_eq!((change.from.as_str(), change.to.as_str()), ("Priya Shah", "nobody"));
}

#[test]
fn looking_at_what_did_not_change_leaves_the_lists_alone() {
    let store = desk();
    let writes = || store.conn.query_row("SELECT n FROM writes", [], |row| row.get::<_, i64>(0)).unwrap();
    let before = writes();
    seen(&store, 1);
    seen(&store, 1);
    assert_eq!(writes(), before);
}
