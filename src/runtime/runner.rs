//! Carries out effects: questions to the mirror, orders to the session, connecting. Nothing here is waited for by the loop.

use std::{
    collections::{HashMap, VecDeque},
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex},
    time::Duration,
};

use futures::FutureExt;
use tokio::{
    sync::mpsc,
    task::{AbortHandle, JoinSet},
    time::Instant,
};

use super::{
    QUIT_WITHIN,
    logging::{self, Logging},
    saving,
};
use crate::{
    domain::{
        AgentRow, Anchor, Changed, ClientId, ConnectDraft, ConnectReport, Failure, FailureKind, FileRow, LastView, News, Profile,
        ProfileName, SecretKeeping, SecretSource, TicketId, Timestamp, ViewEdit, address,
    },
    mirror::{Mirror, Reader, TicketAsk},
    msg::{Answer, ConnectNews, Discovered, Effect, Msg, Notice, Question, RequestId, Slot},
    query::Query,
    session::{self, MirrorPlace, Session, SessionSettings},
    settings::{self, CommandSecret, Config, GivenSecret, KeyringSecret, Paths},
    text::SafeText,
    ui::Theme,
};

/// How often the window refreshes while nobody looks at it.
const UNWATCHED: Duration = Duration::from_mins(10);
/// A search stops counting here: its first rows don't wait for the others.
const COUNTED: u64 = 1000;

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

/// What tasks share: the settings, the way back, the session that runs.
#[derive(Clone)]
struct Work {
    settings: Arc<RunnerSettings>,
    messages: mpsc::Sender<Msg>,
    session: Arc<Mutex<Option<Session>>>,
    log: Arc<Mutex<Option<Logging>>>,
}

/// Changes of `views.toml` in their order, and whose turn it is to write.
#[derive(Clone, Default)]
struct Edits {
    waiting: Arc<Mutex<VecDeque<ViewEdit>>>,
    writing: Arc<Mutex<()>>,
}

