//! The preview of tickets as they come: mail of many kinds, in many scripts, and with bad intent.

use super::*;
use halo_tui::domain::{AssetLabel, AttachmentId, Difference, Extras, FieldChange, FileRow, LinkedTicket, Relation};

const JAPANESE: &str = "<div>まだ印刷できません。電源を入れ直しても、同じエラーが出ます。</div><ul><li>3階のプリンター</li><li>エラー 0x6100</li></ul>\
    <table><tr><th>機種</th><th>状態</th></tr><tr><td>MX-3661</td><td>紙詰まり</td></tr></table>\
    <p><img src='cid:1' alt='エラー画面'> <a href='https://status.example/手順?id=1'>手順書</a></p><div>iPhoneから送信</div>\
    <blockquote type='cite'>2026/11/19 19:00、Desk &lt;desk@halcyon.example&gt;のメール:<br><br>電源を入れ直してください。<br>その後、もう一度印刷してください。</blockquote>";

const HOSTILE: &str = "<p>\u{1b}[2JPlease &#27;]52;c;cm0=&#7; open \u{202e}fdp.exe\u{202c} <a href='https://paypal.example@evil.example/login'>\
    https://paypal.example</a> or <a href='javascript:steal()'>this</a>.</p><div style='display:none'>hidden</div>\
    <div class='gmail_quote'>On Thu, 19 Nov 2026 at 19:00, Priya &lt;p@halcyon.example&gt; wrote:<blockquote>Do not open it.<br>Delete it.<br>Tell us.</blockquote></div>";

const OUTLOOK: &str = "Hallo,\r\n\r\ngeht wieder, siehe https://intranet.example/drucker.\r\n\r\n-- \r\nIna Koch\r\nBorealis\r\nTel. 030 123\r\n\r\n\
    -----Ursprüngliche Nachricht-----\r\nVon: Desk\r\nGesendet: Donnerstag, 19. November 2026 19:00\r\nAn: Ina Koch\r\nBetreff: AW: Drucker\r\n\r\nGeht es wieder?\r\n";

fn file(id: i64, name: &str, size: u64) -> FileRow {
    FileRow { id: AttachmentId(id), name: halo_tui::text::file_name(name), size }
}

fn linked(id: i64, relation: Relation, summary: &str, status: &str) -> LinkedTicket {
    let status = Label { name: SafeText::line(status), colour: None };
    LinkedTicket { id: TicketId(id), relation, summary: SafeText::line(summary), status, is_closed: false }
}

/// What is stored of a ticket that these tests are about.
pub(crate) fn conversation(id: TicketId) -> Option<Conversation> {
    let line = SafeText::line;
    let mut links = Links::default();
    let body = match id.0 {
        10466 => MailText::html("<p>3階のプリンターで印刷できません。</p>", &mut links),
        10471 => MailText::plain(
            "Pasted: \u{1b}[31mred\u{9b}2J a\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
            &mut links,
        ),
        10500 => MailText::plain("A ticket that no list shows.", &mut links),
        _ => return None,
    };
    let mail = if id.0 == 10471 { HOSTILE } else { JAPANESE };
    let action = |id, author, who: &str, outcome: &str, hour: i32, text| ActionRow {
        id: ActionId(id),
        author,
        who: line(who),
        outcome: line(outcome),
        at: Some(at(&format!("2026-11-19T{hour:02}:00:00Z"))),
        text,
        ..ActionRow::default()
    };
    let note = MailText::plain("Edge transport is down, restarting.", &mut links);
    let mail = MailText::html(mail, &mut links);
    let outlook = MailText::plain(OUTLOOK, &mut links);
    let status = |id, hour, name: &str, holds| ActionRow {
        new_status: Some(line(name)),
        holds_sla: Some(holds),
        ..action(id, Author::System, "Halo", "Status Changed", hour, MailText::said(line("The status was changed.")))
    };
    let actions = vec![
        action(7, Author::Customer, "Ina Koch", "Email Update", 23, outlook),
        ActionRow { private: true, minutes: 25, ..action(6, Author::Agent, "Priya Shah", "Private Note", 22, note) },
        action(5, Author::Customer, "山田 花子", "Email Update", 20, mail),
        status(4, 18, "In Progress", false),
        status(3, 13, "On Hold", true),
        ActionRow {
            important: true,
            ..action(2, Author::Agent, "Sam Duty", "Email User", 12, MailText::said(line("Is it on?")))
        },
    ];
    let extras = Extras {
        fields: vec![(line("機器"), line("MX-3661")), (line("Remote access agreed"), line("Yes"))],
        assets: vec![AssetLabel { id: 2207, tag: line("BOR-PR-007"), kind: line("Printer") }],
        files: vec![file(51, "画面.png", 48_213), file(52, "../../odd \u{202e}gnp.exe", 900)],
        tickets: vec![
            linked(10500, Relation::Parent, "All printers", "New"),
            linked(10479, Relation::Child, "VPN drops", "Closed"),
        ],
    };
    let ticket = tickets().into_iter().find(|row| row.id == id);
    let ticket = ticket.unwrap_or(TicketRow { id, summary: line("All printers"), ..TicketRow::default() });
    let ticket = TicketRow { fix_by: Some(at("2026-11-20T04:00:00Z")), ..ticket };
    let fetched_at = Some(at("2026-11-20T10:00:00Z"));
    let links = links.into_list();
    let when = at("2026-11-20T09:38:00Z");
    let change = |name, from: &str, to: &str, by| FieldChange { name, from: line(from), to: line(to), by };
    let difference = Difference {
        fields: vec![
            change("status", "New", "On Hold", Some((line("Priya Shah"), when))),
            change("summary", "\u{202e}gpj.exe\u{1b}[2J", "印刷できません 3階のプリンター、エラー 0x6100 と出ます", None),
        ],
        said: vec![(line("山田 花子"), at("2026-11-20T09:46:00Z")), (line("Priya Shah"), when)],
    };
    Some(Conversation { ticket, body, actions, links, extras, fetched_at, difference, ..Conversation::default() })
}

