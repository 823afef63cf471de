//! What is asked of the mirror and what it answers, beside the domain's rows.

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    domain::{AgentId, Anchor, ClientId, TicketId},
    query::Query,
};

/// A window of tickets that is asked for.
#[derive(Clone, Debug)]
pub struct TicketAsk {
    /// Which tickets, in which order.
    pub query: Query,
    /// Only this client's tickets.
    pub client: Option<ClientId>,
    /// Who `@me` is; where nobody is known, nothing is mine.
    pub me: Option<AgentId>,
    /// Now; only its minute counts, so that a list stands still in between.
    pub now: Timestamp,
    /// Whose days `opened:2026-09-01` means.
    pub zone: TimeZone,
    /// Tickets that the server says have the query's words, whether that is to be seen here or not; what else the query asks
    /// for they have to meet.
    pub also: Vec<TicketId>,
    /// Where the window stands.
    pub anchor: Anchor<TicketId>,
    /// How many rows it has at most.
    pub count: usize,
    /// Stop counting here: a [`crate::domain::Window::total`] that reaches it may be more in truth, which searches say by
    /// [`crate::domain::Window::more`]. `None` counts all.
    pub count_up_to: Option<u64>,
}

/// The tickets that a pass over the server's list asks for; it tells open from closed where nothing better does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pass {
    /// Any ticket, such as a delta.
    #[default]
    Any,
    /// `open_only`.
    OpenOnly,
    /// `closed_only`.
    ClosedOnly,
}

/// What a batch did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// Rows that were new or different, removed ones of a replaced table included.
    pub written: usize,
    /// Rows that were there already just so.
    pub unchanged: usize,
    /// Rows that were older than what is there: left out.
    pub stale: usize,
    /// The ids of the written rows; for a conversation, those of its actions; for priorities, their numbers.
    pub ids: Vec<i64>,
}
