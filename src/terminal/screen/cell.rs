//! What one cell of the terminal shows, in the one form that compares equal when it looks equal.

use ratatui::buffer::{Buffer, Cell as BufferCell, CellWidth as _};
use ratatui::style::{Color, Modifier};
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthChar as _;

use super::LARGEST;
use crate::text::is_safe_char;

/// The longest cluster that a cell may hold, in bytes; of a longer one only the first character is shown.
const LONGEST_CLUSTER: usize = 64;

/// The modifiers that show on a cell without a glyph.
const SHOWS_ON_BLANK: Modifier = Modifier::REVERSED
    .union(Modifier::UNDERLINED)
    .union(Modifier::SLOW_BLINK)
    .union(Modifier::RAPID_BLINK)
    .union(Modifier::CROSSED_OUT);

/// How a cell is drawn: colours are `Reset`, `Indexed` or `Rgb` only.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Pen {
    pub(super) fg: Color,
    pub(super) bg: Color,
    pub(super) modifier: Modifier,
}

impl Pen {
    /// The terminal's own colours, no modifier.
    pub(super) const DEFAULT: Self = Self { fg: Color::Reset, bg: Color::Reset, modifier: Modifier::empty() };

    fn of(cell: &BufferCell) -> Self {
        Self { fg: canonical(cell.fg), bg: canonical(cell.bg), modifier: cell.modifier }
    }

    /// The modifiers that a blank would show.
    pub(super) fn shown_on_blank(self) -> Modifier {
        self.modifier.intersection(SHOWS_ON_BLANK)
    }

    /// Whether a blank written with this pen is as empty as one that the terminal erases.
    pub(super) fn erases(self) -> bool {
        self.bg == Color::Reset && self.shown_on_blank().is_empty()
    }
}

/// Named colours are the first 16 of the palette.
fn canonical(color: Color) -> Color {
    Color::Indexed(match color {
        Color::Reset | Color::Indexed(_) | Color::Rgb(..) => return color,
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 8,
        Color::LightRed => 9,
        Color::LightGreen => 10,
        Color::LightYellow => 11,
        Color::LightBlue => 12,
        Color::LightMagenta => 13,
        Color::LightCyan => 14,
        Color::White => 15,
    })
}

/// What stands in a cell.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) enum Glyph {
    /// Nothing.
    Blank,
    /// A character, over two cells if `wide`.
    Char { c: char, wide: bool },
    /// A character with what combines with it.
    Cluster { text: Box<str>, wide: bool },
    /// The right half of the wide glyph before.
    Tail,
}

/// One cell.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Cell {
    pub(super) glyph: Glyph,
    pub(super) pen: Pen,
}

impl Cell {
    /// An erased cell.
    pub(super) const BLANK: Self = Self { glyph: Glyph::Blank, pen: Pen::DEFAULT };

    /// Whether erasing makes this cell.
    pub(super) fn is_erased(&self) -> bool {
        self.glyph == Glyph::Blank && self.pen.erases()
    }

    /// Columns it takes: 1 or 2.
    pub(super) fn width(&self) -> usize {
        1 + usize::from(matches!(self.glyph, Glyph::Char { wide: true, .. } | Glyph::Cluster { wide: true, .. }))
    }

    /// The columns that a terminal may take for it at most, where terminals disagree; `None` where all agree on [`Cell::width`].
    pub(super) fn disputed(&self) -> Option<usize> {
        match &self.glyph {
            Glyph::Blank | Glyph::Tail => None,
            Glyph::Char { c, wide: true } => (!is_old_wide(*c)).then_some(2),
            Glyph::Char { c, wide: false } => is_wide_to_some(*c).then_some(2),
            Glyph::Cluster { text, wide } => {
                let marks_only = text.chars().skip(1).all(|c| ('\u{300}'..='\u{36f}').contains(&c));
                let apart = text.chars().map(|c| c.width().unwrap_or(0)).sum::<usize>();
                (!marks_only || *wide).then_some(apart.max(self.width()))
            }
        }
    }

    /// Appends the glyph's UTF-8; nothing for a tail.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        match &self.glyph {
            Glyph::Blank => out.push(b' '),
            Glyph::Char { c, .. } => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            Glyph::Cluster { text, .. } => out.extend_from_slice(text.as_bytes()),
            Glyph::Tail => {}
        }
    }

    /// The cell of a frame, which has `room` columns from here to the right edge.
    fn of(cell: &BufferCell, room: usize) -> Self {
        let pen = Pen::of(cell);
        let glyph = glyph(cell.symbol(), room);
        if glyph == Glyph::Blank && pen.shown_on_blank().is_empty() {
            return Self { glyph, pen: Pen { bg: pen.bg, ..Pen::DEFAULT } };
        }
        Self { glyph, pen }
    }
}

/// The glyph of a symbol, with whatever a terminal could take for an order replaced.
fn glyph(symbol: &str, room: usize) -> Glyph {
    let mut chars = symbol.chars();
    let Some(first) = chars.next().filter(|c| *c != ' ' || symbol.len() > 1) else { return Glyph::Blank };
    if chars.next().is_none() {
        return one(first, room);
    }
    // One order in it condemns the whole: what is left of a torn-off disguise is no text either.
    if !symbol.chars().all(is_safe_char) {
        return one(char::REPLACEMENT_CHARACTER, room);
    }
    let text = symbol.graphemes(true).next().unwrap_or_default();
    if text.len() > LONGEST_CLUSTER || text.len() == first.len_utf8() {
        return one(first, room);
    }
    let wide = text.cell_width() > 1;
    let cell = Cell { glyph: Glyph::Cluster { text: text.into(), wide }, pen: Pen::DEFAULT };
    if first.width().is_none_or(|width| width == 0) || cell.disputed().unwrap_or(cell.width()) > room {
        return one(first, room);
    }
    cell.glyph
}

