//! Answers that are not lists.

use jiff::Timestamp;

use super::{ActionRow, AgentId, TicketRow};
use crate::text::SafeText;

/// A ticket with what has been said, as far as the mirror holds it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Conversation {
    /// The ticket.
    pub ticket: TicketRow,
    /// The ticket's own text, a block.
    pub body: SafeText,
    /// The actions, newest first.
    pub actions: Vec<ActionRow>,
    /// When the conversation was fetched; `None` where it never was.
    pub fetched_at: Option<Timestamp>,
    /// Whether the ticket moved on since it was fetched (or it never was).
    pub stale: bool,
}

/// How much the mirror holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overview {
    /// Tickets that count as open.
    pub open: u64,
    /// Tickets that count as closed.
    pub closed: u64,
    /// Clients.
    pub clients: u64,
}

/// An agent as a list shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AgentRow {
    /// The id.
    pub id: AgentId,
    /// The name.
    pub name: SafeText,
    /// The default team's name.
    pub team: SafeText,
    /// An API application's agent.
    pub api: bool,
}
