//! Compares which tickets are open here and there: a list that moves while it is paged loses rows, and deletions are told nowhere.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::{
    Server, Sync,
    delta::{CLOSED_CURSOR, TOGETHER},
    gate::Gate,
    span::{Span, day_after, day_of},
};
use crate::{
    domain::{Batch, Changed, Failure, TicketId},
    halo::{Class, Openness, TicketColumn, TicketsRequest},
    mirror::{BACK_TO, LACKING, OPEN_LACKING, OPEN_THERE, Pass, Reader},
};

/// Meta key: the open tickets were compared since the last fill.
pub(super) const TICKETS_COMPARED: &str = "tickets.compared";
/// Meta key: the server does not list numbers alone: those of open tickets are taken from pages of rows.
const NUMBERS_CUT: &str = "reconcile.numbers_cut";
/// Meta key: when all tickets were last looked for at the server.
const ALL_COMPARED: &str = "deletions.compared";
/// Meta key: tickets that were opened since then are compared, those before are still to be.
const COMPARED_TO: &str = "deletions.compared_to";
/// How often deletions are looked for.
const EVERY: SignedDuration = SignedDuration::from_hours(24);
/// How many ids one request names beside its witnesses, which must come back.
const CHUNK: usize = 97;
/// How many closed tickets are witnesses: some may be gone themselves.
const WITNESSES: usize = 3;
/// How many ids are compared at once.
const COMPARED_AT_ONCE: u32 = 5000;

/// Fetches what is open there and not here, and what is open here and not there; what the server no longer has, goes. Answers whether
/// closures were missed that changes should have told.
pub(super) async fn open_tickets<S: Server>(sync: &Sync<S>, class: Class) -> Result<bool, Failure> {
    let (there, lacking) = open_there(sync, class).await?;
    let here: BTreeSet<TicketId> = sync.mirror.read(Reader::open_ticket_ids).await?.into_iter().collect();
    let mut missing: Vec<TicketId> = there.difference(&here).copied().collect();
    let closed = known_of(sync, &missing).await?;
    if closed.len() > CHUNK {
        tracing::warn!("the server ignores open_only: what is known to be closed is not asked for");
        missing.retain(|id| !closed.contains(id));
    }
    let left: Vec<TicketId> = here.difference(&there).copied().collect();
    let witness = there.first().copied();
    let cursor = sync.meta_time(CLOSED_CURSOR).await?;
    let mut written = 0;
    let mut missed = false;
    for (ids, pass) in [(missing, Pass::OpenOnly), (left, Pass::Any)] {
        for chunk in ids.chunks(CHUNK) {
            let fetched = fetch(sync, chunk, pass, witness, class).await?;
            written += fetched.written;
            missed |= pass == Pass::Any && fetched.oldest_update.zip(cursor).is_some_and(|(at, cursor)| at < cursor);
        }
    }
    if written > 0 {
        sync.changed(Changed::Tickets).await;
    }
    // A list of open tickets may hold others, where the server does not understand what is asked for.
    let open: BTreeSet<TicketId> = sync.mirror.read(Reader::open_ticket_ids).await?.into_iter().collect();
    let rest: Vec<TicketId> = there.difference(&open).copied().collect();
    let closed = known_of(sync, &rest).await?.len();
    // From here on what changes tells how many there are; these alone are still to come.
    let lacking = (rest.len() - closed) as u64 + lacking;
    sync.mirror.set_meta(OPEN_LACKING, Some(&lacking.to_string())).await?;
    sync.mirror.set_meta(OPEN_THERE, None).await?;
    sync.mirror.set_meta(TICKETS_COMPARED, Some(&sync.now().to_string())).await?;
    sync.tell_coverage().await;
    Ok(missed && sync.meta(TOGETHER).await?.is_some())
}

/// Once a day: looks for every ticket that is here, by the day it was opened, and removes those that the server no longer has.
pub(super) async fn deletions<S: Server>(sync: &Sync<S>, gate: &Gate) -> Result<(), Failure> {
    let compared = sync.meta_time(ALL_COMPARED).await?;
    match compared {
        // There is nothing to look for in what was filled just now.
        None => return sync.mirror.set_meta(ALL_COMPARED, Some(&sync.now().to_string())).await,
        Some(at) if sync.now().duration_since(at).abs() < EVERY => return Ok(()),
        Some(_) => {}
    }
    let mut written = 0;
    // Known once all days are compared in one go.
    let mut lacking = sync.meta(COMPARED_TO).await?.is_none().then_some(0);
    loop {
        let before = sync.meta_time(COMPARED_TO).await?.unwrap_or(Timestamp::MAX);
        let Some((newest, oldest)) = sync.mirror.read(move |reader| reader.opened_before(before, COMPARED_AT_ONCE)).await? else {
            break;
        };
        let span = Span { from: day_of(oldest), to: day_after(newest).min(before) };
        gate.passage().await;
        let covered = sync.meta_time(BACK_TO).await?.is_some_and(|back_to| back_to <= span.from);
        let Some(compared) = compare(sync, gate, span, covered).await? else {
            tracing::warn!("the server's lists of numbers can't be relied on: deletions are not looked for");
            lacking = None;
            break;
        };
        written += compared.written;
        lacking = lacking.map(|lacking| lacking + compared.lacking);
        sync.mirror.set_meta(COMPARED_TO, Some(&span.from.to_string())).await?;
    }
    if written > 0 {
        sync.changed(Changed::Tickets).await;
    }
    if lacking == Some(0) {
        sync.mirror.set_meta(LACKING, None).await?;
    }
    sync.mirror.set_meta(COMPARED_TO, None).await?;
    sync.mirror.set_meta(ALL_COMPARED, Some(&sync.now().to_string())).await
}

