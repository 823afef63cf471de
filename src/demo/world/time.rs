//! The desk's time: whole seconds in the keys, 100-ns ticks on the outside, and the rhythm of a working week.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::dice::mix;

/// Seconds since 2000-01-01T00:00:00Z; 0 stands for "never".
pub(crate) type Second = u32;

/// 100-ns steps since 2000-01-01T00:00:00Z, the finest that HaloPSA writes.
pub(crate) type Tick = i64;

/// 2000-01-01T00:00:00Z, a Saturday, in Unix seconds.
const EPOCH: i64 = 946_684_800;

/// Ticks in a second.
const SECOND: Tick = 10_000_000;

/// Seconds in a day.
pub(crate) const DAY: Second = 86_400;

/// HaloPSA's "no date".
pub(crate) const NO_DATE: &str = "1900-01-01T00:00:00";

/// The second in which `at` lies.
pub(crate) fn second(at: Timestamp) -> Second {
    u32::try_from(at.as_second() - EPOCH).unwrap_or(0)
}

/// The moment within `second` at which ticket `index` changed: whole, to the millisecond, or to seven digits.
///
/// It is a function of both, so that a list, its order and its filters agree on it without keeping it.
pub(crate) fn tick(index: u32, second: Second) -> Tick {
    let scatter = mix((u64::from(index) << 32) | u64::from(second));
    let fraction = match scatter % 3 {
        0 => 0,
        1 => (scatter >> 8) % 1_000 * 10_000,
        _ => (scatter >> 8) % 10_000_000,
    };
    Tick::from(second) * SECOND + Tick::try_from(fraction).unwrap_or(0)
}

/// A whole second as ticks.
pub(crate) fn whole(second: Second) -> Tick {
    Tick::from(second) * SECOND
}

/// A tick as HaloPSA writes it: UTC without zone, no fraction or one without trailing zeros.
pub(crate) fn stamp(tick: Tick) -> String {
    let at = Timestamp::from_second(EPOCH + tick.div_euclid(SECOND)).unwrap_or_default();
    let mut text = at.to_zoned(TimeZone::UTC).datetime().to_string();
    let fraction = tick.rem_euclid(SECOND);
    if fraction != 0 {
        let digits = format!("{fraction:07}");
        text.push('.');
        text.push_str(digits.trim_end_matches('0'));
    }
    text
}

/// Reads a date of a query: with or without time, fraction and zone.
pub(crate) fn parse(text: &str) -> Option<Tick> {
    let text = text.trim();
    let at = text
        .parse::<Timestamp>()
        .ok()
        .or_else(|| text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp()))?;
    let nanoseconds = at.as_nanosecond() - i128::from(EPOCH) * 1_000_000_000;
    Tick::try_from(nanoseconds.div_euclid(100)).ok()
}

/// How much arrives in each hour of a week that begins on Saturday.
#[derive(Debug)]
pub(crate) struct Rhythm {
    /// What arrives within an hour, for each of the 168, times the seconds of an hour and summed up: 169 rising values.
    before: Vec<u64>,
}

/// Seconds in an hour.
const HOUR: u64 = 3_600;
/// Seconds in a week.
const WEEK: u64 = 604_800;

impl Rhythm {
    /// Quiet nights and weekends, busy mornings and afternoons.
    pub(crate) fn working_week() -> Self {
        let weights = (0..168).map(|hour| match hour % 24 {
            _ if hour < 48 => 10_u64,
            8..=11 => 160,
            13..=16 => 130,
            7 | 12 | 17 => 70,
            _ => 12,
        });
        let sums = weights.scan(0, |sum, weight| {
            *sum += weight * HOUR;
            Some(*sum)
        });
        Self { before: std::iter::once(0).chain(sums).collect() }
    }

    /// The moment by which `part` of `parts` of the work between two moments had arrived.
    pub(crate) fn between(&self, from: Second, to: Second, part: u64, parts: u64) -> Second {
        let (first, last) = (self.work(from.into()), self.work(to.into()));
        let share = u128::from(last - first) * u128::from(part) / u128::from(parts.max(1));
        let wanted = first + u64::try_from(share).unwrap_or(0);
        u32::try_from(self.moment(wanted)).unwrap_or(to).clamp(from, to)
    }

    /// The work that arrived from the epoch to `second`.
    fn work(&self, second: u64) -> u64 {
        let hour = second % WEEK / HOUR;
        let (low, high) = (self.sum(hour), self.sum(hour + 1));
        second / WEEK * self.sum(168) + low + (high - low) / HOUR * (second % HOUR)
    }

    /// The inverse of [`Rhythm::work`].
    fn moment(&self, work: u64) -> u64 {
        let (weeks, rest) = (work / self.sum(168), work % self.sum(168));
        let hour = u64::try_from(self.before.partition_point(|sum| *sum <= rest)).unwrap_or(1) - 1;
        let (low, high) = (self.sum(hour), self.sum(hour + 1));
        weeks * WEEK + hour * HOUR + (rest - low) * HOUR / (high - low)
    }

    fn sum(&self, hour: u64) -> u64 {
        usize::try_from(hour).ok().and_then(|hour| self.before.get(hour)).copied().unwrap_or(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_reads_back_and_says_no_more_than_it_must() {
        let at = second("2026-09-14T08:12:47Z".parse().expect("a time"));
        assert_eq!(stamp(whole(at)), "2026-09-14T08:12:47");
        assert_eq!(stamp(whole(at) + 3_730_000), "2026-09-14T08:12:47.373");
        assert_eq!(stamp(whole(at) + 5), "2026-09-14T08:12:47.0000005");
        for (text, ticks) in [
            ("2026-09-14T08:12:47", whole(at)),
            ("2026-09-14T08:12:47.373Z", whole(at) + 3_730_000),
            ("2026-09-14T10:12:47+02:00", whole(at)),
            ("2026-09-14", whole(at - at % DAY)),
        ] {
            assert_eq!(parse(text), Some(ticks), "{text}");
        }
        assert_eq!(parse("yesterday"), None);
    }

    #[test]
    fn ticks_stay_within_their_second() {
        for index in 0..300 {
            let tick = tick(index, 1_000);
            assert!((whole(1_000)..whole(1_001)).contains(&tick));
        }
    }

    #[test]
    fn work_arrives_in_order_and_on_workdays() {
        let rhythm = Rhythm::working_week();
        let week = 7 * DAY;
        let (from, to) = (week * 100, week * 101);
        let arrivals: Vec<Second> = (0..100).map(|n| rhythm.between(from, to, n, 100)).collect();
        assert!(arrivals.is_sorted());
        assert!(arrivals.iter().all(|at| (from..=to).contains(at)));
        let weekend = arrivals.iter().filter(|at| **at % week < 2 * DAY).count();
        assert!(weekend < 12, "{weekend} of 100 arrived at the weekend");
    }
}
