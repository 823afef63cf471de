//! Finding words within a text as people see them.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::fold::fold;

/// The byte ranges of `text` that read like `needle`, in order and apart: case, accents and compatibility forms don't count.
/// `needle` is to be [`fold`]ed already; an empty one is nowhere. Nothing begins or ends within a grapheme.
#[must_use]
pub fn occurrences(text: &str, needle: &str) -> Vec<Range<usize>> {
    if needle.is_empty() {
        return Vec::new();
    }
    // Byte by byte where each byte is its own fold: most lines.
    if text.bytes().all(|b| matches!(b, b' '..=b'~')) {
        let folded = text.to_ascii_lowercase();
        return folded.match_indices(needle).map(|(at, found)| at..at + found.len()).collect();
    }
    let mut folded = String::with_capacity(text.len());
    // Where each grapheme begins, folded and as it is.
    let mut places = Vec::new();
    for (at, grapheme) in text.grapheme_indices(true) {
        places.push((folded.len(), at));
        folded.push_str(&fold(grapheme));
    }
    places.push((folded.len(), text.len()));
    let found = folded.match_indices(needle).filter_map(|(at, found)| {
        let end = at + found.len();
        let first = places.partition_point(|(folded, _)| *folded <= at).checked_sub(1)?;
        let last = places.partition_point(|(folded, _)| *folded < end);
        Some(places.get(first)?.1..places.get(last)?.1)
    });
    let mut apart: Vec<Range<usize>> = Vec::new();
    for place in found {
        match apart.last_mut() {
            Some(last) if place.start < last.end => last.end = last.end.max(place.end),
            _ => apart.push(place),
        }
    }
    apart
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found<'a>(text: &'a str, needle: &str) -> Vec<&'a str> {
        occurrences(text, &fold(needle)).into_iter().map(|place| &text[place]).collect()
    }

    #[test]
    fn finds_what_reads_the_same() {
        for (text, needle, expected) in [
            ("The printer, the PRINTERS", "printer", vec!["printer", "PRINTER"]),
            ("Zoë zoe ZOE\u{308}", "zoë", vec!["Zoë", "zoe", "ZOE\u{308}"]),
            ("Straße", "strass", vec!["Straß"]),
            ("プリンターが動きません", "が動", vec!["が動"]),
            ("漢字 漢字", "漢字", vec!["漢字", "漢字"]),
            ("a ｆｕｌｌ width", "full", vec!["ｆｕｌｌ"]),
            ("aaa", "aa", vec!["aa"]),
            ("anything", "", vec![]),
        ] {
            assert_eq!(found(text, needle), expected, "{needle} in {text}");
        }
    }

    proptest! {
        #[test]
        fn places_lie_in_order_on_characters(text in crate::text::hostile::text(), needle in "\\PC{0,3}") {
            let mut end = 0;
            for place in occurrences(&text, &fold(&needle)) {
                prop_assert!(place.start >= end && place.end > place.start);
                prop_assert!(text.get(place.clone()).is_some());
                end = place.end;
            }
        }
    }
}
