//! Conversations of open tickets, in the background: by days over all tickets where a probe shows that such a list is complete, else
//! ticket by ticket, the newest activity first.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::{
    Server, Sync,
    conversation::{MOST_ACTIONS, whole},
    delta::OPEN_CURSOR,
    gate::Gate,
    lookups::is_about_one_table,
    meter::Meter,
};
use crate::{
    domain::{Batch, Changed, Failure, FailureKind, Filled, TicketId},
    halo::Class,
    mirror::{KnownConversation, NO_BODIES, Pass, Reader},
};

/// Meta key: the conversations were filled once.
const FILLED: &str = "talk.filled";
/// Meta key: whether lists over all tickets are complete: "complete" or "incomplete".
const LISTS: &str = "talk.lists";
/// Meta key: every action up to this time of the server's is here, of conversations that lists have completed.
const TOP: &str = "talk.top";
/// Meta key: down to where the lists of the first fill have come.
const DOWN_TO: &str = "talk.down_to";
/// HaloPSA lists the actions of at most one day.
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// Shorter spans than that are not worth asking for.
const SHORTEST: SignedDuration = SignedDuration::from_mins(15);
/// The probe looks this far around a known action.
const AROUND: SignedDuration = SignedDuration::from_hours(11);
/// Actions of before the cursor may commit late.
const OVERLAP: SignedDuration = SignedDuration::from_mins(2);
/// With so many outdated conversations a turn is not enough.
const MANY: usize = 100;

/// Fills the conversations of open tickets, once; later they have turns, unless somebody waits for them.
pub(super) async fn fill<S: Server>(sync: &Sync<S>, gate: &Gate) -> Result<(), Failure> {
    if sync.meta(NO_BODIES).await?.is_some() {
        return Ok(());
    }
    if sync.meta(FILLED).await?.is_some() {
        if !gate.is_waited_for_conversations() {
            return Ok(());
        }
        fill_again(sync).await?;
    }
    let missing = sync.mirror.read(Reader::lacking_since).await?.len() as u64;
    let open = sync.mirror.read(Reader::overview).await?.open;
    let mut filling = Filling {
        sync,
        gate,
        meter: Meter::new(Filled::Conversations, open.saturating_sub(missing), open, Instant::now()),
        missing,
        unreadable: BTreeSet::new(),
    };
    if filling.lists_are_complete().await? {
        filling.by_days().await?;
    }
    filling.by_ticket().await?;
    sync.mirror.set_meta(DOWN_TO, None).await?;
    sync.tell_coverage().await;
    sync.mirror.set_meta(FILLED, Some("1")).await
}

/// One turn: one request for what was said of late.
pub(super) async fn turn<S: Server>(sync: &Sync<S>) -> Result<(), Failure> {
    if sync.meta(FILLED).await?.is_none() || sync.meta(NO_BODIES).await?.is_some() {
        return Ok(());
    }
    let outdated = sync.mirror.read(Reader::lacking_since).await?.len();
    if outdated == 0 {
        return Ok(());
    }
    if let (Some(top), Some(until), Some("complete")) =
        (sync.meta_time(TOP).await?, sync.meta_time(OPEN_CURSOR).await?, sync.meta(LISTS).await?.as_deref())
        && outdated > 1
        && until.duration_since(top) < DAY - OVERLAP
        && let Some(from) = top.checked_sub(OVERLAP).ok()
        && let Some(to) = from.checked_add(DAY).ok()
    {
        let page = fitting(sync.server.actions_between(from, to, MOST_ACTIONS, Class::Background).await)?;
        if let Some(page) = page.filter(is_whole) {
            join(sync, page.records).await?;
            sync.mirror.write(Batch::Talked { since: from, until, unbroken: true }, Pass::Any, sync.now()).await?;
            return sync.mirror.set_meta(TOP, Some(&until.to_string())).await;
        }
    }
    if outdated > MANY {
        return fill_again(sync).await;
    }
    let Some((ticket, _)) = sync.mirror.read(|reader| reader.outdated_conversations(1)).await?.first().copied() else {
        return Ok(());
    };
    match one(sync, ticket, Class::Background).await {
        Err(failure) if is_about_one_ticket(&failure) => Ok(()),
        result => result,
    }
}

/// After a long absence they are filled as if for the first time: what is as new as its row is not asked for again.
async fn fill_again<S: Server>(sync: &Sync<S>) -> Result<(), Failure> {
    for key in [TOP, DOWN_TO, FILLED] {
        sync.mirror.set_meta(key, None).await?;
    }
    Ok(())
}

