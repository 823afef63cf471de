//! Halo's identifiers: one type each, so that a client is never asked for by a ticket's number.

macro_rules! id {
    ($(#[doc = $doc:literal] $name:ident),+ $(,)?) => {$(
        #[doc = $doc]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(&self.0, f)
            }
        }
    )+};
}

id! {
    /// A ticket's number as people see it.
    TicketId,
    /// A client (Halo's schema: Area).
    ClientId,
    /// A site of a client.
    SiteId,
    /// A user: a person at the client's side.
    UserId,
    /// An agent: a person of the service desk. 1 is Halo's "Unassigned".
    AgentId,
    /// A team of agents.
    TeamId,
    /// A ticket status.
    StatusId,
    /// A priority; its name depends on the SLA too.
    PriorityId,
    /// A ticket type (in filters: requesttype).
    TicketTypeId,
    /// A service-level agreement.
    SlaId,
    /// Working hours of a desk.
    WorkdayId,
    /// An action: unique only within its ticket.
    ActionId,
    /// A file.
    AttachmentId,
}

impl AgentId {
    /// Halo's stand-in agent of tickets that nobody has taken.
    pub const UNASSIGNED: Self = Self(1);

    /// Whether this is a person: neither "Unassigned" nor one of the "no id" values 0 and -1.
    #[must_use]
    pub fn is_assigned(self) -> bool {
        self.0 > 1
    }
}
