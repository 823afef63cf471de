//! What keys, time and news do to the model: nothing is quit, lost or asked by accident.

use halo_tui::{
    domain::{Anchor, Changed, Found, Hosting, Profile, ProfileName, SecretKeeping},
    msg::{Mouse, MouseAct, Notice, RequestId, Slot},
};

use super::*;

fn after(millis: u64) -> Now {
    let now = now();
    let by = Duration::from_millis(millis);
    Now { wall: now.wall.checked_add(by).unwrap(), tick: now.tick + by }
}

fn press(desk: &mut Desk, key: Key) -> Vec<Effect> {
    desk.take(Msg::Input(Input::Key(key)))
}

/// What is set apart on the second line: the view or the list.
fn set_apart(desk: &Desk) -> String {
    let frame = desk.frame();
    let set_apart = (0..desk.size.0).map(|x| &frame[(x, 1)]).filter(|cell| cell.modifier.contains(Modifier::REVERSED));
    set_apart.map(ratatui::buffer::Cell::symbol).collect()
}

/// What has the focus, as the second and the last line tell.
fn focus(desk: &Desk) -> &'static str {
    match set_apart(desk).as_str() {
        "Clients" => "Clients",
        _ if desk.text().lines().last().unwrap().contains("esc back") => "Ticket",
        _ => "Tickets",
    }
}

/// The row under the cursor.
fn cursor_row(desk: &Desk) -> String {
    desk.text().lines().find(|row| row.starts_with('▌')).unwrap().to_owned()
}

fn quits(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::Quit))
}

/// The question about tickets among effects.
fn question(effects: &[Effect]) -> Option<(Slot, RequestId)> {
    effects.iter().find_map(|effect| match effect {
        Effect::Ask { slot, id, question: Question::Tickets { .. } } => Some((*slot, *id)),
        _ => None,
    })
}

#[test]
fn the_first_frame_waits_for_its_rows_but_not_for_long() {
    let start = || {
        let mut model = Desk::model(80, 24, true, false, look(ColourDepth::True));
        let resize = Msg::Input(Input::Resize { cols: 80, rows: 24 });
        let effects = update(&mut model, resize, after(0));
        (model, question(&effects).unwrap())
    };
    let (mut model, (slot, id)) = start();
    assert!(!model.take_dirty(), "an empty screen would only be overwritten");
    let rows = Window { rows: tickets(), offset: 0, total: 6, more: false };
    update(&mut model, Msg::Answer { slot, id, answer: Ok(Answer::Tickets(rows)) }, after(5));
    assert!(model.take_dirty());

    let (mut model, _) = start();
    assert_eq!(model.deadline(), Some(after(50).tick));
    update(&mut model, Msg::Wake, after(50));
    assert!(model.take_dirty(), "a slow disk does not keep the screen from coming");

    let (mut model, _) = start();
    update(&mut model, Msg::Input(Input::Key(Key::char('?'))), after(1));
    assert!(model.take_dirty(), "nor does it keep a key from being answered");
}

#[test]
fn enter_on_a_filter_asks_the_server_too_and_tells_what_it_found() {
    let mut desk = Desk::full(80, 24, false);
    let effects = desk.keys("/vpn\r");
    let asked = effects.iter().find_map(|effect| match effect {
        Effect::Search { slot, id, query, client: None } => Some((*slot, *id, query.clone())),
        _ => None,
    });
    let (slot, id, query) = asked.unwrap();
    assert_eq!(query, halo_tui::query::Query::parse("is:open vpn").unwrap(), "with the view's own conditions");
    let found = Found { ids: vec![TicketId(7), TicketId(9)], count: 2, new: 1, more: false };
    desk.take(Msg::Answer { slot, id, answer: Ok(Answer::Found(Some(found.clone()))) });
    assert!(desk.text().contains("The server finds 2 tickets for vpn, 1 of them new here"), "{}", desk.text());
    let effects = desk.keys("/vpn statu:x\r");
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Search { .. })));
    assert!(desk.text().contains("^^^^^ did you mean status?"), "what can't be read stays to be put right\n{}", desk.text());
    let mut desk = Desk::full(80, 24, false);
    let effects = desk.keys("/vpn\r/ mail");
    let asked = effects.iter().find_map(|effect| match effect {
        Effect::Search { slot, id, .. } => Some((*slot, *id)),
        _ => None,
    });
    let (slot, id) = asked.unwrap();
    desk.take(Msg::Answer { slot, id, answer: Ok(Answer::Found(Some(found))) });
    desk.keys("\u{1b}");
    assert!(!desk.text().contains("The server finds"), "that was another filter:\n{}", desk.text());
}

