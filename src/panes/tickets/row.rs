//! How one ticket looks in the list.

use ratatui::style::Style;

use super::{
    super::list::draw_cursor,
    columns::{Cell, Column},
};
use crate::{
    domain::{Burn, GroupRow, TicketRow, grouped},
    msg::Now,
    query::{Marks, NameKey, Sort, SortKey},
    text::SafeText,
    ui::{
        Glyphs, Own, Painter, Role, burn_down,
        layout::{Align, ColumnSlot},
        width,
    },
};

/// Cells before the columns: the cursor's mark, the state's mark, the mark of what changed.
pub(super) const GUTTER: u16 = 3;
/// A target that so many minutes or fewer are left to is near.
const NEAR: i64 = 60;

/// Draws the titles; those that order the rows bear a mark of the direction, and of their rank where there are several.
pub(super) fn draw_titles(painter: &mut Painter<'_>, slots: &[(&'static Column, ColumnSlot)], sort: &[Sort]) {
    let style = painter.style(Role::Title);
    for (column, slot) in slots {
        let rank = column.sort.and_then(|key| sort.iter().position(|sort| sort.key == key));
        let mark = rank.and_then(|rank| Some((rank, sort.get(rank)?))).map(|(rank, key)| {
            let glyphs = painter.glyphs();
            let arrow = if rises(key.key) == key.reverse { glyphs.falling } else { glyphs.rising };
            if sort.len() > 1 { format!("{arrow}{}", rank + 1) } else { arrow.to_owned() }
        });
        let mark = mark.unwrap_or_default();
        let mark = Own(&mark);
        let cells = width(column.spec.title).min(slot.width.saturating_sub(width(mark)));
        let x = GUTTER + slot.x + if column.spec.align == Align::Right { slot.width - cells - width(mark) } else { 0 };
        painter.put(x, 0, column.spec.title, style, cells);
        painter.put(x + cells, 0, mark, style, width(mark));
    }
}

/// Whether what the column shows begins with the least where the order is the natural one.
fn rises(key: SortKey) -> bool {
    !matches!(key, SortKey::Id | SortKey::Age | SortKey::Opened)
}

/// How a ticket stands towards its next target, as a mark in front of its row.
fn mark(row: &TicketRow, burn: &Burn, glyphs: &Glyphs) -> (&'static str, Role) {
    if row.unreadable.is_some() {
        return ("?", Role::Bad);
    }
    if row.is_closed {
        return (" ", Role::Dim);
    }
    if row.on_hold {
        // In the colour of the text: on every third row another would cost more than the mark.
        return (glyphs.hold, Role::Text);
    }
    match burn {
        // In the colour of the text too: where what breaches next stands on top, it is every row of the screen.
        Burn::Running { missed: true, .. } => (glyphs.breached, Role::Text),
        Burn::Running { left: ..=NEAR, .. } => (glyphs.near, Role::Warn),
        _ => (" ", Role::Text),
    }
}

/// Draws a group's heading in row `y`: whether it is folded, its name, how many tickets it has.
pub(super) fn draw_group(painter: &mut Painter<'_>, y: u16, row: &GroupRow, cursor: Option<bool>) {
    let bar = draw_cursor(painter, y, cursor);
    let style = |painter: &Painter<'_>, role: Role| bar.unwrap_or_else(|| painter.style(role));
    let (title, dim) = (style(painter, Role::Title), style(painter, Role::Dim));
    painter.put(1, y, if row.folded { "+" } else { "-" }, title, 1);
    let count = grouped(row.count);
    let room = painter.cols().saturating_sub(GUTTER + 1 + width(Own(&count)));
    let used = if row.name.is_empty() {
        painter.put(GUTTER, y, painter.glyphs().none, title, room)
    } else {
        painter.put_cut(GUTTER, y, &row.name, title, room)
    };
    painter.put(GUTTER + used + 1, y, Own(&count), dim, u16::MAX);
}

/// Draws a ticket in row `y`: the cursor, the mark, a cell for each column that has a place.
pub(super) fn draw_row(
    painter: &mut Painter<'_>,
    y: u16,
    row: &TicketRow,
    slots: &[(&'static Column, ColumnSlot)],
    marks: &Marks,
    now: Now,
    cursor: Option<bool>,
) {
    let glyphs = *painter.glyphs();
    let bar = draw_cursor(painter, y, cursor);
    let burn = Burn::of(row, now.wall);
    let (mark, role) = mark(row, &burn, &glyphs);
    let style = |painter: &Painter<'_>, role: Role| bar.unwrap_or_else(|| painter.style(role));
    painter.put(1, y, mark, style(painter, role), 1);
    if row.changed {
        painter.put(2, y, glyphs.changed, style(painter, Role::Changed), 1);
    }
    let plain = style(painter, if row.is_closed { Role::Dim } else { Role::Text });
    for (column, slot) in slots {
        let x = GUTTER + slot.x;
        match (column.cell)(row) {
            Cell::Number(number) => {
                painter.put_right(x, y, Own(&number), plain, slot.width);
            }
            Cell::Text(text, key) => {
                painter.put_cut(x, y, text, plain, slot.width);
                draw_marks(painter, (x, y), text, key, marks, bar, slot.width);
            }
            Cell::Halo(label, key) => {
                let style = bar.unwrap_or_else(|| painter.look().halo(label.colour));
                painter.put_cut(x, y, &label.name, style, slot.width);
                if key.is_some() {
                    draw_marks(painter, (x, y), &label.name, key, marks, bar, slot.width);
                }
            }
            Cell::Burn => burn_down(painter, x, y, &burn, plain),
            Cell::Age(Some(then)) => {
                painter.put_right(x, y, &painter.look().short_time(now.wall, then), plain, slot.width);
            }
            Cell::Age(None) => {
                painter.put_right(x, y, glyphs.none, plain, slot.width);
            }
            Cell::Unreadable(reason) => {
                let words = SafeText::line(&format!("unreadable: {reason}"));
                painter.put_cut(x, y, &words, style(painter, Role::Bad), slot.width);
            }
            Cell::Nothing => {
                // No look of its own: that would cost five bytes a row wherever nobody is assigned.
                painter.put(x, y, glyphs.none, plain, slot.width);
            }
        }
    }
}

/// Marks what the filter's words found in a text.
fn draw_marks(
    painter: &mut Painter<'_>,
    (x, y): (u16, u16),
    text: &SafeText,
    key: Option<NameKey>,
    marks: &Marks,
    bar: Option<Style>,
    cells: u16,
) {
    if marks.is_empty() {
        return;
    }
    // On the cursor's bar a line below the words is left of the mark: another colour would break the bar.
    let style = bar.map_or_else(|| painter.style(Role::Match), Style::underlined);
    painter.mark(x, y, text, &marks.within(key, text.as_str()), style, cells);
}
