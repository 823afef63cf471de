//! What moments of the dashboard cost on the terminal's wire, in exact bytes: 120x40, default theme, preview off, 5,000 tickets.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that can't go on fails"
)]

#[path = "wire/desk.rs"]
mod desk;
#[path = "wire/floor.rs"]
mod floor;

use std::time::Duration;

use desk::Desk;
use halo_tui::{
    msg::{Key, KeyCode},
    terminal::{Dialect, Screen},
    ui::{ColourDepth, Glyphs, Look, Theme},
};
use ratatui::buffer::Buffer;

const TICKETS: u64 = 5_000;
/// Rows of the list on this size, the heads not counted.
const ROWS: usize = 34;

fn look(lean: bool) -> Look {
    Look::new(&Theme::default(), ColourDepth::TwoFiftySix, Glyphs::UTF8, lean)
}

/// A terminal that shows what it was sent, as far as its bytes are concerned.
struct Wire {
    screen: Screen,
    shown: Buffer,
}

impl Wire {
    /// Shows the first frame; gives its bytes.
    fn begin(frame: Buffer) -> (Self, usize) {
        let mut screen = Screen::new(Dialect::Xterm);
        let mut out = Vec::new();
        screen.present(frame.clone(), None, &mut out);
        (Self { screen, shown: frame }, out.len())
    }

    /// Shows the next frame; gives its bytes and the least that it could cost.
    fn show(&mut self, frame: Buffer) -> (usize, usize) {
        let mut out = Vec::new();
        self.screen.present(frame.clone(), None, &mut out);
        let least = floor::floor(&self.shown, &frame);
        self.shown = frame;
        (out.len(), least)
    }
}

/// The UTF-8 of the cells that changed.
fn cells(before: &Buffer, after: &Buffer) -> usize {
    floor::runs(before, after).iter().flat_map(|(y, from, to)| (*from..*to).map(|x| floor::glyph(after, x, *y))).sum()
}

fn key(c: char) -> Key {
    Key::char(c)
}

/// The most that pressing `c` costs while the cursor stays inside the screen, and at its last row.
fn down(desk: &mut Desk, wire: &mut Wire, rows: usize) -> (usize, usize) {
    let inside = (1..rows).map(|_| wire.show(desk.press(key('j'))).0).max().unwrap();
    let scrolled = (0..rows).map(|_| wire.show(desk.press(key('j'))).0).max().unwrap();
    (inside, scrolled)
}

#[test]
fn the_default_look_costs_no_more_than_it_must() {
    let mut desk = Desk::open(TICKETS, look(false));
    let (mut wire, first) = Wire::begin(desk.frame());
    assert!(first < 6_000, "the first full frame: {first}");
    assert_eq!(wire.show(desk.frame()).0, 0, "idle");
    assert_eq!(wire.show(desk.wait(Duration::from_secs(39))).0, 0, "idle until the minute rolls");
    let before = wire.shown.clone();
    let rolled = desk.wait(Duration::from_secs(1));
    let (cells, runs) = (cells(&before, &rolled), floor::runs(&before, &rolled).len());
    let bytes = wire.show(rolled).0;
    assert!(runs > 0 && bytes <= cells + 14 * runs, "the minute rolls: {bytes} for {cells} bytes of cells in {runs} runs");

    let (inside, scrolled) = down(&mut desk, &mut wire, ROWS);
    assert!(inside <= 350, "j inside the screen: {inside}");
    assert!(scrolled <= 380, "j at the last row: {scrolled}");
    for _ in 0..5 {
        let (bytes, least) = wire.show(desk.press(Key::plain(KeyCode::PageDown)));
        assert!(bytes <= 4_900 && bytes * 10 <= least * 11, "a page down: {bytes}, at the least {least}");
    }
}

#[test]
fn the_lean_look_costs_next_to_nothing() {
    let mut desk = Desk::open(TICKETS, look(true));
    let (mut wire, first) = Wire::begin(desk.frame());
    assert!(first < 4_500, "the first full frame: {first}");
    let (inside, scrolled) = down(&mut desk, &mut wire, ROWS + 2);
    assert!(inside <= 40, "j inside the screen: {inside}");
    assert!(scrolled <= 180, "j at the last row: {scrolled}");
}
#[test]
fn a_ticket_that_changes_costs_its_changed_cells() {
    let mut desk = Desk::open(TICKETS, look(false));
    desk.press(key('j'));
    let (mut wire, _) = Wire::begin(desk.frame());
    // The list begins with what changed last: the first row stays where it is.
    let id: String = (3..9).map(|x| wire.shown[(x, 4)].symbol()).collect();
    desk.wait(Duration::from_mins(1));
    wire.show(desk.frame());
    let before = wire.shown.clone();
    let after = desk.customer_answers(id.trim().parse().unwrap());
    let (cells, runs) = (cells(&before, &after), floor::runs(&before, &after).len());
    let bytes = wire.show(after).0;
    assert!(runs > 0 && bytes <= cells + 14 * runs, "{bytes} for {cells} bytes of cells in {runs} runs");
}
