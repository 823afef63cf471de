//! Rows by the word index, those that lead first.

use std::sync::Arc;

use rusqlite::{Connection, params_from_iter, types::Value};

use super::{
    super::{
        compile::{Condition, EVERY, said},
        words::{AtHand, Said, Sought, Table, Terms, shard_of},
    },
    At, Group,
};

/// No tickets, as a JSON array.
const NONE: &str = "[]";

/// Rows by the word index, of those that meet a filter.
#[derive(Clone, Debug)]
pub(in super::super) struct ByWords {
    /// The newest tickets' first.
    pub(in super::super) shards: Arc<[i64]>,
    pub(in super::super) terms: Terms,
    pub(in super::super) filter: Condition,
    /// Tickets that the server says have the words, as a JSON array.
    pub(in super::super) also: Arc<str>,
    /// All tickets that meet the filter, in the order of their numbers, where they are not too many.
    pub(in super::super) within: Option<Arc<[i64]>>,
    pub(in super::super) words: AtHand,
}

impl ByWords {
    /// The tables that together hold every row that says all terms.
    pub(in super::super) fn sources(&self) -> Vec<Sought> {
        let long = Terms(self.terms.0.iter().filter(|term| Terms::is_long(term)).cloned().collect());
        if let Some(source) = Sought::terms(Table::All, long) {
            return vec![source];
        }
        // One of the terms leads to the rows; whether they say the others as well is looked at in each.
        let first = Terms(self.terms.0.iter().take(1).cloned().collect());
        [Table::Summary, Table::Names, Table::All].into_iter().filter_map(|table| Sought::terms(table, first.clone())).collect()
    }

    /// Whether the sources hold rows that don't say all terms.
    pub(in super::super) fn is_loose(&self) -> bool {
        let short = self.terms.0.iter().filter(|term| !Terms::is_long(term)).count();
        self.terms.has_phrase() || (short > 0 && self.terms.0.len() > 1)
    }

    pub(super) fn more(&self, conn: &Connection, at: &mut At, limit: usize) -> rusqlite::Result<Vec<i64>> {
        let number = self.terms.number();
        let mut ids: Vec<i64> = Vec::new();
        if at.group == Group::Number {
            if let Some(id) = number
                && self.holds(conn, id)?
            {
                ids.push(id);
            }
            *at = At { group: Group::Summary, last: None };
        }
        if at.group == Group::Summary {
            self.rows(conn, Group::Summary, number, &mut at.last, limit, &mut ids)?;
            if ids.len() >= limit {
                return Ok(ids);
            }
            *at = At { group: Group::Anything, last: None };
        }
        if at.group == Group::Elsewhere {
            ids.extend(self.elsewhere(conn, at.last, limit - ids.len())?);
            at.last = ids.last().copied().or(at.last);
            return Ok(ids);
        }
        self.rows(conn, Group::Anything, number, &mut at.last, limit, &mut ids)?;
        if ids.len() < limit {
            let elsewhere = self.elsewhere(conn, None, limit - ids.len())?;
            *at = At { group: Group::Elsewhere, last: elsewhere.last().copied() };
            ids.extend(elsewhere);
        }
        Ok(ids)
    }

    /// The condition that a row says all terms, or that the server says so.
    pub(in super::super) fn said(&self) -> Condition {
        let said = said(&self.terms);
        if self.also.as_ref() == NONE {
            return said;
        }
        let params = said.params.into_iter().chain(std::iter::once(Value::Text(self.also.to_string()))).collect();
        Condition { sql: format!("({} OR t.id IN (SELECT value FROM json_each(?)))", said.sql), params }
    }

    /// Of the tickets of which only the server says that they have the words, those after `last` that meet the filter.
    pub(in super::super) fn elsewhere(&self, conn: &Connection, last: Option<i64>, limit: usize) -> rusqlite::Result<Vec<i64>> {
        if self.also.as_ref() == NONE {
            return Ok(Vec::new());
        }
        let said = said(&self.terms);
        let sql = format!(
            "SELECT t.id FROM json_each(?) AS hit CROSS JOIN tickets AS t WHERE t.id = hit.value AND t.id < ? AND ({}) AND NOT {} \
             ORDER BY t.id DESC LIMIT ?",
            self.filter.sql, said.sql
        );
        let params = [Value::Text(self.also.to_string()), Value::Integer(last.unwrap_or(i64::MAX))]
            .into_iter()
            .chain(self.filter.params.iter().cloned())
            .chain(said.params)
            .chain(std::iter::once(Value::Integer(i64::try_from(limit).unwrap_or(i64::MAX))));
        conn.prepare_cached(&sql)?.query_map(params_from_iter(params), |row| row.get(0))?.collect()
    }

