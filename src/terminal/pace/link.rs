//! A modelled link with a terminal at its end: what is written waits its turn, travels, and is answered for.

use std::collections::BTreeSet;

use super::*;

pub(super) const MS: Duration = Duration::from_millis(1);
/// Rows of the list whose cursor a held key moves.
const ROWS: usize = 34;

/// The payload of a packet.
const PACKET: usize = 1400;

/// What decides when a frame may be written.
#[derive(Clone, Copy, Debug)]
pub(super) enum Rule {
    /// What is measured here.
    Window,
    /// One frame in so long a time, whatever the wire is like.
    Cap(Duration),
}

/// What frames of a list cost in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Costs {
    /// The cursor moves inside the screen.
    pub(super) inside: usize,
    /// The list moves, and each row that comes into sight.
    pub(super) scroll: usize,
    pub(super) row: usize,
    /// All rows are others.
    pub(super) page: usize,
}

impl Costs {
    /// The dashboard at 120x40, as `tests/wire.rs` counts it.
    pub(super) const DEFAULT: Self = Self { inside: 299, scroll: 150, row: 141, page: 4428 };
    /// The same, lean.
    pub(super) const LEAN: Self = Self { inside: 27, scroll: 30, row: 109, page: 3703 };

    /// Frames that all cost the same.
    pub(super) const fn same(bytes: usize) -> Self {
        Self { inside: bytes, scroll: bytes, row: 0, page: bytes }
    }

    fn of(self, from: usize, to: usize) -> usize {
        match to.checked_sub(from.max(ROWS - 1)) {
            None | Some(0) => self.inside,
            Some(rows) => (self.scroll + self.row * rows).min(self.page),
        }
    }
}

pub(super) struct Link {
    rule: Rule,
    pub(super) pace: Pace,
    pub(super) now: Duration,
    bytes_per_second: u64,
    each_way: Duration,
    /// When the link has passed on all that was written.
    pub(super) free_at: Duration,
    /// What waits to be passed on, and since when.
    queue: VecDeque<(Duration, Vec<u8>)>,
    /// What came out at the far end after the last request.
    received: Vec<u8>,
    answers: BTreeSet<(Duration, u64)>,
    requests: u64,
    pub(super) answering: bool,
    /// Answers take up to 40 ms longer, one this and the next that.
    pub(super) trembles: bool,
    written_at: Option<Duration>,
    pub(super) frames: usize,
    /// When the last frame is seen by the operator.
    seen_at: Duration,
}

impl Link {
    pub(super) fn new(rule: Rule, bytes_per_second: u64, round_trip: Duration) -> Self {
        Self {
            rule,
            pace: Pace::new(matches!(rule, Rule::Window)),
            now: Duration::ZERO,
            bytes_per_second,
            each_way: round_trip / 2,
            free_at: Duration::ZERO,
            queue: VecDeque::new(),
            received: Vec::new(),
            answers: BTreeSet::new(),
            requests: 0,
            answering: true,
            trembles: false,
            written_at: None,
            frames: 0,
            seen_at: Duration::ZERO,
        }
    }

    /// The same, as a program finds it that has drawn its first frame a while ago, and small ones after it.
    pub(super) fn begun(rule: Rule, bytes_per_second: u64, round_trip: Duration) -> Self {
        let mut link = Self::new(rule, bytes_per_second, round_trip);
        link.begin(MS);
        for bytes in [16, 139, 68, 38] {
            link.write(bytes);
            link.after(20 * MS);
        }
        link.after(10_000 * MS);
        link
    }

    /// Writes the first frame, its rest so long after its first row.
    pub(super) fn begin(&mut self, gap: Duration) {
        for (bytes, whole) in [(140, false), (5700, true)] {
            self.write_part(bytes, whole);
            self.after(if whole { 20 * MS } else { gap });
        }
    }

    pub(super) fn write(&mut self, bytes: usize) {
        self.write_part(bytes, true);
    }

    fn write_part(&mut self, bytes: usize, whole: bool) {
        let mut bytes = vec![b'x'; bytes];
        self.pace.frame(&mut bytes, whole, self.now);
        self.queue.push_back((self.now, bytes));
        self.frames += 1;
        self.written_at = Some(self.now);
    }

    /// Passes on what waits, in packets of SSH that begin before `end`: what waits together travels together.
    fn pass(&mut self, end: Duration) {
        while let Some(begin) = self.queue.front().map(|(at, _)| self.free_at.max(*at)).filter(|begin| *begin < end) {
            let mut packet = Vec::new();
            while let Some((_, bytes)) = self.queue.front_mut().filter(|(at, _)| *at <= begin && packet.len() < PACKET) {
                packet.extend(bytes.drain(..bytes.len().min(PACKET - packet.len())));
                if bytes.is_empty() {
                    self.queue.pop_front();
                }
            }
            let micros = (packet.len() as u64 + HEADERS) * 1_000_000 / self.bytes_per_second;
            self.free_at = begin + Duration::from_micros(micros);
            self.seen_at = self.free_at + self.each_way;
            self.received.extend(packet);
            // A request may be torn between two packets.
            while let Some(place) = self.received.windows(REQUEST.len()).position(|bytes| bytes == REQUEST) {
                self.received.drain(..place + REQUEST.len());
                self.requests += 1;
                if self.answering {
                    let late = if self.trembles { (self.requests * 7919 % 41) as u32 * MS } else { Duration::ZERO };
                    let before = self.answers.last().map_or(Duration::ZERO, |(at, _)| *at);
                    self.answers.insert((before.max(self.seen_at + self.each_way + late), self.requests));
                }
            }
        }
    }

    /// Lets time pass, with answers as they come.
    pub(super) fn after(&mut self, time: Duration) {
        let end = self.now + time;
        self.pass(end);
        while let Some((at, _)) = self.answers.first().copied().filter(|(at, _)| *at <= end) {
            self.answers.pop_first();
            self.now = self.now.max(at);
            self.pace.answered(at);
        }
        self.now = end;
    }

    /// What is written from now on travels so much longer.
    pub(super) fn lengthen(&mut self, time: Duration) {
        self.each_way += time / 2;
    }

    fn is_open(&mut self) -> bool {
        match self.rule {
            Rule::Window => self.pace.is_open(self.now),
            Rule::Cap(time) => self.written_at.is_none_or(|at| self.now >= at + time),
        }
    }

    /// Holds a key, 33 ms from one to the next, with the cursor on row `row`: the newest frame waits until it may be written. Gives
    /// how long after the last key was pressed its frame is seen.
    pub(super) fn hold(&mut self, keys: usize, row: usize, costs: Costs) -> Duration {
        let (mut shown, mut wanted) = (row, row);
        let mut last_key = self.now;
        for ms in 0..120_000 {
            if ms % 33 == 0 && wanted < row + keys {
                wanted += 1;
                last_key = self.now;
            }
            if wanted != shown && self.is_open() {
                self.write(costs.of(shown, wanted));
                shown = wanted;
            }
            if shown == row + keys {
                break;
            }
            self.after(MS);
        }
        while !self.queue.is_empty() {
            self.after(MS);
        }
        (self.seen_at + self.each_way).saturating_sub(last_key)
    }
}
