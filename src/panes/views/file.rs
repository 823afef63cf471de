//! `views.toml`: views of the operator's own, read beside the shipped ones.

use std::{fmt, time::Duration};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{Layout, View, shipped};
use crate::{
    domain::{GroupBy, SavedView},
    panes::tickets::columns,
    query::{Query, Sort},
    text::SafeText,
};

/// What is wrong with a view of the file; it is left out, the others are not. Quotes the file: make it safe before showing it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViewComplaint {
    /// The line in the file, from 1.
    pub line: usize,
    /// What is wrong.
    pub what: String,
}

/// `line 3: a view needs a name`.
impl fmt::Display for ViewComplaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

/// The fastest pace and the slowest, in seconds.
const PACES: std::ops::RangeInclusive<i64> = 15..=86_400;

/// The shipped views with those of the file: one of the same name takes its place or hides it, the others follow.
#[must_use]
pub fn read(text: &str) -> (Vec<View>, Vec<ViewComplaint>) {
    let mut views = shipped::views();
    let (document, errors) = DeTable::parse_recoverable(text);
    let broken = |error: &toml::de::Error| ViewComplaint {
        line: error.span().map_or(1, |span| line_of(text, span.start)),
        what: error.message().to_owned(),
    };
    let mut complaints: Vec<ViewComplaint> = errors.iter().map(broken).collect();
    // What a broken line is part of can't be known: a view with one is left out.
    let broken_at: Vec<usize> = errors.iter().filter_map(|error| Some(error.span()?.start)).collect();
    let mut tables = Vec::new();
    for (key, value) in document.get_ref() {
        match (key.get_ref().as_ref(), value.get_ref()) {
            ("view", DeValue::Array(list)) => tables.extend(list.iter()),
            (other, _) => complaints.push(ViewComplaint {
                line: line_of(text, key.span().start),
                what: format!("{other} means nothing here; views are [[view]]"),
            }),
        }
    }
    let starts: Vec<usize> = tables.iter().map(|table| table.span().start).collect();
    for (at, table) in tables.iter().enumerate() {
        let end = starts.get(at + 1).copied().unwrap_or(usize::MAX);
        let start = table.span().start;
        if broken_at.iter().any(|broken| (start..end).contains(broken)) {
            continue;
        }
        match one(text, table) {
            Err(complaint) => complaints.push(complaint),
            Ok((name, None)) => views.retain(|view| !same(view, &name)),
            Ok((name, Some(view))) => match views.iter_mut().find(|other| same(other, &name)) {
                Some(other) => *other = view,
                None => views.push(view),
            },
        }
    }
    complaints.sort_by_key(|complaint| complaint.line);
    (views, complaints)
}

fn same(view: &View, name: &str) -> bool {
    view.name.as_str().trim() == SafeText::line(name).as_str().trim()
}

