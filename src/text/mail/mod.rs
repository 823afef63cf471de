//! A mail's text in its parts: what was said, what was quoted from older mails, the signature.

mod header;
mod signature;
mod split;
mod words;

use super::{BLOCK_CAP, SafeText, clean, html, link::Links, link::number_addresses};

/// What a part of a mail is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PartKind {
    /// New words.
    #[default]
    Said,
    /// An older mail, or a piece of one, with the line that says whose it is.
    Quoted,
    /// Who wrote it, once more.
    Signature,
}

/// Lines of one kind that stand together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailPart {
    /// What they are.
    pub kind: PartKind,
    /// An empty line parts them from the part before.
    pub apart: bool,
    /// The lines, a block.
    pub text: SafeText,
}

/// A mail as safe text in its parts, in their order.
///
/// What is quoted and what is a signature is found by the marks of mail programs, so it is a guess about what few want to read: it may be
/// folded away, visibly. A mail that says nothing of its own is what it quotes, thus all said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MailText {
    parts: Vec<MailPart>,
}

impl MailText {
    /// The parts of a plain text; the web addresses in it get numbers and join `links`. At most about twice [`BLOCK_CAP`] bytes.
    /// Linear in the length of `raw`.
    #[must_use]
    pub fn plain(raw: &str, links: &mut Links) -> Self {
        let safe = SafeText::block(raw);
        let numbered = if safe.as_str().contains("://") { number_addresses(safe.as_str(), links) } else { String::new() };
        let text = if numbered.is_empty() { safe.as_str() } else { &numbered };
        let told: Vec<_> = text.split('\n').map(|line| (PartKind::Said, line.to_owned())).collect();
        Self::of(&told)
    }

    /// The parts of an HTML text: paragraphs parted by an empty line, quotes marked `> `, list items `- ` or `1. `, the cells of
    /// a table row parted by ` | `, pictures as `[image: what they show]`, links as `text [1 real.host]` (`text [1]` where the text
    /// shows the host); its links join `links`.
    ///
    /// Scripts, styles, comments and what is not displayed are dropped; nothing is fetched. Safe to call with anything: bounded
    /// in depth, links and bytes, linear in time. Still some milliseconds for a large mail: not for the drawing of a frame.
    #[must_use]
    pub fn html(html: &str, links: &mut Links) -> Self {
        let mut told = Vec::new();
        let mut room = BLOCK_CAP;
        for (kind, raw) in html::parts(html, links) {
            let safe = SafeText::block(&raw);
            if safe.as_str().len() > room {
                let kept = safe.as_str().get(..safe.as_str().floor_char_boundary(room)).unwrap_or_default();
                // Whole lines only: half a character would be another.
                let kept = kept.rsplit_once('\n').map_or("", |(lines, _)| lines);
                told.extend(kept.split('\n').map(|line| (kind, line.to_owned())));
                told.push((PartKind::Said, clean::BLOCK_CUT.trim_start().to_owned()));
                break;
            }
            room -= safe.as_str().len();
            told.extend(safe.as_str().split('\n').map(|line| (kind, line.to_owned())));
        }
        Self::of(&told)
    }

    /// A text that is no mail: all of it is said.
    #[must_use]
    pub fn said(text: SafeText) -> Self {
        let parts = if text.is_empty() { Vec::new() } else { vec![MailPart { kind: PartKind::Said, apart: false, text }] };
        Self { parts }
    }

    /// The parts, never empty ones; two neighbours are of different kinds.
    #[must_use]
    pub fn parts(&self) -> &[MailPart] {
        &self.parts
    }

    /// Whether there is no text at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// All of it as one block.
    #[must_use]
    pub fn whole(&self) -> SafeText {
        match self.parts.as_slice() {
            [one] => one.text.clone(),
            parts => {
                let mut whole = String::new();
                for part in parts {
                    let gap = match (whole.is_empty(), part.apart) {
                        (true, _) => "",
                        (false, false) => "\n",
                        (false, true) => "\n\n",
                    };
                    whole.push_str(gap);
                    whole.push_str(part.text.as_str());
                }
                SafeText::block(&whole)
            }
        }
    }

    /// The parts of safe lines, of which markup told some kinds already.
    fn of(lines: &[(PartKind, String)]) -> Self {
        let kinds = split::kinds(lines);
        let mut parts = Vec::new();
        let mut rest = lines.iter().zip(kinds).peekable();
        while let Some(((_, first), kind)) = rest.next() {
            let mut text = first.clone();
            while let Some(((_, line), _)) = rest.next_if(|(_, next)| *next == kind) {
                text.push('\n');
                text.push_str(line);
            }
            let written = text.trim_start_matches('\n');
            let apart = !parts.is_empty() && written.len() < text.len();
            let text = SafeText::block(written);
            if !text.is_empty() {
                parts.push(MailPart { kind, apart, text });
            }
        }
        Self { parts }
    }
}

#[cfg(test)]
mod tests;
