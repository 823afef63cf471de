//! What of a shown text a query's words have found, so that a row can tell why it is there.

use std::ops::Range;

use super::{
    ast::{Filter, NameKey, NameValue, Query, Words},
    fold::{folded_words, words_with_places},
};

/// The words of a query to be marked in what its rows show.
///
/// Whole words are marked: while somebody types on, what stays marked stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    wanted: Vec<Wanted>,
}

/// Folded words in a row, and where they count.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Wanted {
    /// Only in this column; `None` for every text.
    key: Option<NameKey>,
    words: Vec<String>,
    /// The last word whole too, not only its beginning.
    whole: bool,
}

impl Marks {
    /// What `query` looks for; what it leaves out is not to be seen.
    #[must_use]
    pub fn of(query: &Query) -> Self {
        let mut wanted = Vec::new();
        let mut want = |key, words: &Words| {
            let folded: Vec<String> = folded_words(&words.text).split(' ').map(str::to_owned).collect();
            if folded.iter().any(|word| !word.is_empty()) {
                wanted.push(Wanted { key, words: folded, whole: words.phrase });
            }
        };
        for term in query.terms.iter().filter(|term| !term.not) {
            match &term.filter {
                Filter::Text(values) => values.iter().for_each(|words| want(None, words)),
                Filter::Name(key, values) => {
                    for value in values {
                        if let NameValue::Words(words) = value {
                            want(Some(*key), words);
                        }
                    }
                }
                _ => {}
            }
        }
        Self { wanted }
    }

    /// Whether there is nothing to mark in any text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.wanted.is_empty()
    }

    /// The byte ranges of `text` to be marked, in order and apart from each other. `column` is what the text is the name of;
    /// `None` for a summary, a number or what was said.
    #[must_use]
    pub fn within(&self, column: Option<NameKey>, text: &str) -> Vec<Range<usize>> {
        let here: Vec<&Wanted> = self.wanted.iter().filter(|wanted| wanted.key.is_none() || wanted.key == column).collect();
        if here.is_empty() {
            return Vec::new();
        }
        let words = words_with_places(text);
        let mut found: Vec<Range<usize>> = Vec::new();
        for start in 0..words.len() {
            let rest = words.get(start..).unwrap_or_default();
            let longest = here.iter().filter(|wanted| wanted.fits(rest)).map(|wanted| wanted.words.len()).max();
            for (_, place) in rest.iter().take(longest.unwrap_or(0)) {
                found.push(place.clone());
            }
        }
        found.sort_by_key(|place| (place.start, place.end));
        let mut apart: Vec<Range<usize>> = Vec::with_capacity(found.len());
        for place in found {
            match apart.last_mut() {
                Some(last) if place.start < last.end => last.end = last.end.max(place.end),
                _ => apart.push(place),
            }
        }
        apart
    }
}

impl Wanted {
    /// Whether `words` begin with what is wanted.
    fn fits(&self, words: &[(String, Range<usize>)]) -> bool {
        let last = self.words.len().saturating_sub(1);
        words.len() > last
            && self.words.iter().zip(words).enumerate().all(|(at, (wanted, (word, _)))| {
                if at < last || self.whole { word == wanted } else { word.starts_with(wanted.as_str()) }
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked<'a>(query: &str, column: Option<NameKey>, text: &'a str) -> Vec<&'a str> {
        Marks::of(&Query::parse(query).unwrap()).within(column, text).into_iter().map(|place| &text[place]).collect()
    }

    #[test]
    fn marks_the_words_that_begin_with_what_was_typed() {
        for (query, text, expected) in [
            ("pri", "Printer: the PRINTER is no sprinter", vec!["Printer", "PRINTER"]),
            ("jam pri", "printer jammed", vec!["printer", "jammed"]),
            ("a,b", "apple bread cake", vec!["apple", "bread"]),
            ("zoe", "Zoë O'Brien", vec!["Zoë"]),
            ("zoe", "Zoe\u{308} here", vec!["Zoe\u{308}"]),
            ("strasse", "Straße 5", vec!["Straße"]),
            ("o'b", "Zoë O'Brien", vec!["O", "Brien"]),
            ("漢", "の 漢字 x", vec!["漢字"]),
            ("\"printer jam\"", "a printer jam, printer jammed, jam", vec!["printer", "jam"]),
            ("\"jam\"", "jammed jam", vec!["jam"]),
            ("12", "ticket 1234", vec!["1234"]),
            ("-pri", "printer", vec![]),
            ("pri is:open", "open printer", vec!["printer"]),
            ("pri /", "a / printer", vec!["printer"]),
            ("", "printer", vec![]),
        ] {
            assert_eq!(marked(query, None, text), expected, "{query} in {text}");
        }
    }

    #[test]
    fn names_are_marked_in_their_own_column_alone() {
        assert_eq!(marked("client:acme", Some(NameKey::Client), "Acme Ltd"), ["Acme"]);
        assert_eq!(marked("client:acme", Some(NameKey::User), "Acme Ltd"), [""; 0]);
        assert_eq!(marked("client:acme", None, "acme is down"), [""; 0]);
        assert_eq!(marked("acme", Some(NameKey::Client), "Acme Ltd"), ["Acme"]);
        assert_eq!(marked("agent:@me", Some(NameKey::Agent), "Priya"), [""; 0]);
    }

    proptest::proptest! {
        #[test]
        fn marks_lie_in_order_on_characters(text in "\\PC{0,30}", query in "\\PC{0,6}") {
            let words = Words { text: query, phrase: false };
            let query = Query { terms: vec![super::super::Term { not: false, filter: Filter::Text(vec![words]) }], sort: vec![] };
            let mut end = 0;
            for place in Marks::of(&query).within(None, &text) {
                proptest::prop_assert!(place.start >= end && place.end > place.start);
                proptest::prop_assert!(text.get(place.clone()).is_some());
                end = place.end;
            }
        }
    }
}
