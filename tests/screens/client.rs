//! The client in the round, and the lists of users, sites and assets: what they show and where they lead.

use halo_tui::domain::{
    ClientOverview, ContactRow, ContractRow, Contracts, Prepaid, Register, RegisterKey, RegisterRow, SiteId, Touch, UserId,
};

use super::*;

/// A client as the mirror knows it: one in order, one whose every word means harm, one in a wide script of which little is known.
pub(crate) fn overview(id: ClientId) -> Answer {
    let row = |name: &str| ClientRow { id, name: line(name), open_tickets: 9, ..ClientRow::default() };
    let contact = |user, main, name: &str, phone: &str, email: &str| ContactRow {
        user: UserId(user),
        main,
        name: line(name),
        phone: line(phone),
        email: line(email),
    };
    let touch = |ticket, summary: &str, at_: &str, who: &str, what: &str| Touch {
        ticket: TicketId(ticket),
        summary: line(summary),
        at: Some(at(at_)),
        who: line(who),
        what: line(what),
    };
    let hostile = "\u{1b}]52;c;aGk=\u{7}\u{202e}gpj\u{2066} \u{1b}[31mred";
    let overview = match id.0 {
        12 => ClientOverview {
            client: ClientRow { vip: true, ..row("Borealis Ltd") },
            group: line("Customers"),
            reference: line("BOR"),
            manager: line("Priya Shah"),
            phone: line("+44 20 7946 0000"),
            main_site: Some((SiteId(18), line("Head Office"))),
            website: line("www.borealis.example"),
            popups: vec![SafeText::block(
                "Call reception before any visit on site: the door code changes weekly.\nVIP: answer within 15 minutes.",
            )],
            remarks: SafeText::block("Pays by invoice."),
            contacts: vec![
                contact(41, true, "Dana Reyes", "+44 20 7946 0101", "dana@borealis.example"),
                contact(42, false, "Noor Haddad", "+44 20 7946 0102", ""),
            ],
            sites: 3,
            users: 41,
            assets: 120,
            prepaid: Some(Prepaid { left: 32.5, of: 40.0, as_amount: false }),
            contracts: Contracts::Known(vec![
                ContractRow {
                    reference: line("BOR-PREPAY"),
                    kind: line("Prepaid hours"),
                    state: line("Active"),
                    ends: Some(at("2027-03-31T00:00:00Z")),
                    prepaid: Some(Prepaid { left: 32.5, of: 40.0, as_amount: false }),
                    ..ContractRow::default()
                },
                ContractRow {
                    reference: line("BOR-MSA"),
                    kind: line("Managed service"),
                    expired: true,
                    ..ContractRow::default()
                },
            ]),
            weeks: vec![0, 3, 4, 2, 9, 5, 1, 0, 2, 4, 4, 7, 3, 2, 1, 0, 0, 5, 6, 2, 3, 8, 2, 1, 2, 4],
            touches: vec![
                touch(10482, "Mail server unreachable", "2026-11-20T09:46:00Z", "Priya Shah", "Private Note"),
                touch(10390, "👩‍💻 Add shared calendar", "2026-11-19T09:46:00Z", "", ""),
            ],
            read_at: Some(at("2026-11-20T09:58:00Z")),
        },
        13 => ClientOverview {
            client: ClientRow {
                stopped: true,
                inactive: true,
                unreadable: Some(line(hostile)),
                ..row(&format!("{hostile} and a name that is longer than any line of a terminal has room for, twice over"))
            },
            group: line(hostile),
            phone: line(hostile),
            popups: vec![SafeText::block(&format!("{hostile}\r\n\r\n\u{200b}\u{200b}second\u{2028}third"))],
            remarks: SafeText::block(hostile),
            contacts: vec![contact(0, true, hostile, hostile, hostile)],
            contracts: Contracts::Hidden,
            weeks: vec![0; 26],
            touches: vec![touch(10471, hostile, "2026-11-20T09:46:00Z", hostile, hostile)],
            read_at: Some(at("2026-11-20T09:58:00Z")),
            ..ClientOverview::default()
        },
        14 => ClientOverview {
            client: row("株式会社さくら"),
            group: line("お客様"),
            main_site: Some((SiteId(20), line("本社 東京都千代田区"))),
            phone: line("03-1234-5678"),
            contacts: vec![contact(50, false, "佐藤 さくら", "03-1234-0001", "sato@sakura.example")],
            weeks: vec![2; 26],
            touches: vec![touch(10466, "印刷できません 3階のプリンター", "2026-11-20T08:46:00Z", "佐藤 さくら", "メール")],
            ..ClientOverview::default()
        },
        _ => return Answer::Client(None),
    };
    Answer::Client(Some(Box::new(overview)))
}

