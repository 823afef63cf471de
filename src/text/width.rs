//! Display width in terminal cells.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Cells that `text` takes: the sum over its graphemes, as a frame's buffer places them one by one.
#[must_use]
pub fn width(text: &str) -> usize {
    if is_plain(text) { text.len() } else { text.graphemes(true).map(UnicodeWidthStr::width).sum() }
}

/// The longest start of `text` that fits into `cols` cells, and the cells it takes (one less where a wide character would be halved).
#[must_use]
pub fn cut(text: &str, cols: usize) -> (&str, usize) {
    // A cell holds at least one byte, so the look at `cols` bytes more than suffices for plain text.
    if let Some(start) = text.get(..cols.min(text.len()))
        && is_plain(start)
        && text.as_bytes().get(start.len()).is_none_or(u8::is_ascii)
    {
        return (start, start.len());
    }
    let mut taken = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        let cells = grapheme.width();
        if taken + cells > cols {
            return (text.get(..at).unwrap_or_default(), taken);
        }
        taken += cells;
    }
    (text, taken)
}

/// `text` in exactly `cols` cells: padded with spaces, or cut and ended with `…`.
#[must_use]
pub fn fit(text: &str, cols: usize) -> String {
    let (start, taken) = cut(text, cols);
    if start.len() == text.len() {
        return pad(Cow::Borrowed(start), cols - taken);
    }
    if cols == 0 {
        return String::new();
    }
    let (start, taken) = cut(text, cols - 1);
    pad(Cow::Owned(format!("{start}…")), cols - 1 - taken)
}

fn pad(text: Cow<'_, str>, spaces: usize) -> String {
    let mut text = text.into_owned();
    text.extend(std::iter::repeat_n(' ', spaces));
    text
}

/// Whether each byte is one printable ASCII character, so one cell.
pub(super) fn is_plain(text: &str) -> bool {
    text.bytes().all(|b| matches!(b, b' '..=b'~'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn counts_cells_not_characters() {
        for (text, cells) in [("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("漢字", 4), ("🙂", 2), ("🇩🇪", 2), ("…", 1)]
        {
            assert_eq!(width(text), cells, "{text}");
        }
    }

    #[test]
    fn cutting_never_halves_a_wide_character() {
        assert_eq!(cut("漢字x", 3), ("漢", 2));
        assert_eq!(cut("ae\u{301}b", 2), ("ae\u{301}", 2));
        assert_eq!(cut("ae\u{301}b", 1), ("a", 1));
        assert_eq!(cut("abc", 9), ("abc", 3));
        assert_eq!(cut("abc", 0), ("", 0));
    }

    #[test]
    fn fitting_pads_or_ends_with_an_ellipsis() {
        assert_eq!(fit("abc", 5), "abc  ");
        assert_eq!(fit("abcdef", 5), "abcd…");
        assert_eq!(fit("漢字漢字", 6), "漢字… ");
        assert_eq!(fit("abc", 3), "abc");
        assert_eq!(fit("abc", 0), "");
    }

    proptest! {
        #[test]
        fn fitting_gives_exactly_the_columns(raw in crate::text::hostile::text(), cols in 0usize..40) {
            let safe = crate::text::SafeText::line(&raw);
            prop_assert_eq!(width(&fit(safe.as_str(), cols)), cols);
            let (start, taken) = cut(safe.as_str(), cols);
            prop_assert!(taken <= cols);
            prop_assert_eq!(width(start), taken);
        }
    }
}
