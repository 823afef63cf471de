//! How requests are counted: what every place that counts them must answer.

use std::time::Duration;

use jiff::Timestamp;

/// How many requests may leave within a rolling window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// At least 1.
    pub requests: u32,
    /// The window's length.
    pub within: Duration,
}

/// Where the requests of rolling windows are counted, shared by the instances of one profile on one machine.
pub trait BudgetLedger: Send + Sync {
    /// Admits and counts one request that wants to leave now, if neither `own` nor what the server announced is used up before it.
    /// `open` answers how many of a quota's requests are open to it.
    fn admit(&self, now: Timestamp, own: Option<Quota>, open: &dyn Fn(u32) -> u32) -> Admission;

    /// When a request could leave that wanted to now, where it could not at once; counts none. The arguments are those of
    /// [`admit`](Self::admit).
    fn free_at(&self, now: Timestamp, own: Option<Quota>, open: &dyn Fn(u32) -> u32) -> Option<Timestamp>;

    /// Notes that the server refused a request: none leaves before `until`. `announced` is what the refusal named.
    fn refused(&self, now: Timestamp, until: Timestamp, announced: Option<Quota>);

    /// How it stands; `window` is the one that requests are counted in.
    fn standing(&self, now: Timestamp, window: Duration) -> LedgerStanding;
}

/// What a ledger answers to a request that wants to leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It may leave and is counted.
    Admitted,
    /// As many as may leave have left; the next may at this time, if no other takes its place.
    Full(Timestamp),
    /// The server refused an earlier one: none leaves before this time.
    Paused(Timestamp),
    /// Another instance counts at this moment: ask again in the next.
    Busy,
}

/// How a ledger stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LedgerStanding {
    /// Requests that left within the window, all instances together.
    pub used: u32,
    /// What the server announced when it refused a request, within the last day, and how many requests left within its window.
    pub announced: Option<(Quota, u32)>,
    /// When the pause after a refusal is over, while it lasts.
    pub paused_until: Option<Timestamp>,
}
