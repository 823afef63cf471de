//! The tty: modes and their restoring, the input decoder, the screen writer.
//!
//! ```text
//!                 ┌ tty-reader ┐  Decoder   ┌────────────┐
//! tty ───poll────>│ read       │──────────> │ channel    │──> the loop
//!                 └────────────┘            └────────────┘
//!                 ┌ tty-writer ┐  Screen    ┌────────────┐
//! tty <──poll─────│ write      │<────────── │ one slot   │<── Terminal::present
//!                 └────────────┘            └────────────┘
//! ```
//!
//! Reading, writing and the program never wait for one another: each side has its thread, input waits in a channel and the
//! kernel, output in one slot in which a newer frame replaces an older. Nothing ticks: idle, both threads sleep.
//!
//! The order of calls:
//!
//! 1. [`Terminal::open`] on the thread that runs the loop, before anything may print; [`OpenError::NotATerminal`] is the only error
//!    that a user causes.
//! 2. Draw into a [`Buffer`] of [`Terminal::size`] and hand it to [`Terminal::present`] whenever the model is dirty; a frame
//!    that changes nothing costs nothing.
//! 3. Take [`TerminalEvent`]s from the channel. After [`TerminalEvent::HungUp`] there is no terminal: end, with status 129. After
//!    [`TerminalEvent::Broken`] nothing is seen or typed any more: end, and say so.
//! 4. On SIGWINCH call [`Terminal::resized`] and draw. The terminal sends no [`Input::Resize`] of its own.
//! 5. On ctrl-z and on SIGTSTP call [`Terminal::suspend`]; on SIGCONT, always, [`Terminal::resume`] and draw.
//! 6. [`Terminal::close`], or drop it: both give the terminal back within two seconds, whether it reads or not.
//!
//! No signal is handled here. The one question that is put to the terminal is how far it has come (`pace`), and nobody waits for
//! the answer but frames that a newer one may replace. What else it may be sent is listed in `screen`, `guard` and
//! `clipboard`, and nothing else is written to it.

mod clipboard;
mod decoder;
mod guard;
mod job;
mod kind;
mod pace;
mod reader;
mod screen;
#[cfg(test)]
mod tests;
mod tty;
mod writer;

use std::io::{self, IsTerminal as _};
use std::sync::Arc;
use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Size;
use tokio::sync::mpsc;

use crate::msg::Input;
use crate::text::SafeText;
use guard::Modes;
use kind::{Between, Kind};
use reader::Reader;
pub use screen::{Dialect, Screen};
use tty::Tty;
use writer::ScreenWriter;

/// What comes out of the decoder for these pieces, read at once and followed by a long silence; for the fuzz targets alone.
#[cfg(fuzzing)]
#[must_use]
pub fn decode(pieces: &[&[u8]]) -> Vec<Input> {
    const SILENCE: Duration = Duration::from_secs(60);
    let (mut decoder, mut out) = (decoder::Decoder::new(), Vec::new());
    for piece in pieces {
        decoder.feed(piece, Duration::ZERO, &mut out);
    }
    let mut now = Duration::ZERO;
    while let Some(deadline) = decoder.deadline() {
        assert!(deadline <= SILENCE, "it would stay deaf");
        now = now.max(deadline);
        decoder.tick(now, &mut out);
    }
    out
}
pub use writer::WriterStats;

/// How long the last frame may take to reach a terminal that is given back.
const LAST_FRAME: Duration = Duration::from_millis(300);

/// What comes from the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TerminalEvent {
    /// Somebody typed, pasted or looked.
    Input(Input),
    /// The wire was measured to be slow; told once.
    SlowWire {
        /// What it drains.
        bytes_per_second: u64,
    },
    /// The terminal is gone; nothing follows.
    HungUp,
    /// A thread that reads or writes the terminal panicked.
    Broken,
}

/// Held by a thread of the terminal's: tells the program if the thread panics, which would else sit before a screen that no longer
/// changes, or a keyboard that is no longer read.
struct Alarm(mpsc::WeakSender<TerminalEvent>);

impl Drop for Alarm {
    fn drop(&mut self) {
        if let Some(events) = self.0.upgrade().filter(|_| std::thread::panicking()) {
            // Nobody to tell if the program is on its way out itself.
            let _ = events.blocking_send(TerminalEvent::Broken);
        }
    }
}

