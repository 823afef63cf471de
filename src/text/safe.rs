//! [`SafeText`]: text that can be put into a terminal cell, a log line or a file name.

use std::fmt;

use super::clean;

/// Text that holds no control, bidi, tag or invisible character and no combining flood.
///
/// Controls are shown in caret form (`^[`) and what can't be shown is U+FFFD, so that an attempt stays visible and inert;
/// invisible and bidi characters are taken out; blanks of every width are plain spaces. Composed (NFC), at most 8 marks on a
/// character and 64 bytes a grapheme, each at least one cell wide. Making safe text safe again changes nothing.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SafeText(Box<str>);

impl SafeText {
    /// Makes one line of `raw`: line breaks and tabs, with the blanks around them, become one space. At most [`super::LINE_CAP`] bytes,
    /// ended with `…` where there was more.
    #[must_use]
    pub fn line(raw: &str) -> Self {
        Self(clean::line(raw).into_boxed_str())
    }

    /// Makes a block of `raw`: line breaks of any kind become `\n`, tabs reach to every eighth cell, nothing blank ends it.
    /// At most [`super::BLOCK_CAP`] bytes, ended with `… cut` where there was more.
    #[must_use]
    pub fn block(raw: &str) -> Self {
        Self(clean::block(raw).into_boxed_str())
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
