//! How much may be under way on the wire: a window in bytes that slides as the terminal answers.
//!
//! A tty alone tells too little: sshd and TCP swallow 16 KiB to 2 MiB before anything blocks, and a held key then runs seconds
//! ahead of the screen. So bytes end, every 200 or so, with a status report request (CSI 5 n), whose answer says that all before
//! it has arrived. Frames are written while the bytes that were not answered for are fewer than the window; while it is full, newer frames
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
pub(super) const REQUEST: &[u8] = b"\x1b[5n";
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
/// The longest that a stalled wire is waited for before something is written all the same.
const LONGEST_PATIENCE: Duration = Duration::from_secs(30);
/// The slowest wire that is reckoned with before any is measured, in bytes a second: 64 kbit/s.
const SLOWEST: u64 = 8000;
/// How long the shortest round trip counts.
const ROUND_TRIP_COUNTS: Duration = Duration::from_secs(30);
/// A wire that drains fewer bytes a second than this is slow: a page takes half a second.
const SLOW: u64 = 12_000;
/// Measurements in a row that make a wire slow, within [`EVIDENCE_COUNTS`] of one another.
const EVIDENCE: u32 = 3;
/// How long a measurement counts as evidence.
const EVIDENCE_COUNTS: Duration = Duration::from_mins(1);
/// Bytes that must have been under way for a measurement to be evidence: a hiccup makes few bytes look slow on any wire.
const EVIDENCE_BYTES: u64 = 1000;

/// What a request was sent with.
#[derive(Clone, Copy)]
struct Asked {
    at: Duration,
    /// All bytes up to this one are answered for by its answer.
    up_to: u64,
    /// Bytes that had been answered for when it was sent, and when; its own time where nothing was under way before.
    answered: u64,
    answered_at: Duration,
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
    window: u64,
    round_trip: Shortest,
    /// What the wire drains, in bytes a second, once a queue has been met.
    drain: Option<u64>,
    /// A frame was held back since the last answer.
    held: bool,
    /// How many times in a row the wire was found stalled.
    stalls: u32,
    /// The first frame's bytes and how long they took, until the round trip is known.
    first: Option<(u64, Duration)>,
    slow: Evidence,
}

/// The shortest round trip of late.
#[derive(Clone, Copy, Default)]
struct Shortest {
    this: Option<Duration>,
    last: Option<Duration>,
    since: Duration,
}

impl Shortest {
    fn take(&mut self, sample: Duration, now: Duration) {
        if now.saturating_sub(self.since) > ROUND_TRIP_COUNTS {
            *self = Self { this: None, last: self.this, since: now };
        }
        self.this = Some(self.this.map_or(sample, |shortest| shortest.min(sample)));
    }

