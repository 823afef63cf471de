//! The first fill: open tickets by pages, the newest activity first, then the clients.

use std::collections::BTreeSet;

use super::{Server, Sync, reconcile::TICKETS_COMPARED};
use crate::{
    domain::{Batch, Changed, ClientRecord, Failure, FillProgress, News, TicketRecord},
    halo::{Class, ListRequest, Openness, Page, TicketColumn, TicketsRequest},
    mirror::Pass,
};

/// Meta key: the open tickets were filled once, completely.
pub(super) const TICKETS_FILLED: &str = "tickets.filled";
/// Meta key: when the clients were last read completely.
pub(super) const CLIENTS_READ: &str = "clients.read";

/// One page of the first fill: a request, and its rows on the screen.
pub(super) struct TicketFill {
    page: u32,
    seen: BTreeSet<i64>,
    /// The order that is asked for; `None` once the server was seen not to honour it: then by id, which every version does.
    by_activity: bool,
}

impl TicketFill {
    pub(super) fn new() -> Self {
        Self { page: 1, seen: BTreeSet::new(), by_activity: true }
    }

    /// Fetches the next page; answers whether the fill is over.
    pub(super) async fn step<S: Server>(&mut self, sync: &Sync<S>) -> Result<bool, Failure> {
        // The first screenful is what somebody waits for.
        let class = if self.page == 1 { Class::Interactive } else { Class::Background };
        let column = if self.by_activity { TicketColumn::LastAction } else { TicketColumn::Id };
        let request = TicketsRequest {
            page_no: self.page,
            openness: Openness::Open,
            order: Some((column, true)),
            ..TicketsRequest::default()
        };
        let page = sync.server.tickets(&request, class).await?;
        let fresh = page.records.iter().filter(|record| self.seen.insert(record.id.0)).count();
        let of = page.record_count.unwrap_or(self.seen.len() as u64).max(self.seen.len() as u64);
        let honoured = !self.by_activity || newest_first(&page);
        let empty = page.is_empty();
        let written = sync.mirror.write(Batch::Tickets(page.records), Pass::OpenOnly, sync.now()).await?.written;
        if written > 0 {
            sync.changed(Changed::Tickets).await;
        }
        let done = self.seen.len() as u64;
        sync.tell(News::Filling(Some(FillProgress { done, of, ..FillProgress::default() }))).await;
        if !honoured {
            tracing::info!("the server does not order by last action; the fill goes by id");
            self.by_activity = false;
            self.page = 1;
            self.seen.clear();
            return Ok(empty);
        }
        self.page += 1;
        // Never computed from the size asked for: the server caps pages silently. A page that brings nothing new ends it too,
        // so that a server which repeats its last page is not asked for ever.
        let over = empty || fresh == 0 || page.record_count.is_some_and(|of| done >= of);
        if over {
            // In this order: an end in between costs a fill more, never the comparison.
            sync.mirror.set_meta(TICKETS_COMPARED, None).await?;
            sync.mirror.set_meta(TICKETS_FILLED, Some(&sync.now().to_string())).await?;
            sync.tell(News::Filling(None)).await;
        }
        Ok(over)
    }
}

/// Whether a page is in the order of last actions, as far as they are known.
fn newest_first(page: &Page<TicketRecord>) -> bool {
    let known: Vec<_> = page.records.iter().filter_map(|record| record.last_action).collect();
    known.is_sorted_by(|earlier, later| earlier >= later)
}

/// Reads all clients.
///
/// # Errors
/// What kept the server from answering or the mirror from being written.
pub async fn clients<S: Server>(sync: &Sync<S>) -> Result<(), Failure> {
    let mut seen = BTreeSet::new();
    for page_no in 1.. {
        let request = ListRequest { page_no, inactive_too: true, ..ListRequest::default() };
        let page: Page<ClientRecord> = sync.server.clients(&request, Class::Background).await?;
        let fresh = page.records.iter().filter(|record| seen.insert(record.id)).count();
        let over = fresh == 0 || page.record_count.is_some_and(|of| seen.len() as u64 >= of);
        if sync.mirror.write(Batch::Clients(page.records), Pass::Any, sync.now()).await?.written > 0 {
            sync.changed(Changed::Clients).await;
        }
        if over {
            break;
        }
    }
    sync.mirror.set_meta(CLIENTS_READ, Some(&sync.now().to_string())).await?;
    Ok(())
}
