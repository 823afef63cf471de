//! The two clocks, read in one place.

use std::time::Duration;

use tokio::time::Instant;

use crate::{domain::Timestamp, msg::Now};

/// The wall clock and the steady one since the start; the steady one stands still in tests that pause time.
#[derive(Clone, Copy, Debug)]
pub struct Clocks {
    start: Instant,
    /// Where the wall clock is held for tests and pictures: its time at the start.
    held: Option<Timestamp>,
}

impl Clocks {
    /// Clocks that start now.
    pub fn start() -> Self {
        Self { start: Instant::now(), held: None }
    }

    /// Clocks whose wall time is `wall` now and goes on with the steady one.
    pub fn held_at(wall: Timestamp) -> Self {
        Self { start: Instant::now(), held: Some(wall) }
    }

    /// The time.
    pub fn now(self) -> Now {
        let tick = self.start.elapsed();
        let wall = match self.held {
            Some(wall) => wall.checked_add(tick).unwrap_or(wall),
            None => Timestamp::now(),
        };
        Now { wall, tick }
    }

    /// The moment of a deadline that is told as time since the start.
    pub(super) fn instant(self, deadline: Duration) -> Instant {
        self.start.checked_add(deadline).unwrap_or_else(|| self.start + Duration::from_hours(24))
    }
}
