//! Keeps the mirror fresh: first fill, what changed since, what is looked at first.
//!
//! Two loops run side by side, so that what the operator looks at never waits behind a fill: [`Sync::run`] joins them. Every
//! request passes the one budget in `halo`.

mod conversation;
mod fill;
mod fresh;
mod lookups;
mod pace;
mod reconcile;
mod server;

use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};

use crate::{
    domain::{Changed, Failure, News, TicketId, Timestamp},
    halo::Clock,
    mirror::Mirror,
};

pub use conversation::fetch as fetch_conversation;
pub use fill::clients as fetch_clients;
pub use lookups::read as fetch_lookups;
pub use server::Server;

/// Something to be done now.
#[derive(Debug)]
pub enum Order {
    /// Ask for what changed; with `everything`, compare all open tickets and re-read the lookups and clients.
    Refresh {
        /// Not only what changed.
        everything: bool,
        /// Told when it is done.
        done: Option<oneshot::Sender<Result<(), Failure>>>,
    },
    /// Refresh by itself this often; `None` for never.
    Every(Option<Duration>),
    /// Pause the work in the background (history, conversations), or go on with it.
    Pause(bool),
}

/// What is needed to keep a mirror fresh.
pub struct Sync<S> {
    /// HaloPSA.
    pub server: S,
    /// The local copy.
    pub mirror: Mirror,
    /// Who is told what changed.
    pub news: mpsc::Sender<News>,
    /// How often it refreshes by itself.
    pub every: Option<Duration>,
    /// The wall clock.
    pub clock: Clock,
}

impl<S: Server> Sync<S> {
    /// Runs until dropped. `orders` are done one after the other; `looked_at` names the ticket that is looked at, the newest
    /// alone counts.
    pub async fn run(self, orders: mpsc::Receiver<Order>, looked_at: watch::Receiver<Option<TicketId>>) {
        let this = &self;
        tokio::join!(fresh::Fresh::new(this).run(orders), conversation::follow(this, looked_at));
    }

    fn now(&self) -> Timestamp {
        (self.clock)()
    }

    async fn tell(&self, news: News) {
        // Nobody listens once the program ends.
        let _ = self.news.send(news).await;
    }

    async fn changed(&self, what: Changed) {
        self.tell(News::Changed(what)).await;
    }
}
