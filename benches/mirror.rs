//! What windows, searches and writes cost on a large mirror: `cargo bench --bench mirror`.
//!
//! `MIRROR_TICKETS` sets the number of tickets, 1,000,000 by default; `MIRROR_BODIES=no` keeps texts out; `MIRROR_PATH` names a
//! file that is kept and used again; `MIRROR_PARTS` tells which parts to measure, all by default. Each line shows the median, the
//! 95th of a hundred and the longest time.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "a benchmark stops where something is wrong, and tells"
)]

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use halo_tui::{
    domain::{
        Agent, AgentId, Anchor, Batch, ClientId, Folds, GroupBy, Identity, PriorityId, RowId, Status, StatusId, TicketId,
        TicketRecord, TicketRow, Timestamp, Window,
    },
    mirror::{BoardAsk, Mirror, NO_BODIES, Pass, Reader, TicketAsk},
    query::Query,
};
use jiff::tz::TimeZone;
use tokio::runtime::Runtime;

const NOW: i64 = 1_800_000_000;
/// How many tickets are written at once: as many as a fill holds before it writes.
const PAGE: usize = 1000;

fn main() {
    let desk = Desk::open();
    desk.sizes();
    let parts = std::env::var("MIRROR_PARTS").unwrap_or_else(|_| "start board windows groups searches delta".to_owned());
    for part in parts.split_whitespace() {
        match part {
            "start" => desk.start(),
            "board" => desk.board(),
            "windows" => desk.windows(),
            "groups" => desk.groups(),
            "searches" => desk.searches(),
            "delta" => desk.delta(),
            _ => {}
        }
    }
    println!("peak RSS {} MB", status_kib("VmHWM") >> 10);
}

fn tickets() -> i64 {
    std::env::var("MIRROR_TICKETS").ok().and_then(|number| number.parse().ok()).unwrap_or(1_000_000)
}

struct Desk {
    runtime: Runtime,
    mirror: Mirror,
    path: PathBuf,
    _folder: tempfile::TempDir,
}

