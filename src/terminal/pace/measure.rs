//! What the wire is like, from when frames were sent and when their ends were answered for: its round trip and what it drains.
//!
//! Answers come in the order of what was sent, and what is sent while the wire is busy is passed on when it is free. So a frame's
//! bytes took the time from when the wire turned to them to when their end had arrived, and the wire turned to them when they were
//! sent or, if later, when all before them had arrived. The round trip is that of the smallest frames, less the time of their bytes.
//! What travelled in one packet can't be told apart: of such a start no more is believed than the worst, until a small frame has told
//! the round trip.

use std::time::Duration;

/// How long the shortest round trip counts.
const ROUND_TRIP_COUNTS: Duration = Duration::from_secs(10);
/// The most bytes of a frame that tells the round trip.
const SMALL: u64 = 500;
/// A wire that drains fewer bytes a second than this is slow: a page takes half a second.
const SLOW: u64 = 12_000;
/// Measurements that make a wire slow, within [`EVIDENCE_COUNTS`] of one another.
const EVIDENCE: u32 = 2;
/// How long a measurement counts as evidence.
const EVIDENCE_COUNTS: Duration = Duration::from_mins(1);
/// Bytes that a measurement must be of to be evidence: a hiccup makes few bytes look slow on any wire.
const EVIDENCE_BYTES: u64 = 1000;
/// Bytes after which what was measured before weighs half.
const FORGOTTEN_AFTER: u64 = 3000;
/// How many times as long as was expected bytes are believed to have taken, and how much longer: a hiccup is not the wire's rate.
const BELIEVED: u32 = 4;
const BELIEVED_BESIDE: Duration = Duration::from_millis(50);
/// Answers that come so soon after one another may have come in one packet.
const TOGETHER: Duration = Duration::from_millis(5);
/// The least time that is reckoned with: shorter ones are those of the machines.
const SHORTEST_DRAIN: Duration = Duration::from_millis(1);

/// Bytes whose end was answered for.
#[derive(Clone, Copy)]
pub(super) struct Arrived {
    /// Bytes since the end that was answered for before.
    pub(super) bytes: u64,
    /// How many of them were sent last, together with the request.
    pub(super) last: u64,
    /// Nothing else was under way when they were sent.
    pub(super) alone: bool,
    /// When the last were sent.
    pub(super) sent_at: Duration,
    /// When the answer before came, if there was one.
    pub(super) answered_before: Option<Duration>,
}

/// What is known of the wire.
#[derive(Default)]
pub(super) struct Wire {
    shortest: Shortest,
    /// What the first frame took where the time of its first row told nothing: what it drained shows once the round trip is known, and
    /// until then counts as all of that time.
    early: Option<Trip>,
    /// What it was kept busy with, the longer ago the less.
    drained: Option<Busy>,
    /// Bytes that kept it busy one after another.
    busy: Busy,
    slow: Evidence,
}

/// Bytes that kept the wire busy, and for how long.
#[derive(Clone, Copy, Default)]
struct Busy {
    bytes: u64,
    took: Duration,
}

impl Busy {
    fn bytes_per_second(self) -> u64 {
        let micros = self.took.max(SHORTEST_DRAIN).as_micros();
        u64::try_from(u128::from(self.bytes) * 1_000_000 / micros).unwrap_or(u64::MAX)
    }

    fn add(&mut self, bytes: u64, took: Duration) {
        *self = Self { bytes: self.bytes + bytes, took: self.took + took };
    }
}

/// How long bytes that found the wire free took to arrive and their answer to come back.
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

