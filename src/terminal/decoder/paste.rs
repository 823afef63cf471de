//! The contents of a bracketed paste.

use super::PASTE_CAP;

/// What ends a paste.
const END: &[u8] = b"\x1b[201~";

/// Collects a bracketed paste up to its end mark, and no more than [`PASTE_CAP`] bytes of it.
#[derive(Default)]
pub(super) struct Paste {
    bytes: Vec<u8>,
    /// How many bytes of the end mark have matched.
    matched: usize,
}

impl Paste {
    /// Takes from `bytes`; gives what comes after the end mark once it has been found.
    pub(super) fn take<'a>(&mut self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        let mut rest = bytes;
        while let Some((&byte, tail)) = rest.split_first() {
            if END.get(self.matched) == Some(&byte) {
                self.matched += 1;
                rest = tail;
                if self.matched == END.len() {
                    self.matched = 0;
                    return Some(rest);
                }
            } else if self.matched > 0 {
                // ESC stands only at the start of the mark, so nothing within what had matched can begin another.
                let held = END.get(..self.matched).unwrap_or_default();
                self.matched = 0;
                self.keep(held);
            } else {
                let run = rest.iter().position(|b| *b == 0x1b).unwrap_or(rest.len());
                let (text, after) = rest.split_at_checked(run).unwrap_or((rest, &[]));
                self.keep(text);
                rest = after;
            }
        }
        None
    }

    fn keep(&mut self, text: &[u8]) {
        let room = PASTE_CAP.saturating_sub(self.bytes.len());
        self.bytes.extend(text.iter().take(room));
    }

    /// The text so far, with line breaks as `\n`: terminals paste them as `\r`.
    pub(super) fn finish(&mut self) -> String {
        let bytes = std::mem::take(&mut self.bytes);
        let text = String::from_utf8(bytes).unwrap_or_else(|broken| String::from_utf8_lossy(broken.as_bytes()).into_owned());
        if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text }
    }
}
