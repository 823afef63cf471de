//! Carries out effects: questions to the mirror, orders to the session, connecting. Nothing here is waited for by the loop.

use std::{
    collections::HashMap,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex},
    time::Duration,
};

use futures::FutureExt;
use tokio::{
    sync::{mpsc, watch},
    task::{AbortHandle, JoinSet},
    time::Instant,
};

use super::{QUIT_WITHIN, answers::answer, logging::Logging, saving};
use crate::{
    domain::{
        Changed, ClientId, Failure, FailureKind, FileRow, LastView, News, Profile, ProfileName, SecretSource, TicketId, Timestamp,
    },
    mirror::Mirror,
    msg::{Answer, Effect, Msg, Notice, Question, RequestId, Slot},
    query::Query,
    session::Session,
    settings::{self, Config, Paths},
    text::SafeText,
    ui::{Background, Theme},
};

mod connecting;
mod mending;
mod refreshing;
mod views;
mod work;

use views::Edits;
use work::Work;

/// What the runner works with.
pub struct RunnerSettings {
    /// Where files lie.
    pub paths: Paths,
    /// The saved settings.
    pub config: Config,
    /// Requests per rolling 5 minutes, as the command line says.
    pub budget: Option<u32>,
    /// Nothing is stored: neither profile nor mirror.
    pub ephemeral: bool,
    /// The name that `--profile` gave.
    pub wanted: Option<String>,
    /// The log, where it was started already.
    pub log: Option<Logging>,
}

/// Carries out effects.
pub struct Runner {
    work: Work,
    messages: mpsc::Sender<Msg>,
    tasks: JoinSet<()>,
    asked: HashMap<Slot, AbortHandle>,
    connecting: Option<AbortHandle>,
    /// How often to refresh while somebody looks.
    every: Option<Duration>,
    /// How often the view that is shown wants to be refreshed, where it has a pace of its own.
    view_every: Option<Duration>,
    /// The client that was looked at last, and what reads it.
    client: Option<(ClientId, AbortHandle)>,
    /// The list of Halo that is looked at, and what keeps it fresh.
    list: Option<(i64, AbortHandle)>,
    /// The server's returns, for what waits for them.
    back: watch::Sender<()>,
    /// Changes of `views.toml` that wait for their turn.
    edits: Edits,
    /// Since when nobody looks.
    unwatched: Option<Instant>,
}

impl Runner {
    /// A runner that answers into `messages`.
    pub fn new(mut settings: RunnerSettings, messages: mpsc::Sender<Msg>) -> Self {
        let log = Arc::new(Mutex::new(settings.log.take()));
        let every = settings.config.refresh.0;
        let work = Work { settings: Arc::new(settings), messages: messages.clone(), session: Arc::default(), log };
        Self {
            work,
            messages,
            tasks: JoinSet::new(),
            asked: HashMap::new(),
            connecting: None,
            every,
            view_every: None,
            client: None,
            list: None,
            back: watch::Sender::default(),
            edits: Edits::default(),
            unwatched: None,
        }
    }

    /// Starts the session of a profile over its open mirror.
    ///
    /// # Errors
    /// Addresses or a CA file that can't be used.
    pub fn start(&mut self, profile: Profile, secret: Arc<dyn SecretSource>, mirror: Mirror) -> Result<(), Failure> {
        self.work.start(profile, secret, mirror)
    }

    /// Remembers which profile was used last.
    ///
    /// # Errors
    /// Where the settings can't be written.
    pub fn remember(&self, profile: &ProfileName) -> Result<(), Failure> {
        settings::set_last_profile(&self.work.settings.paths, profile)
    }

    /// Keeps what is looked at for the next start.
    pub fn keep(&self, view: &LastView) {
        self.with_session(|session| session.mirror().keep_view(view));
    }

    /// Leaves the refreshing to other instances while this one is stopped.
    pub fn rest(&self) {
        self.with_session(Session::rest);
    }

    /// Takes part in it again.
    pub fn go_on(&self) {
        self.with_session(Session::go_on);
    }

