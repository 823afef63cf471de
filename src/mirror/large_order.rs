//! The whole order of a very long list by several keys, put together from each key's own index.
//!
//! No index has several keys together. To tell how deep a row stands all rows of its group would have to be looked up one by one, at
//! each jump anew: 0.1 to 0.6 s of a million. Walking the index of each key once takes as long as one or two such jumps, and then
//! every place is known, at 4 bytes a row, until something is written.

use std::sync::Arc;

use rusqlite::{
    Connection, params_from_iter,
    types::{Value, ValueRef},
};

use super::{
    depth::{Window, window_of},
    list::{Direction, List, OrderKey, Place, Step},
    positions::Positions,
};
use crate::domain::Anchor;

/// The numbers of the rows may be so many times as far apart as if none were missing: what is noted by number stays small.
const SPARSE: u64 = 4;

/// The table whose keys have indexes.
pub(super) const TICKETS: &str = "tickets AS t";

/// The rows of a list in their order, each as how far its number is above the least.
#[derive(Debug)]
pub(super) struct LargeOrder {
    least: i64,
    rows: Vec<u32>,
}

impl LargeOrder {
    /// Where a row stands.
    pub(super) fn place_of(&self, id: i64) -> Option<usize> {
        let row = u32::try_from(id.checked_sub(self.least)?).ok()?;
        self.rows.iter().position(|other| *other == row)
    }

    /// The window at `anchor`; `None` where the anchor is no row of the list.
    pub(super) fn window(&self, anchor: Anchor<i64>, count: usize) -> Option<Place> {
        let at = match anchor {
            Anchor::Start | Anchor::End => None,
            Anchor::After(id) | Anchor::Before(id) | Anchor::Around(id) => Some(self.place_of(id)?),
        };
        let Window { start, count } = window_of(self.rows.len(), anchor, at, count);
        let ids = self.rows.iter().skip(start).take(count).map(|row| self.least + i64::from(*row)).collect();
        Some(Place { ids, offset: start as u64, total: self.rows.len() as u64 })
    }
}

impl List {
    /// The whole order, where it was put together.
    pub(super) fn known_large_order(&self, positions: &Positions) -> Option<Arc<LargeOrder>> {
        if !self.has_several_keys() || self.hits.is_some() {
            return None;
        }
        positions.large_order(&self.order_name())
    }

    /// The whole order, put together where it is not remembered. `None` where a single index has it, or numbers are too far apart.
    pub(super) fn large_order(
        &self,
        conn: &Connection,
        positions: &Positions,
        total: u64,
    ) -> rusqlite::Result<Option<Arc<LargeOrder>>> {
        if let Some(order) = self.known_large_order(positions) {
            return Ok(Some(order));
        }
        let Some((id, (latter, earlier))) = self.order.split_last().and_then(|(id, keys)| Some((id, keys.split_last()?))) else {
            return Ok(None);
        };
        if self.table != TICKETS || self.hits.is_some() || earlier.is_empty() {
            return Ok(None);
        }
        let Some((first, span)) = self.numbers(conn)? else { return Ok(None) };
        let members = self.members(conn, first, span)?;
        let is_member = |row: u32| members.as_ref().is_none_or(|members| members.get(row as usize).copied().unwrap_or(false));
        let mut rows = Vec::with_capacity(usize::try_from(total).unwrap_or(0));
        self.by_key(conn, [*latter, *id], first, |row, _| {
            if is_member(row) {
                rows.push(row);
            }
        })?;
        for key in earlier.iter().rev() {
            let mut groups = vec![0_u32; span];
            let mut latest = 0;
            self.by_key(conn, [*key, OrderKey { descending: key.descending, ..*id }], first, |row, group| {
                if let Some(place) = groups.get_mut(row as usize) {
                    *place = group;
                }
                latest = group;
            })?;
            rows = sorted_by_group(&rows, &groups, latest);
        }
        let order = Arc::new(LargeOrder { least: first, rows });
        positions.keep_large_order(&self.order_name(), Arc::clone(&order));
        Ok(Some(order))
    }

    /// What the order depends on, however far the rows are counted.
    fn order_name(&self) -> String {
        format!("{} {:?} {:?} {:?}", self.table, self.filter, self.params, self.order)
    }

