//! Whole screens as text, and what styles they carry.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that can't go on fails"
)]

#[path = "screens/board.rs"]
mod board;
#[path = "screens/client.rs"]
mod client;
#[path = "screens/filter.rs"]
mod filter;
#[path = "screens/keys.rs"]
mod keys;
#[path = "screens/lines.rs"]
mod lines;
#[path = "screens/ticket.rs"]
mod ticket;
#[path = "screens/views.rs"]
mod views;

use std::time::Duration;

use halo_tui::{
    app::{Model, Start, frame, update},
    domain::{
        ActionId, ActionRow, AgentId, AgentRow, Author, ClientId, ClientRow, ConnectDraft, ConnectReport, ConnectStep,
        Connection, Conversation, Counted, Coverage, Failure, FailureKind, FillProgress, Hosting, Label, LastView, News,
        Overview, PriorityId, Rgb, StepOutcome, TicketId, TicketRow, Timestamp, TokenState, Window,
    },
    keys::{DEFAULTS, Keymap},
    msg::{Answer, ConnectNews, Discovered, Effect, Input, Key, KeyCode, Msg, Now, Question},
    panes::{ConnectPane, Views},
    query::{Known, NameKey, Query},
    text::{Links, MailText, SafeText},
    ui::{ColourDepth, Glyphs, Look, Role, Theme},
};
use ratatui::{
    buffer::Buffer,
    style::{Color, Modifier},
};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Now {
    Now { wall: at("2026-11-20T10:00:20Z"), tick: Duration::from_secs(100) }
}

fn line(text: &str) -> SafeText {
    SafeText::line(text)
}

fn label(name: &str, rgb: Rgb) -> Label {
    Label { name: line(name), colour: Some(rgb) }
}

/// Rows that show what can go wrong in a list: wide scripts, hostile words, every state.
fn tickets() -> Vec<TicketRow> {
    let row = |id: i64, summary: &str, client: &str| TicketRow {
        id: TicketId(id),
        summary: line(summary),
        client_id: ClientId(12),
        client: line(client),
        site: line("Head Office"),
        user: line("Dana Reyes"),
        agent_id: AgentId(7),
        agent: Some(line("Priya Shah")),
        team: line("1st Line"),
        status: label("In Progress", Rgb(0x4a, 0x90, 0xe2)),
        priority: label("High", Rgb(0xf4, 0x4e, 0x3b)),
        priority_id: PriorityId(2),
        ticket_type: line("Incident"),
        opened: Some(at("2026-11-19T10:00:00Z")),
        last_action: Some(at("2026-11-20T09:46:00Z")),
        ..TicketRow::default()
    };
    vec![
        TicketRow {
            fix_by: Some(at("2026-11-20T10:40:00Z")),
            vip: true,
            ..row(10482, "Mail server unreachable", "Borealis Ltd")
        },
        TicketRow { fix_by: Some(at("2026-11-20T09:00:00Z")), ..row(10479, "VPN drops every ten minutes", "Cobalt Legal") },
        TicketRow {
            on_hold: true, agent: None, ..row(10466, "印刷できません 3階のプリンター", "株式会社さくら")
        },
        row(
            10471,
            "\u{1b}[31mred\u{1b}[0m \u{202e}gpj.exe\u{202c} a\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
            "Evil\tCo",
        ),
        TicketRow { unreadable: Some(line("id is no number")), ..row(10458, "", "") },
        TicketRow {
            is_closed: true,
            closed: Some(at("2026-11-20T09:46:00Z")),
            ..row(10390, "👩‍💻 Add shared calendar", "한빛도서관")
        },
    ]
}

fn look(depth: ColourDepth) -> Look {
    Look::new(&Theme::default(), depth, Glyphs::UTF8, false)
}

struct Desk {
    model: Model,
    size: (u16, u16),
}

impl Desk {
    fn model(cols: u16, rows: u16, preview: bool, needs_connect: bool, look: Look) -> Model {
        Self::model_with(cols, rows, preview, needs_connect, look, LastView::default())
    }

    fn model_with(cols: u16, rows: u16, preview: bool, needs_connect: bool, look: Look, view: LastView) -> Model {
        Model::new(Self::start(cols, rows, preview, needs_connect, look, view))
    }

    fn start(cols: u16, rows: u16, preview: bool, needs_connect: bool, look: Look, view: LastView) -> Start {
        let (keymap, complaints) = Keymap::compile(DEFAULTS, "");
        assert_eq!(complaints, []);
        Start {
            size: (cols, rows),
            look,
            keymap,
            profile: "acme".into(),
            me: Some(AgentId(7)),
            web_app: "https://acme.example".into(),
            preview,
            lean_by_itself: true,
            connect: ConnectPane::new(&ConnectDraft::default(), None, needs_connect, false),
            needs_connect,
            views: Views::default(),
            view,
            faults: Vec::new(),
        }
    }

    fn new(cols: u16, rows: u16, preview: bool, needs_connect: bool, look: Look) -> Self {
        let mut desk = Self { model: Self::model(cols, rows, preview, needs_connect, look), size: (cols, rows) };
        desk.take(Msg::Input(Input::Resize { cols, rows }));
        desk
    }

