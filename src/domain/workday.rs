//! When a desk works: working hours as Halo tells them, and time counted in them.

use jiff::{
    SignedDuration, Timestamp,
    tz::{Offset, TimeZone},
};
use serde::{Deserialize, Serialize};

use super::WorkdayId;

mod zones;

use zones::windows_zone;

/// Minutes of a day.
const DAY: i64 = 24 * 60;
/// Days of a week.
const WEEK: usize = 7;
/// 1970-01-01 was a Thursday, the fourth day of a week that begins on Monday.
const FIRST_DAY: i64 = 3;
/// No target lies further ahead than this.
const FURTHEST: i64 = 20 * 365 * DAY;

/// Working hours of a week with the days on which nobody works, as the server sent them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Workday {
    /// Its id.
    pub id: WorkdayId,
    /// The time zone in which it counts, as Halo names it: mostly Windows' own name.
    pub zone: String,
    /// From which minute of the day to which, Monday first; `None` for a day off.
    pub week: [Option<(u16, u16)>; WEEK],
    /// Days on which nobody works, as days since 1970-01-01.
    pub holidays: Vec<i64>,
}

impl Workday {
    /// The zone's name in the tz database, where it is known.
    #[must_use]
    pub fn zone_name(&self) -> Option<&str> {
        let name = self.zone.trim();
        if name.contains('/') || name == "UTC" { Some(name) } else { windows_zone(name) }
    }

    /// Whether the clock never stands: then time is time, and no zone is needed to count it.
    fn is_round_the_clock(&self) -> bool {
        // The last minute of a day is mostly written as 23:59.
        let whole = |hours: &Option<(u16, u16)>| hours.is_some_and(|(from, to)| from == 0 && i64::from(to) >= DAY - 1);
        self.holidays.is_empty() && self.week.iter().all(whole)
    }
}

/// Working hours in a known time zone.
#[derive(Clone, Debug, PartialEq)]
pub struct Calendar {
    zone: TimeZone,
    week: [(i64, i64); WEEK],
    /// Minutes worked in a week before each of its days.
    before: [i64; WEEK],
    /// Minutes worked in a week.
    weekly: i64,
    /// In order.
    holidays: Vec<i64>,
}

impl Calendar {
    /// The calendar of a workday; `None` where time is to be counted by the clock on the wall: nobody ever works then, or always.
    #[must_use]
    pub fn new(workday: &Workday, zone: TimeZone) -> Option<Self> {
        if workday.is_round_the_clock() {
            return None;
        }
        let hours = |day: Option<(u16, u16)>| day.map_or((0, 0), |(from, to)| (i64::from(from), i64::from(to.max(from))));
        let week = workday.week.map(hours);
        let mut weekly = 0;
        let before = week.map(|(from, to)| {
            let before = weekly;
            weekly += to - from;
            before
        });
        let mut holidays = workday.holidays.clone();
        holidays.sort_unstable();
        holidays.dedup();
        (weekly > 0).then_some(Self { zone, week, before, weekly, holidays })
    }

    /// Minutes of a working day, on the average of the days on which somebody works.
    #[must_use]
    pub fn working_day(&self) -> i64 {
        let days = i64::try_from(self.week.iter().filter(|(from, to)| from < to).count()).unwrap_or(1);
        self.weekly / days.max(1)
    }

    /// Minutes worked from one moment to another, both cut to the minute; below zero where the other one is earlier. Each minute
    /// counts by what the clocks of the zone show in it: those that are skipped when they are put forward are none, those that come
    /// twice when they are put back are two.
    #[must_use]
    pub fn minutes_between(&self, from: Timestamp, to: Timestamp) -> i64 {
        if to < from {
            return -self.minutes_between(to, from);
        }
        let mut sum = 0;
        let mut begin = self.local(from);
        let mut offset = self.zone.to_offset(from);
        for change in self.zone.following(from).take_while(|change| change.timestamp() <= to) {
            sum += self.worked_between(begin, minute_at(change.timestamp(), offset));
            offset = change.offset();
            begin = minute_at(change.timestamp(), offset);
        }
        sum + self.worked_between(begin, minute_at(to, offset))
    }

