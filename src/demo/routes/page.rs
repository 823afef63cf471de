//! Pages of lists and the envelope around them.

use serde_json::{Map, Value, json};

use crate::demo::params::Params;

/// Rows where nothing else is asked for.
const DEFAULT: i64 = 50;
/// The most rows of a list that is not paged.
const MOST_UNPAGED: i64 = 1_000;

/// Which part of a list is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Page {
    /// The page's number and the size asked for, where the list is paged.
    paged: Option<(i64, i64)>,
    /// Rows before it.
    pub(super) skip: usize,
    /// Rows on it.
    pub(super) take: usize,
}

impl Page {
    /// Reads `pageinate`, `page_no`, `page_size` and `count`; no page has more than `cap` rows, whatever was asked for.
    pub(super) fn of(params: &Params, cap: i64) -> Self {
        let positive = |name| params.number(name).filter(|number| *number > 0);
        let size = |number: i64| usize::try_from(number).unwrap_or(usize::MAX);
        if params.on("pageinate") {
            let number = positive("page_no").unwrap_or(1);
            let asked = positive("page_size").unwrap_or(DEFAULT);
            let rows = asked.min(cap);
            return Self { paged: Some((number, asked)), skip: size((number - 1).saturating_mul(rows)), take: size(rows) };
        }
        Self { paged: None, skip: 0, take: size(positive("count").unwrap_or(DEFAULT).min(MOST_UNPAGED)) }
    }

    /// The envelope: the counts, and `rows` under `name`.
    pub(super) fn envelope(&self, name: &str, total: usize, rows: Vec<Value>) -> Map<String, Value> {
        let mut envelope = Map::new();
        if let Some((number, asked)) = self.paged {
            envelope.insert("page_no".to_owned(), json!(number));
            envelope.insert("page_size".to_owned(), json!(asked));
        }
        envelope.insert("record_count".to_owned(), json!(total));
        envelope.insert(name.to_owned(), Value::Array(rows));
        envelope
    }

    /// The page of an iterator: only its own rows are made.
    pub(super) fn cut<T>(&self, all: impl Iterator<Item = T>, make: impl FnMut(T) -> Value) -> (usize, Vec<Value>) {
        let all: Vec<T> = all.collect();
        let total = all.len();
        (total, all.into_iter().skip(self.skip).take(self.take).map(make).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cap_is_silent() {
        let page = Page::of(&Params::parse("pageinate=true&page_size=1000&page_no=3"), 100);
        assert_eq!((page.skip, page.take), (200, 100));
        let envelope = page.envelope("tickets", 717, Vec::new());
        assert_eq!((&envelope["page_size"], &envelope["record_count"]), (&json!(1000), &json!(717)));
    }

    #[test]
    fn without_paging_fifty_come() {
        assert_eq!(Page::of(&Params::parse("page_size=7"), 100).take, 50);
        assert_eq!(Page::of(&Params::parse("count=5000"), 100).take, 1_000);
        assert_eq!(Page::of(&Params::parse("paginate=true&page_no=4"), 100).skip, 0);
    }
}
