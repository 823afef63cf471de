//! [`Field`]: one line that is typed into.

use std::{fmt, ops::Range};

use ratatui::layout::Position;
use tui_textarea::{CursorMove, Input, Key, TextArea};
use unicode_segmentation::UnicodeSegmentation;
use zeroize::Zeroize;

use super::{
    Painter, Role,
    painter::{Own, clusters, width},
};
use crate::{domain::Secret, text::SafeText};

/// Characters that a field takes at most; secrets, URLs and queries are far shorter.
const MAX_CHARS: usize = 1024;

/// Bytes set aside for a secret at once: as long as it grows within them, no copy of its beginning stays behind in memory.
const SECRET_CAPACITY: usize = 4 * MAX_CHARS;

/// One line of text with its cursor, kept in a text area; what is typed or pasted into it is made safe at once.
pub struct Field {
    area: TextArea<'static>,
    secret: bool,
    revealed: bool,
}

/// Says how much is in it, never what: it may be a secret.
impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Field({} bytes)", self.value().len())
    }
}

impl Default for Field {
    fn default() -> Self {
        Self::new("")
    }
}

impl Field {
    /// A field that holds `value`, its cursor at the end.
    #[must_use]
    pub fn new(value: &str) -> Self {
        Self { area: text_area(SafeText::line(value).as_str().to_owned()), secret: false, revealed: false }
    }

    /// An empty field whose text is masked and leaves no undo history.
    #[must_use]
    pub fn secret() -> Self {
        Self { area: secret_area(), secret: true, revealed: false }
    }

    /// The text as it stands; of a secret field too, so look at [`take_secret`](Self::take_secret) there.
    #[must_use]
    pub fn value(&self) -> &str {
        self.area.lines().first().map_or("", String::as_str)
    }