/// The conversations being filled.
struct Filling<'a, S> {
    sync: &'a Sync<S>,
    gate: &'a Gate,
    meter: Meter,
    missing: u64,
    /// Tickets whose actions could not be read in this run.
    unreadable: BTreeSet<TicketId>,
}

impl<S: Server> Filling<'_, S> {
    /// Compares a conversation that is known to be whole with the list of the day of its newest action.
    async fn lists_are_complete(&mut self) -> Result<bool, Failure> {
        if let Some(known) = self.sync.meta(LISTS).await? {
            return Ok(known == "complete");
        }
        // A conversation that spans hours proves more than one that has only just begun; two are tried.
        for _ in 0..2 {
            if let Some(known) = self.sync.mirror.read(Reader::known_conversation).await? {
                let complete = self.probe(&known).await?;
                self.sync.mirror.set_meta(LISTS, Some(if complete { "complete" } else { "incomplete" })).await?;
                tracing::info!(complete, "lists of all actions of a day were compared with a known conversation");
                return Ok(complete);
            }
            if !self.next_ticket().await? {
                break;
            }
        }
        Ok(false)
    }

    async fn probe(&self, known: &KnownConversation) -> Result<bool, Failure> {
        let Some((_, newest)) = known.actions.last().copied() else { return Ok(false) };
        let mut around = AROUND;
        loop {
            let (Ok(from), Ok(to)) = (newest.checked_sub(around), newest.checked_add(around)) else { return Ok(false) };
            self.gate.passage().await;
            let page = match self.sync.server.actions_between(from, to, MOST_ACTIONS, Class::Bulk).await {
                Err(failure) if is_about_one_table(&failure) => return Ok(false),
                page => fitting(page)?,
            };
            // A list that is cut may lack them for that reason alone.
            if !page.as_ref().is_some_and(is_whole) && around > SHORTEST {
                around /= 4;
                continue;
            }
            let Some(page) = page else { return Ok(false) };
            let came: BTreeSet<_> =
                page.records.iter().filter(|action| action.ticket_id == known.ticket).map(|action| action.id).collect();
            return Ok(known.actions.iter().filter(|(_, at)| (from..=to).contains(at)).all(|(id, _)| came.contains(id)));
        }
    }

    /// Walks back day by day, as long as that takes fewer requests than asking for each ticket.
    async fn by_days(&mut self) -> Result<(), Failure> {
        let sync = self.sync;
        let Some(cursor) = sync.meta_time(OPEN_CURSOR).await? else { return Ok(()) };
        let noted = sync.meta_time(TOP).await?;
        let top = noted.unwrap_or(cursor);
        if noted.is_none() {
            sync.mirror.set_meta(TOP, Some(&top.to_string())).await?;
        }
        let mut length = DAY;
        loop {
            let lacking = sync.mirror.read(Reader::lacking_since).await?;
            self.came(lacking.len() as u64).await;
            let down_to = sync.meta_time(DOWN_TO).await?.unwrap_or(top);
            if !is_worth_it(down_to, length, &lacking) {
                return Ok(());
            }
            let Ok(from) = down_to.checked_sub(length) else { return Ok(()) };
            self.gate.passage().await;
            let page = fitting(sync.server.actions_between(from, down_to, MOST_ACTIONS, Class::Bulk).await)?;
            let Some(page) = page.filter(is_whole) else {
                length /= 2;
                if length < SHORTEST {
                    return sync.mirror.set_meta(LISTS, Some("incomplete")).await;
                }
                continue;
            };
            if page.records.len() * 4 < MOST_ACTIONS as usize {
                length = (length * 2).min(DAY);
            }
            join(sync, page.records).await?;
            sync.mirror.set_meta(DOWN_TO, Some(&from.to_string())).await?;
            sync.mirror.write(Batch::Talked { since: from, until: top, unbroken: false }, Pass::Any, sync.now()).await?;
        }
    }

    async fn by_ticket(&mut self) -> Result<(), Failure> {
        while self.next_ticket().await? {}
        Ok(())
    }

    /// Asks for one conversation; false where none is missing.
    async fn next_ticket(&mut self) -> Result<bool, Failure> {
        let count = u32::try_from(self.unreadable.len()).unwrap_or(u32::MAX).saturating_add(1);
        let outdated = self.sync.mirror.read(move |reader| reader.outdated_conversations(count)).await?;
        let Some((ticket, _)) = outdated.into_iter().find(|(ticket, _)| !self.unreadable.contains(ticket)) else {
            return Ok(false);
        };
        self.gate.passage().await;
        match one(self.sync, ticket, Class::Bulk).await {
            // A ticket that went meanwhile, or that this application may not read, or with an action that is too large.
            Err(failure) if is_about_one_ticket(&failure) => drop(self.unreadable.insert(ticket)),
            result => result?,
        }
        self.came(self.missing.saturating_sub(1)).await;
        Ok(true)
    }

    async fn came(&mut self, missing: u64) {
        let more = self.missing.saturating_sub(missing);
        self.missing = missing;
        self.sync.counted(&mut self.meter, more).await;
    }
}

