//! What sync asks of the mirror: how fresh it is and what it holds.

use rusqlite::OptionalExtension;

use super::{Reader, StoreError, row};
use crate::domain::{Coverage, TicketId, Timestamp};

/// Meta key: when the newest refresh succeeded.
pub const LAST_SUCCESS: &str = "sync.succeeded";
/// Meta key: how many open tickets the server counted when they began to be filled, until they were compared.
pub const OPEN_THERE: &str = "tickets.there";
/// Meta key: how many open tickets the server had that did not come, when they were last compared.
pub const OPEN_LACKING: &str = "tickets.lacking";
/// Meta key: every ticket opened since then is here.
pub const BACK_TO: &str = "history.back_to";
/// Meta key: how many closed tickets of that time the server counts and does not give.
pub const LACKING: &str = "history.lacking";
/// Meta key: the server has nothing older than what is here.
pub const TO_THE_FIRST: &str = "history.to_the_first";

impl Reader {
    /// When the newest refresh succeeded, in this run or in an earlier one.
    ///
    /// # Errors
    ///
    /// Where the database refuses; so for all reads.
    pub fn last_success(&self) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.meta(LAST_SUCCESS)?.and_then(|at| at.parse().ok()))
    }

    /// How much of what there is the mirror holds.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub fn coverage(&self) -> Result<Coverage, StoreError> {
        let overview = self.overview()?;
        let mut talked = self.conn.prepare_cached(
            "SELECT count(*) FROM tickets AS t JOIN conversations AS c ON c.ticket_id = t.id \
             WHERE t.is_closed = 0 AND t.last_action <= coalesce(c.for_last_action, t.last_action - 1)",
        )?;
        let number = |key| -> Result<Option<u64>, StoreError> { Ok(self.meta(key)?.and_then(|count| count.parse().ok())) };
        let lacking = number(OPEN_LACKING)?.map(|lacking| overview.open + lacking);
        Ok(Coverage {
            open: overview.open,
            open_there: number(OPEN_THERE)?.or(lacking),
            closed: overview.closed,
            back_to: self.meta(BACK_TO)?.and_then(|at| at.parse().ok()),
            to_the_first: self.meta(TO_THE_FIRST)?.is_some(),
            lacking: number(LACKING)?.unwrap_or_default(),
            conversations: talked.query_row([], |row| row::unsigned(row, 0))?,
        })
    }

    /// The numbers of all tickets that count as open; records without a readable number are left out.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub fn open_ticket_ids(&self) -> Result<Vec<TicketId>, StoreError> {
        let mut statement = self.conn.prepare_cached("SELECT id FROM tickets WHERE is_closed = 0 AND id > 0")?;
        let ids = statement.query_map([], |row| row.get(0).map(TicketId))?;
        Ok(ids.collect::<Result<_, _>>()?)
    }

    /// How many of these tickets are stored.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub fn stored_tickets(&self, ids: &[TicketId]) -> Result<usize, StoreError> {
        let mut statement = self.conn.prepare_cached("SELECT EXISTS (SELECT 1 FROM tickets WHERE id = ?)")?;
        let mut stored = 0;
        for id in ids {
            stored += usize::from(statement.query_row([id.0], |row| row.get::<_, bool>(0))?);
        }
        Ok(stored)
    }

    /// Whether a ticket's conversation was never read, or the ticket has had an action since.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub fn conversation_is_outdated(&self, ticket: TicketId) -> Result<bool, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT coalesce(t.last_action > coalesce(c.for_last_action, t.last_action - 1), 0) \
             FROM conversations AS c LEFT JOIN tickets AS t ON t.id = c.ticket_id WHERE c.ticket_id = ?",
        )?;
        let outdated: Option<bool> = statement.query_row([ticket.0], |row| row.get(0)).optional()?;
        Ok(outdated.unwrap_or(true) || self.lacks_text(ticket, |held| held.notes.is_none())?)
    }

    /// Whether a ticket was never read singly, or has changed since: its files, fields and assets come in no other way.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub fn single_read_is_outdated(&self, ticket: TicketId) -> Result<bool, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT coalesce(t.last_update, 0) > r.for_last_update \
             FROM single_reads AS r JOIN tickets AS t ON t.id = r.ticket_id WHERE r.ticket_id = ?",
        )?;
        let outdated: Option<bool> = statement.query_row([ticket.0], |row| row.get(0)).optional()?;
        Ok(outdated.unwrap_or(true) || self.lacks_text(ticket, |held| held.details.is_none())?)
    }
}
