//! What is left of an SLA: the column, the filter and the order tell the same.

use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;

/// SLA 1 counts office hours, SLA 2 every hour; priority 1 of each is told how long its targets may take.
fn terms(store: &Reader) {
    let office = Some((8 * 60, 18 * 60));
    let workday = Workday {
        id: WorkdayId(4),
        zone: "GMT Standard Time".into(),
        week: [office, office, office, office, office, None, None],
        holidays: vec![NOW / 86_400 + 3],
    };
    let always = Workday { id: WorkdayId(5), zone: "UTC".into(), week: [Some((0, 1_439)); 7], ..Workday::default() };
    put(store, Batch::Workdays(vec![workday, always]), Pass::Any);
    let sla = |id, workday| Sla { id: SlaId(id), workday_id: WorkdayId(workday), ..Sla::default() };
    put(store, Batch::Slas(vec![sla(1, 4), sla(2, 5), sla(3, 99)]), Pass::Any);
    let priority = |sla| Priority {
        sla_id: SlaId(sla),
        id: PriorityId(1),
        respond: Allowance::new(30.0, "M"),
        fix: Allowance::new(2.0, "D"),
        ..Priority::default()
    };
    put(store, Batch::Priorities(vec![priority(1), priority(2)]), Pass::Any);
}

fn left(row: &TicketRow) -> Option<i64> {
    match Burn::of(row, now()) {
        Burn::Running { left, .. } => Some(left),
        Burn::None | Burn::Held => None,
    }
}

fn due() -> impl Strategy<Value = Option<Timestamp>> {
    // Around now, on both sides, whole minutes and others.
    prop::option::of(
        (-3_000i64..10_000, 0i64..60)
            .prop_map(|(minute, second)| now() + SignedDuration::from_mins(minute) + SignedDuration::from_secs(second)),
    )
}

