//! What a ticket says and what hangs on it.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension};

use super::super::row::millis;
use crate::{domain::TicketRecord, query::folded_words, text::Untrusted};

/// Writes the bodies where they differ; says whether they did.
pub(super) fn write(conn: &Connection, record: &TicketRecord, now: Timestamp) -> rusqlite::Result<bool> {
    let id = record.id.0;
    let html = record.details_html.as_ref().map(Untrusted::as_stored);
    let plain = record.details.as_stored();
    if plain.is_empty() && html.is_none() {
        return Ok(false);
    }
    // HTML belongs to the plain text that it came with or after: another plain text makes it void.
    let mut statement = conn.prepare_cached(
        "INSERT INTO ticket_text AS x (ticket_id, details, details_html, html_at, html_for) VALUES (?1, ?2, ?3, ?4, ?5) \
         ON CONFLICT (ticket_id) DO UPDATE SET \
             details = CASE WHEN ?2 = '' THEN x.details ELSE ?2 END, \
             details_html = CASE WHEN ?3 IS NOT NULL THEN ?3 WHEN ?2 IN ('', x.details) THEN x.details_html END, \
             html_at = CASE WHEN ?3 IS NOT NULL THEN ?4 WHEN ?2 IN ('', x.details) THEN x.html_at END, \
             html_for = CASE WHEN ?3 IS NOT NULL THEN ?5 WHEN ?2 IN ('', x.details) THEN x.html_for END \
         WHERE ?3 IS NOT NULL OR ?2 NOT IN ('', x.details)",
    )?;
    let different = differs(conn, id, plain, html)?;
    let (at, newest) = if html.is_some() { (Some(now.as_millisecond()), millis(record.last_update)) } else { (None, None) };
    statement.execute((id, plain, html, at, newest))?;
    Ok(different)
}

/// Writes what hangs on the ticket where it came and differs; says whether it did.
pub(super) fn write_extras(conn: &Connection, record: &TicketRecord) -> rusqlite::Result<bool> {
    let Some(json) = record.extras.as_ref().and_then(|extras| serde_json::to_string(extras).ok()) else { return Ok(false) };
    let mut statement = conn.prepare_cached(
        "INSERT INTO ticket_extras(ticket_id, extras) VALUES (?1, ?2) \
         ON CONFLICT (ticket_id) DO UPDATE SET extras = ?2 WHERE extras <> ?2",
    )?;
    let written = statement.execute((record.id.0, json))? > 0;
    if written {
        conn.prepare_cached("DELETE FROM ticket_assets WHERE ticket_id = ?")?.execute([record.id.0])?;
        let mut relate =
            conn.prepare_cached("INSERT OR IGNORE INTO ticket_assets(asset_id, ticket_id, tag_key) VALUES (?, ?, ?)")?;
        for asset in record.extras.iter().flat_map(|extras| &extras.assets) {
            relate.execute((asset.id, record.id.0, folded_words(asset.tag.as_stored())))?;
        }
    }
    Ok(written)
}

fn differs(conn: &Connection, id: i64, plain: &str, html: Option<&str>) -> rusqlite::Result<bool> {
    let sql =
        "SELECT (?2 NOT IN ('', details)) OR (?3 IS NOT NULL AND ?3 IS NOT details_html) FROM ticket_text WHERE ticket_id = ?1";
    let found = conn.prepare_cached(sql)?.query_row((id, plain, html), |row| row.get(0)).optional()?;
    Ok(found.unwrap_or(true))
}
