//! A running session against the stand-in, over real HTTP on loopback: what it fills, follows, survives, and what it costs.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that can't go on fails"
)]

use std::{
    os::unix::fs::PermissionsExt,
    sync::Arc,
    time::{Duration, Instant},
};

use halo_tui::{
    demo::{self, Control, Fault},
    domain::{
        Anchor, Changed, ClientId, Connection, Contracts, Failure, FailureKind, Filled, History, Hosting, News, Profile,
        ProfileName, Reach, Secret, SecretKeeping, TicketId, Timestamp,
    },
    halo::{Budget, Class, Credentials, Halo, LocalLedger, Openness, TicketsRequest, Tokens, Transport, TransportSettings},
    mirror::{BoardAsk, TicketAsk},
    query::Query,
    session::{MirrorPlace, Session, SessionSettings, open_mirror},
    settings::GivenSecret,
    sync::{Order, Sync},
};
use jiff::tz::TimeZone;
use tokio::sync::{mpsc, oneshot, watch};

/// When it is at the stand-in.
const NOW: &str = "2026-11-20T10:00:00Z";

struct Desk {
    control: Control,
    profile: Profile,
    secret: String,
    serving: tokio::task::JoinHandle<()>,
}

impl Desk {
    async fn open(settings: demo::Settings) -> Self {
        let at = NOW.parse().ok();
        let server = demo::Server::bind(demo::Settings { still: true, at, ..settings }).await.unwrap();
        let control = server.control();
        let variables = server.environment();
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
        Self { control, profile, secret: value("HALO_CLIENT_SECRET"), serving }
    }

    fn settings(&self) -> SessionSettings {
        SessionSettings {
            profile: self.profile.clone(),
            secret: Arc::new(GivenSecret::new(Secret::new(self.secret.clone()))),
            budget: None,
            ledger: None,
            every: None,
            history: History::None,
            clock: Arc::new(Timestamp::now),
        }
    }

    fn session(&self, place: &MirrorPlace) -> (Session, mpsc::Receiver<News>) {
        let (mirror, _) = open_mirror(place, &self.profile.identity()).unwrap();
        let (news, receiver) = mpsc::channel(1024);
        (Session::start(self.settings(), mirror, news).unwrap(), receiver)
    }

    /// The client alone, with limits of its own.
    fn client(&self, limits: TransportSettings) -> Halo {
        let clock: halo_tui::halo::Clock = Arc::new(Timestamp::now);
        let transport = Transport::new(limits).unwrap();
        let secret = Arc::new(GivenSecret::new(Secret::new(self.secret.clone())));
        let credentials = Credentials::new(&self.profile, secret).unwrap();
        let (tokens, mut task) = Tokens::new(transport.clone(), credentials, Arc::clone(&clock));
        tokio::spawn(async move { task.run().await });
        let budget = Budget::new(0, Arc::new(LocalLedger::default()), Arc::clone(&clock));
        Halo::new(&self.profile, transport, tokens, budget, clock).unwrap()
    }
}

/// Waits for news that fit; what else comes is dropped.
async fn until(news: &mut mpsc::Receiver<News>, fits: impl Fn(&News) -> bool) -> News {
    loop {
        let next = news.recv().await.expect("the session runs");
        if fits(&next) {
            return next;
        }
    }
}

async fn ids(session: &Session, words: &str) -> Vec<i64> {
    let mut ids = Vec::new();
    let query = Query::parse(words).unwrap();
    session
        .each_ticket(query, None, async |rows| {
            ids.extend(rows.iter().map(|row| row.id.0));
            std::ops::ControlFlow::Continue(())
        })
        .await
        .unwrap();
    ids
}

fn small() -> demo::Settings {
    demo::Settings { tickets: 400, ..demo::Settings::default() }
}

