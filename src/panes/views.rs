//! The views of the ticket list: what each tab lists and how, which one is shown, how many tickets each has.

use std::time::Duration;

use super::Context;
use crate::{
    domain::{Counted, Folds, GroupBy, TicketId},
    msg::Question,
    query::{Query, QueryError, Sort},
    text::SafeText,
};

pub(super) mod file;
mod halo;
mod shipped;
mod tabs;

pub use file::{ViewComplaint, read as read_views};
pub(super) use halo::HaloLayout;
pub(super) use shipped::{EVERYTHING, is_shipped};

/// How many columns rows can be ordered by.
pub(super) const SORT_KEYS: usize = 3;

/// How rows are laid out: what can be changed while they are looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// The order; empty for the newest change first.
    pub sort: Vec<Sort>,
    /// The columns by their names; `None` for the usual ones.
    pub columns: Option<Vec<&'static str>>,
    /// What the rows are grouped by.
    pub group: Option<GroupBy>,
}

/// What a tab lists and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Its name on the tab.
    pub name: SafeText,
    /// Which tickets; its order stands in the layout.
    pub query: Query,
    /// How they are laid out.
    pub layout: Layout,
    /// How often it is refreshed while it is shown; `None` for the usual pace.
    pub refresh: Option<Duration>,
}

impl View {
    /// A view of what a query finds.
    ///
    /// # Errors
    /// Where the words are no query.
    pub fn new(name: &str, words: &str) -> Result<Self, QueryError> {
        let mut query = Query::parse(words)?;
        let sort = std::mem::take(&mut query.sort);
        // What no condition means is a condition as soon as the filter line adds another.
        query.terms = query.effective_terms();
        Ok(Self { name: SafeText::line(name), query, layout: Layout { sort, ..Layout::default() }, refresh: None })
    }
}

/// A view on its tab, as it was left.
#[derive(Clone, Debug)]
pub(super) struct Tab {
    /// What was saved.
    pub(super) view: View,
    /// How it is laid out now.
    pub(super) layout: Layout,
    /// How Halo lays it out, where it is a list of Halo's: what holds where nothing else was chosen.
    pub(super) halo: Option<HaloLayout>,
    /// The filter line.
    pub(super) words: String,
    /// What the filter line means.
    pub(super) line: Query,
    /// The ticket under the cursor when another tab was shown.
    pub(super) ticket: Option<TicketId>,
    /// Which of its groups are folded.
    pub(super) folds: Folds,
    /// How many tickets the view has, as far as it is known.
    pub(super) count: Option<Counted>,
}

impl Tab {
    fn new(view: View) -> Self {
        let layout = view.layout.clone();
        Self {
            view,
            layout,
            halo: None,
            words: String::new(),
            line: Query::default(),
            ticket: None,
            folds: Folds::default(),
            count: None,
        }
    }

    /// The view's conditions and those of the filter line. The line's order goes before all; words on it list what fits them
    /// best first, unless an order was chosen since.
    pub(super) fn query(&self) -> Query {
        let terms = self.view.query.terms.iter().chain(&self.line.terms).cloned().collect();
        Query { terms, sort: self.sort().to_vec() }
    }

    /// What the rows are grouped by: words on the filter line list by how well they fit, and not in groups.
    pub(super) fn group(&self) -> Option<GroupBy> {
        self.layout.group.filter(|_| !self.line.has_words())
    }

    /// The order of the rows, said or not; empty where how well the words fit decides.
    pub(super) fn shown_sort(&self) -> Vec<Sort> {
        let query = self.query();
        if query.has_words() && query.sort.is_empty() { Vec::new() } else { query.effective_sort() }
    }

    /// The order that holds; empty where how well the words fit decides.
    pub(super) fn sort(&self) -> &[Sort] {
        if !self.line.sort.is_empty() {
            &self.line.sort
        } else if self.line.has_words() && self.layout.sort == self.view.layout.sort {
            &[]
        } else if let (true, Some(halo)) = (self.layout.sort.is_empty(), &self.halo) {
            &halo.sort
        } else {
            &self.layout.sort
        }
    }

    /// The columns that were chosen here or in Halo; `None` for the usual ones.
    pub(super) fn columns(&self) -> Option<&[&'static str]> {
        let halo = self.halo.as_ref().map(|halo| halo.columns.as_slice()).filter(|columns| !columns.is_empty());
        self.layout.columns.as_deref().or(halo)
    }
}

/// The tabs.
#[derive(Clone, Debug)]
pub struct Views {
    tabs: Vec<Tab>,
    current: usize,
}

impl Default for Views {
    fn default() -> Self {
        Self::new(shipped::views())
    }
}

impl Views {
    /// Tabs over these views, the first one shown; the shipped ones where there is none.
    #[must_use]
    pub fn new(views: Vec<View>) -> Self {
        let views = if views.is_empty() { shipped::views() } else { views };
        Self { tabs: views.into_iter().map(Tab::new).collect(), current: 0 }
    }

    /// The tab that is shown.
    pub(super) fn current(&self) -> &Tab {
        // There is always one: none is ever removed but for another.
        self.tabs.get(self.current).unwrap_or_else(|| shipped::last_resort())
    }

    /// The tab that is shown, to be changed.
    pub(super) fn current_mut(&mut self) -> Option<&mut Tab> {
        self.tabs.get_mut(self.current)
    }