    /// A dashboard with rows, as live as can be.
    fn full(cols: u16, rows: u16, preview: bool) -> Self {
        let mut desk = Self::new(cols, rows, preview, false, look(ColourDepth::True));
        desk.take(Msg::News(News::Connection(Connection::Live { at: at("2026-11-20T10:00:00Z") })));
        desk.take(Msg::News(News::Token(TokenState::Valid { until: at("2026-11-20T11:00:00Z") })));
        let robot = halo_tui::domain::Agent { id: AgentId(29), name: "API Robot".into(), ..Default::default() };
        desk.take(Msg::News(News::ActingAs(Box::new(robot))));
        desk.take(Msg::News(News::Changed(halo_tui::domain::Changed::Lookups)));
        desk.take(Msg::News(News::Changed(halo_tui::domain::Changed::Clients)));
        desk.later(Duration::from_millis(400));
        desk
    }

    /// Gives a message, and answers whatever is asked, as the mirror would.
    fn take(&mut self, msg: Msg) -> Vec<Effect> {
        self.take_at(msg, now())
    }

    fn later(&mut self, by: Duration) -> Vec<Effect> {
        let now = now();
        self.take_at(Msg::Wake, Now { tick: now.tick + by, ..now })
    }

    fn take_at(&mut self, msg: Msg, now: Now) -> Vec<Effect> {
        let mut left = Vec::new();
        let mut effects = update(&mut self.model, msg, now);
        while let Some(effect) = effects.pop() {
            if let Effect::Ask { slot, id, question } = effect {
                let answer = Ok(answer(&question));
                effects.extend(update(&mut self.model, Msg::Answer { slot, id, answer }, now));
            } else {
                left.push(effect);
            }
        }
        left
    }

    fn keys(&mut self, keys: &str) -> Vec<Effect> {
        keys.chars()
            .flat_map(|c| {
                let key = match c {
                    '\r' => Key::plain(KeyCode::Enter),
                    '\t' => Key::plain(KeyCode::Tab),
                    '\u{1b}' => Key::plain(KeyCode::Esc),
                    '\u{3}' => Key::ctrl('c'),
                    '↑' => Key::plain(KeyCode::Up),
                    '↓' => Key::plain(KeyCode::Down),
                    '\u{14}' => Key::ctrl('t'),
                    c => Key::char(c),
                };
                self.take(Msg::Input(Input::Key(key)))
            })
            .collect()
    }

    fn frame(&self) -> Buffer {
        frame(&self.model, now(), self.size.0, self.size.1).0
    }

    fn text(&self) -> String {
        let frame = self.frame();
        let cols = usize::from(frame.area.width);
        let rows = frame.content().chunks(cols).map(|row| {
            let mut text = String::new();
            let mut skip = 0;
            for cell in row {
                if skip > 0 {
                    skip -= 1;
                    continue;
                }
                text.push_str(cell.symbol());
                skip = halo_tui::text::width(cell.symbol()).saturating_sub(1);
            }
            text.trim_end().to_owned()
        });
        rows.collect::<Vec<_>>().join("\n")
    }
}

fn answer(question: &Question) -> Answer {
    match question {
        Question::Tickets { query, .. } if query.terms.iter().any(|term| format!("{term:?}").contains("zzz")) => {
            Answer::Tickets(Window::default())
        }
        Question::Tickets { .. } => Answer::Tickets(Window { rows: tickets(), offset: 0, total: 6, more: false }),
        Question::Groups { folds, .. } => views::grouped(folds),
        Question::HaloLists => views::lists(),
        Question::Counts { queries, .. } => {
            Answer::Counts((0..).zip(queries).map(|(n, _)| Some(Counted { n: 1 + n * 613, more: n == 3 })).collect())
        }
        Question::Board { open, .. } => board::numbers(open.len()),
        Question::Register { register, client, with_inactive, .. } => client::register(*register, *client, *with_inactive),
        Question::Client(id) => client::overview(*id),
        Question::Called { words, .. } => client::called(words),
        Question::Conversation(id) if ticket::conversation(*id).is_some() => {
            Answer::Conversation(ticket::conversation(*id).map(Box::new))
        }
        Question::Conversation(id) => Answer::Conversation(tickets().into_iter().find(|row| row.id == *id).map(|ticket| {
            let action = |id, author, who: &str, text: &str, private| ActionRow {
                id: ActionId(id),
                author,
                who: line(who),
                outcome: line(if private { "Private Note" } else { "Email" }),
                at: Some(at("2026-11-20T09:46:00Z")),
                text: MailText::plain(text, &mut Links::default()),
                private,
                minutes: if private { 15 } else { 0 },
                ..ActionRow::default()
            };
            let actions = vec![
                action(3, Author::Customer, "Dana Reyes", "Still down.", false),
                action(2, Author::Agent, "Priya Shah", "Edge transport is down, restarting.", true),
                ActionRow { new_status: Some(line("In Progress")), ..action(1, Author::System, "Halo", "", false) },
            ];
            let body = MailText::said(SafeText::block("Nobody can send or receive since 10:40.\n\n\n\nWebmail shows 503."));
            let fetched_at = Some(at("2026-11-20T10:00:00Z"));
            Box::new(Conversation { ticket, body, actions, fetched_at, ..Conversation::default() })
        })),
        Question::Overview => Answer::Overview(Overview { open: 1214, closed: 3, total: 1217, clients: 120 }),
        Question::Known => {
            let known = |key: NameKey, name| Known::new(key, line(name));
            Answer::Known(vec![
                known(NameKey::Client, "Borealis Ltd"),
                known(NameKey::Client, "Boréal & Fils"),
                known(NameKey::Client, "株式会社さくら"),
                known(NameKey::Agent, "Priya Shah"),
                known(NameKey::Status, "In Progress"),
            ])
        }
        Question::Agents => {
            let agent =
                |id, name: &str| AgentRow { id: AgentId(id), name: line(name), team: line("1st Line"), ..AgentRow::default() };
            Answer::Agents(vec![agent(7, "Priya Shah"), agent(8, "Sam Duty")])
        }
    }
}

