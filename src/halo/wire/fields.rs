//! The fields of one JSON object, each read only when asked for.

use std::{borrow::Cow, fmt};

use jiff::Timestamp;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Value, value::RawValue};

use super::value::{self, Odd};
use crate::{domain::Rgb, text::Untrusted};

/// As many fields as a ticket row has, about: room for them is made at once.
const FIELDS: usize = 96;

/// An object's fields as text, and the first one that could not be read.
///
/// A ticket row has about ninety fields of which thirty are wanted: the rest is skipped without being built.
#[derive(Debug)]
pub(in crate::halo) struct Fields<'a> {
    // Ninety names that are compared by their length first are found faster than they are hashed.
    raw: Vec<(Cow<'a, str>, &'a RawValue)>,
    first_array: Option<&'a RawValue>,
    problem: Option<String>,
}

impl<'a> Fields<'a> {
    /// Cuts an object into its fields.
    ///
    /// # Errors
    /// A sentence where `text` is no whole JSON object.
    pub(in crate::halo) fn parse(text: &'a str) -> Result<Self, String> {
        if !text.trim_start().starts_with('{') {
            return Err("it is not a JSON object".to_owned());
        }
        serde_json::from_str(text).map_err(|_| "its JSON is damaged".to_owned())
    }

    /// An object without fields, standing in for one that can't be cut.
    pub(super) fn none() -> Self {
        Self { raw: Vec::new(), first_array: None, problem: None }
    }

    /// Why the record can't be trusted, if a field was odd.
    pub(super) fn problem(&mut self) -> Option<String> {
        self.problem.take()
    }

    /// Notes a problem; the first one is kept.
    pub(super) fn complain(&mut self, name: &str, trouble: &str) {
        self.problem.get_or_insert_with(|| format!("its field {name} {trouble}"));
    }

    /// The text of a field's JSON, for lists within an answer.
    pub(in crate::halo) fn json(&self, name: &str) -> Option<&'a str> {
        self.raw.iter().rfind(|(known, _)| known == name).map(|(_, raw)| raw.get())
    }

    /// The first field that holds an array, but for the description of columns that ticket lists carry.
    pub(super) fn first_array(&self) -> Option<&'a str> {
        self.first_array.map(RawValue::get)
    }

    /// An integer; `None` where it is missing or null.
    pub(in crate::halo) fn integer(&mut self, name: &str) -> Option<i64> {
        self.read(name, |value| value::integer(&value), "is not a whole number").flatten()
    }

    /// An id or another integer; 0 where it is missing.
    pub(super) fn id(&mut self, name: &str) -> i64 {
        self.integer(name).unwrap_or_default()
    }

    /// A count; 0 where it is missing or negative.
    pub(super) fn count(&mut self, name: &str) -> u32 {
        u32::try_from(self.id(name).max(0)).unwrap_or(u32::MAX)
    }

    /// A number; 0 where it is missing.
    pub(in crate::halo) fn number(&mut self, name: &str) -> f64 {
        self.read(name, |value| value::number(&value), "is not a number").unwrap_or_default()
    }

    /// A flag; false where it is missing.
    pub(super) fn flag(&mut self, name: &str) -> bool {
        self.read(name, |value| value::flag(&value), "is neither true nor false").unwrap_or_default()
    }

    /// Text; empty where it is missing.
    pub(in crate::halo) fn string(&mut self, name: &str) -> String {
        self.read(name, value::string, "is not text").unwrap_or_default()
    }

    /// Text that strangers wrote.
    pub(super) fn text(&mut self, name: &str) -> Untrusted {
        Untrusted::new(self.string(name))
    }

    /// Text that is there or not.
    pub(super) fn optional_text(&mut self, name: &str) -> Option<Untrusted> {
        Some(self.text(name)).filter(|text| !text.is_empty())
    }

    /// A date; `None` where it is missing or a sentinel.
    pub(super) fn date(&mut self, name: &str) -> Option<Timestamp> {
        self.read(name, |value| value::date(&value), "is not a date").flatten()
    }

    /// A colour; none where it is no colour, since that hurts nobody.
    pub(super) fn colour(&mut self, name: &str) -> Option<Rgb> {
        let value: Value = serde_json::from_str(self.json(name)?).ok()?;
        Rgb::parse(value.as_str()?)
    }

    fn read<T>(&mut self, name: &str, read: impl FnOnce(Value) -> Result<T, Odd>, trouble: &str) -> Option<T> {
        // A field's own JSON may be too deep or hold a number beyond any range.
        let read = serde_json::from_str(self.json(name)?).map_err(|_| Odd).and_then(read);
        if read.is_err() {
            self.complain(name, trouble);
        }
        read.ok()
    }
}

/// Values are not looked into; of a repeated name the last one counts.
impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;

        impl<'de> Visitor<'de> for Entries {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Fields { raw: Vec::with_capacity(FIELDS), ..Fields::none() };
                while let Some((Name(name), value)) = map.next_entry::<Name<'de>, &'de RawValue>()? {
                    if value.get().as_bytes().first() == Some(&b'[') && name != "columns" {
                        fields.first_array.get_or_insert(value);
                    }
                    fields.raw.push((name, value));
                }
                Ok(fields)
            }
        }

        deserializer.deserialize_map(Entries)
    }
}

/// A field's name: borrowed unless it was written with escapes.
struct Name<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl<'de> Visitor<'de> for Text {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a field's name")
            }

            fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Borrowed(name)))
            }

            fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }
        }

        deserializer.deserialize_str(Text)
    }
}