#[tokio::test]
async fn the_first_fill_shows_rows_after_one_request_and_ends_complete() {
    let desk = Desk::open(small()).await;
    let (session, mut news) = desk.session(&MirrorPlace::Memory);
    until(&mut news, |news| *news == News::Changed(Changed::Tickets)).await;
    assert_eq!(desk.control.tally().of("/api/tickets"), 1, "the first screenful is there after one page");
    session.refreshed(false).await.unwrap();
    let open = ids(&session, "is:open").await;
    let overview = session.overview().await.unwrap();
    assert_eq!((overview.open, overview.clients), (open.len() as u64, 120));
    assert!(open.len() > 100, "more than a page: {}", open.len());
    let lists = desk.control.tally().of("/api/tickets");
    // Another round asks twice: what is open and changed, what is closed and changed.
    session.refreshed(false).await.unwrap();
    assert_eq!(desk.control.tally().of("/api/tickets"), lists + 2);
    assert_eq!(desk.control.tally().tokens, 1);
}

#[tokio::test]
async fn the_server_is_asked_for_the_words_of_a_filter_and_what_it_finds_is_here_then() {
    let desk = Desk::open(small()).await;
    let (mirror, _) = open_mirror(&MirrorPlace::Memory, &desk.profile.identity()).unwrap();
    let session = Session::quiet(desk.settings(), mirror).unwrap();
    let search = async |words: &str| session.server_search().run(&Query::parse(words).unwrap(), None).await.unwrap();
    let found = search("printer is:open").await.unwrap();
    assert!(found.count > 0 && found.new == found.count && found.ids.len() == found.count, "{found:?}");
    let here = ids(&session, "id:>0 sort:-id").await;
    assert_eq!(here, found.ids.iter().rev().map(|id| id.0).collect::<Vec<_>>(), "closed ones too: the filter decides here");
    let again = search("printer").await.unwrap();
    assert_eq!((again.new, again.count), (0, found.count));
    assert_eq!(desk.control.tally().of("/api/tickets"), 2, "a request each");
    assert_eq!(search("client:acme is:open").await, None, "without words there is nothing to ask");
    assert_eq!(desk.control.tally().of("/api/tickets"), 2);
    let beside = search("printer qqqq").await.unwrap();
    assert_eq!((beside.count, beside.ids.len()), (found.count, 0), "where all words find nothing, the longest is looked for");
}

#[tokio::test]
async fn history_is_whole_whatever_the_server_honours() {
    for (fault, requests) in [(None, 20), (Some(Fault::IgnoreDates), 20), (Some(Fault::IgnoreClosed), 25)] {
        let desk = Desk::open(small()).await;
        desk.control.set_fault(fault);
        let (mirror, _) = open_mirror(&MirrorPlace::Memory, &desk.profile.identity()).unwrap();
        let (news, mut told) = mpsc::channel(64);
        let settings = SessionSettings { history: History::All, ..desk.settings() };
        let session = Session::start(settings, mirror, news).unwrap();
        let drain = tokio::spawn(async move { while told.recv().await.is_some() {} });
        session.refreshed(true).await.unwrap();
        session.filled_up(false).await.unwrap();
        let coverage = session.coverage().await.unwrap();
        assert_eq!(coverage.open + coverage.closed, 400, "{fault:?}");
        assert!(coverage.to_the_first, "{fault:?}");
        let open = desk.control.tally();
        assert!(open.of("/api/tickets") <= requests, "{fault:?}: {} lists of tickets", open.of("/api/tickets"));
        assert_eq!(ids(&session, "is:open").await.len() as u64, coverage.open_there.unwrap(), "{fault:?}");
        drain.abort();
    }
}

