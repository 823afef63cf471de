//! Windows of an ordered list by keyset: a window costs what its rows cost, however deep it stands.

use std::collections::{HashMap, VecDeque};

use rusqlite::{Connection, OptionalExtension, params_from_iter, types::Value};

use crate::domain::Anchor;

/// A list: where its rows come from, which of them, in which order.
#[derive(Clone, Debug)]
pub(super) struct List {
    /// The listed table under the name `t`, with an `id`.
    pub(super) table: &'static str,
    /// Only rows with these ids, as a JSON array; each of them is looked up rather than the table walked.
    pub(super) hits: Option<String>,
    /// The condition.
    pub(super) filter: String,
    /// The values of the condition, in their order.
    pub(super) params: Vec<Value>,
    /// The order; the last key is the id, so that no two rows are equal.
    pub(super) order: Vec<OrderKey>,
    /// What makes this list the same list when it is asked for again; places are remembered under it.
    pub(super) name: String,
    /// Stop counting here.
    pub(super) count_up_to: Option<u64>,
}

/// One key of the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OrderKey {
    pub(super) column: &'static str,
    pub(super) descending: bool,
}

/// The ids of a window with where it stands.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) ids: Vec<i64>,
    pub(super) offset: u64,
    pub(super) total: u64,
}

/// The values of a row's order keys.
type Position = Vec<Value>;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Forward,
    Backward,
}

impl List {
    /// The window at `anchor` of at most `count` rows.
    pub(super) fn window(
        &self,
        conn: &Connection,
        positions: &mut Positions,
        anchor: Anchor<i64>,
        count: usize,
    ) -> rusqlite::Result<Place> {
        use Direction::{Backward, Forward};
        let total = match positions.total(&self.name) {
            Some(total) => total,
            None => self.count(conn, None)?,
        };
        let ids = match anchor {
            Anchor::Start => self.ids(conn, None, Forward, count)?,
            Anchor::End => self.ids(conn, None, Backward, count)?,
            Anchor::After(id) => match self.position(conn, id)? {
                Some(at) => self.ids(conn, Some(&at), Forward, count)?,
                None => self.ids(conn, None, Forward, count)?,
            },
            Anchor::Before(id) => match self.position(conn, id)? {
                Some(at) => self.ids(conn, Some(&at), Backward, count)?,
                None => self.ids(conn, None, Forward, count)?,
            },
            Anchor::Around(id) => match self.position(conn, id)?.filter(|_| count > 0) {
                Some(at) if self.holds(conn, id)? => self.around(conn, id, &at, count)?,
                _ => self.ids(conn, None, Forward, count)?,
            },
        };
        let offset = match ids.first() {
            // Behind the last row nothing follows; every other empty window stands before the first.
            None if matches!(anchor, Anchor::After(_)) => total,
            None => 0,
            Some(first) => match positions.offset(&self.name, *first).or_else(|| self.neighbour(positions, anchor, &ids)) {
                Some(offset) => offset,
                None if anchor == Anchor::Start => 0,
                None if anchor == Anchor::End && self.count_up_to.is_none() => total.saturating_sub(ids.len() as u64),
                None => match self.position(conn, *first)? {
                    Some(at) => self.count(conn, Some(&at))?,
                    None => 0,
                },
            },
        };
        let total = total.max(offset + ids.len() as u64);
        positions.remember(&self.name, total, offset, &ids);
        Ok(Place { ids, offset, total })
    }

    /// The offset by that of the anchor, where it is remembered: scrolling never counts.
    fn neighbour(&self, positions: &Positions, anchor: Anchor<i64>, ids: &[i64]) -> Option<u64> {
        match anchor {
            Anchor::After(id) => positions.offset(&self.name, id).map(|offset| offset + 1),
            Anchor::Before(id) => positions.offset(&self.name, id)?.checked_sub(ids.len() as u64),
            Anchor::Around(id) => {
                let before = ids.iter().position(|other| *other == id)?;
                positions.offset(&self.name, id)?.checked_sub(before as u64)
            }
            Anchor::Start | Anchor::End => None,
        }
    }

