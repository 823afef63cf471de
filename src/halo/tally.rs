//! [`Tally`]: how many requests left when, and what the server's refusals said; pure, so that it can lie in memory or in a file.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::WINDOW;
use crate::domain::{Admission, BudgetLedger, LedgerStanding, Quota};

/// How long a limit that the server announced is believed: somebody may have it raised.
const ANNOUNCED_FOR: SignedDuration = SignedDuration::from_hours(24);
/// No pause is longer: a server may ask for an hour, and instances come back a little apart.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_mins(75);
/// No window is longer.
const LONGEST_WINDOW: SignedDuration = SignedDuration::from_hours(1);

/// Requests by the second in which they left, and what the server's refusals said.
///
/// A whole second counts until all of it is out of the window: rather a request too few than one too many. What lies ahead was
/// counted before the clock was set back; how long ago that was nobody knows, so it counts as if it were of now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tally {
    /// Seconds since 1970 and how many left in each, oldest first.
    left: Vec<(i64, u32)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pause: Option<Span>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    announced: Option<Announced>,
}

/// A pause: milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Span {
    from: i64,
    until: i64,
}

/// A limit that the server named, and the second in which it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Announced {
    limit: u32,
    at: i64,
    /// Length of its window in seconds. The usual one is not stored: programs from before there was another can read that.
    #[serde(default = "usual_window", skip_serializing_if = "is_usual_window")]
    window: u64,
}

