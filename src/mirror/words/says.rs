//! Whether a ticket says what was typed: as an expression for the word index, and word by word for rows that are at hand.

use rusqlite::{
    Connection,
    functions::{Context, FunctionFlags},
    types::{Value, ValueRef},
};

use super::{
    Table,
    texts::{fold_note, fold_text},
};
use crate::query::{Words, folded_words};

/// A beginning with fewer letters counts in summaries and names only; in texts it has to be a whole word.
const SHORT: usize = 2;
/// Parts the notes of a ticket where they are handed over together.
const PART: char = '\u{1f}';

/// Folded words to be found in folded words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Pattern {
    /// The words with the space before them.
    needle: String,
    /// The last word whole too, not only its beginning.
    whole: bool,
}

impl Pattern {
    /// `None` where there is neither letter nor digit.
    pub(in super::super) fn of(words: &Words) -> Option<Self> {
        let folded = folded_words(&words.text);
        (!folded.is_empty()).then(|| Self { needle: format!(" {folded}"), whole: words.phrase })
    }

    fn words(&self) -> &str {
        self.needle.trim_start()
    }

    /// Whether a name has the words.
    pub(in super::super) fn fits(&self, name: &str) -> bool {
        self.within(&format!(" {name} "), self.whole)
    }

    /// For LIKE in folded words between spaces; they hold neither `%` nor `_`: nothing is to be escaped.
    pub(in super::super) fn like(&self) -> String {
        let end = if self.whole { " " } else { "" };
        format!("%{}{end}%", self.needle)
    }

    /// For one of the index's tables; folded words hold no quote. Of several words it does not say in which order. `words_of` may
    /// know the words that a beginning stands for.
    pub(in super::super) fn matching(&self, table: Table, words_of: impl FnOnce(&str) -> Option<Vec<String>>) -> String {
        let quoted = |word: &str| format!("\"{word}\"");
        let (before, last) = self.words().rsplit_once(' ').unwrap_or(("", self.words()));
        let last = if self.whole || (table == Table::All && self.is_short()) {
            quoted(last)
        } else if let Some(words) = (!table.indexes_beginning(last)).then(|| words_of(last)).flatten() {
            format!("({})", words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" OR "))
        } else {
            format!("{}*", quoted(last))
        };
        let words = before.split_terminator(' ').map(quoted).chain(std::iter::once(last));
        format!("({})", words.collect::<Vec<_>>().join(" AND "))
    }

    /// Whether there are several words, whose order the index does not know.
    pub(in super::super) fn is_phrase(&self) -> bool {
        self.words().contains(' ')
    }

    fn is_short(&self) -> bool {
        !self.whole && self.words().rsplit(' ').next().is_some_and(|last| last.chars().count() <= SHORT)
    }

    fn in_head(&self, head: &str) -> bool {
        self.within(head, self.whole)
    }

    fn in_text(&self, text: &str) -> bool {
        self.within(text, self.whole || self.is_short())
    }

    fn within(&self, text: &str, whole: bool) -> bool {
        // By hand, since one key asks this of thousands of texts. A find that fails may reach over the next one's beginning.
        let mut from = 0;
        while let Some(at) = text.get(from..).and_then(|rest| rest.find(self.needle.as_str())) {
            let after = text.get(from + at + self.needle.len()..).unwrap_or_default();
            if !whole || after.starts_with(' ') {
                return true;
            }
            from += at + 1;
        }
        false
    }
}

/// What a ticket must say: each of these, in one of its ways.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Terms(pub(in super::super) Vec<Vec<Pattern>>);

impl Terms {
    /// An expression for one of the index's tables, for all terms. `words_of` may know the words that a beginning stands for.
    pub(in super::super) fn matching(&self, table: Table, mut words_of: impl FnMut(&str) -> Option<Vec<String>>) -> String {
        let mut one = |term: &Vec<Pattern>| {
            let ways: Vec<String> = term.iter().map(|pattern| pattern.matching(table, &mut words_of)).collect();
            format!("({})", ways.join(" OR "))
        };
        self.0.iter().map(&mut one).collect::<Vec<_>>().join(" AND ")
    }

    /// Whether the index finds too much, because some words have to stand in a row.
    pub(in super::super) fn has_phrase(&self) -> bool {
        self.0.iter().flatten().any(Pattern::is_phrase)
    }

    /// Whether a term counts in texts as it does in summaries and names, so that the table of all words alone finds it.
    pub(in super::super) fn is_long(term: &[Pattern]) -> bool {
        !term.iter().any(Pattern::is_short)
    }

    /// The number that is all there is to one of the terms.
    pub(in super::super) fn number(&self) -> Option<i64> {
        self.0.iter().find_map(|term| match term.as_slice() {
            [only] => only.words().parse().ok(),
            _ => None,
        })
    }

    /// Whether a head says all terms.
    pub(super) fn all_in_head(&self, head: &str) -> bool {
        self.0.iter().all(|term| term.iter().any(|pattern| pattern.in_head(head)))
    }

    /// Whether a text says all of some terms.
    pub(super) fn are_in_text(terms: &[&Vec<Pattern>], text: &str) -> bool {
        terms.iter().all(|term| term.iter().any(|pattern| pattern.in_text(text)))
    }

