//! How fresh the rows are, how far a fill is, how the token stands: what the header tells.

use std::time::Duration;

use jiff::Timestamp;

use super::{Failure, coverage::grouped};
use crate::text::SafeText;

/// How the rows on the screen relate to the server.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Connection {
    /// Nothing is known yet.
    #[default]
    Starting,
    /// Nothing was answered yet in this run: the rows are those of an earlier one.
    Cached {
        /// The newest success of earlier runs.
        at: Timestamp,
    },
    /// The newest refresh succeeded.
    Live {
        /// When it did.
        at: Timestamp,
    },
    /// The newest refresh failed; the rows are those of the last success.
    Failing {
        /// The last success, if there ever was one.
        last_success: Option<Timestamp>,
        /// When the failing began.
        since: Timestamp,
        /// Why.
        failure: Failure,
        /// When it is tried again.
        retry_at: Option<Timestamp>,
    },
}

/// What is being filled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Filled {
    /// The open tickets.
    #[default]
    OpenTickets,
    /// Closed tickets, as far back as is asked for.
    ClosedTickets,
    /// The conversations of open tickets.
    Conversations,
    /// Clients.
    Clients,
    /// Sites.
    Sites,
    /// Users.
    Users,
    /// Assets.
    Assets,
}

impl Filled {
    /// The records' name, in the plural.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OpenTickets => "open tickets",
            Self::ClosedTickets => "closed tickets",
            Self::Conversations => "conversations",
            Self::Clients => "clients",
            Self::Sites => "sites",
            Self::Users => "users",
            Self::Assets => "assets",
        }
    }
}

/// How far the filling of a table is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FillProgress {
    /// Which records.
    pub what: Filled,
    /// Records that came.
    pub done: u64,
    /// Records that the server announced (`record_count`).
    pub of: u64,
    /// Records a minute of late; `None` before that can be told.
    pub per_minute: Option<u32>,
    /// Time to the end at that rate; `None` where that can't be told.
    pub left: Option<Duration>,
}

impl FillProgress {
    /// "3,200 of 12,800 closed tickets · 4,100 a minute · 3 min left".
    #[must_use]
    pub fn words(&self) -> SafeText {
        let count = format!("{} of {} {}", grouped(self.done), grouped(self.of.max(self.done)), self.what.name());
        let goes_on = self.done < self.of;
        let rate = self.per_minute.filter(|_| goes_on).map(|rate| format!("{} a minute", grouped(rate.into())));
        let left = self.left.filter(|_| goes_on).map(|left| match left.as_secs().div_ceil(60) {
            0..=1 => "under a minute left".to_owned(),
            minutes @ 2..120 => format!("{minutes} min left"),
            minutes => format!("{} h left", minutes.div_ceil(60)),
        });
        let words = [Some(count), rate, left].into_iter().flatten().collect::<Vec<_>>().join(" · ");
        SafeText::line(&words)
    }
}

/// What the model knows of the token: never the token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum TokenState {
    /// None yet.
    #[default]
    None,
    /// Being asked for.
    Requesting,
    /// Held.
    Valid {
        /// When it ends.
        until: Timestamp,
    },
    /// A renewal failed and is tried again.
    Retrying,
    /// The authorisation server refused: credentials are needed.
    Refused,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_said_with_what_is_known() {
        let begun = FillProgress { what: Filled::ClosedTickets, done: 3200, of: 12_800, per_minute: None, left: None };
        assert_eq!(begun.words().as_str(), "3,200 of 12,800 closed tickets");
        for (left, said) in [(10, "under a minute"), (61, "2 min"), (7200, "2 h")] {
            let going = FillProgress { per_minute: Some(4100), left: Some(Duration::from_secs(left)), ..begun };
            assert_eq!(going.words().as_str(), format!("3,200 of 12,800 closed tickets · 4,100 a minute · {said} left"));
        }
        assert_eq!(FillProgress { done: 5, of: 0, ..FillProgress::default() }.words().as_str(), "5 of 5 open tickets");
    }
}
