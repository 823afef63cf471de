//! The mirror in memory: what goes in comes out right.

use jiff::{Timestamp, tz::TimeZone};
use proptest::prelude::*;

use super::*;
use crate::{
    domain::*,
    query::{Query, folded_words},
    text::{SafeText, Untrusted},
};

mod board;
mod clients;
mod groups;
mod large_order;
mod seen;
mod sla;
mod word_index;

const NOW: i64 = 1_800_000_000;

fn now() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

/// So many seconds before now.
fn ago(seconds: i64) -> Option<Timestamp> {
    Timestamp::from_second(NOW - seconds).ok()
}

fn identity() -> Identity {
    Identity { resource_url: "https://a.example/api".into(), tenant: "a".into(), client_id: "c".into() }
}

/// One connection without threads.
fn store() -> Reader {
    Reader::new(open::memory(&identity()).unwrap().writer, positions::Positions::default())
}

fn put(store: &Reader, batch: Batch, pass: Pass) -> Applied {
    store.write(move |conn| apply::apply(conn, &batch, pass, now())).unwrap()
}

fn ask(query: &str) -> TicketAsk {
    TicketAsk {
        query: Query::parse(query).unwrap_or_else(|error| panic!("{query}: {error}")),
        client: None,
        me: Some(AgentId(3)),
        now: now(),
        zone: TimeZone::UTC,
        anchor: Anchor::Start,
        count: 50,
        also: Vec::new(),
        count_up_to: None,
    }
}

fn window(store: &Reader, ask: &TicketAsk) -> Window<TicketRow> {
    store.at_one_moment(|reader| reader.tickets(ask)).unwrap()
}

fn found(store: &Reader, query: &str) -> Vec<i64> {
    window(store, &ask(query)).rows.iter().map(|row| row.id.0).collect()
}

fn sorted(store: &Reader, query: &str) -> Vec<i64> {
    let mut ids = found(store, query);
    ids.sort_unstable();
    ids
}

fn ticket(id: i64) -> TicketRecord {
    TicketRecord { id: TicketId(id), opened: ago(1000), last_update: ago(100), ..TicketRecord::default() }
}

fn lookups(store: &Reader) {
    let status = |id, name: &str, sequence, closed| Status {
        id: StatusId(id),
        name: name.into(),
        colour: Some(Rgb(1, 2, 3)),
        sequence,
        closed: Some(closed),
        ..Status::default()
    };
    put(
        store,
        Batch::Statuses(vec![status(1, "New", 20, false), status(2, "On hold", 10, false), status(9, "Closed", 30, true)]),
        Pass::Any,
    );
    let priority =
        |sla, id, name: &str| Priority { sla_id: SlaId(sla), id: PriorityId(id), name: name.into(), ..Priority::default() };
    put(store, Batch::Priorities(vec![priority(1, 1, "Critical"), priority(2, 1, "Urgent"), priority(1, 4, "Low")]), Pass::Any);
    let agent = |id, name: &str| Agent { id: AgentId(id), name: name.into(), ..Agent::default() };
    put(store, Batch::Agents(vec![agent(1, "Unassigned"), agent(3, "Priya Shah"), agent(4, "Zoë O'Brien")]), Pass::Any);
    put(store, Batch::Teams(vec![Team { id: TeamId(5), name: "Networks".into(), inactive: false }]), Pass::Any);
    put(store, Batch::TicketTypes(vec![TicketType { id: TicketTypeId(7), name: "Incident".into() }]), Pass::Any);
    put(store, Batch::Slas(vec![Sla { id: SlaId(1), name: "Gold".into(), ..Sla::default() }]), Pass::Any);
}

/// The first ticket of [`desk`].
fn printer_jam() -> TicketRecord {
    TicketRecord {
        summary: "Printer jam on floor 2".into(),
        client_id: ClientId(10),
        client_name: "Acme Ltd".into(),
        site_id: SiteId(100),
        site_name: "Head Office".into(),
        user_name: "Dana Reyes".into(),
        agent_id: AgentId(3),
        team_name: "Service Desk".into(),
        status_id: StatusId(1),
        priority_id: PriorityId(1),
        sla_id: SlaId(1),
        ticket_type_id: TicketTypeId(7),
        respond_by: ago(-1800),
        fix_by: ago(-86_400),
        attachments: 2,
        vip: true,
        last_update: ago(30),
        opened: ago(4 * 86_400),
        ..ticket(1)
    }
}

/// A small desk in which every key of the language finds something.
fn desk() -> Reader {
    let store = store();
    lookups(&store);
    let records = vec![
        printer_jam(),
        TicketRecord {
            summary: "VPN drops, \"printer\" too".into(),
            client_id: ClientId(11),
            client_name: "Café 100% Noir".into(),
            user_name: "Søren Ø".into(),
            agent_id: AgentId::UNASSIGNED,
            team_id: TeamId(5),
            status_id: StatusId(2),
            priority_id: PriorityId(4),
            sla_id: SlaId(1),
            on_hold: true,
            fix_by: ago(500),
            last_update: ago(20),
            ..ticket(2)
        },
        TicketRecord {
            summary: "Mailbox full".into(),
            client_id: ClientId(10),
            client_name: "Acme Ltd".into(),
            agent_id: AgentId(4),
            status_id: StatusId(1),
            priority_id: PriorityId(1),
            sla_id: SlaId(2),
            responded: ago(900),
            respond_by: ago(800),
            fix_by: ago(60),
            last_update: ago(10),
            ..ticket(3)
        },
        TicketRecord {
            summary: "Done long ago".into(),
            status_id: StatusId(9),
            agent_id: AgentId(3),
            opened: None,
            ..ticket(120)
        },
    ];
    put(&store, Batch::Tickets(records), Pass::Any);
    let note = ActionRecord {
        ticket_id: TicketId(3),
        id: ActionId(1),
        private: true,
        note: "see log".into(),
        ..ActionRecord::default()
    };
    put(&store, Batch::Conversation { ticket: TicketId(3), actions: vec![note], left_out: 0 }, Pass::Any);
    store
}

