//! The board: how the open tickets stand, as bars. Every bar is a question in the query language, and enter asks it.

use std::time::Duration;

use super::{Announcement, BOARD, Context, Outcome, Pane, TICKETS, list::Step};
use crate::{
    domain::{AgentRow, Changed, Counted},
    msg::{Answer, Command, Now, PaneId, Question},
    query::{NameKey, Query},
    text::SafeText,
    ui::{Own, Painter, Role, width},
};

const COUNTS: &str = "counts";
const AGENTS: &str = "agents";

/// How long the numbers rest between two changes of the rows.
const REST: Duration = Duration::from_secs(5);
/// Ages and targets move on though no row changes: this old the numbers are counted again.
const OLD: Duration = Duration::from_mins(1);
/// From this width on the sections stand in two columns.
const TWO_COLUMNS: u16 = 70;
/// Cells of a bar's name, and of its number.
const NAME_COLS: u16 = 18;
const NUMBER_COLS: u16 = 7;
/// Cells of what is due of a bar's tickets.
const DUE_COLS: u16 = 8;

/// What the bars of a section have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Section {
    Targets,
    Priority,
    Age,
    Agents,
}

impl Section {
    const fn title(self) -> &'static str {
        match self {
            Self::Targets => "Next target",
            Self::Priority => "Open by priority",
            Self::Age => "Open by age",
            Self::Agents => "By agent, ! missed or due in 24 h",
        }
    }

    /// The column in which it stands where there are two.
    const fn column(self) -> usize {
        match self {
            Self::Agents => 1,
            Self::Targets | Self::Priority | Self::Age => 0,
        }
    }
}

/// One bar: what it is called, what it asks for, how many tickets that has.
#[derive(Debug)]
struct Bar {
    section: Section,
    name: SafeText,
    words: String,
    query: Query,
    count: Option<Counted>,
    /// What of it is missed or due within a day, where that is told.
    due: Option<Query>,
    due_count: Option<Counted>,
}

impl Bar {
    fn new(section: Section, name: &str, words: &str) -> Option<Self> {
        let query = Query::parse(words).ok()?;
        let (name, words) = (SafeText::line(name), words.to_owned());
        Some(Self { section, name, words, query, count: None, due: None, due_count: None })
    }

    fn of_agent(name: &str, words: &str) -> Option<Self> {
        let due = Query::parse(&format!("{words} sla:<1d")).ok()?;
        Some(Self { due: Some(due), ..Self::new(Section::Agents, name, words)? })
    }

    fn n(&self) -> u64 {
        self.count.map_or(0, |count| count.n)
    }
}

/// The bars that stand whatever the desk's names are.
const FIXED: &[(Section, &str, &str)] = &[
    (Section::Targets, "missed", "is:open sla:<0m"),
    (Section::Targets, "within 1 h", "is:open sla:<1h -sla:<0m"),
    (Section::Targets, "within 8 h", "is:open sla:<8h -sla:<1h"),
    (Section::Targets, "within 24 h", "is:open sla:<1d -sla:<8h"),
    (Section::Targets, "on hold", "is:open is:hold"),
    (Section::Priority, "P1", "is:open pri:1"),
    (Section::Priority, "P2", "is:open pri:2"),
    (Section::Priority, "P3", "is:open pri:3"),
    (Section::Priority, "P4", "is:open pri:4"),
    (Section::Priority, "others", "is:open -pri:1,2,3,4"),
    (Section::Age, "under 1 day", "is:open age:<1d"),
    (Section::Age, "1 to 3 days", "is:open age:>=1d age:<3d"),
    (Section::Age, "3 to 7 days", "is:open age:>=3d age:<7d"),
    (Section::Age, "7 to 30 days", "is:open age:>=7d age:<30d"),
    (Section::Age, "30 days and more", "is:open age:>=30d"),
];

/// The board: its bars and the one under the cursor.
#[derive(Debug, Default)]
pub(super) struct BoardPane {
    bars: Vec<Bar>,
    cursor: usize,
    visible: bool,
    /// An answer is waited for.
    waiting: bool,
    /// When they were counted last, as time since the program's start.
    counted: Option<Duration>,
    /// Something changed since.
    stale: bool,
    /// Who the agents are could not be read: they are asked for again with the next count.
    without_agents: bool,
}

impl BoardPane {
    fn count(&mut self, context: Context, out: &mut Vec<Outcome>) {
        let due = self.bars.iter().filter_map(|bar| bar.due.clone());
        let queries = self.bars.iter().map(|bar| bar.query.clone()).chain(due).collect();
        (self.waiting, self.stale, self.counted) = (true, false, Some(context.now.tick));
        out.push(Outcome::Ask { purpose: COUNTS, question: Question::Counts { queries, client: None, me: context.me } });
    }

    /// Asks who the agents are; the answer counts.
    fn ask_agents(&mut self, out: &mut Vec<Outcome>) {
        self.waiting = true;
        out.push(Outcome::Ask { purpose: AGENTS, question: Question::Agents });
    }

