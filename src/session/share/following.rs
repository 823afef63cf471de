//! The instances that don't refresh: they notice what the one that does has written, show how it stands, and ask it.

use std::pin::pin;

use tokio::{
    sync::oneshot,
    time::{Duration, Instant, sleep_until},
};

use super::{
    Changes, Lease, Ordered, Sharing,
    changes::{MOMENT, SECOND},
    standing::{Standing, StoredFailure},
};
use crate::{
    domain::{Connection, Coverage, Failure, FailureKind, News, Timestamp, TokenState},
    mirror::{Reader, RequestKind, Shared, SharedPlace},
    sync::{Order, Server},
    text::SafeText,
};

/// Rows that were refreshed so shortly ago are not asked for again.
const FRESH: Duration = Duration::from_secs(3);
/// An instance that does not take a request up within this time is told to be silent.
const PATIENCE: Duration = Duration::from_secs(5);
/// How much later than the chosen pace the refreshing instance may be before it is asked, and by how much instances differ in
/// that, so that one asks for all.
const LATE: Duration = Duration::from_secs(15);

/// What an instance knows of the one that refreshes.
#[derive(Default)]
struct Known {
    shared: Shared,
    standing: Standing,
    /// Both were read once.
    read: bool,
    connection: Option<Connection>,
    coverage: Option<Coverage>,
    /// What was asked for and is not answered yet.
    waiting: Vec<Waiting>,
    /// When a request that was not taken up is told to have met silence.
    patience: Option<Instant>,
    /// When rows are so late that they are asked for.
    overdue: Option<Instant>,
}

/// Something that was asked for.
struct Waiting {
    kind: RequestKind,
    number: i64,
    everything: bool,
    done: Option<Done>,
}

/// Who waits for the answer.
type Done = oneshot::Sender<Result<(), Failure>>;

impl<S: Server + Clone> Sharing<S> {
    /// Follows until the lease is had; `None` when the orders end.
    pub(super) async fn follow(&self, place: &SharedPlace, ordered: &mut Ordered) -> std::io::Result<Option<Lease>> {
        (self.token.keep)(false);
        let mut lease = Lease::wait(place.lock.clone())?;
        let mut changes = Changes::new(self.mirror().clone(), place);
        let (mut watched, mut token) = (self.watched.clone(), self.token.state.clone());
        let mut looking = pin!(async {
            self.sync.follow(self.looked_at.clone()).await;
            std::future::pending::<()>().await;
        });
        let mut known = Known::default();
        self.look(&mut known, ordered).await;
        loop {
            tokio::select! {
                biased;
                had = &mut lease => {
                    ordered.left_over.extend(known.waiting.into_iter().filter_map(Waiting::order));
                    // A thread that ended without an answer had no memory or was no more.
                    return had.unwrap_or_else(|_| Err(std::io::Error::other("nobody waits for it any more"))).map(Some);
                }
                order = ordered.orders.recv() => {
                    let Some(order) = order else { return Ok(None) };
                    ordered.remember(&order);
                    self.obey(order, &mut known).await;
                    known.schedule(self.now(), ordered.every);
                }
                () = changes.next(&mut watched, known.looks_apart()) => self.look(&mut known, ordered).await,
                Ok(()) = token.changed() => {
                    let own = *token.borrow_and_update();
                    self.tell(News::Token(shown(own, &known.standing))).await;
                }
                () = at(known.patience) => {
                    known.patience = None;
                    let words = format!("The instance that refreshes (process {}) does not answer", known.standing.process);
                    self.tell(News::Notice(SafeText::line(&words))).await;
                }
                () = at(known.overdue) => {
                    // Once: what comes of it is noticed and sets the next time.
                    known.overdue = None;
                    if known.shared.refreshes.asked <= known.shared.refreshes.answered {
                        self.ask(RequestKind::Refresh, false, None, &mut known).await;
                        known.patience = None;
                    }
                }
                () = &mut looking => {}
            }
        }
    }