#[test]
fn dashboard_120x40() {
    insta::assert_snapshot!(Desk::full(120, 40, true).text());
}

#[test]
fn dashboard_without_preview_120x40() {
    insta::assert_snapshot!(Desk::full(120, 40, false).text());
}

#[test]
fn dashboard_80x24() {
    insta::assert_snapshot!(Desk::full(80, 24, true).text());
}

#[test]
fn dashboard_with_clients_170x45() {
    insta::assert_snapshot!(Desk::full(170, 45, true).text());
}

#[test]
fn too_small_40x12() {
    insta::assert_snapshot!(Desk::full(40, 12, true).text());
}

#[test]
fn opened_ticket_80x24() {
    let mut desk = Desk::full(80, 24, true);
    desk.keys("\r");
    desk.later(Duration::from_millis(800));
    insta::assert_snapshot!(desk.text());
}

#[test]
fn clients_80x24() {
    let mut desk = Desk::full(80, 24, true);
    desk.keys("\t");
    insta::assert_snapshot!(desk.text());
}

#[test]
fn filter_that_fits_nothing_and_one_that_cannot_be_read_80x24() {
    let mut desk = Desk::full(80, 24, false);
    desk.keys("/zzz");
    let nothing = desk.text();
    desk.keys(" statu:x");
    insta::assert_snapshot!(format!("{nothing}\n=== and then ===\n{}", desk.text()));
}

#[test]
fn completing_a_filter_with_the_tenants_names_80x24() {
    let mut desk = Desk::full(80, 24, false);
    desk.keys("/vpn client:bo");
    let offered = desk.text();
    desk.keys("\t");
    assert!(desk.text().contains("/vpn client:\"Borealis Ltd\""), "{}", desk.text());
    desk.keys("\t");
    insta::assert_snapshot!(format!("{offered}\n=== and then ===\n{}", desk.text()));
    desk.keys("\t");
    assert!(desk.text().contains("/vpn client:bo\n"), "what was typed comes back\n{}", desk.text());
    desk.keys(" ag\tpri\t");
    assert!(desk.text().contains("/vpn client:bo agent:\"Priya Shah\""), "{}", desk.text());
    desk.keys("\r");
    assert!(desk.text().contains("/ vpn client:bo agent:\"Priya Shah\""), "{}", desk.text());
}

#[test]
fn words_that_were_found_are_marked_in_their_rows() {
    let marked = |desk: &Desk, style: Modifier| -> String {
        let row = desk.text().lines().position(|line| line.contains("10479")).unwrap();
        let frame = desk.frame();
        let cells = (0..120).map(|x| &frame[(x, u16::try_from(row).unwrap())]).filter(|cell| cell.modifier.contains(style));
        cells.map(ratatui::buffer::Cell::symbol).collect()
    };
    let mut desk = Desk::full(120, 40, false);
    desk.keys("/vpn client:co\rj");
    assert_eq!(marked(&desk, Modifier::UNDERLINED), "VPNCobalt", "on the cursor's bar");
    desk.keys("k");
    assert_eq!(marked(&desk, Modifier::REVERSED), "VPNCobalt");
}

#[test]
fn coverage_is_told_and_filling_can_be_paused() {
    let mut desk = Desk::full(120, 24, false);
    let coverage =
        Coverage { open: 1214, open_there: Some(1214), back_to: Some(at("2026-08-12T00:00:00Z")), ..Coverage::default() };
    desk.take(Msg::News(News::Coverage(coverage)));
    let header = |desk: &Desk| desk.text().lines().next().unwrap().to_owned();
    assert!(header(&desk).contains("1,214 of 1,214 open · closed back to 12 Aug · 120"), "{}", header(&desk));
    let paused = |effects: Vec<Effect>| effects.iter().any(|effect| matches!(effect, Effect::Pause(true)));
    assert!(paused(desk.keys(":pause\r")));
    desk.take(Msg::News(News::Paused(true)));
    assert!(header(&desk).contains("filling paused"), "{}", header(&desk));
    assert!(!paused(desk.keys(":pause\r")), "the same word goes on");
}

