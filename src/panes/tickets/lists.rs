//! Lists that are kept in Halo as views: chosen, shown, told how old they are.

use super::{
    super::{
        Context, Outcome,
        chooser::{Choice, Choose, Choosing},
        views::{HaloLayout, View, Views},
    },
    LISTS, TicketsPane,
};
use crate::{
    domain::{HaloListRow, Timestamp, ViewEdit, grouped},
    msg::{Effect, Notice, Question},
    query::{Filter, NameKey, NameValue, Query},
    text::SafeText,
    ui::age,
};

/// Read longer ago than this many minutes, a list says so.
const FRESH_MINUTES: i64 = 5;

/// The list of Halo that a query asks for by its number.
pub(super) fn list_of(query: &Query) -> Option<i64> {
    query.terms.iter().filter(|term| !term.not).find_map(|term| match &term.filter {
        Filter::Name(NameKey::List, values) => match values.as_slice() {
            [NameValue::Words(words)] => words.text.parse().ok(),
            [NameValue::Number(number)] => Some(*number),
            _ => None,
        },
        _ => None,
    })
}

/// What is told of a list beside its name: how many tickets it had, and what of it can't be shown.
fn note(list: &HaloListRow) -> String {
    let count = list.read_at.map(|_| format!("{} tickets", grouped(list.count)));
    let missing = HaloLayout::of(&list.columns).and_then(|halo| halo.missing());
    count.into_iter().chain(missing).collect::<Vec<_>>().join(", ")
}

impl TicketsPane {
    /// Opens the choice of lists; where none is known yet, as soon as the server told.
    pub(super) fn open_lists(&mut self, out: &mut Vec<Outcome>) {
        self.lists_wanted = true;
        out.push(Outcome::Effect(Effect::ReadLists));
        Self::ask_lists(out);
    }

    /// Asks the mirror for the lists and when each was read.
    pub(super) fn ask_lists(out: &mut Vec<Outcome>) {
        out.push(Outcome::Ask { purpose: LISTS, question: Question::HaloLists });
    }

    /// Takes the lists.
    pub(super) fn take_lists(&mut self, lists: Vec<HaloListRow>, context: Context, out: &mut Vec<Outcome>) {
        self.lists = lists;
        let before = self.views.current().sort().to_vec();
        self.take_halo_layouts(out);
        if self.views.current().sort() != before {
            let anchor = self.list.reorder();
            self.ask(Some(anchor), context, out);
        }
        if !self.lists_wanted {
            return;
        }
        if self.lists.is_empty() {
            out.push(Outcome::Notice(Notice::info("Halo is asked for its lists")));
        } else {
            self.lists_wanted = false;
            out.push(Outcome::Choose(self.chooser(Choosing::Lists, 0)));
        }
    }

    /// Lays the views of Halo's lists out as Halo does; what of the list that was made a view last can't be shown is told once.
    fn take_halo_layouts(&mut self, out: &mut Vec<Outcome>) {
        for tab in self.views.tabs_mut() {
            let list = list_of(&tab.view.query).and_then(|id| self.lists.iter().find(|list| list.id == id));
            tab.halo = list.and_then(|list| HaloLayout::of(&list.columns));
        }
        let tab = self.views.current();
        if let Some(halo) = &tab.halo
            && self.adopting.take_if(|id| list_of(&tab.view.query) == Some(*id)).is_some()
            && let Some(missing) = halo.missing()
        {
            out.push(Outcome::Notice(Notice::info(&format!("{} is shown as in Halo, {missing}", tab.view.name))));
        }
    }

    /// The place of the view of a list.
    fn tab_of(views: &Views, list: i64) -> Option<usize> {
        views.tabs().iter().position(|tab| list_of(&tab.view.query) == Some(list))
    }

    pub(super) fn list_choices(&self) -> Vec<Choice> {
        let choice = |list: &HaloListRow| Choice {
            mark: if Self::tab_of(&self.views, list.id).is_some() { "x".to_owned() } else { String::new() },
            label: list.name.clone(),
            note: SafeText::line(&note(list)),
        };
        self.lists.iter().map(choice).collect()
    }

    /// Makes a list a view, takes its view away, or shows it.
    pub(super) fn chosen_list(&mut self, choose: Choose, at: usize, context: Context, out: &mut Vec<Outcome>) {
        let Some(list) = self.lists.get(at).cloned() else { return };
        match (Self::tab_of(&self.views, list.id), choose) {
            (Some(tab), Choose::Take) => self.show(tab, context, out),
            (Some(tab), Choose::Toggle) => {
                self.views.show(tab);
                self.delete(context, out);
            }
            (None, Choose::Take | Choose::Toggle) => {
                // A list may be called as a view is.
                let name = match self.views.find_whole(list.name.as_str()) {
                    Some(_) => format!("{} (Halo)", list.name),
                    None => list.name.to_string(),
                };
                if let Ok(view) = View::new(&name, &format!("list:{}", list.id)) {
                    out.push(Outcome::Effect(Effect::SaveView(Box::new(ViewEdit::Put(name, view.saved())))));
                    self.views.put(view);
                    self.adopting = Some(list.id);
                    self.take_halo_layouts(out);
                    self.shown(context, out);
                    self.count(context, out);
                }
            }
            _ => {}
        }
        if choose != Choose::Take {
            out.push(Outcome::Choose(self.chooser(Choosing::Lists, at)));
        }
    }

    /// How old the tickets of the list are that is shown, where that is not now.
    pub(super) fn list_age(&self, now: Timestamp) -> Option<String> {
        let id = list_of(&self.views.current().view.query)?;
        let list = self.lists.iter().find(|list| list.id == id)?;
        match list.read_at {
            None => Some("list not read yet".to_owned()),
            Some(at) if now.duration_since(at).as_mins() >= FRESH_MINUTES => Some(format!("list {} old", age(now, at))),
            Some(_) => None,
        }
    }
}
