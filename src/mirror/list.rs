//! Windows of an ordered list by keyset: a window costs what its rows cost, however deep it stands.

use std::{
    cell::Cell,
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
};

use rusqlite::{Connection, OptionalExtension, params_from_iter, types::Value};

use super::{
    depth::{Mark, window_of},
    groups::Group,
    search::Found,
};
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
    /// Two conditions, of which the rows of the first without those of the second are the list's.
    pub(super) difference: Option<(&'static str, &'static str)>,
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
pub(super) type Position = Vec<Value>;

/// Which way a list is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Forward,
    Backward,
}

impl List {
    /// The window at `anchor` of at most `count` rows.
    pub(super) fn window(
        &self,
        conn: &Connection,
        positions: &Positions,
        anchor: Anchor<i64>,
        count: usize,
    ) -> rusqlite::Result<Place> {
        use Direction::{Backward, Forward};
        let total = match positions.total(&self.name) {
            Some(total) => total,
            None => self.count(conn, None)?,
        };
        if let Some(ids) = self.whole_order(conn, positions, total)? {
            let place = window_of(&ids, anchor, count);
            positions.remember(&self.name, place.total, place.offset, &place.ids);
            return Ok(place);
        }
        let some = Some(total);
        let ids = match anchor {
            Anchor::Start => self.ids(conn, None, Forward, count, some)?,
            Anchor::End => self.ids(conn, None, Backward, count, some)?,
            Anchor::After(id) => match self.position(conn, id)? {
                Some(at) => self.ids(conn, Some(&at), Forward, count, some)?,
                None => self.ids(conn, None, Forward, count, some)?,
            },
            Anchor::Before(id) => match self.position(conn, id)? {
                Some(at) => self.ids(conn, Some(&at), Backward, count, some)?,
                None => self.ids(conn, None, Forward, count, some)?,
            },
            Anchor::Around(id) => match self.position(conn, id)?.filter(|_| count > 0) {
                Some(at) if self.holds(conn, id)? => self.around(conn, id, &at, count, some)?,
                _ => self.ids(conn, None, Forward, count, some)?,
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
                    Some(at) => self.depth(conn, positions, &at, total)?,
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

    fn around(&self, conn: &Connection, id: i64, at: &Position, count: usize, total: Option<u64>) -> rusqlite::Result<Vec<i64>> {
        use Direction::{Backward, Forward};
        let half = count.saturating_sub(1) / 2;
        let mut ids = self.ids(conn, Some(at), Backward, half, total)?;
        let after = self.ids(conn, Some(at), Forward, count - 1 - ids.len(), total)?;
        if ids.len() + 1 + after.len() < count && ids.len() == half {
            // Near the end more rows before the anchor fill the window.
            ids = self.ids(conn, Some(at), Backward, count - 1 - after.len(), total)?;
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
        let (from, filter, mut params) = self.source(Step::default());
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
        if let Some((all, without)) = self.difference {
            // Both of these an index can count alone, while for the rows between them it would have to look at every row.
            let part = |filter: &str| Self { filter: filter.to_owned(), difference: None, count_up_to: None, ..self.clone() };
            return Ok(part(all).count(conn, before)?.saturating_sub(part(without).count(conn, before)?));
        }
        let mut counted = 0;
        for step in self.steps(before, Direction::Backward) {
            let (from, filter, params) = self.source(step);
            let sql = match self.count_up_to.filter(|_| before.is_none()) {
                None => format!("SELECT count(*) FROM {from} WHERE {filter}"),
                Some(most) => format!("SELECT count(*) FROM (SELECT 1 FROM {from} WHERE {filter} LIMIT {most})"),
            };
            counted += conn.prepare_cached(&sql)?.query_row(params_from_iter(params), |row| super::row::unsigned(row, 0))?;
        }
        Ok(counted)
    }

    /// Where a row stands, whether the list holds it or not.
    fn position(&self, conn: &Connection, id: i64) -> rusqlite::Result<Option<Position>> {
        let columns: Vec<&str> = self.order.iter().map(|key| key.column).collect();
        let sql = format!("SELECT {} FROM {} WHERE t.id = ?", columns.join(", "), self.table);
        let read = |row: &rusqlite::Row<'_>| (0..columns.len()).map(|column| row.get(column)).collect();
        conn.prepare_cached(&sql)?.query_row([id], read).optional()
    }

    /// The rows behind one of them, or the first ones.
    pub(super) fn after(&self, conn: &Connection, id: Option<i64>, count: usize) -> rusqlite::Result<Vec<i64>> {
        let at = match id {
            Some(id) => self.position(conn, id)?,
            None => None,
        };
        self.ids(conn, at.as_ref(), Direction::Forward, count, None)
    }

    /// The rows before one of them, or the last ones, in the list's order.
    pub(super) fn before(&self, conn: &Connection, id: Option<i64>, count: usize) -> rusqlite::Result<Vec<i64>> {
        let at = match id {
            Some(id) => self.position(conn, id)?,
            None => None,
        };
        self.ids(conn, at.as_ref(), Direction::Backward, count, None)
    }

    /// How many rows stand before this one.
    pub(super) fn standing_before(&self, conn: &Connection, id: i64) -> rusqlite::Result<u64> {
        match self.position(conn, id)? {
            Some(at) => self.count(conn, Some(&at)),
            None => Ok(0),
        }
    }

    /// Any of the rows.
    pub(super) fn any(&self, conn: &Connection) -> rusqlite::Result<Option<i64>> {
        let (from, filter, params) = self.source(Step::default());
        let sql = format!("SELECT t.id FROM {from} WHERE {filter} LIMIT 1");
        conn.prepare_cached(&sql)?.query_row(params_from_iter(params), |row| row.get(0)).optional()
    }

    /// What a row has in a column.
    pub(super) fn value(&self, conn: &Connection, column: &str, id: i64) -> rusqlite::Result<Option<Value>> {
        let sql = format!("SELECT {column} FROM {} WHERE t.id = ?", self.table);
        conn.prepare_cached(&sql)?.query_row([id], |row| row.get(0)).optional()
    }

    /// The values of a column in their order, and how many rows have each.
    pub(super) fn counts_by(&self, conn: &Connection, column: &str) -> rusqlite::Result<Vec<(Value, u64)>> {
        let (from, filter, params) = self.source(Step::default());
        let sql = format!("SELECT {column}, count(*) FROM {from} WHERE {filter} GROUP BY 1 ORDER BY 1");
        let mut statement = conn.prepare_cached(&sql)?;
        let rows = statement.query_map(params_from_iter(params), |row| Ok((row.get(0)?, super::row::unsigned(row, 1)?)))?;
        rows.collect()
    }

    pub(super) fn holds(&self, conn: &Connection, id: i64) -> rusqlite::Result<bool> {
        let only = Step { condition: "t.id = ?".to_owned(), params: vec![Value::Integer(id)] };
        let (from, filter, params) = self.source(only);
        let sql = format!("SELECT EXISTS (SELECT 1 FROM {from} WHERE {filter})");
        conn.prepare_cached(&sql)?.query_row(params_from_iter(params), |row| row.get(0))
    }

    /// Tables, condition and values for the list's rows that meet a further condition.
    pub(super) fn source(&self, further: Step) -> (String, String, Vec<Value>) {
        let mut filter = format!("({})", self.filter);
        let mut params = self.params.clone();
        if !further.condition.is_empty() {
            filter = format!("{filter} AND {}", further.condition);
            params.extend(further.params);
        }
        let Some(hits) = &self.hits else { return (self.table.to_owned(), filter, params) };
        params.insert(0, Value::Text(hits.clone()));
        // The order of a CROSS JOIN is kept as it is written.
        (format!("json_each(?) AS hit CROSS JOIN {}", self.table), format!("t.id = hit.value AND {filter}"), params)
    }

    /// Ids from a position on (itself left out) or from the list's end, always in the list's order. Where it is told how many rows
    /// there are, orders by several keys are read group by group.
    fn ids(
        &self,
        conn: &Connection,
        from: Option<&Position>,
        direction: Direction,
        limit: usize,
        total: Option<u64>,
    ) -> rusqlite::Result<Vec<i64>> {
        let by_groups = total.filter(|_| self.order.len() > 2 && self.hits.is_none());
        let mut ids: Vec<i64> = match by_groups {
            Some(total) => self.by_groups(conn, from, direction, limit, total)?,
            None => Vec::new(),
        };
        for step in if by_groups.is_some() { Vec::new() } else { self.steps(from, direction) } {
            let missing = limit.saturating_sub(ids.len());
            if missing == 0 {
                break;
            }
            let (tables, filter, mut params) = self.source(step);
            let sql = format!("SELECT t.id FROM {tables} WHERE {filter} ORDER BY {} LIMIT ?", self.ordered(direction));
            params.push(Value::Integer(i64::try_from(missing).unwrap_or(i64::MAX)));
            let mut statement = conn.prepare_cached(&sql)?;
            for id in statement.query_map(params_from_iter(params), |row| row.get(0))? {
                ids.push(id?);
            }
        }
        if direction == Direction::Backward {
            ids.reverse();
        }
        Ok(ids)
    }

    pub(super) fn ordered(&self, direction: Direction) -> String {
        let keys = self.order.iter().map(|key| {
            let descending = key.descending == (direction == Direction::Forward);
            format!("{} {}", key.column, if descending { "DESC" } else { "ASC" })
        });
        keys.collect::<Vec<_>>().join(", ")
    }

    /// How the database would find the rows before and after a row.
    #[cfg(test)]
    pub(super) fn plans(&self, conn: &Connection, id: i64) -> rusqlite::Result<Vec<String>> {
        let at = self.position(conn, id)?;
        let mut plans = Vec::new();
        for direction in [Direction::Forward, Direction::Backward] {
            for step in self.steps(at.as_ref(), direction) {
                let (tables, filter, params) = self.source(step);
                let order = self.ordered(direction);
                let sql = format!("EXPLAIN QUERY PLAN SELECT t.id FROM {tables} WHERE {filter} ORDER BY {order} LIMIT 100");
                let mut statement = conn.prepare(&sql)?;
                let lines = statement.query_map(params_from_iter(params), |row| row.get::<_, String>(3))?;
                plans.push(lines.collect::<Result<Vec<_>, _>>()?.join("; "));
            }
        }
        Ok(plans)
    }

    /// The rows beyond a position, piece by piece from the nearest: those with the same keys but for the last, then those with the
    /// same keys but for the last two … Each piece is one range of an index, however many rows share a key. Without a position
    /// there is one piece, everything.
    pub(super) fn steps(&self, at: Option<&Position>, direction: Direction) -> Vec<Step> {
        let Some(at) = at else { return vec![Step::default()] };
        let step = |last: usize| {
            let keys = self.order.iter().take(last + 1).enumerate().map(|(n, key)| {
                let sign = match key.descending == (direction == Direction::Forward) {
                    _ if n < last => "=",
                    true => "<",
                    false => ">",
                };
                format!("{} {sign} ?", key.column)
            });
            let condition = keys.collect::<Vec<_>>().join(" AND ");
            Step { condition, params: at.iter().take(last + 1).cloned().collect() }
        };
        (0..self.order.len()).rev().map(step).collect()
    }
}

/// A further condition on a list's rows with its values.
#[derive(Clone, Debug, Default)]
pub(super) struct Step {
    pub(super) condition: String,
    pub(super) params: Vec<Value>,
}

impl Step {
    /// Both conditions.
    pub(super) fn and(self, other: Self) -> Self {
        let condition = format!("{} AND {}", self.condition, other.condition);
        Self { condition, params: self.params.into_iter().chain(other.params).collect() }
    }
}

/// How many lists are remembered.
const LISTS: usize = 8;
/// How many places of one list are remembered: some screenfuls.
const PLACES: usize = 2000;

/// Totals and places of the lists seen lately, shared by all readers; they hold until something is written.
#[derive(Clone, Debug, Default)]
pub(super) struct Positions {
    shared: Arc<Mutex<Remembered>>,
    /// The state of the database that this reader looks at.
    version: Cell<i64>,
}

/// Whether the rows that meet a filter are few.
#[derive(Clone, Debug)]
pub(super) enum Few {
    /// They are, and these are all, as a JSON array.
    These(Arc<str>),
    /// They are not, or it takes long to find out.
    Many,
}

#[derive(Debug, Default)]
struct Remembered {
    version: i64,
    lists: VecDeque<(String, Known)>,
    found: VecDeque<(String, Arc<Found>)>,
    few: VecDeque<(String, Few)>,
    groups: VecDeque<(String, Arc<[Group]>)>,
    marks: VecDeque<(String, Arc<[Mark]>)>,
    orders: VecDeque<(String, Arc<[i64]>)>,
}

#[derive(Debug, Default)]
struct Known {
    total: u64,
    offsets: HashMap<i64, u64>,
}

impl Positions {
    /// From now on this reader looks at this state; says whether that is another one than before.
    pub(super) fn at_version(&self, version: i64) -> bool {
        self.version.replace(version) != version
    }

    /// What is remembered of this reader's state; nothing where another reader already looks at a newer one.
    fn remembered<T>(&self, work: impl FnOnce(&mut Remembered) -> Option<T>) -> Option<T> {
        let mut remembered = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let version = self.version.get();
        if remembered.version < version {
            *remembered = Remembered { version, ..Remembered::default() };
        }
        if remembered.version == version { work(&mut remembered) } else { None }
    }

    /// What a search has found so far.
    pub(super) fn found(&self, search: &str) -> Option<Arc<Found>> {
        self.remembered(|remembered| Some(Arc::clone(&remembered.found.iter().find(|(name, _)| name == search)?.1)))
    }

    /// Remembers what a search has found so far.
    pub(super) fn keep_found(&self, search: &str, found: Arc<Found>) {
        self.remembered(|remembered| {
            put_first(&mut remembered.found, search, found);
            Some(())
        });
    }

    /// The rows of a filter as far as it is known whether they are few.
    pub(super) fn few(&self, filter: &str) -> Option<Few> {
        self.remembered(|remembered| Some(remembered.few.iter().find(|(name, _)| name == filter)?.1.clone()))
    }

    /// Remembers whether the rows of a filter are few, and which they are.
    pub(super) fn keep_few(&self, filter: &str, few: Few) {
        self.remembered(|remembered| {
            put_first(&mut remembered.few, filter, few);
            Some(())
        });
    }

    /// The groups of a list.
    pub(super) fn groups(&self, list: &str) -> Option<Arc<[Group]>> {
        self.remembered(|remembered| Some(Arc::clone(&remembered.groups.iter().find(|(name, _)| name == list)?.1)))
    }

    /// Remembers the groups of a list.
    pub(super) fn keep_groups(&self, list: &str, groups: Arc<[Group]>) {
        self.remembered(|remembered| {
            put_first(&mut remembered.groups, list, groups);
            Some(())
        });
    }

    /// Rows of a list of which it is remembered how deep they stand.
    pub(super) fn marks(&self, list: &str) -> Option<Arc<[Mark]>> {
        self.remembered(|remembered| Some(Arc::clone(&remembered.marks.iter().find(|(name, _)| name == list)?.1)))
    }

    /// Remembers how deep some rows of a list stand.
    pub(super) fn keep_marks(&self, list: &str, marks: Arc<[Mark]>) {
        self.remembered(|remembered| {
            put_first(&mut remembered.marks, list, marks);
            Some(())
        });
    }

    /// All ids of a list in their order, where they were put together.
    pub(super) fn order(&self, list: &str) -> Option<Arc<[i64]>> {
        self.remembered(|remembered| Some(Arc::clone(&remembered.orders.iter().find(|(name, _)| name == list)?.1)))
    }

    /// Remembers the ids of a list in their order.
    pub(super) fn keep_order(&self, list: &str, ids: Arc<[i64]>) {
        self.remembered(|remembered| {
            put_first(&mut remembered.orders, list, ids);
            Some(())
        });
    }

    /// Remembers how many rows a list has.
    pub(super) fn keep_total(&self, list: &str, total: u64) {
        self.remember(list, total, 0, &[]);
    }

    /// How many rows a list has, where that is remembered.
    pub(super) fn total(&self, list: &str) -> Option<u64> {
        self.remembered(|remembered| remembered.known(list).map(|known| known.total))
    }

    pub(super) fn offset(&self, list: &str, id: i64) -> Option<u64> {
        self.remembered(|remembered| remembered.known(list)?.offsets.get(&id).copied())
    }

    pub(super) fn remember(&self, list: &str, total: u64, offset: u64, ids: &[i64]) {
        self.remembered(|remembered| {
            let lists = &mut remembered.lists;
            let place = lists.iter().position(|(name, _)| name == list);
            let known = place.and_then(|at| lists.remove(at));
            let (name, mut known) = known.unwrap_or_else(|| (list.to_owned(), Known::default()));
            if known.offsets.len() + ids.len() > PLACES {
                known.offsets.clear();
            }
            known.total = total;
            known.offsets.extend(ids.iter().copied().zip(offset..));
            lists.push_front((name, known));
            lists.truncate(LISTS);
            Some(())
        });
    }
}

fn put_first<T>(all: &mut VecDeque<(String, T)>, name: &str, value: T) {
    all.retain(|(other, _)| other != name);
    all.push_front((name.to_owned(), value));
    all.truncate(LISTS);
}

impl Remembered {
    fn known(&self, list: &str) -> Option<&Known> {
        self.lists.iter().find(|(name, _)| name == list).map(|(_, known)| known)
    }
}
