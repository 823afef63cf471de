//! OSC 52: text for the clipboard of the operator's own machine, through the terminal.

use super::Between;
use crate::text::SafeText;

/// The longest text that is sent, in bytes: terminals and multiplexers drop longer ones, and a slow wire shouldn't carry them.
const LONGEST: usize = 16 * 1024;

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The most bytes that GNU screen takes of one string; what is longer ends up on the screen as text.
const SCREEN_STRING: usize = 760;
/// The bytes of a string that is handed through GNU screen in pieces.
const SCREEN_PIECE: usize = 500;

/// The order to copy `text`, without line breaks at its end (pasted into a shell they would run it), for the terminal behind
/// whatever is in between; `None` if it is too long.
pub(super) fn copy(text: &SafeText, between: Between) -> Option<Vec<u8>> {
    let text = text.as_str().trim_end();
    if text.len() > LONGEST {
        return None;
    }
    let mut order = b"\x1b]52;c;".to_vec();
    push_base64(&mut order, text.as_bytes());
    order.push(7);
    Some(match between {
        Between::Nothing | Between::Mosh => order,
        Between::Tmux => {
            // By its settings tmux takes the order itself (set-clipboard) or hands it through (allow-passthrough), or both.
            let through =
                order.iter().flat_map(|byte| if *byte == 0x1b { &[0x1b, 0x1b][..] } else { std::slice::from_ref(byte) });
            let through: Vec<u8> = through.copied().collect();
            [&order, &b"\x1bPtmux;"[..], &through, b"\x1b\\"].concat()
        }
        Between::Screen => {
            let pieces = order.chunks(SCREEN_PIECE).flat_map(|piece| [b"\x1bP", piece, b"\x1b\\"]).flatten().copied().collect();
            // Called by screen's name, it may be tmux after all, which passes over the pieces.
            if order.len() < SCREEN_STRING { [order, pieces].concat() } else { pieces }
        }
    })
}

fn push_base64(out: &mut Vec<u8>, bytes: &[u8]) {
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for place in 0..4 {
            let digit = DIGITS.get((bits >> (18 - 6 * place)) as usize & 63).copied().unwrap_or(b'=');
            out.push(if place > three.len() { b'=' } else { digit });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &SafeText) -> Option<Vec<u8>> {
        copy(text, Between::Nothing)
    }

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
            assert_eq!(plain(&SafeText::line(text)).unwrap(), format!("\x1b]52;c;{base64}\x07").into_bytes());
        }
        assert_eq!(plain(&SafeText::block("ls\n\n")), plain(&SafeText::line("ls")));
        assert!(plain(&SafeText::block(&"x".repeat(LONGEST))).is_some());
        assert!(plain(&SafeText::block(&"x".repeat(LONGEST + 1))).is_none());
    }

    #[test]
    fn multiplexers_are_asked_to_hand_it_through() {
        let text = SafeText::line("foo");
        let tmux = copy(&text, Between::Tmux).unwrap();
        assert_eq!(tmux, b"\x1b]52;c;Zm9v\x07\x1bPtmux;\x1b\x1b]52;c;Zm9v\x07\x1b\\");
        let screen = copy(&text, Between::Screen).unwrap();
        assert_eq!(screen, b"\x1b]52;c;Zm9v\x07\x1bP\x1b]52;c;Zm9v\x07\x1b\\");
        let long = SafeText::block(&"x".repeat(10_000));
        let pieces = String::from_utf8(copy(&long, Between::Screen).unwrap()).unwrap();
        assert!(pieces.split("\x1b\\").all(|piece| piece.len() < SCREEN_STRING), "none that screen would show as text");
        let whole: String = pieces.split("\x1b\\").filter_map(|piece| piece.strip_prefix("\x1bP")).collect();
        assert_eq!(whole.into_bytes(), plain(&long).unwrap());
    }
}
