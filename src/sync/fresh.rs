//! The loop that keeps lists fresh: fill, then what changed since, at a pace, and again ever later while it fails.

use std::time::Duration;

use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, sleep_until},
};

use super::{
    Order, Server, Sync,
    delta::{BLIND, Delta},
    fill::{TICKETS_FILLED, TicketFill},
    gate::Gate,
    lookups::{self, LOOKUPS_READ, Table},
    pace,
    reconcile::{self, TICKETS_COMPARED},
    registers, talk,
    turns::{Turn, Turns},
};
use crate::{
    domain::{Connection, Failure, FailureKind, News, Register, Timestamp},
    halo::Class,
    mirror::{LAST_SUCCESS, Reader},
};

/// How long stored lookups are good for a new start.
const NAMES_KEEP: Duration = Duration::from_mins(30);
/// How often all open tickets are read again where nothing tells what changed.
const BLIND_EVERY: Duration = Duration::from_mins(15);
/// Requests that reading the names takes, beside the first.
const NAMES: u32 = 9;
/// After the server's return the work in the background waits so long, and up to as much again.
const QUIET: Duration = Duration::from_secs(15);

/// The loop's state.
pub(super) struct Fresh<'a, S> {
    sync: &'a Sync<S>,
    gate: &'a Gate,
    every: Option<Duration>,
    failures: u32,
    failing_since: Option<Timestamp>,
    last_success: Option<Timestamp>,
    fill: Option<TicketFill>,
    /// When the open tickets were filled in this run.
    filled_at: Option<Instant>,
    /// No round has succeeded yet in this run.
    first: bool,
    /// The names are still to be read in this run.
    names_due: bool,
    delta: Delta,
    turns: Turns,
    /// The server can't say in this run which tickets are open: that is no reason to fail every round.
    incomparable: bool,
    waiters: Vec<oneshot::Sender<Result<(), Failure>>>,
}

impl<'a, S: Server> Fresh<'a, S> {
    pub(super) fn new(sync: &'a Sync<S>, gate: &'a Gate) -> Self {
        Self {
            sync,
            gate,
            every: sync.every,
            failures: 0,
            failing_since: None,
            last_success: None,
            fill: None,
            filled_at: None,
            first: true,
            names_due: false,
            delta: Delta::default(),
            turns: Turns::new(Instant::now()),
            incomparable: false,
            waiters: Vec::new(),
        }
    }

