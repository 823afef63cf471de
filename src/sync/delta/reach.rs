//! Whether the server looks at the time from which changes are asked for, and what it takes it for.
//!
//! A server that takes the time for one of its own zone gives too much where that lies east, which only costs pages, and too little
//! where it lies west: changes would come hours late.

use jiff::SignedDuration;

use super::{BLIND, OVERLAP};
use crate::{
    domain::{Failure, TicketId, Timestamp},
    halo::{Class, Openness, TicketsRequest},
    sync::{Server, Sync},
};

/// Meta key: the server was seen to ignore `lastupdatefromdate`.
const IGNORED: &str = "delta.ignored";
/// Meta key: it was seen to look at it, though rows come from before that time.
const REACHES_BACK: &str = "delta.reaches_back";
/// Meta key: by so many seconds the server takes the time for a later one.
const LATE: &str = "delta.late";
/// Nothing can have changed since then: a server that finds something does not look at the parameter.
pub(in crate::sync) const IN_THE_FUTURE: i64 = 4_070_908_800;
/// No zone lies further west.
const MOST_HOURS: i64 = 13;

/// Whether the server ignores the time, rows from before it having come; `ordered` says whether these were in order.
pub(super) async fn is_ignored<S: Server>(
    sync: &Sync<S>,
    openness: Openness,
    ordered: bool,
    class: Class,
) -> Result<bool, Failure> {
    if sync.meta(REACHES_BACK).await?.is_some() {
        return Ok(false);
    }
    if sync.meta(IGNORED).await?.is_none() {
        let changed_since = Timestamp::from_second(IN_THE_FUTURE).ok();
        let request = TicketsRequest { page_size: 1, openness, changed_since, ..TicketsRequest::default() };
        if sync.server.tickets(&request, class).await?.is_empty() {
            tracing::warn!("the server takes the time of lastupdatefromdate for an earlier one");
            sync.mirror.set_meta(REACHES_BACK, Some("1")).await?;
            return Ok(false);
        }
        tracing::warn!("the server ignores lastupdatefromdate: changes are found by the order of last actions");
        sync.mirror.set_meta(IGNORED, Some("1")).await?;
    }
    if !ordered && sync.meta(BLIND).await?.is_none() {
        tracing::warn!("the server does not order by last action either: all open tickets are read again now and then");
        sync.mirror.set_meta(BLIND, Some("1")).await?;
    }
    Ok(true)
}

/// By how much the server takes times for later ones.
pub(super) async fn late<S: Server>(sync: &Sync<S>) -> Result<SignedDuration, Failure> {
    let seconds = sync.meta(LATE).await?.and_then(|seconds| seconds.parse().ok());
    Ok(SignedDuration::from_secs(seconds.unwrap_or_default()))
}

/// The ticket whose change is the cursor did not come though it was asked for: either it changed again or is gone, or the server takes
/// the time for a later one. Answers whether it was found out just now by how much.
pub(super) async fn examine<S: Server>(
    sync: &Sync<S>,
    openness: Openness,
    cursor: Timestamp,
    since: Timestamp,
    class: Class,
) -> Result<bool, Failure> {
    let closed = match openness {
        Openness::Open => Some(false),
        Openness::Closed => Some(true),
        Openness::Any => None,
    };
    let Some(ticket) = sync.mirror.read(move |reader| reader.updated_at(cursor, closed)).await? else { return Ok(false) };
    let from = |hours: i64| {
        let reach = OVERLAP + SignedDuration::from_hours(hours);
        cursor.checked_sub(reach).unwrap_or(Timestamp::UNIX_EPOCH)
    };
    if comes(sync, ticket, since, class).await? || !comes(sync, ticket, from(MOST_HOURS), class).await? {
        return Ok(false);
    }
    let (mut short, mut long) = (0, MOST_HOURS);
    while long - short > 1 {
        let hours = i64::midpoint(short, long);
        if comes(sync, ticket, from(hours), class).await? { long = hours } else { short = hours }
    }
    tracing::warn!(hours = long, "the server takes the time of lastupdatefromdate for a later one");
    sync.mirror.set_meta(LATE, Some(&(long * 3600).to_string())).await?;
    Ok(true)
}

/// Whether a ticket is among those that changed since a moment.
async fn comes<S: Server>(sync: &Sync<S>, ticket: TicketId, since: Timestamp, class: Class) -> Result<bool, Failure> {
    let request = TicketsRequest { ids: vec![ticket], changed_since: Some(since), ..TicketsRequest::default() };
    let page = sync.server.tickets(&request, class).await?;
    Ok(page.records.iter().any(|record| record.id == ticket))
}
