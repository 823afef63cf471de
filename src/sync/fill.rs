//! The first fill of the open tickets by pages, the newest activity first.

use std::collections::BTreeSet;

use tokio::time::Instant;

use super::{
    Server, Sync,
    delta::{CLOSED_CURSOR, OPEN_CURSOR, greatest, newest_first},
    meter::Meter,
    reconcile::TICKETS_COMPARED,
};
use crate::{
    domain::{Batch, Changed, Failure, Filled, News, TicketRecord},
    halo::{Class, Openness, Page, TicketColumn, TicketsRequest},
    mirror::{OPEN_THERE, Pass},
};

/// Meta key: the open tickets were filled once, completely.
pub(super) const TICKETS_FILLED: &str = "tickets.filled";
/// Meta key: the page that is next, where a fill was begun.
const TICKETS_PAGE: &str = "tickets.page";

/// One page of the first fill: a request, and its rows on the screen.
pub(super) struct TicketFill {
    page: u32,
    /// The page that came while the one before was written.
    ahead: Option<Page<TicketRecord>>,
    seen: BTreeSet<i64>,
    /// It began with the first page.
    from_the_first: bool,
    /// The order that is asked for; once the server was seen not to honour it, by id, which every version does.
    by_activity: bool,
    meter: Option<Meter>,
}

impl TicketFill {
    /// Begins, or goes on one page before where an earlier run stood: what slid meanwhile is found by the comparison at the end.
    pub(super) async fn begin<S: Server>(sync: &Sync<S>) -> Result<Self, Failure> {
        let noted = sync.meta(TICKETS_PAGE).await?.and_then(|page| page.parse::<u32>().ok());
        let page = noted.map_or(1, |page| page.saturating_sub(1).max(1));
        let seen = BTreeSet::new();
        Ok(Self { page, ahead: None, seen, from_the_first: page == 1, by_activity: true, meter: None })
    }

    /// Writes the next page, and fetches the one behind it meanwhile; answers whether the fill is over.
    pub(super) async fn step<S: Server>(&mut self, sync: &Sync<S>) -> Result<bool, Failure> {
        let page = match self.ahead.take() {
            Some(page) => page,
            None => self.fetch(sync, self.page).await?,
        };
        let fresh = page.records.iter().filter(|record| self.seen.insert(record.id.0)).count();
        let (page_no, count, empty, stale) = (self.page, page.record_count, page.is_empty(), page.is_stale(fresh));
        let honoured = !self.by_activity || newest_first(&page.records);
        let newest = greatest(&page.records, sync.now());
        let done = self.seen.len() as u64;
        let over = empty || stale || (self.from_the_first && count.is_some_and(|of| done >= of));
        let left_out = page.left_out;
        // The first page is on the screen before anything else is asked for.
        let next =
            async { if over || !honoured || page_no == 1 { Ok(None) } else { self.fetch(sync, page_no + 1).await.map(Some) } };
        let write = sync.mirror.write(Batch::Tickets(page.records), Pass::OpenOnly, sync.now());
        let (next, written) = futures::future::join(next, write).await;
        if written?.written > 0 {
            sync.changed(Changed::Tickets).await;
        }
        sync.tell_left_out("tickets", left_out).await;
        let passed = u64::from(page_no - 1) * u64::from(TicketsRequest::default().page_size);
        let begun = if self.from_the_first { 0 } else { passed };
        let meter = self.meter.get_or_insert_with(|| Meter::new(Filled::OpenTickets, begun, 0, Instant::now()));
        meter.announce(count.unwrap_or(done));
        sync.counted(meter, fresh as u64).await;
        if page_no == 1 {
            if let Some(count) = count {
                sync.mirror.set_meta(OPEN_THERE, Some(&count.to_string())).await?;
            }
            // Whatever changes from here on has a later date: the fill itself may take its time.
            if let Some(newest) = newest {
                for key in [OPEN_CURSOR, CLOSED_CURSOR] {
                    sync.mirror.set_meta(key, Some(&newest.to_string())).await?;
                }
            }
        }
        if !honoured {
            tracing::info!("the server does not order by last action; the fill goes by id");
            (self.by_activity, self.page, self.from_the_first) = (false, 1, true);
            self.seen.clear();
            return Ok(empty);
        }
        self.page += 1;
        // Never computed from the size asked for: the server caps pages silently. A page that brings nothing new ends it too,
        // so that a server which repeats its last page is not asked for ever.
        if over {
            // In this order: an end in between costs a fill more, never the comparison.
            sync.mirror.set_meta(TICKETS_COMPARED, None).await?;
            sync.mirror.set_meta(TICKETS_FILLED, Some(&sync.now().to_string())).await?;
            sync.mirror.set_meta(TICKETS_PAGE, None).await?;
            sync.tell(News::Filling(None)).await;
        } else {
            sync.mirror.set_meta(TICKETS_PAGE, Some(&self.page.to_string())).await?;
            self.ahead = next?;
        }
        Ok(over)
    }

    async fn fetch<S: Server>(&self, sync: &Sync<S>, page_no: u32) -> Result<Page<TicketRecord>, Failure> {
        // The first screenful is what somebody waits for.
        let class = if page_no == 1 { Class::Interactive } else { Class::Bulk };
        let column = if self.by_activity { TicketColumn::LastAction } else { TicketColumn::Id };
        let request =
            TicketsRequest { page_no, openness: Openness::Open, order: Some((column, true)), ..TicketsRequest::default() };
        sync.server.tickets(&request, class).await
    }
}