#[test]
fn command_line_and_help_80x24() {
    let mut desk = Desk::full(80, 24, false);
    desk.keys(":ref");
    let offers = desk.text();
    desk.keys("\u{1b}?");
    insta::assert_snapshot!(format!("{offers}\n=== and then ===\n{}", desk.text()));
}

#[test]
fn the_header_tells_sums_whole_or_not_at_all() {
    let header = |cols: u16| {
        let mut desk = Desk::full(cols, 24, false);
        let coverage = Coverage { open: 1214, open_there: Some(1214), closed: 40, ..Coverage::default() };
        desk.take(Msg::News(News::Coverage(coverage)));
        desk.text().lines().next().unwrap().to_owned()
    };
    let facts = ["1,214 of 1,214 open", "40 closed", "120 clients", "token ok"];
    let told = |cols: u16| facts.map(|fact| header(cols).contains(fact));
    assert_eq!(told(120), [true; 4], "{}", header(120));
    assert_eq!(told(100), [true, true, false, false], "{}", header(100));
    assert_eq!(told(80), [true, false, false, false], "{}", header(80));
    assert_eq!(told(60), [false; 4], "{}", header(60));
    for cols in 60..=130 {
        let header = header(cols);
        assert!(header.ends_with("? help") && !header.contains('…'), "{cols}: {header}");
        assert!(header.contains("live"), "{cols}: {header}");
    }
}

#[test]
fn what_is_stored_is_told_though_nothing_changes() {
    let mut desk = Desk::new(120, 24, false, false, look(ColourDepth::True));
    desk.take(Msg::News(News::Connection(Connection::Cached { at: at("2026-11-20T09:00:00Z") })));
    desk.take(Msg::News(News::Coverage(Coverage { open: 1214, open_there: Some(1214), closed: 40, ..Coverage::default() })));
    let header = desk.text().lines().next().unwrap().to_owned();
    assert!(header.contains("1,214 open") && header.contains("clients"), "{header}");
}

#[test]
fn what_is_mine_is_counted_once_it_is_known_whose_that_is() {
    let start = Desk::start(120, 24, false, false, look(ColourDepth::True), LastView::default());
    let mut desk = Desk { model: Model::new(Start { me: None, ..start }), size: (120, 24) };
    desk.take(Msg::Input(Input::Resize { cols: 120, rows: 24 }));
    let robot = || halo_tui::domain::Agent { id: AgentId(29), name: "API Robot".into(), ..Default::default() };
    let counts = |desk: &mut Desk, minute: u64| {
        let later = Now { tick: now().tick + Duration::from_mins(minute), ..now() };
        desk.take_at(Msg::Wake, later);
        desk.take_at(Msg::News(News::ActingAs(Box::new(robot()))), later);
        let due = Now { tick: later.tick + Duration::from_secs(30), ..later };
        let effects = update(&mut desk.model, Msg::Wake, due);
        let counted =
            |effect: &&Effect| matches!(effect, Effect::Ask { question: Question::Counts { me: Some(AgentId(29)), .. }, .. });
        effects.iter().filter(counted).count()
    };
    assert_eq!(counts(&mut desk, 1), 1);
    assert_eq!(counts(&mut desk, 2), 0, "it was known");
}