fn usual_window() -> u64 {
    WINDOW.as_secs()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference over")]
fn is_usual_window(window: &u64) -> bool {
    *window == usual_window()
}

impl Announced {
    fn quota(self) -> Quota {
        Quota { requests: self.limit, within: Duration::from_secs(self.window) }
    }
}

impl Tally {
    /// Whether it can be what this program wrote; a tally from elsewhere is not believed otherwise.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let seconds = usize::try_from(LONGEST_WINDOW.as_secs()).unwrap_or(usize::MAX);
        let counted = self.left.len() <= seconds + 2
            && self.left.is_sorted_by(|(one, _), (next, _)| one < next)
            && self.left.iter().all(|(second, count)| *count > 0 && Timestamp::from_second(*second).is_ok());
        let paused = self.pause.is_none_or(|pause| {
            let length = pause.until.checked_sub(pause.from);
            length.is_some_and(|length| (0..=i64::try_from(LONGEST_PAUSE.as_millis()).unwrap_or(0)).contains(&length))
        });
        let windows = 1..=LONGEST_WINDOW.as_secs().unsigned_abs();
        counted && paused && self.announced.is_none_or(|announced| announced.limit > 0 && windows.contains(&announced.window))
    }

    /// Admits and counts a request, or says why not.
    pub fn admit(&mut self, now: Timestamp, own: Option<Quota>, open: &dyn Fn(u32) -> u32) -> Admission {
        let window = own.map_or(WINDOW, |own| own.within);
        if let LedgerStanding { paused_until: Some(until), .. } = self.standing(now, window) {
            return Admission::Paused(until);
        }
        if let Some(at) = self.full(now, own, open) {
            return Admission::Full(at);
        }
        match self.left.last_mut() {
            Some((second, count)) if *second == now.as_second() => *count = count.saturating_add(1),
            _ => self.left.push((now.as_second(), 1)),
        }
        Admission::Admitted
    }

    /// When a request could leave that wanted to now, where it could not at once.
    pub fn free_at(&mut self, now: Timestamp, own: Option<Quota>, open: &dyn Fn(u32) -> u32) -> Option<Timestamp> {
        self.settle(now);
        let paused = self.pause.and_then(|pause| Timestamp::from_millisecond(pause.until).ok());
        paused.max(self.full(now, own, open))
    }

    /// When the next place within one's own quota and the announced one comes free, where none is.
    fn full(&self, now: Timestamp, own: Option<Quota>, open: &dyn Fn(u32) -> u32) -> Option<Timestamp> {
        let announced = self.announced.map(Announced::quota);
        [own, announced].into_iter().flatten().filter_map(|allowed| self.full_until(now, allowed, open)).max()
    }

    /// When the next place of a quota comes free, where none is.
    fn full_until(&self, now: Timestamp, allowed: Quota, open: &dyn Fn(u32) -> u32) -> Option<Timestamp> {
        let most = open(allowed.requests);
        let mut used = 0_u32;
        // The newest first: the one that fills the last place must be over.
        for (second, count) in self.left.iter().rev().filter(|(second, _)| counts(*second, now, allowed.within)) {
            used = used.saturating_add(*count);
            if used >= most {
                let over = Timestamp::from_second(second.saturating_add(1)).ok()?;
                return Some(over.saturating_add(allowed.within).unwrap_or(now));
            }
        }
        None
    }

    /// Notes a refusal.
    pub fn refused(&mut self, now: Timestamp, until: Timestamp, announced: Option<Quota>) {
        self.settle(now);
        let longest = now.saturating_add(LONGEST_PAUSE).unwrap_or(now);
        let until = until.clamp(now, longest).as_millisecond();
        // A later refusal never shortens a pause.
        if self.pause.is_none_or(|pause| pause.until < until) {
            self.pause = Some(Span { from: now.as_millisecond(), until });
        }
        if let Some(Quota { requests, within }) = announced.filter(|announced| announced.requests > 0) {
            let window = within.as_secs().clamp(1, LONGEST_WINDOW.as_secs().unsigned_abs());
            self.announced = Some(Announced { limit: requests, at: now.as_second(), window });
        }
    }

    /// How it stands; what no longer counts is dropped.
    pub fn standing(&mut self, now: Timestamp, window: Duration) -> LedgerStanding {
        self.settle(now);
        let announced = self.announced.map(Announced::quota);
        let longest = announced.map_or(window, |announced| announced.within.max(window));
        self.left.retain(|(second, _)| counts(*second, now, longest));
        let used = |window| {
            let counted = self.left.iter().filter(|(second, _)| counts(*second, now, window));
            counted.fold(0, |sum: u32, (_, count)| sum.saturating_add(*count))
        };
        LedgerStanding {
            used: used(window),
            announced: announced.map(|announced| (announced, used(announced.within))),
            paused_until: self.pause.and_then(|pause| Timestamp::from_millisecond(pause.until).ok()),
        }
    }

    /// Counts at least what the other has counted: where a file was lost, those who know what they sent bring it back.
    pub fn count_at_least(&mut self, other: &Self) {
        for (second, count) in &other.left {
            match self.left.binary_search_by_key(second, |(second, _)| *second) {
                Ok(at) => {
                    if let Some((_, known)) = self.left.get_mut(at) {
                        *known = (*known).max(*count);
                    }
                }
                Err(at) => self.left.insert(at, (*second, *count)),
            }
        }
        if other.pause.is_some_and(|pause| self.pause.is_none_or(|known| known.until < pause.until)) {
            self.pause = other.pause;
        }
        if other.announced.is_some_and(|announced| self.announced.is_none_or(|known| known.at < announced.at)) {
            self.announced = other.announced;
        }
    }

    /// Brings to now what lies ahead of it, and forgets what is over.
    fn settle(&mut self, now: Timestamp) {
        let (second, millisecond) = (now.as_second(), now.as_millisecond());
        let behind = self.left.partition_point(|(other, _)| *other <= second);
        let ahead = self.left.drain(behind..).fold(0, |sum: u32, (_, count)| sum.saturating_add(count));
        if ahead > 0 {
            match self.left.last_mut() {
                Some((other, count)) if *other == second => *count = count.saturating_add(ahead),
                _ => self.left.push((second, ahead)),
            }
        }
        if let Some(pause) = &mut self.pause
            && pause.from > millisecond
        {
            *pause = Span { from: millisecond, until: millisecond.saturating_add(pause.until - pause.from) };
        }
        self.pause = self.pause.filter(|pause| pause.until > millisecond);
        if let Some(announced) = &mut self.announced {
            announced.at = announced.at.min(second);
        }
        self.announced = self.announced.filter(|announced| second.saturating_sub(announced.at) < ANNOUNCED_FOR.as_secs());
    }
}

/// Whether what left in this second still counts: until its last moment is out of the window.
fn counts(second: i64, now: Timestamp, window: Duration) -> bool {
    let window = SignedDuration::try_from(window).unwrap_or(LONGEST_WINDOW).min(LONGEST_WINDOW);
    Timestamp::from_second(second.saturating_add(1)).is_ok_and(|end| now.duration_since(end) < window)
}