#[test]
fn the_command_line_leads_to_tickets_clients_and_people_too() {
    let mut desk = Desk::full(80, 24, false);
    desk.keys(":bore");
    insta::assert_snapshot!(desk.text());
    desk.keys("\r");
    assert!(desk.text().contains("/ client:\"Borealis Ltd\"") || desk.text().contains("#10482"), "{}", desk.text());
    desk.keys("\u{1b}:#10466\r");
    assert_eq!(focus(&desk), "Ticket");
    assert!(desk.text().contains("#10466 "), "{}", desk.text());
    desk.keys("\u{1b}:zzzz\r");
    assert!(desk.text().contains("No command is called zzzz"), "{}", desk.text());
    desk.keys(":theme dar\u{1b}");
    assert!(!desk.text().contains("in progress"), "what follows a command is no name");
}

#[test]
fn it_begins_where_it_ended() {
    let mut desk = Desk::full(80, 24, false);
    desk.keys("/vpn\rjj");
    let view = desk.model.last_view();
    assert_eq!((view.words.as_str(), view.ticket, view.client.as_ref()), ("vpn", Some(10466), None));
    let mut model = Desk::model_with(80, 24, false, false, look(ColourDepth::True), view.clone());
    let effects = update(&mut model, Msg::Input(Input::Resize { cols: 80, rows: 24 }), now());
    let asked = effects.iter().find_map(|effect| match effect {
        Effect::Ask { question: Question::Tickets { query, anchor, .. }, .. } => Some((query.clone(), *anchor)),
        _ => None,
    });
    assert_eq!(asked, Some((halo_tui::query::Query::parse("is:open vpn").unwrap(), Anchor::Around(TicketId(10466)))));
    desk.keys("\u{1b}\t\r");
    assert_eq!(desk.model.last_view().client, Some((12, "Borealis Ltd".into())));
}

#[test]
fn every_way_of_walking_the_panes() {
    let mut desk = Desk::full(120, 40, true);
    let backtab = Key { shift: true, ..Key::plain(KeyCode::Tab) };
    for (forth, back) in [
        (Key::plain(KeyCode::Tab), backtab),
        (Key::char('l'), Key::char('h')),
        (Key::plain(KeyCode::Right), Key::plain(KeyCode::Left)),
    ] {
        let mut seen = vec![focus(&desk)];
        for key in [forth, forth, forth, back, back, back] {
            press(&mut desk, key);
            seen.push(focus(&desk));
        }
        assert_eq!(seen, ["Tickets", "Clients", "Ticket", "Tickets", "Ticket", "Clients", "Tickets"], "{forth:?}");
    }
}

#[test]
fn p_takes_the_preview_away_and_brings_it_back() {
    let mut desk = Desk::full(120, 40, true);
    assert!(desk.text().contains("Edge transport is down"));
    desk.keys("\t\tp");
    assert!(!desk.text().contains("Edge transport is down"));
    assert_eq!(focus(&desk), "Tickets", "what is gone has no focus");
    desk.keys("p");
    assert!(desk.text().contains("Edge transport is down"));
}

#[test]
fn ctrl_c_ends_it_from_everywhere_and_q_only_at_the_root() {
    for place in ["", "\t", "\r", "/", ":", "?", "/abc", ":theme"] {
        let mut desk = Desk::full(80, 24, false);
        assert!(!quits(&desk.keys(place)), "{place:?}");
        assert!(quits(&desk.keys("\u{3}")), "ctrl-c from {place:?}");
        let mut desk = Desk::full(80, 24, false);
        desk.keys(place);
        assert_eq!(quits(&desk.keys("q")), place.is_empty(), "q from {place:?}");
    }
    let mut connect = Desk::new(80, 24, true, true, look(ColourDepth::True));
    assert!(!quits(&connect.keys("q")), "a letter of an address");
    assert!(quits(&connect.keys("\u{3}")));
}