/// Rows of a register, with what can go wrong in them.
pub(crate) fn register(register: Register, client: Option<ClientId>, with_inactive: bool) -> Answer {
    if register == Register::Clients {
        let row = |id, name: &str| RegisterRow {
            id,
            client_id: ClientId(id),
            client: line(name),
            name: line(name),
            ..RegisterRow::default()
        };
        let rows = vec![
            RegisterRow { important: true, open_tickets: 9, ..row(12, "Borealis Ltd") },
            RegisterRow { stopped: true, ..row(13, "Cobalt Legal") },
            RegisterRow { open_tickets: 3, ..row(14, "株式会社さくら") },
            RegisterRow {
                unreadable: true,
                open_tickets: 7,
                ..row(15, "\u{1b}]8;;http://x\u{7}Evil\tCo \u{202e}gpj 한빛도서관")
            },
        ];
        return Answer::Register(Window { total: rows.len() as u64, rows, offset: 0, more: false });
    }
    let row = |id, client_id, client: &str, name: &str| RegisterRow {
        id,
        client_id: ClientId(client_id),
        client: line(client),
        name: line(name),
        kind: if register == Register::Assets { line("Laptop") } else { SafeText::default() },
        user: if register == Register::Assets { line("Dana Reyes") } else { SafeText::default() },
        site: if register == Register::Sites { SafeText::default() } else { line("Head Office") },
        phone: if register == Register::Assets { SafeText::default() } else { line("+44 20 7946 0101") },
        email: if register == Register::Users { line("someone@borealis.example") } else { SafeText::default() },
        open_tickets: 2,
        ..RegisterRow::default()
    };
    let rows = vec![
        RegisterRow { important: register == Register::Users, ..row(41, 12, "Borealis Ltd", "Dana Reyes") },
        RegisterRow { open_tickets: 0, ..row(42, 12, "Borealis Ltd", "x\" is:closed \u{202e}gpj\u{1b}[31m\u{7}") },
        row(50, 14, "株式会社さくら", "佐藤 さくら"),
        RegisterRow { inactive: true, ..row(51, 12, "Borealis Ltd", "Olu Former") },
    ];
    let fits = |row: &RegisterRow| client.is_none_or(|client| row.client_id == client) && (with_inactive || !row.inactive);
    let rows: Vec<_> = rows.into_iter().filter(fits).collect();
    Answer::Register(Window { total: rows.len() as u64, rows, offset: 0, more: false })
}

/// The users whose names begin with the words.
pub(crate) fn called(words: &str) -> Answer {
    let Answer::Register(window) = register(Register::Users, None, false) else { unreachable!() };
    let fits = |row: &RegisterRow| row.name.as_str().to_lowercase().starts_with(&words.to_lowercase());
    Answer::Called(window.rows.into_iter().filter(fits).map(|row| (Register::Users, row)).collect())
}

/// A desk at which a client is shown in the round.
fn client(cols: u16, rows: u16, nth: usize) -> Desk {
    let mut desk = Desk::full(cols, rows, true);
    desk.keys("\t");
    desk.keys(&"j".repeat(nth));
    desk.keys("gc");
    desk
}

#[test]
fn client_60x20() {
    insta::assert_snapshot!(client(60, 20, 0).text());
}

#[test]
fn client_80x24() {
    insta::assert_snapshot!(client(80, 24, 0).text());
}

#[test]
fn client_120x36() {
    insta::assert_snapshot!(client(120, 36, 0).text());
}

#[test]
fn a_hostile_client_60x20() {
    insta::assert_snapshot!(client(60, 20, 1).text());
}

#[test]
fn a_hostile_client_120x36() {
    insta::assert_snapshot!(client(120, 36, 1).text());
}

#[test]
fn a_client_in_a_wide_script_120x36() {
    insta::assert_snapshot!(client(120, 36, 2).text());
}

