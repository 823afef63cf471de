//! A dashboard over a mirror that a session filled from the stand-in, without a terminal: frames in, frames out.

use std::{sync::Arc, time::Duration};

use halo_tui::{
    app::{Model, Start, frame, update},
    demo,
    domain::{
        AgentId, ConnectDraft, Connection, History, Hosting, LastView, News, Profile, ProfileName, Secret, SecretKeeping,
        Timestamp, TokenState,
    },
    keys::{DEFAULTS, Keymap},
    msg::{Effect, Input, Key, Msg, Now},
    panes::{ConnectPane, Views},
    runtime::answer,
    session::{MirrorPlace, Session, SessionSettings, open_mirror},
    settings::GivenSecret,
    ui::Look,
};
use ratatui::buffer::Buffer;
use tokio::{runtime::Runtime, sync::mpsc};

/// The time on the desk: 20 s into a minute.
const AT: &str = "2026-11-20T10:00:20Z";

/// The dashboard of a desk, at 120 columns and 40 rows.
pub(crate) struct Desk {
    model: Model,
    size: (u16, u16),
    now: Now,
    runtime: Runtime,
    session: Session,
    control: demo::Control,
}

impl Desk {
    /// Fills a mirror with a desk of so many tickets and opens the dashboard on it, as live as can be.
    #[allow(dead_code, reason = "not all of those who share the desk ask")]
    pub(crate) fn open(tickets: u64, look: Look) -> Self {
        Self::open_with(tickets, look, false)
    }

    /// The same with the preview beside the list or without.
    pub(crate) fn open_with(tickets: u64, look: Look, preview: bool) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let wall: Timestamp = AT.parse().unwrap();
        let (control, session) = runtime.block_on(async {
            let settings = demo::Settings { tickets, still: true, at: Some(wall), ..demo::Settings::default() };
            let server = demo::Server::bind(settings).await.unwrap();
            let control = server.control();
            let variables = server.environment();
            let value = |name: &str| variables.iter().find(|(other, _)| *other == name).unwrap().1.clone();
            let profile = Profile {
                name: ProfileName::parse("demo").unwrap(),
                hosting: Hosting::Hosted,
                auth_url: value("HALO_AUTH_URL"),
                resource_url: value("HALO_RESOURCE_URL"),
                tenant: Some(value("HALO_TENANT")),
                client_id: value("HALO_CLIENT_ID"),
                scope: "all".into(),
                me: None,
                secret: SecretKeeping::Ask,
                ca_file: None,
            };
            let secret = Arc::new(GivenSecret::new(Secret::new(value("HALO_CLIENT_SECRET"))));
            tokio::spawn(async move { server.run(std::future::pending()).await.unwrap() });
            let (mirror, _) = open_mirror(&MirrorPlace::Memory, &profile.identity()).unwrap();
            let (news, mut heard) = mpsc::channel(1024);
            tokio::spawn(async move { while heard.recv().await.is_some() {} });
            let clock = Arc::new(move || wall);
            let session = Session::start(
                SessionSettings { profile, secret, budget: None, every: None, ledger: None, history: History::None, clock },
                mirror,
                news,
            );
            let session = session.unwrap();
            session.refreshed(false).await.unwrap();
            (control, session)
        });
        let (keymap, _) = Keymap::compile(DEFAULTS, "");
        let model = Model::new(Start {
            size: (120, 40),
            look,
            keymap,
            profile: "demo".into(),
            me: Some(AgentId(1)),
            web_app: "https://demo.example".into(),
            preview,
            lean_by_itself: false,
            connect: ConnectPane::new(&ConnectDraft::default(), None, false, false),
            needs_connect: false,
            views: Views::default(),
            view: LastView::default(),
            faults: Vec::new(),
        });
        let mut desk =
            Self { model, size: (120, 40), now: Now { wall, tick: Duration::from_secs(100) }, runtime, session, control };
        desk.take(Msg::Input(Input::Resize { cols: 120, rows: 40 }));
        desk.take(Msg::News(News::Changed(halo_tui::domain::Changed::Lookups)));
        desk.take(Msg::News(News::Changed(halo_tui::domain::Changed::Tickets)));
        desk.take(Msg::News(News::Connection(Connection::Live { at: wall })));
        desk.take(Msg::News(News::Token(TokenState::Valid { until: wall + Duration::from_hours(1) })));
        desk
    }

    /// What the dashboard shows now.
    pub(crate) fn frame(&self) -> Buffer {
        frame(&self.model, self.now, self.size.0, self.size.1).0
    }

    /// Gives the terminal another size.
    #[allow(dead_code, reason = "not all of those who share the desk ask")]
    pub(crate) fn resize(&mut self, cols: u16, rows: u16) {
        self.size = (cols, rows);
        self.take(Msg::Input(Input::Resize { cols, rows }));
    }

    /// Presses a key, and how long the program itself took for it; what it asks is answered after that.
    #[allow(dead_code, reason = "not all of those who share the desk ask")]
    pub(crate) fn timed(&mut self, key: Key) -> Duration {
        let start = std::time::Instant::now();
        let effects = update(&mut self.model, Msg::Input(Input::Key(key)), self.now);
        let took = start.elapsed();
        self.carry_out(effects);
        took
    }

    /// Presses a key; the frame after it.
    pub(crate) fn press(&mut self, key: Key) -> Buffer {
        self.take(Msg::Input(Input::Key(key)));
        self.frame()
    }

    /// Lets time pass without anything happening.
    pub(crate) fn wait(&mut self, by: Duration) -> Buffer {
        self.now = Now { wall: self.now.wall + by, tick: self.now.tick + by };
        self.take(Msg::Wake);
        self.frame()
    }

    /// What the stand-in was asked so far.
    #[allow(dead_code, reason = "not all of those who share the desk ask")]
    pub(crate) fn tally(&self) -> demo::Tally {
        self.control.tally()
    }

    /// A customer answers the ticket of this number, and the dashboard hears of it.
    #[allow(dead_code, reason = "not all of those who share the desk ask")]
    pub(crate) fn customer_answers(&mut self, ticket: u64) -> Buffer {
        assert!(self.control.answer_ticket(ticket));
        self.runtime.block_on(self.session.refreshed(false)).unwrap();
        self.take(Msg::News(News::Changed(halo_tui::domain::Changed::Tickets)));
        self.frame()
    }

    /// Gives a message, and answers from the mirror whatever is asked.
    fn take(&mut self, msg: Msg) {
        let effects = update(&mut self.model, msg, self.now);
        self.carry_out(effects);
    }

    fn carry_out(&mut self, mut effects: Vec<Effect>) {
        while let Some(effect) = effects.pop() {
            let msg = match effect {
                Effect::Ask { slot, id, question } => {
                    let answer = self.runtime.block_on(answer(self.session.mirror(), question));
                    Some(Msg::Answer { slot, id, answer })
                }
                Effect::LookAt(ticket) => {
                    self.runtime.block_on(self.session.fetch_ticket(ticket)).unwrap();
                    Some(Msg::News(News::Changed(halo_tui::domain::Changed::Conversation(ticket))))
                }
                Effect::Seen { ticket, updated } => {
                    let changed = self.runtime.block_on(self.session.mirror().mark_seen(ticket, updated)).unwrap();
                    changed.then_some(Msg::News(News::Changed(halo_tui::domain::Changed::Tickets)))
                }
                _ => None,
            };
            if let Some(msg) = msg {
                effects.extend(update(&mut self.model, msg, self.now));
            }
        }
    }
}
