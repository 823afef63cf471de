//! The client that is looked at: what only its own record tells, and its contracts.

use std::time::Duration;

use jiff::Timestamp;

use super::Session;
use crate::{
    domain::{ClientId, ContractRecord, Failure, FailureKind},
    halo::{Class, Clock, Halo, ListRequest},
    mirror::Mirror,
};

/// How long what was read is good for.
const KEEP: Duration = Duration::from_mins(10);
/// How long what this application may not see is not asked for again.
const HIDDEN_FOR: Duration = Duration::from_hours(24);
/// Meta keys: since when clients, or contracts, may not be seen.
const CLIENTS_HIDDEN: &str = "client.hidden";
const CONTRACTS_HIDDEN: &str = "contracts.hidden";

/// Reads single clients into the mirror; it outlives the call that made it.
pub struct ClientReader {
    halo: Halo,
    mirror: Mirror,
    clock: Clock,
}

impl Session {
    /// A reader of single clients beside whatever else is under way.
    pub fn client_reader(&self) -> ClientReader {
        ClientReader { halo: self.halo.clone(), mirror: self.mirror.clone(), clock: self.clock.clone() }
    }
}

impl ClientReader {
    /// Reads a client and its contracts unless that was done a short while ago; answers whether something came. Contracts that this
    /// application may not see are stored as such.
    ///
    /// # Errors
    /// What kept the server from answering or the mirror from being written.
    pub async fn look(&self, id: ClientId) -> Result<bool, Failure> {
        let read_at = self.mirror.read(move |reader| reader.client_read_at(id)).await?;
        if id.0 <= 0 || self.is_within(read_at, KEEP) || self.is_hidden(CLIENTS_HIDDEN).await? {
            return Ok(false);
        }
        let (details, contracts) = futures::future::join(self.halo.client(id, Class::Interactive), self.contracts(id)).await;
        if let Err(failure) = &details
            && failure.kind == FailureKind::Forbidden
        {
            self.note_hidden(CLIENTS_HIDDEN).await?;
        }
        self.mirror.set_client_details(id, details?, contracts?, (self.clock)()).await?;
        Ok(true)
    }

    /// The client's contracts; `None` where they may not be seen.
    async fn contracts(&self, id: ClientId) -> Result<Option<Vec<ContractRecord>>, Failure> {
        if self.is_hidden(CONTRACTS_HIDDEN).await? {
            return Ok(None);
        }
        let request = ListRequest { client: Some(id), ..ListRequest::default() };
        match self.halo.contracts(&request, Class::Interactive).await {
            Ok(mut page) => {
                // A server that does not know the parameter answers with others'.
                page.records.retain(|contract| contract.client_id == id);
                Ok(Some(page.records))
            }
            Err(failure) if matches!(failure.kind, FailureKind::Forbidden | FailureKind::NotFound) => {
                self.note_hidden(CONTRACTS_HIDDEN).await?;
                Ok(None)
            }
            Err(failure) => Err(failure),
        }
    }

    async fn is_hidden(&self, key: &'static str) -> Result<bool, Failure> {
        let since = self.mirror.read(move |reader| reader.meta(key)).await?;
        Ok(self.is_within(since.and_then(|since| since.parse().ok()), HIDDEN_FOR))
    }

    async fn note_hidden(&self, key: &'static str) -> Result<(), Failure> {
        self.mirror.set_meta(key, Some(&(self.clock)().to_string())).await
    }

    /// Whether a moment is not longer ago; a clock that was set back makes it long ago.
    fn is_within(&self, at: Option<Timestamp>, span: Duration) -> bool {
        let age = at.map(|at| (self.clock)().duration_since(at));
        age.is_some_and(|age| !age.is_negative() && age.unsigned_abs() < span)
    }
}
