//! What is typed into the filter line and the command line.

use std::time::Duration;

use super::Update;
use crate::{
    app::palette,
    domain::{Anchor, Register},
    msg::{Command, Effect, Notice, Question},
    panes::{CLIENT, Offer, Pane, Prompt, PromptKind, TICKETS},
    query::{Known, NameKey, unfinished_name},
};

/// Tickets that the command line offers at most.
const HITS: u16 = 6;
/// Users, sites and assets, of each, that it offers at most.
const CALLED: u16 = 4;
/// Users or assets that complete a name in the filter.
const NAMES: u16 = 20;
/// Filters that the filter line remembers.
const REMEMBERED: usize = 50;

impl Update<'_> {
    /// Narrows what is listed in the pane with the focus; words that can't be read leave the rows as they are.
    pub(super) fn filter(&mut self, words: &str) {
        let context = self.model.context(self.now);
        let mut verdict = None;
        self.on_pane(self.model.focus, |pane, out| verdict = pane.filter(words, context, out));
        let complaint = verdict.and_then(Result::err);
        if let Some(line) = &mut self.model.line {
            line.complain(complaint);
        } else if let Some(complaint) = complaint {
            self.notify(Notice::error(&complaint.to_string()));
        }
    }

    pub(super) fn remember(&mut self, words: &str) {
        let history = &mut self.model.history;
        if !words.trim().is_empty() {
            history.retain(|old| old != words);
            history.push(words.to_owned());
            let excess = history.len().saturating_sub(REMEMBERED);
            history.drain(..excess);
        }
    }

    /// Offers the commands that the words on the command line may mean, or what could stand in a filter.
    pub(super) fn suggest(&mut self) {
        let model = &mut *self.model;
        let Some(line) = &mut model.line else { return };
        let words = line.words();
        let mut doubt = None;
        let offers = match line.kind() {
            PromptKind::Command => {
                let views = model.panes.get(TICKETS).map(Pane::views).unwrap_or_default();
                let again = palette::again(&words, &model.unfinished);
                let offers = palette::offers(&words, &views, &model.known, &model.hits, &model.called);
                again.into_iter().chain(offers).collect()
            }
            PromptKind::Find => Vec::new(),
            PromptKind::Filter => {
                let called = model.called.iter().filter_map(|(register, row)| {
                    let key = match register {
                        Register::Users => NameKey::User,
                        Register::Assets => NameKey::Asset,
                        // These are known already.
                        Register::Clients | Register::Sites => return None,
                    };
                    Some(Known::new(key, row.name.clone()))
                });
                let mut known: Vec<Known> = called.collect();
                known.dedup();
                known.extend(model.known.iter().cloned());
                let fitting = model.panes.get(model.focus).map(|pane| pane.complete(&words, line.cursor(), &known));
                doubt = model.panes.get(model.focus).and_then(|pane| pane.doubt(&words, line.cursor(), &known));
                fitting.into_iter().flatten().map(Offer::from).collect()
            }
        };
        line.offer(offers);
        line.put_in_doubt(doubt);
    }

    /// Asks the mirror for the users and assets that a name which is being typed into the filter may mean: they are too many to be known.
    pub(super) fn look_up_name(&mut self, words: &str) {
        let cursor = self.model.line.as_ref().map_or(0, Prompt::cursor);
        match unfinished_name(words, cursor) {
            Some((NameKey::User | NameKey::Asset, typed)) => {
                self.ask_app("called", Question::Called { words: typed, count: NAMES });
            }
            _ => self.model.called.clear(),
        }
    }

    /// Asks the mirror for tickets, users, sites and assets that the words on the command line may mean.
    pub(super) fn look_up(&mut self, words: &str) {
        let me = self.model.context(self.now).me;
        match palette::tickets(words) {
            Some(query) => {
                let question =
                    Question::Tickets { query, client: None, me, also: Vec::new(), anchor: Anchor::Start, count: HITS };
                self.ask_app("hits", question);
            }
            None => self.model.hits.clear(),
        }
        match palette::called(words) {
            Some(words) => self.ask_app("called", Question::Called { words, count: CALLED }),
            None => self.model.called.clear(),
        }
    }

    /// Does what was typed after `:`.
    pub(super) fn run(&mut self, words: &str) {
        let words = words.trim();
        if let Some(id) = palette::ticket(words) {
            return self.go_to(id);
        }
        let (name, argument) = words.split_once(char::is_whitespace).map_or((words, ""), |(name, rest)| (name, rest.trim()));
        if name.is_empty() {
            return;
        }
        match (palette::find(name), argument) {
            (None, _) => {
                words.clone_into(&mut self.model.unfinished);
                self.notify(Notice::error(&palette::unknown(name)));
            }
            (Some(command), "") => self.command(command),
            // A file in the config folder goes before an embedded theme of the same name: only the runner can see it.
            (Some(Command::Theme), name) => self.effects.push(Effect::LoadTheme(name.to_owned())),
            (Some(Command::Filter), words) => {
                self.focus_a_list();
                self.filter(words);
                self.remember(words);
            }
            (
                Some(
                    command @ (Command::View
                    | Command::SaveView
                    | Command::RenameView
                    | Command::Sort
                    | Command::Columns
                    | Command::Group),
                ),
                words,
            ) => {
                let context = self.model.context(self.now);
                self.focus(TICKETS);
                self.on_pane(TICKETS, |pane, out| {
                    pane.command_with(command, words, context, out);
                });
            }
            (Some(command @ Command::Client), name) => {
                let context = self.model.context(self.now);
                self.on_pane(CLIENT, |pane, out| {
                    pane.command_with(command, name, context, out);
                });
            }
            (Some(Command::Users), words) => self.search_register(Register::Users, words),
            (Some(Command::Sites), words) => self.search_register(Register::Sites, words),
            (Some(Command::Assets), words) => self.search_register(Register::Assets, words),
            (Some(Command::RefreshEvery), pace) => self.refresh_every(pace),
            (Some(command), _) => self.notify(Notice::error(&format!("{} takes nothing after it", command.name()))),
        }
    }

    /// Lists what has these words among the sites, users or assets of all clients.
    fn search_register(&mut self, register: Register, words: &str) {
        self.go_to_register(register, None, None);
        self.filter(words);
        self.remember(words);
    }

    fn refresh_every(&mut self, pace: &str) {
        let every = match pace {
            "off" | "0" => None,
            _ => match pace.trim_end_matches('s').parse::<u64>() {
                Ok(seconds) if (15..=86_400).contains(&seconds) => Some(Duration::from_secs(seconds)),
                _ => return self.notify(Notice::error("Say refresh-every with seconds from 15 to 86400, or off")),
            },
        };
        self.effects.push(Effect::RefreshEvery(every));
        let words =
            every.map_or_else(|| "Refreshes only on r".to_owned(), |every| format!("Refreshes every {} s", every.as_secs()));
        self.notify(Notice::info(&words));
    }
}