impl Edits {
    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<ViewEdit>> {
        self.waiting.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
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
    /// The list of Halo that is looked at, and what keeps it fresh.
    list: Option<(i64, AbortHandle)>,
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
            list: None,
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
            Effect::Seen { ticket, updated } => self.seen(ticket, updated),
            Effect::Refresh { everything } => {
                self.with_session(|session| session.refresh(everything));
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

    /// Somebody looks at the terminal's window again, or nobody any more. What is then older than it should be is fetched at once.
    fn watched(&mut self, watched: bool) {
        self.with_session(|session| session.watched(watched));
        let since = if watched { self.unwatched.take() } else { self.unwatched.replace(Instant::now()) };
        self.refresh_by_itself();
        if !watched {
            // What nobody looks at is not kept fresh; its number stays, to go on with.
            if let Some((_, task)) = &self.list {
                task.abort();
            }
        } else if let Some((list, _)) = self.list {
            self.look_at_list(Some(list));
        }
        let stale = since.zip(self.every).is_some_and(|(since, every)| since.elapsed() >= every);
        if watched && stale {
            self.with_session(Session::catch_up);
        }
    }

    fn refresh_by_itself(&self) {
        // Off is off: a view's own pace only says how often, not whether.
        let every = self.every.map(|every| self.view_every.unwrap_or(every));
        let every = every.map(|every| if self.unwatched.is_some() { every.max(UNWATCHED) } else { every });
        self.with_session(|session| session.refresh_every(every));
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
                None => Theme::embedded_text(&asked).map(str::to_owned).ok_or_else(|| {
                    let names =
                        Theme::names().map(str::to_owned).chain(settings::theme_names(&paths)).collect::<Vec<_>>().join(", ");
                    Failure::new(FailureKind::Settings, &format!("No theme is called {asked}"))
                        .advise(&format!("There are {names}"))
                }),
            })
            .await;
            Msg::Theme(name, text)
        };
        self.spawn(work, move |failure| Msg::Theme(broken, Err(failure)));
    }

    /// Asks the server which lists there are.
    fn read_lists(&mut self) {
        let Some(reader) = self.work.lock().as_ref().map(Session::list_reader) else { return };
        let work = async move {
            match reader.lists().await {
                Ok(()) => Msg::News(News::Changed(Changed::Lookups)),
                Err(failure) => Msg::Notice(Notice::failure(&failure)),
            }
        };
        self.spawn(work, |failure| Msg::Notice(Notice::failure(&failure)));
    }

    /// Keeps the tickets of a list fresh from now on, at the pace of the view that shows it, or no list's.
    fn look_at_list(&mut self, list: Option<i64>) {
        if let Some((_, task)) = self.list.take() {
            task.abort();
        }
        let Some(list) = list else { return };
        let Some(reader) = self.work.lock().as_ref().map(Session::list_reader) else { return };
        let (messages, every) = (self.messages.clone(), self.every.map(|every| self.view_every.unwrap_or(every)));
        let task = self.tasks.spawn(async move {
            let mut first = true;
            loop {
                let msg = match reader.tickets(list, first).await {
                    // When it was read is told too.
                    Ok(changed) => (changed || first).then_some(Msg::News(News::Changed(Changed::Tickets))),
                    // The header says that the server can't be reached; what is wrong with a list is said once.
                    Err(failure) => first.then(|| Msg::Notice(Notice::failure(&failure))),
                };
                if let Some(msg) = msg {
                    let _ = messages.send(msg).await;
                }
                first = false;
                let Some(every) = every else { return };
                tokio::time::sleep(every).await;
            }
        });
        self.list = Some((list, task));
    }

    /// Changes `views.toml`; in the demo, which stores nothing, the change holds until the end.
    fn save_view(&mut self, edit: ViewEdit) {
        if self.work.settings.ephemeral {
            return self.notify(Notice::info("The demo stores nothing: this holds until it ends"));
        }
        // One after the other, in their order: whoever comes to write takes what has waited longest.
        let edits = self.edits.clone();
        edits.lock().push_back(edit);
        let paths = self.work.settings.paths.clone();
        let work = async move {
            let changed = blocking(move || {
                let _turn = edits.writing.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                let edit = edits.lock().pop_front();
                let Some(edit) = edit else { return Ok(String::new()) };
                settings::change_views(&paths, &edit)?;
                Ok(match edit {
                    ViewEdit::Put(_, view) => format!("Saved the view {}", view.name),
                    ViewEdit::Remove { name, .. } => format!("The view {name} is gone"),
                })
            });
            Msg::Notice(changed.await.map_or_else(|failure| Notice::failure(&failure), |told| Notice::info(&told)))
        };
        self.spawn(work, |failure| Msg::Notice(Notice::failure(&failure)));
    }

    // --- connecting --------------------------------------------------------------------------------------------------

    fn cancel_connecting(&mut self) {
        if let Some(task) = self.connecting.take() {
            task.abort();
        }
    }

    fn discover(&mut self, address: String) {
        self.cancel_connecting();
        let work = async move {
            let found = session::discover(&address).await.map(|found| Discovered {
                hosting: found.hosting,
                auth_url: found.auth_url,
                resource_url: found.resource_url,
                tenant: found.tenant,
                other_host: found.other_host,
                guessed: found.guessed,
            });
            Msg::Connect(ConnectNews::Discovered(found))
        };
        self.connecting = Some(self.spawn(work, |failure| Msg::Connect(ConnectNews::Discovered(Err(failure)))));
    }

    fn test(&mut self, draft: ConnectDraft) {
        self.cancel_connecting();
        let messages = self.messages.clone();
        let profile = self.name_of(&draft).and_then(|name| draft.profile(name));
        let work = async move {
            let outcome = match profile {
                Err(failure) => Err(failure),
                Ok(profile) => {
                    let secret = source(&draft, &profile);
                    // The steps are told in their order through a channel of their own: reporting can't wait.
                    let (steps, mut receiver) = mpsc::unbounded_channel::<ConnectReport>();
                    let walk = session::test(&profile, secret, move |report| drop(steps.send(report)));
                    tokio::pin!(walk);
                    loop {
                        tokio::select! {
                            biased;
                            Some(report) = receiver.recv() => drop(messages.send(Msg::Connect(ConnectNews::Step(report))).await),
                            outcome = &mut walk => {
                                while let Ok(report) = receiver.try_recv() {
                                    let _ = messages.send(Msg::Connect(ConnectNews::Step(report))).await;
                                }
                                break outcome;
                            }
                        }
                    }
                }
            };
            let news = match outcome {
                Ok(outcome) => ConnectNews::Passed {
                    agents: outcome.agents.iter().filter(|agent| !agent.disabled).map(AgentRow::from).collect(),
                    acting: AgentRow::from(&outcome.me),
                },
                Err(failure) => ConnectNews::Failed(failure),
            };
            Msg::Connect(news)
        };
        self.connecting = Some(self.spawn(work, |failure| Msg::Connect(ConnectNews::Failed(failure))));
    }

    /// The name under which a draft is saved.
    fn name_of(&self, draft: &ConnectDraft) -> Result<ProfileName, Failure> {
        let interim = ProfileName::parse("new").ok_or_else(|| Failure::new(FailureKind::Settings, "no name for this profile"))?;
        let profile = draft.profile(interim)?;
        let wanted = self.work.settings.wanted.clone().filter(|name| !name.is_empty());
        let wanted = wanted.or_else(|| Some(draft.name.clone()).filter(|name| !name.is_empty()));
        let wanted = wanted.or_else(|| profile.tenant.clone()).or_else(|| address::host_label(&profile.resource_url));
        self.work
            .settings
            .config
            .name_for(&profile.identity(), &wanted.unwrap_or_default())
            .ok_or_else(|| Failure::new(FailureKind::Settings, "no name for this profile"))
    }

    fn save_and_start(&mut self, draft: ConnectDraft) {
        let (work, name) = (self.work.clone(), self.name_of(&draft));
        let saving = async move {
            let started = match name.and_then(|name| draft.profile(name)) {
                Ok(profile) => work.save_and_open(draft, profile).await,
                Err(failure) => Err(failure),
            };
            Msg::Connect(ConnectNews::Started(started.map(Box::new)))
        };
        self.spawn(saving, |failure| Msg::Connect(ConnectNews::Started(Err(failure))));
    }
}

