//! Compares which tickets are open here and there: a list that moves while it is paged loses rows, and deletions are told nowhere.

use std::collections::BTreeSet;

use super::{Server, Sync};
use crate::{
    domain::{Batch, Changed, Failure, TicketId},
    halo::{Class, Openness, TicketsRequest},
    mirror::{Pass, Reader},
};

/// Meta key: the open tickets were compared since the last fill.
pub(super) const TICKETS_COMPARED: &str = "tickets.compared";
/// How many ids one request names.
const CHUNK: usize = 100;

/// Fetches what is open there and not here, and what is open here and not there; what the server no longer has, goes.
pub(super) async fn open_tickets<S: Server>(sync: &Sync<S>) -> Result<(), Failure> {
    let request = TicketsRequest { openness: Openness::Open, ..TicketsRequest::default() };
    let there: BTreeSet<TicketId> = sync.server.ticket_ids(&request, Class::Background).await?.records.into_iter().collect();
    let here: BTreeSet<TicketId> = sync.mirror.read(Reader::open_ticket_ids).await?.into_iter().collect();
    let missing: Vec<TicketId> = there.difference(&here).copied().collect();
    let left: Vec<TicketId> = here.difference(&there).copied().collect();
    let mut written = 0;
    for (ids, pass) in [(missing, Pass::OpenOnly), (left, Pass::Any)] {
        for chunk in ids.chunks(CHUNK) {
            written += fetch(sync, chunk, pass).await?;
        }
    }
    if written > 0 {
        sync.changed(Changed::Tickets).await;
    }
    sync.mirror.set_meta(TICKETS_COMPARED, Some(&sync.now().to_string())).await
}

async fn fetch<S: Server>(sync: &Sync<S>, ids: &[TicketId], pass: Pass) -> Result<usize, Failure> {
    let request = TicketsRequest { ids: ids.to_vec(), ..TicketsRequest::default() };
    let page = sync.server.tickets(&request, Class::Background).await?;
    let asked: BTreeSet<TicketId> = ids.iter().copied().collect();
    let found: BTreeSet<TicketId> = page.records.iter().map(|record| record.id).collect();
    // A server that answers with other tickets does not know the parameter: then nothing can be said of what is missing.
    let understood = found.is_subset(&asked);
    let records = page.records.into_iter().filter(|record| asked.contains(&record.id)).collect();
    let mut written = sync.mirror.write(Batch::Tickets(records), pass, sync.now()).await?.written;
    if understood && pass == Pass::Any {
        let gone: Vec<TicketId> = asked.difference(&found).copied().collect();
        if !gone.is_empty() {
            written += sync.mirror.write(Batch::Gone(gone), Pass::Any, sync.now()).await?.written;
        }
    }
    Ok(written)
}