/// The ticket this many rows below the first, opened.
fn opened(cols: u16, rows: u16, down: usize) -> Desk {
    let mut desk = Desk::full(cols, rows, true);
    desk.keys(&"j".repeat(down));
    desk.later(Duration::from_millis(800));
    desk.keys("\r");
    desk.later(Duration::from_millis(800));
    desk
}

#[test]
fn an_asian_ticket_80x24() {
    let mut desk = opened(80, 24, 2);
    let head = desk.text();
    desk.keys("jjjjjjjjjjjj");
    insta::assert_snapshot!(format!("{head}\n=== further down ===\n{}", desk.text()));
}

#[test]
fn an_asian_ticket_120x40() {
    insta::assert_snapshot!(opened(120, 40, 2).text());
}

#[test]
fn an_asian_ticket_60x20() {
    insta::assert_snapshot!(opened(60, 20, 2).text());
}

#[test]
fn a_hostile_ticket_80x24() {
    insta::assert_snapshot!(opened(80, 24, 3).text());
}

#[test]
fn a_hostile_ticket_60x20() {
    insta::assert_snapshot!(opened(60, 20, 3).text());
}

#[test]
fn a_hostile_ticket_120x40_folded_and_not() {
    let mut desk = opened(120, 40, 3);
    let folded = desk.text();
    desk.keys("z");
    let text = format!("{folded}\n=== unfolded ===\n{}", desk.text());
    assert!(text.chars().all(|c| c == '\n' || halo_tui::text::is_safe_char(c)));
    assert!(!text.contains("hidden"));
    insta::assert_snapshot!(text);
}

#[test]
fn folds_open_and_close_and_the_entry_in_sight_stays() {
    let mut desk = opened(80, 24, 2);
    desk.keys("jjjjjjjjjj");
    let shows = |desk: &Desk, words: &str| desk.text().contains(words);
    assert!(shows(&desk, "[signature folded: 4 lines]") && shows(&desk, "[quoted mail folded: 6 lines]"), "{}", desk.text());
    assert!(!shows(&desk, "Betreff: AW: Drucker"));
    desk.keys("z");
    assert!(shows(&desk, "Ina Koch · Email Update") || shows(&desk, "Ina Koch (customer)"), "{}", desk.text());
    desk.keys("G");
    assert!(shows(&desk, "The status was changed."), "what the system noted has its words: {}", desk.text());
    desk.keys("z");
    assert!(shows(&desk, "2 system entries"), "{}", desk.text());
}

#[test]
fn one_fold_after_the_other_opens() {
    let mut desk = opened(120, 40, 2);
    let folds = |desk: &Desk| desk.text().matches(" folded: ").count();
    assert_eq!(folds(&desk), 2, "{}", desk.text());
    desk.keys(" ");
    assert!(desk.text().contains("Tel. 030 123") && desk.text().contains("Betreff: AW: Drucker"), "of the whole entry");
    assert_eq!(folds(&desk), 0, "{}", desk.text());
    desk.keys(" ");
    assert!(desk.text().contains("Nothing in sight is folded"));
    desk.keys("z");
    assert_eq!(folds(&desk), 2, "what was opened one by one closes together");
    // The entry at the top stays there, so that the next one comes into sight.
    desk.keys(" GG G");
    assert!(desk.text().contains("> その後、もう一度印刷してください。"), "{}", desk.text());
    desk.keys(" G");
    assert_eq!(desk.text().matches("The status was changed.").count(), 2, "{}", desk.text());
}