fn some_ticket() -> impl Strategy<Value = TicketRecord> {
    let times = (due(), prop::bool::ANY, due());
    let flags = (1i64..5, prop::bool::weighted(0.2), prop::bool::weighted(0.1), prop::bool::weighted(0.1));
    (times, flags).prop_map(|((respond_by, responded, fix_by), (sla, on_hold, excluded_from_sla, closed))| TicketRecord {
        respond_by,
        responded: ago(3_600).filter(|_| responded),
        fix_by,
        sla_id: SlaId(sla),
        priority_id: PriorityId(1),
        on_hold,
        excluded_from_sla,
        closed: ago(60).filter(|_| closed),
        ..TicketRecord::default()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// A filter by what is left finds the rows whose column says so, and the order is that in which the targets come.
    #[test]
    fn column_filter_and_order_agree(tickets in prop::collection::vec(some_ticket(), 1..40), minutes in -3_000i64..3_000) {
        let store = store();
        terms(&store);
        let records = (1..).zip(tickets).map(|(id, ticket)| TicketRecord { id: TicketId(id), ..ticket }).collect();
        put(&store, Batch::Tickets(records), Pass::Any);
        let rows = window(&store, &ask("is:open,closed sort:sla")).rows;
        for (sign, holds) in [
            ("<", (|left, minutes| left < minutes) as fn(i64, i64) -> bool),
            ("<=", |left, minutes| left <= minutes),
            (">", |left, minutes| left > minutes),
            (">=", |left, minutes| left >= minutes),
        ] {
            let query = format!("sla:{sign}{minutes}m is:open,closed");
            let mut expected: Vec<i64> =
                rows.iter().filter(|row| left(row).is_some_and(|left| holds(left, minutes))).map(|row| row.id.0).collect();
            expected.sort_unstable();
            prop_assert_eq!(sorted(&store, &query), expected, "{}", query);
        }
        let missed = |row: &&TicketRow| matches!(Burn::of(row, now()), Burn::Running { missed: true, .. });
        let mut expected: Vec<i64> = rows.iter().filter(missed).map(|row| row.id.0).collect();
        expected.sort_unstable();
        prop_assert_eq!(sorted(&store, "is:breached is:open,closed"), expected);
        let targets: Vec<Timestamp> = rows
            .iter()
            .map(|row| match Burn::of(row, now()) {
                Burn::Running { at, .. } => at,
                Burn::None | Burn::Held => Timestamp::MAX,
            })
            .collect();
        prop_assert!(targets.is_sorted(), "{:?}", targets);
    }
}

#[test]
fn terms_come_from_the_sla_and_its_priority() {
    let store = store();
    terms(&store);
    let record = |id, sla, priority| TicketRecord { sla_id: SlaId(sla), priority_id: PriorityId(priority), ..ticket(id) };
    put(&store, Batch::Tickets(vec![record(1, 1, 1), record(2, 2, 1), record(3, 3, 1), record(4, 1, 9)]), Pass::Any);
    let terms = |id| store.at_one_moment(|reader| reader.ticket(TicketId(id))).unwrap().unwrap().terms;
    let (office, always, unknown, other) = (terms(1), terms(2), terms(3), terms(4));
    assert_eq!((office.respond, office.fix), (Some(Allowance::Minutes(30)), Some(Allowance::Days(2_880))));
    assert_eq!(office.calendar.as_ref().map(|calendar| calendar.working_day()), Some(600));
    assert_eq!((always.respond, always.calendar), (Some(Allowance::Minutes(30)), None));
    assert_eq!((unknown.respond, unknown.calendar), (None, None), "hours that were never told");
    assert_eq!((other.respond, other.calendar.is_some()), (None, true));
}

#[test]
fn what_an_sla_leaves_untracked_has_no_target() {
    let store = store();
    terms(&store);
    let record = |id, sla| TicketRecord {
        sla_id: SlaId(sla),
        respond_by: ago(20),
        fix_by: Some(now() + SignedDuration::from_mins(90)),
        ..ticket(id)
    };
    let targets = |id| {
        let row = store.at_one_moment(|reader| reader.ticket(TicketId(id))).unwrap().unwrap();
        (row.respond_by.is_some(), row.fix_by.is_some())
    };
    let slas = |no_response, no_fix| {
        let sla = |id| Sla { id: SlaId(id), no_response: no_response && id == 2, no_fix: no_fix && id == 2, ..Sla::default() };
        put(&store, Batch::Slas(vec![sla(1), sla(2)]), Pass::Any);
    };
    put(&store, Batch::Tickets(vec![record(1, 1), record(2, 2)]), Pass::Any);
    assert_eq!((targets(1), targets(2)), ((true, true), (true, true)));
    assert_eq!(sorted(&store, "is:breached"), [1, 2]);
    slas(true, false);
    put(&store, Batch::Tickets(vec![record(3, 2)]), Pass::Any);
    assert_eq!((targets(1), targets(2), targets(3)), ((true, true), (false, true), (false, true)), "stored ones too");
    assert_eq!((sorted(&store, "is:breached"), sorted(&store, "sla:<2h sla:>1h")), (vec![1], vec![2, 3]));
    slas(true, true);
    assert_eq!((targets(1), targets(3)), ((true, true), (false, false)));
    slas(false, false);
    put(&store, Batch::Tickets(vec![record(2, 2)]), Pass::Any);
    assert_eq!(targets(2), (true, true), "read anew");
}

#[test]
fn a_mirror_of_an_older_program_gets_the_target_that_counts() {
    let conn = rusqlite::Connection::open_in_memory().unwrap();
    for step in [
        include_str!("../schema/1.sql"),
        include_str!("../schema/2.sql"),
        include_str!("../schema/3.sql"),
        include_str!("../schema/4.sql"),
    ] {
        conn.execute_batch(step).unwrap();
    }
    let numbers = "client_id, site_id, user_id, agent_id, team_id, status_id, priority_id, sla_id, ticket_type_id, on_hold, \
        excluded_from_sla, vip, attachments, pass, is_closed, status_key";
    let texts = "summary, client_name, site_name, user_name, team_name, category, summary_key, client_key, site_key, user_key, \
        agent_key, team_key, type_key";
    for (id, responded) in [(1, "NULL"), (2, "50")] {
        let (zeros, empty) = (vec!["0"; 16].join(", "), vec!["''"; 13].join(", "));
        // The fix is due before the response.
        let sql = format!(
            "INSERT INTO tickets(id, respond_by, responded, fix_by, {numbers}, {texts}) VALUES ({id}, 200, {responded}, 100, {zeros}, {empty})"
        );
        conn.execute_batch(&sql).unwrap();
    }
    conn.execute_batch("INSERT INTO seen(ticket_id, updated) VALUES (1, 5); INSERT INTO meta VALUES ('lookups.read', 'x')")
        .unwrap();
    conn.execute_batch(include_str!("../schema/5.sql")).unwrap();
    let number = |sql: &str| conn.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!((number("SELECT due FROM tickets WHERE id = 1"), number("SELECT due FROM tickets WHERE id = 2")), (200, 100));
    assert_eq!(number("SELECT count(*) FROM seen WHERE fields = ''"), 1);
    assert_eq!(number("SELECT count(*) FROM meta WHERE key = 'lookups.read'"), 0, "names are read soon");
}
