//! What an operator looks at, over the real mirror, filled over HTTP from the stand-in.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    dead_code,
    reason = "a test that can't go on fails; the desk is shared with other tests"
)]

#[path = "wire/desk.rs"]
mod desk;

use std::time::Duration;

use desk::Desk;
use halo_tui::{
    msg::{Key, KeyCode},
    ui::{ColourDepth, Glyphs, Look, Theme},
};
use ratatui::buffer::Buffer;

/// Longer than the preview waits before it follows the cursor and asks the server.
const RESTED: Duration = Duration::from_millis(400);

fn desk() -> Desk {
    Desk::open_with(300, Look::new(&Theme::default(), ColourDepth::Sixteen, Glyphs::UTF8, false), true)
}

fn rows(frame: &Buffer) -> Vec<String> {
    let row = |y| (0..frame.area.width).map(|x| frame[(x, y)].symbol()).collect::<String>();
    (0..frame.area.height).map(row).collect()
}

/// The row under the cursor.
fn cursor(frame: &Buffer) -> String {
    rows(frame).into_iter().find(|row| row.starts_with('▌')).unwrap()
}

/// The number of the ticket under the cursor.
fn number(frame: &Buffer) -> u64 {
    cursor(frame).chars().skip(3).take(6).collect::<String>().trim().parse().unwrap()
}

/// The number of the ticket that the preview shows.
fn shown(frame: &Buffer) -> u64 {
    let all = rows(frame);
    let title = all.iter().find_map(|row| row.split_once("│#")).unwrap().1;
    title.split(' ').next().unwrap().parse().unwrap()
}

fn marked(frame: &Buffer) -> Vec<u64> {
    let changed = rows(frame).into_iter().filter(|row| row.chars().nth(2) == Some('•'));
    changed.map(|row| row.chars().skip(3).take(6).collect::<String>().trim().parse().unwrap()).collect()
}

#[test]
fn what_changed_since_it_was_looked_at_is_marked_told_and_walked() {
    let mut desk = desk();
    let first = number(&desk.frame());
    // Looked at by choice: the cursor goes down and comes back, and rests.
    desk.press(Key::char('j'));
    let second = number(&desk.wait(RESTED));
    desk.press(Key::char('k'));
    desk.wait(RESTED);
    desk.press(Key::char('G'));
    desk.wait(RESTED);
    assert_eq!(marked(&desk.frame()), [0u64; 0]);
    desk.press(Key::char('.'));
    assert!(rows(&desk.frame())[39].contains("Nothing here has changed"), "{:?}", rows(&desk.frame())[39]);

    desk.wait(Duration::from_mins(1));
    desk.customer_answers(first);
    desk.customer_answers(second);
    // From the last row the walk begins again at the top.
    let frame = desk.press(Key::char('.'));
    assert!(rows(&frame)[39].contains("From the top again"), "{:?}", rows(&frame)[39]);
    assert_eq!(marked(&frame), [first, second]);
    assert_eq!(number(&frame), first);
    let frame = desk.wait(RESTED);
    let told = rows(&frame);
    assert_eq!(shown(&frame), first);
    assert!(told.iter().any(|row| row.contains("│• status: ")), "{told:#?}");
    assert!(told.iter().any(|row| row.contains("│• 1 new entry by ")), "{told:#?}");
    assert_eq!(marked(&frame), [first, second], "it stays marked while it is read");

    let frame = desk.press(Key::char('.'));
    assert_eq!(number(&frame), second);
    assert_eq!(marked(&frame), [second], "what was left is seen");
    desk.wait(RESTED);
    let frame = desk.press(Key::char('.'));
    assert!(rows(&frame)[39].contains("Nothing else here has changed"), "{:?}", rows(&frame)[39]);
    assert_eq!(marked(&frame), [0u64; 0], "whoever goes on has read it");

    // Nothing of this was told to the server.
    let asked = desk.tally().recent;
    assert!(asked.iter().any(|line| line.starts_with(&format!("GET /api/Tickets/{first}?"))), "{asked:?}");
    for line in asked {
        assert!(line.starts_with("GET ") || line.contains("/token"), "{line}");
        let single = line.strip_prefix("GET /api/Tickets/").is_some();
        assert!(!single || line.contains("ispreview=true"), "{line}");
        let line = line.to_ascii_lowercase();
        assert!(!line.contains("isdetailscreen") && !line.contains("read=") && !line.contains("/tickets/view"), "{line}");
    }
}

