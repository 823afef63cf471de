//! The way records get into any plain table.

use std::collections::HashSet;

use rusqlite::{Connection, params_from_iter, types::Value};

use super::super::Applied;

/// A table whose rows are replaced as a whole.
pub(super) struct Table {
    pub(super) name: &'static str,
    /// The columns that tell the rows apart: integers, first in every row.
    pub(super) keys: &'static [&'static str],
    /// The others.
    pub(super) columns: &'static [&'static str],
}

impl Table {
    /// Writes a row where it differs from what is there; says whether it did.
    pub(super) fn put(&self, conn: &Connection, row: Vec<Value>) -> rusqlite::Result<bool> {
        let all: Vec<&str> = self.keys.iter().chain(self.columns).copied().collect();
        let sets: Vec<String> = self.columns.iter().map(|column| format!("{column} = excluded.{column}")).collect();
        let new: Vec<String> = self.columns.iter().map(|column| format!("excluded.{column}")).collect();
        let sql = format!(
            "INSERT INTO {name} AS t ({all}) VALUES ({places}) ON CONFLICT ({keys}) DO UPDATE SET {sets} WHERE ({old}) IS NOT ({new})",
            name = self.name,
            all = all.join(", "),
            places = vec!["?"; all.len()].join(", "),
            keys = self.keys.join(", "),
            sets = sets.join(", "),
            old = self.columns.iter().map(|column| format!("t.{column}")).collect::<Vec<_>>().join(", "),
            new = new.join(", "),
        );
        Ok(conn.prepare_cached(&sql)?.execute(params_from_iter(row))? > 0)
    }

    /// Writes rows; the ids told are those of the last key.
    pub(super) fn put_all(&self, conn: &Connection, rows: impl Iterator<Item = Vec<Value>>) -> rusqlite::Result<Applied> {
        let mut applied = Applied::default();
        for row in rows {
            let id = self.id(&row);
            if self.put(conn, row)? {
                applied.written += 1;
                applied.ids.push(id);
            } else {
                applied.unchanged += 1;
            }
        }
        Ok(applied)
    }

    /// Makes the table hold exactly these rows, of those that `scope` means.
    pub(super) fn replace(&self, conn: &Connection, scope: &str, rows: Vec<Vec<Value>>) -> rusqlite::Result<Applied> {
        let key = |row: &[Value]| -> Vec<i64> { row.iter().take(self.keys.len()).map(integer).collect() };
        let kept: HashSet<Vec<i64>> = rows.iter().map(|row| key(row)).collect();
        let mut applied = self.put_all(conn, rows.into_iter())?;
        let mut statement = conn.prepare_cached(&format!("SELECT {} FROM {} WHERE {scope}", self.keys.join(", "), self.name))?;
        let read = |row: &rusqlite::Row<'_>| (0..self.keys.len()).map(|column| row.get::<_, i64>(column)).collect();
        let stored = statement.query_map([], read)?.collect::<Result<Vec<Vec<i64>>, _>>()?;
        let gone =
            format!("DELETE FROM {} WHERE ({}) = ({})", self.name, self.keys.join(", "), vec!["?"; self.keys.len()].join(", "));
        for key in stored.into_iter().filter(|key| !kept.contains(key)) {
            conn.prepare_cached(&gone)?.execute(params_from_iter(&key))?;
            applied.written += 1;
            applied.ids.extend(key.last());
        }
        Ok(applied)
    }

    fn id(&self, row: &[Value]) -> i64 {
        self.keys.len().checked_sub(1).and_then(|last| row.get(last)).map_or(0, integer)
    }
}

fn integer(value: &Value) -> i64 {
    match value {
        Value::Integer(number) => *number,
        _ => 0,
    }
}
