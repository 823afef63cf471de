//! Sites, users and assets as lists, and a client in the round.

use super::*;

fn people() -> Reader {
    let store = desk();
    let client = |id, name: &str| ClientRecord { id: ClientId(id), name: name.into(), ..ClientRecord::default() };
    put(&store, Batch::Clients(vec![client(10, "Acme Ltd"), client(11, "Café 100% Noir")]), Pass::Any);
    let site = |id, client, name: &str| SiteRecord {
        id: SiteId(id),
        client_id: ClientId(client),
        name: name.into(),
        phone: "020 7946".into(),
        inactive: false,
    };
    put(&store, Batch::Sites(vec![site(100, 10, "Head Office"), site(101, 10, "Annexe"), site(110, 11, "Zürich")]), Pass::Any);
    let user = |id, client, name: &str, email: &str, inactive| UserRecord {
        id: UserId(id),
        client_id: ClientId(client),
        site_id: SiteId(100),
        name: name.into(),
        email: email.into(),
        inactive,
        important: id == 22,
        ..UserRecord::default()
    };
    let users = vec![
        user(20, 10, "Zoë Dana", "zoe@acme.example", false),
        user(21, 10, "Éric Dana", "eric@acme.example", true),
        user(22, 10, "Dana Reyes", "dana@acme.example", false),
        user(23, 11, "Søren Ø", "soren@cafe.example", false),
    ];
    put(&store, Batch::Users(users), Pass::Any);
    let asset = |id, tag: &str| AssetRecord {
        id,
        client_id: ClientId(10),
        tag: tag.into(),
        kind: "Laptop".into(),
        ..AssetRecord::default()
    };
    put(&store, Batch::Assets(vec![asset(2201, "ACM-LT-007"), asset(2202, "ACM-LT-0071")]), Pass::Any);
    store
}

fn listed(store: &Reader, register: Register, client: Option<i64>, words: &str) -> Vec<i64> {
    let ask = RegisterAsk {
        register,
        sort: RegisterSort::default(),
        client: client.map(ClientId),
        words: words.to_owned(),
        with_inactive: false,
        anchor: Anchor::Start,
        count: 50,
    };
    store.at_one_moment(|reader| reader.register(&ask)).unwrap().rows.iter().map(|row| row.id).collect()
}

#[test]
fn a_register_is_listed_by_name_and_narrowed_by_words_of_the_row_or_its_client() {
    let store = people();
    assert_eq!(listed(&store, Register::Users, None, ""), [22, 23, 20], "without who is gone");
    assert_eq!(listed(&store, Register::Users, Some(10), ""), [22, 20]);
    assert_eq!(listed(&store, Register::Users, None, "dana zo"), [20], "each word begins one of the row");
    assert_eq!(listed(&store, Register::Users, None, "cafe soren"), [23], "or of the client's name");
    assert_eq!(listed(&store, Register::Users, None, "eric@acme"), [0; 0]);
    assert_eq!(listed(&store, Register::Sites, None, "zuri"), [110]);
    assert_eq!(listed(&store, Register::Assets, None, "lt 007"), [2201, 2202]);
    assert_eq!(listed(&store, Register::Assets, None, "100% _"), [0; 0]);
}

#[test]
fn a_register_is_ordered_by_each_of_its_columns_and_within_by_name() {
    let store = people();
    let open = |id, user, site| TicketRecord {
        status_id: StatusId(1),
        user_id: UserId(user),
        site_id: SiteId(site),
        client_id: ClientId(10),
        ..ticket(id)
    };
    put(&store, Batch::Tickets(vec![open(201, 20, 100), open(202, 20, 100), open(203, 23, 110)]), Pass::Any);
    let ordered = |register, key, reverse, anchor| {
        let sort = RegisterSort { key, reverse };
        let ask = RegisterAsk { register, sort, client: None, words: String::new(), with_inactive: true, anchor, count: 3 };
        let window = store.at_one_moment(|reader| reader.register(&ask)).unwrap();
        window.rows.iter().map(|row| row.id).collect::<Vec<_>>()
    };
    for (register, key, up, down) in [
        (Register::Users, RegisterKey::Name, &[22, 21, 23][..], &[20, 23, 21][..]),
        (Register::Users, RegisterKey::Client, &[22, 21, 20], &[23, 22, 21]),
        (Register::Users, RegisterKey::Open, &[20, 23, 22], &[22, 21, 23]),
        (Register::Sites, RegisterKey::Open, &[100, 110, 101], &[101, 110, 100]),
        (Register::Assets, RegisterKey::Kind, &[2201, 2202], &[2201, 2202]),
        (Register::Assets, RegisterKey::User, &[2201, 2202], &[2201, 2202]),
        (Register::Assets, RegisterKey::Open, &[2201, 2202], &[2201, 2202]),
        (Register::Clients, RegisterKey::Name, &[10, 11], &[11, 10]),
        (Register::Clients, RegisterKey::Open, &[10, 11], &[11, 10]),
    ] {
        assert_eq!(ordered(register, key, false, Anchor::Start), up, "{register:?} {key:?}");
        assert_eq!(ordered(register, key, true, Anchor::Start), down, "{register:?} {key:?} turned round");
    }
    assert_eq!(ordered(Register::Users, RegisterKey::Open, false, Anchor::After(23)), [22, 21]);
    assert_eq!(ordered(Register::Users, RegisterKey::Client, true, Anchor::Before(20)), [23, 22, 21]);
}

