//! Small things that several screens draw.

use super::{
    Painter, Role,
    layout::{MIN_COLS, MIN_ROWS, TooSmall, centred},
    painter::{Own, width},
};
use crate::domain::FillProgress;

/// Cells of a gauge's bar.
const BAR_CELLS: u16 = 10;

/// A number of bytes in at most seven cells: `812 B`, `4 KB`, `1.5 MB`.
#[must_use]
pub fn size(bytes: u64) -> String {
    // Rounded down, so that no step reaches a thousand.
    let (unit, tenths) = match bytes {
        0..1_000 => return format!("{bytes} B"),
        1_000..1_000_000 => ("KB", bytes / 100),
        1_000_000..1_000_000_000 => ("MB", bytes / 100_000),
        _ => ("GB", bytes / 100_000_000),
    };
    if tenths < 100 && tenths % 10 > 0 {
        format!("{}.{} {unit}", tenths / 10, tenths % 10)
    } else {
        format!("{} {unit}", tenths / 10)
    }
}

/// Cells of `cols` that are full when `done` of `of` is: all only when everything is done, none only when nothing is.
fn filled(done: u64, of: u64, cols: u16) -> u16 {
    if of == 0 || done == 0 {
        return 0;
    }
    if done >= of {
        return cols;
    }
    let cells = u128::from(done) * u128::from(cols) / u128::from(of);
    u16::try_from(cells).unwrap_or(cols).clamp(1, cols.saturating_sub(1).max(1))
}

/// Draws `▇▇▇▇▇▇▇··· 300 of 412 open tickets · 90 a minute · 2 min left` and answers the cells it took; without an announced
/// total there is no bar, nor where there is no room for it beside the number.
pub fn gauge(painter: &mut Painter<'_>, x: u16, y: u16, progress: FillProgress, max: u16) -> u16 {
    let style = painter.style(Role::Info);
    let mut used = 0;
    let words = progress.words();
    let number = words.as_str().split(" · ").next().unwrap_or_default();
    // The number says more than its bar.
    if progress.of > 0 && max > BAR_CELLS + width(Own(number)) {
        let full = filled(progress.done, progress.of, BAR_CELLS);
        let glyphs = painter.glyphs();
        let rest_style = painter.style(Role::Dim);
        for cell in 0..BAR_CELLS {
            let (glyph, style) = if cell < full { (glyphs.bar, style) } else { (glyphs.bar_rest, rest_style) };
            painter.put(x.saturating_add(cell), y, glyph, style, 1);
        }
        used = BAR_CELLS + 1;
    }
    let whole = whole_parts(words.as_str(), max - used);
    used + painter.put_cut(x.saturating_add(used), y, Own(whole), style, max - used)
}

/// Cells that a gauge takes where there is room for all of it.
#[must_use]
pub fn gauge_cells(progress: FillProgress) -> u16 {
    let bar = if progress.of > 0 { BAR_CELLS + 1 } else { 0 };
    bar.saturating_add(width(&progress.words()))
}

/// As many of the parts between dots as fit into `max` cells; where not even the first does, its whole words, but its first
/// three in any case: `300 of 412`.
fn whole_parts(words: &str, max: u16) -> &str {
    let dots = words.match_indices(" · ").map(|(at, _)| at).chain([words.len()]);
    let first = dots.clone().next().unwrap_or_default();
    let spaces = words.match_indices(' ').map(|(at, _)| at).filter(|at| *at < first).skip(2);
    let least = spaces.clone().next().unwrap_or(first);
    let fitting = spaces.chain(dots).filter(|end| words.get(..*end).is_some_and(|part| width(Own(part)) <= max)).last();
    words.get(..fitting.unwrap_or(least)).unwrap_or(words)
}

/// Draws `j/k move · enter open · …`, as many hints as fit whole into `max` cells, and answers the cells they took. Each hint
/// is the keys in notation and what they do.
pub fn hint_line(painter: &mut Painter<'_>, x: u16, y: u16, hints: &[(&str, &'static str)], max: u16) -> u16 {
    let (key_style, label_style) = (painter.style(Role::HintKey), painter.style(Role::HintLabel));
    let dot = painter.glyphs().dot;
    let mut used = 0_u16;
    for (keys, label) in hints {
        let between = if used == 0 { 0 } else { 3 };
        let cells = width(Own(keys)).saturating_add(1 + width(*label));
        if used.saturating_add(between).saturating_add(cells) > max {
            break;
        }
        if between > 0 {
            painter.put(x.saturating_add(used + 1), y, dot, label_style, 1);
        }
        used += between;
        used += painter.put(x.saturating_add(used), y, Own(keys), key_style, max - used);
        used += 1;
        used += painter.put(x.saturating_add(used), y, *label, label_style, max - used);
    }
    used
}