/// Why the terminal could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is none, or one that can't be drawn on. One line, for the person who started the program.
    #[error("{0}; `halo-tui list` works without a terminal")]
    NotATerminal(&'static str),
    /// The system refused.
    #[error("the terminal can't be used: {0}")]
    Io(#[from] io::Error),
}

/// The terminal while the program has it.
pub struct Terminal {
    // The order matters to the drop: no thread reads or writes any more when the modes are given back.
    reader: Reader,
    writer: ScreenWriter,
    modes: Arc<Modes>,
    between: Between,
    links: bool,
}

impl Terminal {
    /// Takes the terminal of standard input and output: raw mode, alternate screen, hidden cursor, bracketed paste, focus reports.
    /// Input goes to `events`. A panic on the calling thread gives the terminal back before its message; panics on other threads
    /// leave it alone.
    ///
    /// # Errors
    ///
    /// [`OpenError::NotATerminal`] if standard input or output is none or `TERM` is unset or `dumb`; then not a byte was written.
    pub fn open(events: mpsc::Sender<TerminalEvent>) -> Result<Self, OpenError> {
        if !io::stdin().is_terminal() {
            return Err(OpenError::NotATerminal("standard input is not a terminal"));
        }
        if !io::stdout().is_terminal() {
            return Err(OpenError::NotATerminal("standard output is not a terminal"));
        }
        let term = std::env::var("TERM").unwrap_or_default();
        match term.as_str() {
            "" => Err(OpenError::NotATerminal("TERM is not set, so nothing is known about this terminal")),
            "dumb" => Err(OpenError::NotATerminal("TERM is dumb: this terminal can't be drawn on")),
            term => {
                let terminal = Self::on(Tty::of_standard_streams()?, Kind::of(term, &|name| std::env::var(name).ok()), events)?;
                guard::give_back_on_panic(&terminal.modes);
                Ok(terminal)
            }
        }
    }

    fn on(tty: Tty, kind: Kind, events: mpsc::Sender<TerminalEvent>) -> io::Result<Self> {
        let modes = Arc::new(Modes::new(tty));
        modes.enter()?;
        let writer = ScreenWriter::start(Arc::clone(&modes), kind, &events)?;
        let reader = Reader::start(Arc::clone(&modes), writer.answers(), events)?;
        Ok(Self { reader, writer, modes, between: kind.between, links: kind.links })
    }

    /// The terminal's size in columns and rows, at most 500x200; 80x24 where it doesn't know.
    pub fn size(&self) -> Size {
        self.modes.tty().size()
    }

    /// The size after SIGWINCH. The next frame is drawn from nothing: terminals move and cut what they show when resized.
    pub fn resized(&self) -> Size {
        self.writer.invalidate();
        self.size()
    }

    /// Shows `frame` as soon as the terminal takes it, with the cursor at `cursor` (column, row) or hidden. Never waits; of
    /// frames that come faster than the terminal takes them only the newest is shown.
    pub fn present(&self, frame: Buffer, cursor: Option<(u16, u16)>) {
        self.writer.present(frame, cursor);
    }

    /// Puts `text` on the clipboard of the machine that the terminal runs on (OSC 52), without line breaks at its end. False if it is
    /// longer than 16 KiB or the terminal is stalled; whether the terminal obeys is not known.
    pub fn copy(&self, text: &SafeText) -> bool {
        clipboard::copy(text, self.between).is_some_and(|order| self.writer.write_raw(&order))
    }

    /// Makes `text`, a link, one that a click opens, where frames to come show it; nothing where the terminal isn't known to take that.
    pub fn link(&self, text: &SafeText) {
        if self.links {
            self.writer.link(text.clone());
        }
    }

    /// Turns reports of the mouse on, or off again, and says whether they are on now. While they are, the terminal's own selection
    /// needs shift.
    pub fn toggle_mouse(&self) -> bool {
        let on = self.modes.toggle_mouse();
        self.writer.write_raw(if on { guard::MOUSE_ON } else { guard::MOUSE_OFF });
        on
    }

    /// Has the writing thread panic, as a fault of its own would.
    #[cfg(debug_assertions)]
    pub fn break_writer(&self) {
        self.writer.break_thread();
    }

    /// What has been written so far.
    pub fn stats(&self) -> WriterStats {
        self.writer.stats()
    }

    /// Gives the terminal back and stops the process group, as ctrl-z does. False, and nothing happens, where no shell could
    /// continue it. SIGCONT follows in time.
    ///
    /// # Errors
    ///
    /// If the stop is refused; the terminal is then taken again.
    pub fn suspend(&self) -> io::Result<bool> {
        if !job::can_stop() {
            return Ok(false);
        }
        self.release();
        if let Err(error) = job::stop() {
            self.take()?;
            return Err(error);
        }
        Ok(true)
    }

    /// Takes the terminal again after SIGCONT, whoever had stopped the process; the next frame is drawn from nothing. False, and
    /// nothing happens, if the process was continued in the background: to be called again until it is in front, as no
    /// signal may tell of that.
    ///
    /// # Errors
    ///
    /// If the terminal can't be taken.
    pub fn resume(&self) -> io::Result<bool> {
        if job::in_background(self.modes.tty().input()) {
            return Ok(false);
        }
        self.take()?;
        Ok(true)
    }

    /// Gives the terminal back, after what is still to be shown if the terminal takes it at once.
    pub fn close(self) {
        drop(self);
    }

    fn release(&self) {
        self.reader.pause();
        self.writer.pause(LAST_FRAME);
        self.modes.leave();
    }

    fn take(&self) -> io::Result<()> {
        self.modes.enter()?;
        self.writer.resume();
        self.reader.resume();
        Ok(())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.reader.pause();
        self.writer.flush_and_stop(LAST_FRAME);
        self.modes.leave();
    }
}
