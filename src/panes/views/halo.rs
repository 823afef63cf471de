//! How Halo shows a list of its own, in our columns: its column profile translated.

use crate::{
    domain::HaloColumn,
    panes::tickets::columns,
    query::{Sort, SortKey},
    text::SafeText,
};

/// What Halo's column profile makes of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct HaloLayout {
    /// The columns by our names, in Halo's order; empty where none of Halo's is known.
    pub(in super::super) columns: Vec<&'static str>,
    /// The order of the rows; empty where Halo tells none, or none that is known.
    pub(in super::super) sort: Vec<Sort>,
    /// Halo's columns that have no like here.
    left_out: Vec<SafeText>,
    /// The column that Halo goes by first of those by which rows can't be ordered here.
    unsorted: Option<SafeText>,
}

/// How a column of Halo is ordered here.
#[derive(Clone, Copy)]
enum Order {
    /// By nothing.
    None,
    /// By a key that begins with the smallest by itself.
    Up(SortKey),
    /// By a key that begins with the greatest by itself.
    Down(SortKey),
}

/// Halo's columns by the letters of their names, what they are called here, and how rows are ordered by them. Profiles name them as
/// the web application shows them; fields of tickets are taken too.
const KNOWN: &[(&[&str], &str, Order)] = &[
    (&["ticketid", "id", "faultid", "ticketnumber"], "id", Order::Down(SortKey::Id)),
    (&["summary", "subject", "symptom"], "summary", Order::None),
    (&["client", "clientname", "customer", "customername", "organisation", "organization"], "client", Order::Up(SortKey::Client)),
    (&["site", "sitename"], "site", Order::Up(SortKey::Site)),
    (&["user", "username", "enduser", "endusername"], "user", Order::Up(SortKey::User)),
    (&["agent", "agentname", "assignedagent", "assignedto", "technician"], "agent", Order::Up(SortKey::Agent)),
    (&["team", "teamname"], "team", Order::Up(SortKey::Team)),
    (&["status", "statusname"], "status", Order::Up(SortKey::Status)),
    (&["priority", "priorityname"], "pri", Order::Up(SortKey::Priority)),
    (&["tickettype", "tickettypename", "requesttype"], "type", Order::Up(SortKey::Type)),
    (
        &[
            "fixbydate",
            "fixby",
            "resolutiontarget",
            "targetdate",
            "respondbydate",
            "respondby",
            "responsetarget",
            "slatimeleft",
            "slatimer",
            "timeuntilslatarget",
        ],
        "sla",
        Order::Up(SortKey::Sla),
    ),
    (&["dateopened", "datelogged", "datecreated", "dateoccurred", "dateoccured", "opened"], "age", Order::Up(SortKey::Age)),
    (&["age", "daysopen"], "age", Order::Down(SortKey::Age)),
    (
        &["lastactiondate", "lastupdate", "lastupdated", "lastupdatedate", "lastmodified", "lastmodifieddate"],
        "last",
        Order::Down(SortKey::Updated),
    ),
    (&["dateclosed", "closeddate", "datecleared"], "closed", Order::Down(SortKey::Closed)),
];

fn known(name: &SafeText) -> (Option<&'static str>, Order) {
    let letters: String = name.as_str().chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    let found = KNOWN.iter().find(|(names, ..)| names.contains(&letters.as_str()));
    let (column, order) = found.map_or(("", Order::None), |(_, column, order)| (*column, *order));
    (columns::find(column).map(|column| column.name), order)
}

