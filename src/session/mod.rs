//! One signed-in profile, running: the token task, the budget, sync and the mirror, started and supervised together.

mod asking;
mod assets;
mod clients;
mod drill;
mod files;
mod ledger;
mod lists;
mod narrow;
mod orders;
mod patience;
mod private;
mod reading;
mod search;
mod share;
mod supervise;

use std::{path::PathBuf, sync::Arc, time::Duration};

use tokio::sync::{mpsc, oneshot, watch};

use crate::{
    domain::{
        AgentId, BudgetLedger, ConnectReport, Failure, FailureKind, History, Identity, News, Profile, ProfileName, SecretSource,
        TicketId, Timestamp,
    },
    halo::{
        self, Budget, Class, Clock, ConnectOutcome, Credentials, Discovery, Halo, LocalLedger, ProxyRules, Stats, Tokens,
        Transport, TransportSettings,
    },
    mirror::{Mirror, Opened},
    settings::{Config, MirrorKept, Paths},
    sync::{Order, Sync},
};

pub use crate::halo::Examination;
pub use assets::AssetReader;
pub use clients::ClientReader;
pub use drill::drill;
#[cfg(debug_assertions)]
pub use drill::is_to_break;
pub use files::Files;
use ledger::FileLedger;
pub use lists::ListReader;
use orders::Orders;
pub use reading::{Stored, stored};
use share::{Rest, Sharing, TokenUse};
use supervise::Tasks;

/// Where a profile's mirror lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MirrorPlace {
    /// In a file.
    Disk {
        /// Which.
        path: PathBuf,
        /// Whether what people wrote at length is stored there.
        bodies: bool,
    },
    /// Nowhere: it is gone with the program.
    Memory,
}

impl MirrorPlace {
    /// Where the settings want a profile's.
    pub fn of(config: &Config, paths: &Paths, profile: &ProfileName) -> Self {
        match config.mirror_kept(profile) {
            MirrorKept::Memory => Self::Memory,
            MirrorKept::Disk => Self::Disk { path: paths.mirror_file(profile), bodies: config.keeps_bodies(profile) },
        }
    }
}

/// What a session is started with.
pub struct SessionSettings {
    /// The tenant and the application.
    pub profile: Profile,
    /// Where the client secret comes from.
    pub secret: Arc<dyn SecretSource>,
    /// Requests per rolling 5 minutes; `None` for no limit.
    pub budget: Option<u32>,
    /// The file in which all instances of this profile count their requests, in a folder of this account's alone; `None` to
    /// count by itself.
    pub ledger: Option<PathBuf>,
    /// How often to refresh by itself; `None` for never.
    pub every: Option<Duration>,
    /// How far back closed tickets are kept at hand.
    pub history: History,
    /// The wall clock.
    pub clock: Clock,
}

/// Opens the mirror of a profile; blocks on the disk.
///
/// # Errors
/// Only where not even a mirror in memory can be had.
pub fn open_mirror(place: &MirrorPlace, identity: &Identity) -> Result<(Mirror, Opened), Failure> {
    match place {
        MirrorPlace::Disk { path, bodies } => {
            let (mirror, opened) = Mirror::open(path, identity)?;
            mirror.keep_bodies(*bodies);
            Ok((mirror, opened))
        }
        MirrorPlace::Memory => Ok((Mirror::in_memory(identity)?, Opened::Created)),
    }
}

/// Removes the mirror of a place, set-aside ones too; answers false, and leaves it, where another instance refreshes it: that one
/// would go on with files that nobody else sees.
///
/// # Errors
/// Where files can't be removed.
pub fn purge(place: &std::path::Path) -> std::io::Result<bool> {
    // Held until all is gone. Where there are no locks nobody can be asked.
    let lease = if place.exists() { share::Lease::try_take(&crate::mirror::lock_beside(place)) } else { Ok(None) };
    if place.exists() && matches!(lease, Ok(None)) {
        return Ok(false);
    }
    crate::mirror::purge(place).map(|()| true)
}

/// A running session; dropping it ends its tasks.
pub struct Session {
    mirror: Mirror,
    halo: Halo,
    orders: Orders,
    looked_at: watch::Sender<Option<TicketId>>,
    watched: watch::Sender<bool>,
    rest: Rest,
    tasks: Tasks,
    clock: Clock,
    history: History,
    me: Option<AgentId>,
}

