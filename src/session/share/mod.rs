//! Many instances of one profile over one mirror: one refreshes it, which is whoever has the lease; the others notice what it
//! writes, show how it stands, ask it to refresh, and take its place when it ends.
//!
//! They meet in the mirror and beside it, and nowhere else: the lease is a lock of the kernel's, requests and the refreshing one's
//! standing are a row of the mirror. Who asks nobody needs no token. Where nothing is shared, each refreshes by itself.

mod changes;
mod following;
mod holding;
mod lease;
mod standing;

use std::{sync::Arc, time::Duration};

use tokio::sync::{mpsc, watch};

use crate::{
    domain::{Changed, News, TicketId, Timestamp, TokenState},
    halo::Tokens,
    mirror::{Mirror, Reader, SharedPlace, WriteCounts},
    sync::{Order, Server, Sync},
    text::SafeText,
};

use changes::Changes;
pub(super) use lease::{Lease, Rest};

/// What an instance's part in the refreshing needs.
#[derive(Clone)]
pub(super) struct Sharing<S> {
    /// What is refreshed, and who is told.
    pub(super) sync: Sync<S>,
    pub(super) token: TokenUse,
    pub(super) looked_at: watch::Receiver<Option<TicketId>>,
    /// Whether somebody looks at the screen, as far as is known.
    pub(super) watched: watch::Receiver<bool>,
    pub(super) rest: Rest,
}

/// The token, as far as the refreshing is concerned.
#[derive(Clone)]
pub(super) struct TokenUse {
    /// How it stands.
    pub(super) state: watch::Receiver<TokenState>,
    /// Has it kept at any time, or only when it is needed.
    pub(super) keep: Arc<dyn Fn(bool) + Send + std::marker::Sync>,
}

impl From<&Tokens> for TokenUse {
    fn from(tokens: &Tokens) -> Self {
        let (state, tokens) = (tokens.state(), tokens.clone());
        Self { state, keep: Arc::new(move |kept| tokens.keep(kept)) }
    }
}

/// What was ordered and what was seen so far, whoever refreshes.
struct Ordered {
    orders: mpsc::Receiver<Order>,
    every: Option<Duration>,
    paused: bool,
    /// What was written up to the newest look; what comes later is news.
    counts: Option<WriteCounts>,
    /// Refreshes that were asked of an instance that ended before it answered.
    left_over: Vec<Order>,
}

impl Ordered {
    /// Remembers what holds from now on.
    fn remember(&mut self, order: &Order) {
        match order {
            Order::Every(every) => self.every = *every,
            Order::Pause(paused) => self.paused = *paused,
            Order::Refresh { .. } | Order::FillUp { .. } => {}
        }
    }

    /// What is to be read anew after this look. Of conversations the one that is looked at.
    fn news_of(&mut self, now: WriteCounts, looked_at: Option<TicketId>) -> Vec<Changed> {
        let Some(before) = self.counts.replace(now) else { return Vec::new() };
        [
            (before.tickets != now.tickets).then_some(Changed::Tickets),
            (before.clients != now.clients).then_some(Changed::Clients),
            (before.people != now.people).then_some(Changed::People),
            (before.lookups != now.lookups).then_some(Changed::Lookups),
            looked_at.filter(|_| before.conversations != now.conversations).map(Changed::Conversation),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

impl<S: Server + Clone> Sharing<S> {
    /// Runs until the orders end.
    pub(super) async fn run(self, orders: mpsc::Receiver<Order>, every: Option<Duration>) {
        let counts = self.mirror().read(Reader::shared).await.ok().map(|shared| shared.counts);
        let mut ordered = Ordered { orders, every, paused: false, counts, left_over: Vec::new() };
        let Some(place) = self.mirror().shared_place() else {
            self.refresh(None, &mut ordered).await;
            return;
        };
        let mut resting = self.rest.state();
        // A run that broke off had no time to let go of it.
        self.rest.holds(None);
        loop {
            if resting.wait_for(|resting| !resting).await.is_err() {
                return;
            }
            let lease = match self.lease(&place, &mut ordered).await {
                Ok(Some(lease)) => lease,
                Ok(None) => return,
                Err(error) => {
                    let words = format!("{} can't be locked ({error}): every instance refreshes by itself", place.lock.display());
                    self.tell(News::Notice(SafeText::line(&words))).await;
                    self.refresh(None, &mut ordered).await;
                    return;
                }
            };
            self.rest.holds(Some(lease));
            if *resting.borrow_and_update() {
                // It was had while this instance was told to rest.
                self.rest.begin();
                continue;
            }
            tracing::info!("this instance refreshes the mirror");
            let changes = Changes::new(self.mirror().clone(), &place);
            let ended = self.refresh(Some(changes), &mut ordered).await;
            self.rest.holds(None);
            if ended == Ended::Over {
                return;
            }
        }
    }

    /// The lease: at once where nobody has it, else after what is to be heard of who has; `None` when the orders end.
    async fn lease(&self, place: &SharedPlace, ordered: &mut Ordered) -> std::io::Result<Option<Lease>> {
        match Lease::try_take(&place.lock)? {
            Some(lease) => Ok(Some(lease)),
            None => self.follow(place, ordered).await,
        }
    }

    fn mirror(&self) -> &Mirror {
        &self.sync.mirror
    }

    fn now(&self) -> Timestamp {
        (self.sync.clock)()
    }

    async fn tell(&self, news: News) {
        // Nobody listens once the program ends.
        let _ = self.sync.news.send(news).await;
    }
}

/// How the refreshing of this instance ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    /// The orders ended, or the refreshing did.
    Over,
    /// It was told to rest.
    Resting,
}
