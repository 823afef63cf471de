//! The lookup tables in memory: they are small and every row needs them.

use std::collections::HashMap;

use rusqlite::Connection;

use super::row;
use crate::{
    domain::{Label, PriorityId, SlaId},
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
    priorities: HashMap<(i64, i64), Named>,
    /// Whether the SLA clock stands in a status.
    holds: HashMap<i64, bool>,
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
            statuses: by_id(conn, "SELECT name, colour, id FROM statuses")?,
            types: by_id(conn, "SELECT name, NULL, id FROM ticket_types")?,
            teams: by_id(conn, "SELECT name, NULL, id FROM teams")?,
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

    /// The priority's label under its SLA.
    pub(super) fn priority(&self, sla: SlaId, id: PriorityId) -> Label {
        label(self.priorities.get(&(sla.0, id.0)), id.0)
    }

    /// The ticket type's name.
    pub(super) fn ticket_type(&self, id: i64) -> SafeText {
        label(self.types.get(&id), id).name
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
