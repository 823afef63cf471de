//! What is wrong with a query, where, and which word was probably meant.

use std::{fmt, ops::Range};

use unicode_width::UnicodeWidthStr;

/// Why a query can't be read, in plain words, with the place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct QueryError {
    /// The bytes of the query that are meant.
    pub span: Range<usize>,
    /// What is wrong: one sentence, without a final stop. May quote what was typed.
    pub message: String,
    /// The nearest valid word, where one is near.
    pub nearest: Option<String>,
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The way out first: a narrow screen cuts the end.
        if let Some(word) = &self.nearest {
            write!(f, "did you mean {word}? ")?;
        }
        f.write_str(&self.message)
    }
}

impl QueryError {
    pub(super) fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), nearest: None }
    }

    pub(super) fn near<'a>(mut self, typed: &str, words: impl Iterator<Item = &'a str>) -> Self {
        self.nearest = nearest(typed, words).map(str::to_owned);
        self
    }

    /// A line of carets that stands under the faulty part when written below `text`, the query that was parsed.
    #[must_use]
    pub fn caret_line(&self, text: &str) -> String {
        let before = text.get(..self.span.start).unwrap_or(text).width();
        let under = text.get(self.span.clone()).unwrap_or_default().width().max(1);
        format!("{}{}", " ".repeat(before), "^".repeat(under))
    }
}

/// The word that `typed` was probably meant to be: at most two slips away, and fewer for short words.
pub(super) fn nearest<'a>(typed: &str, words: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let typed = typed.to_lowercase();
    let allowed = slips_allowed(&typed)?;
    words
        .map(|word| {
            let distance = if word.starts_with(&typed) { 1 } else { slips(&typed, word) };
            (distance, word)
        })
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// How many slips are forgiven; `None` where nothing is near.
pub(super) fn slips_allowed(typed: &str) -> Option<usize> {
    match typed.chars().count() {
        1..=3 => Some(1),
        4..=24 => Some(2),
        // A word longer than any of ours is no slip of one of them; this also bounds the work for pasted text.
        _ => None,
    }
}

/// How many letters are to be added, left out, exchanged or swapped with their neighbour.
pub(super) fn slips(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let mut a_before = None;
    for (i, &x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        let mut b_before = None;
        for (j, &y) in b.iter().enumerate() {
            let at = |row: &[usize], k: usize| row.get(k).copied().unwrap_or(usize::MAX - 1);
            let mut best = (at(&last, j + 1) + 1).min(at(&row, j) + 1).min(at(&last, j) + usize::from(x != y));
            if j > 0 && a_before == Some(y) && b_before == Some(x) {
                best = best.min(at(&before, j - 1).saturating_add(1));
            }
            row.push(best);
            b_before = Some(y);
        }
        before = std::mem::replace(&mut last, row);
        a_before = Some(x);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_slips() {
        for (a, b, n) in
            [("", "", 0), ("a", "", 1), ("opne", "open", 1), ("cleint", "client", 1), ("stauts", "status", 1), ("x", "y", 1)]
        {
            assert_eq!(slips(a, b), n, "{a} {b}");
        }
    }

    #[test]
    fn offers_only_what_is_near() {
        let words = || ["open", "closed", "unassigned"].into_iter();
        assert_eq!(nearest("OPNE", words()), Some("open"));
        assert_eq!(nearest("clo", words()), Some("closed"));
        assert_eq!(nearest("zebra", words()), None);
        assert_eq!(nearest("", words()), None);
    }

    #[test]
    fn carets_stand_under_wide_text() {
        let error = QueryError::new(7..10, "x");
        assert_eq!(error.caret_line("日本 is:"), "     ^^^");
        assert_eq!(QueryError::new(3..3, "x").caret_line("is:"), "   ^");
    }
}
