//! Draws the ticket list: the line of views above it, its rows.

use super::{
    super::views::EVERYTHING,
    TicketsPane, columns,
    row::{self, GUTTER},
};
use crate::{
    domain::GroupedRow,
    msg::Now,
    text::SafeText,
    ui::{Painter, Role, layout, width},
};

/// Cells beside the tabs that are kept for what narrows the tickets.
const NARROWED_CELLS: u16 = 40;

impl TicketsPane {
    /// Draws the views and what narrows the one that is shown.
    pub(super) fn paint_head(&self, painter: &mut Painter<'_>, now: Now) {
        let narrowed = match (self.narrowed(), self.list_age(now.wall)) {
            (Some(words), Some(age)) => Some(SafeText::line(&format!("{age}, {words}"))),
            (words, age) => words.or_else(|| age.map(|age| SafeText::line(&age))),
        };
        let cols = painter.cols();
        let beside = narrowed.as_ref().map_or(0, |words| (width(words) + 5).min(NARROWED_CELLS.min(cols / 2)));
        let x = self.views.draw_tabs(painter, cols.saturating_sub(beside));
        if let Some(words) = narrowed {
            let room = cols.saturating_sub(x + 4).min(width(&words));
            let x = cols.saturating_sub(room + 1);
            painter.put(x.saturating_sub(2), 0, "/ ", painter.style(Role::HintKey), 2);
            painter.put_cut(x, 0, &words, painter.style(Role::Dim), room);
        }
    }

    /// What narrows the tickets beyond the view.
    pub(super) fn narrowed(&self) -> Option<SafeText> {
        let words = self.views.current().words.trim();
        let client = self.client.as_ref().map(|(_, name)| name.as_str());
        match (client, words) {
            (None, "") => None,
            (Some(client), "") => Some(SafeText::line(client)),
            (None, words) => Some(SafeText::line(words)),
            (Some(client), words) => Some(SafeText::line(&format!("{client}: {words}"))),
        }
    }

    /// Draws the titles and the rows.
    pub(super) fn paint(&self, painter: &mut Painter<'_>, now: Now, focused: bool) {
        let tab = self.views.current();
        let (shown, specs) = columns::shown(tab.columns(), painter.look().is_lean());
        let slots = layout::columns(painter.cols().saturating_sub(GUTTER), &specs);
        let slots: Vec<_> = slots.iter().filter_map(|slot| Some((*shown.get(slot.index)?, *slot))).collect();
        row::draw_titles(painter, &slots, &tab.shown_sort());
        for (y, (row, cursor)) in (1..).zip(self.list.visible()) {
            let cursor = cursor.then_some(focused);
            match row {
                GroupedRow::Ticket(row) => row::draw_row(painter, y, row, &slots, &self.marks, now, cursor),
                GroupedRow::Group(row) => row::draw_group(painter, y, row, cursor),
            }
        }
        if self.list.is_unread() || (self.list.is_loaded() && self.list.selected().is_none()) {
            let words = match tab.words.trim() {
                _ if self.list.is_unread() => "These tickets could not be read.".to_owned(),
                "" => "No ticket is in this view.".to_owned(),
                _ if tab.view.name.as_str() == EVERYTHING => "No ticket fits; esc widens the filter.".to_owned(),
                _ => format!("No ticket fits; esc widens the filter, :view {EVERYTHING} has closed ones too."),
            };
            painter.put_cut(GUTTER, 2, &SafeText::line(&words), painter.style(Role::Dim), u16::MAX);
        }
    }
}
