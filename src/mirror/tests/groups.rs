//! Tickets in groups: any window is a part of the whole list, whatever is folded.

use super::*;

/// A heading by its name and count, a ticket by its number.
fn told(window: &Window<GroupedRow>) -> Vec<String> {
    let row = |row: &GroupedRow| match row {
        GroupedRow::Ticket(row) => row.id.to_string(),
        GroupedRow::Group(row) => format!("{}{} {}", if row.folded { "+" } else { "" }, row.name, row.count),
    };
    window.rows.iter().map(row).collect()
}

fn id_of(row: &GroupedRow) -> RowId {
    match row {
        GroupedRow::Ticket(row) => RowId::Ticket(row.id),
        GroupedRow::Group(row) => RowId::Group(row.id),
    }
}

fn grouped(store: &Reader, query: &str, by: GroupBy, folds: &Folds, anchor: Anchor<RowId>, count: usize) -> Window<GroupedRow> {
    let ask = TicketAsk { count, ..ask(query) };
    store.at_one_moment(|reader| reader.grouped(&ask, by, folds, anchor)).unwrap()
}

#[test]
fn headings_bear_names_and_counts_of_what_follows_them() {
    let store = desk();
    let all = |by| told(&grouped(&store, "is:open,closed sort:id", by, &Folds::default(), Anchor::Start, 50));
    let clients = all(GroupBy::Client);
    assert!(clients.contains(&"Acme Ltd 2".to_owned()), "{clients:?}");
    assert_eq!(all(GroupBy::Status)[0], "On hold 1", "in the order of the menus");
    assert_eq!(all(GroupBy::Priority)[..2], ["Critical 2", "3"]);
    for by in GroupBy::ALL {
        let rows = all(*by);
        let headings = rows.iter().filter(|row| row.contains(' ')).count();
        assert!(headings > 0 && rows.len() - headings == window(&store, &ask("is:open,closed")).rows.len(), "{rows:?}");
    }
    let folded = grouped(&store, "is:open,closed", GroupBy::Client, &Folds { all: true, ..Folds::default() }, Anchor::Start, 50);
    assert!(told(&folded).iter().all(|row| row.starts_with('+')), "{:?}", told(&folded));
    let words = grouped(&store, "printer", GroupBy::Client, &Folds::default(), Anchor::Start, 50);
    assert!(words.rows.iter().all(|row| matches!(row, GroupedRow::Ticket(_))), "words list by how well they fit");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_window_is_a_part_of_the_whole_list(
        clients in prop::collection::vec(0i64..6, 1..60),
        folded in prop::collection::btree_set(0usize..6, 0..4),
        all in any::<bool>(),
        count in 1usize..30,
        sort in prop::sample::select(vec!["sla", "id", "-updated", "client,-id"]),
    ) {
        let store = store();
        let record = |(id, client): (i64, &i64)| TicketRecord {
            client_id: ClientId(*client),
            client_name: format!("client {client}").into(),
            last_update: ago(id % 7),
            ..ticket(id)
        };
        put(&store, Batch::Tickets((1..).zip(&clients).map(record).collect()), Pass::Any);
        let query = format!("is:open,closed sort:{sort}");
        let none = grouped(&store, &query, GroupBy::Client, &Folds::default(), Anchor::Start, 500);
        let ids = none.rows.iter().filter_map(|row| if let GroupedRow::Group(row) = row { Some(row.id) } else { None });
        let others = ids.enumerate().filter(|(at, _)| folded.contains(at)).map(|(_, id)| id).collect();
        let folds = Folds { all, others };
        let at = |anchor, count| grouped(&store, &query, GroupBy::Client, &folds, anchor, count);
        let whole = at(Anchor::Start, 500);
        prop_assert_eq!(whole.total, whole.rows.len() as u64);
        let mut windows = vec![at(Anchor::Start, count), at(Anchor::End, count)];
        for row in &whole.rows {
            let window = at(Anchor::Around(id_of(row)), count);
            prop_assert!(window.rows.iter().any(|other| id_of(other) == id_of(row)));
            windows.push(window);
        }
        for window in windows {
            prop_assert_eq!((window.total, window.rows.len()), (whole.total, count.min(whole.rows.len())));
            let start = usize::try_from(window.offset).unwrap();
            let part = Window { rows: whole.rows[start..start + window.rows.len()].to_vec(), ..Window::default() };
            prop_assert_eq!(told(&window), told(&part));
        }
    }
}

#[test]
fn groups_of_open_tickets_are_counted_in_the_order_of_an_index() {
    let store = desk();
    for (column, index) in [
        ("t.client_key", "COVERING INDEX open_by_client_key"),
        ("t.status_key", "COVERING INDEX open_by_status_key"),
        ("t.agent_key", "COVERING INDEX open_by_agent_key"),
        ("t.team_key", "COVERING INDEX open_by_team_key"),
        // Made of another column, of which the index knows nothing: its rows are looked at.
        ("t.pri_key", "INDEX open_by_pri_key"),
    ] {
        let sql = format!(
            "EXPLAIN QUERY PLAN SELECT {column}, count(*) FROM tickets AS t WHERE (t.is_closed = 0) GROUP BY 1 ORDER BY 1"
        );
        let mut statement = store.conn.prepare(&sql).unwrap();
        let lines = statement.query_map([], |row| row.get::<_, String>(3)).unwrap();
        let plan = lines.collect::<Result<Vec<_>, _>>().unwrap();
        assert_eq!(plan, [format!("SCAN t USING {index}")]);
    }
}
