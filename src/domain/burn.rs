//! How much of a ticket's SLA is left: which target counts, how long until then, and of how much.

use std::sync::Arc;

use jiff::Timestamp;

use super::{Calendar, TicketRow};

/// Steps of the part that is left.
const STEPS: i64 = 8;

/// A target of the SLA.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The first response.
    Respond,
    /// The fix.
    Fix,
}

impl Target {
    /// The letter that a list tells it by.
    #[must_use]
    pub const fn letter(self) -> &'static str {
        match self {
            Self::Respond => "R",
            Self::Fix => "F",
        }
    }

    /// What a page calls it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Respond => "respond by",
            Self::Fix => "fix by",
        }
    }
}

/// A length of time as a priority tells it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Allowance {
    /// Minutes.
    Minutes(i64),
    /// Days, in minutes of 24 hours each: a working day is as long as its hours.
    Days(i64),
}

impl Allowance {
    /// A number with Halo's letter for its unit (minutes, hours, days, weeks); `None` for none, or for a unit that is not known.
    #[must_use]
    pub fn new(number: f64, unit: &str) -> Option<Self> {
        let minutes = |of: f64| {
            let whole = (number * of).round();
            // Ten years are more than any target.
            (1.0..=5_256_000.0).contains(&whole).then(|| format!("{whole:.0}").parse::<i64>().ok()).flatten()
        };
        match unit.trim().get(..1)?.to_ascii_uppercase().as_str() {
            "M" => minutes(1.0).map(Self::Minutes),
            "H" => minutes(60.0).map(Self::Minutes),
            "D" => minutes(24.0 * 60.0).map(Self::Days),
            "W" => minutes(7.0 * 24.0 * 60.0).map(Self::Days),
            _ => None,
        }
    }

    /// In minutes of the clock that counts.
    fn minutes(self, calendar: Option<&Calendar>) -> i64 {
        match (self, calendar) {
            (Self::Minutes(minutes), _) | (Self::Days(minutes), None) => minutes,
            (Self::Days(minutes), Some(calendar)) => minutes * calendar.working_day() / (24 * 60),
        }
    }
}

/// What a ticket's SLA and priority say together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SlaTerms {
    /// How long the first response may take, where it is told.
    pub respond: Option<Allowance>,
    /// How long the fix may take.
    pub fix: Option<Allowance>,
    /// The hours that count; `None` for all of them.
    pub calendar: Option<Arc<Calendar>>,
}

impl SlaTerms {
    /// Minutes that count from one moment to another, both cut to the minute.
    #[must_use]
    pub fn minutes_between(&self, from: Timestamp, to: Timestamp) -> i64 {
        match &self.calendar {
            Some(calendar) => calendar.minutes_between(from, to),
            None => minute(to) - minute(from),
        }
    }
}

/// How a ticket stands towards its SLA.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Burn {
    /// No target counts: closed, excluded, or none was set.
    None,
    /// The clock stands.
    Held,
    /// It runs.
    Running {
        /// Towards which target.
        target: Target,
        /// When that is.
        at: Timestamp,
        /// Minutes until then, in the hours that count; below zero where it is past.
        left: i64,
        /// Eighths that are left of the whole time, rounded up: 0 only where nothing is.
        eighths: u8,
        /// It was missed.
        missed: bool,
    },
}

impl Burn {
    /// How `row` stands at `now`: towards the response until there was one, then towards the fix. It changes at most once a minute,
    /// when the clock's minute does.
    #[must_use]
    pub fn of(row: &TicketRow, now: Timestamp) -> Self {
        if row.is_closed || row.excluded_from_sla {
            return Self::None;
        }
        if row.on_hold {
            return Self::Held;
        }
        let Some((target, at)) = row.next_target() else { return Self::None };
        let terms = &row.terms;
        let left = terms.minutes_between(now, at);
        let allowed = match target {
            Target::Respond => terms.respond,
            Target::Fix => terms.fix,
        };
        let whole = allowed
            .map(|allowed| allowed.minutes(terms.calendar.as_deref()))
            .or_else(|| row.opened.map(|opened| terms.minutes_between(opened, at)));
        // Without a beginning there is no part: what is left is all.
        let whole = whole.unwrap_or(left).max(1);
        let eighths = left.saturating_mul(STEPS).saturating_add(whole - 1).div_euclid(whole).clamp(0, STEPS);
        Self::Running {
            target,
            at,
            left,
            eighths: u8::try_from(eighths).unwrap_or_default(),
            missed: at.as_millisecond() <= minute(now) * 60_000,
        }
    }
}