#[test]
fn filling_and_failing_headers() {
    let mut desk = Desk::full(120, 24, false);
    desk.take(Msg::News(News::Filling(Some(FillProgress { done: 300, of: 412, ..FillProgress::default() }))));
    let filling = desk.text().lines().next().unwrap().to_owned();
    desk.take(Msg::News(News::BudgetLow(Some((224, 300)))));
    let waiting = desk.text().lines().next().unwrap().to_owned();
    assert!(waiting.contains("filling waits: 224 of 300 requests used"), "{waiting}");
    let progress = FillProgress { done: 300, of: 412, per_minute: Some(90), ..FillProgress::default() };
    let mut narrow = Desk::full(80, 24, false);
    narrow.take(Msg::News(News::Filling(Some(progress))));
    let narrow = narrow.text().lines().next().unwrap().to_owned();
    assert!(narrow.contains("300 of 412") && !narrow.contains('…'), "by whole words: {narrow}");
    let failure = Failure::new(FailureKind::Unreachable, "acme.example refuses connections");
    let connection = Connection::Failing {
        last_success: Some(at("2026-11-20T09:30:00Z")),
        since: at("2026-11-20T09:31:00Z"),
        failure,
        retry_at: None,
    };
    let failing_again = Msg::News(News::Connection(connection.clone()));
    desk.take(Msg::News(News::Filling(None)));
    assert!(desk.text().contains("token ok   224 of 300 requests used"), "{}", desk.text());
    desk.take(Msg::News(News::BudgetLow(None)));
    assert!(!desk.text().contains("requests used"));
    desk.take(Msg::News(News::Connection(connection)));
    let failing = desk.text();
    assert!(failing.contains("Mail server unreachable"), "rows stay");
    insta::assert_snapshot!(format!("{filling}\n{}", failing.lines().next().unwrap()));
    let limit = "The request limit of HaloPSA is reached: Rate Limit Reached - 12 Requests per rolling 1 minute window";
    for (pause, told) in [(5, "paused by HaloPSA for up to 1 min, rows 30m old"), (61, "for up to 2 min"), (-1, "failing since")]
    {
        let retry_at = now().wall.checked_add(jiff::SignedDuration::from_secs(pause)).ok();
        let failure = Failure::new(FailureKind::RateLimited(None), limit);
        let (last_success, since) = (Some(at("2026-11-20T09:30:00Z")), at("2026-11-20T09:59:00Z"));
        desk.take(Msg::News(News::Connection(Connection::Failing { last_success, since, failure, retry_at })));
        assert!(desk.text().lines().next().unwrap().contains(told), "{}", desk.text().lines().next().unwrap());
    }
    for (at, told) in [("09:59", "live   "), ("09:57", "live 3m ago"), ("09:56", "cached 4 min"), ("08:00", "cached 2h00")] {
        let at = format!("2026-11-20T{at}:00Z").parse().unwrap();
        desk.take(Msg::News(News::Connection(Connection::Live { at })));
        assert!(desk.text().lines().next().unwrap().contains(told), "{}", desk.text().lines().next().unwrap());
    }
    desk.take(Msg::News(News::Waits { until: at("2026-11-20T10:03:00Z") }));
    assert!(desk.text().contains("No request may leave before 10:03"), "{}", desk.text());
    let live = || Msg::News(News::Connection(Connection::Live { at: at("2026-11-20T10:00:00Z") }));
    let back = |effects: &[Effect]| effects.iter().filter(|effect| matches!(effect, Effect::ServerIsBack)).count();
    desk.take(failing_again);
    assert_eq!(back(&desk.take(live())), 1, "what was put off is asked for");
    assert_eq!(back(&desk.take(live())), 0);
}

#[test]
fn connect_screen_80x24() {
    let mut desk = Desk::new(80, 24, true, true, look(ColourDepth::True));
    insta::assert_snapshot!("connect_screen_empty", desk.text());
    desk.keys("\t\thttps://auth.acme.example\thttps://acme.example/api\tacme\tid\tsecret");
    let effects = desk.keys("\u{14}");
    assert!(matches!(effects.as_slice(), [Effect::TestConnection(_)]), "{effects:?}");
    let step = |step, outcome| Msg::Connect(ConnectNews::Step(ConnectReport { step, outcome }));
    desk.take(step(
        ConnectStep::NameOrProxy,
        StepOutcome::Passed { detail: line("auth.acme.example → 203.0.113.7"), millis: 12 },
    ));
    let failure =
        Failure::new(FailureKind::InvalidClient, "refused: invalid_client").advise("Check the client ID and the secret");
    desk.take(step(ConnectStep::Token, StepOutcome::Failed(failure.clone())));
    desk.take(Msg::Connect(ConnectNews::Failed(failure)));
    let text = desk.text();
    assert!(text.contains("https://auth.acme.example") && text.contains("••••••"), "typed words stay, the secret is masked");
    insta::assert_snapshot!("connect_screen_after_a_refusal", text);
    desk.keys("\u{14}");
    let agent = |id, name: &str| AgentRow { id: AgentId(id), name: line(name), ..AgentRow::default() };
    desk.take(Msg::Connect(ConnectNews::Passed {
        agents: vec![agent(7, "Priya Shah"), agent(8, "Sam Duty")],
        acting: agent(29, "API Robot"),
    }));
    insta::assert_snapshot!("connect_screen_people", desk.text());
    let effects = desk.keys("Sam\r");
    assert!(matches!(effects.as_slice(), [Effect::Start { draft }] if draft.me == Some(AgentId(8))), "{effects:?}");
}

#[test]
fn addresses_that_are_only_guessed_are_told_as_such() {
    let mut desk = Desk::new(80, 24, true, true, look(ColourDepth::True));
    let effects = desk.keys("acme.example\r");
    assert!(matches!(effects.as_slice(), [Effect::Discover(address)] if address == "acme.example"), "{effects:?}");
    let found = Discovered {
        hosting: Hosting::OnPremise,
        auth_url: "https://acme.example/auth".into(),
        resource_url: "https://acme.example/api".into(),
        tenant: None,
        other_host: false,
        guessed: true,
    };
    desk.take(Msg::Connect(ConnectNews::Discovered(Ok(found))));
    let text = desk.text();
    assert!(text.contains("https://acme.example/auth") && text.contains("does not say") && !text.contains("Found"), "{text}");
}

