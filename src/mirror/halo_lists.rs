//! Lists that are kept in Halo: which there are, and which tickets each has.

use jiff::Timestamp;

use super::{Mirror, Reader, StoreError, row};
use crate::domain::{Failure, HaloList, HaloListRow, TicketId};

impl Reader {
    /// All lists, in the order of Halo's menus.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub fn halo_lists(&self) -> Result<Vec<HaloListRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, name, read_at, (SELECT count(*) FROM view_list_tickets WHERE list_id = id) FROM view_lists \
             ORDER BY sequence, id",
        )?;
        let rows = statement.query_map([], |row| {
            Ok(HaloListRow {
                id: row.get(0)?,
                name: row::line(row, 1)?,
                read_at: row::time(row, 2)?,
                count: row::unsigned(row, 3)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Those of the tickets that are not stored.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub fn missing_tickets(&self, ids: &[TicketId]) -> Result<Vec<TicketId>, StoreError> {
        let mut statement = self.conn.prepare_cached("SELECT EXISTS (SELECT 1 FROM tickets WHERE id = ?)")?;
        let mut missing = Vec::new();
        for id in ids {
            if !statement.query_row([id.0], |row| row.get::<_, bool>(0))? {
                missing.push(*id);
            }
        }
        Ok(missing)
    }
}

impl Mirror {
    /// Stores which lists there are; the tickets of those that stay, stay.
    ///
    /// # Errors
    ///
    /// As [`Self::write`].
    pub async fn set_halo_lists(&self, lists: Vec<HaloList>) -> Result<(), Failure> {
        let apply = move |conn: &rusqlite::Connection| {
            let ids: Vec<i64> = lists.iter().map(|list| list.id).collect();
            let ids = serde_json::to_string(&ids).unwrap_or_default();
            conn.execute("DELETE FROM view_lists WHERE id NOT IN (SELECT value FROM json_each(?))", [&ids])?;
            conn.execute("DELETE FROM view_list_tickets WHERE list_id NOT IN (SELECT value FROM json_each(?))", [&ids])?;
            let mut put = conn.prepare_cached(
                "INSERT INTO view_lists(id, name, sequence) VALUES (?1, ?2, ?3) ON CONFLICT (id) DO UPDATE \
                 SET name = ?2, sequence = ?3 WHERE name <> ?2 OR sequence <> ?3",
            )?;
            for list in &lists {
                put.execute((list.id, row::text(&list.name), list.sequence))?;
            }
            Ok(())
        };
        self.lanes.write(move |reader| reader.write(apply)).await
    }

    /// Stores which tickets a list has; answers whether any came or went.
    ///
    /// # Errors
    ///
    /// As [`Self::write`].
    pub async fn set_list_tickets(&self, list: i64, tickets: &[TicketId], now: Timestamp) -> Result<bool, Failure> {
        let ids: Vec<i64> = tickets.iter().map(|id| id.0).collect();
        let ids = serde_json::to_string(&ids).unwrap_or_default();
        let apply = move |conn: &rusqlite::Connection| {
            let gone = conn.execute(
                "DELETE FROM view_list_tickets WHERE list_id = ?1 AND ticket_id NOT IN (SELECT value FROM json_each(?2))",
                (list, &ids),
            )?;
            let come = conn.execute(
                "INSERT OR IGNORE INTO view_list_tickets(list_id, ticket_id) SELECT ?1, value FROM json_each(?2)",
                (list, &ids),
            )?;
            Ok(gone + come > 0)
        };
        let changed = self.lanes.write(move |reader| reader.write(apply)).await?;
        // No list of rows changes by when it was read.
        let at = now.as_millisecond();
        let note = move |reader: &Reader| {
            reader.note(|conn| conn.execute("UPDATE view_lists SET read_at = ? WHERE id = ?", (at, list)).map(drop))
        };
        self.lanes.write(note).await?;
        Ok(changed)
    }
}
