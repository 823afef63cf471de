//! Closed tickets, back to where the settings say: stretch by stretch from now on backwards, each noted when it is complete.
//!
//! Page numbers over a list that moves skip rows. Therefore history is read in spans of days by the date of opening, ordered by
//! number inside, and a span whose count shrank while it was paged is read again. Where the server does not look at dates, closed
//! tickets are read by number from the highest down.

mod by_days;
mod by_number;

use std::collections::BTreeSet;

use tokio::time::{Duration, Instant};

use super::{
    Server, Sync,
    delta::OPEN_CURSOR,
    gate::Gate,
    meter::Meter,
    span::{day_after, day_of},
};
use crate::{
    domain::{Batch, Changed, Failure, Filled, StatusId, TicketRecord, Timestamp},
    halo::{Class, Openness, TicketColumn, TicketsRequest},
    mirror::{BACK_TO, LACKING, Pass, Reader, TO_THE_FIRST},
};

/// Meta key: dates are not looked at by the server.
const BY_NUMBER: &str = "history.by_number";
/// Meta key: the server was asked whether it looks at dates.
const SURVEYED: &str = "history.surveyed";
/// Meta key: the server does not tell closed tickets from open ones.
const CLOSED_IGNORED: &str = "history.closed_ignored";
/// How often rows that came are told to the screen.
const TELL_EVERY: Duration = Duration::from_secs(2);

/// Whether history is not as deep yet as is asked for.
pub(super) async fn is_wanted<S: Server>(sync: &Sync<S>) -> Result<bool, Failure> {
    match sync.history.begins(sync.now()).map(day_of) {
        Some(begins) => Ok(!is_there(sync, begins).await?),
        None => Ok(false),
    }
}

/// Reads history until it is as deep as is asked for.
pub(super) async fn fill<S: Server>(sync: &Sync<S>, gate: &Gate) -> Result<(), Failure> {
    let Some(begins) = sync.history.begins(sync.now()).map(day_of) else { return Ok(()) };
    if is_there(sync, begins).await? {
        return Ok(());
    }
    let mut reading = Reading::begin(sync, gate, begins).await?;
    let result = if reading.by_number().await? { reading.walk().await } else { reading.spans().await };
    reading.tell().await;
    result
}

/// Whether history is as deep as is asked for.
async fn is_there<S: Server>(sync: &Sync<S>, begins: Timestamp) -> Result<bool, Failure> {
    if sync.meta(TO_THE_FIRST).await?.is_some() {
        return Ok(true);
    }
    Ok(sync.meta_time(BACK_TO).await?.is_some_and(|back_to| back_to <= begins))
}

/// History being read.
struct Reading<'a, S> {
    sync: &'a Sync<S>,
    gate: &'a Gate,
    begins: Timestamp,
    top: Timestamp,
    meter: Meter,
    /// Statuses that leave a ticket open: such a ticket in a list of closed ones shows that the server did not understand.
    open_statuses: BTreeSet<StatusId>,
    openness: Openness,
    untold: bool,
    told_at: Instant,
}

impl<'a, S: Server> Reading<'a, S> {
    async fn begin(sync: &'a Sync<S>, gate: &'a Gate, begins: Timestamp) -> Result<Self, Failure> {
        // The server's clock may be ahead of ours; what was opened since comes with the changes.
        let newest = sync.meta_time(OPEN_CURSOR).await?.unwrap_or_default().max(sync.now());
        let (open_statuses, _) = sync.mirror.read(Reader::statuses_by_openness).await?;
        let openness = if sync.meta(CLOSED_IGNORED).await?.is_some() { Openness::Any } else { Openness::Closed };
        Ok(Self {
            sync,
            gate,
            begins,
            top: day_after(newest),
            meter: Meter::new(Filled::ClosedTickets, 0, 0, Instant::now()),
            open_statuses,
            openness,
            untold: false,
            told_at: Instant::now(),
        })
    }

