//! From tokens to text.

use html5gum::{DefaultEmitter, HtmlString, StartTag, Token, Tokenizer};

use super::element::{Role, Void, is_hidden, role};
use super::flow::{Flow, Gap};
use super::part;
use crate::text::link::{Href, Links, judge};
use crate::text::mail::PartKind;

/// Open elements that are kept in mind; deeper ones are plain text. Bounds the search for the start of an end tag.
const DEPTH_CAP: usize = 256;
/// Characters of an image's description.
const ALT_CAP: usize = 120;

/// The unsafe text of `html` in the parts that its markup tells apart; its links join `links`.
pub(super) fn render(html: &str, links: &mut Links) -> Vec<(PartKind, String)> {
    let mut emitter = DefaultEmitter::default();
    // Without a tree the tokenizer itself must know that a script holds no tags.
    emitter.naively_switch_states(true);
    let mut renderer = Renderer::new(links);
    for Ok(token) in Tokenizer::new_with_emitter(html, emitter) {
        match token {
            Token::StartTag(tag) => renderer.start(&tag),
            Token::EndTag(tag) => renderer.end(&tag.name),
            Token::String(text) => renderer.text(&String::from_utf8_lossy(&text.value)),
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
        if renderer.flow.is_full() {
            break;
        }
    }
    while renderer.pop().is_some() {}
    let Renderer { flow, cuts, .. } = renderer;
    let text = flow.finish();
    let mut parts = Vec::with_capacity(cuts.len() + 1);
    let (mut kind, mut from) = (PartKind::Said, 0);
    for (next, at) in cuts.into_iter().chain([(PartKind::Said, text.len())]) {
        let piece = text.get(from..at).unwrap_or_default();
        if !piece.is_empty() {
            // The first line break of a piece ends the line before it.
            let piece = if from > 0 { piece.strip_prefix('\n').unwrap_or(piece) } else { piece };
            parts.push((kind, piece.to_owned()));
        }
        (kind, from) = (next, at);
    }
    parts
}

/// An element whose end has not come.
struct Open {
    name: HtmlString,
    role: Role,
    /// Nothing in it is shown.
    hidden: bool,
    /// Where its text starts.
    position: usize,
    /// The gap that its end asks for.
    after: Gap,
    /// Items so far, of a list.
    items: usize,
    /// The target, of a link.
    href: Option<Href>,
    /// The kind of part that was open around it, where it began one of its own.
    around: Option<PartKind>,
}

/// The state between two tokens.
struct Renderer<'a> {
    flow: Flow,
    open: Vec<Open>,
    /// Elements open beyond the cap.
    deeper: usize,
    links: &'a mut Links,
    /// The kind of the part that we are in.
    part: PartKind,
    /// Where another kind of part begins.
    cuts: Vec<(PartKind, usize)>,
}

impl<'a> Renderer<'a> {
    fn new(links: &'a mut Links) -> Self {
        Self { flow: Flow::new(), open: Vec::new(), deeper: 0, links, part: PartKind::Said, cuts: Vec::new() }
    }

    /// Another kind of part begins here. Where nothing came since the last cut, that one is forgotten.
    fn cut(&mut self, kind: PartKind) {
        self.part = kind;
        let at = self.flow.position();
        if self.cuts.last().is_some_and(|(_, last)| *last == at) {
            self.cuts.pop();
        }
        let before = self.cuts.last().map_or(PartKind::Said, |(kind, _)| *kind);
        if before != kind {
            self.cuts.push((kind, at));
        }
    }

    fn is_hidden(&self) -> bool {
        self.open.last().is_some_and(|open| open.hidden)
    }

    fn text(&mut self, text: &str) {
        if self.is_hidden() {
            return;
        }
        if self.open.iter().any(|open| open.role == Role::Preformatted) {
            self.flow.verbatim(text);
        } else {
            self.flow.words(text);
        }
    }