/// Filling under the limit of hosted instances, scaled down: neither the limit nor whoever waits is touched.
#[tokio::test]
async fn a_fill_within_the_budget_is_never_refused_and_leaves_room_for_people() {
    let desk = Desk::open(demo::Settings { rate: Some(60), ..small() }).await;
    let (mirror, _) = open_mirror(&MirrorPlace::Memory, &desk.profile.identity()).unwrap();
    let (news, mut told) = mpsc::channel(1024);
    let settings =
        SessionSettings { budget: Some(50), every: Some(Duration::from_mins(1)), history: History::All, ..desk.settings() };
    let session = Session::start(settings, mirror, news).unwrap();
    until(&mut told, |news| *news == News::Changed(Changed::Tickets)).await;
    assert_eq!(desk.control.tally().of("/api/tickets"), 1, "the first screenful");
    let drain = tokio::spawn(async move { while told.recv().await.is_some() {} });
    // What nobody waits for leaves a quarter of a large budget, and of a small one what the others need; a token is not counted.
    while desk.control.tally().total < 34 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // People's requests leave all the same, to the last place: a window takes five minutes to roll.
    let people = async {
        for id in ids(&session, "is:open").await.iter().take(7) {
            session.fetch_ticket(TicketId(*id)).await.unwrap();
        }
    };
    tokio::time::timeout(Duration::from_mins(1), people).await.expect("nobody waits");
    let total = desk.control.tally().total;
    assert!((48..=51).contains(&total), "{total} requests");
    assert_eq!(desk.control.tally().refused, 0);
    drain.abort();
}

#[tokio::test]
async fn what_changes_on_the_server_is_followed() {
    let desk = Desk::open(small()).await;
    let (session, _news) = desk.session(&MirrorPlace::Memory);
    session.refreshed(false).await.unwrap();
    let before = ids(&session, "is:open").await;
    let (closed, deleted) = (before[0], before[1]);
    let added = i64::try_from(desk.control.add_ticket()).unwrap();
    assert!(desk.control.close_ticket(closed.unsigned_abs()));
    assert!(desk.control.delete_ticket(deleted.unsigned_abs()));
    session.refreshed(false).await.unwrap();
    let after = ids(&session, "is:open").await;
    assert!(after.contains(&added) && !after.contains(&closed));
    assert!(ids(&session, "is:closed").await.contains(&closed), "a closed ticket is kept as closed");
    // Deletions are told nowhere: comparing finds them.
    session.refreshed(true).await.unwrap();
    assert!(!ids(&session, "is:open").await.contains(&deleted));
    assert!(session.conversation(TicketId(deleted)).await.unwrap().is_none());
}

#[tokio::test]
async fn every_fault_keeps_the_rows_and_names_its_cause() {
    let desk = Desk::open(small()).await;
    let (session, mut news) = desk.session(&MirrorPlace::Memory);
    session.refreshed(false).await.unwrap();
    let rows = ids(&session, "").await;
    for (fault, kind) in [
        (Fault::Html, FailureKind::WrongUrl),
        (Fault::Truncate, FailureKind::BadReply),
        (Fault::ServerError, FailureKind::Server(500)),
        (Fault::Drop, FailureKind::Unreachable),
        (Fault::Unauthorised, FailureKind::Unauthorised),
    ] {
        desk.control.set_fault(Some(fault));
        let failure: Failure = session.refreshed(false).await.unwrap_err();
        assert_eq!(failure.kind, kind, "{fault:?}: {failure}");
        assert!(!failure.what.is_empty());
        let told = until(&mut news, |news| matches!(news, News::Connection(Connection::Failing { .. }))).await;
        assert!(matches!(told, News::Connection(Connection::Failing { last_success: Some(_), .. })));
        assert_eq!(ids(&session, "").await, rows, "{fault:?}");
    }
    desk.control.set_fault(None);
    session.refreshed(false).await.unwrap();
}

#[tokio::test]
async fn one_bad_record_of_a_page_leaves_the_others() {
    let desk = Desk::open(demo::Settings { fault: Some(Fault::BadRecord), ..small() }).await;
    let healthy = Desk::open(small()).await;
    let (session, _news) = desk.session(&MirrorPlace::Memory);
    let (reference, _other) = healthy.session(&MirrorPlace::Memory);
    // Lists are read through to the end although one record of each page is broken.
    let _ = session.refreshed(false).await;
    reference.refreshed(false).await.unwrap();
    let expected = ids(&reference, "is:open").await;
    let got = ids(&session, "is:open").await;
    let missing = expected.iter().filter(|id| !got.contains(id)).count();
    let pages = expected.len().div_ceil(100);
    assert!(missing <= pages, "{missing} of {} are missing on {pages} pages", expected.len());
    let mut unreadable = 0;
    session
        .each_ticket(Query::parse("").unwrap(), None, async |rows| {
            unreadable += rows.iter().filter(|row| row.unreadable.is_some()).count();
            std::ops::ControlFlow::Continue(())
        })
        .await
        .unwrap();
    assert!(unreadable >= 1, "a bad record is shown as bad");
}

