//! How the rows are laid out: their order, their columns, their groups, chosen by key or by word.

use super::{
    super::{
        Context, Outcome,
        chooser::{Choice, Choose, ChooserPane, Choosing},
        views::{Layout, SORT_KEYS, file},
    },
    TicketsPane, columns,
};
use crate::{
    domain::{Folds, GroupBy},
    msg::{Command, Notice},
    query::{Sort, SortKey},
    text::SafeText,
};

/// What is said of an order where nothing is grouped.
const NO_GROUPS: &str = "none";

/// From so many rows on an order by several columns is no longer put together at once: each jump in it looks for its place.
const MANY: u64 = 100_000;

impl TicketsPane {
    /// Opens the list of what a layout can be, or does nothing where the command means none.
    pub(super) fn open_chooser(&self, command: Command, out: &mut Vec<Outcome>) -> bool {
        let choosing = match command {
            Command::Sort => Choosing::Sort,
            Command::Columns => Choosing::Columns,
            Command::Group => Choosing::Group,
            _ => return false,
        };
        let at = match choosing {
            Choosing::Sort => {
                let first = self.views.current().shown_sort().first().map(|sort| sort.key);
                first.and_then(|key| sort_keys().position(|other| other == key)).unwrap_or(0)
            }
            Choosing::Columns | Choosing::Lists | Choosing::Order => 0,
            Choosing::Group => {
                self.layout().group.and_then(|by| GroupBy::ALL.iter().position(|other| *other == by)).map_or(0, |at| at + 1)
            }
        };
        out.push(Outcome::Choose(self.chooser(choosing, at)));
        true
    }

    fn layout(&self) -> &Layout {
        &self.views.current().layout
    }

    pub(super) fn chooser(&self, choosing: Choosing, at: usize) -> ChooserPane {
        let (title, choices) = match choosing {
            Choosing::Sort if self.list.position().1 > MANY => {
                ("Sort by (up to three; more than one is slower over so many)", self.sort_choices())
            }
            Choosing::Sort => ("Sort by (up to three)", self.sort_choices()),
            Choosing::Columns => ("Columns, in their order", self.column_choices()),
            Choosing::Group => ("Group by", self.group_choices()),
            Choosing::Lists => ("Lists of Halo as views", self.list_choices()),
            Choosing::Order => ("Sort by", Vec::new()),
        };
        ChooserPane::new(choosing, title, choices, at)
    }

    fn sort_choices(&self) -> Vec<Choice> {
        let sort = self.views.current().shown_sort();
        let choice = |key: SortKey| {
            let rank = sort.iter().position(|sort| sort.key == key);
            let reverse = rank.and_then(|rank| sort.get(rank)).is_some_and(|sort| sort.reverse);
            let mark = rank.map_or_else(String::new, |rank| format!("{}{}", rank + 1, if reverse { "-" } else { "" }));
            let note = if reverse { key.reverse_words() } else { key.words() };
            Choice { mark, label: SafeText::line(key.word()), note: SafeText::line(note) }
        };
        sort_keys().map(choice).collect()
    }