#[test]
fn every_key_finds_what_it_says() {
    let store = desk();
    let table: &[(&str, &[i64])] = &[
        ("", &[1, 2, 3]),
        ("is:open,closed", &[1, 2, 3, 120]),
        ("is:closed", &[120]),
        ("-is:open", &[120]),
        ("#120", &[120]),
        ("id:>=3", &[3, 120]),
        ("12", &[120]),
        ("120", &[120]),
        ("20", &[]),
        ("client:acme", &[1, 3]),
        ("client:ltd", &[1, 3]),
        ("client:cme", &[]),
        ("client:CAFE", &[2]),
        ("client:10", &[1, 2, 3]),
        ("client:11", &[2]),
        ("-client:acme is:open", &[2]),
        ("client:acme,cafe", &[1, 2, 3]),
        ("site:\"head office\"", &[1]),
        ("site:\"head off\"", &[]),
        ("site:100", &[1]),
        ("user:soren", &[2]),
        ("user:o", &[2]),
        ("agent:priya", &[1, 120]),
        ("agent:@me", &[1, 120]),
        ("agent:@me,zoe", &[1, 3, 120]),
        ("agent:unassigned", &[]),
        ("@me is:open", &[1]),
        ("is:mine", &[1, 120]),
        ("team:service", &[1]),
        ("team:net", &[2]),
        ("team:5", &[2]),
        ("status:hold", &[2]),
        ("-status:hold is:open", &[1, 3]),
        ("status:nowhere", &[]),
        ("pri:1", &[1, 3]),
        ("pri:>1", &[2]),
        ("pri:crit", &[1]),
        ("pri:urgent,low", &[2, 3]),
        ("type:inc", &[1]),
        ("type:7", &[1]),
        ("sla:<1h", &[1, 3]),
        ("sla:<10m", &[3]),
        ("sla:>10m", &[1]),
        ("age:>3d", &[1]),
        ("age:<3d", &[2, 3]),
        ("opened:2027-01-11", &[1]),
        ("opened:<2027-01-12", &[1]),
        ("opened:yesterday", &[]),
        ("opened:<yesterday", &[1]),
        ("opened:>yesterday is:open", &[2, 3]),
        ("id:=2", &[2]),
        ("pri:=1", &[1, 3]),
        ("opened:>=2027-01-12 is:open", &[2, 3]),
        ("updated:<1m", &[1, 2, 3]),
        ("updated:>1m", &[120]),
        ("printer", &[1, 2]),
        ("PRINT", &[1, 2]),
        ("rinter", &[]),
        ("\"printer jam\"", &[1]),
        ("\"printer ja\"", &[]),
        ("printer vpn", &[2]),
        ("printer,mailbox", &[1, 2, 3]),
        ("printer -vpn", &[1]),
        ("jam acme", &[1]),
        ("\"floor 2 acme\"", &[]),
        ("o'brien", &[3]),
        ("!!! printer", &[1, 2]),
        ("is:unassigned", &[2]),
        ("is:hold", &[2]),
        ("is:breached", &[3]),
        ("is:vip", &[1]),
        ("is:changed", &[]),
        ("has:attachment", &[1]),
        ("has:note", &[3]),
        ("has:note,attachment", &[1, 3]),
    ];
    for (query, ids) in table {
        assert_eq!(sorted(&store, query), *ids, "{query}");
    }
}

#[test]
fn both_ways_of_matching_words_agree() {
    let store = desk();
    for query in [
        "printer",
        "p",
        "\"printer jam\"",
        "\"printer jam\" acme",
        "o'b",
        "pr a",
        "1",
        "acme,cafe print",
        "client:\"acme ltd\" jam",
    ] {
        let names = names::Names::load(&store.conn).unwrap();
        let compiled = compile::compile(&ask(query), &names);
        let said = compile::said(&compiled.terms);
        let sql = format!("SELECT t.id FROM tickets AS t WHERE ({}) AND {} ORDER BY t.id", compiled.filter.sql, said.sql);
        let mut statement = store.conn.prepare(&sql).unwrap();
        let params = compiled.filter.params.into_iter().chain(said.params);
        let by_rows = statement.query_map(rusqlite::params_from_iter(params), |row| row.get(0)).unwrap();
        assert_eq!(sorted(&store, query), by_rows.map(Result::unwrap).collect::<Vec<i64>>(), "{query}");
    }
}

/// Tickets that say `printer` in different places.
fn sayings() -> Reader {
    let store = store();
    lookups(&store);
    let records = vec![
        TicketRecord { summary: "Printer jam".into(), ..ticket(1) },
        TicketRecord { details: "the PRINTÉR is jammed, it printed 4000 pages".into(), ..ticket(2) },
        TicketRecord { client_name: "Printer Palace".into(), summary: "quiet".into(), ..ticket(3) },
        TicketRecord { summary: "new printers".into(), details: "hp and others".into(), ..ticket(4) },
        TicketRecord { details_html: Some("<p>a <b>printer</b></p><p>jam &amp; more</p>".into()), ..ticket(5) },
        TicketRecord {
            extras: Some(TicketExtras {
                assets: vec![LinkedAsset { id: 1, tag: "PRINTER-0042".into(), kind: "Laptop".into() }],
                ..TicketExtras::default()
            }),
            status_id: StatusId(9),
            ..ticket(6)
        },
        TicketRecord { summary: "nothing".into(), ..ticket(4000) },
    ];
    put(&store, Batch::Tickets(records), Pass::Any);
    let note = |id, note: &str, html: Option<&str>| ActionRecord {
        id: ActionId(id),
        note: note.into(),
        note_html: html.map(Into::into),
        ..ActionRecord::default()
    };
    let actions = vec![note(1, "printer", None), note(2, "", Some("<i>jam</i> on the <b>spool</b>er"))];
    put(&store, Batch::Conversation { ticket: TicketId(4000), actions, left_out: 0 }, Pass::Any);
    store
}

