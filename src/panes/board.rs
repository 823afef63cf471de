//! The board: how the desk stands, as bars. Every bar is a question in the query language, and enter asks it.

use std::time::Duration;

use super::{Announcement, BOARD, Context, Outcome, Pane, TICKETS, list::Step};
use crate::{
    domain::{Board, Changed},
    msg::{Answer, Command, Now, PaneId, Question},
    text::SafeText,
    ui::Painter,
};

mod bars;
mod draw;

use bars::{Bar, Section, bars, queries};

pub(super) use bars::near_targets;

const NUMBERS: &str = "numbers";

/// How long the numbers rest between two changes of the rows.
const REST: Duration = Duration::from_secs(5);
/// Ages and targets move on though no row changes: this old the numbers are counted again.
const OLD: Duration = Duration::from_mins(1);

/// The board: its bars and the one under the cursor.
#[derive(Debug)]
pub(super) struct BoardPane {
    bars: Vec<Bar>,
    /// What was counted last.
    board: Option<Board>,
    cursor: usize,
    /// The day on which the cursor comes back to the chart; the newest until it was moved.
    day: usize,
    /// The size of its area, while it is seen.
    size: (u16, u16),
    /// How many lines of each of its columns stand above what is in sight.
    scrolls: [u16; 3],
    /// An answer is waited for.
    waiting: bool,
    /// When they were counted last, as time since the program's start.
    counted: Option<Duration>,
    /// Something changed since.
    stale: bool,
}

impl Default for BoardPane {
    fn default() -> Self {
        let bars = bars(None);
        Self {
            bars,
            board: None,
            cursor: 0,
            day: usize::MAX,
            size: (0, 0),
            scrolls: [0; 3],
            waiting: false,
            counted: None,
            stale: false,
        }
    }
}

impl BoardPane {
    fn count(&mut self, context: Context, out: &mut Vec<Outcome>) {
        (self.waiting, self.stale, self.counted) = (true, false, Some(context.now.tick));
        out.push(Outcome::Ask { purpose: NUMBERS, question: Question::Board { open: queries(), me: context.me } });
    }

    fn take(&mut self, board: Board) {
        let new = bars(Some(&board));
        if let Some(here) = self.bars.get(self.cursor) {
            let same = new.iter().position(|bar| bar.section == here.section && bar.words == here.words);
            let within = self.bars.iter().take(self.cursor).filter(|bar| bar.section == here.section).count();
            // A bar that is gone leaves the cursor in its place.
            let beside = || {
                let section = places(&new, here.section);
                section.get(within.min(section.len().saturating_sub(1))).copied()
            };
            self.cursor = same.or_else(beside).unwrap_or(0);
        }
        self.bars = new;
        self.board = Some(board);
        self.scrolls = draw::scrolls(self);
    }

    fn is_visible(&self) -> bool {
        self.size.0 > 0 && self.size.1 > 0
    }

    fn here(&self) -> Option<Section> {
        self.bars.get(self.cursor).map(|bar| bar.section)
    }

    /// Goes to a bar, and notes the day if it is one.
    fn go(&mut self, to: usize) {
        self.cursor = to.min(self.bars.len().saturating_sub(1));
        if let Some(section) = self.here().filter(|section| section.is_days()) {
            self.day = places(&self.bars, section).iter().position(|at| *at == self.cursor).unwrap_or(self.day);
        }
        self.scrolls = draw::scrolls(self);
    }

    /// Goes into the section after this one or before it, `around` from the last to the first; says whether there is one.
    fn walk(&mut self, forward: bool, around: bool, from_its_end: bool) {
        let mut order: Vec<Section> = self.bars.iter().map(|bar| bar.section).collect();
        order.dedup();
        let at = order.iter().position(|section| Some(*section) == self.here()).unwrap_or(0);
        let next = match (forward, at) {
            (true, at) if at + 1 < order.len() => at + 1,
            (true, _) if around => 0,
            (false, 0) if around => order.len().saturating_sub(1),
            (false, at) if at > 0 => at - 1,
            _ => return,
        };
        let Some(section) = order.get(next) else { return };
        let places = places(&self.bars, *section);
        let last = places.len().saturating_sub(1);
        let nth = match (section.is_days(), from_its_end) {
            (true, _) => self.day.min(last),
            (false, true) => last,
            (false, false) => 0,
        };
        self.go(places.get(nth).copied().unwrap_or(self.cursor));
    }

