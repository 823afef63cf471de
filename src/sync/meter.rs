//! [`Meter`]: how fast a fill goes, and how long it will take.

use std::collections::VecDeque;

use tokio::time::{Duration, Instant};

use crate::{
    domain::{FillProgress, Filled},
    halo::WINDOW,
};

/// The rate is that of so much time.
const OF_LATE: Duration = Duration::from_mins(2);
/// Where the request budget decides, it is that of the window in which requests are counted.
const BY_BUDGET: Duration = WINDOW;
/// How often it is told.
const TELL_EVERY: Duration = Duration::from_secs(1);
/// Before that nothing can be said.
const SOON: Duration = Duration::from_secs(5);

/// Counts the records of one fill.
#[derive(Debug)]
pub(super) struct Meter {
    what: Filled,
    of: u64,
    done: u64,
    marks: VecDeque<(Instant, u64)>,
    told_at: Option<Instant>,
}

impl Meter {
    /// `done` of `of` are there already.
    pub(super) fn new(what: Filled, done: u64, of: u64, now: Instant) -> Self {
        Self { what, of, done, marks: VecDeque::from([(now, done)]), told_at: None }
    }

    /// Notes that more came; answers how it stands now and then, since every word of it goes over the operator's wire, and always
    /// where it `waits` for the budget: nothing is told for long then.
    pub(super) fn add(&mut self, more: u64, now: Instant, waits: bool) -> Option<FillProgress> {
        self.done += more;
        while self.marks.len() > 1 && self.marks.get(1).is_some_and(|(at, _)| *at + BY_BUDGET <= now) {
            self.marks.pop_front();
        }
        self.marks.push_back((now, self.done));
        let due = waits || self.done >= self.of || self.told_at.is_none_or(|at| at + TELL_EVERY <= now);
        due.then(|| {
            self.told_at = Some(now);
            self.progress(now, waits)
        })
    }

    /// The server announced another number.
    pub(super) fn announce(&mut self, of: u64) {
        self.of = of;
    }

    fn progress(&self, now: Instant, waits: bool) -> FillProgress {
        let of_late = || self.marks.iter().rev().find(|(at, _)| *at + OF_LATE <= now);
        let since = if waits { None } else { of_late() }.or(self.marks.front()).copied().unwrap_or((now, self.done));
        let (time, came) = (now.duration_since(since.0), self.done - since.1);
        let time = if waits { time.max(BY_BUDGET) } else { time };
        let per_minute = (time >= SOON && came > 0)
            .then(|| u128::from(came) * 60_000 / time.as_millis().max(1))
            .and_then(|rate| u32::try_from(rate).ok())
            .filter(|rate| *rate > 0);
        let missing = self.of.saturating_sub(self.done);
        let left = per_minute.map(|rate| Duration::from_secs(missing.saturating_mul(60) / u64::from(rate)));
        FillProgress { what: self.what, done: self.done, of: self.of.max(self.done), per_minute, left }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_that_of_late() {
        let start = Instant::now();
        let mut meter = Meter::new(Filled::ClosedTickets, 1000, 10_000, start);
        let at = |seconds| start + Duration::from_secs(seconds);
        let first = meter.add(100, at(1), false).unwrap();
        assert_eq!((first.done, first.of, first.per_minute, first.left), (1100, 10_000, None, None));
        assert_eq!(meter.add(0, start + Duration::from_millis(1900), false), None);
        let second = meter.add(900, at(60), false).unwrap();
        assert_eq!((second.per_minute, second.left), (Some(1000), Some(Duration::from_mins(8))));
        // The slow start is forgotten.
        let mut last = second;
        for minute in 2..=6 {
            last = meter.add(100, at(60 * minute), false).unwrap();
        }
        assert_eq!((last.done, last.per_minute), (2500, Some(100)));
    }

    #[test]
    fn more_than_was_announced_is_no_trouble() {
        let start = Instant::now();
        let mut meter = Meter::new(Filled::Users, 0, 10, start);
        let over = meter.add(30, start + Duration::from_mins(1), false).unwrap();
        assert_eq!((over.done, over.of, over.left), (30, 30, Some(Duration::ZERO)));
        meter.announce(60);
        let later = meter.add(0, start + Duration::from_mins(2), false).unwrap();
        assert_eq!(later.left, Some(Duration::from_mins(2)));
    }

    #[test]
    fn a_fill_that_waits_for_the_budget_says_how_far_it_is_and_goes_at_its_pace() {
        let start = Instant::now();
        let mut meter = Meter::new(Filled::ClosedTickets, 0, 40_000, start);
        assert!(meter.add(100, start, false).is_some());
        let waiting = meter.add(18_700, start + Duration::from_millis(900), true).unwrap();
        assert_eq!((waiting.done, waiting.per_minute), (18_800, Some(3760)));
        assert_eq!(waiting.left, Some(Duration::from_secs(21_200 * 60 / 3760)));
        let next = meter.add(100, start + Duration::from_secs(301), true).unwrap();
        assert_eq!((next.done, next.per_minute), (18_900, Some(19)), "what came before the window does not count");
    }
}