#[test]
fn what_a_list_shows_by_itself_was_not_looked_at() {
    let mut desk = desk();
    let first = number(&desk.wait(RESTED));
    desk.press(Key::char('j'));
    desk.press(Key::char('j'));
    desk.wait(Duration::from_mins(1));
    desk.customer_answers(first);
    assert_eq!(marked(&desk.frame()), [0u64; 0], "nobody chose the first row, it was only there");
    // Passed without a rest: nobody has read it.
    desk.press(Key::char('k'));
    desk.press(Key::char('k'));
    desk.press(Key::plain(KeyCode::PageDown));
    desk.customer_answers(first);
    assert_eq!(marked(&desk.frame()), [0u64; 0]);
}

#[test]
fn back_and_forward_keep_view_filter_and_cursor() {
    let mut desk = desk();
    for _ in 0..3 {
        desk.press(Key::char('j'));
    }
    let in_first = number(&desk.wait(RESTED));
    let position = |frame: &Buffer| rows(frame)[39].trim_end().rsplit("  ").next().unwrap().to_owned();
    let first = position(&desk.frame());
    // Another view, a filter in it, a cursor in that, a jump to a ticket that is not listed.
    desk.press(Key::char('6'));
    desk.press(Key::char('/'));
    for c in "status:progress".chars() {
        desk.press(Key::char(c));
    }
    desk.press(Key::plain(KeyCode::Enter));
    desk.press(Key::char('j'));
    let in_filter = number(&desk.wait(RESTED));
    let filtered = position(&desk.frame());
    desk.press(Key::char(':'));
    for c in format!("#{in_first}").chars() {
        desk.press(Key::char(c));
    }
    desk.press(Key::plain(KeyCode::Enter));
    assert_eq!(shown(&desk.wait(RESTED)), in_first);

    desk.press(Key::plain(KeyCode::Backspace));
    let frame = desk.wait(RESTED);
    assert_eq!((number(&frame), shown(&frame), position(&frame)), (in_filter, in_filter, filtered.clone()));
    desk.press(Key::char('-'));
    let frame = desk.wait(RESTED);
    assert_ne!(position(&frame), filtered, "the view without the filter");
    desk.press(Key::char('-'));
    let frame = desk.wait(RESTED);
    assert_eq!((number(&frame), shown(&frame), position(&frame)), (in_first, in_first, first));
    let frame = desk.press(Key::char('-'));
    assert!(rows(&frame)[39].contains("no place before"), "{:?}", rows(&frame)[39]);

    desk.press(Key::char('+'));
    desk.press(Key::char('+'));
    let frame = desk.wait(RESTED);
    assert_eq!((number(&frame), shown(&frame), position(&frame)), (in_filter, in_filter, filtered));
    desk.press(Key::char('+'));
    let frame = desk.wait(RESTED);
    assert_eq!(shown(&frame), in_first);
}

#[test]
fn what_is_left_counts_in_the_hours_that_the_server_tells() {
    let mut desk = desk();
    let asked = desk.tally().recent;
    assert!(asked.iter().any(|line| line.starts_with("GET /api/Workday?") && line.contains("showholidays=true")), "{asked:?}");
    // Some of what changed last is under an SLA of office hours, some under one of all hours.
    desk.press(Key::char('6'));
    let (mut working, mut all) = (0, 0);
    for _ in 0..40 {
        let told = rows(&desk.wait(RESTED));
        let by = told.iter().filter(|row| row.contains("respond by ") || row.contains("fix by ")).cloned().collect::<String>();
        working += usize::from(by.contains('▇') && by.contains(" work "));
        all += usize::from(by.contains('▇') && !by.contains(" work "));
        desk.press(Key::char('j'));
    }
    assert!(working > 0 && all > 0, "{working} in working time, {all} by the clock");
}
