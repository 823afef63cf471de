//! Closed tickets, back to where the settings say: stretch by stretch from now on backwards, each noted when it is complete.
//!
//! Page numbers over a list that moves skip rows. Therefore history is read in spans of days by the date of opening, ordered by
//! number inside, and a span whose count shrank while it was paged is read again. Where the server does not look at dates, closed
//! tickets are read by number from the highest down.

use std::collections::BTreeSet;

use tokio::time::{Duration, Instant};

use super::{
    Server, Sync,
    delta::OPEN_CURSOR,
    gate::Gate,
    meter::Meter,
    pace::page_of,
    span::{Span, day_after, day_of, first_days},
};
use crate::{
    domain::{Batch, Changed, Failure, Filled, StatusId, TicketRecord, Timestamp},
    halo::{Class, Openness, Page, TicketColumn, TicketsRequest},
    mirror::{BACK_TO, Pass, TO_THE_FIRST},
};

/// Meta key: dates are not looked at by the server.
const BY_NUMBER: &str = "history.by_number";
/// Meta key: the server was asked whether it looks at dates.
const SURVEYED: &str = "history.surveyed";
/// Meta key: days of the next span.
const DAYS: &str = "history.days";
/// Meta key: where the reading by number stands: the page and the lowest number of it.
const WALK: &str = "history.walk";
/// Meta key: the server does not tell closed tickets from open ones.
const CLOSED_IGNORED: &str = "history.closed_ignored";
/// How often a span is read whose list moves meanwhile.
const ATTEMPTS: u32 = 3;
/// Rows that are written at once, as many as a span should hold: every writing touches all the indexes and leaves pages half full
/// at its end, but keeps who looks at a ticket waiting for its length.
const WRITTEN_AT_ONCE: usize = 1000;
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

/// How the reading of a span ended.
enum Read {
    /// It is complete, with so many tickets.
    All(u64),
    /// It holds so many that it is better cut.
    TooMany(u64),
    /// Tickets came that were not asked for.
    DatesIgnored,
}