    fn shown_columns(&self) -> Vec<&'static str> {
        self.views.current().columns().map_or_else(columns::usual, <[_]>::to_vec)
    }

    /// The columns that are there, then the others.
    fn column_order(&self) -> (Vec<&'static str>, usize) {
        let mut names = self.shown_columns();
        let shown = names.len();
        let others = columns::ALL.iter().map(|column| column.name).filter(|name| !names.contains(name));
        let others: Vec<&'static str> = others.collect();
        names.extend(others);
        (names, shown)
    }

    fn column_choices(&self) -> Vec<Choice> {
        let (names, shown) = self.column_order();
        let title = |name: &str| columns::find(name).map(|column| column.spec.title).unwrap_or_default();
        let choice = |(at, label): (usize, &'static str)| Choice {
            mark: if at < shown { "x".to_owned() } else { String::new() },
            label: SafeText::line(label),
            note: SafeText::line(title(label)),
        };
        names.into_iter().enumerate().map(choice).collect()
    }

    fn group_choices(&self) -> Vec<Choice> {
        let chosen = self.layout().group;
        let choice = |by: Option<GroupBy>| Choice {
            mark: if by == chosen { "x".to_owned() } else { String::new() },
            label: SafeText::line(by.map_or(NO_GROUPS, GroupBy::word)),
            note: SafeText::default(),
        };
        std::iter::once(None).chain(GroupBy::ALL.iter().copied().map(Some)).map(choice).collect()
    }

    /// Does with a choice what was asked.
    pub(super) fn chosen(&mut self, choosing: Choosing, choose: Choose, at: usize, context: Context, out: &mut Vec<Outcome>) {
        if choosing == Choosing::Lists {
            return self.chosen_list(choose, at, context, out);
        }
        let mut layout = self.layout().clone();
        let mut cursor = at;
        match choosing {
            Choosing::Sort => {
                let Some(key) = sort_keys().nth(at) else { return };
                layout.sort = sorted(&self.views.current().shown_sort(), key, choose);
            }
            Choosing::Columns => {
                let (mut names, mut shown) = self.column_order();
                match choose {
                    Choose::Toggle if at >= shown => {
                        let name = names.remove(at);
                        names.insert(shown, name);
                        cursor = shown;
                        shown += 1;
                    }
                    // The last one stays: rows of nothing say nothing.
                    Choose::Toggle if shown > 1 => {
                        let name = names.remove(at);
                        shown -= 1;
                        names.insert(shown, name);
                    }
                    Choose::Earlier if at > 0 && at < shown => {
                        names.swap(at, at - 1);
                        cursor = at - 1;
                    }
                    Choose::Later if at + 1 < shown => {
                        names.swap(at, at + 1);
                        cursor = at + 1;
                    }
                    _ => {}
                }
                names.truncate(shown);
                if choose != Choose::Take && names != self.shown_columns() {
                    layout.columns = Some(names);
                }
            }
            Choosing::Lists | Choosing::Order => {}
            Choosing::Group => layout.group = at.checked_sub(1).and_then(|at| GroupBy::ALL.get(at)).copied(),
        }
        self.lay_out(layout, context, out);
        if choose != Choose::Take {
            out.push(Outcome::Choose(self.chooser(choosing, cursor)));
        }
    }

    /// Lays the rows out anew; the cursor stays on its row.
    pub(super) fn lay_out(&mut self, layout: Layout, context: Context, out: &mut Vec<Outcome>) {
        let Some(tab) = self.views.current_mut() else { return };
        let before = std::mem::replace(&mut tab.layout, layout);
        let now = &tab.layout;
        if before.group != now.group {
            tab.folds = Folds::default();
        }
        let now = &tab.layout;
        let other_rows = before.sort != now.sort || before.group != now.group;
        // An order that is chosen goes before one that was typed.
        if before.sort != now.sort && !tab.line.sort.is_empty() {
            tab.line.sort.clear();
            tab.words = tab.line.to_string();
        }
        if other_rows {
            let anchor = match self.list.selected().map(super::Listed::id) {
                Some(id) => self.list.restart_at(id),
                None => self.list.restart(),
            };
            self.ask(Some(anchor), context, out);
        }
    }

    /// Does what was typed after a command; `false` where it takes nothing here.
    pub(super) fn typed(&mut self, command: Command, words: &str, context: Context, out: &mut Vec<Outcome>) -> bool {
        let mut layout = self.layout().clone();
        let read = match command {
            Command::Sort => file::read_sort(words).map(|sort| layout.sort = sort),
            Command::Columns => {
                let names = words.split([',', ' ']).filter(|name| !name.is_empty());
                file::read_columns(names).map(|names| layout.columns = Some(names))
            }
            Command::Group if words.eq_ignore_ascii_case(NO_GROUPS) => {
                layout.group = None;
                Ok(())
            }
            Command::Group => GroupBy::parse(words).ok_or_else(|| file::no_group(words)).map(|by| layout.group = Some(by)),
            Command::SaveView => {
                self.save(Some(words), out);
                self.show_line(context, out);
                return true;
            }
            Command::RenameView => {
                self.rename(words, out);
                return true;
            }
            Command::View => {
                match self.views.find(words) {
                    Some(at) => self.show(at, context, out),
                    None => out.push(Outcome::Notice(Notice::error(&format!("No view is called {words}")))),
                }
                return true;
            }
            _ => return false,
        };
        match read {
            Ok(()) => self.lay_out(layout, context, out),
            Err(why) => out.push(Outcome::Notice(Notice::error(&why))),
        }
        true
    }
}

fn sort_keys() -> impl Iterator<Item = SortKey> {
    SortKey::all()
}

/// The order after a choice: taken it goes first and alone, and once more the other way round; toggled it follows the others, then turns
/// round, then goes.
fn sorted(before: &[Sort], key: SortKey, choose: Choose) -> Vec<Sort> {
    let mut sort = before.to_vec();
    let at = sort.iter().position(|sort| sort.key == key);
    let reversed = at.and_then(|at| sort.get(at)).is_some_and(|sort| sort.reverse);
    match (choose, at) {
        (Choose::Take, Some(0)) if sort.len() == 1 => sort = vec![Sort { key, reverse: !reversed }],
        (Choose::Take, at) => sort = vec![Sort { key, reverse: at.is_some() && reversed }],
        (Choose::Reverse | Choose::Toggle, None) => {
            sort.truncate(SORT_KEYS - 1);
            sort.push(Sort { key, reverse: false });
        }
        (Choose::Toggle, Some(at)) if reversed => {
            sort.remove(at);
        }
        (Choose::Reverse | Choose::Toggle, Some(at)) => {
            if let Some(sort) = sort.get_mut(at) {
                sort.reverse = !reversed;
            }
        }
        (Choose::Earlier, Some(at)) if at > 0 => sort.swap(at, at - 1),
        (Choose::Later, Some(at)) if at + 1 < sort.len() => sort.swap(at, at + 1),
        _ => {}
    }
    sort
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Query;

    #[test]
    fn an_order_is_chosen_turned_round_and_grows_to_three_keys() {
        use SortKey::{Client, Id, Priority, Sla, Updated};
        let mut sort = vec![Sort { key: Sla, reverse: false }];
        let words = |sort: &[Sort]| Query { terms: Vec::new(), sort: sort.to_vec() }.to_string();
        for (key, choose, expected) in [
            (Sla, Choose::Take, "sort:-sla"),
            (Sla, Choose::Take, "sort:sla"),
            (Client, Choose::Take, "sort:client"),
            (Priority, Choose::Toggle, "sort:client,pri"),
            (Priority, Choose::Toggle, "sort:client,-pri"),
            (Updated, Choose::Toggle, "sort:client,-pri,updated"),
            (Id, Choose::Toggle, "sort:client,-pri,id"),
            (Id, Choose::Earlier, "sort:client,id,-pri"),
            (Client, Choose::Reverse, "sort:-client,id,-pri"),
            (Priority, Choose::Toggle, "sort:-client,id"),
            (Id, Choose::Take, "sort:id"),
        ] {
            sort = sorted(&sort, key, choose);
            assert_eq!(words(&sort), expected);
        }
    }
}