#[test]
fn a_lone_escape_keeps_what_stood_on_the_command_line() {
    let mut desk = Desk::full(80, 24, false);
    // Over a slow line this is how an arrow key can begin.
    assert!(!quits(&desk.keys(":theme high\u{1b}")));
    desk.keys(":");
    let text = desk.text();
    assert!(!text.contains(":theme") && text.contains("as it was typed before"), "new words are not put behind old ones: {text}");
    desk.keys("\t");
    assert!(desk.text().contains(":theme high"), "{}", desk.text());
    let effects = desk.keys("-contrast\r");
    assert!(matches!(effects.as_slice(), [Effect::LoadTheme(name)] if name == "high-contrast"), "{effects:?}");
    desk.keys(":");
    assert!(!desk.text().contains("as it was typed before"), "what was done does not come back");
}

#[test]
fn a_lone_escape_keeps_what_stands_on_the_connect_screen() {
    let mut desk = Desk::new(80, 24, true, true, look(ColourDepth::True));
    desk.keys("acme.\u{1b}halopsa.com");
    assert!(desk.text().contains("acme.halopsa.com"), "{}", desk.text());
    // Escape, any other key, escape is not twice.
    assert!(!quits(&desk.keys("\u{1b}\t\u{1b}")));
    assert!(desk.text().contains("acme.halopsa.com"));
}

#[test]
fn escape_steps_back_from_the_innermost_place_outwards() {
    let mut desk = Desk::full(80, 24, false);
    desk.keys("\t\r/printer\r");
    assert!(desk.text().contains("Borealis Ltd: printer"));
    desk.keys("\u{1b}");
    assert!(desk.text().contains("/ Borealis Ltd\n"), "first the filter\n{}", desk.text());
    desk.keys("\u{1b}");
    assert!(!desk.text().contains("/ Borealis Ltd"), "then the client");
    assert!(!quits(&desk.keys("\u{1b}")));
    assert!(desk.text().contains("q quits"), "then nothing but a word of advice");
    desk.keys("/");
    press(&mut desk, Key::plain(KeyCode::Up));
    assert!(desk.text().contains("/printer"), "the filter that was widened is still to be had");
}

#[test]
fn a_paste_is_never_a_row_of_commands() {
    let mut desk = Desk::full(80, 24, false);
    let effects = desk.take(Msg::Input(Input::Paste("q\rjj:quit\r\u{3}".into())));
    assert!(effects.is_empty(), "{effects:?}");
    assert!(cursor_row(&desk).contains("10482"));
    assert!(desk.text().contains("Nothing here takes pasted text"));
    desk.keys(":");
    let effects = desk.take(Msg::Input(Input::Paste("quit\r".into())));
    assert!(effects.is_empty(), "on a line it is words, its end included: {effects:?}");
    assert!(desk.text().contains(":quit"));
}

#[test]
fn the_cursor_stays_on_its_ticket_while_rows_come_and_go() {
    let mut desk = Desk::full(120, 40, false);
    desk.keys("jj");
    assert!(cursor_row(&desk).contains("10466"));
    let refresh = |desk: &mut Desk, rows: Vec<TicketRow>| {
        let effects = update(&mut desk.model, Msg::News(News::Changed(Changed::Tickets)), now());
        let (slot, id) = question(&effects).unwrap();
        let total = rows.len() as u64;
        let answer = Ok(Answer::Tickets(Window { rows, offset: 0, total, more: false }));
        update(&mut desk.model, Msg::Answer { slot, id, answer }, now());
    };
    let mut rows = tickets();
    rows.reverse();
    rows.insert(0, TicketRow { id: TicketId(10500), summary: line("new on top"), ..TicketRow::default() });
    refresh(&mut desk, rows.clone());
    assert!(cursor_row(&desk).contains("10466"));
    assert!(desk.text().contains("new on top"));
    rows.retain(|row| row.id != TicketId(10466));
    refresh(&mut desk, rows);
    assert!(cursor_row(&desk).contains("10479"), "the next one takes its place:\n{}", desk.text());
}

#[test]
fn a_failed_question_keeps_the_rows_and_the_next_change_asks_again() {
    let mut desk = Desk::full(80, 24, false);
    let ask = |desk: &mut Desk| update(&mut desk.model, Msg::News(News::Changed(Changed::Tickets)), now());
    let (slot, id) = question(&ask(&mut desk)).unwrap();
    assert_eq!(question(&ask(&mut desk)), None, "one question at a time");
    let answer = Err(Failure::new(FailureKind::Storage, "the disk is full"));
    update(&mut desk.model, Msg::Answer { slot, id, answer }, now());
    assert!(desk.text().contains("Mail server unreachable"));
    assert!(question(&ask(&mut desk)).is_some());
}

