//! How the mirror is filled and kept: history, changes, conversations, registers, deletions, by a scripted server that can be told to
//! misunderstand; in paused time, with exact counts.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that can't go on fails"
)]

#[path = "filling/desk.rs"]
mod desk;

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use Openness::{Any, Closed, Open};
use desk::{Asked, CLOSED, Desk, OPEN, at, ticket};
use halo_tui::{
    domain::{
        Batch, Changed, Connection, Coverage, Failure, FailureKind, FillProgress, History, Identity, News, Status, TicketId,
        TicketRecord, Timestamp,
    },
    halo::{Budget, Class, LocalLedger, Openness},
    mirror::{Mirror, NO_BODIES, Pass, Reader},
    sync::{Order, Server, Sync},
};
use jiff::SignedDuration;
use tokio::{
    sync::{mpsc, oneshot, watch},
    task::JoinHandle,
    time::Instant,
};

/// Sync at work.
struct Run {
    mirror: Mirror,
    news: mpsc::UnboundedReceiver<News>,
    orders: mpsc::Sender<Order>,
    look: watch::Sender<Option<TicketId>>,
    task: JoinHandle<()>,
    began: Instant,
    every: Duration,
}

/// How a run is to be.
#[derive(Clone, Copy)]
struct Asks {
    history: History,
    every: Option<Duration>,
}

const MINUTELY: Asks = Asks { history: History::None, every: Some(Duration::from_mins(1)) };

/// A mirror that keeps conversations.
fn talking_mirror() -> Mirror {
    let identity = Identity { resource_url: "https://acme.example/api".into(), tenant: String::new(), client_id: "id".into() };
    Mirror::in_memory(&identity).unwrap()
}

/// One that does not: then none are asked for before somebody looks.
async fn mirror() -> Mirror {
    let mirror = talking_mirror();
    mirror.set_meta(NO_BODIES, Some("1")).await.unwrap();
    mirror
}

impl Run {
    fn start(desk: &Desk, mirror: &Mirror, asks: Asks) -> Self {
        let (sender, mut bounded) = mpsc::channel(64);
        let (unbounded, news) = mpsc::unbounded_channel();
        // Nobody may hold sync up by not listening.
        tokio::spawn(async move {
            while let Some(told) = bounded.recv().await {
                let _ = unbounded.send(told);
            }
        });
        let (orders, order_receiver) = mpsc::channel(4);
        let (look, looked_at) = watch::channel(None);
        let began = Instant::now();
        let sync = Sync {
            server: desk.clone(),
            mirror: mirror.clone(),
            news: sender,
            every: asks.every,
            history: asks.history,
            clock: Arc::new(move || {
                at("2026-11-20T10:00:00Z").checked_add(SignedDuration::try_from(began.elapsed()).unwrap()).unwrap()
            }),
        };
        let task = tokio::spawn(sync.run(order_receiver, looked_at));
        Self { mirror: mirror.clone(), news, orders, look, task, began, every: asks.every.unwrap_or_default() }
    }

    async fn until(&mut self, fits: impl Fn(&News) -> bool) -> News {
        loop {
            let news = self.news.recv().await.expect("sync runs");
            if fits(&news) {
                return news;
            }
        }
    }

    async fn live(&mut self) {
        self.until(|news| matches!(news, News::Connection(Connection::Live { .. }))).await;
    }

    /// Lets so many rounds pass, each at its time. A paused clock leaps while only the mirror's threads work: it is held meanwhile.
    async fn rounds(&mut self, count: usize) {
        let (held, until_dropped) = std::sync::mpsc::channel::<()>();
        tokio::task::spawn_blocking(move || until_dropped.recv());
        while self.news.try_recv().is_ok() {}
        for _ in 0..count {
            tokio::time::advance(self.every).await;
            self.live().await;
        }
        drop(held);
    }

    /// Waits until the first round and the work in the background are done.
    async fn filled(&mut self) {
        self.fill_up().await.unwrap();
    }

    async fn fill_up(&mut self) -> Result<(), Failure> {
        self.fill_up_with(false).await
    }

    async fn fill_up_with(&mut self, conversations: bool) -> Result<(), Failure> {
        let (done, result) = oneshot::channel();
        self.orders.send(Order::FillUp { conversations, done }).await.unwrap();
        result.await.unwrap()
    }

    async fn refresh(&mut self, everything: bool) -> Result<(), Failure> {
        let (done, result) = oneshot::channel();
        self.orders.send(Order::Refresh { everything, done: Some(done) }).await.unwrap();
        result.await.unwrap()
    }

    async fn closed(&self) -> Vec<i64> {
        let open: BTreeSet<i64> = self.open().await.into_iter().collect();
        let all = self.mirror.read(|reader| reader.opened_between(Timestamp::UNIX_EPOCH, Timestamp::MAX)).await.unwrap();
        let mut closed: Vec<i64> = all.into_iter().map(|id| id.0).filter(|id| !open.contains(id)).collect();
        closed.sort_unstable();
        closed
    }

    async fn open(&self) -> Vec<i64> {
        let mut ids: Vec<i64> = self.mirror.read(Reader::open_ticket_ids).await.unwrap().into_iter().map(|id| id.0).collect();
        ids.sort_unstable();
        ids
    }

    async fn coverage(&self) -> Coverage {
        self.mirror.read(Reader::coverage).await.unwrap()
    }

    fn now(&self) -> Timestamp {
        at("2026-11-20T10:00:00Z").checked_add(SignedDuration::try_from(self.began.elapsed()).unwrap()).unwrap()
    }
}

/// Ten open tickets of the last ten hours and one closed an hour before that.
fn history(closed: i64) -> Desk {
    let open = (1..=10).map(|id| ticket(1_000_000 - id, id, OPEN));
    Desk::new(open.chain((1..=closed).map(|id| ticket(100_000 - id, id + 1, CLOSED))))
}

fn spans(desk: &Desk) -> Vec<(Timestamp, Timestamp, u32)> {
    let spans = desk.asked().into_iter().filter_map(|asked| match asked {
        Asked::Tickets(request, _) if request.page_size == 100 => request.dates.map(|(_, from, to)| (from, to, request.page_no)),
        _ => None,
    });
    spans.collect()
}

