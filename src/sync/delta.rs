//! What changed since: by `lastupdatefromdate`, from the greatest `last_update` that the server gave, never by our own clock.
//!
//! Where a list without restriction is seen to bring closures, one request tells everything; else open and closed tickets take
//! turns. Where the server does not look at the parameter, changes are found by the order of last actions.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use super::{Server, Sync};
use crate::{
    domain::{Batch, Changed, Failure, StatusId, TicketId, TicketRecord, Timestamp},
    halo::{Class, Openness, TicketColumn, TicketsRequest},
    mirror::{Pass, Reader},
};

/// Meta key: the greatest `last_update` of open tickets that a delta, or the first page of the fill, brought.
pub(super) const OPEN_CURSOR: &str = "delta.open";
/// Meta key: the same of closed ones.
pub(super) const CLOSED_CURSOR: &str = "delta.closed";
/// Meta key: lists without restriction were seen to bring closures.
pub(super) const TOGETHER: &str = "delta.together";
/// Meta key: the server was seen to ignore `lastupdatefromdate`.
const IGNORED: &str = "delta.ignored";
/// Meta key: it neither looks at the parameter nor keeps the order: only reading all open tickets again tells what changed.
pub(super) const BLIND: &str = "delta.blind";

/// How far a delta reaches back before the cursor: the server's rows may commit out of order.
const OVERLAP: SignedDuration = SignedDuration::from_mins(1);
/// A date further ahead of our clock is no date to go by.
const AHEAD: SignedDuration = SignedDuration::from_hours(24);

/// Asks for what changed, turn by turn.
#[derive(Debug, Default)]
pub(super) struct Delta {
    /// The open ones had the last turn.
    closed_next: bool,
    /// A ticket seen closed by the last turn of closed ones: whether it comes in a list without restriction, too, tells whether such
    /// lists bring closures.
    probe: Option<(TicketId, Timestamp)>,
    /// They were seen not to, in this run.
    apart: bool,
}

/// What a request for changes asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asking {
    Open,
    Closed,
    Together,
}

impl Delta {
    /// One turn: one request, but for pages. With `whole`, whatever changed, open or closed. Answers false where no cursor is known.
    pub(super) async fn turn<S: Server>(&mut self, sync: &Sync<S>, whole: bool) -> Result<bool, Failure> {
        let Some(cursors) = Cursors::read(sync).await? else { return Ok(false) };
        let (_, closing) = sync.mirror.read(Reader::statuses_by_openness).await?;
        // Without knowing which statuses close, only the list itself tells open from closed.
        if !closing.is_empty() && sync.meta(TOGETHER).await?.is_some() {
            self.pass(sync, Asking::Together, cursors.both(), &closing).await?;
            return Ok(true);
        }
        if let Some((ticket, at)) = self.probe.take().filter(|_| !self.apart) {
            let since = cursors.both().min(at);
            let brought = self.pass(sync, Asking::Together, since, &closing).await?;
            if brought.contains(&ticket) {
                tracing::info!("lists without restriction bring closures: one request tells all changes");
                sync.mirror.set_meta(TOGETHER, Some("1")).await?;
                return Ok(true);
            }
            self.apart = true;
        }
        let turns = match (whole, self.closed_next) {
            (true, _) => [Some(Asking::Open), Some(Asking::Closed)],
            (false, false) => [Some(Asking::Open), None],
            (false, true) => [Some(Asking::Closed), None],
        };
        for asking in turns.into_iter().flatten() {
            let since = if asking == Asking::Open { cursors.open } else { cursors.closed };
            self.pass(sync, asking, since, &closing).await?;
            self.closed_next = asking == Asking::Open;
        }
        Ok(true)
    }

    /// Closures were missed: whatever was believed of the list without restriction is void.
    pub(super) async fn mistrust<S: Server>(&mut self, sync: &Sync<S>) -> Result<(), Failure> {
        (self.apart, self.probe) = (true, None);
        sync.mirror.set_meta(TOGETHER, None).await
    }

