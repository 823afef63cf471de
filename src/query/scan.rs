//! From text to items: a key with its values, or values alone, each with its place.

use std::{borrow::Cow, ops::Range};

use super::QueryError;

/// What stands between two spaces.
#[derive(Debug)]
pub(super) struct Item<'a> {
    /// The whole of it.
    pub(super) span: Range<usize>,
    /// A minus leads it.
    pub(super) not: bool,
    /// What stands before the colon.
    pub(super) key: Option<(&'a str, Range<usize>)>,
    /// What the commas separate; empty texts where nothing stands between two of them.
    pub(super) values: Vec<Value<'a>>,
}

/// One value.
#[derive(Debug)]
pub(super) struct Value<'a> {
    /// Without its quotes.
    pub(super) text: Cow<'a, str>,
    /// Whether it stood in quotes.
    pub(super) quoted: bool,
    /// Whether its quote is still open; its last word may go on.
    pub(super) open: bool,
    /// Its place, quotes included.
    pub(super) span: Range<usize>,
}

/// Splits `text` into its items.
pub(super) fn items(text: &str) -> Result<Vec<Item<'_>>, QueryError> {
    split(Scanner { text, at: 0, typing: false })
}

/// Splits what was typed so far: a quote may be open at its end.
pub(super) fn items_so_far(text: &str) -> Result<Vec<Item<'_>>, QueryError> {
    split(Scanner { text, at: 0, typing: true })
}

fn split(mut scanner: Scanner<'_>) -> Result<Vec<Item<'_>>, QueryError> {
    let mut items = Vec::new();
    loop {
        scanner.skip_space();
        if scanner.rest().is_empty() {
            return Ok(items);
        }
        items.push(scanner.item()?);
    }
}

/// The part of an item that the cursor stands behind, for completion.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unfinished<'a> {
    /// The key, where its colon was typed.
    pub(super) key: Option<&'a str>,
    /// The value as far as it goes, without the quotes.
    pub(super) typed: &'a str,
    /// Where the value (or the key) begins, quote included.
    pub(super) start: usize,
}

/// What is being typed at the end of `text`.
pub(super) fn unfinished(text: &str) -> Unfinished<'_> {
    let mut scanner = Scanner { text, at: 0, typing: false };
    loop {
        scanner.skip_space();
        let (_, key) = scanner.lead();
        loop {
            let start = scanner.at;
            let quoted = scanner.rest().starts_with('"');
            let ended = scanner.value().is_err();
            if ended || scanner.rest().is_empty() {
                let typed = text.get(start + usize::from(quoted)..).unwrap_or_default();
                let closed = quoted && !ended;
                let typed = typed.strip_suffix('"').filter(|_| closed).unwrap_or(typed);
                return Unfinished { key: key.map(|(key, _)| key), typed, start };
            }
            if !scanner.eat(',') {
                break;
            }
        }
    }
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    /// A quote that is open at the end is no mistake.
    typing: bool,
}

impl<'a> Scanner<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip_space(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    fn eat(&mut self, c: char) -> bool {
        let found = self.rest().starts_with(c);
        if found {
            self.at += c.len_utf8();
        }
        found
    }

    /// The minus and the key.
    fn lead(&mut self) -> (bool, Option<(&'a str, Range<usize>)>) {
        let not = self.eat('-');
        let rest = self.rest();
        let letters = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        let Some((name, after)) = rest.split_at_checked(letters) else {
            return (not, None);
        };
        let start = self.at;
        if !name.is_empty() && after.starts_with(':') {
            self.at += name.len() + 1;
            return (not, Some((name, start..start + name.len())));
        }
        // `text "printer jam"` reads like speech, so the colon may be left out there.
        if name.eq_ignore_ascii_case("text") && after.trim_start().starts_with('"') && after.starts_with(char::is_whitespace) {
            self.at += name.len();
            self.skip_space();
            return (not, Some((name, start..start + name.len())));
        }
        (not, None)
    }

    fn item(&mut self) -> Result<Item<'a>, QueryError> {
        let start = self.at;
        let (not, key) = self.lead();
        let mut values = vec![self.value()?];
        while self.eat(',') {
            values.push(self.value()?);
        }
        Ok(Item { span: start..self.at, not, key, values })
    }

    fn value(&mut self) -> Result<Value<'a>, QueryError> {
        let start = self.at;
        if self.eat('"') {
            return self.quoted(start);
        }
        let rest = self.rest();
        let length = rest.find(|c: char| c == ',' || c.is_whitespace()).unwrap_or(rest.len());
        self.at += length;
        Ok(Value {
            text: Cow::Borrowed(rest.get(..length).unwrap_or_default()),
            quoted: false,
            open: false,
            span: start..self.at,
        })
    }

    fn quoted(&mut self, start: usize) -> Result<Value<'a>, QueryError> {
        let mut text = String::new();
        let mut escaped = false;
        let mut chars = self.rest().char_indices();
        let end = loop {
            let Some((at, c)) = chars.next() else {
                self.at = self.text.len();
                if self.typing {
                    return Ok(Value { text: Cow::Owned(text), quoted: true, open: true, span: start..self.at });
                }
                return Err(QueryError::new(start..self.text.len(), "the quote is not closed"));
            };
            match c {
                '\\' if !escaped => escaped = true,
                '"' if !escaped => break self.at + at + 1,
                _ => {
                    // A backslash protects a quote and itself; before anything else it is just a backslash.
                    if escaped && !matches!(c, '"' | '\\') {
                        text.push('\\');
                    }
                    escaped = false;
                    text.push(c);
                }
            }
        };
        self.at = end;
        if text.trim().is_empty() {
            return Err(QueryError::new(start..end, "there is no word in the quotes"));
        }
        let next = self.rest().chars().next().filter(|c| *c != ',' && !c.is_whitespace());
        if let Some(next) = next {
            return Err(QueryError::new(end..end + next.len_utf8(), "a space or a comma belongs after the closing quote"));
        }
        Ok(Value { text: Cow::Owned(text), quoted: true, open: false, span: start..end })
    }
}
