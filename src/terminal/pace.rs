//! How much may be under way on the wire: a window in bytes that slides as the terminal answers.
//!
//! A tty alone tells too little: sshd and TCP swallow 16 KiB to 2 MiB before anything blocks, and a held key then runs seconds
//! ahead of the screen. So what is sent is followed, every 200 bytes or so, by a status report request (CSI 5 n), whose
//! answer says that all before it has arrived. Frames are written while the bytes that were not answered for are fewer than the window; while it is full, newer frames
//! replace one another. Nothing else ever waits for an answer.
//!
//! The window is what the wire drains in a round trip: enough to keep it busy and no more. Both are measured by the answers. Those
//! that took not much longer than the shortest say that the wire keeps up: a window that was full grows by what they
//! answer for. Those that took longer met a queue, so what arrived between them is what the wire drains.
//!
//! A terminal that never answered within its time is not asked again, until a late answer says that it does answer. One that
//! did answer before is behind a wire that stalls: what is under way is written off, for twice as long each time, so that in a
//! minute's stall a handful of frames is written.
//!
//! Times are those of any steady clock, handed in.

use std::collections::VecDeque;
use std::time::Duration;

/// The request; the answer is `CSI 0 n`.
const REQUEST: &[u8] = b"\x1b[5n";
/// Bytes after which an answer is asked for.
const ASK_AFTER: u64 = 200;
/// The window before anything is known, in bytes: 64 kbit/s for 300 ms.
const START: u64 = 2400;
/// The smallest window: a row or two.
const SMALLEST: u64 = 600;
/// The largest window.
const LARGEST: u64 = 64 * 1024;
/// The most requests that wait for their answer.
const MOST_ASKED: usize = 512;
/// How long an answer may take, beside the time that the bytes before it need at [`SLOWEST`].
const PATIENCE: Duration = Duration::from_secs(1);
/// The same of a terminal that did answer before: it is the wire that stalls.
const PATIENCE_ONCE_ANSWERED: Duration = Duration::from_secs(3);
/// The longest that a stalled wire is waited for before something is written all the same.
const LONGEST_PATIENCE: Duration = Duration::from_secs(30);
/// The slowest wire that is reckoned with before any is measured, in bytes a second: 64 kbit/s.
const SLOWEST: u64 = 8000;
/// How long the shortest round trip counts.
const ROUND_TRIP_COUNTS: Duration = Duration::from_secs(30);
/// A wire that drains fewer bytes a second than this is slow: a page takes half a second.
const SLOW: u64 = 12_000;
/// Measurements in a row that make a wire slow, within [`EVIDENCE_COUNTS`] of one another.
const EVIDENCE: u32 = 2;
/// How long a measurement counts as evidence.
const EVIDENCE_COUNTS: Duration = Duration::from_mins(1);
/// Bytes that a measurement must be of to be evidence: a hiccup makes few bytes look slow on any wire.
const EVIDENCE_BYTES: u64 = 1000;
/// What took less than this is reckoned to have taken this: shorter times are those of the machines, not of the wire.
const SHORTEST_DRAIN: Duration = Duration::from_millis(5);

/// What a request was sent with.
#[derive(Clone, Copy)]
struct Asked {
    at: Duration,
    /// All bytes up to this one are answered for by its answer.
    up_to: u64,
    /// Bytes that had been answered for when it was sent, and when.
    answered: u64,
    answered_at: Duration,
    /// Nothing else was under way: its frame had the wire to itself.
    alone: bool,
}

impl Asked {
    /// Bytes that were under way when it was sent, its own frame's too.
    const fn under_way(self) -> u64 {
        self.up_to - self.answered
    }
}

/// Decides when a frame may be written, from what was written and answered.
pub(super) struct Pace {
    /// Whether the terminal at the other end would answer itself.
    asks: bool,
    /// Nothing came back in time, and never did before.
    silent: bool,
    asked: VecDeque<Asked>,
    sent: u64,
    answered: u64,
    answered_at: Duration,
    /// Bytes up to this one are no longer waited for: the first frame, and what a stalled wire holds.
    written_off: u64,
    /// Bytes up to this one were under way when the wire stalled: what their answers took tells nothing.
    stalled: u64,
    window: u64,
    shortest: Shortest,
    /// What the wire drains, in bytes a second, once a queue has been met.
    drain: Option<u64>,
    /// A frame was held back since the last answer.
    held: bool,
    /// How many times in a row the wire was found stalled.
    stalls: u32,
    slow: Evidence,
}

