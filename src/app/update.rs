//! `update`: one message in, a changed model and effects out. Total, without I/O and without a clock.

use std::time::Duration;

use super::{
    model::{Model, Screen, ShownNotice},
    places::Places,
};
use crate::{
    msg::{Effect, Msg, Notice, Now, PaneId, Question, Severity, Slot},
    panes::{Announcement, INSTEAD, Outcome, PREVIEW, PickerPane, TICKETS},
    ui::Theme,
};

mod commands;
mod input;
mod mouse;
mod news;
mod overlays;
mod places;
mod wire;
mod words;

/// The app's own questions go under this name.
const APP: PaneId = PaneId("app");
/// How long a notice that is no error stays.
const NOTICE_STAYS: Duration = Duration::from_secs(6);
/// How long keys leave a notice that nobody waited for: whoever is typing has to have seen it.
const NOTICE_READ: Duration = Duration::from_secs(1);

/// How long the first frame waits for the mirror at most: about as long as a screen takes to be noticed.
const FIRST_FRAME_WITHIN: Duration = Duration::from_millis(50);

/// Takes a message.
pub fn update(model: &mut Model, msg: Msg, now: Now) -> Vec<Effect> {
    let mut out = Update { model, now, is_input: matches!(msg, Msg::Input(_)), effects: Vec::new() };
    out.take(msg);
    out.schedule_first_frame();
    out.schedule_minute();
    out.effects
}

/// One run of `update`: the model, the time, the effects so far.
struct Update<'a> {
    model: &'a mut Model,
    now: Now,
    /// The operator did something.
    is_input: bool,
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

    /// A key, or the mouse, leads on: what was told before is not about what comes.
    fn put_notice_away(&mut self) {
        if self.model.notice.as_ref().is_some_and(|shown| shown.read <= self.now.tick) {
            self.model.notice = None;
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

    pub(super) fn theme(&mut self, name: &str, text: Result<String, Notice>) {
        let text = match text {
            Ok(text) => text,
            Err(notice) => return self.notify(notice),
        };
        let of_theme = format!("theme {name} ");
        self.model.faults.retain(|fault| !fault.as_str().starts_with(&of_theme));
        match Theme::parse(&text) {
            Ok(theme) => {
                self.model.look.set_theme(&theme);
                self.notify(Notice::info(&format!("Theme {name}")));
            }
            Err(faults) => {
                let notices: Vec<_> = faults.iter().map(|fault| Notice::error(&format!("{of_theme}{fault}"))).collect();
                self.model.faults.extend(notices.iter().map(|notice| notice.text.clone()));
                if let Some(notice) = Notice::of_several(&notices) {
                    self.notify(notice);
                }
            }
        }
    }

    pub(super) fn notify(&mut self, notice: Notice) {
        let until = (notice.severity < Severity::Error).then(|| self.now.tick + NOTICE_STAYS);
        let read = if self.is_input { self.now.tick } else { self.now.tick + NOTICE_READ };
        self.model.notice = Some(ShownNotice { notice, read, until });
        self.dirty();
    }

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
                Outcome::Leave => self.leave(),
                Outcome::ReturnTo(id) => self.return_to(id),
                Outcome::GoToTicket(id) => self.go_to(id),
                Outcome::GoToRegister { register, client, at } => self.go_to_register(register, client, at),
                Outcome::Notice(notice) => self.notify(notice),
                Outcome::Effect(effect) => self.effects.push(effect),
            }
        }
    }

    pub(super) fn announce(&mut self, announcement: &Announcement) {
        let context = self.model.context(self.now);
        self.dirty();
        self.on_all(|pane, out| pane.hear(announcement, context, out));
    }

    pub(super) fn focus(&mut self, id: PaneId) {
        if self.model.focus != id {
            if INSTEAD.contains(&id) {
                self.model.opened_from.insert(id, self.model.focus);
            }
            self.model.focus = id;
            self.lay_out();
            if id == PREVIEW {
                self.announce(&Announcement::TicketHeld);
            }
        }
    }

    /// Gives the focus back to where the pane that has it was opened from.
    fn leave(&mut self) {
        let from = self.model.opened_from.remove(&self.model.focus).unwrap_or(TICKETS);
        self.return_to(from);
    }

    /// Gives the focus to a pane where the operator has been: from where it was opened then still holds.
    pub(super) fn return_to(&mut self, id: PaneId) {
        self.model.focus = id;
        self.lay_out();
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
                None if id == PREVIEW || INSTEAD.contains(&id) => self.on_pane(id, |pane, out| pane.resize(0, 0, context, out)),
                None => {}
            }
        }
    }
}
