//! The word index: which tickets have which words.
//!
//! The words of 65,536 ticket numbers make a shard of three contentless tables whose row ids are the tickets' numbers:
//!
//! | table | words of | postings |
//! |---|---|---|
//! | `summary_words_N` | number and summary | rows only, and of the first one and two letters |
//! | `name_words_N` | client, user, agent | rows only, and of the first one and two letters |
//! | `all_words_N` | these, asset tags, details, conversation | rows only |
//!
//! FTS5 merges all rows of all words with a beginning before it gives the first of them, about 0.1 µs a row: at a million
//! tickets 12 ms for a word that is in every tenth text, 35 ms for one in every second. Within a shard it is a sixteenth, and a
//! search that wants the newest rows looks into the newest shards only. Measured with a million tickets of 340-byte texts:
//!
//! | way | size | CPU for 1,000 tickets, 100 a transaction |
//! |---|---|---|
//! | one table, all positions, `prefix = '1 2'`, without texts | 206 MB | 11 ms |
//! | the same, columns only, `prefix = '1 2 3'` | 180 MB | 13 ms |
//! | texts, rows only, `prefix = '3 4'` | 227 MB | 51 ms |
//! | texts, rows only, no prefix | 94 MB | 15 ms |
//! | the three tables in shards | 235 MB | 29 ms |
//!
//! Positions would double the size; a phrase is looked for as its words, and then in the texts of the rows found. One letter or
//! two begin nearly every text: in texts they count as whole words only.

mod at_hand;
mod merging;
mod says;
mod texts;
mod vocabulary;

use rusqlite::{Connection, OptionalExtension};

pub(super) use at_hand::AtHand;
pub(super) use merging::{merge, scattered};
pub(super) use says::{Pattern, Said, Terms, register};
pub(super) use texts::fold_note;
pub(super) use vocabulary::Sought;

use crate::query::folded_words;

/// A shard holds this many ticket numbers, as a power of two.
const SHARD_BITS: u32 = 16;
/// All numbers beyond share the last shard: a server that makes numbers up can't have tables made without end.
const LAST_SHARD: i64 = 255;

/// The shard of a ticket's number; records without a number have negative ones.
pub(super) fn shard_of(ticket: i64) -> i64 {
    (ticket.max(0) >> SHARD_BITS).min(LAST_SHARD)
}

/// One of a shard's tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Table {
    Summary,
    Names,
    All,
}

/// All tables of a shard.
const TABLES: [Table; 3] = [Table::Summary, Table::Names, Table::All];

impl Table {
    /// The table's name in a shard.
    pub(super) fn of(self, shard: i64) -> String {
        let stem = match self {
            Self::Summary => "summary_words",
            Self::Names => "name_words",
            Self::All => "all_words",
        };
        format!("{stem}_{shard}")
    }

    /// Whether the rows of all words that begin so are indexed together.
    fn indexes_beginning(self, beginning: &str) -> bool {
        self != Self::All && beginning.chars().count() <= 2
    }
}

/// The folded words that a ticket's rows in the index are made of.
pub(super) struct Indexed {
    pub(super) id: i64,
    pub(super) summary: String,
    pub(super) client: String,
    pub(super) user: String,
    pub(super) agent: String,
    /// Asset tags, details, conversation.
    pub(super) rest: String,
}

/// Which of a ticket's rows in the index are to be made anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Touched {
    pub(super) summary: bool,
    pub(super) names: bool,
    /// Beside the words that stand in the other tables.
    pub(super) rest: bool,
}

impl Touched {
    /// A ticket that was not there before.
    pub(super) const NEW: Self = Self { summary: true, names: true, rest: true };

    fn any(self) -> bool {
        self.summary || self.names || self.rest
    }
}

/// Writes index rows within one transaction.
pub(super) struct Index<'a> {
    conn: &'a Connection,
    known: std::cell::RefCell<Vec<i64>>,
}

impl<'a> Index<'a> {
    pub(super) fn new(conn: &'a Connection) -> rusqlite::Result<Self> {
        Ok(Self { conn, known: shards(conn)?.into() })
    }

    /// Writes the rows of a ticket that was not there before.
    pub(super) fn insert(&self, words: &Indexed) -> rusqlite::Result<()> {
        self.write("INSERT", words, Touched::NEW)
    }

