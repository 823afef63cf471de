//! What sync asks of the mirror to find out what is missing, and to keep it quick.

use std::collections::BTreeSet;

use rusqlite::OptionalExtension;

use super::{Mirror, Reader, StoreError, row, words};
use crate::domain::{ActionId, Failure, StatusId, TicketId, Timestamp};

/// A conversation that is known to be whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownConversation {
    /// The ticket.
    pub ticket: TicketId,
    /// Its actions' numbers and times, the oldest first.
    pub actions: Vec<(ActionId, Timestamp)>,
}

impl Reader {
    /// The statuses that leave a ticket open, and those that close it; those of which that is not known are in neither.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub fn statuses_by_openness(&self) -> Result<(BTreeSet<StatusId>, BTreeSet<StatusId>), StoreError> {
        let mut statement = self.conn.prepare_cached("SELECT id, closed FROM statuses")?;
        let (mut open, mut closed) = (BTreeSet::new(), BTreeSet::new());
        for row in statement.query_map([], |row| Ok((StatusId(row.get(0)?), row.get(1)?)))? {
            let (id, is_closing) = row?;
            match is_closing {
                Some(true) => drop(closed.insert(id)),
                Some(false) => drop(open.insert(id)),
                None => {}
            }
        }
        Ok((open, closed))
    }

    /// How many closed tickets are here that were opened since then.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub fn closed_since(&self, since: Timestamp) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM tickets WHERE opened_key >= ? AND is_closed = 1";
        Ok(self.conn.prepare_cached(sql)?.query_row([since.as_millisecond()], |row| row::unsigned(row, 0))?)
    }

    /// A ticket with this very `last_update`, of the closed or the open ones where that is told.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub fn updated_at(&self, at: Timestamp, closed: Option<bool>) -> Result<Option<TicketId>, StoreError> {
        let sql = "SELECT id FROM tickets WHERE updated_key = ?1 AND last_update = ?1 AND id > 0 AND is_closed = coalesce(?2, is_closed)";
        let mut statement = self.conn.prepare_cached(sql)?;
        Ok(statement.query_row((at.as_millisecond(), closed), |row| row.get(0).map(TicketId)).optional()?)
    }

    /// The tickets that were closed last, the newest first.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub fn newest_closed(&self, count: usize) -> Result<Vec<TicketId>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT id FROM tickets WHERE closed_key >= 0 AND id > 0 ORDER BY closed_key DESC LIMIT ?")?;
        let rows = statement.query_map([i64::try_from(count).unwrap_or(i64::MAX)], |row| row.get(0).map(TicketId))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// When the last, and the `count`th last, ticket was opened before a moment; of fewer the first one.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub fn opened_before(&self, before: Timestamp, count: u32) -> Result<Option<(Timestamp, Timestamp)>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT max(opened), min(opened) FROM (SELECT opened FROM tickets WHERE opened_key < ? AND opened IS NOT NULL AND id > 0 \
             ORDER BY opened_key DESC LIMIT ?)",
        )?;
        let read = |row: &rusqlite::Row<'_>| Ok(row::time(row, 0)?.zip(row::time(row, 1)?));
        Ok(statement.query_row((before.as_millisecond(), count), read)?)
    }

    /// The tickets that were opened from one moment to before another.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub fn opened_between(&self, from: Timestamp, before: Timestamp) -> Result<Vec<TicketId>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id FROM tickets WHERE opened_key >= ? AND opened_key < ? AND opened IS NOT NULL AND id > 0",
        )?;
        let rows = statement.query_map((from.as_millisecond(), before.as_millisecond()), |row| row.get(0).map(TicketId))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Of the given tickets those that are not stored.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub fn lacking(&self, ids: &[TicketId]) -> Result<Vec<TicketId>, StoreError> {
        let mut statement = self.conn.prepare_cached("SELECT 1 FROM tickets WHERE id = ?")?;
        let mut lacking = Vec::new();
        for id in ids {
            if !statement.exists([id.0])? {
                lacking.push(*id);
            }
        }
        Ok(lacking)
    }

    /// Of the given tickets those that are stored with a date of opening, and that date.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub fn opened_of(&self, ids: &[TicketId]) -> Result<Vec<(TicketId, Timestamp)>, StoreError> {
        let mut statement = self.conn.prepare_cached("SELECT opened FROM tickets WHERE id = ?")?;
        let mut found = Vec::new();
        for id in ids {
            let at = statement.query_row([id.0], |row| row::time(row, 0)).optional()?.flatten();
            found.extend(at.map(|at| (*id, at)));
        }
        Ok(found)
    }

    /// Open tickets whose conversation was never read or is older than the row, the newest action first, with when that was.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub fn outdated_conversations(&self, count: u32) -> Result<Vec<(TicketId, Timestamp)>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT t.id, coalesce(t.last_action, t.opened, 0) FROM tickets AS t LEFT JOIN conversations AS c ON c.ticket_id = t.id \
             WHERE t.is_closed = 0 AND t.id > 0 \
             AND (c.ticket_id IS NULL OR t.last_action > coalesce(c.for_last_action, t.last_action - 1)) \
             ORDER BY t.updated_key DESC LIMIT ?",
        )?;
        let rows = statement.query_map([count], |row| Ok((TicketId(row.get(0)?), row::time(row, 1)?.unwrap_or_default())))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Of every open ticket whose conversation was never read or is older than the row: from when on it may lack actions, the latest
    /// first.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub fn lacking_since(&self) -> Result<Vec<Timestamp>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT coalesce(c.for_last_action, t.opened, 0) AS since \
             FROM tickets AS t LEFT JOIN conversations AS c ON c.ticket_id = t.id WHERE t.is_closed = 0 AND t.id > 0 \
             AND (c.ticket_id IS NULL OR t.last_action > coalesce(c.for_last_action, t.last_action - 1)) ORDER BY since DESC",
        )?;
        let rows = statement.query_map([], |row| Ok(row::time(row, 0)?.unwrap_or_default()))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A ticket whose whole conversation is here, with the numbers and times of its actions; the one that talked last.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub fn known_conversation(&self) -> Result<Option<KnownConversation>, StoreError> {
        let mut newest = self.conn.prepare_cached(
            "SELECT t.id FROM tickets AS t JOIN conversations AS c ON c.ticket_id = t.id \
             WHERE t.last_action = c.for_last_action AND EXISTS (SELECT 1 FROM actions WHERE ticket_id = t.id AND at > 0) \
             ORDER BY t.last_action DESC LIMIT 1",
        )?;
        let Some(ticket) = newest.query_row([], |row| row.get(0).map(TicketId)).optional()? else { return Ok(None) };
        let mut actions = self.conn.prepare_cached("SELECT id, at FROM actions WHERE ticket_id = ? AND at > 0 ORDER BY at")?;
        let actions = actions
            .query_map([ticket.0], |row| Ok((ActionId(row.get(0)?), row::time(row, 1)?.unwrap_or_default())))?
            .collect::<Result<_, _>>()?;
        Ok(Some(KnownConversation { ticket, actions }))
    }
}

impl Mirror {
    /// Brings together what many writings have scattered over the word index, in steps of milliseconds between which others read
    /// and write. It can be dropped at any time and is gone on with the next time.
    ///
    /// # Errors
    ///
    /// As [`Self::write`].
    pub async fn gather(&self) -> Result<(), Failure> {
        for table in self.read(|reader| Ok(words::scattered(&reader.conn)?)).await? {
            let mut begins = true;
            loop {
                let table = table.clone();
                if !self.lanes.write(move |reader| reader.note(|conn| words::merge(conn, &table, begins))).await? {
                    break;
                }
                begins = false;
            }
        }
        Ok(())
    }
}
