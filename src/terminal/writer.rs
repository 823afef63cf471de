//! The writing thread: the newest frame, composed when the tty is ready for it.
//!
//! There is one slot for a frame. While the tty takes nothing, a newer frame replaces the one in the slot, so a terminal that
//! stops reading costs no memory and, once it reads again, sees the newest frame next. So it is while the window of [`Pace`] is full.
//! What has begun is finished: what the terminal shows is then known, and the next frame is the difference to it. Of the first frame
//! the first row is begun with, which begins the measuring of the wire, and the rest is what then differs from the newest one.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ratatui::buffer::Buffer;
use rustix::event::{PollFd, PollFlags};
use tokio::sync::mpsc;

use super::guard::{Modes, Owed, lock};
use super::kind::Kind;
use super::pace::Pace;
use super::screen::Screen;
use super::tty::{Wake, is_gone, wait};
use super::{Alarm, TerminalEvent};
use crate::text::SafeText;

/// The most bytes of orders (as for the clipboard) that wait for the tty.
const ORDERS_CAP: usize = 64 * 1024;
/// The most answers that wait to be taken note of.
const ANSWERS_CAP: usize = 1024;

/// What has been written so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WriterStats {
    /// Bytes that the tty took.
    pub bytes: u64,
    /// Frames that were composed.
    pub frames: u64,
    /// Frames that a newer one replaced before they were composed.
    pub skipped: u64,
    /// What the wire drains in bytes a second, where it was ever kept busy and the terminal answers.
    pub drain: Option<u64>,
}

/// The writing thread's control; dropping it ends the thread.
pub(super) struct ScreenWriter {
    shared: Arc<Shared>,
}

struct Shared {
    modes: Arc<Modes>,
    wake: Wake,
    slot: Mutex<Slot>,
    /// Told whenever the thread has nothing left to do.
    rested: Condvar,
    bytes: AtomicU64,
    frames: AtomicU64,
    skipped: AtomicU64,
    /// 0 while it isn't known.
    drain: AtomicU64,
    started: Instant,
}

/// Where the reading thread leaves the answers to status report requests.
#[derive(Clone)]
pub(super) struct Answers(Arc<Shared>);

impl Answers {
    /// An answer came just now.
    pub(super) fn take_note(&self) {
        let mut slot = lock(&self.0.slot);
        if slot.answers.len() < ANSWERS_CAP {
            slot.answers.push(self.0.started.elapsed());
        }
        drop(slot);
        self.0.wake.tell();
    }
}

/// A frame and where its cursor is, if it is shown: column, row.
type Frame = (Buffer, Option<(u16, u16)>);

#[derive(Default)]
struct Slot {
    next: Option<Frame>,
    orders: Vec<u8>,
    /// What the frames to come show as a link.
    link: Option<SafeText>,
    /// When answers came that the thread has not taken note of.
    answers: Vec<Duration>,
    /// Whether there may be something that the tty hasn't taken.
    busy: bool,
    paused: bool,
    stopping: bool,
    /// What is under way is to be given up.
    abandon: bool,
    /// The terminal shows something else than was written.
    stale: bool,
    /// The terminal was taken anew.
    fresh: bool,
    /// The thread is to panic.
    #[cfg(debug_assertions)]
    broken: bool,
}

