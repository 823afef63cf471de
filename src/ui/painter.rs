//! [`Painter`]: puts words into the cells of an area, never outside of it.

use std::ops::Range;

use ratatui::{
    buffer::{Buffer, Cell},
    layout::{Position, Rect},
    style::Style,
    widgets::Widget,
};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::{Glyphs, Look, Role};
use crate::text::SafeText;

mod sealed {
    pub trait Sealed {}
}

/// Words that may reach a cell: made safe, or the program's own.
///
/// Sealed, so that a string of the server's can't be passed by accident: a plain `&str` that is not `'static` has to be
/// declared as the program's [`Own`] first, which a reader of the code sees.
pub trait Words: Copy + sealed::Sealed {
    /// The text.
    fn words(&self) -> &str;
}

/// Words that the program made itself at run time: formatted numbers, names of keys. Never text from a server or a file.
#[derive(Clone, Copy, Debug)]
pub struct Own<'a>(pub &'a str);

macro_rules! words {
    ($($kind:ty => |$this:ident| $text:expr;)+) => {$(
        impl sealed::Sealed for $kind {}
        impl Words for $kind {
            fn words(&self) -> &str {
                let $this = self;
                $text
            }
        }
    )+};
}

words! {
    &SafeText => |this| this.as_str();
    &'static str => |this| this;
    Own<'_> => |this| this.0;
}

/// The cells that words take.
#[must_use]
pub fn width(words: impl Words) -> u16 {
    let text = words.words();
    if is_plain(text) {
        return u16::try_from(text.len()).unwrap_or(u16::MAX);
    }
    clusters(text).map(|(_, cells)| cells).fold(0, u16::saturating_add)
}

/// Whether all of it is ASCII that shows.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// The graphemes that can stand in cells, with how many they take (1 or 2); control characters and what has no width are
/// left out, since a cell would pass them on to the terminal as they are.
pub(super) fn clusters(text: &str) -> impl Iterator<Item = (&str, u16)> {
    graphemes(text).filter_map(|cluster| {
        if let [byte] = cluster.as_bytes() {
            return (!byte.is_ascii_control()).then_some((cluster, 1));
        }
        let cells = u16::try_from(cluster.width().min(2)).unwrap_or(2);
        (cells > 0 && !cluster.chars().any(char::is_control)).then_some((cluster, cells))
    })
}

/// The extended grapheme clusters, but that a carriage return stands by itself. An ASCII character that none but another follows is
/// one of its own: nearly all of every text is found without a look at the tables.
fn graphemes(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (first, second) = (rest.as_bytes().first()?, rest.as_bytes().get(1));
        let alone = first.is_ascii() && second.is_none_or(u8::is_ascii);
        let length = if alone { 1 } else { rest.graphemes(true).next()?.len() };
        let (cluster, after) = rest.split_at_checked(length)?;
        rest = after;
        Some(cluster)
    })
}

/// Writes into one area of a frame. Columns and rows count from the area's upper left corner; what lies outside is clipped.
pub struct Painter<'a> {
    buf: &'a mut Buffer,
    area: Rect,
    look: &'a Look,
}

impl<'a> Painter<'a> {
    /// A painter for the part of `area` that the buffer has.
    #[must_use]
    pub fn new(buf: &'a mut Buffer, area: Rect, look: &'a Look) -> Self {
        let area = area.intersection(buf.area);
        Self { buf, area, look }
    }

