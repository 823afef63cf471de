//! Clients, sites, users and assets: read whole first, then by what changed where the server tells that, whole again now and then.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::{
    Server, Sync,
    delta::{IN_THE_FUTURE, OPEN_CURSOR},
    gate::Gate,
    meter::Meter,
    pace::page_of,
};
use crate::{
    domain::{Batch, Changed, Failure, News, Register},
    halo::{Class, ListRequest, Page},
    mirror::Pass,
};

/// How often a register is read whole where changes are told, and where they are not.
const WHOLE_EVERY: SignedDuration = SignedDuration::from_hours(24);
const WHOLE_EVERY_WITHOUT_CHANGES: SignedDuration = SignedDuration::from_hours(6);

/// The notes about one register, as meta keys.
struct Keys {
    /// When it was last read whole.
    read: &'static str,
    /// The server's time from which changes are asked for.
    since: &'static str,
    /// Whether the server looks at `lastupdatefromdate`: "honoured" or "ignored".
    delta: &'static str,
}

const fn keys(register: Register) -> Keys {
    match register {
        Register::Clients => Keys { read: "clients.read", since: "clients.since", delta: "clients.delta" },
        Register::Sites => Keys { read: "sites.read", since: "sites.since", delta: "sites.delta" },
        Register::Users => Keys { read: "users.read", since: "users.since", delta: "users.delta" },
        Register::Assets => Keys { read: "assets.read", since: "assets.since", delta: "assets.delta" },
    }
}

/// What it is called where it is told that it could not be read.
pub(super) const fn name(register: Register) -> &'static str {
    match register {
        Register::Clients => "clients",
        Register::Sites => "sites",
        Register::Users => "users",
        Register::Assets => "assets",
    }
}

const fn changed(register: Register) -> Changed {
    match register {
        Register::Clients => Changed::Clients,
        Register::Sites | Register::Users | Register::Assets => Changed::People,
    }
}

/// Whether it was never read whole, or long ago.
pub(super) async fn is_due<S: Server>(sync: &Sync<S>, register: Register) -> Result<bool, Failure> {
    let keys = keys(register);
    let Some(read) = sync.meta_time(keys.read).await? else { return Ok(true) };
    let ignored = sync.meta(keys.delta).await?.as_deref() == Some("ignored");
    let every = if ignored { WHOLE_EVERY_WITHOUT_CHANGES } else { WHOLE_EVERY };
    let age = sync.now().duration_since(read);
    // A clock that was set back must not keep it from being read for years.
    Ok(age >= every || age < -every)
}

/// Reads it whole; `gate` stands before each page, and `tells` says whether to tell how far it is.
pub(super) async fn read_whole<S: Server>(
    sync: &Sync<S>,
    register: Register,
    class: Class,
    gate: Option<&Gate>,
    tells: bool,
) -> Result<(), Failure> {
    let keys = keys(register);
    let since = sync.meta_time(OPEN_CURSOR).await?;
    let mut seen = BTreeSet::new();
    let mut meter: Option<Meter> = None;
    let (mut count_now, mut count_least): (Option<u64>, Option<u64>) = (None, None);
    for page_no in 1.. {
        if let Some(gate) = gate {
            gate.passage().await;
        }
        let request = ListRequest { page_no, inactive_too: true, ..ListRequest::default() };
        let Parted { batch, ids, count, left_out } = page_of(page_no, || page(sync, register, &request, class)).await?;
        let fresh = ids.iter().filter(|id| seen.insert(**id)).count() as u64;
        sync.tell_left_out(name(register), left_out).await;
        (count_now, count_least) = (count, if page_no == 1 { count } else { count_least.min(count) });
        let over = (fresh == 0 && left_out == 0) || count.is_some_and(|of| seen.len() as u64 >= of);
        write(sync, register, batch).await?;
        let meter = meter.get_or_insert_with(|| Meter::new(register.filled(), 0, count.unwrap_or_default(), Instant::now()));
        let waits = sync.server.free_at(class, 0).is_some();
        let progress = meter.add(fresh, Instant::now(), waits);
        // A list of one page is read before anybody could look at its progress.
        if tells && (!over || page_no > 1) {
            sync.progressed(progress).await;
        }
        if over {
            // In the background more may come, which ends by telling so.
            if page_no > 1 && gate.is_none() {
                sync.tell(News::Filling(None)).await;
            }
            break;
        }
    }
    // What is not in a list that is known to be whole is no longer there.
    let whole = count_now == count_least && count_now.is_some_and(|count| seen.len() as u64 == count && count > 0);
    if whole {
        write(sync, register, Batch::Only(register, seen.into_iter().collect())).await?;
    }
    sync.mirror.set_meta(keys.since, since.map(|since| since.to_string()).as_deref()).await?;
    sync.mirror.set_meta(keys.read, Some(&sync.now().to_string())).await
}

