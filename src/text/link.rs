//! Links: which are offered, and how their real target is shown.

use std::collections::HashMap;

use url::{ParseError, Url};

use crate::text::SafeText;

/// Longest target that is offered, in bytes; browsers take little more.
const TARGET_CAP: usize = 4 * 1024;
/// Links that get a number.
const LINK_CAP: usize = 999;

/// Where a link leads. Only `http`, `https`, `mailto` and `tel`; only printable ASCII without blanks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The number shown beside its text, from 1.
    pub number: usize,
    /// The whole target, normalised and percent-encoded; it starts with the scheme.
    pub target: SafeText,
    /// The host in its ASCII form, or the address of a `mailto` or `tel`.
    pub host: SafeText,
}

/// The numbered links of one or more texts: the same target has the same number wherever it stands. At most 999.
#[derive(Clone, Debug, Default)]
pub struct Links {
    list: Vec<Link>,
    /// The number that a target got.
    numbers: HashMap<String, usize>,
}

impl Links {
    /// The links in the order of their numbers.
    #[must_use]
    pub fn into_list(self) -> Vec<Link> {
        self.list
    }

    /// What stands after the words of a link: `[1 real.host]`, or `[1]` where the words themselves show the host. `None` where
    /// there is nothing to say.
    pub(super) fn note(&mut self, words: &str, href: Href) -> Option<String> {
        match href {
            Href::Nowhere => None,
            Href::Refused => Some("[link removed]".to_owned()),
            Href::Open { target, host } => {
                let shown = shows(words, &host);
                match (self.number(target, &host), shown) {
                    (Some(number), true) => Some(format!("[{number}]")),
                    (Some(number), false) => Some(format!("[{number} {host}]")),
                    (None, true) => None,
                    (None, false) => Some(format!("[{host}]")),
                }
            }
        }
    }

    /// The number of a target: the same for the same target.
    fn number(&mut self, target: String, host: &str) -> Option<usize> {
        if let Some(number) = self.numbers.get(&target) {
            return Some(*number);
        }
        if self.list.len() >= LINK_CAP {
            return None;
        }
        let number = self.list.len() + 1;
        self.list.push(Link { number, target: SafeText::line(&target), host: SafeText::line(host) });
        self.numbers.insert(target, number);
        Some(number)
    }
}

/// What an `href` turned out to be.
pub(super) enum Href {
    /// A place to go: the target and the host.
    Open { target: String, host: String },
    /// A place within the mail, a relative address, or none.
    Nowhere,
    /// A scheme that is never opened (`javascript`, `file`, `data` …), or an address that can't be read.
    Refused,
}

/// Judges an `href` after entity decoding.
pub(super) fn judge(href: &str) -> Href {
    let href = href.trim();
    if href.is_empty() || href.starts_with('#') {
        return Href::Nowhere;
    }
    if href.len() > TARGET_CAP {
        return Href::Refused;
    }
    let url = match Url::parse(href) {
        Ok(url) => url,
        Err(ParseError::RelativeUrlWithoutBase) => return Href::Nowhere,
        Err(_) => return Href::Refused,
    };
    let host = match url.scheme() {
        "http" | "https" => url.host_str().unwrap_or_default().to_owned(),
        "mailto" | "tel" => url.path().to_owned(),
        _ => return Href::Refused,
    };
    let target = String::from(url);
    if host.is_empty() || !target.bytes().all(|b| (0x21..=0x7e).contains(&b)) {
        return Href::Refused;
    }
    Href::Open { target, host }
}

/// Whether the words of a link already show its host, so that the number alone says enough.
fn shows(words: &str, host: &str) -> bool {
    let words = words.trim();
    if words.contains(char::is_whitespace) {
        return false;
    }
    if words.eq_ignore_ascii_case(host) {
        return true;
    }
    let parsed = Url::parse(words).or_else(|_| Url::parse(&format!("https://{words}")));
    // With user info the words look like another host than they name.
    parsed.is_ok_and(|url| url.host_str() == Some(host) && url.username().is_empty() && words.is_ascii())
}

