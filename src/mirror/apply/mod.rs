//! Writing: batches of records become rows; only what differs is written.

mod body;
mod conversation;
mod lookups;
mod people;
mod table;
mod tickets;

use jiff::Timestamp;
use rusqlite::Connection;

use super::{Applied, Pass, words::Index};
use crate::domain::{Batch, TicketId};

/// Writes a batch within the caller's transaction.
pub(super) fn apply(conn: &Connection, batch: &Batch, pass: Pass, now: Timestamp) -> rusqlite::Result<Applied> {
    match batch {
        Batch::Tickets(records) => tickets::apply(conn, records, pass, now),
        Batch::Gone(ids) => gone(conn, ids),
        Batch::Clients(records) => people::clients(conn, records),
        Batch::Sites(records) => people::sites(conn, records),
        Batch::Users(records) => people::users(conn, records),
        Batch::Assets(records) => people::assets(conn, records),
        Batch::Only(register, ids) => people::only(conn, *register, ids),
        Batch::Actions(actions) => conversation::join(conn, actions),
        Batch::Talked { since, until, unbroken } => conversation::complete(conn, *since, *until, *unbroken, now),
        Batch::Conversation { ticket, actions, left_out } => conversation::replace(conn, *ticket, actions, *left_out, now),
        Batch::Statuses(all) => lookups::statuses(conn, all),
        Batch::Priorities(all) => lookups::priorities(conn, all),
        Batch::Teams(all) => lookups::teams(conn, all),
        Batch::TicketTypes(all) => lookups::ticket_types(conn, all),
        Batch::Slas(all) => lookups::slas(conn, all),
        Batch::Workdays(all) => lookups::workdays(conn, all),
        Batch::Agents(all) => lookups::agents(conn, all),
    }
}

/// Removes tickets with all that belongs to them.
fn gone(conn: &Connection, ids: &[TicketId]) -> rusqlite::Result<Applied> {
    let mut applied = Applied::default();
    let index = Index::new(conn)?;
    for id in ids {
        if conn.prepare_cached("DELETE FROM tickets WHERE id = ?")?.execute([id.0])? == 0 {
            applied.unchanged += 1;
            continue;
        }
        applied.written += 1;
        applied.ids.push(id.0);
        index.remove(id.0)?;
        for table in ["ticket_text", "ticket_extras", "ticket_assets", "single_reads", "actions", "conversations", "seen"] {
            conn.prepare_cached(&format!("DELETE FROM {table} WHERE ticket_id = ?"))?.execute([id.0])?;
        }
    }
    Ok(applied)
}

/// Notes that a ticket was read singly, as new as it is now.
pub(super) fn note_single_read(conn: &Connection, ticket: TicketId) -> rusqlite::Result<()> {
    let sql = "INSERT OR REPLACE INTO single_reads(ticket_id, for_last_update) SELECT id, coalesce(last_update, 0) FROM tickets WHERE id = ?";
    conn.prepare_cached(sql)?.execute([ticket.0])?;
    Ok(())
}

/// Notes a value under a name, or removes it.
pub(super) fn set_meta(conn: &Connection, key: &str, value: Option<&str>) -> rusqlite::Result<()> {
    match value {
        Some(value) => conn.execute("INSERT OR REPLACE INTO meta(key, value) VALUES (?, ?)", (key, value))?,
        None => conn.execute("DELETE FROM meta WHERE key = ?", [key])?,
    };
    Ok(())
}

/// Notes that a ticket was looked at as it was at `updated`, unless it has changed again.
pub(super) fn mark_seen(conn: &Connection, ticket: TicketId, updated: Timestamp) -> rusqlite::Result<()> {
    let fields = super::difference::FIELDS;
    let sql = format!(
        "INSERT OR REPLACE INTO seen(ticket_id, updated, fields) SELECT id, updated_key, {fields} FROM tickets \
         WHERE id = ? AND updated_key = ?"
    );
    conn.prepare_cached(&sql)?.execute((ticket.0, updated.as_millisecond()))?;
    Ok(())
}