impl Desk {
    fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let kept = std::env::var_os("MIRROR_PATH").map(PathBuf::from);
        let path = kept.unwrap_or_else(|| folder.path().join("mirror.db"));
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let mirror = open(&path);
        let desk = Self { runtime, mirror, path, _folder: folder };
        if desk.runtime.block_on(desk.mirror.read(Reader::overview)).unwrap().total == 0 {
            desk.fill();
        }
        desk.gather();
        desk
    }

    fn fill(&self) {
        if std::env::var("MIRROR_BODIES").is_ok_and(|keep| keep == "no") {
            self.runtime.block_on(self.mirror.set_meta(NO_BODIES, Some("1"))).unwrap();
        }
        let status =
            |id| Status { id: StatusId(id), name: format!("Status {id}").into(), closed: Some(id == 9), ..Status::default() };
        let agent = |id| Agent { id: AgentId(id), name: format!("Agent {} {id}", word(id)).into(), ..Agent::default() };
        self.write(Batch::Statuses((1..10).map(status).collect()));
        self.write(Batch::Agents((1..62).map(agent).collect()));
        let (started, busy, mut own) = (Instant::now(), cpu(), 0.0);
        // The newest come first, as a fill asks for them.
        let all: Vec<i64> = (1..=tickets()).rev().collect();
        for page in all.chunks(PAGE) {
            let making = cpu();
            let records = page.iter().map(|id| ticket(*id)).collect();
            own += cpu() - making;
            self.write(Batch::Tickets(records));
        }
        println!(
            "fill: {} tickets in {:.0} s, {:.1} ms of CPU for 1,000",
            tickets(),
            started.elapsed().as_secs_f64(),
            (cpu() - busy - own) * 1e6 / tickets() as f64,
        );
    }

    /// As the program does once everything is there.
    fn gather(&self) {
        let busy = cpu();
        self.runtime.block_on(self.mirror.gather()).unwrap();
        println!("merging the word index: {:.1} ms of CPU for 1,000", (cpu() - busy) * 1e6 / tickets() as f64);
    }

    fn write(&self, batch: Batch) {
        self.runtime.block_on(self.mirror.write(batch, Pass::Any, Timestamp::UNIX_EPOCH)).unwrap();
    }

    fn window(&self, query: &str, anchor: Anchor<TicketId>, count_up_to: Option<u64>) -> Window<TicketRow> {
        let ask = ask(query, anchor, count_up_to);
        self.runtime.block_on(self.mirror.read(move |reader| reader.tickets(&ask))).unwrap()
    }

    fn sizes(&self) {
        let bytes = std::fs::metadata(&self.path).map_or(0, |file| file.len());
        println!("file: {} MB for {} tickets", bytes >> 20, tickets());
    }

    /// From a closed file to the first rows and the header's numbers.
    fn start(&self) {
        measure("start: open, first rows, overview", 40, |_| {
            let mirror = open(&self.path);
            self.runtime.block_on(async {
                let first = ask("is:open sort:sla", Anchor::Start, None);
                mirror.read(move |reader| reader.tickets(&first)).await.unwrap();
                mirror.read(Reader::overview).await.unwrap();
            });
            mirror.close();
        });
    }

    /// All numbers of the board, as it asks for them.
    fn board(&self) {
        let open = [
            "sla:<0m",
            "sla:<1h -sla:<0m",
            "sla:<8h -sla:<1h",
            "sla:<1d -sla:<8h",
            "is:hold",
            "pri:1",
            "pri:2",
            "pri:3",
            "pri:4",
            "-pri:1,2,3,4",
            "age:<1d",
            "age:>=1d age:<3d",
            "age:>=3d age:<7d",
            "age:>=7d age:<30d",
            "age:>=30d",
        ];
        let open: Vec<Query> = open.iter().map(|words| Query::parse(&format!("is:open {words}")).unwrap()).collect();
        measure("board", 100, |_| {
            let now = Timestamp::from_second(NOW).unwrap();
            let ask = BoardAsk { open: open.clone(), me: None, now, zone: TimeZone::UTC };
            let board = self.runtime.block_on(self.mirror.read(move |reader| reader.board(&ask))).unwrap();
            assert!(board.kept > 0 && !board.newcomers.is_empty());
        });
    }

    /// Windows at depths that were not seen before, and the ones after them.
    fn windows(&self) {
        let keys = ["id", "client", "site", "user", "agent", "team", "status", "pri", "type", "sla", "age", "opened", "updated"];
        let pairs = ["pri,sla", "status,updated", "agent,sla", "client,-updated", "team,pri,sla"];
        for scope in ["is:open", "is:open,closed"] {
            for sort in keys.iter().chain(&pairs) {
                let query = format!("{scope} sort:{sort}");
                let mut last = TicketId(1);
                measure(&format!("jump   {query}"), if sort.contains(',') { 40 } else { 100 }, |n| {
                    let rows = self.window(&query, Anchor::Around(some(scope, n)), None).rows;
                    last = rows.last().unwrap().id;
                });
                measure(&format!("scroll {query}"), 40, |_| {
                    let rows = self.window(&query, Anchor::After(last), None).rows;
                    last = rows.last().map_or(TicketId(1), |row| row.id);
                });
            }
        }
    }

    /// Lists in groups: the first look counts them all, then places that were not seen before, the next rows, and the end.
    fn groups(&self) {
        for scope in ["is:open", "is:open,closed"] {
            for by in GroupBy::ALL.iter().copied() {
                let ask = ask(&format!("{scope} sort:sla"), Anchor::Start, None);
                let window = |anchor| {
                    let ask = ask.clone();
                    self.runtime
                        .block_on(self.mirror.read(move |reader| reader.grouped(&ask, by, &Folds::default(), anchor)))
                        .unwrap()
                };
                let name = format!("{scope} by {}", by.word());
                measure(&format!("first  {name}"), 1, |_| drop(window(Anchor::Start)));
                measure(&format!("start  {name}"), 40, |_| drop(window(Anchor::Start)));
                measure(&format!("jump   {name}"), 40, |n| drop(window(Anchor::Around(RowId::Ticket(some(scope, n))))));
                measure(&format!("end    {name}"), 5, |_| drop(window(Anchor::End)));
            }
        }
    }

    /// Keystrokes: each word letter by letter, alone and within views.
    fn searches(&self) {
        let words =
            ["printer", "regards", "password reset", "x1f3a", "vpn laptop", "acme", "\"printer offline\"", "zebra", "10482"];
        let views = [
            ("", "alone"),
            ("is:open ", "open"),
            ("is:open sort:sla ", "open, by target"),
            ("is:open,closed sort:updated ", "all, by change"),
            ("@me is:open ", "mine"),
            ("site:rare ", "0.01 % of all"),
            ("is:open site:rare sort:sla ", "0.01 % of all, by target"),
        ];
        for (view, name) in views {
            let mut times = Vec::new();
            let mut worst = (Duration::ZERO, String::new());
            for word in words {
                for letters in 1..=word.len() {
                    let Some(typed) = word.get(..letters).filter(|typed| !typed.ends_with(' ')) else { continue };
                    let typed = if typed.starts_with('"') && letters < word.len() { typed.get(1..).unwrap() } else { typed };
                    if typed.is_empty() {
                        continue;
                    }
                    let query = format!("{view}{typed}");
                    // Another list each time: nothing is remembered from the keystroke before.
                    let started = Instant::now();
                    self.window(&query, Anchor::Start, Some(100));
                    let took = started.elapsed();
                    times.push(took);
                    worst = worst.max((took, query));
                }
            }
            tell(&format!("search {name} (longest: {})", worst.1), times);
        }
    }

    /// Fifty tickets of which each has a new date, a new status, or, one in ten, another summary.
    fn delta(&self) {
        let before = cpu();
        let rounds = 20;
        measure("delta of 50", rounds, |n| {
            let change = |k: i64| {
                let id = 1 + number(n * 50 + k, tickets());
                let mut record = TicketRecord { last_update: Timestamp::from_second(NOW + n).ok(), ..ticket(id) };
                record.status_id = StatusId(1 + number(n + k, 5));
                if k % 10 == 0 {
                    record.summary = format!("changed {n} {k}").into();
                }
                record
            };
            self.write(Batch::Tickets((0..50).map(change).collect()));
        });
        println!("delta of 50: {:.1} ms of CPU", (cpu() - before) * 1e3 / rounds as f64);
    }
}

