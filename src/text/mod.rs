//! What strangers wrote, made safe.
//!
//! Everything that HaloPSA delivers began as a mail or a portal form. [`Untrusted`] holds such a string as it came and
//! can't be displayed; [`SafeText`] is the only text that widgets, logs, titles and file names accept. The string must have
//! gone through its last decoding (JSON, HTML entities, percent) before it is made safe; [`MailText::html`] sees to that for HTML.
//!
//! Widths are terminal cells, counted grapheme by grapheme: the way a frame's buffer places them.

mod chars;
mod clean;
mod file_name;
mod find;
mod fold;
#[cfg(test)]
pub(crate) mod hostile;
mod html;
mod link;
mod locale;
mod mail;
mod safe;
mod untrusted;
mod width;
mod wrap;

pub use chars::is_safe_char;
pub use clean::{BLOCK_CAP, LINE_CAP};
pub use file_name::file_name;
pub use find::occurrences;
pub use fold::fold;
pub use link::{Link, Links};
pub use locale::is_utf8_locale;
pub use mail::{MailPart, MailText, PartKind};
pub use safe::SafeText;
pub use untrusted::Untrusted;
pub use width::{cut, fit, width};
pub use wrap::wrap;

#[cfg(test)]
mod tests;