    fn start(&mut self, tag: &StartTag<()>) {
        let role = role(&tag.name);
        if let Role::Void(void) = role {
            if !self.is_hidden() {
                self.void(void, tag);
            }
            if part::starts_history(tag) {
                self.cut(PartKind::Quoted);
            }
            return;
        }
        self.end_implied(role);
        if self.open.len() >= DEPTH_CAP {
            self.deeper += 1;
            if role != Role::Inline {
                self.flow.part(Gap::Line);
            }
            return;
        }
        let hidden = self.is_hidden()
            || role == Role::Unread
            || tag.attributes.contains_key(b"hidden".as_slice())
            || attribute(tag, b"style").is_some_and(|style| is_hidden(&style));
        let href = if role == Role::Link { attribute(tag, b"href").map(|href| judge(&href)) } else { None };
        let gap = self.gap(role, tag);
        if !hidden {
            self.enter(role, gap);
        }
        let position = self.flow.position();
        let around = self.enter_part(role, tag);
        self.open.push(Open { name: tag.name.clone(), role, hidden, position, after: gap, items: 0, href, around });
    }

    /// Begins a part of its own where the element is one; answers the kind to go back to at its end.
    fn enter_part(&mut self, role: Role, tag: &StartTag<()>) -> Option<PartKind> {
        // What runs with the text around it can't be a part: parts are whole lines. Within a quote all is quoted.
        if self.part == PartKind::Quoted || !role.stands_apart() {
            return None;
        }
        if part::starts_history(tag) {
            self.cut(PartKind::Quoted);
            return None;
        }
        let kind = part::kind(tag)?;
        let around = self.part;
        self.cut(kind);
        Some(around)
    }

    /// Ends the elements that this start tag ends by itself.
    fn end_implied(&mut self, role: Role) {
        if self.deeper > 0 {
            return;
        }
        let mut ended = None;
        for (at, open) in self.open.iter().enumerate().rev() {
            if role.ends(open.role) {
                ended = Some(at);
            }
            if open.role.shields(role) && !role.ends(open.role) {
                break;
            }
        }
        if let Some(at) = ended {
            self.close_to(at);
        }
    }

    /// The gap around an element.
    fn gap(&self, role: Role, tag: &StartTag<()>) -> Gap {
        match role {
            Role::Inline | Role::Link | Role::Unread | Role::Void(_) => Gap::None,
            Role::Item | Role::Table | Role::Row => Gap::Line,
            Role::Cell if self.is_first_cell() => Gap::Line,
            Role::Cell => Gap::Cell,
            Role::Block(gap) => gap,
            Role::Paragraph | Role::Bullets | Role::Numbers if self.is_in_item() => Gap::Line,
            Role::Paragraph => paragraph_gap(tag),
            Role::Bullets | Role::Numbers | Role::Quote | Role::Preformatted => Gap::Paragraph,
        }
    }

    /// What the flow does at the start of an element.
    fn enter(&mut self, role: Role, gap: Gap) {
        if role == Role::Cell || !self.starts_cell() {
            self.flow.part(gap);
        }
        match role {
            Role::Quote => self.flow.quote(true),
            Role::Bullets | Role::Numbers => self.flow.list(true),
            Role::Item => {
                let mark = self.item_mark();
                self.flow.item(mark);
            }
            _ => {}
        }
    }

    /// Whether the text is part of a list item.
    fn is_in_item(&self) -> bool {
        let around = self.open.iter().rev().find(|open| matches!(open.role, Role::Item | Role::Cell | Role::Quote));
        around.is_some_and(|around| around.role == Role::Item)
    }

    /// Whether the innermost row has no text yet.
    fn is_first_cell(&self) -> bool {
        let row = self.open.iter().rev().find(|open| matches!(open.role, Role::Row | Role::Table));
        row.is_none_or(|row| row.position == self.flow.position())
    }

    /// Whether we stand at the very start of a table cell: blocks there go beside the cell before.
    fn starts_cell(&self) -> bool {
        let cell = self.open.iter().rev().find(|open| !matches!(open.role, Role::Inline | Role::Block(_) | Role::Paragraph));
        cell.is_some_and(|cell| cell.role == Role::Cell && cell.position == self.flow.position())
    }

    fn item_mark(&mut self) -> String {
        let list = self.open.iter_mut().rev().find(|open| matches!(open.role, Role::Bullets | Role::Numbers));
        match list {
            Some(list) if list.role == Role::Numbers => {
                list.items += 1;
                format!("{}.", list.items)
            }
            _ => "-".to_owned(),
        }
    }

