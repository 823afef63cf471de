//! Orders by several keys, of which each has an index but not all together: read group by group, so that a window never puts more
//! rows in order than one group has.

use rusqlite::{Connection, OptionalExtension, params_from_iter, types::Value};

use super::list::{Direction, List, OrderKey, Position, Step};

/// Of a group with at least this share of all rows enough stand near any place of the last key's index: that is walked, and the
/// others are passed over. The rows of a smaller one are looked up and put in order.
const LARGE: u64 = 10;

/// Keys that have very many values: rows that share one are few.
const MANY_VALUES: [&str; 7] =
    ["t.due", "t.opened_key", "t.updated_key", "t.closed_key", "t.client_key", "t.site_key", "t.user_key"];

/// Where a reading of one order goes on, and how.
struct Reading<'a> {
    list: &'a List,
    conn: &'a Connection,
    direction: Direction,
    limit: usize,
    /// How many rows make a group a large one.
    large: u64,
    ids: Vec<i64>,
}

impl List {
    /// Whether rows are ordered by more than one key beside their number.
    pub(super) fn has_several_keys(&self) -> bool {
        self.order.len() > 2
    }

    /// Whether a window takes very many groups: each value of a key between the first and the last is one of its own.
    pub(super) fn has_many_groups(&self) -> bool {
        let between = self.order.len().saturating_sub(3);
        self.order.iter().skip(1).take(between).any(|key| MANY_VALUES.contains(&key.column))
    }

    /// The rows before a position in two pieces: those of other groups, and those of its own group, which so are looked at once
    /// only, however many keys there are.
    pub(super) fn before_in_two(&self, at: &Position) -> Vec<Step> {
        let mut keys = self.order.iter().zip(at);
        let Some((first, value)) = keys.next() else { return Vec::new() };
        let before = |key: &OrderKey| format!("{} {} ?", key.column, if key.descending { ">" } else { "<" });
        let mut within: Option<Step> = None;
        for (key, value) in keys.rev() {
            let (sql, nearer) = (before(key), within.unwrap_or_default());
            within = Some(if nearer.condition.is_empty() {
                Step { condition: sql, params: vec![value.clone()] }
            } else {
                let condition = format!("({sql} OR ({} = ? AND {}))", key.column, nearer.condition);
                Step { condition, params: [value.clone(), value.clone()].into_iter().chain(nearer.params).collect() }
            });
        }
        let others = Step { condition: before(first), params: vec![value.clone()] };
        let own = Step { condition: format!("{} = ?", first.column), params: vec![value.clone()] };
        vec![others, own.and(within.unwrap_or_default())]
    }

    /// Ids from a position on (itself left out), or from the end that the direction begins at, in the direction's order.
    pub(super) fn by_groups(
        &self,
        conn: &Connection,
        from: Option<&Position>,
        direction: Direction,
        limit: usize,
        total: u64,
    ) -> rusqlite::Result<Vec<i64>> {
        let large = (total / LARGE).max(1);
        let mut reading = Reading { list: self, conn, direction, limit, large, ids: Vec::new() };
        let last = self.order.len().saturating_sub(1);
        match from {
            None => reading.groups(&[], None)?,
            Some(at) => {
                // First the rows that differ in nothing but their number, then group by group outwards.
                for level in (0..=last).rev() {
                    let (same, beyond) = (at.get(..level).unwrap_or_default(), at.get(level));
                    if level == last { reading.rows(same, beyond)? } else { reading.groups(same, beyond)? }
                }
            }
        }
        Ok(reading.ids)
    }
}

