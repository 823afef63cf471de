//! The ticket that is looked at: its text and its conversation, asked for at once and only where what is held is older.

use tokio::sync::watch;

use super::{Server, Sync};
use crate::{
    domain::{ActionRecord, Batch, Changed, Failure, FailureKind, News, TicketId, TicketRecord, Timestamp},
    halo::{Class, Page},
    mirror::{Mirror, Pass, Reader},
};

/// Actions that are asked for; without a number there would be 50.
pub(super) const MOST_ACTIONS: u32 = 1000;

/// Follows what is looked at. A newer ticket ends the fetching of the older one: nobody waits for it any more.
pub(super) async fn follow<S: Server>(sync: &Sync<S>, mut looked_at: watch::Receiver<Option<TicketId>>) {
    loop {
        let ticket = *looked_at.borrow_and_update();
        if let Some(id) = ticket {
            tokio::select! {
                biased;
                changed = looked_at.changed() => match changed {
                    Ok(()) => continue,
                    Err(_) => return,
                },
                result = refresh(sync, id) => report(sync, id, result).await,
            }
        }
        if looked_at.changed().await.is_err() {
            return;
        }
    }
}

async fn report<S: Server>(sync: &Sync<S>, id: TicketId, result: Result<Vec<Changed>, Failure>) {
    match result {
        Ok(changed) => {
            for what in changed {
                sync.changed(what).await;
            }
        }
        Err(failure) => {
            tracing::warn!(ticket = id.0, kind = ?failure.kind, "a conversation could not be read");
            if failure.kind == FailureKind::NotFound || failure.kind == FailureKind::Forbidden {
                sync.tell(News::Notice(failure.what)).await;
            }
        }
    }
}

/// Fetches a ticket's text and conversation unless what is held is as new as its row; answers what changed by it.
async fn refresh<S: Server>(sync: &Sync<S>, id: TicketId) -> Result<Vec<Changed>, Failure> {
    if id.0 < 0 {
        return Ok(Vec::new());
    }
    let row = sync.mirror.read(move |reader| reader.ticket(id)).await?;
    let outdated = move |reader: &Reader| Ok((reader.conversation_is_outdated(id)?, reader.single_read_is_outdated(id)?));
    match sync.mirror.read(outdated).await? {
        (true, _) => fetch(&sync.server, &sync.mirror, id, sync.now()).await?,
        // Lists of actions brought the conversation already.
        (false, true) => store(&sync.mirror, id, sync.server.ticket(id, Class::Interactive).await?, sync.now()).await?,
        (false, false) => return Ok(Vec::new()),
    }
    // What the server says of the ticket now may be newer than its row in the lists.
    let is_newer = sync.mirror.read(move |reader| reader.ticket(id)).await? != row;
    Ok(is_newer.then_some(Changed::Tickets).into_iter().chain([Changed::Conversation(id)]).collect())
}

/// Stores a ticket that was read singly.
async fn store(mirror: &Mirror, id: TicketId, ticket: TicketRecord, now: Timestamp) -> Result<(), Failure> {
    mirror.write(Batch::Tickets(vec![ticket]), Pass::Any, now).await?;
    mirror.note_single_read(id).await
}

/// Fetches a ticket's text and conversation into the mirror.
///
/// # Errors
/// What kept the server from answering or the mirror from being written.
pub async fn fetch<S: Server>(server: &S, mirror: &Mirror, id: TicketId, now: Timestamp) -> Result<(), Failure> {
    let ticket = server.ticket(id, Class::Interactive);
    let actions = server.actions(id, MOST_ACTIONS, Class::Interactive);
    let (ticket, actions) = futures::future::try_join(ticket, actions).await?;
    store(mirror, id, ticket, now).await?;
    mirror.write(whole(id, actions), Pass::Any, now).await?;
    Ok(())
}

/// A ticket's conversation as the server sent it, the newest actions where they are too many.
pub(super) fn whole(ticket: TicketId, actions: Page<ActionRecord>) -> Batch {
    let came = actions.records.len() as u64 + u64::from(actions.bad);
    let left_out = actions.record_count.map_or(0, |count| count.saturating_sub(came));
    Batch::Conversation { ticket, actions: actions.records, left_out }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_did_not_come_is_counted() {
        let left_out = |record_count, bad| {
            let page = Page { records: vec![ActionRecord::default(); 3], record_count, bad, ..Page::default() };
            let Batch::Conversation { left_out, .. } = whole(TicketId(7), page) else { panic!("no conversation") };
            left_out
        };
        assert_eq!((left_out(Some(5000), 0), left_out(Some(3), 0), left_out(None, 0), left_out(Some(4), 1)), (4997, 0, 0, 0));
    }
}
