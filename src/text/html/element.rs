//! What each element means for plain text.

use super::flow::Gap;

/// The part that an element plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Runs with the text around it, or is not known.
    Inline,
    /// Stands on lines of its own, apart by this gap.
    Block(Gap),
    Paragraph,
    Quote,
    Preformatted,
    Bullets,
    Numbers,
    Item,
    Table,
    Row,
    Cell,
    Link,
    /// Its content is not for readers.
    Unread,
    /// Has no content and no end tag.
    Void(Void),
}

/// Elements without content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Void {
    Break,
    Rule,
    Image,
    Other,
}

/// The role of the element with this (lower case) name.
pub(super) fn role(name: &[u8]) -> Role {
    match name {
        b"p" => Role::Paragraph,
        b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" | b"dl" | b"figure" => Role::Block(Gap::Paragraph),
        b"address" | b"article" | b"aside" | b"body" | b"caption" | b"center" | b"dd" | b"details" | b"div" | b"dt"
        | b"fieldset" | b"figcaption" | b"footer" | b"form" | b"header" | b"html" | b"legend" | b"main" | b"nav" | b"option"
        | b"section" | b"summary" => Role::Block(Gap::Line),
        b"blockquote" => Role::Quote,
        b"pre" | b"textarea" | b"listing" | b"xmp" => Role::Preformatted,
        b"ul" | b"menu" | b"dir" => Role::Bullets,
        b"ol" => Role::Numbers,
        b"li" => Role::Item,
        b"table" => Role::Table,
        b"tr" => Role::Row,
        b"td" | b"th" => Role::Cell,
        b"a" => Role::Link,
        b"script" | b"style" | b"title" | b"template" | b"xml" | b"noembed" | b"noframes" | b"iframe" | b"object" | b"audio"
        | b"video" | b"canvas" | b"svg" | b"math" | b"datalist" => Role::Unread,
        b"br" => Role::Void(Void::Break),
        b"hr" => Role::Void(Void::Rule),
        b"img" => Role::Void(Void::Image),
        b"area" | b"base" | b"basefont" | b"bgsound" | b"col" | b"embed" | b"frame" | b"input" | b"keygen" | b"link"
        | b"meta" | b"param" | b"source" | b"track" | b"wbr" => Role::Void(Void::Other),
        _ => Role::Inline,
    }
}

impl Role {
    /// Whether the start of this element ends an open element of the other role: end tags that HTML lets one leave out.
    pub(super) fn ends(self, open: Self) -> bool {
        match self {
            Self::Item => matches!(open, Self::Item | Self::Paragraph),
            Self::Cell => matches!(open, Self::Cell | Self::Paragraph),
            Self::Row => matches!(open, Self::Row | Self::Cell | Self::Paragraph),
            Self::Link => open == Self::Link,
            Self::Inline | Self::Unread | Self::Void(_) => false,
            _ => open == Self::Paragraph,
        }
    }

    /// Whether it stands on lines of its own.
    pub(super) fn stands_apart(self) -> bool {
        !matches!(self, Self::Inline | Self::Link | Self::Cell | Self::Unread | Self::Void(_))
    }

    /// Whether an end tag, or the start of an element of role `inner`, can't reach past this open element.
    pub(super) fn shields(self, inner: Self) -> bool {
        match inner {
            Self::Item => matches!(self, Self::Bullets | Self::Numbers | Self::Table | Self::Cell),
            Self::Row | Self::Cell => self == Self::Table,
            Self::Table => false,
            _ => matches!(self, Self::Table | Self::Cell),
        }
    }
}

/// Whether a `style` attribute takes the element off the page.
pub(super) fn is_hidden(style: &str) -> bool {
    style.split(';').filter_map(|rule| rule.split_once(':')).any(|(property, value)| {
        let value = value.trim().trim_end_matches("!important").trim_end();
        let property = property.trim();
        (property.eq_ignore_ascii_case("display") && value.eq_ignore_ascii_case("none"))
            || (property.eq_ignore_ascii_case("visibility") && value.eq_ignore_ascii_case("hidden"))
            || (property.eq_ignore_ascii_case("font-size") && matches!(value, "0" | "0px" | "0pt"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_is_not_displayed() {
        for style in ["display:none", "color:red; DISPLAY : None !important;", "visibility:hidden", "font-size:0px"] {
            assert!(is_hidden(style), "{style}");
        }
        for style in ["", "display:block", "font-size:10px", "x-display:none", "display:none-such"] {
            assert!(!is_hidden(style), "{style}");
        }
    }
}
