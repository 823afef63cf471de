//! What changed since: by `lastupdatefromdate`, from the greatest `last_update` that the server gave, never by our own clock.
//!
//! Where a list without restriction is seen to bring closures, one request tells everything; else open and closed tickets take
//! turns. Where the server does not look at the parameter, changes are found by the order of last actions.

mod reach;

use std::collections::BTreeSet;

use jiff::SignedDuration;

pub(super) use reach::IN_THE_FUTURE;

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
/// Meta key: it neither looks at the parameter nor keeps the order: only reading all open tickets again tells what changed.
pub(super) const BLIND: &str = "delta.blind";

/// How far a delta reaches back before the cursor: the server's rows may commit out of order.
const OVERLAP: SignedDuration = SignedDuration::from_mins(1);
/// A date further ahead of our clock is no date to go by.
const AHEAD: SignedDuration = SignedDuration::from_hours(24);
/// So far ahead a date may be where clocks differ; further ahead it is one that somebody made up, unless most are.
const AHEAD_OF_OTHERS: SignedDuration = SignedDuration::from_mins(5);
/// How often a list of several pages is read whose rows go meanwhile.
const ATTEMPTS: u32 = 3;
/// So many tickets with the very dates up to the cursor, as a change of many at once leaves them, are not asked for each minute.
const MANY: usize = 300;
/// Instead so many times only those that changed later.
const LATER_ONLY: u32 = 10;

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
    /// What is asked for with a cursor up to which many have the same dates, and how often they are still not to be asked for.
    settled: Option<(Asking, Timestamp, u32)>,
    /// The cursor at which it was last examined whether the server takes times for later ones.
    examined: Option<Timestamp>,
    /// Rows came since that was asked last.
    pub(super) wrote: bool,
}

/// What came of the lists of changes.
struct Changes {
    class: Class,
    since: Timestamp,
    cursor: Timestamp,
    newest: Timestamp,
    seen: BTreeSet<TicketId>,
    /// A row came that had changed by the time of the cursor.
    early: bool,
}

/// One page of them.
struct Came {
    /// None follows.
    last: bool,
    /// It had rows from before the time that was asked for.
    has_older: bool,
    /// It was in the order of last actions.
    ordered: bool,
    /// How many there are on all pages, where that is told.
    count: Option<u64>,
}

/// What a request for changes asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asking {
    Open,
    Closed,
    Together,
}

impl Asking {
    fn openness(self) -> Openness {
        match self {
            Self::Open => Openness::Open,
            Self::Closed => Openness::Closed,
            Self::Together => Openness::Any,
        }
    }

    fn pass(self) -> Pass {
        match self {
            Self::Open => Pass::OpenOnly,
            Self::Closed => Pass::ClosedOnly,
            Self::Together => Pass::Any,
        }
    }
}