#[test]
fn words_are_found_wherever_they_are_said() {
    let store = sayings();
    for (query, ids) in [
        ("printer", vec![4, 1, 4000, 6, 5, 3, 2]),
        ("is:open printer", vec![4, 1, 4000, 5, 3, 2]),
        ("is:closed printer", vec![6]),
        ("printer sort:-id", vec![1, 2, 3, 4, 5, 6, 4000]),
        ("4000", vec![4000, 2]),
        ("\"printer jam\"", vec![1, 5]),
        ("\"jam more\"", vec![5]),
        ("printer jam", vec![1, 4000, 5, 2]),
        ("spool", vec![4000]),
        ("\"on the spool\"", vec![]),
        ("\"on the spooler\"", vec![4000]),
        ("palace printer", vec![3]),
        ("0042", vec![6]),
        ("printer-0042", vec![6]),
        ("hp", vec![4]),
        ("ot", vec![]),
        ("oth", vec![4]),
        ("pr", vec![4, 1, 3]),
        ("p ne", vec![4]),
        ("-printer", vec![]),
        ("-jam is:open", vec![4, 3]),
        ("printer -spooler -palace,0042", vec![4, 1, 5, 2]),
        ("printer,quiet", vec![4, 3, 1, 4000, 6, 5, 2]),
        ("client:palace printer", vec![3]),
    ] {
        assert_eq!(found(&store, query), ids, "{query}");
    }
}

