//! The loop that keeps lists fresh: fill, then what changed since, at a pace, and again ever later while it fails.

use std::time::Duration;

use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, sleep_until},
};

use super::{
    Order, Server, Sync,
    fill::{self, CLIENTS_READ, TICKETS_FILLED, TicketFill},
    lookups, pace,
    reconcile::{self, TICKETS_COMPARED},
};
use crate::{
    domain::{Batch, Changed, Connection, Failure, FailureKind, News, Timestamp},
    halo::{Class, Openness, TicketColumn, TicketsRequest},
    mirror::{LAST_SUCCESS, Pass, Reader},
};

/// How far a delta reaches back before the greatest `last_update` that the server gave: its rows may commit out of order.
const OVERLAP: Duration = Duration::from_mins(1);
/// How often lookups and clients are read again.
const SLOW_EVERY: Duration = Duration::from_mins(30);
/// Meta key: the server was seen to ignore `lastupdatefromdate`.
const DELTA_IGNORED: &str = "delta.ignored";

/// The loop's state.
pub(super) struct Fresh<'a, S> {
    sync: &'a Sync<S>,
    every: Option<Duration>,
    failures: u32,
    failing_since: Option<Timestamp>,
    last_success: Option<Timestamp>,
    fill: Option<TicketFill>,
    /// When lookups and clients were last read in this run.
    slow_at: Option<Instant>,
    /// The server can't say in this run which tickets are open: that is no reason to fail every round.
    incomparable: bool,
    waiters: Vec<oneshot::Sender<Result<(), Failure>>>,
}

impl<'a, S: Server> Fresh<'a, S> {
    pub(super) fn new(sync: &'a Sync<S>) -> Self {
        Self {
            sync,
            every: sync.every,
            failures: 0,
            failing_since: None,
            last_success: None,
            fill: None,
            slow_at: None,
            incomparable: false,
            waiters: Vec::new(),
        }
    }

