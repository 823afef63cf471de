//! A ticket's actions.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rusqlite::{Connection, types::Value};

use super::{
    super::{
        Applied,
        row::{millis, text},
        words::{Index, Touched},
    },
    table::Table,
};
use crate::domain::{ActionRecord, TicketId};

const ACTIONS: Table = Table {
    name: "actions",
    keys: &["ticket_id", "id"],
    columns: &[
        "outcome",
        "who",
        "agent_id",
        "at",
        "note",
        "note_html",
        "private",
        "important",
        "system",
        "hours",
        "new_status",
        "email_direction",
        "attachments",
        "unreadable",
    ],
};

/// Makes the stored conversation the one given; an action that can't be read this time is kept as it was.
pub(super) fn replace(
    conn: &Connection,
    ticket: TicketId,
    actions: &[ActionRecord],
    left_out: u64,
    now: Timestamp,
) -> rusqlite::Result<Applied> {
    let bodies = super::super::bodies::are_kept(conn)?;
    let mut rows = Vec::with_capacity(actions.len());
    for record in actions {
        let kept = if record.unreadable.is_some() { stored(conn, ticket, record)? } else { None };
        rows.push(kept.unwrap_or_else(|| action(ticket, record, bodies)));
    }
    let applied = ACTIONS.replace(conn, &format!("ticket_id = {ticket}"), rows)?;
    if applied.written > 0 && bodies {
        Index::new(conn)?.refresh(ticket.0, Touched { rest: true, ..Touched::default() })?;
    }
    conn.prepare_cached(
        "INSERT OR REPLACE INTO conversations(ticket_id, fetched_at, for_last_action, left_out) \
         VALUES (?1, ?2, (SELECT last_action FROM tickets WHERE id = ?1), ?3)",
    )?
    .execute((ticket.0, now.as_millisecond(), i64::try_from(left_out).unwrap_or(i64::MAX)))?;
    Ok(applied)
}

/// Adds actions of any tickets to what is there, or replaces them; those that can't be read this time are left out.
pub(super) fn join(conn: &Connection, actions: &[ActionRecord]) -> rusqlite::Result<Applied> {
    let readable = actions.iter().filter(|record| record.unreadable.is_none() && record.ticket_id.0 > 0);
    let bodies = super::super::bodies::are_kept(conn)?;
    let mut applied = Applied::default();
    let mut reworded = BTreeSet::new();
    for record in readable {
        if ACTIONS.put(conn, action(record.ticket_id, record, bodies))? {
            applied.written += 1;
            reworded.insert(record.ticket_id);
        } else {
            applied.unchanged += 1;
        }
    }
    if bodies {
        let index = Index::new(conn)?;
        for ticket in reworded {
            index.refresh(ticket.0, Touched { rest: true, ..Touched::default() })?;
        }
    }
    Ok(applied)
}

/// Notes which conversations of open tickets are complete up to `until`, all actions since `since` being there: those that began later
/// and those that were whole up to then. A ticket whose newest action is not among those that came is left to be asked for by itself.
pub(super) fn complete(
    conn: &Connection,
    since: Timestamp,
    until: Timestamp,
    unbroken: bool,
    now: Timestamp,
) -> rusqlite::Result<Applied> {
    let sql = "INSERT OR REPLACE INTO conversations(ticket_id, fetched_at, for_last_action, left_out) \
         SELECT t.id, ?3, t.last_action, coalesce(c.left_out, 0) FROM tickets AS t LEFT JOIN conversations AS c ON c.ticket_id = t.id \
         WHERE t.is_closed = 0 AND t.last_action BETWEEN ?1 AND ?2 \
         AND CASE WHEN c.ticket_id IS NULL THEN t.opened >= ?1 ELSE c.for_last_action >= ?1 OR (?4 AND c.for_last_action > 0) END \
         AND (c.ticket_id IS NULL OR t.last_action > c.for_last_action) \
         AND (SELECT max(a.at) FROM actions AS a WHERE a.ticket_id = t.id) >= t.last_action - 60000 RETURNING ticket_id";
    let mut statement = conn.prepare_cached(sql)?;
    let asked = (since.as_millisecond(), until.as_millisecond(), now.as_millisecond(), unbroken);
    let ids = statement.query_map(asked, |row| row.get(0))?.collect::<rusqlite::Result<Vec<i64>>>()?;
    if unbroken {
        // What lags behind now has a gap that later lists don't fill.
        conn.prepare_cached(
            "UPDATE conversations SET for_last_action = NULL FROM tickets AS t WHERE t.id = conversations.ticket_id \
             AND t.last_action BETWEEN for_last_action + 1 AND ?",
        )?
        .execute([until.as_millisecond()])?;
    }
    Ok(Applied { written: ids.len(), ids, ..Applied::default() })
}

fn stored(conn: &Connection, ticket: TicketId, record: &ActionRecord) -> rusqlite::Result<Option<Vec<Value>>> {
    use rusqlite::OptionalExtension;
    let columns: Vec<&str> = ACTIONS.keys.iter().chain(ACTIONS.columns).copied().collect();
    let sql = format!("SELECT {} FROM actions WHERE ticket_id = ? AND id = ? AND unreadable IS NULL", columns.join(", "));
    let read = |row: &rusqlite::Row<'_>| (0..columns.len()).map(|column| row.get(column)).collect();
    conn.prepare_cached(&sql)?.query_row((ticket.0, record.id.0), read).optional()
}

fn action(ticket: TicketId, record: &ActionRecord, bodies: bool) -> Vec<Value> {
    vec![
        // The conversation asked for decides, whatever the record says.
        ticket.0.into(),
        record.id.0.into(),
        text(&record.outcome),
        text(&record.who),
        record.agent_id.0.into(),
        millis(record.at).into(),
        if bodies { text(&record.note) } else { String::new().into() },
        record.note_html.as_ref().filter(|_| bodies).map_or(Value::Null, text),
        record.private.into(),
        record.important.into(),
        record.system.into(),
        // No number can't be stored as a number.
        if record.hours.is_finite() { record.hours.into() } else { Value::Real(0.0) },
        record.new_status.map(|status| status.0).into(),
        record.email_direction.map(|direction| direction.to_string()).into(),
        i64::from(record.attachments).into(),
        record.unreadable.clone().into(),
    ]
}
