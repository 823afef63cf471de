//! What strangers wrote, made safe.
//!
//! Everything that HaloPSA delivers began as a mail or a portal form. [`Untrusted`] holds such a string as it came and
//! can't be displayed; [`SafeText`] is the only text that widgets, logs, titles and file names accept.

mod safe;
mod untrusted;

pub use safe::SafeText;
pub use untrusted::Untrusted;