    /// Minutes worked between two minutes of clocks that are not put forward or back.
    fn worked_between(&self, from: i64, to: i64) -> i64 {
        let first = self.holidays.partition_point(|day| *day < from.div_euclid(DAY));
        let idle = self.holidays.iter().skip(first).take_while(|day| **day <= to.div_euclid(DAY)).map(|day| {
            let (begin, end) = self.hours(*day);
            let midnight = day * DAY;
            ((midnight + end).min(to) - (midnight + begin).max(from)).max(0)
        });
        self.worked(to) - self.worked(from) - idle.sum::<i64>()
    }

    /// The first minute before which so many minutes were worked since `from`; the end of time where that never comes. Below zero
    /// the first one after which no more than so many are worked until `from`; the beginning of time where there is none.
    #[must_use]
    pub fn after(&self, from: Timestamp, minutes: i64) -> Timestamp {
        let end = if minutes < 0 { Timestamp::MIN } else { Timestamp::MAX };
        let at = |minutes: i64| from.checked_add(SignedDuration::from_mins(minutes)).unwrap_or(end);
        let is_less = |reach: i64| self.minutes_between(from, at(reach)) < minutes;
        let (mut low, mut high) = if minutes < 0 { (minutes, 0) } else { (0, minutes.max(1)) };
        while minutes < 0 && !is_less(low) {
            (low, high) = (low * 2, low);
            if low < -FURTHEST {
                return end;
            }
        }
        while minutes >= 0 && is_less(high) {
            (low, high) = (high, high * 2);
            if high > FURTHEST {
                return end;
            }
        }
        while low < high {
            // Rounded down on either side of zero.
            let middle = low + (high - low) / 2;
            if is_less(middle) { low = middle + 1 } else { high = middle }
        }
        at(low)
    }

    /// The minute of a moment by the clocks of the zone, since 1970-01-01 there.
    fn local(&self, at: Timestamp) -> i64 {
        minute_at(at, self.zone.to_offset(at))
    }

    fn hours(&self, day: i64) -> (i64, i64) {
        self.week.get(weekday(day)).copied().unwrap_or_default()
    }

    /// Minutes worked since the beginning of the first week, holidays included.
    fn worked(&self, minute: i64) -> i64 {
        let day = minute.div_euclid(DAY);
        let (from, to) = self.hours(day);
        let before = self.before.get(weekday(day)).copied().unwrap_or_default();
        let today = (minute.rem_euclid(DAY).min(to) - from).max(0);
        (day + FIRST_DAY).div_euclid(7) * self.weekly + before + today
    }
}

/// The minute of a moment by clocks that are so far from UTC, since 1970-01-01 there.
fn minute_at(at: Timestamp, offset: Offset) -> i64 {
    (at.as_second() + i64::from(offset.seconds())).div_euclid(60)
}

