//! The instance that refreshes: it works, tells how it stands, and does what the others ask of it.

use std::{collections::HashMap, pin::pin};

use futures::{StreamExt, stream::FuturesUnordered};
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::{Duration, Instant},
};

use super::{
    Changes, Ended, Ordered, Sharing,
    changes::SECOND,
    standing::{Standing, StoredFailure},
};
use crate::{
    domain::{Failure, FailureKind, News},
    mirror::{Mirror, Reader, RequestKind, Shared},
    sync::{Order, Server, Sync},
};

/// Orders and news that may wait.
const WAITING: usize = 16;
/// Counts are told no more often.
const COUNTS_EVERY: Duration = Duration::from_secs(1);

impl<S: Server + Clone> Sharing<S> {
    /// Refreshes until the orders end or this instance is told to rest. `changes` tells what other instances write; without it
    /// nobody is told anything.
    pub(super) async fn refresh(&self, mut changes: Option<Changes>, ordered: &mut Ordered) -> Ended {
        (self.token.keep)(true);
        let (way, orders) = mpsc::channel(WAITING);
        let (news, mut told) = mpsc::channel(WAITING);
        let mut work = pin!(Sync { news, every: ordered.every, ..self.sync.clone() }.run(orders, self.looked_at.clone()));
        let mut others = Others::new(changes.is_some().then(|| self.mirror().clone()));
        let (mut resting, mut token) = (self.rest.state(), self.token.state.clone());
        // Whether anybody looks here or not, others may ask.
        let mut always = watch::channel(true).1;
        token.mark_changed();
        if ordered.paused {
            let _ = way.try_send(Order::Pause(true));
        }
        for order in ordered.left_over.drain(..) {
            let _ = way.try_send(order);
        }
        loop {
            tokio::select! {
                biased;
                () = told_to_rest(&mut resting) => return Ended::Resting,
                Some(news) = told.recv() => {
                    others.tell(&news).await;
                    self.tell(news).await;
                }
                Ok(()) = token.changed() => {
                    let news = News::Token(*token.borrow_and_update());
                    others.tell(&news).await;
                    self.tell(news).await;
                }
                order = ordered.orders.recv(), if way.capacity() > 0 => {
                    let Some(order) = order else { return Ended::Over };
                    ordered.remember(&order);
                    let _ = way.try_send(order);
                }
                () = noticed(changes.as_mut(), &mut always) => {
                    let shared = self.mirror().read(Reader::shared).await.ok();
                    if let Some(shared) = shared {
                        let looked_at = *self.looked_at.borrow();
                        for changed in ordered.news_of(shared.counts, looked_at) {
                            self.tell(News::Changed(changed)).await;
                        }
                        for kind in [RequestKind::Refresh, RequestKind::FillUp] {
                            others.take(kind, &shared, &way).await;
                        }
                    }
                }
                Some((request, result)) = others.working.next() => others.answer(request, result).await,
                () = &mut work => return Ended::Over,
            }
        }
    }
}

async fn told_to_rest(resting: &mut watch::Receiver<bool>) {
    if resting.wait_for(|resting| *resting).await.is_err() {
        // Nobody can tell it any more.
        std::future::pending::<()>().await;
    }
}

async fn noticed(changes: Option<&mut Changes>, watched: &mut watch::Receiver<bool>) {
    match changes {
        Some(changes) => changes.next(watched, SECOND).await,
        None => std::future::pending().await,
    }
}

/// What kept a request from succeeding, or that nothing did.
type Answered = ((RequestKind, i64), Result<(), Failure>);

/// The other instances, as the refreshing one sees them.
struct Others {
    /// Where they are told; `None` where there are none.
    mirror: Option<Mirror>,
    standing: Standing,
    told: Standing,
    told_at: Option<Instant>,
    /// The newest requests that this instance has taken up.
    taken: HashMap<RequestKind, i64>,
    working: FuturesUnordered<std::pin::Pin<Box<dyn Future<Output = Answered> + Send>>>,
}

impl Others {
    fn new(mirror: Option<Mirror>) -> Self {
        let standing = Standing::of_this_process();
        // Told is what nobody is: the first thing to tell is told.
        Self {
            mirror,
            standing,
            told: Standing::default(),
            told_at: None,
            taken: HashMap::new(),
            working: FuturesUnordered::new(),
        }
    }

    /// Tells the others what this instance tells its own screen.
    async fn tell(&mut self, news: &News) {
        self.standing.hear(news);
        let Some(mirror) = &self.mirror else { return };
        let counts_wait = self.told_at.is_some_and(|at| at.elapsed() < COUNTS_EVERY);
        if self.standing == self.told || (counts_wait && !self.standing.differs_from(&self.told)) {
            return;
        }
        let Ok(text) = serde_json::to_string(&self.standing) else { return };
        if let Err(failure) = mirror.tell_standing(text).await {
            tracing::warn!(what = %failure, "the other instances could not be told how this one stands");
            return;
        }
        self.told.clone_from(&self.standing);
        self.told_at = Some(Instant::now());
    }

    /// Takes up what the others ask for; what an instance that ended had taken up is taken up again.
    async fn take(&mut self, kind: RequestKind, shared: &Shared, way: &mpsc::Sender<Order>) {
        let (requests, taken) = (shared.requests(kind), self.taken.get(&kind).copied().unwrap_or(0));
        let Some(mirror) = self.mirror.as_ref().filter(|_| requests.asked > requests.answered.max(taken)) else { return };
        let Ok(Some((number, everything))) = mirror.take_asked(kind).await else { return };
        self.taken.insert(kind, number);
        let (done, result) = oneshot::channel();
        // One that finds too much to do is answered with that: the channel is gone.
        let _ = way.try_send(match kind {
            RequestKind::Refresh => Order::Refresh { everything, done: Some(done) },
            RequestKind::FillUp => Order::FillUp { conversations: everything, done },
        });
        let gone = || Failure::new(FailureKind::Gone, "the refreshing stopped unexpectedly");
        self.working.push(Box::pin(async move { ((kind, number), result.await.unwrap_or_else(|_| Err(gone()))) }));
    }

    async fn answer(&mut self, (kind, number): (RequestKind, i64), result: Result<(), Failure>) {
        let Some(mirror) = &self.mirror else { return };
        let failure = result.err().and_then(|failure| serde_json::to_string(&StoredFailure::from(&failure)).ok());
        if let Err(failure) = mirror.answer_asked(kind, number, failure).await {
            tracing::warn!(what = %failure, "the other instances could not be told that it was refreshed");
        }
    }
}
