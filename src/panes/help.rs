//! Every key of the place where help was asked for.

use super::list::Step;
use crate::{
    keys::{HelpEntry, HelpSection},
    msg::Command,
    text::wrap,
    ui::{Own, Painter, Role, width},
};

/// The column of the keys.
const KEYS_AT: u16 = 3;

/// The help overlay: sections of keys, scrolled.
#[derive(Debug)]
pub struct HelpPane {
    sections: Vec<HelpSection>,
    top: usize,
}

impl HelpPane {
    /// The layers of its own keys.
    pub const LAYERS: &'static [&'static str] = &["help", "move", "always"];

    /// Shows these sections.
    pub fn new(sections: Vec<HelpSection>) -> Self {
        Self { sections, top: 0 }
    }

    /// Does a command; `false` where help is to be closed.
    pub fn command(&mut self, command: Command) -> bool {
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

    /// The lines: a section's title, or a key with what it does.
    fn lines(&self) -> impl Iterator<Item = HelpLine<'_>> {
        self.sections.iter().flat_map(|section| {
            let entries = section.entries.iter().map(HelpLine::Entry);
            [HelpLine::Title(section.title)].into_iter().chain(entries)
        })
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
                HelpLine::Title(_) => break,
            }
            lines.next();
        }
        let dot = painter.glyphs().dot;
        let more = if lines.peek().is_some() { format!("j more {dot} ") } else { String::new() };
        let words = format!("{more}esc back");
        painter.put_cut(1, area.height.saturating_sub(1), Own(&words), painter.style(Role::HintLabel), u16::MAX);
    }
}

/// One line of the overlay, or several where what it says is long.
#[derive(Clone, Copy)]
enum HelpLine<'a> {
    Title(&'static str),
    Entry(&'a HelpEntry),
}

impl<'a> HelpLine<'a> {
    fn keys(self) -> Option<&'a str> {
        match self {
            Self::Title(_) => None,
            Self::Entry(entry) => Some(&entry.keys),
        }
    }
}
