//! One JSON value read leniently: numbers as text or with `.0`, flags as 0 and 1, dates in every form Halo sends.

use jiff::{Timestamp, civil, tz::TimeZone};
use serde_json::Value;

/// A value that has another shape than its field: the record is shown as unreadable, with the field's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Odd;

/// Largest whole number that a float carries exactly.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// An integer: `21`, `21.0`, `"21"`; `None` for null and empty text.
pub(super) fn integer(value: &Value) -> Result<Option<i64>, Odd> {
    match value {
        Value::Null => Ok(None),
        Value::Bool(flag) => Ok(Some(i64::from(*flag))),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => Ok(Some(whole)),
            None => whole(number.as_f64().ok_or(Odd)?).map(Some),
        },
        Value::String(text) => match text.trim() {
            "" => Ok(None),
            text => match text.parse::<i64>() {
                Ok(whole) => Ok(Some(whole)),
                Err(_) => whole(text.parse().map_err(|_| Odd)?).map(Some),
            },
        },
        Value::Array(_) | Value::Object(_) => Err(Odd),
    }
}

fn whole(number: f64) -> Result<i64, Odd> {
    if number.abs() <= EXACT && number.fract() == 0.0 {
        // The range was checked: text is the conversion that can't cut silently.
        format!("{number:.0}").parse().map_err(|_| Odd)
    } else {
        Err(Odd)
    }
}

/// A number; 0 for null and empty text.
pub(super) fn number(value: &Value) -> Result<f64, Odd> {
    let number = match value {
        Value::Null => 0.0,
        Value::Number(number) => number.as_f64().ok_or(Odd)?,
        Value::String(text) if text.trim().is_empty() => 0.0,
        Value::String(text) => text.trim().parse().map_err(|_| Odd)?,
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => return Err(Odd),
    };
    if number.is_finite() { Ok(number) } else { Err(Odd) }
}

/// A flag: true, false, 0, 1, or one of them as text; false for null.
pub(super) fn flag(value: &Value) -> Result<bool, Odd> {
    match value {
        Value::Null => Ok(false),
        Value::Bool(flag) => Ok(*flag),
        Value::Number(number) => Ok(number.as_f64().ok_or(Odd)? != 0.0),
        Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
            "" | "0" | "false" | "no" | "n" => Ok(false),
            "1" | "true" | "yes" | "y" => Ok(true),
            _ => Err(Odd),
        },
        Value::Array(_) | Value::Object(_) => Err(Odd),
    }
}

/// Text; numbers and flags as they are written.
pub(super) fn string(value: Value) -> Result<String, Odd> {
    match value {
        Value::Null => Ok(String::new()),
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(flag) => Ok(flag.to_string()),
        Value::Array(_) | Value::Object(_) => Err(Odd),
    }
}

/// A date: without a zone it is UTC; years before 1980 and after 9998 are Halo's ways to say "none".
pub(super) fn date(value: &Value) -> Result<Option<Timestamp>, Odd> {
    let text = match value {
        Value::Null => return Ok(None),
        Value::String(text) => text.trim(),
        _ => return Err(Odd),
    };
    if text.is_empty() {
        return Ok(None);
    }
    // The sentinel may stand at the very ends of time, where an offset would leave them.
    let civil: civil::DateTime = text.parse().or_else(|_| without_zone(text).parse()).map_err(|_| Odd)?;
    if !(1980..=9998).contains(&civil.year()) {
        return Ok(None);
    }
    match text.parse::<Timestamp>() {
        Ok(instant) => Ok(Some(instant)),
        Err(_) if has_zone(text) => Err(Odd),
        Err(_) => civil.to_zoned(TimeZone::UTC).map(|zoned| Some(zoned.timestamp())).map_err(|_| Odd),
    }
}

fn has_zone(text: &str) -> bool {
    without_zone(text).len() < text.len()
}

/// The date and time without a trailing `Z` or offset.
fn without_zone(text: &str) -> &str {
    if let Some(rest) = text.strip_suffix(['Z', 'z']) {
        return rest;
    }
    // The date's own hyphens stand before the tenth character.
    match text.char_indices().skip(10).find(|(_, c)| matches!(c, '+' | '-')) {
        Some((at, _)) => text.get(..at).unwrap_or(text),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn integers_come_in_many_shapes() {
        for (sent, read) in [
            (json!(21), Ok(Some(21))),
            (json!(21.0), Ok(Some(21))),
            (json!("21"), Ok(Some(21))),
            (json!(" 21.0 "), Ok(Some(21))),
            (json!(-1), Ok(Some(-1))),
            (json!(true), Ok(Some(1))),
            (json!(null), Ok(None)),
            (json!(""), Ok(None)),
            (json!(i64::MAX), Ok(Some(i64::MAX))),
            (json!(9_223_372_036_854_775_808_u64), Err(Odd)),
            (json!("9223372036854775808"), Err(Odd)),
            (json!(21.5), Err(Odd)),
            (json!("inf"), Err(Odd)),
            (json!("NaN"), Err(Odd)),
            (json!("twenty"), Err(Odd)),
            (json!([21]), Err(Odd)),
            (json!({"id": 21}), Err(Odd)),
        ] {
            assert_eq!(integer(&sent), read, "{sent}");
        }
    }

    #[test]
    fn flags_come_as_numbers_and_text_too() {
        for (sent, read) in [
            (json!(true), Ok(true)),
            (json!(0), Ok(false)),
            (json!(1.0), Ok(true)),
            (json!("True"), Ok(true)),
            (json!("0"), Ok(false)),
            (json!(null), Ok(false)),
            (json!("perhaps"), Err(Odd)),
            (json!([]), Err(Odd)),
        ] {
            assert_eq!(flag(&sent), read, "{sent}");
        }
    }

    #[test]
    fn dates_without_a_zone_are_utc_and_sentinels_are_none() {
        for (sent, read) in [
            ("2026-09-14T08:12:47", Some("2026-09-14T08:12:47Z")),
            ("2026-09-14T08:12:47.3", Some("2026-09-14T08:12:47.3Z")),
            ("2026-09-15T09:03:11.5333333", Some("2026-09-15T09:03:11.5333333Z")),
            ("2026-09-14T08:12:47Z", Some("2026-09-14T08:12:47Z")),
            ("2026-09-14T08:12:47.1234567Z", Some("2026-09-14T08:12:47.1234567Z")),
            ("2026-09-14T10:12:47+02:00", Some("2026-09-14T08:12:47Z")),
            ("2026-09-14T03:12:47.5-05:00", Some("2026-09-14T08:12:47.5Z")),
            ("2026-09-14 08:12:47", Some("2026-09-14T08:12:47Z")),
            ("2026-09-14", Some("2026-09-14T00:00:00Z")),
            ("1900-01-01T00:00:00", None),
            ("1899-12-30T00:00:00Z", None),
            ("0001-01-01T00:00:00", None),
            ("0001-01-01T00:00:00+05:00", None),
            ("1979-12-31T23:59:59", None),
            ("9999-12-31T23:59:59.9999999", None),
            ("9999-12-31T23:59:59Z", None),
            ("", None),
        ] {
            assert_eq!(date(&json!(sent)), Ok(read.map(|t| t.parse().unwrap())), "{sent}");
        }
        for odd in ["2026-02-30T00:00:00", "2026-09-14T25:00:00", "yesterday", "2026-09-14T08:12:47+99:99", "14/09/2026"] {
            assert_eq!(date(&json!(odd)), Err(Odd), "{odd}");
        }
        assert_eq!(date(&json!(1_726_300_000)), Err(Odd));
    }
}