#[test]
fn why_a_step_failed_is_read_to_its_end_on_small_terminals_too() {
    let failure = Failure::new(FailureKind::Forbidden, "HaloPSA does not let this application see the application's own agent")
        .advise("Give the API application the permission read:tickets, and its agent the right to see what it asks for");
    for (cols, rows, first) in [(80, 24, true), (60, 20, true), (80, 24, false), (60, 20, false)] {
        let mut desk = if first { Desk::new(cols, rows, true, true, look(ColourDepth::True)) } else { refused(cols, rows) };
        if !first {
            // The cursor stands on the secret, from where the fields go round.
            desk.keys("secret\t\t\t\t");
        }
        desk.take(Msg::Input(Input::Paste("https://a-rather-long-name-of-an-instance.halopsa.example/".into())));
        desk.keys("\t\thttps://auth.example\thttps://acme.example/api\tacme\tclient\t");
        if first {
            desk.keys("secret");
        }
        desk.keys("\u{14}");
        for step in [ConnectStep::NameOrProxy, ConnectStep::Tls, ConnectStep::Token] {
            let outcome = StepOutcome::Passed { detail: line("all is well"), millis: 3 };
            desk.take(Msg::Connect(ConnectNews::Step(ConnectReport { step, outcome })));
        }
        let outcome = StepOutcome::Failed(failure.clone());
        desk.take(Msg::Connect(ConnectNews::Step(ConnectReport { step: ConnectStep::Agent, outcome })));
        desk.take(Msg::Connect(ConnectNews::Failed(failure.clone())));
        let text = desk.text();
        for word in failure.sentences().as_str().split(' ') {
            assert!(text.contains(word), "{cols}x{rows} {first} {word}: {text}");
        }
        assert!(text.contains("Scope") && text.contains("Test and connect"), "every field is still there: {text}");
    }
}

#[test]
fn the_cursor_row_is_one_bar_and_states_have_their_colours() {
    let desk = Desk::full(120, 40, false);
    let frame = desk.frame();
    // Row 3 holds the titles, row 4 the cursor.
    let bar: Vec<_> = (0..120).map(|x| frame[(x, 4)].style()).collect();
    assert!(bar.windows(2).all(|pair| pair[0] == pair[1]), "one style across: one colour change on the wire");
    assert_ne!(bar[0], frame[(60, 20)].style());
    let row = desk.text().lines().nth(5).unwrap().to_owned();
    let x = u16::try_from(halo_tui::text::width(&row[..row.find("In Progress").unwrap()])).unwrap();
    assert_eq!(frame[(x, 5)].fg, Color::Rgb(0x4a, 0x90, 0xe2), "Halo's own colour");
}

#[test]
fn where_the_locale_is_not_utf8_no_mark_and_no_word_of_ours_is_more_than_ascii() {
    let ascii = || Look::new(&Theme::default(), ColourDepth::Sixteen, Glyphs::ASCII, false);
    let mut desk = Desk::new(80, 24, true, false, ascii());
    for keys in ["", "?", "\u{1b}:", "\u{1b}/statsu:x", "\u{15}\r:connect\r"] {
        desk.keys(keys);
        // Rows 4 to 9 hold what others wrote, in many scripts.
        let text = desk.text();
        let ours = text.lines().enumerate().filter(|(row, _)| !(4..10).contains(row));
        assert!(ours.into_iter().all(|(_, line)| line.is_ascii()), "after {keys:?}: {text}");
    }
    let mut connect = Desk::new(80, 24, true, true, ascii());
    assert!(connect.text().is_ascii());
    connect.keys("acme.example\r");
    assert!(connect.text().contains("Looking the address up") && connect.text().is_ascii(), "{}", connect.text());
}

#[test]
fn without_colours_nothing_is_coloured_and_the_cursor_still_shows() {
    let mut desk = Desk::new(80, 24, false, false, look(ColourDepth::Mono));
    desk.take(Msg::News(News::Changed(halo_tui::domain::Changed::Tickets)));
    let frame = desk.frame();
    for cell in frame.content() {
        assert_eq!((cell.fg, cell.bg), (Color::Reset, Color::Reset));
    }
    assert!(frame[(10, 4)].modifier.contains(Modifier::REVERSED));
    assert!(desk.text().contains('✗') && desk.text().contains('‖'), "states are shapes too");
}

#[test]
fn escape_alone_never_quits_and_never_loses_words() {
    let mut desk = Desk::full(80, 24, false);
    for _ in 0..5 {
        assert!(!desk.keys("\u{1b}").iter().any(|effect| matches!(effect, Effect::Quit)));
    }
    desk.keys("/printer\u{1b}");
    assert!(desk.text().contains("/ printer"), "the filter stays:\n{}", desk.text());
    assert!(!desk.keys("\t").iter().any(|effect| matches!(effect, Effect::Quit)));
    assert!(!desk.keys("q").iter().any(|effect| matches!(effect, Effect::Quit)), "q quits only at the root");
    assert!(desk.keys("q").iter().any(|effect| matches!(effect, Effect::Quit)));
    assert!(desk.keys("/abc\u{3}").iter().any(|effect| matches!(effect, Effect::Quit)), "ctrl-c from anywhere");
}

