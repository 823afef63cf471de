//! The line at the bottom that is typed into: the filter of a list, or a command.

use std::ops::Range;

use super::input;
use crate::{
    msg::{Command, Key},
    query::{Completion, QueryError},
    text::SafeText,
    ui::Field,
};

mod draw;

/// What the line is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PromptKind {
    /// Narrows what is listed, as it is typed.
    Filter,
    /// Finds words in the preview, as they are typed.
    Find,
    /// A command of the program.
    Command,
}

/// What typing did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PromptOutcome {
    /// Nothing that others need to know.
    Stay,
    /// The words are these now.
    Changed(String),
    /// Enter.
    Accepted(String),
    /// Esc: the line goes, its words are kept.
    Closed(String),
}

/// Something that could stand on the line instead of a part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The bytes of the words that it takes the place of.
    pub span: Range<usize>,
    /// What it puts there.
    pub insert: String,
    /// How it is shown.
    pub name: SafeText,
    /// What may follow it.
    pub argument: &'static str,
    /// What it does or is, in one line; nothing where the name says it.
    pub help: SafeText,
}

impl From<Completion> for Offer {
    fn from(completion: Completion) -> Self {
        let name = SafeText::line(&completion.insert);
        Self { span: completion.span, insert: completion.insert, name, argument: "", help: SafeText::default() }
    }
}

/// The line: its words, what can be offered, what was wrong.
#[derive(Debug)]
pub struct Prompt {
    kind: PromptKind,
    field: Field,
    /// Earlier words, the newest last.
    history: Vec<String>,
    /// Index into `history` while walking it.
    back: Option<usize>,
    offers: Vec<Offer>,
    /// Index into `offers`, once one was walked to.
    offered: Option<usize>,
    /// What was typed before the first of the offers was put in its place; they belong to these words.
    typed: Option<String>,
    complaint: Option<QueryError>,
    /// What can be read but is probably not what was meant.
    doubt: Option<QueryError>,
}

impl Prompt {
    /// Opens a line with words in it.
    pub fn new(kind: PromptKind, words: &str, history: Vec<String>) -> Self {
        Self {
            kind,
            field: Field::new(words),
            history,
            back: None,
            offers: Vec::new(),
            offered: None,
            typed: None,
            complaint: None,
            doubt: None,
        }
    }

    /// What it is for.
    pub fn kind(&self) -> PromptKind {
        self.kind
    }

    /// What was typed.
    pub fn words(&self) -> String {
        self.field.value().to_owned()
    }

    /// The byte of the words that the cursor stands before.
    pub fn cursor(&self) -> usize {
        self.field.cursor_byte()
    }