    /// Whether nothing is typed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.value().is_empty()
    }

    /// The character that the cursor stands before, counted from 0.
    #[must_use]
    pub fn cursor(&self) -> usize {
        self.area.cursor().1
    }

    /// The byte that the cursor stands before.
    #[must_use]
    pub fn cursor_byte(&self) -> usize {
        self.value().char_indices().nth(self.cursor()).map_or(self.value().len(), |(offset, _)| offset)
    }

    /// Puts `text` in the place of a part of what is there, made safe; the cursor goes behind it. A span that is none of the text
    /// changes nothing.
    pub fn replace(&mut self, span: Range<usize>, text: &str) {
        let value = self.value();
        let (Some(before), Some(after), false) = (value.get(..span.start), value.get(span.end..), self.secret) else { return };
        let before = format!("{before}{}", SafeText::line(text));
        let cursor = before.chars().count();
        self.area = text_area(before + after);
        self.area.move_cursor(CursorMove::Jump(0, u16::try_from(cursor).unwrap_or(u16::MAX)));
    }

    /// The column, of `max`, in which the byte `at` of the text is drawn: the first or the last one for what is out of sight.
    #[must_use]
    pub fn column(&self, at: usize, max: u16) -> u16 {
        let cells = |end: usize| width(Own(self.value().get(..end).unwrap_or_else(|| self.value())));
        cells(at).saturating_sub(shift(cells(self.cursor_byte()), max)).min(max)
    }

    /// Replaces the text; the cursor goes to its end.
    pub fn set(&mut self, value: &str) {
        self.clear();
        self.paste(value);
    }

    /// Empties the field.
    pub fn clear(&mut self) {
        if self.secret {
            drop(self.take_secret());
        } else {
            self.area = text_area(String::new());
        }
    }

    /// Shows or masks a secret field.
    pub fn toggle_reveal(&mut self) {
        self.revealed = !self.revealed;
    }

    /// Whether the text is shown as marks only.
    #[must_use]
    pub fn is_masked(&self) -> bool {
        self.secret && !self.revealed
    }

    /// Takes a key that means no command here; `true` when the text changed. Line breaks, tabs and the text area's own undo,
    /// selection and clipboard keys do nothing.
    pub fn handle(&mut self, input: &Input) -> bool {
        let &Input { key, ctrl, alt, .. } = input;
        let changed = match (key, ctrl, alt) {
            (Key::Char(c), false, false) => self.insert(c),
            (Key::Backspace, false, false) | (Key::Char('h'), true, false) => self.area.delete_char(),
            (Key::Delete, false, false) | (Key::Char('d'), true, false) => self.area.delete_next_char(),
            (Key::Backspace, _, _) | (Key::Char('w'), true, false) => self.area.delete_word(),
            (Key::Delete, _, _) | (Key::Char('d'), false, true) => self.area.delete_next_word(),
            (Key::Char('k'), true, false) => self.area.delete_line_by_end(),
            _ => {
                if let Some(cursor_move) = cursor_move(key, ctrl, alt) {
                    self.area.move_cursor(cursor_move);
                }
                false
            }
        };
        if self.secret {
            // Deleting words keeps them for a later paste.
            self.area.set_yank_text("");
        }
        changed
    }

    /// Inserts pasted text at the cursor as one line; `true` when the text changed. Spaces and line breaks around it, which
    /// come along when a line is copied, are left out, and of a secret everything that can't be a part of one.
    pub fn paste(&mut self, raw: &str) -> bool {
        let room = MAX_CHARS.saturating_sub(self.value().chars().count());
        // A secret goes to the server as it is: nothing may be put in place of a character.
        let mut line: String = if self.secret {
            raw.trim().chars().filter(|c| !c.is_control()).take(room).collect()
        } else {
            SafeText::line(raw.trim()).as_str().chars().take(room).collect()
        };
        let changed = !line.is_empty() && self.area.insert_str(&line);
        line.zeroize();
        changed
    }

    /// Moves the secret out and leaves an empty masked field without history.
    ///
    /// The text area's own text is wiped; [`Secret`] wipes what is handed out. What can't be wiped are the characters on their
    /// way here: input buffers, and the edits that the text area forgets at once without wiping them.
    #[must_use]
    pub fn take_secret(&mut self) -> Secret {
        let area = std::mem::replace(&mut self.area, secret_area());
        (self.secret, self.revealed) = (true, false);
        let mut lines = area.into_lines();
        // Of exactly its length: a longer one would be shrunk, which may move it and leave a copy behind.
        let secret = Secret::new(lines.iter().map(String::as_str).collect::<Vec<_>>().concat());
        lines.zeroize();
        secret
    }

    /// Draws the field on `max` cells and answers where the terminal's cursor belongs if it has the focus, in the frame's
    /// coordinates. Longer text is shifted by half widths, so that the cursor seldom moves all of it.
    pub fn draw(
        &self,
        painter: &mut Painter<'_>,
        (x, y): (u16, u16),
        max: u16,
        focused: bool,
        placeholder: &'static str,
    ) -> Option<Position> {
        let max = max.min(painter.cols().saturating_sub(x));
        if max == 0 || y >= painter.area().height {
            return None;
        }
        let style = painter.style(if focused { Role::InputFocused } else { Role::Input });
        for at in 0..max {
            painter.put(x + at, y, " ", style, 1);
        }
        let (shown, before) = self.shown(painter.glyphs().mask);
        // Without the cursor in it a long value shows how it begins: that tells more than its end.
        let shift = if focused { shift(before, max) } else { 0 };
        if shown.is_empty() {
            let style = painter.style(Role::Placeholder);
            painter.put_cut(x, y, placeholder, style, max);
        } else {
            let (rest, gap) = skip_cells(&shown, shift);
            let room = max - gap.min(max);
            if focused {
                painter.put(x + gap.min(max), y, Own(rest), style, room);
            } else {
                painter.put_cut(x, y, Own(rest), style, room);
            }
        }
        focused.then(|| Position::new(painter.area().x + x + (before - shift).min(max - 1), painter.area().y + y))
    }

    /// The text as drawn, and the cells before the cursor.
    fn shown(&self, mask: &str) -> (String, u16) {
        let (before, after) = self.value().split_at_checked(self.cursor_byte()).unwrap_or((self.value(), ""));
        let draw = |text: &str| {
            if self.is_masked() { mask.repeat(text.chars().count()) } else { SafeText::line(text).as_str().to_owned() }
        };
        let head = draw(before);
        let cells = width(Own(&head));
        if self.is_masked() {
            return (head + &draw(after), cells);
        }
        // Parts made safe one by one could differ from the whole where the cursor stands inside a cluster.
        (draw(self.value()), cells)
    }

    fn insert(&mut self, c: char) -> bool {
        let fits = self.value().chars().count() < MAX_CHARS;
        // Alone, a combining mark is given something to sit on; in the text it finds its letter.
        let safe = !c.is_control() && (self.secret || SafeText::line(c.encode_utf8(&mut [0; 4])).as_str().ends_with(c));
        if fits && safe {
            self.area.insert_char(c);
        }
        fits && safe
    }
}

