//! How much may be under way on the wire: a window in bytes that slides as the terminal answers.
//!
//! A tty alone tells too little: sshd and TCP swallow 16 KiB to 2 MiB before anything blocks, and a held key then runs seconds
//! ahead of the screen. So what is sent is followed, every 200 bytes or so, by a status report request (CSI 5 n), whose
//! answer says that all before it has arrived. Frames are written while the bytes that were not answered for are fewer than the
//! window; while it is full, newer frames replace one another. Nothing else ever waits for an answer.
//!
//! The window is what the wire drains in a round trip, and a frame is written only once the wire is reckoned to be free of those
//! before: enough to keep it busy and no more, however large a frame. Both are measured by the answers (`measure`). Nothing is asked
//! before something is shown: the first frame is written in two parts, each with its request, and the answer to its first row tells the
//! round trip and that to the rest, compared to it, what the wire drains, before a key is held. Each frame counts with the headers
//! that go with it, which on a slow wire weigh as much as a row.
//!
//! A terminal that never answered within its time is not asked again, until a late answer says that it does answer. One that
//! did answer before is behind a wire that stalls: what is under way is written off, for twice as long each time, so that in a
//! minute's stall a handful of frames is written.
//!
//! Times are those of any steady clock, handed in.

#[cfg(test)]
mod link;
mod measure;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::time::Duration;

use measure::{Arrived, Wire};

/// The request; the answer is `CSI 0 n`.
const REQUEST: &[u8] = b"\x1b[5n";
/// What SSH, TCP and IP add to a frame, about.
const HEADERS: u64 = 90;
/// Bytes after which an answer is asked for.
const ASK_AFTER: u64 = 200 + HEADERS;
/// Bytes of the first frame that are written at first: its first row takes more.
const FIRST_PART: usize = 50;
/// The window before the wire was measured, in bytes: 64 kbit/s for 300 ms.
const START: u64 = 2400;
/// The smallest window: a row or two.
const SMALLEST: u64 = 600;
/// The largest window.
const LARGEST: u64 = 64 * 1024;
/// The most requests that wait for their answer.
const MOST_ASKED: usize = 512;
/// How long an answer may take, beside the time that the bytes before it need.
const PATIENCE: Duration = Duration::from_secs(1);
/// The same of a terminal that did answer before: it is the wire that stalls.
const PATIENCE_ONCE_ANSWERED: Duration = Duration::from_secs(3);
/// The longest that a stalled wire is waited for before something is written all the same.
const LONGEST_PATIENCE: Duration = Duration::from_secs(30);
/// The slowest wire that is reckoned with before any is measured, in bytes a second: 64 kbit/s.
const SLOWEST: u64 = 8000;

/// What a request was sent with.
#[derive(Clone, Copy)]
struct Asked {
    at: Duration,
    /// All bytes up to this one are answered for by its answer.
    up_to: u64,
    /// Bytes that were sent with it.
    last: u64,
    /// When the first bytes were sent that no request before asked for.
    first_sent_at: Duration,
    /// Bytes that were under way, its own too.
    under_way: u64,
}

/// Decides when a frame may be written, from what was written and answered.
pub(super) struct Pace {
    /// Whether the terminal at the other end would answer itself.
    asks: bool,
    /// Nothing came back in time, and never did before.
    silent: bool,
    asked: VecDeque<Asked>,
    sent: u64,
    /// When the first bytes were sent that no request asked for.
    unasked_since: Option<Duration>,
    answered: u64,
    answered_at: Option<Duration>,
    /// What the headers of frames made before anything was answered.
    early_headers: u64,
    /// Where the first frame ended, or its part so far.
    first_frame: u64,
    /// All of the first frame was written.
    begun: bool,
    /// Bytes up to this one are no longer waited for: what a stalled wire holds.
    written_off: u64,
    /// Bytes up to this one were under way when the wire stalled: what their answers took tells nothing.
    stalled: u64,
    wire: Wire,
    /// When the wire is reckoned to be free of all that was sent.
    free_at: Duration,
    /// How many times in a row the wire was found stalled.
    stalls: u32,
}

impl Pace {
    /// The pace of a wire of which nothing is known; `asks` where the terminal itself would answer.
    pub(super) fn new(asks: bool) -> Self {
        Self {
            asks,
            silent: false,
            asked: VecDeque::new(),
            sent: 0,
            unasked_since: None,
            answered: 0,
            answered_at: None,
            early_headers: 0,
            first_frame: 0,
            begun: false,
            written_off: 0,
            stalled: 0,
            wire: Wire::default(),
            free_at: Duration::ZERO,
            stalls: 0,
        }
    }

    /// How many bytes of a frame are written at a time: all but of the first. The rows of a list that moves, its cursor last, would else
    /// come in sight only once the key is let go.
    pub(super) const fn most(&self) -> usize {
        if self.asks && self.sent == 0 { FIRST_PART } else { usize::MAX }
    }