#[test]
fn clients_60x20_and_120x36() {
    let listed = |cols, rows| {
        let mut desk = Desk::full(cols, rows, true);
        desk.keys("\t");
        desk.text()
    };
    insta::assert_snapshot!(format!("{}\n=== and then ===\n{}", listed(60, 20), listed(120, 36)));
}

#[test]
fn a_hostile_client_80x24() {
    insta::assert_snapshot!(client(80, 24, 1).text());
}

#[test]
fn a_client_in_a_wide_script_60x20() {
    insta::assert_snapshot!(client(60, 20, 2).text());
}

/// A list of the desk at a size; `keys` open it twice: what belongs to all clients is listed.
fn listed(cols: u16, rows: u16, keys: &str) -> String {
    let mut desk = Desk::full(cols, rows, true);
    desk.keys(keys);
    desk.keys(keys);
    desk.text()
}

/// The orders that the rows of registers are asked for in.
fn orders(effects: &[Effect]) -> Vec<(Register, RegisterKey, bool)> {
    let order = |effect: &Effect| match effect {
        Effect::Ask { question: Question::Register { register, sort, .. }, .. } => Some((*register, sort.key, sort.reverse)),
        _ => None,
    };
    effects.iter().filter_map(order).collect()
}

#[test]
fn users_are_ordered_by_a_column_that_is_chosen_and_turned_round_80x24() {
    let mut desk = Desk::full(80, 24, true);
    desk.keys("gugu");
    desk.keys("S");
    let offered = desk.text();
    let press = |desk: &mut Desk, code| update(&mut desk.model, Msg::Input(Input::Key(Key::plain(code))), now());
    desk.keys("G");
    assert_eq!(orders(&press(&mut desk, KeyCode::Enter)), [(Register::Users, RegisterKey::Open, false)]);
    let mut desk = Desk::full(80, 24, true);
    desk.keys("gugu");
    desk.keys("SG\rS\r");
    let turned = desk.text();
    assert!(turned.contains("Open↑"), "{turned}");
    insta::assert_snapshot!(format!("{offered}\n=== and then ===\n{turned}"));
    desk.keys("Sgg");
    assert_eq!(
        orders(&update(&mut desk.model, Msg::Input(Input::Key(Key::char('S'))), now())),
        [(Register::Users, RegisterKey::Name, false)]
    );
    assert!(desk.text().contains("Sort by"), "it stays to be turned round: {}", desk.text());
    desk.keys("\u{1b}\u{1b}");
    assert!(desk.text().contains("SLA"), "the tickets keep their order: {}", desk.text());
    // The clients are ordered as well; the tickets beside them are not.
    desk.keys("\tSG");
    assert_eq!(orders(&press(&mut desk, KeyCode::Enter)), [(Register::Clients, RegisterKey::Open, false)]);
}

#[test]
fn links_lead_to_the_pages_that_are_known_and_to_no_others() {
    let copied = |desk: &mut Desk, keys: &str| {
        let effects = desk.keys(keys);
        effects.into_iter().find_map(|effect| match effect {
            Effect::Copy(text) | Effect::OpenLink(text) => Some(text.to_string()),
            _ => None,
        })
    };
    let mut desk = Desk::full(120, 36, true);
    desk.keys("gu");
    assert_eq!(copied(&mut desk, "Y").as_deref(), Some("https://acme.example/customers?mainview=user&userid=41"));
    assert_eq!(copied(&mut desk, "o").as_deref(), Some("https://acme.example/customers?mainview=user&userid=41"));
    assert_eq!(copied(&mut desk, "y").as_deref(), Some("41"));
    desk.keys("gs");
    assert_eq!(copied(&mut desk, "Y").as_deref(), Some("https://acme.example/customers?mainview=site&siteid=41"));
    desk.keys("ga");
    assert_eq!((copied(&mut desk, "Y"), copied(&mut desk, "o")), (None, None), "no page of assets is known");
    assert!(desk.text().contains("Nothing to open here"), "{}", desk.text());
    desk.keys("\u{1b}\u{1b}\u{1b}\t");
    assert_eq!(copied(&mut desk, "Y").as_deref(), Some("https://acme.example/customers?clientid=12"));
}

#[test]
fn users_120x36() {
    insta::assert_snapshot!(listed(120, 36, "gu"));
}

