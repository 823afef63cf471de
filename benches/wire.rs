//! What moments of the dashboard cost on the terminal's wire, in exact bytes, beside what ratatui's own crossterm backend sends
//! for the same frames: `cargo bench --bench wire`. It prints the table of the README.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark stops where something is wrong, and tells"
)]

#[path = "../tests/wire/desk.rs"]
mod desk;
#[path = "../tests/wire/floor.rs"]
mod floor;

use std::time::Duration;

use desk::Desk;
use halo_tui::{
    msg::{Key, KeyCode},
    terminal::{Dialect, Screen},
    ui::{ColourDepth, Glyphs, Look, Theme},
};
use ratatui::{
    backend::{Backend, CrosstermBackend},
    buffer::Buffer,
};

const TICKETS: u64 = 5_000;
/// Rows that are certainly on the screen at once.
const INSIDE: usize = 30;
const PAGES: usize = 5;

/// What one moment costs, in bytes.
struct Cost {
    /// Without scrolling, erasing or repeating.
    floor: usize,
    ours: usize,
    ratatui: usize,
}

/// Both writers, showing the same frames.
struct Wires {
    ours: Screen,
    shown: Buffer,
}

impl Wires {
    fn begin(frame: &Buffer) -> (Self, Cost) {
        let mut wires = Self { ours: Screen::new(Dialect::Xterm), shown: Buffer::empty(frame.area) };
        let cost = wires.show(frame.clone());
        (wires, cost)
    }

    fn show(&mut self, frame: Buffer) -> Cost {
        let (mut out, mut ratatui) = (Vec::new(), Vec::new());
        self.ours.present(frame.clone(), None, &mut out);
        // Between two frames that backend keeps nothing.
        CrosstermBackend::new(&mut ratatui).draw(self.shown.diff(&frame).into_iter()).unwrap();
        let floor = floor::floor(&self.shown, &frame);
        self.shown = frame;
        Cost { floor, ours: out.len(), ratatui: ratatui.len() }
    }
}

/// The median of each column.
fn median(costs: &[Cost]) -> Cost {
    let middle = |of: fn(&Cost) -> usize| {
        let mut bytes: Vec<usize> = costs.iter().map(of).collect();
        bytes.sort_unstable();
        bytes[bytes.len() / 2]
    };
    Cost { floor: middle(|cost| cost.floor), ours: middle(|cost| cost.ours), ratatui: middle(|cost| cost.ratatui) }
}

/// The moments of the table, in its order.
fn moments(lean: bool) -> Vec<(&'static str, Cost)> {
    let look = Look::new(&Theme::default(), ColourDepth::TwoFiftySix, Glyphs::UTF8, lean);
    let mut desk = Desk::open(TICKETS, look);
    let (mut wires, first) = Wires::begin(&desk.frame());
    let id: String = (3..9).map(|x| wires.shown[(x, if lean { 3 } else { 4 })].symbol()).collect();
    let mut moments = vec![("the first frame", first), ("idle", wires.show(desk.wait(Duration::from_secs(39))))];
    moments.push(("a minute rolls", wires.show(desk.wait(Duration::from_secs(1)))));
    moments.push(("one ticket changes", wires.show(desk.customer_answers(id.trim().parse().unwrap()))));
    let down = |desk: &mut Desk, wires: &mut Wires| wires.show(desk.press(Key::char('j')));
    let inside: Vec<Cost> = (0..INSIDE).map(|_| down(&mut desk, &mut wires)).collect();
    moments.push(("`j` inside the screen", median(&inside)));
    // To the last row, and on.
    for _ in 0..40 - INSIDE {
        down(&mut desk, &mut wires);
    }
    let scrolled: Vec<Cost> = (0..INSIDE).map(|_| down(&mut desk, &mut wires)).collect();
    moments.push(("`j` at the last row", median(&scrolled)));
    let pages: Vec<Cost> = (0..PAGES).map(|_| wires.show(desk.press(Key::plain(KeyCode::PageDown)))).collect();
    moments.push(("a page down", median(&pages)));
    moments
}

fn main() {
    println!("| 120x40, preview off, bytes | floor | halo-tui | ratatui | lean: halo-tui | lean: ratatui |");
    println!("|---|---:|---:|---:|---:|---:|");
    for ((moment, default), (_, lean)) in moments(false).into_iter().zip(moments(true)) {
        println!("| {moment} | {} | {} | {} | {} | {} |", default.floor, default.ours, default.ratatui, lean.ours, lean.ratatui);
    }
}
