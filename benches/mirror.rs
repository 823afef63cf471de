//! What windows, searches and writes cost on a large mirror: `cargo bench --bench mirror`.
//!
//! `MIRROR_TICKETS` sets the number of tickets, 100,000 by default.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark stops where something is wrong, and tells"
)]

use std::{cell::Cell, path::PathBuf, sync::OnceLock};

use halo_tui::{
    domain::Identity,
    domain::{
        Agent, AgentId, Anchor, Batch, ClientId, PriorityId, Status, StatusId, TicketId, TicketRecord, TicketRow, Timestamp,
    },
    mirror::{Mirror, Pass, TicketAsk},
    query::Query,
};
use jiff::tz::TimeZone;
use tokio::runtime::Runtime;

const NOW: i64 = 1_800_000_000;

fn main() {
    divan::main();
    if let Some(desk) = DESK.get() {
        let bytes = std::fs::metadata(&desk.path).map_or(0, |file| file.len());
        println!("{} tickets, {} MB, filled in {:.1} s", tickets(), bytes >> 20, desk.seconds);
        // What is static is never dropped, the temporary folder neither.
        std::fs::remove_dir_all(desk.folder.path()).unwrap();
    }
}

fn tickets() -> i64 {
    std::env::var("MIRROR_TICKETS").ok().and_then(|number| number.parse().ok()).unwrap_or(100_000)
}

struct Desk {
    mirror: Mirror,
    path: PathBuf,
    seconds: f64,
    folder: tempfile::TempDir,
}

static DESK: OnceLock<Desk> = OnceLock::new();

thread_local! {
    static RUNTIME: Runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
}

const WORDS: [&str; 24] = [
    "printer", "offline", "mailbox", "password", "reset", "vpn", "drops", "laptop", "starter", "slow", "network", "server",
    "backup", "failed", "licence", "portal", "screen", "keyboard", "calendar", "shared", "drive", "access", "phone", "update",
];

/// Mixes a number well enough to look like chance and the same each time.
fn mix(n: i64) -> usize {
    let mut x = n.unsigned_abs().wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    usize::try_from((x ^ (x >> 31)) >> 1).unwrap()
}

fn number(n: i64, below: i64) -> i64 {
    i64::try_from(mix(n)).unwrap() % below
}

fn ticket(id: i64) -> TicketRecord {
    let word = |n: i64| WORDS[mix(id * 31 + n) % WORDS.len()];
    let client = number(id * 7, 2000);
    let opened = NOW - (tickets() - id) * 60;
    let open = number(id * 13, 10) == 0;
    let at = |seconds| Timestamp::from_second(seconds).ok();
    TicketRecord {
        id: TicketId(id),
        summary: format!("{} {} {} {} x{:x}", word(1), word(2), word(3), word(4), number(id, 1 << 40)).into(),
        details: format!("{} ", word(5)).repeat(40).into(),
        client_id: ClientId(client),
        client_name: format!("{} {client} Ltd", WORDS[mix(client) % WORDS.len()]).into(),
        site_name: "Head Office".into(),
        user_name: format!("Dana {} {}", word(6), number(id * 3, 20_000)).into(),
        agent_id: AgentId(1 + number(id * 11, 60)),
        team_name: format!("Team {}", number(id * 5, 9)).into(),
        status_id: StatusId(if open { 1 + number(id, 5) } else { 9 }),
        priority_id: PriorityId(1 + number(id * 17, 4)),
        opened: at(opened),
        last_update: at(opened + number(id * 19, 86_400 * 20)),
        last_action: at(opened + 3600),
        fix_by: at(opened + 86_400 * 3),
        ..TicketRecord::default()
    }
}