    /// Goes one line down or up: the chart's days are one.
    fn step(&mut self, down: bool) {
        let next = if down { self.cursor.checked_add(1) } else { self.cursor.checked_sub(1) };
        let beside = next.and_then(|next| self.bars.get(next)).map(|bar| bar.section);
        if self.here().is_some_and(Section::is_days) || beside != self.here() {
            self.walk(down, false, !down);
        } else if let Some(next) = next {
            self.go(next);
        }
    }

    /// Goes one day on or back; where there is none, to the section beside.
    fn aside(&mut self, forward: bool) {
        let next = if forward { self.cursor.checked_add(1) } else { self.cursor.checked_sub(1) };
        let next = next.filter(|next| self.bars.get(*next).map(|bar| bar.section) == self.here());
        match next.filter(|_| self.here().is_some_and(Section::is_days)) {
            Some(next) => self.go(next),
            None => self.walk(forward, true, false),
        }
    }
}

/// Where the bars of a section stand.
fn places(bars: &[Bar], section: Section) -> Vec<usize> {
    bars.iter().enumerate().filter(|(_, bar)| bar.section == section).map(|(at, _)| at).collect()
}

impl Pane for BoardPane {
    fn id(&self) -> PaneId {
        BOARD
    }

    fn title(&self) -> &'static str {
        "Board"
    }

    fn layers(&self) -> &'static [&'static str] {
        &["board", "move", "global", "always"]
    }

    fn resize(&mut self, cols: u16, rows: u16, context: Context, out: &mut Vec<Outcome>) {
        let was = self.is_visible();
        self.size = (cols, rows);
        self.scrolls = draw::scrolls(self);
        if self.is_visible() && !was {
            self.count(context, out);
        }
    }

    fn command(&mut self, command: Command, _context: Context, out: &mut Vec<Outcome>) -> bool {
        match command {
            Command::Open => {
                let Some(bar) = self.bars.get(self.cursor) else { return false };
                out.push(Outcome::Announce(Announcement::ClientChosen(None)));
                out.push(Outcome::Announce(Announcement::QueryChosen(bar.words.clone())));
                out.push(Outcome::Focus(TICKETS));
            }
            Command::NextBar => self.aside(true),
            Command::PreviousBar => self.aside(false),
            Command::NextField => self.walk(true, true, false),
            Command::PreviousField => self.walk(false, true, false),
            _ => match Step::of(command) {
                Some(Step::Up) => self.step(false),
                Some(Step::Down) => self.step(true),
                Some(Step::Top | Step::PageUp | Step::HalfPageUp) => self.go(0),
                Some(Step::Bottom | Step::PageDown | Step::HalfPageDown) => self.go(usize::MAX),
                None => return false,
            },
        }
        true
    }

    fn has_use_for(&self, command: Command) -> bool {
        !matches!(command, Command::TogglePreview | Command::Sort | Command::Columns | Command::NextView | Command::PreviousView)
    }

    fn click(&mut self, col: u16, row: u16, _context: Context, _out: &mut Vec<Outcome>) -> bool {
        let there = draw::bar_at(self, self.size, (col, row));
        if let Some(at) = there {
            self.go(at);
        }
        there.is_some()
    }

    fn answer(&mut self, _purpose: &'static str, answer: Option<Answer>, _context: Context, _out: &mut Vec<Outcome>) {
        self.waiting = false;
        if let Some(Answer::Board(board)) = answer {
            self.take(*board);
        }
    }

    fn hear(&mut self, _announcement: &Announcement, _context: Context, _out: &mut Vec<Outcome>) {}

    fn changed(&mut self, what: Changed, _context: Context, _out: &mut Vec<Outcome>) {
        // Names and hours come with the lookups.
        self.stale |= matches!(what, Changed::Tickets | Changed::Lookups);
    }

    fn deadline(&self) -> Option<Duration> {
        let counted = self.counted.filter(|_| self.is_visible() && !self.waiting)?;
        Some(counted + if self.stale { REST } else { OLD })
    }

    fn wake(&mut self, context: Context, out: &mut Vec<Outcome>) {
        self.count(context, out);
    }

    fn summary(&self) -> (SafeText, SafeText) {
        let words = self.bars.get(self.cursor).map_or("", |bar| bar.words.as_str());
        (SafeText::line(words), SafeText::line(&format!("{} of {}", self.cursor + 1, self.bars.len())))
    }

    fn shows_ages(&self) -> bool {
        false
    }

    fn draw(&self, painter: &mut Painter<'_>, _now: Now, focused: bool) {
        draw::draw(self, painter, focused);
    }
}
