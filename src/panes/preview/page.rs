//! A conversation laid out as lines for one width.

use std::collections::BTreeSet;

use super::{history::History, section};
use crate::{
    domain::{ActionId, ActionRow, Author, Conversation, Difference, TicketRow, Timestamp},
    text::{MailPart, MailText, PartKind, SafeText, occurrences, wrap},
};

mod line;

pub(super) use line::{Fact, Heading, Line};

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
        if conversation.body.is_empty() && reading.oldest_first {
            page.left_out(conversation);
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
            let opening = matches!(entry, Entry::Opening(_));
            if opening && !reading.oldest_first {
                page.left_out(conversation);
            }
            page.entry(entry);
            if opening && reading.oldest_first {
                page.left_out(conversation);
            }
            rest = after;
        }
        if conversation.body.is_empty() && !reading.oldest_first {
            page.left_out(conversation);
        }
        if conversation.fetched_at.is_none() {
            page.remark("The conversation is not stored yet.");
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

    fn remark(&mut self, words: &str) {
        self.lines.push(Line::Blank);
        self.lines.extend(wrap(words, self.cols).iter().map(|part| Line::Remark(SafeText::line(part))));
    }

    /// What lies between the ticket's own text and the oldest action that is shown.
    fn left_out(&mut self, conversation: &Conversation) {
        if let Some(words) = conversation.left_out_words() {
            self.remark(&words);
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
            self.lines.push(Line::Remark(SafeText::line("The rest of this entry is too long to be shown.")));
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
