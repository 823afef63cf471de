//! What each character may do: the one table that the sanitiser, the search folding and the screen's last guard share.

/// What becomes of a character on its way to a terminal cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Shown as it is.
    Keep,
    /// A line break of any alphabet.
    Break,
    /// A horizontal tab.
    Tab,
    /// A blank of any width: shown as one plain space, so that two names can't differ by a blank alone.
    Blank,
    /// A C0 control or DEL: shown as `^` and this letter.
    Caret(char),
    /// Can't be shown, but something was there: shown as U+FFFD.
    Mark,
    /// Invisible by nature: taken out.
    Drop,
}

/// Whether a character may stand in a terminal cell: no control, bidi, tag, invisible or unassigned character, no blank but U+0020.
///
/// The screen writer's last guard replaces a cell that holds any other.
#[must_use]
pub fn is_safe_char(c: char) -> bool {
    fate(c) == Fate::Keep
}

/// The fate of `c`.
///
/// Variation selectors, joiners and skin tones go because terminals disagree about the width of what they build: without
/// them every terminal counts the same cells, at the price of a plainer emoji.
pub(super) fn fate(c: char) -> Fate {
    match c {
        // What nearly all cells hold, settled before anything is looked up: ASCII, Latin letters, punctuation, arrows, borders,
        // blocks, shapes, dingbats.
        ' '..='~'
        | '\u{ae}'..='\u{17f}'
        | '\u{2010}'..='\u{2027}'
        | '\u{2190}'..='\u{21ff}'
        | '\u{2500}'..='\u{27bf}'
        | '\u{fffd}' => Fate::Keep,
        '\t' => Fate::Tab,
        '\n' | '\u{b}' | '\u{c}' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => Fate::Break,
        '\0'..='\u{1f}' | '\u{7f}' => Fate::Caret(caret_letter(c)),
        // No-break, typographic and ideographic spaces, and the empty braille pattern.
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{2800}' | '\u{3000}' => Fate::Blank,
        // C1, and the two overrides that turn names around ("exe.gpj"): the attempt stays visible.
        '\u{80}'..='\u{9f}' | '\u{202d}' | '\u{202e}' => Fate::Mark,
        _ if is_invisible(c) => Fate::Drop,
        _ if is_disputed(c) || !is_printable(c) => Fate::Mark,
        _ => Fate::Keep,
    }
}

/// The letter that stands for a C0 control or DEL after a caret: the one typed with Ctrl to send it.
fn caret_letter(control: char) -> char {
    char::from_u32(u32::from(control) ^ 0x40).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// Characters that show nothing of their own: marks of direction, joining and shape, fillers and tags.
fn is_invisible(c: char) -> bool {
    matches!(c,
        // Bidi marks, embeddings and isolates (UAX 9), deprecated formats.
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202c}' | '\u{2066}'..='\u{206f}'
        // Soft hyphen, grapheme joiner, zero-width space and joiners, word joiner, invisible operators, byte order mark.
        | '\u{ad}' | '\u{34f}' | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2065}' | '\u{feff}'
        // Hangul, Khmer and Mongolian fillers and selectors.
        | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        // Variation selectors, interlinear marks, shorthand and musical formats, tags and their supplement.
        | '\u{fe00}'..='\u{fe0f}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}'
        // Skin tones: presentation of the emoji before, two cells more where the terminal can't join them.
        | '\u{1f3fb}'..='\u{1f3ff}')
}

/// Characters that terminals give different widths, or none: number marks that precede their digits, rephas, private use.
fn is_disputed(c: char) -> bool {
    matches!(c,
        '\u{600}'..='\u{605}' | '\u{6dd}' | '\u{70f}' | '\u{890}' | '\u{891}' | '\u{8e2}' | '\u{110bd}' | '\u{110cd}'
        | '\u{d4e}' | '\u{111c2}' | '\u{111c3}' | '\u{113d1}' | '\u{1193f}' | '\u{11941}' | '\u{11a3a}'
        | '\u{11a84}'..='\u{11a89}' | '\u{11d46}' | '\u{11f02}' | '\u{13430}'..='\u{1345f}'
        | '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}

/// Whether the standard library's Unicode tables hold `c` as a character with a glyph.
///
/// `str::escape_debug` escapes what is unassigned, a format or a surrogate; it leaves combining marks alone unless they come first.
fn is_printable(c: char) -> bool {
    let mut pair = [b'a', 0, 0, 0, 0];
    let length = pair.get_mut(1..).map_or(0, |room| c.encode_utf8(room).len());
    let text = pair.get(..=length).and_then(|bytes| std::str::from_utf8(bytes).ok());
    text.is_some_and(|text| text.escape_debug().nth(1) == Some(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_programs_own_glyphs_are_safe() {
        for c in "│─┌┐└┘├┤┬┴┼═║╭╮╰╯█▉▊▋▌▍▎▏▁▂▃▄▅▆▇▐░▒▓⠁⣿●○◐◌▲▼◀▶→←↑↓…·•–—✓✗⏸«»“”’€\u{fffd}".chars()
        {
            assert!(is_safe_char(c), "{:x}", u32::from(c));
        }
    }

    #[test]
    fn what_is_settled_at_once_would_be_kept_by_the_tables_too() {
        let letters = ('\u{ae}'..='\u{17f}').chain('\u{2010}'..='\u{2027}');
        for c in letters.chain('\u{2190}'..='\u{21ff}').chain('\u{2500}'..='\u{27bf}') {
            assert!(is_printable(c) && !is_disputed(c) && !is_invisible(c), "{:x}", u32::from(c));
        }
    }

    #[test]
    fn letters_of_every_alphabet_and_emoji_are_safe() {
        for c in "ÄßøŁжЩΩאبपक्ที่한국語漢字かガ🙂🇩🇪👍🏴\u{301}\u{20e3}".chars() {
            assert!(is_safe_char(c), "{:x}", u32::from(c));
        }
    }

    #[test]
    fn nothing_that_acts_hides_or_reorders_is_safe() {
        let ranges = [
            0x0..=0x1f,
            0x7f..=0x9f,
            0xa0..=0xa0,
            0xad..=0xad,
            0x61c..=0x61c,
            0x200b..=0x200f,
            0x2028..=0x202e,
            0x2060..=0x206f,
            0xe000..=0xf8ff,
            0xfdd0..=0xfdef,
            0xfe00..=0xfe0f,
            0xfeff..=0xfeff,
            0xfff9..=0xfffb,
            0xfffe..=0xffff,
            0x40000..=0x10_ffff,
        ];
        for c in ranges.into_iter().flatten().filter_map(char::from_u32) {
            assert!(!is_safe_char(c), "{:x}", u32::from(c));
        }
    }

    #[test]
    fn an_unassigned_code_point_is_marked() {
        assert_eq!(fate('\u{378}'), Fate::Mark);
        assert_eq!(fate('\u{1fbff}'), Fate::Mark);
    }
}