impl Session {
    /// Starts the tasks over an open mirror; nothing is waited for.
    ///
    /// # Errors
    /// Addresses or a CA file that can't be used.
    pub fn start(settings: SessionSettings, mirror: Mirror, news: mpsc::Sender<News>) -> Result<Self, Failure> {
        let (mut session, tokens, budget) = Self::assemble(settings, mirror, &news)?;
        let orders = session.orders.clone();
        let sharing = Sharing {
            sync: session.sync(news.clone()),
            token: TokenUse::from(&tokens),
            looked_at: session.looked_at.subscribe(),
            watched: session.watched.subscribe(),
            rest: session.rest.clone(),
        };
        session.tasks.keep("the refreshing", move || {
            let (orders, every) = orders.begin();
            sharing.clone().run(orders, every)
        });
        if budget.has_limit() {
            session.tasks.keep("the budget's news", move || supervise::tell_budget(budget.clone(), news.clone()));
        }
        Ok(session)
    }

    /// A session that keeps nothing fresh: what is stored can be read, and what is asked for by the `fetch_…` methods is
    /// fetched. Nothing leaves before one of them is called, not even a request for a token; refreshing fails.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn quiet(settings: SessionSettings, mirror: Mirror) -> Result<Self, Failure> {
        let (news, _) = mpsc::channel(1);
        let (session, ..) = Self::assemble(settings, mirror, &news)?;
        Ok(session)
    }

    /// Puts the parts together; a token is asked for when one is needed.
    fn assemble(settings: SessionSettings, mirror: Mirror, news: &mpsc::Sender<News>) -> Result<(Self, Tokens, Budget), Failure> {
        let SessionSettings { profile, secret, budget, ledger, every, history, clock } = settings;
        let transport = transport(profile.ca_file.clone())?;
        let credentials = Credentials::new(&profile, secret)?;
        let (tokens, token_task) = Tokens::new(transport.clone(), credentials, Arc::clone(&clock));
        let budget = Budget::new(budget.unwrap_or(0), ledger_in(ledger), Arc::clone(&clock));
        let halo = Halo::new(&profile, transport, tokens.clone(), budget.clone(), Arc::clone(&clock))?;
        tokens.keep(false);
        // What it holds and who waits for it outlive a run of it.
        let token_task = Arc::new(tokio::sync::Mutex::new(token_task));
        let mut tasks = Tasks::new(news.clone());
        tasks.keep("the signing in", move || {
            let token_task = Arc::clone(&token_task);
            async move { token_task.lock().await.run().await }
        });
        let ((looked_at, _), (watched, _)) = (watch::channel(None), watch::channel(true));
        let (orders, rest) = (Orders::new(every), Rest::default());
        let session = Self { mirror, halo, orders, looked_at, watched, rest, tasks, clock, history, me: profile.me };
        Ok((session, tokens, budget))
    }

    /// What sync needs, with these listeners; it refreshes only when told to.
    fn sync(&self, news: mpsc::Sender<News>) -> Sync<Halo> {
        let clock = Arc::clone(&self.clock);
        Sync { server: self.halo.clone(), mirror: self.mirror.clone(), news, every: None, history: self.history, clock }
    }

    /// Who sits at the keyboard, where chosen or [told](Self::acts_as).
    pub fn me(&self) -> Option<AgentId> {
        self.me
    }

    /// Tells whom the application acts as: where nobody was chosen, that is who sits at the keyboard.
    pub fn acts_as(&mut self, agent: AgentId) {
        self.me.get_or_insert(agent);
    }

    /// The local copy.
    pub fn mirror(&self) -> &Mirror {
        &self.mirror
    }

    /// The operator looks at this ticket.
    pub fn look_at(&self, ticket: TicketId) {
        // Told again for the same ticket too: its row may have moved on.
        self.looked_at.send_replace(Some(ticket));
    }

    /// Asks for what changed, or compares everything; an order that finds sync overwhelmed with orders is dropped.
    pub fn refresh(&self, everything: bool) {
        self.halo.ask_anew();
        let _ = self.orders.way().try_send(Order::Refresh { everything, done: None });
    }

    /// Until when a request that somebody waits for, and so many more with it, would wait, where the requests of the window are used
    /// up or the server wants a pause.
    pub fn waits_until(&self, more: u32) -> Option<Timestamp> {
        self.halo.free_at(Class::Interactive, more)
    }

    /// Refreshes and waits for the result.
    ///
    /// # Errors
    /// What kept the refresh from succeeding.
    pub async fn refreshed(&self, everything: bool) -> Result<(), Failure> {
        let gone = || Failure::new(FailureKind::Gone, "the refreshing stopped unexpectedly");
        let (done, result) = oneshot::channel();
        self.orders.way().send(Order::Refresh { everything, done: Some(done) }).await.map_err(|_| gone())?;
        result.await.map_err(|_| gone())?
    }

    /// As [`Self::refreshed`], asking again where the server is in trouble or wants a pause, a few times in a row; `waits` is told
    /// why and for how long.
    ///
    /// # Errors
    /// What lasted, or what waiting does not help against.
    pub async fn refreshed_patiently(&self, everything: bool, waits: impl FnMut(&Failure, Duration)) -> Result<(), Failure> {
        patience::patiently(|| self.refreshed(everything), || self.stats().bytes > 0, waits).await
    }

    /// Fills the mirror as far as its history is to reach, with the conversations of open tickets if wanted, and waits until that
    /// is done. A refresh must have succeeded before.
    ///
    /// # Errors
    /// What kept it from being filled.
    pub async fn filled_up(&self, conversations: bool) -> Result<(), Failure> {
        let gone = || Failure::new(FailureKind::Gone, "the refreshing stopped unexpectedly");
        let (done, result) = oneshot::channel();
        self.orders.way().send(Order::FillUp { conversations, done }).await.map_err(|_| gone())?;
        result.await.map_err(|_| gone())?
    }

    /// Refreshes by itself this often from now on.
    pub fn refresh_every(&self, every: Option<Duration>) {
        self.orders.every(every);
    }

    /// Pauses the work in the background, or lets it go on.
    pub fn pause_filling(&self, paused: bool) {
        self.orders.pause(paused);
    }

    /// Whether somebody looks at the screen: what other instances write is shown only then.
    pub fn watched(&self, watched: bool) {
        self.watched.send_replace(watched);
    }

    /// Asks for what changed while nobody looked. An instance that follows another one has what that one brought meanwhile.
    pub fn catch_up(&self) {
        if self.mirror.shared_place().is_none() || self.rest.has_lease() {
            self.refresh(false);
        }
    }

    /// Leaves the refreshing to other instances, before this returns, until [`Self::go_on`].
    pub fn rest(&self) {
        self.rest.begin();
    }

    /// Takes part in the refreshing again.
    pub fn go_on(&self) {
        self.rest.end();
    }

    /// Requests and bytes so far.
    pub fn stats(&self) -> Stats {
        self.halo.stats()
    }

    /// Ends the tasks and closes the mirror; blocks until it is closed.
    pub fn stop(self) {
        let Self { mirror, tasks, rest, .. } = self;
        rest.begin();
        drop(tasks);
        mirror.close();
    }
}

