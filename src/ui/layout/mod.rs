//! Where everything stands, computed from the terminal's size alone.

mod columns;
mod connect;
mod dashboard;

use ratatui::layout::Rect;

pub use columns::{Align, ColumnSlot, ColumnSpec, columns};
pub use connect::{ConnectAreas, FieldAreas, INDENT as CONNECT_INDENT, connect, connect_over};
pub use dashboard::{DashboardAreas, DashboardWants, PreviewPlace, dashboard};

/// Columns below which no screen is drawn.
pub const MIN_COLS: u16 = 60;
/// Rows below which no screen is drawn.
pub const MIN_ROWS: u16 = 20;

/// The terminal is smaller than any screen can be read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooSmall {
    /// Its columns.
    pub cols: u16,
    /// Its rows.
    pub rows: u16,
}

impl TooSmall {
    /// Whether a terminal of this size is too small.
    fn check(cols: u16, rows: u16) -> Result<(), Self> {
        if cols < MIN_COLS || rows < MIN_ROWS { Err(Self { cols, rows }) } else { Ok(()) }
    }
}

/// An area `cols` wide and `rows` high, centred in `within` and never larger, for what is laid over a screen.
#[must_use]
pub fn centred(within: Rect, cols: u16, rows: u16) -> Rect {
    let (width, height) = (cols.min(within.width), rows.min(within.height));
    Rect { x: within.x + (within.width - width) / 2, y: within.y + (within.height - height) / 2, width, height }
}

/// Cuts rows off the top of an area.
fn take_top(area: &mut Rect, rows: u16) -> Rect {
    let height = rows.min(area.height);
    let top = Rect { height, ..*area };
    area.y += height;
    area.height -= height;
    top
}

/// Cuts rows off the bottom of an area.
fn take_bottom(area: &mut Rect, rows: u16) -> Rect {
    let height = rows.min(area.height);
    area.height -= height;
    Rect { y: area.y + area.height, height, ..*area }
}

/// Cuts columns off the left of an area.
fn take_left(area: &mut Rect, cols: u16) -> Rect {
    let width = cols.min(area.width);
    let left = Rect { width, ..*area };
    area.x += width;
    area.width -= width;
    left
}

/// Cuts columns off the right of an area.
fn take_right(area: &mut Rect, cols: u16) -> Rect {
    let width = cols.min(area.width);
    area.width -= width;
    Rect { x: area.x + area.width, width, ..*area }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Asserts that areas lie within the screen and share no cell.
    pub(super) fn assert_disjoint(cols: u16, rows: u16, areas: &[(&str, Rect)]) {
        let screen = Rect::new(0, 0, cols, rows);
        for (index, (name, area)) in areas.iter().enumerate() {
            assert_eq!(area.intersection(screen), *area, "{name} leaves {cols}x{rows}: {area}");
            for (other_name, other) in &areas[index + 1..] {
                let shared = area.intersection(*other).area();
                assert_eq!(shared, 0, "{name} {area} and {other_name} {other} overlap at {cols}x{rows}");
            }
        }
    }

    #[test]
    fn centred_never_leaves() {
        let within = Rect::new(3, 2, 20, 10);
        assert_eq!(centred(within, 10, 4), Rect::new(8, 5, 10, 4));
        assert_eq!(centred(within, 99, 99), within);
        assert_eq!(centred(Rect::ZERO, 9, 9), Rect::ZERO);
    }
}
