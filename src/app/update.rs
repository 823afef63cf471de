//! `update`: one message in, a changed model and effects out. Total, without I/O and without a clock.

use std::time::Duration;

use super::{
    model::{Model, Screen, ShownNotice, Status},
    palette,
    places::Places,
};
use crate::{
    domain::{Changed, News, address},
    keys::Resolution,
    msg::{Answer, Command, ConnectNews, Effect, Input, Key, Msg, Notice, Now, PaneId, Question, Severity, Slot},
    panes::{
        Announcement, BOARD, ChooserPane, ConnectOutcome, Outcome, PREVIEW, Panes, PickerPane, Prompt, PromptKind, PromptOutcome,
    },
    text::SafeText,
    ui::Theme,
};

mod commands;
mod mouse;
mod places;
mod wire;
mod words;

/// The app's own questions go under this name.
const APP: PaneId = PaneId("app");
/// How long a notice that is no error stays.
const NOTICE_STAYS: Duration = Duration::from_secs(6);

/// How long the first frame waits for the mirror at most: about as long as a screen takes to be noticed.
const FIRST_FRAME_WITHIN: Duration = Duration::from_millis(50);

/// Takes a message.
pub fn update(model: &mut Model, msg: Msg, now: Now) -> Vec<Effect> {
    let mut out = Update { model, now, effects: Vec::new() };
    out.take(msg);
    out.schedule_first_frame();
    out.schedule_minute();
    out.effects
}

/// One run of `update`: the model, the time, the effects so far.
struct Update<'a> {
    model: &'a mut Model,
    now: Now,
    effects: Vec<Effect>,
}

