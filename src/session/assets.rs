//! The tickets of an asset: lists of tickets don't say which asset they are about, so the server is asked.

use super::Session;
use crate::{
    domain::{Batch, ClientId, Failure, TicketId},
    halo::{Class, Clock, Halo, TicketColumn, TicketsRequest},
    mirror::{Mirror, Pass},
};

/// Pages that are read at most, the newest tickets first.
const PAGES: u32 = 5;

/// Reads which tickets an asset has into the mirror; it outlives the call that made it.
pub struct AssetReader {
    halo: Halo,
    mirror: Mirror,
    clock: Clock,
}

impl Session {
    /// A reader of assets' tickets beside whatever else is under way.
    pub fn asset_reader(&self) -> AssetReader {
        AssetReader { halo: self.halo.clone(), mirror: self.mirror.clone(), clock: self.clock.clone() }
    }
}

impl AssetReader {
    /// Reads the tickets of an asset of this client; answers whether any came.
    ///
    /// # Errors
    /// What kept the server from answering or the mirror from being written.
    pub async fn tickets(&self, asset: i64, tag: &str, client: ClientId) -> Result<bool, Failure> {
        let request = TicketsRequest { asset: Some(asset), order: Some((TicketColumn::Id, true)), ..TicketsRequest::default() };
        let mut ids: Vec<TicketId> = Vec::new();
        for page_no in 1..=PAGES {
            let page = self.halo.tickets(&TicketsRequest { page_no, ..request.clone() }, Class::Interactive).await?;
            // A server that does not know the parameter answers with everybody's tickets.
            if page.records.iter().any(|record| record.client_id != client) {
                tracing::warn!(asset, "the server does not tell an asset's tickets");
                return Ok(false);
            }
            let fresh = page.records.iter().map(|record| record.id).filter(|id| !ids.contains(id)).collect::<Vec<_>>();
            ids.extend(&fresh);
            let stale = page.is_stale(fresh.len());
            self.mirror.write(Batch::Tickets(page.records), Pass::Any, (self.clock)()).await?;
            if stale || page.record_count.is_none_or(|of| ids.len() as u64 >= of) {
                break;
            }
        }
        self.mirror.add_asset_tickets(asset, tag, &ids).await
    }
}
