//! The small tables that tickets refer to by number.

use std::collections::BTreeSet;

use super::{Server, Sync, pace::list_of};
use crate::{
    domain::{Batch, Changed, Failure, FailureKind, News},
    halo::Class,
    mirror::{Pass, Reader},
    text::SafeText,
};

/// Meta key: when all lookup tables were last read.
pub(super) const LOOKUPS_READ: &str = "lookups.read";

/// A lookup table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Table {
    Statuses,
    Priorities,
    Agents,
    Teams,
    TicketTypes,
    Slas,
    Workdays,
}

impl Table {
    pub(super) const ALL: [Self; 7] =
        [Self::Statuses, Self::Priorities, Self::Agents, Self::Teams, Self::TicketTypes, Self::Slas, Self::Workdays];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Statuses => "statuses",
            Self::Priorities => "priorities",
            Self::Agents => "agents",
            Self::Teams => "teams",
            Self::TicketTypes => "ticket types",
            Self::Slas => "SLAs",
            Self::Workdays => "working hours",
        }
    }
}

/// Reads all lookup tables and who this application acts as. A table that the application has no right to read is left as it
/// is and told: the rest of the program works without its names.
///
/// # Errors
/// What kept the server from answering or the mirror from being written.
pub async fn read<S: Server>(sync: &Sync<S>, class: Class) -> Result<(), Failure> {
    acting(sync, class).await?;
    read_tables(sync, class, is_about_one_table).await.map(drop)
}

/// Reads all lookup tables. A failure that `spares` the others is told; answers those that may pass, of which rights are none.
pub(super) async fn read_tables<S: Server>(
    sync: &Sync<S>,
    class: Class,
    spares: fn(&Failure) -> bool,
) -> Result<Vec<(Table, Failure)>, Failure> {
    let (mut changed, mut failed) = (false, Vec::new());
    for table in Table::ALL {
        match list_of(|| fetch(sync, table, class)).await {
            Ok(batch) => changed |= store(sync, batch).await?,
            Err(failure) if spares(&failure) => {
                let words = format!("The names of {} could not be read: {}", table.name(), failure.what);
                sync.tell(News::Notice(SafeText::line(&words))).await;
                if !is_lack_of_right(&failure) {
                    failed.push((table, failure));
                }
            }
            Err(failure) => return Err(failure),
        }
    }
    if changed {
        sync.changed(Changed::Lookups).await;
    }
    // What failed is asked for again with the next start at the latest.
    if failed.is_empty() {
        sync.mirror.set_meta(LOOKUPS_READ, Some(&sync.now().to_string())).await?;
    }
    Ok(failed)
}

/// Asks who this application acts as.
pub(super) async fn acting<S: Server>(sync: &Sync<S>, class: Class) -> Result<(), Failure> {
    match sync.server.agent_me(class).await {
        Ok(acting) => sync.tell(News::ActingAs(Box::new(acting))).await,
        Err(failure) if is_about_one_table(&failure) => sync.tell(News::Notice(failure.what)).await,
        Err(failure) => return Err(failure),
    }
    Ok(())
}

/// Reads one table again.
pub(super) async fn turn<S: Server>(sync: &Sync<S>, table: Table) -> Result<(), Failure> {
    let fetched = match table {
        Table::Statuses => known_statuses(sync).await,
        _ => fetch(sync, table, Class::Background).await,
    };
    if store(sync, fetched?).await? {
        sync.changed(Changed::Lookups).await;
    }
    Ok(())
}

/// The statuses by one request, where it is known of each whether it closes.
async fn known_statuses<S: Server>(sync: &Sync<S>) -> Result<Batch, Failure> {
    let (open, closing) = sync.mirror.read(Reader::statuses_by_openness).await?;
    let mut all = sync.server.statuses(false, Class::Background).await?.records;
    if all.iter().any(|status| !open.contains(&status.id) && !closing.contains(&status.id)) {
        return fetch(sync, Table::Statuses, Class::Background).await;
    }
    for status in &mut all {
        status.closed = Some(closing.contains(&status.id));
    }
    Ok(Batch::Statuses(all))
}

async fn fetch<S: Server>(sync: &Sync<S>, table: Table, class: Class) -> Result<Batch, Failure> {
    let server = &sync.server;
    Ok(match table {
        Table::Statuses => {
            let mut all = server.statuses(false, class).await?.records;
            let open: BTreeSet<_> = server.statuses(true, class).await?.records.iter().map(|status| status.id).collect();
            // A server that does not know the parameter answers with all of them twice: that tells nothing.
            if open.len() < all.len() {
                for status in &mut all {
                    status.closed = Some(!open.contains(&status.id));
                }
            }
            Batch::Statuses(all)
        }
        Table::Priorities => Batch::Priorities(server.priorities(class).await?.records),
        Table::Agents => Batch::Agents(server.agents(class).await?.records),
        Table::Teams => Batch::Teams(server.teams(class).await?.records),
        Table::TicketTypes => Batch::TicketTypes(server.ticket_types(class).await?.records),
        Table::Slas => Batch::Slas(server.slas(class).await?.records),
        Table::Workdays => Batch::Workdays(server.workdays(class).await?.records),
    })
}

/// Whether a failure says something about one table, not about the server.
pub(super) fn is_about_one_table(failure: &Failure) -> bool {
    matches!(failure.kind, FailureKind::Forbidden | FailureKind::NotFound | FailureKind::BadReply)
}

/// Whether all else can be read though this could not: the server answered, and not that it wants to be left alone.
pub(super) fn leaves_the_rest(failure: &Failure) -> bool {
    let of_one = matches!(
        failure.kind,
        FailureKind::Unauthorised
            | FailureKind::WrongUrl
            | FailureKind::TooLarge
            | FailureKind::Server(_)
            | FailureKind::Refused(_)
    );
    of_one || is_about_one_table(failure)
}

/// That something could not be read, in words.
pub(super) fn unread(name: &str, failure: &Failure) -> SafeText {
    SafeText::line(&format!("The {name} could not be read: {}; they are asked for again later", failure.what))
}

/// Whether it stays as it is until somebody gives this application a right, or another version of the server.
pub(super) fn is_lack_of_right(failure: &Failure) -> bool {
    matches!(failure.kind, FailureKind::Forbidden | FailureKind::NotFound)
}

/// Writes a table; answers whether it changed.
async fn store<S: Server>(sync: &Sync<S>, batch: Batch) -> Result<bool, Failure> {
    Ok(sync.mirror.write(batch, Pass::Any, sync.now()).await?.written > 0)
}