    /// A painter for the part of `area` (in the frame's coordinates) that this one may write to.
    #[must_use]
    pub fn within(&mut self, area: Rect) -> Painter<'_> {
        Painter { area: area.intersection(self.area), buf: &mut *self.buf, look: self.look }
    }

    /// A painter for `rows` rows from row `y` on.
    #[must_use]
    pub fn rows(&mut self, y: u16, rows: u16) -> Painter<'_> {
        let area = Rect { y: self.area.y.saturating_add(y), height: rows, ..self.area };
        self.within(area)
    }

    /// The area, in the frame's coordinates.
    #[must_use]
    pub fn area(&self) -> Rect {
        self.area
    }

    /// Columns of the area.
    #[must_use]
    pub fn cols(&self) -> u16 {
        self.area.width
    }

    /// The looks that this frame is drawn with.
    #[must_use]
    pub fn look(&self) -> &'a Look {
        self.look
    }

    /// The marks that this frame is drawn with.
    #[must_use]
    pub fn glyphs(&self) -> &'a Glyphs {
        self.look.glyphs()
    }

    /// The style of a role.
    #[must_use]
    pub fn style(&self, role: Role) -> Style {
        self.look.style(role)
    }

    /// Writes `words` from column `x` of row `y` on, at most `max` cells, and answers how many it took. A wide character that
    /// would be halved is left out.
    pub fn put(&mut self, x: u16, y: u16, words: impl Words, style: impl Into<Style>, max: u16) -> u16 {
        let max = max.min(self.area.width.saturating_sub(x));
        let (style, text) = (style.into(), words.words());
        if is_plain(text) {
            // Most words are: every byte is a cluster of one cell.
            let length = u16::try_from(text.len()).unwrap_or(u16::MAX).min(max);
            for (at, cell) in self.row(x, y, length).iter_mut().enumerate() {
                cell.set_symbol(text.get(at..=at).unwrap_or_default()).set_style(style);
            }
            return length;
        }
        let mut used = 0_u16;
        let fits = clusters(text).next().is_some_and(|(_, cells)| cells <= max);
        let mut row = self.row(x, y, if fits { max } else { 0 }).iter_mut();
        for (cluster, cells) in clusters(text) {
            if used.saturating_add(cells) > max {
                break;
            }
            used += cells;
            if let Some(cell) = row.next() {
                cell.set_symbol(cluster).set_style(style);
            }
            if let Some(second) = (cells == 2).then(|| row.next()).flatten() {
                second.set_symbol(" ").set_style(style);
            }
        }
        used
    }

    /// Like [`put`](Self::put), but words that do not fit end with the mark of a cut.
    pub fn put_cut(&mut self, x: u16, y: u16, words: impl Words, style: impl Into<Style>, max: u16) -> u16 {
        let (max, style) = (max.min(self.area.width.saturating_sub(x)), style.into());
        if width(words) <= max {
            return self.put(x, y, words, style, max);
        }
        let used = self.put(x, y, words, style, max.saturating_sub(1));
        used + self.put(x.saturating_add(used), y, self.look.glyphs().ellipsis, style, max - used)
    }

    /// Writes `words` so that they end where the field of `max` cells from `x` on ends, and answers how many cells they took.
    pub fn put_right(&mut self, x: u16, y: u16, words: impl Words, style: impl Into<Style>, max: u16) -> u16 {
        let max = max.min(self.area.width.saturating_sub(x));
        let free = max.saturating_sub(width(words));
        self.put_cut(x.saturating_add(free), y, words, style, max - free)
    }

    /// Empties the whole area and gives it a style; what was drawn there before leaves no trace.
    pub fn clear(&mut self, style: impl Into<Style>) {
        let mut blank = Cell::EMPTY;
        blank.set_style(style.into());
        for y in 0..self.area.height {
            self.row(0, y, self.area.width).fill(blank.clone());
        }
    }

    /// Gives `cols` cells of row `y` from `x` on a style and leaves their words.
    pub fn tint(&mut self, x: u16, y: u16, cols: u16, style: impl Into<Style>) {
        let style = style.into();
        for cell in self.cells(x, y, cols) {
            cell.set_style(style);
        }
    }

    /// Gives parts of `words`, which [`put_cut`](Self::put_cut) wrote from column `x` on within `max` cells, another style. The
    /// parts are byte ranges of the words, in order.
    pub fn mark(&mut self, x: u16, y: u16, words: impl Words, parts: &[Range<usize>], style: impl Into<Style>, max: u16) {
        let (words, style) = (words.words(), style.into());
        let max = max.min(self.area.width.saturating_sub(x));
        let is_cut = clusters(words).map(|(_, cells)| cells).fold(0, u16::saturating_add) > max;
        // The mark of a cut is no part of the words.
        let end = if is_cut { max.saturating_sub(1) } else { max };
        let mut used = 0_u16;
        for (offset, cluster) in words.grapheme_indices(true) {
            let cells = clusters(cluster).map(|(_, cells)| cells).sum::<u16>();
            if used.saturating_add(cells) > end {
                break;
            }
            if parts.iter().any(|part| part.contains(&offset)) {
                self.tint(x + used, y, cells, style);
            }
            used += cells;
        }
    }

    /// Draws one of ratatui's widgets into `cols` by `rows` cells from column `x` of row `y` on; what lies outside is clipped, as
    /// if it had been drawn whole. Only for widgets without words: nobody has made those safe.
    pub(super) fn widget(&mut self, x: u16, y: u16, cols: u16, rows: u16, widget: impl Widget) {
        let mut drawn = Buffer::empty(Rect::new(0, 0, cols, rows));
        widget.render(drawn.area, &mut drawn);
        for at in drawn.area.positions() {
            if let Some(cell) = drawn.cell(at) {
                self.set(x.saturating_add(at.x), y.saturating_add(at.y), cell.symbol(), cell.style());
            }
        }
    }

    /// Draws a line across row `y`, all columns; lines down that start or end there join it at `tees`.
    pub fn rule_h(&mut self, y: u16, tees: &[(u16, Tee)]) {
        let style = self.style(Role::Rule);
        for x in 0..self.area.width {
            let tee = tees.iter().find(|(at, _)| *at == x).map(|(_, tee)| *tee);
            let glyph = match tee {
                Some(Tee::Down) => self.look.glyphs().tee_down,
                Some(Tee::Up) => self.look.glyphs().tee_up,
                None => self.look.glyphs().rule_h,
            };
            self.set(x, y, glyph, style);
        }
    }

    /// Draws a line down column `x`, all rows.
    pub fn rule_v(&mut self, x: u16) {
        let style = self.style(Role::Rule);
        for y in 0..self.area.height {
            self.set(x, y, self.look.glyphs().rule_v, style);
        }
    }

    /// At most `cols` cells of row `y` from column `x` on; none outside of the area.
    fn cells(&mut self, x: u16, y: u16, cols: u16) -> &mut [Cell] {
        let cols = cols.min(self.area.width.saturating_sub(x));
        if cols == 0 || y >= self.area.height {
            return &mut [];
        }
        let start = self.buf.index_of(self.area.x + x, self.area.y + y);
        self.buf.content.get_mut(start..start + usize::from(cols)).unwrap_or_default()
    }

    /// The same cells, to be written anew: a wide character of which the first is the second half becomes a space.
    fn row(&mut self, x: u16, y: u16, cols: u16) -> &mut [Cell] {
        if !self.cells(x, y, cols).is_empty()
            && let Some(left) = (self.area.x + x).checked_sub(1)
            && let Some(cell) = self.buf.cell_mut(Position::new(left, self.area.y + y))
            // A single byte is never wide.
            && cell.symbol().len() > 1
            && cell.symbol().width() > 1
        {
            cell.set_symbol(" ");
        }
        self.cells(x, y, cols)
    }

    /// Sets one cell.
    fn set(&mut self, x: u16, y: u16, symbol: &str, style: Style) {
        for cell in self.row(x, y, 1) {
            cell.set_symbol(symbol).set_style(style);
        }
    }
}