    /// Tells the operator something.
    pub fn notify(&self, notice: Notice) {
        let _ = self.messages.try_send(Msg::Notice(notice));
    }

    /// Carries out an effect; those of the terminal and the end of the program are the loop's.
    pub fn run(&mut self, effect: Effect) {
        while self.tasks.try_join_next().is_some() {}
        match effect {
            Effect::Ask { slot, id, question } => self.ask(slot, id, question),
            Effect::Search { slot, id, query, client } => self.search(slot, id, query, client),
            Effect::LookAt(ticket) => {
                self.with_session(|session| session.look_at(ticket));
            }
            Effect::LookAtAsset { id, tag, client } => self.look_at_asset(id, tag, client),
            Effect::LookAtClient(client) => self.look_at_client(client),
            Effect::Seen { ticket, updated } => self.seen(ticket, updated),
            Effect::Refresh { everything } => {
                let waits = self.work.lock().as_ref().and_then(|session| {
                    session.refresh(everything);
                    session.waits_until(0)
                });
                if let Some(until) = waits {
                    let _ = self.messages.try_send(Msg::News(News::Waits { until }));
                }
            }
            Effect::Pause(paused) => self.with_session(|session| session.pause_filling(paused)),
            Effect::RefreshEvery(every) => {
                self.every = every;
                self.refresh_by_itself();
            }
            Effect::ViewPace(every) => {
                if std::mem::replace(&mut self.view_every, every) != every {
                    self.refresh_by_itself();
                }
            }
            Effect::ReadLists => self.read_lists(),
            Effect::LookAtList(list) => self.look_at_list(list),
            Effect::ServerIsBack => self.back.send_replace(()),
            Effect::SaveView(edit) => self.save_view(*edit),
            Effect::Watched(watched) => self.watched(watched),
            Effect::Discover(address) => self.discover(address),
            Effect::TestConnection(draft) => self.test(*draft),
            Effect::CancelConnect => self.cancel_connecting(),
            Effect::Start { draft } => self.save_and_start(*draft),
            Effect::LoadTheme(name) => self.load_theme(name),
            Effect::Save { file, open } => self.save(file, open),
            Effect::Copy(_)
            | Effect::OpenLink(_)
            | Effect::ToggleMouse
            | Effect::Repaint
            | Effect::Suspend
            | Effect::Measure { .. }
            | Effect::Quit => {}
        }
    }

    /// Ends everything within a moment.
    pub fn stop(mut self) {
        self.tasks.abort_all();
        if let Some(session) = self.work.take() {
            // A disk that hangs must not keep the program from ending.
            let (done, ended) = std::sync::mpsc::channel();
            let spawned = std::thread::Builder::new().name("stop".to_owned()).spawn(move || {
                session.stop();
                let _ = done.send(());
            });
            if spawned.is_ok() {
                let _ = ended.recv_timeout(QUIT_WITHIN);
            }
        }
    }

    /// Starts a task whose result is a message; where it panics, the failure is.
    fn spawn(
        &mut self,
        work: impl Future<Output = Msg> + Send + 'static,
        broken: impl FnOnce(Failure) -> Msg + Send + 'static,
    ) -> AbortHandle {
        let messages = self.messages.clone();
        self.tasks.spawn(async move {
            let done = AssertUnwindSafe(work).catch_unwind().await;
            let _ = messages.send(done.unwrap_or_else(|_| broken(fault()))).await;
        })
    }

    fn ask(&mut self, slot: Slot, id: RequestId, question: Question) {
        let mirror = self.work.lock().as_ref().map(|session| session.mirror().clone());
        let Some(mirror) = mirror else { return };
        let work = async move { Msg::Answer { slot, id, answer: answer(&mirror, question).await } };
        let task = self.spawn(work, move |failure| Msg::Answer { slot, id, answer: Err(failure) });
        // A newer question in a slot ends the older one: its reading of the database is interrupted.
        if let Some(older) = self.asked.insert(slot, task) {
            older.abort();
        }
    }

