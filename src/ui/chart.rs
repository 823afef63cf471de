//! Bars: ratatui's charts in the marks and roles of the look.

use ratatui::{
    layout::Direction,
    style::Style,
    symbols::bar::Set,
    widgets::{Bar, BarChart, BarGroup},
};

use super::{Glyphs, Painter};

/// The cells of a bar: all for the most, one at least for what is not nothing.
fn bar_length(n: u64, most: u64, room: u16) -> u16 {
    if n == 0 || most == 0 {
        return 0;
    }
    let cells = u128::from(n) * u128::from(room) / u128::from(most);
    u16::try_from(cells).unwrap_or(room).clamp(room.min(1), room)
}

/// Draws a bar across, `room` cells for the most, and answers the cells it took.
pub fn bar(painter: &mut Painter<'_>, (x, y): (u16, u16), n: u64, most: u64, room: u16, style: Style) -> u16 {
    let cells = bar_length(n, most, room);
    let chart = BarChart::default()
        .direction(Direction::Horizontal)
        .bar_set(Set { full: painter.glyphs().bar, ..set(painter.glyphs()) })
        .max(u64::from(cells))
        .data(BarGroup::new([one(u64::from(cells), style)]));
    if cells > 0 {
        painter.widget(x, y, cells, 1, chart);
    }
    cells
}

/// A column of a chart: how much, and in which style.
pub type Column = (u64, Style);

/// Draws columns side by side, `rows` cells for the most, each `cols` cells wide.
pub fn columns(painter: &mut Painter<'_>, (x, y): (u16, u16), rows: u16, cols: u16, columns: &[Column], most: u64) {
    // In eighths of a cell, so that what is not nothing can be seen.
    let height = rows.saturating_mul(8);
    let bars: Vec<Bar<'_>> = columns.iter().map(|(n, style)| one(u64::from(bar_length(*n, most, height)), *style)).collect();
    let gap = u16::from(cols > 1);
    let chart = BarChart::default()
        .bar_set(set(painter.glyphs()))
        .bar_width(cols - gap)
        .bar_gap(gap)
        .max(u64::from(height))
        .data(BarGroup::new(bars));
    let all = u16::try_from(columns.len()).unwrap_or(u16::MAX).saturating_mul(cols);
    painter.widget(x, y, all, rows, chart);
}

fn one<'a>(n: u64, style: Style) -> Bar<'a> {
    // The number is told elsewhere: in the bar there is no room for it.
    Bar::new(n).style(style).text_value("")
}

fn set(glyphs: &Glyphs) -> Set<'static> {
    let [one_eighth, one_quarter, three_eighths, half, five_eighths, three_quarters, seven_eighths, full] = glyphs.levels;
    Set { full, seven_eighths, three_quarters, five_eighths, half, three_eighths, one_quarter, one_eighth, empty: " " }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::{buffer::Buffer, layout::Rect};

    use super::*;
    use crate::ui::{ColourDepth, Look, Theme};

    fn drawn(glyphs: &Glyphs, rows: u16, draw: impl FnOnce(&mut Painter<'_>)) -> Vec<String> {
        let area = Rect::new(0, 0, 10, rows);
        let mut buf = Buffer::empty(area);
        let look = Look::new(&Theme::default(), ColourDepth::Mono, *glyphs, false);
        draw(&mut Painter::new(&mut buf, area, &look));
        buf.content().chunks(10).map(|row| row.iter().map(ratatui::buffer::Cell::symbol).collect()).collect()
    }

    #[test]
    fn columns_can_be_read_in_blocks_and_in_ascii() {
        let some: Vec<Column> = [0, 1, 40, 80, 100].map(|n| (n, Style::new())).to_vec();
        let of = |glyphs: &Glyphs, cols| drawn(glyphs, 2, |p| columns(p, (0, 0), 2, cols, &some, 100));
        assert_eq!(of(&Glyphs::UTF8, 1), ["   ▄█     ", " ▁▆██     "]);
        assert_eq!(of(&Glyphs::ASCII, 1), ["   =@     ", " .*@@     "]);
        assert_eq!(of(&Glyphs::UTF8, 2), ["      ▄ █ ", "  ▁ ▆ █ █ "]);
    }

    #[test]
    fn a_bar_across_ends_where_its_room_does() {
        let of = |glyphs: &Glyphs, n| drawn(glyphs, 1, |p| assert!(bar(p, (1, 0), n, 8, 8, Style::new()) <= 8)).remove(0);
        assert_eq!([0, 1, 3, 8].map(|n| of(&Glyphs::UTF8, n)), ["          ", " ▇        ", " ▇▇▇      ", " ▇▇▇▇▇▇▇▇ "]);
        assert_eq!(of(&Glyphs::ASCII, 3), " ###      ");
    }

    proptest! {
        #[test]
        fn nothing_is_drawn_outside(n: u64, most: u64, x in 0u16..12, y in 0u16..4, rows in 0u16..4, cols in 1u16..4) {
            let area = Rect::new(1, 1, 6, 2);
            let mut buf = Buffer::empty(Rect::new(0, 0, 10, 4));
            let look = Look::default();
            let mut painter = Painter::new(&mut buf, area, &look);
            columns(&mut painter, (x, y), rows, cols, &[(n, Style::new()), (most, Style::new())], most);
            prop_assert!(bar(&mut painter, (x, y), n, most, 5, Style::new()) <= 5);
            for position in buf.area.positions() {
                prop_assert!(area.contains(position) || buf[position].symbol() == " ");
            }
        }
    }
}
