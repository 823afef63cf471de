//! A conversation laid out as lines for one width.

use crate::{
    domain::{ActionRow, Author, Conversation, TicketRow, Timestamp},
    text::{SafeText, wrap},
};

/// Lines that one text may take at most: what follows is counted, not shown.
const MOST_LINES: usize = 4_000;

/// Which fact of the ticket a line tells: the drawing gives it its colours and, for times, its age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fact {
    /// Status, priority, type.
    State,
    /// Client, site, user.
    Client,
    /// Agent and team.
    Agent,
    /// Opened, last action, closed.
    Times,
    /// SLA targets.
    Targets,
    /// The record could not be read.
    Unreadable,
}

/// One line of the page.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Line {
    /// A part of the subject.
    Title(SafeText),
    /// A fact about the ticket.
    Fact(Fact),
    /// An entry's heading.
    Heading(Heading),
    /// Words of an entry.
    Words {
        /// The words.
        text: SafeText,
        /// The client does not see them.
        private: bool,
    },
    /// The program's own remark.
    Remark(&'static str),
    /// Nothing.
    Blank,
}

/// Who said something, when, in which way.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Heading {
    pub(super) author: Author,
    pub(super) who: SafeText,
    pub(super) outcome: SafeText,
    pub(super) at: Option<Timestamp>,
    pub(super) private: bool,
    pub(super) important: bool,
    pub(super) minutes: u32,
    pub(super) new_status: Option<SafeText>,
    pub(super) attachments: u32,
}

/// A conversation as lines.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Page {
    pub(super) ticket: TicketRow,
    lines: Vec<Line>,
}

impl Page {
    /// Lays a conversation out for `cols` columns.
    pub(super) fn new(conversation: &Conversation, cols: u16) -> Self {
        let mut page = Self { ticket: conversation.ticket.clone(), lines: Vec::new() };
        let cols = usize::from(cols).max(8);
        let ticket = &conversation.ticket;
        for part in wrap(&format!("#{} {}", ticket.id, ticket.summary), cols) {
            page.lines.push(Line::Title(SafeText::line(&part)));
        }
        if ticket.unreadable.is_some() {
            page.lines.push(Line::Fact(Fact::Unreadable));
        }
        page.lines.extend([Fact::State, Fact::Client, Fact::Agent, Fact::Times].map(Line::Fact));
        if ticket.respond_by.is_some() || ticket.fix_by.is_some() || ticket.on_hold {
            page.lines.push(Line::Fact(Fact::Targets));
        }
        for action in &conversation.actions {
            page.entry(action, cols);
        }
        if !conversation.body.is_empty() {
            let heading = Heading {
                author: Author::Customer,
                who: ticket.user.clone(),
                outcome: SafeText::line("opened the ticket"),
                at: ticket.opened,
                private: false,
                important: false,
                minutes: 0,
                new_status: None,
                attachments: ticket.attachments,
            };
            page.lines.extend([Line::Blank, Line::Heading(heading)]);
            page.words(&conversation.body, false, cols);
        }
        if conversation.fetched_at.is_none() {
            page.lines.extend([Line::Blank, Line::Remark("The conversation is not stored yet.")]);
        }
        page
    }

    /// How many lines there are.
    pub(super) fn len(&self) -> usize {
        self.lines.len()
    }

    /// The lines from `top` on.
    pub(super) fn from(&self, top: usize) -> impl Iterator<Item = &Line> {
        self.lines.iter().skip(top)
    }

    fn entry(&mut self, action: &ActionRow, cols: usize) {
        // What Halo notes by itself is one line; only people get paragraphs.
        if action.author != Author::System {
            self.lines.push(Line::Blank);
        }
        self.lines.push(Line::Heading(Heading {
            author: action.author,
            who: action.who.clone(),
            outcome: action.outcome.clone(),
            at: action.at,
            private: action.private,
            important: action.important,
            minutes: action.minutes,
            new_status: action.new_status.clone(),
            attachments: action.attachments,
        }));
        if action.author != Author::System {
            self.words(&action.text, action.private, cols);
        }
    }

    fn words(&mut self, text: &SafeText, private: bool, cols: usize) {
        // Private words are drawn behind a bar.
        let cols = if private { cols.saturating_sub(2) } else { cols };
        let parts = wrap(text.as_str(), cols);
        let cut = parts.len() > MOST_LINES;
        let mut blanks = 0;
        for part in parts.iter().take(MOST_LINES) {
            // Mail bodies are full of empty lines: one says enough.
            blanks = if part.trim().is_empty() { blanks + 1 } else { 0 };
            if blanks <= 1 {
                self.lines.push(Line::Words { text: SafeText::line(part), private });
            }
        }
        while matches!(self.lines.last(), Some(Line::Words { text, .. }) if text.as_str().trim().is_empty()) {
            self.lines.pop();
        }
        if cut {
            self.lines.push(Line::Remark("The rest of this entry is too long to be shown."));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ActionId, TicketId};

    fn conversation(body: &str, text: &str) -> Conversation {
        Conversation {
            ticket: TicketRow { id: TicketId(7), summary: SafeText::line("Printer"), ..TicketRow::default() },
            body: SafeText::block(body),
            actions: vec![ActionRow { id: ActionId(1), text: SafeText::block(text), private: true, ..ActionRow::default() }],
            fetched_at: None,
            stale: true,
        }
    }

    fn words(page: &Page) -> Vec<&str> {
        page.from(0)
            .filter_map(|line| match line {
                Line::Words { text, .. } => Some(text.as_str()),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn runs_of_empty_lines_shrink_and_trailing_ones_go() {
        let page = Page::new(&conversation("", "one\n\n\n\ntwo\n\n\n"), 40);
        assert_eq!(words(&page), ["one", "", "two"]);
    }

    #[test]
    fn an_endless_text_is_cut_and_says_so() {
        let page = Page::new(&conversation(&"x\n".repeat(10_000), ""), 40);
        assert_eq!(words(&page).len(), MOST_LINES);
        assert!(page.from(0).any(|line| matches!(line, Line::Remark(text) if text.contains("too long"))));
    }

    #[test]
    fn what_was_never_fetched_says_so() {
        let page = Page::new(&conversation("body", ""), 40);
        assert!(page.from(0).any(|line| matches!(line, Line::Remark(text) if text.contains("not stored"))));
    }
}