    /// Writes what was touched of the rows of a ticket that is stored.
    pub(super) fn refresh(&self, ticket: i64, touched: Touched) -> rusqlite::Result<()> {
        if !touched.any() {
            return Ok(());
        }
        let sql = "SELECT summary, client_key, user_key, agent_key FROM tickets WHERE id = ?";
        let found = self.conn.prepare_cached(sql)?.query_row([ticket], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?, row.get::<_, String>(3)?))
        });
        let Some((summary, client, user, agent)) = found.optional()? else { return Ok(()) };
        let (summary, rest) = (folded_words(&summary), texts::rest(self.conn, ticket)?);
        let words = Indexed { id: ticket, summary, client, user, agent, rest };
        self.write("INSERT OR REPLACE", &words, touched)
    }

    /// A new ticket has nothing to replace, which is not looked for then.
    fn write(&self, insert: &str, words: &Indexed, touched: Touched) -> rusqlite::Result<()> {
        let shard = self.shard(words.id)?;
        let Indexed { id, summary, client, user, agent, rest } = words;
        if touched.summary {
            let sql = format!("{insert} INTO {}(rowid, words) VALUES (?1, ?1 || ' ' || ?2)", Table::Summary.of(shard));
            self.conn.prepare_cached(&sql)?.execute((id, summary))?;
        }
        if touched.names {
            let sql = format!("{insert} INTO {}(rowid, words) VALUES (?, ?)", Table::Names.of(shard));
            self.conn.prepare_cached(&sql)?.execute((id, [client.as_str(), user, agent].join(" ")))?;
        }
        if touched.any() {
            let all = [summary.as_str(), client, user, agent, rest].join(" ");
            let sql = format!("{insert} INTO {}(rowid, words) VALUES (?1, ?1 || ' ' || ?2)", Table::All.of(shard));
            self.conn.prepare_cached(&sql)?.execute((id, all))?;
        }
        Ok(())
    }

    /// Removes a ticket's rows.
    pub(super) fn remove(&self, ticket: i64) -> rusqlite::Result<()> {
        let shard = shard_of(ticket);
        if self.known.borrow().contains(&shard) {
            for table in TABLES {
                self.conn.prepare_cached(&format!("DELETE FROM {} WHERE rowid = ?", table.of(shard)))?.execute([ticket])?;
            }
        }
        Ok(())
    }

    /// The ticket's shard, made where it is missing.
    fn shard(&self, ticket: i64) -> rusqlite::Result<i64> {
        let shard = shard_of(ticket);
        if !self.known.borrow().contains(&shard) {
            // The words are folded already: everything but spaces belongs to them.
            let common = "content = '', contentless_delete = 1, tokenize = 'ascii'";
            self.conn.execute_batch(&format!(
                "CREATE VIRTUAL TABLE {} USING fts5(words, detail = none, prefix = '1 2', {common});\
                 CREATE VIRTUAL TABLE {} USING fts5(words, detail = none, prefix = '1 2', {common});\
                 CREATE VIRTUAL TABLE {} USING fts5(words, detail = none, {common});\
                 INSERT INTO word_shards(n) VALUES ({shard});",
                Table::Summary.of(shard),
                Table::Names.of(shard),
                Table::All.of(shard),
            ))?;
            self.known.borrow_mut().push(shard);
        }
        Ok(shard)
    }
}

/// The shards that there are, the newest tickets' first.
pub(super) fn shards(conn: &Connection) -> rusqlite::Result<Vec<i64>> {
    let mut statement = conn.prepare_cached("SELECT n FROM word_shards ORDER BY n DESC")?;
    statement.query_map([], |row| row.get(0))?.collect()
}

/// Makes the whole index anew.
pub(super) fn rebuild(conn: &Connection) -> rusqlite::Result<()> {
    for shard in shards(conn)? {
        for table in TABLES {
            conn.execute_batch(&format!("DROP TABLE {}", table.of(shard)))?;
        }
    }
    conn.execute("DELETE FROM word_shards", [])?;
    let index = Index::new(conn)?;
    let mut statement = conn.prepare("SELECT id FROM tickets ORDER BY id")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        index.refresh(row.get(0)?, Touched::NEW)?;
    }
    Ok(())
}
