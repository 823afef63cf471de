//! The signals that a terminal program answers to.

use std::io;

use tokio::signal::unix::{Signal as Listener, SignalKind, signal};

/// A signal, as the loop understands it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signal {
    /// To end, with its number.
    End(u8),
    /// The terminal's size changed.
    Resize,
    /// To stop until continued (SIGTSTP).
    Stop,
    /// Continued, perhaps by somebody else than our own stopping.
    Continue,
}

/// Listens for the signals.
pub(super) struct Signals {
    interrupt: Listener,
    terminate: Listener,
    hang_up: Listener,
    quit: Listener,
    resize: Listener,
    stop: Listener,
    resume: Listener,
}

impl Signals {
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
            quit: signal(SignalKind::quit())?,
            resize: signal(SignalKind::window_change())?,
            stop: signal(SignalKind::from_raw(rustix::process::Signal::TSTP.as_raw()))?,
            resume: signal(SignalKind::from_raw(rustix::process::Signal::CONT.as_raw()))?,
        })
    }

    /// The next one.
    pub(super) async fn next(&mut self) -> Signal {
        tokio::select! {
            biased;
            _ = self.terminate.recv() => Signal::End(15),
            _ = self.hang_up.recv() => Signal::End(1),
            _ = self.interrupt.recv() => Signal::End(2),
            _ = self.quit.recv() => Signal::End(3),
            _ = self.stop.recv() => Signal::Stop,
            _ = self.resume.recv() => Signal::Continue,
            _ = self.resize.recv() => Signal::Resize,
        }
    }
}