impl Reading<'_> {
    /// Adds the rows that have these first keys, and the next key beyond a value.
    fn groups(&mut self, same: &[Value], beyond: Option<&Value>) -> rusqlite::Result<()> {
        // The last key but the number is in order with it.
        if same.len() + 2 >= self.list.order.len() {
            return self.rows(same, beyond);
        }
        let mut beyond = beyond.cloned();
        while self.ids.len() < self.limit {
            let Some(next) = self.next(same, beyond.as_ref())? else { return Ok(()) };
            let group: Vec<Value> = same.iter().cloned().chain(std::iter::once(next.clone())).collect();
            self.groups(&group, None)?;
            beyond = Some(next);
        }
        Ok(())
    }

    /// The next value of a key, of the rows with these keys before it.
    fn next(&self, same: &[Value], beyond: Option<&Value>) -> rusqlite::Result<Option<Value>> {
        let Some(key) = self.list.order.get(same.len()) else { return Ok(None) };
        let walk = self.is_large(same)?;
        let (tables, filter, params) = self.list.source(self.step(same, beyond, walk));
        let sign = if walk || same.is_empty() { "" } else { "+" };
        let sql = format!(
            "SELECT {0} FROM {tables} WHERE {filter} ORDER BY {sign}{0} {1} LIMIT 1",
            key.column,
            self.way(key.descending)
        );
        self.conn.prepare_cached(&sql)?.query_row(params_from_iter(params), |row| row.get(0)).optional()
    }

    /// Adds rows with these first keys in the order of the others.
    fn rows(&mut self, same: &[Value], beyond: Option<&Value>) -> rusqlite::Result<()> {
        let missing = self.limit.saturating_sub(self.ids.len());
        if missing == 0 {
            return Ok(());
        }
        // Rows that differ in their number only stand in its order in any index.
        let by_number = same.len() + 1 >= self.list.order.len();
        let walk = !by_number && self.is_large(same)?;
        let sign = if walk || by_number || same.is_empty() { "" } else { "+" };
        let keys = self.list.order.iter().skip(same.len());
        let order: Vec<String> = keys.map(|key| format!("{sign}{} {}", key.column, self.way(key.descending))).collect();
        let (tables, filter, mut params) = self.list.source(self.step(same, beyond, walk));
        let sql = format!("SELECT t.id FROM {tables} WHERE {filter} ORDER BY {} LIMIT ?", order.join(", "));
        params.push(Value::Integer(i64::try_from(missing).unwrap_or(i64::MAX)));
        let mut statement = self.conn.prepare_cached(&sql)?;
        for id in statement.query_map(params_from_iter(params), |row| row.get(0))? {
            self.ids.push(id?);
        }
        Ok(())
    }

    fn way(&self, descending: bool) -> &'static str {
        if descending == (self.direction == Direction::Forward) { "DESC" } else { "ASC" }
    }

    /// A sign before a column keeps its index from being used.
    fn step(&self, same: &[Value], beyond: Option<&Value>, walk: bool) -> Step {
        let sign = if walk { "+" } else { "" };
        let mut conditions: Vec<String> =
            self.list.order.iter().zip(same).map(|(key, _)| format!("{sign}{} = ?", key.column)).collect();
        if let Some(key) = self.list.order.get(same.len()).filter(|_| beyond.is_some()) {
            let than = if self.way(key.descending) == "DESC" { "<" } else { ">" };
            conditions.push(format!("{} {than} ?", key.column));
        }
        Step { condition: conditions.join(" AND "), params: same.iter().chain(beyond).cloned().collect() }
    }

    /// Whether very many rows have the first of these keys.
    fn is_large(&self, same: &[Value]) -> rusqlite::Result<bool> {
        let Some((key, value)) = self.list.order.first().zip(same.first()) else { return Ok(false) };
        let only = Step { condition: format!("{} = ?", key.column), params: vec![value.clone()] };
        let (tables, filter, mut params) = self.list.source(only);
        let sql = format!("SELECT count(*) FROM (SELECT 1 FROM {tables} WHERE {filter} LIMIT ?)");
        params.push(Value::Integer(i64::try_from(self.large).unwrap_or(i64::MAX)));
        let counted = self.conn.prepare_cached(&sql)?.query_row(params_from_iter(params), |row| super::row::unsigned(row, 0))?;
        Ok(counted >= self.large)
    }
}