impl Work {
    /// Saves a profile, opens its mirror and starts its session; the disk is not waited for by the loop.
    async fn save_and_open(&self, draft: ConnectDraft, profile: Profile) -> Result<Profile, Failure> {
        let secret = source(&draft, &profile);
        let (settings, old, saved) = (Arc::clone(&self.settings), self.take(), profile.clone());
        let log = Arc::clone(&self.log);
        let (mirror, notice) = blocking(move || {
            let place = if settings.ephemeral {
                MirrorPlace::Memory
            } else {
                let kept = matches!(saved.secret, SecretKeeping::File | SecretKeeping::Keyring);
                settings::save_profile(&settings.paths, &saved, draft.secret.as_ref().filter(|_| kept))?;
                settings::set_last_profile(&settings.paths, &saved.name)?;
                settings.paths.prepare_state(&saved.name)?;
                let mut log = log.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                if log.is_none() {
                    *log = logging::start(&settings.paths.log_file(&saved.name));
                }
                MirrorPlace::Disk(settings.paths.mirror_file(&saved.name))
            };
            // The same profile's mirror may be open still.
            if let Some(old) = old {
                old.stop();
            }
            let (mirror, opened) = session::open_mirror(&place, &saved.identity())?;
            Ok((mirror, opened.notice()))
        })
        .await?;
        self.start(profile.clone(), secret, mirror)?;
        if let Some(notice) = notice {
            let _ = self.messages.send(Msg::Notice(Notice::warning(notice.as_str()))).await;
        }
        Ok(profile)
    }

