//! What lists can be asked for, as typed requests; their parameters' spellings are Halo's own.

use jiff::Timestamp;

use crate::domain::{AgentId, ClientId, PriorityId, StatusId, TeamId, TicketId, TicketTypeId};

/// Rows of a page: HaloPSA caps ticket pages at this, silently.
pub const PAGE_SIZE: u32 = 100;

/// Most rows of a list without pages; without it there would be fifty.
pub(super) const UNPAGED: &str = "1000";

/// What is asked for in a URL's query: each parameter once, in their order.
pub(super) type Query = Vec<(&'static str, String)>;

/// Which tickets a list is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Openness {
    /// All of them.
    #[default]
    Any,
    /// Open ones.
    Open,
    /// Closed ones.
    Closed,
}

/// Columns that the server orders and searches dates by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TicketColumn {
    /// The number; no date.
    Id,
    /// When it was opened.
    Opened,
    /// When it was closed.
    Closed,
    /// The newest action. Whether a version orders by it must be checked against what comes.
    LastAction,
}

impl TicketColumn {
    fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            // With one r here, with two in the rows.
            Self::Opened => "dateoccured",
            Self::Closed => "dateclosed",
            Self::LastAction => "lastactiondate",
        }
    }
}

/// A page of tickets, or, by [`super::Halo::ticket_ids`], the ids of all that match.
#[derive(Clone, Debug, PartialEq)]
pub struct TicketsRequest {
    /// The page, from 1.
    pub page_no: u32,
    /// Rows of a page; the server sends at most 100.
    pub page_size: u32,
    /// The order, and whether the greatest comes first.
    pub order: Option<(TicketColumn, bool)>,
    /// Open ones, closed ones or all.
    pub openness: Openness,
    /// Changed since then. Let it overlap by a minute: the server's clock is another.
    pub changed_since: Option<Timestamp>,
    /// With a date of the column in this span.
    pub dates: Option<(TicketColumn, Timestamp, Timestamp)>,
    /// With this text, as the server understands it.
    pub search: Option<String>,
    /// Of this client.
    pub client: Option<ClientId>,
    /// About this asset.
    pub asset: Option<i64>,
    /// Of this list that is kept in Halo.
    pub list: Option<i64>,
    /// Only these tickets.
    pub ids: Vec<TicketId>,
    /// Of one of these agents; [`AgentId::UNASSIGNED`] for those that nobody has.
    pub agents: Vec<AgentId>,
    /// In one of these statuses.
    pub statuses: Vec<StatusId>,
    /// With one of these priorities.
    pub priorities: Vec<PriorityId>,
    /// Of one of these teams.
    pub teams: Vec<TeamId>,
    /// Of one of these types.
    pub ticket_types: Vec<TicketTypeId>,
}

impl Default for TicketsRequest {
    fn default() -> Self {
        Self {
            page_no: 1,
            page_size: PAGE_SIZE,
            order: None,
            openness: Openness::Any,
            changed_since: None,
            dates: None,
            search: None,
            client: None,
            asset: None,
            list: None,
            ids: Vec::new(),
            agents: Vec::new(),
            statuses: Vec::new(),
            priorities: Vec::new(),
            teams: Vec::new(),
            ticket_types: Vec::new(),
        }
    }
}

impl TicketsRequest {
    /// The query of one page.
    pub(super) fn page_query(&self) -> Query {
        let mut query = page(self.page_no, self.page_size);
        query.extend(self.filters());
        query
    }

    /// The query of all matching ids, which come without pages.
    pub(super) fn ids_query(&self) -> Query {
        let mut query = vec![("ticketidonly", "true".to_owned())];
        query.extend(self.filters());
        query
    }

    fn filters(&self) -> Query {
        let mut query = Query::new();
        if let Some((column, descending)) = self.order {
            query.extend([("order", column.name().to_owned()), ("orderdesc", descending.to_string())]);
        }
        match self.openness {
            // The list says by itself which tickets it has.
            Openness::Any if self.list.is_some() => {}
            Openness::Any => query.push(("includeclosed", "true".to_owned())),
            Openness::Open => query.push(("open_only", "true".to_owned())),
            Openness::Closed => query.push(("closed_only", "true".to_owned())),
        }
        query.extend(self.changed_since.map(|since| ("lastupdatefromdate", date(since))));
        if let Some((column, from, to)) = self.dates {
            query.extend([("datesearch", column.name().to_owned()), ("startdate", date(from)), ("enddate", date(to))]);
        }
        query.extend(self.search.clone().map(|text| ("search", text)));
        query.extend(self.client.map(|client| ("client_id", client.to_string())));
        query.extend(self.asset.map(|asset| ("asset_id", asset.to_string())));
        query.extend(self.list.map(|list| ("list_id", list.to_string())));
        for (name, ids) in [
            ("ticketids", joined(&self.ids)),
            ("agent", joined(&self.agents)),
            ("status", joined(&self.statuses)),
            ("priority", joined(&self.priorities)),
            ("team", joined(&self.teams)),
            ("requesttype", joined(&self.ticket_types)),
        ] {
            if !ids.is_empty() {
                query.push((name, ids));
            }
        }
        query
    }
}

