//! Hits of the word index as numbers in memory: comparing numbers costs far less than looking at rows.

use rusqlite::{Connection, params_from_iter, types::Value};

use super::{
    compile::Condition,
    words::{Table, shards},
};

/// The ids that the word index finds, in the order of their numbers, where they are no more than `most`.
pub(super) fn hits(conn: &Connection, sources: &[(Table, String)], most: usize) -> rusqlite::Result<Option<Vec<i64>>> {
    let mut ids: Vec<i64> = Vec::new();
    for shard in shards(conn)? {
        for (table, matching) in sources {
            let table = table.of(shard);
            let mut statement = conn.prepare_cached(&format!("SELECT rowid FROM {table} WHERE {table} MATCH ? LIMIT ?"))?;
            let left = i64::try_from(most + 1 - ids.len()).unwrap_or(i64::MAX);
            for id in statement.query_map((matching, left), |row| row.get(0))? {
                ids.push(id?);
            }
            if ids.len() > most {
                return Ok(None);
            }
        }
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(Some(ids))
}

/// How many shards are looked at, of those between the newest, which may be nearly empty, and the oldest.
const SHARDS_SAMPLED: usize = 3;
/// Of so many rows that are looked at, so many that meet a check make it common.
const SAMPLED: usize = 64;
const COMMON: usize = 4;

/// Whether many of these rows meet a check, judged by some of them: an order of theirs is walked faster then than hits are gathered.
pub(super) fn many_meet(conn: &Connection, ids: &[i64], check: &Condition) -> rusqlite::Result<bool> {
    let mut found = 0;
    for id in ids.iter().step_by((ids.len() / SAMPLED).max(1)).take(SAMPLED) {
        found += usize::from(meets(conn, *id, check)?);
    }
    Ok(found >= COMMON)
}

/// Whether the word index surely finds more than `most`, judged by some of its shards.
pub(super) fn are_many(conn: &Connection, sources: &[(Table, String)], most: usize) -> rusqlite::Result<bool> {
    let all = shards(conn)?;
    if all.len() < SHARDS_SAMPLED + 1 {
        return Ok(false);
    }
    let most = i64::try_from(most / all.len() + 1).unwrap_or(i64::MAX);
    for nth in 1..=SHARDS_SAMPLED {
        let Some(shard) = all.get(all.len() * nth / (SHARDS_SAMPLED + 1)) else { return Ok(false) };
        let mut many = false;
        for (table, matching) in sources {
            let table = table.of(*shard);
            let sql = format!("SELECT count(*) FROM (SELECT 1 FROM {table} WHERE {table} MATCH ? LIMIT ?)");
            let found: i64 = conn.prepare_cached(&sql)?.query_row((matching, most), |row| row.get(0))?;
            many |= found == most;
        }
        if !many {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The rows that a table of the word index finds, the newest ticket first, of those within the given ones that meet the checks: no
/// other is looked at.
pub(super) fn hits_within(
    conn: &Connection,
    table: &str,
    params: Vec<Value>,
    checks: &[Condition],
    within: &[i64],
    limit: usize,
) -> rusqlite::Result<Vec<i64>> {
    let mut ids = Vec::new();
    let mut statement = conn.prepare_cached(&format!(
        "SELECT w.rowid FROM {table} AS w WHERE w.{table} MATCH ? AND w.rowid <= ? ORDER BY w.rowid DESC"
    ))?;
    let mut rows = statement.query(params_from_iter(params))?;
    'hits: while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        if within.binary_search(&id).is_err() {
            continue;
        }
        for check in checks {
            if !meets(conn, id, check)? {
                continue 'hits;
            }
        }
        ids.push(id);
        if ids.len() >= limit {
            break;
        }
    }
    Ok(ids)
}

/// Whether a ticket meets a condition.
pub(super) fn meets(conn: &Connection, id: i64, check: &Condition) -> rusqlite::Result<bool> {
    let sql = format!("SELECT EXISTS (SELECT 1 FROM tickets AS t WHERE t.id = ? AND {})", check.sql);
    let params = std::iter::once(Value::Integer(id)).chain(check.params.iter().cloned());
    conn.prepare_cached(&sql)?.query_row(params_from_iter(params), |row| row.get(0))
}
