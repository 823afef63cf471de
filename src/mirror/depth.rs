//! How deep a row stands in its list, without counting all rows before it each time; and whole orders, where no index has them.

use std::{cmp::Ordering, sync::Arc};

use rusqlite::{Connection, OptionalExtension, params_from_iter, types::Value};

use super::{
    list::{Direction, List, Position, Step},
    positions::Positions,
};
use crate::domain::Anchor;

/// Of a long list every so many rows one is remembered: from there on it is counted.
const STRIDE: u64 = if cfg!(test) { 5 } else { 5_000 };
/// An order by several keys is put together at once for up to so many rows: 8 bytes each.
pub(super) const AT_ONCE: u64 = if cfg!(test) { 15 } else { 100_000 };

/// A row of which it is remembered how many rows stand before it.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    position: Position,
    depth: u64,
}

impl List {
    /// How many rows stand before a row of the list that has `total` rows.
    pub(super) fn depth(&self, conn: &Connection, positions: &Positions, at: &Position, total: u64) -> rusqlite::Result<u64> {
        // Only an order that an index has can be walked from one remembered row to the next; others are counted piece by piece.
        if total < 2 * STRIDE || self.hits.is_some() || self.has_several_keys() {
            let order = if total > AT_ONCE { self.large_order(conn, positions, total)? } else { None };
            let id = if let Some(Value::Integer(id)) = at.last() { Some(*id) } else { None };
            return match order.and_then(|order| order.place_of(id?)) {
                Some(place) => Ok(place as u64),
                None => self.count(conn, Some(at)),
            };
        }
        if let Some((all, without)) = self.difference {
            let part = |filter: &'static str| {
                let name = format!("{filter} {}", self.name);
                Self { filter: filter.to_owned(), difference: None, count_up_to: None, name, ..self.clone() }
            };
            let (all, without) = (part(all), part(without));
            return Ok(all.depth(conn, positions, at, total)?.saturating_sub(without.depth(conn, positions, at, total)?));
        }
        let marks = match positions.marks(&self.name) {
            Some(marks) => marks,
            None => self.mark(conn, positions)?,
        };
        let passed = marks.partition_point(|mark| self.compare(&mark.position, at) != Ordering::Greater);
        Ok(match passed.checked_sub(1).and_then(|last| marks.get(last)) {
            None => self.count(conn, Some(at))?,
            Some(mark) if self.compare(&mark.position, at) == Ordering::Equal => mark.depth,
            Some(mark) => mark.depth + 1 + self.count_between(conn, &mark.position, at)?,
        })
    }

    /// Walks the list once to its end for rows to count from. Walked only as far as the row that is asked for, each of the first few
    /// jumps would wait for its part.
    fn mark(&self, conn: &Connection, positions: &Positions) -> rusqlite::Result<Arc<[Mark]>> {
        let mut marks: Vec<Mark> = Vec::new();
        loop {
            let (from, depth) = marks.last().map_or((None, STRIDE), |mark| (Some(&mark.position), mark.depth + STRIDE));
            let Some(position) = self.nth_after(conn, from, if from.is_some() { STRIDE - 1 } else { STRIDE })? else { break };
            marks.push(Mark { position, depth });
        }
        let marks: Arc<[Mark]> = marks.into();
        positions.keep_marks(&self.name, Arc::clone(&marks));
        Ok(marks)
    }

    /// The keys of the row after which `n` rows follow that stand behind a position.
    fn nth_after(&self, conn: &Connection, from: Option<&Position>, mut n: u64) -> rusqlite::Result<Option<Position>> {
        let columns: Vec<&str> = self.order.iter().map(|key| key.column).collect();
        let order = self.ordered(Direction::Forward);
        for step in self.steps(from, Direction::Forward) {
            let (tables, filter, mut params) = self.source(step.clone());
            let sql = format!("SELECT {} FROM {tables} WHERE {filter} ORDER BY {order} LIMIT 1 OFFSET ?", columns.join(", "));
            params.push(Value::Integer(i64::try_from(n).unwrap_or(i64::MAX)));
            let read = |row: &rusqlite::Row<'_>| (0..columns.len()).map(|column| row.get(column)).collect();
            let found = conn.prepare_cached(&sql)?.query_row(params_from_iter(params), read).optional()?;
            if found.is_some() {
                return Ok(found);
            }
            n = n.saturating_sub(self.count_step(conn, step)?);
        }
        Ok(None)
    }

    /// How many rows stand between two of the list's rows, piece by piece as in [`Self::steps`].
    fn count_between(&self, conn: &Connection, from: &Position, to: &Position) -> rusqlite::Result<u64> {
        let keys = self.order.len();
        let differs = from.iter().zip(to).position(|(one, other)| one != other).unwrap_or(keys);
        let beyond = self.steps(Some(from), Direction::Forward).into_iter().take(keys.saturating_sub(differs + 1));
        let short_of = self.steps(Some(to), Direction::Backward).into_iter().take(keys.saturating_sub(differs + 1));
        let mut pieces: Vec<Step> = beyond.chain(short_of).collect();
        let nth = keys.saturating_sub(differs + 1);
        let between = self
            .steps(Some(from), Direction::Forward)
            .into_iter()
            .nth(nth)
            .zip(self.steps(Some(to), Direction::Backward).into_iter().nth(nth));
        pieces.extend(between.map(|(from, to)| from.and(to)));
        pieces.into_iter().try_fold(0, |counted, piece| Ok(counted + self.count_step(conn, piece)?))
    }

    fn count_step(&self, conn: &Connection, step: Step) -> rusqlite::Result<u64> {
        let (tables, filter, params) = self.source(step);
        let sql = format!("SELECT count(*) FROM {tables} WHERE {filter}");
        conn.prepare_cached(&sql)?.query_row(params_from_iter(params), |row| super::row::unsigned(row, 0))
    }

    /// Which of two rows comes first in the list's order.
    fn compare(&self, one: &Position, other: &Position) -> Ordering {
        let by_key = self.order.iter().zip(one.iter().zip(other)).map(|(key, (one, other))| {
            let order = match (one, other) {
                (Value::Integer(one), Value::Integer(other)) => one.cmp(other),
                (Value::Text(one), Value::Text(other)) => one.as_bytes().cmp(other.as_bytes()),
                // Numbers come before words.
                (one, _) => {
                    if matches!(one, Value::Integer(_)) {
                        Ordering::Less
                    } else {
                        Ordering::Greater
                    }
                }
            };
            if key.descending { order.reverse() } else { order }
        });
        by_key.fold(Ordering::Equal, Ordering::then)
    }

    /// All ids in their order, where that is by several keys, which no index has together, and they are not too many.
    pub(super) fn whole_order(
        &self,
        conn: &Connection,
        positions: &Positions,
        total: u64,
    ) -> rusqlite::Result<Option<Arc<[i64]>>> {
        if !self.has_several_keys() || total > AT_ONCE || self.hits.is_some() {
            return Ok(None);
        }
        if let Some(ids) = positions.order(&self.name) {
            return Ok(Some(ids));
        }
        let mut ids = Vec::with_capacity(usize::try_from(total).unwrap_or(0));
        self.walk(conn, None, |id| {
            ids.push(id);
            Ok(true)
        })?;
        let ids: Arc<[i64]> = ids.into();
        positions.keep_order(&self.name, Arc::clone(&ids));
        Ok(Some(ids))
    }
}

/// A part of a list that is at hand.
pub(super) struct Window {
    pub(super) start: usize,
    pub(super) count: usize,
}

/// The window of a list of `length` rows that is at hand; `at` is where the anchor's row stands.
pub(super) fn window_of(length: usize, anchor: Anchor<i64>, at: Option<usize>, count: usize) -> Window {
    let start = match anchor {
        Anchor::Start => 0,
        Anchor::End => length.saturating_sub(count),
        Anchor::After(_) => at.map_or(0, |at| at + 1),
        Anchor::Before(_) => at.map_or(0, |at| at.saturating_sub(count)),
        Anchor::Around(_) => at.map_or(0, |at| at.saturating_sub(count.saturating_sub(1) / 2).min(length.saturating_sub(count))),
    };
    let count = match anchor {
        Anchor::Before(_) => at.map_or(count, |at| at.min(count)),
        _ => count,
    };
    Window { start, count }
}
