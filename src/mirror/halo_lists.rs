//! Lists that are kept in Halo: which there are, and which tickets each has.

use jiff::Timestamp;
use rusqlite::OptionalExtension as _;

use super::{Mirror, Reader, StoreError, row};
use crate::{
    domain::{Failure, HaloColumn, HaloColumns, HaloList, HaloListRow, TicketId},
    text::{SafeText, Untrusted},
};

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
                columns: Vec::new(),
            })
        })?;
        let mut lists = rows.collect::<Result<Vec<_>, _>>()?;
        for list in &mut lists {
            list.columns = self.list_columns(list.id)?;
        }
        Ok(lists)
    }

    /// The columns that Halo shows a list with, in their order.
    fn list_columns(&self, list: i64) -> Result<Vec<HaloColumn<SafeText>>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT name, sorted, descending FROM view_list_columns WHERE list_id = ? ORDER BY place")?;
        let columns = statement.query_map([list], |row| {
            Ok(HaloColumn { name: row::line(row, 0)?, sorted: row::small(row, 1)?, descending: row.get(2)? })
        })?;
        Ok(columns.collect::<Result<_, _>>()?)
    }

    /// The number of a list's column profile, 0 for none, and when its columns were asked for; `None` where the list is not known.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub fn column_profile(&self, list: i64) -> Result<Option<(i64, Option<Timestamp>)>, StoreError> {
        let sql = "SELECT columns_id, columns_at FROM view_lists WHERE id = ?";
        Ok(self.conn.query_row(sql, [list], |row| Ok((row.get(0)?, row::time(row, 1)?))).optional()?)
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
            conn.execute("DELETE FROM view_list_columns WHERE list_id NOT IN (SELECT value FROM json_each(?))", [&ids])?;
            // Another profile is to be read anew.
            let mut put = conn.prepare_cached(
                "INSERT INTO view_lists(id, name, sequence, columns_id) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (id) DO UPDATE \
                 SET name = ?2, sequence = ?3, columns_id = ?4, columns_at = CASE WHEN columns_id = ?4 THEN columns_at END \
                 WHERE name <> ?2 OR sequence <> ?3 OR columns_id <> ?4",
            )?;
            for list in &lists {
                put.execute((list.id, row::text(&list.name), list.sequence, list.columns_id))?;
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

    /// Stores with which columns Halo shows a list, or that it did not tell and what it told before holds; answers whether they are
    /// others now.
    ///
    /// # Errors
    ///
    /// As [`Self::write`].
    pub async fn set_list_columns(&self, list: i64, told: Option<HaloColumns>, now: Timestamp) -> Result<bool, Failure> {
        let changed = match told {
            None => false,
            Some(HaloColumns { columns, .. }) => self.lanes.write(move |reader| write_columns(reader, list, &columns)).await?,
        };
        let at = now.as_millisecond();
        let note = move |reader: &Reader| {
            reader.note(|conn| conn.execute("UPDATE view_lists SET columns_at = ? WHERE id = ?", (at, list)).map(drop))
        };
        self.lanes.write(note).await?;
        Ok(changed)
    }
}

fn write_columns(reader: &Reader, list: i64, columns: &[HaloColumn<Untrusted>]) -> Result<bool, StoreError> {
    let told = columns.iter().map(|column| HaloColumn {
        name: column.name.line(),
        sorted: column.sorted,
        descending: column.descending,
    });
    if reader.list_columns(list)?.into_iter().eq(told) {
        return Ok(false);
    }
    reader.write(|conn| {
        conn.execute("DELETE FROM view_list_columns WHERE list_id = ?", [list])?;
        let mut put = conn
            .prepare_cached("INSERT INTO view_list_columns(list_id, place, name, sorted, descending) VALUES (?, ?, ?, ?, ?)")?;
        for (place, column) in (1_i64..).zip(columns) {
            put.execute((list, place, row::text(&column.name), column.sorted, column.descending))?;
        }
        Ok(true)
    })
}
