//! The names that a query can be completed with.

use super::{Reader, StoreError, names::Named, row};
use crate::query::{Known, KnownKey, NameKey};

impl Reader {
    /// The tenant's clients, then its agents, statuses, teams, ticket types, lists and sites, each by name; priorities from the highest,
    /// their numbers behind them.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub fn known(&self) -> Result<Vec<Known>, StoreError> {
        let mut known =
            self.column(NameKey::Client, "SELECT name, NOT inactive FROM clients WHERE name <> '' ORDER BY name_key, id")?;
        self.with_names(|names| {
            let tables = [
                (NameKey::Agent, &names.agents),
                (NameKey::Status, &names.statuses),
                (NameKey::Team, &names.teams),
                (NameKey::Type, &names.types),
                (NameKey::List, &names.lists),
            ];
            for (key, table) in tables {
                let mut named: Vec<&Named> = table.values().filter(|named| !named.words.is_empty()).collect();
                named.sort_by(|one, other| one.words.cmp(&other.words));
                known.extend(named.into_iter().map(|named| Known::new(key, named.label.name.clone())));
            }
            known.extend(names.priority_words().into_iter().map(|words| Known::new(KnownKey::Priority, words)));
            Ok(())
        })?;
        known.extend(
            self.column(NameKey::Site, "SELECT DISTINCT name, 1 FROM sites WHERE inactive = 0 AND name <> '' ORDER BY name")?,
        );
        Ok(known)
    }

    fn column(&self, key: NameKey, sql: &str) -> Result<Vec<Known>, StoreError> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([], |row| Ok(Known { in_use: row.get(1)?, ..Known::new(key, row::line(row, 0)?) }))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
