//! Instances of one profile over one mirror: who asks the server, what the others see, and who goes on.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that can't go on fails"
)]

use std::{sync::Arc, time::Duration};

use halo_tui::{
    demo::{self, Control, Fault},
    domain::{
        Anchor, Changed, Connection, FailureKind, History, Hosting, News, Profile, ProfileName, Secret, SecretKeeping, TicketId,
        Timestamp, TokenState,
    },
    mirror::{Reader, TicketAsk},
    session::{self, MirrorPlace, Session, SessionSettings, open_mirror},
    settings::GivenSecret,
};
use tokio::sync::mpsc;

/// How long anything may take before a test gives up: far more than it ever needs.
const PATIENCE: Duration = Duration::from_secs(20);

/// The stand-in, and a folder in which instances meet.
struct Desk {
    control: Control,
    profile: Profile,
    secret: String,
    folder: tempfile::TempDir,
    /// How far back it is filled.
    history: History,
    serving: tokio::task::JoinHandle<()>,
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// One instance as a program would be.
struct Instance {
    session: Session,
    news: mpsc::Receiver<News>,
}

impl Desk {
    async fn open() -> Self {
        let at = "2026-11-20T10:00:00Z".parse().ok();
        let settings = demo::Settings { tickets: 400, still: true, at, ..demo::Settings::default() };
        let server = demo::Server::bind(settings).await.unwrap();
        let (control, variables) = (server.control(), server.environment());
        let value = |name: &str| variables.iter().find(|(other, _)| *other == name).unwrap().1.clone();
        let profile = Profile {
            name: ProfileName::parse("test").unwrap(),
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
        let serving = tokio::spawn(async move { server.run(std::future::pending()).await.unwrap() });
        Self {
            control,
            profile,
            secret: value("HALO_CLIENT_SECRET"),
            folder: tempfile::tempdir().unwrap(),
            history: History::None,
            serving,
        }
    }

    /// Another instance; it refreshes by itself where `every` says so.
    fn instance(&self, every: Option<Duration>) -> Instance {
        let place = MirrorPlace::Disk { path: self.folder.path().join("mirror.db"), bodies: true };
        let (mirror, _) = open_mirror(&place, &self.profile.identity()).unwrap();
        let (sender, news) = mpsc::channel(4096);
        let settings = SessionSettings {
            profile: self.profile.clone(),
            secret: Arc::new(GivenSecret::new(Secret::new(self.secret.clone()))),
            budget: None,
            ledger: Some(self.folder.path().join("requests")),
            every,
            history: self.history,
            clock: Arc::new(Timestamp::now),
        };
        Instance { session: Session::start(settings, mirror, sender).unwrap(), news }
    }

    /// An instance that has filled the mirror and refreshes it.
    async fn refreshing(&self) -> Instance {
        let instance = self.instance(None);
        instance.session.refreshed(false).await.unwrap();
        instance
    }

    /// An instance that follows that one.
    async fn following(&self) -> Instance {
        let mut instance = self.instance(None);
        instance.until(|news| matches!(news, News::Following { .. })).await;
        instance
    }
}

impl Instance {
    async fn until(&mut self, fits: impl Fn(&News) -> bool) -> News {
        let end = tokio::time::Instant::now() + PATIENCE;
        let mut heard = Vec::new();
        loop {
            let news = tokio::time::timeout_at(end, self.news.recv()).await.ok().flatten();
            match news {
                Some(news) if fits(&news) => return news,
                Some(news) => heard.push(news),
                None => panic!("not among the news: {heard:#?}"),
            }
        }
    }

    fn requests(&self) -> u64 {
        self.session.stats().requests
    }

    /// Ends as a program does; blocks on the mirror.
    async fn stop(self) {
        tokio::task::spawn_blocking(move || self.session.stop()).await.unwrap();
    }

