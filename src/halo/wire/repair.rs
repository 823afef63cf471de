//! The pass before parsing: bytes of a body become text that a JSON parser can take.

use std::borrow::Cow;

/// Turns a body into text: a byte-order mark goes, invalid UTF-8 and lone surrogate escapes become U+FFFD.
///
/// `serde_json` rejects a whole document for one of them; they come with mail that was cut in the middle of a character.
pub(in crate::halo) fn text(body: &[u8]) -> Cow<'_, str> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    // Nearly all bodies are as they should be, and that is quickly told.
    let text = std::str::from_utf8(body).map_or_else(|_| String::from_utf8_lossy(body), Cow::Borrowed);
    replace_lone_surrogates(&text).map_or(text, Cow::Owned)
}

/// `None` where there is nothing to replace.
fn replace_lone_surrogates(text: &str) -> Option<String> {
    if !has_surrogate_escape(text) {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    // Outside of strings a backslash is an error anyway, so strings need not be told apart.
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        let (taken, written) = escape_at(escape);
        out.push_str(&written);
        rest = escape.get(taken..).unwrap_or_default();
    }
    out.push_str(rest);
    Some(out)
}

fn has_surrogate_escape(text: &str) -> bool {
    let is_surrogate = |escape: &[u8]| matches!(escape, [b'u', b'd' | b'D', b'8' | b'9' | b'a'..=b'f' | b'A'..=b'F', ..]);
    text.match_indices('\\').any(|(at, _)| text.as_bytes().get(at + 1..).is_some_and(is_surrogate))
}

/// The escape that `text` begins with: how many bytes it takes and what is written for it.
fn escape_at(text: &str) -> (usize, Cow<'_, str>) {
    let Some(unit) = code_unit(text) else {
        // A two-character escape such as `\\`, taken whole so that its second half begins no escape.
        let length = text.chars().take(2).map(char::len_utf8).sum();
        return (length, Cow::Borrowed(text.get(..length).unwrap_or_default()));
    };
    let low_follows = text.get(6..).and_then(code_unit).is_some_and(|low| (0xdc00..0xe000).contains(&low));
    match unit {
        0xd800..0xdc00 if low_follows => (12, Cow::Borrowed(text.get(..12).unwrap_or_default())),
        0xd800..0xe000 => (6, Cow::Borrowed("\\ufffd")),
        _ => (6, Cow::Borrowed(text.get(..6).unwrap_or_default())),
    }
}

/// The UTF-16 unit of a `\uXXXX` that `text` begins with.
fn code_unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    digits.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u16::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn lone_surrogates_are_replaced_and_pairs_kept() {
        for (sent, read) in [
            (r#""\ud83d\ude00""#, r#""\ud83d\ude00""#),
            (r#""a\ud83d""#, r#""a\ufffd""#),
            (r#""\ude00b""#, r#""\ufffdb""#),
            (r#""\uD83D\uD83D\uDE00""#, r#""\ufffd\uD83D\uDE00""#),
            (r#""\\ud83d""#, r#""\\ud83d""#),
            (r#""\\\ud83d""#, r#""\\\ufffd""#),
            (r#""\ud83d\n""#, r#""\ufffd\n""#),
            (r#""\ud8"#, r#""\ud8"#),
            (r#""\ud83dé\"#, r#""\ufffdé\"#),
            (r#""\é\ud83d""#, r#""\é\ufffd""#),
        ] {
            assert_eq!(text(sent.as_bytes()), read, "{sent}");
        }
    }

    #[test]
    fn a_byte_order_mark_and_bad_utf8_do_not_stop_the_page() {
        assert_eq!(text(b"\xef\xbb\xbf[1]"), "[1]");
        assert_eq!(text(b"\"a\xffb\""), "\"a\u{fffd}b\"");
    }

    proptest::proptest! {
        #[test]
        fn what_serde_json_takes_is_left_as_it_is(value in ".*") {
            let sent = serde_json::to_string(&value).unwrap();
            proptest::prop_assert_eq!(text(sent.as_bytes()), sent.as_str());
        }

        #[test]
        fn any_escapes_survive_parsing(units in proptest::collection::vec(0xd7f0u16..=0xe010, 0..8)) {
            let escapes = units.iter().map(|u| format!("\\u{u:04x}")).collect::<Vec<_>>().concat();
            let body = format!("\"{escapes}\"");
            proptest::prop_assert_eq!(serde_json::from_str::<String>(&text(body.as_bytes())).unwrap(), String::from_utf16_lossy(&units));
        }
    }
}