#[tokio::test]
async fn a_server_that_ignores_the_delta_costs_one_page_a_pass() {
    let desk = Desk::open(demo::Settings { fault: Some(Fault::IgnoreDelta), ..small() }).await;
    let (session, _news) = desk.session(&MirrorPlace::Memory);
    session.refreshed(false).await.unwrap();
    let lists = desk.control.tally().of("/api/tickets");
    let added = i64::try_from(desk.control.add_ticket()).unwrap();
    session.refreshed(false).await.unwrap();
    assert_eq!(desk.control.tally().of("/api/tickets"), lists + 3, "it is noticed on the first page, and proven once");
    assert!(ids(&session, "is:open").await.contains(&added));
    session.refreshed(false).await.unwrap();
    assert_eq!(desk.control.tally().of("/api/tickets"), lists + 5);
}

#[tokio::test]
async fn what_is_looked_at_is_fetched_once_until_it_moves_on() {
    let desk = Desk::open(small()).await;
    let (session, mut news) = desk.session(&MirrorPlace::Memory);
    session.refreshed(false).await.unwrap();
    let id = TicketId(ids(&session, "is:open").await[0]);
    session.look_at(id);
    until(&mut news, |news| *news == News::Changed(Changed::Conversation(id))).await;
    let conversation = session.conversation(id).await.unwrap().unwrap();
    assert!(conversation.fetched_at.is_some() && !conversation.actions.is_empty());
    let asked = desk.control.tally().of("/api/actions");
    session.look_at(id);
    session.refreshed(false).await.unwrap();
    assert_eq!(desk.control.tally().of("/api/actions"), asked, "nothing moved");
    assert!(desk.control.answer_ticket(id.0.unsigned_abs()));
    session.refreshed(false).await.unwrap();
    session.look_at(id);
    until(&mut news, |news| *news == News::Changed(Changed::Conversation(id))).await;
    assert_eq!(desk.control.tally().of("/api/actions"), asked + 1);
}

#[tokio::test]
async fn a_fill_that_nothing_follows_leaves_no_progress_behind() {
    let desk = Desk::open(small()).await;
    let (session, mut news) = desk.session(&MirrorPlace::Memory);
    session.refreshed(false).await.unwrap();
    let told = std::iter::from_fn(|| news.try_recv().ok());
    let filling = told.filter_map(|news| if let News::Filling(progress) = news { Some(progress) } else { None });
    let filling: Vec<_> = filling.collect();
    assert!(filling.iter().flatten().any(|progress| progress.what == Filled::Clients), "{filling:?}");
    assert_eq!(filling.last(), Some(&None), "{filling:?}");
}

#[tokio::test]
async fn a_ticket_that_moved_on_unnoticed_moves_in_the_lists_when_it_is_looked_at() {
    let desk = Desk::open(small()).await;
    let (session, mut news) = desk.session(&MirrorPlace::Memory);
    session.refreshed(false).await.unwrap();
    let id = TicketId(ids(&session, "is:open").await[0]);
    while news.try_recv().is_ok() {}
    assert!(desk.control.answer_ticket(id.0.unsigned_abs()));
    session.look_at(id);
    until(&mut news, |news| *news == News::Changed(Changed::Tickets)).await;
    until(&mut news, |news| *news == News::Changed(Changed::Conversation(id))).await;
}

