//! From the order that a query asks for to keys of columns.

use crate::{
    mirror::list::OrderKey,
    query::{Sort, SortKey},
};

pub(super) fn order(sort: &[Sort]) -> Vec<OrderKey> {
    let mut keys: Vec<OrderKey> = Vec::new();
    for Sort { key, reverse } in sort {
        let (column, descending) = match key {
            SortKey::Id => ("t.id", true),
            SortKey::Client => ("t.client_key", false),
            SortKey::Site => ("t.site_key", false),
            SortKey::User => ("t.user_key", false),
            SortKey::Agent => ("t.agent_key", false),
            SortKey::Team => ("t.team_key", false),
            SortKey::Status => ("t.status_key", false),
            SortKey::Priority => ("t.pri_key", false),
            SortKey::Type => ("t.type_key", false),
            SortKey::Sla => ("t.due", false),
            SortKey::Age => ("t.opened_key", false),
            SortKey::Opened => ("t.opened_key", true),
            SortKey::Updated => ("t.updated_key", true),
            SortKey::Closed => ("t.closed_key", true),
        };
        if keys.iter().any(|known| known.column == column) {
            continue;
        }
        keys.push(OrderKey { column, descending: descending != *reverse });
        if *key == SortKey::Id {
            return keys;
        }
    }
    // The same way round as the key before: then one index serves both.
    let descending = keys.last().is_some_and(|key| key.descending);
    keys.push(OrderKey { column: "t.id", descending });
    keys
}
