//! Rows of cells in the fewest bytes: what to skip, what to write again, what to erase, how to get there.

use super::Dialect;
use super::bytes::{keep_shorter, push_csi, push_number};
use super::cell::{Cell, Glyph, Grid, Pen};
use super::scroll::Shift;
use super::sgr;

/// The longest stretch of unchanged cells that is considered for being written again: a move never costs more bytes.
const LONGEST_GAP: usize = 12;

/// Where the terminal's cursor is, as far as it is known. After the last column, and after a glyph whose width terminals dispute,
/// the column is unknown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct At {
    pub(super) row: Option<usize>,
    pub(super) col: Option<usize>,
}

impl At {
    /// The top left corner.
    pub(super) const HOME: Self = Self { row: Some(0), col: Some(0) };
}

/// The terminal's drawing state and the bytes that change it.
#[derive(Clone)]
pub(super) struct Encoder {
    pub(super) out: Vec<u8>,
    pub(super) at: At,
    pub(super) pen: Pen,
    dialect: Dialect,
}

impl Encoder {
    pub(super) const fn new(dialect: Dialect) -> Self {
        Self { out: Vec::new(), at: At::HOME, pen: Pen::DEFAULT, dialect }
    }

    /// Writes what turns these rows of `shown` into those of `wanted`, which have the same size.
    pub(super) fn rows(&mut self, rows: &[usize], shown: &Grid, wanted: &Grid) {
        for y in rows {
            Row { encoder: self, y: *y, old: shown.row(*y), new: wanted.row(*y), stale_until: 0 }.write();
        }
    }

    /// Writes what turns `shown` into `wanted`, which have the same size, up to the row that makes it `most` bytes or more; gives how
    /// many rows are as wanted then.
    pub(super) fn grid(&mut self, shown: &Grid, wanted: &Grid, most: usize) -> usize {
        for y in 0..wanted.rows() {
            let (old, new) = (shown.row(y), wanted.row(y));
            if old != new {
                Row { encoder: self, y, old, new, stale_until: 0 }.write();
                if self.out.len() >= most {
                    return y + 1;
                }
            }
        }
        wanted.rows()
    }

    /// Scrolls the terminal, and what is known of it.
    pub(super) fn shift(&mut self, Shift { top, bottom, by }: Shift, shown: &mut Grid) {
        self.scroll(top, bottom, by, shown.rows());
        shown.scroll(top, bottom, by);
    }

    /// Scrolls the rows `top..=bottom` up by `by` (down if negative) on a screen of `rows` rows.
    fn scroll(&mut self, top: usize, bottom: usize, by: isize, rows: usize) {
        // The rows that come free take the background of the pen on some terminals.
        if !self.pen.erases() {
            self.pen_to(Pen::DEFAULT);
        }
        let partial = top > 0 || bottom + 1 < rows;
        if partial {
            self.out.extend_from_slice(b"\x1b[");
            if top > 0 {
                push_number(&mut self.out, top + 1);
            }
            self.out.push(b';');
            push_number(&mut self.out, bottom + 1);
            self.out.push(b'r');
            self.at = At { row: None, col: None };
        }
        let count = by.unsigned_abs();
        if self.dialect.scrolls_by_count() {
            push_csi(&mut self.out, count, if by > 0 { b'S' } else { b'T' });
        } else if by > 0 {
            self.move_to(bottom, 0);
            self.out.extend(std::iter::repeat_n(b'\n', count));
        } else {
            self.move_to(top, 0);
            self.out.extend(std::iter::repeat_n(*b"\x1bM", count).flatten());
        }
        if partial {
            self.out.extend_from_slice(b"\x1b[r");
            self.at = At::HOME;
        }
    }

    pub(super) fn pen_to(&mut self, pen: Pen) {
        sgr::transition(&mut self.out, self.pen, pen);
        self.pen = pen;
    }

    /// Moves the cursor, absolutely or step by step, whichever is shorter.
    pub(super) fn move_to(&mut self, row: usize, col: usize) {
        let to = At { row: Some(row), col: Some(col) };
        if self.at == to {
            return;
        }
        let start = self.out.len();
        self.out.extend_from_slice(b"\x1b[");
        if row > 0 {
            push_number(&mut self.out, row + 1);
        }
        if col > 0 {
            self.out.push(b';');
            push_number(&mut self.out, col + 1);
        }
        self.out.push(b'H');
        if let Some(from) = self.at.row {
            let middle = self.out.len();
            // Sideways first: where the column is unknown nothing but a carriage return or an absolute column is safe.
            self.sideways(self.at.col, col);
            self.up_or_down(from, row);
            keep_shorter(&mut self.out, start, middle);
        }
        self.at = to;
    }