    async fn open_tickets(&self) -> Vec<i64> {
        self.session.mirror().read(Reader::open_ticket_ids).await.unwrap().into_iter().map(|id| id.0).collect()
    }
}

fn is_live(news: &News) -> bool {
    matches!(news, News::Connection(Connection::Live { .. }))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mirror_in_use_is_not_removed() {
    let desk = Desk::open().await;
    let place = desk.folder.path().join("mirror.db");
    let (first, second) = (desk.refreshing().await, desk.following().await);
    assert!(!session::purge(&place).unwrap() && place.exists());
    first.stop().await;
    second.session.refreshed(false).await.unwrap();
    assert!(!session::purge(&place).unwrap(), "the other one refreshes it now");
    assert!(!second.open_tickets().await.is_empty());
    second.stop().await;
    assert!(session::purge(&place).unwrap() && !place.exists());
}

#[tokio::test]
async fn many_instances_cost_what_one_costs() {
    let desk = Desk::open().await;
    let mut first = desk.refreshing().await;
    let mut others = Vec::new();
    for _ in 0..4 {
        others.push(desk.following().await);
    }
    for other in &mut others {
        other.until(is_live).await;
    }
    let before = desk.control.tally().of("/api/tickets");
    first.session.refresh_every(Some(Duration::from_millis(500)));
    while first.news.try_recv().is_ok() {}
    for _ in 0..4 {
        first.until(is_live).await;
    }
    first.session.refresh_every(None);
    // Whatever is under way is over once this is answered.
    first.session.refreshed(false).await.unwrap();
    assert_eq!(others.iter().map(Instance::requests).collect::<Vec<_>>(), [0; 4]);
    let after = desk.control.tally();
    assert_eq!(after.tokens, 1, "who asks nothing needs no token");
    assert_eq!(first.requests() + 1, after.total);
    assert!(after.of("/api/tickets") > before);
}

#[tokio::test]
async fn what_one_brings_the_others_see() {
    let desk = Desk::open().await;
    let first = desk.refreshing().await;
    let mut other = desk.following().await;
    other.until(|news| matches!(news, News::Token(TokenState::Valid { .. }))).await;
    other.until(is_live).await;
    let added = i64::try_from(desk.control.add_ticket()).unwrap();
    first.session.refreshed(false).await.unwrap();
    other.until(|news| *news == News::Changed(Changed::Tickets)).await;
    assert!(other.open_tickets().await.contains(&added));
    assert_eq!(other.requests(), 0);
}

#[tokio::test]
async fn a_window_that_nobody_looks_at_is_caught_up_when_somebody_does() {
    let desk = Desk::open().await;
    let first = desk.refreshing().await;
    let mut other = desk.following().await;
    other.until(is_live).await;
    other.session.watched(false);
    desk.control.add_ticket();
    first.session.refreshed(false).await.unwrap();
    other.session.watched(true);
    other.until(|news| *news == News::Changed(Changed::Tickets)).await;
}

#[tokio::test]
async fn a_refresh_is_asked_of_the_one_that_refreshes() {
    let desk = Desk::open().await;
    let first = desk.refreshing().await;
    let other = desk.following().await;
    let before = first.requests();
    let added = i64::try_from(desk.control.add_ticket()).unwrap();
    // For everything: rows that came a moment ago are fresh enough for the rest.
    other.session.refreshed(true).await.unwrap();
    assert!(other.open_tickets().await.contains(&added));
    assert_eq!((other.requests(), desk.control.tally().tokens), (0, 1));
    assert!(first.requests() > before);

    desk.control.set_fault(Some(Fault::ServerError));
    let failure = other.session.refreshed(true).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Server(500));
    desk.control.set_fault(None);
    other.session.refreshed(true).await.unwrap();
}

#[tokio::test]
async fn filling_up_is_asked_of_the_one_that_refreshes() {
    let mut desk = Desk::open().await;
    desk.history = History::All;
    let first = desk.refreshing().await;
    let other = desk.following().await;
    // Refreshes that are answered meanwhile are no answer to this.
    let (filled, refreshed) = tokio::join!(other.session.filled_up(false), other.session.refreshed(true));
    assert_eq!((filled, refreshed), (Ok(()), Ok(())));
    assert!(other.session.coverage().await.unwrap().to_the_first);
    assert_eq!(other.requests(), 0);
    assert!(first.requests() > 0);
}

#[tokio::test]
async fn how_the_one_that_refreshes_fares_the_others_tell() {
    let desk = Desk::open().await;
    let first = desk.refreshing().await;
    let mut other = desk.following().await;
    other.until(is_live).await;
    desk.control.set_fault(Some(Fault::Drop));
    first.session.refreshed(false).await.unwrap_err();
    let told = other.until(|news| matches!(news, News::Connection(Connection::Failing { .. }))).await;
    let News::Connection(Connection::Failing { failure, last_success, .. }) = told else { panic!("{told:?}") };
    assert_eq!((failure.kind, last_success.is_some()), (FailureKind::Unreachable, true));
    desk.control.set_fault(None);
    first.session.refreshed(false).await.unwrap();
    other.until(is_live).await;
}

#[tokio::test]
async fn what_is_looked_at_is_read_by_who_looks_and_seen_by_who_looks_too() {
    let desk = Desk::open().await;
    let mut first = desk.refreshing().await;
    let mut other = desk.following().await;
    let ticket = TicketId(first.open_tickets().await[0]);
    let read = |news: &News| *news == News::Changed(Changed::Conversation(ticket));
    other.session.look_at(ticket);
    other.until(read).await;
    assert_eq!((other.requests(), desk.control.tally().tokens), (2, 2));
    first.session.look_at(ticket);
    desk.control.answer_ticket(ticket.0.unsigned_abs());
    first.session.refreshed(false).await.unwrap();
    other.session.look_at(ticket);
    first.until(read).await;
}

#[tokio::test]
async fn when_one_ends_exactly_one_goes_on() {
    let desk = Desk::open().await;
    let first = desk.refreshing().await;
    let mut others = Vec::new();
    for _ in 0..3 {
        others.push(desk.following().await);
    }
    let pages = || desk.control.tally().recent.iter().filter(|line| line.contains("page_no=2")).count();
    let before = pages();
    first.stop().await;
    // Whoever took over begins with a refresh, and from where the stored rows stand: no fill anew.
    for other in &others {
        assert_eq!(other.session.refreshed(true).await, Ok(()));
    }
    let (went_on, others): (Vec<_>, Vec<_>) = others.into_iter().partition(|other| other.requests() > 0);
    assert_eq!(went_on.len(), 1);
    let lists = desk.control.tally().recent.iter().filter(|line| line.contains("Tickets?") && line.contains("page_no=2")).count();
    assert_eq!((pages() > before, lists), (true, 1), "clients were read anew, tickets were not filled anew");
    // The next one goes on where that one ends.
    for second in went_on {
        second.stop().await;
    }
    let added = i64::try_from(desk.control.add_ticket()).unwrap();
    others[0].session.refreshed(true).await.unwrap();
    assert!(others[0].open_tickets().await.contains(&added));
}

#[tokio::test]
async fn one_that_rests_leaves_it_to_another() {
    let desk = Desk::open().await;
    let mut first = desk.refreshing().await;
    let other = desk.following().await;
    let before = first.requests();
    first.session.rest();
    other.session.refreshed(true).await.unwrap();
    assert!(other.requests() > 0);
    first.session.go_on();
    first.until(|news| matches!(news, News::Following { .. })).await;
    first.session.refreshed(true).await.unwrap();
    assert_eq!(first.requests(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_of_halo_are_read_with_their_tickets_and_are_there_for_all() {
    let desk = Desk::open().await;
    let one = desk.refreshing().await;
    let lists = one.session.list_reader();
    lists.lists().await.unwrap();
    let stored = one.session.mirror().read(Reader::halo_lists).await.unwrap();
    let closed = stored.iter().find(|list| list.name.as_str() == "Closed").unwrap();
    assert_eq!((stored.len(), closed.id, closed.count, closed.read_at), (9, 15, 0, None));
    let count = async |instance: &Instance, words: &str| {
        let query = halo_tui::query::Query::parse(words).unwrap();
        let ask = TicketAsk {
            query,
            client: None,
            me: None,
            now: Timestamp::now(),
            zone: jiff::tz::TimeZone::UTC,
            also: Vec::new(),
            anchor: Anchor::Start,
            count: 500,
            count_up_to: None,
        };
        let window = instance.session.mirror().read(move |reader| reader.tickets(&ask)).await.unwrap();
        (window.total, window.rows.iter().filter(|row| row.is_closed).count())
    };
    assert_eq!(count(&one, "list:15").await, (0, 0));
    // Its tickets were never stored here: they are fetched, a page of a hundred at a time.
    assert!(lists.tickets(15, true).await.unwrap());
    let (total, are_closed) = count(&one, "list:15").await;
    assert!(total > 100 && usize::try_from(total).unwrap() == are_closed, "{total} tickets, {are_closed} of them closed");
    assert_eq!(count(&one, "list:\"closed\" -is:open").await.0, total, "by its name too");
    let before = one.session.stats().requests;
    assert!(!lists.tickets(15, false).await.unwrap(), "nothing came and nothing went");
    assert_eq!(one.session.stats().requests, before + 1, "the numbers alone");
    let other = desk.following().await;
    assert_eq!(count(&other, "list:15").await.0, total);
    let read_at = other.session.mirror().read(Reader::halo_lists).await.unwrap()[8].read_at;
    assert!(read_at.is_some(), "and how old it is");
    // Without the server it is listed as it was read.
    desk.control.set_fault(Some(Fault::Drop));
    assert!(lists.tickets(15, false).await.is_err());
    assert_eq!(count(&other, "list:15").await.0, total);
}
