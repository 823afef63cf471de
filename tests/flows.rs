//! Whole flows of the refreshing in paused time: a scripted server instead of a socket, the real mirror, exact counts.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that can't go on fails"
)]

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use halo_tui::{
    domain::{
        ActionRecord, Agent, AgentId, AssetRecord, ClientRecord, Connection, Failure, FailureKind, History, Identity, News,
        Priority, SiteRecord, Sla, Status, Team, TicketId, TicketRecord, TicketType, Timestamp, UserRecord, Workday,
    },
    halo::{Class, ListRequest, Openness, Page, TicketColumn, TicketsRequest},
    mirror::Mirror,
    sync::{Order, Server, Sync},
};
use tokio::{
    sync::{mpsc, watch},
    time::Instant,
};

/// What the scripted server does and what it was asked.
#[derive(Default)]
struct Script {
    /// Open tickets, the newest activity first.
    open: Vec<i64>,
    /// The order of activity is ignored: pages come in this order whatever was asked.
    deaf: bool,
    /// This failure instead of any answer.
    failing: Option<Failure>,
    /// Taken out of the list after the first page of it was sent: the list moves while it is paged.
    closes_meanwhile: Option<i64>,
    /// Behind the last page that page comes again, and no count is told.
    repeats: bool,
    /// Pages of the first fill from this one on fail, until it is taken away.
    breaks_at: Option<u32>,
    /// Lists of ids fail with this.
    ids_fail: Option<Failure>,
    asked: Vec<TicketsRequest>,
    looked_at: Vec<i64>,
}

#[derive(Clone, Default)]
struct Scripted(Arc<Mutex<Script>>);

fn ticket(id: i64, of: usize) -> TicketRecord {
    let minutes = i64::try_from(of).unwrap();
    let at = "2026-11-20T10:00:00Z".parse::<Timestamp>().unwrap().checked_sub(jiff::SignedDuration::from_mins(minutes)).unwrap();
    TicketRecord {
        id: TicketId(id),
        summary: format!("ticket {id}").into(),
        last_action: Some(at),
        last_update: Some(at),
        ..Default::default()
    }
}

fn page<T>(records: Vec<T>, count: usize) -> Page<T> {
    Page { records, record_count: Some(count as u64), bad: 0, left_out: 0, bytes: 0 }
}

impl Scripted {
    fn with<T>(&self, act: impl FnOnce(&mut Script) -> T) -> T {
        act(&mut self.0.lock().unwrap())
    }

    fn answer<T>(&self, answer: T) -> Result<T, Failure> {
        self.with(|script| script.failing.clone()).map_or(Ok(answer), Err)
    }
}

impl Server for Scripted {
    async fn tickets(&self, request: &TicketsRequest, _: Class) -> Result<Page<TicketRecord>, Failure> {
        let answer = self.with(|script| {
            script.asked.push(request.clone());
            let all: Vec<TicketRecord> = script.open.iter().enumerate().map(|(of, id)| ticket(*id, of)).collect();
            let mut fit: Vec<TicketRecord> = match (&request.ids, request.openness) {
                (ids, _) if !ids.is_empty() => all.into_iter().filter(|record| ids.contains(&record.id)).collect(),
                (_, Openness::Closed) => Vec::new(),
                _ => all,
            };
            fit.retain(|record| request.changed_since.is_none_or(|since| record.last_update.unwrap() >= since));
            match request.order {
                Some((TicketColumn::Id, true)) => fit.sort_by_key(|record| std::cmp::Reverse(record.id)),
                _ if script.deaf => fit.sort_by_key(|record| record.id),
                _ => {}
            }
            let count = fit.len();
            let mut from = (request.page_no as usize - 1) * 100;
            if script.repeats {
                from = from.min(count.saturating_sub(1) / 100 * 100);
            }
            let records = fit.into_iter().skip(from).take(100).collect();
            if let Some(id) = script.closes_meanwhile.take() {
                script.open.retain(|open| *open != id);
            }
            if script.breaks_at.is_some_and(|page_no| request.changed_since.is_none() && request.page_no >= page_no) {
                return Err(Failure::new(FailureKind::Server(502), "bad gateway"));
            }
            let record_count = (!script.repeats).then_some(count as u64);
            Ok(Page { record_count, ..page(records, count) })
        });
        answer.and_then(|answer| self.answer(answer))
    }