impl<'a, S: Server> Reading<'a, S> {
    async fn begin(sync: &'a Sync<S>, gate: &'a Gate, begins: Timestamp) -> Result<Self, Failure> {
        // The server's clock may be ahead of ours; what was opened since comes with the changes.
        let newest = sync.meta_time(OPEN_CURSOR).await?.unwrap_or_default().max(sync.now());
        let (open_statuses, _) = sync.mirror.read(crate::mirror::Reader::statuses_by_openness).await?;
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

    async fn spans(&mut self) -> Result<(), Failure> {
        let meta = self.sync.meta(DAYS).await?;
        let mut days = meta.and_then(|days| days.parse().ok()).unwrap_or_else(first_days);
        loop {
            let to = self.sync.meta_time(BACK_TO).await?.unwrap_or(self.top);
            let Some(span) = Span::before(to, days, self.begins) else { return Ok(()) };
            let count = match self.span(span).await? {
                Read::DatesIgnored => {
                    tracing::warn!("the server ignores dates: history is read by number");
                    self.sync.mirror.set_meta(BY_NUMBER, Some("1")).await?;
                    self.count_all().await?;
                    return self.walk().await;
                }
                Read::TooMany(count) => count,
                Read::All(count) => {
                    self.sync.mirror.set_meta(BACK_TO, Some(&span.from.to_string())).await?;
                    self.tell().await;
                    if count == 0 && self.begins == Timestamp::UNIX_EPOCH && self.is_first(span.from).await? {
                        return self.sync.mirror.set_meta(TO_THE_FIRST, Some("1")).await;
                    }
                    count
                }
            };
            days = span.next_days(count);
            self.sync.mirror.set_meta(DAYS, Some(&days.to_string())).await?;
        }
    }

    /// Whether nothing was opened before.
    async fn is_first(&self, before: Timestamp) -> Result<bool, Failure> {
        self.gate.passage().await;
        let dates = Some((TicketColumn::Opened, Timestamp::UNIX_EPOCH, before));
        let request = TicketsRequest { page_size: 1, openness: self.openness, dates, ..TicketsRequest::default() };
        let page = self.sync.server.tickets(&request, Class::Bulk).await?;
        Ok(page.is_empty() && page.record_count.is_none_or(|count| count == 0))
    }

    async fn span(&mut self, span: Span) -> Result<Read, Failure> {
        let mut seen = BTreeSet::new();
        for _ in 0..ATTEMPTS {
            if let Some(read) = self.pages(span, &mut seen).await? {
                return Ok(read);
            }
        }
        // The comparison of numbers that comes once a day finds what is still missing.
        Ok(Read::All(seen.len() as u64))
    }

    /// Reads the pages of a span; `None` where the list lost rows meanwhile, and others may have slid past.
    async fn pages(&mut self, span: Span, ever: &mut BTreeSet<i64>) -> Result<Option<Read>, Failure> {
        let (mut seen, mut held, mut left_out) = (BTreeSet::new(), Vec::new(), 0);
        let mut page = self.page(span, 1).await?;
        let (first_count, mut least) = (page.record_count, page.record_count);
        for page_no in 2.. {
            if page.records.iter().filter_map(|record| record.opened).any(|at| span.excludes(at)) {
                return Ok(Some(Read::DatesIgnored));
            }
            let fresh = page.records.iter().filter(|record| seen.insert(record.id.0)).count();
            let new = page.records.iter().filter(|record| ever.insert(record.id.0)).count();
            let too_many = page.record_count.filter(|count| page_no == 2 && span.is_too_full(*count));
            left_out += page.left_out;
            let there = seen.len() as u64 + u64::from(left_out);
            let over = page.is_stale(fresh) || page.record_count.is_some_and(|of| there >= of) || too_many.is_some();
            held.append(&mut page.records);
            let due = if over || held.len() >= WRITTEN_AT_ONCE { std::mem::take(&mut held) } else { Vec::new() };
            // The next page is on its way while others are written.
            let next = async { if over { Ok(None) } else { self.page(span, page_no).await.map(Some) } };
            let (next, written) = futures::future::join(next, self.write(due)).await;
            let understood = written?;
            self.came(if too_many.is_some() { 0 } else { new as u64 }).await;
            if !understood {
                // All of them from here on; what came was in none but these lists.
                self.openness = Openness::Any;
                return Ok(None);
            }
            if let Some(count) = too_many {
                return Ok(Some(Read::TooMany(count)));
            }
            match next {
                Ok(None) => break,
                Ok(Some(following)) => {
                    least = least.min(following.record_count);
                    page = following;
                }
                Err(failure) => {
                    // What came already is not asked for in vain.
                    self.write(held).await?;
                    return Err(failure);
                }
            }
        }
        self.sync.tell_left_out("closed tickets", left_out).await;
        let there = seen.len() as u64 + u64::from(left_out);
        let whole = least >= first_count && first_count.is_none_or(|count| there >= count);
        Ok(whole.then_some(Read::All(seen.len() as u64)))
    }

    async fn page(&self, span: Span, page_no: u32) -> Result<Page<TicketRecord>, Failure> {
        self.gate.passage().await;
        let request = TicketsRequest {
            page_no,
            openness: self.openness,
            order: Some((TicketColumn::Id, false)),
            dates: Some((TicketColumn::Opened, span.from, span.to)),
            ..TicketsRequest::default()
        };
        page_of(page_no, || self.sync.server.tickets(&request, Class::Bulk)).await
    }

    /// Reads all closed tickets by number from the highest down. After a row went, the page before is read again, since rows slid
    /// up onto it; so it is when this goes on after an end in between.
    async fn walk(&mut self) -> Result<(), Failure> {
        let noted = self.sync.meta(WALK).await?;
        let mut walk = noted.as_deref().and_then(Walk::resume).unwrap_or_default();
        let (mut seen, mut count_before, mut again) = (BTreeSet::new(), None, false);
        loop {
            let page = self.numbered(walk.page).await?;
            let ids: Vec<i64> = page.records.iter().map(|record| record.id.0).collect();
            self.meter.announce(page.record_count.unwrap_or_default());
            let shrank = count_before.zip(page.record_count).is_some_and(|(before, count): (u64, u64)| count < before);
            count_before = page.record_count;
            if walk.page > 1 && (shrank || walk.has_slid(&ids)) {
                (walk.page, again) = (walk.page - 1, true);
                continue;
            }
            let in_order = ids.is_sorted_by(|one, next| one >= next);
            let newest = page.records.iter().filter_map(|record| record.opened).max();
            let fresh = ids.iter().filter(|id| seen.insert(**id)).count();
            let repeats = page.is_stale(fresh) && !std::mem::take(&mut again);
            let at_the_end = page.is_empty() || repeats || page.record_count.is_some_and(|of| seen.len() as u64 >= of);
            let deep_enough = in_order && newest.is_some_and(|at| at < self.begins);
            self.sync.tell_left_out("closed tickets", page.left_out).await;
            let understood = self.write(page.records).await?;
            self.came(fresh as u64).await;
            if !understood {
                self.openness = Openness::Any;
                (walk, count_before) = (Walk::default(), None);
                seen.clear();
                continue;
            }
            if at_the_end || deep_enough {
                self.sync.mirror.set_meta(WALK, None).await?;
                self.sync.mirror.set_meta(BACK_TO, Some(&self.begins.to_string())).await?;
                if at_the_end {
                    self.sync.mirror.set_meta(TO_THE_FIRST, Some("1")).await?;
                }
                return Ok(());
            }
            walk = Walk { page: walk.page + 1, reached: ids.into_iter().min() };
            self.sync.mirror.set_meta(WALK, Some(&walk.to_string())).await?;
            walk.reached = None;
        }
    }

    async fn numbered(&self, page_no: u32) -> Result<Page<TicketRecord>, Failure> {
        self.gate.passage().await;
        let order = Some((TicketColumn::Id, true));
        let request = TicketsRequest { page_no, openness: self.openness, order, ..TicketsRequest::default() };
        page_of(page_no, || self.sync.server.tickets(&request, Class::Bulk)).await
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

    /// Tells how far it is, and now and then that rows came.
    async fn came(&mut self, new: u64) {
        self.untold |= new > 0;
        self.sync.progressed(self.meter.add(new, Instant::now())).await;
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

/// Where the reading by number stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Walk {
    /// The page that is next.
    page: u32,
    /// The lowest number that was reached before an end in between.
    reached: Option<i64>,
}

impl Default for Walk {
    fn default() -> Self {
        Self { page: 1, reached: None }
    }
}

impl Walk {
    /// What was noted, one page back: that page reached the noted number, and must still do so.
    fn resume(noted: &str) -> Option<Self> {
        let (page, reached) = noted.split_once(':')?;
        Some(Self { page: page.parse::<u32>().ok()?.saturating_sub(1).max(1), reached: Some(reached.parse().ok()?) })
    }

    /// Whether rows slid up past this page since the noted number was reached.
    fn has_slid(&self, ids: &[i64]) -> bool {
        self.reached.zip(ids.iter().max()).is_some_and(|(reached, highest)| *highest < reached)
    }
}

impl std::fmt::Display for Walk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.page, self.reached.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_walk_resumes_one_page_back_and_notices_rows_that_slid() {
        let noted = Walk { page: 8, reached: Some(4_200) }.to_string();
        let walk = Walk::resume(&noted).unwrap();
        assert_eq!(walk, Walk { page: 7, reached: Some(4_200) });
        assert!(!walk.has_slid(&[4_290, 4_200]) && walk.has_slid(&[4_150, 4_100]) && !walk.has_slid(&[]));
        assert!(!Walk::default().has_slid(&[1]));
        assert_eq!(Walk::resume("1:5"), Some(Walk { page: 1, reached: Some(5) }));
        assert_eq!(Walk::resume("junk"), None);
    }
}
