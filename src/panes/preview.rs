//! The selected ticket with its conversation. It follows the cursor once that has rested, so that a held key costs nothing.

use std::time::Duration;

use super::{Announcement, Context, Outcome, PREVIEW, Pane, TICKETS, list::Step};
use crate::{
    domain::{Changed, Conversation, TicketId},
    msg::{Answer, Command, Effect, Now, PaneId, Question},
    text::SafeText,
    ui::{Painter, Role},
};

mod draw;
mod page;

use page::Page;

const CONVERSATION: &str = "conversation";
/// How long the cursor rests before the preview follows it.
const FOLLOW_AFTER: Duration = Duration::from_millis(150);
/// How long the cursor rests before the server is asked.
const FETCH_AFTER: Duration = Duration::from_millis(300);

/// The preview: which ticket, its conversation laid out for the width, the scroll position.
#[derive(Debug, Default)]
pub(super) struct PreviewPane {
    selected: Option<TicketId>,
    /// When the cursor came to rest on `selected`; `None` once both steps are done.
    rested_since: Option<Duration>,
    /// The mirror was asked for `selected`.
    asked: bool,
    shown: Option<Box<Conversation>>,
    /// The ticket that was asked for is not in the mirror.
    missing: bool,
    page: Page,
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

    fn lay_out(&mut self) {
        self.page = self.shown.as_deref().map(|shown| Page::new(shown, self.cols)).unwrap_or_default();
        self.scroll_to(self.top);
    }

    fn scroll_to(&mut self, top: usize) {
        self.top = top.min(self.page.len().saturating_sub(usize::from(self.rows)));
    }

    fn is_visible(&self) -> bool {
        self.cols > 0 && self.rows > 0
    }
}

impl Pane for PreviewPane {
    fn id(&self) -> PaneId {
        PREVIEW
    }

    fn layers(&self) -> &'static [&'static str] {
        &["preview", "move", "global", "always"]
    }

    fn resize(&mut self, cols: u16, rows: u16, context: Context, out: &mut Vec<Outcome>) {
        let appeared = !self.is_visible() && cols > 0 && rows > 0;
        let rewrap = cols != self.cols;
        (self.cols, self.rows) = (cols, rows);
        if appeared && self.shown.as_ref().map(|shown| shown.ticket.id) != self.selected {
            self.ask(out);
            self.rested_since = Some(context.now.tick);
        } else if rewrap {
            self.lay_out();
        } else {
            self.scroll_to(self.top);
        }
    }

    fn command(&mut self, command: Command, _context: Context, out: &mut Vec<Outcome>) -> bool {
        let page = usize::from(self.rows).saturating_sub(1).max(1);
        let top = match command {
            Command::PreviewDown => self.top + 3,
            Command::PreviewUp => self.top.saturating_sub(3),
            Command::Back => {
                out.push(Outcome::Focus(TICKETS));
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

    fn answer(&mut self, purpose: &'static str, answer: Option<Answer>, _context: Context, _out: &mut Vec<Outcome>) {
        if let (CONVERSATION, Some(Answer::Conversation(answer))) = (purpose, answer) {
            self.missing = answer.is_none();
            let another = answer.as_ref().map(|found| found.ticket.id) != self.shown.as_ref().map(|shown| shown.ticket.id);
            if another {
                self.top = 0;
            }
            self.shown = answer;
            self.lay_out();
        }
    }

    fn hear(&mut self, announcement: &Announcement, context: Context, out: &mut Vec<Outcome>) {
        if let Announcement::TicketSelected(id) = announcement
            && self.selected != *id
        {
            let first = self.selected.is_none() && self.is_visible();
            self.selected = *id;
            self.asked = false;
            if first {
                // Nothing was shown that a moment's rest could spare.
                self.ask(out);
            }
            self.rested_since = id.map(|_| context.now.tick);
            if id.is_none() {
                self.shown = None;
                self.lay_out();
            }
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
            if let Some(id) = self.selected {
                out.push(Outcome::Effect(Effect::LookAt(id)));
            }
        }
    }

    fn summary(&self) -> (SafeText, SafeText) {
        let title = self.selected.map_or_else(String::new, |id| format!("#{id}"));
        let lines = self.page.len();
        let place = if lines > usize::from(self.rows) { format!("{} of {lines} lines", self.top + 1) } else { String::new() };
        (SafeText::line(&title), SafeText::line(&place))
    }

    fn draw(&self, painter: &mut Painter<'_>, now: Now, _focused: bool) {
        if self.shown.is_none() {
            let words = match (self.selected, self.missing) {
                (None, _) => "No ticket is selected.",
                (Some(_), true) => "This ticket is not stored here.",
                (Some(_), false) => "",
            };
            painter.put_cut(0, 0, words, painter.style(Role::Dim), u16::MAX);
            return;
        }
        for (y, line) in (0..painter.area().height).zip(self.page.from(self.top)) {
            draw::line(painter, y, line, &self.page.ticket, now);
        }
    }
}
