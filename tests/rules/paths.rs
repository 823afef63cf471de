//! Which rooms a file's tokens name.

/// The rooms that the tokens of a file name; `*` where the whole house is taken in at once.
///
/// `depth` is how many modules deep the file's own module is (0 for `lib.rs`, 1 for `room/mod.rs`). Paths count whether they
/// start with `crate`, with the crate's name as seen from outside (`root`), or with enough `super`.
pub(crate) fn rooms(tokens: &[&str], depth: usize, root: &str) -> Vec<String> {
    let mut found = Vec::new();
    // Braces open, and at which of them a module began.
    let (mut braces, mut modules) = (0_usize, Vec::new());
    for (at, token) in tokens.iter().enumerate() {
        let after = tokens.get(at + 1..).unwrap_or_default();
        let before = at.checked_sub(1).and_then(|at| tokens.get(at)).copied().unwrap_or_default();
        match *token {
            "{" => {
                braces += 1;
                let declared = at.checked_sub(2).and_then(|at| tokens.get(at)).copied();
                if declared == Some("mod") {
                    modules.push(braces);
                }
            }
            "}" => {
                if modules.last() == Some(&braces) {
                    modules.pop();
                }
                braces = braces.saturating_sub(1);
            }
            "crate" if after.first() == Some(&"as") => found.push("*".to_owned()),
            "crate" if after.first() == Some(&"::") => {
                tree(after.get(1..).unwrap_or_default(), 0, &mut found);
            }
            word if word == root && before != "." && after.first() == Some(&"::") => {
                tree(after.get(1..).unwrap_or_default(), 0, &mut found);
            }
            word if word == root && matches!(before, "use" | "crate") => found.push("*".to_owned()),
            "super" if !(before == "::" && at.checked_sub(2).and_then(|at| tokens.get(at)) == Some(&"super")) => {
                let inner = depth + modules.len();
                let upwards = inner.saturating_sub(1);
                if upwards == 0 && after.first() == Some(&"as") {
                    found.push("*".to_owned());
                }
                if inner > 0 && after.first() == Some(&"::") {
                    tree(after.get(1..).unwrap_or_default(), upwards, &mut found);
                }
            }
            _ => {}
        }
    }
    found.sort();
    found.dedup();
    found
}

/// Reads the path or group after `::`, `above` modules below the root of the house; gives the end of what was read.
fn tree(tokens: &[&str], above: usize, found: &mut Vec<String>) -> usize {
    match tokens {
        ["{", inside @ ..] => {
            let mut at = 0;
            while let Some(token) = inside.get(at) {
                match *token {
                    "}" => return at + 2,
                    "," => at += 1,
                    _ => {
                        at += tree(inside.get(at..).unwrap_or_default(), above, found);
                        at += rest_of_branch(inside.get(at..).unwrap_or_default());
                    }
                }
            }
            at + 1
        }
        ["super", "::", rest @ ..] if above > 0 => 2 + tree(rest, above - 1, found),
        ["super", ..] if above == 1 => {
            found.push("*".to_owned());
            1
        }
        ["self", "::", rest @ ..] => 2 + tree(rest, above, found),
        [name, ..] => {
            if above == 0 {
                found.push(if *name == "self" { "*" } else { name }.to_owned());
            }
            1
        }
        [] => 0,
    }
}

/// How many tokens are left of a branch of a group: up to its comma or the brace that ends the group.
fn rest_of_branch(tokens: &[&str]) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        match *token {
            "{" => depth += 1,
            "}" | "," if depth == 0 => return at,
            "}" => depth -= 1,
            _ => {}
        }
    }
    tokens.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    fn named(text: &str, depth: usize) -> Vec<String> {
        let source = Source::read(text);
        let (tokens, _) = source.without_tests();
        rooms(&tokens, depth, "halo_tui")
    }

    #[test]
    fn finds_paths_of_every_form() {
        assert_eq!(named("use crate::text::SafeText;", 1), ["text"]);
        assert_eq!(named("use crate::{domain::{a, b::c}, text, halo as h, query::*};", 1), ["domain", "halo", "query", "text"]);
        assert_eq!(named("fn f(x: &crate::halo::X) -> crate::sync::Y { crate::mirror::z() }", 1), ["halo", "mirror", "sync"]);
        assert_eq!(
            named("use halo_tui::{cli, runtime::run}; fn main() { halo_tui::session::start(); }", 0),
            ["cli", "runtime", "session"]
        );
        assert_eq!(named("pub(in crate::text) fn f() {}", 2), ["text"]);
        assert_eq!(named("use ::halo_tui::demo;", 0), ["demo"]);
        assert_eq!(named("macro_rules! m { () => { $crate::halo::x() } }", 1), ["halo"]);
    }

    #[test]
    fn finds_a_way_out_by_super() {
        assert_eq!(named("use super::halo::X;", 1), ["halo"]);
        assert_eq!(named("use super::sibling::X;", 2), Vec::<String>::new());
        assert_eq!(named("use super::super::halo::X;", 2), ["halo"]);
        assert_eq!(named("use super::{super::halo, own};", 2), ["halo"]);
        assert_eq!(named("use self::super::super::{sync, halo::X};", 2), ["halo", "sync"]);
        assert_eq!(named("mod inner { use super::super::halo; fn f() { if true {} } } use super::own;", 1), ["halo", "own"]);
        assert_eq!(named("mod inner { use super::own; }", 1), Vec::<String>::new());
        assert_eq!(named("fn f() { super::super::super::mirror::x() }", 3), ["mirror"]);
    }

    #[test]
    fn taking_in_the_whole_house_is_seen() {
        for text in
            ["use crate::*;", "use crate as house;", "use crate::{self as house};", "use super::*;", "use super as house;"]
        {
            assert_eq!(named(text, 1), ["*"], "{text}");
        }
        assert_eq!(named("use super::super as house;", 2), ["*"]);
        assert_eq!(named("use halo_tui as house;", 0), ["*"]);
    }

    #[test]
    fn words_that_only_look_like_paths_are_not() {
        assert_eq!(named("// crate::halo\n/// [`crate::sync`]\nfn f() { \"crate::mirror\" }", 1), Vec::<String>::new());
        assert_eq!(named("pub(crate) fn f() {} pub(super) fn g() {}", 1), Vec::<String>::new());
        assert_eq!(named("#[cfg(test)] mod tests { use crate::demo; }", 1), Vec::<String>::new());
    }
}