#[test]
fn the_preview_follows_a_cursor_that_rests_and_a_held_key_asks_nothing() {
    let mut desk = Desk::new(120, 40, true, false, look(ColourDepth::True));
    let start = now();
    let press = |desk: &mut Desk, millis: u64| {
        let at = Now { tick: start.tick + Duration::from_millis(millis), ..start };
        update(&mut desk.model, Msg::Input(Input::Key(Key::char('j'))), at)
    };
    // The rows are there; a key held at 30 a second asks neither the mirror nor the server.
    for step in 0..4 {
        let effects = press(&mut desk, step * 33);
        assert!(effects.is_empty(), "{effects:?}");
    }
    let wake = |desk: &mut Desk, millis: u64| {
        let at = Now { tick: start.tick + Duration::from_millis(millis), ..start };
        update(&mut desk.model, Msg::Wake, at)
    };
    assert!(wake(&mut desk, 99 + 140).is_empty());
    assert!(matches!(wake(&mut desk, 99 + 150).as_slice(), [Effect::Ask { question: Question::Conversation(_), .. }]));
    assert!(wake(&mut desk, 99 + 290).is_empty());
    assert!(matches!(wake(&mut desk, 99 + 300).as_slice(), [Effect::LookAt(TicketId(10458))]));
    assert!(wake(&mut desk, 99 + 5000).is_empty(), "once");
}

#[test]
fn answers_to_older_questions_are_dropped() {
    let mut desk = Desk::full(80, 24, false);
    let ask = |desk: &mut Desk, c| {
        let effects = update(&mut desk.model, Msg::Input(Input::Key(Key::char(c))), now());
        effects.into_iter().find_map(|effect| match effect {
            Effect::Ask { slot, id, .. } => Some((slot, id)),
            _ => None,
        })
    };
    desk.keys("/");
    let (slot, old) = ask(&mut desk, 'a').unwrap();
    let (_, new) = ask(&mut desk, 'b').unwrap();
    let one = |summary: &str| {
        let row = TicketRow { id: TicketId(1), summary: line(summary), ..TicketRow::default() };
        Ok(Answer::Tickets(Window { rows: vec![row], offset: 0, total: 1, more: false }))
    };
    update(&mut desk.model, Msg::Answer { slot, id: new, answer: one("the newer") }, now());
    update(&mut desk.model, Msg::Answer { slot, id: old, answer: one("the older") }, now());
    assert!(desk.text().contains("the newer"));
}

/// A dashboard whose client secret was refused, with how its rows stand.
fn refused(cols: u16, rows: u16) -> Desk {
    let mut desk = Desk::full(cols, rows, true);
    let failure = Failure::new(FailureKind::InvalidClient, "the authorisation server refuses this client");
    let (last_success, since) = (Some(at("2026-11-20T09:48:00Z")), at("2026-11-20T09:59:00Z"));
    let connection = Connection::Failing { last_success, since, failure: failure.clone(), retry_at: None };
    desk.take(Msg::News(News::Token(TokenState::Refused)));
    desk.take(Msg::News(News::CredentialsNeeded(failure)));
    desk.take(Msg::News(News::Connection(connection)));
    desk
}

#[test]
fn refused_over_rows_80x24() {
    insta::assert_snapshot!(refused(80, 24).text());
}

#[test]
fn refused_over_rows_120x40() {
    insta::assert_snapshot!(refused(120, 40).text());
}

#[test]
fn a_refused_grant_opens_the_connect_screen_over_the_rows_and_escape_goes_back() {
    for (cols, rows) in [(80, 24), (120, 40), (170, 45)] {
        let mut desk = refused(cols, rows);
        let text = desk.text();
        for words in ["Test and connect", "refuses this client", "Mail server unreachable", "rows 12m old"] {
            assert!(text.contains(words), "{cols}x{rows} {words}: {text}");
        }
        let minute = desk.model.deadline().unwrap().checked_sub(now().tick).unwrap();
        assert!(minute <= Duration::from_mins(1), "the ages go on behind it");
        desk.keys("sec");
        assert!(desk.keys("\u{1b}").is_empty());
        assert!(!desk.text().contains("Test and connect") && desk.text().contains("Mail server unreachable"));
        // What was typed waits there.
        desk.keys(":connect\r");
        assert!(desk.text().contains("•••"), "{}", desk.text());
    }
    // Where there is no room for rows, whose they are and how old is seen all the same.
    let small = refused(60, 20).text();
    for words in ["acme", "Test and connect", "esc back"] {
        assert!(small.contains(words), "{words}: {small}");
    }
}

#[test]
fn narrowing_to_a_client_and_widening_again() {
    let mut desk = Desk::full(80, 24, false);
    desk.keys("\t\r");
    assert!(desk.text().contains("/ Borealis Ltd"), "{}", desk.text());
    desk.keys("\u{1b}");
    assert!(!desk.text().contains("/ Borealis Ltd"));
}

#[test]
fn a_broken_theme_keeps_the_look_and_says_so() {
    let mut desk = Desk::full(80, 24, false);
    let before = desk.frame()[(10, 4)].style();
    desk.take(Msg::Theme("mine".into(), Ok("[roles]\ntext = { fg = \"nocolour\" }\n".into())));
    assert_eq!(desk.frame()[(10, 4)].style(), before);
    assert!(desk.text().contains("theme mine line 2"), "{}", desk.text());
}

