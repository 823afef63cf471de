//! The board's numbers are those of the lists behind them.

use proptest::prelude::*;

use super::*;

/// Open queries such as the board asks along.
const OPEN: [&str; 4] = ["is:open sla:<0m", "is:open -pri:1,2", "is:open age:>=1d age:<3d", "is:open is:hold"];

fn board(store: &Reader) -> Board {
    let open = OPEN.iter().map(|words| Query::parse(words).unwrap()).collect();
    let ask = BoardAsk { open, me: None, now: now(), zone: TimeZone::get("America/New_York").unwrap() };
    store.at_one_moment(|reader| reader.board(&ask)).unwrap()
}

fn listed(store: &Reader, words: &str) -> u64 {
    let ask = TicketAsk { zone: TimeZone::get("America/New_York").unwrap(), ..ask(words) };
    store.at_one_moment(|reader| reader.count(&ask)).unwrap()
}

/// Every number of the board beside what the list behind it has.
fn doors(store: &Reader) -> Vec<(String, u64, u64)> {
    let board = board(store);
    let first = board.days[0].date;
    let mut doors: Vec<(String, u64)> = OPEN.iter().map(|words| (*words).to_owned()).zip(board.open).collect();
    for day in &board.days {
        doors.push((format!("opened:{}", day.date), day.opened));
        doors.push((format!("closed:{}", day.date), day.closed));
    }
    doors.push((format!("closed:>={first} sla:kept"), board.kept));
    doors.push((format!("closed:>={first} sla:missed"), board.missed));
    for tally in board.agents.into_iter().chain(board.clients) {
        doors.push((format!("{} sla:<=today", tally.words), tally.pressing));
        doors.push((tally.words, tally.count));
    }
    doors.extend(board.newcomers.into_iter().map(|tally| (tally.words, tally.count)));
    doors.into_iter().map(|(words, count)| (words.clone(), count, listed(store, &words))).collect()
}

/// Names that are alike, that begin another, that are numbers, that mean harm or that have no letter.
const NAMES: [&str; 9] =
    ["Acme", "Acme Holding", "acme", "365", "7 Seas", "株式会社さくら", "x\" is:closed \u{202e}gpj\u{1b}[31m", "\u{1f98a}", ""];

fn some_ticket() -> impl Strategy<Value = TicketRecord> {
    let hours = || prop::option::of((-50i64..1_000).prop_map(|hours| ago(hours * 3_600).unwrap()));
    let times = (hours(), hours(), hours(), hours());
    let whose = (0i64..9, prop::sample::select(&NAMES[..]), 0i64..10);
    let flags = (1i64..4, prop::bool::weighted(0.2), prop::bool::weighted(0.1), prop::sample::select(&[1i64, 2, 9][..]));
    (times, whose, flags).prop_map(
        |((opened, closed, respond_by, fix_by), (client, name, agent), (pri, hold, excluded, status))| TicketRecord {
            opened,
            closed,
            respond_by,
            fix_by,
            client_id: ClientId(client),
            client_name: name.into(),
            agent_id: AgentId(agent),
            priority_id: PriorityId(pri),
            on_hold: hold,
            excluded_from_sla: excluded,
            status_id: StatusId(status),
            ..TicketRecord::default()
        },
    )
}

fn agents(store: &Reader) {
    let agent = |(id, name): (i64, &&str)| Agent { id: AgentId(id), name: (*name).into(), ..Agent::default() };
    put(store, Batch::Agents((2..).zip(&NAMES).map(agent).collect()), Pass::Any);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn each_number_is_that_of_the_list_behind_it(tickets in prop::collection::vec(some_ticket(), 0..60)) {
        let store = store();
        lookups(&store);
        agents(&store);
        let records = (1..).zip(tickets).map(|(id, ticket)| TicketRecord { id: TicketId(id), ..ticket }).collect();
        put(&store, Batch::Tickets(records), Pass::Any);
        for (words, count, listed) in doors(&store) {
            prop_assert_eq!(count, listed, "{}", words);
        }
    }
}

