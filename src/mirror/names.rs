//! The lookup tables in memory: they are small and every row needs them.

use std::{collections::HashMap, sync::Arc};

use jiff::tz::TimeZone;

use rusqlite::Connection;

use super::row;
use crate::{
    domain::{Allowance, Calendar, Label, PriorityId, SlaId, SlaTerms, Workday},
    query::folded_words,
    text::SafeText,
};

/// The names that numbers stand for, made safe, with folded words for matching.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) statuses: HashMap<i64, Named>,
    pub(super) types: HashMap<i64, Named>,
    pub(super) teams: HashMap<i64, Named>,
    pub(super) agents: HashMap<i64, Named>,
    /// The lists that are kept in Halo.
    pub(super) lists: HashMap<i64, Named>,
    priorities: HashMap<(i64, i64), Named>,
    /// Whether the SLA clock stands in a status.
    holds: HashMap<i64, bool>,
    /// How long the targets of each priority may take: the response, the fix.
    allowed: Allowed,
    /// The hours that count under each SLA that does not run round the clock.
    calendars: HashMap<i64, Arc<Calendar>>,
}

/// A name with its colour and its folded words.
#[derive(Debug, Default)]
pub(super) struct Named {
    pub(super) label: Label,
    pub(super) words: String,
}

impl Names {
    pub(super) fn load(conn: &Connection) -> rusqlite::Result<Self> {
        let mut holds = conn.prepare_cached("SELECT id, holds_sla FROM statuses")?;
        let holds = holds.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
        Ok(Self {
            holds,
            allowed: allowed(conn)?,
            calendars: calendars(conn)?,
            statuses: by_id(conn, "SELECT name, colour, id FROM statuses")?,
            types: by_id(conn, "SELECT name, NULL, id FROM ticket_types")?,
            teams: by_id(conn, "SELECT name, NULL, id FROM teams")?,
            lists: by_id(conn, "SELECT name, NULL, id FROM view_lists")?,
            agents: by_id(conn, "SELECT name, colour, id FROM agents WHERE id > 1")?,
            priorities: load(conn, "SELECT name, colour, sla_id, id FROM priorities", |row| Ok((row.get(2)?, row.get(3)?)))?,
        })
    }

    /// The status's label; its number where no status is known by it.
    pub(super) fn status(&self, id: i64) -> Label {
        label(self.statuses.get(&id), id)
    }

    /// Whether the SLA clock stands in the status, where it is known.
    pub(super) fn holds_sla(&self, id: i64) -> Option<bool> {
        self.holds.get(&id).copied()
    }

    /// How long the targets of a priority may take, and in which hours.
    pub(super) fn terms(&self, sla: SlaId, id: PriorityId) -> SlaTerms {
        let (respond, fix) = self.allowed.get(&(sla.0, id.0)).copied().unwrap_or_default();
        SlaTerms { respond, fix, calendar: self.calendars.get(&sla.0).cloned() }
    }

    /// The SLAs that don't run round the clock, with the hours that count, in the order of their numbers.
    pub(super) fn calendars(&self) -> Vec<(i64, &Calendar)> {
        let mut calendars: Vec<_> = self.calendars.iter().map(|(sla, calendar)| (*sla, calendar.as_ref())).collect();
        calendars.sort_unstable_by_key(|(sla, _)| *sla);
        calendars
    }

    /// The priority's label under its SLA.
    pub(super) fn priority(&self, sla: SlaId, id: PriorityId) -> Label {
        label(self.priorities.get(&(sla.0, id.0)), id.0)
    }

    /// The ticket type's name.
    pub(super) fn ticket_type(&self, id: i64) -> SafeText {
        label(self.types.get(&id), id).name
    }