/// Which way a line leaves a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tee {
    /// Downwards.
    Down,
    /// Upwards.
    Up,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::style::{Color, Modifier};

    use super::*;

    fn rows(buf: &Buffer) -> Vec<String> {
        let cols = usize::from(buf.area.width);
        buf.content().chunks(cols).map(|row| row.iter().map(ratatui::buffer::Cell::symbol).collect()).collect()
    }

    fn paint(cols: u16, lines: u16, draw: impl FnOnce(&mut Painter<'_>)) -> Buffer {
        let mut buf = Buffer::empty(Rect::new(0, 0, cols, lines));
        let look = Look::default();
        draw(&mut Painter::new(&mut buf, Rect::new(0, 0, cols, lines), &look));
        buf
    }

    #[test]
    fn puts_cuts_and_aligns() {
        let buf = paint(8, 4, |p| {
            assert_eq!(p.put(1, 0, "abc", Color::Red, 2), 2);
            assert_eq!(p.put_cut(0, 1, "abcdefghij", Style::new(), 99), 8);
            assert_eq!(p.put_right(0, 2, Own(&42.to_string()), Style::new(), 5), 2);
            assert_eq!(p.put_right(0, 3, "abcdef", Style::new(), 4), 4);
        });
        assert_eq!(rows(&buf), [" ab     ", "abcdefg…", "   42   ", "abc…    "]);
        assert_eq!(buf.cell((1, 0)).unwrap().fg, Color::Red);
        assert_eq!(buf.cell((3, 0)).unwrap().fg, Color::Reset);
    }

    #[test]
    fn wide_characters_are_never_halved() {
        let buf = paint(5, 3, |p| {
            assert_eq!(p.put(0, 0, "日本語", Style::new(), 5), 4);
            assert_eq!(p.put_cut(0, 1, "日本語", Style::new(), 4), 3);
            p.put(0, 2, "日本", Style::new(), 5);
            p.put(1, 2, "x", Style::new(), 1);
        });
        assert_eq!(buf.cell((2, 0)).unwrap().symbol(), "本");
        assert_eq!(buf.cell((4, 0)).unwrap().symbol(), " ");
        assert_eq!(buf.cell((2, 1)).unwrap().symbol(), "…");
        assert_eq!(buf.cell((0, 2)).unwrap().symbol(), " ", "its second half was taken");
        assert_eq!(buf.cell((1, 2)).unwrap().symbol(), "x");
        assert_eq!(buf.cell((2, 2)).unwrap().symbol(), "本");
    }

    #[test]
    fn what_has_no_width_does_not_reach_a_cell() {
        let buf = paint(6, 1, |p| {
            assert_eq!(p.put(0, 0, "a\u{1b}[\u{200b}e\u{301}\n", Style::new(), 6), 3);
        });
        assert_eq!(rows(&buf), ["a[e\u{301}   "]);
        assert_eq!(width("e\u{301}日"), 3);
    }

    #[test]
    fn a_tint_keeps_the_words_and_clear_does_not() {
        let buf = paint(4, 2, |p| {
            p.put(0, 0, "ab", Color::Red, 4);
            p.tint(0, 0, 9, Color::Blue);
            p.put(0, 1, "ab", Style::new().bg(Color::Red).underlined(), 4);
            p.rows(1, 9).clear(Color::Green);
        });
        assert_eq!(rows(&buf), ["ab  ", "    "]);
        assert!(buf.content().iter().take(4).all(|cell| cell.fg == Color::Blue));
        for cell in buf.content().iter().skip(4) {
            assert_eq!((cell.fg, cell.bg, cell.modifier), (Color::Green, Color::Reset, Modifier::empty()));
        }
    }

    #[test]
    fn parts_are_marked_where_they_stand_and_a_cut_is_not() {
        let marked = |words: &'static str, parts: &[(usize, usize)], max| {
            let parts: Vec<_> = parts.iter().map(|(start, end)| *start..*end).collect();
            let buf = paint(12, 1, |p| {
                p.put_cut(1, 0, words, Style::new(), max);
                p.mark(1, 0, words, &parts, Color::Red, max);
            });
            let cells = buf.content().iter().filter(|cell| cell.fg == Color::Red);
            cells.map(ratatui::buffer::Cell::symbol).collect::<String>()
        };
        assert_eq!(marked("a printer", &[(2, 5)], 11), "pri");
        assert_eq!(marked("日本 語x", &[(3, 6), (7, 11)], 11), "本 語 x", "both cells of a wide character");
        assert_eq!(marked("e\u{301}a printer", &[(5, 12)], 6), "pr", "cut before the mark of the cut");
        assert_eq!(marked("ab", &[], 11), "");
    }

    #[test]
    fn rules_join() {
        let buf = paint(5, 3, |p| {
            p.rule_h(0, &[(2, Tee::Down)]);
            p.rows(1, 1).rule_v(2);
            p.rule_h(2, &[(2, Tee::Up)]);
        });
        assert_eq!(rows(&buf), ["──┬──", "  │  ", "──┴──"]);
        assert_eq!(buf.cell((0, 0)).unwrap().style().fg, Some(Look::default().style(Role::Rule).fg.unwrap()));
    }

    proptest! {
        #[test]
        fn letters_that_none_joins_are_told_apart_as_the_tables_would(text in "[a \n\u{e9}\u{301}\u{200d}\u{1f1e9}\u{1f1ea}\u{1f468}\u{600}\u{915}\u{94d}\u{1100}\u{1161}\u{fe0f}]{0,12}") {
            prop_assert_eq!(graphemes(&text).collect::<Vec<_>>(), text.graphemes(true).collect::<Vec<_>>());
        }

        #[test]
        fn nothing_leaves_the_area(x in 0u16..12, y in 0u16..6, max in 0u16..20, text in ".{0,12}", x2 in 0u16..9, y2 in 0u16..5,
            w in 0u16..12, h in 0u16..6) {
            let full = Rect::new(0, 0, 9, 5);
            let area = Rect::new(x2, y2, w, h);
            let mut buf = Buffer::empty(full);
            let look = Look::default();
            let mut painter = Painter::new(&mut buf, area, &look);
            let used = painter.put_cut(x, y, Own(&text), Color::Red, max);
            prop_assert!(used <= max);
            painter.put_right(x, y, &SafeText::line(&text), Color::Red, max);
            painter.rule_h(y, &[]);
            painter.rule_v(x);
            painter.clear(Color::Red);
            let inside = area.intersection(full);
            for position in full.positions() {
                prop_assert_eq!(buf[position].fg == Color::Red, inside.contains(position));
                prop_assert_eq!(buf[position].symbol(), " ");
            }
        }
    }
}