#[tokio::test(start_paused = true)]
async fn history_comes_back_to_where_it_is_asked_for() {
    let (desk, mirror) = (history(24 * 200), mirror().await);
    let mut run = Run::start(&desk, &mirror, Asks { history: History::Days(90), ..MINUTELY });
    run.filled().await;
    let closed = run.closed().await;
    let covered = at("2026-08-22T00:00:00Z");
    let expected = desk.with(|world| {
        world.tickets.values().filter(|ticket| ticket.status_id == CLOSED && ticket.opened.unwrap() >= covered).count()
    });
    assert_eq!(closed.len(), expected);
    let coverage = run.coverage().await;
    assert_eq!((coverage.back_to, coverage.to_the_first), (Some(covered), false));
    assert_eq!((coverage.open, coverage.open_there), (10, Some(10)));
    // 2,170 tickets: two counts to prove the dates, one for the way, and hardly more pages than they fill.
    let pages = spans(&desk).len();
    assert!((22..=28).contains(&pages), "{pages} pages");
}

#[tokio::test(start_paused = true)]
async fn a_new_start_goes_on_where_the_last_one_stood() {
    let (desk, mirror) = (history(24 * 90), mirror().await);
    let mut first = Run::start(&desk, &mirror, Asks { history: History::Days(80), ..MINUTELY });
    first.until(|news| matches!(news, News::Coverage(Coverage { back_to: Some(_), .. }))).await;
    first.task.abort();
    let back_to = first.coverage().await.back_to.unwrap();
    assert!(back_to > at("2026-09-05T00:00:00Z"), "it was not over: {back_to}");
    desk.forget();
    let mut second = Run::start(&desk, &mirror, Asks { history: History::Days(80), ..MINUTELY });
    second.filled().await;
    let newest = spans(&desk).into_iter().map(|(_, to, _)| to).max().unwrap();
    assert!(newest <= back_to, "{newest} is read again, {back_to} was reached");
    assert_eq!(second.coverage().await.back_to, Some(at("2026-09-01T00:00:00Z")));
}

#[tokio::test(start_paused = true)]
async fn all_history_ends_with_the_first_ticket() {
    let desk = history(300);
    desk.with(|world| {
        // Eight years of nothing in between.
        world.tickets.insert(1, ticket(1, 24 * 365 * 8, CLOSED));
    });
    let mirror = mirror().await;
    let mut run = Run::start(&desk, &mirror, Asks { history: History::All, ..MINUTELY });
    run.filled().await;
    assert_eq!(run.closed().await.len(), 301);
    assert!(run.coverage().await.to_the_first);
    let asked = desk.asked().len();
    assert!(asked < 70, "{asked} requests");
    // Nothing is asked for again.
    desk.forget();
    run.filled().await;
    assert_eq!(spans(&desk), []);
}

#[tokio::test(start_paused = true)]
async fn pages_that_are_not_looked_at_leave_no_ticket_out_without_a_word() {
    // Lists of numbers help, unless they hold some only; lists by number have no other way.
    for (numbers_paged, dates_ignored, closed, said) in [
        (false, false, 900, "900 of 900 open · all closed"),
        (true, false, 100, "100 of 900 open · all closed but 800"),
        (false, true, 100, "900 of 900 open · all closed but 800"),
    ] {
        // Nine hundred a day, ten days apart.
        let open = (1..=900).map(|id| ticket(id, 240, OPEN));
        let desk = Desk::new(open.chain((901..=1800).map(|id| ticket(id, 480, CLOSED))));
        desk.fault(|faults| {
            (faults.pages_ignored, faults.numbers_paged, faults.dates_ignored) = (true, numbers_paged, dates_ignored);
        });
        let mirror = mirror().await;
        let mut run = Run::start(&desk, &mirror, Asks { history: History::All, ..MINUTELY });
        run.filled().await;
        assert_eq!(run.closed().await.len(), closed, "{said}");
        assert_eq!(run.coverage().await.words(run.now(), &jiff::tz::TimeZone::UTC).to_string(), said);
        let asked = desk.asked().len();
        assert!(asked < 100, "{asked} requests");
    }
}

#[tokio::test(start_paused = true)]
async fn old_tickets_with_the_highest_numbers_hide_none_that_are_new() {
    let desk = history(300);
    desk.fault(|faults| faults.dates_ignored = true);
    desk.with(|world| world.tickets.extend((2_000_001..=2_000_850).map(|id| (id, ticket(id, 24 * 700, CLOSED)))));
    let mirror = mirror().await;
    let mut run = Run::start(&desk, &mirror, Asks { history: History::Days(90), ..MINUTELY });
    run.filled().await;
    let closed = run.closed().await;
    assert_eq!(closed.iter().filter(|id| **id < 1_000_000).count(), 300);
    // What is older is not asked for on and on.
    desk.with(|world| world.tickets.extend((1..=9_000).map(|id| (id, ticket(id, 24 * 700, CLOSED)))));
    run.task.abort();
    desk.forget();
    let mut run = Run::start(&desk, &self::mirror().await, Asks { history: History::Days(90), ..MINUTELY });
    run.filled().await;
    assert!(desk.bulk() < 30, "{} requests", desk.bulk());
}

#[tokio::test(start_paused = true)]
async fn closed_tickets_without_a_date_to_go_by_come_by_number() {
    for numbers_paged in [false, true] {
        let desk = history(600);
        desk.with(|world| {
            for (id, opened) in [(101, None), (102, Some("1900-01-01T00:00:00Z")), (103, Some("2031-01-01T00:00:00Z"))] {
                let opened = opened.map(at);
                world.tickets.insert(id, TicketRecord { opened, ..ticket(id, 5_000, CLOSED) });
            }
            world.faults.numbers_paged = numbers_paged;
        });
        let mirror = mirror().await;
        let mut run = Run::start(&desk, &mirror, Asks { history: History::All, ..MINUTELY });
        run.filled().await;
        let coverage = run.coverage().await;
        assert_eq!((coverage.closed, coverage.lacking), if numbers_paged { (600, 3) } else { (603, 0) });
        assert!(coverage.to_the_first);
    }
}