fn desk() -> &'static Desk {
    DESK.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mirror.db");
        let identity = Identity { resource_url: "https://a.example/api".into(), tenant: "a".into(), client_id: "c".into() };
        let (mirror, _) = Mirror::open(&path, &identity).unwrap();
        let status = |id| Status { id: StatusId(id), name: format!("Status {id}").into(), closed: id == 9, ..Status::default() };
        let agent =
            |id| Agent { id: AgentId(id), name: format!("Agent {} {id}", WORDS[mix(id) % 24]).into(), ..Agent::default() };
        let started = std::time::Instant::now();
        RUNTIME.with(|runtime| {
            runtime.block_on(async {
                let write = async |batch| mirror.write(batch, Pass::Any, Timestamp::UNIX_EPOCH).await.unwrap();
                write(Batch::Statuses((1..10).map(status).collect())).await;
                write(Batch::Agents((1..62).map(agent).collect())).await;
                for from in (1..=tickets()).step_by(100) {
                    write(Batch::Tickets((from..(from + 100).min(tickets() + 1)).map(ticket).collect())).await;
                }
            });
        });
        Desk { mirror, path, seconds: started.elapsed().as_secs_f64(), folder }
    })
}

fn window(query: &str, anchor: Anchor<TicketId>, count_up_to: Option<u64>) -> Vec<TicketRow> {
    let ask = TicketAsk {
        query: Query::parse(query).unwrap(),
        client: None,
        me: None,
        now: Timestamp::from_second(NOW).unwrap(),
        zone: TimeZone::UTC,
        anchor,
        count: 100,
        count_up_to,
    };
    let read = desk().mirror.read(move |reader| reader.tickets(&ask));
    RUNTIME.with(|runtime| runtime.block_on(read)).unwrap().rows
}

const LISTS: [&str; 6] = [
    "is:open sort:updated",
    "is:open,closed sort:updated",
    "is:open,closed sort:sla",
    "is:open,closed sort:client",
    "is:open sort:pri,sla",
    "is:open,closed sort:agent",
];

/// Scrolling: the next window after one that was seen, from the middle of the list on.
#[divan::bench(args = LISTS)]
fn scroll(bencher: divan::Bencher, query: &str) {
    desk();
    let last = Cell::new(TicketId(tickets() / 2));
    window(query, Anchor::Around(last.get()), None);
    bencher.bench_local(|| {
        let rows = window(query, Anchor::After(last.get()), None);
        last.set(rows.last().map_or(TicketId(tickets() / 2), |row| row.id));
        rows.len()
    });
}

/// Jumping: a window at a depth that was not seen, which has to be counted.
#[divan::bench(args = LISTS)]
fn jump(bencher: divan::Bencher, query: &str) {
    desk();
    let at = Cell::new(0);
    bencher.bench_local(|| {
        at.set(at.get() + 1);
        window(query, Anchor::Around(TicketId(1 + number(at.get(), tickets()))), None).len()
    });
}

/// A keystroke of a search, everything counted and not.
#[divan::bench(args = ["p", "pr", "printer", "printer vpn", "printer vpn laptop", "x1f", "is:open p", "is:open printer vpn"])]
fn search(bencher: divan::Bencher, query: &str) {
    desk();
    // Another list each time: nothing is remembered from the keystroke before.
    let at = Cell::new(1000);
    bencher.bench_local(|| {
        at.set(at.get() + 1);
        window(query, Anchor::Start, Some(at.get())).len()
    });
}

/// A delta of 50 tickets of which each has a new date.
#[divan::bench]
fn delta(bencher: divan::Bencher) {
    let mirror = &desk().mirror;
    let at = Cell::new(0);
    bencher.bench_local(|| {
        at.set(at.get() + 1);
        let change =
            |n| TicketRecord { last_update: Timestamp::from_second(NOW + at.get()).ok(), ..ticket(1 + number(n, tickets())) };
        let batch = Batch::Tickets((0..50).map(change).collect());
        RUNTIME.with(|runtime| runtime.block_on(mirror.write(batch, Pass::Any, Timestamp::UNIX_EPOCH))).unwrap().written
    });
}
