//! The columns that the ticket list can have: one table, from which titles, widths, orders and cells follow.

use crate::{
    domain::{Label, TicketRow, Timestamp},
    query::{NameKey, SortKey},
    text::SafeText,
    ui::{
        BURN_COLS,
        layout::{Align, ColumnSpec},
    },
};

/// A column of the ticket list.
#[derive(Debug)]
pub(crate) struct Column {
    /// What it is called in `views.toml` and after `:columns`.
    pub(crate) name: &'static str,
    /// Its title and how much room it wants.
    pub(super) spec: ColumnSpec,
    /// The same on a slow line, where it has a place by itself there.
    pub(super) lean: Option<ColumnSpec>,
    /// What its head orders the rows by.
    pub(super) sort: Option<SortKey>,
    /// Whether it is there unless a view says otherwise.
    pub(super) usual: bool,
    /// What stands in its cell of a row.
    pub(super) cell: for<'a> fn(&'a TicketRow) -> Cell<'a>,
}

/// What stands in one cell.
#[derive(Debug)]
pub(super) enum Cell<'a> {
    /// A number.
    Number(String),
    /// A text, and what it is the name of.
    Text(&'a SafeText, Option<NameKey>),
    /// A name in the colour that Halo gives it.
    Halo(&'a Label, Option<NameKey>),
    /// Time since then.
    Age(Option<Timestamp>),
    /// What is left of the SLA.
    Burn,
    /// Why the row could not be read.
    Unreadable(&'a SafeText),
    /// Nobody, nothing.
    Nothing,
}

const fn spec(title: &'static str, min: u16, ideal: u16, priority: u8, align: Align, grow: u16) -> ColumnSpec {
    ColumnSpec { title, min, ideal, priority, align, grow }
}

/// Every column, in the order in which they stand unless a view says otherwise.
pub(crate) const ALL: &[Column] = &[
    Column {
        name: "id",
        spec: spec("ID", 5, 6, 0, Align::Right, 0),
        lean: Some(spec("ID", 5, 6, 0, Align::Right, 0)),
        sort: Some(SortKey::Id),
        usual: true,
        cell: |row| if row.id.0 < 0 { Cell::Number("-".to_owned()) } else { Cell::Number(row.id.to_string()) },
    },
    Column {
        name: "sla",
        spec: spec("SLA", BURN_COLS, BURN_COLS, 2, Align::Left, 0),
        lean: Some(spec("SLA", BURN_COLS, BURN_COLS, 2, Align::Left, 0)),
        sort: Some(SortKey::Sla),
        usual: true,
        cell: |_| Cell::Burn,
    },
    Column {
        name: "summary",
        spec: spec("Summary", 24, 36, 1, Align::Left, 4),
        lean: Some(spec("Summary", 24, 44, 1, Align::Left, 4)),
        sort: None,
        usual: true,
        cell: |row| row.unreadable.as_ref().map_or(Cell::Text(&row.summary, None), Cell::Unreadable),
    },
    Column {
        name: "client",
        spec: spec("Client", 12, 20, 4, Align::Left, 1),
        lean: Some(spec("Client", 12, 14, 4, Align::Left, 0)),
        sort: Some(SortKey::Client),
        usual: true,
        cell: |row| Cell::Text(&row.client, Some(NameKey::Client)),
    },
    Column {
        name: "site",
        spec: spec("Site", 8, 14, 11, Align::Left, 0),
        lean: None,
        sort: Some(SortKey::Site),
        usual: false,
        cell: |row| Cell::Text(&row.site, Some(NameKey::Site)),
    },
    Column {
        name: "user",
        spec: spec("User", 10, 14, 9, Align::Left, 0),
        lean: None,
        sort: Some(SortKey::User),
        usual: true,
        cell: |row| Cell::Text(&row.user, Some(NameKey::User)),
    },
    Column {
        name: "agent",
        spec: spec("Agent", 8, 12, 5, Align::Left, 0),
        lean: Some(spec("Agent", 8, 8, 5, Align::Left, 0)),
        sort: Some(SortKey::Agent),
        usual: true,
        cell: |row| row.agent.as_ref().map_or(Cell::Nothing, |agent| Cell::Text(agent, Some(NameKey::Agent))),
    },
    Column {
        name: "team",
        spec: spec("Team", 8, 12, 10, Align::Left, 0),
        lean: None,
        sort: Some(SortKey::Team),
        usual: false,
        cell: |row| Cell::Text(&row.team, Some(NameKey::Team)),
    },
    Column {
        name: "status",
        spec: spec("Status", 9, 14, 3, Align::Left, 0),
        lean: Some(spec("Status", 9, 14, 3, Align::Left, 0)),
        sort: Some(SortKey::Status),
        usual: true,
        cell: |row| Cell::Halo(&row.status, Some(NameKey::Status)),
    },
    Column {
        name: "pri",
        spec: spec("Prio", 6, 9, 6, Align::Left, 0),
        lean: Some(spec("Prio", 6, 6, 6, Align::Left, 0)),
        sort: Some(SortKey::Priority),
        usual: true,
        cell: |row| Cell::Halo(&row.priority, None),
    },
    Column {
        name: "type",
        spec: spec("Type", 8, 12, 12, Align::Left, 0),
        lean: None,
        sort: Some(SortKey::Type),
        usual: false,
        cell: |row| Cell::Text(&row.ticket_type, Some(NameKey::Type)),
    },
    Column {
        name: "age",
        spec: spec("Age", 5, 5, 8, Align::Right, 0),
        lean: None,
        sort: Some(SortKey::Age),
        usual: true,
        cell: |row| Cell::Age(row.opened),
    },
    Column {
        name: "last",
        spec: spec("Last", 5, 5, 7, Align::Right, 0),
        lean: Some(spec("Last", 5, 5, 7, Align::Right, 0)),
        sort: Some(SortKey::Updated),
        usual: true,
        cell: |row| Cell::Age(row.last_action),
    },
    Column {
        name: "closed",
        spec: spec("Closed", 6, 6, 13, Align::Right, 0),
        lean: None,
        sort: Some(SortKey::Closed),
        usual: false,
        cell: |row| Cell::Age(row.closed.filter(|_| row.is_closed)),
    },
];

/// The column of this name.
pub(crate) fn find(name: &str) -> Option<&'static Column> {
    ALL.iter().find(|column| column.name.eq_ignore_ascii_case(name))
}

/// The columns that are there, and how much room each wants: those that a view names, else the usual ones.
pub(super) fn shown(wanted: Option<&[&'static str]>, lean: bool) -> (Vec<&'static Column>, Vec<ColumnSpec>) {
    let columns: Vec<&'static Column> = match wanted {
        Some(names) => names.iter().filter_map(|name| find(name)).collect(),
        None if lean => ALL.iter().filter(|column| column.lean.is_some()).collect(),
        None => ALL.iter().filter(|column| column.usual).collect(),
    };
    let specs = columns.iter().map(|column| column.lean.filter(|_| lean).unwrap_or(column.spec)).collect();
    (columns, specs)
}

/// The names of the columns that are there unless a view says otherwise.
pub(super) fn usual() -> Vec<&'static str> {
    ALL.iter().filter(|column| column.usual).map(|column| column.name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_single_words_and_lead_back() {
        for column in ALL {
            assert!(column.name.bytes().all(|b| b.is_ascii_lowercase()), "{}", column.name);
            assert_eq!(
                find(column.name).map(|found| found.spec.title),
                Some(column.spec.title),
                "{} is there twice",
                column.name
            );
        }
        assert_eq!(find("nothing").map(|column| column.name), None);
    }

    #[test]
    fn a_view_names_its_columns_in_its_order() {
        let named = shown(Some(&["last", "team", "id"]), false).0;
        assert_eq!(named.iter().map(|column| column.name).collect::<Vec<_>>(), ["last", "team", "id"]);
        let lean = shown(None, true).0;
        assert!(lean.iter().all(|column| column.lean.is_some()));
    }
}
