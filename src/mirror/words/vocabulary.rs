//! What a beginning stands for in one of the index's tables: where that is a few words, they are asked for instead.
//!
//! FTS5 gives the rows of a whole word one by one, but merges those of all words with a beginning before it gives the first. In a
//! shard of 65,536 texts, of which nine in ten have the word, the newest hundred rows took 9 ms by a beginning of it and 1.4 ms by
//! its words, their search included.

use rusqlite::{CachedStatement, Connection};

use super::{TABLES, Table, Terms, shards};

/// With more words than these, looking at each word's rows costs as much as merging them.
const MOST: i64 = 16;

/// What is to be looked for in one of the index's tables.
#[derive(Clone, Debug)]
pub(in super::super) struct Sought {
    pub(in super::super) table: Table,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    Expression(String),
    Terms(Terms),
}

impl Sought {
    /// An expression as FTS5 reads it.
    pub(in super::super) fn expression(table: Table, expression: &str) -> Self {
        Self { table, what: What::Expression(expression.to_owned()) }
    }

    /// All of these terms; `None` where there are none.
    pub(in super::super) fn terms(table: Table, terms: Terms) -> Option<Self> {
        (!terms.0.is_empty()).then_some(Self { table, what: What::Terms(terms) })
    }

    /// The shard's table, and the expression to match its rows with.
    pub(in super::super) fn in_shard(&self, conn: &Connection, shard: i64) -> rusqlite::Result<(String, String)> {
        let table = self.table.of(shard);
        let matching = match &self.what {
            What::Expression(expression) => expression.clone(),
            What::Terms(terms) => {
                let mut failed = None;
                let matching = terms.matching(self.table, |beginning| {
                    words_of(conn, &table, beginning).unwrap_or_else(|error| {
                        failed = Some(error);
                        None
                    })
                });
                if let Some(error) = failed {
                    return Err(error);
                }
                matching
            }
        };
        Ok((table, matching))
    }
}

/// The words of a table that begin so, where they are few.
fn words_of(conn: &Connection, table: &str, beginning: &str) -> rusqlite::Result<Option<Vec<String>>> {
    let mut statement = vocabulary(conn, table)?;
    let beyond = format!("{beginning}{}", char::MAX);
    let words = statement.query_map((beginning, beyond, MOST + 1), |row| row.get(0))?;
    let words = words.collect::<rusqlite::Result<Vec<String>>>()?;
    Ok((!words.is_empty() && i64::try_from(words.len()).is_ok_and(|found| found <= MOST)).then_some(words))
}

/// A statement that lists the words of a table between two.
fn vocabulary<'a>(conn: &'a Connection, table: &str) -> rusqlite::Result<CachedStatement<'a>> {
    let sql = format!("SELECT term FROM temp.terms_of_{table} WHERE term >= ? AND term < ? LIMIT ?");
    if let Ok(statement) = conn.prepare_cached(&sql) {
        return Ok(statement);
    }
    view(conn)?;
    conn.prepare_cached(&sql)
}

/// Makes the views of the words of all tables, all at once since a new one has each statement prepared again. They belong to the
/// connection: nothing is written to the mirror.
fn view(conn: &Connection) -> rusqlite::Result<()> {
    let tables = shards(conn)?.into_iter().flat_map(|shard| TABLES.map(|table| table.of(shard)));
    let views: Vec<String> = tables
        .map(|table| format!("CREATE VIRTUAL TABLE IF NOT EXISTS temp.terms_of_{table} USING fts5vocab(main, {table}, row)"))
        .collect();
    let reads_only: bool = conn.pragma_query_value(None, "query_only", |row| row.get(0))?;
    conn.pragma_update(None, "query_only", false)?;
    let made = conn.execute_batch(&views.join(";"));
    conn.pragma_update(None, "query_only", reads_only)?;
    made
}