/// How long bytes that had the wire to themselves took to arrive and their answer to come back.
#[derive(Clone, Copy)]
struct Trip {
    bytes: u64,
    took: Duration,
}

/// The shortest trip of late.
#[derive(Clone, Copy, Default)]
struct Shortest {
    this: Option<Trip>,
    last: Option<Trip>,
    since: Duration,
}

impl Shortest {
    fn take(&mut self, trip: Trip, now: Duration) {
        if now.saturating_sub(self.since) > ROUND_TRIP_COUNTS {
            *self = Self { this: None, last: self.this, since: now };
        }
        self.this = Some(self.this.filter(|shortest| shortest.took <= trip.took).unwrap_or(trip));
    }

    fn get(self) -> Option<Trip> {
        self.this.into_iter().chain(self.last).min_by_key(|trip| trip.took)
    }
}

/// Measurements that found the wire slow.
#[derive(Clone, Copy, Default)]
struct Evidence {
    count: u32,
    at: Duration,
}

impl Pace {
    /// The pace of a wire of which nothing is known; `asks` where the terminal itself would answer.
    pub(super) const fn new(asks: bool) -> Self {
        Self {
            asks,
            silent: false,
            asked: VecDeque::new(),
            sent: 0,
            answered: 0,
            answered_at: Duration::ZERO,
            written_off: 0,
            stalled: 0,
            window: START,
            shortest: Shortest { this: None, last: None, since: Duration::ZERO },
            drain: None,
            held: false,
            stalls: 0,
            slow: Evidence { count: 0, at: Duration::ZERO },
        }
    }

    /// Whether a frame may be written now; else [`Self::deadline`] says when to ask again if nothing is answered before.
    pub(super) fn is_open(&mut self, now: Duration) -> bool {
        self.give_up(now);
        let under_way = self.under_way();
        let open = !self.asks || self.silent || under_way == 0 || under_way < self.window;
        self.held |= !open;
        open
    }

    /// Takes note of a frame that is written now, and has the request follow it that goes with it.
    pub(super) fn frame(&mut self, bytes: &mut Vec<u8>, now: Duration) {
        let (is_first, alone) = (self.sent == 0, self.asked.is_empty() && self.sent - self.answered <= ASK_AFTER);
        self.sent += u64::try_from(bytes.len()).unwrap_or(0);
        let last = self.asked.back().map_or(self.answered, |asked| asked.up_to);
        if self.asks && !self.silent && self.sent - last > ASK_AFTER && self.asked.len() < MOST_ASKED {
            let (answered, answered_at) = (self.answered, self.answered_at);
            self.asked.push_back(Asked { at: now, up_to: self.sent, answered, answered_at, alone });
            bytes.extend_from_slice(REQUEST);
        }
        if is_first {
            // Nobody is to wait for the first frame's answer: it may never come.
            self.written_off = self.sent;
        }
    }

    /// Takes note of an answer.
    pub(super) fn answered(&mut self, now: Duration) {
        let Some(asked) = self.asked.pop_front() else { return };
        let arrived = asked.up_to - self.answered;
        self.answered = asked.up_to;
        self.answered_at = now;
        self.silent = false;
        self.stalls = 0;
        if asked.up_to > self.stalled {
            self.measure(asked, arrived, now);
        }
        self.held = false;
    }

    /// When a frame that is held back may be written although nothing was answered.
    pub(super) fn deadline(&self) -> Option<Duration> {
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
        patience + Duration::from_millis(asked.under_way() * 1000 / self.drain.unwrap_or(SLOWEST).max(1))
    }

    /// What the wire drains in bytes a second, where it was ever kept busy.
    pub(super) fn drain(&self) -> Option<u64> {
        self.drain
    }

    /// Whether the wire was measured to be slow, again and again.
    pub(super) fn is_slow(&self) -> bool {
        self.slow.count >= EVIDENCE
    }

    /// Bytes that were neither answered for nor written off.
    fn under_way(&self) -> u64 {
        self.sent - self.answered.max(self.written_off)
    }

    fn never_answered(&self) -> bool {
        self.answered == 0
    }