/// A page of clients, sites, users or assets.
#[derive(Clone, Debug, PartialEq)]
pub struct ListRequest {
    /// The page, from 1.
    pub page_no: u32,
    /// Rows of a page.
    pub page_size: u32,
    /// Of this client.
    pub client: Option<ClientId>,
    /// Changed since then.
    pub changed_since: Option<Timestamp>,
    /// Also those that are no longer served.
    pub inactive_too: bool,
}

impl Default for ListRequest {
    fn default() -> Self {
        Self { page_no: 1, page_size: PAGE_SIZE, client: None, changed_since: None, inactive_too: false }
    }
}

impl ListRequest {
    pub(super) fn query(&self) -> Query {
        let mut query = page(self.page_no, self.page_size);
        query.push(("includeactive", "true".to_owned()));
        query.push(("includeinactive", self.inactive_too.to_string()));
        query.extend(self.client.map(|client| ("client_id", client.to_string())));
        query.extend(self.changed_since.map(|since| ("lastupdatefromdate", date(since))));
        query
    }
}

/// The query of all tickets' actions between two moments.
pub(super) fn actions_query(from: Timestamp, to: Timestamp, count: u32) -> Query {
    let count = ("count", count.to_string());
    vec![count, ("startdate", date(from)), ("enddate", date(to)), ("includehtmlnote", "true".to_owned())]
}

fn page(page_no: u32, page_size: u32) -> Query {
    // Halo's spelling: `paginate` would be ignored.
    vec![("pageinate", "true".to_owned()), (PAGING.0, page_size.to_string()), (PAGING.1, page_no.to_string())]
}

/// The parameters for the rows of a page and for its number.
const PAGING: (&str, &str) = ("page_size", "page_no");

/// Which page of a list a query asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Paging {
    /// From 1.
    pub(super) page_no: u32,
    /// Rows of a page.
    pub(super) size: u32,
}

impl Paging {
    /// The page that a query asks for; `None` where it asks for a list without pages.
    pub(super) fn of(query: &Query) -> Option<Self> {
        let number = |wanted| query.iter().find(|(name, _)| *name == wanted)?.1.parse::<u32>().ok().filter(|n| *n > 0);
        Some(Self { page_no: number(PAGING.1)?, size: number(PAGING.0)? })
    }

    /// The query for this page instead.
    pub(super) fn instead_of(self, query: &Query) -> Query {
        let value = |name: &str, value: &String| match name {
            name if name == PAGING.0 => self.size.to_string(),
            name if name == PAGING.1 => self.page_no.to_string(),
            _ => value.clone(),
        };
        query.iter().map(|(name, old)| (*name, value(name, old))).collect()
    }
}

/// UTC without a zone, as Halo's own dates are.
fn date(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

fn joined<Id: ToString>(ids: &[Id]) -> String {
    ids.iter().map(Id::to_string).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(query: &Query) -> String {
        query.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
    }

    #[test]
    fn a_plain_page_is_asked_for_in_halos_spelling() {
        assert_eq!(written(&TicketsRequest::default().page_query()), "pageinate=true&page_size=100&page_no=1&includeclosed=true");
    }

    #[test]
    fn every_filter_has_its_parameter_and_ids_come_unpaged() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let request = TicketsRequest {
            order: Some((TicketColumn::LastAction, true)),
            openness: Openness::Open,
            changed_since: Some(at("2026-09-01T08:30:00.9+02:00")),
            dates: Some((TicketColumn::Opened, at("2026-01-01T00:00:00Z"), at("2026-02-01T00:00:00Z"))),
            search: Some("a b".to_owned()),
            client: Some(ClientId(12)),
            ids: vec![TicketId(1), TicketId(2)],
            agents: vec![AgentId::UNASSIGNED],
            statuses: vec![StatusId(2), StatusId(3)],
            priorities: vec![PriorityId(4)],
            teams: vec![TeamId(5)],
            ticket_types: vec![TicketTypeId(6)],
            ..TicketsRequest::default()
        };
        assert_eq!(
            written(&request.ids_query()),
            "ticketidonly=true&order=lastactiondate&orderdesc=true&open_only=true&lastupdatefromdate=2026-09-01T06:30:00\
             &datesearch=dateoccured&startdate=2026-01-01T00:00:00&enddate=2026-02-01T00:00:00&search=a b&client_id=12\
             &ticketids=1,2&agent=1&status=2,3&priority=4&team=5&requesttype=6"
        );
    }

    #[test]
    fn lists_say_whether_inactive_ones_come_too() {
        let request = ListRequest { page_no: 3, client: Some(ClientId(12)), inactive_too: true, ..ListRequest::default() };
        assert_eq!(
            written(&request.query()),
            "pageinate=true&page_size=100&page_no=3&includeactive=true&includeinactive=true&client_id=12"
        );
    }
}
