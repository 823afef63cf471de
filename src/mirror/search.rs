//! Lists whose rows are found one after the other, words in hand: what is found grows as somebody scrolls.
//!
//! A search without an order of its own gives the ticket with just that number first, then those whose number or summary says
//! it all, then all others, at last those of which only the server says so, each the newest ticket first. These are orders in which the word index gives its rows, so that the
//! first ones are there however many there are. Nothing that is found later comes before what is shown.

use std::sync::Arc;

use rusqlite::{Connection, params_from_iter, types::Value};

use super::{
    compile::{Condition, EVERY, said, said_in_summary},
    held::{self, ByShard},
    list::{List, Place},
    positions::Positions,
    words::{Said, Sought, Table, Terms, leads, said_by, shard_of},
};
use crate::domain::Anchor;

/// Nobody scrolls further; a list that is asked for its end shows this one.
const MOST: usize = 20_000;
/// No tickets, as a JSON array.
const NONE: &str = "[]";
/// How many rows are found at once while a row is looked for.
const STEP: usize = 500;

/// A list that is found row by row.
#[derive(Clone, Debug)]
pub(super) struct Search {
    /// What makes this list the same list when it is asked for again.
    pub(super) name: String,
    pub(super) way: Way,
    /// Stop counting here.
    pub(super) count_up_to: Option<u64>,
}

/// How rows are found.
#[derive(Clone, Debug)]
pub(super) enum Way {
    /// They are at hand, all of them, in their order.
    AtHand(Vec<i64>),
    /// By the word index, those that lead first.
    ByWords(ByWords),
    /// By walking a list.
    ByOrder(ByOrder),
}

/// The rows of a list that are found.
#[derive(Clone, Debug)]
pub(super) struct ByOrder {
    pub(super) list: List,
    pub(super) hits: Hits,
    /// Tickets that the server says have the words, in the order of their numbers.
    pub(super) also: Arc<[i64]>,
    /// How many rows there are, where that is known before they are walked to.
    pub(super) total: Option<u64>,
}

/// Which rows of a walked list are found.
#[derive(Clone, Debug)]
pub(super) enum Hits {
    /// These, in the order of their numbers, as far as they say all of the terms, if some are given.
    Gathered(Arc<[i64]>, Option<Terms>),
    /// Those that turn out to say it.
    ByShard(ByShard),
}

impl ByOrder {
    fn is_hit(&self, conn: &Connection, id: i64) -> rusqlite::Result<bool> {
        if self.also.binary_search(&id).is_ok() {
            return Ok(true);
        }
        match &self.hits {
            Hits::Gathered(ids, _) if ids.binary_search(&id).is_err() => Ok(false),
            Hits::Gathered(_, terms) => terms.as_ref().map_or(Ok(true), |terms| Ok(said_by(conn, id, terms)?.is_some())),
            Hits::ByShard(hits) => hits.is_hit(conn, id),
        }
    }
}

/// What was found so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    ids: Vec<i64>,
    at: At,
    /// There are no more.
    all: bool,
}

/// Up to where was searched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct At {
    group: Group,
    /// The last row found of the group.
    last: Option<i64>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Group {
    #[default]
    Number,
    Summary,
    Anything,
    Elsewhere,
}

impl Search {
    /// The window at `anchor` of at most `count` rows, and whether there are more rows than its total says.
    pub(super) fn window(
        &self,
        conn: &Connection,
        positions: &Positions,
        anchor: Anchor<i64>,
        count: usize,
    ) -> rusqlite::Result<(Place, bool)> {
        let known = positions.found(&self.name).unwrap_or_default();
        let mut found = Arc::unwrap_or_clone(known);
        let (start, count) = self.place(conn, &mut found, anchor, count)?;
        let (counted, total) = match (self.count_up_to, &self.way) {
            (None, _) => (usize::MAX, None),
            // Between two rows that are found many others may stand: they are not counted before they are scrolled to.
            (Some(_), Way::ByOrder(walked)) => (0, walked.total),
            (Some(most), _) => (usize::try_from(most).unwrap_or(usize::MAX), None),
        };
        // One row more than is shown tells whether there are more.
        self.find(conn, &mut found, counted.max(start.saturating_add(count).saturating_add(1)))?;
        let ids: Vec<i64> = found.ids.iter().skip(start).take(count).copied().collect();
        let counted = found.ids.len() as u64;
        let place = Place { ids, offset: counted.min(start as u64), total: total.unwrap_or(counted) };
        let more = !found.all && total.is_none();
        positions.keep_found(&self.name, Arc::new(found));
        Ok((place, more))
    }

