//! The loop, the effect runner, wake-ups, logging.
//!
//! The loop awaits nothing but its one `select!`: signals, input, messages, the next deadline. Reading the terminal, writing to
//! it and the network never wait for one another.

mod answers;
mod appearance;
mod clock;
mod launch;
mod logging;
mod runner;
mod saving;
mod signals;

use std::{process::ExitCode, time::Duration};

use tokio::{sync::mpsc, time::Instant};

use crate::{
    app::{Model, frame, update},
    msg::{Effect, Input, Measured, Msg, Notice},
    session,
    terminal::{Terminal, TerminalEvent},
};

pub use answers::answer;
pub use appearance::{Appearance, appearance};
pub use clock::Clocks;
pub use launch::{Launch, dashboard};
pub use runner::{Runner, RunnerSettings};
use signals::{Signal, Signals};

/// Messages taken between two frames at most: a flood can't keep the screen from being drawn.
const BATCH: usize = 64;

/// How the loop ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The operator left.
    Quit,
    /// A signal of this number.
    Signal(u8),
    /// The terminal is gone.
    HungUp,
    /// A thread of the terminal's broke: nothing could be seen or typed any more.
    Broken,
}

impl Ended {
    /// The exit status: 0, 1 after a fault of the program's own, or 128 and the signal's number as shells have it.
    pub fn exit_code(self) -> ExitCode {
        match self {
            Self::Quit => ExitCode::SUCCESS,
            Self::Signal(number) => ExitCode::from(128_u8.saturating_add(number)),
            Self::HungUp => ExitCode::from(129),
            Self::Broken => ExitCode::FAILURE,
        }
    }
}

/// How often a process in the background looks whether it has come to the front.
const LOOK_WHETHER_IN_FRONT: Duration = Duration::from_secs(1);

/// Everything that the loop waits for.
pub struct Wires {
    /// From the terminal.
    pub terminal: mpsc::Receiver<TerminalEvent>,
    /// From everything else.
    pub messages: mpsc::Receiver<Msg>,
}

/// Runs the dashboard until it ends.
///
/// # Errors
/// Where the process can't listen for signals.
pub async fn run(
    terminal: &mut Terminal,
    mut wires: Wires,
    mut model: Model,
    mut runner: Runner,
    clocks: Clocks,
) -> std::io::Result<Ended> {
    let mut signals = Signals::listen()?;
    let mut out = Out { terminal, ended: None };
    step(&mut model, size(out.terminal), &mut runner, &mut out, clocks);
    // Continued in the background: not every shell sends another signal to a job that comes to the front while it runs.
    let (mut behind, mut look) = (false, tokio::time::interval(LOOK_WHETHER_IN_FRONT));
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        if let Some(ended) = out.ended {
            runner.keep(&model.last_view());
            runner.stop();
            return Ok(ended);
        }
        if model.take_dirty() {
            draw(&model, out.terminal, clocks);
        }
        let wake = model.deadline().map(|deadline| clocks.instant(deadline));
        tokio::select! {
            biased;
            signal = signals.next() => match signal {
                Signal::End(number) => out.ended = Some(Ended::Signal(number)),
                Signal::Resize => {
                    // Terminals move and cut what they show when resized.
                    out.terminal.resized();
                    step(&mut model, size(out.terminal), &mut runner, &mut out, clocks);
                }
                Signal::Stop => suspend(out.terminal, &runner),
                Signal::Continue => {
                    runner.go_on();
                    behind = !resume(out.terminal);
                    // The size may have changed while somebody else had the terminal.
                    step(&mut model, size(out.terminal), &mut runner, &mut out, clocks);
                }
            },
            event = wires.terminal.recv() => {
                hear(event, &mut model, &mut runner, &mut out, clocks);
                for _ in 1..BATCH {
                    // An event is taken only where it will be heard: one left in the channel is next, one taken and left is lost.
                    if out.ended.is_some() {
                        break;
                    }
                    let Ok(event) = wires.terminal.try_recv() else { break };
                    hear(Some(event), &mut model, &mut runner, &mut out, clocks);
                }
            }
            Some(msg) = wires.messages.recv() => {
                step(&mut model, msg, &mut runner, &mut out, clocks);
                for _ in 1..BATCH {
                    let Ok(msg) = wires.messages.try_recv() else { break };
                    step(&mut model, msg, &mut runner, &mut out, clocks);
                }
            }
            _ = look.tick(), if behind => {
                behind = !resume(out.terminal);
                if !behind {
                    step(&mut model, size(out.terminal), &mut runner, &mut out, clocks);
                }
            }
            () = sleep_until(wake) => step(&mut model, Msg::Wake, &mut runner, &mut out, clocks),
        }
    }
}