/// Draws what a terminal that is too small for any screen says instead, as much of it as there is room for.
pub fn too_small(painter: &mut Painter<'_>, size: TooSmall) {
    let is = format!("This terminal is {}x{}.", size.cols, size.rows);
    let needs = format!("halo-tui needs {MIN_COLS}x{MIN_ROWS} at least;");
    let area = centred(painter.area(), 30, 3);
    let style = painter.style(Role::Text);
    let mut inner = painter.within(area);
    for (y, line) in (0..).zip([is.as_str(), needs.as_str(), "please make it larger."]) {
        inner.put(0, y, Own(line), style, u16::MAX);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::{buffer::Buffer, layout::Rect};

    use super::*;
    use crate::ui::Look;

    fn paint(cols: u16, rows: u16, draw: impl FnOnce(&mut Painter<'_>)) -> Buffer {
        let mut buf = Buffer::empty(Rect::new(0, 0, cols, rows));
        draw(&mut Painter::new(&mut buf, Rect::new(0, 0, cols, rows), &Look::default()));
        buf
    }

    fn text(buf: &Buffer) -> String {
        buf.content().iter().map(ratatui::buffer::Cell::symbol).collect::<String>().trim_end().to_owned()
    }

    #[test]
    fn sizes_are_short() {
        let sizes = [0, 999, 1_000, 4_096, 48_213, 999_999, 1_550_000, 20_000_000, 3_000_000_000].map(size);
        assert_eq!(sizes, ["0 B", "999 B", "1 KB", "4 KB", "48 KB", "999 KB", "1.5 MB", "20 MB", "3 GB"]);
    }

    #[test]
    fn the_gauge_shows_what_fits() {
        let shown = |done, of, max| {
            text(&paint(60, 1, |p| {
                let used = gauge(p, 0, 0, FillProgress { done, of, ..FillProgress::default() }, max);
                assert!(used <= max);
            }))
        };
        assert_eq!(shown(300, 412, 60), "▇▇▇▇▇▇▇··· 300 of 412 open tickets");
        assert_eq!(shown(1, 5_000, 60), "▇········· 1 of 5,000 open tickets");
        assert_eq!(shown(4_999, 5_000, 60), "▇▇▇▇▇▇▇▇▇· 4,999 of 5,000 open tickets");
        assert_eq!(shown(412, 412, 60), "▇▇▇▇▇▇▇▇▇▇ 412 of 412 open tickets");
        assert_eq!(shown(300, 0, 60), "300 of 300 open tickets");
        assert_eq!(shown(300, 412, 20), "300 of 412 open", "the number goes before its bar, by whole words");
        assert_eq!(shown(300, 412, 10), "300 of 412");
        assert_eq!(shown(300, 412, 8), "300 of …");
    }

    #[test]
    fn hints_are_whole_or_not_there() {
        let hints = [("j/k", "move"), ("enter", "open"), ("?", "help")];
        let shown = |max| text(&paint(60, 1, |p| assert!(hint_line(p, 0, 0, &hints, max) <= max)));
        assert_eq!(shown(60), "j/k move · enter open · ? help");
        assert_eq!(shown(30), "j/k move · enter open · ? help");
        assert_eq!(shown(29), "j/k move · enter open");
        assert_eq!(shown(8), "j/k move");
        assert_eq!(shown(7), "");
        let buf = paint(60, 1, |p| assert_eq!(hint_line(p, 0, 0, &hints, 60), 30));
        let look = Look::default();
        assert_eq!(buf[(0, 0)].fg, look.style(Role::HintKey).fg.unwrap());
        assert_eq!(buf[(4, 0)].fg, look.style(Role::HintLabel).fg.unwrap());
    }

    #[test]
    fn too_small_is_said_on_any_size() {
        let buf = paint(40, 12, |p| too_small(p, TooSmall { cols: 40, rows: 12 }));
        assert!(text(&buf).contains("This terminal is 40x12.") && text(&buf).contains("needs 60x20"));
        for (cols, rows) in [(0, 0), (1, 1), (5, 2)] {
            paint(cols, rows, |p| too_small(p, TooSmall { cols, rows }));
        }
    }

    proptest! {
        #[test]
        fn a_bar_is_full_only_when_done(done: u64, of: u64, cols in 2u16..40) {
            let cells = filled(done, of, cols);
            prop_assert!(cells <= cols);
            prop_assert_eq!(cells == cols, of > 0 && done >= of);
            prop_assert_eq!(cells == 0, of == 0 || done == 0);
        }
    }
}
