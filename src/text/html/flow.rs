//! The flow of text: blanks collapsed, lines and paragraphs parted, quotes and lists indented.

use crate::text::chars::{Fate, fate};

/// Deepest quoting and list nesting that is shown; deeper ones look like the last.
const DEPTH_SHOWN: usize = 8;
/// Bytes after which nothing more is taken: more than a block shows, so that the cut is seen.
const FLOW_CAP: usize = 2 * crate::text::BLOCK_CAP;

/// What parts the next word from the text before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    /// Nothing: the word goes on.
    None,
    /// A blank.
    Space,
    /// The next cell of a table row.
    Cell,
    /// A new line.
    Line,
    /// An empty line.
    Paragraph,
}

/// Text as it is put together.
pub(super) struct Flow {
    out: String,
    gap: Gap,
    quotes: usize,
    /// The quoting of the last line.
    quoted: usize,
    lists: usize,
    /// The list mark that the next line bears.
    mark: Option<String>,
}

impl Flow {
    pub(super) fn new() -> Self {
        Self { out: String::new(), gap: Gap::None, quotes: 0, quoted: 0, lists: 0, mark: None }
    }

    pub(super) fn finish(self) -> String {
        self.out
    }

    pub(super) fn is_full(&self) -> bool {
        self.out.len() > FLOW_CAP
    }

    /// Bytes so far: a place to come back to with [`Flow::since`].
    pub(super) fn position(&self) -> usize {
        self.out.len()
    }

    /// The text added after `position`.
    pub(super) fn since(&self, position: usize) -> &str {
        self.out.get(position..).unwrap_or_default()
    }

    /// Asks for at least this gap before the next word.
    pub(super) fn part(&mut self, gap: Gap) {
        self.gap = self.gap.max(gap);
    }

    /// Asks for just this gap, whatever was asked for before: the next cell stands beside a cell whose paragraph ended.
    pub(super) fn ask_only(&mut self, gap: Gap) {
        self.gap = gap;
    }

    /// Starts or ends quoting.
    pub(super) fn quote(&mut self, inward: bool) {
        self.quotes = if inward { self.quotes + 1 } else { self.quotes.saturating_sub(1) };
    }

    /// Starts or ends a list.
    pub(super) fn list(&mut self, inward: bool) {
        self.lists = if inward { self.lists + 1 } else { self.lists.saturating_sub(1) };
        self.mark = None;
    }

    /// Starts a list item with its mark, `-` or `1.`.
    pub(super) fn item(&mut self, mark: String) {
        self.mark = Some(mark);
    }

    /// Starts a new line; a second time, an empty one.
    pub(super) fn line_break(&mut self) {
        self.part(if self.gap >= Gap::Line { Gap::Paragraph } else { Gap::Line });
    }

    /// Adds running text; blanks and breaks in it are one blank.
    pub(super) fn words(&mut self, text: &str) {
        for (nth, word) in text.split([' ', '\t', '\n', '\r', '\u{c}']).enumerate() {
            if nth > 0 {
                self.part(Gap::Space);
            }
            if word.is_empty() {
                continue;
            }
            if word.chars().all(|c| matches!(fate(c), Fate::Blank | Fate::Drop)) {
                // A paragraph with a no-break space alone is how mail programs write an empty line.
                if word.chars().any(|c| fate(c) == Fate::Blank) {
                    self.part(if self.gap >= Gap::Line { Gap::Paragraph } else { Gap::Space });
                }
                continue;
            }
            self.open();
            self.out.push_str(word);
        }
    }

    /// Adds preformatted text, its lines and blanks as they are.
    pub(super) fn verbatim(&mut self, text: &str) {
        for (nth, line) in text.split('\n').enumerate() {
            if nth > 0 {
                self.line_break();
            }
            let line = line.trim_end_matches('\r');
            if !line.is_empty() {
                self.open();
                self.out.push_str(line);
            }
        }
    }

    /// Adds a note of our own to the word before, such as a link's number.
    pub(super) fn annotate(&mut self, note: &str) {
        self.out.push(' ');
        self.out.push_str(note);
    }

    /// Adds something of our own, such as a picture's description.
    pub(super) fn note(&mut self, text: &str) {
        self.open();
        self.out.push_str(text);
    }

    /// Writes the gap and, on a new line, what stands before its text.
    fn open(&mut self) {
        let gap = std::mem::replace(&mut self.gap, Gap::None);
        let first = self.out.is_empty();
        match gap {
            _ if first => {}
            Gap::None => {}
            Gap::Space => self.out.push(' '),
            Gap::Cell => self.out.push_str(" | "),
            Gap::Line => self.out.push('\n'),
            Gap::Paragraph => {
                // The empty line belongs to a quote only if both its neighbours do.
                self.out.push('\n');
                self.out.push_str(quote_marks(self.quotes.min(self.quoted)).trim_end());
                self.out.push('\n');
            }
        }
        if first || gap >= Gap::Line {
            self.quoted = self.quotes;
            self.out.push_str(&quote_marks(self.quotes));
            let inner = self.lists.min(DEPTH_SHOWN);
            match self.mark.take() {
                Some(mark) => {
                    self.out.push_str(&"  ".repeat(inner.saturating_sub(1)));
                    self.out.push_str(&mark);
                    self.out.push(' ');
                }
                None => self.out.push_str(&"  ".repeat(inner)),
            }
        }
    }
}

fn quote_marks(quotes: usize) -> String {
    "> ".repeat(quotes.min(DEPTH_SHOWN))
}
