//! Span by span of days, from now on backwards.

use std::collections::BTreeSet;

use super::{
    super::{
        Server,
        pace::page_of,
        reconcile,
        span::{Span, first_days},
    },
    BY_NUMBER, Reading,
};
use crate::{
    domain::{Failure, TicketRecord, Timestamp},
    halo::{Class, Openness, Page, TicketColumn, TicketsRequest},
    mirror::{BACK_TO, TO_THE_FIRST},
};

/// Meta key: days of the next span.
const DAYS: &str = "history.days";
/// How often a span is read whose list moves meanwhile.
const ATTEMPTS: u32 = 3;
/// Rows that are written at once, as many as a span should hold: every writing touches all the indexes and leaves pages half full
/// at its end, but keeps who looks at a ticket waiting for its length.
const WRITTEN_AT_ONCE: usize = 1000;

/// How the reading of a span ended.
enum Read {
    /// It is complete, with so many tickets.
    All(u64),
    /// It holds so many that it is better cut.
    TooMany(u64),
    /// Tickets came that were not asked for.
    DatesIgnored,
}

/// How the reading of a span's pages ended.
enum Pages {
    /// It need not be tried again.
    Read(Read),
    /// The list is not what was asked for, or it lost rows meanwhile and others may have slid past: it has so many.
    Again(u64),
    /// Further pages only repeat the first one, of a list that has so many.
    Repeated(u64),
}

impl<S: Server> Reading<'_, S> {
    pub(super) async fn spans(&mut self) -> Result<(), Failure> {
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
                        self.undated().await?;
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

    /// Asks by their numbers for tickets that are in no span: nobody knows, or mistakes, when they were opened.
    async fn undated(&self) -> Result<(), Failure> {
        let Some(of) = self.count(None).await? else { return Ok(()) };
        let lacking = of.saturating_sub(self.here().await?);
        if lacking > 0 {
            let lacking = reconcile::all_by_number(self.sync, self.gate, self.openness).await?.unwrap_or(lacking);
            self.lack_in_all(lacking).await?;
        }
        Ok(())
    }

    async fn span(&mut self, span: Span) -> Result<Read, Failure> {
        let mut seen = BTreeSet::new();
        let mut of = 0;
        for _ in 0..ATTEMPTS {
            match self.pages(span, &mut seen).await? {
                Pages::Read(read) => return Ok(read),
                Pages::Again(count) => of = count,
                Pages::Repeated(count) => {
                    of = count;
                    break;
                }
            }
        }
        let there = seen.len() as u64;
        if there < of {
            self.find(span, of, of - there).await?;
        }
        Ok(Read::All(there.max(of)))
    }

    /// Asks for the tickets of a span by their numbers, of which there are so many and its pages lack some. What can't be found
    /// is told for as long as the comparison that comes once a day does not find it.
    async fn find(&self, span: Span, of: u64, lacking: u64) -> Result<(), Failure> {
        let lacking = match reconcile::compare(self.sync, self.gate, span, true).await? {
            Some(compared) if compared.there >= of => compared.lacking,
            _ => lacking,
        };
        self.lack(lacking).await
    }

    /// Reads the pages of a span.
    async fn pages(&mut self, span: Span, ever: &mut BTreeSet<i64>) -> Result<Pages, Failure> {
        let (mut seen, mut held, mut left_out, mut repeated) = (BTreeSet::new(), Vec::new(), 0, false);
        let mut page = self.page(span, 1).await?;
        let (first_count, mut least) = (page.record_count, page.record_count);
        for page_no in 2.. {
            if page.records.iter().filter_map(|record| record.opened).any(|at| span.excludes(at)) {
                return Ok(Pages::Read(Read::DatesIgnored));
            }
            let fresh = page.records.iter().filter(|record| seen.insert(record.id.0)).count();
            let new = page.records.iter().filter(|record| ever.insert(record.id.0)).count();
            let too_many = page.record_count.filter(|count| page_no == 2 && span.is_too_full(*count));
            left_out += page.left_out;
            let there = seen.len() as u64 + u64::from(left_out);
            repeated = page_no == 3 && page.is_stale(fresh) && !page.is_empty();
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
                return Ok(Pages::Again(0));
            }
            if let Some(count) = too_many {
                return Ok(Pages::Read(Read::TooMany(count)));
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
        let lacks = first_count.is_some_and(|count| there < count);
        Ok(match least {
            Some(of) if lacks && repeated => Pages::Repeated(of),
            least if lacks || least < first_count => Pages::Again(least.unwrap_or_default()),
            _ => Pages::Read(Read::All(seen.len() as u64)),
        })
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
}