/// Wipes what was typed into a secret field.
impl Drop for Field {
    fn drop(&mut self) {
        if self.secret {
            drop(self.take_secret());
        }
    }
}

fn text_area(line: String) -> TextArea<'static> {
    let mut area = TextArea::new(vec![line]);
    area.move_cursor(CursorMove::End);
    area
}

fn secret_area() -> TextArea<'static> {
    let mut area = text_area(String::with_capacity(SECRET_CAPACITY));
    area.set_max_histories(0);
    area
}

/// The keys that move the cursor in a line, as shells have them.
fn cursor_move(key: Key, ctrl: bool, alt: bool) -> Option<CursorMove> {
    Some(match (key, ctrl, alt) {
        (Key::Left, false, false) | (Key::Char('b'), true, false) => CursorMove::Back,
        (Key::Right, false, false) | (Key::Char('f'), true, false) => CursorMove::Forward,
        (Key::Left, _, _) | (Key::Char('b'), false, true) => CursorMove::WordBack,
        (Key::Right, _, _) | (Key::Char('f'), false, true) => CursorMove::WordForward,
        (Key::Home, _, _) | (Key::Char('a'), true, false) => CursorMove::Head,
        (Key::End, _, _) | (Key::Char('e'), true, false) => CursorMove::End,
        _ => return None,
    })
}

/// Cells by which the text is shifted to the left so that a cursor after `before` cells is among `max` cells.
fn shift(before: u16, max: u16) -> u16 {
    let half = (max / 2).max(1);
    before.saturating_sub(max - 1).div_ceil(half).saturating_mul(half)
}

