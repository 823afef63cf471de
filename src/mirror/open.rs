//! Opening: the stored file where it can be used, a new one where it can't, memory where nothing can be stored.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, config::DbConfig};

use super::{
    error::is_damage,
    place::{self, Head},
    schema::{self, Unfit},
    words,
};
use crate::{
    domain::{Failure, FailureKind, Identity},
    text::SafeText,
};

/// What opening a mirror found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opened {
    /// No file was there: a new one was made.
    Created,
    /// The file of earlier starts.
    Existing,
    /// The file was damaged: it was renamed and a new one was made.
    Damaged {
        /// Where the damaged one lies now.
        set_aside: PathBuf,
    },
    /// The file was filled from another tenant or application: it was renamed and a new one was made.
    OtherIdentity {
        /// Where the other one lies now.
        set_aside: PathBuf,
    },
    /// A newer program wrote the file: it was left as it is, this run keeps its rows in memory.
    NewerSchema {
        /// The schema version found.
        found: i64,
    },
    /// Nothing can be stored: this run keeps its rows in memory.
    InMemory {
        /// Why.
        reason: SafeText,
    },
}

impl Opened {
    /// What the operator should read about it; `None` where all is as expected.
    #[must_use]
    pub fn notice(&self) -> Option<SafeText> {
        let text = match self {
            Self::Created | Self::Existing => return None,
            Self::Damaged { set_aside } => {
                format!("The local copy was damaged; it was set aside as {} and is built anew", set_aside.display())
            }
            Self::OtherIdentity { set_aside } => {
                format!("The local copy held another tenant's data; it was set aside as {}", set_aside.display())
            }
            Self::NewerSchema { found } => format!(
                "The local copy was written by a newer version (schema {found}, this one knows {}); it was left alone, rows are kept in memory",
                schema::version()
            ),
            Self::InMemory { reason } => format!("Rows are kept in memory only: {reason}"),
        };
        Some(SafeText::line(&text))
    }

    /// Why nothing that is written outlives this run; `None` where it does.
    #[must_use]
    pub fn forgets(&self) -> Option<Failure> {
        match self {
            Self::Created | Self::Existing | Self::Damaged { .. } | Self::OtherIdentity { .. } => None,
            Self::NewerSchema { found } => {
                let what = format!(
                    "The local copy was written by a newer version (schema {found}, this one knows {}) and is left alone",
                    schema::version()
                );
                let failure = Failure::new(FailureKind::Storage, &what);
                Some(failure.advise("Run that version, or remove the copy with halo-tui purge"))
            }
            Self::InMemory { reason } => {
                let failure = Failure::new(FailureKind::Storage, &format!("Nothing can be stored: {reason}"));
                Some(failure.advise("Make room for it, or name another folder with --state-dir"))
            }
        }
    }
}

/// The connections of one mirror.
pub(super) struct Connections {
    pub(super) writer: Connection,
    /// None for a mirror in memory: there the writer reads as well.
    pub(super) reader: Option<Connection>,
    /// The file; `None` in memory.
    pub(super) path: Option<PathBuf>,
    /// Whether locks and shared memory beside the file can be trusted.
    pub(super) shares: bool,
}

/// Page caches in KiB. Memory is scarce, but a row goes into many indexes: with less the writer reads the same pages again and again.
const WRITER_CACHE: i64 = 16_000;
const READER_CACHE: i64 = 6_000;

/// Opens the file at `path`, whatever state it is in.
pub(super) fn open(
    path: &Path,
    identity: &Identity,
    is_local: impl Fn(&Path) -> bool,
) -> rusqlite::Result<(Connections, Opened)> {
    let in_memory = |opened| Ok((memory(identity)?, opened));
    let path = match place::prepare(path) {
        Ok(path) => path,
        Err(reason) => return in_memory(Opened::InMemory { reason: SafeText::line(&reason) }),
    };
    let write_ahead = path.parent().is_some_and(is_local);
    match stored(&path, identity, write_ahead) {
        Ok((connections, created)) => Ok((connections, if created { Opened::Created } else { Opened::Existing })),
        Err(Trouble::Newer(found)) => in_memory(Opened::NewerSchema { found }),
        Err(Trouble::Reason(reason)) => in_memory(Opened::InMemory { reason }),
        Err(trouble @ (Trouble::Damaged | Trouble::Other)) => {
            let damaged = matches!(trouble, Trouble::Damaged);
            let anew = place::set_aside(&path, if damaged { "damaged" } else { "other" })
                .map_err(|error| error.to_string())
                .and_then(|aside| Ok((aside, place::prepare(&path)?)))
                .map_err(|reason| SafeText::line(&reason))
                .and_then(|(aside, path)| match stored(&path, identity, write_ahead) {
                    Ok((connections, _)) => Ok((connections, aside)),
                    Err(Trouble::Reason(reason)) => Err(reason),
                    Err(_) => Err(SafeText::line("a new file was damaged at once")),
                });
            match anew {
                Ok((connections, set_aside)) if damaged => Ok((connections, Opened::Damaged { set_aside })),
                Ok((connections, set_aside)) => Ok((connections, Opened::OtherIdentity { set_aside })),
                Err(reason) => in_memory(Opened::InMemory { reason }),
            }
        }
    }
}

/// A mirror that is gone with the program.
pub(super) fn memory(identity: &Identity) -> rusqlite::Result<Connections> {
    let writer = Connection::open_in_memory()?;
    settle(&writer)?;
    match schema::migrate(&writer, identity) {
        Ok(_) => Ok(Connections { writer, reader: None, path: None, shares: false }),
        Err(Unfit::Error(error)) => Err(error),
        // An empty database is neither newer nor foreign.
        Err(Unfit::Newer(_) | Unfit::Foreign) => Err(rusqlite::Error::InvalidQuery),
    }
}

