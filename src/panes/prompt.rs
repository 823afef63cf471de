//! The line at the bottom that is typed into: the filter of a list, or a command.

use ratatui::layout::{Position, Rect};

use super::input;
use crate::{
    msg::{Command, Key},
    text::SafeText,
    ui::{Field, Painter, Role},
};

/// What the line is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PromptKind {
    /// Narrows what is listed, as it is typed.
    Filter,
    /// A command of the program.
    Command,
}

/// What typing did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PromptOutcome {
    /// Nothing that others need to know.
    Stay,
    /// The words are these now.
    Changed(String),
    /// Enter.
    Accepted(String),
    /// Esc: the line goes, its words are kept.
    Closed(String),
}

/// The line: its words, what can be offered, what was wrong.
#[derive(Debug)]
pub struct Prompt {
    kind: PromptKind,
    field: Field,
    /// Earlier words, the newest last.
    history: Vec<String>,
    /// Index into `history` while walking it.
    back: Option<usize>,
    offers: Vec<Command>,
    /// Index into `offers`, once one was walked to.
    offered: Option<usize>,
    complaint: Option<String>,
}

impl Prompt {
    /// Opens a line with words in it.
    pub fn new(kind: PromptKind, words: &str, history: Vec<String>) -> Self {
        Self { kind, field: Field::new(words), history, back: None, offers: Vec::new(), offered: None, complaint: None }
    }

    /// What it is for.
    pub fn kind(&self) -> PromptKind {
        self.kind
    }

    /// What was typed.
    pub fn words(&self) -> String {
        self.field.value().to_owned()
    }

    /// The layers of its keys.
    pub fn layers(&self) -> &'static [&'static str] {
        match self.kind {
            PromptKind::Filter => &["filter", "always"],
            PromptKind::Command => &["command-line", "always"],
        }
    }

    /// Says what is wrong with the words, or that nothing is.
    pub fn complain(&mut self, complaint: Option<String>) {
        self.complaint = complaint;
    }

    /// Offers commands that the words may mean.
    pub fn offer(&mut self, offers: Vec<Command>) {
        self.offers = offers;
        self.offered = None;
    }

    /// A key that is text.
    pub fn typed(&mut self, key: Key) -> PromptOutcome {
        match input(key) {
            Some(key) if self.field.handle(&key) => self.edited(),
            _ => PromptOutcome::Stay,
        }
    }

    /// Pasted text.
    pub fn paste(&mut self, text: &str) -> PromptOutcome {
        self.field.paste(text);
        self.edited()
    }

    /// Does a command.
    pub fn command(&mut self, command: Command) -> PromptOutcome {
        match command {
            Command::Accept => {
                self.take_offer();
                PromptOutcome::Accepted(self.words())
            }
            Command::Back => PromptOutcome::Closed(self.words()),
            Command::ClearInput => {
                self.field.clear();
                self.edited()
            }
            Command::Complete if self.kind == PromptKind::Command => {
                self.offered = self.offered.or((!self.offers.is_empty()).then_some(0));
                self.take_offer();
                self.edited()
            }
            Command::Up | Command::Down => self.walk(command == Command::Up),
            _ => PromptOutcome::Stay,
        }
    }

    fn edited(&mut self) -> PromptOutcome {
        self.back = None;
        PromptOutcome::Changed(self.words())
    }

    /// Up and down walk the offers of a command line and the history of a filter.
    fn walk(&mut self, up: bool) -> PromptOutcome {
        if self.kind == PromptKind::Command {
            let last = self.offers.len().saturating_sub(1);
            self.offered = match self.offered {
                _ if self.offers.is_empty() => None,
                None if up => Some(last),
                None => Some(0),
                Some(at) if up => Some(at.checked_sub(1).unwrap_or(last)),
                Some(at) => Some(if at == last { 0 } else { at + 1 }),
            };
            return PromptOutcome::Stay;
        }
        let at = self.back.unwrap_or(self.history.len());
        let next = if up { at.saturating_sub(1) } else { (at + 1).min(self.history.len()) };
        let Some(words) = self.history.get(next) else { return PromptOutcome::Stay };
        self.field = Field::new(words);
        self.back = Some(next);
        PromptOutcome::Changed(self.words())
    }

    /// Puts the offered command's name where the first word is.
    fn take_offer(&mut self) {
        if let Some(command) = self.offered.take().and_then(|at| self.offers.get(at)) {
            let words = self.words();
            let rest = words.split_once(char::is_whitespace).map_or("", |(_, rest)| rest);
            let space = if rest.is_empty() && command.argument().is_none() { "" } else { " " };
            self.field = Field::new(&format!("{}{space}{rest}", command.name()));
        }
    }
}

impl Prompt {
    /// Draws the line in `row`, with what it offers or complains about above it; answers where the terminal's cursor is to be.
    pub fn draw(&self, painter: &mut Painter<'_>, row: Rect) -> Option<Position> {
        let mut line = painter.within(row);
        line.clear(line.style(Role::Input));
        let prompt = match self.kind {
            PromptKind::Filter => "/",
            PromptKind::Command => ":",
        };
        line.put(0, 0, prompt, line.style(Role::HintKey), 1);
        let hint = match self.kind {
            PromptKind::Filter => "client:acme pri:<=2 -status:hold words",
            PromptKind::Command => "a command",
        };
        let field = Rect { x: row.x + 1, width: row.width.saturating_sub(1), ..row };
        let cursor = self.field.draw(&mut painter.within(field), (0, 0), field.width, true, hint);
        self.draw_above(painter, row);
        cursor
    }

    fn draw_above(&self, painter: &mut Painter<'_>, row: Rect) {
        if let Some(complaint) = &self.complaint {
            let mut above = painter.within(Rect { y: row.y.saturating_sub(1), ..row });
            above.clear(above.style(Role::Text));
            above.put_cut(1, 0, &SafeText::line(complaint), above.style(Role::Bad), u16::MAX);
            return;
        }
        let shown = self.offers.len().min(usize::from(row.y).saturating_sub(4)).min(10);
        let rows = u16::try_from(shown).unwrap_or(0);
        let mut above = painter.within(Rect { y: row.y.saturating_sub(rows), height: rows, ..row });
        above.clear(above.style(Role::Text));
        let first = self.offered.map_or(0, |at| (at + 1).saturating_sub(shown));
        for (y, (index, command)) in (0..rows).zip(self.offers.iter().enumerate().skip(first)) {
            let chosen = self.offered == Some(index);
            let (name, help) = if chosen { (Role::Accent, Role::Accent) } else { (Role::HintKey, Role::Dim) };
            if chosen {
                let bar = above.style(Role::Accent);
                above.rows(y, 1).clear(bar);
            }
            let argument = command.argument().unwrap_or_default();
            let used = above.put(1, y, command.name(), above.style(name), 20);
            above.put(2 + used, y, argument, above.style(help), 16);
            above.put_cut(32, y, command.help(), above.style(help), u16::MAX);
        }
    }
}