    /// The index of the window's first row, and how many rows it has at most.
    fn place(&self, conn: &Connection, found: &mut Found, anchor: Anchor<i64>, count: usize) -> rusqlite::Result<(usize, usize)> {
        Ok(match anchor {
            Anchor::Start => (0, count),
            Anchor::End => {
                self.find(conn, found, MOST.max(count))?;
                (found.ids.len().saturating_sub(count), count)
            }
            Anchor::After(id) => (self.index_of(conn, found, id)?.map_or(0, |at| at + 1), count),
            Anchor::Before(id) => match self.index_of(conn, found, id)? {
                None => (0, count),
                Some(at) => (at - at.min(count), at.min(count)),
            },
            Anchor::Around(id) => match self.index_of(conn, found, id)? {
                None => (0, count),
                Some(at) => {
                    let start = at - at.min(count.saturating_sub(1) / 2);
                    self.find(conn, found, start.saturating_add(count))?;
                    // Near the end more rows before the anchor fill the window.
                    (start.min(found.ids.len().saturating_sub(count)), count)
                }
            },
        })
    }

    /// Where a row stands, if it stands there within reach.
    fn index_of(&self, conn: &Connection, found: &mut Found, id: i64) -> rusqlite::Result<Option<usize>> {
        let mut from = 0;
        loop {
            if let Some(at) = found.ids.iter().skip(from).position(|other| *other == id) {
                return Ok(Some(from + at));
            }
            if found.all || found.ids.len() >= MOST || (from == 0 && !self.holds(conn, id)?) {
                return Ok(None);
            }
            from = found.ids.len();
            self.find(conn, found, from + STEP)?;
        }
    }

    /// Finds rows until there are `least`, or all.
    fn find(&self, conn: &Connection, found: &mut Found, least: usize) -> rusqlite::Result<()> {
        while !found.all && found.ids.len() < least {
            let missing = (least - found.ids.len()).clamp(1, MOST);
            let more = self.more(conn, &mut found.at, missing)?;
            found.all = more.len() < missing;
            found.ids.extend(more);
        }
        Ok(())
    }

    /// The next rows, fewer than `limit` only where there are no more.
    fn more(&self, conn: &Connection, at: &mut At, limit: usize) -> rusqlite::Result<Vec<i64>> {
        match &self.way {
            Way::AtHand(ids) => {
                let from = at.last.and_then(|last| ids.iter().position(|id| *id == last)).map_or(0, |at| at + 1);
                let more: Vec<i64> = ids.iter().skip(from).take(limit).copied().collect();
                at.last = more.last().copied().or(at.last);
                Ok(more)
            }
            Way::ByWords(words) => words.more(conn, at, limit),
            Way::ByOrder(found) => {
                let more = found.list.after_where(conn, at.last, limit, |id| found.is_hit(conn, id))?;
                at.last = more.last().copied().or(at.last);
                Ok(more)
            }
        }
    }

    fn holds(&self, conn: &Connection, id: i64) -> rusqlite::Result<bool> {
        match &self.way {
            Way::AtHand(ids) => Ok(ids.contains(&id)),
            Way::ByWords(words) => words.holds(conn, id),
            Way::ByOrder(found) => Ok(found.is_hit(conn, id)? && found.list.holds(conn, id)?),
        }
    }

    /// Calls `each` with the ids in their order until it answers false.
    pub(super) fn walk(
        &self,
        conn: &Connection,
        limit: Option<usize>,
        mut each: impl FnMut(i64) -> rusqlite::Result<bool>,
    ) -> rusqlite::Result<()> {
        let mut at = At::default();
        let mut missing = limit.unwrap_or(usize::MAX);
        while missing > 0 {
            let asked = missing.min(MOST);
            let more = self.more(conn, &mut at, asked)?;
            let last = more.len() < asked;
            missing -= more.len();
            for id in more {
                if !each(id)? {
                    return Ok(());
                }
            }
            if last {
                return Ok(());
            }
        }
        Ok(())
    }

    /// How many rows there are.
    pub(super) fn count(&self, conn: &Connection) -> rusqlite::Result<u64> {
        let mut counted = 0;
        self.walk(conn, None, |_| {
            counted += 1;
            Ok(true)
        })?;
        Ok(counted)
    }
}

/// Rows by the word index, of those that meet a filter.
#[derive(Clone, Debug)]
pub(super) struct ByWords {
    /// The newest tickets' first.
    pub(super) shards: Arc<[i64]>,
    pub(super) terms: Terms,
    pub(super) filter: Condition,
    /// Tickets that the server says have the words, as a JSON array.
    pub(super) also: Arc<str>,
    /// All tickets that meet the filter, in the order of their numbers, where they are not too many.
    pub(super) within: Option<Arc<[i64]>>,
}

impl ByWords {
    /// The tables that together hold every row that says all terms.
    pub(super) fn sources(&self) -> Vec<Sought> {
        let long = Terms(self.terms.0.iter().filter(|term| Terms::is_long(term)).cloned().collect());
        if let Some(source) = Sought::terms(Table::All, long) {
            return vec![source];
        }
        // One of the terms leads to the rows; whether they say the others as well is looked at in each.
        let first = Terms(self.terms.0.iter().take(1).cloned().collect());
        [Table::Summary, Table::Names, Table::All].into_iter().filter_map(|table| Sought::terms(table, first.clone())).collect()
    }