impl ScreenWriter {
    /// Starts the thread, which writes to a terminal of this kind, and tells of a slow wire once.
    pub(super) fn start(modes: Arc<Modes>, kind: Kind, events: &mpsc::Sender<TerminalEvent>) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            modes,
            wake: Wake::new()?,
            slot: Mutex::default(),
            rested: Condvar::new(),
            bytes: AtomicU64::new(0),
            frames: AtomicU64::new(0),
            skipped: AtomicU64::new(0),
            drain: AtomicU64::new(0),
            started: Instant::now(),
        });
        let thread = Arc::clone(&shared);
        // The channel ends with the reading thread, which alone can tell that the terminal is gone.
        let events = events.downgrade();
        std::thread::Builder::new().name("tty-writer".to_owned()).spawn(move || {
            let alarm = Alarm(events);
            thread.run(kind, &alarm.0);
        })?;
        Ok(Self { shared })
    }

    /// Where answers to status report requests are to be left.
    pub(super) fn answers(&self) -> Answers {
        Answers(Arc::clone(&self.shared))
    }

    /// Makes `frame` the next to be shown; never waits.
    pub(super) fn present(&self, frame: Buffer, cursor: Option<(u16, u16)>) {
        self.change(|slot| {
            if slot.next.replace((frame, cursor)).is_some() {
                self.shared.skipped.fetch_add(1, Ordering::Relaxed);
            }
            slot.busy = true;
        });
    }

    /// Sends `order` between two frames; false, and nothing is sent, if too much is waiting.
    pub(super) fn write_raw(&self, order: &[u8]) -> bool {
        self.change(|slot| {
            let fits = slot.orders.len() + order.len() <= ORDERS_CAP;
            if fits {
                slot.orders.extend_from_slice(order);
                slot.busy = true;
            }
            fits
        })
    }

    /// Makes this text a link in the frames to come.
    pub(super) fn link(&self, text: SafeText) {
        self.change(|slot| slot.link = Some(text));
    }

    /// Has the thread panic.
    #[cfg(debug_assertions)]
    pub(super) fn break_thread(&self) {
        self.change(|slot| slot.broken = true);
    }

    /// Draws the next frame from nothing: the terminal may no longer show what was written.
    pub(super) fn invalidate(&self) {
        self.change(|slot| slot.stale = true);
    }

    /// Writes nothing from now on, if the tty lets what is under way be finished within `limit`, else in the middle of it.
    pub(super) fn pause(&self, limit: Duration) {
        self.change(|slot| {
            slot.paused = true;
            slot.next = None;
            slot.orders.clear();
        });
        self.rest(limit);
    }

    /// Writes again, to a terminal that was taken anew.
    pub(super) fn resume(&self) {
        self.change(|slot| {
            slot.paused = false;
            slot.fresh = true;
            slot.busy = true;
        });
    }

    /// Writes what is waiting, if the tty takes it within `limit`, and ends the thread.
    pub(super) fn flush_and_stop(&self, limit: Duration) {
        self.change(|slot| slot.stopping = true);
        self.rest(limit);
    }

    pub(super) fn stats(&self) -> WriterStats {
        WriterStats {
            bytes: self.shared.bytes.load(Ordering::Relaxed),
            frames: self.shared.frames.load(Ordering::Relaxed),
            skipped: self.shared.skipped.load(Ordering::Relaxed),
            drain: Some(self.shared.drain.load(Ordering::Relaxed)).filter(|drain| *drain > 0),
        }
    }

    fn change<T>(&self, change: impl FnOnce(&mut Slot) -> T) -> T {
        let changed = change(&mut lock(&self.shared.slot));
        self.shared.wake.tell();
        changed
    }

    /// Waits until nothing is left to do; after `limit` it is given up.
    fn rest(&self, limit: Duration) {
        let slot = lock(&self.shared.slot);
        let waited = self.shared.rested.wait_timeout_while(slot, limit, |slot| slot.busy);
        let (mut slot, _) = waited.unwrap_or_else(PoisonError::into_inner);
        slot.abandon = slot.busy;
        drop(slot);
        self.shared.wake.tell();
    }
}

impl Drop for ScreenWriter {
    fn drop(&mut self) {
        self.change(|slot| {
            slot.stopping = true;
            slot.abandon = true;
        });
    }
}

/// What is being written.
struct Pending {
    screen: Screen,
    pace: Pace,
    bytes: Vec<u8>,
    sent: usize,
    gone: bool,
}

impl Pending {
    /// Nothing so far, to a terminal of this kind.
    fn new(kind: Kind) -> Self {
        let screen = Screen::new(kind.dialect);
        let screen = if kind.utf8 { screen } else { screen.of_bytes() };
        Self { screen, pace: Pace::new(kind.answers()), bytes: Vec::new(), sent: 0, gone: false }
    }

    fn rest(&self) -> &[u8] {
        self.bytes.get(self.sent..).unwrap_or_default()
    }

    fn give_up(&mut self) {
        if !self.rest().is_empty() {
            self.bytes.clear();
            self.screen.invalidate();
        }
    }
}