/// Whether walking further back completes more conversations than it takes requests. `lacking`: from when on they lack actions, the
/// latest first.
fn is_worth_it(down_to: Timestamp, length: SignedDuration, lacking: &[Timestamp]) -> bool {
    let spans = |since: Timestamp| down_to.duration_since(since).as_secs().div_euclid(length.as_secs().max(1)) + 1;
    lacking.iter().filter(|since| **since < down_to).zip(1..).any(|(since, completed)| completed > spans(*since))
}

/// Whether a list has everything that there is between its ends.
fn is_whole<T>(page: &crate::halo::Page<T>) -> bool {
    let came = page.records.len() as u64 + u64::from(page.bad);
    came < u64::from(MOST_ACTIONS) && page.record_count.is_none_or(|count| count <= came)
}

/// A list of actions; `None` for one that is too large, as good as one that is cut.
fn fitting<T>(page: Result<T, Failure>) -> Result<Option<T>, Failure> {
    match page {
        Err(failure) if failure.kind == FailureKind::TooLarge => Ok(None),
        page => page.map(Some),
    }
}

fn is_about_one_ticket(failure: &Failure) -> bool {
    failure.kind == FailureKind::TooLarge || is_about_one_table(failure)
}

/// Stores the actions of open tickets.
async fn join<S: Server>(sync: &Sync<S>, mut actions: Vec<crate::domain::ActionRecord>) -> Result<(), Failure> {
    let open: BTreeSet<TicketId> = sync.mirror.read(Reader::open_ticket_ids).await?.into_iter().collect();
    actions.retain(|action| open.contains(&action.ticket_id));
    let tickets: BTreeSet<TicketId> = actions.iter().map(|action| action.ticket_id).collect();
    if sync.mirror.write(Batch::Actions(actions), Pass::Any, sync.now()).await?.written > 0 {
        // One of them may be on the screen.
        for ticket in tickets {
            sync.changed(Changed::Conversation(ticket)).await;
        }
    }
    Ok(())
}

/// Fetches one conversation.
async fn one<S: Server>(sync: &Sync<S>, ticket: TicketId, class: Class) -> Result<(), Failure> {
    let actions = sync.server.actions(ticket, MOST_ACTIONS, class).await?;
    if sync.mirror.write(whole(ticket, actions), Pass::Any, sync.now()).await?.written > 0 {
        sync.changed(Changed::Conversation(ticket)).await;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::halo::Page;

    #[test]
    fn days_are_walked_while_that_is_cheaper_than_ticket_by_ticket() {
        let down_to = Timestamp::from_second(100 * 86_400).unwrap();
        let days_ago = |days: &[i64]| -> Vec<Timestamp> {
            days.iter().map(|days| Timestamp::from_second((100 - days) * 86_400 + 3600).unwrap()).collect()
        };
        for (lacking, worth) in [
            (days_ago(&[]), false),
            (days_ago(&[1]), false),
            (days_ago(&[1, 1]), true),
            (days_ago(&[3, 3, 3]), false),
            (days_ago(&[3, 3, 3, 3]), true),
            // The oldest is dear, the others are worth it.
            (days_ago(&[1, 1, 1, 99]), true),
            (days_ago(&[50, 99]), false),
            // What lacks later actions than are reached is no gain of going on.
            (vec![down_to, down_to, down_to], false),
        ] {
            assert_eq!(is_worth_it(down_to, DAY, &lacking), worth, "{lacking:?}");
        }
    }

    #[test]
    fn a_list_is_whole_where_neither_the_count_nor_the_cap_says_otherwise() {
        let page =
            |records: usize, record_count, bad| Page { records: vec![(); records], record_count, bad, left_out: 0, bytes: 0 };
        assert!(is_whole(&page(10, Some(10), 0)) && is_whole(&page(10, None, 0)) && is_whole(&page(9, Some(10), 1)));
        assert!(!is_whole(&page(10, Some(11), 0)) && !is_whole(&page(1000, None, 0)));
    }
}