fn ask(query: &str, anchor: Anchor<TicketId>, count_up_to: Option<u64>) -> TicketAsk {
    TicketAsk {
        query: Query::parse(query).unwrap(),
        client: None,
        me: Some(AgentId(7)),
        now: Timestamp::from_second(NOW).unwrap(),
        zone: TimeZone::UTC,
        anchor,
        count: 100,
        also: Vec::new(),
        count_up_to,
    }
}

/// A ticket that the scope holds.
fn some(scope: &str, n: i64) -> TicketId {
    let mut id = 1 + number(n * 77 + 5, tickets());
    while scope == "is:open" && !is_open(id) {
        id = 1 + id % tickets();
    }
    TicketId(id)
}

fn open(path: &std::path::Path) -> Mirror {
    let identity = Identity { resource_url: "https://a.example/api".into(), tenant: "a".into(), client_id: "c".into() };
    Mirror::open(path, &identity).unwrap().0
}

fn measure(name: &str, times: i64, mut what: impl FnMut(i64)) {
    let took = (0..times).map(|n| {
        let started = Instant::now();
        what(n);
        started.elapsed()
    });
    tell(name, took.collect());
}

fn tell(name: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)].as_secs_f64() * 1e3;
    println!("{name:<60} median {:8.2}  p95 {:8.2}  max {:8.2} ms", at(50), at(95), at(100));
}

/// Processor time of this process in seconds.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = [11, 12].iter().filter_map(|at| fields.get(*at)?.parse::<u64>().ok()).sum::<u64>();
    ticks as f64 / 100.0
}

fn status_kib(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).unwrap_or(0)
}

// --- the desk -------------------------------------------------------------------------------------------------------------

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

fn word(n: i64) -> &'static str {
    WORDS[mix(n) % WORDS.len()]
}

/// A word of a vocabulary of 20,000 of which few are said often, as people do.
fn said(n: i64) -> String {
    let rank = (20_000f64.powf(number(n, 1 << 30) as f64 / (1u64 << 30) as f64) - 1.0) as i64;
    if rank < 24 { WORDS[usize::try_from(rank).unwrap()].to_owned() } else { syllables(rank) }
}

fn syllables(n: i64) -> String {
    const PARTS: [&str; 20] = [
        "ba", "con", "de", "er", "fi", "ga", "ho", "in", "ja", "ka", "le", "mo", "na", "or", "per", "re", "sta", "ti", "us",
        "ver",
    ];
    let mut left = mix(n) % 160_000;
    (0..4)
        .map(|_| {
            let part = PARTS[left % 20];
            left /= 20;
            part
        })
        .collect()
}

fn is_open(id: i64) -> bool {
    number(id * 13, 20) == 0
}

fn ticket(id: i64) -> TicketRecord {
    let pick = |n: i64| word(id * 31 + n);
    let client = number(id * 7, 2000);
    let opened = NOW - (tickets() - id) * 60;
    let at = |seconds| Timestamp::from_second(seconds).ok();
    let mut details = String::with_capacity(320);
    if id % 2 == 0 {
        details.push_str("hello team ");
    }
    while details.len() < 285 {
        details.push_str(&said(id * 101 + i64::try_from(details.len()).unwrap()));
        details.push(' ');
    }
    if id % 2 == 0 {
        details.push_str("kind regards");
    }
    let name = if number(id * 41, 3) == 0 { "acme holding".to_owned() } else { format!("{} {client} ltd", syllables(client)) };
    TicketRecord {
        id: TicketId(id),
        summary: format!("{} {} {} {} x{:x}", pick(1), pick(2), said(id * 3), said(id * 5), number(id, 1 << 40)).into(),
        details: details.into(),
        client_id: ClientId(client),
        client_name: name.into(),
        site_name: if id % 10_000 == 17 { "rare corner".into() } else { "Head Office".into() },
        user_name: format!("Dana {} {}", pick(6), number(id * 3, 20_000)).into(),
        agent_id: AgentId(1 + number(id * 11, 60)),
        team_name: format!("Team {}", number(id * 5, 9)).into(),
        status_id: StatusId(if is_open(id) { 1 + number(id, 5) } else { 9 }),
        priority_id: PriorityId(1 + number(id * 17, 4)),
        opened: at(opened),
        last_update: at(opened + number(id * 19, 86_400 * 20)),
        last_action: at(opened + 3600),
        closed: at(opened + number(id * 23, 86_400 * 6)).filter(|_| !is_open(id)),
        fix_by: at(opened + 86_400 * 3),
        ..TicketRecord::default()
    }
}
