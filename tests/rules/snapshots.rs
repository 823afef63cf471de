//! Snapshot files must belong to an assertion that still exists.

use crate::source::Source;

/// Why a snapshot file is nobody's, if it is; `read` gives the text of a file named from the repository's root.
///
/// A snapshot's header says which file asserted it. Its name ends with the name given there, which stands in that file as a
/// literal (with `{…}` for the parts that a format fills in), or with the name of the test function, numbered from the second on.
pub(crate) fn orphaned(file_name: &str, content: &str, read: impl Fn(&str) -> Option<String>) -> Option<String> {
    let header = content.strip_prefix("---").and_then(|rest| rest.split_once("\n---")).map_or("", |(header, _)| header);
    let Some(path) = header.lines().find_map(|line| line.strip_prefix("source:")) else {
        return Some("its header names no source".to_owned());
    };
    let path = path.trim().trim_matches('"');
    let Some(text) = read(path) else { return Some(format!("its source {path} is gone")) };
    let stem = file_name.trim_end_matches(".snap");
    let full = stem.split_once('@').map_or(stem, |(name, _)| name);
    let source = Source::read(&text);
    // Module names and the snapshot's own name are both joined by two underscores.
    let names = full.match_indices("__").map(|(at, joint)| full.get(at + joint.len()..).unwrap_or_default()).chain([full]);
    let known = names.into_iter().any(|name| {
        let function = name.rsplit_once('-').filter(|(_, n)| n.parse::<u32>().is_ok()).map_or(name, |(function, _)| function);
        let is_function = source.tokens.windows(2).any(|pair| match pair {
            [keyword, word] => keyword == "fn" && (word == function || word.strip_prefix("test_") == Some(function)),
            _ => false,
        });
        is_function || source.literals.iter().any(|literal| fills(literal, name))
    });
    (!known).then(|| format!("no assertion in {path} has its name"))
}

/// Whether `name` is `pattern` with something in place of each `{…}`.
fn fills(pattern: &str, name: &str) -> bool {
    let mut fixed = Vec::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((_, after)) = after.split_once('}') else { return false };
        fixed.push(before);
        rest = after;
    }
    let Some((first, middle)) = fixed.split_first() else { return pattern == name };
    // A format of blanks alone would claim every file.
    if fixed.iter().all(|part| part.is_empty()) && rest.is_empty() {
        return false;
    }
    let Some(mut open) = name.strip_prefix(first).and_then(|open| open.strip_suffix(rest)) else { return false };
    middle.iter().all(|part| {
        let Some((_, after)) = open.split_once(part) else { return false };
        open = after;
        true
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCREENS: &str = r#"
        #[test] fn tickets_pane() { assert_snapshot!(screen); }
        #[test] fn sizes() { assert_snapshot!(format!("{pane}_at_{w}x{h}"), screen); assert_snapshot!("by_name", screen); }
    "#;

    fn check(file_name: &str) -> Option<String> {
        let read = |path: &str| (path == "tests/screens.rs").then(|| SCREENS.to_owned());
        orphaned(file_name, "---\nsource: tests/screens.rs\nexpression: x\n---\nbody", read)
    }

    #[test]
    fn a_snapshot_with_an_assertion_stays() {
        for name in
            ["screens__tickets_pane.snap", "screens__tickets_pane-2.snap", "screens__by_name.snap", "screens__list_at_80x24.snap"]
        {
            assert_eq!(check(name), None, "{name}");
        }
        assert_eq!(check("screens__inner__by_name@dark.snap"), None);
    }

    #[test]
    fn a_snapshot_without_one_is_found() {
        assert!(check("screens__clients_pane.snap").is_some());
        assert!(check("screens__list_of_80x24.snap").is_some());
        assert!(orphaned("a__b.snap", "---\nsource: tests/gone.rs\n---\n", |_| None).is_some());
        assert!(orphaned("a__b.snap", "no header", |_| Some(String::new())).is_some());
    }
}