#[tokio::test]
async fn stored_rows_are_there_before_any_answer_and_identities_never_share() {
    let folder = tempfile::tempdir().unwrap();
    let place = MirrorPlace::Disk { path: folder.path().join("profile/mirror.db"), bodies: true };
    let desk = Desk::open(small()).await;
    let (session, news) = desk.session(&place);
    session.refreshed(false).await.unwrap();
    let rows = ids(&session, "").await;
    tokio::task::spawn_blocking(move || session.stop()).await.unwrap();
    drop(news);
    desk.serving.abort();
    let (again, mut news) = desk.session(&place);
    assert_eq!(ids(&again, "").await, rows, "without a server");
    assert!(again.refreshed(false).await.unwrap_err().is_unreachable());
    until(&mut news, |news| matches!(news, News::Connection(Connection::Cached { .. }))).await;
    tokio::task::spawn_blocking(move || again.stop()).await.unwrap();
    for file in std::fs::read_dir(folder.path().join("profile")).unwrap().flatten() {
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.file_name());
    }
    let other = Desk { profile: Profile { client_id: "another".into(), ..desk.profile.clone() }, ..desk };
    let (stranger, _news) = other.session(&place);
    assert_eq!(ids(&stranger, "").await, Vec::<i64>::new());
}

#[tokio::test]
async fn a_refused_secret_is_told_once_and_then_left_alone() {
    let mut desk = Desk::open(small()).await;
    desk.secret = "wrong".into();
    let (session, mut news) = desk.session(&MirrorPlace::Memory);
    let failure = session.refreshed(false).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::InvalidClient);
    until(&mut news, |news| matches!(news, News::CredentialsNeeded(failure) if failure.kind == FailureKind::InvalidClient)).await;
    let tokens = desk.control.tally().tokens;
    for _ in 0..5 {
        assert!(session.refreshed(false).await.is_err());
    }
    assert_eq!(desk.control.tally().tokens, tokens, "no secret is offered again and again");
    assert_eq!(desk.control.tally().of("/api/tickets"), 0);
}

#[tokio::test]
async fn a_revoked_token_is_asked_for_anew_once() {
    let desk = Desk::open(small()).await;
    let (session, _news) = desk.session(&MirrorPlace::Memory);
    session.refreshed(false).await.unwrap();
    desk.control.revoke_tokens();
    session.refreshed(true).await.unwrap();
    assert_eq!(desk.control.tally().tokens, 2, "one refresh, whatever the number of refused requests");
}

#[tokio::test]
async fn a_fill_of_the_whole_demo_holds_exactly_what_is_open_there() {
    let desk = Desk::open(demo::Settings::default()).await;
    let (session, _news) = desk.session(&MirrorPlace::Memory);
    session.refreshed(false).await.unwrap();
    let request = TicketsRequest { openness: Openness::Open, ..TicketsRequest::default() };
    let there = desk.client(TransportSettings::default()).ticket_ids(&request, Class::Interactive).await.unwrap();
    let mut there: Vec<i64> = there.records.iter().map(|id| id.0).collect();
    there.sort_unstable();
    let mut here = ids(&session, "is:open").await;
    here.sort_unstable();
    assert!(here.len() > 300, "several pages: {}", here.len());
    assert_eq!(here, there);
}