#[test]
fn users_80x24() {
    // Those of the client of the ticket under the cursor.
    let mut desk = Desk::full(80, 24, true);
    desk.keys("gu");
    insta::assert_snapshot!(desk.text());
}

#[test]
fn users_60x20() {
    insta::assert_snapshot!(listed(60, 20, "gu"));
}

#[test]
fn sites_120x36() {
    insta::assert_snapshot!(listed(120, 36, "gs"));
}

#[test]
fn sites_80x24() {
    insta::assert_snapshot!(listed(80, 24, "gs"));
}

#[test]
fn sites_60x20() {
    insta::assert_snapshot!(listed(60, 20, "gs"));
}

#[test]
fn assets_120x36() {
    insta::assert_snapshot!(listed(120, 36, "ga"));
}

#[test]
fn assets_80x24() {
    insta::assert_snapshot!(listed(80, 24, "ga"));
}

#[test]
fn assets_60x20() {
    insta::assert_snapshot!(listed(60, 20, "ga"));
}

/// What the door under the cursor asks for last, and of which client.
fn through_the_door(desk: &mut Desk) -> (String, Option<i64>) {
    let effects = update(&mut desk.model, Msg::Input(Input::Key(Key::plain(KeyCode::Enter))), now());
    let asked = effects.iter().filter_map(|effect| match effect {
        Effect::Ask { question: Question::Tickets { query, client, .. }, .. } => {
            Some((query.to_string(), client.map(|client| client.0)))
        }
        _ => None,
    });
    asked.collect::<Vec<_>>().pop().unwrap()
}

/// Moves the cursor to the line that has these words.
fn go_to_line(desk: &mut Desk, words: &str) {
    for _ in 0..40 {
        if desk.text().lines().any(|line| line.starts_with('▌') && line.contains(words)) {
            return;
        }
        desk.keys("j");
    }
    panic!("no line to stop at has {words}:\n{}", desk.text());
}

#[test]
fn every_line_with_more_behind_it_is_a_door() {
    let mut desk = client(80, 24, 0);
    go_to_line(&mut desk, "within 1 h");
    let (query, of) = through_the_door(&mut desk);
    assert!(query.contains("sla:<1h") && of == Some(12), "{query} {of:?}");

    let mut desk = client(80, 24, 0);
    go_to_line(&mut desk, "main contact");
    desk.keys("\r");
    assert!(desk.text().contains(" Users  / Borealis Ltd"), "{}", desk.text());
    assert!(desk.text().contains("▌* Dana Reyes"), "{}", desk.text());
    assert!(desk.text().contains("Olu Former"), "whoever is gone to may be no longer there:\n{}", desk.text());

    let mut desk = client(80, 24, 0);
    go_to_line(&mut desk, "#10390");
    desk.keys("\r");
    assert!(desk.text().contains("#10390 👩💻 Add shared calendar"), "{}", desk.text());
}

#[test]
fn enter_lists_the_tickets_of_a_user_whatever_the_name_is() {
    let mut desk = client(80, 24, 0);
    desk.keys("gu");
    let (query, of) = through_the_door(&mut desk);
    assert_eq!((query.contains("user:#41"), of), (true, Some(12)), "{query}: others may be called alike");
    let mut desk = client(80, 24, 0);
    desk.keys("guj");
    let (query, _) = through_the_door(&mut desk);
    assert_eq!(Query::parse(&query).unwrap().terms.len(), 2, "the view's condition, and who it is: {query}");
}

#[test]
fn escape_leads_back_to_where_each_was_opened_from() {
    let mut desk = Desk::full(80, 24, true);
    desk.keys("gc");
    assert!(desk.text().contains(" Client  / Borealis Ltd"), "the client of the ticket under the cursor:\n{}", desk.text());
    desk.keys("gs");
    assert!(desk.text().contains(" Sites  / Borealis Ltd"), "{}", desk.text());
    desk.keys("gc");
    assert!(desk.text().contains(" Client  /"), "{}", desk.text());
    desk.keys("\u{1b}\u{1b}\u{1b}");
    assert!(desk.text().contains("10482") && !desk.text().contains("Sites  /"), "{}", desk.text());
}