#[test]
fn ages_are_drawn_anew_when_a_minute_begins() {
    let mut desk = Desk::full(80, 24, false);
    // It is 20 seconds past the minute.
    desk.take(Msg::Input(Input::FocusGained));
    // The views are counted again for what was heard at the start.
    desk.take_at(Msg::Wake, after(1_000));
    assert_eq!(desk.model.deadline(), Some(after(40_000).tick));
    desk.model.take_dirty();
    update(&mut desk.model, Msg::Wake, after(39_999));
    assert!(!desk.model.take_dirty(), "nothing changed: nothing is sent");
    update(&mut desk.model, Msg::Wake, after(40_000));
    assert!(desk.model.take_dirty());
    assert_eq!(desk.model.deadline(), Some(after(100_000).tick));
    // Something else may come first after the minute began.
    update(&mut desk.model, Msg::Input(Input::FocusLost), after(100_001));
    assert!(desk.model.take_dirty());
}

#[test]
fn notices_go_by_themselves_and_errors_with_a_key() {
    let mut desk = Desk::full(80, 24, false);
    let shown = |desk: &Desk| desk.text().lines().last().unwrap().to_owned();
    desk.take(Msg::Notice(Notice::info("all is well")));
    desk.take_at(Msg::Wake, after(5_999));
    assert!(shown(&desk).contains("all is well"));
    desk.take_at(Msg::Wake, after(6_000));
    assert!(!shown(&desk).contains("all is well"));
    desk.take(Msg::Notice(Notice::error("the disk is full")));
    desk.take_at(Msg::Wake, after(3_600_000));
    assert!(shown(&desk).contains("!! the disk is full"));
    desk.take_at(Msg::Input(Input::Key(Key::char('j'))), after(3_600_000));
    assert!(!shown(&desk).contains("the disk is full"));
}

#[test]
fn what_the_command_line_understands() {
    let mut desk = Desk::full(80, 24, false);
    for (words, every) in [("30", Some(30)), ("90s", Some(90)), ("off", None)] {
        let effects = desk.keys(&format!(":refresh-every {words}\r"));
        let expected = every.map(Duration::from_secs);
        assert!(matches!(effects.as_slice(), [Effect::RefreshEvery(pace)] if *pace == expected), "{words}: {effects:?}");
    }
    for (words, answer) in [
        ("refresh-every 5", "seconds from 15 to 86400"),
        ("refresh-every soon", "seconds from 15 to 86400"),
        ("togpre", "perhaps toggle-preview?"),
        ("zzzz", "No command is called zzzz"),
        ("quit now", "quit takes nothing after it"),
    ] {
        let effects = desk.keys(&format!(":{words}\r"));
        assert!(effects.is_empty(), "{words}: {effects:?}");
        assert!(desk.text().contains(answer), "{words}:\n{}", desk.text());
        // The words are there to be put right; this line begins afresh.
        desk.keys(":");
        press(&mut desk, Key::ctrl('u'));
        desk.keys("\u{1b}");
    }
    assert!(matches!(desk.keys(":refresh-all\r").as_slice(), [Effect::Refresh { everything: true }]));
    assert!(matches!(desk.keys("r").as_slice(), [Effect::Refresh { everything: false }]));
    desk.keys(":filter printer\r");
    assert!(desk.text().contains("/ printer"));
}

#[test]
fn a_theme_is_taken_over_at_once() {
    let mut desk = Desk::full(80, 24, false);
    let before = desk.frame();
    let text = Theme::embedded_text("dark").unwrap().to_owned();
    desk.take(Msg::Theme("dark".into(), Ok(text)));
    assert!(desk.text().contains("Theme dark"));
    assert_ne!(desk.frame()[(10, 4)].style(), before[(10, 4)].style());
}

#[test]
fn help_tells_and_does_nothing_else() {
    let mut desk = Desk::full(80, 24, false);
    desk.keys("?");
    assert!(desk.keys("jjGr").is_empty(), "r refreshes on the dashboard, not here");
    desk.keys("q");
    assert!(cursor_row(&desk).contains("10482"), "the keys moved the help alone");
}

fn profile(name: &str) -> Profile {
    Profile {
        name: ProfileName::parse(name).unwrap(),
        hosting: Hosting::OnPremise,
        auth_url: "https://acme.example/auth".into(),
        resource_url: format!("https://{name}.example/api"),
        tenant: None,
        client_id: "id".into(),
        scope: "all".into(),
        me: None,
        secret: SecretKeeping::Ask,
        ca_file: None,
    }
}