    fn around(&self, conn: &Connection, id: i64, at: &Position, count: usize) -> rusqlite::Result<Vec<i64>> {
        use Direction::{Backward, Forward};
        let half = count.saturating_sub(1) / 2;
        let mut ids = self.ids(conn, Some(at), Backward, half)?;
        let after = self.ids(conn, Some(at), Forward, count - 1 - ids.len())?;
        if ids.len() + 1 + after.len() < count && ids.len() == half {
            // Near the end more rows before the anchor fill the window.
            ids = self.ids(conn, Some(at), Backward, count - 1 - after.len())?;
        }
        ids.push(id);
        ids.extend(after);
        Ok(ids)
    }

    /// Calls `each` with the ids in their order until it answers false.
    pub(super) fn walk(
        &self,
        conn: &Connection,
        limit: Option<usize>,
        mut each: impl FnMut(i64) -> rusqlite::Result<bool>,
    ) -> rusqlite::Result<()> {
        let (from, filter, mut params) = self.source();
        let sql = format!("SELECT t.id FROM {from} WHERE {filter} ORDER BY {} LIMIT ?", self.ordered(Direction::Forward));
        let mut statement = conn.prepare_cached(&sql)?;
        params.push(Value::Integer(limit.map_or(-1, |limit| i64::try_from(limit).unwrap_or(-1))));
        let mut rows = statement.query(params_from_iter(params))?;
        while let Some(row) = rows.next()? {
            if !each(row.get(0)?)? {
                break;
            }
        }
        Ok(())
    }

    /// How many rows there are, or how many stand before a position.
    pub(super) fn count(&self, conn: &Connection, before: Option<&Position>) -> rusqlite::Result<u64> {
        let (from, mut filter, mut params) = self.source();
        if let Some(at) = before {
            self.beyond(at, Direction::Backward, &mut filter, &mut params);
        }
        let sql = match self.count_up_to.filter(|_| before.is_none()) {
            None => format!("SELECT count(*) FROM {from} WHERE {filter}"),
            Some(most) => format!("SELECT count(*) FROM (SELECT 1 FROM {from} WHERE {filter} LIMIT {most})"),
        };
        conn.prepare_cached(&sql)?.query_row(params_from_iter(params), |row| super::row::unsigned(row, 0))
    }

    /// Where a row stands, whether the list holds it or not.
    fn position(&self, conn: &Connection, id: i64) -> rusqlite::Result<Option<Position>> {
        let columns: Vec<&str> = self.order.iter().map(|key| key.column).collect();
        let sql = format!("SELECT {} FROM {} WHERE t.id = ?", columns.join(", "), self.table);
        let read = |row: &rusqlite::Row<'_>| (0..columns.len()).map(|column| row.get(column)).collect();
        conn.prepare_cached(&sql)?.query_row([id], read).optional()
    }

    fn holds(&self, conn: &Connection, id: i64) -> rusqlite::Result<bool> {
        let (from, filter, mut params) = self.source();
        let sql = format!("SELECT EXISTS (SELECT 1 FROM {from} WHERE ({filter}) AND t.id = ?)");
        params.push(Value::Integer(id));
        conn.prepare_cached(&sql)?.query_row(params_from_iter(params), |row| row.get(0))
    }

    /// Tables, condition and values.
    fn source(&self) -> (String, String, Vec<Value>) {
        match &self.hits {
            None => (self.table.to_owned(), self.filter.clone(), self.params.clone()),
            Some(hits) => {
                let params = std::iter::once(Value::Text(hits.clone())).chain(self.params.iter().cloned()).collect();
                // The order of a CROSS JOIN is kept as it is written.
                let from = format!("json_each(?) AS hit CROSS JOIN {}", self.table);
                (from, format!("t.id = hit.value AND ({})", self.filter), params)
            }
        }
    }

