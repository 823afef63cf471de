//! Lists and single objects: the envelopes around records.

use serde_json::value::RawValue;

use super::{
    Fields, WireRecord,
    record::{Element, element},
};
use crate::halo::page::Page;

/// Reads a list: an array, else the array under one of the expected keys, else the first array of the object.
///
/// # Errors
/// A sentence where the text is cut off or holds no list.
pub(in crate::halo) fn list<T: WireRecord>(text: &str, bytes: u64) -> Result<Page<T>, String> {
    let (elements, record_count) = elements(text, T::LISTS)?;
    let mut page = Page { records: Vec::with_capacity(elements.len()), record_count, bad: 0, left_out: 0, bytes };
    for json in elements {
        match element(json.get()) {
            Element::Whole(record) => page.records.push(record),
            Element::Bad(record) => {
                page.bad += 1;
                page.records.extend(record);
            }
            Element::Foreign => {}
        }
    }
    Ok(page)
}

/// Reads a list of bare ids: numbers, or objects of which only the id counts.
///
/// # Errors
/// A sentence where the text is cut off or holds no list.
pub(in crate::halo) fn ids(text: &str, lists: &[&str], bytes: u64) -> Result<Page<i64>, String> {
    let (elements, record_count) = elements(text, lists)?;
    let mut page = Page { records: Vec::with_capacity(elements.len()), record_count, bad: 0, left_out: 0, bytes };
    for json in elements {
        let id = match Fields::parse(json.get()) {
            Ok(mut fields) => fields.integer("id"),
            Err(_) => serde_json::from_str(json.get()).ok().and_then(|value| super::value::integer(&value).ok().flatten()),
        };
        match id {
            Some(id) => page.records.push(id),
            None => page.bad += 1,
        }
    }
    Ok(page)
}

/// Reads one bare object.
///
/// # Errors
/// A sentence where there is none, or none with an id.
pub(in crate::halo) fn one<T: WireRecord>(text: &str) -> Result<T, String> {
    Fields::parse(text)?;
    match element(text) {
        Element::Whole(record) | Element::Bad(Some(record)) => Ok(record),
        Element::Bad(None) | Element::Foreign => Err("it is no record of the kind that was asked for".to_owned()),
    }
}

/// The elements of a list, uncut, and the number of all matches.
fn elements<'a>(text: &'a str, lists: &[&str]) -> Result<(Vec<&'a RawValue>, Option<u64>), String> {
    let damaged = |_| "its JSON is cut off or damaged".to_owned();
    if text.trim_start().starts_with('[') {
        return Ok((serde_json::from_str(text).map_err(damaged)?, None));
    }
    let mut envelope = Fields::parse(text)?;
    let record_count = envelope.integer("record_count").and_then(|count| u64::try_from(count).ok());
    let named = lists.iter().find_map(|key| envelope.json(key).filter(|json| json.starts_with('[')));
    match named.or_else(|| envelope.first_array()) {
        Some(array) => Ok((serde_json::from_str(array).map_err(damaged)?, record_count)),
        // Unset fields are left out: an envelope that counts nothing needs no list.
        None if record_count == Some(0) => Ok((Vec::new(), record_count)),
        None => Err("it holds no list".to_owned()),
    }
}