/// `text` with the numbers of the web addresses in it after them. Linear in the length of `text`.
pub(super) fn number_addresses(text: &str, links: &mut Links) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(at) = next_address(rest) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let address = from.get(..address_length(from)).unwrap_or(from);
        out.push_str(address);
        rest = from.get(address.len()..).unwrap_or_default();
        if let href @ Href::Open { .. } = judge(address)
            && let Some(note) = links.note(address, href)
        {
            // Plain parts write the target of a link in angle brackets behind its words.
            if let Some(after) = rest.strip_prefix('>') {
                out.push('>');
                rest = after;
            }
            out.push(' ');
            out.push_str(&note);
        }
    }
    out.push_str(rest);
    out
}

/// Where the next web address begins: not in the middle of a word.
fn next_address(text: &str) -> Option<usize> {
    text.match_indices("://").find_map(|(at, _)| {
        let before = text.get(..at)?;
        let start = ["https", "http"].iter().find_map(|scheme| {
            let from = before.len().checked_sub(scheme.len())?;
            before.get(from..)?.eq_ignore_ascii_case(scheme).then_some(from)
        })?;
        let glued = text.get(..start)?.ends_with(|c: char| c.is_ascii_alphanumeric());
        (!glued).then_some(start)
    })
}

/// Bytes of the web address that `text` begins with; what closes a sentence or a bracket after it is not its own.
fn address_length(text: &str) -> usize {
    let end = text.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '|' | '`')).unwrap_or(text.len());
    let mut address = text.get(..end).unwrap_or_default();
    loop {
        let trimmed = address.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', ']', '}', '。', '、', '，', '）', '」']);
        // A bracket that was opened within the address belongs to it.
        let trimmed = match trimmed.strip_suffix(')') {
            Some(inner) if !inner.contains('(') => inner,
            _ => trimmed,
        };
        if trimmed.len() == address.len() {
            return address.len();
        }
        address = trimmed;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::hostile;

    #[test]
    fn addresses_in_plain_text_get_numbers() {
        for (text, numbered) in [
            ("see https://a.example/x.", "see https://a.example/x [1]."),
            ("(https://a.example/x)", "(https://a.example/x [1])"),
            ("https://a.example/x_(y)", "https://a.example/x_(y) [1]"),
            ("here<https://a.example/x> now", "here<https://a.example/x> [1] now"),
            (
                "https://a.example https://b.example https://a.example/",
                "https://a.example [1] https://b.example [2] https://a.example/ [1]",
            ),
            ("https://bank.example@evil.example/", "https://bank.example@evil.example/ [1 evil.example]"),
            ("xhttps://a.example", "xhttps://a.example"),
            ("HTTPS://A.example", "HTTPS://A.example [1]"),
            ("javascript://a.example file:///etc", "javascript://a.example file:///etc"),
            ("https:// nothing", "https:// nothing"),
            ("参照 https://a.example/手順。", "参照 https://a.example/手順 [1 a.example]。"),
        ] {
            assert_eq!(number_addresses(text, &mut Links::default()), numbered);
        }
    }

    #[test]
    fn the_same_target_has_one_number_and_numbers_end() {
        let mut links = Links::default();
        for n in 0..2_000 {
            number_addresses(&format!("https://a.example/{n}"), &mut links);
        }
        number_addresses("https://a.example/5", &mut links);
        let list = links.into_list();
        assert_eq!((list.len(), list[4].number, list[4].target.as_str()), (999, 5, "https://a.example/4"));
    }

    proptest! {
        #[test]
        fn nothing_but_notes_is_added(text in hostile::text()) {
            let mut links = Links::default();
            let safe = SafeText::block(&text);
            let numbered = number_addresses(safe.as_str(), &mut links);
            let unnoted = links.list.iter().fold(numbered.clone(), |text, link| {
                text.replace(&format!(" [{}]", link.number), "").replace(&format!(" [{} {}]", link.number, link.host), "")
            });
            if !safe.as_str().contains(" [") {
                prop_assert_eq!(unnoted, safe.as_str());
            }
            let again = SafeText::block(&numbered);
            prop_assert_eq!(again.as_str(), numbered.trim_end_matches([' ', '\n']));
        }
    }
}