    fn search(&mut self, slot: Slot, id: RequestId, query: Query, client: Option<ClientId>) {
        let Some(search) = self.work.lock().as_ref().map(Session::server_search) else { return };
        let messages = self.messages.clone();
        let task = self.tasks.spawn(async move {
            let answer = search.run(&query, client).await;
            let news = match &answer {
                Ok(Some(found)) if found.new > 0 => Some(Msg::News(News::Changed(Changed::Tickets))),
                Ok(_) => None,
                Err(failure) => Some(Msg::Notice(Notice::failure(failure))),
            };
            for msg in news.into_iter().chain([Msg::Answer { slot, id, answer: answer.map(Answer::Found) }]) {
                let _ = messages.send(msg).await;
            }
        });
        if let Some(older) = self.asked.insert(slot, task) {
            older.abort();
        }
    }

    fn seen(&mut self, ticket: TicketId, updated: Timestamp) {
        let mirror = self.work.lock().as_ref().map(|session| session.mirror().clone());
        let Some(mirror) = mirror else { return };
        let messages = self.messages.clone();
        self.tasks.spawn(async move {
            let msg = match mirror.mark_seen(ticket, updated).await {
                Ok(true) => Msg::News(News::Changed(Changed::Tickets)),
                Ok(false) => return,
                Err(failure) => Msg::Notice(Notice::failure(&failure)),
            };
            let _ = messages.send(msg).await;
        });
    }

    /// Opens a link with the operator's own command, or with the desktop's; false where there is none, or no desktop: over SSH.
    pub(super) fn open_link(&self, link: &SafeText) -> bool {
        let Some(notice) = saving::open_link(link, &self.work.settings.config) else { return false };
        self.notify(notice);
        true
    }

    fn save(&mut self, file: FileRow, open: bool) {
        let files = self.work.lock().as_ref().map(Session::files);
        let Some(files) = files else { return };
        self.tasks.spawn(saving::save(files, file, open, self.work.settings.config.clone(), self.messages.clone()));
    }

    /// Requests to the server and bytes of its answers, of the session that runs.
    pub(super) fn traffic(&self) -> (u64, u64) {
        self.work.lock().as_ref().map(Session::stats).map_or((0, 0), |stats| (stats.requests, stats.bytes))
    }

    fn with_session(&self, act: impl FnOnce(&Session)) {
        if let Some(session) = &*self.work.lock() {
            act(session);
        }
    }

    fn load_theme(&mut self, name: String) {
        let (paths, broken) = (self.work.settings.paths.clone(), name.clone());
        let work = async move {
            let asked = name.clone();
            let text = blocking(move || match settings::theme_text(&paths, &asked)? {
                Some((_, text)) => Ok(text),
                None => embedded_text(&asked).map(str::to_owned).ok_or_else(|| {
                    let names = Theme::names().chain([Theme::AUTO]).map(str::to_owned);
                    let names = names.chain(settings::theme_names(&paths)).collect::<Vec<_>>().join(", ");
                    Failure::new(FailureKind::Settings, &format!("No theme is called {asked}"))
                        .advise(&format!("There are {names}"))
                }),
            })
            .await;
            Msg::Theme(name, text)
        };
        self.spawn(work, move |failure| Msg::Theme(broken, Err(failure)));
    }
}

/// The text of the embedded theme of this name, or of the one that fits the terminal's background.
fn embedded_text(name: &str) -> Option<&'static str> {
    let fitting = || Theme::fitting(Background::detect(&|name| std::env::var(name).ok()));
    Theme::embedded_text(if name == Theme::AUTO { fitting() } else { name })
}

/// What is told of a task that panicked; where it did is in the log.
fn fault() -> Failure {
    Failure::new(FailureKind::Gone, "A part of the program failed by an error in it")
        .advise("Try again; the log says where it happened")
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Failure> + Send + 'static) -> Result<T, Failure> {
    let gone = |_| Failure::new(FailureKind::Gone, "a background task stopped unexpectedly");
    tokio::task::spawn_blocking(work).await.map_err(gone)?
}
