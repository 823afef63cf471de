//! The selected ticket with its conversation. It follows the cursor once that has rested, so that a held key costs nothing.

use std::time::Duration;

use super::{About, Announcement, Context, Outcome, PREVIEW, Pane, TICKETS};
use crate::{
    domain::{Changed, Conversation, LastView, TicketId, Timestamp},
    msg::{Answer, Command, Effect, Now, PaneId, Question},
    text::SafeText,
    ui::{Painter, Role},
};

mod commands;
mod draw;
mod find;
mod history;
mod page;
mod section;

use find::Find;
use page::{Page, Reading};

const CONVERSATION: &str = "conversation";
/// How long the cursor rests before the preview follows it.
const FOLLOW_AFTER: Duration = Duration::from_millis(150);
/// How long the cursor rests before the server is asked.
const FETCH_AFTER: Duration = Duration::from_millis(300);
/// Tickets that are gone back to.
const MOST_VISITED: usize = 50;

/// What was looked at before another ticket was gone to.
#[derive(Clone, Copy, Debug)]
struct CameFrom {
    /// The ticket that was shown, or would have been.
    ticket: Option<TicketId>,
    /// The pane that had the focus.
    pane: PaneId,
}

/// The preview: which ticket, its conversation laid out for the width, the scroll position.
#[derive(Debug, Default)]
pub(super) struct PreviewPane {
    selected: Option<TicketId>,
    /// The operator chose to look at it.
    chosen: bool,
    /// What was looked at, and how new it was: noted as seen once it is left.
    seen: Option<(TicketId, Timestamp)>,
    /// When the cursor came to rest on `selected`; `None` once both steps are done.
    rested_since: Option<Duration>,
    /// The mirror was asked for `selected`.
    asked: bool,
    shown: Option<Box<Conversation>>,
    /// The ticket that was asked for is not in the mirror.
    missing: bool,
    page: Page,
    reading: Reading,
    find: Option<Find>,
    /// What hangs on the selected ticket is to be chosen from once it was read.
    follows: bool,
    /// From where other tickets were gone to, the newest last.
    came_from: Vec<CameFrom>,
    cols: u16,
    rows: u16,
    top: usize,
}

impl PreviewPane {
    fn ask(&mut self, out: &mut Vec<Outcome>) {
        if let Some(id) = self.selected {
            self.asked = true;
            out.push(Outcome::Ask { purpose: CONVERSATION, question: Question::Conversation(id) });
        }
    }

    /// What is shown has been looked at for a while: by whom it was chosen, it is seen once it is left.
    fn note_seen(&mut self) {
        let rested = self.rested_since.is_none() && self.chosen && self.is_visible();
        if let Some(shown) = self.shown.as_deref().filter(|shown| rested && Some(shown.ticket.id) == self.selected) {
            self.seen = Some((shown.ticket.id, shown.ticket.updated()));
        }
    }

    /// Another ticket takes the place of the one that was looked at.
    fn leave(&mut self, out: &mut Vec<Outcome>) {
        self.note_seen();
        self.follows = false;
        self.chosen = false;
        if let Some((ticket, updated)) = self.seen.take() {
            out.push(Outcome::Effect(Effect::Seen { ticket, updated }));
        }
    }

    fn lay_out(&mut self) {
        // Words are found in what is folded too: it is open while they are looked for.
        let reading = Reading { unfolded: self.reading.unfolded || self.find.is_some(), ..self.reading.clone() };
        self.page = self.shown.as_deref().map(|shown| Page::new(shown, self.cols, &reading)).unwrap_or_default();
        if let Some(find) = &mut self.find {
            find.lines = self.page.found(&find.needle);
            find.at = find.at.min(find.lines.len().saturating_sub(1));
        }
        self.scroll_to(self.top);
    }

    /// Lays out anew and keeps the entry in sight that was at the top.
    fn lay_out_around_top(&mut self) {
        let held = self.page.entry_at(self.top);
        self.lay_out();
        if let Some((entry, below)) = held
            && let Some(line) = self.page.line_of(entry)
        {
            let next = self.page.entry_after(line).unwrap_or(self.page.len());
            self.scroll_to((line + below).min(next.saturating_sub(1)).max(line));
        }
    }

