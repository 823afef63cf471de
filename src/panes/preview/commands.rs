//! What the preview does on a command.

use super::{
    super::{Announcement, Context, Outcome, PREVIEW, TICKETS, list::Step},
    PreviewPane, section,
};
use crate::msg::{Command, Effect, Notice};

impl PreviewPane {
    /// Does a command; `false` where it means nothing here.
    pub(super) fn does(&mut self, command: Command, context: Context, out: &mut Vec<Outcome>) -> bool {
        // Whoever reads on has chosen to look at it.
        self.chosen = true;
        self.note_seen();
        let page = usize::from(self.rows).saturating_sub(1).max(1);
        let top = match command {
            Command::PreviewDown => self.top + 3,
            Command::PreviewUp => self.top.saturating_sub(3),
            Command::Back => {
                self.back(context, out);
                return true;
            }
            Command::ToggleFolds => {
                self.reading.unfolded = !self.reading.unfolded && self.reading.opened.is_empty();
                self.reading.opened.clear();
                self.lay_out_around_top();
                return true;
            }
            Command::OpenFold => {
                self.open_fold(out);
                return true;
            }
            Command::ToggleOrder => {
                self.reading.oldest_first = !self.reading.oldest_first;
                self.lay_out();
                self.scroll_to(0);
                let words = if self.reading.oldest_first { "Oldest entry first" } else { "Newest entry first" };
                out.push(Outcome::Notice(Notice::info(words)));
                return true;
            }
            Command::FindNext | Command::FindPrevious => {
                self.go_to_match(command == Command::FindNext, out);
                return true;
            }
            Command::Follow => {
                self.follow(out);
                return true;
            }
            _ => match Step::of(command) {
                None => return false,
                Some(Step::Up) => self.top.saturating_sub(1),
                Some(Step::Down) => self.top + 1,
                Some(Step::Top) => 0,
                Some(Step::Bottom) => self.page.len(),
                Some(Step::HalfPageUp) => self.top.saturating_sub((page / 2).max(1)),
                Some(Step::HalfPageDown) => self.top + (page / 2).max(1),
                Some(Step::PageUp) => self.top.saturating_sub(page),
                Some(Step::PageDown) => self.top + page,
            },
        };
        self.scroll_to(top);
        true
    }

    /// Steps back from what was looked for, then from a ticket that was gone to, then to the list.
    fn back(&mut self, context: Context, out: &mut Vec<Outcome>) {
        if self.find.take().is_some() {
            self.lay_out_around_top();
        } else if let Some(before) = self.came_from.pop() {
            if let Some(ticket) = before.ticket.filter(|ticket| self.selected != Some(*ticket)) {
                out.push(Outcome::Announce(Announcement::TicketWanted(ticket)));
                self.visit(ticket, context, out);
            }
            if before.pane != PREVIEW {
                out.push(Outcome::ReturnTo(before.pane));
            }
        } else {
            out.push(Outcome::Focus(TICKETS));
        }
    }

    /// Shows what is folded first of what is in sight.
    fn open_fold(&mut self, out: &mut Vec<Outcome>) {
        let in_sight = self.top..self.top + usize::from(self.rows);
        match self.page.first_folded(in_sight) {
            Some(entries) => {
                self.reading.opened.extend(entries);
                self.lay_out_around_top();
            }
            None => out.push(Outcome::Notice(Notice::info("Nothing in sight is folded; z folds again"))),
        }
    }

    /// Offers what hangs on the ticket under the cursor: at once where it is shown, else when it was read. Out of sight, or before
    /// the cursor has rested, what was shown last is another ticket.
    fn follow(&mut self, out: &mut Vec<Outcome>) {
        let shown = self.shown.as_deref().map(|shown| shown.ticket.id);
        match self.selected {
            Some(id) if shown != Some(id) => {
                self.follows = true;
                self.ask(out);
                out.push(Outcome::Effect(Effect::LookAt(id)));
            }
            _ => self.pick(out),
        }
    }

    pub(super) fn pick(&self, out: &mut Vec<Outcome>) {
        let picks = self.shown.as_deref().map(section::picks).unwrap_or_default();
        match self.shown.as_deref().map(|shown| shown.ticket.id) {
            Some(ticket) if !picks.is_empty() => out.push(Outcome::Pick(ticket, picks)),
            Some(_) => {
                out.push(Outcome::Notice(Notice::info("This ticket leads nowhere: no files, no links, nobody it is about")));
            }
            None => out.push(Outcome::Notice(Notice::info("No ticket is shown"))),
        }
    }
}