#[test]
fn what_is_called_so_is_found_in_all_lists_by_its_own_words() {
    let store = people();
    let called = |words: &str| -> Vec<(Register, i64)> {
        let found = store.at_one_moment(|reader| reader.called(words, 2)).unwrap();
        found.into_iter().map(|(register, row)| (register, row.id)).collect()
    };
    assert_eq!(called("dana"), [(Register::Users, 22), (Register::Users, 20)]);
    assert_eq!(called("ac"), [(Register::Users, 22), (Register::Users, 20), (Register::Assets, 2201), (Register::Assets, 2202)]);
    assert_eq!(called("cafe"), [(Register::Users, 23)], "its mail address has the word, not its client");
    assert_eq!(called("noir"), []);
}

#[test]
fn whoever_is_gone_to_is_listed_though_no_longer_there() {
    let store = people();
    let ask = RegisterAsk {
        register: Register::Users,
        sort: RegisterSort::default(),
        client: Some(ClientId(10)),
        words: String::new(),
        with_inactive: true,
        anchor: Anchor::Around(21),
        count: 50,
    };
    let window = store.at_one_moment(|reader| reader.register(&ask)).unwrap();
    assert_eq!(window.rows.iter().map(|row| (row.id, row.inactive)).collect::<Vec<_>>(), [(22, false), (21, true), (20, false)]);
    assert_eq!((window.rows[0].client.as_str(), window.rows[0].site.as_str()), ("Acme Ltd", "Head Office"));
}

#[test]
fn tickets_are_found_by_their_assets() {
    let store = people();
    let extras = |id: i64, tag: &str| TicketExtras {
        assets: vec![LinkedAsset { id, tag: tag.into(), kind: "Laptop".into() }],
        ..TicketExtras::default()
    };
    put(&store, Batch::Tickets(vec![TicketRecord { extras: Some(extras(2201, "ACM-LT-007")), ..printer_jam() }]), Pass::Any);
    assert_eq!(found(&store, "asset:2201"), [1]);
    assert_eq!(found(&store, "asset:acm-lt"), [1]);
    assert_eq!(found(&store, "asset:\"ACM-LT-007\" is:open"), [1]);
    assert_eq!(found(&store, "asset:\"ACM-LT\" -asset:2201"), [0; 0]);
    assert_eq!(found(&store, "asset:\"LT-0071\""), [0; 0], "a phrase is whole words");
    put(&store, Batch::Tickets(vec![TicketRecord { extras: Some(TicketExtras::default()), ..printer_jam() }]), Pass::Any);
    assert_eq!(found(&store, "asset:2201"), [0; 0], "what no longer hangs on it is forgotten");
}

#[tokio::test]
async fn a_client_in_the_round_has_what_is_stored_of_it() {
    let mirror = Mirror::in_memory(&identity()).unwrap();
    let record = ClientRecord { id: ClientId(10), name: "Acme Ltd".into(), main_site_id: SiteId(100), ..ClientRecord::default() };
    mirror.write(Batch::Clients(vec![record.clone()]), Pass::Any, now()).await.unwrap();
    let opened = |id, days: i64| TicketRecord { opened: ago(days * 86_400), client_id: ClientId(10), ..ticket(id) };
    let tickets =
        vec![opened(1, 1), opened(2, 8), opened(3, 9), opened(4, 26 * 7 + 1), TicketRecord { opened: ago(-60), ..opened(5, 0) }];
    mirror.write(Batch::Tickets(tickets), Pass::Any, now()).await.unwrap();
    let done =
        ActionRecord { ticket_id: TicketId(2), id: ActionId(1), who: "Priya".into(), at: ago(50), ..ActionRecord::default() };
    mirror.write(Batch::Conversation { ticket: TicketId(2), actions: vec![done], left_out: 0 }, Pass::Any, now()).await.unwrap();
    let overview = || async { mirror.read(|reader| reader.client_overview(ClientId(10), now())).await.unwrap().unwrap() };
    let before = overview().await;
    assert_eq!((before.weeks.len(), before.weeks[24], before.weeks[25], before.weeks.iter().sum::<u32>()), (26, 2, 2, 4));
    assert_eq!((before.touches[0].ticket, before.touches[0].who.as_str(), before.touches.len()), (TicketId(2), "Priya", 5));
    assert_eq!((before.read_at, before.contracts), (None, Contracts::Unread));

    let details = ClientDetails {
        record: ClientRecord { vip: true, ..record },
        popups: vec!["Call first".into()],
        main_contact: Some(MainContact { name: "Dana".into(), ..MainContact::default() }),
        ..ClientDetails::default()
    };
    mirror.set_client_details(ClientId(10), details.clone(), None, now()).await.unwrap();
    let hidden = overview().await;
    assert_eq!((hidden.client.vip, hidden.read_at, hidden.contracts), (true, Some(now()), Contracts::Hidden));
    assert_eq!(
        (hidden.popups[0].as_str(), hidden.contacts[0].name.as_str(), hidden.contacts[0].main),
        ("Call first", "Dana", true)
    );
    let contract = ContractRecord { id: 3, reference: "MSA".into(), ..ContractRecord::default() };
    mirror.set_client_details(ClientId(10), details, Some(vec![contract]), now()).await.unwrap();
    assert!(matches!(overview().await.contracts, Contracts::Known(rows) if rows[0].reference.as_str() == "MSA"));
    assert_eq!(mirror.read(|reader| reader.client_overview(ClientId(99), now())).await.unwrap(), None);
}