    fn scroll_to(&mut self, top: usize) {
        self.top = top.min(self.page.len().saturating_sub(usize::from(self.rows)));
    }

    fn is_visible(&self) -> bool {
        self.cols > 0 && self.rows > 0
    }

    /// Shows another ticket than the cursor's at once.
    fn visit(&mut self, id: TicketId, context: Context, out: &mut Vec<Outcome>) {
        self.leave(out);
        self.chosen = true;
        self.selected = Some(id);
        self.asked = false;
        self.rested_since = Some(context.now.tick);
        if self.is_visible() {
            self.ask(out);
        }
    }
}

impl Pane for PreviewPane {
    fn id(&self) -> PaneId {
        PREVIEW
    }

    fn title(&self) -> &'static str {
        "Ticket"
    }

    fn layers(&self) -> &'static [&'static str] {
        &["preview", "move", "global", "always"]
    }

    fn has_use_for(&self, command: Command) -> bool {
        self.find.is_some() || !matches!(command, Command::FindNext | Command::FindPrevious)
    }

    fn resize(&mut self, cols: u16, rows: u16, context: Context, out: &mut Vec<Outcome>) {
        let appeared = !self.is_visible() && cols > 0 && rows > 0;
        let rewrap = cols != self.cols;
        (self.cols, self.rows) = (cols, rows);
        if appeared && self.shown.as_ref().map(|shown| shown.ticket.id) != self.selected {
            self.ask(out);
            self.rested_since = Some(context.now.tick);
        } else if rewrap {
            self.lay_out_around_top();
        } else {
            self.scroll_to(self.top);
        }
    }

    fn command(&mut self, command: Command, context: Context, out: &mut Vec<Outcome>) -> bool {
        self.does(command, context, out)
    }

    fn find(&mut self, words: &str) {
        self.look_for(words);
    }

    fn answer(&mut self, purpose: &'static str, answer: Option<Answer>, _context: Context, out: &mut Vec<Outcome>) {
        if let (CONVERSATION, Some(Answer::Conversation(mut answer))) = (purpose, answer) {
            self.missing = answer.is_none();
            let another = answer.as_ref().map(|found| found.ticket.id) != self.shown.as_ref().map(|shown| shown.ticket.id);
            // What was marked as seen meanwhile stays told as long as the ticket is looked at.
            if let (Some(new), Some(old)) = (answer.as_mut().filter(|new| !another && new.difference.is_empty()), &mut self.shown)
            {
                new.difference = std::mem::take(&mut old.difference);
            }
            self.shown = answer;
            self.note_seen();
            if another {
                self.top = 0;
                // Numbers of entries mean nothing in another ticket.
                self.reading.opened.clear();
                if let Some(find) = &mut self.find {
                    find.at = 0;
                }
                self.lay_out();
            } else {
                self.lay_out_around_top();
            }
            if std::mem::take(&mut self.follows) {
                self.pick(out);
            }
        }
    }

    fn hear(&mut self, announcement: &Announcement, context: Context, out: &mut Vec<Outcome>) {
        match announcement {
            Announcement::TicketChosen(id) if self.selected == Some(*id) => {
                self.chosen = true;
                self.note_seen();
            }
            Announcement::TicketRead(id) if self.selected == Some(*id) => {
                self.leave(out);
                self.chosen = true;
            }
            Announcement::TicketSelected(id) if self.selected != *id => {
                self.leave(out);
                self.selected = *id;
                self.asked = false;
                self.came_from.clear();
                self.rested_since = id.map(|_| context.now.tick);
                if id.is_none() {
                    self.shown = None;
                    self.lay_out();
                }
            }
            Announcement::TicketVisited { id, from } => {
                let another = self.selected != Some(*id);
                if another || ![PREVIEW, TICKETS].contains(from) {
                    self.came_from.push(CameFrom { ticket: self.selected, pane: *from });
                    let excess = self.came_from.len().saturating_sub(MOST_VISITED);
                    self.came_from.drain(..excess);
                }
                if another {
                    self.visit(*id, context, out);
                }
            }
            _ => {}
        }
    }

    fn changed(&mut self, what: Changed, context: Context, out: &mut Vec<Outcome>) {
        let shown = self.shown.as_ref().map(|shown| shown.ticket.id);
        match what {
            Changed::Conversation(id) if self.selected == Some(id) => self.ask(out),
            Changed::Tickets | Changed::Lookups if self.is_visible() && shown.is_some() && shown == self.selected => {
                self.ask(out);
                // The row may have moved on: what is held may be older than it now.
                self.rested_since = Some(context.now.tick);
            }
            _ => {}
        }
    }

    fn deadline(&self) -> Option<Duration> {
        if !self.is_visible() {
            return None;
        }
        self.rested_since.map(|since| since + if self.asked { FETCH_AFTER } else { FOLLOW_AFTER })
    }

    fn wake(&mut self, context: Context, out: &mut Vec<Outcome>) {
        let Some(since) = self.rested_since.filter(|_| self.is_visible()) else { return };
        let rested = context.now.tick.saturating_sub(since);
        if !self.asked && rested >= FOLLOW_AFTER {
            self.ask(out);
        }
        if rested >= FETCH_AFTER {
            self.rested_since = None;
            self.note_seen();
            if let Some(id) = self.selected {
                out.push(Outcome::Effect(Effect::LookAt(id)));
            }
        }
    }

    fn recall(&mut self, view: &LastView, context: Context, out: &mut Vec<Outcome>) {
        self.came_from.clear();
        let visited = view.visited.map(TicketId);
        if visited.is_some() {
            self.came_from.push(CameFrom { ticket: view.ticket(), pane: TICKETS });
        }
        if let Some(id) = visited.or(view.ticket()).filter(|id| self.selected != Some(*id)) {
            self.visit(id, context, out);
        }
    }

    fn keep(&self, view: &mut LastView) {
        view.visited = self.selected.filter(|_| !self.came_from.is_empty()).map(|id| id.0);
    }

    fn about(&self) -> Option<About> {
        self.shown.as_deref().filter(|shown| Some(shown.ticket.id) == self.selected).and_then(|shown| About::of(&shown.ticket))
    }

    fn summary(&self) -> (SafeText, SafeText) {
        let title = self.selected.map_or_else(String::new, |id| format!("#{id}"));
        let lines = self.page.len();
        let place = match &self.find {
            Some(find) if find.lines.is_empty() => "not found".to_owned(),
            Some(find) => format!("found {} of {}", find.at + 1, find.lines.len()),
            None if lines > usize::from(self.rows) => format!("{} of {lines} lines", self.top + 1),
            None => String::new(),
        };
        (SafeText::line(&title), SafeText::line(&place))
    }

    fn copy(&self, link: bool, web_app: &str) -> Option<SafeText> {
        let id = self.selected?;
        Some(SafeText::line(&if link { format!("{web_app}/ticket?id={id}") } else { id.to_string() }))
    }

    fn draw(&self, painter: &mut Painter<'_>, now: Now, _focused: bool) {
        if self.shown.is_none() {
            let words = match (self.selected, self.missing) {
                (None, _) => "No ticket is selected.",
                (Some(_), true) if self.rested_since.is_some() => "",
                (Some(_), true) => "This ticket is not stored here.",
                (Some(_), false) => "",
            };
            painter.put_cut(0, 0, words, painter.style(Role::Dim), u16::MAX);
            return;
        }
        let needle = self.find.as_ref().map_or("", |find| find.needle.as_str());
        let found = self.find.as_ref().and_then(|find| find.lines.get(find.at)).copied();
        for (y, (at, line)) in (0..painter.area().height).zip((self.top..).zip(self.page.from(self.top))) {
            draw::line(painter, y, line, &self.page, now);
            draw::matches(painter, y, line, needle, found == Some(at));
        }
    }
}
