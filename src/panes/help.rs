//! Every key of the place where help was asked for.

use std::borrow::Cow;

use super::list::Step;
use crate::{
    keys::{HelpEntry, HelpSection},
    msg::{Command, Key, KeyCode},
    text::{SafeText, fold, wrap},
    ui::{Own, Painter, Role, width},
};

/// The column of the keys.
const KEYS_AT: u16 = 3;

/// The help overlay: sections of keys, scrolled.
#[derive(Debug)]
pub struct HelpPane {
    sections: Vec<HelpSection>,
    /// What is wrong with the operator's own files.
    faults: Vec<SafeText>,
    /// Columns and rows of the screen.
    size: (u16, u16),
    /// The first row that is shown.
    top: usize,
    /// What is looked for, as it was typed.
    words: String,
    typing: bool,
}

/// The first row of what is told.
const TOP: u16 = 2;
/// Rows that are kept below it.
const BELOW: u16 = 2;
/// Rows that one line takes at most: a fault quotes its file.
const MOST_OF_A_LINE: usize = 5;
/// Characters of what is looked for: more say no more.
const MOST_TYPED: usize = 40;

impl HelpPane {
    /// The layers of its own keys.
    #[must_use]
    pub fn layers(&self) -> &'static [&'static str] {
        if self.typing { &["help-find", "always"] } else { &["help", "move", "always"] }
    }

    /// Shows these sections, and what is wrong with the operator's own files.
    pub fn new(sections: Vec<HelpSection>, faults: Vec<SafeText>, size: (u16, u16)) -> Self {
        Self { sections, faults, size, top: 0, words: String::new(), typing: false }
    }

    /// The screen has this size now.
    pub fn resize(&mut self, cols: u16, rows: u16) {
        self.size = (cols, rows);
        self.scroll_to(self.top);
    }

    /// Rows between the title and the last line.
    fn page(&self) -> usize {
        usize::from(self.size.1.saturating_sub(TOP + BELOW)).max(1)
    }

    /// The last row never stands higher than at the end of the page.
    fn scroll_to(&mut self, top: usize) {
        self.top = top.min(self.rows(self.size.0).len().saturating_sub(self.page()));
    }

    /// Does a command; `false` where help is to be closed.
    pub fn command(&mut self, command: Command) -> bool {
        match command {
            Command::Find => {
                self.typing = true;
                return true;
            }
            Command::Accept => {
                self.typing = false;
                return true;
            }
            Command::ClearInput => {
                self.look_for(String::new());
                return true;
            }
            // What was typed goes first, then the help.
            Command::Back if self.typing || !self.words.is_empty() => {
                self.typing = false;
                self.look_for(String::new());
                return true;
            }
            _ => {}
        }
        let page = self.page();
        self.scroll_to(match Step::of(command) {
            Some(Step::Up) => self.top.saturating_sub(1),
            Some(Step::Down) => self.top + 1,
            Some(Step::Top) => 0,
            Some(Step::Bottom) => usize::MAX,
            Some(Step::HalfPageUp) => self.top.saturating_sub((page / 2).max(1)),
            Some(Step::HalfPageDown) => self.top + (page / 2).max(1),
            Some(Step::PageUp) => self.top.saturating_sub(page),
            Some(Step::PageDown) => self.top + page,
            None => return false,
        });
        true
    }

    /// Takes a key of what is looked for.
    pub fn typed(&mut self, key: Key) {
        if !self.typing || key.ctrl || key.alt {
            return;
        }
        let mut words = std::mem::take(&mut self.words);
        match key.code {
            KeyCode::Char(c) if words.chars().count() < MOST_TYPED => words.push(c),
            KeyCode::Backspace => drop(words.pop()),
            _ => {}
        }
        self.look_for(words);
    }

    fn look_for(&mut self, words: String) {
        self.words = words;
        self.top = 0;
    }

    /// The lines: what is wrong, then a section's title, or a key with what it does; of what is looked for only those that say
    /// all of its words.
    fn lines(&self) -> impl Iterator<Item = HelpLine<'_>> {
        let words = fold(&self.words);
        let wanted: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
        let says = move |text: &str| {
            let text = fold(text);
            wanted.iter().all(|word| text.contains(word.as_str()))
        };
        let faults: Vec<_> = self.faults.iter().filter(|fault| says(fault.as_str())).map(HelpLine::Fault).collect();
        let title = (!faults.is_empty()).then_some(HelpLine::Title("What could not be used"));
        let keys = self.sections.iter().flat_map(move |section| {
            let says = |entry: &&HelpEntry| says(&format!("{} {} {}", entry.keys, entry.command.name(), entry.command.help()));
            let entries: Vec<_> = section.entries.iter().filter(says).map(HelpLine::Entry).collect();
            let title = (!entries.is_empty()).then_some(HelpLine::Title(section.title));
            title.into_iter().chain(entries)
        });
        title.into_iter().chain(faults).chain(keys)
    }

    /// All rows for so many columns: what does not fit beside its keys goes on below; help that is cut off helps nobody.
    fn rows(&self, cols: u16) -> Vec<Row<'_>> {
        let widest = self.lines().filter_map(HelpLine::keys).map(|keys| width(Own(keys))).max().unwrap_or_default();
        let beside = KEYS_AT + widest.min(cols / 3) + 2;
        let mut rows = Vec::new();
        for line in self.lines() {
            let (keys, x, words, role) = match line {
                HelpLine::Title(title) => ("", 1, title, Role::Title),
                HelpLine::Fault(fault) => ("", KEYS_AT, fault.as_str(), Role::Warn),
                HelpLine::Entry(entry) => (entry.keys.as_str(), beside, entry.command.help(), Role::Text),
            };
            let parts = wrap(words, usize::from(cols.saturating_sub(x + 1)));
            for (nth, words) in parts.into_iter().take(MOST_OF_A_LINE).enumerate() {
                rows.push(Row { keys: if nth == 0 { keys } else { "" }, x, words, role });
            }
        }
        rows
    }

    /// Draws the overlay over the whole painter.
    pub fn draw(&self, painter: &mut Painter<'_>) {
        painter.clear(painter.style(Role::Text));
        painter.put(1, 0, "Keys of this place", painter.style(Role::Header), u16::MAX);
        let rows = self.rows(painter.cols());
        let page = self.page();
        for (y, row) in (TOP..).zip(rows.iter().skip(self.top).take(page)) {
            let keys_cols = row.x.saturating_sub(KEYS_AT + 2);
            painter.put_cut(KEYS_AT, y, Own(row.keys), painter.style(Role::HintKey), keys_cols);
            painter.put_cut(row.x, y, Own(&row.words), painter.style(row.role), u16::MAX);
        }
        if rows.is_empty() {
            painter.put_cut(1, TOP, "No key of this place says that.", painter.style(Role::Dim), u16::MAX);
        }
        let dot = painter.glyphs().dot;
        let last = painter.area().height.saturating_sub(1);
        if self.typing {
            let words = SafeText::line(&format!("/ {}_", self.words));
            painter.put_cut(1, last, &words, painter.style(Role::InputFocused), u16::MAX);
            return;
        }
        let more = if rows.len() > self.top + page { format!("j more {dot} ") } else { String::new() };
        let found = if self.words.is_empty() { "/ find".to_owned() } else { format!("/ {}", self.words) };
        let words = SafeText::line(&format!("{more}{found} {dot} esc back"));
        painter.put_cut(1, last, &words, painter.style(Role::HintLabel), u16::MAX);
    }
}

/// One row of the overlay.
struct Row<'a> {
    /// The keys; nothing where the row goes on with what stands above.
    keys: &'a str,
    /// The column of the words.
    x: u16,
    words: Cow<'a, str>,
    role: Role,
}

/// One line of the overlay, or several where what it says is long.
#[derive(Clone, Copy)]
enum HelpLine<'a> {
    Title(&'static str),
    Fault(&'a SafeText),
    Entry(&'a HelpEntry),
}

impl<'a> HelpLine<'a> {
    fn keys(self) -> Option<&'a str> {
        match self {
            Self::Title(_) | Self::Fault(_) => None,
            Self::Entry(entry) => Some(&entry.keys),
        }
    }
}
