//! What lies over the dashboard: the connect screen, and the lines that are typed into.

use super::{super::palette, Update};
use crate::{
    app::model::Screen,
    msg::{Command, Effect, Notice},
    panes::{ConnectOutcome, PREVIEW, Prompt, PromptKind, PromptOutcome},
};

impl Update<'_> {
    pub(super) fn connect_outcome(&mut self, outcome: ConnectOutcome) {
        self.dirty();
        match outcome {
            ConnectOutcome::Stay => {}
            ConnectOutcome::Discover(address) => self.effects.push(Effect::Discover(address)),
            ConnectOutcome::Test(draft) => self.effects.push(Effect::TestConnection(draft)),
            ConnectOutcome::Start(draft) => self.effects.push(Effect::Start { draft }),
            ConnectOutcome::Cancel => self.effects.push(Effect::CancelConnect),
            ConnectOutcome::Leave => {
                if self.model.status.profile.is_empty() || self.model.connect.is_first() {
                    self.effects.push(Effect::Quit);
                } else {
                    self.model.screen = Screen::Dashboard;
                    self.lay_out();
                }
            }
        }
    }

    pub(super) fn connect_command(&mut self, command: Command) {
        let outcome = self.model.connect.command(command);
        self.connect_outcome(outcome);
    }

    pub(super) fn open_line(&mut self, kind: PromptKind, words: &str) {
        self.model.line = Some(Prompt::new(kind, words, self.model.history.clone()));
        self.dirty();
    }

    /// Looks for words in the preview.
    pub(super) fn find(&mut self, words: &str) {
        self.dirty();
        self.on_pane(PREVIEW, |pane, _| pane.find(words));
    }

    pub(super) fn close_line(&mut self) {
        self.model.line = None;
        self.model.known = Vec::new();
        self.model.hits = Vec::new();
        self.model.called = Vec::new();
    }

    pub(super) fn line_outcome(&mut self, outcome: PromptOutcome) {
        self.dirty();
        let Some(kind) = self.model.line.as_ref().map(Prompt::kind) else { return };
        match (kind, outcome) {
            (_, PromptOutcome::Stay) => {}
            (PromptKind::Filter, PromptOutcome::Changed(words)) => {
                self.filter(&words);
                self.look_up_name(&words);
                self.suggest();
            }
            (PromptKind::Command, PromptOutcome::Changed(words)) => {
                self.look_up(&words);
                self.suggest();
            }
            (PromptKind::Find, PromptOutcome::Changed(words)) => self.find(&words),
            (PromptKind::Find, PromptOutcome::Accepted(words)) => {
                self.find(&words);
                self.close_line();
            }
            (PromptKind::Find, PromptOutcome::Closed(_)) => {
                self.find("");
                self.close_line();
            }
            (PromptKind::Filter, PromptOutcome::Accepted(words)) => {
                self.filter(&words);
                // Words that can't be read stay to be put right.
                if let Some(line) = self.model.line.as_mut().filter(|line| line.is_wrong()) {
                    line.refuse();
                } else {
                    self.suggest();
                    let doubt = self.model.line.as_ref().and_then(Prompt::doubt).map(|doubt| Notice::warning(&doubt.to_string()));
                    self.remember(&words);
                    self.close_line();
                    if let Some(doubt) = doubt {
                        self.notify(doubt);
                    }
                    self.on_pane(self.model.focus, |pane, out| pane.filter_taken(out));
                }
            }
            (PromptKind::Filter, PromptOutcome::Closed(words)) => {
                self.filter(&words);
                self.close_line();
            }
            (PromptKind::Command, PromptOutcome::Accepted(words)) => {
                let best = self.model.line.as_ref().and_then(|line| palette::best(&words, line.offers()));
                self.close_line();
                self.model.unfinished.clear();
                self.run(best.as_deref().filter(|_| palette::ticket(&words).is_none()).unwrap_or(&words));
            }
            (PromptKind::Command, PromptOutcome::Closed(words)) => {
                // A lone escape may be the beginning of an arrow key: the next `:` offers first what was typed.
                self.model.unfinished = words;
                self.close_line();
            }
        }
    }

    pub(super) fn line_command(&mut self, command: Command) {
        if let Some(line) = &mut self.model.line {
            let outcome = line.command(command);
            self.line_outcome(outcome);
        }
    }
}
