//! What the commands without a screen ask of the server beyond keeping the mirror fresh.

use std::collections::BTreeSet;

use tokio::sync::mpsc;

use super::{Session, narrow};
use crate::{
    domain::{Anchor, Batch, ClientId, Failure, FailureKind, News, TicketId, TicketRecord, Timestamp},
    halo::{Class, Openness, TicketColumn, TicketsRequest},
    mirror::{Pass, Reader},
    query::{Filter, Query, State, Term},
    sync,
    text::SafeText,
};

/// How many ids one request names.
const IDS: usize = 100;
/// Clients that are asked for one by one; where more fit, all tickets are asked for.
const CLIENTS: usize = 20;
/// More than the lookups have to tell: nobody listens while they are read.
const LOOKUP_NEWS: usize = 64;

impl Session {
    /// Reads one ticket and its conversation from the server into the mirror.
    ///
    /// # Errors
    /// What kept the server from answering; [`crate::domain::FailureKind::NotFound`] for a number it does not know.
    pub async fn fetch_ticket(&self, id: TicketId) -> Result<(), Failure> {
        sync::fetch_conversation(&self.halo, &self.mirror, id, (self.clock)()).await
    }

    /// Reads the names that numbers stand for, and whom the application acts as, into the mirror. Answers what could not be
    /// read, in words.
    ///
    /// # Errors
    /// What kept the server from answering.
    pub async fn fetch_names(&mut self) -> Result<Vec<SafeText>, Failure> {
        let (news, mut told) = mpsc::channel(LOOKUP_NEWS);
        sync::fetch_lookups(&self.sync(news), Class::Interactive).await?;
        let mut notices = Vec::new();
        while let Ok(news) = told.try_recv() {
            match news {
                News::ActingAs(agent) => self.acts_as(agent.id),
                News::Notice(words) => notices.push(words),
                _ => {}
            }
        }
        Ok(notices)
    }

    /// Reads from the server into the mirror what the query can find there, names first asked for by
    /// [`Self::fetch_names`]. With `limit`, it stops where so many were found in the query's own order, provided that the
    /// server has that order; else everything that could fit is read.
    ///
    /// # Errors
    /// What kept the server from answering or the mirror from being written.
    pub async fn fetch_matching(&self, query: &Query, limit: Option<usize>) -> Result<(), Failure> {
        self.fetch_lists_of(query).await?;
        if narrow::is_within_lists(query) {
            return Ok(());
        }
        if let Some(ids) = narrow::ids(query) {
            return self.fetch_ids(&ids, Pass::Any).await;
        }
        let clients: Vec<Option<ClientId>> = match self.clients_of(query).await? {
            Some(clients) => clients.into_iter().map(Some).collect(),
            None => vec![None],
        };
        let known = self.mirror.read(Reader::agents).await?;
        let order = narrow::order(query);
        for openness in narrow::openness(query) {
            let search = narrow::search(query).filter(|_| openness == Openness::Closed);
            for client in &clients {
                let request = TicketsRequest {
                    order: order.or(Some((TicketColumn::Id, true))),
                    openness,
                    search: search.clone(),
                    client: *client,
                    agents: narrow::agents(query, self.me(), &known),
                    ..TicketsRequest::default()
                };
                self.fetch_pages(request, query, limit.filter(|_| order.is_some())).await?;
            }
        }
        Ok(())
    }

    /// Reads which tickets the lists of Halo have that the query speaks of, and those of them that are not stored.
    ///
    /// # Errors
    /// As [`Self::fetch_matching`]; [`FailureKind::NotFound`] where no list is called so.
    pub async fn fetch_lists_of(&self, query: &Query) -> Result<(), Failure> {
        let named = narrow::lists(query);
        if named.is_empty() {
            return Ok(());
        }
        let reader = self.list_reader();
        reader.lists().await?;
        for words in named {
            for list in reader.called(&words).await? {
                reader.tickets(list, true).await?;
            }
        }
        Ok(())
    }