    /// Adds rows of a group behind its last one until there are `limit`.
    fn rows(
        &self,
        conn: &Connection,
        group: Group,
        without: Option<i64>,
        last: &mut Option<i64>,
        limit: usize,
        ids: &mut Vec<i64>,
    ) -> rusqlite::Result<()> {
        let sources = match group {
            Group::Summary => Sought::terms(Table::Summary, self.terms.clone()).into_iter().collect(),
            _ => self.sources(),
        };
        let newest = last.map_or(i64::MAX, shard_of);
        for shard in self.shards.iter().copied().filter(|shard| *shard <= newest) {
            let tables = sources.iter().map(|source| source.in_shard(conn, shard)).collect::<rusqlite::Result<Vec<_>>>()?;
            let mut done = false;
            while !done && ids.len() < limit {
                let missing = limit - ids.len();
                let mut found = Vec::new();
                done = true;
                for (table, matching) in &tables {
                    let some = self.of_shard(conn, table, matching, group, *last, missing)?;
                    done &= some.len() < missing;
                    found.extend(some);
                }
                found.sort_unstable_by(|one, other| other.cmp(one));
                found.dedup();
                found.truncate(missing);
                // What was cut off comes in the next turn.
                *last = found.last().copied().or(*last);
                ids.extend(found.into_iter().filter(|id| Some(*id) != without));
            }
            if ids.len() >= limit {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Whether a row that the index finds for a group belongs there.
    fn fits(&self, conn: &Connection, group: Group, id: i64) -> rusqlite::Result<bool> {
        Ok(match group {
            Group::Summary => !self.terms.has_phrase() || self.words.leads(conn, id, &self.terms)?,
            _ if self.is_loose() => self.words.said_by(conn, id, &self.terms)? == Some(Said::Anywhere),
            _ => !self.words.leads(conn, id, &self.terms)?,
        })
    }

    /// The rows that a shard's table finds for a group, the newest ticket first.
    fn of_shard(
        &self,
        conn: &Connection,
        table: &str,
        matching: &str,
        group: Group,
        last: Option<i64>,
        limit: usize,
    ) -> rusqlite::Result<Vec<i64>> {
        let mut params =
            vec![Value::Text(matching.to_owned()), Value::Integer(last.map_or(i64::MAX, |last| last.saturating_sub(1)))];
        let before = format!("w.{table} MATCH ? AND w.rowid <= ?");
        let sql = if self.within.is_some() || self.filter.sql == EVERY {
            format!("SELECT w.rowid FROM {table} AS w WHERE {before} ORDER BY w.rowid DESC")
        } else {
            params.extend(self.filter.params.iter().cloned());
            // The order of a CROSS JOIN is kept as it is written.
            format!(
                "SELECT w.rowid FROM {table} AS w CROSS JOIN tickets AS t WHERE {before} AND t.id = w.rowid AND ({}) \
                 ORDER BY w.rowid DESC",
                self.filter.sql
            )
        };
        let mut ids = Vec::new();
        let mut statement = conn.prepare_cached(&sql)?;
        let mut rows = statement.query(params_from_iter(params))?;
        while ids.len() < limit
            && let Some(row) = rows.next()?
        {
            let id = row.get(0)?;
            // A number is compared with those within before anything is looked at.
            if self.within.as_ref().is_none_or(|within| within.binary_search(&id).is_ok()) && self.fits(conn, group, id)? {
                ids.push(id);
            }
        }
        Ok(ids)
    }

    pub(super) fn holds(&self, conn: &Connection, id: i64) -> rusqlite::Result<bool> {
        let said = self.said();
        let sql = format!("SELECT EXISTS (SELECT 1 FROM tickets AS t WHERE t.id = ? AND ({}) AND {})", self.filter.sql, said.sql);
        let params = std::iter::once(Value::Integer(id)).chain(self.filter.params.iter().cloned()).chain(said.params);
        conn.prepare_cached(&sql)?.query_row(params_from_iter(params), |row| row.get(0))
    }

    /// Of these tickets, which meet the filter, those that say all terms, in their order.
    pub(in super::super) fn among(&self, conn: &Connection, ids: &[i64]) -> rusqlite::Result<Vec<i64>> {
        let number = self.terms.number();
        let mut found = self.said_among(conn, ids)?;
        found.sort_unstable_by_key(|(id, said)| std::cmp::Reverse((Some(*id) == number, *said, *id)));
        Ok(found.into_iter().map(|(id, _)| id).collect())
    }

    /// Of these tickets, which meet the filter, those that say all terms, and where.
    pub(in super::super) fn said_among(&self, conn: &Connection, ids: &[i64]) -> rusqlite::Result<Vec<(i64, Said)>> {
        let said = ids.iter().map(|id| Ok(self.words.said_by(conn, *id, &self.terms)?.map(|said| (*id, said))));
        said.filter_map(Result::transpose).collect()
    }
}