    fn sideways(&mut self, from: Option<usize>, to: usize) {
        if from == Some(to) {
            return;
        }
        let start = self.out.len();
        self.out.push(b'\r');
        if to > 0 {
            push_csi(&mut self.out, to, b'C');
        }
        let mut middle = self.out.len();
        if self.dialect.has_absolute_column() {
            push_csi(&mut self.out, to + 1, b'G');
            keep_shorter(&mut self.out, start, middle);
            middle = self.out.len();
        }
        let Some(from) = from else { return };
        if to > from {
            push_csi(&mut self.out, to - from, b'C');
        } else if from - to <= 4 {
            self.out.extend(std::iter::repeat_n(8, from - to));
        } else {
            push_csi(&mut self.out, from - to, b'D');
        }
        keep_shorter(&mut self.out, start, middle);
    }

    fn up_or_down(&mut self, from: usize, to: usize) {
        if from == to {
            return;
        }
        let start = self.out.len();
        if to < from {
            push_csi(&mut self.out, from - to, b'A');
        } else if to - from <= 4 {
            self.out.extend(std::iter::repeat_n(b'\n', to - from));
        } else {
            push_csi(&mut self.out, to - from, b'B');
        }
        let middle = self.out.len();
        if self.dialect.has_absolute_column() {
            push_csi(&mut self.out, to + 1, b'd');
            keep_shorter(&mut self.out, start, middle);
        }
    }
}

/// One row on its way.
struct Row<'a> {
    encoder: &'a mut Encoder,
    y: usize,
    old: &'a [Cell],
    new: &'a [Cell],
    /// Cells left of this may have been overwritten by a glyph of disputed width.
    stale_until: usize,
}