impl Shared {
    fn run(&self, kind: Kind, events: &mpsc::WeakSender<TerminalEvent>) {
        let mut pending = Pending::new(kind);
        let mut told = false;
        loop {
            let mut held_until = None;
            let work = {
                let mut slot = lock(&self.slot);
                #[cfg(debug_assertions)]
                assert!(!slot.broken, "as told");
                for at in slot.answers.drain(..) {
                    pending.pace.answered(at);
                }
                if std::mem::take(&mut slot.abandon) {
                    pending.give_up();
                    slot.next = None;
                    slot.orders.clear();
                }
                if std::mem::take(&mut slot.fresh) {
                    let gone = pending.gone;
                    pending = Pending { gone, ..Pending::new(kind) };
                }
                let now = self.started.elapsed();
                let frame = slot.next.is_some() && pending.pace.is_open(now);
                if slot.next.is_some() && !frame {
                    held_until = pending.pace.deadline(now).map(|deadline| deadline.saturating_sub(now));
                }
                let waiting = !slot.paused && (frame || !slot.orders.is_empty());
                let work = !pending.gone && (!pending.rest().is_empty() || waiting);
                if !work {
                    slot.busy = false;
                    self.rested.notify_all();
                    if slot.stopping {
                        return;
                    }
                }
                work
            };
            let owed = pending.pace.outstanding().map(|(requests, until)| Owed { requests, until: self.started + until });
            self.modes.owes(owed);
            self.drain.store(pending.pace.drain().unwrap_or(0), Ordering::Relaxed);
            if pending.pace.is_slow() && !told {
                let slow = TerminalEvent::SlowWire { bytes_per_second: pending.pace.drain().unwrap_or(0) };
                told = events.upgrade().is_none_or(|events| events.try_send(slow).is_ok());
            }
            let interest = if work { PollFlags::OUT } else { PollFlags::empty() };
            let fds = &mut [self.wake.poll_fd(), PollFd::from_borrowed_fd(self.modes.tty().output(), interest)];
            // A tty that is gone would end every wait at once: the reader tells the program, here it is only left out.
            let watched = if work { 2 } else { 1 };
            let timeout = held_until.filter(|_| !work);
            let waited = wait(fds.get_mut(..watched).unwrap_or_default(), timeout);
            let [woken, ready] = [&fds[0], &fds[1]].map(PollFd::revents);
            if !woken.is_empty() {
                self.wake.clear();
            }
            if waited.is_err() || is_gone(ready) {
                pending.gone = true;
            } else if ready.contains(PollFlags::OUT) {
                self.write(&mut pending);
            }
        }
    }

    /// Writes what the tty takes of what is under way or, if that is nothing, of the newest frame.
    fn write(&self, pending: &mut Pending) {
        if pending.rest().is_empty() {
            self.compose(pending);
        }
        if pending.rest().is_empty() {
            return;
        }
        match self.modes.write(pending.rest()) {
            Ok(Some(count)) => {
                pending.sent += count;
                self.bytes.fetch_add(u64::try_from(count).unwrap_or(0), Ordering::Relaxed);
            }
            Ok(None) => pending.give_up(),
            Err(_) => pending.gone = true,
        }
    }

    fn compose(&self, pending: &mut Pending) {
        let (orders, next) = {
            let mut slot = lock(&self.slot);
            if slot.paused {
                return;
            }
            if std::mem::take(&mut slot.stale) {
                pending.screen.invalidate();
            }
            if let Some(link) = slot.link.take() {
                pending.screen.link(&link);
            }
            let open = pending.pace.is_open(self.started.elapsed());
            (std::mem::take(&mut slot.orders), slot.next.take_if(|_| open))
        };
        pending.bytes = orders;
        pending.sent = 0;
        let mut whole = true;
        if let Some((frame, cursor)) = next {
            let rest = pending.screen.present_part(frame, cursor, pending.pace.most(), &mut pending.bytes);
            whole = rest.is_none();
            match rest {
                None => drop(self.frames.fetch_add(1, Ordering::Relaxed)),
                // It follows, if no newer one does.
                Some(rest) => drop(lock(&self.slot).next.get_or_insert((rest, cursor))),
            }
        }
        pending.pace.frame(&mut pending.bytes, whole, self.started.elapsed());
    }
}
