//! Case and accents folded away, so that `zoe` finds `Zoë`.

use std::ops::Range;

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use unicode_segmentation::UnicodeSegmentation;

/// The words of `text` in lower case without accents, separated by single spaces; everything but letters and digits separates.
#[must_use]
pub fn folded_words(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    let mut gap = false;
    let begin = |words: &mut String, gap: &mut bool| {
        if std::mem::take(gap) && !words.is_empty() {
            words.push(' ');
        }
    };
    // An ASCII character has no parts, and no mark is moved across it: only what stands between such ones is normalised, which
    // costs fifty times as much.
    let mut left = text;
    while !left.is_empty() {
        let (plain, rest) = left.split_at(left.find(|c: char| !c.is_ascii()).unwrap_or(left.len()));
        for byte in plain.bytes() {
            if byte.is_ascii_alphanumeric() {
                begin(&mut words, &mut gap);
                words.push(char::from(byte.to_ascii_lowercase()));
            } else {
                gap = true;
            }
        }
        let (other, rest) = rest.split_at(rest.find(|c: char| c.is_ascii()).unwrap_or(rest.len()));
        for c in lowered(other.chars()) {
            if c.is_alphanumeric() {
                begin(&mut words, &mut gap);
                spell(c, &mut words);
            } else {
                gap = true;
            }
        }
        left = rest;
    }
    words
}

/// The same words one by one, each with the bytes of `text` that it came from, its accents included.
pub(super) fn words_with_places(text: &str) -> Vec<(String, Range<usize>)> {
    let mut words: Vec<(String, Range<usize>)> = Vec::new();
    let mut gap = true;
    // What stands in one cell is taken together: normalising moves marks around within it.
    for (start, cluster) in text.grapheme_indices(true) {
        let end = start + cluster.len();
        for part in lowered(cluster.chars()) {
            match words.last_mut().filter(|_| !gap) {
                _ if !part.is_alphanumeric() => gap = true,
                Some((word, place)) => {
                    spell(part, word);
                    place.end = end;
                }
                None => {
                    let mut word = String::new();
                    spell(part, &mut word);
                    words.push((word, start..end));
                    gap = false;
                }
            }
        }
    }
    words
}

/// Lowering can compose anew and normalising can bring upper case back, hence the accents go after both; without them, the marks
/// that stay find another order.
fn lowered(text: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    let is_accent = |c: &char| is_combining_mark(*c) && !c.is_alphanumeric();
    text.nfkd().flat_map(char::to_lowercase).nfkd().filter(move |c| !is_accent(c)).nfkd()
}

/// Letters without parts as people without them on the keyboard write them.
fn spell(c: char, word: &mut String) {
    match c {
        'ß' => word.push_str("ss"),
        'æ' => word.push_str("ae"),
        'œ' => word.push_str("oe"),
        'ø' => word.push('o'),
        'ł' => word.push('l'),
        'đ' | 'ð' => word.push('d'),
        'þ' => word.push_str("th"),
        'ı' => word.push('i'),
        _ => word.push(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_case_accents_and_what_has_no_parts() {
        for (raw, folded) in [
            ("Zoë  O'Brien", "zoe o brien"),
            ("Straße", "strasse"),
            ("SØREN Łukasz", "soren lukasz"),
            ("ﬁle №5", "file no5"),
            ("İstanbul", "istanbul"),
            ("--", ""),
            ("a_b%c", "a b c"),
            ("Привет, МИР", "привет мир"),
        ] {
            assert_eq!(folded_words(raw), folded, "{raw}");
        }
    }

    #[test]
    fn marks_that_are_moved_around_stay_with_their_letter() {
        for text in ["ῌ\u{1e01b} x", "ͺ\u{113e1}\u{1e026}"] {
            let words = words_with_places(text);
            let once = folded_words(text);
            assert_eq!(words.iter().map(|(word, _)| word.as_str()).collect::<Vec<_>>().join(" "), once);
            assert_eq!(folded_words(&once), once);
        }
    }

    proptest::proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,40}") {
            let once = folded_words(&text);
            proptest::prop_assert_eq!(folded_words(&once), once);
        }

        #[test]
        fn runs_fold_as_the_whole_text_does(text in "[a-zA-ZéÉ\u{301}\u{327}ﬁİß漢 .-]{0,40}") {
            let mut whole = String::new();
            lowered(text.chars()).filter(|c| c.is_alphanumeric()).for_each(|c| spell(c, &mut whole));
            proptest::prop_assert_eq!(folded_words(&text).replace(' ', ""), whole);
        }

        #[test]
        fn words_with_places_are_the_same_words(text in "\\PC{0,40}") {
            let words: Vec<String> = words_with_places(&text).into_iter().map(|(word, _)| word).collect();
            proptest::prop_assert_eq!(words.join(" "), folded_words(&text));
        }
    }
}