fn one(c: char, room: usize) -> Glyph {
    if c == ' ' {
        return Glyph::Blank;
    }
    match c.width() {
        Some(1) if is_safe_char(c) => Glyph::Char { c, wide: false },
        Some(2) if is_safe_char(c) => {
            if room < 2 {
                return Glyph::Blank;
            }
            Glyph::Char { c, wide: true }
        }
        // A mark without a letter, a control, a width that no terminal has.
        _ => Glyph::Char { c: char::REPLACEMENT_CHARACTER, wide: false },
    }
}

/// Whether a wide character is one that terminals have counted as two columns for decades: CJK. Emoji became wide by and by.
fn is_old_wide(c: char) -> bool {
    // Hexagrams and the latest parts of characters only became wide of late.
    let late = matches!(c, '\u{2ffc}'..='\u{2fff}' | '\u{31e4}'..='\u{31ef}' | '\u{4dc0}'..='\u{4dff}');
    !late
        && matches!(c, '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}' | '\u{20000}'..='\u{3fffd}')
}

/// Whether some terminals give a narrow character two columns: numbers in circles on black squares, halves of flags.
fn is_wide_to_some(c: char) -> bool {
    matches!(c, '\u{3248}'..='\u{324f}' | '\u{1f1e6}'..='\u{1f1ff}')
}

/// Whether a terminal that takes bytes rather than UTF-8 would find an order in a text: one of the C1 controls.
fn holds_eight_bit_orders(text: &str) -> bool {
    text.bytes().any(|byte| (0x80..0xa0).contains(&byte))
}

/// A screenful of cells.
#[derive(Clone)]
pub(super) struct Grid {
    cols: usize,
    cells: Vec<Cell>,
}

impl Grid {
    /// An erased screen.
    pub(super) fn blank(cols: usize, rows: usize) -> Self {
        Self { cols, cells: vec![Cell::BLANK; cols * rows] }
    }

    /// The cells of a frame, or of its top left part if it is larger than [`LARGEST`]. `known` are the cells of another frame, and it.
    pub(super) fn of(frame: &Buffer, known: Option<(&Self, &Buffer)>) -> Self {
        let width = usize::from(frame.area.width);
        let cols = width.min(usize::from(LARGEST.width));
        let known = known.filter(|(_, other)| other.area == frame.area);
        let mut cells = Vec::with_capacity(frame.content.len());
        for (y, row) in frame.content.chunks_exact(width.max(1)).take(usize::from(LARGEST.height)).enumerate() {
            let same = known.filter(|(_, other)| other.content.get(y * width..(y + 1) * width) == Some(row));
            if let Some((grid, _)) = same {
                cells.extend_from_slice(grid.row(y));
                continue;
            }
            let mut tail = false;
            let mut before: Option<&BufferCell> = None;
            for (x, cell) in row.iter().take(cols).enumerate() {
                if tail {
                    tail = false;
                    let pen = cells.last().map_or(Pen::DEFAULT, |head: &Cell| head.pen);
                    cells.push(Cell { glyph: Glyph::Tail, pen });
                } else {
                    let same = before.replace(cell) == Some(cell);
                    let cell = match cells.last() {
                        // Borders and blanks come in runs, and fit wherever they stand.
                        Some(last @ Cell { glyph: Glyph::Blank | Glyph::Char { wide: false, .. }, .. }) if same => last.clone(),
                        _ => Cell::of(cell, cols - x),
                    };
                    tail = cell.width() == 2;
                    cells.push(cell);
                }
            }
        }
        Self { cols, cells }
    }

    /// Replaces what could be an order to a terminal that takes bytes rather than UTF-8.
    pub(super) fn make_safe_for_bytes(&mut self) {
        let mut within = false;
        for cell in &mut self.cells {
            let is_order = match &cell.glyph {
                Glyph::Blank => false,
                Glyph::Char { c, .. } => holds_eight_bit_orders(c.encode_utf8(&mut [0; 4])),
                Glyph::Cluster { text, .. } => holds_eight_bit_orders(text),
                Glyph::Tail => within,
            };
            within = is_order;
            if is_order {
                cell.glyph = Glyph::Char { c: '?', wide: false };
            }
        }
    }

    pub(super) const fn cols(&self) -> usize {
        self.cols
    }

    pub(super) fn rows(&self) -> usize {
        self.cells.len().checked_div(self.cols).unwrap_or(0)
    }

    pub(super) fn row(&self, y: usize) -> &[Cell] {
        self.cells.get(y * self.cols..(y + 1) * self.cols).unwrap_or_default()
    }

    pub(super) fn row_mut(&mut self, y: usize) -> &mut [Cell] {
        self.cells.get_mut(y * self.cols..(y + 1) * self.cols).unwrap_or_default()
    }

    /// Moves the rows `top..=bottom` up by `by` (down if negative) and erases those that come free.
    pub(super) fn scroll(&mut self, top: usize, bottom: usize, by: isize) {
        let count = by.unsigned_abs() * self.cols;
        let Some(region) = self.cells.get_mut(top * self.cols..(bottom + 1) * self.cols) else { return };
        let count = count.min(region.len());
        let free = if by > 0 {
            region.rotate_left(count);
            let kept = region.len() - count;
            region.get_mut(kept..)
        } else {
            region.rotate_right(count);
            region.get_mut(..count)
        };
        free.unwrap_or_default().fill(Cell::BLANK);
    }
}
