//! A short list to choose from and to put in order: by what rows are sorted, which columns they have, by what they are grouped.

use super::list::Step;
use crate::{
    msg::Command,
    text::SafeText,
    ui::{Own, Painter, Role, hint_line},
};

/// What is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choosing {
    /// The order of the rows.
    Sort,
    /// Their columns.
    Columns,
    /// What they are grouped by.
    Group,
    /// Which lists of Halo are views.
    Lists,
}

/// What is done with the choice under the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choose {
    /// Take it, and be done.
    Take,
    /// Add it or take it away.
    Toggle,
    /// Turn its direction round.
    Reverse,
    /// Put it further up.
    Earlier,
    /// Put it further down.
    Later,
}

/// One choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Its mark, where it is chosen.
    pub mark: String,
    /// What it is.
    pub label: SafeText,
    /// More about it.
    pub note: SafeText,
}

/// What a key did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChooserOutcome {
    /// Nothing that others need to know.
    Stay,
    /// The list goes.
    Close,
    /// This is to be done with the choice in this place.
    Do(Choose, usize),
}

/// The list over the dashboard's lower part.
#[derive(Clone, Debug)]
pub struct ChooserPane {
    /// What is chosen.
    pub choosing: Choosing,
    title: &'static str,
    choices: Vec<Choice>,
    cursor: usize,
}

/// Cells of a choice's mark.
const MARK_COLS: u16 = 4;
/// Cells of what it is.
const LABEL_COLS: u16 = 14;
/// Cells of a list's name.
const LIST_COLS: u16 = 36;

impl ChooserPane {
    /// The layers of its keys.
    pub const LAYERS: &'static [&'static str] = &["chooser", "move", "always"];

    /// Offers these, the cursor on one of them.
    pub fn new(choosing: Choosing, title: &'static str, choices: Vec<Choice>, cursor: usize) -> Self {
        Self { choosing, title, choices, cursor }
    }

    /// Does a command.
    pub fn command(&mut self, command: Command) -> ChooserOutcome {
        let last = self.choices.len().saturating_sub(1);
        if let Some(step) = Step::of(command) {
            let to = match step {
                Step::Up => self.cursor.saturating_sub(1),
                Step::Down => self.cursor + 1,
                Step::Top => 0,
                Step::Bottom => last,
                Step::HalfPageUp | Step::PageUp => self.cursor.saturating_sub(5),
                Step::HalfPageDown | Step::PageDown => self.cursor + 5,
            };
            self.cursor = to.min(last);
            return ChooserOutcome::Stay;
        }
        let choose = match command {
            Command::Accept => Choose::Take,
            Command::Toggle => Choose::Toggle,
            Command::Sort => Choose::Reverse,
            Command::Earlier => Choose::Earlier,
            Command::Later => Choose::Later,
            Command::Back => return ChooserOutcome::Close,
            _ => return ChooserOutcome::Stay,
        };
        ChooserOutcome::Do(choose, self.cursor)
    }

    /// Draws the list over the painter's lower part, at most half as high as the painter.
    pub fn draw(&self, painter: &mut Painter<'_>, hints: &[(&str, &'static str)]) {
        let rows = painter.area().height;
        let most = (rows / 2).saturating_sub(3).max(1);
        let shown = u16::try_from(self.choices.len()).unwrap_or(u16::MAX).min(most);
        let mut part = painter.rows(rows.saturating_sub(shown + 3), shown + 3);
        part.clear(part.style(Role::Text));
        part.rows(0, 1).rule_h(0, &[]);
        part.put_cut(1, 1, self.title, part.style(Role::Title), u16::MAX);
        let label_cols = if self.choosing == Choosing::Lists { LIST_COLS } else { LABEL_COLS };
        let first = (self.cursor + 1).saturating_sub(usize::from(shown));
        for (y, (at, choice)) in (2..2 + shown).zip(self.choices.iter().enumerate().skip(first)) {
            let bar = part.style(Role::Accent);
            let chosen = at == self.cursor;
            if chosen {
                part.rows(y, 1).clear(bar);
                part.put(0, y, part.glyphs().marker, bar, 1);
            }
            let style = |part: &Painter<'_>, role| if chosen { bar } else { part.style(role) };
            part.put(2, y, Own(&choice.mark), style(&part, Role::Marker), MARK_COLS - 1);
            part.put(2 + MARK_COLS, y, &choice.label, style(&part, Role::Text), label_cols - 1);
            part.put_cut(2 + MARK_COLS + label_cols, y, &choice.note, style(&part, Role::Dim), u16::MAX);
        }
        hint_line(&mut part, 1, shown + 2, hints, u16::MAX);
    }
}