/// Takes the terminal again; false while the process is in the background.
fn resume(terminal: &Terminal) -> bool {
    terminal.resume().unwrap_or_else(|error| {
        tracing::warn!(%error, "the terminal could not be taken again");
        true
    })
}

/// What the loop may do to the outside.
struct Out<'a> {
    terminal: &'a mut Terminal,
    ended: Option<Ended>,
}

/// What came from the terminal; nothing comes from one that is gone.
fn hear(event: Option<TerminalEvent>, model: &mut Model, runner: &mut Runner, out: &mut Out<'_>, clocks: Clocks) {
    match event {
        Some(TerminalEvent::Input(input)) => step(model, Msg::Input(input), runner, out, clocks),
        Some(TerminalEvent::SlowWire { bytes_per_second }) => {
            step(model, Msg::SlowWire { bytes_per_second }, runner, out, clocks);
        }
        Some(TerminalEvent::Broken) => out.ended = Some(Ended::Broken),
        Some(TerminalEvent::HungUp) | None => out.ended = Some(Ended::HungUp),
    }
}

fn step(model: &mut Model, msg: Msg, runner: &mut Runner, out: &mut Out<'_>, clocks: Clocks) {
    for effect in update(model, msg, clocks.now()) {
        match effect {
            Effect::Quit => out.ended = Some(Ended::Quit),
            Effect::Repaint => drop(out.terminal.resized()),
            Effect::ToggleMouse => runner.notify(Notice::info(if out.terminal.toggle_mouse() {
                "The mouse is on: to select text hold shift"
            } else {
                "The mouse is the terminal's own again"
            })),
            Effect::Copy(text) => {
                if !out.terminal.copy(&text) {
                    runner.notify(Notice::warning("That is too long to be copied"));
                }
            }
            Effect::OpenLink(link) => {
                if !runner.open_link(&link) {
                    out.terminal.link(&link);
                    let copied = if out.terminal.copy(&link) { "Copied, no browser is at hand: " } else { "" };
                    runner.notify(Notice::info(&format!("{copied}{link}")));
                }
            }
            Effect::Suspend => suspend(out.terminal, runner),
            Effect::Measure { after_key } => {
                let measured = measured(out.terminal, runner);
                step(model, Msg::Measured { measured, after_key }, runner, out, clocks);
            }
            effect => runner.run(effect),
        }
    }
}

fn measured(terminal: &Terminal, runner: &Runner) -> Measured {
    let (drawn, (requests, fetched)) = (terminal.stats(), runner.traffic());
    Measured { drawn: drawn.bytes, skipped: drawn.skipped, drain: drawn.drain, requests, fetched }
}

/// The terminal's size as a message.
fn size(terminal: &Terminal) -> Msg {
    let size = terminal.size();
    Msg::Input(Input::Resize { cols: size.width, rows: size.height })
}

fn suspend(terminal: &Terminal, runner: &Runner) {
    // Before it is stopped: another instance is to go on with the refreshing.
    runner.rest();
    match terminal.suspend() {
        // Continued, or about to be stopped: then the continuing is told by its signal.
        Ok(true) => {}
        Ok(false) => {
            runner.go_on();
            runner.notify(Notice::info("No shell is behind this program to bring it back: it was not suspended"));
        }
        Err(error) => {
            runner.go_on();
            tracing::warn!(%error, "could not be suspended");
        }
    }
}

fn draw(model: &Model, terminal: &Terminal, clocks: Clocks) {
    session::drill("drawing");
    #[cfg(debug_assertions)]
    if session::is_to_break("the writing") {
        terminal.break_writer();
    }
    let size = terminal.size();
    let (frame, cursor) = frame(model, clocks.now(), size.width, size.height);
    terminal.present(frame, cursor);
}

async fn sleep_until(wake: Option<Instant>) {
    match wake {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// How long quitting waits for what is under way.
pub const QUIT_WITHIN: Duration = Duration::from_millis(500);
