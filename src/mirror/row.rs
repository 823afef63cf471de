//! Columns to values and back.

use jiff::Timestamp;
use rusqlite::{Row, types::Value};

use crate::{
    domain::Rgb,
    text::{SafeText, Untrusted},
};

/// A moment; a number out of range is none.
pub(super) fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    Ok(row.get::<_, Option<i64>>(column)?.and_then(|millis| Timestamp::from_millisecond(millis).ok()))
}

/// A moment as stored.
pub(super) fn millis(time: Option<Timestamp>) -> Option<i64> {
    time.map(Timestamp::as_millisecond)
}

/// Text as one safe line.
pub(super) fn line(row: &Row<'_>, column: usize) -> rusqlite::Result<SafeText> {
    Ok(SafeText::line(row.get_ref(column)?.as_str()?))
}

/// Text as it came.
pub(super) fn untrusted(row: &Row<'_>, column: usize) -> rusqlite::Result<Untrusted> {
    Ok(Untrusted::new(row.get::<_, String>(column)?))
}

/// A count.
pub(super) fn unsigned(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    Ok(u64::try_from(row.get::<_, i64>(column)?).unwrap_or(0))
}

/// A small count.
pub(super) fn small(row: &Row<'_>, column: usize) -> rusqlite::Result<u32> {
    Ok(u32::try_from(row.get::<_, i64>(column)?).unwrap_or(0))
}

/// A colour.
pub(super) fn colour(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Rgb>> {
    let number = row.get::<_, Option<i64>>(column)?.and_then(|number| u32::try_from(number).ok());
    Ok(number.map(|number| {
        let [_, r, g, b] = number.to_be_bytes();
        Rgb(r, g, b)
    }))
}

/// A colour as stored.
pub(super) fn colour_number(colour: Option<Rgb>) -> Value {
    colour.map_or(Value::Null, |Rgb(r, g, b)| Value::Integer(i64::from(u32::from_be_bytes([0, r, g, b]))))
}

/// Text as stored.
pub(super) fn text(text: &Untrusted) -> Value {
    Value::Text(text.as_stored().to_owned())
}