    fn void(&mut self, void: Void, tag: &StartTag<()>) {
        match void {
            Void::Break => self.flow.line_break(),
            Void::Rule => {
                self.flow.part(Gap::Line);
                self.flow.note("----");
                self.flow.part(Gap::Line);
            }
            Void::Image => {
                let alt = attribute(tag, b"alt").unwrap_or_default();
                let alt: String = alt.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(ALT_CAP).collect();
                let hidden = attribute(tag, b"style").is_some_and(|style| is_hidden(&style));
                // A picture without a description is a spacer, a logo or a tracker, unless it came inside the mail.
                let inside = attribute(tag, b"src").is_some_and(|src| src.starts_with("cid:"));
                if !alt.is_empty() && !hidden {
                    self.flow.note(&format!("[image: {alt}]"));
                } else if inside && !hidden {
                    self.flow.note("[image]");
                }
            }
            Void::Other => {}
        }
    }

    fn end(&mut self, name: &HtmlString) {
        let ended = role(name);
        if ended == Role::Void(Void::Break) {
            // `</br>` is a break, by the HTML standard.
            self.flow.line_break();
            return;
        }
        if self.deeper > 0 {
            self.deeper -= 1;
            if ended != Role::Inline {
                self.flow.part(Gap::Line);
            }
            return;
        }
        for (at, open) in self.open.iter().enumerate().rev() {
            if open.name == *name {
                self.close_to(at);
                return;
            }
            if open.role.shields(ended) {
                return;
            }
        }
    }

    /// Ends the open elements down to the one at `at`.
    fn close_to(&mut self, at: usize) {
        while self.open.len() > at {
            self.pop();
        }
    }

    /// Ends the innermost open element.
    fn pop(&mut self) -> Option<()> {
        let open = self.open.pop()?;
        // History within an element goes on after its end.
        if let Some(around) = open.around
            && !(self.part == PartKind::Quoted && around == PartKind::Quoted)
        {
            self.cut(around);
        }
        if open.hidden {
            return Some(());
        }
        self.flow.part(open.after);
        match open.role {
            Role::Link => self.end_link(open),
            Role::Cell => self.end_cell(&open),
            Role::Quote => self.flow.quote(false),
            Role::Bullets | Role::Numbers => self.flow.list(false),
            _ => {}
        }
        Some(())
    }

    /// A cell of one line, or of none, lets the next stand beside it; one of more lines doesn't.
    fn end_cell(&mut self, cell: &Open) {
        let text = self.flow.since(cell.position);
        if text.is_empty() {
            self.flow.ask_only(cell.after);
        } else if text.trim_start_matches(['\n', '>', ' ']).contains('\n') {
            self.flow.ask_only(Gap::Line);
        } else {
            self.flow.ask_only(Gap::Cell);
        }
    }

    /// Shows after the words of a link where it really leads.
    fn end_link(&mut self, open: Open) {
        let words = bare(self.flow.since(open.position));
        if words.is_empty() {
            return;
        }
        if let Some(note) = open.href.and_then(|href| self.links.note(words, href)) {
            self.flow.annotate(&note);
        }
    }
}

/// The words of a link without the marks that the flow put before them.
fn bare(text: &str) -> &str {
    let text = text.trim_start_matches([' ', '|', '\n', '>']);
    let item = text.strip_prefix("- ").or_else(|| text.trim_start_matches(|c: char| c.is_ascii_digit()).strip_prefix(". "));
    item.unwrap_or(text)
}

pub(super) fn attribute(tag: &StartTag<()>, name: &[u8]) -> Option<String> {
    tag.attributes.get(name).map(|value| String::from_utf8_lossy(&value.value).into_owned())
}

/// Outlook writes each line as a paragraph without margins.
fn paragraph_gap(tag: &StartTag<()>) -> Gap {
    let tight = attribute(tag, b"class").is_some_and(|class| class.starts_with("Mso"))
        || attribute(tag, b"style").is_some_and(|style| {
            let style: String = style.chars().filter(|c| !c.is_whitespace()).collect();
            style.contains("margin:0") || style.contains("margin-bottom:0") || style.contains("margin-top:0")
        });
    if tight { Gap::Line } else { Gap::Paragraph }
}