    /// The least number of a row, and how many there are from it to the greatest; `None` where these are far apart.
    fn numbers(&self, conn: &Connection) -> rusqlite::Result<Option<(i64, usize)>> {
        let read = |sql: &str| conn.prepare_cached(sql)?.query_row([], |row| row.get::<_, Option<i64>>(0));
        let least = read(&format!("SELECT min(id) FROM {}", self.table))?;
        let greatest = read(&format!("SELECT max(id) FROM {}", self.table))?;
        let all: u64 = {
            let sql = "SELECT n FROM counts WHERE what = 'tickets'";
            conn.prepare_cached(sql)?.query_row([], |row| super::row::unsigned(row, 0))?
        };
        let span = least.zip(greatest).and_then(|(least, greatest)| {
            let span = u64::try_from(greatest.checked_sub(least)?).ok()? + 1;
            let fits = span <= all.saturating_mul(SPARSE) && u32::try_from(span).is_ok();
            Some((least, usize::try_from(span).ok().filter(|_| fits)?))
        });
        Ok(span)
    }

    /// Which numbers are the list's; `None` where all are.
    fn members(&self, conn: &Connection, least: i64, span: usize) -> rusqlite::Result<Option<Vec<bool>>> {
        let (all, without) = match self.difference {
            Some((all, without)) => (all, Some(without)),
            None => (self.filter.as_str(), None),
        };
        if all == super::compile::EVERY && without.is_none() {
            return Ok(None);
        }
        let mut members = vec![false; span];
        for (filter, is_in) in std::iter::once((all, true)).chain(without.map(|filter| (filter, false))) {
            let list = Self { filter: filter.to_owned(), difference: None, ..self.clone() };
            let (tables, filter, params) = list.source(Step::default());
            let mut statement = conn.prepare_cached(&format!("SELECT t.id FROM {tables} WHERE {filter}"))?;
            let mut found = statement.query(params_from_iter(params))?;
            while let Some(row) = found.next()? {
                let at = usize::try_from(row.get::<_, i64>(0)? - least).ok();
                if let Some(member) = at.and_then(|at| members.get_mut(at)) {
                    *member = is_in;
                }
            }
        }
        Ok(Some(members))
    }

    /// Calls `each` with every row of the table by these two keys, with the how-manieth value of the first it has.
    fn by_key(&self, conn: &Connection, keys: [OrderKey; 2], least: i64, mut each: impl FnMut(u32, u32)) -> rusqlite::Result<()> {
        let order = Self { order: keys.to_vec(), ..self.clone() }.ordered(Direction::Forward);
        let sql = format!("SELECT t.id, {} FROM {} ORDER BY {order}", keys[0].column, self.table);
        let mut statement = conn.prepare_cached(&sql)?;
        let mut rows = statement.query([])?;
        let (mut before, mut group): (Option<Value>, u32) = (None, 0);
        while let Some(row) = rows.next()? {
            let value = row.get_ref(1)?;
            if !before.as_ref().is_some_and(|before| ValueRef::from(before) == value) {
                group += u32::from(before.is_some());
                before = Some(value.try_into().map_err(rusqlite::Error::from)?);
            }
            if let Ok(row) = u32::try_from(row.get::<_, i64>(0)? - least) {
                each(row, group);
            }
        }
        Ok(())
    }
}

/// The rows by their groups, those of one group as they stood.
fn sorted_by_group(rows: &[u32], groups: &[u32], latest: u32) -> Vec<u32> {
    let group_of = |row: u32| groups.get(row as usize).copied().unwrap_or(0) as usize;
    let mut next = vec![0_usize; latest as usize + 2];
    for row in rows {
        if let Some(count) = next.get_mut(group_of(*row) + 1) {
            *count += 1;
        }
    }
    let mut before = 0;
    for place in &mut next {
        before += *place;
        *place = before;
    }
    let mut sorted = vec![0; rows.len()];
    for row in rows {
        if let Some(next) = next.get_mut(group_of(*row)) {
            if let Some(place) = sorted.get_mut(*next) {
                *place = *row;
            }
            *next += 1;
        }
    }
    sorted
}
