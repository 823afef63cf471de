//! Reading a ticket's text and its actions.

use std::time::Duration;

use rusqlite::{OptionalExtension, Row};

use super::{Reader, StoreError, bodies::Held, names::Names, row};
use crate::{
    domain::{
        ActionId, ActionRow, AssetLabel, Author, Conversation, Extras, FileRow, LinkedTicket, Relation, TicketExtras, TicketId,
    },
    text::{Links, MailText, SafeText, Untrusted, file_name},
};

/// Tickets that hang on one and are looked up; more are shown by their numbers alone.
const MOST_LOOKED_UP: usize = 50;

impl Reader {
    /// A ticket with what is stored of its conversation; `None` where there is no such ticket.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub fn conversation(&self, ticket: TicketId) -> Result<Option<Conversation>, StoreError> {
        let Some(row) = self.ticket(ticket)? else { return Ok(None) };
        let stale = self.conversation_is_outdated(ticket)?;
        let extras = self.extras(ticket)?;
        // What is not stored may be held.
        let held = self.positions.texts.of(ticket).unwrap_or_default();
        let found: Result<Option<Conversation>, StoreError> = self.with_names(|names| {
            let mut body = self.conn.prepare_cached("SELECT details, details_html FROM ticket_text WHERE ticket_id = ?")?;
            let body = body.query_row([ticket.0], |row| {
                Ok((row::untrusted(row, 0)?, row.get::<_, Option<String>>(1)?.map(Untrusted::new)))
            });
            // The oldest text has the lowest numbers: they stay what they are when something is added.
            let mut links = Links::default();
            let body = body.optional()?.or_else(|| held.details.clone()).map(|(plain, html)| readable(&plain, html.as_ref(), &mut links)).unwrap_or_default();
            let mut fetched = self.conn.prepare_cached("SELECT fetched_at, left_out FROM conversations WHERE ticket_id = ?")?;
            let fetched = fetched.query_row([ticket.0], |row| Ok((row::time(row, 0)?, row.get::<_, i64>(1)?))).optional()?;
            let (fetched_at, left_out) = fetched.unwrap_or_default();
            let left_out = u64::try_from(left_out).unwrap_or_default();
            let mut actions = self.conn.prepare_cached(
                "SELECT id, outcome, who, agent_id, at, note, note_html, private, important, system, hours, new_status, attachments, \
                 unreadable FROM actions WHERE ticket_id = ? ORDER BY at, id",
            )?;
            let actions = actions.query_map([ticket.0], |row| action(row, names, &held, &mut links))?;
            let mut actions: Vec<ActionRow> = actions.collect::<Result<_, _>>()?;
            actions.reverse();
            let links = links.into_list();
            Ok(Some(Conversation { ticket: row, body, actions, left_out, links, extras, fetched_at, stale, ..Conversation::default() }))
        });
        let Some(mut conversation) = found? else { return Ok(None) };
        if conversation.ticket.changed {
            conversation.difference = self.difference(ticket, &conversation.actions)?;
        }
        Ok(Some(conversation))
    }

    /// What hangs on a ticket, as far as it was read.
    fn extras(&self, ticket: TicketId) -> Result<Extras, StoreError> {
        let mut statement = self.conn.prepare_cached("SELECT extras FROM ticket_extras WHERE ticket_id = ?")?;
        let json: Option<String> = statement.query_row([ticket.0], |row| row.get(0)).optional()?;
        // What an older program wrote differently is read anew with the ticket.
        let stored: TicketExtras = json.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default();
        let related = [(stored.parent, Relation::Parent), (stored.merged_into, Relation::MergedInto)];
        let related = related.into_iter().filter_map(|(id, relation)| Some((id?, relation)));
        let related = related.chain(stored.children.iter().map(|id| (*id, Relation::Child)));
        let mut tickets = Vec::new();
        for (place, (id, relation)) in related.enumerate() {
            let row = if place < MOST_LOOKED_UP { self.ticket(id)? } else { None }.unwrap_or_default();
            tickets.push(LinkedTicket { id, relation, summary: row.summary, status: row.status, is_closed: row.is_closed });
        }
        Ok(Extras {
            fields: stored.fields.iter().map(|field| (field.label.line(), field.value.line())).collect(),
            assets: stored
                .assets
                .iter()
                .map(|asset| AssetLabel { id: asset.id, tag: asset.tag.line(), kind: asset.kind.line() })
                .collect(),
            files: stored
                .attachments
                .iter()
                .map(|file| FileRow { id: file.id, name: file_name(file.name.as_stored()), size: file.size })
                .collect(),
            tickets,
        })
    }
}

fn action(row: &Row<'_>, names: &Names, held: &Held, links: &mut Links) -> rusqlite::Result<ActionRow> {
    let (agent, system): (i64, bool) = (row.get(3)?, row.get(9)?);
    let author = match (system, agent > 0) {
        (true, _) => Author::System,
        (false, true) => Author::Agent,
        (false, false) => Author::Customer,
    };
    let id = ActionId(row.get(0)?);
    let (note, html) = match held.notes.as_ref().and_then(|notes| notes.get(&id)) {
        Some(held) => held.clone(),
        None => (row::untrusted(row, 5)?, row.get::<_, Option<String>>(6)?.map(Untrusted::new)),
    };
    let text = match row.get::<_, Option<String>>(13)? {
        Some(reason) => MailText::said(SafeText::line(&format!("[unreadable: {reason}]"))),
        None => readable(&note, html.as_ref(), links),
    };
    let new_status = row.get::<_, Option<i64>>(11)?.filter(|id| *id > 0);
    Ok(ActionRow {
        id,
        author,
        who: row::line(row, 2)?,
        outcome: row::line(row, 1)?,
        at: row::time(row, 4)?,
        text,
        private: row.get(7)?,
        important: row.get(8)?,
        minutes: minutes(row.get(10)?),
        new_status: new_status.map(|id| names.status(id).name),
        holds_sla: new_status.and_then(|id| names.holds_sla(id)),
        attachments: row::small(row, 12)?,
    })
}

/// Whole minutes; what is below zero or no number is none.
fn minutes(hours: f64) -> u32 {
    let worked = Duration::try_from_secs_f64(hours * 3600.0).unwrap_or_default();
    u32::try_from((worked.as_secs() + 30) / 60).unwrap_or(u32::MAX)
}

/// The words of a text that came as plain text and, sometimes, as HTML: that knows links, tables, quotes and pictures.
fn readable(plain: &Untrusted, html: Option<&Untrusted>, links: &mut Links) -> MailText {
    let text = html.map(|html| html.html(links)).unwrap_or_default();
    if text.is_empty() { plain.mail(links) } else { text }
}
