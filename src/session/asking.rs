//! What the commands without a screen ask of the server beyond keeping the mirror fresh.

use super::Session;
use crate::{
    domain::{Batch, Failure, TicketId},
    halo::{Class, Openness, TicketColumn, TicketsRequest},
    mirror::Pass,
    sync,
};

impl Session {
    /// Reads one ticket and its conversation from the server into the mirror.
    ///
    /// # Errors
    /// What kept the server from answering; [`crate::domain::FailureKind::NotFound`] for a number it does not know.
    pub async fn fetch_ticket(&self, id: TicketId) -> Result<(), Failure> {
        sync::fetch_conversation(&self.halo, &self.mirror, id, (self.clock)()).await
    }

    /// Reads the pages of closed tickets into the mirror, the newest first, until there are no more or `enough` were read.
    ///
    /// # Errors
    /// What kept the server from answering.
    pub async fn fetch_closed(&self, enough: Option<usize>) -> Result<(), Failure> {
        let mut read = 0_usize;
        for page_no in 1.. {
            let request = TicketsRequest {
                page_no,
                openness: Openness::Closed,
                order: Some((TicketColumn::Id, true)),
                ..TicketsRequest::default()
            };
            let page = self.halo.tickets(&request, Class::Interactive).await?;
            read += page.records.len();
            let over = page.is_empty()
                || page.record_count.is_some_and(|of| read as u64 >= of)
                || enough.is_some_and(|enough| read >= enough);
            let written = self.mirror.write(Batch::Tickets(page.records), Pass::ClosedOnly, (self.clock)()).await?.written;
            // A page that brings nothing new ends it too: no server is asked for the same page for ever.
            if over || written == 0 {
                break;
            }
        }
        Ok(())
    }
}