    /// Whether the sources hold rows that don't say all terms.
    pub(super) fn is_loose(&self) -> bool {
        let short = self.terms.0.iter().filter(|term| !Terms::is_long(term)).count();
        self.terms.has_phrase() || (short > 0 && self.terms.0.len() > 1)
    }

    fn more(&self, conn: &Connection, at: &mut At, limit: usize) -> rusqlite::Result<Vec<i64>> {
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
    pub(super) fn said(&self) -> Condition {
        let said = said(&self.terms);
        if self.also.as_ref() == NONE {
            return said;
        }
        let params = said.params.into_iter().chain(std::iter::once(Value::Text(self.also.to_string()))).collect();
        Condition { sql: format!("({} OR t.id IN (SELECT value FROM json_each(?)))", said.sql), params }
    }

    /// Of the tickets of which only the server says that they have the words, those after `last` that meet the filter.
    pub(super) fn elsewhere(&self, conn: &Connection, last: Option<i64>, limit: usize) -> rusqlite::Result<Vec<i64>> {
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

    /// What the rows that the index finds for a group have to meet.
    fn checks(&self, group: Group) -> Vec<Condition> {
        let leads = said_in_summary(&self.terms);
        if group == Group::Summary {
            return if self.terms.has_phrase() { vec![leads] } else { Vec::new() };
        }
        let mut checks = vec![Condition { sql: format!("NOT {}", leads.sql), params: leads.params }];
        checks.extend(self.is_loose().then(|| said(&self.terms)));
        checks
    }

    /// The same for a row by itself.
    fn fits(&self, conn: &Connection, group: Group, id: i64) -> rusqlite::Result<bool> {
        Ok(match group {
            Group::Summary => !self.terms.has_phrase() || leads(conn, id, &self.terms)?,
            _ if self.is_loose() => said_by(conn, id, &self.terms)? == Some(Said::Anywhere),
            _ => !leads(conn, id, &self.terms)?,
        })
    }

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
        if let Some(within) = &self.within {
            return held::hits_within(conn, table, params, |id| self.fits(conn, group, id), within, limit);
        }
        let checks = self.checks(group);
        let before = format!("w.{table} MATCH ? AND w.rowid <= ?");
        let sql = if self.filter.sql == EVERY && checks.is_empty() {
            format!("SELECT w.rowid FROM {table} AS w WHERE {before} ORDER BY w.rowid DESC LIMIT ?")
        } else {
            let mut conditions = format!("({})", self.filter.sql);
            params.extend(self.filter.params.iter().cloned());
            for check in checks {
                conditions = format!("{conditions} AND {}", check.sql);
                params.extend(check.params);
            }
            // The order of a CROSS JOIN is kept as it is written.
            format!(
                "SELECT w.rowid FROM {table} AS w CROSS JOIN tickets AS t WHERE {before} AND t.id = w.rowid AND {conditions} \
                 ORDER BY w.rowid DESC LIMIT ?"
            )
        };
        params.push(Value::Integer(i64::try_from(limit).unwrap_or(i64::MAX)));
        let mut statement = conn.prepare_cached(&sql)?;
        statement.query_map(params_from_iter(params), |row| row.get(0))?.collect()
    }

    fn holds(&self, conn: &Connection, id: i64) -> rusqlite::Result<bool> {
        let said = self.said();
        let sql = format!("SELECT EXISTS (SELECT 1 FROM tickets AS t WHERE t.id = ? AND ({}) AND {})", self.filter.sql, said.sql);
        let params = std::iter::once(Value::Integer(id)).chain(self.filter.params.iter().cloned()).chain(said.params);
        conn.prepare_cached(&sql)?.query_row(params_from_iter(params), |row| row.get(0))
    }

    /// Of these tickets those that meet the filter and say all terms, in their order.
    pub(super) fn among(&self, conn: &Connection, ids: &str) -> rusqlite::Result<Vec<i64>> {
        let number = self.terms.number();
        let mut found = self.said_among(conn, ids)?;
        found.sort_unstable_by_key(|(id, said)| std::cmp::Reverse((Some(*id) == number, *said, *id)));
        Ok(found.into_iter().map(|(id, _)| id).collect())
    }

    /// Of these tickets those that meet the filter and say all terms, and where.
    pub(super) fn said_among(&self, conn: &Connection, ids: &str) -> rusqlite::Result<Vec<(i64, Said)>> {
        let sql = format!(
            "SELECT t.id FROM json_each(?) AS hit CROSS JOIN tickets AS t WHERE t.id = hit.value AND ({})",
            self.filter.sql
        );
        let params = std::iter::once(Value::Text(ids.to_owned())).chain(self.filter.params.iter().cloned());
        let mut statement = conn.prepare_cached(&sql)?;
        let mut rows = statement.query(params_from_iter(params))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let id = row.get(0)?;
            found.extend(said_by(conn, id, &self.terms)?.map(|said| (id, said)));
        }
        Ok(found)
    }
}