    async fn ticket_ids(&self, _: &TicketsRequest, _: Class) -> Result<Page<TicketId>, Failure> {
        let ids: Vec<TicketId> = self.with(|script| script.open.iter().map(|id| TicketId(*id)).collect());
        if let Some(failure) = self.with(|script| script.ids_fail.clone()) {
            return Err(failure);
        }
        let count = ids.len();
        self.answer(page(ids, count))
    }

    async fn ticket(&self, id: TicketId, _: Class) -> Result<TicketRecord, Failure> {
        self.with(|script| script.looked_at.push(id.0));
        self.answer(ticket(id.0, 0))
    }

    async fn actions(&self, _: TicketId, _: u32, _: Class) -> Result<Page<ActionRecord>, Failure> {
        self.answer(page(Vec::new(), 0))
    }

    async fn clients(&self, _: &ListRequest, _: Class) -> Result<Page<ClientRecord>, Failure> {
        self.answer(page(Vec::new(), 0))
    }

    async fn actions_between(&self, _: Timestamp, _: Timestamp, _: u32, _: Class) -> Result<Page<ActionRecord>, Failure> {
        self.answer(page(Vec::new(), 0))
    }

    async fn sites(&self, _: &ListRequest, _: Class) -> Result<Page<SiteRecord>, Failure> {
        self.answer(page(Vec::new(), 0))
    }

    async fn users(&self, _: &ListRequest, _: Class) -> Result<Page<UserRecord>, Failure> {
        self.answer(page(Vec::new(), 0))
    }

    async fn assets(&self, _: &ListRequest, _: Class) -> Result<Page<AssetRecord>, Failure> {
        self.answer(page(Vec::new(), 0))
    }

    async fn agent_me(&self, _: Class) -> Result<Agent, Failure> {
        self.answer(Agent { id: AgentId(29), name: "robot".into(), ..Agent::default() })
    }

    async fn statuses(&self, _: bool, _: Class) -> Result<Page<Status>, Failure> {
        self.answer(page(Vec::new(), 0))
    }

    async fn priorities(&self, _: Class) -> Result<Page<Priority>, Failure> {
        self.answer(page(Vec::new(), 0))
    }

    async fn teams(&self, _: Class) -> Result<Page<Team>, Failure> {
        self.answer(page(Vec::new(), 0))
    }

    async fn ticket_types(&self, _: Class) -> Result<Page<TicketType>, Failure> {
        self.answer(page(Vec::new(), 0))
    }

    async fn slas(&self, _: Class) -> Result<Page<Sla>, Failure> {
        self.answer(page(Vec::new(), 0))
    }

    async fn workdays(&self, _: Class) -> Result<Page<Workday>, Failure> {
        self.answer(page(Vec::new(), 0))
    }

    async fn agents(&self, _: Class) -> Result<Page<Agent>, Failure> {
        self.answer(page(Vec::new(), 0))
    }
}

struct Flow {
    server: Scripted,
    mirror: Mirror,
    news: mpsc::Receiver<News>,
    orders: mpsc::Sender<Order>,
    look: watch::Sender<Option<TicketId>>,
}

impl Flow {
    fn start(open: impl IntoIterator<Item = i64>) -> Self {
        Self::start_with(Script { open: open.into_iter().collect(), ..Script::default() })
    }

    fn start_with(script: Script) -> Self {
        let identity =
            Identity { resource_url: "https://acme.example/api".into(), tenant: String::new(), client_id: "id".into() };
        let mirror = Mirror::in_memory(&identity).unwrap();
        let server = Scripted(Arc::new(Mutex::new(script)));
        let (sender, news) = mpsc::channel(4096);
        let (orders, order_receiver) = mpsc::channel(4);
        let (look, looked_at) = watch::channel(None);
        let sync = Sync {
            server: server.clone(),
            mirror: mirror.clone(),
            news: sender,
            every: Some(Duration::from_mins(1)),
            history: History::None,
            clock: Arc::new(|| "2026-11-20T10:00:00Z".parse().unwrap()),
        };
        tokio::spawn(sync.run(order_receiver, looked_at));
        Self { server, mirror, news, orders, look }
    }