#[test]
fn every_size_draws() {
    for cols in (0..=40).chain([59, 60, 61, 79, 80, 119, 120, 160, 200]) {
        for rows in (0..=20).chain([24, 25, 31, 40]) {
            let mut desk = Desk::full(cols, rows, true);
            let _ = desk.frame();
            desk.keys("\t");
            let _ = desk.frame();
            desk.keys("?");
            let _ = desk.frame();
        }
    }
}

#[test]
fn dashboard_60x20() {
    insta::assert_snapshot!(Desk::full(60, 20, true).text());
}

#[test]
fn nothing_stored_yet_80x24() {
    let mut desk = Desk::new(80, 24, false, false, look(ColourDepth::True));
    let effects = update(&mut desk.model, Msg::News(News::Changed(halo_tui::domain::Changed::Tickets)), now());
    for effect in effects {
        let Effect::Ask { slot, id, question } = effect else { continue };
        let empty = match question {
            Question::Tickets { .. } => Answer::Tickets(Window::default()),
            Question::Register { .. } => Answer::Register(Window::default()),
            Question::Overview => Answer::Overview(Overview::default()),
            question => answer(&question),
        };
        update(&mut desk.model, Msg::Answer { slot, id, answer: Ok(empty) }, now());
    }
    insta::assert_snapshot!(desk.text());
}

#[test]
fn narrowed_to_a_client_80x24() {
    let mut desk = Desk::full(80, 24, false);
    desk.keys("\t\r");
    insta::assert_snapshot!(desk.text());
}

#[test]
fn connect_choices_80x24() {
    let mut desk = Desk::new(80, 24, true, true, look(ColourDepth::True));
    desk.keys("\t ");
    assert!(!desk.text().contains("Tenant"), "on-premise has none");
    desk.keys("\t\t\t\t\t\t \tpass show halo");
    insta::assert_snapshot!(desk.text());
}

/// Where words stand in a frame: the column and row of their first character.
fn find(desk: &Desk, words: &str) -> (u16, u16) {
    let text = desk.text();
    let (y, row) = text.lines().enumerate().find(|(_, row)| row.contains(words)).unwrap();
    let x = halo_tui::text::width(&row[..row.find(words).unwrap()]);
    (u16::try_from(x).unwrap(), u16::try_from(y).unwrap())
}

#[test]
fn a_private_note_is_told_by_its_colour_a_bar_and_a_word() {
    let desk = Desk::full(120, 40, true);
    let frame = desk.frame();
    let theme = Theme::default();
    let (x, y) = find(&desk, "Edge transport is down");
    assert_eq!(frame[(x, y)].fg, theme.style(Role::PrivateNote).fg.unwrap());
    assert_eq!(frame[(x - 2, y)].symbol(), Glyphs::UTF8.private);
    let (x, y) = find(&desk, "Still down.");
    assert_ne!(frame[(x, y)].fg, theme.style(Role::PrivateNote).fg.unwrap(), "what the client sees looks otherwise");
    assert!(desk.text().contains("private"));
}

#[test]
fn lean_tells_the_cursor_by_its_mark_alone() {
    let lean = Look::new(&Theme::default(), ColourDepth::True, Glyphs::ASCII, true);
    let mut desk = Desk::new(120, 40, false, false, lean);
    desk.take(Msg::News(News::Changed(halo_tui::domain::Changed::Tickets)));
    let before = desk.frame();
    desk.keys("j");
    let after = desk.frame();
    let changed: Vec<(u16, u16)> =
        (0..39_u16).flat_map(|y| (0..120_u16).map(move |x| (x, y))).filter(|at| before[*at] != after[*at]).collect();
    assert_eq!(changed.len(), 2, "the mark goes and comes: {changed:?}");
    assert!(changed.iter().all(|(x, _)| *x == 0));
    assert!(!desk.text().contains('─') && !desk.text().contains('│'), "no lines between areas");
}

#[test]
fn halos_colours_are_shown_as_deep_as_the_terminal_goes() {
    for (depth, fits) in [
        (
            ColourDepth::Sixteen,
            (|colour| !matches!(colour, Color::Rgb(..) | Color::Indexed(_) | Color::Reset)) as fn(Color) -> bool,
        ),
        (
            // The default theme is of named colours, and so are Halo's in it where each index would cost bytes.
            ColourDepth::TwoFiftySix,
            |colour| !matches!(colour, Color::Rgb(..) | Color::Indexed(_) | Color::Reset),
        ),
        (ColourDepth::True, |colour| colour == Color::Rgb(0x4a, 0x90, 0xe2)),
    ] {
        let mut desk = Desk::new(120, 40, false, false, look(depth));
        desk.take(Msg::News(News::Changed(halo_tui::domain::Changed::Tickets)));
        desk.keys("G");
        let colour = desk.frame()[find(&desk, "In Progress")].fg;
        assert!(fits(colour), "{depth:?}: {colour:?}");
    }
}