/// `text` without its first `cells` cells, and the cells that the rest starts later where a wide character was halved.
fn skip_cells(text: &str, cells: u16) -> (&str, u16) {
    let mut skipped = 0_u16;
    let mut offset = 0;
    for (start, cluster) in text.grapheme_indices(true) {
        if skipped >= cells {
            break;
        }
        skipped += clusters(cluster).map(|(_, cells)| cells).sum::<u16>();
        offset = start + cluster.len();
    }
    (text.get(offset..).unwrap_or(""), skipped - cells.min(skipped))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::{buffer::Buffer, layout::Rect};

    use super::*;
    use crate::ui::Look;

    fn input(key: Key) -> Input {
        Input { key, ..Input::default() }
    }

    fn type_in(field: &mut Field, text: &str) {
        for c in text.chars() {
            field.handle(&input(Key::Char(c)));
        }
    }

    fn drawn(field: &Field, max: u16) -> (String, Option<u16>) {
        let mut buf = Buffer::empty(Rect::new(0, 0, max, 1));
        let look = Look::default();
        let mut painter = Painter::new(&mut buf, Rect::new(0, 0, max, 1), &look);
        let cursor = field.draw(&mut painter, (0, 0), max, true, "none yet");
        let text = buf.content().iter().map(ratatui::buffer::Cell::symbol).collect();
        (text, cursor.map(|position| position.x))
    }

    #[test]
    fn typing_moving_and_deleting() {
        let mut field = Field::new("acme.com");
        field.handle(&input(Key::Home));
        type_in(&mut field, "x");
        assert_eq!((field.value(), field.cursor()), ("xacme.com", 1));
        field.handle(&input(Key::Backspace));
        field.handle(&Input { ctrl: true, ..input(Key::Char('e')) });
        field.handle(&Input { ctrl: true, ..input(Key::Char('w')) });
        assert_eq!(field.value(), "acme.");
        field.set("new");
        assert_eq!((field.value(), field.cursor()), ("new", 3));
        field.clear();
        assert!(field.is_empty());
    }

    #[test]
    fn keys_that_are_no_text_change_nothing() {
        let mut field = Field::new("abc");
        for key in
            [Key::Enter, Key::Tab, Key::Esc, Key::Up, Key::Down, Key::PageUp, Key::F(1), Key::Char('\n'), Key::Char('\u{1b}')]
        {
            assert!(!field.handle(&input(key)), "{key:?}");
        }
        for c in "umjrxcyvnp".chars() {
            assert!(!field.handle(&Input { ctrl: true, ..input(Key::Char(c)) }), "ctrl-{c}");
            assert!(!field.handle(&Input { alt: true, ..input(Key::Char(c)) }), "alt-{c}");
        }
        assert_eq!(field.value(), "abc");
    }

    #[test]
    fn pastes_become_one_safe_line() {
        let mut field = Field::new("a");
        assert!(field.paste("  b\r\nc\u{1b}[31m\n"));
        assert!(!field.value().chars().any(char::is_control));
        assert!(field.value().starts_with("ab") && field.value().ends_with("[31m"));
        assert!(!field.paste("\n"));
        field.paste(&"x".repeat(10 * MAX_CHARS));
        assert_eq!(field.value().chars().count(), MAX_CHARS);
        assert!(!field.handle(&input(Key::Char('y'))));
    }

    #[test]
    fn a_secret_is_masked_taken_whole_and_never_printed() {
        let mut field = Field::secret();
        type_in(&mut field, "s3");
        field.paste("cr\u{301}et-é\n");
        assert_eq!(drawn(&field, 12), ("•••••••••   ".to_owned(), Some(9)));
        assert_eq!(format!("{field:?}"), "Field(11 bytes)");
        field.toggle_reveal();
        assert!(drawn(&field, 12).0.starts_with("s3c"));
        field.handle(&Input { ctrl: true, ..input(Key::Char('u')) });
        assert_eq!(field.take_secret().expose(), "s3cr\u{301}et-é", "as it was, no letter replaced");
        assert!(field.is_empty() && field.is_masked());
        assert!(!field.area.undo(), "no history");
        assert_eq!(field.area.yank_text(), "");
    }

    #[test]
    fn a_part_is_replaced_and_its_column_told() {
        let mut field = Field::new("é st x");
        field.replace(3..5, "日本:");
        assert_eq!((field.value(), field.cursor(), field.cursor_byte()), ("é 日本: x", 5, 10));
        assert_eq!((field.column(3, 40), field.column(10, 40)), (2, 7));
        field.replace(4..5, "x");
        assert_eq!(field.value(), "é 日本: x", "half a character is no part");
        let long = Field::new("0123456789");
        assert_eq!((long.column(5, 8), long.column(0, 8), long.column(10, 8)), (1, 0, 6), "shifted by four as it is drawn");
    }

    #[test]
    fn words_deleted_from_a_secret_are_not_kept() {
        let mut field = Field::secret();
        type_in(&mut field, "very secret");
        field.handle(&Input { ctrl: true, ..input(Key::Char('w')) });
        assert_eq!((field.value(), field.area.yank_text()), ("very ", String::new()));
        assert!(!field.area.undo());
    }

    #[test]
    fn long_text_shifts_by_halves_and_the_cursor_stays_in() {
        let mut field = Field::new("0123456789");
        assert_eq!(drawn(&field, 20), ("0123456789          ".to_owned(), Some(10)));
        assert_eq!(drawn(&field, 8), ("456789  ".to_owned(), Some(6)));
        field.handle(&input(Key::Left));
        assert_eq!(drawn(&field, 8), ("456789  ".to_owned(), Some(5)), "nothing moved but the cursor");
        field.handle(&input(Key::Home));
        assert_eq!(drawn(&field, 8), ("01234567".to_owned(), Some(0)));
        assert_eq!(drawn(&Field::default(), 5), ("none…".to_owned(), Some(0)));
        let wide = Field::new("日本語日本語");
        let (text, cursor) = drawn(&wide, 7);
        assert!(text.contains('語') && cursor == Some(6), "{text} {cursor:?}");
    }

    proptest! {
        #[test]
        fn the_cursor_is_always_inside(text in "\\PC{0,20}", moves in 0usize..20, max in 1u16..12) {
            let mut field = Field::new(&text);
            for _ in 0..moves {
                field.handle(&input(Key::Left));
            }
            let (_, cursor) = drawn(&field, max);
            prop_assert!(cursor.is_some_and(|x| x < max));
        }
    }
}
