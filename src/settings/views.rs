//! `views.toml`: the operator's views, read as text and changed with its comments and its order kept.

use std::path::PathBuf;

use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, value};

use super::{
    Paths,
    atomic::{Hold, behind_links, replace},
    edit::set,
    guard::{self, Trust, unreadable},
};
use crate::domain::{Failure, SavedView, ViewEdit};

/// The key of the views.
const VIEW: &str = "view";

/// The text of `views.toml`, with its path for messages; `None` where there is no such file.
///
/// # Errors
/// A file that can't be read, is larger than 1 MiB, or that others could write.
pub fn views_text(paths: &Paths) -> Result<Option<(PathBuf, String)>, Failure> {
    let path = paths.views_file();
    Ok(guard::read(&path, Trust::Settings)?.map(|text| (path, text.to_string())))
}

/// Changes one view in `views.toml`; everything else in it stays as it is.
///
/// # Errors
/// A file that is not understood (it is never overwritten), a disk that refuses.
pub fn change_views(paths: &Paths, edit: &ViewEdit) -> Result<(), Failure> {
    let hold = Hold::take(paths.config_dir())?;
    let named = paths.views_file();
    let text = guard::read(&named, Trust::Settings)?.unwrap_or_default();
    let changed = changed(&text, edit).map_err(|why| unreadable(&named, &why))?;
    if changed == *text {
        return Ok(());
    }
    replace(&hold, &behind_links(&named)?, &changed)
}

/// The text with the change in it, or why it can't be changed.
fn changed(text: &str, edit: &ViewEdit) -> Result<String, String> {
    let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| error.to_string())?;
    let views = document.entry(VIEW).or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
    let views =
        views.as_array_of_tables_mut().ok_or("its views are written in a way that can't be changed here: [[view]] is needed")?;
    let place = |views: &ArrayOfTables, name: &str| {
        views.iter().position(|table| table.get("name").and_then(Item::as_str).is_some_and(|other| other.trim() == name))
    };
    match edit {
        ViewEdit::Put(old, view) => {
            let at = place(views, old).unwrap_or_else(|| {
                views.push(Table::new());
                views.len() - 1
            });
            if let Some(table) = views.get_mut(at) {
                write(table, view);
            }
        }
        ViewEdit::Remove { name, shipped } => {
            let at = place(views, name);
            if *shipped {
                let at = at.unwrap_or_else(|| {
                    views.push(Table::new());
                    views.len() - 1
                });
                if let Some(table) = views.get_mut(at) {
                    set(table, "name", Some(name.as_str()));
                    set(table, "hidden", Some(true));
                }
            } else if let Some(at) = at {
                views.remove(at);
            }
        }
    }
    Ok(document.to_string())
}

fn write(table: &mut Table, view: &SavedView) {
    set(table, "name", Some(view.name.as_str()));
    set(table, "query", Some(view.query.as_str()));
    set(table, "sort", view.sort.as_deref());
    set_list(table, "columns", view.columns.as_deref());
    set(table, "group", view.group.as_deref());
    set(table, "refresh", view.refresh.and_then(|seconds| i64::try_from(seconds).ok()));
    // Whoever saves a view wants to see it.
    table.remove("hidden");
}

/// Sets a list, or leaves it as it is written where it says the same.
fn set_list(table: &mut Table, key: &str, new: Option<&[String]>) {
    let same = |old: &Array, new: &[String]| old.iter().map(|word| word.as_str()).eq(new.iter().map(|word| Some(word.as_str())));
    match (new, table.get(key).and_then(Item::as_array)) {
        (None, _) => {
            table.remove(key);
        }
        (Some(new), Some(old)) if same(old, new) => {}
        (Some(new), _) => {
            let mut list = Array::new();
            list.extend(new.iter().map(String::as_str));
            match table.get_mut(key) {
                Some(Item::Value(old)) => {
                    let decor = old.decor().clone();
                    *old = list.into();
                    *old.decor_mut() = decor;
                }
                _ => {
                    table.insert(key, value(list));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# mine, by hand\n\n[[view]]\nname = \"VIP\" # who matters\n# the query\nquery = \"is:open is:vip\"\n\
        columns = [\"id\", \"summary\"] # few\n\n# the second\n[[view]]\nname = \"Old\"\nquery = \"age:>30d\"\n";

    fn view(name: &str, query: &str) -> SavedView {
        SavedView { name: name.into(), query: query.into(), ..SavedView::default() }
    }

    #[test]
    fn comments_and_order_survive_a_change() {
        let columns = Some(vec!["id".into(), "summary".into()]);
        let new = SavedView { sort: Some("sla,-id".into()), columns, refresh: Some(30), ..view("VIP today", "is:vip") };
        let text = changed(FILE, &ViewEdit::Put("VIP".into(), new)).unwrap();
        let expected = FILE.replace("\"VIP\"", "\"VIP today\"").replace("is:open is:vip", "is:vip");
        let expected = expected.replace("# few\n", "# few\nsort = \"sla,-id\"\nrefresh = 30\n");
        assert_eq!(text, expected);
        assert_eq!(
            changed(&text, &ViewEdit::Put("VIP today".into(), view("VIP today", "is:vip"))).unwrap().matches('#').count(),
            4
        );
    }

    #[test]
    fn a_new_view_comes_last_and_a_shipped_one_is_hidden() {
        let text = changed("", &ViewEdit::Put("New".into(), view("New", "is:open"))).unwrap();
        assert_eq!(text, "[[view]]\nname = \"New\"\nquery = \"is:open\"\n");
        let text = changed(&text, &ViewEdit::Remove { name: "Mine".into(), shipped: true }).unwrap();
        assert!(text.ends_with("[[view]]\nname = \"Mine\"\nhidden = true\n"), "{text}");
        let text = changed(FILE, &ViewEdit::Remove { name: "Old".into(), shipped: false }).unwrap();
        assert!(text.contains("# mine, by hand") && !text.contains("age:>30d"), "{text}");
    }

    #[test]
    fn what_is_not_understood_is_not_overwritten() {
        for broken in ["[[view]\n", "view = 3\n"] {
            assert!(changed(broken, &ViewEdit::Put("x".into(), view("x", ""))).is_err(), "{broken}");
        }
    }
}
