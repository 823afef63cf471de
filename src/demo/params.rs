//! Query parameters, read the way HaloPSA does: names in any case, unknown ones ignored, unreadable values as if absent.

use std::collections::HashMap;

use super::world::time::{self, Tick};

/// The query of one request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Params {
    values: HashMap<String, String>,
}

impl Params {
    /// Reads a query string; of a repeated name the last value counts.
    pub(crate) fn parse(query: &str) -> Self {
        let pairs = url::form_urlencoded::parse(query.as_bytes());
        let values = pairs.map(|(name, value)| (name.to_lowercase(), value.into_owned()));
        Self { values: values.filter(|(_, value)| !value.is_empty()).collect() }
    }

    /// The text of a parameter, never empty.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// The text in lower case, trimmed, for a search.
    pub(crate) fn needle(&self, name: &str) -> Option<String> {
        self.text(name).map(|text| text.trim().to_lowercase()).filter(|text| !text.is_empty())
    }

    /// A whole number.
    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        self.text(name)?.trim().parse().ok()
    }

    /// An id to filter by; HaloPSA takes 0 and below as "any".
    pub(crate) fn id(&self, name: &str) -> Option<u32> {
        self.number(name).filter(|id| *id > 0).map(|id| u32::try_from(id).unwrap_or(u32::MAX))
    }

    /// A switch: `true` or `1`.
    pub(crate) fn on(&self, name: &str) -> bool {
        self.switch(name) == Some(true)
    }

    /// A switch that may be absent.
    pub(crate) fn switch(&self, name: &str) -> Option<bool> {
        match self.text(name)?.to_ascii_lowercase().as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        }
    }

    /// Numbers between commas; `None` where there is no readable one.
    pub(crate) fn list(&self, name: &str) -> Option<Vec<u32>> {
        let ids: Vec<u32> = self.text(name)?.split(',').filter_map(|part| part.trim().parse().ok()).collect();
        (!ids.is_empty()).then_some(ids)
    }

    /// A time: ISO, with or without zone (then UTC).
    pub(crate) fn time(&self, name: &str) -> Option<Tick> {
        time::parse(self.text(name)?)
    }
}