/// The clock's minute, counted from 1970.
fn minute(at: Timestamp) -> i64 {
    at.as_second().div_euclid(60)
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::domain::Workday;

    const NOW: &str = "2026-11-20T10:00:40Z";

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn row(respond_by: Option<&str>, responded: Option<&str>, fix_by: Option<&str>) -> TicketRow {
        TicketRow {
            opened: Some(at("2026-11-20T08:00:00Z")),
            respond_by: respond_by.map(at),
            responded: responded.map(at),
            fix_by: fix_by.map(at),
            ..TicketRow::default()
        }
    }

    /// Target, minutes left, eighths, missed.
    fn running(row: &TicketRow, now: &str) -> Option<(Target, i64, u8, bool)> {
        match Burn::of(row, at(now)) {
            Burn::Running { target, left, eighths, missed, .. } => Some((target, left, eighths, missed)),
            Burn::None | Burn::Held => None,
        }
    }

    #[test]
    fn the_response_counts_until_there_was_one_then_the_fix() {
        use Target::{Fix, Respond};
        for (respond_by, responded, fix_by, expected) in [
            (Some("2026-11-20T12:00:00Z"), None, Some("2026-11-20T11:00:00Z"), Some((Respond, 120, 4, false))),
            (Some("2026-11-20T12:00:00Z"), Some("2026-11-20T09:00:00Z"), Some("2026-11-20T11:00:00Z"), Some((Fix, 60, 3, false))),
            (Some("2026-11-20T09:30:00Z"), Some("2026-11-20T09:45:00Z"), None, None),
            (Some("2026-11-20T09:30:00Z"), None, Some("2026-11-20T12:00:00Z"), Some((Respond, -30, 0, true))),
            (None, None, Some("2026-11-20T12:00:00Z"), Some((Fix, 120, 4, false))),
            (None, None, None, None),
        ] {
            assert_eq!(running(&row(respond_by, responded, fix_by), NOW), expected, "{respond_by:?} {responded:?} {fix_by:?}");
        }
    }

    #[test]
    fn what_does_not_run() {
        let due = row(None, None, Some("2026-11-20T11:00:00Z"));
        let now = at(NOW);
        assert_eq!(Burn::of(&TicketRow { is_closed: true, ..due.clone() }, now), Burn::None);
        assert_eq!(Burn::of(&TicketRow { excluded_from_sla: true, on_hold: true, ..due.clone() }, now), Burn::None);
        assert_eq!(Burn::of(&TicketRow { on_hold: true, ..due.clone() }, now), Burn::Held);
        let missed = TicketRow { on_hold: true, fix_by: Some(at("2026-11-20T09:00:00Z")), ..due };
        assert_eq!(Burn::of(&missed, now), Burn::Held, "what is held is not late");
    }

    #[test]
    fn a_target_is_missed_once_its_minute_is_over() {
        for (fix_by, left, missed) in [
            ("2026-11-20T10:00:00Z", 0, true),
            ("2026-11-20T10:00:30Z", 0, false),
            ("2026-11-20T10:00:59Z", 0, false),
            ("2026-11-20T09:59:59Z", -1, true),
            ("2026-11-20T10:01:00Z", 1, false),
        ] {
            let (_, is_left, _, is_missed) = running(&row(None, None, Some(fix_by)), NOW).unwrap();
            assert_eq!((is_left, is_missed), (left, missed), "{fix_by}");
        }
    }

    #[test]
    fn the_bar_is_of_the_priority_s_time_where_it_is_told() {
        let held_for_long =
            TicketRow { opened: Some(at("2026-11-01T08:00:00Z")), ..row(None, None, Some("2026-11-20T12:00:00Z")) };
        let eighths = |terms: SlaTerms, now| running(&TicketRow { terms, ..held_for_long.clone() }, now).unwrap().2;
        let fix = |fix| SlaTerms { fix: Allowance::new(fix, "H"), ..SlaTerms::default() };
        assert_eq!(eighths(SlaTerms::default(), NOW), 1, "of all the time since it was opened");
        assert_eq!(eighths(fix(4.0), NOW), 4);
        assert_eq!(eighths(fix(4.0), "2026-11-20T11:59:00Z"), 1, "never empty before the end");
        assert_eq!(eighths(fix(4.0), "2026-11-20T12:00:00Z"), 0);
        assert_eq!(eighths(fix(1.0), NOW), 8, "never more than full");
        assert_eq!(running(&TicketRow { opened: None, ..held_for_long.clone() }, NOW).unwrap().2, 8, "without a beginning");
    }

    #[test]
    fn working_time_counts_where_it_is_known() {
        let hours = Some((8 * 60, 18 * 60));
        let workday = Workday { week: [hours, hours, hours, hours, hours, None, None], ..Workday::default() };
        let calendar = Calendar::new(&workday, TimeZone::UTC).map(Arc::new);
        let terms = SlaTerms { fix: Allowance::new(2.0, "D"), calendar, ..SlaTerms::default() };
        // A Friday morning; the target is on Monday.
        let row = TicketRow { terms, ..row(None, None, Some("2026-11-23T10:00:00Z")) };
        assert_eq!(running(&row, NOW), Some((Target::Fix, 600, 4, false)), "one of two working days");
        assert_eq!(running(&row, "2026-11-21T12:00:00Z"), Some((Target::Fix, 120, 1, false)), "nothing runs at the weekend");
        assert_eq!(running(&row, "2026-11-23T11:00:00Z"), Some((Target::Fix, -60, 0, true)));
    }

    #[test]
    fn units_as_halo_writes_them() {
        for (number, unit, expected) in [
            (30.0, "M", Some(Allowance::Minutes(30))),
            (0.5, "H", Some(Allowance::Minutes(30))),
            (1.5, "Hours", Some(Allowance::Minutes(90))),
            (2.0, "d", Some(Allowance::Days(2_880))),
            (1.0, "W", Some(Allowance::Days(10_080))),
            (0.0, "H", None),
            (-1.0, "H", None),
            (f64::NAN, "H", None),
            (1e300, "H", None),
            (1.0, "", None),
            (1.0, "é", None),
        ] {
            assert_eq!(Allowance::new(number, unit), expected, "{number} {unit}");
        }
    }
}
