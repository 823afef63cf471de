//! Keeps the mirror fresh: first fill, what changed since, what is looked at first.
//!
//! Three loops run side by side, so that neither what the operator looks at nor what changed ever waits behind a fill: [`Sync::run`]
//! joins them. Every request passes the one budget in `halo`.

mod background;
mod conversation;
mod delta;
mod fill;
mod fresh;
mod gate;
mod history;
mod lookups;
mod meter;
mod pace;
mod reconcile;
mod registers;
mod server;
mod span;
mod talk;
mod turns;

use std::time::Duration;

use tokio::{
    sync::{mpsc, oneshot, watch},
    time::Instant,
};

use crate::{
    domain::{Changed, Failure, FillProgress, History, News, Register, TicketId, Timestamp},
    halo::{Class, Clock},
    mirror::{Mirror, Reader},
    text::SafeText,
};

use meter::Meter;

pub use conversation::fetch as fetch_conversation;
pub use lookups::read as fetch_lookups;
pub use pace::{TRIES, keep, pause_for};
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
    /// Fill the mirror as far as `history` asks, whether or not it refreshes by itself, and say when that is done.
    FillUp {
        /// With the conversations of all open tickets.
        conversations: bool,
        /// Told when it is done.
        done: oneshot::Sender<Result<(), Failure>>,
    },
    /// Pause the work in the background (history, conversations), or go on with it.
    Pause(bool),
}

/// What is needed to keep a mirror fresh.
#[derive(Clone)]
pub struct Sync<S> {
    /// HaloPSA.
    pub server: S,
    /// The local copy.
    pub mirror: Mirror,
    /// Who is told what changed.
    pub news: mpsc::Sender<News>,
    /// How often it refreshes by itself.
    pub every: Option<Duration>,
    /// How far back closed tickets are kept at hand.
    pub history: History,
    /// The wall clock.
    pub clock: Clock,
}

/// Reads all clients.
///
/// # Errors
/// What kept the server from answering or the mirror from being written.
pub async fn fetch_clients<S: Server>(sync: &Sync<S>) -> Result<(), Failure> {
    registers::read_whole(sync, Register::Clients, Class::Background, None, true).await
}

impl<S: Server> Sync<S> {
    /// Runs until dropped. `orders` are done one after the other; `looked_at` names the ticket that is looked at, the newest
    /// alone counts.
    pub async fn run(self, orders: mpsc::Receiver<Order>, looked_at: watch::Receiver<Option<TicketId>>) {
        let this = &self;
        let gate = gate::Gate::new(self.every.is_some());
        // What is done in the background ends with what it is the background of.
        tokio::select! {
            _ = async { tokio::join!(fresh::Fresh::new(this, &gate).run(orders), conversation::follow(this, looked_at)) } => {}
            () = background::Background::new(this, &gate).run() => {}
        }
    }

    async fn meta(&self, key: &'static str) -> Result<Option<String>, Failure> {
        self.mirror.read(move |reader| reader.meta(key)).await
    }

    /// A noted moment; one that can't be read is as good as none.
    async fn meta_time(&self, key: &'static str) -> Result<Option<Timestamp>, Failure> {
        Ok(self.meta(key).await?.and_then(|at| at.parse().ok()))
    }

    async fn progressed(&self, progress: Option<FillProgress>) {
        if progress.is_some() {
            self.tell(News::Filling(progress)).await;
        }
    }

    /// Counts what came, and tells how far it is now and then, and where the next request has to wait.
    async fn counted(&self, meter: &mut Meter, more: u64) {
        let waits = self.server.free_at(Class::Bulk, 0).is_some();
        self.progressed(meter.add(more, Instant::now(), waits)).await;
    }

    async fn tell_coverage(&self) {
        match self.mirror.read(Reader::coverage).await {
            Ok(coverage) => self.tell(News::Coverage(coverage)).await,
            Err(failure) => tracing::warn!(what = %failure, "what is covered could not be read"),
        }
    }

    /// Reads the ticket that is looked at, and nothing else, until dropped.
    pub async fn follow(&self, looked_at: watch::Receiver<Option<TicketId>>) {
        conversation::follow(self, looked_at).await;
    }

    /// Tells of records that no answer is large enough for.
    async fn tell_left_out(&self, name: &str, count: u32) {
        if count > 0 {
            let left_out = if count == 1 { "one is" } else { &format!("{count} are") };
            let words = format!("Of the {name} {left_out} left out: each alone is more than one answer may hold");
            self.tell(News::Notice(SafeText::line(&words))).await;
        }
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
