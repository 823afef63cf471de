//! [`Span`]: the stretches of days in which history is read, and how long they are to be.

use jiff::{SignedDuration, Timestamp};

/// Tickets that a span should hold: few enough to begin it anew after an end in between, enough for a page to be full.
const WANTED: u64 = 1000;
/// A span with more than this is cut before it is read.
const TOO_MANY: u64 = 3 * WANTED;
/// The first span.
const FIRST_DAYS: u32 = 2;
/// The longest span.
const MOST_DAYS: u32 = 366;
/// Servers may take a date for one of their own zone: so much outside of a span is no sign that dates are ignored.
const TOLERANCE: SignedDuration = SignedDuration::from_hours(26);
const DAY: i64 = 24 * 3600;

/// Whole days of UTC: servers may look at the date alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
}

impl Span {
    /// The `days` before `to`, not beyond the day of `begins`; `None` where there are none.
    pub(super) fn before(to: Timestamp, days: u32, begins: Timestamp) -> Option<Self> {
        let to = day_after(to);
        let length = SignedDuration::from_secs(i64::from(days.max(1)) * DAY);
        let from = to.checked_sub(length).unwrap_or(Timestamp::UNIX_EPOCH).max(day_of(begins));
        (from < to).then_some(Self { from, to })
    }

    /// Whether a date lies so far outside that it can't have been asked for.
    pub(super) fn excludes(&self, at: Timestamp) -> bool {
        at.duration_since(self.to) > TOLERANCE || self.from.duration_since(at) > TOLERANCE
    }

    fn days(&self) -> u64 {
        self.to.duration_since(self.from).unsigned_abs().as_secs().div_ceil(DAY.unsigned_abs())
    }

    /// Whether it should be cut, holding `count`.
    pub(super) fn is_too_full(&self, count: u64) -> bool {
        count > TOO_MANY && self.days() > 1
    }

    /// How many days the next span should have, after this one held `count`.
    pub(super) fn next_days(&self, count: u64) -> u32 {
        let days = self.days().max(1);
        let fitting = (days * WANTED).checked_div(count).unwrap_or(u64::MAX).clamp(1, u64::from(MOST_DAYS));
        // A quiet week-end says little about the week before.
        let next = if self.is_too_full(count) { fitting.min(days - 1) } else { fitting.min(days * 4) };
        u32::try_from(next).unwrap_or(MOST_DAYS).max(1)
    }
}

/// How many days the first span has.
pub(super) fn first_days() -> u32 {
    FIRST_DAYS
}

/// The beginning of the day.
pub(super) fn day_of(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second().div_euclid(DAY) * DAY).unwrap_or(at)
}

/// The end of the day: the beginning itself where it is one.
pub(super) fn day_after(at: Timestamp) -> Timestamp {
    let day = day_of(at);
    if day == at { at } else { day.checked_add(SignedDuration::from_secs(DAY)).unwrap_or(at) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn spans_are_whole_days_that_meet_and_end_where_history_begins() {
        let begins = at("2026-11-10T12:00:00Z");
        let first = Span::before(at("2026-11-20T10:00:00Z"), 2, begins).unwrap();
        assert_eq!(first, Span { from: at("2026-11-19T00:00:00Z"), to: at("2026-11-21T00:00:00Z") });
        let second = Span::before(first.from, 8, begins).unwrap();
        assert_eq!(second, Span { from: at("2026-11-11T00:00:00Z"), to: first.from });
        let last = Span::before(second.from, 8, begins).unwrap();
        assert_eq!(last.from, at("2026-11-10T00:00:00Z"));
        assert_eq!(Span::before(last.from, 8, begins), None);
    }

    #[test]
    fn a_span_follows_how_busy_the_desk_was() {
        let span = |days: i64| Span { from: Timestamp::UNIX_EPOCH, to: Timestamp::from_second(days * DAY).unwrap() };
        for (days, count, next) in [
            (2, 1000, 2),
            (2, 0, 8),
            (2, 100, 8),
            (2, 500, 4),
            (8, 2900, 2),
            (8, 80_000, 1),
            (1, 80_000, 1),
            (366, 0, 366),
            (300, 1, 366),
            // Cut by one day at least, so that reading it again ends.
            (2, 3001, 1),
        ] {
            assert_eq!(span(days).next_days(count), next, "{days} days with {count}");
        }
        assert!(span(2).is_too_full(3001) && !span(1).is_too_full(1_000_000) && !span(2).is_too_full(3000));
    }

    #[test]
    fn a_zone_is_no_lie() {
        let span = Span { from: at("2026-11-19T00:00:00Z"), to: at("2026-11-21T00:00:00Z") };
        for (date, excluded) in [
            ("2026-11-18T12:00:00Z", false),
            ("2026-11-21T14:00:00Z", false),
            ("2026-11-17T21:00:00Z", true),
            ("2026-11-22T03:00:00Z", true),
        ] {
            assert_eq!(span.excludes(at(date)), excluded, "{date}");
        }
    }

    proptest! {
        #[test]
        fn spans_cover_everything_down_to_the_beginning(
            now in 0_i64..4_000_000_000, back in 0_i64..400, counts in proptest::collection::vec(0_u64..100_000, 1..40),
        ) {
            let now = Timestamp::from_second(now).unwrap();
            let begins = now.checked_sub(SignedDuration::from_hours(24 * back)).unwrap().max(Timestamp::UNIX_EPOCH);
            let (mut to, mut days, mut turns) = (now, first_days(), 0_usize);
            while let Some(span) = Span::before(to, days, begins) {
                let count = counts[turns % counts.len()];
                turns += 1;
                prop_assert!(span.from < span.to && span.to >= to && span.to.duration_since(to) < SignedDuration::from_secs(DAY));
                if !span.is_too_full(count) {
                    to = span.from;
                }
                days = span.next_days(count);
                prop_assert!(turns < 5000, "it ends");
            }
            prop_assert!(to <= day_after(begins));
        }
    }
}