#[test]
fn the_word_index_is_written_only_where_words_changed() {
    let store = sayings();
    let written = |table: &str| -> (i64, i64) {
        let sql = format!("SELECT count(*), sum(length(block)) FROM {table}_0_data");
        store.conn.query_row(&sql, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
    };
    let tables = ["summary_words", "name_words", "all_words"];
    let all = || tables.map(written);
    let mut record = TicketRecord { summary: "Printer jam".into(), ..ticket(1) };
    let mut change = |change: &dyn Fn(&mut TicketRecord), expected: [bool; 3]| {
        let before = all();
        change(&mut record);
        assert_eq!(put(&store, Batch::Tickets(vec![record.clone()]), Pass::Any).written, 1);
        let after = all();
        assert_eq!([0, 1, 2].map(|at: usize| before[at] != after[at]), expected, "{record:?}");
    };
    change(&|record| record.status_id = StatusId(2), [false; 3]);
    change(&|record| record.last_update = ago(1), [false; 3]);
    change(&|record| record.user_name = "Dana".into(), [false, true, true]);
    change(&|record| record.summary = "Scanner".into(), [true, false, true]);
    change(&|record| record.details = "on fire".into(), [false, false, true]);
    assert_eq!(found(&store, "dana scanner fire"), [1]);
    assert_eq!(found(&store, "jam"), [4000, 5, 2]);
    let action =
        ActionRecord { ticket_id: TicketId(3), id: ActionId(1), note: "heard by many".into(), ..ActionRecord::default() };
    let before = all();
    put(&store, Batch::Actions(vec![action.clone()]), Pass::Any);
    assert_eq!(found(&store, "\"by many\""), [3]);
    let after = all();
    assert_eq!([0, 1, 2].map(|at: usize| before[at] != after[at]), [false, false, true]);
    put(&store, Batch::Actions(vec![action]), Pass::Any);
    assert_eq!(all(), after);
    put(&store, Batch::Gone(vec![TicketId(1)]), Pass::Any);
    assert_eq!(found(&store, "dana"), [0i64; 0]);
}

#[test]
fn numbers_of_any_size_have_a_shard() {
    let store = store();
    for id in [-7, 0, 65_535, 65_536, 16_777_216, i64::MAX] {
        put(&store, Batch::Tickets(vec![TicketRecord { summary: "far".into(), ..ticket(id) }]), Pass::Any);
    }
    assert_eq!(found(&store, "far"), [i64::MAX, 16_777_216, 65_536, 65_535, 0, -7]);
    assert_eq!(words::shards(&store.conn).unwrap(), [255, 1, 0]);
}

#[test]
fn an_older_mirror_gets_its_words_anew() {
    let store = sayings();
    let before = found(&store, "printer");
    words::rebuild(&store.conn).unwrap();
    assert_eq!(found(&store, "printer sort:-id"), [1, 2, 3, 4, 5, 6, 4000]);
    assert_eq!(before, found(&store, "printer"));
}

#[test]
fn a_mirror_of_an_older_program_is_searched_as_before() {
    let conn = rusqlite::Connection::open_in_memory().unwrap();
    words::register(&conn).unwrap();
    for step in [
        include_str!("schema/1.sql"),
        include_str!("schema/2.sql"),
        include_str!("schema/3.sql"),
        include_str!("schema/4.sql"),
        include_str!("schema/5.sql"),
        include_str!("schema/6.sql"),
        include_str!("schema/7.sql"),
        include_str!("schema/8.sql"),
        include_str!("schema/9.sql"),
        include_str!("schema/10.sql"),
    ] {
        conn.execute_batch(step).unwrap();
    }
    let numbers = "client_id, site_id, user_id, agent_id, team_id, status_id, priority_id, sla_id, ticket_type_id, on_hold, \
        excluded_from_sla, vip, attachments, pass, is_closed, status_key";
    let empty = "client_name, site_name, user_name, team_name, category, site_key, user_key, agent_key, team_key, type_key";
    let sql = format!(
        "INSERT INTO tickets(summary, summary_key, client_key, {empty}, {numbers}) VALUES ('Caf\u{e9}!', 'cafe', 'acme', {}, {})",
        ["''"; 10].join(", "),
        ["0"; 16].join(", ")
    );
    conn.execute(&sql, []).unwrap();
    conn.execute_batch(include_str!("schema/11.sql")).unwrap();
    words::rebuild(&conn).unwrap();
    let store = Reader::new(conn, positions::Positions::default());
    assert_eq!(
        [found(&store, "caf"), found(&store, "acme cafe"), found(&store, "client:acme"), found(&store, "c")],
        [const { [1] }; 4]
    );
}

#[test]
fn orders_by_every_key_and_resolves_names() {
    let store = desk();
    for (query, ids) in [
        ("is:open", [3, 2, 1]),
        ("is:open sort:-updated", [1, 2, 3]),
        ("is:open sort:id", [3, 2, 1]),
        ("is:open sort:pri,id", [3, 1, 2]),
        ("is:open sort:status,-updated", [2, 1, 3]),
        ("is:open sort:sla", [3, 1, 2]),
        ("is:open sort:age", [1, 2, 3]),
        ("is:open sort:agent", [2, 1, 3]),
        ("is:open sort:client,id", [3, 1, 2]),
        ("is:open sort:-team,site,user,type", [1, 2, 3]),
    ] {
        assert_eq!(found(&store, query), ids, "{query}");
    }
    let rows = window(&store, &ask("#1,#2 sort:-id")).rows;
    let names: Vec<_> = rows
        .iter()
        .map(|row| (row.status.name.as_str(), row.priority.name.as_str(), row.team.as_str(), row.ticket_type.as_str()))
        .collect();
    assert_eq!(names, [("New", "Critical", "Service Desk", "Incident"), ("On hold", "Low", "Networks", "")]);
    assert_eq!(rows[0].agent.as_ref().map(SafeText::as_str), Some("Priya Shah"));
    assert_eq!(rows[1].agent, None);
    assert_eq!(rows[0].status.colour, Some(Rgb(1, 2, 3)));
}

#[test]
fn by_closing_the_newest_comes_first_and_what_is_open_last() {
    let store = desk();
    // One that was opened again keeps the date at which it had been closed.
    let closed = |id, status, at| TicketRecord { status_id: StatusId(status), closed: at, ..ticket(id) };
    let records = vec![closed(5, 9, ago(50)), closed(6, 9, ago(10)), closed(7, 1, ago(20)), closed(8, 9, ago(50))];
    put(&store, Batch::Tickets(records), Pass::Any);
    for (query, ids) in [
        ("is:closed sort:closed", &[6, 8, 5, 120][..]),
        ("is:closed sort:-closed", &[120, 5, 8, 6]),
        ("is:open,closed sort:closed", &[6, 8, 5, 120, 7, 3, 2, 1]),
        ("is:open sort:closed,id", &[7, 3, 2, 1]),
        ("is:open sort:closed", &[7, 3, 2, 1]),
        ("closed:<1m sort:closed", &[6, 8, 5]),
    ] {
        assert_eq!(found(&store, query), ids, "{query}");
    }
    let page = |query, anchor| {
        let ask = TicketAsk { anchor, count: 2, ..ask(query) };
        window(&store, &ask).rows.iter().map(|row| row.id.0).collect::<Vec<_>>()
    };
    assert_eq!(page("is:closed sort:closed", Anchor::After(TicketId(8))), [5, 120]);
    assert_eq!(page("is:open,closed sort:closed", Anchor::Before(TicketId(7))), [5, 120]);
    assert_eq!(page("is:open sort:closed", Anchor::After(TicketId(7))), [3, 2]);
}

#[test]
fn nothing_is_mine_where_nobody_is_known() {
    let store = desk();
    for me in [None, Some(AgentId(1)), Some(AgentId(0))] {
        let mut ask = ask("is:mine,mine @me");
        ask.me = me;
        assert_eq!(window(&store, &ask).total, 0, "{me:?}");
    }
}

#[test]
fn narrows_to_a_client_and_counts_its_open_tickets() {
    let store = desk();
    let client =
        |id, name: &str, inactive| ClientRecord { id: ClientId(id), name: name.into(), inactive, ..ClientRecord::default() };
    put(
        &store,
        Batch::Clients(vec![client(10, "Acme Ltd", false), client(11, "café", false), client(12, "Bolt", true)]),
        Pass::Any,
    );
    let mut ask = ask("is:open sort:pri");
    ask.client = Some(ClientId(10));
    assert_eq!(window(&store, &ask).rows.iter().map(|row| row.id.0).collect::<Vec<_>>(), [1, 3]);
    let names = |filter: &str, all| -> Vec<(String, u64)> {
        let found = store.at_one_moment(|reader| reader.clients(filter, all, Anchor::Start, 10)).unwrap();
        assert_eq!(found.total, found.rows.len() as u64);
        found.rows.into_iter().map(|row| (row.name.as_str().to_owned(), row.open_tickets)).collect()
    };
    assert_eq!(names("", false), [("Acme Ltd".to_owned(), 2), ("café".to_owned(), 1)]);
    assert_eq!(names("", true).len(), 3);
    assert_eq!(names("LTD ac", false).len(), 1);
    assert_eq!(names("b'; DROP TABLE clients --", true).len(), 0);
}

#[test]
fn only_newer_rows_replace_and_only_changes_are_written() {
    let store = desk();
    let newer = TicketRecord { summary: "new".into(), last_update: ago(50), ..ticket(7) };
    let older = TicketRecord { summary: "old".into(), last_update: ago(60), ..ticket(7) };
    let one = |record: &TicketRecord| put(&store, Batch::Tickets(vec![record.clone()]), Pass::Any);
    assert_eq!(one(&newer).written, 1);
    assert_eq!(one(&newer).unchanged, 1);
    assert_eq!(one(&older).stale, 1);
    let row = |id| store.at_one_moment(|reader| reader.ticket(TicketId(id))).unwrap().unwrap();
    assert_eq!(row(7).summary.as_str(), "new");
    assert_eq!(one(&TicketRecord { summary: "same moment".into(), ..newer.clone() }).ids, [7]);
    assert_eq!(found(&store, "\"same moment\""), [7]);
    assert_eq!(found(&store, "text:new"), [0i64; 0], "the index forgets the words of before");
    assert_eq!(one(&TicketRecord { summary: "no date".into(), last_update: None, ..newer }).written, 1);
    assert_eq!(row(7).last_update, ago(50));
}

#[test]
fn keeps_what_rows_do_not_carry() {
    let store = desk();
    let full = TicketRecord {
        details: "plain".into(),
        details_html: Some("<b>plain</b>".into()),
        client_id: ClientId(10),
        client_name: "Acme".into(),
        responded: ago(300),
        ..ticket(8)
    };
    put(&store, Batch::Tickets(vec![full]), Pass::Any);
    let sparse = TicketRecord { client_id: ClientId(10), summary: "s".into(), last_update: ago(1), ..ticket(8) };
    put(&store, Batch::Tickets(vec![sparse.clone()]), Pass::Any);
    let row = store.at_one_moment(|reader| reader.ticket(TicketId(8))).unwrap().unwrap();
    assert_eq!((row.client.as_str(), row.responded), ("Acme", ago(300)));
    let texts = || -> (String, Option<String>) {
        let sql = "SELECT details, details_html FROM ticket_text WHERE ticket_id = 8";
        store.conn.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
    };
    assert_eq!(texts(), ("plain".into(), Some("<b>plain</b>".into())));
    let rewritten = TicketRecord { details: "other".into(), ..sparse };
    assert_eq!(put(&store, Batch::Tickets(vec![rewritten]), Pass::Any).written, 1);
    assert_eq!(texts(), ("other".into(), None), "HTML of another text is no longer true");
    let moved = TicketRecord { client_id: ClientId(11), last_update: ago(0), ..ticket(8) };
    put(&store, Batch::Tickets(vec![moved]), Pass::Any);
    assert_eq!(store.at_one_moment(|reader| reader.ticket(TicketId(8))).unwrap().unwrap().client.as_str(), "");
}

#[test]
fn closed_is_what_the_status_says_then_the_date_then_the_pass() {
    let store = store();
    let record = |id, status, closed| TicketRecord { status_id: StatusId(status), closed, ..ticket(id) };
    put(&store, Batch::Tickets(vec![record(1, 9, None), record(2, 1, None), record(3, 5, ago(5))]), Pass::OpenOnly);
    put(&store, Batch::Tickets(vec![record(4, 9, None), record(5, 1, None)]), Pass::ClosedOnly);
    put(&store, Batch::Tickets(vec![record(6, 9, None)]), Pass::Any);
    assert_eq!(sorted(&store, "is:closed"), [3, 4, 5], "by date and pass");
    // A delta says nothing of closing: what the pass said stays true while the status is the same.
    put(&store, Batch::Tickets(vec![TicketRecord { last_update: ago(1), ..record(4, 9, None) }]), Pass::Any);
    assert_eq!(sorted(&store, "is:closed"), [3, 4, 5]);
    lookups(&store);
    assert_eq!(sorted(&store, "is:closed"), [1, 3, 4, 6], "by the statuses, where they know the number");
    put(&store, Batch::Tickets(vec![TicketRecord { last_update: ago(0), ..record(4, 1, None) }]), Pass::Any);
    assert_eq!(sorted(&store, "is:closed"), [1, 3, 6], "opened again");
}

#[test]
fn what_cannot_be_read_hides_nothing() {
    let store = desk();
    let bad = |id| TicketRecord { id: TicketId(id), unreadable: Some("no \u{1b}[31mnumber".into()), ..TicketRecord::default() };
    let applied = put(&store, Batch::Tickets(vec![bad(1), bad(-5), bad(-5)]), Pass::OpenOnly);
    assert_eq!((applied.written, applied.unchanged), (2, 1));
    let row = |id| store.at_one_moment(|reader| reader.ticket(TicketId(id))).unwrap().unwrap();
    assert_eq!(row(1).summary.as_str(), "Printer jam on floor 2");
    assert!(row(1).unreadable.is_some_and(|reason| !reason.as_str().contains('\u{1b}')));
    assert!(row(-5).unreadable.is_some());
    assert!(found(&store, "is:open").contains(&-5));
    let good = TicketRecord { summary: "readable again".into(), last_update: ago(0), ..ticket(1) };
    put(&store, Batch::Tickets(vec![good]), Pass::Any);
    assert_eq!(row(1).unreadable, None);

    let client = ClientRecord { id: ClientId(10), name: "Acme".into(), ..ClientRecord::default() };
    let broken = ClientRecord { id: ClientId(10), unreadable: Some("bad".into()), ..ClientRecord::default() };
    put(&store, Batch::Clients(vec![client]), Pass::Any);
    assert_eq!(put(&store, Batch::Clients(vec![broken.clone()]), Pass::Any).written, 1);
    assert_eq!(put(&store, Batch::Clients(vec![broken]), Pass::Any).unchanged, 1);
    let row = store.at_one_moment(|reader| reader.client(ClientId(10))).unwrap().unwrap();
    assert_eq!((row.name.as_str(), row.unreadable.is_some()), ("Acme", true));
}

#[test]
fn conversations_are_replaced_and_know_their_age() {
    let store = desk();
    let action = |id, at, note: &str| ActionRecord {
        id: ActionId(id),
        at,
        note: note.into(),
        agent_id: AgentId(3),
        ..ActionRecord::default()
    };
    let give =
        |actions: Vec<ActionRecord>| put(&store, Batch::Conversation { ticket: TicketId(1), actions, left_out: 0 }, Pass::Any);
    let mut first = action(1, ago(50), "first");
    first.hours = 0.25;
    first.new_status = Some(StatusId(2));
    assert_eq!(give(vec![first.clone(), action(2, ago(50), "second"), action(3, ago(60), "third")]).written, 3);
    assert_eq!(give(vec![first.clone(), action(2, ago(50), "second"), action(3, ago(60), "third")]).written, 0);
    let lost = ActionRecord { unreadable: Some("cut off".into()), ..action(2, None, "") };
    let odd = ActionRecord { hours: f64::NAN, system: true, ..action(4, None, "odd") };
    assert_eq!(give(vec![first, lost, odd]).ids, [4, 3], "one came, one went, the unreadable one is kept");
    let read = || store.at_one_moment(|reader| reader.conversation(TicketId(1))).unwrap().unwrap();
    let rows = read().actions;
    let texts: Vec<_> = rows.iter().map(|row| (row.id.0, row.text.parts()[0].text.as_str(), row.author)).collect();
    assert_eq!(texts, [(2, "second", Author::Agent), (1, "first", Author::Agent), (4, "odd", Author::System)]);
    assert_eq!((rows[1].minutes, rows[1].new_status.as_ref().map(SafeText::as_str)), (15, Some("On hold")));
    assert_eq!((read().fetched_at, read().stale), (Some(now()), false));
    let answered = TicketRecord { last_action: ago(1), last_update: ago(1), ..ticket(1) };
    put(&store, Batch::Tickets(vec![answered]), Pass::Any);
    assert!(read().stale);
    assert_eq!(store.at_one_moment(|reader| reader.conversation(TicketId(404))).unwrap(), None);
}

#[test]
fn how_much_of_a_conversation_is_left_out_is_kept_until_it_is_read_anew() {
    let store = store();
    let left_out = || store.at_one_moment(|reader| reader.conversation(TicketId(1))).unwrap().unwrap().left_out;
    let action = |at| ActionRecord { ticket_id: TicketId(1), id: ActionId(5), at, ..ActionRecord::default() };
    let give =
        |left_out| put(&store, Batch::Conversation { ticket: TicketId(1), actions: vec![action(ago(90))], left_out }, Pass::Any);
    put(&store, Batch::Tickets(vec![TicketRecord { last_action: ago(90), ..ticket(1) }]), Pass::Any);
    assert_eq!(left_out(), 0, "never read");
    give(4000);
    assert_eq!(left_out(), 4000);
    // A list of actions brings a newer one: the old ones are as far away as they were.
    put(&store, Batch::Tickets(vec![TicketRecord { last_action: ago(10), last_update: ago(10), ..ticket(1) }]), Pass::Any);
    put(&store, Batch::Actions(vec![ActionRecord { id: ActionId(6), ..action(ago(10)) }]), Pass::Any);
    put(&store, Batch::Talked { since: ago(100).unwrap(), until: now(), unbroken: false }, Pass::Any);
    assert_eq!(store.at_one_moment(|reader| reader.conversation(TicketId(1))).unwrap().map(|held| held.stale), Some(false));
    assert_eq!(left_out(), 4000);
    give(0);
    assert_eq!(left_out(), 0);
}

#[test]
fn a_conversation_that_lists_brought_says_nothing_of_what_hangs_on_the_ticket() {
    let store = store();
    let seen = |store: &Reader| {
        let outdated =
            |reader: &Reader| Ok((reader.conversation_is_outdated(TicketId(1))?, reader.single_read_is_outdated(TicketId(1))?));
        store.at_one_moment(outdated).unwrap()
    };
    put(&store, Batch::Tickets(vec![TicketRecord { last_action: ago(90), ..ticket(1) }]), Pass::Any);
    assert_eq!(seen(&store), (true, true));
    put(&store, Batch::Conversation { ticket: TicketId(1), actions: Vec::new(), left_out: 0 }, Pass::Any);
    assert_eq!(seen(&store), (false, true));
    store.write(|conn| apply::note_single_read(conn, TicketId(1))).unwrap();
    assert_eq!(seen(&store), (false, false));
    put(&store, Batch::Tickets(vec![TicketRecord { last_action: ago(90), last_update: ago(10), ..ticket(1) }]), Pass::Any);
    assert_eq!(seen(&store), (false, true), "a field changed");
    put(&store, Batch::Gone(vec![TicketId(1)]), Pass::Any);
    put(&store, Batch::Tickets(vec![ticket(1)]), Pass::Any);
    assert!(seen(&store).1);
}

#[test]
fn renamed_agents_are_found_by_their_new_name() {
    let store = desk();
    let agent = |id, name: &str| Agent { id: AgentId(id), name: name.into(), ..Agent::default() };
    put(&store, Batch::Agents(vec![agent(3, "Priya Patel"), agent(4, "Zoë O'Brien")]), Pass::Any);
    assert_eq!(sorted(&store, "patel"), [1, 120]);
    assert_eq!(sorted(&store, "shah"), [0i64; 0]);
    assert_eq!(sorted(&store, "agent:patel"), [1, 120]);
    let agents = store.at_one_moment(Reader::agents).unwrap();
    assert_eq!(agents.iter().map(|agent| agent.name.as_str()).collect::<Vec<_>>(), ["Priya Patel", "Zoë O'Brien"]);
    put(&store, Batch::Teams(vec![Team { id: TeamId(5), name: "Core".into(), inactive: false }]), Pass::Any);
    assert_eq!(sorted(&store, "team:core"), [2]);
    assert_eq!(sorted(&store, "team:service"), [1], "the row's own name stays");
}

#[test]
fn changed_means_changed_since_looked_at() {
    let store = desk();
    store.write(|conn| apply::mark_seen(conn, TicketId(1), ago(30).unwrap())).unwrap();
    assert_eq!(found(&store, "is:changed"), [0i64; 0]);
    put(&store, Batch::Tickets(vec![TicketRecord { last_update: ago(0), ..ticket(1) }]), Pass::Any);
    assert_eq!(found(&store, "is:changed"), [1]);
}

#[test]
fn overview_cursor_and_meta() {
    let store = desk();
    let overview = store.at_one_moment(Reader::overview).unwrap();
    assert_eq!(overview, Overview { open: 3, closed: 1, total: 4, clients: 0 });
    assert_eq!(store.at_one_moment(Reader::greatest_last_update).unwrap(), ago(10));
    let meta = || store.at_one_moment(|reader| reader.meta("cursor")).unwrap();
    assert_eq!(meta(), None);
    store.write(|conn| apply::set_meta(conn, "cursor", Some("x"))).unwrap();
    assert_eq!(meta().as_deref(), Some("x"));
    store.write(|conn| apply::set_meta(conn, "cursor", None)).unwrap();
    assert_eq!(meta(), None);
}

#[test]
fn hostile_words_are_only_words() {
    let store = desk();
    for typed in [
        "\"; DROP TABLE tickets; --",
        "a\" OR \"b",
        "NEAR(a b)",
        "summary:x OR",
        "*",
        "^acme",
        "{summary} : x",
        "' OR 1=1 --",
        "%",
        "_",
        "\\",
        "a AND NOT",
        "client : x",
        "\u{0}",
        "x\u{0}y",
    ] {
        let quoted = format!("\"{}\"", typed.replace('\\', "\\\\").replace('"', "\\\""));
        for text in [
            format!("acme {quoted}"),
            quoted.clone(),
            format!("client:{quoted}"),
            format!("-status:{quoted}"),
            format!("pri:{quoted}"),
            format!("team:{quoted},x"),
        ] {
            // Names of signs alone are refused before they come here.
            if Query::parse(&text).is_err() {
                assert!(!typed.contains(char::is_alphanumeric), "{text}");
                continue;
            }
            let asked = ask(&text);
            store.at_one_moment(|reader| reader.tickets(&asked)).unwrap_or_else(|error| panic!("{text}: {error}"));
        }
    }
    let name = "Robert'); DROP TABLE tickets;--\" OR \"*";
    put(&store, Batch::Tickets(vec![TicketRecord { client_name: name.into(), summary: name.into(), ..ticket(66) }]), Pass::Any);
    assert_eq!(found(&store, "robert"), [66]);
    assert_eq!(found(&store, "is:open").len(), 4);
}

#[test]
fn streams_whole_lists_in_their_order() {
    let store = desk();
    let all = |limit| {
        let mut ids = Vec::new();
        store
            .at_one_moment(|reader| {
                reader.each_ticket(&ask("is:open,closed sort:id"), limit, |row| {
                    ids.push(row.id.0);
                    if row.id.0 == 2 { std::ops::ControlFlow::Break(()) } else { std::ops::ControlFlow::Continue(()) }
                })
            })
            .unwrap();
        ids
    };
    assert_eq!(all(None), [120, 3, 2]);
    assert_eq!(all(Some(1)), [120]);
}

#[test]
fn lists_by_one_key_walk_an_index_from_where_they_stand() {
    let store = desk();
    for key in ["id", "client", "site", "user", "agent", "team", "status", "pri", "type", "sla", "age", "opened", "updated"] {
        for (scope, prefix) in [("is:open", "open_by_"), ("is:open,closed", "tickets_by_")] {
            for sign in ["", "-"] {
                let query = format!("{scope} sort:{sign}{key}");
                let names = names::Names::load(&store.conn).unwrap();
                let tickets::Source::List(list) = store.source(&ask(&query), &names).unwrap() else { panic!("{query}") };
                for plan in list.plans(&store.conn, 1).unwrap() {
                    let walks = plan.contains(prefix) || (key == "id" && plan.contains("PRIMARY KEY"));
                    assert!(plan.contains("SEARCH") && walks && !plan.contains("TEMP B-TREE"), "{query}: {plan}");
                }
            }
        }
    }
}

/// Rows with many ties and many gaps.
fn crowd() -> impl Strategy<Value = Vec<TicketRecord>> {
    let maybe = || prop::option::of(0i64..3);
    let row = (maybe(), maybe(), 0i64..4, 0i64..3, 0i64..5, any::<bool>());
    prop::collection::vec(row, 0..25).prop_map(|rows| {
        let row = |(n, (opened, updated, client, agent, priority, closed)): (usize, (_, _, i64, i64, i64, bool))| TicketRecord {
            id: TicketId(i64::try_from(n).unwrap() + 1),
            opened: Option::<i64>::and_then(opened, |at| ago(at * 100)),
            last_update: Option::<i64>::and_then(updated, |at| ago(at * 100)),
            client_name: Untrusted::new(["", "Zebra", "Äpfel", "apfel"][usize::try_from(client).unwrap()]),
            agent_id: AgentId(agent * 2),
            priority_id: PriorityId(priority),
            fix_by: Option::<i64>::and_then(updated, |at| ago(-at * 50)),
            status_id: StatusId(if closed { 9 } else { 1 }),
            summary: "word".into(),
            ..TicketRecord::default()
        };
        rows.into_iter().enumerate().map(row).collect()
    })
}

const ORDERS: [&str; 10] =
    ["", "updated", "-updated", "opened", "age", "sla", "-client", "pri,-client,updated", "agent,-id", "status,-updated"];
const FILTERS: [&str; 5] = ["is:open,closed", "is:open", "is:closed", "word", "-is:closed word pri:<=2"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn windows_are_pieces_of_one_list(
        records in crowd(), order in prop::sample::select(&ORDERS[..]), filter in prop::sample::select(&FILTERS[..]), count in 1usize..8,
    ) {
        let store = store();
        lookups(&store);
        put(&store, Batch::Tickets(records), Pass::Any);
        let order = if order.is_empty() { String::new() } else { format!("sort:{order}") };
        let mut asked = ask(&format!("{filter} {order}"));
        asked.count = 1000;
        let all: Vec<i64> = window(&store, &asked).rows.iter().map(|row| row.id.0).collect();
        let length = all.len();
        let at = |anchor, fresh: bool| {
            if fresh {
                // Another list's name forgets nothing, a write does: offsets are then counted anew.
                store.write(|conn| apply::mark_seen(conn, TicketId(1), ago(30).unwrap())).unwrap();
            }
            let mut asked = asked.clone();
            asked.anchor = anchor;
            asked.count = count;
            let window = window(&store, &asked);
            assert_eq!(window.total, length as u64);
            let ids: Vec<i64> = window.rows.iter().map(|row| row.id.0).collect();
            let offset = usize::try_from(window.offset).unwrap();
            assert_eq!(&all[offset..offset + ids.len()], &ids[..], "{anchor:?}");
            ids
        };
        for fresh in [true, false] {
            prop_assert_eq!(at(Anchor::Start, fresh), &all[..count.min(length)]);
            prop_assert_eq!(at(Anchor::End, fresh), &all[length - count.min(length)..]);
            prop_assert_eq!(at(Anchor::Around(TicketId(999)), fresh), &all[..count.min(length)]);
            let (mut forward, mut next) = (Vec::new(), at(Anchor::Start, fresh));
            while let Some(last) = next.last() {
                let anchor = Anchor::After(TicketId(*last));
                forward.extend(next);
                next = at(anchor, fresh);
            }
            prop_assert_eq!(&forward, &all);
            let mut backward = std::collections::VecDeque::new();
            let mut before = at(Anchor::End, fresh);
            while let Some(first) = before.first() {
                let anchor = Anchor::Before(TicketId(*first));
                before.iter().rev().for_each(|id| backward.push_front(*id));
                before = at(anchor, fresh);
            }
            prop_assert_eq!(backward.make_contiguous(), &all[..]);
            for id in &all {
                let around = at(Anchor::Around(TicketId(*id)), fresh);
                prop_assert!(around.contains(id));
                prop_assert_eq!(around.len(), count.min(length));
            }
        }
        let mut sorted_ids = all.clone();
        sorted_ids.sort_unstable();
        sorted_ids.dedup();
        prop_assert_eq!(sorted_ids.len(), length);
    }

    #[test]
    fn any_query_can_be_asked(pieces in prop::collection::vec(prop::sample::select(&[
        "client:", "is:open", "-", "printer", " ", " ", "\"a b\"", ",", "sla:<1h", "opened:>=9999-12-31", "opened:<0001-01-01", "closed:today", "opened:>=yesterday", "closed:<2h", "sla:<=today", "sla:kept,missed", "age:>7000w", "pri:>1",
        "sort:sla,-client", "@me", "#5", "x%_'\"", "has:note", "status:", "é", "text:", "id:>-9223372036854775808",
    ][..]), 0..8)) {
        let text = pieces.concat();
        if let Ok(query) = Query::parse(&text) {
            let store = store();
            lookups(&store);
            let asked = TicketAsk { query, ..ask("") };
            let result = store.at_one_moment(|reader| reader.tickets(&asked));
            prop_assert!(result.is_ok(), "{}: {:?}", text, result.err());
        }
    }
}

#[test]
fn what_the_server_found_comes_last_and_meets_what_else_is_asked_for() {
    let store = desk();
    let all = sorted(&store, "id:>0");
    let also: Vec<TicketId> = all.iter().copied().chain([99]).map(TicketId).collect();
    for (query, rest) in [("printer", "id:>0"), ("printer is:open", "is:open"), ("printer client:acme", "client:acme")] {
        let said = found(&store, query);
        let elsewhere: Vec<i64> = found(&store, &format!("{rest} sort:id")).into_iter().filter(|id| !said.contains(id)).collect();
        assert!(!said.is_empty() && !elsewhere.is_empty(), "{query}");
        let asked = TicketAsk { also: also.clone(), ..ask(query) };
        let ids = |asked: &TicketAsk| window(&store, asked).rows.iter().map(|row| row.id.0).collect::<Vec<_>>();
        let expected: Vec<i64> = said.iter().chain(&elsewhere).copied().collect();
        assert_eq!(ids(&asked), expected, "{query}");
        let last = TicketId(*expected.last().unwrap());
        assert!(
            ids(&TicketAsk { anchor: Anchor::Around(last), ..asked.clone() }).contains(&last.0),
            "{query}: it keeps the cursor"
        );
        let ordered = TicketAsk { also: also.clone(), ..ask(&format!("{query} sort:id")) };
        let mut by_id = expected.clone();
        by_id.sort_unstable_by(|one, other| other.cmp(one));
        assert_eq!(ids(&ordered), by_id, "{query}: in the order asked for");
    }
    let without_words = TicketAsk { also, ..ask("is:open") };
    assert_eq!(
        window(&store, &without_words).total,
        window(&store, &ask("is:open")).total,
        "it is words that the server was asked for"
    );
}

#[test]
fn counting_can_stop_early() {
    let store = desk();
    let mut asked = ask("is:open opened:<9999d");
    asked.count = 1;
    asked.count_up_to = Some(2);
    assert_eq!(window(&store, &asked).total, 2);
    asked.count_up_to = None;
    assert_eq!(window(&store, &asked).total, 3);
    assert_eq!(store.at_one_moment(|reader| reader.count(&asked)).unwrap(), 3);
    assert_eq!(folded_words("Acme"), "acme");
}

#[test]
fn words_are_found_in_views_of_few_and_of_many_tickets() {
    let store = store();
    lookups(&store);
    let record = |id| TicketRecord {
        summary: if id % 2 == 0 { "word of mouth".into() } else { "mouth".into() },
        site_name: if id % 50 == 0 { "Rare corner".into() } else { "Head Office".into() },
        team_name: "Rare team".into(),
        status_id: StatusId(if id % 3 == 0 { 1 } else { 9 }),
        last_update: ago(id / 7),
        ..ticket(id)
    };
    put(&store, Batch::Tickets((1..=600).map(record).collect()), Pass::Any);
    let sorted = |query: &str| {
        let mut ids: Vec<i64> =
            window(&store, &TicketAsk { count: 1_000, ..ask(query) }).rows.iter().map(|row| row.id.0).collect();
        ids.sort_unstable();
        ids
    };
    for view in [
        "site:rare",
        "site:rare is:open",
        "site:\"rare corner\" team:rare",
        "site:office is:open",
        "-site:rare is:open",
        "site:none",
    ] {
        for words in ["w", "word", "\"word of\"", "mouth word", "\"of word\""] {
            for order in ["", " sort:id", " sort:-updated"] {
                let wanted: Vec<i64> = sorted(view).into_iter().filter(|id| id % 2 == 0 && words != "\"of word\"").collect();
                assert_eq!(sorted(&format!("{view} {words}{order}")), wanted, "{view} {words}{order}");
            }
        }
    }
}

#[test]
fn shorter_ways_of_counting_count_the_same() {
    let store = store();
    lookups(&store);
    let record = |id| TicketRecord {
        summary: "word".into(),
        status_id: StatusId(if id % 3 == 0 { 1 } else { 9 }),
        last_update: ago(id / 7),
        ..ticket(id)
    };
    put(&store, Batch::Tickets((1..=7000).map(record).collect()), Pass::Any);
    // More hits than are sorted: the index is walked and the word index counts.
    for (query, total) in [("is:closed", 4667), ("word", 7000), ("is:open word", 2333), ("is:closed word", 4667)] {
        for (anchor, offset) in [(Anchor::Start, 0), (Anchor::End, total - 50)] {
            let asked = TicketAsk { anchor, ..ask(query) };
            let window = window(&store, &asked);
            assert_eq!((window.total, window.offset, window.rows.len()), (total, offset, 50), "{query} {anchor:?}");
            store.write(|conn| apply::mark_seen(conn, TicketId(1), ago(30).unwrap())).unwrap();
            let last = window.rows[49].id;
            let around = TicketAsk { anchor: Anchor::Around(last), count: 1, ..ask(query) };
            assert_eq!(self::window(&store, &around).offset, offset + 49, "{query} {anchor:?}");
        }
    }
}