#[test]
fn a_session_that_starts_while_a_question_is_under_way_is_asked_anew() {
    let mut desk = Desk::full(80, 24, false);
    let effects = update(&mut desk.model, Msg::News(News::Changed(Changed::Tickets)), now());
    let (slot, old) = question(&effects).unwrap();
    let started = Msg::Connect(ConnectNews::Started(Ok(Box::new(profile("acme")))));
    let effects = update(&mut desk.model, started, now());
    let (_, new) = question(&effects).expect("the rows of the new session");
    let one = |summary: &str| {
        let row = TicketRow { id: TicketId(10482), summary: line(summary), ..TicketRow::default() };
        Ok(Answer::Tickets(Window { rows: vec![row], offset: 0, total: 1, more: false }))
    };
    update(&mut desk.model, Msg::Answer { slot, id: old, answer: one("of the old session") }, now());
    assert!(!desk.text().contains("of the old session"));
    update(&mut desk.model, Msg::Answer { slot, id: new, answer: one("of the new session") }, now());
    assert!(desk.text().contains("of the new session"));
}

#[test]
fn another_tenant_is_not_narrowed_to_a_client_of_the_last_one() {
    let mut desk = Desk::full(80, 24, false);
    desk.keys("\t\r");
    assert!(desk.text().contains("/ Borealis Ltd"));
    let started = Msg::Connect(ConnectNews::Started(Ok(Box::new(profile("other")))));
    let effects = update(&mut desk.model, started, now());
    let asked = effects.iter().find_map(|effect| match effect {
        Effect::Ask { question: Question::Tickets { client, .. }, .. } => Some(*client),
        _ => None,
    });
    assert_eq!(asked, Some(None), "the number means somebody else there");
    assert!(!desk.text().contains("Mail server unreachable"), "no row of one tenant under the name of another");
}

#[test]
fn help_is_searched_by_keys_names_and_sentences() {
    let mut desk = Desk::full(80, 24, false);
    desk.keys("?/copies web");
    let text = desk.text();
    assert!(text.contains("Copies the web link") && text.contains("Lists") && !text.contains("Opens what"), "{text}");
    assert!(text.lines().last().unwrap().contains("/ copies web"), "{text}");
    desk.keys("x");
    assert!(desk.text().contains("No key of this place says that"), "{}", desk.text());
    press(&mut desk, Key::plain(KeyCode::Esc));
    assert!(desk.text().contains("Opens what the cursor is on"), "what was typed goes first: {}", desk.text());
    press(&mut desk, Key::plain(KeyCode::Esc));
    assert!(!desk.text().contains("Keys of this place"), "then the help");
}

fn mouse(desk: &mut Desk, act: MouseAct, col: u16, row: u16, millis: u64) -> Vec<Effect> {
    desk.take_at(Msg::Input(Input::Mouse(Mouse { act, col, row })), after(millis))
}

#[test]
fn a_click_moves_the_cursor_two_open_and_the_wheel_scrolls() {
    let mut desk = Desk::full(120, 40, true);
    mouse(&mut desk, MouseAct::Press, 20, 6, 0);
    assert!(cursor_row(&desk).contains("10466"), "the third row: {}", cursor_row(&desk));
    assert_eq!(focus(&desk), "Tickets");
    mouse(&mut desk, MouseAct::Press, 20, 6, 1_000);
    assert_eq!(focus(&desk), "Tickets", "long after the first it is another first one");
    mouse(&mut desk, MouseAct::Press, 20, 6, 1_300);
    assert_eq!(focus(&desk), "Ticket");
    mouse(&mut desk, MouseAct::WheelDown, 20, 6, 2_000);
    assert!(cursor_row(&desk).contains("10390"), "{}", cursor_row(&desk));
    mouse(&mut desk, MouseAct::Press, 20, 30, 3_000);
    mouse(&mut desk, MouseAct::Press, 20, 30, 3_100);
    assert_eq!(focus(&desk), "Tickets", "where no row is there is nothing to open");
    // Where something is typed a stray click loses nothing.
    desk.keys("/vpn");
    mouse(&mut desk, MouseAct::Press, 20, 4, 4_000);
    assert!(desk.text().contains("vpn"));
}

