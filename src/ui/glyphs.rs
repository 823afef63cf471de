//! [`Glyphs`]: the marks and lines, in UTF-8 or in ASCII.

use crate::text::is_utf8_locale;

/// The characters that are not letters: each is one cell wide unless said otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Glyphs {
    /// In front of the row under the cursor.
    pub marker: &'static str,
    /// In front of a row that changed since it was looked at.
    pub changed: &'static str,
    /// A target is near.
    pub near: &'static str,
    /// On hold.
    pub hold: &'static str,
    /// A target was missed; a step failed.
    pub breached: &'static str,
    /// A step succeeded.
    pub done: &'static str,
    /// A line across.
    pub rule_h: &'static str,
    /// A line down.
    pub rule_v: &'static str,
    /// A line across from which one goes down.
    pub tee_down: &'static str,
    /// A line across from which one goes up.
    pub tee_up: &'static str,
    /// Text was cut here.
    pub ellipsis: &'static str,
    /// Between words of one line.
    pub dot: &'static str,
    /// Nothing to show in this cell.
    pub none: &'static str,
    /// From one to another (one or two cells).
    pub arrow: &'static str,
    /// Ordered by this, the least first.
    pub rising: &'static str,
    /// Ordered by this, the most first.
    pub falling: &'static str,
    /// A character that is kept from sight.
    pub mask: &'static str,
    /// Beside every line of a private note.
    pub private: &'static str,
    /// A full cell of a bar.
    pub bar: &'static str,
    /// An empty cell of a bar.
    pub bar_rest: &'static str,
    /// Rising levels, lowest first.
    pub levels: [&'static str; 8],
}

impl Glyphs {
    /// With line drawing and blocks, as every UTF-8 terminal has them; no special font.
    pub const UTF8: Self = Self {
        marker: "▌",
        changed: "•",
        near: "!",
        hold: "‖",
        breached: "✗",
        done: "✓",
        rule_h: "─",
        rule_v: "│",
        tee_down: "┬",
        tee_up: "┴",
        ellipsis: "…",
        dot: "·",
        none: "–",
        arrow: "→",
        rising: "↑",
        falling: "↓",
        mask: "•",
        private: "▒",
        bar: "▇",
        bar_rest: "·",
        levels: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
    };

    /// With ASCII only.
    pub const ASCII: Self = Self {
        marker: ">",
        changed: "*",
        near: "!",
        hold: "=",
        breached: "x",
        done: "+",
        rule_h: "-",
        rule_v: "|",
        tee_down: "+",
        tee_up: "+",
        ellipsis: "~",
        dot: "-",
        none: "-",
        arrow: "->",
        rising: "^",
        falling: "v",
        mask: "*",
        private: "%",
        bar: "#",
        bar_rest: ".",
        levels: [".", ":", "-", "=", "+", "*", "#", "@"],
    };

    /// Chooses by the locale, as [`is_utf8_locale`] does.
    #[must_use]
    pub fn detect(env: &dyn Fn(&str) -> Option<String>) -> Self {
        if is_utf8_locale(env) { Self::UTF8 } else { Self::ASCII }
    }
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::*;

    fn detect(vars: &[(&str, &str)]) -> Glyphs {
        Glyphs::detect(&|name| vars.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
    }

    #[test]
    fn the_first_locale_variable_that_is_set_decides() {
        assert_eq!(detect(&[("LANG", "en_GB.UTF-8")]), Glyphs::UTF8);
        assert_eq!(detect(&[("LANG", "C"), ("LC_CTYPE", "C.utf8")]), Glyphs::UTF8);
        assert_eq!(detect(&[("LC_ALL", "POSIX"), ("LANG", "en_GB.UTF-8")]), Glyphs::ASCII);
        assert_eq!(detect(&[("LC_ALL", ""), ("LANG", "en_GB.UTF-8")]), Glyphs::UTF8);
        assert_eq!(detect(&[("LANG", "de_DE.ISO-8859-1")]), Glyphs::ASCII);
        assert_eq!(detect(&[]), Glyphs::ASCII);
    }

    #[test]
    fn each_is_one_cell_wide_and_ascii_is_ascii() {
        for set in [Glyphs::UTF8, Glyphs::ASCII] {
            let one = [
                set.marker,
                set.changed,
                set.near,
                set.hold,
                set.breached,
                set.done,
                set.rule_h,
                set.rule_v,
                set.tee_down,
                set.tee_up,
                set.ellipsis,
                set.dot,
                set.none,
                set.rising,
                set.falling,
                set.mask,
                set.private,
                set.bar,
                set.bar_rest,
            ];
            for glyph in one.iter().chain(&set.levels) {
                assert_eq!(glyph.width(), 1, "{glyph}");
                assert!(set == Glyphs::UTF8 || glyph.is_ascii(), "{glyph}");
            }
            assert!(set.arrow.width() <= 2);
        }
    }
}