    fn give_up(&mut self, now: Duration) {
        if self.silent || self.deadline().is_none_or(|deadline| now < deadline) {
            return;
        }
        if self.never_answered() {
            self.silent = true;
        } else {
            self.written_off = self.sent;
            self.stalled = self.sent;
            self.window = SMALLEST;
            self.stalls += 1;
        }
    }

    fn measure(&mut self, asked: Asked, arrived: u64, now: Duration) {
        let took = now.saturating_sub(asked.at);
        let shortest = self.shortest.get();
        if asked.alone {
            // What one such frame took longer than another is what its bytes more took.
            let trip = Trip { bytes: asked.under_way(), took };
            self.shortest.take(trip, now);
            if let Some(other) = shortest {
                let (small, large) = if trip.bytes < other.bytes { (trip, other) } else { (other, trip) };
                let bytes = large.bytes - small.bytes;
                if bytes >= EVIDENCE_BYTES {
                    self.drained(bytes, large.took.saturating_sub(small.took), now);
                }
            }
        }
        let Some(shortest) = shortest.filter(|trip| trip.bytes <= START) else { return };
        let met_a_queue = took > shortest.took + shortest.took / 4 + Duration::from_millis(10);
        if met_a_queue && !asked.alone {
            self.drained(asked.under_way(), now.saturating_sub(asked.answered_at), now);
        }
        if self.held && !met_a_queue {
            self.window = (self.window + arrived).min(LARGEST);
        }
    }