#[test]
fn a_click_on_the_board_goes_to_a_bar_or_a_day_and_two_open_it() {
    for (cols, rows) in [(120, 36), (80, 24)] {
        let mut desk = Desk::full(cols, rows, true);
        desk.keys("b");
        let place = |desk: &Desk, words: &str| {
            let text = desk.text();
            let (row, line) = text.lines().enumerate().skip(3).find(|(_, line)| line.contains(words)).unwrap();
            let col = halo_tui::text::width(line.split(words).next().unwrap());
            (u16::try_from(col).unwrap(), u16::try_from(row).unwrap())
        };
        let head = |desk: &Desk| desk.text().lines().nth(1).unwrap().trim_start().trim_start_matches("Board  / ").to_owned();
        let (col, row) = place(&desk, "3 to 7 days");
        mouse(&mut desk, MouseAct::Press, col, row, 0);
        assert_eq!(head(&desk), "is:open age:>=3d age:<7d");
        mouse(&mut desk, MouseAct::WheelDown, col, row, 100);
        assert!(head(&desk).starts_with("closed:>=2026-10-22 sla:"), "{}", head(&desk));
        let (col, row) = place(&desk, "opened ");
        mouse(&mut desk, MouseAct::Press, col + 7, row, 1_000);
        assert_eq!(head(&desk), "opened:2026-10-22", "the first day");
        let (col, row) = place(&desk, "opened ");
        mouse(&mut desk, MouseAct::Press, col, row, 2_000);
        assert_eq!(head(&desk), "opened:2026-10-22", "the chart's name is no day");
        // Columns that are scrolled stay where they are: both clicks meet the same bar.
        desk.keys("G");
        let (col, row) = place(&desk, "佐藤");
        mouse(&mut desk, MouseAct::Press, col, row, 3_000);
        assert_eq!(place(&desk, "佐藤"), (col, row), "{}", desk.text());
        mouse(&mut desk, MouseAct::Press, col, row, 3_100);
        assert_eq!(focus(&desk), "Tickets");
        assert!(desk.text().contains("agent:"), "{}", desk.text());
    }
}

#[test]
fn the_last_line_of_the_board_tells_only_keys_that_mean_something_there() {
    let mut desk = Desk::full(200, 36, true);
    desk.keys("b");
    let footer = desk.text().lines().last().unwrap().to_owned();
    for words in ["p preview", "S sort", "C columns", "]/[ view"] {
        assert!(!footer.contains(words), "{words}: {footer}");
    }
    for words in ["enter", "r refresh", "? help", "tab"] {
        assert!(footer.contains(words), "{words}: {footer}");
    }
}

#[test]
fn times_are_told_as_dates_in_the_zone_of_the_operator_too() {
    let mut desk = Desk::full(120, 40, true);
    assert!(desk.text().contains("opened 1 day ago") && desk.text().contains("last action 14 min ago"), "{}", desk.text());
    desk.keys("gd");
    let text = desk.text();
    assert!(text.contains("opened 19 Nov 10:00 · last action 09:46"), "{text}");
    assert!(text.contains("Dana Reyes") && text.contains("40m"), "what is left of an SLA stays a length: {text}");
    assert!(desk.keys("gd").iter().all(|effect| !matches!(effect, Effect::Ask { .. })), "nothing is read anew");
    assert!(desk.text().contains("opened 1 day ago"));
}

#[test]
fn the_preview_stands_beside_the_list_or_below_it_by_key() {
    let mut desk = Desk::full(120, 40, true);
    let row_of = |desk: &Desk, words: &str| desk.text().lines().position(|row| row.contains(words)).unwrap();
    assert_eq!(row_of(&desk, "#10482"), 3, "beside the titles");
    desk.keys("P");
    assert!(row_of(&desk, "#10482") > 15, "{}", desk.text());
    desk.keys("P");
    assert_eq!(row_of(&desk, "#10482"), 3);
    let mut low = Desk::full(120, 24, true);
    low.keys("P");
    assert_eq!(row_of(&low, "#10482"), 3, "below there is no room");
}

#[test]
fn faults_of_own_files_are_all_read_in_the_help() {
    let mut desk = Desk::full(80, 24, false);
    let text = "[roles]\ntekst = {}\nbad = { fg = 3 }\n".to_owned();
    desk.take(Msg::Theme("night".into(), Ok(text)));
    assert!(desk.text().contains("!! 2 faults, all in the help: theme night line 2: there is no role `t"), "{}", desk.text());
    desk.keys("?");
    let help = desk.text();
    assert!(help.contains("What could not be used") && help.contains("night line 2: there") && help.contains("line 3: `bad.fg`"));
    desk.keys("\u{1b}");
    desk.take(Msg::Theme("night".into(), Ok("[roles]\n".to_owned())));
    desk.keys("?");
    assert!(!desk.text().contains("night line"), "what was put right is told no longer");
}

