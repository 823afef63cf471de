//! What the server finds for the words of a filter: it may know tickets that are not stored here.

use std::collections::BTreeSet;

use super::{Session, narrow};
use crate::{
    domain::{Batch, ClientId, Failure, Found, TicketId},
    halo::{Class, Clock, Halo, TicketColumn, TicketsRequest},
    mirror::{Mirror, Pass},
    query::Query,
};

/// Pages that are read at most, the newest tickets first: a word that finds more wants other words beside it.
const PAGES: u32 = 3;

/// Asks the server for what a filter's words find; it outlives the call that made it.
pub struct ServerSearch {
    halo: Halo,
    mirror: Mirror,
    clock: Clock,
}

impl Session {
    /// A search of the server beside whatever else is under way.
    pub fn server_search(&self) -> ServerSearch {
        ServerSearch { halo: self.halo.clone(), mirror: self.mirror.clone(), clock: self.clock.clone() }
    }
}

impl ServerSearch {
    /// Sends the query's words to the server and stores the tickets that it finds. `None` where the query has no words: its
    /// other conditions are decided here.
    ///
    /// # Errors
    /// What kept the server from answering or the mirror from being written.
    pub async fn run(&self, query: &Query, client: Option<ClientId>) -> Result<Option<Found>, Failure> {
        let Some(words) = narrow::words(query) else { return Ok(None) };
        let mut found = self.pages(words, client).await?;
        if found.ids.is_empty() {
            // Some servers look for the words as one: the longest alone finds what the others are then looked for in.
            let longest = narrow::search(query).filter(|_| narrow::words(query) != narrow::search(query));
            if let Some(word) = longest {
                found = Found { ids: Vec::new(), ..self.pages(word, client).await? };
            }
        }
        Ok(Some(found))
    }

    async fn pages(&self, words: String, client: Option<ClientId>) -> Result<Found, Failure> {
        let request =
            TicketsRequest { search: Some(words), client, order: Some((TicketColumn::Id, true)), ..TicketsRequest::default() };
        let mut found = Found::default();
        let mut seen = BTreeSet::new();
        for page_no in 1..=PAGES {
            let page = self.halo.tickets(&TicketsRequest { page_no, ..request.clone() }, Class::Interactive).await?;
            let ids: Vec<TicketId> = page.records.iter().map(|record| record.id).collect();
            let fresh = ids.iter().filter(|id| seen.insert(**id)).count();
            let stored = {
                let ids = ids.clone();
                self.mirror.read(move |reader| reader.stored_tickets(&ids)).await?
            };
            found.new += ids.len().saturating_sub(stored);
            found.count += ids.len();
            found.ids.extend(ids);
            let over = page.is_stale(fresh) || page.record_count.is_some_and(|of| seen.len() as u64 >= of);
            self.mirror.write(Batch::Tickets(page.records), Pass::Any, (self.clock)()).await?;
            found.more = !over;
            if over {
                break;
            }
        }
        Ok(found)
    }
}