/// Counts the requests of this process alone.
#[derive(Debug, Default)]
pub struct LocalLedger {
    tally: Mutex<Tally>,
}

impl LocalLedger {
    /// What is counted so far.
    pub fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl BudgetLedger for LocalLedger {
    fn admit(&self, now: Timestamp, own: Option<Quota>, open: &dyn Fn(u32) -> u32) -> Admission {
        self.tally().admit(now, own, open)
    }

    fn free_at(&self, now: Timestamp, own: Option<Quota>, open: &dyn Fn(u32) -> u32) -> Option<Timestamp> {
        self.tally().free_at(now, own, open)
    }

    fn refused(&self, now: Timestamp, until: Timestamp, announced: Option<Quota>) {
        self.tally().refused(now, until, announced);
    }

    fn standing(&self, now: Timestamp, window: Duration) -> LedgerStanding {
        self.tally().standing(now, window)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// So many in five minutes.
    fn five_minutes(requests: u32) -> Quota {
        Quota { requests, within: WINDOW }
    }

    fn all(requests: u32) -> u32 {
        requests
    }

    fn at(millisecond: i64) -> Timestamp {
        Timestamp::from_millisecond(1_763_632_800_000 + millisecond).unwrap()
    }

    fn used(tally: &mut Tally, now: Timestamp) -> u32 {
        tally.standing(now, WINDOW).used
    }

    #[test]
    fn a_clock_that_was_set_back_blocks_for_one_window_at_most() {
        let mut tally = Tally::default();
        assert_eq!(tally.admit(at(3_600_000), Some(five_minutes(1)), &all), Admission::Admitted);
        tally.refused(at(3_600_000), at(3_660_000), Some(five_minutes(300)));
        assert_eq!(tally.standing(at(0), WINDOW).paused_until, Some(at(60_000)));
        assert_eq!(used(&mut tally, at(100_000)), 1);
        assert_eq!(tally.free_at(at(299_000), Some(five_minutes(1)), &all), Some(at(301_000)));
        assert_eq!(tally.admit(at(299_000), Some(five_minutes(1)), &all), Admission::Full(at(301_000)));
        assert_eq!(tally.free_at(at(301_001), Some(five_minutes(1)), &all), None);
        assert_eq!(tally.admit(at(301_001), Some(five_minutes(1)), &all), Admission::Admitted);
        assert_eq!(tally.standing(at(301_001), WINDOW).announced, Some((five_minutes(300), 1)));
    }

    #[test]
    fn refusals_pause_and_their_limit_holds_for_a_day() {
        let mut tally = Tally::default();
        tally.refused(at(0), at(30_000), Some(five_minutes(120)));
        tally.refused(at(0), at(10_000), None);
        assert_eq!(tally.admit(at(29_999), None, &all), Admission::Paused(at(30_000)));
        for _ in 0..120 {
            assert_eq!(tally.admit(at(30_000), None, &all), Admission::Admitted);
        }
        assert_eq!(tally.admit(at(30_000), None, &all), Admission::Full(at(331_000)));
        assert_eq!(tally.admit(at(86_400_000), None, &all), Admission::Admitted, "no limit is known any more");
        tally.refused(at(86_400_000), at(900_000_000), None);
        assert!(tally.is_sound(), "no server pauses anybody for days");
    }

    #[test]
    fn what_was_lost_is_brought_back_by_who_sent_it() {
        let (mut shared, mut own) = (Tally::default(), Tally::default());
        for tally in [&mut shared, &mut own] {
            assert_eq!(tally.admit(at(0), None, &all), Admission::Admitted);
        }
        own.admit(at(5000), None, &all);
        own.refused(at(5000), at(9000), Some(five_minutes(7)));
        shared.admit(at(7000), None, &all);
        shared.count_at_least(&own);
        assert_eq!(used(&mut shared, at(8000)), 3);
        let standing = shared.standing(at(8000), WINDOW);
        assert_eq!((standing.announced, standing.paused_until), (Some((five_minutes(7), 3)), Some(at(9000))));
        assert!(shared.is_sound());
    }

    #[test]
    fn what_is_announced_holds_in_its_own_window_beside_ones_own() {
        let mut tally = Tally::default();
        tally.refused(at(0), at(1000), Some(Quota { requests: 12, within: Duration::from_mins(1) }));
        for second in 0..12 {
            assert_eq!(tally.admit(at(1000 * second + 1000), Some(five_minutes(20)), &all), Admission::Admitted);
        }
        assert_eq!(tally.admit(at(20_000), Some(five_minutes(20)), &all), Admission::Full(at(62_000)));
        assert_eq!(tally.admit(at(20_000), Some(five_minutes(20)), &|requests| requests - 3), Admission::Full(at(65_000)));
        for second in 0..8 {
            assert_eq!(tally.admit(at(1000 * second + 62_000), Some(five_minutes(20)), &all), Admission::Admitted);
        }
        assert_eq!(tally.admit(at(70_000), Some(five_minutes(20)), &all), Admission::Full(at(302_000)), "its own is used up");
        let standing = tally.standing(at(70_000), WINDOW);
        assert_eq!((standing.used, standing.announced.map(|(_, used)| used)), (20, Some(11)));
    }

    #[test]
    fn the_usual_window_is_stored_as_it_always_was() {
        let stored = |within| {
            let mut tally = Tally::default();
            tally.refused(at(0), at(0), Some(Quota { requests: 12, within }));
            let text = serde_json::to_string(&tally).unwrap();
            assert_eq!(serde_json::from_str::<Tally>(&text).unwrap(), tally);
            text
        };
        assert!(stored(WINDOW).ends_with(r#""announced":{"limit":12,"at":1763632800}}"#));
        assert!(stored(Duration::from_mins(1)).ends_with(r#""announced":{"limit":12,"at":1763632800,"window":60}}"#));
    }

    #[test]
    fn nonsense_is_not_believed() {
        let sound = |text: &str| serde_json::from_str::<Tally>(text).is_ok_and(|tally| tally.is_sound());
        assert!(sound(r#"{"left":[[5,1],[6,2]],"pause":{"from":1,"until":60000},"announced":{"limit":9,"at":5}}"#));
        for text in [
            r#"{"left":[[6,1],[5,2]]}"#,
            r#"{"left":[[5,1],[5,2]]}"#,
            r#"{"left":[[5,0]]}"#,
            r#"{"left":[[9223372036854775807,1]]}"#,
            r#"{"left":[],"pause":{"from":5,"until":4}}"#,
            r#"{"left":[],"pause":{"from":-9223372036854775808,"until":9223372036854775807}}"#,
            r#"{"left":[],"pause":{"from":0,"until":999999999999}}"#,
            r#"{"left":[],"announced":{"limit":0,"at":5}}"#,
            r#"{"left":[],"announced":{"limit":9,"at":5,"window":0}}"#,
            r#"{"left":[],"announced":{"limit":9,"at":5,"window":3601}}"#,
            r#"{"left":[],"more":1}"#,
            "[]",
        ] {
            assert!(!sound(text), "{text}");
        }
        let many: Vec<(i64, u32)> = (0..100_000).map(|second| (second, 1)).collect();
        assert!(!Tally { left: many, ..Tally::default() }.is_sound());
    }

    proptest! {
        #[test]
        fn no_rolling_window_holds_more_than_may_leave(
            steps in prop::collection::vec(0i64..20_000, 1..400), most in 1u32..20,
        ) {
            let (mut tally, mut now, mut left) = (Tally::default(), 0, Vec::new());
            for step in steps {
                now += step;
                if tally.admit(at(now), Some(five_minutes(most)), &all) == Admission::Admitted {
                    left.push(now);
                }
            }
            for (first, later) in left.iter().zip(left.iter().skip(most as usize)) {
                prop_assert!(later - first >= 300_000, "{} of {}", later - first, most);
            }
            prop_assert!(tally.is_sound());
        }

        #[test]
        fn whatever_the_clock_does_one_window_of_peace_makes_room(
            jumps in prop::collection::vec(-10_000_000i64..10_000_000, 1..50),
        ) {
            let (mut tally, mut now) = (Tally::default(), 0);
            for jump in jumps {
                now += jump;
                let _ = tally.admit(at(now), Some(five_minutes(5)), &all);
                prop_assert!(tally.is_sound());
                prop_assert!(used(&mut tally, at(now)) <= 5);
            }
            prop_assert_eq!(tally.admit(at(now + 301_000), Some(five_minutes(5)), &all), Admission::Admitted);
        }
    }
}