/// What came of comparing the tickets of some days.
pub(super) struct Compared {
    written: usize,
    /// How many the server has.
    pub(super) there: u64,
    /// How many of these it did not give.
    pub(super) lacking: u64,
}

/// Compares the tickets of some days, which are `covered`: those that are not here then are fetched; `None` where the server's list
/// proves nothing.
pub(super) async fn compare<S: Server>(
    sync: &Sync<S>,
    gate: &Gate,
    span: Span,
    covered: bool,
) -> Result<Option<Compared>, Failure> {
    let dates = Some((TicketColumn::Opened, span.from, span.to));
    let request = TicketsRequest { dates, ..TicketsRequest::default() };
    let there = match ids(sync, &request, Class::Bulk).await {
        Ok(Some(there)) => there,
        Ok(None) => return Ok(None),
        Err(failure) if super::lookups::is_about_one_table(&failure) => return Ok(None),
        Err(failure) => return Err(failure),
    };
    // An instant later than the span's own end belongs to the next one.
    let here: BTreeSet<TicketId> =
        sync.mirror.read(move |reader| reader.opened_between(span.from, span.to)).await?.into_iter().collect();
    let missing: Vec<TicketId> = there.difference(&here).copied().collect();
    let known = missing.clone();
    let known = sync.mirror.read(move |reader| reader.opened_of(&known)).await?;
    if known.iter().any(|(_, at)| span.excludes(*at)) {
        return Ok(None);
    }
    let gone: Vec<TicketId> = here.difference(&there).copied().collect();
    let witness = there.first().copied();
    let mut written = 0;
    for chunk in gone.chunks(CHUNK) {
        gate.passage().await;
        let fetched = fetch(sync, chunk, Pass::Any, witness, Class::Bulk).await?;
        written += fetched.written;
        // A list that lacks what is there is no list of what is there.
        if fetched.found * 2 > chunk.len() {
            return Ok(None);
        }
    }
    let known: BTreeSet<TicketId> = known.into_iter().map(|(id, _)| id).collect();
    let missing: Vec<TicketId> = missing.into_iter().filter(|id| covered && !known.contains(id)).collect();
    let mut lacking = missing.len() as u64;
    for chunk in missing.chunks(CHUNK) {
        gate.passage().await;
        let fetched = fetch(sync, chunk, Pass::Any, witness, Class::Bulk).await?;
        written += fetched.written;
        lacking = lacking.saturating_sub(fetched.found as u64);
    }
    Ok(Some(Compared { written, there: there.len() as u64, lacking }))
}

/// Asks for all tickets that are not here by their numbers; answers how many did not come, `None` where the server does not list all
/// numbers.
pub(super) async fn all_by_number<S: Server>(sync: &Sync<S>, gate: &Gate, openness: Openness) -> Result<Option<u64>, Failure> {
    gate.passage().await;
    let request = TicketsRequest { openness, ..TicketsRequest::default() };
    let Some(there) = ids(sync, &request, Class::Bulk).await? else { return Ok(None) };
    let witness = there.first().copied();
    let there: Vec<TicketId> = there.into_iter().collect();
    let missing = sync.mirror.read(move |reader| reader.lacking(&there)).await?;
    let mut lacking = missing.len() as u64;
    for chunk in missing.chunks(CHUNK) {
        gate.passage().await;
        lacking = lacking.saturating_sub(fetch(sync, chunk, Pass::Any, witness, Class::Bulk).await?.found as u64);
    }
    Ok(Some(lacking))
}

/// Of these tickets those that are stored.
async fn known_of<S: Server>(sync: &Sync<S>, ids: &[TicketId]) -> Result<BTreeSet<TicketId>, Failure> {
    let ids = ids.to_vec();
    let known = sync.mirror.read(move |reader| reader.opened_of(&ids)).await?;
    Ok(known.into_iter().map(|(id, _)| id).collect())
}

