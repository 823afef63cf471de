//! Actions: the conversation and the history of a ticket.

use jiff::Timestamp;

use super::{ActionId, AgentId, StatusId, TicketId};
use crate::text::{MailText, SafeText, Untrusted};

/// An action as the server sent it; its key is (ticket, id).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ActionRecord {
    /// The ticket it belongs to.
    pub ticket_id: TicketId,
    /// The number within the ticket.
    pub id: ActionId,
    /// The configurable name: "Private Note", "Email User" …
    pub outcome: Untrusted,
    /// The author's display name.
    pub who: Untrusted,
    /// The acting agent; 0 for a user.
    pub agent_id: AgentId,
    /// When it happened.
    pub at: Option<Timestamp>,
    /// Plain text.
    pub note: Untrusted,
    /// HTML, where asked for.
    pub note_html: Option<Untrusted>,
    /// Not shown to the client: a private note.
    pub private: bool,
    /// Marked important.
    pub important: bool,
    /// Written by the system (status changes, assignments).
    pub system: bool,
    /// Hours worked.
    pub hours: f64,
    /// The status that this action set, where it did.
    pub new_status: Option<StatusId>,
    /// Mail: `I` in, `O` out.
    pub email_direction: Option<char>,
    /// How many files came with it.
    pub attachments: u32,
    /// Set where the record could not be read: the reason.
    pub unreadable: Option<String>,
}

/// Whose words an action carries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Author {
    /// A person at the client's side.
    #[default]
    Customer,
    /// The service desk.
    Agent,
    /// Halo itself.
    System,
}

/// An action as the conversation shows it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ActionRow {
    /// The number within the ticket.
    pub id: ActionId,
    /// Whose words.
    pub author: Author,
    /// The author's name.
    pub who: SafeText,
    /// What kind of action.
    pub outcome: SafeText,
    /// When.
    pub at: Option<Timestamp>,
    /// The words.
    pub text: MailText,
    /// Not shown to the client.
    pub private: bool,
    /// Marked important.
    pub important: bool,
    /// Minutes worked, rounded.
    pub minutes: u32,
    /// Name of the status it set.
    pub new_status: Option<SafeText>,
    /// Whether the SLA clock stands in the status it set, where it set one that is known.
    pub holds_sla: Option<bool>,
    /// How many files came with it.
    pub attachments: u32,
}