    async fn until(&mut self, fits: impl Fn(&News) -> bool) -> News {
        loop {
            let news = self.news.recv().await.expect("sync runs");
            if fits(&news) {
                return news;
            }
        }
    }

    /// A whole round succeeded: the first fill says `Live` twice, once for its first page. Then the background has its turn. A
    /// paused clock leaps while only the mirror's threads work: it is held meanwhile.
    async fn filled(&mut self) {
        for _ in 0..2 {
            self.until(|news| matches!(news, News::Connection(Connection::Live { .. }))).await;
        }
        let (_held, until_dropped) = std::sync::mpsc::channel::<()>();
        tokio::task::spawn_blocking(move || until_dropped.recv());
        let (done, result) = tokio::sync::oneshot::channel();
        self.orders.send(Order::FillUp { conversations: false, done }).await.unwrap();
        result.await.unwrap().unwrap();
    }

    async fn open(&self) -> Vec<i64> {
        let ids = self.mirror.read(halo_tui::mirror::Reader::open_ticket_ids).await.unwrap();
        let mut ids: Vec<i64> = ids.into_iter().map(|id| id.0).collect();
        ids.sort_unstable();
        ids
    }
}

#[tokio::test(start_paused = true)]
async fn idle_costs_one_request_a_round_for_what_changed() {
    let mut flow = Flow::start(1..=250);
    flow.filled().await;
    let before = flow.server.with(|script| script.asked.len());
    for _ in 0..10 {
        flow.until(|news| matches!(news, News::Connection(Connection::Live { .. }))).await;
    }
    assert_eq!(flow.server.with(|script| script.asked.len()) - before, 10);
    assert_eq!(flow.open().await.len(), 250);
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_a_refresh_finds_its_time_stored() {
    let flow = Flow::start(1..=3);
    let (done, result) = tokio::sync::oneshot::channel();
    flow.orders.send(Order::Refresh { everything: true, done: Some(done) }).await.unwrap();
    assert_eq!(result.await.unwrap(), Ok(()));
    // `halo-tui sync` ends here: without the time its rows would count as some of them.
    assert!(flow.mirror.read(halo_tui::mirror::Reader::last_success).await.unwrap().is_some());
}

#[tokio::test(start_paused = true)]
async fn an_order_that_is_not_honoured_is_noticed_and_nothing_is_missed() {
    let mut flow = Flow::start_with(Script { open: (1..=250).collect(), deaf: true, ..Script::default() });
    // Ascending by id is the oldest activity first here: the first page shows it.
    flow.server.with(|script| script.open.reverse());
    flow.filled().await;
    assert_eq!(flow.open().await, (1..=250).collect::<Vec<_>>());
    let by_id =
        flow.server.with(|script| script.asked.iter().filter(|asked| matches!(asked.order, Some((TicketColumn::Id, _)))).count());
    assert_eq!(by_id, 3, "all pages again, by id");
}

#[tokio::test(start_paused = true)]
async fn a_list_that_moves_while_it_is_paged_loses_no_row() {
    let mut flow = Flow::start_with(Script { open: (1..=250).collect(), closes_meanwhile: Some(5), ..Script::default() });
    flow.filled().await;
    // Ticket 101 slid from the second page onto the first when 5 went; the comparison at the end finds both.
    let expected: Vec<i64> = (1..=250).filter(|id| *id != 5).collect();
    assert_eq!(flow.open().await, expected);
}

#[tokio::test(start_paused = true)]
async fn failures_keep_the_rows_and_come_ever_later_until_it_heals() {
    let mut flow = Flow::start(1..=3);
    flow.filled().await;
    flow.server.with(|script| script.failing = Some(Failure::new(FailureKind::Unreachable, "nobody answers")));
    for pause in [5.0, 10.0, 20.0, 40.0] {
        let told = flow.until(|news| matches!(news, News::Connection(Connection::Failing { .. }))).await;
        let News::Connection(Connection::Failing { retry_at: Some(retry_at), .. }) = told else { panic!("{told:?}") };
        let told = retry_at.duration_since("2026-11-20T10:00:00Z".parse().unwrap()).as_secs_f64();
        assert!((pause..=pause * 1.25 + 0.1).contains(&told), "in {told} s instead of {pause}");
    }
    assert_eq!(flow.open().await.len(), 3);
    flow.server.with(|script| script.failing = None);
    flow.until(|news| matches!(news, News::Connection(Connection::Live { .. }))).await;
}

#[tokio::test(start_paused = true)]
async fn a_refusal_waits_for_other_credentials() {
    let refusal = Failure::new(FailureKind::InvalidClient, "not known");
    let mut flow = Flow::start_with(Script { failing: Some(refusal), ..Script::default() });
    flow.until(|news| matches!(news, News::CredentialsNeeded(_))).await;
    flow.until(|news| matches!(news, News::Connection(_))).await;
    let asked = flow.server.with(|script| script.asked.len());
    // A day passes.
    tokio::time::sleep(Duration::from_hours(24)).await;
    assert_eq!(flow.server.with(|script| script.asked.len()), asked);
    // An order is a person's will: it is tried.
    let (done, result) = tokio::sync::oneshot::channel();
    flow.orders.send(Order::Refresh { everything: false, done: Some(done) }).await.unwrap();
    assert!(result.await.unwrap().is_err());
}

#[tokio::test(start_paused = true)]
async fn only_the_newest_ticket_that_is_looked_at_is_fetched() {
    let mut flow = Flow::start(1..=50);
    flow.filled().await;
    for id in 1..=20 {
        flow.look.send_replace(Some(TicketId(id)));
    }
    flow.until(|news| matches!(news, News::Changed(halo_tui::domain::Changed::Conversation(TicketId(20))))).await;
    assert_eq!(flow.server.with(|script| script.looked_at.clone()), [20]);
}

#[tokio::test(start_paused = true)]
async fn another_pace_puts_nothing_off_that_was_due_before() {
    let begun = Instant::now();
    let mut flow = Flow::start(1..=3);
    flow.orders.send(Order::Every(Some(Duration::from_mins(1)))).await.unwrap();
    // A paused clock leaps to what is due next; held, only what is due now comes.
    let (held, until_dropped) = std::sync::mpsc::channel::<()>();
    tokio::task::spawn_blocking(move || until_dropped.recv());
    flow.until(|news| matches!(news, News::Connection(Connection::Live { .. }))).await;
    assert_eq!(begun.elapsed(), Duration::ZERO, "the first round waits for nothing");
    drop(held);
}

#[tokio::test(start_paused = true)]
async fn switched_off_it_asks_only_when_told_to() {
    let mut flow = Flow::start(1..=3);
    flow.filled().await;
    flow.orders.send(Order::Every(None)).await.unwrap();
    let asked = flow.server.with(|script| script.asked.len());
    tokio::time::sleep(Duration::from_hours(1)).await;
    assert_eq!(flow.server.with(|script| script.asked.len()), asked);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_repeats_its_last_page_is_not_asked_for_ever() {
    let mut flow = Flow::start_with(Script { open: (1..=250).collect(), repeats: true, ..Script::default() });
    flow.filled().await;
    let pages: Vec<u32> =
        flow.server.with(|script| script.asked.iter().filter(|asked| asked.ids.is_empty()).map(|asked| asked.page_no).collect());
    assert_eq!(pages, [1, 2, 3, 4], "the fourth brings nothing new");
    assert_eq!(flow.open().await.len(), 250);
}

#[tokio::test(start_paused = true)]
async fn a_fill_that_breaks_off_goes_on_where_it_was() {
    let mut flow = Flow::start_with(Script { open: (1..=250).collect(), breaks_at: Some(2), ..Script::default() });
    let told = flow.until(|news| matches!(news, News::Connection(Connection::Failing { .. }))).await;
    let News::Connection(Connection::Failing { failure, retry_at, last_success, .. }) = told else { panic!("{told:?}") };
    assert_eq!(failure.kind, FailureKind::Server(502));
    assert!(retry_at.is_some() && last_success.is_some(), "the rows that came are told of");
    assert_eq!(flow.open().await, (1..=100).collect::<Vec<_>>(), "the first page is there to work with");
    flow.server.with(|script| {
        script.breaks_at = None;
        script.asked.clear();
    });
    flow.filled().await;
    let first = flow.server.with(|script| script.asked[0].page_no);
    assert_eq!(first, 2);
    assert_eq!(flow.open().await.len(), 250);
}

#[tokio::test(start_paused = true)]
async fn a_comparison_that_a_failure_kept_from_being_made_is_made_up_for() {
    let mut flow = Flow::start_with(Script {
        open: (1..=250).collect(),
        closes_meanwhile: Some(5),
        ids_fail: Some(Failure::new(FailureKind::Server(500), "an exception")),
        ..Script::default()
    });
    flow.until(|news| matches!(news, News::Connection(Connection::Failing { .. }))).await;
    flow.server.with(|script| script.ids_fail = None);
    flow.until(|news| matches!(news, News::Connection(Connection::Live { .. }))).await;
    let expected: Vec<i64> = (1..=250).filter(|id| *id != 5).collect();
    assert_eq!(flow.open().await, expected);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_cannot_compare_is_not_failing_for_ever() {
    let failure = Failure::new(FailureKind::BadReply, "ids are no numbers");
    let mut flow = Flow::start_with(Script { open: (1..=3).collect(), ids_fail: Some(failure), ..Script::default() });
    flow.until(|news| matches!(news, News::Connection(Connection::Failing { .. }))).await;
    flow.until(|news| matches!(news, News::Notice(words) if words.as_str() == "ids are no numbers")).await;
    flow.until(|news| matches!(news, News::Connection(Connection::Live { .. }))).await;
    let told = flow.until(|news| matches!(news, News::Connection(_) | News::Notice(_))).await;
    assert!(matches!(told, News::Connection(Connection::Live { .. })), "told once: {told:?}");
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_the_server_asks_for_is_kept() {
    let mut flow = Flow::start(1..=3);
    flow.filled().await;
    let asked_for = Duration::from_mins(10);
    let limited = Failure::new(FailureKind::RateLimited(Some(asked_for)), "too many requests");
    flow.server.with(|script| script.failing = Some(limited));
    flow.until(|news| matches!(news, News::Connection(Connection::Failing { .. }))).await;
    flow.server.with(|script| script.failing = None);
    let since = Instant::now();
    flow.until(|news| matches!(news, News::Connection(Connection::Live { .. }))).await;
    assert!(since.elapsed() >= asked_for, "{:?}", since.elapsed());
}

#[tokio::test(start_paused = true)]
async fn whoever_orders_a_refresh_hears_how_it_went() {
    let mut flow = Flow::start(1..=3);
    flow.filled().await;
    for failing in [None, Some(Failure::new(FailureKind::Unreachable, "nobody answers")), None] {
        flow.server.with(|script| script.failing.clone_from(&failing));
        let (done, result) = tokio::sync::oneshot::channel();
        flow.orders.send(Order::Refresh { everything: true, done: Some(done) }).await.unwrap();
        assert_eq!(result.await.unwrap().err(), failing);
    }
}

#[tokio::test(start_paused = true)]
async fn no_refused_grant_is_tried_again_by_itself() {
    for kind in [FailureKind::InvalidClient, FailureKind::InvalidScope, FailureKind::GrantRefused] {
        let mut flow = Flow::start(1..=3);
        flow.filled().await;
        flow.server.with(|script| script.failing = Some(Failure::new(kind, "refused")));
        flow.until(|news| matches!(news, News::CredentialsNeeded(failure) if failure.kind == kind)).await;
        let told = flow.until(|news| matches!(news, News::Connection(_))).await;
        assert!(matches!(told, News::Connection(Connection::Failing { retry_at: None, last_success: Some(_), .. })), "{told:?}");
        let asked = flow.server.with(|script| script.asked.len());
        tokio::time::sleep(Duration::from_hours(24)).await;
        assert_eq!(flow.server.with(|script| script.asked.len()), asked, "{kind:?}");
        assert_eq!(flow.open().await, [1, 2, 3], "the rows stay");
    }
}