    fn take_agents(&mut self, agents: &[AgentRow]) {
        let fixed = FIXED.iter().filter_map(|(section, name, words)| Bar::new(*section, name, words));
        let nobody = Bar::of_agent("nobody", "is:open is:unassigned");
        let people = agents.iter().filter(|agent| !agent.disabled && !agent.name.is_empty()).filter_map(|agent| {
            let name = agent.name.as_str();
            Bar::of_agent(name, &format!("is:open {}", NameKey::Agent.with(name)))
        });
        let old = std::mem::take(&mut self.bars);
        self.bars = fixed.chain(nobody).chain(people).collect();
        for bar in &mut self.bars {
            // What was counted before stays to be seen until the newer numbers come.
            if let Some(before) = old.iter().find(|before| before.query == bar.query) {
                (bar.count, bar.due_count) = (before.count, before.due_count);
            }
        }
        let last = self.bars.len().saturating_sub(1);
        self.cursor = self.cursor.min(last);
    }

    fn take_counts(&mut self, counts: Vec<Option<Counted>>) {
        let mut counts = counts.into_iter();
        for (bar, count) in self.bars.iter_mut().zip(counts.by_ref()) {
            bar.count = count;
        }
        for (bar, count) in self.bars.iter_mut().filter(|bar| bar.due.is_some()).zip(counts) {
            bar.due_count = count;
        }
    }

    /// Goes to the first bar of the next section, or of the previous one.
    fn walk(&mut self, forward: bool) {
        let here = self.bars.get(self.cursor).map(|bar| bar.section);
        let first_of = |section| self.bars.iter().position(|bar| bar.section == section);
        let mut order: Vec<Section> = self.bars.iter().map(|bar| bar.section).collect();
        order.dedup();
        let at = order.iter().position(|section| Some(*section) == here).unwrap_or(0);
        let by = if forward { 1 } else { order.len().saturating_sub(1) };
        let next = order.get((at + by) % order.len().max(1)).and_then(|section| first_of(*section));
        self.cursor = next.unwrap_or(0);
    }

    /// The bars of a column with the titles above them; an empty line parts two sections.
    fn lines(&self, columns: usize, column: usize) -> Vec<Line<'_>> {
        let mut lines = Vec::new();
        let mut section = None;
        let here = |bar: &Bar| columns == 1 || bar.section.column() == column;
        for (at, bar) in self.bars.iter().enumerate().filter(|(_, bar)| here(bar)) {
            if section.replace(bar.section) != Some(bar.section) {
                if !lines.is_empty() {
                    lines.push(Line::Empty);
                }
                lines.push(Line::Title(bar.section.title()));
            }
            lines.push(Line::Bar(at, bar));
        }
        lines
    }

    fn draw_bar(&self, painter: &mut Painter<'_>, y: u16, at: usize, bar: &Bar, focused: bool) {
        let row = if at == self.cursor { super::list::draw_cursor(painter, y, Some(focused)) } else { None };
        let style = |painter: &Painter<'_>, role| row.unwrap_or_else(|| painter.style(role));
        let text = style(painter, Role::Text);
        let cols = painter.cols();
        painter.put_cut(2, y, &bar.name, text, NAME_COLS);
        let x = 2 + NAME_COLS;
        let Some(count) = bar.count else {
            painter.put_right(x, y, painter.glyphs().none, style(painter, Role::Dim), NUMBER_COLS - 1);
            return;
        };
        let number = format!("{}{}", count.n, if count.more { "+" } else { "" });
        painter.put_right(x, y, Own(&number), text, NUMBER_COLS - 1);
        let x = x + NUMBER_COLS;
        let most = self.bars.iter().filter(|other| other.section == bar.section).map(Bar::n).max().unwrap_or(0);
        let kept = if bar.due.is_some() { DUE_COLS } else { 1 };
        let room = cols.saturating_sub(x + kept);
        let cells = length(count.n, most, room);
        let drawn: String = std::iter::repeat_n(painter.glyphs().bar, usize::from(cells)).collect();
        painter.put(x, y, Own(&drawn), style(painter, Role::Info), room);
        if let Some(due) = bar.due_count.filter(|due| due.n > 0) {
            let due = format!("{} {}", painter.glyphs().near, due.n);
            let at = (x + cells + 1).min(cols.saturating_sub(width(Own(&due))));
            painter.put(at, y, Own(&due), style(painter, Role::Warn), DUE_COLS);
        }
    }
}