    /// Asks how many tickets there are, with and without dates; answers whether dates are of no use.
    async fn by_number(&mut self) -> Result<bool, Failure> {
        if self.sync.meta(BY_NUMBER).await?.is_some() {
            self.count_all().await?;
            return Ok(true);
        }
        if self.sync.meta(SURVEYED).await?.is_none() {
            // A server that takes dates for something else may find too little: then the counts differ.
            let all = self.count(None).await?;
            let dated = self.count(Some(Timestamp::UNIX_EPOCH)).await?;
            if let (Some(all), Some(dated)) = (all, dated)
                && dated + (all / 100).max(5) < all
            {
                tracing::warn!(all, dated, "the server does not find tickets by their dates: history is read by number");
                self.sync.mirror.set_meta(BY_NUMBER, Some("1")).await?;
                self.count_all().await?;
                return Ok(true);
            }
            self.sync.mirror.set_meta(SURVEYED, Some("1")).await?;
        }
        let back_to = self.sync.meta_time(BACK_TO).await?.unwrap_or(self.top);
        let here = self.sync.mirror.read(move |reader| reader.closed_since(back_to)).await?;
        let of = self.count(Some(self.begins)).await?.unwrap_or(here);
        self.meter = Meter::new(Filled::ClosedTickets, here, of, Instant::now());
        Ok(false)
    }

    async fn count_all(&mut self) -> Result<(), Failure> {
        let of = self.count(None).await?.unwrap_or_default();
        self.meter = Meter::new(Filled::ClosedTickets, 0, of, Instant::now());
        Ok(())
    }

    /// How many closed tickets there are that were opened since then.
    async fn count(&self, since: Option<Timestamp>) -> Result<Option<u64>, Failure> {
        self.gate.passage().await;
        let dates = since.map(|since| (TicketColumn::Opened, since, self.top));
        let request = TicketsRequest { page_size: 1, openness: self.openness, dates, ..TicketsRequest::default() };
        let page = self.sync.server.tickets(&request, Class::Bulk).await?;
        Ok(page.record_count.or_else(|| page.is_empty().then_some(0)))
    }

    /// Writes what came; answers whether it was closed tickets only, where those alone were asked for.
    async fn write(&self, records: Vec<TicketRecord>) -> Result<bool, Failure> {
        if records.is_empty() {
            return Ok(true);
        }
        let asked = self.openness == Openness::Closed;
        let is_open = |record: &TicketRecord| record.closed.is_none() && self.open_statuses.contains(&record.status_id);
        let understood = !asked || !records.iter().any(is_open);
        if !understood {
            tracing::warn!("the server ignores closed_only");
            self.sync.mirror.set_meta(CLOSED_IGNORED, Some("1")).await?;
        }
        let pass = if asked && understood { Pass::ClosedOnly } else { Pass::Any };
        self.sync.mirror.write(Batch::Tickets(records), pass, self.sync.now()).await?;
        Ok(understood)
    }

    /// How many tickets are here of those that are asked for.
    async fn here(&self) -> Result<u64, Failure> {
        let here = self.sync.mirror.read(Reader::coverage).await?;
        Ok(here.closed + if self.openness == Openness::Any { here.open } else { 0 })
    }

    /// Notes how many tickets lack of all: those that single spans lack are among them.
    async fn lack_in_all(&self, lacking: u64) -> Result<(), Failure> {
        self.sync.mirror.set_meta(LACKING, None).await?;
        self.lack(lacking).await
    }

    /// Notes tickets that the server counts and does not give.
    async fn lack(&self, more: u64) -> Result<(), Failure> {
        if more == 0 {
            return Ok(());
        }
        tracing::warn!(more, "closed tickets that the server counts could not be read");
        let before = self.sync.meta(LACKING).await?.and_then(|count| count.parse::<u64>().ok()).unwrap_or_default();
        self.sync.mirror.set_meta(LACKING, Some(&before.saturating_add(more).to_string())).await
    }

    /// Tells how far it is, and now and then that rows came.
    async fn came(&mut self, new: u64) {
        self.untold |= new > 0;
        self.sync.counted(&mut self.meter, new).await;
        if self.told_at.elapsed() >= TELL_EVERY {
            self.tell().await;
        }
    }

    /// Tells that rows came, and what is covered now.
    async fn tell(&mut self) {
        self.told_at = Instant::now();
        if std::mem::take(&mut self.untold) {
            self.sync.changed(Changed::Tickets).await;
        }
        self.sync.tell_coverage().await;
    }
}