#[test]
fn a_ticket_that_was_jumped_to_is_left_for_where_the_jump_began() {
    for (cols, rows, preview) in [(80, 24, false), (100, 30, true), (160, 40, true)] {
        let mut desk = Desk::full(cols, rows, preview);
        desk.keys("j");
        desk.later(Duration::from_millis(400));
        let before = desk.text();
        desk.keys(":#1234\r");
        desk.later(Duration::from_millis(400));
        assert_ne!(desk.text(), before, "{cols}x{rows}");
        desk.keys(":#10390\r\u{1b}");
        desk.later(Duration::from_millis(400));
        assert_ne!(desk.text(), before, "{cols}x{rows}: from one ticket to another it is one step back");
        desk.keys("\u{1b}");
        desk.later(Duration::from_millis(400));
        assert_eq!(desk.text(), before, "{cols}x{rows}");
    }
}

#[test]
fn a_notice_goes_with_the_key_that_leads_on() {
    let mut desk = Desk::full(80, 24, false);
    desk.keys("\u{1b}");
    assert!(desk.text().contains("Nothing is open here; q quits"));
    desk.keys("g");
    assert!(desk.text().contains("Nothing is open here; q quits"), "half a sequence leads nowhere yet");
    desk.keys("c");
    assert!(!desk.text().contains("Nothing is open here"), "{}", desk.text());

    // What nobody waited for is not swallowed by whoever is typing, but goes too.
    let told = || Msg::News(News::Notice(line("The server does not know ticket #7")));
    desk.take(told());
    desk.keys("j");
    assert!(desk.text().contains("does not know ticket #7"));
    desk.take_at(Msg::Input(Input::Key(Key::char('j'))), after(2_000));
    assert!(!desk.text().contains("does not know ticket #7"));
}

#[test]
fn signs_alone_are_said_to_find_nothing_and_leave_the_rows() {
    for keys in ["/👍", "/*", "\t/%", "gu/&"] {
        let mut desk = Desk::full(80, 24, false);
        desk.keys(keys);
        let last = desk.text().lines().last().unwrap().to_owned();
        assert!(last.starts_with(" ^") && last.contains("there is no letter or digit here to search for"), "{keys:?}: {last}");
        desk.keys("\r");
        assert!(desk.text().contains("no letter or digit"), "{keys:?}: the line stays to be put right");
    }
}

#[test]
fn help_ends_with_a_full_page_and_one_key_leads_back_up() {
    for (cols, rows) in [(60, 20), (80, 24), (120, 36)] {
        let mut desk = Desk::full(cols, rows, false);
        desk.keys("?G");
        let last = desk.text();
        let lines: Vec<_> = last.lines().collect();
        assert!(lines[lines.len() - 3].contains("ctrl-z") || lines[lines.len() - 3].contains("shell"), "{last}");
        assert!(!last.contains("j more"), "{last}");
        desk.keys("k");
        assert_ne!(desk.text(), last, "{cols}x{rows}");
        assert!(desk.text().contains("j more"));
        desk.keys("j");
        assert_eq!(desk.text(), last, "{cols}x{rows}");
    }
    // A smaller window keeps the end in sight.
    let mut desk = Desk::full(120, 36, false);
    desk.keys("?G");
    desk.take(Msg::Input(Input::Resize { cols: 120, rows: 24 }));
    desk.size = (120, 24);
    desk.keys("G");
    assert!(desk.text().lines().nth(21).unwrap().contains("ctrl-z"), "{}", desk.text());
}

#[test]
fn a_preview_without_room_is_said_to_have_none() {
    let mut desk = Desk::full(80, 24, true);
    for key in ["p", "p", "P"] {
        desk.keys(key);
        assert!(desk.text().contains("There is no other room for the preview here"), "{key}: {}", desk.text());
    }
    let mut desk = Desk::full(120, 40, true);
    for key in ["p", "p", "P", "P"] {
        let before = desk.text();
        desk.keys(key);
        assert!(!desk.text().contains("no other room") && desk.text() != before, "{key}");
    }
    desk.keys("bp");
    assert!(desk.text().contains("The preview stands beside the tickets"));
}