    /// Whether a frame may be written now; else [`Self::deadline`] says when to ask again if nothing is answered before.
    pub(super) fn is_open(&mut self, now: Duration) -> bool {
        self.give_up(now);
        let unanswered = self.unanswered();
        if !self.asks || self.silent || unanswered == 0 {
            return true;
        }
        match self.wire.holds() {
            // Where nobody answers, the headers of many small frames must not close it.
            None => unanswered < START + self.early_headers,
            Some(_) if self.stalls > 0 => unanswered < SMALLEST,
            Some(window) => {
                // One frame may be larger than the window: the wire is kept busy while the answer to it is on its way.
                let oldest = self.asked.front().map_or(0, |asked| asked.up_to - self.answered);
                self.free_at <= now && unanswered.saturating_sub(oldest) < window.clamp(SMALLEST, LARGEST)
            }
        }
    }

    /// Takes note of a frame that is written now, the `whole` rest of it or a part, and has the request follow it that goes with it.
    pub(super) fn frame(&mut self, bytes: &mut Vec<u8>, whole: bool, now: Duration) {
        if bytes.is_empty() {
            return;
        }
        if self.never_answered() {
            self.early_headers += HEADERS;
        }
        let length = u64::try_from(bytes.len()).unwrap_or(0) + HEADERS;
        self.sent += length;
        self.free_at = self.free_at.max(now) + self.wire.time(length);
        self.unasked_since.get_or_insert(now);
        let is_first = self.first_frame == 0;
        if !self.begun {
            self.first_frame = self.sent;
            self.begun = whole;
        }
        let last = self.asked.back().map_or(self.answered, |asked| asked.up_to);
        let is_much = is_first || self.sent - last > ASK_AFTER;
        if self.asks && !self.silent && is_much && self.asked.len() < MOST_ASKED {
            self.ask(bytes, length, now);
        }
    }

    fn ask(&mut self, bytes: &mut Vec<u8>, last: u64, now: Duration) {
        let first_sent_at = self.unasked_since.take().unwrap_or(now);
        let under_way = self.sent - self.answered;
        self.asked.push_back(Asked { at: now, up_to: self.sent, last, first_sent_at, under_way });
        bytes.extend_from_slice(REQUEST);
    }

    /// Takes note of an answer.
    pub(super) fn answered(&mut self, now: Duration) {
        let Some(asked) = self.asked.pop_front() else { return };
        let bytes = asked.up_to - self.answered;
        let answered_before = self.answered_at.replace(now);
        self.answered = asked.up_to;
        if std::mem::take(&mut self.silent) {
            // What was written in the meantime goes without a request: no answer will tell of it.
            self.written_off = self.sent;
        }
        self.stalls = 0;
        if asked.up_to > self.stalled {
            let alone = asked.under_way == bytes;
            self.wire.take(Arrived { bytes, last: asked.last, alone, sent_at: asked.at, answered_before }, now);
        }
        self.reckon(now);
    }

    /// When a frame that is held back may be written although nothing was answered: once the wire is reckoned to be free, or no
    /// answer is expected any more.
    pub(super) fn deadline(&self, now: Duration) -> Option<Duration> {
        let free_at = Some(self.free_at).filter(|free_at| *free_at > now);
        free_at.into_iter().chain(self.patience_ends()).min()
    }

    fn patience_ends(&self) -> Option<Duration> {
        let asked = self.asked.iter().find(|asked| asked.up_to > self.written_off)?;
        let patience = self.patience(asked).saturating_mul(1 << self.stalls.min(5));
        Some(asked.at + patience.min(LONGEST_PATIENCE))
    }

    /// How many requests may still be answered, and until when.
    pub(super) fn outstanding(&self) -> Option<(usize, Duration)> {
        let last = self.asked.back().filter(|_| !self.silent)?;
        Some((self.asked.len(), last.at + self.patience(last)))
    }

    fn patience(&self, asked: &Asked) -> Duration {
        let patience = if self.never_answered() { PATIENCE } else { PATIENCE_ONCE_ANSWERED };
        patience + Duration::from_millis(asked.under_way * 1000 / self.drain().unwrap_or(SLOWEST).max(1))
    }

    /// What the wire drains in bytes a second, where it was ever kept busy.
    pub(super) fn drain(&self) -> Option<u64> {
        self.wire.drain()
    }

    /// Whether the wire was measured to be slow, again and again.
    pub(super) fn is_slow(&self) -> bool {
        self.wire.is_slow()
    }

    /// Bytes that were neither answered for nor written off. Nobody is to wait for the first frame's answer before it is known
    /// that the terminal answers at all.
    fn unanswered(&self) -> u64 {
        let first_frame = if self.never_answered() { self.first_frame } else { 0 };
        self.sent - self.answered.max(self.written_off).max(first_frame)
    }

    const fn never_answered(&self) -> bool {
        self.answered_at.is_none()
    }

    fn give_up(&mut self, now: Duration) {
        if self.silent || self.patience_ends().is_none_or(|deadline| now < deadline) {
            return;
        }
        if self.never_answered() {
            self.silent = true;
        } else {
            self.written_off = self.sent;
            self.stalled = self.sent;
            self.stalls += 1;
        }
    }

    /// When the wire will be free of all that was sent.
    fn reckon(&mut self, now: Duration) {
        let Some(trip) = self.wire.round_trip() else { return };
        let mut free_at = now.saturating_sub(trip);
        let mut up_to = self.answered;
        for asked in &self.asked {
            free_at = free_at.max(asked.first_sent_at) + self.wire.time(asked.up_to - up_to);
            up_to = asked.up_to;
        }
        self.free_at = free_at + self.wire.time(self.sent - up_to);
    }
}
