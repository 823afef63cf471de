//! The board: its bars, and where they lead.

use halo_tui::domain::{Board, DayTally, Reach, Tally};
use jiff::SignedDuration;

use super::*;

/// Numbers of a desk whose people and clients have names in wide scripts and with words that mean harm.
pub(super) fn numbers(open: usize) -> Answer {
    let tally = |name: &str, words: &str, count, pressing| Tally { name: line(name), words: words.to_owned(), count, pressing };
    let today = jiff::civil::date(2026, 11, 20);
    let day = |ago: u64| {
        let date = today.saturating_sub(SignedDuration::from_hours(24 * i64::try_from(ago).unwrap()));
        let weekend = matches!(date.weekday(), jiff::civil::Weekday::Saturday | jiff::civil::Weekday::Sunday);
        let (opened, closed) = if weekend { (ago % 2, 0) } else { (20 + ago * 7 % 23, 18 + ago * 11 % 26) };
        DayTally { date, opened, closed }
    };
    Answer::Board(Box::new(Board {
        open: (0..).take(open).map(|n| 1 + n * 613).collect(),
        days: (0..30).rev().map(day).collect(),
        kept: 612,
        missed: 51,
        agents: vec![
            tally("nobody", "is:open is:unassigned", 48, 9),
            tally("佐藤 さくら 株式会社サポート", "is:open agent:\"佐藤 さくら 株式会社サポート\"", 31, 0),
            tally("Priya Shah", "is:open agent:\"Priya Shah\"", 30, 12),
            tally("x\" is:closed \u{202e}gpj\u{1b}[31m", "is:open agent:9", 2, 1),
            tally("Olu", "is:open agent:Olu", 0, 0),
        ],
        clients: vec![
            tally("株式会社さくら情報システム", "is:open client:14", 1234, 56),
            tally("Borealis Ltd", "is:open client:\"Borealis Ltd\"", 9, 0),
            tally("\u{1b}]8;;http://x\u{7}Evil\tCo", "is:open client:15", 1, 1),
        ],
        newcomers: vec![tally("Borealis Ltd", "opened:>=2026-10-22 client:\"Borealis Ltd\"", 77, 0)],
        reach: Reach::Back(jiff::civil::date(2026, 11, 2)),
    }))
}

fn board(cols: u16, rows: u16) -> Desk {
    let mut desk = Desk::full(cols, rows, true);
    desk.keys("b");
    desk
}

/// What the door under the cursor asks last.
fn through_the_door(desk: &mut Desk) -> String {
    let effects = update(&mut desk.model, Msg::Input(Input::Key(Key::plain(KeyCode::Enter))), now());
    let asked = effects.iter().filter_map(|effect| match effect {
        Effect::Ask { question: Question::Tickets { query, client: None, .. }, .. } => Some(query.to_string()),
        _ => None,
    });
    asked.collect::<Vec<_>>().pop().unwrap()
}

/// How many questions the effects ask about the board's numbers.
fn counts(effects: &[Effect]) -> usize {
    let of_board = |effect: &&Effect| matches!(effect, Effect::Ask { slot, .. } if slot.pane.0 == "board");
    effects.iter().filter(of_board).count()
}

#[test]
fn board_80x24() {
    insta::assert_snapshot!(board(80, 24).text());
}

#[test]
fn board_120x36() {
    insta::assert_snapshot!(board(120, 36).text());
}

#[test]
fn board_60x20() {
    insta::assert_snapshot!(board(60, 20).text());
}

#[test]
fn every_bar_is_a_door_to_its_tickets_whatever_the_view_was() {
    let mut desk = board(80, 24);
    desk.keys("2b");
    // The second section is a step to the right, its second bar a step down.
    desk.keys("lj");
    let asked = through_the_door(&mut desk);
    assert!(asked.contains("is:open pri:2"), "{asked}");
    assert!(desk.text().contains("is:open pri:2"), "{}", desk.text());
}

#[test]
fn a_board_out_of_sight_asks_nothing_and_one_in_sight_not_all_the_time() {
    let mut desk = board(80, 24);
    let changed = || Msg::News(News::Changed(halo_tui::domain::Changed::Tickets));
    assert_eq!(counts(&update(&mut desk.model, changed(), now())), 0, "only a moment ago");
    let wake = |desk: &mut Desk, seconds| {
        let later = Now { tick: now().tick + Duration::from_secs(seconds), ..now() };
        update(&mut desk.model, Msg::Wake, later)
    };
    assert_eq!(counts(&wake(&mut desk, 4)), 0);
    assert_eq!(counts(&wake(&mut desk, 5)), 1);
    let mut desk = board(80, 24);
    desk.keys("\u{1b}");
    assert!(!desk.text().contains("Open by priority"));
    update(&mut desk.model, changed(), now());
    assert_eq!(counts(&wake(&mut desk, 60)), 0);
}

#[test]
fn numbers_are_counted_again_as_time_passes_though_no_row_changes() {
    let mut desk = board(80, 24);
    let wake = |desk: &mut Desk, seconds| {
        let later = Now { tick: now().tick + Duration::from_secs(seconds), ..now() };
        update(&mut desk.model, Msg::Wake, later)
    };
    assert_eq!(counts(&wake(&mut desk, 59)), 0);
    assert_eq!(counts(&wake(&mut desk, 60)), 1);
}

