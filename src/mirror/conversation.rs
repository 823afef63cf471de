//! Reading a ticket's text and its actions.

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row};

use super::{Reader, StoreError, names::Names, row};
use crate::{
    domain::{ActionId, ActionRow, Author, Conversation, TicketId},
    text::{SafeText, Untrusted},
};

impl Reader {
    /// A ticket with what is stored of its conversation; `None` where there is no such ticket.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub fn conversation(&self, ticket: TicketId) -> Result<Option<Conversation>, StoreError> {
        let Some(row) = self.ticket(ticket)? else { return Ok(None) };
        let stale = self.conversation_is_outdated(ticket)?;
        self.with_names(|names| {
            let mut body = self.conn.prepare_cached("SELECT details, details_html FROM ticket_text WHERE ticket_id = ?")?;
            let body = body.query_row([ticket.0], |row| {
                Ok(readable(&row::untrusted(row, 0)?, row.get::<_, Option<String>>(1)?.map(Untrusted::new).as_ref()))
            });
            let mut fetched = self.conn.prepare_cached("SELECT fetched_at FROM conversations WHERE ticket_id = ?")?;
            let fetched_at: Option<Timestamp> = fetched.query_row([ticket.0], |row| row::time(row, 0)).optional()?.flatten();
            let mut actions = self.conn.prepare_cached(
                "SELECT id, outcome, who, agent_id, at, note, note_html, private, important, system, hours, new_status, attachments, \
                 unreadable FROM actions WHERE ticket_id = ? ORDER BY at DESC, id DESC",
            )?;
            let actions = actions.query_map([ticket.0], |row| action(row, names))?.collect::<Result<_, _>>()?;
            Ok(Some(Conversation { ticket: row, body: body.optional()?.unwrap_or_default(), actions, fetched_at, stale }))
        })
    }
}

fn action(row: &Row<'_>, names: &Names) -> rusqlite::Result<ActionRow> {
    let (agent, system): (i64, bool) = (row.get(3)?, row.get(9)?);
    let author = match (system, agent > 0) {
        (true, _) => Author::System,
        (false, true) => Author::Agent,
        (false, false) => Author::Customer,
    };
    let html = row.get::<_, Option<String>>(6)?.map(Untrusted::new);
    let text = match row.get::<_, Option<String>>(13)? {
        Some(reason) => SafeText::line(&format!("[unreadable: {reason}]")),
        None => readable(&row::untrusted(row, 5)?, html.as_ref()),
    };
    Ok(ActionRow {
        id: ActionId(row.get(0)?),
        author,
        who: row::line(row, 2)?,
        outcome: row::line(row, 1)?,
        at: row::time(row, 4)?,
        text,
        private: row.get(7)?,
        important: row.get(8)?,
        minutes: minutes(row.get(10)?),
        new_status: row.get::<_, Option<i64>>(11)?.filter(|id| *id > 0).map(|id| names.status(id).name),
        attachments: row::small(row, 12)?,
    })
}

/// Whole minutes; what is below zero or no number is none.
fn minutes(hours: f64) -> u32 {
    let worked = Duration::try_from_secs_f64(hours * 3600.0).unwrap_or_default();
    u32::try_from((worked.as_secs() + 30) / 60).unwrap_or(u32::MAX)
}

/// The words of a text that came as plain text and, sometimes, as HTML.
fn readable(plain: &Untrusted, html: Option<&Untrusted>) -> SafeText {
    match html {
        Some(html) if plain.is_empty() => html.block(),
        _ => plain.block(),
    }
}