/// The numbers of the tickets that are open there: by a list of numbers, or, where the server does not give it whole, from pages of
/// rows, which are stored as they come. And how many more the server counts.
async fn open_there<S: Server>(sync: &Sync<S>, class: Class) -> Result<(BTreeSet<TicketId>, u64), Failure> {
    let request = TicketsRequest { openness: Openness::Open, ..TicketsRequest::default() };
    if sync.meta(NUMBERS_CUT).await?.is_none() {
        if let Some(there) = ids(sync, &request, class).await? {
            return Ok((there, 0));
        }
        tracing::warn!("the server does not list numbers alone: open tickets are compared by pages of rows");
        sync.mirror.set_meta(NUMBERS_CUT, Some("1")).await?;
    }
    let (mut there, mut lacking, mut left_out) = (BTreeSet::new(), 0, 0);
    for page_no in 1.. {
        let request = TicketsRequest { page_no, order: Some((TicketColumn::Id, false)), ..request.clone() };
        let page = sync.server.tickets(&request, class).await?;
        let fresh = page.records.iter().filter(|record| there.insert(record.id)).count();
        left_out += u64::from(page.left_out);
        lacking = page.record_count.map_or(0, |of| of.saturating_sub(there.len() as u64 + left_out));
        let over = page.is_stale(fresh) || (page.record_count.is_some() && lacking == 0);
        if sync.mirror.write(Batch::Tickets(page.records), Pass::OpenOnly, sync.now()).await?.written > 0 {
            sync.changed(Changed::Tickets).await;
        }
        if over {
            break;
        }
    }
    Ok((there, lacking))
}

/// The numbers of all tickets that fit; `None` where some are lacking.
async fn ids<S: Server>(sync: &Sync<S>, request: &TicketsRequest, class: Class) -> Result<Option<BTreeSet<TicketId>>, Failure> {
    let page = sync.server.ticket_ids(request, class).await?;
    let came = page.records.len() as u64 + u64::from(page.bad);
    let whole = page.record_count.is_none_or(|count| count <= came);
    Ok(whole.then(|| page.records.into_iter().collect()))
}

/// What came of asking for tickets by their numbers.
struct Fetched {
    written: usize,
    found: usize,
    oldest_update: Option<Timestamp>,
    /// Nothing came that was not asked for, and nothing was left out.
    understood: bool,
}

impl Default for Fetched {
    fn default() -> Self {
        Self { written: 0, found: 0, oldest_update: None, understood: true }
    }
}

/// Fetches tickets by number. Those that are not there go, where the server is seen to understand: it answers with none that was not
/// asked for, and with the witness, which is there. A server may hide closed tickets from whoever does not ask for them alone: what is
/// missing is asked for among these as well, with closed ones that were there before.
async fn fetch<S: Server>(
    sync: &Sync<S>,
    wanted: &[TicketId],
    pass: Pass,
    witness: Option<TicketId>,
    class: Class,
) -> Result<Fetched, Failure> {
    let mut fetched = Fetched::default();
    let mut asked: BTreeSet<TicketId> = wanted.iter().copied().chain(witness).collect();
    let mut found = by_numbers(sync, &asked, wanted, (Openness::Any, pass), class, &mut fetched).await?;
    let mut proven = witness.is_some_and(|witness| found.contains(&witness));
    let missing =
        |found: &BTreeSet<TicketId>| -> Vec<TicketId> { wanted.iter().filter(|id| !found.contains(id)).copied().collect() };
    if pass == Pass::Any && proven && !missing(&found).is_empty() {
        let wanted = missing(&found);
        let newest = sync.mirror.read(|reader| reader.newest_closed(WITNESSES + CHUNK)).await?;
        let closed: Vec<TicketId> = newest.into_iter().filter(|id| !asked.contains(id)).take(WITNESSES).collect();
        asked = wanted.iter().chain(&closed).copied().collect();
        let among = by_numbers(sync, &asked, &wanted, (Openness::Closed, Pass::ClosedOnly), class, &mut fetched).await?;
        proven = closed.is_empty() || closed.iter().any(|id| among.contains(id));
        found.extend(among);
        let gone = missing(&found);
        if proven && fetched.understood && !gone.is_empty() {
            fetched.written += sync.mirror.write(Batch::Gone(gone), Pass::Any, sync.now()).await?.written;
        }
    }
    Ok(fetched)
}

/// Asks for tickets by number and stores those that are wanted; answers which came.
async fn by_numbers<S: Server>(
    sync: &Sync<S>,
    asked: &BTreeSet<TicketId>,
    wanted: &[TicketId],
    (openness, pass): (Openness, Pass),
    class: Class,
    fetched: &mut Fetched,
) -> Result<BTreeSet<TicketId>, Failure> {
    let request = TicketsRequest { ids: asked.iter().copied().collect(), openness, ..TicketsRequest::default() };
    let page = sync.server.tickets(&request, class).await?;
    let found: BTreeSet<TicketId> = page.records.iter().map(|record| record.id).collect();
    // What is there and too large to be read is not gone.
    fetched.understood &= page.left_out == 0 && found.is_subset(asked);
    let records: Vec<_> = page.records.into_iter().filter(|record| wanted.contains(&record.id)).collect();
    fetched.found += records.len();
    let oldest = records.iter().filter_map(|record| record.last_update).min();
    fetched.oldest_update = fetched.oldest_update.into_iter().chain(oldest).min();
    fetched.written += sync.mirror.write(Batch::Tickets(records), pass, sync.now()).await?.written;
    Ok(found)
}
