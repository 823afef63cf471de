//! Rules about single words of a file.

/// Constructors that make text of a frame from any string.
const CONSTRUCTORS: [&str; 6] = ["raw", "styled", "from", "from_iter", "new", "default"];

/// Where a frame's text is made by hand: `Span::raw`, `Line { … }`, `Text as T`, or the traits that turn any string into text.
pub(crate) fn raw_text(tokens: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| tokens.get(at)).copied().unwrap_or_default();
        if matches!(*token, "ToSpan" | "ToLine" | "ToText") {
            found.push((*token).to_owned());
        }
        if !matches!(*token, "Span" | "Line" | "Text") {
            continue;
        }
        // A turbofish stands between the type and its constructor.
        let mut after = tokens.get(at + 1..).unwrap_or_default();
        if let ["::", "<", rest @ ..] | ["<", rest @ ..] = after {
            after = rest.iter().position(|token| *token == ">").and_then(|end| rest.get(end + 1..)).unwrap_or_default();
        }
        match after {
            ["::", name, ..] if CONSTRUCTORS.contains(name) => found.push(format!("{token}::{name}")),
            ["as", name, ..] => found.push(format!("{token} as {name}")),
            ["{", ..] if !matches!(before, "->" | "for" | "impl" | "struct" | "enum" | "trait" | "::" | ">") => {
                found.push(format!("{token} {{ … }}"));
            }
            _ => {}
        }
    }
    found
}

/// Whether a test is left out of the run: `#[ignore]`, with a reason or under a condition.
pub(crate) fn ignores_a_test(tokens: &[&str]) -> bool {
    let mut rest = tokens;
    while let Some((token, after)) = rest.split_first() {
        if *token == "#"
            && let Some(("[", inside)) = after.split_first().map(|(first, inside)| (*first, inside))
            && let Some(end) = inside.iter().position(|token| *token == "]")
            && let Some(attribute) = inside.get(..end)
            && (attribute.first() == Some(&"ignore") || (attribute.first() == Some(&"cfg_attr") && attribute.contains(&"ignore")))
        {
            return true;
        }
        rest = after;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    fn check<T>(text: &str, rule: impl Fn(&[&str]) -> T) -> T {
        let source = Source::read(text);
        let tokens: Vec<&str> = source.tokens.iter().map(String::as_str).collect();
        rule(&tokens)
    }

    #[test]
    fn text_made_by_hand_is_found() {
        for (text, found) in [
            ("Span::raw(x)", "Span::raw"),
            ("x.map(ratatui::text::Line::from)", "Line::from"),
            ("Line::<'static>::default()", "Line::default"),
            ("<Text<'_>>::styled(a, b)", ""),
            ("use ratatui::text::Span as S;", "Span as S"),
            ("let x = Line { spans, ..y };", "Line { … }"),
            ("use ratatui::text::ToSpan;", "ToSpan"),
            ("fn f() -> Line<'static> { g() }", ""),
            ("fn f() -> Line { g() }", ""),
            ("impl Widget for Line {}", ""),
            ("line.spans.len(); Field::Text", ""),
        ] {
            assert_eq!(check(text, raw_text).join(","), found, "{text}");
        }
    }

    #[test]
    fn ignored_tests_are_found() {
        for text in ["#[test] #[ignore] fn f() {}", "#[ignore = \"slow\"] fn f() {}", "#[cfg_attr(unix, ignore)] fn f() {}"] {
            assert!(check(text, ignores_a_test), "{text}");
        }
        assert!(!check("fn ignore() { let x = [ignore]; } // #[ignore]", ignores_a_test));
    }
}