    /// All pages of what changed since; answers which tickets came.
    async fn pass<S: Server>(
        &mut self,
        sync: &Sync<S>,
        asking: Asking,
        cursor: Timestamp,
        closing: &BTreeSet<StatusId>,
    ) -> Result<BTreeSet<TicketId>, Failure> {
        let (openness, pass) = match asking {
            Asking::Open => (Openness::Open, Pass::OpenOnly),
            Asking::Closed => (Openness::Closed, Pass::ClosedOnly),
            Asking::Together => (Openness::Any, Pass::Any),
        };
        let since = cursor.checked_sub(OVERLAP).unwrap_or(cursor);
        let (mut seen, mut newest) = (BTreeSet::new(), cursor);
        for page_no in 1.. {
            let request = TicketsRequest {
                page_no,
                openness,
                changed_since: Some(since),
                order: Some((TicketColumn::LastAction, true)),
                ..TicketsRequest::default()
            };
            let mut page = sync.server.tickets(&request, Class::Background).await?;
            let fresh = page.records.iter().filter(|record| seen.insert(record.id)).count();
            let (before, stale) = (page.records.len(), page.is_stale(fresh));
            let ordered = newest_first(&page.records);
            // An unknown parameter is ignored silently: rows from before the asked time prove it. Older rows are then not news,
            // and, in order, the pages behind them hold nothing newer.
            page.records.retain(|record| record.unreadable.is_some() || record.last_update.is_none_or(|at| at >= since));
            let ignored = page.records.len() < before;
            if ignored {
                note_ignored(sync, ordered).await?;
            }
            newest = newest.max(greatest(&page.records, sync.now()).unwrap_or(cursor));
            if asking == Asking::Closed && self.probe.is_none() {
                let seen_closed = page.records.iter().find(|record| closing.contains(&record.status_id));
                self.probe = seen_closed.and_then(|record| Some((record.id, record.last_update?)));
            }
            if sync.mirror.write(Batch::Tickets(page.records), pass, sync.now()).await?.written > 0 {
                sync.changed(Changed::Tickets).await;
            }
            if ignored || stale || page.record_count.is_some_and(|of| seen.len() as u64 >= of) {
                break;
            }
        }
        // Last: an end in between costs a request more, never a change.
        for (key, counts) in [(OPEN_CURSOR, asking != Asking::Closed), (CLOSED_CURSOR, asking != Asking::Open)] {
            if counts && newest > cursor {
                sync.mirror.set_meta(key, Some(&newest.to_string())).await?;
            }
        }
        Ok(seen)
    }
}

/// From where changes are asked for.
#[derive(Clone, Copy, Debug)]
struct Cursors {
    open: Timestamp,
    closed: Timestamp,
}

impl Cursors {
    /// A mirror that was filled before cursors were noted has its newest row to go by.
    async fn read<S: Server>(sync: &Sync<S>) -> Result<Option<Self>, Failure> {
        let (open, closed) = (sync.meta_time(OPEN_CURSOR).await?, sync.meta_time(CLOSED_CURSOR).await?);
        let newest = if open.is_none() { sync.mirror.read(Reader::greatest_last_update).await? } else { None };
        Ok(open.or(newest).map(|open| Self { open, closed: closed.unwrap_or(open) }))
    }

    fn both(self) -> Timestamp {
        self.open.min(self.closed)
    }
}

/// The greatest `last_update`, one that lies ahead of our clock by more than clocks differ left out. Where our own clock is the one
/// that is wrong, all of them do: then the greatest counts.
pub(super) fn greatest(records: &[TicketRecord], now: Timestamp) -> Option<Timestamp> {
    let dates = || records.iter().filter(|record| record.unreadable.is_none()).filter_map(|record| record.last_update);
    dates().filter(|at| at.duration_since(now) <= AHEAD).max().or_else(|| dates().max())
}

/// Whether rows are in the order of last actions, as far as they are known.
pub(super) fn newest_first(records: &[TicketRecord]) -> bool {
    let known: Vec<_> = records.iter().filter_map(|record| record.last_action).collect();
    known.is_sorted_by(|earlier, later| earlier >= later)
}

async fn note_ignored<S: Server>(sync: &Sync<S>, ordered: bool) -> Result<(), Failure> {
    if sync.meta(IGNORED).await?.is_none() {
        tracing::warn!("the server ignores lastupdatefromdate: changes are found by the order of last actions");
        sync.mirror.set_meta(IGNORED, Some("1")).await?;
    }
    if !ordered && sync.meta(BLIND).await?.is_none() {
        tracing::warn!("the server does not order by last action either: all open tickets are read again now and then");
        sync.mirror.set_meta(BLIND, Some("1")).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_far_ahead_is_no_cursor() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let ticket = |text: &str| TicketRecord { last_update: Some(at(text)), ..TicketRecord::default() };
        let rows = [ticket("2026-11-20T09:00:00Z"), ticket("2031-01-01T00:00:00Z"), ticket("2026-11-20T10:30:00Z")];
        assert_eq!(greatest(&rows, at("2026-11-20T10:00:00Z")), Some(at("2026-11-20T10:30:00Z")));
        assert_eq!(greatest(&rows, at("2001-01-01T00:00:00Z")), Some(at("2031-01-01T00:00:00Z")), "our clock is wrong");
        assert_eq!(greatest(&[], at("2026-11-20T10:00:00Z")), None);
    }
}
