//! How the line looks: what is typed, what it offers, what is wrong with it.

use ratatui::layout::{Position, Rect};

use super::{Prompt, PromptKind};
use crate::{
    text::SafeText,
    ui::{Painter, Role, width},
};

/// Cells of an offer's name where something may follow it.
const NAME_COLS: u16 = 20;
/// The column of what an offer does.
const HELP_AT: u16 = 32;

impl Prompt {
    /// Draws the line in `row`, with the commands that it offers above it; answers where the terminal's cursor is to be.
    pub fn draw(&self, painter: &mut Painter<'_>, row: Rect) -> Option<Position> {
        let mut line = painter.within(row);
        line.clear(line.style(Role::Input));
        let prompt = match self.kind {
            PromptKind::Filter | PromptKind::Find => "/",
            PromptKind::Command => ":",
        };
        line.put(0, 0, prompt, line.style(Role::HintKey), 1);
        let hint = match self.kind {
            PromptKind::Filter => "client:acme pri:<=2 -is:hold words",
            PromptKind::Find => "words in this ticket",
            PromptKind::Command => "a command",
        };
        let field = field_of(row);
        let cursor = self.field.draw(&mut painter.within(field), (0, 0), field.width, true, hint);
        if self.kind == PromptKind::Command {
            self.draw_commands(painter, row);
        }
        cursor
    }

    /// Draws in the row below the line what is wrong with its words or probably not meant, carets under them; answers whether
    /// anything is. While offers are walked they are shown.
    pub fn draw_complaint(&self, below: &mut Painter<'_>) -> bool {
        let Some(error) = self.told() else { return false };
        let cols = below.cols();
        let column = |at: usize| 1 + self.field.column(at, cols.saturating_sub(1));
        let start = column(error.span.start).min(cols.saturating_sub(1));
        let end = column(error.span.end).max(start + 1);
        let style = below.style(Role::Bad);
        for x in start..end {
            below.put(x, 0, "^", style, 1);
        }
        let words = SafeText::line(&error.to_string());
        let cells = width(&words);
        if end + 1 + cells <= cols || start < cells + 2 {
            below.put_cut(end + 1, 0, &words, style, u16::MAX);
        } else {
            below.put(start - cells - 1, 0, &words, style, cells);
        }
        true
    }

    /// Draws in the row below a filter what could be typed next; answers whether there is anything.
    pub fn draw_offers(&self, below: &mut Painter<'_>) -> bool {
        if self.kind == PromptKind::Command || self.offers.is_empty() {
            return false;
        }
        let mut x = 1 + below.put(1, 0, "tab", below.style(Role::HintKey), 3);
        let room = below.cols().saturating_sub(x);
        let cells = |from: usize, to: usize| {
            self.offers.iter().take(to + 1).skip(from).map(|offer| 2 + width(&offer.name)).fold(0, u16::saturating_add)
        };
        // The one that was put there stays in sight.
        let first = self.offered.map_or(0, |at| (0..at).find(|first| cells(*first, at) <= room).unwrap_or(at));
        for (index, offer) in self.offers.iter().enumerate().skip(first) {
            let role = if self.offered == Some(index) { Role::Accent } else { Role::HintLabel };
            if x + 2 + width(&offer.name) > below.cols() {
                break;
            }
            x += 2 + below.put(x + 2, 0, &offer.name, below.style(role), u16::MAX);
        }
        true
    }

    fn draw_commands(&self, painter: &mut Painter<'_>, row: Rect) {
        let shown = self.offers.len().min(usize::from(row.y).saturating_sub(4)).min(10);
        let rows = u16::try_from(shown).unwrap_or(0);
        let mut above = painter.within(Rect { y: row.y.saturating_sub(rows), height: rows, ..row });
        above.clear(above.style(Role::Text));
        let first = self.offered.map_or(0, |at| (at + 1).saturating_sub(shown));
        for (y, (index, offer)) in (0..rows).zip(self.offers.iter().enumerate().skip(first)) {
            let chosen = self.offered == Some(index);
            let (name, help) = if chosen { (Role::Accent, Role::Accent) } else { (Role::HintKey, Role::Dim) };
            if chosen {
                let bar = above.style(Role::Accent);
                above.rows(y, 1).clear(bar);
            }
            let room = if offer.argument.is_empty() { HELP_AT - 2 } else { NAME_COLS };
            let used = above.put_cut(1, y, &offer.name, above.style(name), room);
            above.put(2 + used, y, offer.argument, above.style(help), 16);
            above.put_cut(HELP_AT, y, &offer.help, above.style(help), u16::MAX);
        }
    }
}

/// The cells of `row` that hold what is typed.
fn field_of(row: Rect) -> Rect {
    Rect { x: row.x + 1, width: row.width.saturating_sub(1), ..row }
}