    /// Shows the tab in this place; answers whether it is another one.
    pub(super) fn show(&mut self, at: usize) -> bool {
        let other = at < self.tabs.len() && at != self.current;
        if other {
            self.current = at;
        }
        other
    }

    /// The place of the tab so many further on, going round.
    pub(super) fn beside(&self, by: usize) -> usize {
        (self.current + by) % self.tabs.len().max(1)
    }

    /// The place of the tab before, going round.
    pub(super) fn before(&self) -> usize {
        self.beside(self.tabs.len().saturating_sub(1))
    }

    /// The place of the view of this name, in any case.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        let wanted = SafeText::line(name);
        let wanted = wanted.as_str().trim();
        let fits = |tab: &Tab, fits: fn(&str, &str) -> bool| fits(&tab.view.name.as_str().to_lowercase(), &wanted.to_lowercase());
        let whole = self.tabs.iter().position(|tab| fits(tab, |name, wanted| name == wanted));
        whole
            .or_else(|| self.tabs.iter().position(|tab| !wanted.is_empty() && fits(tab, |name, wanted| name.starts_with(wanted))))
    }

    /// The place of a view that leaves nothing out, whatever it is called; added where the operator keeps none.
    pub(super) fn everything(&mut self) -> usize {
        let Some(everything) = shipped::everything() else { return self.current };
        let at = self.tabs.iter().position(|tab| tab.view.query.terms == everything.query.terms);
        at.unwrap_or_else(|| {
            self.tabs.push(Tab::new(everything));
            self.tabs.len() - 1
        })
    }

    /// The place of the view of just this name.
    pub(super) fn find_whole(&self, name: &str) -> Option<usize> {
        self.tabs.iter().position(|tab| tab.view.name.as_str().trim() == name.trim())
    }

    /// Puts a view in the place of the one of its name, or after the others, and shows it as it was saved.
    pub(super) fn put(&mut self, view: View) {
        let tab = Tab::new(view);
        let at = self.find_whole(tab.view.name.as_str());
        match at.and_then(|at| self.tabs.get_mut(at)) {
            Some(other) => {
                let same_rows = other.view.query == tab.view.query;
                let count = other.count.filter(|_| same_rows);
                *other = Tab { count, folds: other.folds.clone(), halo: other.halo.clone().filter(|_| same_rows), ..tab };
            }
            None => self.tabs.push(tab),
        }
        self.current = at.unwrap_or(self.tabs.len() - 1);
    }

    /// Takes the view that is shown away, and shows the one that comes to stand in its place; the last one stays.
    pub(super) fn remove(&mut self) {
        if self.tabs.len() > 1 && self.current < self.tabs.len() {
            self.tabs.remove(self.current);
            self.current = self.current.min(self.tabs.len() - 1);
        }
    }

    /// The tabs, to be changed.
    pub(super) fn tabs_mut(&mut self) -> &mut [Tab] {
        &mut self.tabs
    }

    /// The tabs.
    pub(super) fn tabs(&self) -> &[Tab] {
        &self.tabs
    }

    /// Asks how many tickets each view has.
    pub(super) fn question(&self, client: Option<crate::domain::ClientId>, context: Context) -> Question {
        let queries = self.tabs.iter().map(|tab| tab.view.query.clone()).collect();
        Question::Counts { queries, client, me: context.me }
    }

    /// Takes the answer.
    pub(super) fn counted(&mut self, counts: Vec<Option<Counted>>) {
        for (tab, count) in self.tabs.iter_mut().zip(counts) {
            tab.count = count;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tab(words: &str, line: &str) -> Tab {
        let mut tab = Tab::new(View::new("x", words).unwrap());
        tab.words = line.to_owned();
        tab.line = Query::parse(line).unwrap();
        tab
    }

    #[test]
    fn the_filter_line_adds_to_the_view_and_its_order_goes_before() {
        for (view, line, effective) in [
            ("is:open sort:sla", "", "is:open sort:sla"),
            ("is:open sort:sla", "client:acme", "is:open client:acme sort:sla"),
            ("is:open sort:sla", "sort:-id", "is:open sort:-id"),
            ("is:open sort:sla", "printer", "is:open printer"),
            ("is:open sort:sla", "printer sort:id", "is:open printer sort:id"),
            ("", "client:acme", "is:open client:acme"),
            ("is:open,closed", "printer", "is:open,closed printer"),
        ] {
            assert_eq!(tab(view, line).query().to_string(), effective, "{view} / {line}");
        }
        let mut chosen = tab("is:open sort:sla", "printer");
        chosen.layout.sort = Query::parse("sort:client").unwrap().sort;
        assert_eq!(chosen.query().to_string(), "is:open printer sort:client", "chosen since");
    }

    #[test]
    fn views_are_found_by_name_and_walked_round() {
        let mut views = Views::default();
        assert_eq!((views.find("mine"), views.find("next"), views.find("zzz"), views.find("")), (Some(1), Some(0), None, None));
        assert_eq!(views.before(), views.tabs().len() - 1);
        assert!(views.show(views.before()));
        assert_eq!(views.beside(1), 0);
        assert_eq!((views.everything(), views.tabs().len()), (6, 7));
        let mut own = Views::new(vec![View::new(EVERYTHING, "is:open is:vip").unwrap()]);
        assert_eq!((own.everything(), own.everything(), own.tabs().len()), (1, 1, 2), "a name alone leaves much out");
        assert!(!views.show(99) && !views.show(views.tabs().len() - 1));
    }
}