/// One view; `None` where the file hides it.
fn one(text: &str, table: &Spanned<DeValue<'_>>) -> Result<(String, Option<View>), ViewComplaint> {
    let at = |offset: usize, what: String| ViewComplaint { line: line_of(text, offset), what };
    let DeValue::Table(fields) = table.get_ref() else {
        return Err(at(table.span().start, "a view is a table".to_owned()));
    };
    let mut saved = SavedView::default();
    let mut hidden = false;
    let mut places: Vec<(&str, usize)> = Vec::new();
    for (key, value) in fields {
        let word = || value.get_ref().as_str().map(str::to_owned);
        let wrong = |wanted: &str| at(key.span().start, format!("{} takes {wanted}", key.get_ref()));
        places.push((key.get_ref().as_ref(), key.span().start));
        match key.get_ref().as_ref() {
            "name" => saved.name = word().ok_or_else(|| wrong("a name in quotes"))?,
            "query" => saved.query = word().ok_or_else(|| wrong("a query in quotes"))?,
            "sort" => saved.sort = Some(word().ok_or_else(|| wrong("what stands after sort: in quotes"))?),
            "group" => saved.group = Some(word().ok_or_else(|| wrong("a word in quotes"))?),
            "hidden" => match value.get_ref() {
                DeValue::Boolean(yes) => hidden = *yes,
                _ => return Err(wrong("true or false")),
            },
            "refresh" => {
                let seconds = value.get_ref().as_integer().and_then(|number| number.as_str().parse::<i64>().ok());
                let seconds =
                    seconds.filter(|seconds| PACES.contains(seconds)).ok_or_else(|| wrong("seconds from 15 to 86400"))?;
                saved.refresh = u64::try_from(seconds).ok();
            }
            "columns" => {
                let list = value.get_ref().as_array().ok_or_else(|| wrong("a list of names in quotes"))?;
                let words: Option<Vec<String>> = list.iter().map(|word| word.get_ref().as_str().map(str::to_owned)).collect();
                saved.columns = Some(words.ok_or_else(|| wrong("a list of names in quotes"))?);
            }
            other => return Err(at(key.span().start, format!("{other} is no setting of a view"))),
        }
    }
    let line = |key: &str| places.iter().find(|(other, _)| *other == key).map_or(table.span().start, |(_, at)| *at);
    if saved.name.trim().is_empty() {
        return Err(at(line("name"), "a view needs a name".to_owned()));
    }
    if hidden {
        return Ok((saved.name, None));
    }
    match View::read(&saved) {
        Ok(view) => Ok((saved.name, Some(view))),
        Err((key, what)) => Err(at(line(key), format!("{key}: {what}"))),
    }
}

/// Which key of a view is wrong, and why.
pub(crate) type Wrong = (&'static str, String);

impl View {
    /// A view as it was saved.
    pub(crate) fn read(saved: &SavedView) -> Result<Self, Wrong> {
        let mut view = Self::new(saved.name.trim(), &saved.query).map_err(|error| ("query", error.to_string()))?;
        if let Some(sort) = &saved.sort {
            view.layout.sort = read_sort(sort).map_err(|why| ("sort", why))?;
        }
        if let Some(names) = &saved.columns {
            view.layout.columns = Some(read_columns(names.iter().map(String::as_str)).map_err(|why| ("columns", why))?);
        }
        if let Some(word) = &saved.group {
            view.layout.group = Some(GroupBy::parse(word).ok_or_else(|| ("group", no_group(word)))?);
        }
        view.refresh = saved.refresh.map(Duration::from_secs);
        Ok(view)
    }

    /// The view as it is saved.
    pub(crate) fn saved(&self) -> SavedView {
        let Layout { sort, columns, group } = &self.layout;
        let sort = Query { terms: Vec::new(), sort: sort.clone() }.to_string();
        SavedView {
            name: self.name.to_string(),
            query: self.query.to_string(),
            sort: sort.strip_prefix("sort:").map(str::to_owned),
            columns: columns.as_ref().map(|names| names.iter().map(|name| (*name).to_owned()).collect()),
            group: group.map(|by| by.word().to_owned()),
            refresh: self.refresh.map(|every| every.as_secs()),
        }
    }
}

/// What is said of a word that nothing can be grouped by.
pub(crate) fn no_group(word: &str) -> String {
    let words: Vec<&str> = GroupBy::ALL.iter().map(|by| by.word()).collect();
    format!("nothing is grouped by {word}; there are {}", words.join(", "))
}

/// The order that stands after `sort:`; at most three keys count.
pub(crate) fn read_sort(words: &str) -> Result<Vec<Sort>, String> {
    let words = words.split([',', ' ']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(",");
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let mut sort = Query::parse(&format!("sort:{words}")).map_err(|error| error.to_string())?.sort;
    sort.truncate(super::SORT_KEYS);
    Ok(sort)
}

/// The columns of these names, each once.
pub(crate) fn read_columns<'a>(names: impl Iterator<Item = &'a str>) -> Result<Vec<&'static str>, String> {
    let mut found: Vec<&'static str> = Vec::new();
    for name in names {
        let Some(column) = columns::find(name) else {
            let all: Vec<&str> = columns::ALL.iter().map(|column| column.name).collect();
            return Err(format!("no column is called {name}; there are {}", all.join(", ")));
        };
        if !found.contains(&column.name) {
            found.push(column.name);
        }
    }
    if found.is_empty() { Err("at least one column is needed".to_owned()) } else { Ok(found) }
}