    /// Ids from a position on (itself left out) or from the list's end, always in the list's order.
    fn ids(&self, conn: &Connection, from: Option<&Position>, direction: Direction, limit: usize) -> rusqlite::Result<Vec<i64>> {
        if limit == 0 {
            return Ok(Vec::new());
        }
        let (tables, mut filter, mut params) = self.source();
        if let Some(at) = from {
            self.beyond(at, direction, &mut filter, &mut params);
        }
        let sql = format!("SELECT t.id FROM {tables} WHERE {filter} ORDER BY {} LIMIT ?", self.ordered(direction));
        params.push(Value::Integer(i64::try_from(limit).unwrap_or(i64::MAX)));
        let mut statement = conn.prepare_cached(&sql)?;
        let ids = statement.query_map(params_from_iter(params), |row| row.get(0))?;
        let mut ids = ids.collect::<Result<Vec<i64>, _>>()?;
        if direction == Direction::Backward {
            ids.reverse();
        }
        Ok(ids)
    }

    fn ordered(&self, direction: Direction) -> String {
        let keys = self.order.iter().map(|key| {
            let descending = key.descending == (direction == Direction::Forward);
            format!("{} {}", key.column, if descending { "DESC" } else { "ASC" })
        });
        keys.collect::<Vec<_>>().join(", ")
    }

    /// Adds the condition for the rows beyond a position.
    fn beyond(&self, at: &Position, direction: Direction, filter: &mut String, params: &mut Vec<Value>) {
        let sign = |key: &OrderKey| if key.descending == (direction == Direction::Forward) { "<" } else { ">" };
        let same = self.order.iter().all(|key| Some(key.descending) == self.order.first().map(|first| first.descending));
        let condition = if same {
            // One comparison of rows is what an index can answer by one seek.
            let columns: Vec<&str> = self.order.iter().map(|key| key.column).collect();
            let places = vec!["?"; columns.len()].join(", ");
            params.extend(at.iter().cloned());
            format!("({}) {} ({places})", columns.join(", "), self.order.first().map_or(">", sign))
        } else {
            let mut alternatives = Vec::new();
            for (n, key) in self.order.iter().enumerate() {
                let equal = self.order.iter().take(n).map(|key| format!("{} = ?", key.column));
                let all: Vec<String> = equal.chain([format!("{} {} ?", key.column, sign(key))]).collect();
                alternatives.push(format!("({})", all.join(" AND ")));
                params.extend(at.iter().take(n + 1).cloned());
            }
            // The first key alone bounds the part of an index that is walked.
            let leading = self.order.first().zip(at.first()).map_or_else(String::new, |(key, value)| {
                params.push(value.clone());
                format!(" AND {} {}= ?", key.column, sign(key))
            });
            format!("({}){leading}", alternatives.join(" OR "))
        };
        *filter = format!("({filter}) AND {condition}");
    }
}

/// How many lists are remembered.
const LISTS: usize = 8;
/// How many places of one list are remembered: some screenfuls.
const PLACES: usize = 2000;

/// Totals and places of the lists seen lately; they hold until something is written.
#[derive(Debug, Default)]
pub(super) struct Positions {
    version: (i64, i64),
    lists: VecDeque<(String, Known)>,
}

#[derive(Debug, Default)]
struct Known {
    total: u64,
    offsets: HashMap<i64, u64>,
}

impl Positions {
    /// Forgets everything where the database has changed; says whether it has.
    pub(super) fn at_version(&mut self, version: (i64, i64)) -> bool {
        let changed = self.version != version;
        if changed {
            self.version = version;
            self.lists.clear();
        }
        changed
    }

    fn known(&self, list: &str) -> Option<&Known> {
        self.lists.iter().find(|(name, _)| name == list).map(|(_, known)| known)
    }

    fn total(&self, list: &str) -> Option<u64> {
        self.known(list).map(|known| known.total)
    }

    fn offset(&self, list: &str, id: i64) -> Option<u64> {
        self.known(list)?.offsets.get(&id).copied()
    }

    fn remember(&mut self, list: &str, total: u64, offset: u64, ids: &[i64]) {
        let place = self.lists.iter().position(|(name, _)| name == list);
        let (name, mut known) = place.and_then(|at| self.lists.remove(at)).unwrap_or_else(|| (list.to_owned(), Known::default()));
        if known.offsets.len() + ids.len() > PLACES {
            known.offsets.clear();
        }
        known.total = total;
        known.offsets.extend(ids.iter().copied().zip(offset..));
        self.lists.push_front((name, known));
        self.lists.truncate(LISTS);
    }
}
