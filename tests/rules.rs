//! The rules of the house: which room may import which, which room alone names a crate, and what no file may do.
//!
//! Code under `#[cfg(test)]` may import any room and any crate: it is not part of the program. Everything else is held to
//! the table, however the path is written.

#[path = "rules/lints.rs"]
mod lints;
#[path = "rules/paths.rs"]
mod paths;
#[path = "rules/snapshots.rs"]
mod snapshots;
#[path = "rules/source.rs"]
mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use source::Source;

/// Each room and the rooms that it may import; `main` is `main.rs` and may import all.
const ROOMS: [(&str, &[&str]); 17] = [
    ("cli", &["session", "settings", "demo", "query", "domain", "text"]),
    (
        "runtime",
        &[
            "terminal", "app", "panes", "ui", "keys", "msg", "session", "sync", "halo", "mirror", "settings", "query", "domain",
            "text",
        ],
    ),
    ("terminal", &["msg", "text"]),
    ("app", &["panes", "keys", "ui", "msg", "query", "domain", "text"]),
    ("panes", &["keys", "ui", "msg", "query", "domain", "text"]),
    ("ui", &["domain", "text"]),
    ("keys", &["msg"]),
    ("msg", &["query", "domain", "text"]),
    ("session", &["sync", "halo", "mirror", "settings", "query", "domain", "text"]),
    ("sync", &["halo", "mirror", "domain", "text"]),
    ("halo", &["domain", "text"]),
    ("mirror", &["query", "domain", "text"]),
    ("settings", &["domain", "text"]),
    ("demo", &[]),
    ("query", &["domain", "text"]),
    ("domain", &["text"]),
    ("text", &[]),
];

/// Words that stand for a crate, and the rooms that alone may use them.
const CRATES: [(&[&str], &[&str]); 6] = [
    (&["crossterm", "CrosstermBackend", "ratatui_crossterm"], &["terminal"]),
    (&["reqwest"], &["halo"]),
    (&["rusqlite"], &["mirror"]),
    (&["confy"], &["settings"]),
    (&["axum"], &["demo"]),
    (&["ratatui"], &["ui", "panes", "app", "terminal"]),
];

