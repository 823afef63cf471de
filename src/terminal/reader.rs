//! The reading thread: from the tty through the decoder into the program's channel.
//!
//! It sleeps until there is something to do; nothing wakes it periodically. A tty that is gone ends it at once, with one
//! [`TerminalEvent::HungUp`], rather than being read over and over. Where the program is slow to take input the thread
//! waits, and the kernel holds what is typed.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use rustix::event::{PollFd, PollFlags};
use tokio::sync::mpsc;

use super::decoder::Decoder;
use super::guard::{Modes, lock};
use super::tty::{Wake, is_gone, wait};
use super::writer::Answers;
use super::{Alarm, TerminalEvent};
use crate::msg::Input;

/// The reading thread's control; dropping it ends the thread.
pub(super) struct Reader {
    shared: Arc<Shared>,
}

struct Shared {
    modes: Arc<Modes>,
    wake: Wake,
    stop: AtomicBool,
    /// Held during a read, so that none follows a pause.
    paused: Mutex<bool>,
}

impl Reader {
    /// Starts the thread, which sends to `events`; the terminal's answers go to `answers`.
    pub(super) fn start(modes: Arc<Modes>, answers: Answers, events: mpsc::Sender<TerminalEvent>) -> io::Result<Self> {
        let shared = Arc::new(Shared { modes, wake: Wake::new()?, stop: AtomicBool::new(false), paused: Mutex::new(false) });
        let thread = Arc::clone(&shared);
        std::thread::Builder::new().name("tty-reader".to_owned()).spawn(move || {
            let _alarm = Alarm(events.downgrade());
            thread.run(&answers, &events);
        })?;
        Ok(Self { shared })
    }

    /// Leaves what is typed from now on to others.
    pub(super) fn pause(&self) {
        *lock(&self.shared.paused) = true;
        self.shared.wake.tell();
    }

    /// Reads again.
    pub(super) fn resume(&self) {
        *lock(&self.shared.paused) = false;
        self.shared.wake.tell();
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        self.shared.wake.tell();
    }
}

/// What a read came to.
enum Read {
    Bytes(usize),
    Nothing,
    Gone,
}

impl Shared {
    fn run(&self, answers: &Answers, events: &mpsc::Sender<TerminalEvent>) {
        let started = Instant::now();
        let mut decoder = Decoder::new();
        let mut buffer = [0u8; 4096];
        let mut inputs: Vec<Input> = Vec::new();
        while !self.stop.load(Ordering::SeqCst) {
            let paused = *lock(&self.paused);
            if paused {
                // What was begun before the pause has nothing to do with what is typed after it.
                decoder = Decoder::new();
            }
            let timeout = decoder.deadline().map(|deadline| deadline.saturating_sub(started.elapsed()));
            let interest = if paused { PollFlags::empty() } else { PollFlags::IN };
            let mut fds = [self.wake.poll_fd(), PollFd::from_borrowed_fd(self.modes.tty().input(), interest)];
            let waited = wait(&mut fds, timeout);
            let [woken, ready] = fds.map(|fd| fd.revents());
            if !woken.is_empty() {
                self.wake.clear();
            }
            let read = match waited {
                Ok(()) if ready.is_empty() => Read::Nothing,
                Ok(()) => self.read(ready, &mut buffer),
                Err(_) => Read::Gone,
            };
            decoder.owe(self.modes.is_owed());
            match read {
                Read::Bytes(count) => decoder.feed(buffer.get(..count).unwrap_or_default(), started.elapsed(), &mut inputs),
                Read::Nothing => decoder.tick(started.elapsed(), &mut inputs),
                Read::Gone => {
                    // Nobody to tell if the program is on its way out itself.
                    let _ = events.blocking_send(TerminalEvent::HungUp);
                    return;
                }
            }
            for input in inputs.drain(..) {
                if input == Input::StatusReport {
                    answers.take_note();
                    continue;
                }
                // Reports that nobody asked for: somebody else has turned them on, and left them.
                if matches!(input, Input::Mouse(_)) && !self.modes.has_mouse() {
                    continue;
                }
                if events.blocking_send(TerminalEvent::Input(input)).is_err() {
                    return;
                }
            }
        }
    }

    fn read(&self, ready: PollFlags, buffer: &mut [u8]) -> Read {
        let paused = lock(&self.paused);
        if *paused || !ready.contains(PollFlags::IN) {
            return if is_gone(ready) { Read::Gone } else { Read::Nothing };
        }
        match self.modes.tty().read(buffer) {
            Ok(0) => Read::Gone,
            Ok(count) => Read::Bytes(count),
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {
                if is_gone(ready) {
                    Read::Gone
                } else {
                    Read::Nothing
                }
            }
            Err(_) => Read::Gone,
        }
    }
}