    /// The clients whose tickets alone can fit; `None` where any client's could, or too many clients'.
    async fn clients_of(&self, query: &Query) -> Result<Option<Vec<ClientId>>, Failure> {
        let Some(names) = narrow::clients(query) else { return Ok(None) };
        // Nobody is told of each page: a channel without a listener takes no room.
        let (news, _) = mpsc::channel(1);
        match sync::fetch_clients(&self.sync(news)).await {
            // Without the right to see clients their tickets are found by the names that the rows carry.
            Err(failure) if failure.kind == FailureKind::Forbidden => return Ok(None),
            result => result?,
        }
        let mut found = BTreeSet::new();
        for words in names {
            found.extend(words.text.parse().ok().map(ClientId));
            let clients = move |reader: &Reader| reader.clients(&words.text, true, Anchor::Start, CLIENTS + 1);
            found.extend(self.mirror.read(clients).await?.rows.into_iter().map(|client| client.id));
        }
        Ok((found.len() <= CLIENTS).then(|| found.into_iter().collect()))
    }

    /// Reads the pages of a list until it ends, or `enough` of it fit the query and the server keeps the order asked for.
    async fn fetch_pages(&self, request: TicketsRequest, query: &Query, mut enough: Option<usize>) -> Result<(), Failure> {
        let (state, pass) = match request.openness {
            Openness::Closed => (State::Closed, Pass::ClosedOnly),
            _ => (State::Open, Pass::OpenOnly),
        };
        let mut counted = query.clone();
        counted.terms.push(Term { not: false, filter: Filter::Is(vec![state]) });
        let mut seen = BTreeSet::new();
        for page_no in 1.. {
            // The first page is what somebody waits for.
            let class = if page_no == 1 { Class::Interactive } else { Class::Background };
            let page = self.halo.tickets(&TicketsRequest { page_no, ..request.clone() }, class).await?;
            let fresh = page.records.iter().filter(|record| seen.insert(record.id)).count();
            // Neither the size of a page nor its number of records tells how many there are: servers cap and repeat pages.
            let over = page.is_stale(fresh) || page.record_count.is_some_and(|of| seen.len() as u64 >= of);
            enough = enough.filter(|_| request.order.is_none_or(|order| is_ordered(&page.records, order)));
            self.mirror.write(Batch::Tickets(page.records), pass, (self.clock)()).await?;
            if over {
                break;
            }
            if let Some(enough) = enough
                && self.count(counted.clone(), request.client).await? >= enough as u64
            {
                return Ok(());
            }
        }
        if request.openness != Openness::Open {
            return Ok(());
        }
        // A list that moves while it is paged loses rows: what closes makes the next page begin one row too late.
        let there = self.halo.ticket_ids(&request, Class::Background).await?.records;
        let missed: Vec<TicketId> = there.into_iter().filter(|id| !seen.contains(id)).collect();
        self.fetch_ids(&missed, pass).await
    }

    async fn fetch_ids(&self, ids: &[TicketId], pass: Pass) -> Result<(), Failure> {
        for ids in ids.chunks(IDS) {
            let request = TicketsRequest { ids: ids.to_vec(), ..TicketsRequest::default() };
            let mut page = self.halo.tickets(&request, Class::Interactive).await?;
            // A server that does not know the parameter answers with others.
            page.records.retain(|record| ids.contains(&record.id));
            self.mirror.write(Batch::Tickets(page.records), pass, (self.clock)()).await?;
        }
        Ok(())
    }

    async fn count(&self, query: Query, client: Option<ClientId>) -> Result<u64, Failure> {
        let mut ask = self.whole_list(query);
        ask.client = client;
        self.mirror.read(move |reader| reader.count(&ask)).await
    }
}

/// Whether records come in the order asked for, as far as they tell.
fn is_ordered(records: &[TicketRecord], (column, descending): (TicketColumn, bool)) -> bool {
    let key = |record: &TicketRecord| match column {
        TicketColumn::Id => Some(record.id.0),
        TicketColumn::Opened => record.opened.map(Timestamp::as_millisecond),
        TicketColumn::Closed => record.closed.map(Timestamp::as_millisecond),
        TicketColumn::LastAction => record.last_action.map(Timestamp::as_millisecond),
    };
    records.iter().filter_map(key).is_sorted_by(|one, next| if descending { one >= next } else { one <= next })
}