#[test]
fn back_and_forward_keep_each_cursor() {
    let mut desk = client(80, 24, 0);
    go_to_line(&mut desk, "users");
    desk.keys("\rj");
    assert!(desk.text().contains("▌  x\""), "{}", desk.text());
    desk.keys("gc");
    desk.keys("-");
    assert!(desk.text().contains(" Users  /") && desk.text().contains("▌  x\""), "{}", desk.text());
    desk.keys("-");
    assert!(desk.text().lines().any(|line| line.starts_with('▌') && line.contains("users")), "{}", desk.text());
    desk.keys("+");
    assert!(desk.text().contains("▌  x\""), "{}", desk.text());
}

#[test]
fn escape_after_going_back_still_leads_to_where_it_was_opened_from() {
    let mut desk = Desk::full(80, 24, true);
    desk.keys("gcgu\r-");
    assert!(desk.text().contains(" Users  / Borealis Ltd"), "{}", desk.text());
    desk.keys("\u{1b}");
    assert!(desk.text().contains(" Client  / Borealis Ltd"), "{}", desk.text());
}

#[test]
fn a_client_is_read_when_it_is_seen_and_again_only_when_it_is_opened_again() {
    let looked =
        |effects: &[Effect]| effects.iter().filter(|effect| matches!(effect, Effect::LookAtClient(ClientId(12)))).count();
    let mut desk = Desk::full(80, 24, true);
    assert_eq!(looked(&desk.keys("gc")), 1);
    assert_eq!(looked(&desk.keys("jjjk")), 0);
    assert_eq!(looked(&desk.take(Msg::News(News::Changed(halo_tui::domain::Changed::Client(ClientId(12)))))), 0);
    assert_eq!(looked(&desk.keys("\u{1b}")), 0);
    assert_eq!(looked(&desk.keys("gc")), 1);
}

#[test]
fn what_is_out_of_sight_asks_nothing() {
    let mut desk = client(80, 24, 0);
    desk.keys("gu\u{1b}\u{1b}");
    let effects = update(&mut desk.model, Msg::News(News::Changed(halo_tui::domain::Changed::Tickets)), now());
    let asked = |effect: &&Effect| matches!(effect, Effect::Ask { slot, .. } if ["client", "users"].contains(&slot.pane.0));
    assert_eq!(effects.iter().filter(asked).count(), 0, "{effects:?}");
}

#[test]
fn a_name_after_client_leads_to_it() {
    let mut desk = Desk::full(80, 24, true);
    desk.keys(":client cobalt legal\r");
    assert!(desk.text().contains(" Client  /") && desk.text().contains("stopped"), "{}", desk.text());
}

#[test]
fn the_command_line_leads_to_people_and_the_filter_completes_their_names() {
    let mut desk = Desk::full(80, 24, true);
    desk.keys(":dana");
    assert!(desk.text().contains("Dana Reyes · Borealis Ltd"), "{}", desk.text());
    desk.keys("\r");
    let mut desk = Desk::full(80, 24, true);
    desk.keys(":users dana reyes\r");
    assert!(desk.text().contains(" Users  / dana reyes") && desk.text().contains("▌* Dana Reyes"), "{}", desk.text());
    let mut desk = Desk::full(80, 24, true);
    desk.keys("/user:da\t\r");
    assert!(desk.text().contains("user:\"Dana Reyes\""), "{}", desk.text());
}

#[test]
fn a_ticket_leads_to_whom_and_what_it_is_about() {
    let mut desk = Desk::full(80, 24, true);
    desk.keys("\rf");
    assert!(desk.text().contains("client      Borealis Ltd"), "{}", desk.text());
    desk.keys("\r");
    assert!(desk.text().contains(" Client  / Borealis Ltd"), "{}", desk.text());
    desk.keys("\u{1b}");
    assert!(desk.text().contains("#10482 Mail server unreachable"), "back to the ticket that was open:\n{}", desk.text());
}

#[test]
fn enter_on_an_asset_asks_which_tickets_it_has() {
    let mut desk = client(80, 24, 0);
    let effects = desk.keys("ga\r");
    let asked = |effect: &&Effect| matches!(effect, Effect::LookAtAsset { id: 41, client: ClientId(12), .. });
    assert_eq!(effects.iter().filter(asked).count(), 1, "{effects:?}");
    assert!(desk.text().contains("asset:#41"), "{}", desk.text());
}
