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
    /// Enter was pressed on words that can't be read: why is told before anything that could stand there.
    refused: bool,
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
            refused: false,
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

    /// Stays open on words that can't be read.
    pub fn refuse(&mut self) {
        self.refused = true;
    }

    /// What is told below the line: what is wrong, or probably not meant. Not while offers are walked, nor of the word that is
    /// being typed while there is something that it can become.
    fn told(&self) -> Option<&QueryError> {
        let may_become = |error: &&QueryError| !self.refused && !self.offers.is_empty() && error.span.end == self.cursor();
        let complaint = self.complaint.as_ref().filter(|error| !may_become(error));
        let doubt = self.doubt.as_ref().filter(|_| self.complaint.is_none());
        complaint.or(doubt).filter(|_| self.typed.is_none())
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
        let cursor = self.field.cursor();
        let changed = input(key).is_some_and(|key| self.field.handle(&key));
        // What is offered is for where the cursor is.
        let moved = self.kind == PromptKind::Filter && self.field.cursor() != cursor;
        if changed || moved { self.edited() } else { PromptOutcome::Stay }
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
            Command::Complete => self.walk_offers(true),
            Command::CompleteBack if self.kind == PromptKind::Filter => self.walk_offers(false),
            Command::Up | Command::EarlierFilter => self.walk(true),
            Command::Down | Command::LaterFilter => self.walk(false),
            _ => PromptOutcome::Stay,
        }
    }

    fn edited(&mut self) -> PromptOutcome {
        self.back = None;
        self.typed = None;
        self.refused = false;
        PromptOutcome::Changed(self.words())
    }

    /// Puts the first offer in its place (or the last one, going back), then the next one instead, and after the last what was typed.
    fn walk_offers(&mut self, forward: bool) -> PromptOutcome {
        let next = match self.offered {
            None if forward => Some(0),
            None => self.offers.len().checked_sub(1),
            Some(at) if forward => Some(at + 1),
            Some(at) => at.checked_sub(1),
        };
        if let [only] = self.offers.as_slice()
            && only.insert.ends_with(':')
        {
            // Nothing to choose from: what follows the key can be completed next.
            self.field.replace(only.span.clone(), &only.insert);
            return self.edited();
        }
        if self.offers.is_empty() {
            return PromptOutcome::Stay;
        }
        let typed = self.typed.get_or_insert_with(|| self.field.value().to_owned());
        self.field = Field::new(typed);
        self.offered = next.filter(|at| *at < self.offers.len());
        if let Some(offer) = self.offered.and_then(|at| self.offers.get(at)) {
            self.field.replace(offer.span.clone(), &offer.insert);
        }
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
    fn shift_tab_walks_back_and_another_key_ends_the_walk() {
        let mut prompt = filter("status:in", &[offer(7..9, "Info"), offer(7..9, "\"In Progress\"")]);
        let mut press = |command| {
            let PromptOutcome::Changed(words) = prompt.command(command) else { panic!("nothing happened") };
            prompt.offer(Vec::new());
            words
        };
        assert_eq!(press(Command::CompleteBack), "status:\"In Progress\"");
        assert_eq!(press(Command::CompleteBack), "status:Info");
        assert_eq!(press(Command::CompleteBack), "status:in");
        assert_eq!(press(Command::Complete), "status:Info");
        assert_eq!(prompt.typed(Key::char(' ')), PromptOutcome::Changed("status:Info ".into()));
        prompt.offer(Vec::new());
        assert_eq!(prompt.command(Command::Complete), PromptOutcome::Stay);
    }

    #[test]
    fn a_single_value_is_walked_like_several() {
        let mut prompt = filter("status:in", &[offer(7..9, "\"In Progress\"")]);
        assert_eq!(prompt.command(Command::Complete), PromptOutcome::Changed("status:\"In Progress\"".into()));
        prompt.offer(vec![offer(7..9, "other")]);
        assert_eq!(prompt.command(Command::Complete), PromptOutcome::Changed("status:in".into()));
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
