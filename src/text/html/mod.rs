//! HTML of a mail to plain text.
//!
//! One pass over the tokens with a bounded stack and no tree: the work grows with the input alone, whatever the nesting, and
//! nothing is laid out, so that the block can be wrapped to any width later. Nothing is ever fetched.

mod element;
mod flow;
mod part;
mod render;

use super::{link::Links, mail::PartKind};

/// Bytes of HTML that are read; the rest is left out and said so.
const HTML_CAP: usize = 2 * 1024 * 1024;

/// The text of `html`, not yet safe, in the parts that its markup tells apart: paragraphs parted by an empty line, quotes marked
/// `> `, list items `- ` or `1. `, the cells of a table row parted by ` | `, pictures as `[image: what they show]`, links as
/// `text [1 real.host]` (`text [1]` where the text shows the host).
///
/// Scripts, styles, comments and what is not displayed are dropped. Safe to call with anything: bounded in depth, links and
/// bytes, linear in time. Still some milliseconds for a large mail: not for the drawing of a frame.
pub(super) fn parts(html: &str, links: &mut Links) -> Vec<(PartKind, String)> {
    let read = html.get(..html.floor_char_boundary(HTML_CAP)).unwrap_or_default();
    let mut parts = render::render(read, links);
    if read.len() < html.len() {
        parts.push((PartKind::Said, super::clean::BLOCK_CUT.trim_start().to_owned()));
    }
    parts
}

#[cfg(test)]
mod tests;
