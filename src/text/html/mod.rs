//! HTML of a mail to plain text.
//!
//! One pass over the tokens with a bounded stack and no tree: the work grows with the input alone, whatever the nesting, and
//! nothing is laid out, so that the block can be wrapped to any width later. Nothing is ever fetched.

mod element;
mod flow;
mod link;
mod render;

use super::SafeText;

pub use link::Link;

/// Bytes of HTML that are read; the rest is left out and said so.
const HTML_CAP: usize = 2 * 1024 * 1024;

/// What a piece of HTML says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HtmlText {
    /// The text: paragraphs parted by an empty line, quotes marked `> `, list items `- ` or `1. `, the cells of a table row
    /// parted by ` | `, pictures as `[image: what they show]`, links as `text [1 real.host]` (`text [1]` where the text shows the host).
    pub text: SafeText,
    /// Where its links lead, in the order of their numbers.
    pub links: Vec<Link>,
}

/// Makes a safe block of `html`.
///
/// Scripts, styles, comments and what is not displayed are dropped. Safe to call with anything: bounded in depth, links and
/// bytes ([`super::BLOCK_CAP`] out), linear in time. Still some milliseconds for a large mail: not for the drawing of a frame.
#[must_use]
pub fn html_to_block(html: &str) -> HtmlText {
    let read = html.get(..html.floor_char_boundary(HTML_CAP)).unwrap_or_default();
    let (mut text, links) = render::render(read);
    if read.len() < html.len() {
        text.push_str(super::clean::BLOCK_CUT);
    }
    HtmlText { text: SafeText::block(&text), links }
}

#[cfg(test)]
mod tests;
