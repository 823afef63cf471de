//! Answers that are not lists.

use jiff::Timestamp;

use super::{ActionRow, Agent, AgentId, Difference, Extras, Rgb, TicketId, TicketRow, grouped};
use crate::text::{Link, MailText, SafeText};

/// A ticket with what has been said, as far as the mirror holds it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Conversation {
    /// The ticket.
    pub ticket: TicketRow,
    /// The ticket's own text.
    pub body: MailText,
    /// The actions, newest first.
    pub actions: Vec<ActionRow>,
    /// So many older ones are too many to be read.
    pub left_out: u64,
    /// Where the links in all of these texts lead, by their numbers; the oldest text has the lowest.
    pub links: Vec<Link>,
    /// What hangs on the ticket.
    pub extras: Extras,
    /// When the conversation was fetched; `None` where it never was.
    pub fetched_at: Option<Timestamp>,
    /// Whether the ticket moved on since it was fetched (or it never was).
    pub stale: bool,
    /// What became of it since it was looked at here.
    pub difference: Difference,
}

impl Conversation {
    /// That its oldest actions are left out, where they are.
    #[must_use]
    pub fn left_out_words(&self) -> Option<String> {
        (self.left_out > 0).then(|| match self.left_out {
            1 => "the conversation is long: its oldest action is not shown".to_owned(),
            many => format!("the conversation is long: its oldest {} actions are not shown", grouped(many)),
        })
    }
}

/// What the server found for the words of a filter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The tickets that it says fit all the words, the newest first.
    pub ids: Vec<TicketId>,
    /// How many tickets it sent.
    pub count: usize,
    /// How many of them were not stored here before.
    pub new: usize,
    /// The server has more than were read.
    pub more: bool,
}

/// How much the mirror holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overview {
    /// Tickets that count as open.
    pub open: u64,
    /// Tickets that count as closed.
    pub closed: u64,
    /// All tickets.
    pub total: u64,
    /// All clients.
    pub clients: u64,
}

/// An agent as a list shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AgentRow {
    /// The id.
    pub id: AgentId,
    /// The name.
    pub name: SafeText,
    /// Initials.
    pub initials: SafeText,
    /// Mail address.
    pub email: SafeText,
    /// The default team's name.
    pub team: SafeText,
    /// Halo's colour.
    pub colour: Option<Rgb>,
    /// May no longer sign in.
    pub disabled: bool,
    /// An API application's agent.
    pub api: bool,
}

impl From<&Agent> for AgentRow {
    fn from(agent: &Agent) -> Self {
        Self {
            id: agent.id,
            name: agent.name.line(),
            initials: agent.initials.line(),
            email: agent.email.line(),
            team: agent.team.line(),
            colour: agent.colour,
            disabled: agent.disabled,
            api: agent.api,
        }
    }
}