    /// What priorities are called, from the highest, each once, then their numbers.
    pub(super) fn priority_words(&self) -> Vec<SafeText> {
        let mut named: Vec<_> = self.priorities.iter().map(|((_, id), named)| (*id, &named.label.name)).collect();
        named.sort_unstable();
        let mut words: Vec<SafeText> = Vec::new();
        let numbers = named.iter().map(|(id, _)| SafeText::line(&id.to_string()));
        for word in named.iter().map(|(_, name)| (*name).clone()).chain(numbers) {
            if !word.is_empty() && !words.contains(&word) {
                words.push(word);
            }
        }
        words
    }

    /// The SLA-and-number pairs of the priorities whose name fits.
    pub(super) fn priorities_named(&self, fits: impl Fn(&str) -> bool) -> Vec<(i64, i64)> {
        let mut found: Vec<_> = self.priorities.iter().filter(|(_, named)| fits(&named.words)).map(|(key, _)| *key).collect();
        found.sort_unstable();
        found
    }
}

/// The ids whose name fits, in order.
pub(super) fn ids_named(names: &HashMap<i64, Named>, fits: impl Fn(&str) -> bool) -> Vec<i64> {
    let mut found: Vec<_> = names.iter().filter(|(_, named)| fits(&named.words)).map(|(id, _)| *id).collect();
    found.sort_unstable();
    found
}

/// Zero and below stand for "none" in Halo.
fn label(named: Option<&Named>, id: i64) -> Label {
    match named {
        Some(named) => named.label.clone(),
        None if id > 0 => Label { name: SafeText::line(&id.to_string()), colour: None },
        None => Label::default(),
    }
}

type Allowed = HashMap<(i64, i64), (Option<Allowance>, Option<Allowance>)>;

fn allowed(conn: &Connection) -> rusqlite::Result<Allowed> {
    let mut statement = conn.prepare_cached("SELECT sla_id, id, respond, respond_in_days, fix, fix_in_days FROM priorities")?;
    let allowance = |row: &rusqlite::Row<'_>, column: usize| -> rusqlite::Result<Option<Allowance>> {
        let in_days: bool = row.get(column + 1)?;
        let allowance = if in_days { Allowance::Days } else { Allowance::Minutes };
        Ok(row.get::<_, Option<i64>>(column)?.map(allowance))
    };
    let rows = statement.query_map([], |row| Ok(((row.get(0)?, row.get(1)?), (allowance(row, 2)?, allowance(row, 4)?))))?;
    rows.collect()
}

/// The hours that count under each SLA; of hours or a zone that can't be read nothing is known, and the clock on the wall counts.
fn calendars(conn: &Connection) -> rusqlite::Result<HashMap<i64, Arc<Calendar>>> {
    let mut statement = conn.prepare_cached("SELECT s.id, w.hours FROM slas AS s JOIN workdays AS w ON w.id = s.workday_id")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
    let mut calendars = HashMap::new();
    for row in rows {
        let (sla, hours) = row?;
        let workday: Option<Workday> = serde_json::from_str(&hours).ok();
        let zone = workday.as_ref().and_then(Workday::zone_name).and_then(|name| TimeZone::get(name).ok());
        calendars.extend(workday.zip(zone).and_then(|(workday, zone)| Some((sla, Arc::new(Calendar::new(&workday, zone)?)))));
    }
    Ok(calendars)
}

fn by_id(conn: &Connection, sql: &str) -> rusqlite::Result<HashMap<i64, Named>> {
    load(conn, sql, |row| row.get(2))
}

fn load<K: std::hash::Hash + Eq>(
    conn: &Connection,
    sql: &str,
    key: impl Fn(&rusqlite::Row<'_>) -> rusqlite::Result<K>,
) -> rusqlite::Result<HashMap<K, Named>> {
    let mut statement = conn.prepare_cached(sql)?;
    let rows = statement.query_map([], |row| {
        let label = Label { name: row::line(row, 0)?, colour: row::colour(row, 1)? };
        let words = folded_words(label.name.as_str());
        Ok((key(row)?, Named { label, words }))
    })?;
    rows.collect()
}
