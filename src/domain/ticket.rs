//! Tickets (Halo's schema: Faults).

use jiff::Timestamp;

use super::{
    AgentId, ClientId, PriorityId, Rgb, SiteId, SlaId, SlaTerms, StatusId, Target, TeamId, TicketExtras, TicketId, TicketTypeId,
    UserId,
};
use crate::text::{SafeText, Untrusted};

/// A ticket as the server sent it; sentinel dates (1899, 1900, 0001) are already `None`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TicketRecord {
    /// The number people use.
    pub id: TicketId,
    /// The subject.
    pub summary: Untrusted,
    /// The plain-text body.
    pub details: Untrusted,
    /// The HTML body; only the single-ticket read delivers it.
    pub details_html: Option<Untrusted>,
    /// The client.
    pub client_id: ClientId,
    /// The client's name as the row carries it.
    pub client_name: Untrusted,
    /// The site.
    pub site_id: SiteId,
    /// The site's name as the row carries it.
    pub site_name: Untrusted,
    /// The user who asked.
    pub user_id: UserId,
    /// The user's name as the row carries it.
    pub user_name: Untrusted,
    /// Who works on it; [`AgentId::UNASSIGNED`] for nobody.
    pub agent_id: AgentId,
    /// The team's id, where sent.
    pub team_id: TeamId,
    /// The team's name as the row carries it.
    pub team_name: Untrusted,
    /// The status.
    pub status_id: StatusId,
    /// The priority: look it up together with `sla_id`.
    pub priority_id: PriorityId,
    /// The SLA.
    pub sla_id: SlaId,
    /// The ticket type.
    pub ticket_type_id: TicketTypeId,
    /// The first category, a path such as `Email>Outlook`.
    pub category: Untrusted,
    /// When it was opened.
    pub opened: Option<Timestamp>,
    /// When it was closed.
    pub closed: Option<Timestamp>,
    /// The newest action.
    pub last_action: Option<Timestamp>,
    /// The newest change of any kind: the cursor of delta reads.
    pub last_update: Option<Timestamp>,
    /// SLA target of the first response.
    pub respond_by: Option<Timestamp>,
    /// When it was responded to.
    pub responded: Option<Timestamp>,
    /// SLA target of the fix.
    pub fix_by: Option<Timestamp>,
    /// The SLA clock stands.
    pub on_hold: bool,
    /// No SLA counts.
    pub excluded_from_sla: bool,
    /// The user or client is marked VIP.
    pub vip: bool,
    /// How many files hang on it.
    pub attachments: u32,
    /// What hangs on it; only the single-ticket read delivers it.
    pub extras: Option<TicketExtras>,
    /// Set where the record could not be read: the reason. Every other field but `id` may then be empty.
    pub unreadable: Option<String>,
}

/// A name with the colour that Halo shows it in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Label {
    /// The name, or the bare number where no lookup knows it.
    pub name: SafeText,
    /// Halo's own colour.
    pub colour: Option<Rgb>,
}

/// A ticket as a list shows it: safe text, names resolved.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TicketRow {
    /// The number people use; negative for a record that came without a readable one.
    pub id: TicketId,
    /// The subject.
    pub summary: SafeText,
    /// The client.
    pub client_id: ClientId,
    /// The client's name.
    pub client: SafeText,
    /// The site.
    pub site_id: SiteId,
    /// The site's name.
    pub site: SafeText,
    /// The user.
    pub user_id: UserId,
    /// The user's name.
    pub user: SafeText,
    /// The agent's id.
    pub agent_id: AgentId,
    /// The agent's name; `None` for nobody.
    pub agent: Option<SafeText>,
    /// The team's name.
    pub team: SafeText,
    /// The status with its colour.
    pub status: Label,
    /// The priority with its colour.
    pub priority: Label,
    /// The priority's number, 1 the highest.
    pub priority_id: PriorityId,
    /// The ticket type's name.
    pub ticket_type: SafeText,
    /// When it was opened.
    pub opened: Option<Timestamp>,
    /// When it was closed (where Halo says when).
    pub closed: Option<Timestamp>,
    /// Whether it counts as closed.
    pub is_closed: bool,
    /// The newest action.
    pub last_action: Option<Timestamp>,
    /// The newest change.
    pub last_update: Option<Timestamp>,
    /// SLA target of the first response.
    pub respond_by: Option<Timestamp>,
    /// When it was responded to.
    pub responded: Option<Timestamp>,
    /// SLA target of the fix.
    pub fix_by: Option<Timestamp>,
    /// The SLA clock stands.
    pub on_hold: bool,
    /// No SLA counts.
    pub excluded_from_sla: bool,
    /// What the SLA and the priority say of its targets.
    pub terms: SlaTerms,
    /// Marked VIP.
    pub vip: bool,
    /// How many files hang on it.
    pub attachments: u32,
    /// Why the record could not be read, where it couldn't.
    pub unreadable: Option<SafeText>,
    /// It changed since it was looked at here.
    pub changed: bool,
}

impl TicketRow {
    /// How new the row is: by its newest change, or what comes closest to it.
    #[must_use]
    pub fn updated(&self) -> Timestamp {
        self.last_update.or(self.last_action).or(self.opened).unwrap_or_default()
    }

    /// The SLA target that counts next: the response until there was one, then the fix; none for closed, excluded or
    /// unlimited tickets.
    pub fn next_target(&self) -> Option<(Target, Timestamp)> {
        if self.is_closed || self.excluded_from_sla {
            return None;
        }
        match (self.respond_by, self.responded) {
            (Some(at), None) => Some((Target::Respond, at)),
            _ => self.fix_by.map(|at| (Target::Fix, at)),
        }
    }
}
