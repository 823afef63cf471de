//! What the mirror answers, and what the session and the connecting tell.

use super::{
    super::model::{Screen, Status},
    APP, Update,
};
use crate::{
    domain::{Changed, Connection, Coverage, News, address},
    msg::{Answer, ConnectNews, Effect, Notice, Question, Severity, Slot},
    panes::{Panes, PromptKind},
    text::SafeText,
    ui::moment,
};

impl Update<'_> {
    pub(super) fn answer(&mut self, slot: Slot, answer: Option<Answer>) {
        self.dirty();
        if slot.pane == APP {
            match answer {
                Some(Answer::Overview(overview)) => self.model.status.overview = overview,
                Some(Answer::Agents(agents)) => self.model.status.agents = agents,
                Some(Answer::Tickets(window)) if self.model.line.is_some() => {
                    self.model.hits = window.rows;
                    self.suggest();
                }
                Some(Answer::Called(called)) if self.model.line.is_some() => {
                    self.model.called = called;
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
        // Whether a name is called in doubt depends on what was found.
        if self.model.line.as_ref().is_some_and(|line| line.kind() == PromptKind::Filter) {
            self.suggest();
        }
    }

    pub(super) fn news(&mut self, news: News) {
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
            News::Connection(connection) => {
                let is_live = matches!(connection, Connection::Live { .. });
                let before = std::mem::replace(&mut self.model.status.connection, connection);
                // The mirror is open: what it holds is told though nothing of it changes.
                if matches!(before, Connection::Starting) {
                    self.ask_app("overview", Question::Overview);
                    self.ask_app("agents", Question::Agents);
                }
                if is_live && matches!(before, Connection::Failing { .. }) {
                    self.effects.push(Effect::ServerIsBack);
                }
                // Where nothing changed nothing else would show that the key did anything.
                if std::mem::take(&mut self.model.status.asked) {
                    match &self.model.status.connection {
                        Connection::Live { .. } => self.notify(Notice::info("Up to date")),
                        Connection::Failing { failure, .. } => {
                            let words = format!("Not asked: {}", failure.what);
                            self.notify(Notice::warning(&words));
                        }
                        Connection::Starting | Connection::Cached { .. } => self.model.status.asked = true,
                    }
                }
            }
            News::Token(token) => self.model.status.token = token,
            News::ActingAs(agent) => {
                let before = self.model.context(self.now).me;
                self.model.status.acting = Some((agent.id, agent.name.line()));
                let context = self.model.context(self.now);
                if context.me != before {
                    // What is mine was asked for before it was known whose that is.
                    self.on_all(|pane, out| pane.changed(Changed::Lookups, context, out));
                }
            }
            News::Following { .. } => return,
            News::MirrorAnew => self.begin_anew(),
            News::BudgetLow(low) => self.model.status.budget = low,
            News::Waits { until } => {
                let at = moment(self.now.wall, until, &self.model.look.zone);
                self.notify(Notice::warning(&format!("No request may leave before {at}: what has changed is asked for then")));
            }
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

    pub(super) fn connect_news(&mut self, news: ConnectNews) {
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

    /// Asks another mirror for all that is shown: what the one before was asked is not answered any more.
    fn begin_anew(&mut self) {
        self.forget_questions();
        let status = &mut self.model.status;
        (status.connection, status.coverage, status.filling) = (Connection::Starting, Coverage::default(), None);
        for what in [Changed::Lookups, Changed::Clients, Changed::People, Changed::Tickets] {
            self.news(News::Changed(what));
        }
    }

    /// Nothing that was asked of the last session is waited for any more.
    fn forget_questions(&mut self) {
        let context = self.model.context(self.now);
        for slot in self.model.requests.forget_all() {
            self.on_pane(slot.pane, |pane, out| pane.answer(slot.purpose, None, context, out));
        }
    }
}
