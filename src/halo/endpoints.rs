//! The resource server's endpoints as methods of [`Halo`] that answer with records.

use tokio::sync::mpsc;

use super::{
    Class, Halo, ListRequest, Page, TicketsRequest,
    requests::{Query, UNPAGED, actions_query},
    status::Asked,
    wire::{self, WireRecord},
};
use crate::domain::{
    ActionRecord, Agent, AssetRecord, AttachmentId, ClientDetails, ClientId, ClientRecord, ContractRecord, Failure, FailureKind,
    HaloColumns, HaloList, Priority, SiteRecord, Sla, Status, Team, TicketId, TicketRecord, TicketType, Timestamp, UserRecord,
    Workday,
};

/// Permissions of API applications, as Halo names them.
const TICKETS: &str = "read:tickets";
const CUSTOMERS: &str = "read:customers";
const CONTRACTS: &str = "read:contracts";
const ASSETS: &str = "read:assets";

#[expect(clippy::missing_errors_doc, reason = "the type's own documentation tells the errors that all of them share")]
impl Halo {
    /// One page of tickets: rows without HTML bodies.
    pub async fn tickets(&self, request: &TicketsRequest, class: Class) -> Result<Page<TicketRecord>, Failure> {
        self.list("Tickets", &asked("tickets", TICKETS), request.page_query(), class).await
    }

    /// The ids of all tickets that match, without pages.
    pub async fn ticket_ids(&self, request: &TicketsRequest, class: Class) -> Result<Page<TicketId>, Failure> {
        let asked = asked("tickets", TICKETS);
        let (text, bytes) = self.get("Tickets", &asked, request.ids_query(), class).await?;
        let page = wire::ids(&text, TicketRecord::LISTS, bytes).map_err(|why| self.bad_reply(&asked, &why))?;
        let Page { records, record_count, bad, left_out, bytes } = page;
        Ok(Page { records: records.into_iter().map(TicketId).collect(), record_count, bad, left_out, bytes })
    }

    /// One ticket with its details. Only a preview is asked for: HaloPSA marks what a detail screen opens as read.
    pub async fn ticket(&self, id: TicketId, class: Class) -> Result<TicketRecord, Failure> {
        let asked = Asked { what: format!("ticket {id}"), right: TICKETS };
        let query = ["includedetails", "ispreview", "includechildids"].map(|flag| (flag, "true".to_owned())).to_vec();
        let ticket: TicketRecord = self.one(&format!("Tickets/{id}"), &asked, query, class).await?;
        if ticket.id == id { Ok(ticket) } else { Err(self.bad_reply(&asked, "it is about another one")) }
    }

    /// The newest `count` actions of a ticket, with their HTML, in no promised order; fewer where these are too large.
    pub async fn actions(&self, ticket: TicketId, mut count: u32, class: Class) -> Result<Page<ActionRecord>, Failure> {
        let asked = Asked { what: format!("actions of ticket {ticket}"), right: TICKETS };
        let mut page: Page<ActionRecord> = loop {
            let query =
                vec![("ticket_id", ticket.to_string()), ("count", count.to_string()), ("includehtmlnote", "true".to_owned())];
            match self.list("Actions", &asked, query, class).await {
                Err(failure) if failure.kind == FailureKind::TooLarge && count > 1 => count = (count / 5).max(1),
                page => break page?,
            }
        };
        for action in &mut page.records {
            action.ticket_id = ticket;
        }
        Ok(page)
    }

    /// A file of a ticket, handed over piece by piece. Where it does not end well, what was handed over is no whole file.
    pub async fn attachment(&self, id: AttachmentId, pieces: &mpsc::Sender<Vec<u8>>, class: Class) -> Result<(), Failure> {
        let asked = Asked { what: format!("file {id}"), right: TICKETS };
        self.file(&format!("Attachment/{id}"), &asked, pieces, class).await
    }

    /// Actions of all tickets between two moments at most a day apart, at most `count`, with their HTML. Whether they are all
    /// of them must be checked against what comes.
    pub async fn actions_between(
        &self,
        from: Timestamp,
        to: Timestamp,
        count: u32,
        class: Class,
    ) -> Result<Page<ActionRecord>, Failure> {
        self.list("Actions", &asked("actions", TICKETS), actions_query(from, to, count), class).await
    }

    /// One page of clients.
    pub async fn clients(&self, request: &ListRequest, class: Class) -> Result<Page<ClientRecord>, Failure> {
        self.list("Client", &asked("clients", CUSTOMERS), request.query(), class).await
    }

