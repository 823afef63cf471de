//! OSC 52: text for the clipboard of the operator's own machine, through the terminal.

use crate::text::SafeText;

/// The longest text that is sent, in bytes: terminals and multiplexers drop longer ones, and a slow wire shouldn't carry them.
const LONGEST: usize = 16 * 1024;

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The order to copy `text`, without line breaks at its end (pasted into a shell they would run it); `None` if it is too long.
pub(super) fn copy(text: &SafeText) -> Option<Vec<u8>> {
    let text = text.as_str().trim_end();
    if text.len() > LONGEST {
        return None;
    }
    let mut order = b"\x1b]52;c;".to_vec();
    for three in text.as_bytes().chunks(3) {
        let bits = three.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for place in 0..4 {
            let digit = DIGITS.get((bits >> (18 - 6 * place)) as usize & 63).copied().unwrap_or(b'=');
            order.push(if place > three.len() { b'=' } else { digit });
        }
    }
    order.push(7);
    Some(order)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_becomes_base64_and_nothing_else() {
        // The vectors of RFC 4648, section 10.
        for (text, base64) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(copy(&SafeText::line(text)).unwrap(), format!("\x1b]52;c;{base64}\x07").into_bytes());
        }
        assert_eq!(copy(&SafeText::block("ls\n\n")), copy(&SafeText::line("ls")));
        assert!(copy(&SafeText::block(&"x".repeat(LONGEST))).is_some());
        assert!(copy(&SafeText::block(&"x".repeat(LONGEST + 1))).is_none());
    }
}