    /// The layers of its keys.
    pub fn layers(&self) -> &'static [&'static str] {
        match self.kind {
            PromptKind::Filter => &["filter", "always"],
            PromptKind::Find => &["find", "always"],
            PromptKind::Command => &["command-line", "always"],
        }
    }

    /// Says what is wrong with the words, or that nothing is.
    pub fn complain(&mut self, complaint: Option<QueryError>) {
        self.complaint = complaint;
    }

    /// Says what of the words is probably not what was meant, or that nothing is.
    pub fn put_in_doubt(&mut self, doubt: Option<QueryError>) {
        self.doubt = doubt;
    }

    /// What of the words is probably not what was meant.
    pub fn doubt(&self) -> Option<&QueryError> {
        self.doubt.as_ref()
    }

    /// Whether something is wrong with the words.
    pub fn is_wrong(&self) -> bool {
        self.complaint.is_some()
    }

    /// Offers what could stand there. While one offer after the other is being put there, they stay as they are.
    pub fn offer(&mut self, offers: Vec<Offer>) {
        if self.typed.is_none() {
            self.offers = offers;
            self.offered = None;
        }
    }

    /// What is offered.
    pub fn offers(&self) -> &[Offer] {
        &self.offers
    }

    /// A key that is text.
    pub fn typed(&mut self, key: Key) -> PromptOutcome {
        match input(key) {
            Some(key) if self.field.handle(&key) => self.edited(),
            _ => PromptOutcome::Stay,
        }
    }

    /// Pasted text.
    pub fn paste(&mut self, text: &str) -> PromptOutcome {
        self.field.paste(text);
        self.edited()
    }

    /// Does a command.
    pub fn command(&mut self, command: Command) -> PromptOutcome {
        match command {
            Command::Accept => {
                if self.kind == PromptKind::Command {
                    self.take_offer();
                }
                PromptOutcome::Accepted(self.words())
            }
            Command::Back => PromptOutcome::Closed(self.words()),
            Command::ClearInput => {
                self.field.clear();
                self.edited()
            }
            Command::Complete if self.kind == PromptKind::Command => {
                self.offered = self.offered.or((!self.offers.is_empty()).then_some(0));
                self.take_offer();
                self.edited()
            }
            Command::Complete => self.next_offer(),
            Command::Up | Command::Down => self.walk(command == Command::Up),
            _ => PromptOutcome::Stay,
        }
    }

    fn edited(&mut self) -> PromptOutcome {
        self.back = None;
        self.typed = None;
        PromptOutcome::Changed(self.words())
    }

    /// Puts the first offer in its place, then the next one instead, and after the last what was typed.
    fn next_offer(&mut self) -> PromptOutcome {
        let next = self.offered.map_or(0, |at| at + 1);
        if let [only] = self.offers.as_slice() {
            // Nothing to choose from: what follows can be completed next.
            self.field.replace(only.span.clone(), &only.insert);
            return self.edited();
        }
        if self.offers.is_empty() {
            return PromptOutcome::Stay;
        }
        let typed = self.typed.get_or_insert_with(|| self.field.value().to_owned());
        self.field = Field::new(typed);
        self.offered = self.offers.get(next).map(|offer| {
            self.field.replace(offer.span.clone(), &offer.insert);
            next
        });
        PromptOutcome::Changed(self.words())
    }

    /// Up and down walk the offers of a command line and the history of a filter.
    fn walk(&mut self, up: bool) -> PromptOutcome {
        if self.kind == PromptKind::Command {
            let last = self.offers.len().saturating_sub(1);
            self.offered = match self.offered {
                _ if self.offers.is_empty() => None,
                None if up => Some(last),
                None => Some(0),
                Some(at) if up => Some(at.checked_sub(1).unwrap_or(last)),
                Some(at) => Some(if at == last { 0 } else { at + 1 }),
            };
            return PromptOutcome::Stay;
        }
        let at = self.back.unwrap_or(self.history.len());
        let next = if up { at.saturating_sub(1) } else { (at + 1).min(self.history.len()) };
        let Some(words) = self.history.get(next) else { return PromptOutcome::Stay };
        self.field = Field::new(words);
        let outcome = self.edited();
        self.back = Some(next);
        outcome
    }

    /// Puts the command that was walked to where the first word is.
    fn take_offer(&mut self) {
        if let Some(offer) = self.offered.take().and_then(|at| self.offers.get(at)) {
            self.field.replace(offer.span.clone(), &offer.insert);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(span: Range<usize>, insert: &str) -> Offer {
        Offer { span, insert: insert.into(), name: SafeText::line(insert), argument: "", help: SafeText::default() }
    }

    fn filter(words: &str, offers: &[Offer]) -> Prompt {
        let mut prompt = Prompt::new(PromptKind::Filter, words, vec!["older".into(), "newer".into()]);
        prompt.offer(offers.to_vec());
        prompt
    }

    #[test]
    fn tab_walks_the_offers_and_comes_back_to_what_was_typed() {
        let mut prompt = filter("vpn st", &[offer(4..6, "status:"), offer(4..6, "site:")]);
        let mut seen = Vec::new();
        for _ in 0..4 {
            let PromptOutcome::Changed(words) = prompt.command(Command::Complete) else { panic!("nothing happened") };
            // What would fit the words that were put there must not take the place of the offers that are walked.
            prompt.offer(vec![offer(0..1, "other")]);
            seen.push(words);
        }
        assert_eq!(seen, ["vpn status:", "vpn site:", "vpn st", "vpn status:"]);
    }

    #[test]
    fn a_single_offer_is_taken_and_the_next_word_is_open() {
        let mut prompt = filter("cl", &[offer(0..2, "client:")]);
        assert_eq!(prompt.command(Command::Complete), PromptOutcome::Changed("client:".into()));
        prompt.offer(vec![offer(7..7, "Acme"), offer(7..7, "Zoë")]);
        assert_eq!(prompt.command(Command::Complete), PromptOutcome::Changed("client:Acme".into()));
        assert_eq!(prompt.command(Command::Accept), PromptOutcome::Accepted("client:Acme".into()));
    }

    #[test]
    fn nothing_to_offer_changes_nothing() {
        let mut prompt = filter("zzz", &[]);
        assert_eq!(prompt.command(Command::Complete), PromptOutcome::Stay);
        assert_eq!(prompt.command(Command::Up), PromptOutcome::Changed("newer".into()));
        assert_eq!(prompt.command(Command::Up), PromptOutcome::Changed("older".into()));
        assert_eq!(prompt.command(Command::Down), PromptOutcome::Changed("newer".into()));
    }
}