impl Wire {
    /// Takes note of an answer that came at `now`.
    pub(super) fn take(&mut self, arrived: Arrived, now: Duration) {
        let took = now.saturating_sub(arrived.sent_at);
        let together = arrived.answered_before.is_some_and(|before| now.saturating_sub(before) < TOGETHER);
        if together && arrived.last > SMALL && self.drained.is_none() {
            // Both travelled in one packet, and what they took is more than the round trip. Or the wire is fast, and it is no more.
            self.early = Some(Trip { bytes: arrived.last, took });
            self.drained = Some(Busy { bytes: arrived.last, took });
            return;
        }
        let known = self.round_trip();
        // When the wire was free of all before, by the sender's clock.
        let free = known.and_then(|trip| arrived.answered_before?.checked_sub(trip));
        let busy_since = free.filter(|free| arrived.sent_at <= *free);
        if busy_since.is_none() && arrived.last <= SMALL && (known.is_some() || arrived.alone) {
            self.shortest.take(Trip { bytes: arrived.last, took }, now);
            if let Some(early) = self.early.take_if(|_| arrived.alone) {
                self.drained = None;
                self.drained(early.bytes, early.took.saturating_sub(took), now);
                return;
            }
        }
        let Some(trip) = known else { return };
        let own = took.saturating_sub(trip);
        if let Some(since) = busy_since {
            // Answers that come together came in one packet: the next took its time.
            self.drained(arrived.bytes, now.saturating_sub(trip).saturating_sub(since), now);
        } else if arrived.last > SMALL {
            self.busy = Busy::default();
            self.drained(arrived.last, own, now);
        } else if own < self.time(arrived.last) {
            // Of so few bytes the time is no measure, unless they were faster than they could be.
            self.weigh(arrived.last, own);
        }
    }

    /// What is under way while the wire is busy and nothing waits: what it drains in a round trip, in bytes.
    pub(super) fn holds(&self) -> Option<u64> {
        Some(u64::try_from(u128::from(self.drain()?) * self.round_trip()?.as_micros() / 1_000_000).unwrap_or(u64::MAX))
    }

    /// The round trip of nothing.
    pub(super) fn round_trip(&self) -> Option<Duration> {
        self.shortest.get().map(|trip| trip.took.saturating_sub(self.time(trip.bytes)))
    }

    /// What the wire drains in bytes a second, where it was ever kept busy.
    pub(super) fn drain(&self) -> Option<u64> {
        self.drained.map(Busy::bytes_per_second)
    }

    /// Whether the wire was measured to be slow, again and again.
    pub(super) const fn is_slow(&self) -> bool {
        self.slow.count >= EVIDENCE
    }

    /// How long so many bytes take to pass; nothing while that isn't known.
    pub(super) fn time(&self, bytes: u64) -> Duration {
        Duration::from_micros(self.drain().map_or(0, |drain| bytes.saturating_mul(1_000_000) / drain.max(1)))
    }

    fn weigh(&mut self, bytes: u64, took: Duration) {
        let believed = self.time(bytes).saturating_mul(BELIEVED) + BELIEVED_BESIDE;
        let Some(drained) = &mut self.drained else {
            self.drained = Some(Busy { bytes, took });
            return;
        };
        let weight = |of: u64| of * FORGOTTEN_AFTER / (FORGOTTEN_AFTER + bytes);
        let before = Duration::from_micros(weight(u64::try_from(drained.took.as_micros()).unwrap_or(u64::MAX / FORGOTTEN_AFTER)));
        *drained = Busy { bytes: weight(drained.bytes) + bytes, took: before + took.min(believed) };
    }

    /// So many bytes kept the wire busy for so long.
    fn drained(&mut self, bytes: u64, took: Duration, now: Duration) {
        self.weigh(bytes, took);
        self.busy.add(bytes, took);
        if self.busy.bytes >= EVIDENCE_BYTES {
            let is_slow = std::mem::take(&mut self.busy).bytes_per_second() < SLOW;
            if !is_slow || now.saturating_sub(self.slow.at) > EVIDENCE_COUNTS {
                self.slow.count = 0;
            }
            if is_slow {
                self.slow = Evidence { count: self.slow.count + 1, at: now };
            }
        }
    }
}