/// What the plan of a statement says.
fn plan(store: &Reader, sql: &str) -> String {
    let mut statement = store.conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let steps = statement.query_map([], |row| row.get::<_, String>(3)).unwrap();
    steps.collect::<rusqlite::Result<Vec<_>>>().unwrap().join("; ")
}

#[test]
fn what_is_told_of_a_client_is_found_by_indexes() {
    let store = people();
    let open = "SELECT count(*) FROM tickets AS t WHERE t.client_id = 1 AND t.is_closed = 0";
    for (more, index) in [
        ("(t.due < 9 AND t.due < CASE t.sla_id WHEN 1 THEN 5 ELSE 6 END)", "open_by_client_due (client_id=? AND due<?)"),
        ("t.on_hold = 1", "held_by_client (client_id=?)"),
    ] {
        let found = plan(&store, &format!("{open} AND {more}"));
        assert!(found.contains(index), "{found}");
    }
    let weeks = "SELECT (opened - 5) / 7, count(*) FROM tickets WHERE client_id = 1 AND opened > 5 GROUP BY 1";
    assert!(plan(&store, weeks).contains("COVERING INDEX tickets_by_client_opened"), "{}", plan(&store, weeks));
    let touches = "SELECT id, summary, updated_key FROM tickets WHERE client_id = 1 ORDER BY updated_key DESC, id DESC LIMIT 5";
    let found = plan(&store, touches);
    assert!(found.contains("tickets_by_client") && !found.contains("TEMP"), "{found}");
    for table in ["sites", "users", "assets"] {
        let sql = format!("SELECT t.id FROM {table} AS t WHERE t.inactive = 0 ORDER BY t.name_key, t.id LIMIT 9");
        assert!(!plan(&store, &sql).contains("TEMP"), "{}", plan(&store, &sql));
        let sql =
            format!("SELECT t.id FROM {table} AS t WHERE t.client_id = 1 AND t.inactive = 0 ORDER BY t.name_key, t.id LIMIT 9");
        assert!(!plan(&store, &sql).contains("TEMP"), "{}", plan(&store, &sql));
    }
}

#[test]
fn an_older_mirror_gets_the_words_of_its_users_and_which_assets_its_tickets_are_about() {
    let conn = rusqlite::Connection::open_in_memory().unwrap();
    words::register(&conn).unwrap();
    for step in [
        include_str!("../schema/1.sql"),
        include_str!("../schema/2.sql"),
        include_str!("../schema/3.sql"),
        include_str!("../schema/4.sql"),
        include_str!("../schema/5.sql"),
        include_str!("../schema/6.sql"),
        include_str!("../schema/7.sql"),
        include_str!("../schema/8.sql"),
    ] {
        conn.execute_batch(step).unwrap();
    }
    conn.execute_batch(
        "INSERT INTO users VALUES (20, 10, 100, 'Zo\u{eb}', 'zoe@acme.example', '020', 0, 0);
         INSERT INTO sites VALUES (100, 10, 'Z\u{fc}rich', '', 0);
         INSERT INTO assets VALUES (2201, 10, 100, 'ACM-LT-007', 'Laptop', '', 0);
         INSERT INTO ticket_extras VALUES (1, '{\"assets\":[{\"id\":2201,\"tag\":\"ACM-LT-007\"}]}'), (2, '{}'), (3, 'damaged');",
    )
    .unwrap();
    for step in [include_str!("../schema/9.sql"), include_str!("../schema/10.sql"), include_str!("../schema/11.sql")] {
        conn.execute_batch(step).unwrap();
    }
    let related: (i64, i64, String) = conn
        .query_row("SELECT asset_id, ticket_id, tag_key FROM ticket_assets", [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .unwrap();
    assert_eq!(related, (2201, 1, "acm lt 007".to_owned()));
    let store = Reader::new(conn, positions::Positions::default());
    assert_eq!(listed(&store, Register::Users, Some(10), "zoe acme"), [20]);
    assert_eq!(listed(&store, Register::Sites, None, "zur"), [100]);
    assert_eq!(listed(&store, Register::Assets, None, "007 laptop"), [2201]);
}