impl Row<'_> {
    fn write(&mut self) {
        let mut x = 0;
        while let Some(start) = self.next_changed(x) {
            x = self.erase(start).unwrap_or_else(|| {
                self.approach(start);
                self.put(start);
                self.repeat(start).unwrap_or_else(|| start + self.new.get(start).map_or(1, Cell::width))
            });
        }
    }

    fn is_changed(&self, x: usize) -> bool {
        x < self.stale_until && x < self.new.len() || self.old.get(x) != self.new.get(x)
    }

    /// The first cell from `x` on that must be written; of a wide glyph both halves count, and its head is what is written.
    fn next_changed(&self, x: usize) -> Option<usize> {
        let changed = (x..self.new.len()).find(|x| self.is_changed(*x))?;
        let is_tail = self.new.get(changed).is_some_and(|cell| cell.glyph == Glyph::Tail);
        Some(if is_tail && changed > x { changed - 1 } else { changed })
    }

    /// Erases a run of blanks that starts at `x` if that is shorter than writing them; gives the cell after it.
    fn erase(&mut self, x: usize) -> Option<usize> {
        let blanks = self.new.get(x..)?.iter().take_while(|cell| cell.is_erased()).count();
        let end = x + blanks;
        let needed = (x..end).rev().find(|x| self.is_changed(*x))? + 1 - x;
        let to_edge = end == self.new.len();
        if to_edge && needed >= 3 {
            self.approach(x);
            self.encoder.out.extend_from_slice(b"\x1b[K");
            return Some(end);
        }
        // Erasing leaves the cursor at its start: what comes next on this row is further away.
        let next = self.next_changed(x + needed);
        let saved_later = next.map_or(0, |next| 4usize.saturating_sub(next - (x + needed)));
        if !self.encoder.dialect.erases_by_count() || needed <= 4 + usize::from(needed > 9) + saved_later {
            return None;
        }
        self.approach(x);
        push_csi(&mut self.encoder.out, needed, b'X');
        Some(x + needed)
    }

    /// Lets the terminal repeat the narrow glyph that was just put at `x`, if that is shorter than writing it again; gives the cell after.
    fn repeat(&mut self, x: usize) -> Option<usize> {
        let cell = self.new.get(x)?;
        if !self.encoder.dialect.repeats() || !matches!(cell.glyph, Glyph::Blank | Glyph::Char { wide: false, .. }) {
            return None;
        }
        let alike = self.new.get(x + 1..)?.iter().take_while(|other| *other == cell).count();
        let needed = (x + 1..=x + alike).rev().find(|x| self.is_changed(*x))? - x;
        let start = self.encoder.out.len();
        for _ in 0..needed {
            cell.write(&mut self.encoder.out);
        }
        let middle = self.encoder.out.len();
        push_csi(&mut self.encoder.out, needed, b'b');
        keep_shorter(&mut self.encoder.out, start, middle);
        let end = x + 1 + needed;
        self.encoder.at.col = (end < self.new.len()).then_some(end);
        Some(end)
    }

    /// Gets to `x` with the pen for it: by a move, or by writing again what stands between, whichever is shorter.
    fn approach(&mut self, x: usize) {
        let here = self.encoder.at;
        let gap = match here.col {
            Some(col) if here.row == Some(self.y) => col..x,
            _ => 0..x,
        };
        let before = (self.encoder.at, self.encoder.pen);
        let start = self.encoder.out.len();
        self.encoder.move_to(self.y, x);
        self.pen_for(x);
        if gap.is_empty() || gap.len() > LONGEST_GAP || !self.is_rewritable(gap.clone()) {
            return;
        }
        let after = (self.encoder.at, self.encoder.pen);
        let middle = self.encoder.out.len();
        (self.encoder.at, self.encoder.pen) = before;
        self.encoder.move_to(self.y, gap.start);
        for between in gap {
            self.put(between);
        }
        self.pen_for(x);
        if !keep_shorter(&mut self.encoder.out, start, middle) {
            (self.encoder.at, self.encoder.pen) = after;
        }
    }

    fn is_rewritable(&self, gap: std::ops::Range<usize>) -> bool {
        let cells = self.new.get(gap).unwrap_or_default();
        cells.first().is_some_and(|cell| cell.glyph != Glyph::Tail) && cells.iter().all(|cell| cell.disputed().is_none())
    }

    /// Writes the glyph that stands at `x`, where the cursor is.
    fn put(&mut self, x: usize) {
        let Some(cell) = self.new.get(x) else { return };
        if cell.glyph == Glyph::Tail {
            return;
        }
        self.pen_for(x);
        let end = x + cell.width();
        if let Some(extent) = cell.disputed() {
            self.clear_under(x, extent);
            cell.write(&mut self.encoder.out);
            self.stale_until = self.stale_until.max(x + extent);
            self.encoder.at.col = None;
            return;
        }
        cell.write(&mut self.encoder.out);
        self.encoder.at.col = (end < self.new.len()).then_some(end);
    }

    /// Blanks the cells under a glyph of disputed width, so that none of them is left as it was where the glyph turns out narrower.
    fn clear_under(&mut self, x: usize, extent: usize) {
        let is_clear = |cell: &Cell| {
            cell.glyph == Glyph::Blank && cell.pen.bg == self.encoder.pen.bg && cell.pen.shown_on_blank().is_empty()
        };
        let under = self.old.get(x..(x + extent).min(self.old.len())).unwrap_or_default();
        if x >= self.stale_until && under.iter().all(is_clear) && self.encoder.pen.shown_on_blank().is_empty() {
            return;
        }
        self.encoder.out.extend(std::iter::repeat_n(b' ', under.len()));
        self.encoder.at.col = (x + under.len() < self.new.len()).then_some(x + under.len());
        self.encoder.move_to(self.y, x);
    }

    /// Makes the pen fit the cell at `x`. A blank leaves the choice of what it doesn't show: the next glyph's pen is taken, if it fits.
    fn pen_for(&mut self, x: usize) {
        let Some(cell) = self.new.get(x) else { return };
        let pen = self.encoder.pen;
        if cell.glyph != Glyph::Blank || !cell.pen.shown_on_blank().is_empty() {
            self.encoder.pen_to(cell.pen);
            return;
        }
        let fits = |pen: Pen| pen.bg == cell.pen.bg && pen.shown_on_blank().is_empty();
        if fits(pen) {
            return;
        }
        let next = (x + 1..self.new.len()).take_while(|x| self.is_changed(*x)).find_map(|x| {
            let cell = self.new.get(x)?;
            (cell.glyph != Glyph::Blank).then_some(cell.pen)
        });
        if let Some(next) = next.filter(|next| fits(*next)) {
            self.encoder.pen_to(next);
            return;
        }
        let (from, start) = (pen, self.encoder.out.len());
        let kept = Pen { bg: cell.pen.bg, modifier: pen.modifier.difference(pen.shown_on_blank()), ..pen };
        self.encoder.pen_to(kept);
        let middle = self.encoder.out.len();
        self.encoder.pen = from;
        self.encoder.pen_to(cell.pen);
        if !keep_shorter(&mut self.encoder.out, start, middle) {
            self.encoder.pen = kept;
        }
    }
}
