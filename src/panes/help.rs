//! Every key of the place where help was asked for.

use super::list::Step;
use crate::{
    keys::{HelpEntry, HelpSection},
    msg::Command,
    ui::{Own, Painter, Role},
};

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
        let keys_cols = 24.min(area.width / 3);
        for (y, line) in (2..area.height.saturating_sub(2)).zip(self.lines().skip(self.top)) {
            match line {
                HelpLine::Title(title) => {
                    painter.put_cut(1, y, title, painter.style(Role::Title), u16::MAX);
                }
                HelpLine::Entry(entry) => {
                    painter.put_cut(3, y, Own(&entry.keys), painter.style(Role::HintKey), keys_cols);
                    painter.put_cut(4 + keys_cols, y, entry.command.help(), text, u16::MAX);
                }
            }
        }
        let shown = self.top + usize::from(area.height.saturating_sub(4));
        let more = if shown < self.lines().count() { "j more · " } else { "" };
        let words = format!("{more}esc back");
        painter.put_cut(1, area.height.saturating_sub(1), Own(&words), painter.style(Role::HintLabel), u16::MAX);
    }
}

/// One line of the overlay.
enum HelpLine<'a> {
    Title(&'static str),
    Entry(&'a HelpEntry),
}
