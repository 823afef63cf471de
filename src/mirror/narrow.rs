//! Names that a query asks for, as the names that tickets really bear: an index finds these, where a pattern makes it look at
//! every row.

use rusqlite::{Connection, types::Value};

use super::{compile::Condition, words::Pattern};
use crate::query::{Filter, NameKey, NameValue, Query};

/// Of a column with more names than this they are not listed.
const LISTED: i64 = 4_000;
/// More names than this narrow nothing.
const MOST: usize = 64;

/// A condition that holds for all tickets that the query finds, and that an index can tell; `None` where there is none.
pub(super) fn narrow(conn: &Connection, query: &Query) -> rusqlite::Result<Option<Condition>> {
    let mut narrowed: Option<Condition> = None;
    for term in query.effective_terms().iter().filter(|term| !term.not) {
        let Filter::Name(key, values) = &term.filter else { continue };
        let Some(column) = column(*key) else { continue };
        let Some(patterns) = values.iter().map(pattern).collect::<Option<Vec<_>>>() else { continue };
        let Some(names) = listed(conn, column)? else { continue };
        let meant: Vec<Value> =
            names.into_iter().filter(|name| patterns.iter().any(|pattern| pattern.fits(name))).map(Value::Text).collect();
        if meant.len() > MOST {
            continue;
        }
        let one = Condition { sql: format!("{column} IN ({})", vec!["?"; meant.len()].join(", ")), params: meant };
        narrowed = Some(match narrowed {
            Some(other) => Condition::both(other, one),
            None => one,
        });
    }
    Ok(narrowed)
}

/// The column of the names, where an index over all tickets begins with it.
fn column(key: NameKey) -> Option<&'static str> {
    match key {
        NameKey::Client => Some("t.client_key"),
        NameKey::Site => Some("t.site_key"),
        NameKey::User => Some("t.user_key"),
        NameKey::Agent => Some("t.agent_key"),
        NameKey::Team => Some("t.team_key"),
        NameKey::Asset | NameKey::Status | NameKey::Type | NameKey::List => None,
    }
}

/// Words that only a name can have; a number may be an id as well.
fn pattern(value: &NameValue) -> Option<Pattern> {
    match value {
        NameValue::Words(words) if words.phrase || words.text.parse::<i64>().is_err() => Pattern::of(words),
        _ => None,
    }
}

/// The names in a column, each once; `None` where they are many. From one to the next it is one search in the index, however many
/// tickets bear it.
fn listed(conn: &Connection, column: &str) -> rusqlite::Result<Option<Vec<String>>> {
    let sql = format!(
        "WITH RECURSIVE name(of) AS (SELECT min({column}) FROM tickets AS t \
         UNION ALL SELECT (SELECT min({column}) FROM tickets AS t WHERE {column} > name.of) FROM name WHERE name.of IS NOT NULL) \
         SELECT of FROM name WHERE of IS NOT NULL LIMIT ?"
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let names = statement.query_map([LISTED + 1], |row| row.get(0))?.collect::<rusqlite::Result<Vec<String>>>()?;
    Ok((i64::try_from(names.len()).unwrap_or(i64::MAX) <= LISTED).then_some(names))
}
