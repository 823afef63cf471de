//! Conditions about time: what is left until the next target, how long ago, on which day.

use jiff::{Timestamp, civil::Date};
use rusqlite::types::Value;

use super::{Condition, NEVER, Scene, all, bound, plain};
use crate::query::{Compare, Span, TimeKey, TimeValue};

impl Scene<'_> {
    /// The target that counts, by the minutes left until it, as the column tells them: in the hours of the ticket's SLA.
    pub(super) fn left(&self, compare: Compare, span: Span) -> Condition {
        let minutes = i64::from(span.seconds).div_euclid(60);
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

    /// The moment that lies so many minutes ahead under the ticket's SLA, as an expression with its values.
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
    pub(super) fn ago(&self, column: &str, compare: Compare, span: Span) -> Condition {
        let at = self.minute.saturating_sub(i64::from(span.seconds) * 1000);
        let operator = match compare {
            Compare::Equal => "=",
            Compare::Less => ">",
            Compare::AtMost => ">=",
            Compare::More => "<",
            Compare::AtLeast => "<=",
        };
        bound(format!("({column} <> 0 AND {column} {operator} ?)"), at)
    }

    pub(super) fn time(&self, key: TimeKey, value: TimeValue) -> Condition {
        let column = match key {
            TimeKey::Opened => "t.opened_key",
            TimeKey::Updated => "t.updated_key",
        };
        let (compare, day) = match value {
            TimeValue::Ago(compare, span) => return self.ago(column, compare, span),
            TimeValue::Day(compare, day) => (compare, day),
        };
        let begin = self.midnight(day);
        let end = day.tomorrow().map_or(NEVER, |next| self.midnight(next));
        let is = |sign: &str, at| bound(format!("({column} <> 0 AND {column} {sign} ?)"), at);
        match compare {
            Compare::Equal => all(vec![is(">=", begin), is("<", end)]).in_brackets(),
            Compare::Less => is("<", begin),
            Compare::AtMost => is("<", end),
            Compare::More => is(">=", end),
            Compare::AtLeast => is(">=", begin),
        }
    }

    fn midnight(&self, day: Date) -> i64 {
        let start = day.to_zoned(self.zone.clone()).map(|zoned| zoned.timestamp());
        start.unwrap_or(Timestamp::MAX).as_millisecond()
    }
}