#[tokio::test]
async fn the_board_counts_what_the_lists_behind_its_bars_have() {
    let desk = Desk::open(demo::Settings { tickets: 2_000, ..demo::Settings::default() }).await;
    let (mirror, _) = open_mirror(&MirrorPlace::Memory, &desk.profile.identity()).unwrap();
    let (news, _news) = mpsc::channel(1024);
    let session = Session::start(SessionSettings { history: History::All, ..desk.settings() }, mirror, news).unwrap();
    session.filled_up(false).await.unwrap();
    let (now, zone) = (NOW.parse::<Timestamp>().unwrap(), TimeZone::get("Asia/Tokyo").unwrap());
    let open = Query::parse("is:open sla:<8h -sla:<0m").unwrap();
    let ask = BoardAsk { open: vec![open.clone()], me: None, now, zone: zone.clone() };
    let board = session.mirror().read(move |reader| reader.board(&ask)).await.unwrap();
    assert_eq!(board.reach, Reach::Whole);
    let first = board.days[0].date;
    let mut bars = vec![
        (open.to_string(), board.open[0]),
        (format!("closed:>={first} sla:kept"), board.kept),
        (format!("closed:>={first} sla:missed"), board.missed),
    ];
    for day in &board.days {
        bars.extend([(format!("opened:{}", day.date), day.opened), (format!("closed:{}", day.date), day.closed)]);
    }
    for tally in board.agents.iter().chain(&board.clients).chain(&board.newcomers) {
        bars.push((tally.words.clone(), tally.count));
    }
    for tally in board.agents.iter().chain(&board.clients) {
        bars.push((format!("{} sla:<=today", tally.words), tally.pressing));
    }
    assert!(board.kept > 100 && board.missed > 0 && board.agents.len() > 5 && board.clients.len() == 8, "{board:?}");
    assert!(bars.iter().filter(|(_, n)| *n > 0).count() > 60, "{bars:?}");
    for (words, n) in bars {
        let ask = TicketAsk {
            query: Query::parse(&words).unwrap(),
            client: None,
            me: None,
            now,
            zone: zone.clone(),
            also: Vec::new(),
            anchor: Anchor::Start,
            count: 1,
            count_up_to: None,
        };
        let listed = session.mirror().read(move |reader| reader.tickets(&ask)).await.unwrap().total;
        assert_eq!(n, listed, "{words}");
    }
}

#[tokio::test]
async fn a_client_that_is_looked_at_is_read_singly_and_not_again_for_a_while() {
    let desk = Desk::open(small()).await;
    let (session, _news) = desk.session(&MirrorPlace::Memory);
    session.refreshed(false).await.unwrap();
    let id = ClientId(13);
    let overview = |session: &Session| {
        let mirror = session.mirror().clone();
        async move { mirror.read(move |reader| reader.client_overview(id, Timestamp::now())).await.unwrap().unwrap() }
    };
    assert_eq!(overview(&session).await.contracts, Contracts::Unread);
    let reader = session.client_reader();
    assert!(reader.look(id).await.unwrap());
    assert!(!reader.look(id).await.unwrap(), "what was read a moment ago is good");
    let told = overview(&session).await;
    let Contracts::Known(contracts) = &told.contracts else { panic!("{:?}", told.contracts) };
    assert!(contracts.len() == 1 && !contracts[0].reference.is_empty() && contracts[0].ends.is_some(), "{contracts:?}");
    assert!(told.contacts.first().is_some_and(|contact| contact.main && !contact.name.is_empty()), "{:?}", told.contacts);
    assert!(told.read_at.is_some() && !told.website.is_empty() && !told.remarks.is_empty());
    let tally = desk.control.tally();
    assert_eq!((tally.of("/api/client/*"), tally.of("/api/clientcontract")), (1, 1));
    let vip = session.clients(String::new(), None).await.unwrap().into_iter().find(|client| client.vip).unwrap();
    assert!(reader.look(vip.id).await.unwrap());
    let id = vip.id;
    let told = session.mirror().read(move |reader| reader.client_overview(id, Timestamp::now())).await.unwrap().unwrap();
    assert!(told.popups.iter().any(|popup| popup.as_str().contains("Call reception")), "{:?}", told.popups);
}

#[tokio::test]
async fn the_tickets_of_an_asset_are_asked_for_when_they_are_listed() {
    let desk = Desk::open(small()).await;
    let (session, _news) = desk.session(&MirrorPlace::Memory);
    session.refreshed(false).await.unwrap();
    // Some ticket is about an asset, which only the read of the ticket alone tells.
    let mut found = None;
    for id in ids(&session, "is:open").await {
        session.fetch_ticket(TicketId(id)).await.unwrap();
        let conversation = session.conversation(TicketId(id)).await.unwrap().unwrap();
        if let Some(asset) = conversation.extras.assets.first() {
            found = Some((asset.clone(), conversation.ticket.client_id, id));
            break;
        }
    }
    let (asset, client, id) = found.expect("every second ticket is about an asset");
    let words = format!("asset:\"{}\"", asset.tag);
    assert_eq!(ids(&session, &words).await, [id]);
    let reader = session.asset_reader();
    let came = reader.tickets(asset.id, asset.tag.as_str(), client).await.unwrap();
    let all = ids(&session, &words).await;
    assert!(all.contains(&id) && came == (all.len() > 1), "{all:?}");
    let asked = desk.control.tally().recent.iter().filter(|line| line.contains("asset_id=")).count();
    assert_eq!(asked, 1);
    assert!(!reader.tickets(asset.id, asset.tag.as_str(), client).await.unwrap(), "nothing is new");
    // A server that answers with others' tickets is not believed.
    assert!(!reader.tickets(asset.id, asset.tag.as_str(), ClientId(client.0 + 1)).await.unwrap());
}