    /// Starts the session of a profile over its open mirror.
    fn start(&self, profile: Profile, secret: Arc<dyn SecretSource>, mirror: Mirror) -> Result<(), Failure> {
        let budget = self.settings.config.budget(self.settings.budget, &profile);
        // Where its folder can't be had, that was told already, and requests are counted by this instance alone.
        let ledger = (!self.settings.ephemeral).then(|| self.settings.paths.ledger_file(&profile.name));
        let (every, history) = (self.settings.config.refresh.0, self.settings.config.history);
        let (news, mut receiver) = mpsc::channel(64);
        let clock = Arc::new(Timestamp::now);
        let session = Session::start(SessionSettings { profile, secret, budget, ledger, every, history, clock }, mirror, news)?;
        *self.lock() = Some(session);
        let messages = self.messages.clone();
        tokio::spawn(async move {
            while let Some(news) = receiver.recv().await {
                if messages.send(Msg::News(news)).await.is_err() {
                    return;
                }
            }
        });
        Ok(())
    }

    fn take(&self) -> Option<Session> {
        self.lock().take()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Session>> {
        // A panic while it was held left nothing half done: the session is swapped whole.
        self.session.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Where the secret of a draft comes from.
fn source(draft: &ConnectDraft, profile: &Profile) -> Arc<dyn SecretSource> {
    match (&draft.keeping, &draft.secret) {
        (SecretKeeping::Command(command), _) => Arc::new(CommandSecret::new(command)),
        (_, Some(secret)) => Arc::new(GivenSecret::new(secret.clone())),
        (_, None) => Arc::new(KeyringSecret::new(profile.name.clone())),
    }
}

/// The mirror's answer to a question.
///
/// # Errors
/// Where the mirror can't be read.
pub async fn answer(mirror: &Mirror, question: Question) -> Result<Answer, Failure> {
    Ok(match question {
        Question::Tickets { query, client, me, also, anchor, count } => {
            let count_up_to = query.has_words().then_some(COUNTED);
            let ask = TicketAsk {
                query,
                client,
                me,
                now: Timestamp::now(),
                zone: jiff::tz::TimeZone::system(),
                anchor,
                count: usize::from(count),
                also,
                count_up_to,
            };
            Answer::Tickets(mirror.read(move |reader| reader.tickets(&ask)).await?)
        }
        Question::Groups { query, client, me, by, folds, anchor, count } => {
            let ask = TicketAsk {
                query,
                client,
                me,
                now: Timestamp::now(),
                zone: jiff::tz::TimeZone::system(),
                anchor: Anchor::Start,
                count: usize::from(count),
                also: Vec::new(),
                count_up_to: None,
            };
            Answer::Groups(mirror.read(move |reader| reader.grouped(&ask, by, &folds, anchor)).await?)
        }
        Question::HaloLists => Answer::HaloLists(mirror.read(Reader::halo_lists).await?),
        Question::Counts { queries, client, me } => {
            let (now, zone) = (Timestamp::now(), jiff::tz::TimeZone::system());
            let ask = |query| TicketAsk {
                query,
                client,
                me,
                now,
                zone: zone.clone(),
                anchor: Anchor::Start,
                count: 0,
                also: Vec::new(),
                count_up_to: None,
            };
            let mut counts = Vec::with_capacity(queries.len());
            for query in queries {
                // One after the other: a question about rows never waits for all of them.
                let ask = ask(query);
                counts.push(mirror.read(move |reader| reader.counted(&ask)).await?);
            }
            Answer::Counts(counts)
        }
        Question::Clients { filter, anchor, count } => {
            Answer::Clients(mirror.read(move |reader| reader.clients(&filter, false, anchor, usize::from(count))).await?)
        }
        Question::Conversation(id) => {
            Answer::Conversation(mirror.read(move |reader| reader.conversation(id)).await?.map(Box::new))
        }
        Question::Overview => Answer::Overview(mirror.read(Reader::overview).await?),
        Question::Agents => Answer::Agents(mirror.read(Reader::agents).await?),
        Question::Known => Answer::Known(mirror.read(Reader::known).await?),
    })
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
