//! Hits of the word index as numbers in memory: comparing numbers costs far less than looking at rows.

use std::{cell::RefCell, collections::HashMap, sync::Arc};

use rusqlite::Connection;

use super::words::{AtHand, Sought, Terms, shard_of, shards};

/// The ids that the word index finds, in the order of their numbers, where they are no more than `most`.
pub(super) fn hits(conn: &Connection, sources: &[Sought], most: usize) -> rusqlite::Result<Option<Vec<i64>>> {
    let mut ids: Vec<i64> = Vec::new();
    for shard in shards(conn)? {
        for source in sources {
            let (table, matching) = source.in_shard(conn, shard)?;
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
/// Of so many rows that are looked at, so many that meet a check make it common. The next letter finds them looked at; with fewer of
/// them, words that every fiftieth row has would often count as rare, and all their hits be gathered for the first hundred.
pub(super) const SAMPLED: usize = 256;
const COMMON: usize = 4;

/// Whether many rows say all terms, judged by these: an order is walked faster then than hits are gathered.
pub(super) fn many_say(
    conn: &Connection,
    words: &AtHand,
    ids: impl Iterator<Item = i64>,
    terms: &Terms,
) -> rusqlite::Result<bool> {
    let mut found = 0;
    for id in ids.take(SAMPLED) {
        found += usize::from(words.said_by(conn, id, terms)?.is_some());
        if found >= COMMON {
            return Ok(true);
        }
    }
    Ok(false)
}

/// So many rows of a shard are looked at; then its hits are gathered, which costs about as much.
const LOOKED_AT: usize = if cfg!(test) { 2 } else { 256 };

/// Whether rows that a walk comes by are hits of the word index: the first rows of a shard are looked at, for more of them the
/// shard's hits are gathered.
#[derive(Clone, Debug)]
pub(super) struct ByShard {
    sources: Arc<[Sought]>,
    /// The terms, and whether the sources hold rows that don't say all of them.
    terms: Terms,
    is_loose: bool,
    words: AtHand,
    known: RefCell<HashMap<i64, Shard>>,
}

#[derive(Clone, Debug)]
enum Shard {
    /// So many of its rows were looked at for the first time.
    LookedAt(usize),
    /// Its hits, in the order of their numbers.
    Gathered(Vec<i64>),
}

impl ByShard {
    pub(super) fn new(sources: Vec<Sought>, terms: Terms, is_loose: bool, words: AtHand) -> Self {
        Self { sources: sources.into(), terms, is_loose, words, known: RefCell::default() }
    }

    /// Whether a stored ticket says all terms.
    pub(super) fn is_hit(&self, conn: &Connection, id: i64) -> rusqlite::Result<bool> {
        let mut known = self.known.borrow_mut();
        let shard = known.entry(shard_of(id)).or_insert(Shard::LookedAt(0));
        match shard {
            Shard::LookedAt(rows) if *rows < LOOKED_AT || self.words.knows(id) => {
                *rows += usize::from(!self.words.knows(id));
                return Ok(self.words.said_by(conn, id, &self.terms)?.is_some());
            }
            Shard::LookedAt(_) => *shard = Shard::Gathered(self.gather(conn, shard_of(id))?),
            Shard::Gathered(_) => {}
        }
        let Shard::Gathered(hits) = shard else { return Ok(false) };
        Ok(hits.binary_search(&id).is_ok() && (!self.is_loose || self.words.said_by(conn, id, &self.terms)?.is_some()))
    }

    fn gather(&self, conn: &Connection, shard: i64) -> rusqlite::Result<Vec<i64>> {
        let mut ids: Vec<i64> = Vec::new();
        for source in self.sources.iter() {
            let (table, matching) = source.in_shard(conn, shard)?;
            let mut statement = conn.prepare_cached(&format!("SELECT rowid FROM {table} WHERE {table} MATCH ?"))?;
            for id in statement.query_map([matching], |row| row.get(0))? {
                ids.push(id?);
            }
        }
        ids.sort_unstable();
        ids.dedup();
        Ok(ids)
    }
}

/// Whether the word index surely finds more than `most`, judged by some of its shards.
pub(super) fn are_many(conn: &Connection, sources: &[Sought], most: usize) -> rusqlite::Result<bool> {
    let all = shards(conn)?;
    if all.len() < SHARDS_SAMPLED + 1 {
        return Ok(false);
    }
    let most = i64::try_from(most / all.len() + 1).unwrap_or(i64::MAX);
    for nth in 1..=SHARDS_SAMPLED {
        let Some(shard) = all.get(all.len() * nth / (SHARDS_SAMPLED + 1)) else { return Ok(false) };
        let mut many = false;
        for source in sources {
            let (table, matching) = source.in_shard(conn, *shard)?;
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
