//! A conversation laid out as lines for one width.

use std::collections::BTreeSet;

use super::{history::History, section};
use crate::{
    domain::{ActionId, ActionRow, Author, Conversation, Difference, FieldChange, TicketRow, Timestamp},
    text::{MailPart, MailText, PartKind, SafeText, occurrences, wrap},
};

/// Lines that one text may take at most: what follows is counted, not shown.
const MOST_LINES: usize = 4_000;
/// Quoted lines between answers that are folded away; fewer are what the answers answer.
const FOLDED_BETWEEN: usize = 4;

/// How the operator wants to read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Reading {
    /// Quotes, signatures and what the system noted are shown too.
    pub(super) unfolded: bool,
    /// They are shown of these entries.
    pub(super) opened: BTreeSet<EntryKey>,
    /// The conversation as it went, not the newest entry first.
    pub(super) oldest_first: bool,
}

/// What an entry is known by, whatever comes before or after it; `None` for the ticket's own text.
pub(super) type EntryKey = Option<ActionId>;

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
    /// What happened when.
    Activity,
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
    /// A named value; so many bytes of the text are its name.
    Named {
        /// Name and value.
        text: SafeText,
        /// Bytes of the name.
        name: usize,
    },
    /// Something that changed since the ticket was looked at.
    Change(FieldChange),
    /// What was said since then.
    Said {
        /// How much, in words.
        what: SafeText,
        /// By whom and when, the newest first.
        by: Vec<(SafeText, Timestamp)>,
    },
    /// An entry's heading.
    Heading(Heading),
    /// Words of an entry.
    Words {
        /// The words.
        text: SafeText,
        /// What they are a part of.
        kind: PartKind,
        /// The client does not see them.
        private: bool,
    },
    /// Something that was folded away.
    Folded {
        /// What, in words.
        what: SafeText,
        /// It is part of what the client does not see.
        private: bool,
        /// When the newest of several entries was made.
        at: Option<Timestamp>,
        /// The entries that it belongs to.
        of: Vec<EntryKey>,
    },
    /// The program's own remark.
    Remark(&'static str),
    /// Nothing.
    Blank,
}

impl Line {
    /// The words that a search looks through.
    pub(super) fn searched(&self) -> Option<&SafeText> {
        match self {
            Self::Title(text) | Self::Named { text, .. } | Self::Words { text, .. } => Some(text),
            Self::Heading(heading) => Some(&heading.who),
            Self::Fact(_) | Self::Change(_) | Self::Said { .. } | Self::Folded { .. } | Self::Remark(_) | Self::Blank => None,
        }
    }
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

impl Heading {
    fn of(action: &ActionRow) -> Self {
        Self {
            author: action.author,
            who: action.who.clone(),
            outcome: action.outcome.clone(),
            at: action.at,
            private: action.private,
            important: action.important,
            minutes: action.minutes,
            new_status: action.new_status.clone(),
            attachments: action.attachments,
        }
    }
}

/// A conversation as lines.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Page {
    pub(super) ticket: TicketRow,
    pub(super) history: History,
    lines: Vec<Line>,
    /// Where each entry begins, in the order of the page: its place in the conversation and its line.
    entries: Vec<(usize, usize)>,
    cols: usize,
    reading: Reading,
}