#[test]
fn names_lead_to_their_tickets_and_to_nobody_elses() {
    let store = store();
    lookups(&store);
    agents(&store);
    let of = |id, client, name: &str| TicketRecord { client_id: ClientId(client), client_name: name.into(), ..ticket(id) };
    put(
        &store,
        Batch::Tickets(vec![of(1, 5, "Acme"), of(2, 6, "Acme Holding"), of(3, 6, "Acme Holding"), of(4, 8, "")]),
        Pass::Any,
    );
    let words = |tallies: &[Tally]| tallies.iter().map(|tally| (tally.words.clone(), tally.count)).collect::<Vec<_>>();
    let board = board(&store);
    let clients = [("is:open client:\"Acme Holding\"", 2), ("is:open client:#5", 1), ("is:open client:#8", 1)];
    assert_eq!(words(&board.clients), clients.map(|(words, count)| (words.to_owned(), count)), "Acme alone is both's name");
    assert_eq!(board.clients[2].name.as_str(), "no client");
    assert_eq!(board.newcomers[0].words, format!("opened:>={} client:#6", board.days[0].date));
    assert_eq!((board.agents[0].words.as_str(), board.agents[0].count), ("is:open is:unassigned", 4), "the most first");
    assert_eq!(board.agents.iter().filter(|tally| tally.count == 0).count(), 8, "one has no name");
}

#[test]
fn what_was_closed_counts_on_its_day_unless_it_was_opened_again() {
    let store = store();
    lookups(&store);
    let closed = |id, status, closed, fix_by| TicketRecord { status_id: StatusId(status), closed, fix_by, ..ticket(id) };
    put(
        &store,
        Batch::Tickets(vec![
            closed(1, 9, ago(3_600), ago(0)),
            closed(2, 9, ago(3_600), ago(7_200)),
            closed(3, 9, ago(3_600), None),
            TicketRecord { excluded_from_sla: true, ..closed(4, 9, ago(3_600), ago(7_200)) },
            closed(5, 1, ago(3_600), ago(7_200)),
            closed(6, 9, ago(29 * 86_400), ago(29 * 86_400)),
            closed(7, 9, ago(30 * 86_400), ago(0)),
        ]),
        Pass::Any,
    );
    let board = board(&store);
    let days: Vec<u64> = board.days.iter().map(|day| day.closed).collect();
    assert_eq!((days.len(), days[29], days[0], days.iter().sum::<u64>()), (30, 4, 1, 5));
    assert_eq!((board.kept, board.missed), (2, 1), "to the second is in time");
}

#[test]
fn how_far_back_it_reaches_is_told() {
    let store = store();
    lookups(&store);
    let reach = |store: &Reader| board(store).reach;
    let note = |key: &'static str, at: Option<Timestamp>| {
        let value = at.unwrap().to_string();
        store.note(|conn| apply::set_meta(conn, key, Some(&value))).unwrap();
    };
    assert_eq!(reach(&store), Reach::Unknown);
    note(BACK_TO, ago(3 * 86_400));
    assert_eq!(reach(&store), Reach::Back(jiff::civil::date(2027, 1, 12)));
    note(BACK_TO, ago(40 * 86_400));
    assert_eq!(reach(&store), Reach::Whole);
    note(BACK_TO, ago(3 * 86_400));
    note(TO_THE_FIRST, ago(0));
    assert_eq!(reach(&store), Reach::Whole);
    put(&store, Batch::Tickets(vec![TicketRecord { status_id: StatusId(9), ..ticket(1) }]), Pass::Any);
    assert_eq!(reach(&store), Reach::Undated);
}

#[test]
fn its_numbers_come_from_indexes_alone() {
    let store = store();
    let plans = |sql: &str| {
        let mut statement = store.conn.prepare(&format!("EXPLAIN {sql}")).unwrap();
        let rows = statement.query_map([], |row| Ok((row.get::<_, String>(1)?, row.get::<_, i64>(2)?)));
        rows.unwrap().collect::<Result<Vec<_>, _>>().unwrap()
    };
    for (sql, index) in [
        ("SELECT count(*) FROM tickets WHERE opened_key >= 1 AND opened_key < 2", 1),
        ("SELECT count(*) FILTER (WHERE kept = 1) FROM tickets WHERE closed_key >= 1", 1),
        (
            "SELECT count(*) FILTER (WHERE t.is_closed = 0 AND t.due < t.sla_id AND t.on_hold AND t.pri_key = 1 AND t.opened_key = 1) \
          FROM tickets AS t INDEXED BY open_for_board WHERE t.is_closed = 0",
            1,
        ),
    ] {
        // The table itself is the first that is opened; its rows would be read by columns of it.
        let read = plans(sql).into_iter().filter(|(code, _)| code == "Column" || code == "Rowid");
        assert!(read.clone().all(|(_, cursor)| cursor == index), "{sql}: {:?}", plans(sql));
    }
}