impl HaloLayout {
    /// What these columns make of a list; `None` where Halo tells none.
    pub(in super::super) fn of(told: &[HaloColumn<SafeText>]) -> Option<Self> {
        if told.is_empty() {
            return None;
        }
        let mut layout = Self::default();
        for HaloColumn { name, .. } in told {
            match known(name).0 {
                Some(column) if layout.columns.contains(&column) => {}
                Some(column) => layout.columns.push(column),
                None => layout.left_out.push(name.clone()),
            }
        }
        let mut sorted: Vec<&HaloColumn<SafeText>> = told.iter().filter(|column| column.sorted > 0).collect();
        sorted.sort_by_key(|column| column.sorted);
        for column in sorted {
            let (key, reverse) = match known(&column.name).1 {
                Order::Up(key) => (key, column.descending),
                Order::Down(key) => (key, !column.descending),
                // What it would order within can't be made up for by the keys after it.
                Order::None => {
                    layout.unsorted = Some(column.name.clone());
                    break;
                }
            };
            if layout.sort.len() < super::SORT_KEYS && layout.sort.iter().all(|sort| sort.key != key) {
                layout.sort.push(Sort { key, reverse });
            }
        }
        Some(layout)
    }

    /// What of Halo's can't be shown, in words; `None` where all is.
    pub(in super::super) fn missing(&self) -> Option<String> {
        let names = self.left_out.iter().map(SafeText::as_str).collect::<Vec<_>>().join(", ");
        let order = self.unsorted.as_ref().map(|name| format!("Halo's order by {name}"));
        match (names.as_str(), order) {
            ("", None) => None,
            ("", Some(order)) => Some(format!("without {order}")),
            (names, None) => Some(format!("without Halo's {names}")),
            (names, Some(order)) => Some(format!("without Halo's {names} and {order}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Query;

    fn layout(told: &[(&str, u32, bool)]) -> HaloLayout {
        let column = |(name, sorted, descending): &(&str, u32, bool)| HaloColumn {
            name: SafeText::line(name),
            sorted: *sorted,
            descending: *descending,
        };
        HaloLayout::of(&told.iter().map(column).collect::<Vec<_>>()).unwrap()
    }

    fn words(layout: &HaloLayout) -> String {
        Query { terms: Vec::new(), sort: layout.sort.clone() }.to_string()
    }

    #[test]
    fn columns_keep_halos_order_and_what_has_no_like_is_told() {
        let told = layout(&[
            ("Client", 0, false),
            ("Ticket ID", 1, true),
            ("SLA Time Left", 0, false),
            ("Fix By Date", 0, false),
            ("Category", 0, false),
            ("cat\u{e9}gorie \u{202e}x", 0, false),
        ]);
        assert_eq!(told.columns, ["client", "id", "sla"], "the column SLA tells both");
        assert_eq!(words(&told), "sort:id");
        let missing = told.missing().unwrap();
        assert!(missing.starts_with("without Halo's Category, cat\u{e9}gorie"), "{missing}");
        assert!(!missing.contains('\u{202e}'));
        assert_eq!(layout(&[("Summary", 0, false)]).missing(), None);
        assert_eq!(HaloLayout::of(&[]), None);
    }

    #[test]
    fn the_order_is_halos_in_our_directions() {
        for (told, expected) in [
            (&[("Ticket ID", 1, false)][..], "sort:-id"),
            (&[("Date Opened", 2, true), ("Client", 1, false)], "sort:client,-age"),
            (&[("Date Opened", 1, false)], "sort:age"),
            (&[("Last Action Date", 1, true), ("Priority", 2, true)], "sort:updated,-pri"),
            (&[("Date Closed", 1, true)], "sort:closed"),
            (&[("Fix By Date", 1, false), ("Respond By", 2, true)], "sort:sla"),
            (&[("Client", 1, false), ("Site", 2, false), ("User", 3, false), ("Team", 4, false)], "sort:client,site,user"),
        ] {
            assert_eq!(words(&layout(told)), expected, "{told:?}");
        }
        let told = layout(&[("Team", 1, false), ("Summary", 2, false), ("Agent", 3, false)]);
        assert_eq!((words(&told).as_str(), told.missing().as_deref()), ("sort:team", Some("without Halo's order by Summary")));
    }
}