    /// The terms that a row does not say by itself.
    pub(super) fn missing_in(&self, head: &str) -> Vec<&Vec<Pattern>> {
        self.0.iter().filter(|term| !term.iter().any(|pattern| pattern.in_head(head))).collect()
    }

    /// As a value of a statement.
    pub(in super::super) fn value(&self) -> Value {
        let way = |pattern: &Pattern| format!("{}{}", if pattern.whole { '=' } else { '^' }, pattern.needle);
        let term = |term: &Vec<Pattern>| term.iter().map(way).collect::<Vec<_>>().join("\t");
        Value::Text(self.0.iter().map(term).collect::<Vec<_>>().join("\n"))
    }

    fn parse(text: &str) -> Self {
        let way = |way: &str| Some(Pattern { whole: way.starts_with('='), needle: way.get(1..)?.to_owned() });
        Self(text.split('\n').map(|term| term.split('\t').filter_map(way).collect()).collect())
    }
}

/// Where a ticket says all of some terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) enum Said {
    /// Not in its number and summary alone.
    Anywhere,
    /// In its number and summary.
    InSummary,
}

/// Makes `says(terms, head)` and `says(terms, head, tags, details, html, notes, notes in html)` known to a connection: whether
/// all terms are said. `head` is folded already and stands between spaces. `folded(text)` folds.
pub(in super::super) fn register(conn: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_DIRECTONLY;
    conn.create_scalar_function("says", 2, flags, |context| says(context, false))?;
    conn.create_scalar_function("says", 7, flags, |context| says(context, true))?;
    conn.create_scalar_function("folded", 1, flags, |context| Ok(folded_words(text(context, 0)?)))
}

fn says(context: &Context<'_>, with_texts: bool) -> rusqlite::Result<bool> {
    let terms = context.get_or_create_aux(0, |value: ValueRef<'_>| value.as_str().map(Terms::parse))?;
    let head = text(context, 1)?;
    let missing = terms.missing_in(head);
    if missing.is_empty() {
        return Ok(true);
    }
    if !with_texts {
        return Ok(false);
    }
    let mut said = format!(" {} | {}", folded_words(text(context, 2)?), fold_text(text(context, 3)?, some(context, 4)?));
    for note in text(context, 5)?.split(PART) {
        fold_note(&mut said, note, None);
    }
    for note in text(context, 6)?.split(PART).filter(|note| !note.is_empty()) {
        fold_note(&mut said, "", Some(note));
    }
    said.push(' ');
    Ok(Terms::are_in_text(&missing, &said))
}

fn text<'a>(context: &'a Context<'_>, at: usize) -> rusqlite::Result<&'a str> {
    Ok(some(context, at)?.unwrap_or_default())
}

fn some<'a>(context: &'a Context<'_>, at: usize) -> rusqlite::Result<Option<&'a str>> {
    Ok(context.get_raw(at).as_str_or_null()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str, phrase: bool) -> Pattern {
        Pattern::of(&Words { text: text.into(), phrase }).unwrap()
    }

    #[test]
    fn words_begin_where_a_word_begins() {
        for (typed, phrase, text, found) in [
            ("prin", false, "a printer", true),
            ("rin", false, "a printer", false),
            ("prin", true, "a printer", false),
            ("printer", true, "sprinter printer", true),
            ("aa", false, "aaa", true),
            ("ab a", true, "ab ab a", true),
            ("printer ja", false, "my printer jam", true),
            ("printer ja", true, "my printer jam", false),
            ("é", false, "ee", true),
        ] {
            assert_eq!(pattern(typed, phrase).fits(text), found, "{typed} in {text}");
        }
    }

    #[test]
    fn short_words_stand_whole_in_texts() {
        let none = |_: &str| None;
        let short = pattern("hp", false);
        assert!(short.in_head(" hpe ") && short.in_text(" hp ") && !short.in_text(" hpe "));
        assert_eq!(short.matching(Table::Names, none), "(\"hp\"*)");
        assert_eq!(short.matching(Table::All, none), "(\"hp\")");
        assert_eq!(pattern("o'br", false).matching(Table::Summary, none), "(\"o\" AND \"br\"*)");
        assert_eq!(pattern("o'brien", true).matching(Table::All, none), "(\"o\" AND \"brien\")");
    }

    #[test]
    fn a_beginning_is_spelled_out_where_no_index_knows_it() {
        let words = |beginning: &str| Some(vec![format!("{beginning}a"), format!("{beginning}b")]);
        assert_eq!(pattern("off", false).matching(Table::All, words), "((\"offa\" OR \"offb\"))");
        assert_eq!(pattern("an off", false).matching(Table::Summary, words), "(\"an\" AND (\"offa\" OR \"offb\"))");
        assert_eq!(pattern("of", false).matching(Table::Summary, words), "(\"of\"*)");
        assert_eq!(pattern("off", true).matching(Table::All, words), "(\"off\")");
    }

    #[test]
    fn terms_survive_being_a_value() {
        let terms = Terms(vec![vec![pattern("a b", true), pattern("c", false)], vec![pattern("漢字", false)]]);
        let Value::Text(text) = terms.value() else { panic!("no text") };
        assert_eq!(Terms::parse(&text), terms);
    }
}