#[tokio::test]
async fn contracts_that_may_not_be_seen_are_told_so_and_not_asked_for_again() {
    let mut desk = Desk::open(small()).await;
    desk.profile.scope = "read:tickets read:customers".to_owned();
    let (session, _news) = desk.session(&MirrorPlace::Memory);
    session.refreshed(false).await.unwrap();
    let reader = session.client_reader();
    for id in [13, 14] {
        assert!(reader.look(ClientId(id)).await.unwrap());
        let overview = session.mirror().read(move |reader| reader.client_overview(ClientId(id), Timestamp::now()));
        let told = overview.await.unwrap().unwrap();
        assert_eq!(told.contracts, Contracts::Hidden);
        assert!(told.read_at.is_some() && !told.website.is_empty(), "the rest is there");
    }
    let tally = desk.control.tally();
    assert_eq!((tally.of("/api/client/*"), tally.of("/api/clientcontract")), (2, 1));
}

#[tokio::test]
async fn an_answer_that_trickles_is_given_up_at_the_deadline_and_the_rows_stay() {
    let desk = Desk::open(small()).await;
    let (session, _news) = desk.session(&MirrorPlace::Memory);
    session.refreshed(false).await.unwrap();
    let rows = ids(&session, "").await;
    desk.control.set_fault(Some(Fault::Slow));
    let (news, mut told) = mpsc::channel(1024);
    let (orders, order_receiver) = mpsc::channel(1);
    let (_look, looked_at) = watch::channel(None);
    let limits = TransportSettings { deadline: Duration::from_millis(300), ..TransportSettings::default() };
    let (mirror, clock) = (session.mirror().clone(), Arc::new(Timestamp::now));
    let history = History::None;
    let sync = Sync { server: desk.client(limits), mirror, news, every: None, history, clock };
    tokio::spawn(sync.run(order_receiver, looked_at));
    let (done, result) = oneshot::channel();
    orders.send(Order::Refresh { everything: false, done: Some(done) }).await.unwrap();
    let failure = result.await.unwrap().unwrap_err();
    assert_eq!(failure.kind, FailureKind::TimedOut, "{failure}");
    until(&mut told, |news| matches!(news, News::Connection(Connection::Failing { .. }))).await;
    assert_eq!(ids(&session, "").await, rows);
}

#[tokio::test]
async fn short_lived_tokens_are_renewed_ahead_and_not_more_often_than_they_must() {
    let desk = Desk::open(demo::Settings { token_ttl: Duration::from_secs(2), ..small() }).await;
    let since = Instant::now();
    let (session, mut news) = desk.session(&MirrorPlace::Memory);
    // Each renewal is told; in between everything works.
    for _ in 0..3 {
        until(&mut news, |news| matches!(news, News::Token(halo_tui::domain::TokenState::Valid { .. }))).await;
        session.refreshed(false).await.unwrap();
    }
    let tokens = desk.control.tally().tokens;
    // A token of two seconds is renewed after three quarters of a second at the earliest.
    let most = since.elapsed().as_secs_f64() / 0.75 + 1.0;
    assert!(tokens >= 3 && f64::from(u32::try_from(tokens).unwrap()) <= most, "{tokens} of {most}");
}

