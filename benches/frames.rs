//! How long the program itself takes for a frame and for a key: `cargo bench --bench frames`.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench that can't go on ends, and prints its figures"
)]

#[path = "../tests/wire/desk.rs"]
mod desk;

use std::time::{Duration, Instant};

use desk::Desk;
use halo_tui::{
    msg::Key,
    ui::{ColourDepth, Glyphs, Look, Theme},
};

const TICKETS: u64 = 20_000;
/// Frames and keys that are timed.
const RUNS: usize = 2_000;
/// Rows that there certainly are.
const DOWN: usize = 500;
/// Longer than the preview waits before it follows the cursor.
const RESTED: Duration = Duration::from_millis(400);

/// Prints the median and the 95th of a hundred, and the limit that they are to stay below.
fn tell(what: &str, mut took: Vec<Duration>, limit: Duration) {
    took.sort_unstable();
    let at = |hundredth: usize| took[took.len() * hundredth / 100];
    let verdict = if at(95) < limit { "within" } else { "MISSES" };
    println!("{what:<44} median {:>9.1?}  p95 {:>9.1?}  {verdict} {limit:?}", at(50), at(95));
}

fn main() {
    let look = Look::new(&Theme::default(), ColourDepth::True, Glyphs::UTF8, false);
    let mut desk = Desk::open_with(TICKETS, look, true);
    desk.resize(200, 60);
    // A ticket with a long conversation beside the list, the clients on the left.
    for _ in 0..20 {
        desk.press(Key::char('j'));
        desk.wait(RESTED);
    }
    let frames = (0..RUNS).map(|_| {
        let start = Instant::now();
        let frame = desk.frame();
        let took = start.elapsed();
        assert_eq!(frame.area.width, 200);
        took
    });
    tell("a frame of 200x60: clients, tickets, preview", frames.collect(), Duration::from_millis(1));
    let mut keys = Vec::with_capacity(RUNS);
    for n in 0..RUNS {
        if n % DOWN == 0 {
            desk.press(Key::char('g'));
            desk.press(Key::char('g'));
        }
        keys.push(desk.timed(Key::char('j')));
    }
    tell("a step of a held j", keys, Duration::from_micros(200));
    desk.press(Key::char('g'));
    desk.press(Key::char('g'));
    desk.wait(RESTED);
    let both = (0..RUNS).map(|n| {
        let took = desk.timed(Key::char(if n % 2 == 0 { 'k' } else { 'j' }));
        let start = Instant::now();
        drop(desk.frame());
        took + start.elapsed()
    });
    tell("a key with its frame", both.collect(), Duration::from_micros(1_200));
}