#[test]
fn numbers_that_could_not_be_read_hide_no_bar_and_are_asked_for_again() {
    let mut desk = Desk::full(80, 24, true);
    let asked = update(&mut desk.model, Msg::Input(Input::Key(Key::char('b'))), now());
    for effect in asked {
        if let Effect::Ask { slot, id, .. } = effect {
            let answer = Err(Failure::new(FailureKind::Storage, "busy"));
            update(&mut desk.model, Msg::Answer { slot, id, answer }, now());
        }
    }
    assert!(desk.text().contains("Open by priority"), "{}", desk.text());
    let later = Now { tick: now().tick + Duration::from_mins(1), ..now() };
    assert_eq!(counts(&update(&mut desk.model, Msg::Wake, later)), 1);
}

#[test]
fn a_door_leads_to_all_its_tickets_where_no_view_has_all() {
    let hidden = "[[view]]\nname = \"Everything\"\nhidden = true\n[[view]]\nname = \"Vips\"\nquery = \"is:open is:vip\"\n";
    let mut desk = views::with_views(hidden);
    desk.keys("7");
    desk.keys("blj");
    let asked = through_the_door(&mut desk);
    assert!(asked.contains("pri:2") && !asked.contains("vip"), "{asked}");
}

#[test]
fn the_days_are_walked_sideways_and_the_cursor_comes_back_to_its_day() {
    let mut desk = board(80, 24);
    let words = |desk: &Desk| desk.text().lines().nth(1).unwrap().trim_start().trim_start_matches("Board  / ").to_owned();
    desk.keys("\t\t\t\t");
    assert_eq!(words(&desk), "opened:2026-11-20", "today first");
    assert!(desk.text().contains("Fri 20 Nov: 20 opened"), "{}", desk.text());
    desk.keys("hh");
    assert_eq!(words(&desk), "opened:2026-11-18");
    assert!(desk.text().contains("Wed 18 Nov"), "{}", desk.text());
    desk.keys("j");
    assert_eq!(words(&desk), "closed:2026-11-18", "the same day below");
    desk.keys("jk");
    assert_eq!(words(&desk), "closed:2026-11-18", "and back to it");
    desk.keys("kk");
    assert_eq!(words(&desk), "closed:>=2026-10-22 sla:missed");
    desk.keys("jlll");
    assert_eq!(words(&desk), "closed:2026-11-20", "behind today is the next section");
    desk.keys("G");
    assert!(words(&desk).starts_with("opened:>=2026-10-22 client:"), "{}", words(&desk));
    desk.keys("j");
    assert!(words(&desk).starts_with("opened:>=2026-10-22 client:"), "the end is the end");
    desk.keys("ggk");
    assert_eq!(words(&desk), "is:open sla:<0m");
}

#[test]
fn every_bar_is_a_door_to_what_it_counts() {
    let mut desk = board(120, 36);
    let back = "h".repeat(29);
    let walk = format!("{}{back}{}j{back}{}", "j".repeat(17), "l".repeat(29), "j".repeat(10));
    let mut doors = std::collections::BTreeSet::new();
    for key in walk.chars() {
        let words = desk.text().lines().nth(1).unwrap().trim().trim_start_matches("Board  / ").to_owned();
        let asked = through_the_door(&mut desk);
        assert_eq!(asked, format!("is:open,closed {}", halo_tui::query::Query::parse(&words).unwrap()));
        doors.insert(words);
        desk.keys(&format!("b{key}"));
    }
    assert_eq!(doors.len(), 15 + 2 + 30 + 30 + 5 + 3 + 1);
}

#[test]
fn the_cursor_stays_on_its_bar_as_loads_change() {
    let mut desk = board(80, 24);
    desk.keys("\t\t\t\t\t\tjj");
    assert!(desk.text().contains("/ is:open agent:\"Priya Shah\""), "{}", desk.text());
    let Answer::Board(numbers) = numbers(15) else { panic!() };
    let mut other = (*numbers).clone();
    other.agents.swap(0, 2);
    other.agents.remove(1);
    let later = Now { tick: now().tick + Duration::from_mins(1), ..now() };
    for effect in update(&mut desk.model, Msg::Wake, later) {
        if let Effect::Ask { slot, id, .. } = effect {
            let answer = Ok(Answer::Board(Box::new(other.clone())));
            update(&mut desk.model, Msg::Answer { slot, id, answer }, later);
        }
    }
    assert!(desk.text().contains("/ is:open agent:\"Priya Shah\""), "{}", desk.text());
    assert!(desk.text().contains("▌ Priya Shah"), "{}", desk.text());
}

#[test]
fn the_board_can_be_read_in_ascii_and_in_a_lean_look_without_colour() {
    for (name, look) in [
        ("ascii", Look::new(&Theme::default(), ColourDepth::Mono, Glyphs::ASCII, false)),
        ("lean", Look::new(&Theme::default(), ColourDepth::Sixteen, Glyphs::UTF8, true)),
    ] {
        let mut desk = Desk::new(100, 32, false, false, look);
        desk.keys("b\t\t\t\thh");
        let text = desk.text();
        let outside: String = text.chars().filter(|c| !c.is_ascii() && !c.is_alphanumeric() && *c != '\u{fffd}').collect();
        assert_eq!(outside, "", "only names are not ASCII");
        insta::assert_snapshot!(format!("board_{name}_100x32"), text);
    }
}