#[test]
fn hints_of_a_drawer_are_whole_and_mean_something() {
    let last = |desk: &Desk| desk.text().lines().last().unwrap().trim().to_owned();
    let mut desk = Desk::full(60, 20, false);
    desk.keys("S");
    assert_eq!(last(&desk), "enter accept · j/k move · space add, take away · S turn");
    let mut desk = Desk::full(80, 24, false);
    desk.keys("S");
    assert!(last(&desk).contains("S turn ·"), "{}", last(&desk));
}

#[test]
fn f_lists_what_hangs_on_the_ticket_under_the_cursor_whatever_was_shown_last() {
    for (cols, rows) in [(80, 24), (120, 40)] {
        let mut desk = Desk::full(cols, rows, true);
        desk.keys("\r\u{1b}jf");
        assert!(desk.text().contains("#10479: tickets, files, links"), "{}", desk.text());
        desk.keys("\u{1b}kf");
        assert!(desk.text().contains("#10482: tickets, files, links"), "{}", desk.text());
    }
}

#[test]
fn keys_of_a_preview_that_is_not_there_are_neither_told_nor_silent() {
    let last = |desk: &Desk| desk.text().lines().last().unwrap().trim().to_owned();
    let mut desk = Desk::full(80, 24, true);
    assert!(!last(&desk).contains("J/K") && !last(&desk).contains("p preview"), "{}", last(&desk));
    desk.keys("p");
    desk.later(Duration::from_secs(7));
    assert!(!last(&desk).contains("p preview"), "{}", last(&desk));
    for key in ["J", "K", "z", " "] {
        desk.keys(key);
        assert!(last(&desk).starts_with("No preview stands beside the list now"), "{key:?}: {}", last(&desk));
    }
    desk.keys("\r");
    desk.keys("J");
    assert!(!last(&desk).contains("No preview"), "{}", last(&desk));
    let desk = Desk::full(120, 40, true);
    assert!(last(&desk).contains("J/K scroll preview") && last(&desk).contains("p preview"), "{}", last(&desk));
    // What was looked for can be walked once something is looked for.
    let mut desk = Desk::full(170, 45, true);
    desk.keys("\r");
    assert!(!last(&desk).contains("n/N next match"), "{}", last(&desk));
    desk.keys("/a\r");
    assert!(last(&desk).contains("n/N next match"), "{}", last(&desk));
}

#[test]
fn a_list_of_clients_is_narrowed_by_words_that_nothing_completes() {
    let mut desk = Desk::full(80, 24, false);
    desk.keys("\t/");
    assert!(desk.text().contains("enter accept") && !desk.text().contains("tab complete"), "{}", desk.text());
    desk.keys("\u{1b}q/");
    assert!(desk.text().contains("tab complete") || desk.text().contains(" tab  "), "{}", desk.text());
}

#[test]
fn a_refresh_by_key_says_that_it_asks_and_that_all_is_up_to_date() {
    let mut desk = Desk::full(80, 24, false);
    let live = || Msg::News(News::Connection(Connection::Live { at: now().wall }));
    let last = |desk: &Desk| desk.text().lines().last().unwrap().to_owned();
    desk.take(live());
    assert!(!last(&desk).contains("Up to date"), "nobody asked: {}", last(&desk));
    let effects = press(&mut desk, Key::char('r'));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Refresh { everything: false })));
    assert!(desk.text().contains("Asking for what has changed"), "{}", desk.text());
    desk.take(live());
    assert!(desk.text().contains("Up to date"), "{}", desk.text());
    press(&mut desk, Key::char('r'));
    let failure = Failure::new(FailureKind::Storage, "the server is away");
    let connection = Connection::Failing { last_success: None, since: now().wall, failure, retry_at: None };
    desk.take(Msg::News(News::Connection(connection)));
    assert!(last(&desk).contains("Not asked: the server is away"), "{}", desk.text());
}

#[test]
fn why_nothing_comes_is_cut_between_words() {
    for cols in 60..120 {
        let mut desk = Desk::full(cols, 24, false);
        let words = "the server answers with something that is no list of tickets";
        let failure = Failure::new(FailureKind::Storage, words);
        let connection = Connection::Failing { last_success: None, since: now().wall, failure, retry_at: None };
        desk.take(Msg::News(News::Connection(connection)));
        let first = desk.text().lines().next().unwrap().to_owned();
        let Some((_, told)) = first.split_once("no rows yet: ") else { continue };
        let told = told.split('…').next().unwrap().trim_end_matches("? help").trim_end();
        assert!(words == told || words.strip_prefix(told).is_some_and(|rest| rest.starts_with(' ')), "{first}");
    }
}
