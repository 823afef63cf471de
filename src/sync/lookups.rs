//! The small tables that tickets refer to by number.

use std::collections::BTreeSet;

use super::{Server, Sync};
use crate::{
    domain::{Batch, Changed, Failure, FailureKind, News},
    halo::Class,
    mirror::Pass,
};

/// Reads all lookup tables and who this application acts as. A table that the application has no right to read is left as it
/// is and told: the rest of the program works without its names.
///
/// # Errors
/// What kept the server from answering or the mirror from being written.
pub async fn read<S: Server>(sync: &Sync<S>, class: Class) -> Result<(), Failure> {
    let server = &sync.server;
    match server.agent_me(class).await {
        Ok(acting) => sync.tell(News::ActingAs(Box::new(acting))).await,
        Err(failure) if is_about_one_table(&failure) => sync.tell(News::Notice(failure.what)).await,
        Err(failure) => return Err(failure),
    }
    let statuses = async {
        let mut all = server.statuses(false, class).await?.records;
        let open: BTreeSet<_> = server.statuses(true, class).await?.records.iter().map(|status| status.id).collect();
        // A server that does not know the parameter answers with all of them twice: that tells nothing.
        if open.len() < all.len() {
            for status in &mut all {
                status.closed = !open.contains(&status.id);
            }
        }
        Ok(Batch::Statuses(all))
    };
    let tables = [
        store(sync, "statuses", statuses.await).await?,
        store(sync, "priorities", server.priorities(class).await.map(|page| Batch::Priorities(page.records))).await?,
        store(sync, "agents", server.agents(class).await.map(|page| Batch::Agents(page.records))).await?,
        store(sync, "teams", server.teams(class).await.map(|page| Batch::Teams(page.records))).await?,
        store(sync, "ticket types", server.ticket_types(class).await.map(|page| Batch::TicketTypes(page.records))).await?,
        store(sync, "SLAs", server.slas(class).await.map(|page| Batch::Slas(page.records))).await?,
    ];
    if tables.contains(&true) {
        sync.changed(Changed::Lookups).await;
    }
    Ok(())
}

/// Whether a failure says something about one table, not about the server.
pub(super) fn is_about_one_table(failure: &Failure) -> bool {
    matches!(failure.kind, FailureKind::Forbidden | FailureKind::NotFound | FailureKind::BadReply)
}

/// Writes a table; answers whether it changed.
async fn store<S: Server>(sync: &Sync<S>, name: &str, table: Result<Batch, Failure>) -> Result<bool, Failure> {
    match table {
        Ok(batch) => Ok(sync.mirror.write(batch, Pass::Any, sync.now()).await?.written > 0),
        Err(failure) if is_about_one_table(&failure) => {
            let words = format!("The names of {name} could not be read: {}", failure.what);
            sync.tell(News::Notice(crate::text::SafeText::line(&words))).await;
            Ok(false)
        }
        Err(failure) => Err(failure),
    }
}
