//! Merging the segments of the word index: each search opens all of them.
//!
//! FTS5 writes a segment with each transaction and merges some of them as it goes. A first fill leaves 4 to 16 in each table; with
//! one instead, searches in a million tickets took a third of the time. Merging all costs about 5 ms of processor for 1,000
//! tickets, once.

use rusqlite::Connection;

use super::{TABLES, shards};

/// A table with more segments is worth merging.
const MOST: i64 = if cfg!(test) { 2 } else { 8 };
/// Pages that one step writes at most: it keeps other writes waiting for some milliseconds.
const PAGES: i64 = 100;

/// The tables of which the words are in too many places.
pub(in super::super) fn scattered(conn: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut found = Vec::new();
    for table in shards(conn)?.into_iter().flat_map(|shard| TABLES.map(|table| table.of(shard))) {
        let segments: i64 = conn.query_row(&format!("SELECT count(DISTINCT segid) FROM {table}_idx"), [], |row| row.get(0))?;
        if segments > MOST {
            found.push(table);
        }
    }
    Ok(found)
}

/// Merges a part of a table's segments; answers whether there was something left to do. The first step for a table begins.
pub(in super::super) fn merge(conn: &Connection, table: &str, begins: bool) -> rusqlite::Result<bool> {
    let before = conn.total_changes();
    // A negative number has all segments merged into one, later steps go on with that.
    let pages = if begins { -PAGES } else { PAGES };
    conn.prepare_cached(&format!("INSERT INTO {table}({table}, rank) VALUES('merge', ?)"))?.execute([pages])?;
    // The command itself counts as one change.
    Ok(conn.total_changes() - before > 1)
}
