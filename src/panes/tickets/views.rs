//! Which view is shown; views saved, renamed, taken away.

use super::{
    super::{
        Context, Outcome,
        views::{Layout, View, is_shipped},
    },
    TicketsPane, lists,
};
use crate::{
    domain::{RowId, ViewEdit},
    msg::{Effect, Notice},
    query::{Marks, Query},
    text::SafeText,
};

impl TicketsPane {
    /// Shows another view; the cursor stands where it stood there.
    pub(super) fn show(&mut self, at: usize, context: Context, out: &mut Vec<Outcome>) {
        let ticket = self.ticket_id();
        if let Some(tab) = self.views.current_mut() {
            tab.ticket = ticket;
        }
        if self.views.show(at) {
            self.shown(context, out);
        }
    }

    /// Tells what the view that is shown wants of the server.
    pub(super) fn tell_view(&self, out: &mut Vec<Outcome>) {
        let view = &self.views.current().view;
        out.push(Outcome::Effect(Effect::ViewPace(view.refresh)));
        let list = lists::list_of(&view.query);
        out.push(Outcome::Effect(Effect::LookAtList(list)));
        if list.is_some() {
            Self::ask_lists(out);
        }
    }

    /// Another view is shown.
    pub(super) fn shown(&mut self, context: Context, out: &mut Vec<Outcome>) {
        self.also.clear();
        let tab = self.views.current();
        self.marks = Marks::of(&tab.line);
        let anchor = match tab.ticket {
            Some(id) => self.list.restart_at(RowId::Ticket(id)),
            None => self.list.restart(),
        };
        self.ask(Some(anchor), context, out);
        self.tell_view(out);
    }

    /// After a view took the filter line over, the line is empty: the rows are the same, what is to be marked is not.
    pub(super) fn show_line(&mut self, context: Context, out: &mut Vec<Outcome>) {
        self.marks = Marks::of(&self.views.current().line);
        let anchor = self.list.renew();
        self.ask(anchor, context, out);
        self.count(context, out);
    }

    /// Saves what is shown: as the view that is shown, or as a new one of this name.
    pub(super) fn save(&mut self, name: Option<&str>, out: &mut Vec<Outcome>) {
        let tab = self.views.current();
        let terms = tab.view.query.terms.iter().chain(&tab.line.terms).cloned().collect();
        let query = Query { terms, sort: Vec::new() };
        let sort = if tab.line.sort.is_empty() { tab.layout.sort.clone() } else { tab.line.sort.clone() };
        let layout = Layout { sort, ..tab.layout.clone() };
        let old = tab.view.name.to_string();
        let name = SafeText::line(name.unwrap_or(&old).trim());
        let view = View { name: name.clone(), query, layout, refresh: tab.view.refresh };
        if View::read(&view.saved()).is_err() {
            return out.push(Outcome::Notice(Notice::error("What is shown can't be saved as a view")));
        }
        let edit = ViewEdit::Put(name.to_string(), view.saved());
        self.views.put(view);
        // The rows stay what they were, and so does the cursor.
        let ticket = self.ticket_id();
        if let Some(tab) = self.views.current_mut() {
            tab.ticket = ticket;
        }
        out.push(Outcome::Effect(Effect::SaveView(Box::new(edit))));
    }

    /// Gives the view that is shown another name.
    pub(super) fn rename(&mut self, name: &str, out: &mut Vec<Outcome>) {
        let name = SafeText::line(name.trim());
        let old = self.views.current().view.name.clone();
        if self.views.find_whole(name.as_str()).is_some() {
            return out.push(Outcome::Notice(Notice::error(&format!("There is a view called {name} already"))));
        }
        let Some(tab) = self.views.current_mut() else { return };
        tab.view.name = name.clone();
        let mut edit = |edit| out.push(Outcome::Effect(Effect::SaveView(Box::new(edit))));
        if is_shipped(old.as_str()) {
            // Under its old name it would come back at the next start.
            edit(ViewEdit::Put(name.to_string(), tab.view.saved()));
            edit(ViewEdit::Remove { name: old.to_string(), shipped: true });
        } else {
            edit(ViewEdit::Put(old.to_string(), tab.view.saved()));
        }
    }

    /// Takes the view that is shown away.
    pub(super) fn delete(&mut self, context: Context, out: &mut Vec<Outcome>) {
        if self.views.tabs().len() < 2 {
            return out.push(Outcome::Notice(Notice::error("The last view stays")));
        }
        let name = self.views.current().view.name.to_string();
        let shipped = is_shipped(&name);
        self.views.remove();
        out.push(Outcome::Effect(Effect::SaveView(Box::new(ViewEdit::Remove { name, shipped }))));
        self.shown(context, out);
    }
}
