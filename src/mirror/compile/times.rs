//! Conditions about time: what is left until the next target, how long ago, on which day.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use rusqlite::types::Value;

use super::{Condition, NEVER, Scene, all, bound, plain};
use crate::query::{Compare, Day, SlaValue, Span, TimeKey, TimeValue};

/// A column of moments, and when it has none.
#[derive(Clone, Copy)]
struct Column {
    name: &'static str,
    /// There is a moment: told first, so that an index of those that have one can be used.
    there: &'static str,
}

const OPENED: Column = Column { name: "t.opened_key", there: "t.opened_key <> 0" };
const UPDATED: Column = Column { name: "t.updated_key", there: "t.updated_key <> 0" };
const CLOSED: Column = Column { name: "t.closed_key", there: "t.closed_key > 0" };
const DUE: Column = Column { name: "t.due", there: "t.due < 9223372036854775807" };

impl Column {
    fn is(self, sign: &str, at: i64) -> Condition {
        bound(format!("({} AND {} {sign} ?)", self.there, self.name), at)
    }
}

impl Scene<'_> {
    pub(super) fn target(&self, value: SlaValue) -> Condition {
        match value {
            SlaValue::Left(compare, span) => self.left(compare, i64::from(span.seconds).div_euclid(60)),
            SlaValue::Over(compare, span) => self.left(compare, -i64::from(span.seconds).div_euclid(60)),
            SlaValue::Day(compare, day) => self.day(DUE, compare, day),
            SlaValue::Kept => plain("t.kept IS 1"),
            SlaValue::Missed => bound("(t.kept IS 0 OR t.due <= ?)", self.minute),
        }
    }

    /// The target that counts, by the minutes left until it, as the column tells them: in the hours of the ticket's SLA.
    fn left(&self, compare: Compare, minutes: i64) -> Condition {
        // Fewer minutes are left exactly where the target lies before the moment that is so many ahead.
        let (this, next) = (self.ahead(minutes), self.ahead(minutes.saturating_add(1)));
        let known = plain(format!("t.due < {NEVER}"));
        let before = |ahead: Condition| Condition { sql: format!("t.due < {}", ahead.sql), ..ahead };
        let behind = |ahead: Condition| Condition { sql: format!("t.due >= {}", ahead.sql), ..ahead };
        all(match compare {
            Compare::Less => vec![known, before(this)],
            Compare::AtMost => vec![known, before(next)],
            Compare::More => vec![known, behind(next)],
            Compare::AtLeast => vec![known, behind(this)],
            Compare::Equal => vec![known, behind(this), before(next)],
        })
        .in_brackets()
    }

    /// The moment that lies so many minutes ahead (or behind, where they are below zero) under the ticket's SLA, as an expression with its values.
    fn ahead(&self, minutes: i64) -> Condition {
        let wall = Value::Integer(self.minute.saturating_add(minutes.saturating_mul(60_000)));
        let now = Timestamp::from_millisecond(self.minute).unwrap_or_default();
        let calendars = self.names.calendars();
        if calendars.is_empty() {
            return Condition { sql: "?".to_owned(), params: vec![wall] };
        }
        let mut sql = "CASE t.sla_id".to_owned();
        let mut params = Vec::new();
        for (sla, calendar) in calendars {
            sql.push_str(" WHEN ? THEN ?");
            params.extend([Value::Integer(sla), Value::Integer(calendar.after(now, minutes).as_millisecond())]);
        }
        sql.push_str(" ELSE ? END");
        params.push(wall);
        Condition { sql, params }.in_brackets()
    }

    /// A moment, by the time since it: longer ago is earlier.
    fn ago(&self, column: Column, compare: Compare, span: Span) -> Condition {
        let at = self.minute.saturating_sub(i64::from(span.seconds) * 1000);
        let operator = match compare {
            Compare::Equal => "=",
            Compare::Less => ">",
            Compare::AtMost => ">=",
            Compare::More => "<",
            Compare::AtLeast => "<=",
        };
        column.is(operator, at)
    }

    pub(super) fn age(&self, compare: Compare, span: Span) -> Condition {
        self.ago(OPENED, compare, span)
    }

    pub(super) fn time(&self, key: TimeKey, value: TimeValue) -> Condition {
        let column = match key {
            TimeKey::Opened => OPENED,
            TimeKey::Updated => UPDATED,
            TimeKey::Closed => CLOSED,
        };
        match value {
            TimeValue::Ago(compare, span) => self.ago(column, compare, span),
            TimeValue::Day(compare, day) => self.day(column, compare, day),
        }
    }

    fn today(&self) -> Date {
        Timestamp::from_millisecond(self.minute).unwrap_or_default().to_zoned(self.zone.clone()).date()
    }

    fn day(&self, column: Column, compare: Compare, day: Day) -> Condition {
        let date = match day {
            Day::On(date) => date,
            Day::Today => self.today(),
            Day::Yesterday => self.today().yesterday().unwrap_or(Date::MIN),
        };
        let (begin, end) = bounds(date, self.zone);
        match compare {
            Compare::Equal => all(vec![column.is(">=", begin), column.is("<", end)]).in_brackets(),
            Compare::Less => column.is("<", begin),
            Compare::AtMost => column.is("<", end),
            Compare::More => column.is(">=", end),
            Compare::AtLeast => column.is(">=", begin),
        }
    }
}

/// When a day begins and ends, in milliseconds since 1970.
pub(in crate::mirror) fn bounds(day: Date, zone: &TimeZone) -> (i64, i64) {
    let midnight = |day: Date| {
        let start = day.to_zoned(zone.clone()).map(|zoned| zoned.timestamp());
        start.unwrap_or(Timestamp::MAX).as_millisecond()
    };
    (midnight(day), day.tomorrow().map_or(NEVER, midnight))
}