/// The line of a byte offset, from 1.
fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn views_take_the_place_of_shipped_ones_hide_them_or_follow() {
        let text = "[[view]]\nname = \"Mine\"\nquery = \"@me sort:-updated\"\n[[view]]\nname = \"Changed\"\nhidden = true\n[[view]]\n\
            name = \"VIP\"\nquery = \"is:open is:vip\"\nsort = \"pri, -updated\"\ncolumns = [\"id\", \"last\"]\ngroup = \"client\"\n\
            refresh = 30\n";
        let (views, complaints) = read(text);
        assert_eq!(complaints, []);
        let shown: Vec<_> = views.iter().map(View::saved).collect();
        assert_eq!(shown.len(), shipped::views().len());
        assert_eq!(
            (shown[1].query.as_str(), shown[1].sort.as_deref()),
            ("@me", Some("-updated")),
            "an order in the query counts"
        );
        assert!(shown.iter().all(|view| view.name != "Changed"));
        let vip = shown.last().unwrap();
        assert_eq!((vip.sort.as_deref(), vip.group.as_deref(), vip.refresh), (Some("pri,-updated"), Some("client"), Some(30)));
        assert_eq!(vip.columns.as_deref(), Some(&["id".to_owned(), "last".to_owned()][..]));
        assert_eq!(View::read(vip).unwrap().saved(), *vip, "what was saved is read as the same");
    }

    #[test]
    fn a_bad_view_is_told_by_its_line_and_never_takes_the_others_away() {
        let good = "[[view]]\nname = \"Good\"\nquery = \"is:open\"\n";
        for (bad, line, what) in [
            ("[[view]]\nname = \"B\"\nquery = \"statu:x\"\n", 6, "query: did you mean status?"),
            ("[[view]]\nquery = \"x\"\n", 4, "a view needs a name"),
            ("[[view]]\nname = \"B\"\nsort = \"size\"\n", 6, "sort:"),
            ("[[view]]\nname = \"B\"\ncolumns = [\"size\"]\n", 6, "columns: no column is called size"),
            ("[[view]]\nname = \"B\"\ngroup = \"size\"\n", 6, "group: nothing is grouped by size"),
            ("[[view]]\nname = \"B\"\nrefresh = 3\n", 6, "refresh takes seconds"),
            ("[[view]]\nname = \"B\"\nquary = \"x\"\n", 6, "quary is no setting of a view"),
            ("[[view]]\nname = \"B\"\nquery = \"x\n", 6, ""),
            ("[other]\nx = 1\n", 4, "other means nothing here"),
        ] {
            let (views, complaints) = read(&format!("{good}{bad}[[view]]\nname = \"Last\"\n"));
            assert_eq!((complaints[0].line, complaints[0].what.starts_with(what)), (line, true), "{bad}: {complaints:?}");
            let names: Vec<_> = views.iter().map(|view| view.name.as_str()).collect();
            assert!(names.contains(&"Good") && names.contains(&"Last") && !names.contains(&"B"), "{bad}: {names:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn never_fails(text in "(\\[\\[view\\]\\]\n|name|query|=|\"|[a-z]|\n| |\\[|\\]){0,60}") {
            let (views, _) = read(&text);
            proptest::prop_assert!(views.len() < 100);
        }
    }
}