impl Update<'_> {
    fn take(&mut self, msg: Msg) {
        match msg {
            Msg::Input(input) => {
                self.input(input);
                self.note_place();
            }
            Msg::Wake => self.wake(),
            Msg::Answer { slot, id, answer } => {
                if self.model.requests.close(slot, id) {
                    if let Err(failure) = &answer {
                        self.notify(Notice::failure(failure));
                    }
                    self.answer(slot, answer.ok());
                }
            }
            Msg::News(news) => self.news(news),
            Msg::Connect(news) => self.connect_news(news),
            Msg::Theme(name, text) => self.theme(&name, text.map_err(|failure| Notice::failure(&failure))),
            Msg::SlowWire { bytes_per_second } => self.wire_is_slow(bytes_per_second),
            Msg::Measured { measured, after_key } => self.measured(measured, after_key),
            Msg::Notice(notice) => self.notify(notice),
        }
    }

    fn dirty(&mut self) {
        self.model.dirty = true;
    }

    /// The first frame is drawn once the mirror has answered what was asked so far, or is late, or somebody types.
    fn schedule_first_frame(&mut self) {
        let Some(until) = self.model.first_frame else { return };
        let until = until.min(self.now.tick + FIRST_FRAME_WITHIN);
        let waits =
            self.model.screen == Screen::Dashboard && !self.model.requests.first_frame_is_ready() && until > self.now.tick;
        self.model.first_frame = waits.then_some(until);
    }

    /// Whatever comes first after a minute began draws the ages anew, a deadline or not.
    fn schedule_minute(&mut self) {
        if self.model.minute <= self.now.tick {
            self.dirty();
            self.measure(false);
        }
        let into = self.now.wall.as_millisecond().rem_euclid(60_000).unsigned_abs();
        self.model.minute = self.now.tick + Duration::from_millis(60_000 - into);
    }

    fn wake(&mut self) {
        if self.model.notice.as_ref().is_some_and(|shown| shown.until.is_some_and(|until| until <= self.now.tick)) {
            self.model.notice = None;
            self.dirty();
        }
        self.become_lean();
        let context = self.model.context(self.now);
        let mut outcomes = Vec::new();
        for pane in self.model.panes.iter_mut() {
            if pane.deadline().is_some_and(|deadline| deadline <= self.now.tick) {
                let mut out = Vec::new();
                pane.wake(context, &mut out);
                outcomes.extend(out.into_iter().map(|outcome| (pane.id(), outcome)));
            }
        }
        self.carry_out(outcomes);
    }

    // --- input -------------------------------------------------------------------------------------------------------

    fn input(&mut self, input: Input) {
        match input {
            Input::Key(key) => self.key(key),
            Input::Paste(text) => self.paste(&text),
            Input::Resize { cols, rows } => {
                self.model.size = (cols, rows);
                self.lay_out();
            }
            Input::Mouse(mouse) => self.mouse(mouse),
            Input::FocusGained => self.watched(true),
            Input::FocusLost => self.watched(false),
            // The terminal's own affair.
            Input::StatusReport => {}
        }
    }

    fn key(&mut self, key: Key) {
        self.model.first_frame = None;
        if self.model.notice.as_ref().is_some_and(|shown| shown.until.is_none()) {
            self.model.notice = None;
        }
        self.dirty();
        self.put_lean_off();
        self.measure(true);
        let layers = self.layers();
        let mut pending = std::mem::take(&mut self.model.pending);
        let resolution = self.model.keymap.press(layers, &mut pending, key);
        self.model.pending = pending;
        match resolution {
            Resolution::Command(command) => self.command(command),
            Resolution::Pending => {}
            Resolution::None => self.typed(key),
        }
    }

    /// The layers of keys that count now, the most specific first.
    pub(super) fn layers(&self) -> &'static [&'static str] {
        let model = &*self.model;
        if let Some(help) = &model.help {
            return help.layers();
        }
        if model.screen == Screen::Connect {
            return model.connect.layers();
        }
        if model.picker.is_some() {
            return PickerPane::LAYERS;
        }
        if model.chooser.is_some() {
            return ChooserPane::LAYERS;
        }
        if let Some(line) = &model.line {
            return line.layers();
        }
        model.panes.get(model.focus).map_or(&["global", "always"], |pane| pane.layers())
    }

    fn typed(&mut self, key: Key) {
        if let Some(help) = &mut self.model.help {
            return help.typed(key);
        }
        if self.model.screen == Screen::Connect {
            let outcome = self.model.connect.typed(key);
            self.connect_outcome(outcome);
        } else if self.model.picker.is_some() || self.model.chooser.is_some() {
        } else if let Some(line) = &mut self.model.line {
            let outcome = line.typed(key);
            self.line_outcome(outcome);
        }
    }

    fn paste(&mut self, text: &str) {
        self.dirty();
        if self.model.help.is_some() {
            return;
        }
        if self.model.screen == Screen::Connect {
            self.model.connect.paste(text);
        } else if let Some(line) = &mut self.model.line {
            let outcome = line.paste(text);
            self.line_outcome(outcome);
        } else {
            // A paste is never a row of commands.
            self.notify(Notice::info("Nothing here takes pasted text; / or : opens a line that does"));
        }
    }

    // --- answers and news --------------------------------------------------------------------------------------------

    fn answer(&mut self, slot: Slot, answer: Option<Answer>) {
        self.dirty();
        if slot.pane == APP {
            match answer {
                Some(Answer::Overview(overview)) => self.model.status.overview = overview,
                Some(Answer::Agents(agents)) => self.model.status.agents = agents,
                Some(Answer::Tickets(window)) if self.model.line.is_some() => {
                    self.model.hits = window.rows;
                    self.suggest();
                }
                Some(Answer::Known(known)) if self.model.line.is_some() => {
                    self.model.known = known;
                    self.suggest();
                }
                _ => {}
            }
            return;
        }
        let context = self.model.context(self.now);
        self.on_pane(slot.pane, |pane, out| pane.answer(slot.purpose, answer, context, out));
    }

    fn news(&mut self, news: News) {
        match news {
            News::Changed(what) => {
                let context = self.model.context(self.now);
                self.on_all(|pane, out| pane.changed(what, context, out));
                if matches!(what, Changed::Tickets | Changed::Clients) {
                    self.ask_app("overview", Question::Overview);
                }
                if what == Changed::Lookups {
                    self.ask_app("agents", Question::Agents);
                }
                return;
            }
            News::Filling(progress) => self.model.status.filling = progress,
            News::Coverage(coverage) => self.model.status.coverage = coverage,
            News::Paused(paused) => self.model.status.paused = paused,
            News::Connection(connection) => self.model.status.connection = connection,
            News::Token(token) => self.model.status.token = token,
            News::ActingAs(agent) => self.model.status.acting = Some((agent.id, agent.name.line())),
            News::Following { .. } => return,
            News::BudgetLow { used, of } => self.model.status.budget = (used < of).then_some((used, of)),
            News::Notice(text) => self.notify(Notice { severity: Severity::Warning, text }),
            News::WorkerDied { worker, why, back_in } => {
                self.notify(Notice::error(&format!("{worker} stopped ({why}); it is started again in {} s", back_in.as_secs())));
            }
            News::WorkerRestarted { worker } => {
                self.notify(Notice::error(&format!("{worker} had stopped by an error in the program; worker restarted")));
            }
            News::CredentialsNeeded(failure) => {
                self.model.connect.refused(&failure);
                self.model.screen = Screen::Connect;
                self.close_line();
                self.model.help = None;
                self.model.picker = None;
                self.model.chooser = None;
            }
        }
        self.dirty();
    }

    fn connect_news(&mut self, news: ConnectNews) {
        self.dirty();
        if let ConnectNews::Started(Ok(profile)) = &news {
            let (name, web_app) = (SafeText::line(profile.name.as_str()), address::web_app(&profile.resource_url));
            self.forget_questions();
            let model = &mut *self.model;
            if (&model.status.profile, &model.status.web_app) != (&name, &web_app) {
                // Rows and numbers of one tenant mean nothing in another.
                model.panes = Panes::new(model.views.clone());
                model.status = Status::default();
            }
            model.status.profile = name;
            model.status.me = profile.me;
            model.status.web_app = web_app;
            model.screen = Screen::Dashboard;
            model.connect.connected();
            self.lay_out();
            self.ask_app("overview", Question::Overview);
            self.ask_app("agents", Question::Agents);
            return;
        }
        self.model.connect.news(news);
    }

    /// Nothing that was asked of the last session is waited for any more.
    fn forget_questions(&mut self) {
        let context = self.model.context(self.now);
        for slot in self.model.requests.forget_all() {
            self.on_pane(slot.pane, |pane, out| pane.answer(slot.purpose, None, context, out));
        }
    }

    pub(super) fn theme(&mut self, name: &str, text: Result<String, Notice>) {
        match text.and_then(|text| Theme::parse(&text).map_err(|error| Notice::error(&format!("theme {name}: {error}")))) {
            Ok(theme) => {
                self.model.look.set_theme(&theme);
                self.notify(Notice::info(&format!("Theme {name}")));
            }
            Err(notice) => self.notify(notice),
        }
    }

    pub(super) fn notify(&mut self, notice: Notice) {
        let until = (notice.severity < Severity::Error).then(|| self.now.tick + NOTICE_STAYS);
        self.model.notice = Some(ShownNotice { notice, until });
        self.dirty();
    }

    // --- panes -------------------------------------------------------------------------------------------------------

    pub(super) fn on_pane(&mut self, id: PaneId, act: impl FnOnce(&mut dyn crate::panes::Pane, &mut Vec<Outcome>)) {
        let mut out = Vec::new();
        if let Some(pane) = self.model.panes.get_mut(id) {
            act(pane, &mut out);
        }
        self.carry_out(out.into_iter().map(|outcome| (id, outcome)).collect());
    }

    fn on_all(&mut self, mut act: impl FnMut(&mut dyn crate::panes::Pane, &mut Vec<Outcome>)) {
        let mut outcomes = Vec::new();
        for pane in self.model.panes.iter_mut() {
            let mut out = Vec::new();
            act(pane.as_mut(), &mut out);
            outcomes.extend(out.into_iter().map(|outcome| (pane.id(), outcome)));
        }
        self.carry_out(outcomes);
    }

    fn carry_out(&mut self, outcomes: Vec<(PaneId, Outcome)>) {
        for (pane, outcome) in outcomes {
            match outcome {
                Outcome::Ask { purpose, question } => {
                    let slot = Slot { pane, purpose };
                    let id = self.model.requests.open(slot);
                    self.effects.push(Effect::Ask { slot, id, question });
                }
                Outcome::Search { purpose, query, client } => {
                    let slot = Slot { pane, purpose };
                    let id = self.model.requests.open(slot);
                    self.effects.push(Effect::Search { slot, id, query, client });
                }
                Outcome::Announce(announcement) => self.announce(&announcement),
                Outcome::Pick(ticket, picks) => self.model.picker = Some(PickerPane::new(ticket, picks)),
                Outcome::Choose(chooser) => self.model.chooser = Some(chooser),
                Outcome::Focus(id) => self.focus(id),
                Outcome::Notice(notice) => self.notify(notice),
                Outcome::Effect(effect) => self.effects.push(effect),
            }
        }
    }

    fn announce(&mut self, announcement: &Announcement) {
        let context = self.model.context(self.now);
        self.dirty();
        self.on_all(|pane, out| pane.hear(announcement, context, out));
    }

    pub(super) fn focus(&mut self, id: PaneId) {
        if self.model.focus != id {
            self.model.focus = id;
            self.lay_out();
        }
    }

    pub(super) fn ask_app(&mut self, purpose: &'static str, question: Question) {
        let slot = Slot { pane: APP, purpose };
        let id = self.model.requests.open(slot);
        self.effects.push(Effect::Ask { slot, id, question });
    }

    /// Gives every pane its room; a list out of sight keeps what it has, a preview out of sight asks for nothing.
    pub(super) fn lay_out(&mut self) {
        self.dirty();
        let Ok(places) = Places::of(self.model) else { return };
        let context = self.model.context(self.now);
        for (id, place) in places.panes() {
            match place {
                Some(area) => self.on_pane(id, |pane, out| pane.resize(area.width, area.height, context, out)),
                None if id == PREVIEW || id == BOARD => self.on_pane(id, |pane, out| pane.resize(0, 0, context, out)),
                None => {}
            }
        }
    }

    // --- overlays ----------------------------------------------------------------------------------------------------

    fn connect_outcome(&mut self, outcome: ConnectOutcome) {
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

    pub(super) fn open_line(&mut self, kind: PromptKind, words: &str) {
        self.model.line = Some(Prompt::new(kind, words, self.model.history.clone()));
        self.dirty();
    }

    /// Looks for words in the preview.
    pub(super) fn find(&mut self, words: &str) {
        self.dirty();
        self.on_pane(PREVIEW, |pane, _| pane.find(words));
    }

    fn close_line(&mut self) {
        self.model.line = None;
        self.model.known = Vec::new();
        self.model.hits = Vec::new();
    }

    fn line_outcome(&mut self, outcome: PromptOutcome) {
        self.dirty();
        let Some(kind) = self.model.line.as_ref().map(Prompt::kind) else { return };
        match (kind, outcome) {
            (_, PromptOutcome::Stay) => {}
            (PromptKind::Filter, PromptOutcome::Changed(words)) => {
                self.filter(&words);
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
                if self.model.line.as_ref().is_none_or(|line| !line.is_wrong()) {
                    self.remember(&words);
                    self.close_line();
                    self.on_pane(self.model.focus, |pane, out| pane.filter_taken(out));
                }
            }
            (PromptKind::Filter, PromptOutcome::Closed(words)) => {
                self.filter(&words);
                self.remember(&words);
                self.close_line();
            }
            (PromptKind::Command, PromptOutcome::Accepted(words)) => {
                let best = self.model.line.as_ref().and_then(|line| palette::best(&words, line.offers()));
                self.close_line();
                self.run(best.as_deref().filter(|_| palette::ticket(&words).is_none()).unwrap_or(&words));
            }
            (PromptKind::Command, PromptOutcome::Closed(words)) => {
                // A lone escape may be the beginning of an arrow key: what was typed is there again at the next `:`.
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

    pub(super) fn connect_command(&mut self, command: Command) {
        let outcome = self.model.connect.command(command);
        self.connect_outcome(outcome);
    }
}