/// One turn: asks for what changed, where that is told; first finds out whether it is.
pub(super) async fn turn<S: Server>(sync: &Sync<S>, register: Register) -> Result<(), Failure> {
    let keys = keys(register);
    let (Some(since), Some(_)) = (sync.meta_time(keys.since).await?, sync.meta(keys.read).await?) else { return Ok(()) };
    match sync.meta(keys.delta).await?.as_deref() {
        Some("honoured") => {}
        Some(_) => return Ok(()),
        None => {
            let future = Timestamp::from_second(IN_THE_FUTURE).ok();
            let request = ListRequest { page_size: 1, inactive_too: true, changed_since: future, ..ListRequest::default() };
            let Parted { ids, count, .. } = page(sync, register, &request, Class::Background).await?;
            let honoured = ids.is_empty() && count.is_none_or(|count| count == 0);
            return sync.mirror.set_meta(keys.delta, Some(if honoured { "honoured" } else { "ignored" })).await;
        }
    }
    let next = sync.meta_time(OPEN_CURSOR).await?;
    let since = since.checked_sub(SignedDuration::from_mins(1)).unwrap_or(since);
    let mut seen = BTreeSet::new();
    for page_no in 1.. {
        let request = ListRequest { page_no, inactive_too: true, changed_since: Some(since), ..ListRequest::default() };
        let Parted { batch, ids, count, left_out } = page(sync, register, &request, Class::Background).await?;
        let fresh = ids.into_iter().filter(|id| seen.insert(*id)).count();
        write(sync, register, batch).await?;
        if (fresh == 0 && left_out == 0) || count.is_some_and(|of| seen.len() as u64 >= of) {
            break;
        }
    }
    match next {
        Some(next) => sync.mirror.set_meta(keys.since, Some(&next.to_string())).await,
        None => Ok(()),
    }
}

async fn write<S: Server>(sync: &Sync<S>, register: Register, batch: Batch) -> Result<(), Failure> {
    if sync.mirror.write(batch, Pass::Any, sync.now()).await?.written > 0 {
        sync.changed(changed(register)).await;
    }
    Ok(())
}

/// One page of a register.
struct Parted {
    batch: Batch,
    ids: Vec<i64>,
    /// How many there are in all.
    count: Option<u64>,
    left_out: u32,
}

async fn page<S: Server>(sync: &Sync<S>, register: Register, request: &ListRequest, class: Class) -> Result<Parted, Failure> {
    fn parted<T>(page: Page<T>, id: impl Fn(&T) -> i64, batch: impl Fn(Vec<T>) -> Batch) -> Parted {
        let ids = page.records.iter().map(id).collect();
        Parted { batch: batch(page.records), ids, count: page.record_count, left_out: page.left_out }
    }
    let server = &sync.server;
    Ok(match register {
        Register::Clients => parted(server.clients(request, class).await?, |client| client.id.0, Batch::Clients),
        Register::Sites => parted(server.sites(request, class).await?, |site| site.id.0, Batch::Sites),
        Register::Users => parted(server.users(request, class).await?, |user| user.id.0, Batch::Users),
        Register::Assets => parted(server.assets(request, class).await?, |asset| asset.id, Batch::Assets),
    })
}
