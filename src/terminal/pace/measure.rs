//! What the wire is like, from when frames were sent and when their ends were answered for: its round trip and what it drains.
//!
//! Answers come in the order of what was sent, and what is sent while the wire is busy is passed on when it is free. So a frame's
//! bytes took the time from when the wire turned to them to when their end had arrived, and the wire turned to them when they were
//! sent or, if later, when all before them had arrived. The round trip is that of the smallest frames, less the time of their bytes.

use std::time::Duration;

/// How long the shortest round trip counts.
const ROUND_TRIP_COUNTS: Duration = Duration::from_secs(10);
/// The most bytes of a frame that tells the round trip.
const SMALL: u64 = 400;
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
/// The most that is reckoned with, in bytes a second.
const MOST: u64 = 1 << 32;
/// What took less than this says nothing but that the wire is fast: shorter times are those of the machines.
const SHORTEST_DRAIN: Duration = Duration::from_millis(5);

/// Bytes whose end was answered for.
#[derive(Clone, Copy)]
pub(super) struct Arrived {
    /// Bytes since the end that was answered for before.
    pub(super) bytes: u64,
    /// How many of them were sent last, together with the request.
    pub(super) last: u64,
    /// When the first of them were sent.
    pub(super) first_sent_at: Duration,
    /// When the last were sent.
    pub(super) sent_at: Duration,
    /// When the answer before came, if there was one.
    pub(super) answered_before: Option<Duration>,
}

/// What is known of the wire.
#[derive(Default)]
pub(super) struct Wire {
    shortest: Shortest,
    drain: Option<u64>,
    /// Bytes that kept the wire busy one after another, and for how long.
    busy: Busy,
    slow: Evidence,
}

#[derive(Clone, Copy, Default)]
struct Busy {
    bytes: u64,
    took: Duration,
}

/// The shortest round trip of late.
#[derive(Clone, Copy, Default)]
struct Shortest {
    this: Option<Duration>,
    last: Option<Duration>,
    since: Duration,
}

impl Shortest {
    fn take(&mut self, trip: Duration, now: Duration) {
        if now.saturating_sub(self.since) > ROUND_TRIP_COUNTS {
            *self = Self { this: None, last: self.this, since: now };
        }
        self.this = Some(self.this.map_or(trip, |shortest| shortest.min(trip)));
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

impl Wire {
    /// Takes note of an answer that came at `now`.
    pub(super) fn take(&mut self, arrived: Arrived, now: Duration) {
        let took = now.saturating_sub(arrived.sent_at);
        let known = self.shortest.get();
        // When the wire was free of all before, by the sender's clock.
        let free = known.and_then(|trip| arrived.answered_before?.checked_sub(trip)).unwrap_or_default();
        let found_it_free = free <= arrived.sent_at;
        if found_it_free && arrived.last <= SMALL {
            self.shortest.take(took.saturating_sub(self.time(arrived.last)), now);
        }
        let Some(trip) = known else { return };
        if arrived.first_sent_at <= free {
            self.drained(arrived.bytes, now.saturating_sub(trip).saturating_sub(free), now);
        } else if found_it_free && arrived.last > SMALL {
            self.busy = Busy::default();
            self.drained(arrived.last, took.saturating_sub(trip), now);
        }
    }

    /// What is under way while the wire is busy and nothing waits: what it drains in a round trip, in bytes.
    pub(super) fn holds(&self) -> Option<u64> {
        Some(u64::try_from(u128::from(self.drain?) * self.shortest.get()?.as_micros() / 1_000_000).unwrap_or(u64::MAX))
    }

    /// The round trip of nothing.
    pub(super) fn round_trip(&self) -> Option<Duration> {
        self.shortest.get()
    }

    /// What the wire drains in bytes a second, where it was ever kept busy.
    pub(super) const fn drain(&self) -> Option<u64> {
        self.drain
    }

    /// Whether the wire was measured to be slow, again and again.
    pub(super) const fn is_slow(&self) -> bool {
        self.slow.count >= EVIDENCE
    }

    /// How long so many bytes take to pass; nothing while that isn't known.
    pub(super) fn time(&self, bytes: u64) -> Duration {
        Duration::from_micros(self.drain.map_or(0, |drain| bytes.saturating_mul(1_000_000) / drain.max(1)))
    }

    /// So many bytes kept the wire busy for so long.
    fn drained(&mut self, bytes: u64, took: Duration, now: Duration) {
        let sample = rate(bytes, took);
        self.drain = Some(match self.drain {
            None => sample,
            Some(drain) if took < SHORTEST_DRAIN => drain.max(sample),
            Some(drain) => (drain * FORGOTTEN_AFTER + sample.min(MOST) * bytes) / (FORGOTTEN_AFTER + bytes),
        });
        self.busy = Busy { bytes: self.busy.bytes + bytes, took: self.busy.took + took };
        if self.busy.bytes >= EVIDENCE_BYTES {
            let busy = std::mem::take(&mut self.busy);
            let is_slow = rate(busy.bytes, busy.took) < SLOW;
            if !is_slow || now.saturating_sub(self.slow.at) > EVIDENCE_COUNTS {
                self.slow.count = 0;
            }
            if is_slow {
                self.slow = Evidence { count: self.slow.count + 1, at: now };
            }
        }
    }
}

/// Bytes a second.
fn rate(bytes: u64, took: Duration) -> u64 {
    let micros = took.max(SHORTEST_DRAIN).as_micros();
    u64::try_from(u128::from(bytes) * 1_000_000 / micros).unwrap_or(MOST).min(MOST)
}