    pub(super) async fn run(mut self, mut orders: mpsc::Receiver<Order>) {
        self.last_success = self.sync.mirror.read(Reader::last_success).await.ok().flatten();
        if let Some(at) = self.last_success {
            self.sync.tell(News::Connection(Connection::Cached { at })).await;
        }
        let mut due = Some(Instant::now());
        let mut everything = false;
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
                        due = self.next_due();
                    }
                    Some(Order::Pause(paused)) => self.sync.tell(News::Paused(paused)).await,
                    Some(Order::Refresh { everything: all, done }) => {
                        everything |= all;
                        self.waiters.extend(done);
                        due = Some(Instant::now());
                    }
                },
                () = wake => {
                    let result = self.round(std::mem::take(&mut everything)).await;
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
                self.failures = 0;
                self.failing_since = None;
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
                let since = *self.failing_since.get_or_insert(now);
                let pause = self.pause(&failure);
                let retry_at = pause.and_then(|pause| now.checked_add(pause).ok());
                if matches!(failure.kind, FailureKind::InvalidClient | FailureKind::InvalidScope | FailureKind::GrantRefused) {
                    self.sync.tell(News::CredentialsNeeded(failure.clone())).await;
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
        let asked = match failure.kind {
            FailureKind::RateLimited(asked) => asked.unwrap_or_default(),
            _ => Duration::ZERO,
        };
        (!permanent).then(|| pace::pause_after(self.failures, rand::random()).max(asked))
    }

    /// One round: what is missing is filled, then what changed is asked for.
    async fn round(&mut self, everything: bool) -> Result<(), Failure> {
        let sync = self.sync;
        let filled = sync.mirror.read(|reader| reader.meta(TICKETS_FILLED)).await?.is_some();
        if filled {
            self.delta().await?;
            if everything {
                reconcile::open_tickets(sync).await?;
            } else {
                self.compare_if_missed().await?;
            }
            if everything || self.slow_at.is_none_or(|at| at.elapsed() >= SLOW_EVERY) {
                self.slow(everything).await?;
            }
            return Ok(());
        }
        // Rows first, names second, the rest then: each is on the screen as it comes.
        let mut fill = self.fill.take().unwrap_or_else(TicketFill::new);
        let first = fill.step(sync).await;
        self.fill = Some(fill);
        let mut over = first?;
        sync.tell(News::Connection(Connection::Live { at: sync.now() })).await;
        lookups::read(sync, Class::Interactive).await?;
        while !over {
            let Some(fill) = &mut self.fill else { break };
            over = fill.step(sync).await?;
        }
        self.fill = None;
        self.slow_at = None;
        self.clients().await?;
        self.slow_at = Some(Instant::now());
        // A list that moves while it is paged loses rows: compare once.
        reconcile::open_tickets(sync).await
    }

    /// Makes the comparison after the fill up for, where a failure or the program's end kept it from being made.
    async fn compare_if_missed(&mut self) -> Result<(), Failure> {
        let compared = self.sync.mirror.read(|reader| reader.meta(TICKETS_COMPARED)).await?.is_some();
        if compared || self.incomparable {
            return Ok(());
        }
        match reconcile::open_tickets(self.sync).await {
            Err(failure) if lookups::is_about_one_table(&failure) => {
                self.incomparable = true;
                self.sync.tell(News::Notice(failure.what)).await;
                Ok(())
            }
            result => result,
        }
    }

    /// Lookups always, clients when it is their time: what a saved mirror holds is good for a while.
    async fn slow(&mut self, everything: bool) -> Result<(), Failure> {
        lookups::read(self.sync, Class::Background).await?;
        let read = self.sync.mirror.read(|reader| reader.meta(CLIENTS_READ)).await?;
        let fresh = read
            .and_then(|at| at.parse::<Timestamp>().ok())
            .is_some_and(|at| self.sync.now().duration_since(at).unsigned_abs() < SLOW_EVERY);
        if everything || !fresh {
            self.clients().await?;
        }
        self.slow_at = Some(Instant::now());
        Ok(())
    }

    async fn clients(&self) -> Result<(), Failure> {
        match fill::clients(self.sync).await {
            // Tickets are the main thing: an application that may not read clients still shows them.
            Err(failure) if failure.kind == FailureKind::Forbidden => {
                self.sync.tell(News::Notice(failure.what)).await;
                Ok(())
            }
            result => result,
        }
    }

    /// What changed since the greatest `last_update` that the server gave: open tickets, then closed ones, since a list of
    /// open tickets does not tell which were closed.
    async fn delta(&self) -> Result<(), Failure> {
        let Some(newest) = self.sync.mirror.read(Reader::greatest_last_update).await? else {
            // No ticket has a date to go by: the fill is the only way.
            return self.sync.mirror.set_meta(TICKETS_FILLED, None).await;
        };
        let since = newest.checked_sub(OVERLAP).unwrap_or(newest);
        for (openness, pass) in [(Openness::Open, Pass::OpenOnly), (Openness::Closed, Pass::ClosedOnly)] {
            self.delta_pass(since, openness, pass).await?;
        }
        Ok(())
    }

    async fn delta_pass(&self, since: Timestamp, openness: Openness, pass: Pass) -> Result<(), Failure> {
        let mut seen = std::collections::BTreeSet::new();
        for page_no in 1.. {
            let request = TicketsRequest {
                page_no,
                openness,
                changed_since: Some(since),
                order: Some((TicketColumn::LastAction, true)),
                ..TicketsRequest::default()
            };
            let mut page = self.sync.server.tickets(&request, Class::Background).await?;
            let fresh = page.records.iter().filter(|record| seen.insert(record.id)).count();
            let before = page.records.len();
            // An unknown parameter is ignored silently: rows from before the asked time prove it. Older rows are then not
            // news, and the pages behind them hold nothing newer.
            page.records.retain(|record| record.unreadable.is_some() || record.last_update.is_none_or(|at| at >= since));
            let ignored = page.records.len() < before;
            if ignored {
                self.note_ignored().await?;
            }
            if self.sync.mirror.write(Batch::Tickets(page.records), pass, self.sync.now()).await?.written > 0 {
                self.sync.changed(Changed::Tickets).await;
            }
            if ignored || fresh == 0 || page.record_count.is_some_and(|of| seen.len() as u64 >= of) {
                return Ok(());
            }
        }
        Ok(())
    }

    async fn note_ignored(&self) -> Result<(), Failure> {
        if self.sync.mirror.read(|reader| reader.meta(DELTA_IGNORED)).await?.is_none() {
            tracing::warn!("the server ignores lastupdatefromdate: changes are found by the order of last actions");
            self.sync.mirror.set_meta(DELTA_IGNORED, Some("1")).await?;
        }
        Ok(())
    }
}
