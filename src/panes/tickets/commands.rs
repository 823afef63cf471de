//! What the ticket list does on a command.

use super::{
    super::{Announcement, Context, Outcome, PREVIEW, Pane, list::Step},
    TicketsPane,
};
use crate::{
    domain::GroupedRow,
    msg::{Command, Notice},
};

impl TicketsPane {
    /// Does a command; `false` where it means nothing here.
    pub(super) fn does(&mut self, command: Command, context: Context, out: &mut Vec<Outcome>) -> bool {
        if let Some(step) = Step::of(command) {
            let anchor = self.list.step(step);
            self.ask(anchor, context, out);
            self.announce(out);
            self.choose(out);
            return true;
        }
        if let Some(at) = numbered(command) {
            self.show(at, context, out);
            return true;
        }
        match command {
            Command::NextView => {
                self.show(self.views.beside(1), context, out);
                true
            }
            Command::PreviousView => {
                self.show(self.views.before(), context, out);
                true
            }
            Command::NextChanged => {
                match self.ticket_id() {
                    Some(id) => self.ask_next_changed(id, context, out),
                    None => out.push(Outcome::Notice(Notice::info("Nothing is listed here"))),
                }
                true
            }
            Command::Sort | Command::Columns | Command::Group => self.open_chooser(command, out),
            Command::Lists => {
                self.open_lists(out);
                true
            }
            Command::SaveView => {
                self.save(None, out);
                self.shown(context, out);
                true
            }
            Command::DeleteView => {
                self.delete(context, out);
                true
            }
            Command::Open if matches!(self.list.selected(), Some(GroupedRow::Group(_))) => {
                self.turn_group(context, out);
                true
            }
            Command::TurnGroup if self.views.current().group().is_some() => {
                self.turn_group(context, out);
                true
            }
            Command::TurnGroups if self.views.current().group().is_some() => {
                self.turn_groups(context, out);
                true
            }
            Command::TurnGroup | Command::TurnGroups => {
                out.push(Outcome::Notice(Notice::info("Nothing is grouped here; B groups")));
                true
            }
            Command::Open if self.ticket().is_some() => {
                self.choose(out);
                out.push(Outcome::Focus(PREVIEW));
                true
            }
            Command::Back if !self.views.current().words.is_empty() => {
                // What was typed stands in the history of the filter line: `/` and arrow up bring it back.
                let _ = self.filter("", context, out);
                true
            }
            Command::Back if self.client.is_some() => {
                out.push(Outcome::Announce(Announcement::ClientChosen(None)));
                true
            }
            _ => false,
        }
    }
}

/// The place of the view that a command of the number keys means.
fn numbered(command: Command) -> Option<usize> {
    let order = [
        Command::View1,
        Command::View2,
        Command::View3,
        Command::View4,
        Command::View5,
        Command::View6,
        Command::View7,
        Command::View8,
        Command::View9,
    ];
    order.iter().position(|other| *other == command)
}