/// A line of a column.
enum Line<'a> {
    Empty,
    Title(&'static str),
    Bar(usize, &'a Bar),
}

/// The cells of a bar: all for the most, one at least for what is not nothing.
fn length(n: u64, most: u64, room: u16) -> u16 {
    if n == 0 || most == 0 {
        return 0;
    }
    let cells = u128::from(n) * u128::from(room) / u128::from(most);
    u16::try_from(cells).unwrap_or(room).clamp(room.min(1), room)
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

    fn resize(&mut self, cols: u16, rows: u16, _context: Context, out: &mut Vec<Outcome>) {
        let was = std::mem::replace(&mut self.visible, cols > 0 && rows > 0);
        if self.visible && !was {
            self.ask_agents(out);
        }
    }

    fn command(&mut self, command: Command, _context: Context, out: &mut Vec<Outcome>) -> bool {
        let last = self.bars.len().saturating_sub(1);
        match command {
            Command::Open => {
                let Some(bar) = self.bars.get(self.cursor) else { return false };
                out.push(Outcome::Announce(Announcement::ClientChosen(None)));
                out.push(Outcome::Announce(Announcement::QueryChosen(bar.words.clone())));
                out.push(Outcome::Focus(TICKETS));
                return true;
            }
            Command::NextField => self.walk(true),
            Command::PreviousField => self.walk(false),
            _ => match Step::of(command) {
                Some(Step::Up) => self.cursor = self.cursor.saturating_sub(1),
                Some(Step::Down) => self.cursor = (self.cursor + 1).min(last),
                Some(Step::Top | Step::PageUp | Step::HalfPageUp) => self.cursor = 0,
                Some(Step::Bottom | Step::PageDown | Step::HalfPageDown) => self.cursor = last,
                None => return false,
            },
        }
        true
    }

    fn answer(&mut self, purpose: &'static str, answer: Option<Answer>, context: Context, out: &mut Vec<Outcome>) {
        match (purpose, answer) {
            (AGENTS, answer) => {
                self.without_agents = !matches!(answer, Some(Answer::Agents(_)));
                match answer {
                    Some(Answer::Agents(agents)) => self.take_agents(&agents),
                    _ if self.bars.is_empty() => self.take_agents(&[]),
                    _ => {}
                }
                self.count(context, out);
            }
            (COUNTS, answer) => {
                self.waiting = false;
                if let Some(Answer::Counts(counts)) = answer {
                    self.take_counts(counts);
                }
            }
            _ => {}
        }
    }

    fn hear(&mut self, _announcement: &Announcement, _context: Context, _out: &mut Vec<Outcome>) {}

    fn changed(&mut self, what: Changed, _context: Context, out: &mut Vec<Outcome>) {
        match what {
            Changed::Tickets => self.stale = true,
            Changed::Lookups if self.visible => self.ask_agents(out),
            _ => {}
        }
    }

    fn deadline(&self) -> Option<Duration> {
        let counted = self.counted.filter(|_| self.visible && !self.waiting)?;
        Some(counted + if self.stale { REST } else { OLD })
    }

    fn wake(&mut self, context: Context, out: &mut Vec<Outcome>) {
        if self.without_agents {
            self.ask_agents(out);
        } else {
            self.count(context, out);
        }
    }

    fn summary(&self) -> (SafeText, SafeText) {
        let words = self.bars.get(self.cursor).map_or("", |bar| bar.words.as_str());
        (SafeText::line(words), SafeText::line(&format!("{} of {}", self.cursor + 1, self.bars.len())))
    }

    fn shows_ages(&self) -> bool {
        false
    }

    fn draw(&self, painter: &mut Painter<'_>, _now: Now, focused: bool) {
        let columns = if painter.cols() >= TWO_COLUMNS { 2 } else { 1 };
        let area = painter.area();
        let half = area.width / 2;
        for column in 0..columns {
            let area = match (columns, column) {
                (1, _) => area,
                (_, 0) => ratatui::layout::Rect { width: half, ..area },
                _ => ratatui::layout::Rect { x: area.x + half, width: area.width - half, ..area },
            };
            let mut lines = self.lines(columns, column);
            if lines.len() > usize::from(area.height) {
                lines.retain(|line| !matches!(line, Line::Empty));
            }
            let held = lines.iter().position(|line| matches!(line, Line::Bar(at, _) if *at == self.cursor)).unwrap_or(0);
            let top = (held + 1).saturating_sub(usize::from(area.height));
            let mut inner = painter.within(area);
            for (y, line) in (0..area.height).zip(lines.iter().skip(top)) {
                match line {
                    Line::Empty => {}
                    Line::Title(title) => {
                        inner.put_cut(2, y, *title, inner.style(Role::Title), u16::MAX);
                    }
                    Line::Bar(at, bar) => self.draw_bar(&mut inner, y, *at, bar, focused),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bar_asks_a_question_that_is_understood() {
        for (section, name, words) in FIXED {
            assert!(Bar::new(*section, name, words).is_some(), "{words}");
        }
        assert!(Bar::of_agent("x", "is:open is:unassigned").is_some_and(|bar| bar.due.is_some()));
    }

    #[test]
    fn hostile_names_stay_names() {
        let agent = AgentRow { name: SafeText::line("a\" is:closed \u{202e}b"), ..AgentRow::default() };
        let mut board = BoardPane::default();
        board.take_agents(&[agent]);
        let bar = board.bars.last().unwrap();
        assert_eq!(bar.query.terms.len(), 2, "{}", bar.words);
    }

    #[test]
    fn bars_are_never_longer_than_their_room_and_never_hide_what_is_there() {
        assert_eq!([length(0, 9, 10), length(1, 1_000_000, 10), length(9, 9, 10), length(5, 10, 10)], [0, 1, 10, 5]);
        assert_eq!(length(5, 5, 0), 0);
    }
}
