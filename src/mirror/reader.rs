//! [`Reader`]: one connection with what is remembered between reads.

use std::{
    cell::RefCell,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};

use super::{StoreError, names::Names, positions::Positions, row};
use crate::domain::{AgentId, AgentRow, Overview};

/// The mirror as a read sees it.
pub struct Reader {
    pub(super) conn: Connection,
    pub(super) positions: Positions,
    pub(super) names: RefCell<Option<Names>>,
    pub(super) allowance: Allowance,
}

impl Reader {
    pub(super) fn new(conn: Connection, positions: Positions) -> Self {
        Self { conn, positions, names: RefCell::new(None), allowance: Allowance::default() }
    }

    /// Runs `work` on one snapshot.
    pub(super) fn at_one_moment<T>(&self, work: impl FnOnce(&Self) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let snapshot = self.conn.unchecked_transaction()?;
        let version = self.conn.prepare_cached("SELECT n FROM writes")?.query_row([], |row| row.get(0))?;
        if self.positions.at_version(version) {
            self.names.replace(None);
        }
        let result = work(self);
        // Nothing is written, but what the connection made for itself (the lists of words) is to stay.
        snapshot.commit()?;
        result
    }

    /// Runs `work` in one transaction, all or nothing.
    pub(super) fn write<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        self.note(|transaction| {
            let before = transaction.total_changes();
            let result = work(transaction)?;
            if transaction.total_changes() > before {
                // The readers, those of other instances too, take this for the sign that lists may have changed.
                transaction.prepare_cached("UPDATE writes SET n = n + 1")?.execute([])?;
            }
            Ok(result)
        })
    }

    /// The same where no list can show what is written.
    pub(super) fn note<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        let transaction = Transaction::new_unchecked(&self.conn, TransactionBehavior::Immediate)?;
        let result = work(&transaction)?;
        transaction.commit()?;
        Ok(result)
    }

    /// The value noted under a name.
    ///
    /// # Errors
    ///
    /// Where the database refuses; so for all reads.
    pub fn meta(&self, key: &str) -> Result<Option<String>, StoreError> {
        let mut statement = self.conn.prepare_cached("SELECT value FROM meta WHERE key = ?")?;
        Ok(statement.query_row([key], |row| row.get(0)).optional()?)
    }

    /// The newest `last_update` that the server gave: where the next delta begins.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub fn greatest_last_update(&self) -> Result<Option<Timestamp>, StoreError> {
        // Rows without a `last_update` stand in the index by another date and are no cursor.
        let mut statement = self.conn.prepare_cached(
            "SELECT last_update FROM tickets WHERE last_update IS NOT NULL ORDER BY updated_key DESC, id DESC LIMIT 1",
        )?;
        let found = statement.query_row([], |row| row::time(row, 0)).optional()?;
        Ok(found.flatten())
    }

    /// Whether any ticket is stored.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub fn has_rows(&self) -> Result<bool, StoreError> {
        Ok(self.conn.query_row("SELECT EXISTS (SELECT 1 FROM tickets)", [], |row| row.get(0))?)
    }

    /// How much the mirror holds.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub fn overview(&self) -> Result<Overview, StoreError> {
        let mut statement = self.conn.prepare_cached("SELECT n FROM counts WHERE what = ?")?;
        let mut count = |what: &str| statement.query_row([what], |row| row::unsigned(row, 0));
        let (open, total, clients) = (count("open")?, count("tickets")?, count("clients")?);
        Ok(Overview { open, closed: total - open.min(total), total, clients })
    }

    /// All agents by name, "Unassigned" left out.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub fn agents(&self) -> Result<Vec<AgentRow>, StoreError> {
        let mut statement =
            self.conn.prepare_cached("SELECT id, name, initials, email, team, colour, disabled, api FROM agents WHERE id > 1")?;
        let rows = statement.query_map([], |row| {
            Ok(AgentRow {
                id: AgentId(row.get(0)?),
                name: row::line(row, 1)?,
                initials: row::line(row, 2)?,
                email: row::line(row, 3)?,
                team: row::line(row, 4)?,
                colour: row::colour(row, 5)?,
                disabled: row.get(6)?,
                api: row.get(7)?,
            })
        })?;
        let mut agents = rows.collect::<Result<Vec<_>, _>>()?;
        agents.sort_by_cached_key(|agent| (crate::query::folded_words(agent.name.as_str()), agent.id));
        Ok(agents)
    }
}

/// How many steps of the database a statement may take: for looks that are worth it only where they are short.
#[derive(Clone)]
pub(super) struct Allowance(Arc<AtomicI64>);

impl Default for Allowance {
    fn default() -> Self {
        Self(Arc::new(AtomicI64::new(i64::MAX)))
    }
}

impl Allowance {
    /// Takes steps off; answers whether some are left.
    pub(super) fn take(&self, steps: i64) -> bool {
        self.0.fetch_sub(steps, Ordering::Relaxed) > steps
    }

    /// Does `work` unless it takes more steps; `None` where it did.
    pub(super) fn within<T>(&self, steps: i64, work: impl FnOnce() -> rusqlite::Result<T>) -> rusqlite::Result<Option<T>> {
        self.0.store(steps, Ordering::Relaxed);
        let done = work();
        let spent = self.0.swap(i64::MAX, Ordering::Relaxed) <= 0;
        match done {
            Err(rusqlite::Error::SqliteFailure(failure, _))
                if spent && failure.code == rusqlite::ErrorCode::OperationInterrupted =>
            {
                Ok(None)
            }
            done => done.map(Some),
        }
    }
}