/// The place of a day in its week, Monday being 0.
fn weekday(day: i64) -> usize {
    usize::try_from((day + FIRST_DAY).rem_euclid(7)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Monday to Friday from 8 to 18 in London; the Monday of 2026-08-31 is a holiday.
    fn office() -> Calendar {
        let hours = Some((8 * 60, 18 * 60));
        let workday = Workday {
            week: [hours, hours, hours, hours, hours, None, None],
            holidays: vec![day("2026-08-31T00:00:00Z")],
            ..Workday::default()
        };
        Calendar::new(&workday, TimeZone::get("Europe/London").unwrap()).unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn day(text: &str) -> i64 {
        at(text).as_second() / 86_400
    }

    #[test]
    fn only_working_hours_count() {
        let office = office();
        for (from, to, minutes) in [
            // A Friday in winter: London's clocks show UTC.
            ("2026-11-20T10:00:59Z", "2026-11-20T11:30:00Z", 90),
            ("2026-11-20T17:30:00Z", "2026-11-20T21:00:00Z", 30),
            ("2026-11-20T17:00:00Z", "2026-11-23T09:00:00Z", 120),
            ("2026-11-21T12:00:00Z", "2026-11-22T12:00:00Z", 0),
            ("2026-11-20T17:00:00Z", "2026-12-04T17:00:00Z", 6_000),
            // In summer they are an hour ahead.
            ("2026-07-01T16:30:00Z", "2026-07-01T20:00:00Z", 30),
            ("2026-07-01T05:00:00Z", "2026-07-01T08:00:00Z", 60),
            // Over the end of summer time.
            ("2026-10-23T16:00:00Z", "2026-10-26T09:00:00Z", 120),
            // Over a holiday, into it, and out of it.
            ("2026-08-28T16:00:00Z", "2026-09-01T08:00:00Z", 120),
            ("2026-08-28T16:00:00Z", "2026-08-31T12:00:00Z", 60),
            ("2026-08-31T12:00:00Z", "2026-09-01T08:00:00Z", 60),
        ] {
            assert_eq!(office.minutes_between(at(from), at(to)), minutes, "{from} {to}");
            assert_eq!(office.minutes_between(at(to), at(from)), -minutes, "{to} {from}");
        }
        assert_eq!(office.working_day(), 600);
    }

    #[test]
    fn a_moment_so_many_working_minutes_ahead() {
        let office = office();
        for (from, minutes, to) in [
            ("2026-11-20T10:00:00Z", 90, "2026-11-20T11:30:00Z"),
            ("2026-11-20T17:30:00Z", 31, "2026-11-23T08:01:00Z"),
            ("2026-11-20T17:30:00Z", 30, "2026-11-20T18:00:00Z"),
            ("2026-08-28T16:00:00Z", 61, "2026-09-01T07:01:00Z"),
        ] {
            assert_eq!(office.after(at(from), minutes), at(to), "{from} {minutes}");
        }
        for (from, minutes, to) in [
            ("2026-11-20T10:00:00Z", -60, "2026-11-20T09:00:00Z"),
            // The first minute of the evening before: none is worked until the morning.
            ("2026-11-23T08:10:00Z", -10, "2026-11-20T18:00:00Z"),
            ("2026-11-23T08:10:00Z", -11, "2026-11-20T17:59:00Z"),
        ] {
            assert_eq!(office.after(at(from), minutes), at(to), "{from} {minutes}");
        }
        assert_eq!(office.after(at("2026-11-20T10:00:00Z"), -i64::from(u32::MAX)), Timestamp::MIN);
        assert_eq!(office.after(at("2026-11-20T17:30:00Z"), 0), at("2026-11-20T17:30:00Z"));
        assert_eq!(office.after(at("2026-11-20T17:30:00Z"), i64::from(u32::MAX)), Timestamp::MAX);
    }

    #[test]
    fn who_always_works_or_never_needs_no_calendar() {
        let round = Workday { week: [Some((0, 1439)); 7], ..Workday::default() };
        assert_eq!(Calendar::new(&round, TimeZone::UTC), None);
        assert_eq!(Calendar::new(&Workday::default(), TimeZone::UTC), None);
        assert!(Calendar::new(&Workday { holidays: vec![1], ..round }, TimeZone::UTC).is_some());
        let backwards = Workday { week: [Some((600, 60)); 7], ..Workday::default() };
        assert_eq!(Calendar::new(&backwards, TimeZone::UTC), None, "hours that end before they begin are none");
    }

    #[test]
    fn zones_are_known_by_either_name() {
        let zone = |name: &str| Workday { zone: name.into(), ..Workday::default() }.zone_name().map(str::to_owned);
        assert_eq!(zone("GMT Standard Time").as_deref(), Some("Europe/London"));
        assert_eq!(zone("america/new_york").as_deref(), Some("america/new_york"));
        assert_eq!(zone("UTC").as_deref(), Some("UTC"));
        assert_eq!(zone("Somewhere Standard Time"), None);
        assert_eq!(zone(""), None);
    }

    /// Nights and weekends through, in a zone.
    fn nights(zone: &str) -> Calendar {
        let (whole, day) = (Some((0, 1_440)), Some((570, 1_035)));
        let workday = Workday { week: [day, Some((60, 150)), whole, whole, day, whole, whole], ..Workday::default() };
        Calendar::new(&workday, TimeZone::get(zone).unwrap()).unwrap()
    }

    #[test]
    fn a_day_on_which_the_clocks_are_put_is_as_long_as_it_is() {
        let york = nights("America/New_York");
        // Sundays, worked from midnight to midnight.
        for (day, from, to, hours) in [
            ("put forward", "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z", 23),
            ("put back", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z", 25),
            ("neither", "2026-06-07T04:00:00Z", "2026-06-08T04:00:00Z", 24),
        ] {
            assert_eq!(york.minutes_between(at(from), at(to)), hours * 60, "{day}");
            assert_eq!(york.after(at(from), hours * 60), at(to), "{day}");
        }
    }

    /// When the clocks are put in zones of many kinds: at midnight, by half an hour, in the south.
    const PUT: [(&str, &str); 8] = [
        ("America/New_York", "2026-03-08T07:00:00Z"),
        ("America/New_York", "2026-11-01T06:00:00Z"),
        ("Europe/London", "2026-10-25T01:00:00Z"),
        ("Australia/Lord_Howe", "2026-04-04T15:00:00Z"),
        ("Australia/Lord_Howe", "2026-10-03T15:30:00Z"),
        ("America/Santiago", "2026-09-06T04:00:00Z"),
        ("Africa/Casablanca", "2026-02-15T02:00:00Z"),
        ("Pacific/Auckland", "2026-09-26T14:00:00Z"),
    ];

    proptest! {
        #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

        /// Whatever the clocks do, it is the number of minutes in which they show working hours.
        #[test]
        fn it_is_what_counting_minute_by_minute_gives(place in 0..PUT.len(), from in -3_000i64..3_000, length in 0i64..4_000) {
            let (zone, put) = PUT[place];
            let calendar = nights(zone);
            let from = at(put) + SignedDuration::from_mins(from);
            let to = from + SignedDuration::from_mins(length);
            let is_worked = |minute: i64| {
                let local = (from + SignedDuration::from_mins(minute)).to_zoned(calendar.zone.clone());
                let (begin, end) = calendar.week[usize::try_from(local.weekday().to_monday_zero_offset()).unwrap()];
                (begin..end).contains(&(i64::from(local.hour()) * 60 + i64::from(local.minute())))
            };
            let counted = i64::try_from((0..length).filter(|minute| is_worked(*minute)).count()).unwrap();
            prop_assert_eq!(calendar.minutes_between(from, to), counted, "{} {} {}", zone, from, to);
            prop_assert_eq!(calendar.minutes_between(to, from), -counted);
        }
    }

    proptest! {
        /// What is left is below a number of minutes exactly where the target lies before the moment that is so far ahead.
        #[test]
        fn both_ways_of_counting_agree(
            from in 1_780_000_000i64..1_800_000_000,
            to in -60_000i64..60_000,
            minutes in prop_oneof![-4_000i64..0, 1i64..4_000],
            office in prop_oneof![Just(office()), Just(nights("America/New_York"))],
        ) {
            let from = Timestamp::from_second(from - from % 60).unwrap();
            let to = from + SignedDuration::from_mins(to);
            let ahead = office.after(from, minutes);
            prop_assert_eq!(office.minutes_between(from, to) < minutes, to < ahead);
            prop_assert_eq!(office.minutes_between(from, ahead), minutes);
        }

        /// Day by day it comes to the same.
        #[test]
        fn parts_add_up(from in 1_780_000_000i64..1_800_000_000, one in 0i64..900_000, two in 0i64..900_000) {
            let office = office();
            let at = |second| Timestamp::from_second(second).unwrap();
            let (a, b, c) = (at(from), at(from + one), at(from + one + two));
            let sum = office.minutes_between(a, b) + office.minutes_between(b, c);
            prop_assert_eq!(sum, office.minutes_between(a, c));
        }
    }
}
