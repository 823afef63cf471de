//! Breaking lines at words, by cells.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::width::width;

/// Lines of at most `cols` cells (taken as 1 where 0): broken at spaces, within a word only where it is longer than a line.
///
/// `\n` always breaks. What continues a quoted line or a list item repeats the quote marks and is indented like its start.
/// A character wider than `cols` stands alone, too wide. Linear in the length of `text`.
#[must_use]
pub fn wrap(text: &str, cols: usize) -> Vec<Cow<'_, str>> {
    let mut lines = Vec::new();
    for line in text.split('\n') {
        wrap_line(line, cols.max(1), &mut lines);
    }
    lines
}

fn wrap_line<'a>(line: &'a str, cols: usize, lines: &mut Vec<Cow<'a, str>>) {
    // No cell takes less than a byte.
    if line.len() <= cols || width(line) <= cols {
        lines.push(Cow::Borrowed(line));
        return;
    }
    let (indent_bytes, indent) = hanging_indent(line, cols);
    let mut state = Breaker { line, cols, indent, lines, start: 0, used: 0, space: None };
    for (at, grapheme) in line.grapheme_indices(true) {
        let blank = grapheme == " " && at >= indent_bytes;
        state.place(at, grapheme.width(), blank);
    }
    let start = state.start;
    state.emit(start, line.len());
}

/// The state of one line's breaking.
struct Breaker<'a, 'l> {
    line: &'a str,
    cols: usize,
    /// What lines after the first start with.
    indent: String,
    lines: &'l mut Vec<Cow<'a, str>>,
    /// Byte where the current line starts.
    start: usize,
    /// Cells used in it, the indent included.
    used: usize,
    /// The last run of spaces: byte of its start and of its end, cells used up to its end.
    space: Option<(usize, usize, usize)>,
}

impl Breaker<'_, '_> {
    fn place(&mut self, at: usize, cells: usize, blank: bool) {
        if blank {
            match &mut self.space {
                Some((_, end, used)) if *end == at => (*end, *used) = (at + 1, self.used + 1),
                space => *space = Some((at, at + 1, self.used + 1)),
            }
            // A blank past the last column hangs there unseen: it never starts a line.
            self.used += 1;
            return;
        }
        if self.used + cells > self.cols && at > self.start {
            let (end, next, left) = match self.space.take() {
                Some((end, next, used)) if next > self.start => (end, next, self.used.saturating_sub(used)),
                _ => (at, at, 0),
            };
            // Blanks that lead a line too narrow for them are no line of their own.
            if end > self.start {
                self.emit(self.start, end);
            }
            self.start = next;
            self.used = self.indent.len() + left;
            // The word that moved down may itself fill the line.
            if self.used + cells > self.cols && at > self.start {
                self.emit(self.start, at);
                self.start = at;
                self.used = self.indent.len();
            }
        }
        self.used += cells;
    }

    fn emit(&mut self, from: usize, to: usize) {
        let piece = self.line.get(from..to).unwrap_or_default();
        let piece = piece.trim_end_matches(' ');
        let whole = if from == 0 || self.indent.is_empty() {
            Cow::Borrowed(piece)
        } else {
            Cow::Owned(format!("{}{piece}", self.indent))
        };
        self.lines.push(whole);
    }
}

/// How many bytes of `line` are quote marks, indentation and a list mark, and what its continuation starts with instead.
fn hanging_indent(line: &str, cols: usize) -> (usize, String) {
    let quotes = line.len() - line.trim_start_matches(['>', ' ']).len();
    let rest = line.get(quotes..).unwrap_or_default();
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let mark = if rest.starts_with("- ") || rest.starts_with("* ") {
        2
    } else if (1..=3).contains(&digits) && rest.get(digits..).is_some_and(|after| after.starts_with(". ")) {
        digits + 2
    } else {
        0
    };
    // A deep quote in a narrow pane must leave room for words.
    if (quotes + mark) * 2 > cols || quotes + mark + 2 > cols {
        return (0, String::new());
    }
    let mut indent = line.get(..quotes).unwrap_or_default().to_owned();
    indent.extend(std::iter::repeat_n(' ', mark));
    (quotes + mark, indent)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::{SafeText, hostile};

    #[test]
    fn breaks_at_words() {
        assert_eq!(wrap("the quick brown fox", 9), ["the quick", "brown fox"]);
        assert_eq!(wrap("the quick brown fox", 10), ["the quick", "brown fox"]);
        assert_eq!(wrap("a\n\nb", 10), ["a", "", "b"]);
        assert_eq!(wrap("", 10), [""]);
        assert_eq!(wrap("ab   cd", 3), ["ab", "cd"]);
    }

    #[test]
    fn breaks_a_long_word_where_the_line_ends() {
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrap("ab cdefgh", 4), ["ab", "cdef", "gh"]);
        assert_eq!(wrap("漢字漢", 4), ["漢字", "漢"]);
        assert_eq!(wrap("漢字漢", 3), ["漢", "字", "漢"]);
        assert_eq!(wrap("漢字", 1), ["漢", "字"]);
        assert_eq!(wrap("ab", 0), ["a", "b"]);
    }

    #[test]
    fn continues_quotes_and_list_items_as_they_began() {
        assert_eq!(wrap("> one two three", 9), ["> one two", "> three"]);
        assert_eq!(wrap("> > one two three", 11), ["> > one two", "> > three"]);
        assert_eq!(wrap("- one two three", 9), ["- one two", "  three"]);
        assert_eq!(wrap("  12. one two three", 13), ["  12. one two", "      three"]);
        assert_eq!(wrap("  indented text", 10), ["  indented", "  text"]);
    }

    #[test]
    fn a_deep_quote_leaves_room_for_words() {
        assert_eq!(wrap("> > > > > abc def", 8), ["> > > >", "> abc", "def"]);
    }

    #[test]
    fn a_megabyte_without_a_space_is_broken_everywhere() {
        let lines = wrap(&"x".repeat(1_000_000), 80).len();
        assert_eq!(lines, 12_500);
        let huge = "漢".repeat(300_000);
        assert_eq!(wrap(&huge, 80).len(), 7_500);
    }

    proptest! {
        #[test]
        fn every_line_fits(raw in hostile::text(), cols in 2usize..40) {
            let safe = SafeText::block(&raw);
            for line in wrap(safe.as_str(), cols) {
                prop_assert!(width(&line) <= cols || line.trim_start_matches(['>', ' ']).graphemes(true).count() == 1, "{line:?}");
            }
        }

        #[test]
        fn no_word_is_lost_or_glued(words in proptest::collection::vec("[a-z]{1,9}", 1..20), cols in 9usize..40) {
            let text = words.join(" ");
            let again: Vec<_> = wrap(&text, cols).iter().flat_map(|line| line.split(' ').map(str::to_owned).collect::<Vec<_>>()).collect();
            prop_assert_eq!(again, words);
        }
    }
}