#[tokio::test(start_paused = true)]
async fn dates_that_are_not_looked_at_are_noticed() {
    for nothing in [false, true] {
        let desk = history(24 * 60);
        desk.fault(|faults| if nothing { faults.dates_find_nothing = true } else { faults.dates_ignored = true });
        let mirror = mirror().await;
        let mut run = Run::start(&desk, &mirror, Asks { history: History::Days(30), ..MINUTELY });
        run.filled().await;
        let closed = run.closed().await;
        let wanted: Vec<i64> = (1..24 * 30 - 1).map(|id| 100_000 - id).rev().collect();
        assert!(wanted.iter().all(|id| closed.binary_search(id).is_ok()), "finding nothing: {nothing}");
        assert!(closed.len() < 24 * 60, "it ends where it is deep enough");
        assert!(spans(&desk).len() <= 1, "{:?}", spans(&desk));
        desk.forget();
        run.filled().await;
        assert!(desk.asked().iter().all(|asked| !matches!(asked, Asked::Tickets(_, Class::Bulk))), "found out once");
    }
}

#[tokio::test(start_paused = true)]
async fn history_by_number_goes_on_where_it_stood_and_loses_no_row_that_slid() {
    let desk = history(1000);
    desk.fault(|faults| faults.dates_find_nothing = true);
    // Two counts, then pages: while the fifth is sent a row of the first goes, and all others slide up.
    desk.with(|world| world.vanish = Some((8, 99_990)));
    let mirror = mirror().await;
    let first = Run::start(&desk, &mirror, Asks { history: History::All, ..MINUTELY });
    while desk.bulk() < 9 {
        tokio::task::yield_now().await;
    }
    first.task.abort();
    let mut second = Run::start(&desk, &mirror, Asks { history: History::All, ..MINUTELY });
    desk.forget();
    second.filled().await;
    let here: BTreeSet<i64> = second.closed().await.into_iter().collect();
    assert!((1..=1000).map(|id| 100_000 - id).all(|id| id == 99_990 || here.contains(&id)));
    let first_page = desk.asked().into_iter().find_map(|asked| match asked {
        Asked::Tickets(request, Class::Bulk) if request.page_size == 100 => Some(request.page_no),
        _ => None,
    });
    assert!(first_page.is_some_and(|page| page > 3), "{first_page:?}");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_tell_closed_from_open_closes_nothing() {
    let desk = history(500);
    desk.fault(|faults| faults.closed_ignored = true);
    let mirror = mirror().await;
    let mut run = Run::start(&desk, &mirror, Asks { history: History::Days(30), ..MINUTELY });
    run.filled().await;
    assert_eq!((run.open().await.len(), run.closed().await.len()), (10, 500));
}

#[tokio::test(start_paused = true)]
async fn statuses_that_are_told_alike_leave_it_to_the_rows_what_is_closed() {
    for known_as_open in [false, true] {
        let desk = history(300);
        desk.fault(|faults| faults.statuses_alike = true);
        let mirror = mirror().await;
        if known_as_open {
            // So they were stored before it was known that this tells nothing.
            let open = [OPEN, CLOSED].map(|id| Status { id, closed: Some(false), ..Status::default() });
            mirror.write(Batch::Statuses(open.to_vec()), Pass::Any, at("2026-11-20T09:00:00Z")).await.unwrap();
            let closed = (1..=200).map(|id| ticket(100_000 - id, id + 1, CLOSED)).collect();
            mirror.write(Batch::Tickets(closed), Pass::ClosedOnly, at("2026-11-20T09:00:00Z")).await.unwrap();
        }
        let mut run = Run::start(&desk, &mirror, Asks { history: History::Days(30), ..MINUTELY });
        run.filled().await;
        assert_eq!((run.open().await.len(), run.closed().await.len()), (10, 300), "known as open: {known_as_open}");
    }
}

#[tokio::test(start_paused = true)]
async fn numbers_that_do_not_come_alone_are_taken_from_rows() {
    let (desk, mirror) = (Desk::new((1..=250).map(|id| ticket(id, id, OPEN))), mirror().await);
    desk.fault(|faults| faults.numbers_paged = true);
    let mut run = Run::start(&desk, &mirror, Asks { every: None, ..MINUTELY });
    run.refresh(true).await.unwrap();
    run.fill_up().await.unwrap();
    let users = desk.asked().iter().filter(|asked| matches!(asked, Asked::Register("users", _))).count();
    assert_eq!((run.coverage().await.open_there, users), (Some(250), 1));
    desk.with(|world| world.tickets.remove(&170));
    run.refresh(true).await.unwrap();
    let numbers = desk.asked().iter().filter(|asked| matches!(asked, Asked::Numbers)).count();
    assert_eq!((run.open().await.len(), numbers), (249, 1), "what is gone is noticed, and the way is known");
}

#[tokio::test(start_paused = true)]
async fn tickets_that_come_as_open_and_are_closed_count_for_none_that_lack() {
    let (desk, mirror) = (history(300), mirror().await);
    desk.fault(|faults| faults.open_ignored = true);
    let mut run = Run::start(&desk, &mirror, MINUTELY);
    run.filled().await;
    desk.forget();
    run.refresh(true).await.unwrap();
    let coverage = run.coverage().await;
    assert_eq!((coverage.open, coverage.open_there), (10, Some(10)));
    let asked = desk.asked();
    let by_number = asked.iter().filter(|asked| matches!(asked, Asked::Tickets(request, _) if !request.ids.is_empty()));
    assert_eq!(by_number.count(), 0, "closed ones are not asked for again and again");
}

#[tokio::test(start_paused = true)]
async fn rows_that_came_before_a_failure_are_told_of() {
    let (desk, mirror) = (history(5), mirror().await);
    desk.with(|world| world.part_failing = Some(("working hours", Failure::new(FailureKind::Unreachable, "gone"))));
    let mut run = Run::start(&desk, &mirror, MINUTELY);
    let failing = run.until(|news| matches!(news, News::Connection(Connection::Failing { .. }))).await;
    assert!(matches!(failing, News::Connection(Connection::Failing { last_success: Some(_), .. })), "{failing:?}");
}

#[tokio::test(start_paused = true)]
async fn what_fails_beside_the_tickets_fails_alone() {
    for (part, kind) in [
        ("assets", FailureKind::Server(500)),
        ("assets", FailureKind::Unauthorised),
        ("assets", FailureKind::WrongUrl),
        ("sites", FailureKind::Refused(400)),
        ("working hours", FailureKind::Server(500)),
        ("working hours", FailureKind::Refused(400)),
    ] {
        let (desk, mirror) = (history(100), talking_mirror());
        desk.with(|world| world.part_failing = Some((part, Failure::new(kind, "no luck"))));
        let mut run = Run::start(&desk, &mirror, Asks { history: History::Days(30), ..MINUTELY });
        let told = run.until(|news| matches!(news, News::Notice(words) if words.as_str().contains(part))).await;
        assert!(matches!(&told, News::Notice(words) if words.as_str().contains("no luck")), "{told:?}");
        let failure = run.fill_up_with(true).await.unwrap_err();
        assert!(failure.kind == kind && failure.what.as_str().contains(part), "{failure:?}");
        let speaks_of_pages = failure.advice.as_str().starts_with("The address is right");
        assert_eq!(speaks_of_pages, kind == FailureKind::WrongUrl, "{failure:?}");
        assert_eq!((run.closed().await.len(), run.coverage().await.conversations), (100, 10), "{part} {kind:?}");
        while let Ok(news) = run.news.try_recv() {
            assert!(!matches!(news, News::Connection(Connection::Failing { .. })), "{part} {kind:?}");
        }
        desk.with(|world| world.part_failing = None);
        run.rounds(3).await;
        run.fill_up_with(true).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_stretch_whose_list_shrinks_is_read_again() {
    let desk = history(600);
    // The first pages of history are the fourth request for tickets and those behind it.
    desk.with(|world| world.vanish = Some((5, 99_401)));
    let mirror = mirror().await;
    let mut run = Run::start(&desk, &mirror, Asks { history: History::Days(40), ..MINUTELY });
    run.filled().await;
    let here: BTreeSet<i64> = run.closed().await.into_iter().collect();
    assert!((1..=600).map(|id| 100_000 - id).all(|id| id == 99_401 || here.contains(&id)));
}

/// The openness of what is asked for as changed, minute by minute.
fn deltas(desk: &Desk) -> Vec<Openness> {
    let deltas = desk.asked().into_iter().filter_map(|asked| match asked {
        Asked::Tickets(request, _) => request.changed_since.map(|_| request.openness),
        _ => None,
    });
    deltas.collect()
}

#[tokio::test(start_paused = true)]
async fn one_request_tells_all_changes_once_it_is_seen_to_bring_closures() {
    let (desk, mirror) = (history(3), mirror().await);
    let mut run = Run::start(&desk, &mirror, MINUTELY);
    run.live().await;
    run.live().await;
    desk.forget();
    run.rounds(4).await;
    assert_eq!(deltas(&desk), [Openness::Open, Openness::Closed, Openness::Open, Openness::Closed]);
    desk.touch(999_995, CLOSED, run.now());
    desk.forget();
    run.rounds(5).await;
    assert_eq!(deltas(&desk), [Open, Closed, Any, Any, Any]);
    assert!(run.closed().await.contains(&999_995));
    // A closure of later comes by the one request.
    desk.touch(999_994, CLOSED, run.now());
    run.rounds(2).await;
    assert!(run.closed().await.contains(&999_994));
}

#[tokio::test(start_paused = true)]
async fn how_many_are_open_follows_what_changes() {
    let (desk, mirror) = (history(3), mirror().await);
    let mut run = Run::start(&desk, &mirror, MINUTELY);
    run.filled().await;
    assert_eq!(run.coverage().await.open_there, Some(10));
    desk.touch(999_995, CLOSED, run.now());
    let told = run.until(|news| matches!(news, News::Coverage(Coverage { open: 9, .. }))).await;
    assert!(matches!(told, News::Coverage(Coverage { open_there: Some(9), .. })), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn lists_that_hide_closures_are_found_out() {
    let (desk, mirror) = (history(3), mirror().await);
    desk.fault(|faults| faults.closed_hidden = true);
    let mut run = Run::start(&desk, &mirror, MINUTELY);
    run.live().await;
    run.live().await;
    desk.touch(999_995, CLOSED, run.now());
    desk.forget();
    run.rounds(6).await;
    // One probe, with the turn that was due in the same minute.
    assert_eq!(deltas(&desk), [Open, Closed, Any, Open, Closed, Open, Closed]);
    assert!(run.closed().await.contains(&999_995));
}

#[tokio::test(start_paused = true)]
async fn closures_that_changes_did_not_tell_end_the_trust_in_them() {
    let (desk, mirror) = (history(3), mirror().await);
    let mut run = Run::start(&desk, &mirror, MINUTELY);
    run.live().await;
    run.live().await;
    desk.touch(999_995, CLOSED, run.now());
    run.rounds(4).await;
    // From now on the server hides them: this one is in no list that is asked for.
    desk.fault(|faults| faults.closed_hidden = true);
    desk.touch(999_994, CLOSED, run.now());
    desk.touch(999_993, OPEN, run.now().checked_add(SignedDuration::from_mins(5)).unwrap());
    run.rounds(2).await;
    assert!(!run.closed().await.contains(&999_994));
    run.refresh(true).await.unwrap();
    assert!(run.closed().await.contains(&999_994), "the comparison finds it");
    desk.forget();
    run.rounds(2).await;
    assert!(!deltas(&desk).contains(&Openness::Any), "{:?}", deltas(&desk));
}

impl Run {
    /// The tickets that are here as they are there.
    async fn up_to_date(&self, desk: &Desk) -> usize {
        let there: Vec<_> = desk.with(|world| world.tickets.values().map(|ticket| (ticket.id, ticket.last_update)).collect());
        let mut up_to_date = 0;
        for (id, last_update) in there {
            let row = self.mirror.read(move |reader| reader.ticket(id)).await.unwrap();
            up_to_date += usize::from(row.is_some_and(|row| row.last_update == last_update));
        }
        up_to_date
    }
}

#[tokio::test(start_paused = true)]
async fn a_row_that_slid_while_changes_were_paged_is_not_lost() {
    let desk = Desk::new((1..=400).map(|id| ticket(id, id, OPEN)));
    let mirror = mirror().await;
    let mut run = Run::start(&desk, &mirror, MINUTELY);
    run.filled().await;
    run.rounds(2).await;
    let ago = |id: i64| run.now().checked_sub(SignedDuration::from_secs(10 * id)).unwrap();
    (1..=250).for_each(|id| desk.touch(id, OPEN, ago(id)));
    // One of the first page goes once that was sent.
    desk.with(|world| world.vanish = Some((1, 7)));
    run.rounds(2).await;
    assert_eq!(run.up_to_date(&desk).await, 399);
}

#[tokio::test(start_paused = true)]
async fn a_time_that_the_server_takes_for_one_of_its_own_zone_hides_no_change() {
    // Eight hours west, an hour west, ten hours east.
    for (hours_late, most) in [(8, 8), (1, 8), (-10, 8)] {
        let desk = Desk::new((1..=400).map(|id| {
            let earlier = SignedDuration::from_mins(3 * id);
            let at = at("2026-11-20T10:00:00Z").checked_sub(earlier).ok();
            TicketRecord { last_action: at, last_update: at, ..ticket(id, 0, OPEN) }
        }));
        desk.fault(|faults| faults.hours_late = hours_late);
        let mirror = mirror().await;
        let mut run = Run::start(&desk, &mirror, MINUTELY);
        run.filled().await;
        run.rounds(2).await;
        desk.forget();
        // One changes without an action.
        desk.touch(5, OPEN, run.now());
        desk.with(|world| world.tickets.get_mut(&400).unwrap().last_update = Some(run.now()));
        run.rounds(2).await;
        let asked = desk.asked().iter().filter(|asked| matches!(asked, Asked::Tickets(..))).count();
        assert_eq!(run.up_to_date(&desk).await, 400, "{hours_late} hours");
        assert!(asked <= most, "{asked} requests at {hours_late} hours");
    }
}

#[tokio::test(start_paused = true)]
async fn many_tickets_with_the_newest_date_are_not_read_each_minute() {
    let desk = Desk::new((1..=600).map(|id| ticket(id, 0, OPEN)));
    let mirror = mirror().await;
    let mut run = Run::start(&desk, &mirror, MINUTELY);
    run.filled().await;
    run.rounds(3).await;
    desk.forget();
    run.rounds(8).await;
    assert_eq!(deltas(&desk).len(), 8);
    desk.touch(5, OPEN, run.now());
    run.rounds(2).await;
    assert_eq!(run.up_to_date(&desk).await, 600);
}

#[tokio::test(start_paused = true)]
async fn rows_of_history_do_not_move_the_place_from_which_changes_are_asked_for() {
    let (desk, mirror) = (history(200), mirror().await);
    let mut run = Run::start(&desk, &mirror, Asks { history: History::Days(90), ..MINUTELY });
    run.live().await;
    // Both change; then history brings the later one before a delta has brought the earlier one.
    desk.touch(999_995, OPEN, at("2026-11-20T10:00:10Z"));
    desk.touch(99_900, CLOSED, at("2026-11-20T10:20:00Z"));
    run.filled().await;
    run.refresh(false).await.unwrap();
    let ticket = run.mirror.read(|reader| reader.conversation(TicketId(999_995))).await.unwrap().unwrap().ticket;
    assert_eq!(ticket.last_action, Some(at("2026-11-20T10:00:10Z")));
}

#[tokio::test(start_paused = true)]
async fn idle_it_asks_twice_a_minute_at_most() {
    let (desk, mirror) = (history(50), talking_mirror());
    let mut run = Run::start(&desk, &mirror, Asks { history: History::Days(90), ..MINUTELY });
    run.filled().await;
    desk.touch(999_995, CLOSED, run.now());
    run.rounds(10).await;
    desk.forget();
    let mut most = 0;
    for _ in 0..120 {
        let before = desk.asked().len();
        run.rounds(1).await;
        most = most.max(desk.asked().len() - before);
    }
    assert!(most <= 2, "{most} in one round");
    let (all, changes) = (desk.asked().len(), deltas(&desk).len());
    assert_eq!(changes, 120, "one request a round for what changed");
    assert!((130..=230).contains(&all), "{all} in two hours");
}

#[tokio::test(start_paused = true)]
async fn a_pause_stops_the_background_and_nothing_else() {
    let (desk, mirror) = (history(24 * 400), mirror().await);
    let mut run = Run::start(&desk, &mirror, Asks { history: History::All, ..MINUTELY });
    run.until(|news| matches!(news, News::Coverage(Coverage { back_to: Some(_), .. }))).await;
    run.orders.send(Order::Pause(true)).await.unwrap();
    run.until(|news| matches!(news, News::Paused(true))).await;
    // What was on its way may still come.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let before = desk.bulk();
    run.rounds(2).await;
    assert_eq!(desk.bulk(), before);
    run.look.send_replace(Some(TicketId(999_995)));
    run.until(|news| matches!(news, News::Changed(Changed::Conversation(TicketId(999_995))))).await;
    run.orders.send(Order::Pause(false)).await.unwrap();
    run.until(|news| matches!(news, News::Coverage(Coverage { to_the_first: true, .. }))).await;
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_a_request_in_the_background_that_is_never_answered() {
    let (desk, mirror) = (history(500), talking_mirror());
    desk.with(|world| world.hangs = Some(Class::Bulk));
    let mut run = Run::start(&desk, &mirror, Asks { history: History::All, ..MINUTELY });
    run.live().await;
    run.live().await;
    run.until(|_| desk.asked().iter().any(|asked| matches!(asked, Asked::Register(..)))).await;
    run.look.send_replace(Some(TicketId(999_995)));
    run.until(|news| matches!(news, News::Changed(Changed::Conversation(TicketId(999_995))))).await;
    run.refresh(true).await.unwrap();
    run.rounds(3).await;
    assert_eq!(run.closed().await.len(), 0, "history waits for ever");
}

#[tokio::test(start_paused = true)]
async fn on_the_servers_return_what_changed_comes_first_and_by_one_request() {
    let (desk, mirror) = (history(24 * 400), mirror().await);
    let mut run = Run::start(&desk, &mirror, Asks { history: History::All, ..MINUTELY });
    run.until(|news| matches!(news, News::Coverage(Coverage { back_to: Some(_), .. }))).await;
    desk.with(|world| world.failing = Some(Failure::new(FailureKind::Unreachable, "nobody answers")));
    run.until(|news| matches!(news, News::Connection(Connection::Failing { .. }))).await;
    let (rows, open) = (run.closed().await, run.open().await);
    assert!(!rows.is_empty() && open.len() == 10, "what is here stays");
    // An hour without a network: a few tries, ever further apart, and none in the background.
    desk.forget();
    let since = Instant::now();
    while since.elapsed() < Duration::from_hours(1) {
        run.until(|news| matches!(news, News::Connection(Connection::Failing { .. }))).await;
    }
    let tries = desk.asked().len();
    assert!((6..=30).contains(&tries), "{tries} tries in an hour");
    desk.with(|world| world.failing = None);
    desk.forget();
    let back = run.until(|news| matches!(news, News::Connection(Connection::Live { .. }))).await;
    let News::Connection(Connection::Live { at: back }) = back else { panic!("{back:?}") };
    assert_eq!(deltas(&desk).len(), 1, "{:?}", desk.asked());
    run.until(|news| matches!(news, News::Filling(Some(_)))).await;
    assert!(run.now().duration_since(back) >= SignedDuration::from_secs(15), "history waits a little");
    assert!(matches!(&desk.asked()[0], Asked::Tickets(request, Class::Changes) if request.changed_since.is_some()));
}

#[tokio::test(start_paused = true)]
async fn conversations_come_by_days_where_such_lists_are_complete() {
    for lacking in [false, true] {
        let tickets = (1..=200).map(|id| ticket(id, id / 4, OPEN));
        let (desk, mirror) = (Desk::new(tickets.chain([ticket(900, 24 * 300, OPEN)])), talking_mirror());
        desk.fault(|faults| faults.actions_lack = lacking);
        let mut run = Run::start(&desk, &mirror, MINUTELY);
        run.until(|news| matches!(news, News::Coverage(Coverage { conversations: 201, .. }))).await;
        let (mut singly, mut days) = (Vec::new(), 0);
        for asked in desk.asked() {
            match asked {
                Asked::Actions(id) => singly.push(id),
                Asked::Day(from, to) => {
                    days += 1;
                    assert!(to.duration_since(from) <= SignedDuration::from_hours(24));
                }
                _ => {}
            }
        }
        if lacking {
            assert_eq!((singly.len(), days), (201, 1));
        } else {
            // One to probe with and the one of long ago: hundreds of days for its sake would be dearer.
            assert_eq!(singly, [1, 900]);
            assert!(days <= 5, "{days}");
        }
        // Both ways leave the same behind.
        for id in [1, 77, 200, 900] {
            let held = run.mirror.read(move |reader| reader.conversation(TicketId(id))).await.unwrap().unwrap();
            assert_eq!((held.actions.len(), held.stale), (1, false), "{id}, lacking: {lacking}");
        }
        // Later ones have turns.
        for id in 1..=20 {
            desk.touch(id, OPEN, run.now());
        }
        desk.forget();
        run.rounds(90).await;
        let outdated = run.mirror.read(Reader::lacking_since).await.unwrap();
        assert_eq!(outdated, [], "lacking: {lacking}");
        let asked = desk.asked().iter().filter(|asked| matches!(asked, Asked::Actions(_) | Asked::Day(..))).count();
        assert_eq!(asked, if lacking { 20 } else { 1 });
        let held = run.mirror.read(|reader| reader.conversation(TicketId(7))).await.unwrap().unwrap();
        assert_eq!(held.actions.len(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_conversations_gets_those_that_lack_and_nobody_else_any() {
    let (desk, mirror) = (Desk::new((1..=30).map(|id| ticket(id, id, OPEN))), talking_mirror());
    desk.fault(|faults| faults.actions_lack = true);
    let mut run = Run::start(&desk, &mirror, Asks { every: None, ..MINUTELY });
    let singly = || desk.asked().iter().filter(|asked| matches!(asked, Asked::Actions(_))).count();
    run.refresh(true).await.unwrap();
    run.fill_up().await.unwrap();
    assert_eq!(singly(), 0);
    run.fill_up_with(true).await.unwrap();
    assert_eq!(singly(), 30);
    for id in [4, 5] {
        desk.touch(id, OPEN, run.now());
    }
    desk.forget();
    run.refresh(false).await.unwrap();
    run.fill_up_with(true).await.unwrap();
    assert_eq!(singly(), 2);
    assert_eq!(run.mirror.read(Reader::lacking_since).await.unwrap(), []);
}

#[tokio::test(start_paused = true)]
async fn where_nothing_tells_what_changed_all_open_tickets_are_read_again() {
    let (desk, mirror) = (Desk::new((1..=250).map(|id| ticket(id, id * 7 % 250, OPEN))), mirror().await);
    desk.fault(|faults| (faults.changes_ignored, faults.order_ignored) = (true, true));
    let mut run = Run::start(&desk, &mirror, MINUTELY);
    run.filled().await;
    run.rounds(1).await;
    let touched = run.now();
    // Neither stands on the first page.
    desk.touch(207, OPEN, touched);
    desk.touch(208, CLOSED, touched);
    run.rounds(16).await;
    let row = run.mirror.read(|reader| reader.ticket(TicketId(207))).await.unwrap().unwrap();
    assert_eq!(row.last_update, Some(touched));
    let open = run.open().await;
    assert_eq!((open.len(), open.contains(&208)), (249, false));
}

#[tokio::test(start_paused = true)]
async fn what_the_server_deleted_goes_within_a_day() {
    let (desk, mirror) = (history(800), mirror().await);
    let hourly = Asks { every: Some(Duration::from_hours(1)), ..MINUTELY };
    let mut run = Run::start(&desk, &mirror, Asks { history: History::Days(60), ..hourly });
    run.filled().await;
    desk.with(|world| [99_999, 99_500].map(|id| world.tickets.remove(&id)));
    run.rounds(25).await;
    // It begins within that time; the mirror's threads need theirs, however the clock stands.
    for _ in 0..100 {
        if run.closed().await.len() < 800 {
            break;
        }
        run.rounds(1).await;
    }
    let closed = run.closed().await;
    assert_eq!((closed.len(), closed.contains(&99_500)), (798, false));
}

#[tokio::test(start_paused = true)]
async fn lists_that_prove_nothing_delete_nothing() {
    type Set = fn(&mut desk::Faults);
    let faults: [Set; 3] =
        [|faults| faults.ids_ignored = true, |faults| faults.numbers_cut = true, |faults| faults.dates_find_nothing = true];
    for (number, set) in faults.into_iter().enumerate() {
        let (desk, mirror) = (history(400), mirror().await);
        let hourly = Asks { every: Some(Duration::from_hours(1)), ..MINUTELY };
        let mut run = Run::start(&desk, &mirror, Asks { history: History::Days(60), ..hourly });
        run.filled().await;
        desk.fault(set);
        desk.with(|world| world.tickets.remove(&99_700));
        desk.forget();
        run.rounds(30).await;
        // What is cut is only a reason to ask for each: the one that is gone is proven to be by its number.
        assert_eq!(run.closed().await.len(), if number == 1 { 399 } else { 400 }, "fault {number}");
        let numbers = desk.asked().iter().filter(|asked| matches!(asked, Asked::Numbers)).count();
        assert_eq!(numbers, 1, "fault {number}");
    }
}

#[tokio::test(start_paused = true)]
async fn closed_tickets_that_only_come_where_they_alone_are_asked_for_are_not_taken_for_deleted() {
    let (desk, mirror) = (history(400), mirror().await);
    desk.fault(|faults| (faults.closed_hidden, faults.closed_hidden_by_number) = (true, true));
    let hourly = Asks { every: Some(Duration::from_hours(1)), ..MINUTELY };
    let mut run = Run::start(&desk, &mirror, Asks { history: History::Days(60), ..hourly });
    run.filled().await;
    let open = run.open().await.len();
    // One closes without the lists of changes telling so, and of each kind one is gone.
    desk.touch(999_995, CLOSED, at("2026-11-20T05:00:00Z"));
    desk.with(|world| [99_700, 999_994].map(|id| world.tickets.remove(&id)));
    run.refresh(true).await.unwrap();
    assert_eq!(run.open().await.len(), open - 2);
    run.rounds(30).await;
    run.filled().await;
    // Of closed ones that no list of numbers has, it is not looked for each.
    let closed = run.closed().await;
    assert_eq!((closed.len(), closed.contains(&999_995), closed.contains(&999_994)), (401, true, false));
}

#[tokio::test(start_paused = true)]
async fn registers_are_read_whole_once_and_then_by_what_changed() {
    for ignored in [false, true] {
        let (desk, mirror) = (history(5), mirror().await);
        desk.with(|world| world.users = 250);
        desk.fault(|faults| faults.register_changes_ignored = ignored);
        let mut run = Run::start(&desk, &mirror, MINUTELY);
        run.filled().await;
        let users = |desk: &Desk| {
            let asked = desk.asked().into_iter().filter_map(|asked| match asked {
                Asked::Register("users", request) => Some(request),
                _ => None,
            });
            asked.collect::<Vec<_>>()
        };
        assert_eq!(users(&desk).iter().map(|request| request.page_no).collect::<Vec<_>>(), [1, 2, 3]);
        desk.forget();
        run.rounds(290).await;
        let asked = users(&desk);
        assert!(asked[0].changed_since.is_some_and(|since| since > at("2090-01-01T00:00:00Z")), "the probe");
        if ignored {
            assert_eq!(asked.len(), 1, "nothing more is asked until it is read whole again");
        } else {
            assert!(asked[1..].iter().all(|request| request.changed_since.is_some_and(|since| since < run.now())));
            assert!((10..=20).contains(&asked.len()), "{}", asked.len());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn without_refreshing_by_itself_only_who_waits_makes_it_fill() {
    let (desk, mirror) = (history(100), mirror().await);
    let mut run = Run::start(&desk, &mirror, Asks { history: History::Days(30), every: None });
    run.refresh(true).await.unwrap();
    tokio::time::sleep(Duration::from_hours(1)).await;
    assert_eq!(run.closed().await.len(), 0);
    run.fill_up().await.unwrap();
    assert_eq!(run.closed().await.len(), 100);
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_hears_of_a_failure_that_lasts() {
    let (desk, mirror) = (history(100), mirror().await);
    let mut run = Run::start(&desk, &mirror, Asks { history: History::Days(30), ..MINUTELY });
    run.live().await;
    let gone = Failure::new(FailureKind::Unreachable, "nobody answers");
    desk.with(|world| world.failing = Some(gone.clone()));
    run.until(|news| matches!(news, News::Connection(Connection::Failing { .. }))).await;
    assert_eq!(run.fill_up().await, Err(gone));
}

#[tokio::test(start_paused = true)]
async fn a_busy_desk_is_asked_for_parts_of_days() {
    // A ticket every 20 seconds: more than a list holds, in any day.
    let opened = |id: i64| at("2026-11-20T10:00:00Z").checked_sub(SignedDuration::from_secs(id * 20)).unwrap();
    let tickets = (1..=9000).map(|id| {
        let at = Some(opened(id));
        TicketRecord { opened: at, last_action: at, last_update: at, ..ticket(id, 0, OPEN) }
    });
    let (desk, mirror) = (Desk::new(tickets), talking_mirror());
    let mut run = Run::start(&desk, &mirror, MINUTELY);
    run.until(|news| matches!(news, News::Coverage(Coverage { conversations: 9000, .. }))).await;
    let (singly, parts) = desk.asked().iter().fold((0, 0), |(singly, parts), asked| match asked {
        Asked::Actions(_) => (singly + 1, parts),
        Asked::Day(..) => (singly, parts + 1),
        _ => (singly, parts),
    });
    assert!(singly < 10 && parts < 30, "{singly} single conversations, {parts} lists");
}

#[tokio::test(start_paused = true)]
async fn what_is_too_large_is_left_out_and_told_and_nothing_is_lost_by_it() {
    let open = (1..=350).map(|id| ticket(id, id, OPEN));
    let (desk, mirror) = (Desk::new(open.chain((1001..=1350).map(|id| ticket(id, id - 1000, CLOSED)))), mirror().await);
    // Whole pages of them.
    desk.with(|world| world.large = (100..=310).chain(1100..=1310).collect());
    let mut run = Run::start(&desk, &mirror, Asks { history: History::Days(90), ..MINUTELY });
    let told = |news: &News| matches!(news, News::Notice(words) if words.as_str().contains("Of the tickets 100 are left out"));
    run.until(told).await;
    run.filled().await;
    let rest = |from: i64| (from..=from + 349).filter(|id| !(100..=310).contains(&(id % 1000))).collect::<Vec<_>>();
    assert_eq!(run.open().await, rest(1));
    assert_eq!(run.closed().await, rest(1001));
    let coverage = run.coverage().await;
    assert_eq!((coverage.open, coverage.open_there), (139, Some(350)));
    assert_eq!(spans(&desk).iter().collect::<BTreeSet<_>>().len(), spans(&desk).len(), "nothing is asked for twice");

    // One that grows is not gone.
    desk.with(|world| world.large.extend([7]));
    desk.touch(7, CLOSED, run.now());
    run.refresh(true).await.unwrap();
    assert!(run.open().await.contains(&7));
}

#[tokio::test(start_paused = true)]
async fn lists_of_actions_that_are_too_large_are_asked_for_in_shorter_stretches() {
    let tickets = (1..=400).map(|id| ticket(id, id / 8, OPEN));
    let (desk, mirror) = (Desk::new(tickets), talking_mirror());
    desk.with(|world| world.most_actions = Some(100));
    let mut run = Run::start(&desk, &mirror, MINUTELY);
    run.until(|news| matches!(news, News::Coverage(Coverage { conversations: 400, .. }))).await;
    let singly = desk.asked().iter().filter(|asked| matches!(asked, Asked::Actions(_))).count();
    assert!(singly < 10, "{singly} single conversations");
}

#[tokio::test(start_paused = true)]
async fn registers_and_history_do_not_wait_for_each_other() {
    let (desk, mirror) = (history(24 * 60), mirror().await);
    desk.with(|world| world.users = 1500);
    let mut run = Run::start(&desk, &mirror, Asks { history: History::Days(30), ..MINUTELY });
    run.filled().await;
    let asked = desk.asked();
    let of_users = |asked: &Asked| matches!(asked, Asked::Register("users", _));
    let of_history = |asked: &Asked| matches!(asked, Asked::Tickets(_, Class::Bulk));
    let span = |fits: &dyn Fn(&Asked) -> bool| asked.iter().position(fits).zip(asked.iter().rposition(fits)).unwrap();
    let ((users_from, users_to), (history_from, history_to)) = (span(&of_users), span(&of_history));
    assert!(users_from < history_to && history_from < users_to, "{asked:?}");
    // One gauge at a time: it is history's while that is read.
    while let Ok(news) = run.news.try_recv() {
        assert!(!matches!(news, News::Filling(Some(fill)) if fill.what == halo_tui::domain::Filled::Users), "{news:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_fill_that_waits_for_the_budget_keeps_no_refresh_waiting() {
    let desk = Desk::new((1..=6000).map(|id| ticket(id, 7000 - id, if id > 5990 { OPEN } else { CLOSED })));
    let began = Instant::now();
    let clock =
        Arc::new(move || at("2026-11-20T10:00:00Z").checked_add(SignedDuration::try_from(began.elapsed()).unwrap()).unwrap());
    desk.with(|world| world.budget = Some(Budget::new(80, Arc::new(LocalLedger::default()), clock)));
    let mut run = Run::start(&desk, &mirror().await, Asks { history: History::All, ..MINUTELY });
    let (held, until_dropped) = std::sync::mpsc::channel::<()>();
    // Time leaps on where what is waited for does not come.
    tokio::task::spawn_blocking(move || until_dropped.recv_timeout(Duration::from_secs(30)));
    run.live().await;
    // Time stands: a rate is only that of what waits.
    let waits = |news: &News| matches!(news, News::Filling(Some(FillProgress { per_minute: Some(_), .. })));
    let News::Filling(Some(progress)) = run.until(waits).await else { unreachable!() };
    assert!(desk.free_at(Class::Bulk, 0).is_some() && desk.free_at(Class::Changes, 0).is_none());
    assert!(progress.done.abs_diff(run.closed().await.len() as u64) < 100, "{progress:?}");
    assert_eq!(progress.per_minute, u32::try_from(progress.done / 5).ok(), "what a window allows is done in each");
    let asked = Instant::now();
    run.refresh(false).await.unwrap();
    assert_eq!(asked.elapsed(), Duration::ZERO);
    drop(held);
    run.rounds(6).await;
    let minutes = desk.with(|world| world.changes_at.iter().map(|at| (*at - began).as_secs() / 60).collect::<BTreeSet<_>>());
    assert!((1..=6).all(|minute| minutes.contains(&minute)), "{minutes:?}");
}