/// Why the file can't be used as it is.
enum Trouble {
    Damaged,
    Other,
    Newer(i64),
    Reason(SafeText),
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Self {
        if is_damage(&error) { Self::Damaged } else { Self::Reason(SafeText::line(&error.to_string())) }
    }
}

impl From<Unfit> for Trouble {
    fn from(unfit: Unfit) -> Self {
        match unfit {
            Unfit::Newer(found) => Self::Newer(found),
            Unfit::Foreign => Self::Damaged,
            Unfit::Error(error) => error.into(),
        }
    }
}

fn stored(path: &Path, identity: &Identity, write_ahead: bool) -> Result<(Connections, bool), Trouble> {
    match place::head(path).map_err(|error| Trouble::Reason(SafeText::line(&error.to_string())))? {
        Some(Head::Damaged) => return Err(Trouble::Damaged),
        Some(Head::Database(found)) if found > schema::version() => return Err(Trouble::Newer(found)),
        _ => {}
    }
    let writer = connect(path, WRITER_CACHE)?;
    writer.pragma_update_and_check(None, "wal_autocheckpoint", 8000, |_| Ok(()))?;
    // A row's way back, until its statement is done: some pages, which else are written to a file each time.
    writer.pragma_update(None, "temp_store", "MEMORY")?;
    let mode = if write_ahead { "WAL" } else { "TRUNCATE" };
    let set = writer.pragma_update_and_check(None, "journal_mode", mode, |row| row.get::<_, String>(0))?;
    let as_wanted = set.eq_ignore_ascii_case(mode);
    if !as_wanted {
        writer.pragma_update_and_check(None, "journal_mode", "TRUNCATE", |_| Ok(()))?;
    }
    let created = schema::migrate(&writer, identity)?;
    check(path, &writer)?;
    if schema::read_identity(&writer)? != *identity {
        return Err(Trouble::Other);
    }
    let reader = Some(connect_reader(path)?);
    let shares = write_ahead && as_wanted;
    Ok((Connections { writer, reader, path: Some(path.to_owned()), shares }, created))
}

/// A connection that only reads.
pub(super) fn connect_reader(path: &Path) -> rusqlite::Result<Connection> {
    let reader = connect(path, READER_CACHE)?;
    reader.pragma_update(None, "query_only", true)?;
    Ok(reader)
}

fn connect(path: &Path, cache: i64) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let conn = Connection::open_with_flags(path, flags)?;
    settle(&conn)?;
    conn.pragma_update(None, "cache_size", -cache)?;
    Ok(conn)
}

/// Settings of every connection. No mapped file: it would count as memory in use, however large the mirror.
fn settle(conn: &Connection) -> rusqlite::Result<()> {
    // Another instance may hold the lock for the length of one batch.
    conn.busy_timeout(Duration::from_secs(10))?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    conn.pragma_update(None, "synchronous", "NORMAL")?;
    conn.pragma_update_and_check(None, "mmap_size", 0, |_| Ok(())).or_else(no_row)?;
    conn.pragma_update(None, "cell_size_check", true)?;
    conn.pragma_update_and_check(None, "journal_size_limit", 64 << 20, |_| Ok(()))?;
    // A search has its statements for each shard of the word index.
    conn.set_prepared_statement_cache_capacity(256);
    words::register(conn)?;
    Ok(())
}

/// A database in memory has no mapping to speak of.
fn no_row(error: rusqlite::Error) -> rusqlite::Result<()> {
    if matches!(error, rusqlite::Error::QueryReturnedNoRows) { Ok(()) } else { Err(error) }
}

/// A first look that touches every table; the whole file only where an earlier run met damage.
fn check(path: &Path, conn: &Connection) -> Result<(), Trouble> {
    for table in schema::TABLES {
        conn.query_row(&format!("SELECT count(*) FROM (SELECT 1 FROM {table} LIMIT 1)"), [], |_| Ok(()))?;
    }
    let mark = place::suspicion(path);
    if mark.exists() {
        let verdict = conn.query_row("PRAGMA integrity_check(1)", [], |row| row.get::<_, String>(0))?;
        if verdict != "ok" {
            return Err(Trouble::Damaged);
        }
        place::remove(&mark).map_err(|error| Trouble::Reason(SafeText::line(&error.to_string())))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity() -> Identity {
        Identity { resource_url: "https://a.example/api".into(), tenant: "a".into(), client_id: "c".into() }
    }

    fn journal_mode(connections: &Connections) -> String {
        connections.writer.query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn keeps_no_shared_memory_on_a_network_file_system() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mirror.db");
        let (remote, _) = open(&path, &identity(), |_| false).unwrap();
        assert_eq!(journal_mode(&remote), "truncate");
        drop(remote);
        let (local, opened) = open(&path, &identity(), |_| true).unwrap();
        assert_eq!((journal_mode(&local).as_str(), opened), ("wal", Opened::Existing));
    }

    #[test]
    fn bundles_a_version_without_the_known_faults_of_shared_wal() {
        assert!(rusqlite::version_number() >= 3_051_003, "{}", rusqlite::version());
    }

    #[test]
    fn knows_all_of_its_tables() {
        let connections = memory(&identity()).unwrap();
        let mut statement = connections
            .writer
            .prepare("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual') AND name NOT LIKE 'sqlite_%'")
            .unwrap();
        let mut found: Vec<String> = statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        let mut known: Vec<String> = schema::TABLES.iter().map(|name| (*name).to_owned()).collect();
        found.sort();
        known.sort();
        assert_eq!(found, known);
    }
}