    /// So many bytes took so long to drain.
    fn drained(&mut self, bytes: u64, took: Duration, now: Duration) {
        let micros = took.max(SHORTEST_DRAIN).as_micros().max(1);
        let sample = u64::try_from(u128::from(bytes) * 1_000_000 / micros).unwrap_or(u64::MAX);
        let drain = self.drain.map_or(sample, |drain| (3 * drain + sample) / 4);
        self.drain = Some(drain);
        if let Some(shortest) = self.shortest.get().filter(|trip| trip.bytes <= START) {
            // The shortest round trip has its own bytes' time in it.
            let meanwhile = u64::try_from(u128::from(drain) * shortest.took.as_micros() / 1_000_000).unwrap_or(LARGEST);
            self.window = meanwhile.saturating_sub(shortest.bytes).clamp(SMALLEST, LARGEST);
        }
        if now.saturating_sub(self.slow.at) > EVIDENCE_COUNTS || drain >= SLOW {
            self.slow.count = 0;
        }
        if drain < SLOW && bytes >= EVIDENCE_BYTES {
            self.slow = Evidence { count: self.slow.count + 1, at: now };
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const MS: Duration = Duration::from_millis(1);

    /// A link with a terminal at its end: what is written waits its turn, travels, and is answered for.
    struct Link {
        pace: Pace,
        now: Duration,
        bytes_per_second: u64,
        each_way: Duration,
        /// When the link has passed on all that was written.
        free_at: Duration,
        answers: BTreeSet<(Duration, u64)>,
        requests: u64,
        answering: bool,
        /// When each frame was seen by the operator, and which.
        seen: Vec<(Duration, u64)>,
    }

    impl Link {
        fn new(bytes_per_second: u64, round_trip: Duration) -> Self {
            Self {
                pace: Pace::new(true),
                now: Duration::ZERO,
                bytes_per_second,
                each_way: round_trip / 2,
                free_at: Duration::ZERO,
                answers: BTreeSet::new(),
                requests: 0,
                answering: true,
                seen: Vec::new(),
            }
        }

        fn write(&mut self, frame: u64, bytes: usize) {
            let mut bytes = vec![b'x'; bytes];
            self.pace.frame(&mut bytes, self.now);
            // In packets of SSH, as on the wire.
            for packet in bytes.chunks(1400) {
                let micros = (packet.len() as u64 + 90) * 1_000_000 / self.bytes_per_second;
                self.free_at = self.free_at.max(self.now) + Duration::from_micros(micros);
                for _ in packet.windows(REQUEST.len()).filter(|bytes| *bytes == REQUEST) {
                    self.requests += 1;
                    if self.answering {
                        self.answers.insert((self.free_at + 2 * self.each_way, self.requests));
                    }
                }
            }
            self.seen.push((self.free_at + self.each_way, frame));
        }

        /// Lets time pass, with answers as they come.
        fn run_until(&mut self, end: Duration) {
            while self.answers.first().is_some_and(|(at, _)| *at <= end) {
                let (at, _) = self.answers.pop_first().unwrap();
                self.now = at;
                self.pace.answered(at);
            }
            self.now = self.now.max(end);
        }

        /// Holds a key: a frame of `bytes` is wanted every 33 ms, the newest waits for the window. Gives how long after the last
        /// key its frame was seen.
        fn hold(&mut self, keys: u64, bytes: usize) -> Duration {
            let begin = self.now;
            let mut waiting = None;
            let mut last_key = begin;
            for ms in 0..60_000 {
                let at = begin + ms * MS;
                self.run_until(at);
                if ms % 33 == 0 && u64::from(ms / 33) < keys {
                    waiting = Some(u64::from(ms / 33));
                    last_key = at;
                }
                if let Some(frame) = waiting.filter(|_| self.pace.is_open(at)) {
                    self.write(frame, bytes);
                    waiting = None;
                    if frame + 1 == keys {
                        break;
                    }
                }
            }
            self.seen.last().unwrap().0.saturating_sub(last_key)
        }
    }

    /// Writes a frame of so many bytes; whether a request follows it.
    fn asks(pace: &mut Pace, bytes: usize, now: Duration) -> bool {
        let mut frame = vec![b'x'; bytes];
        pace.frame(&mut frame, now);
        frame.ends_with(REQUEST)
    }

    #[test]
    fn a_held_key_on_a_slow_link_is_seen_soon_after_it_is_let_go() {
        let mut link = Link::new(8000, 300 * MS);
        link.write(0, 6000);
        link.run_until(3000 * MS);
        // The way there is 150 ms, one row 50 ms.
        for _ in 0..3 {
            let lag = link.hold(50, 313);
            assert!(lag <= 450 * MS, "{lag:?}, window {}", link.pace.window);
            let later = link.now + 2000 * MS;
            link.run_until(later);
        }
        let drain = link.pace.drain().unwrap();
        assert!((5000..=8000).contains(&drain), "{drain}: 8000 bytes a second, packets included");
    }

    #[test]
    fn so_it_is_on_one_that_is_slower_still() {
        let mut link = Link::new(3000, 600 * MS);
        link.write(0, 6000);
        link.run_until(5000 * MS);
        link.write(0, 313);
        let later = link.now + 2000 * MS;
        link.run_until(later);
        for _ in 0..3 {
            // The way there is 300 ms, one row 134 ms.
            let lag = link.hold(50, 313);
            assert!(lag <= 1000 * MS, "{lag:?}, window {}", link.pace.window);
            let later = link.now + 3000 * MS;
            link.run_until(later);
        }
    }

    #[test]
    fn a_fast_link_is_kept_busy_and_never_holds_a_frame_for_long() {
        let mut link = Link::new(2_000_000, 100 * MS);
        link.write(0, 6000);
        link.run_until(1000 * MS);
        let before = link.seen.len();
        link.hold(200, 313);
        let later = link.now + 1000 * MS;
        link.run_until(later);
        assert!(link.seen.len() - before >= 198, "every frame is drawn: {}", link.seen.len() - before);
        assert!(!link.pace.is_slow());
    }

    #[test]
    fn a_narrow_window_widens_when_the_wire_keeps_up() {
        let mut link = Link::new(2_000_000, 300 * MS);
        link.write(0, 500);
        link.run_until(1000 * MS);
        // 30 frames a second of 2 kB are 18 kB in a round trip: the window starts at 2.4 kB.
        link.hold(100, 2000);
        assert!(link.pace.window > 15_000, "{}", link.pace.window);
        let before = link.seen.len();
        link.hold(30, 2000);
        assert!(link.seen.len() - before >= 29, "{}", link.seen.len() - before);
    }

    #[test]
    fn small_frames_share_a_request_and_the_first_frame_holds_nobody_up() {
        let mut pace = Pace::new(true);
        assert!(asks(&mut pace, 6000, MS));
        assert!(pace.is_open(2 * MS), "its answer is not waited for");
        let asked: Vec<bool> = (0..7).map(|n| asks(&mut pace, 35, (3 + n) * MS)).collect();
        assert_eq!(asked, [false, false, false, false, false, true, false], "a request for more than 200 bytes");
        assert_eq!(pace.outstanding().unwrap().0, 2);
    }

    #[test]
    fn pages_alone_tell_what_the_wire_drains() {
        let mut link = Link::new(8000, 300 * MS);
        for bytes in [5900, 4500, 4400, 4600, 3000, 4500] {
            link.write(0, bytes);
            let later = link.now + 2000 * MS;
            link.run_until(later);
        }
        let drain = link.pace.drain().unwrap();
        assert!((6000..9500).contains(&drain), "{drain}");
        assert!(link.pace.is_slow());
    }

    #[test]
    fn a_terminal_that_never_answers_is_asked_no_more_until_it_does() {
        let mut pace = Pace::new(true);
        assert!(asks(&mut pace, 6000, MS));
        let mut now = 10 * MS;
        while pace.is_open(now) {
            assert!(asks(&mut pace, 313, now));
            now += MS;
        }
        let deadline = pace.deadline().unwrap();
        assert!(deadline > 1000 * MS && deadline < 2000 * MS, "{deadline:?}");
        assert!(!pace.is_open(deadline.saturating_sub(MS)));
        assert!(pace.is_open(deadline), "given up");
        assert_eq!(pace.outstanding(), None);
        assert!(!asks(&mut pace, 5000, deadline), "nothing is asked");
        assert!(pace.is_open(deadline), "nothing is waited for");
        pace.answered(deadline + 500 * MS);
        assert!(asks(&mut pace, 5000, deadline + 501 * MS), "it does answer");
    }

    #[test]
    fn where_somebody_else_would_answer_nothing_is_asked_and_nothing_waited_for() {
        let mut pace = Pace::new(false);
        assert!(!asks(&mut pace, 100_000, MS));
        assert!(pace.is_open(MS));
        assert_eq!(pace.deadline(), None);
        pace.answered(2 * MS);
        assert!(!asks(&mut pace, 100_000, 3 * MS), "a stray answer changes nothing");
    }

    #[test]
    fn a_minutes_stall_lets_a_handful_of_frames_through_and_is_no_evidence() {
        let mut link = Link::new(100_000, 100 * MS);
        link.write(0, 6000);
        link.run_until(1000 * MS);
        link.hold(20, 1500);
        let end = link.now + 1000 * MS;
        link.run_until(end);
        link.answering = false;
        let (before, began) = (link.seen.len(), link.now);
        while link.now < began + Duration::from_mins(1) {
            let now = link.now;
            if link.pace.is_open(now) {
                link.write(0, 1500);
            }
            link.now += 33 * MS;
        }
        let written = link.seen.len() - before;
        assert!(written < 10 + 5, "{written} frames in a minute: the window and what is written off");
        for _ in 0..link.pace.asked.len() {
            link.pace.answered(link.now);
        }
        assert!(!link.pace.is_slow() && link.pace.under_way() == 0);
        assert!(link.pace.is_open(link.now));
    }

    #[test]
    fn slow_is_what_was_measured_slow_again_and_again() {
        let mut link = Link::new(8000, 300 * MS);
        link.write(0, 6000);
        link.run_until(3000 * MS);
        link.write(1, 313);
        link.run_until(4000 * MS);
        assert!(!link.pace.is_slow(), "one frame is no evidence");
        for page in 0..3 {
            link.write(page, 4800);
            let later = link.now + 3000 * MS;
            link.run_until(later);
        }
        assert!(link.pace.is_slow());
        let drain = link.pace.drain().unwrap();
        assert!((6000..9000).contains(&drain), "{drain}");

        let mut far = Link::new(1_000_000, 700 * MS);
        for page in 0..9 {
            far.write(page, 4800);
            let later = far.now + 3000 * MS;
            far.run_until(later);
        }
        assert!(!far.pace.is_slow(), "far away is not slow");
    }

    #[test]
    fn one_hiccup_is_not_a_slow_wire() {
        let mut link = Link::new(1_000_000, 20 * MS);
        for frame in 0..100 {
            link.write(frame, 1500);
            let later = link.now + 100 * MS;
            link.run_until(later);
            if frame == 50 {
                link.free_at = link.now + 2000 * MS;
            }
        }
        let later = link.now + 5000 * MS;
        link.run_until(later);
        assert!(!link.pace.is_slow(), "{:?}", link.pace.drain());
    }
}