impl Delta {
    /// One turn: one request, but for pages. With `whole`, whatever changed, open or closed. Answers false where no cursor is known.
    pub(super) async fn turn<S: Server>(&mut self, sync: &Sync<S>, whole: bool, class: Class) -> Result<bool, Failure> {
        let Some(cursors) = Cursors::read(sync).await? else { return Ok(false) };
        let (_, closing) = sync.mirror.read(Reader::statuses_by_openness).await?;
        // Without knowing which statuses close, only the list itself tells open from closed.
        if !closing.is_empty() && sync.meta(TOGETHER).await?.is_some() {
            self.pass(sync, Asking::Together, cursors.both(), &closing, class).await?;
            return Ok(true);
        }
        if let Some((ticket, at)) = self.probe.take().filter(|_| !self.apart) {
            let since = cursors.both().min(at);
            let brought = self.pass(sync, Asking::Together, since, &closing, class).await?;
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
            self.pass(sync, asking, since, &closing, class).await?;
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
        class: Class,
    ) -> Result<BTreeSet<TicketId>, Failure> {
        let changes = loop {
            let (from, later_only) = self.from(asking, cursor);
            let since = from.checked_sub(reach::late(sync).await?).unwrap_or(from);
            let mut changes = Changes { class, since, cursor, newest: cursor, seen: BTreeSet::new(), early: later_only };
            self.pages(sync, asking, &mut changes, closing).await?;
            let suspect = !changes.early && self.examined != Some(cursor);
            self.examined = self.examined.filter(|_| !suspect).or(suspect.then_some(cursor));
            if !suspect || !reach::examine(sync, asking.openness(), cursor, since, class).await? {
                break changes;
            }
        };
        if changes.newest == cursor && changes.seen.len() > MANY {
            self.settled.get_or_insert((asking, cursor, LATER_ONLY));
        }
        // Last: an end in between costs a request more, never a change.
        for (key, counts) in [(OPEN_CURSOR, asking != Asking::Closed), (CLOSED_CURSOR, asking != Asking::Open)] {
            if counts && changes.newest > cursor {
                sync.mirror.set_meta(key, Some(&changes.newest.to_string())).await?;
            }
        }
        Ok(changes.seen)
    }

    /// From when on changes are asked for, and whether that is later than the cursor.
    fn from(&mut self, asking: Asking, cursor: Timestamp) -> (Timestamp, bool) {
        if let Some((settled, at, times)) = &mut self.settled
            && *settled == asking
        {
            let later = cursor.checked_add(SignedDuration::from_secs(1)).ok().filter(|_| *at == cursor && *times > 0);
            if let Some(later) = later {
                *times -= 1;
                return (later, true);
            }
            self.settled = None;
        }
        (cursor.checked_sub(OVERLAP).unwrap_or(cursor), false)
    }

    /// One page where that is all, else all of them in an order that no change moves: by number. Where the server does not look at
    /// the time, they are read in the order of last actions, up to the first that is older.
    async fn pages<S: Server>(
        &mut self,
        sync: &Sync<S>,
        asking: Asking,
        changes: &mut Changes,
        closing: &BTreeSet<StatusId>,
    ) -> Result<(), Failure> {
        let by_action = |page_no| (page_no, Some((TicketColumn::LastAction, true)));
        let first = self.page(sync, asking, changes, closing, by_action(1)).await?;
        let mut ignored = first.has_older && reach::is_ignored(sync, asking.openness(), first.ordered, changes.class).await?;
        if first.last || ignored {
            return Ok(());
        }
        for _ in 0..ATTEMPTS {
            let mut before = std::mem::take(&mut changes.seen);
            let whole = self.by_number(sync, asking, changes, closing).await?;
            changes.seen.append(&mut before);
            match whole {
                Some(false) => {}
                Some(true) => return Ok(()),
                None => {
                    ignored = true;
                    break;
                }
            }
        }
        for page_no in if ignored { 2.. } else { return Ok(()) } {
            let came = self.page(sync, asking, changes, closing, by_action(page_no)).await?;
            if came.has_older || came.last {
                break;
            }
        }
        Ok(())
    }

    /// All pages by number; answers whether no row was lost on the way, `None` where the server does not look at the time.
    async fn by_number<S: Server>(
        &mut self,
        sync: &Sync<S>,
        asking: Asking,
        changes: &mut Changes,
        closing: &BTreeSet<StatusId>,
    ) -> Result<Option<bool>, Failure> {
        let (mut counted, mut shrank) = (None, false);
        for page_no in 1.. {
            let came = self.page(sync, asking, changes, closing, (page_no, Some((TicketColumn::Id, false)))).await?;
            if came.has_older && reach::is_ignored(sync, asking.openness(), true, changes.class).await? {
                return Ok(None);
            }
            shrank |= counted > came.count;
            counted = came.count;
            if came.last {
                break;
            }
        }
        Ok(Some(!shrank && counted.is_none_or(|of| changes.seen.len() as u64 >= of)))
    }

    async fn page<S: Server>(
        &mut self,
        sync: &Sync<S>,
        asking: Asking,
        changes: &mut Changes,
        closing: &BTreeSet<StatusId>,
        (page_no, order): (u32, Option<(TicketColumn, bool)>),
    ) -> Result<Came, Failure> {
        let Changes { class, since, cursor, .. } = *changes;
        let request = TicketsRequest {
            page_no,
            openness: asking.openness(),
            changed_since: Some(since),
            order,
            ..TicketsRequest::default()
        };
        let mut page = sync.server.tickets(&request, class).await?;
        let fresh = page.records.iter().filter(|record| changes.seen.insert(record.id)).count();
        let (before, stale) = (page.records.len(), page.is_stale(fresh));
        let ordered = newest_first(&page.records);
        // An unknown parameter is ignored silently: rows from before the asked time may prove it. They are not news.
        page.records.retain(|record| record.unreadable.is_some() || record.last_update.is_none_or(|at| at >= since));
        let has_older = page.records.len() < before;
        changes.early |= has_older || page.records.iter().any(|record| record.last_update.is_some_and(|at| at <= cursor));
        changes.newest = changes.newest.max(greatest(&page.records, sync.now()).unwrap_or(cursor));
        if asking == Asking::Closed && self.probe.is_none() {
            let seen_closed = page.records.iter().find(|record| closing.contains(&record.status_id));
            self.probe = seen_closed.and_then(|record| Some((record.id, record.last_update?)));
        }
        if sync.mirror.write(Batch::Tickets(page.records), asking.pass(), sync.now()).await?.written > 0 {
            sync.changed(Changed::Tickets).await;
            self.wrote = true;
        }
        let there = changes.seen.len() as u64 + u64::from(page.left_out);
        let last = stale || page.record_count.is_some_and(|of| there >= of);
        Ok(Came { last, has_older, ordered, count: page.record_count })
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

/// The greatest `last_update`. One that lies ahead of our clock by more than clocks differ is left out, and so are a few that lie ahead
/// of all others: they would hide what changes until then. Where our own clock is the one that is wrong, most do: then they count.
pub(super) fn greatest(records: &[TicketRecord], now: Timestamp) -> Option<Timestamp> {
    let dates = || records.iter().filter(|record| record.unreadable.is_none()).filter_map(|record| record.last_update);
    let ahead = |by: SignedDuration| move |at: &Timestamp| at.duration_since(now) > by;
    let (far, all) = (dates().filter(ahead(AHEAD_OF_OTHERS)).count(), dates().count());
    if far > 0 && (far * 2 <= all || far == 1) {
        return dates().filter(|at| !ahead(AHEAD_OF_OTHERS)(at)).max();
    }
    dates().filter(|at| !ahead(AHEAD)(at)).max().or_else(|| dates().max())
}

/// Whether rows are in the order of last actions, as far as they are known.
pub(super) fn newest_first(records: &[TicketRecord]) -> bool {
    let known: Vec<_> = records.iter().filter_map(|record| record.last_action).collect();
    known.is_sorted_by(|earlier, later| earlier >= later)
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
        let rows = [ticket("2026-11-20T09:00:00Z"), ticket("2026-11-21T06:00:00Z"), ticket("2026-11-20T09:30:00Z")];
        assert_eq!(greatest(&rows, at("2026-11-20T10:00:00Z")), Some(at("2026-11-20T09:30:00Z")), "one is ahead of the others");
        assert_eq!(greatest(&rows[1..2], at("2026-11-20T10:00:00Z")), None, "one alone");
        let rows = [ticket("2026-11-20T12:00:00Z"), ticket("2026-11-20T12:10:00Z"), ticket("2026-11-20T09:30:00Z")];
        assert_eq!(greatest(&rows, at("2026-11-20T10:00:00Z")), Some(at("2026-11-20T12:10:00Z")), "the server's clock is ahead");
        assert_eq!(greatest(&[], at("2026-11-20T10:00:00Z")), None);
    }
}