    fn get(self) -> Option<Duration> {
        self.this.into_iter().chain(self.last).min()
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
            window: START,
            round_trip: Shortest { this: None, last: None, since: Duration::ZERO },
            drain: None,
            held: false,
            stalls: 0,
            first: None,
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

    /// Takes note of `bytes` that are written now; true if [`REQUEST`] is to follow them.
    pub(super) fn sent(&mut self, bytes: usize, now: Duration) -> bool {
        let nothing_before = self.sent == self.answered;
        self.sent += u64::try_from(bytes).unwrap_or(0);
        let last = self.asked.back().map_or(self.answered, |asked| asked.up_to);
        let asks = self.asks && !self.silent && self.sent - last > ASK_AFTER && self.asked.len() < MOST_ASKED;
        if asks {
            let answered_at = if nothing_before { now } else { self.answered_at };
            self.asked.push_back(Asked { at: now, up_to: self.sent, answered: self.answered, answered_at });
            if self.never_answered() && self.written_off == 0 {
                // Nobody is to wait for the first frame's answer: it may never come.
                self.written_off = self.sent;
            }
        }
        asks
    }

    /// Takes note of an answer.
    pub(super) fn answered(&mut self, now: Duration) {
        let Some(asked) = self.asked.pop_front() else { return };
        let was_first = self.never_answered();
        let arrived = asked.up_to - self.answered;
        self.answered = asked.up_to;
        self.answered_at = now;
        self.silent = false;
        self.stalls = 0;
        let took = now.saturating_sub(asked.at);
        if was_first {
            self.first = Some((asked.under_way(), took));
        }
        if asked.up_to > self.written_off || was_first {
            if asked.under_way() <= START.max(self.window) {
                self.round_trip.take(took, now);
            }
            self.measure(asked, took, arrived, now);
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
        PATIENCE + Duration::from_millis(asked.under_way() * 1000 / self.drain.unwrap_or(SLOWEST).max(1))
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
            self.window = SMALLEST;
            self.stalls += 1;
        }
    }

    fn measure(&mut self, asked: Asked, took: Duration, arrived: u64, now: Duration) {
        let Some(round_trip) = self.round_trip.get() else { return };
        if let Some((bytes, took)) = self.first.take().filter(|(_, took)| is_queued(*took, round_trip)) {
            self.queued(bytes, took.saturating_sub(round_trip), bytes, now);
        }
        if !is_queued(took, round_trip) {
            if self.held {
                self.window = (self.window + arrived).min(LARGEST);
            }
            return;
        }
        let between = now.saturating_sub(asked.answered_at);
        // What was sent into an empty wire had to get there first.
        let draining = if asked.answered_at == asked.at { between.saturating_sub(round_trip) } else { between };
        self.queued(asked.up_to - asked.answered, draining, asked.under_way(), now);
        if let Some(drain) = self.drain {
            let in_a_round_trip = u64::try_from(u128::from(drain) * round_trip.as_micros() / 1_000_000).unwrap_or(LARGEST);
            self.window = in_a_round_trip.clamp(SMALLEST, LARGEST);
        }
    }

    /// So many bytes took so long to drain, of so many under way.
    fn queued(&mut self, bytes: u64, draining: Duration, under_way: u64, now: Duration) {
        let micros = draining.as_micros().max(1000);
        let sample = u64::try_from(u128::from(bytes) * 1_000_000 / micros).unwrap_or(u64::MAX);
        let drain = self.drain.map_or(sample, |drain| (3 * drain + sample) / 4);
        self.drain = Some(drain);
        if now.saturating_sub(self.slow.at) > EVIDENCE_COUNTS || drain >= SLOW {
            self.slow.count = 0;
        }
        if drain < SLOW && under_way >= EVIDENCE_BYTES {
            self.slow = Evidence { count: self.slow.count + 1, at: now };
        }
    }
}

/// Whether an answer took so long that what it answers for met a queue.
fn is_queued(took: Duration, round_trip: Duration) -> bool {
    took > round_trip + round_trip / 4 + Duration::from_millis(10)
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
        written: u64,
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
                written: 0,
                answering: true,
                seen: Vec::new(),
            }
        }

        fn write(&mut self, frame: u64, bytes: usize) {
            let asks = self.pace.sent(bytes, self.now);
            self.written += bytes as u64;
            // An SSH packet around it, as on the wire.
            let micros = (bytes as u64 + 90) * 1_000_000 / self.bytes_per_second;
            self.free_at = self.free_at.max(self.now) + Duration::from_micros(micros);
            self.seen.push((self.free_at + self.each_way, frame));
            if asks {
                self.requests += 1;
                if self.answering {
                    self.answers.insert((self.free_at + 2 * self.each_way, self.requests));
                }
            }
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
        assert!(pace.sent(6000, MS));
        assert!(pace.is_open(2 * MS), "its answer is not waited for");
        let asked: Vec<bool> = (0..7).map(|n| pace.sent(35, (3 + n) * MS)).collect();
        assert_eq!(asked, [false, false, false, false, false, true, false], "a request for more than 200 bytes");
        assert_eq!(pace.outstanding().unwrap().0, 2);
    }

    #[test]
    fn a_terminal_that_never_answers_is_asked_no_more_until_it_does() {
        let mut pace = Pace::new(true);
        assert!(pace.sent(6000, MS));
        let mut now = 10 * MS;
        while pace.is_open(now) {
            pace.sent(313, now);
            now += MS;
        }
        let deadline = pace.deadline().unwrap();
        assert!(deadline > 1000 * MS && deadline < 2000 * MS, "{deadline:?}");
        assert!(!pace.is_open(deadline.saturating_sub(MS)));
        assert!(pace.is_open(deadline), "given up");
        assert_eq!((pace.outstanding(), pace.sent(5000, deadline)), (None, false), "nothing is asked");
        assert!(pace.is_open(deadline), "nothing is waited for");
        pace.answered(deadline + 500 * MS);
        assert!(pace.sent(5000, deadline + 501 * MS), "it does answer");
    }

    #[test]
    fn where_somebody_else_would_answer_nothing_is_asked_and_nothing_waited_for() {
        let mut pace = Pace::new(false);
        assert!(!pace.sent(100_000, MS));
        assert!(pace.is_open(MS));
        assert_eq!(pace.deadline(), None);
        pace.answered(2 * MS);
        assert!(!pace.sent(100_000, 3 * MS), "a stray answer changes nothing");
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
        assert!(!link.pace.is_slow(), "one measurement is none");
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
