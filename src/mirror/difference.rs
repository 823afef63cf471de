//! What became of a ticket since it was looked at, found by comparing the row with what was noted then.

use rusqlite::OptionalExtension;

use super::{Reader, StoreError, apply, names::Names};
use crate::{
    domain::{ActionRow, Author, Difference, FieldChange, PriorityId, SeenFields, SlaId, TicketId, Timestamp},
    text::{SafeText, Untrusted},
};

/// The fields of a row as they are noted, as an expression for SQL.
pub(super) const FIELDS: &str = "json_object('status', status_id, 'priority', priority_id, 'sla', sla_id, 'agent', agent_id, \
    'team', team_id, 'team_name', team_name, 'summary', summary, 'client', client_name, 'user', user_name, \
    'type', ticket_type_id, 'fix_by', fix_by, 'last_action', last_action, 'attachments', attachments)";

impl Reader {
    /// Notes that a ticket was looked at as it was at `updated`; says whether it counted as changed until now.
    pub(super) fn mark_seen(&self, ticket: TicketId, updated: Timestamp) -> Result<bool, StoreError> {
        let sql = "SELECT t.updated_key > seen.updated, seen.fields = '' FROM seen JOIN tickets AS t ON t.id = seen.ticket_id \
            WHERE seen.ticket_id = ?";
        let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
        let found: Option<(bool, bool)> = self.conn.prepare_cached(sql)?.query_row([ticket.0], read).optional()?;
        match found {
            Some((true, _)) => {
                self.write(|conn| apply::mark_seen(conn, ticket, updated))?;
                Ok(true)
            }
            // No list shows whether a ticket was looked at that has not changed since.
            Some((false, true)) | None => self.note(|conn| apply::mark_seen(conn, ticket, updated)).map(|()| false),
            Some((false, false)) => Ok(false),
        }
    }

    /// The difference between a ticket and what was seen of it; empty where it was never looked at. `actions` are its own, the newest
    /// first.
    pub(super) fn difference(&self, ticket: TicketId, actions: &[ActionRow]) -> Result<Difference, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT seen.fields, {FIELDS} FROM seen JOIN tickets ON tickets.id = seen.ticket_id \
             WHERE seen.ticket_id = ? AND tickets.updated_key > seen.updated"
        ))?;
        let read = |row: &rusqlite::Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?));
        let Some((seen, now)) = statement.query_row([ticket.0], read).optional()? else { return Ok(Difference::default()) };
        // An older program noted only that it was looked at.
        let fields = |json: &str| serde_json::from_str::<SeenFields>(json).ok();
        let Some((seen, now)) = fields(&seen).zip(fields(&now)) else { return Ok(Difference::default()) };
        self.with_names(|names| Ok(compare(&seen, &now, actions, names)))
    }
}

fn compare(seen: &SeenFields, now: &SeenFields, actions: &[ActionRow], names: &Names) -> Difference {
    let since = seen.last_action.unwrap_or(i64::MIN);
    let new = actions.iter().filter(|action| action.at.is_some_and(|at| at.as_millisecond() > since));
    let line = |text: &str| Untrusted::new(text.to_owned()).line();
    let called = |found: Option<&super::names::Named>, id: i64| match found {
        Some(known) => known.label.name.clone(),
        None if id > 1 => SafeText::line(&id.to_string()),
        None => SafeText::line("nobody"),
    };
    let team = |fields: &SeenFields| match names.teams.get(&fields.team).filter(|_| fields.team_name.is_empty()) {
        Some(known) => known.label.name.clone(),
        None => line(&fields.team_name),
    };
    let moment = |millis: Option<i64>| {
        let at = millis.and_then(|millis| Timestamp::from_millisecond(millis).ok());
        // Without a zone here: the day and the minute are told as the server has them.
        at.map_or_else(|| SafeText::line("none"), |at| SafeText::line(&at.strftime("%-d %b %H:%M UTC").to_string()))
    };
    let mut fields = Vec::new();
    let mut tell = |name, differs: bool, from: SafeText, to: SafeText| {
        if differs && from != to {
            fields.push(FieldChange { name, from, to, by: None });
        }
    };
    tell("status", seen.status != now.status, names.status(seen.status).name, names.status(now.status).name);
    let priority = |fields: &SeenFields| names.priority(SlaId(fields.sla), PriorityId(fields.priority)).name;
    tell("priority", (seen.sla, seen.priority) != (now.sla, now.priority), priority(seen), priority(now));
    let agent = |id: i64| called(names.agents.get(&id), id);
    tell("agent", seen.agent != now.agent, agent(seen.agent), agent(now.agent));
    tell("team", (seen.team, &seen.team_name) != (now.team, &now.team_name), team(seen), team(now));
    tell("type", seen.r#type != now.r#type, names.ticket_type(seen.r#type), names.ticket_type(now.r#type));
    tell("summary", seen.summary != now.summary, line(&seen.summary), line(&now.summary));
    tell("client", seen.client != now.client, line(&seen.client), line(&now.client));
    tell("user", seen.user != now.user, line(&seen.user), line(&now.user));
    tell("fix by", seen.fix_by != now.fix_by, moment(seen.fix_by), moment(now.fix_by));
    let count = |files: u32| SafeText::line(&files.to_string());
    tell("files", seen.attachments != now.attachments, count(seen.attachments), count(now.attachments));
    if let Some(status) = fields.iter_mut().find(|change| change.name == "status") {
        let set = new.clone().find(|action| action.new_status.as_ref() == Some(&status.to));
        status.by = set.and_then(|action| Some((action.who.clone(), action.at?)));
    }
    let said = new.filter(|action| action.author != Author::System);
    Difference { fields, said: said.filter_map(|action| Some((action.who.clone(), action.at?))).collect() }
}
