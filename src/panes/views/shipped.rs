//! The views that come with the program.

use std::sync::LazyLock;

use super::{Tab, View};

/// The name of the view that leaves nothing out.
pub(in super::super) const EVERYTHING: &str = "Everything";

/// The shipped views: a name, a query. The first one is shown first.
const SHIPPED: &[(&str, &str)] = &[
    ("Next to breach", "is:open sort:sla"),
    ("Mine", "is:open @me sort:sla"),
    ("Unassigned", "is:open is:unassigned sort:sla"),
    // Whoever waits longest first.
    ("Waiting on us", "is:open -is:hold sort:-updated"),
    ("Changed", "is:changed"),
    ("All open", "is:open"),
    (EVERYTHING, "is:open,closed"),
];

/// The shipped views in their order.
pub(super) fn views() -> Vec<View> {
    SHIPPED.iter().filter_map(|(name, words)| View::new(name, words).ok()).collect()
}

/// The view that leaves nothing out.
pub(super) fn everything() -> Option<View> {
    views().into_iter().find(|view| view.name.as_str() == EVERYTHING)
}

/// Whether a view of this name comes with the program.
pub(in super::super) fn is_shipped(name: &str) -> bool {
    SHIPPED.iter().any(|(shipped, _)| *shipped == name.trim())
}

/// A view of all open tickets, for where there is none.
pub(super) fn last_resort() -> &'static Tab {
    static OPEN: LazyLock<Tab> = LazyLock::new(|| {
        let view = View {
            name: crate::text::SafeText::line("All open"),
            query: crate::query::Query { terms: crate::query::Query::default().effective_terms(), sort: Vec::new() },
            layout: super::Layout::default(),
            refresh: None,
        };
        Tab::new(view)
    });
    &OPEN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_view_is_understood() {
        let names: Vec<String> = views().iter().map(|view| view.name.to_string()).collect();
        assert_eq!(names, SHIPPED.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    }
}