#[tokio::test]
async fn a_token_that_ended_on_the_server_is_replaced_once() {
    let desk = Desk::open(small()).await;
    let (session, _news) = desk.session(&MirrorPlace::Memory);
    session.refreshed(false).await.unwrap();
    desk.control.advance(Duration::from_hours(2));
    session.refreshed(true).await.unwrap();
    assert_eq!(desk.control.tally().tokens, 2);
}

#[tokio::test]
async fn a_ticket_comes_with_what_hangs_on_it_and_its_files_can_be_read() {
    let desk = Desk::open(demo::Settings { tickets: 400, ..demo::Settings::default() }).await;
    let (session, _news) = desk.session(&MirrorPlace::Memory);
    let (mut tickets, mut assets, mut fields, mut files) = (0, 0, 0, Vec::new());
    for id in 1000..1036 {
        let id = TicketId(id);
        if let Err(failure) = session.fetch_ticket(id).await {
            assert_eq!(failure.kind, FailureKind::NotFound);
            continue;
        }
        let extras = session.conversation(id).await.unwrap().unwrap().extras;
        tickets += extras.tickets.len();
        assets += extras.assets.len();
        fields += extras.fields.iter().filter(|(label, value)| label.as_str() == "Kit" && !value.is_empty()).count();
        files.extend(extras.files);
    }
    assert!(tickets >= 8 && assets >= 10 && fields >= 10 && !files.is_empty(), "{tickets} {assets} {fields} {}", files.len());
    for file in files {
        let (pieces, mut taken) = mpsc::channel(2);
        let reader = session.files();
        let (read, whole) = tokio::join!(async move { reader.read(file.id, &pieces).await }, async {
            let mut whole = Vec::new();
            while let Some(piece) = taken.recv().await {
                whole.extend(piece);
            }
            whole
        });
        read.unwrap();
        assert_eq!(whole.len() as u64, file.size, "{}", file.name);
    }
}

#[tokio::test]
async fn how_halo_shows_its_lists_is_read_and_what_may_not_be_read_takes_nothing_from_them() {
    let desk = Desk::open(small()).await;
    let (mirror, _) = open_mirror(&MirrorPlace::Memory, &desk.profile.identity()).unwrap();
    let session = Session::quiet(desk.settings(), mirror).unwrap();
    let reader = session.list_reader();
    // Whoever keeps a list in `views.toml` has never asked for all of them.
    assert!(reader.columns(15).await.unwrap(), "the list is not known yet: the lists are asked for first");
    let columns = async |list: i64| {
        let lists = session.mirror().read(halo_tui::mirror::Reader::halo_lists).await.unwrap();
        let list = lists.into_iter().find(|other| other.id == list).unwrap();
        let told = list.columns.iter().map(|column| (column.name.to_string(), column.sorted, column.descending));
        told.collect::<Vec<_>>()
    };
    let closed = columns(15).await;
    assert_eq!(closed.first().unwrap(), &("Ticket ID".to_owned(), 0, false));
    assert_eq!(closed.last().unwrap(), &("Date Closed".to_owned(), 1, true));
    let asked = desk.control.tally().total;
    assert!(!reader.columns(15).await.unwrap());
    assert_eq!(desk.control.tally().total, asked, "not again for a while");
    assert!(!reader.columns(8).await.unwrap(), "a profile of another agent's own is refused");
    assert_eq!(desk.control.tally().total, asked + 1);
    assert!(!reader.columns(8).await.unwrap());
    assert_eq!(desk.control.tally().total, asked + 1, "nor is it asked for again and again");
    assert_eq!(columns(8).await, []);
    assert!(reader.tickets(8, true).await.unwrap());
    assert!(!ids(&session, "list:8").await.is_empty(), "its tickets are listed all the same");
    desk.control.set_fault(Some(Fault::Truncate));
    assert_eq!(reader.columns(6).await.unwrap_err().kind, FailureKind::BadReply);
    desk.control.set_fault(None);
    assert!(reader.columns(6).await.unwrap(), "a failure is tried again");
    reader.lists().await.unwrap();
    assert_eq!((columns(15).await, columns(6).await.len()), (closed, 7), "reading the lists keeps what is known of them");
}
