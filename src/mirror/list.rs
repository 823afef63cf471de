//! Windows of an ordered list by keyset: a window costs what its rows cost, however deep it stands.

use rusqlite::{Connection, OptionalExtension, params_from_iter, types::Value};

use super::{
    depth::{AT_ONCE, Window, window_of},
    positions::Positions,
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

impl Place {
    /// The window of ids that are at hand.
    fn within(ids: &[i64], anchor: Anchor<i64>, count: usize) -> Self {
        let at = match anchor {
            Anchor::Start | Anchor::End => None,
            Anchor::After(id) | Anchor::Before(id) | Anchor::Around(id) => ids.iter().position(|other| *other == id),
        };
        let Window { start, count } = window_of(ids.len(), anchor, at, count);
        let shown = ids.iter().skip(start).take(count).copied().collect();
        Self { ids: shown, offset: start as u64, total: ids.len() as u64 }
    }
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
        let order = match self.whole_order(conn, positions, total)? {
            Some(ids) => {
                let place = Place::within(&ids, anchor, count);
                positions.remember(&self.name, place.total, place.offset, &place.ids);
                return Ok(place);
            }
            None if total > AT_ONCE && self.has_many_groups() => self.large_order(conn, positions, total)?,
            None => self.known_large_order(positions),
        };
        if let Some(place) = order.and_then(|order| order.window(anchor, count)) {
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
        let steps = match before {
            Some(at) if self.has_several_keys() => self.before_in_two(at),
            _ => self.steps(before, Direction::Backward),
        };
        for step in steps {
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

    /// The rows behind one of them, or the first ones, that `wanted` takes.
    pub(super) fn after_where(
        &self,
        conn: &Connection,
        id: Option<i64>,
        count: usize,
        wanted: impl Fn(i64) -> rusqlite::Result<bool>,
    ) -> rusqlite::Result<Vec<i64>> {
        let at = match id {
            Some(id) => self.position(conn, id)?,
            None => None,
        };
        let mut ids = Vec::new();
        for step in self.steps(at.as_ref(), Direction::Forward) {
            let (tables, filter, params) = self.source(step);
            let sql = format!("SELECT t.id FROM {tables} WHERE {filter} ORDER BY {}", self.ordered(Direction::Forward));
            let mut statement = conn.prepare_cached(&sql)?;
            let mut rows = statement.query(params_from_iter(params))?;
            while let Some(row) = rows.next()? {
                let id = row.get(0)?;
                if wanted(id)? {
                    ids.push(id);
                }
                if ids.len() >= count {
                    return Ok(ids);
                }
            }
        }
        Ok(ids)
    }

    /// The rows before one of them, or the last ones, in the list's order.
    pub(super) fn before(&self, conn: &Connection, id: Option<i64>, count: usize) -> rusqlite::Result<Vec<i64>> {
        let at = match id {
            Some(id) => self.position(conn, id)?,
            None => None,
        };
        self.ids(conn, at.as_ref(), Direction::Backward, count, None)
    }

    /// How many rows stand before this one, of a list that has `total`.
    pub(super) fn standing_before(&self, conn: &Connection, positions: &Positions, id: i64, total: u64) -> rusqlite::Result<u64> {
        if let Some(ids) = self.whole_order(conn, positions, total)? {
            return Ok(ids.iter().position(|other| *other == id).unwrap_or(0) as u64);
        }
        match self.position(conn, id)? {
            Some(at) => self.depth(conn, positions, &at, total),
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
        let by_groups = total.filter(|_| self.has_several_keys() && self.hits.is_none());
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
