//! The tables, and how an older file becomes a newer one.

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::words;
use crate::domain::Identity;

/// Marks the file as a mirror of ours: "HALO".
pub(super) const APPLICATION_ID: i32 = 0x4841_4c4f;

/// Each step leads from the version of its place to the next one and is one transaction; steps are never changed once released.
const STEPS: &[Step] = &[
    Step { statements: include_str!("schema/1.sql"), rewords: false },
    Step { statements: include_str!("schema/2.sql"), rewords: false },
    Step { statements: include_str!("schema/3.sql"), rewords: false },
    Step { statements: include_str!("schema/4.sql"), rewords: true },
    Step { statements: include_str!("schema/5.sql"), rewords: false },
    Step { statements: include_str!("schema/6.sql"), rewords: false },
    Step { statements: include_str!("schema/7.sql"), rewords: false },
    Step { statements: include_str!("schema/8.sql"), rewords: false },
    Step { statements: include_str!("schema/9.sql"), rewords: false },
    Step { statements: include_str!("schema/10.sql"), rewords: false },
    Step { statements: include_str!("schema/11.sql"), rewords: true },
    Step { statements: include_str!("schema/12.sql"), rewords: false },
    Step { statements: include_str!("schema/13.sql"), rewords: false },
    Step { statements: include_str!("schema/14.sql"), rewords: false },
];

/// One step.
struct Step {
    statements: &'static str,
    /// The word index is made anew.
    rewords: bool,
}

/// The version that this program reads and writes.
pub(super) fn version() -> i64 {
    i64::try_from(STEPS.len()).unwrap_or(i64::MAX)
}

/// Every table that a sound file has, for a first look at it.
pub(super) const TABLES: &[&str] = &[
    "meta",
    "writes",
    "counts",
    "word_shards",
    "shared",
    "requests",
    "tickets",
    "ticket_text",
    "ticket_extras",
    "single_reads",
    "actions",
    "conversations",
    "seen",
    "view_lists",
    "view_list_tickets",
    "view_list_columns",
    "clients",
    "sites",
    "users",
    "assets",
    "client_reads",
    "ticket_assets",
    "statuses",
    "priorities",
    "teams",
    "ticket_types",
    "slas",
    "workdays",
    "agents",
];

/// What kept a file from being brought to our version.
pub(super) enum Unfit {
    /// A newer program wrote it.
    Newer(i64),
    /// It is a database, but not a mirror.
    Foreign,
    /// The database says no.
    Error(rusqlite::Error),
}

impl From<rusqlite::Error> for Unfit {
    fn from(error: rusqlite::Error) -> Self {
        Self::Error(error)
    }
}

/// Brings the file to our version, step by step; a new file gets the identity along with its tables. Says whether it was new.
pub(super) fn migrate(conn: &Connection, identity: &Identity) -> Result<bool, Unfit> {
    let found =
        |conn: &Connection| conn.query_row("SELECT user_version FROM pragma_user_version", [], |row| row.get::<_, i64>(0));
    let application =
        |conn: &Connection| conn.query_row("SELECT application_id FROM pragma_application_id", [], |row| row.get::<_, i32>(0));
    let mut created = false;
    loop {
        let at = found(conn)?;
        if at > version() {
            return Err(Unfit::Newer(at));
        }
        if at == version() {
            return if application(conn)? == APPLICATION_ID { Ok(created) } else { Err(Unfit::Foreign) };
        }
        // Another instance may be migrating too: whoever gets the lock second finds the step done.
        let step = Transaction::new_unchecked(conn, TransactionBehavior::Immediate)?;
        if found(&step)? != at {
            continue;
        }
        let empty = step.query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| row.get::<_, bool>(0))?;
        let ours = if at == 0 { empty } else { application(&step)? == APPLICATION_ID };
        let Some(next) = usize::try_from(at).ok().and_then(|at| STEPS.get(at)).filter(|_| ours) else {
            return Err(Unfit::Foreign);
        };
        step.execute_batch(next.statements)?;
        if next.rewords {
            words::rebuild(&step)?;
        }
        if at == 0 {
            step.pragma_update(None, "application_id", APPLICATION_ID)?;
            write_identity(&step, identity)?;
            created = true;
        }
        step.pragma_update(None, "user_version", at + 1)?;
        step.commit()?;
    }
}

const IDENTITY: [&str; 3] = ["identity.resource_url", "identity.tenant", "identity.client_id"];

fn write_identity(conn: &Connection, identity: &Identity) -> rusqlite::Result<()> {
    let values = [&identity.resource_url, &identity.tenant, &identity.client_id];
    for (key, value) in IDENTITY.iter().zip(values) {
        conn.execute("INSERT INTO meta(key, value) VALUES (?, ?)", (key, value))?;
    }
    Ok(())
}

/// Whose data the file holds.
pub(super) fn read_identity(conn: &Connection) -> rusqlite::Result<Identity> {
    let [resource_url, tenant, client_id] =
        IDENTITY.map(|key| conn.query_row("SELECT value FROM meta WHERE key = ?", [key], |row| row.get::<_, String>(0)));
    Ok(Identity { resource_url: resource_url?, tenant: tenant?, client_id: client_id? })
}