    /// Reads what the refreshing instance tells, and tells this one's screen what is new of it.
    async fn look(&self, known: &mut Known, ordered: &mut Ordered) {
        let Ok(shared) = self.mirror().read(Reader::shared).await else { return };
        let standing: Standing = serde_json::from_str(&shared.standing).unwrap_or_default();
        let before = known.read.then(|| known.standing.clone());
        let looked_at = *self.looked_at.borrow();
        for changed in ordered.news_of(shared.counts, looked_at) {
            self.tell(News::Changed(changed)).await;
        }
        if before.as_ref().is_none_or(|before| before.process != standing.process) && standing.process > 0 {
            self.tell(News::Following { process: standing.process }).await;
        }
        for news in standing.news(before.as_ref()) {
            self.tell(news).await;
        }
        if before.as_ref().is_none_or(|before| before.token() != standing.token()) {
            let own = *self.token.state.borrow();
            self.tell(News::Token(shown(own, &standing))).await;
        }
        let connection = standing.connection(shared.last_success);
        if known.connection.as_ref() != Some(&connection) {
            known.connection = Some(connection.clone());
            self.tell(News::Connection(connection)).await;
            if let Ok(coverage) = self.mirror().read(Reader::coverage).await
                && known.coverage.replace(coverage) != Some(coverage)
            {
                self.tell(News::Coverage(coverage)).await;
            }
        }
        *known = Known { shared, standing, read: true, ..std::mem::take(known) };
        known.settle();
        known.schedule(self.now(), ordered.every);
    }

    async fn obey(&self, order: Order, known: &mut Known) {
        match order {
            // A program that lists rows takes them as they are; a person who asks knows of something newer.
            Order::Refresh { everything: false, done: Some(done) } if known.is_fresh(self.now()) => {
                let _ = done.send(Ok(()));
            }
            Order::Refresh { everything, done } => self.ask(RequestKind::Refresh, everything, done, known).await,
            Order::FillUp { conversations, done } => self.ask(RequestKind::FillUp, conversations, Some(done), known).await,
            Order::Every(_) => {}
            Order::Pause(_) => {
                let words = format!("Another instance (process {}) refreshes: that one can be paused", known.standing.process);
                self.tell(News::Notice(SafeText::line(&words))).await;
            }
        }
    }

    async fn ask(&self, kind: RequestKind, everything: bool, done: Option<Done>, known: &mut Known) {
        match self.mirror().ask_for(kind, everything).await {
            Ok(number) => {
                known.waiting.push(Waiting { kind, number, everything, done });
                known.patience = Some(Instant::now() + PATIENCE);
            }
            Err(failure) => match done {
                Some(done) => drop(done.send(Err(failure))),
                None => self.tell(News::Notice(failure.what)).await,
            },
        }
    }
}

impl Known {
    /// How far apart looks are at least: somebody waits for an answer, or nobody does.
    fn looks_apart(&self) -> Duration {
        if self.waiting.iter().any(|waiting| waiting.done.is_some()) { MOMENT } else { SECOND }
    }

    fn is_fresh(&self, now: Timestamp) -> bool {
        let age = self.shared.last_success.map(|at| now.duration_since(at).unsigned_abs());
        self.standing.is_answering() && age.is_some_and(|age| age < FRESH)
    }

    /// Answers those whose request was answered, and stops waiting for it to be taken up where it was.
    fn settle(&mut self) {
        let Self { shared, waiting, .. } = self;
        waiting.retain_mut(|waiting| {
            let requests = shared.requests(waiting.kind);
            if waiting.number > requests.answered {
                return true;
            }
            if let Some(done) = waiting.done.take() {
                let _ = done.send(requests.failure.as_deref().map_or(Ok(()), |text| Err(failure(text))));
            }
            false
        });
        if waiting.iter().all(|waiting| waiting.number <= shared.requests(waiting.kind).taken) {
            self.patience = None;
        }
    }

    /// When rows are overdue: the refreshing instance may have another pace, or be stopped. While it fails it tries by itself.
    fn schedule(&mut self, now: Timestamp, every: Option<Duration>) {
        self.overdue = every.zip(self.shared.last_success).filter(|_| self.standing.is_answering()).map(|(every, at)| {
            let due = every + LATE.mul_f64(1.0 + rand::random::<f64>());
            Instant::now() + due.saturating_sub(now.duration_since(at).unsigned_abs())
        });
    }
}

impl Waiting {
    /// The same, to be done here.
    fn order(self) -> Option<Order> {
        match self.kind {
            RequestKind::Refresh => Some(Order::Refresh { everything: self.everything, done: self.done }),
            RequestKind::FillUp => self.done.map(|done| Order::FillUp { conversations: self.everything, done }),
        }
    }
}

/// A failure as the refreshing instance wrote it.
fn failure(text: &str) -> Failure {
    let stored = serde_json::from_str::<StoredFailure>(text).ok();
    stored.map_or_else(|| Failure::new(FailureKind::Gone, "the refreshing failed"), Failure::from)
}

/// What is shown of a token: of its own this instance tells only what is no matter of course.
fn shown(own: TokenState, standing: &Standing) -> TokenState {
    match own {
        TokenState::None | TokenState::Valid { .. } => standing.token(),
        TokenState::Requesting | TokenState::Retrying | TokenState::Refused => own,
    }
}

async fn at(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