    pub(super) async fn run(mut self, mut orders: mpsc::Receiver<Order>) {
        self.last_success = self.sync.mirror.read(Reader::last_success).await.ok().flatten();
        if let Some(at) = self.last_success {
            self.sync.tell(News::Connection(Connection::Cached { at })).await;
            self.sync.tell_coverage().await;
        }
        let mut due = Some(Instant::now());
        let (mut everything, mut asked) = (false, false);
        loop {
            let wake = async {
                match due {
                    Some(at) => sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                order = orders.recv() => match order {
                    None => return,
                    Some(Order::Every(every)) => {
                        self.every = every;
                        self.gate.set(|state| state.on = every.is_some());
                        // Another pace never puts off what is due before: views with paces of their own come and go.
                        due = self.next_due().map(|next| due.map_or(next, |due| due.min(next)));
                    }
                    Some(Order::Pause(paused)) => {
                        self.gate.set(|state| state.paused = paused);
                        self.sync.tell(News::Paused(paused)).await;
                    }
                    Some(Order::FillUp { conversations, done }) => self.gate.wait(conversations, done),
                    Some(Order::Refresh { everything: all, done }) => {
                        (everything, asked) = (everything || all, true);
                        self.waiters.extend(done);
                        due = Some(Instant::now());
                    }
                },
                () = wake => {
                    let result = self.round(std::mem::take(&mut everything), std::mem::take(&mut asked)).await;
                    // Whoever waits may end the program at once: what came of the round is stored before.
                    due = self.settle(result.clone()).await;
                    for waiter in self.waiters.drain(..) {
                        let _ = waiter.send(result.clone());
                    }
                }
            }
        }
    }

    fn next_due(&self) -> Option<Instant> {
        self.every.map(|every| Instant::now() + every)
    }

    /// Tells how a round went and says when the next one is due.
    async fn settle(&mut self, result: Result<(), Failure>) -> Option<Instant> {
        let now = self.sync.now();
        match result {
            Ok(()) => {
                let quiet = (self.failures > 0).then(|| Instant::now() + QUIET.mul_f64(1.0 + rand::random::<f64>()));
                self.failures = 0;
                self.failing_since = None;
                self.gate.set(|state| (state.live, state.quiet_until) = (true, quiet.or(state.quiet_until)));
                self.last_success = Some(now);
                if let Err(failure) = self.sync.mirror.set_meta(LAST_SUCCESS, Some(&now.to_string())).await {
                    tracing::warn!(what = %failure, "the time of this refresh could not be stored");
                }
                self.sync.tell(News::Connection(Connection::Live { at: now })).await;
                self.next_due()
            }
            Err(failure) => {
                tracing::warn!(kind = ?failure.kind, "a refresh failed");
                self.failures += 1;
                self.gate.set(|state| state.live = false);
                if !failure.is_transient() || self.failures >= pace::TRIES {
                    self.gate.answer(&Err(failure.clone()));
                }
                let since = *self.failing_since.get_or_insert(now);
                let pause = self.pause(&failure);
                let retry_at = pause.and_then(|pause| now.checked_add(pause).ok());
                if matches!(failure.kind, FailureKind::InvalidClient | FailureKind::InvalidScope | FailureKind::GrantRefused) {
                    self.sync.tell(News::CredentialsNeeded(failure.clone())).await;
                }
                // Whoever waits is told by the answer.
                if failure.kind == FailureKind::Storage && self.failures == 1 && self.waiters.is_empty() {
                    self.sync.tell(News::Notice(failure.sentences())).await;
                }
                let connection = Connection::Failing { last_success: self.last_success, since, failure, retry_at };
                self.sync.tell(News::Connection(connection)).await;
                pause.map(|pause| Instant::now() + pause)
            }
        }
    }

    /// How long to wait after a failure; `None`, until an order, where nothing but other credentials can help, or where it is
    /// not to refresh by itself.
    fn pause(&self, failure: &Failure) -> Option<Duration> {
        self.every?;
        let permanent =
            matches!(failure.kind, FailureKind::InvalidClient | FailureKind::InvalidScope | FailureKind::GrantRefused);
        (!permanent).then(|| pace::pause_for(failure, self.failures))
    }

    /// One round: what is missing is filled, then what changed is asked for. One that was `asked` for tells all that changed.
    async fn round(&mut self, everything: bool, asked: bool) -> Result<(), Failure> {
        let sync = self.sync;
        if !self.is_filled().await? {
            return self.fill().await;
        }
        let first = std::mem::take(&mut self.first);
        let result = self.changes(everything, asked, first).await;
        // A first round that failed is still to come.
        self.first = first && result.is_err();
        if first && result.is_ok() {
            sync.tell_coverage().await;
        }
        result
    }

    async fn is_filled(&self) -> Result<bool, Failure> {
        if self.sync.meta(TICKETS_FILLED).await?.is_none() {
            return Ok(false);
        }
        // Where changes can't be told, all open tickets are read again.
        let blind = self.sync.meta(BLIND).await?.is_some();
        Ok(!blind || self.filled_at.is_some_and(|at| at.elapsed() < BLIND_EVERY))
    }

    async fn changes(&mut self, everything: bool, asked: bool, first: bool) -> Result<(), Failure> {
        let sync = self.sync;
        let whole = asked || first;
        let (class, beside) = if asked { (Class::Interactive, Class::Interactive) } else { (Class::Changes, Class::Background) };
        if !self.delta.turn(sync, whole, class).await? {
            // No ticket has a date to go by: the fill is the only way.
            return sync.mirror.set_meta(TICKETS_FILLED, None).await;
        }
        if std::mem::take(&mut self.delta.wrote) {
            sync.tell_coverage().await;
        }
        if everything {
            self.compare(beside).await?;
        } else if self.has_room(0) {
            self.compare_if_missed().await?;
        }
        self.names_due |= first;
        if everything {
            self.names(true, beside).await
        } else if self.names_due && (first || !asked) {
            // What waits here keeps the next round waiting.
            if self.has_room(NAMES) { self.names(false, Class::Background).await } else { Ok(()) }
        } else if whole || self.failures > 0 {
            // On the server's return one request is enough.
            Ok(())
        } else if self.has_room(0) {
            self.turn().await
        } else {
            Ok(())
        }
    }

    /// Whether so many requests beside one could leave now that keep fresh what is not asked for every minute.
    fn has_room(&self, more: u32) -> bool {
        self.sync.server.free_at(Class::Background, more).is_none()
    }

    /// Rows first, names second, the rest then: each is on the screen as it comes.
    async fn fill(&mut self) -> Result<(), Failure> {
        let sync = self.sync;
        let mut fill = match self.fill.take() {
            Some(fill) => fill,
            None => TicketFill::begin(sync).await?,
        };
        let first = fill.step(sync).await;
        self.fill = Some(fill);
        let mut over = first?;
        // What fails from here on leaves rows on the screen.
        self.last_success = Some(sync.now());
        sync.tell(News::Connection(Connection::Live { at: sync.now() })).await;
        self.lookups(Class::Interactive).await?;
        while !over {
            let Some(fill) = &mut self.fill else { break };
            over = fill.step(sync).await?;
        }
        (self.fill, self.filled_at, self.first) = (None, Some(Instant::now()), false);
        // Clients that there is no room for are read in the background.
        if registers::is_due(sync, Register::Clients).await? && self.has_room(NAMES) {
            self.clients(Class::Background).await?;
        }
        // A list that moves while it is paged loses rows: compare once.
        if self.has_room(0) { self.compare(Class::Background).await } else { Ok(()) }
    }

    async fn compare(&mut self, class: Class) -> Result<(), Failure> {
        if reconcile::open_tickets(self.sync, class).await? {
            tracing::warn!("closures were missed: open and closed tickets are asked for in turns again");
            self.delta.mistrust(self.sync).await?;
        }
        Ok(())
    }

    /// Makes the comparison after the fill up for, where a failure or the program's end kept it from being made.
    async fn compare_if_missed(&mut self) -> Result<(), Failure> {
        let compared = self.sync.meta(TICKETS_COMPARED).await?.is_some();
        if compared || self.incomparable {
            return Ok(());
        }
        match self.compare(Class::Background).await {
            Err(failure) if lookups::is_about_one_table(&failure) => {
                self.incomparable = true;
                self.sync.tell(News::Notice(failure.what)).await;
                Ok(())
            }
            result => result,
        }
    }

    /// Names at the start: what a saved mirror holds is good for a while.
    async fn names(&mut self, everything: bool, class: Class) -> Result<(), Failure> {
        let sync = self.sync;
        let read = sync.meta_time(LOOKUPS_READ).await?;
        let fresh = read.is_some_and(|at| sync.now().duration_since(at).unsigned_abs() < NAMES_KEEP);
        if everything || !fresh {
            self.lookups(class).await?;
        } else {
            lookups::acting(sync, class).await?;
        }
        if everything || registers::is_due(sync, Register::Clients).await? {
            self.clients(class).await?;
        }
        self.names_due = false;
        Ok(())
    }

    /// Reads the names; a table that can't be read is no reason to do without the others.
    async fn lookups(&mut self, class: Class) -> Result<(), Failure> {
        lookups::acting(self.sync, class).await?;
        let mut failed = lookups::read_tables(self.sync, class, lookups::leaves_the_rest).await?;
        for table in Table::ALL {
            let failure = failed.iter().position(|(failed, _)| *failed == table).map(|at| failed.swap_remove(at).1);
            self.turns.went(Turn::Lookup(table), failure.is_none(), Instant::now());
            self.gate.note(table.name(), failure);
        }
        Ok(())
    }

    /// Tickets are the main thing: where clients can't be read they are shown all the same.
    async fn clients(&self, class: Class) -> Result<(), Failure> {
        match registers::read_whole(self.sync, Register::Clients, class, None, true).await {
            Err(failure) if lookups::leaves_the_rest(&failure) => {
                self.sync.tell(News::Notice(failure.what)).await;
                Ok(())
            }
            result => result,
        }
    }

    /// One request beside the changed tickets. What can't be read is asked for again later, and keeps nothing else waiting.
    async fn turn(&mut self) -> Result<(), Failure> {
        let sync = self.sync;
        let Some(turn) = self.turns.next(Instant::now()) else { return Ok(()) };
        let result = match turn {
            Turn::Register(register) => registers::turn(sync, register).await,
            Turn::Lookup(table) => lookups::turn(sync, table).await,
            Turn::Conversations => talk::turn(sync).await,
        };
        match result {
            Ok(()) => {
                self.turns.went(turn, true, Instant::now());
                // A register that was never read whole has nothing to say in its turn.
                if !matches!(turn, Turn::Register(_)) {
                    self.gate.note(turn.name(), None);
                }
                Ok(())
            }
            // Of what this application may not read it was told when it started.
            Err(failure) if lookups::is_lack_of_right(&failure) => Ok(()),
            Err(failure) if lookups::leaves_the_rest(&failure) => {
                self.turns.went(turn, false, Instant::now());
                if self.gate.note(turn.name(), Some(failure.clone())) {
                    sync.tell(News::Notice(lookups::unread(turn.name(), &failure))).await;
                }
                Ok(())
            }
            result => result,
        }
    }
}
