//! Relative times in minutes. All of them roll when the wall clock's minute does, so that a screen changes at most once a
//! minute and all its ages together.

use jiff::{Timestamp, tz::TimeZone};

use crate::text::SafeText;

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;
const TWO_DAYS: i64 = 2 * DAY;
const TEN_DAYS: i64 = 10 * DAY;
const WEEK: i64 = 7 * DAY;
const TWO_WEEKS: i64 = 2 * WEEK;
const YEAR: i64 = 365 * DAY;

/// The wall-clock minute that a moment is in, counted from 1970.
fn minute(at: Timestamp) -> i64 {
    at.as_second().div_euclid(60)
}

/// The next moment at which any relative time can change.
#[must_use]
pub fn next_roll(now: Timestamp) -> Timestamp {
    Timestamp::from_second((minute(now) + 1) * 60).unwrap_or(Timestamp::MAX)
}

/// How long ago `then` was, in at most five cells: `now`, `14m`, `2h05`, `3d`, `5w`, `2y`. What lies ahead (clocks differ) is `now`.
#[must_use]
pub fn age(now: Timestamp, then: Timestamp) -> SafeText {
    let minutes = minute(now) - minute(then);
    SafeText::line(&match minutes {
        ..=0 => "now".to_owned(),
        1..HOUR => format!("{minutes}m"),
        HOUR..DAY => format!("{}h{:02}", minutes / HOUR, minutes % HOUR),
        // Two weeks in days: "13d" says more than "1w".
        DAY..TWO_WEEKS => format!("{}d", minutes / DAY),
        _ if minutes < YEAR => format!("{}w", minutes / WEEK),
        _ => format!("{}y", minutes / YEAR),
    })
}

/// Minutes that are left, in at most six cells: `14m`, `2h05`, `1d02` (days and hours), `12d`; with a minus sign below zero.
#[must_use]
pub fn countdown(minutes: i64) -> SafeText {
    let sign = if minutes < 0 { "-" } else { "" };
    let left = minutes.saturating_abs();
    SafeText::line(&match left {
        0..HOUR => format!("{sign}{left}m"),
        HOUR..DAY => format!("{sign}{}h{:02}", left / HOUR, left % HOUR),
        DAY..TEN_DAYS => format!("{sign}{}d{:02}", left / DAY, left % DAY / HOUR),
        _ => format!("{sign}{}d", left / DAY),
    })
}

/// When `at` is or was, in words: `in 14 min`, `2 h ago`, `in 3 days`, `now`.
#[must_use]
pub fn until(now: Timestamp, at: Timestamp) -> SafeText {
    let minutes = minute(at) - minute(now);
    let length = match minutes.abs() {
        0 => return SafeText::line("now"),
        left @ 1..HOUR => format!("{left} min"),
        left @ HOUR..DAY => format!("{} h", left / HOUR),
        left @ DAY..TWO_DAYS => format!("{} day", left / DAY),
        left => format!("{} days", left / DAY),
    };
    SafeText::line(&if minutes > 0 { format!("in {length}") } else { format!("{length} ago") })
}

/// The moment in the operator's time zone in at most five cells: `11:40` today, `28Nov` this year, else `2024`.
#[must_use]
pub fn short_moment(now: Timestamp, at: Timestamp, zone: &TimeZone) -> SafeText {
    let (today, day) = (now.to_zoned(zone.clone()), at.to_zoned(zone.clone()));
    let format = if today.date() == day.date() {
        "%H:%M"
    } else if today.year() == day.year() {
        "%-d%b"
    } else {
        "%Y"
    };
    SafeText::line(&day.strftime(format).to_string())
}

/// The moment in the operator's time zone, as short as it can be told: `11:40` today, `3 Mar 11:40` this year, else `3 Mar 2024`.
#[must_use]
pub fn moment(now: Timestamp, at: Timestamp, zone: &TimeZone) -> SafeText {
    let (today, day) = (now.to_zoned(zone.clone()), at.to_zoned(zone.clone()));
    let format = if today.date() == day.date() {
        "%H:%M"
    } else if today.year() == day.year() {
        "%-d %b %H:%M"
    } else {
        "%-d %b %Y"
    };
    SafeText::line(&day.strftime(format).to_string())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn ages() {
        let now = at("2026-03-03T12:00:30Z");
        for (then, expected) in [
            ("2026-03-03T12:00:01Z", "now"),
            ("2026-03-03T12:05:00Z", "now"),
            ("2026-03-03T11:59:59Z", "1m"),
            ("2026-03-03T11:01:00Z", "59m"),
            ("2026-03-03T11:00:59Z", "1h00"),
            ("2026-03-03T09:55:00Z", "2h05"),
            ("2026-03-02T12:00:00Z", "1d"),
            ("2026-02-18T12:00:00Z", "13d"),
            ("2026-02-17T12:00:00Z", "2w"),
            ("2025-03-03T12:01:00Z", "52w"),
            ("2025-03-03T12:00:00Z", "1y"),
            ("1999-03-03T12:00:00Z", "27y"),
        ] {
            assert_eq!(age(now, at(then)).as_str(), expected, "{then}");
        }
    }

    #[test]
    fn countdowns_and_words() {
        let now = at("2026-03-03T12:00:30Z");
        for (target, short, words) in [
            ("2026-03-03T12:00:00Z", "0m", "now"),
            ("2026-03-03T12:14:00Z", "14m", "in 14 min"),
            ("2026-03-03T11:46:59Z", "-14m", "14 min ago"),
            ("2026-03-03T14:05:00Z", "2h05", "in 2 h"),
            ("2026-03-04T14:05:00Z", "1d02", "in 1 day"),
            ("2026-03-15T12:00:00Z", "12d", "in 12 days"),
            ("2026-03-01T12:00:00Z", "-2d00", "2 days ago"),
        ] {
            assert_eq!(countdown(minute(at(target)) - minute(now)).as_str(), short, "{target}");
            assert_eq!(until(now, at(target)).as_str(), words, "{target}");
        }
    }

    #[test]
    fn moments_in_the_operators_zone() {
        let now = at("2026-03-03T23:30:00Z");
        let zone = TimeZone::fixed(jiff::tz::offset(1));
        assert_eq!(moment(now, at("2026-03-03T23:10:00Z"), &zone).as_str(), "00:10");
        assert_eq!(moment(now, at("2026-03-03T22:10:00Z"), &zone).as_str(), "3 Mar 23:10", "yesterday there");
        assert_eq!(moment(now, at("2024-12-31T23:10:00Z"), &zone).as_str(), "1 Jan 2025");
        let short = |then| short_moment(now, at(then), &zone).to_string();
        let moments = ["2026-03-03T23:10:00Z", "2026-03-03T22:10:00Z", "2026-11-28T12:00:00Z", "2024-12-31T23:10:00Z"];
        assert_eq!(moments.map(short), ["00:10", "3Mar", "28Nov", "2025"]);
    }

    proptest! {
        #[test]
        fn nothing_changes_before_the_next_roll(now in 0i64..4_000_000_000, other in 0i64..4_000_000_000, step in 0i64..60) {
            let stamp = |second| Timestamp::from_second(second).unwrap();
            let (start, other) = (stamp(now), stamp(other));
            let roll = next_roll(start);
            prop_assert!(roll > start && roll.as_second() - now <= 60);
            let later = stamp(now + step);
            if later < roll {
                prop_assert_eq!(age(start, other), age(later, other));
                prop_assert_eq!(until(start, other), until(later, other));
            }
            prop_assert!(age(start, other).as_str().len() <= 5 && countdown(now - other.as_second()).as_str().len() <= 12);
        }
    }
}
