//! Links: which are offered, and how their real target is shown.

use url::{ParseError, Url};

use crate::text::SafeText;

/// Longest target that is offered, in bytes; browsers take little more.
const TARGET_CAP: usize = 4 * 1024;

/// Where a link of an HTML text leads. Only `http`, `https`, `mailto` and `tel`; only printable ASCII without blanks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The number shown beside its text, from 1.
    pub number: usize,
    /// The whole target, normalised and percent-encoded; it starts with the scheme.
    pub target: SafeText,
    /// The host in its ASCII form, or the address of a `mailto` or `tel`.
    pub host: SafeText,
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
pub(super) fn shows(words: &str, host: &str) -> bool {
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
