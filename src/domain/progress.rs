//! How fresh the rows are, how far a fill is, how the token stands: what the header tells.

use jiff::Timestamp;

use super::Failure;

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

/// How far the filling of a table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FillProgress {
    /// Records that came.
    pub done: u64,
    /// Records that the server announced (`record_count`).
    pub of: u64,
}

/// What the model knows of the token: never the token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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
