//! A drawer: a list to choose from over the dashboard's lower part.

use ratatui::style::Style;

use super::list::{Step, draw_cursor};
use crate::{
    keys::Hint,
    msg::Command,
    text::SafeText,
    ui::{Own, Painter, Role, hint_line},
};

/// How far a page goes; half of it is half a page.
const PAGE: usize = 10;

/// What is offered under a title, and the cursor.
#[derive(Clone, Debug)]
pub(super) struct Drawer<T> {
    title: SafeText,
    offers: Vec<T>,
    cursor: usize,
}

impl<T> Drawer<T> {
    /// Offers these, the cursor in this place.
    pub(super) fn new(title: SafeText, offers: Vec<T>, cursor: usize) -> Self {
        Self { title, offers, cursor }
    }

    /// The place of the cursor.
    pub(super) fn cursor(&self) -> usize {
        self.cursor
    }

    /// What the cursor is on.
    pub(super) fn selected(&self) -> Option<&T> {
        self.offers.get(self.cursor)
    }

    /// Moves the cursor; `false` where the command means no movement.
    pub(super) fn step(&mut self, command: Command) -> bool {
        let Some(step) = Step::of(command) else { return false };
        let last = self.offers.len().saturating_sub(1);
        let to = match step {
            Step::Up => self.cursor.saturating_sub(1),
            Step::Down => self.cursor + 1,
            Step::Top => 0,
            Step::Bottom => last,
            Step::HalfPageUp => self.cursor.saturating_sub(PAGE / 2),
            Step::HalfPageDown => self.cursor + PAGE / 2,
            Step::PageUp => self.cursor.saturating_sub(PAGE),
            Step::PageDown => self.cursor + PAGE,
        };
        self.cursor = to.min(last);
        true
    }

    /// Draws the drawer over the painter's lower part, as high as it needs to be and at most half as high as the painter. `row` draws one
    /// offer from column 2 on, in the style of the cursor's bar where it has one.
    pub(super) fn draw(&self, painter: &mut Painter<'_>, hints: &[Hint], row: impl Fn(&mut Painter<'_>, u16, &T, Option<Style>)) {
        let rows = painter.area().height;
        let most = (rows / 2).saturating_sub(3).max(1);
        let shown = u16::try_from(self.offers.len()).unwrap_or(u16::MAX).min(most);
        let mut part = painter.rows(rows.saturating_sub(shown + 3), shown + 3);
        part.clear(part.style(Role::Text));
        part.rows(0, 1).rule_h(0, &[]);
        part.put_cut(1, 1, &self.title, part.style(Role::Title), u16::MAX);
        let place = format!("{} of {}", self.cursor + 1, self.offers.len());
        part.put_right(0, 1, Own(&place), part.style(Role::Dim), part.cols().saturating_sub(1));
        let first = (self.cursor + 1).saturating_sub(usize::from(shown));
        for (y, (at, offer)) in (2..2 + shown).zip(self.offers.iter().enumerate().skip(first)) {
            let bar = draw_cursor(&mut part, y, (at == self.cursor).then_some(true));
            row(&mut part, y, offer, bar);
        }
        let hints: Vec<_> = hints.iter().map(|hint| (hint.keys.as_str(), hint.label)).collect();
        let room = part.cols().saturating_sub(2);
        hint_line(&mut part, 1, shown + 2, &hints, room);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cursor_stays_on_what_is_offered() {
        let mut drawer = Drawer::new(SafeText::line("title"), (0..13).collect(), 0);
        let mut after = |command| {
            assert!(drawer.step(command));
            *drawer.selected().unwrap()
        };
        assert_eq!([after(Command::Up), after(Command::HalfPageDown), after(Command::PageDown)], [0, 5, 12]);
        assert_eq!([after(Command::Down), after(Command::PageUp), after(Command::HalfPageUp)], [12, 2, 0]);
        assert_eq!([after(Command::Bottom), after(Command::Top)], [12, 0]);
        assert!(!drawer.step(Command::Accept));
    }
}
