//! [`Untrusted`]: a string as a stranger sent it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Links, MailText, SafeText};

/// A string as the server sent it: kept for storage, shown only through [`SafeText`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Untrusted(String);

impl Untrusted {
    /// Wraps a string that came from outside.
    #[must_use]
    pub fn new(raw: impl Into<String>) -> Self {
        Self(raw.into())
    }

    /// The text as one safe line.
    #[must_use]
    pub fn line(&self) -> SafeText {
        SafeText::line(&self.0)
    }

    /// The text as a safe block of lines.
    #[must_use]
    pub fn block(&self) -> SafeText {
        SafeText::block(&self.0)
    }

    /// The parts of a string that is a mail's plain text; its web addresses join `links`.
    #[must_use]
    pub fn mail(&self, links: &mut Links) -> MailText {
        MailText::plain(&self.0, links)
    }

    /// The parts of a string that is HTML; its links join `links`.
    #[must_use]
    pub fn html(&self, links: &mut Links) -> MailText {
        MailText::html(&self.0, links)
    }

    /// The string as it came, for the mirror alone: never for a screen, a log or a file name.
    #[must_use]
    pub fn as_stored(&self) -> &str {
        &self.0
    }

    /// Whether nothing was sent.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<String> for Untrusted {
    fn from(raw: String) -> Self {
        Self(raw)
    }
}

impl From<&str> for Untrusted {
    fn from(raw: &str) -> Self {
        Self(raw.to_owned())
    }
}

/// Shows the length only: ticket text stays out of logs.
impl fmt::Debug for Untrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Untrusted({} bytes)", self.0.len())
    }
}
