//! How requests are counted: what every place that counts them must answer.

use std::time::Duration;

use jiff::Timestamp;

/// Where the requests of a rolling window are counted, shared by the instances of one profile on one machine.
pub trait BudgetLedger: Send + Sync {
    /// Admits and counts one request that wants to leave now, if fewer than `most` left within `window` before it. `most` is
    /// told the limit that the server announced, where it did, and answers `None` for no limit.
    fn admit(&self, now: Timestamp, window: Duration, most: &dyn Fn(Option<u32>) -> Option<u32>) -> Admission;

    /// Notes that the server refused a request: none leaves before `until`. `announced` is the limit that the refusal named.
    fn refused(&self, now: Timestamp, until: Timestamp, announced: Option<u32>);

    /// How it stands.
    fn standing(&self, now: Timestamp, window: Duration) -> LedgerStanding;
}

/// What a ledger answers to a request that wants to leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It may leave and is counted.
    Admitted,
    /// As many as may leave have left.
    Full,
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
    /// The limit that the server announced when it refused one, within the last day.
    pub announced: Option<u32>,
    /// When the pause after a refusal is over, while it lasts.
    pub paused_until: Option<Timestamp>,
}