impl Page {
    /// Lays a conversation out for `cols` columns.
    pub(super) fn new(conversation: &Conversation, cols: u16, reading: &Reading) -> Self {
        let ticket = &conversation.ticket;
        let mut page = Self {
            ticket: ticket.clone(),
            history: History::of(conversation),
            cols: usize::from(cols).max(8),
            reading: reading.clone(),
            ..Self::default()
        };
        page.facts(conversation);
        let mut entries: Vec<(usize, Entry<'_>)> = conversation.actions.iter().map(Entry::Action).enumerate().collect();
        if !conversation.body.is_empty() {
            entries.push((entries.len(), Entry::Opening(conversation)));
        }
        if reading.oldest_first {
            entries.reverse();
        }
        let mut rest = entries.as_slice();
        while let Some(((place, entry), after)) = rest.split_first() {
            page.entries.push((*place, page.lines.len()));
            let noise = rest.iter().take_while(|(_, entry)| entry.is_noise()).count();
            if noise > 1 && !page.is_open(entry) {
                let folded = rest.iter().take(noise);
                let at = folded.clone().filter_map(|(_, entry)| entry.at()).max();
                let what = SafeText::line(&format!("{noise} system entries"));
                page.lines.push(Line::Folded { what, private: false, at, of: folded.map(|(_, entry)| entry.key()).collect() });
                rest = rest.get(noise..).unwrap_or_default();
                continue;
            }
            page.entry(entry);
            rest = after;
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

    /// The lines that hold words that read like the folded `needle`.
    pub(super) fn found(&self, needle: &str) -> Vec<usize> {
        let holds = |line: &Line| line.searched().is_some_and(|text| !occurrences(text.as_str(), needle).is_empty());
        self.lines.iter().enumerate().filter(|(_, line)| holds(line)).map(|(at, _)| at).collect()
    }

    /// The entry that line `at` belongs to, by its place in the conversation, and how many lines lie between.
    pub(super) fn entry_at(&self, at: usize) -> Option<(usize, usize)> {
        let (place, line) = self.entries.iter().rev().find(|(_, line)| *line <= at)?;
        Some((*place, at - line))
    }

    /// The line where an entry begins, or the one into which it is folded.
    pub(super) fn line_of(&self, place: usize) -> Option<usize> {
        let nearest = self.entries.iter().min_by_key(|(other, _)| other.abs_diff(place))?;
        Some(nearest.1)
    }

    /// The entries of the first thing that is folded away in these lines.
    pub(super) fn first_folded(&self, lines: std::ops::Range<usize>) -> Option<&[EntryKey]> {
        let seen = self.lines.get(lines.start..lines.end.min(self.lines.len()))?;
        seen.iter().find_map(|line| if let Line::Folded { of, .. } = line { Some(of.as_slice()) } else { None })
    }

    fn is_open(&self, entry: &Entry<'_>) -> bool {
        self.reading.unfolded || self.reading.opened.contains(&entry.key())
    }

    /// The line where the entry after the one at `line` begins.
    pub(super) fn entry_after(&self, line: usize) -> Option<usize> {
        self.entries.iter().map(|(_, other)| *other).find(|other| *other > line)
    }

    fn facts(&mut self, conversation: &Conversation) {
        let ticket = &conversation.ticket;
        for part in wrap(&format!("#{} {}", ticket.id, ticket.summary), self.cols) {
            self.lines.push(Line::Title(SafeText::line(&part)));
        }
        if ticket.unreadable.is_some() {
            self.lines.push(Line::Fact(Fact::Unreadable));
        }
        self.changes(&conversation.difference);
        self.lines.extend([Fact::State, Fact::Client, Fact::Agent, Fact::Times].map(Line::Fact));
        if ticket.respond_by.is_some() || ticket.fix_by.is_some() || ticket.on_hold {
            self.lines.push(Line::Fact(Fact::Targets));
        }
        for (name, value) in section::named(&conversation.extras) {
            self.named(&name, &value);
        }
        if self.history.is_worth_a_line() {
            self.lines.push(Line::Fact(Fact::Activity));
        }
    }

    fn changes(&mut self, difference: &Difference) {
        self.lines.extend(difference.fields.iter().cloned().map(Line::Change));
        if let Some(words) = difference.said_words() {
            self.lines.push(Line::Said { what: SafeText::line(&words), by: difference.said.clone() });
        }
    }

    /// A named value over as many lines as it needs.
    fn named(&mut self, name: &str, value: &str) {
        let (text, cols) = (format!("{name}  {value}"), self.cols);
        for (nth, part) in wrap(&text, cols).iter().enumerate() {
            let name = if nth == 0 { name.len() } else { 0 };
            self.lines.push(Line::Named { text: SafeText::line(part), name });
        }
    }

    fn entry(&mut self, entry: &Entry<'_>) {
        match entry {
            Entry::Action(action) => {
                // What Halo notes by itself is one line; only people get paragraphs.
                if !entry.is_noise() {
                    self.lines.push(Line::Blank);
                }
                self.lines.push(Line::Heading(Heading::of(action)));
                if !entry.is_noise() || self.is_open(entry) {
                    self.mail(entry, &action.text, action.private);
                }
            }
            Entry::Opening(conversation) => {
                let ticket = &conversation.ticket;
                self.lines.extend([
                    Line::Blank,
                    Line::Heading(Heading {
                        author: Author::Customer,
                        who: ticket.user.clone(),
                        outcome: SafeText::line("opened the ticket"),
                        at: ticket.opened,
                        private: false,
                        important: false,
                        minutes: 0,
                        new_status: None,
                        attachments: ticket.attachments,
                    }),
                ]);
                self.mail(entry, &conversation.body, false);
            }
        }
    }

    fn mail(&mut self, entry: &Entry<'_>, text: &MailText, private: bool) {
        let last_said = text.parts().iter().rposition(|part| part.kind == PartKind::Said);
        for (nth, part) in text.parts().iter().enumerate() {
            let between = last_said.is_some_and(|last| nth < last);
            // What is folded away needs no room around it.
            if part.apart && !matches!(self.lines.last(), Some(Line::Folded { .. })) {
                self.blank(part.kind, private);
            }
            match folded(part, between).filter(|_| !self.is_open(entry)) {
                Some(what) => self.lines.push(Line::Folded { what, private, at: None, of: vec![entry.key()] }),
                None => self.words(&part.text, part.kind, private),
            }
        }
    }

    fn words(&mut self, text: &SafeText, kind: PartKind, private: bool) {
        // Private words are drawn behind a bar.
        let cols = if private { self.cols.saturating_sub(2) } else { self.cols };
        let parts = wrap(text.as_str(), cols);
        let cut = parts.len() > MOST_LINES;
        let mut blanks = 0;
        for part in parts.iter().take(MOST_LINES) {
            // Mail bodies are full of empty lines: one says enough.
            blanks = if part.trim().is_empty() { blanks + 1 } else { 0 };
            if blanks <= 1 {
                self.lines.push(Line::Words { text: SafeText::line(part), kind, private });
            }
        }
        while matches!(self.lines.last(), Some(Line::Words { text, .. }) if text.as_str().trim().is_empty()) {
            self.lines.pop();
        }
        if cut {
            self.lines.push(Line::Remark("The rest of this entry is too long to be shown."));
        }
    }

    fn blank(&mut self, kind: PartKind, private: bool) {
        self.lines.push(Line::Words { text: SafeText::default(), kind, private });
    }
}

/// What stands for a part that is folded away; `None` where it is shown. One line is shown rather than a line about it.
fn folded(part: &MailPart, between: bool) -> Option<SafeText> {
    let what = match part.kind {
        PartKind::Said => return None,
        PartKind::Quoted => "quoted mail",
        PartKind::Signature => "signature",
    };
    let lines = part.text.as_str().lines().filter(|line| !line.trim_matches(['>', ' ']).is_empty()).count();
    let least = if between && part.kind == PartKind::Quoted { FOLDED_BETWEEN } else { 2 };
    (lines >= least).then(|| SafeText::line(&format!("[{what} folded: {lines} lines]")))
}

/// One entry of the conversation.
enum Entry<'a> {
    Action(&'a ActionRow),
    /// The ticket's own text.
    Opening(&'a Conversation),
}

impl Entry<'_> {
    /// Halo noted it by itself.
    fn is_noise(&self) -> bool {
        matches!(self, Self::Action(action) if action.author == Author::System)
    }

    fn key(&self) -> EntryKey {
        match self {
            Self::Action(action) => Some(action.id),
            Self::Opening(_) => None,
        }
    }

    fn at(&self) -> Option<Timestamp> {
        match self {
            Self::Action(action) => action.at,
            Self::Opening(conversation) => conversation.ticket.opened,
        }
    }
}

#[cfg(test)]
mod tests;
