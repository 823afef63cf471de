//! The promises of the room, checked on hostile text.

use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation;

use super::*;

fn line(raw: &str) -> String {
    SafeText::line(raw).as_str().to_owned()
}

fn block(raw: &str) -> String {
    SafeText::block(raw).as_str().to_owned()
}

/// What every safe text keeps, line by line.
fn check(text: &str) {
    for c in text.chars() {
        assert!(is_safe_char(c), "{:x} in {text:?}", u32::from(c));
    }
    for grapheme in text.graphemes(true) {
        assert!(width(grapheme) > 0 && grapheme.len() <= 64, "{grapheme:?}");
    }
}

#[test]
fn every_control_character_is_inert_and_visible() {
    for c in hostile::controls() {
        let raw = format!("a{c}b");
        let safe = line(&raw);
        check(&safe);
        let expected = match c {
            '\t' | '\n' | '\u{b}' | '\u{c}' | '\r' | '\u{85}' => "a b".to_owned(),
            '\0'..='\u{1f}' => format!("a^{}b", char::from(c as u8 + 64)),
            '\u{7f}' => "a^?b".to_owned(),
            _ => "a\u{fffd}b".to_owned(),
        };
        assert_eq!(safe, expected, "{c:?}");
        for part in block(&raw).split('\n') {
            check(part);
        }
    }
}

#[test]
fn whole_sequences_are_inert() {
    for sequence in hostile::SEQUENCES {
        let safe = line(sequence);
        check(&safe);
        assert!(safe.starts_with(['^', '\u{fffd}']), "{safe:?}");
    }
    assert_eq!(line("\u{1b}[31mred"), "^[[31mred");
}

#[test]
fn controls_decoded_from_json_are_inert() {
    for c in hostile::controls() {
        let json = format!("\"a\\u{:04x}b\"", u32::from(c));
        let decoded: Untrusted = serde_json::from_str(&json).unwrap();
        check(decoded.line().as_str());
    }
    let twice: Untrusted = serde_json::from_str(r#""\\u001b[2J""#).unwrap();
    assert_eq!(twice.line().as_str(), r"\u001b[2J");
}

#[test]
fn tricks_leave_nothing_hidden() {
    for trick in hostile::TRICKS {
        check(&line(trick));
        for part in block(trick).split('\n') {
            check(part);
        }
    }
    assert_eq!(line("invoice\u{202e}fdp.exe"), "invoice\u{fffd}fdp.exe");
    for hidden in ["Ac\u{200b}me", "Ac\u{ad}me", "Ac\u{2060}\u{feff}me", "A\u{fe0f}cme", "Acm\u{e0041}e", "Ac\u{200e}me"] {
        assert_eq!(line(hidden), "Acme", "{hidden:?}");
    }
    assert_eq!(line("a\u{a0}b\u{2003}c"), "a b c");
}

#[test]
fn a_line_is_one_line_and_words_stay_apart() {
    assert_eq!(line("one\r\n\r\n  two\tthree\u{2028}four\u{85}"), "one two three four");
    assert_eq!(line("\n\nstart"), "start");
    assert_eq!(line("inner  blanks stay"), "inner  blanks stay");
}

#[test]
fn a_block_keeps_its_lines_and_columns() {
    assert_eq!(block("a\r\nb\rc\n\nd\u{2029}e\n\n \n"), "a\nb\nc\n\nd\ne");
    assert_eq!(block("a\tb\n\tc\n漢\td\n12345678\te"), "a       b\n        c\n漢      d\n12345678        e");
    assert_eq!(block("a\r\u{200f}\nb"), "a\n\nb");
}

#[test]
fn every_grapheme_has_the_width_of_its_characters() {
    for (raw, safe, cells) in [
        ("👩\u{200d}👩\u{200d}👧", "👩👩👧", 6),
        ("👍🏽", "👍", 2),
        ("❤\u{fe0f}", "❤", 1),
        ("e\u{301}", "é", 1),
        ("\u{1112}\u{1161}\u{11ab}", "한", 2),
        ("\u{1160}", "", 0),
        ("\u{11a8}", "\u{fffd}", 1),
        ("\u{e0b0}", "\u{fffd}", 1),
        ("\u{301}x", "◌\u{301}x", 2),
        ("🇩🇪", "🇩🇪", 2),
    ] {
        assert_eq!(line(raw), safe, "{raw:?}");
        assert_eq!(width(safe), cells, "{raw:?}");
    }
}

#[test]
fn floods_are_bounded() {
    let marks = line(&format!("a{}b", "\u{300}\u{316}".repeat(5_000)));
    assert!(marks.ends_with('b') && marks.len() < 32, "{marks:?}");
    let joined = line(&"👩\u{200d}".repeat(10_000));
    check(&joined);
    let conjunct = line(&"क्".repeat(10_000));
    check(&conjunct);
    assert!(conjunct.len() <= LINE_CAP && conjunct.ends_with('…'));
    let invisible = line(&format!("a{}b", "\u{200b}".repeat(1_000_000)));
    assert_eq!(invisible, "ab");
    // More marks than are looked at: the rest is left out, and said so.
    let endless = line(&format!("a{}b", "\u{301}".repeat(1_000_000)));
    assert!(endless.ends_with('…'), "{endless:?}");
}

#[test]
fn what_is_too_long_is_cut_visibly() {
    let long = "x".repeat(1_000_000);
    let safe = line(&long);
    assert!(safe.len() == LINE_CAP && safe.ends_with("x…"));
    let safe = block(&long);
    assert!(safe.len() == BLOCK_CAP && safe.ends_with("x\n… cut"));
    assert_eq!(block(&safe), safe);
    let wide = line(&"漢".repeat(5_000));
    assert!(wide.len() <= LINE_CAP && wide.ends_with("漢…"));
    let many = block(&"line\n".repeat(100_000));
    assert!(many.len() <= BLOCK_CAP && many.starts_with("line\nline\n") && many.ends_with("\n… cut"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn safe_text_is_safe_and_stays_as_it_is(raw in hostile::text()) {
        let once = line(&raw);
        check(&once);
        prop_assert_eq!(line(&once), once.clone());
        let lines = block(&raw);
        for part in lines.split('\n') {
            check(part);
        }
        prop_assert_eq!(block(&lines), lines.clone());
    }

    #[test]
    fn any_characters_at_all_become_safe(raw in any::<String>()) {
        let once = line(&raw);
        check(&once);
        prop_assert_eq!(line(&once), once);
    }
}