fn clock() -> Clock {
    Arc::new(Timestamp::now)
}

/// Where requests are counted: in this file, with all instances, or by this one alone.
fn ledger_in(file: Option<PathBuf>) -> Arc<dyn BudgetLedger> {
    match file {
        Some(path) => Arc::new(FileLedger::new(path)),
        None => Arc::new(LocalLedger::default()),
    }
}

/// The one way out: proxies as the environment names them, never for loopback, and the profile's own authorities.
fn transport(ca_file: Option<PathBuf>) -> Result<Transport, Failure> {
    let proxies = ProxyRules::from_environment(|name| std::env::var(name).ok())?;
    Transport::new(TransportSettings { proxies, ca_file, ..TransportSettings::default() })
}

/// Finds out the URLs behind an instance's address; no secret is sent.
///
/// # Errors
/// What kept the instance from answering.
pub async fn discover(address: &str) -> Result<Discovery, Failure> {
    halo::discover(&transport(None)?, address, &clock()).await
}

/// Walks the steps of *Test and connect*, reporting each.
///
/// # Errors
/// The failure of the step that failed.
pub async fn test(
    profile: &Profile,
    secret: Arc<dyn SecretSource>,
    report: impl FnMut(ConnectReport),
) -> Result<ConnectOutcome, Failure> {
    halo::test_connection(&transport(profile.ca_file.clone())?, profile, secret, clock(), report).await
}

/// Walks the same steps as [`test`] and looks closer; its requests are counted in the file `ledger`, and wait for no budget.
///
/// # Errors
/// The failure of the step that failed.
pub async fn examine(
    profile: &Profile,
    secret: Arc<dyn SecretSource>,
    ledger: Option<PathBuf>,
    report: impl FnMut(ConnectReport),
) -> Result<Examination, Failure> {
    halo::examine(&transport(profile.ca_file.clone())?, profile, secret, clock(), ledger_in(ledger), report).await
}