    /// One client with what lists don't tell of it.
    pub async fn client(&self, id: ClientId, class: Class) -> Result<ClientDetails, Failure> {
        let asked = Asked { what: format!("client {id}"), right: CUSTOMERS };
        let query = vec![("includedetails", "true".to_owned())];
        let details: ClientDetails = self.one(&format!("Client/{id}"), &asked, query, class).await?;
        if details.record.id == id { Ok(details) } else { Err(self.bad_reply(&asked, "it is about another one")) }
    }

    /// One page of contracts.
    pub async fn contracts(&self, request: &ListRequest, class: Class) -> Result<Page<ContractRecord>, Failure> {
        self.list("ClientContract", &asked("contracts", CONTRACTS), request.query(), class).await
    }

    /// One page of sites.
    pub async fn sites(&self, request: &ListRequest, class: Class) -> Result<Page<SiteRecord>, Failure> {
        self.list("Site", &asked("sites", CUSTOMERS), request.query(), class).await
    }

    /// One page of users.
    pub async fn users(&self, request: &ListRequest, class: Class) -> Result<Page<UserRecord>, Failure> {
        self.list("Users", &asked("users", CUSTOMERS), request.query(), class).await
    }

    /// One page of assets.
    pub async fn assets(&self, request: &ListRequest, class: Class) -> Result<Page<AssetRecord>, Failure> {
        self.list("Asset", &asked("assets", ASSETS), request.query(), class).await
    }

    /// All agents: disabled ones too, since old tickets bear them.
    pub async fn agents(&self, class: Class) -> Result<Page<Agent>, Failure> {
        let query = unpaged(&["includeenabled", "includedisabled", "includeunassigned"]);
        self.list("Agent", &asked("agents", TICKETS), query, class).await
    }

    /// The agent that this application acts as.
    pub async fn agent_me(&self, class: Class) -> Result<Agent, Failure> {
        let asked = Asked { what: "the application's own agent".to_owned(), right: TICKETS };
        self.one("Agent/me", &asked, Query::new(), class).await
    }

    /// All ticket statuses, or only those that leave a ticket open: the difference is how closed ones are known.
    pub async fn statuses(&self, exclude_closed: bool, class: Class) -> Result<Page<Status>, Failure> {
        let query = if exclude_closed { unpaged(&["excludeclosed"]) } else { unpaged(&[]) };
        self.list("Status", &asked("statuses", TICKETS), query, class).await
    }

    /// All priorities, one for each pair of SLA and number.
    pub async fn priorities(&self, class: Class) -> Result<Page<Priority>, Failure> {
        self.list("Priority", &asked("priorities", TICKETS), unpaged(&[]), class).await
    }

    /// All teams.
    pub async fn teams(&self, class: Class) -> Result<Page<Team>, Failure> {
        self.list("Team", &asked("teams", TICKETS), unpaged(&["showall"]), class).await
    }

    /// All ticket types.
    pub async fn ticket_types(&self, class: Class) -> Result<Page<TicketType>, Failure> {
        self.list("TicketType", &asked("ticket types", TICKETS), unpaged(&["showall"]), class).await
    }

    /// All SLAs.
    pub async fn slas(&self, class: Class) -> Result<Page<Sla>, Failure> {
        self.list("SLA", &asked("SLAs", TICKETS), unpaged(&[]), class).await
    }

    /// The lists of tickets that are kept in Halo.
    pub async fn view_lists(&self, class: Class) -> Result<Page<HaloList>, Failure> {
        let query = vec![("type", "reqs".to_owned()), ("domain", "reqs".to_owned())];
        self.list("ViewLists", &asked("lists", TICKETS), query, class).await
    }

    /// A column profile: the columns that lists of tickets are shown with.
    pub async fn view_columns(&self, id: i64, class: Class) -> Result<HaloColumns, Failure> {
        let query = vec![("includedetails", "true".to_owned())];
        self.one(&format!("ViewColumns/{id}"), &asked("columns of lists", TICKETS), query, class).await
    }

    /// All working hours with their holidays.
    pub async fn workdays(&self, class: Class) -> Result<Page<Workday>, Failure> {
        self.list("Workday", &asked("working hours", TICKETS), unpaged(&["showholidays"]), class).await
    }
}

fn asked(what: &str, right: &'static str) -> Asked {
    Asked { what: what.to_owned(), right }
}

/// The query of a list without pages, with these flags set.
fn unpaged(flags: &[&'static str]) -> Query {
    let mut query = vec![("count", UNPAGED.to_owned())];
    query.extend(flags.iter().map(|flag| (*flag, "true".to_owned())));
    query
}
