//! Which elements hold a quoted mail or a signature: the marks that mail programs leave in their HTML.

use html5gum::StartTag;

use super::render::attribute;
use crate::text::mail::PartKind;

/// Classes around a quoted mail or its heading line.
const QUOTES: &[&str] = &[
    "gmail_quote",
    "gmail_quote_container",
    "gmail_attr",
    "yahoo_quoted",
    "moz-cite-prefix",
    "protonmail_quote",
    "zmail_extra",
    "tutanota_quote",
    "outlookmessageheader",
];

/// Classes and ids around a signature.
const SIGNATURES: &[&str] = &[
    "gmail_signature",
    "gmail_signature_prefix",
    "moz-signature",
    "protonmail_signature_block",
    "applemailsignature",
    "ms-outlook-mobile-signature",
    "signature",
];

/// Ids after which the older mail stands, up to the end.
const HISTORY: &[&str] = &["appendonsend", "divrplyfwdmsg", "stopspelling", "mail-editor-reference-message-container"];

/// The part that the element is around, where it is around one.
pub(super) fn kind(tag: &StartTag<()>) -> Option<PartKind> {
    let names = names(tag);
    if names.iter().any(|name| QUOTES.contains(&name.as_str())) {
        return Some(PartKind::Quoted);
    }
    let cited = &*tag.name == b"blockquote" && attribute(tag, b"type").is_some_and(|kind| kind.eq_ignore_ascii_case("cite"));
    if cited {
        return Some(PartKind::Quoted);
    }
    names.iter().any(|name| SIGNATURES.contains(&name.as_str())).then_some(PartKind::Signature)
}

/// Whether all that follows the element's start is the older mail.
pub(super) fn starts_history(tag: &StartTag<()>) -> bool {
    names(tag).iter().any(|name| HISTORY.contains(&name.as_str()))
}

/// The classes and the id, in lower case, without the `x_` that web mail puts before those of a mail within a mail.
fn names(tag: &StartTag<()>) -> Vec<String> {
    let class = attribute(tag, b"class").unwrap_or_default();
    let id = attribute(tag, b"id").unwrap_or_default();
    let names = class.split_ascii_whitespace().chain([id.trim()]).filter(|name| !name.is_empty());
    // No mark stands behind more than a few others.
    names.take(16).map(|name| name.to_ascii_lowercase().trim_start_matches("x_").to_owned()).collect()
}