/// One file of `src/`, without its tests.
struct File {
    path: PathBuf,
    room: String,
    /// Modules from the crate's root down to the file's own.
    depth: usize,
    source: Source,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file under `folder` with this extension, in order; none where there is no such folder.
fn files_under(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn read(path: &Path) -> Source {
    Source::read(&std::fs::read_to_string(path).unwrap_or_default())
}

/// The files of the program: those of `src/` that are not themselves tests.
fn program() -> Vec<File> {
    let src = root().join("src");
    let files: Vec<_> = files_under(&src, "rs").into_iter().map(|path| (read(&path), path)).collect();
    let mut tests = BTreeSet::new();
    for (source, path) in &files {
        let folder = module_folder(path);
        for module in source.without_tests().1 {
            tests.insert(folder.join(format!("{module}.rs")));
            tests.insert(folder.join(module).join("mod.rs"));
        }
    }
    let program = files.into_iter().filter(|(_, path)| !tests.contains(path));
    program
        .filter_map(|(source, path)| {
            let modules = modules(path.strip_prefix(&src).ok()?);
            let room = modules.first().cloned().unwrap_or_else(|| "lib".to_owned());
            let depth = if room == "main" { 0 } else { modules.len() };
            Some(File { path, room, depth, source })
        })
        .collect()
}

/// Where the modules that a file declares lie.
fn module_folder(path: &Path) -> PathBuf {
    let own = path.file_stem().is_some_and(|stem| ["mod", "lib", "main"].iter().any(|root| stem == *root));
    if own { path.parent().unwrap_or(path).to_owned() } else { path.with_extension("") }
}

/// The module names of a file named from `src/`: `text/html/mod.rs` is `text`, `html`; `lib.rs` is none.
fn modules(path: &Path) -> Vec<String> {
    let mut names: Vec<_> = path.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if names.last().is_some_and(|last| last == "mod") || names == ["lib"] {
        names.pop();
    }
    names
}

/// Whether code of `room` may name `other`.
fn may_import(room: &str, other: &str) -> bool {
    let imports = ROOMS.iter().find(|(name, _)| *name == room).map(|(_, imports)| *imports);
    match imports {
        Some(imports) => room == other || imports.contains(&other),
        None => room == "main" && ROOMS.iter().any(|(name, _)| *name == other),
    }
}

/// The imports of a file that its room may not make.
fn forbidden_imports(room: &str, depth: usize, tokens: &[&str]) -> Vec<String> {
    paths::rooms(tokens, depth, "halo_tui").into_iter().filter(|named| !may_import(room, named)).collect()
}

/// The crates that a file names and its room may not.
fn forbidden_crates(room: &str, tokens: &[&str]) -> Vec<String> {
    let used = |words: &[&str]| words.iter().find(|word| tokens.contains(word)).map(|word| (*word).to_owned());
    CRATES.iter().filter(|(_, rooms)| !rooms.contains(&room)).filter_map(|(words, _)| used(words)).collect()
}

#[test]
fn every_room_stands_in_the_table() {
    let in_source: BTreeSet<_> = program().into_iter().map(|file| file.room).filter(|room| room != "lib").collect();
    let in_table: BTreeSet<_> = ROOMS.iter().map(|(room, _)| *room).chain(["main"]).map(str::to_owned).collect();
    assert_eq!(in_source, in_table);
}

#[test]
fn rooms_import_only_what_the_table_allows() {
    let mut broken = BTreeMap::new();
    for file in program().iter().filter(|file| file.room != "lib") {
        let (tokens, _) = file.source.without_tests();
        let forbidden = forbidden_imports(&file.room, file.depth, &tokens);
        if !forbidden.is_empty() {
            broken.insert(file.path.clone(), forbidden);
        }
    }
    assert!(broken.is_empty(), "imports against the table: {broken:#?}");
}

#[test]
fn a_crate_is_named_only_in_its_room() {
    let mut broken = BTreeMap::new();
    for file in program() {
        let (tokens, _) = file.source.without_tests();
        let forbidden = forbidden_crates(&file.room, &tokens);
        if !forbidden.is_empty() {
            broken.insert(file.path.clone(), forbidden);
        }
    }
    assert!(broken.is_empty(), "crates outside their room: {broken:#?}");
}

#[test]
fn text_of_a_frame_is_made_in_ui() {
    let mut broken = BTreeMap::new();
    for file in program().iter().filter(|file| ["panes", "app", "terminal", "runtime"].contains(&file.room.as_str())) {
        let (tokens, _) = file.source.without_tests();
        let found = lints::raw_text(&tokens);
        if !found.is_empty() {
            broken.insert(file.path.clone(), found);
        }
    }
    assert!(broken.is_empty(), "spans and lines made outside ui: {broken:#?}");
}

#[test]
fn modules_lie_where_their_names_say() {
    let broken: Vec<_> = program()
        .into_iter()
        .filter(|file| {
            let (tokens, _) = file.source.without_tests();
            tokens.windows(3).any(|three| matches!(three, ["#", "[", "path"] | ["include", "!", _]))
        })
        .map(|file| file.path)
        .collect();
    assert!(broken.is_empty(), "code brought in past the module tree: {broken:#?}");
}

#[test]
fn no_test_is_ignored() {
    let folders = ["src", "tests", "benches"];
    let files = folders.iter().flat_map(|folder| files_under(&root().join(folder), "rs"));
    let broken: Vec<_> = files
        .filter(|path| {
            let source = read(path);
            let tokens: Vec<&str> = source.tokens.iter().map(String::as_str).collect();
            lints::ignores_a_test(&tokens)
        })
        .collect();
    assert!(broken.is_empty(), "ignored tests: {broken:#?}");
}

#[test]
fn every_snapshot_has_its_assertion() {
    let mut broken = BTreeMap::new();
    for path in ["src", "tests"].iter().flat_map(|folder| files_under(&root().join(folder), "snap")) {
        let content = std::fs::read_to_string(&path).unwrap_or_default();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let reason = snapshots::orphaned(&name, &content, |source| std::fs::read_to_string(root().join(source)).ok());
        if let Some(reason) = reason {
            broken.insert(path, reason);
        }
    }
    assert!(broken.is_empty(), "orphaned snapshots: {broken:#?}");
}

/// The rules can fail: each finds a breach of its own.
mod breaches {
    use super::*;

    fn tokens_of(text: &str) -> Vec<String> {
        let source = Source::read(text);
        source.without_tests().0.into_iter().map(str::to_owned).collect()
    }

    fn imports(room: &str, depth: usize, text: &str) -> Vec<String> {
        let tokens = tokens_of(text);
        forbidden_imports(room, depth, &tokens.iter().map(String::as_str).collect::<Vec<_>>())
    }

    #[test]
    fn an_import_against_the_table_is_found() {
        assert_eq!(imports("text", 1, "use crate::domain::Ticket;"), ["domain"]);
        assert_eq!(imports("panes", 2, "fn f() { super::super::mirror::open(); crate::ui::x(); }"), ["mirror"]);
        assert_eq!(imports("runtime", 1, "use crate::{app, cli, demo::Server, session};"), ["cli", "demo"]);
        assert_eq!(imports("halo", 1, "use crate::*;"), ["*"]);
        assert_eq!(imports("keys", 1, "use crate::msg::Key; use crate::keys::own;"), Vec::<String>::new());
        assert_eq!(imports("main", 0, "use halo_tui::{cli, demo, nowhere};"), ["nowhere"]);
    }

    #[test]
    fn a_crate_in_the_wrong_room_is_found() {
        let tokens = tokens_of("use ratatui::crossterm::event; fn f() -> reqwest::Result<()> {}");
        let tokens: Vec<&str> = tokens.iter().map(String::as_str).collect();
        assert_eq!(forbidden_crates("panes", &tokens), ["crossterm", "reqwest"]);
        assert_eq!(forbidden_crates("halo", &tokens), ["crossterm", "ratatui"]);
    }

    #[test]
    fn files_have_the_depth_of_their_module() {
        for (path, names) in
            [("lib.rs", ""), ("text/mod.rs", "text"), ("text/html/link.rs", "text.html.link"), ("main.rs", "main")]
        {
            assert_eq!(modules(Path::new(path)).join("."), names);
        }
        assert_eq!(module_folder(Path::new("src/text/mod.rs")), Path::new("src/text"));
        assert_eq!(module_folder(Path::new("src/text/safe.rs")), Path::new("src/text/safe"));
    }
}
