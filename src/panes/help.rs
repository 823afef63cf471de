//! Every key of the place where help was asked for.

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
    top: usize,
    /// What is looked for, as it was typed.
    words: String,
    typing: bool,
}

/// Rows of a fault that are shown at most: it quotes the file.
const MOST_OF_A_FAULT: usize = 5;
/// Characters of what is looked for: more say no more.
const MOST_TYPED: usize = 40;

impl HelpPane {
    /// The layers of its own keys.
    #[must_use]
    pub fn layers(&self) -> &'static [&'static str] {
        if self.typing { &["help-find", "always"] } else { &["help", "move", "always"] }
    }

    /// Shows these sections, and what is wrong with the operator's own files.
    pub fn new(sections: Vec<HelpSection>, faults: Vec<SafeText>) -> Self {
        Self { sections, faults, top: 0, words: String::new(), typing: false }
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
        let lines = self.lines().count();
        let top = match Step::of(command) {
            Some(Step::Up) => self.top.saturating_sub(1),
            Some(Step::Down) => self.top + 1,
            Some(Step::Top) => 0,
            Some(Step::Bottom) => lines,
            Some(Step::HalfPageUp | Step::PageUp) => self.top.saturating_sub(10),
            Some(Step::HalfPageDown | Step::PageDown) => self.top + 10,
            None => return false,
        };
        self.top = top.min(lines.saturating_sub(1));
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

    /// Draws the overlay over the whole painter.
    pub fn draw(&self, painter: &mut Painter<'_>) {
        let area = painter.area();
        let text = painter.style(Role::Text);
        painter.clear(text);
        painter.put(1, 0, "Keys of this place", painter.style(Role::Header), u16::MAX);
        let widest = self.lines().filter_map(HelpLine::keys).map(|keys| width(Own(keys))).max().unwrap_or_default();
        let keys_cols = widest.min(area.width / 3);
        let (x, bottom) = (KEYS_AT + keys_cols + 2, area.height.saturating_sub(2));
        let mut lines = self.lines().skip(self.top).peekable();
        let mut y = 2;
        while let Some(line) = lines.peek() {
            match line {
                HelpLine::Title(title) if y < bottom => {
                    painter.put_cut(1, y, *title, painter.style(Role::Title), u16::MAX);
                    y += 1;
                }
                HelpLine::Entry(entry) => {
                    // What does not fit goes on below: help that is cut off helps nobody.
                    let parts = wrap(entry.command.help(), usize::from(area.width.saturating_sub(x + 1)));
                    if usize::from(bottom.saturating_sub(y)) < parts.len() {
                        break;
                    }
                    painter.put_cut(KEYS_AT, y, Own(&entry.keys), painter.style(Role::HintKey), keys_cols);
                    for part in parts {
                        painter.put_cut(x, y, Own(&part), text, u16::MAX);
                        y += 1;
                    }
                }
                HelpLine::Fault(fault) => {
                    let mut parts = wrap(fault.as_str(), usize::from(area.width.saturating_sub(KEYS_AT + 1)));
                    parts.truncate(MOST_OF_A_FAULT);
                    if usize::from(bottom.saturating_sub(y)) < parts.len() {
                        break;
                    }
                    for part in parts {
                        painter.put_cut(KEYS_AT, y, Own(&part), painter.style(Role::Warn), u16::MAX);
                        y += 1;
                    }
                }
                HelpLine::Title(_) => break,
            }
            lines.next();
        }
        let dot = painter.glyphs().dot;
        let last = area.height.saturating_sub(1);
        if y == 2 && !self.words.is_empty() {
            painter.put_cut(1, y, "No key of this place says that.", painter.style(Role::Dim), u16::MAX);
        }
        if self.typing {
            let words = SafeText::line(&format!("/ {}_", self.words));
            painter.put_cut(1, last, &words, painter.style(Role::InputFocused), u16::MAX);
            return;
        }
        let more = if lines.peek().is_some() { format!("j more {dot} ") } else { String::new() };
        let found = if self.words.is_empty() { "/ find".to_owned() } else { format!("/ {}", self.words) };
        let words = SafeText::line(&format!("{more}{found} {dot} esc back"));
        painter.put_cut(1, last, &words, painter.style(Role::HintLabel), u16::MAX);
    }
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
