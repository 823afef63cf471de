//! The sanitiser: characters are judged one by one, composed (NFC), then bounded grapheme by grapheme.

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthChar;

use super::chars::{Fate, fate};

/// Bytes that one safe line may hold.
pub const LINE_CAP: usize = 4 * 1024;
/// Bytes that one safe block may hold.
pub const BLOCK_CAP: usize = 256 * 1024;

/// Characters composed for each byte that may come out: bounds the work on a flood of marks.
const CHARS_PER_BYTE: usize = 4;
/// Combining marks that one character may carry; no living script needs more.
const MARKS_PER_BASE: usize = 8;
/// Bytes of one grapheme, thus of one cell.
const GRAPHEME_CAP: usize = 64;
/// Cells from one tab stop to the next.
const TAB_STOP: usize = 8;
/// The end of a line that was cut.
const LINE_CUT: &str = "…";
/// The end of a block that was cut.
pub(super) const BLOCK_CUT: &str = "\n… cut";

/// Whether the text is one line or many.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Line,
    Block,
}

/// One safe line: breaks, tabs and the blanks around them become one space; at most [`LINE_CAP`] bytes.
pub(super) fn line(raw: &str) -> String {
    if raw.len() <= LINE_CAP && raw.bytes().all(|b| matches!(b, b' '..=b'~')) {
        return raw.to_owned();
    }
    clean(raw, Shape::Line, LINE_CAP, LINE_CUT)
}

/// Safe lines parted by `\n`, none at the end; tabs expanded; at most [`BLOCK_CAP`] bytes.
pub(super) fn block(raw: &str) -> String {
    let plain = raw.len() <= BLOCK_CAP && raw.bytes().all(|b| matches!(b, b' '..=b'~' | b'\n'));
    let mut text = if plain { raw.to_owned() } else { clean(raw, Shape::Block, BLOCK_CAP, BLOCK_CUT) };
    text.truncate(text.trim_end_matches(['\n', ' ']).len());
    text
}

/// The cleaned text in `cap` bytes, ended with `marker` where there was more to say.
fn clean(raw: &str, shape: Shape, cap: usize, marker: &str) -> String {
    let mut judged = Judged::new(raw, shape);
    let mut composed = String::with_capacity(raw.len().min(cap * 2));
    for c in judged.by_ref().take(cap * CHARS_PER_BYTE).nfc() {
        // What composition leaves of conjoining jamo has no width that terminals agree on.
        let lone_jamo = matches!(c, '\u{1100}'..='\u{11ff}' | '\u{a960}'..='\u{a97c}' | '\u{d7b0}'..='\u{d7fb}');
        composed.push(if lone_jamo { char::REPLACEMENT_CHARACTER } else { c });
    }
    let mut more = judged.next().is_some();
    let mut out = String::with_capacity(composed.len().min(cap) + GRAPHEME_CAP);
    for grapheme in composed.graphemes(true) {
        push_grapheme(&mut out, grapheme);
        if out.len() > cap {
            more = true;
            break;
        }
    }
    if more {
        let room = cap - marker.len();
        let end = out.grapheme_indices(true).map(|(at, _)| at).chain([out.len()]).take_while(|at| *at <= room).last();
        out.truncate(end.unwrap_or(0));
        out.push_str(marker);
    }
    out
}

/// Adds one grapheme with bounded marks and bytes and at least one cell of its own.
fn push_grapheme(out: &mut String, grapheme: &str) {
    let mut chars = grapheme.chars();
    let (Some(first), second) = (chars.next(), chars.next()) else { return };
    if second.is_none() && first.is_ascii() {
        out.push(first);
        return;
    }
    if attaches(first) {
        // A mark with nothing to sit on would land on the cell before it, maybe a border.
        out.push('◌');
    } else if first.width().unwrap_or(0) == 0 {
        out.push(char::REPLACEMENT_CHARACTER);
        return;
    }
    if grapheme.len() <= GRAPHEME_CAP && grapheme.chars().count() <= MARKS_PER_BASE {
        out.push_str(grapheme);
        return;
    }
    let (mut bytes, mut marks) = (0, 0);
    for c in grapheme.chars() {
        let full = bytes + c.len_utf8() > GRAPHEME_CAP;
        if attaches(c) {
            // The first mark that goes takes the rest with it: what is left is a beginning, so still composed.
            marks = if full { MARKS_PER_BASE + 1 } else { marks + 1 };
            if marks > MARKS_PER_BASE {
                continue;
            }
        } else {
            marks = 0;
            if full {
                // An endless conjunct: parted here, visibly.
                out.push(char::REPLACEMENT_CHARACTER);
                bytes = 0;
            }
        }
        bytes += c.len_utf8();
        out.push(c);
    }
}

/// Whether `c` joins the character before it into one grapheme.
fn attaches(c: char) -> bool {
    let mut pair = String::from("a");
    pair.push(c);
    pair.graphemes(true).nth(1).is_none()
}

/// The characters of a raw text after each was judged by its [`Fate`].
struct Judged<'a> {
    raw: std::iter::Peekable<std::str::Chars<'a>>,
    shape: Shape,
    /// What one raw character became beside the character already given.
    owed: Owed,
    /// Cells since the last line break.
    column: usize,
    /// The last character given was a blank, or none was given yet.
    after_blank: bool,
}

/// Characters still to be given.
enum Owed {
    Nothing,
    Letter(char),
    Spaces(usize),
}

impl<'a> Judged<'a> {
    fn new(raw: &'a str, shape: Shape) -> Self {
        Self { raw: raw.chars().peekable(), shape, owed: Owed::Nothing, column: 0, after_blank: true }
    }

    fn give(&mut self, c: char) -> char {
        self.column = if c == '\n' { 0 } else { self.column + c.width().unwrap_or(0) };
        self.after_blank = c == ' ';
        c
    }

    /// Passes what belongs to one break of a line: more breaks, tabs, blanks and what will be dropped.
    fn skip_break(&mut self) {
        while self.raw.next_if(|c| *c == ' ' || matches!(fate(*c), Fate::Break | Fate::Tab | Fate::Blank | Fate::Drop)).is_some()
        {
        }
    }
}

impl Iterator for Judged<'_> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        match std::mem::replace(&mut self.owed, Owed::Nothing) {
            Owed::Letter(c) => return Some(self.give(c)),
            Owed::Spaces(n) if n > 0 => {
                self.owed = Owed::Spaces(n - 1);
                return Some(self.give(' '));
            }
            Owed::Spaces(_) | Owed::Nothing => {}
        }
        loop {
            let c = self.raw.next()?;
            match (fate(c), self.shape) {
                (Fate::Keep, _) => return Some(self.give(c)),
                (Fate::Blank, _) => return Some(self.give(' ')),
                (Fate::Mark, _) => return Some(self.give(char::REPLACEMENT_CHARACTER)),
                (Fate::Drop, _) => {}
                (Fate::Caret(letter), _) => {
                    self.owed = Owed::Letter(letter);
                    return Some(self.give('^'));
                }
                (Fate::Break | Fate::Tab, Shape::Line) => {
                    self.skip_break();
                    if !self.after_blank && self.raw.peek().is_some() {
                        return Some(self.give(' '));
                    }
                }
                (Fate::Break, Shape::Block) => {
                    if c == '\r' {
                        self.raw.next_if_eq(&'\n');
                    }
                    return Some(self.give('\n'));
                }
                (Fate::Tab, Shape::Block) => {
                    self.owed = Owed::Spaces(TAB_STOP - 1 - self.column % TAB_STOP);
                    return Some(self.give(' '));
                }
            }
        }
    }
}
