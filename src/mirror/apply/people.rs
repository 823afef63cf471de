//! Clients, sites, users and assets.

use std::collections::HashSet;

use rusqlite::{Connection, types::Value};

use super::{
    super::{
        Applied,
        row::{colour_number, text},
    },
    table::Table,
};
use crate::{
    domain::{AssetRecord, ClientRecord, Register, SiteRecord, UserRecord},
    query::folded_words,
    text::Untrusted,
};

const CLIENTS: Table = Table {
    name: "clients",
    keys: &["id"],
    columns: &[
        "name",
        "toplevel_name",
        "inactive",
        "vip",
        "stopped",
        "colour",
        "account_manager",
        "main_site_id",
        "phone",
        "reference",
        "unreadable",
        "name_key",
    ],
};

pub(super) fn clients(conn: &Connection, records: &[ClientRecord]) -> rusqlite::Result<Applied> {
    let mut applied = Applied::default();
    for record in records {
        let written = match &record.unreadable {
            Some(reason) if flag(conn, record.id.0, reason)? => true,
            Some(_) if known(conn, record.id.0)? => false,
            _ => CLIENTS.put(conn, client(record))?,
        };
        if written {
            applied.written += 1;
            applied.ids.push(record.id.0);
        } else {
            applied.unchanged += 1;
        }
    }
    Ok(applied)
}

/// Marks the row that is there and keeps it: what was readable once is worth more than nothing.
fn flag(conn: &Connection, id: i64, reason: &str) -> rusqlite::Result<bool> {
    let mut statement = conn.prepare_cached("UPDATE clients SET unreadable = ?2 WHERE id = ?1 AND unreadable IS NOT ?2")?;
    Ok(statement.execute((id, reason))? > 0)
}

fn known(conn: &Connection, id: i64) -> rusqlite::Result<bool> {
    conn.prepare_cached("SELECT 1 FROM clients WHERE id = ?")?.exists([id])
}

fn client(record: &ClientRecord) -> Vec<Value> {
    vec![
        record.id.0.into(),
        text(&record.name),
        text(&record.toplevel_name),
        record.inactive.into(),
        record.vip.into(),
        record.stopped.into(),
        colour_number(record.colour),
        record.account_manager.0.into(),
        record.main_site_id.0.into(),
        text(&record.phone),
        text(&record.reference),
        record.unreadable.clone().map_or(Value::Null, Value::Text),
        folded_words(record.name.as_stored()).into(),
    ]
}

/// Removes what is not among these ids.
pub(super) fn only(conn: &Connection, register: Register, ids: &[i64]) -> rusqlite::Result<Applied> {
    let kept: HashSet<i64> = ids.iter().copied().collect();
    let table = match register {
        Register::Clients => "clients",
        Register::Sites => "sites",
        Register::Users => "users",
        Register::Assets => "assets",
    };
    let mut statement = conn.prepare_cached(&format!("SELECT id FROM {table}"))?;
    let stored = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<i64>>>()?;
    let mut applied = Applied { unchanged: stored.len(), ..Applied::default() };
    for id in stored.into_iter().filter(|id| !kept.contains(id)) {
        conn.prepare_cached(&format!("DELETE FROM {table} WHERE id = ?"))?.execute([id])?;
        if register == Register::Clients {
            conn.prepare_cached("DELETE FROM client_reads WHERE client_id = ?")?.execute([id])?;
        }
        applied.written += 1;
        applied.unchanged -= 1;
        applied.ids.push(id);
    }
    Ok(applied)
}

pub(super) fn sites(conn: &Connection, records: &[SiteRecord]) -> rusqlite::Result<Applied> {
    const SITES: Table = Table { name: "sites", keys: &["id"], columns: &["client_id", "name", "phone", "inactive", "name_key"] };
    let row = |record: &SiteRecord| {
        vec![
            record.id.0.into(),
            record.client_id.0.into(),
            text(&record.name),
            text(&record.phone),
            record.inactive.into(),
            key(&[&record.name, &record.phone]),
        ]
    };
    SITES.put_all(conn, records.iter().map(row))
}

pub(super) fn users(conn: &Connection, records: &[UserRecord]) -> rusqlite::Result<Applied> {
    const USERS: Table = Table {
        name: "users",
        keys: &["id"],
        columns: &["client_id", "site_id", "name", "email", "phone", "important", "inactive", "name_key"],
    };
    let row = |record: &UserRecord| {
        vec![
            record.id.0.into(),
            record.client_id.0.into(),
            record.site_id.0.into(),
            text(&record.name),
            text(&record.email),
            text(&record.phone),
            record.important.into(),
            record.inactive.into(),
            key(&[&record.name, &record.email, &record.phone]),
        ]
    };
    USERS.put_all(conn, records.iter().map(row))
}

pub(super) fn assets(conn: &Connection, records: &[AssetRecord]) -> rusqlite::Result<Applied> {
    const ASSETS: Table = Table {
        name: "assets",
        keys: &["id"],
        columns: &["client_id", "site_id", "tag", "kind", "username", "inactive", "name_key"],
    };
    let row = |record: &AssetRecord| {
        vec![
            record.id.into(),
            record.client_id.0.into(),
            record.site_id.0.into(),
            text(&record.tag),
            text(&record.kind),
            text(&record.username),
            record.inactive.into(),
            key(&[&record.tag, &record.kind, &record.username]),
        ]
    };
    ASSETS.put_all(conn, records.iter().map(row))
}

/// What a row is found and ordered by: the folded words of these, the first before the others.
fn key(parts: &[&Untrusted]) -> Value {
    let words: Vec<&str> = parts.iter().map(|part| part.as_stored()).collect();
    Value::Text(folded_words(&words.join(" ")))
}
