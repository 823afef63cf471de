//! The small tables that tickets refer to by number, and [`Batch`]: records of one kind on their way into the mirror.

use jiff::Timestamp;

use super::{
    ActionRecord, AgentId, Allowance, AssetRecord, ClientRecord, PriorityId, Register, Rgb, SiteRecord, SlaId, StatusId, TeamId,
    TicketId, TicketRecord, TicketTypeId, UserRecord, Workday, WorkdayId,
};
use crate::text::Untrusted;

/// A ticket status.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Status {
    /// Its id.
    pub id: StatusId,
    /// Its name.
    pub name: Untrusted,
    /// Halo's colour.
    pub colour: Option<Rgb>,
    /// Order in menus.
    pub sequence: i64,
    /// The SLA clock stands in this status (`slaaction` H).
    pub holds_sla: bool,
    /// In `/Status` but not in `/Status?excludeclosed=true`; `None` where both lists are alike, which tells nothing.
    pub closed: Option<bool>,
}

/// A priority under one SLA: the same number bears other names under other SLAs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Priority {
    /// The SLA it belongs to.
    pub sla_id: SlaId,
    /// Its number, 1 the highest.
    pub id: PriorityId,
    /// Its name.
    pub name: Untrusted,
    /// Halo's colour.
    pub colour: Option<Rgb>,
    /// Not offered for choice.
    pub hidden: bool,
    /// How long the first response may take.
    pub respond: Option<Allowance>,
    /// How long the fix may take.
    pub fix: Option<Allowance>,
}

/// A team of agents.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Team {
    /// Its id.
    pub id: TeamId,
    /// Its name.
    pub name: Untrusted,
    /// No longer in use.
    pub inactive: bool,
}

/// A ticket type.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TicketType {
    /// Its id.
    pub id: TicketTypeId,
    /// Its name.
    pub name: Untrusted,
}

/// A service-level agreement.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sla {
    /// Its id.
    pub id: SlaId,
    /// Its name.
    pub name: Untrusted,
    /// The hours that count.
    pub workday_id: WorkdayId,
    /// The time to the first response is not tracked (`trackslaresponsetime` is false): it has no target, whatever a ticket tells.
    pub no_response: bool,
    /// The same of the fix (`trackslafixbytime`).
    pub no_fix: bool,
}

/// A person (or API application) of the service desk.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Agent {
    /// The id; 1 is "Unassigned".
    pub id: AgentId,
    /// The display name.
    pub name: Untrusted,
    /// Mail address.
    pub email: Untrusted,
    /// Initials.
    pub initials: Untrusted,
    /// Halo's colour.
    pub colour: Option<Rgb>,
    /// May no longer sign in.
    pub disabled: bool,
    /// An API application's agent, not a person.
    pub api: bool,
    /// Name of the default team.
    pub team: Untrusted,
}

/// Records of one kind, to be written in one transaction.
#[derive(Clone, Debug, PartialEq)]
pub enum Batch {
    /// Ticket rows; only newer ones replace what is there, fields that rows don't carry are kept.
    Tickets(Vec<TicketRecord>),
    /// Tickets that the server no longer has: they go, with their conversations.
    Gone(Vec<TicketId>),
    /// Clients.
    Clients(Vec<ClientRecord>),
    /// Sites.
    Sites(Vec<SiteRecord>),
    /// Users.
    Users(Vec<UserRecord>),
    /// Assets.
    Assets(Vec<AssetRecord>),
    /// All ids of a register: what else is there goes.
    Only(Register, Vec<i64>),
    /// Actions of any tickets: they join what is there.
    Actions(Vec<ActionRecord>),
    /// All actions between two moments are there: conversations of open tickets that lie between them are complete.
    Talked {
        /// From.
        since: Timestamp,
        /// To.
        until: Timestamp,
        /// Conversations that were as new as their rows are whole up to `since`; else up to the action that they were read for.
        unbroken: bool,
    },
    /// The whole conversation of one ticket: replaces what is there.
    Conversation {
        /// The ticket.
        ticket: TicketId,
        /// Its actions, any order.
        actions: Vec<ActionRecord>,
        /// So many older ones there are at the server: they are too many to be read.
        left_out: u64,
    },
    /// All statuses: replaces the table. So do the next ones.
    Statuses(Vec<Status>),
    /// All priorities.
    Priorities(Vec<Priority>),
    /// All teams.
    Teams(Vec<Team>),
    /// All ticket types.
    TicketTypes(Vec<TicketType>),
    /// All SLAs.
    Slas(Vec<Sla>),
    /// All working hours.
    Workdays(Vec<Workday>),
    /// All agents.
    Agents(Vec<Agent>),
}
