//! What a stand-in is started with.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;

/// How one stand-in behaves and how large its desk is.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The TCP port on 127.0.0.1; 0 lets the system choose.
    pub port: u16,
    /// Tickets on the desk at the start (at most 4,000,000).
    pub tickets: u64,
    /// Clients, the unknown one included (1 to 60,000).
    pub clients: u32,
    /// The same seed with the same [`Settings::at`] gives the same answers, byte for byte.
    pub seed: u64,
    /// Waited before each answer.
    pub latency: Duration,
    /// The world stands: nothing arrives, nothing ages, unless [`Control::advance`](super::Control::advance) says so.
    pub still: bool,
    /// What the desk's clock shows at the start; the time of start, cut to the minute, where not given.
    pub at: Option<Timestamp>,
    /// How long an access token lives (`expires_in`).
    pub token_ttl: Duration,
    /// Requests allowed per rolling 5 minutes; more get HaloPSA's 429.
    pub rate: Option<u32>,
    /// What goes wrong on every resource call.
    pub fault: Option<Fault>,
    /// The only tenant name that the token endpoint takes; a request without one passes, as on HaloPSA's own hosts.
    pub tenant: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            port: 0,
            tickets: 5_000,
            clients: 120,
            seed: 1,
            latency: Duration::ZERO,
            still: false,
            at: None,
            token_ttl: Duration::from_hours(1),
            rate: None,
            fault: None,
            tenant: "demo".to_owned(),
        }
    }
}

/// Something that goes wrong on every resource call; signing in still works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 200 with a web page where JSON is due.
    Html,
    /// JSON cut in the middle, correctly framed.
    Truncate,
    /// The head at once, then one byte a second.
    Slow,
    /// 500 with a serialised exception.
    ServerError,
    /// The connection closes without an answer.
    Drop,
    /// 401 whatever the token.
    Unauthorised,
    /// One record of every list is broken: wrong types, half a surrogate pair, an id beyond 64 bits.
    BadRecord,
    /// `lastupdatefromdate` and `lastupdatetodate` are ignored: the list comes unfiltered.
    IgnoreDelta,
    /// `datesearch` with `startdate` and `enddate` is ignored.
    IgnoreDates,
    /// `closed_only` is ignored.
    IgnoreClosed,
}

impl Fault {
    /// Every fault with the name that the command line knows it by.
    pub const ALL: [(&'static str, Self); 10] = [
        ("html", Self::Html),
        ("truncate", Self::Truncate),
        ("slow", Self::Slow),
        ("500", Self::ServerError),
        ("drop", Self::Drop),
        ("401", Self::Unauthorised),
        ("bad-record", Self::BadRecord),
        ("ignore-delta", Self::IgnoreDelta),
        ("ignore-dates", Self::IgnoreDates),
        ("ignore-closed", Self::IgnoreClosed),
    ];
}

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(name: &str) -> Result<Self, UnknownFault> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, fault)| *fault).ok_or_else(|| UnknownFault(name.to_owned()))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::ALL.iter().find(|(_, fault)| fault == self).map_or("", |(name, _)| name);
        f.write_str(name)
    }
}

/// A fault name that the stand-in does not know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "no fault is called {0:?}; there are html, truncate, slow, 500, drop, 401, bad-record, ignore-delta, ignore-dates, ignore-closed"
)]
pub struct UnknownFault(pub String);
