//! Folding for search: what people see as the same word becomes the same word.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

use super::chars::{Fate, fate};

/// `text` with case, accents, compatibility forms and invisible characters folded away; every blank and break is one space.
///
/// For comparing only. Folding twice gives what folding once gave.
#[must_use]
pub fn fold(text: &str) -> String {
    if text.bytes().all(|b| matches!(b, b' '..=b'~')) {
        return text.to_ascii_lowercase();
    }
    // Some capitals decompose only once they are small: the second round finds them.
    fold_once(&fold_once(text))
}

fn fold_once(text: &str) -> String {
    text.chars()
        .filter_map(|c| match fate(c) {
            Fate::Keep => Some(c),
            Fate::Break | Fate::Tab | Fate::Blank => Some(' '),
            Fate::Mark => Some(char::REPLACEMENT_CHARACTER),
            Fate::Caret(_) | Fate::Drop => None,
        })
        .nfkd()
        .filter(|c| !is_accent(*c))
        .flat_map(char::to_lowercase)
        .flat_map(spell)
        .nfkd()
        .filter(|c| !is_accent(*c))
        .nfc()
        .collect()
}

/// Accents and vowel points, but not the marks that make another letter: kana voicing (class 8), nukta (7) and virama (9).
fn is_accent(c: char) -> bool {
    !matches!(canonical_combining_class(c), 0 | 6..=9)
}

/// Letters that people without them on the keyboard spell otherwise, and that have no decomposition.
fn spell(c: char) -> impl Iterator<Item = char> {
    let (first, second) = match c {
        'ß' => ('s', Some('s')),
        'æ' => ('a', Some('e')),
        'œ' => ('o', Some('e')),
        'þ' => ('t', Some('h')),
        'ø' => ('o', None),
        'đ' | 'ð' => ('d', None),
        'ħ' => ('h', None),
        'ł' => ('l', None),
        'ı' => ('i', None),
        'ς' => ('σ', None),
        other => (other, None),
    };
    std::iter::once(first).chain(second)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::hostile;

    #[test]
    fn folds_case_accents_and_forms() {
        for (text, folded) in [
            ("Printer JAM", "printer jam"),
            ("Müller", "muller"),
            ("Mu\u{308}ller", "muller"),
            ("STRASSE", "strasse"),
            ("Straße", "strasse"),
            ("Łódź", "lodz"),
            ("Smørrebrød", "smorrebrod"),
            ("İstanbul", "istanbul"),
            ("ΟΔΟΣ", "οδοσ"),
            ("ｆｕｌｌ ﬁne", "full fine"),
            ("ガム", "ガム"),
            ("한국", "한국"),
            ("Ac\u{200b}me\u{ad}", "acme"),
            ("a\u{a0}b\tc", "a b c"),
        ] {
            assert_eq!(fold(text), folded, "{text}");
        }
    }

    #[test]
    fn voiced_kana_stay_another_letter() {
        assert_ne!(fold("か"), fold("が"));
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(raw in hostile::text()) {
            let once = fold(&raw);
            prop_assert_eq!(fold(&once), once);
        }
    }
}
