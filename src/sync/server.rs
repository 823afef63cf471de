//! [`Server`]: what sync asks of HaloPSA. A trait so that flows can be tested in paused time without a socket.

use std::future::Future;

use crate::{
    domain::{
        ActionRecord, Agent, AssetRecord, ClientRecord, Failure, Priority, SiteRecord, Sla, Status, Team, TicketId, TicketRecord,
        TicketType, Timestamp, UserRecord, Workday,
    },
    halo::{Class, Halo, ListRequest, Page, TicketsRequest},
};

/// HaloPSA, as sync needs it; the methods are those of [`Halo`].
pub trait Server: Send + Sync {
    /// When a request of this class could leave, and so many more with it, where it could not at once.
    fn free_at(&self, class: Class, more: u32) -> Option<Timestamp> {
        let _ = (class, more);
        None
    }
    /// A page of tickets.
    fn tickets(&self, request: &TicketsRequest, class: Class)
    -> impl Future<Output = Result<Page<TicketRecord>, Failure>> + Send;
    /// The ids of all tickets that fit, unpaged.
    fn ticket_ids(&self, request: &TicketsRequest, class: Class) -> impl Future<Output = Result<Page<TicketId>, Failure>> + Send;
    /// One ticket with its text.
    fn ticket(&self, id: TicketId, class: Class) -> impl Future<Output = Result<TicketRecord, Failure>> + Send;
    /// A ticket's conversation, at most `count` actions.
    fn actions(
        &self,
        ticket: TicketId,
        count: u32,
        class: Class,
    ) -> impl Future<Output = Result<Page<ActionRecord>, Failure>> + Send;
    /// Actions of all tickets between two moments at most a day apart, at most `count`.
    fn actions_between(
        &self,
        from: Timestamp,
        to: Timestamp,
        count: u32,
        class: Class,
    ) -> impl Future<Output = Result<Page<ActionRecord>, Failure>> + Send;
    /// A page of clients.
    fn clients(&self, request: &ListRequest, class: Class) -> impl Future<Output = Result<Page<ClientRecord>, Failure>> + Send;
    /// A page of sites.
    fn sites(&self, request: &ListRequest, class: Class) -> impl Future<Output = Result<Page<SiteRecord>, Failure>> + Send;
    /// A page of users.
    fn users(&self, request: &ListRequest, class: Class) -> impl Future<Output = Result<Page<UserRecord>, Failure>> + Send;
    /// A page of assets.
    fn assets(&self, request: &ListRequest, class: Class) -> impl Future<Output = Result<Page<AssetRecord>, Failure>> + Send;
    /// The agent that the application acts as.
    fn agent_me(&self, class: Class) -> impl Future<Output = Result<Agent, Failure>> + Send;
    /// Ticket statuses, with or without those that close.
    fn statuses(&self, exclude_closed: bool, class: Class) -> impl Future<Output = Result<Page<Status>, Failure>> + Send;
    /// Priorities of all SLAs.
    fn priorities(&self, class: Class) -> impl Future<Output = Result<Page<Priority>, Failure>> + Send;
    /// Teams.
    fn teams(&self, class: Class) -> impl Future<Output = Result<Page<Team>, Failure>> + Send;
    /// Ticket types.
    fn ticket_types(&self, class: Class) -> impl Future<Output = Result<Page<TicketType>, Failure>> + Send;
    /// SLAs.
    fn slas(&self, class: Class) -> impl Future<Output = Result<Page<Sla>, Failure>> + Send;
    /// Working hours.
    fn workdays(&self, class: Class) -> impl Future<Output = Result<Page<Workday>, Failure>> + Send;
    /// Agents.
    fn agents(&self, class: Class) -> impl Future<Output = Result<Page<Agent>, Failure>> + Send;
}

impl Server for Halo {
    fn free_at(&self, class: Class, more: u32) -> Option<Timestamp> {
        Self::free_at(self, class, more)
    }

    async fn tickets(&self, request: &TicketsRequest, class: Class) -> Result<Page<TicketRecord>, Failure> {
        Self::tickets(self, request, class).await
    }

    async fn ticket_ids(&self, request: &TicketsRequest, class: Class) -> Result<Page<TicketId>, Failure> {
        Self::ticket_ids(self, request, class).await
    }

    async fn ticket(&self, id: TicketId, class: Class) -> Result<TicketRecord, Failure> {
        Self::ticket(self, id, class).await
    }

    async fn actions(&self, ticket: TicketId, count: u32, class: Class) -> Result<Page<ActionRecord>, Failure> {
        Self::actions(self, ticket, count, class).await
    }

    async fn clients(&self, request: &ListRequest, class: Class) -> Result<Page<ClientRecord>, Failure> {
        Self::clients(self, request, class).await
    }

    async fn actions_between(
        &self,
        from: Timestamp,
        to: Timestamp,
        count: u32,
        class: Class,
    ) -> Result<Page<ActionRecord>, Failure> {
        Self::actions_between(self, from, to, count, class).await
    }

    async fn sites(&self, request: &ListRequest, class: Class) -> Result<Page<SiteRecord>, Failure> {
        Self::sites(self, request, class).await
    }

    async fn users(&self, request: &ListRequest, class: Class) -> Result<Page<UserRecord>, Failure> {
        Self::users(self, request, class).await
    }

    async fn assets(&self, request: &ListRequest, class: Class) -> Result<Page<AssetRecord>, Failure> {
        Self::assets(self, request, class).await
    }

    async fn agent_me(&self, class: Class) -> Result<Agent, Failure> {
        Self::agent_me(self, class).await
    }

    async fn statuses(&self, exclude_closed: bool, class: Class) -> Result<Page<Status>, Failure> {
        Self::statuses(self, exclude_closed, class).await
    }

    async fn priorities(&self, class: Class) -> Result<Page<Priority>, Failure> {
        Self::priorities(self, class).await
    }

    async fn teams(&self, class: Class) -> Result<Page<Team>, Failure> {
        Self::teams(self, class).await
    }

    async fn ticket_types(&self, class: Class) -> Result<Page<TicketType>, Failure> {
        Self::ticket_types(self, class).await
    }

    async fn slas(&self, class: Class) -> Result<Page<Sla>, Failure> {
        Self::slas(self, class).await
    }

    async fn workdays(&self, class: Class) -> Result<Page<Workday>, Failure> {
        Self::workdays(self, class).await
    }

    async fn agents(&self, class: Class) -> Result<Page<Agent>, Failure> {
        Self::agents(self, class).await
    }
}