#[test]
fn the_order_turns_round_and_stays_for_the_next_ticket() {
    let mut desk = opened(120, 40, 2);
    let first = |desk: &Desk, one: &str, other: &str| {
        let text = desk.text();
        let place = |words: &str| text.find(words).unwrap_or(usize::MAX);
        assert!(place(one) < place(other), "{one} before {other}:\n{text}");
    };
    first(&desk, "Ina Koch", "opened the");
    desk.keys("O");
    first(&desk, "opened the", "Sam Duty");
    first(&desk, "Sam Duty", "2 system entries");
    desk.keys("\u{1b}j");
    desk.later(Duration::from_millis(1200));
    first(&desk, "opened the", "Sam Duty");
}

#[test]
fn words_are_found_marked_and_walked_even_in_what_is_folded() {
    let mut desk = opened(80, 24, 2);
    let lit = |desk: &Desk, style: Modifier| -> String {
        let frame = desk.frame();
        // The header and the footer have looks of their own.
        let cells = (3..21).flat_map(|y| (0..80).map(move |x| (x, y))).map(|at| &frame[at]);
        cells.filter(|cell| cell.modifier.contains(style)).map(ratatui::buffer::Cell::symbol).collect()
    };
    let here = Modifier::REVERSED | Modifier::UNDERLINED;
    desk.keys("/DRUCKER");
    assert_eq!(lit(&desk, here), "drucker", "{}", desk.text());
    desk.keys("\r");
    assert!(desk.text().contains("found 1 of 2"), "{}", desk.text());
    desk.keys("n");
    assert!(desk.text().contains("found 2 of 2"));
    assert!(desk.text().contains("Betreff: AW: Drucker"), "a fold opens for what is found in it");
    assert_eq!(lit(&desk, here), "Drucker");
    desk.keys("n");
    assert!(desk.text().contains("found 1 of 2"), "round and round");
    desk.keys("N");
    assert!(desk.text().contains("found 2 of 2"));
    desk.keys("\u{1b}");
    assert!(!desk.text().contains("found"), "one escape ends the search and stays here");
    assert_eq!(lit(&desk, here), "");
    assert!(desk.text().contains("files, links"), "{}", desk.text());
    desk.keys("/zzz\r");
    assert!(desk.text().contains("not found"));
    desk.keys("n");
    assert!(desk.text().contains("Not found in this ticket"));
}

#[test]
fn links_are_chosen_and_only_ever_copied() {
    let mut desk = opened(120, 40, 3);
    desk.keys("f");
    let list = desk.text();
    assert!(list.contains("evil.example") && !list.contains("javascript"), "{list}");
    let effects = desk.keys("G\r");
    let copied = effects.iter().find_map(|effect| match effect {
        Effect::Copy(text) => Some(text.as_str()),
        _ => None,
    });
    assert_eq!((copied, effects.len()), (Some("https://intranet.example/drucker"), 1));
    insta::assert_snapshot!(list);
}

#[test]
fn another_ticket_is_gone_to_and_come_back_from() {
    let mut desk = opened(120, 40, 2);
    let title = |desk: &Desk| desk.text().lines().nth(3).unwrap().split('│').nth(1).unwrap_or_default().to_owned();
    assert!(title(&desk).starts_with("#10466"));
    desk.keys("f\r");
    let effects = desk.later(Duration::from_millis(800));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::LookAt(TicketId(10500)))), "{effects:?}");
    assert!(title(&desk).starts_with("#10500"), "one that the list does not hold: {}", desk.text());
    let effects = desk.keys("y");
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Copy(id) if id.as_str() == "10500")), "{effects:?}");
    desk.keys("fj\r");
    assert!(title(&desk).starts_with("#10479"));
    let marked = |desk: &Desk| desk.text().lines().find(|line| line.starts_with('▌')).unwrap_or_default().to_owned();
    assert!(marked(&desk).contains("10479"), "the list's cursor comes along: {}", desk.text());
    desk.keys("\u{1b}");
    assert!(title(&desk).starts_with("#10500"));
    desk.keys("\u{1b}");
    assert!(title(&desk).starts_with("#10466") && marked(&desk).contains("10466"), "{}", desk.text());
    desk.keys("\u{1b}k");
    desk.later(Duration::from_millis(1500));
    assert!(title(&desk).starts_with("#10479"), "{}", desk.text());
}
