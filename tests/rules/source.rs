//! Rust source as these rules see it: tokens without comments, and string literals apart.

/// The tokens and the string literals of one file.
pub(crate) struct Source {
    /// Words, and punctuation one character at a time (`::` and `->` as one token); a literal is `""`.
    pub(crate) tokens: Vec<String>,
    /// What the string literals hold, escapes as written.
    pub(crate) literals: Vec<String>,
}

impl Source {
    /// Takes `text` apart. What does not parse as Rust gives some tokens, never a panic.
    pub(crate) fn read(text: &str) -> Self {
        let mut reader = Reader { rest: text, source: Self { tokens: Vec::new(), literals: Vec::new() } };
        while reader.step() {}
        reader.source
    }

    /// The tokens without the items under `#[cfg(test)]`, and the names of the modules declared (`mod x;`) under it.
    pub(crate) fn without_tests(&self) -> (Vec<&str>, Vec<&str>) {
        let tokens: Vec<&str> = self.tokens.iter().map(String::as_str).collect();
        let (mut kept, mut modules) = (Vec::new(), Vec::new());
        let mut rest = tokens.as_slice();
        while let Some((token, after)) = rest.split_first() {
            if let Some(after_attribute) = test_attribute(rest) {
                let (item, after_item) = split_item(after_attribute);
                if let [.., "mod", name, ";"] = item {
                    modules.push(*name);
                }
                rest = after_item;
            } else {
                kept.push(*token);
                rest = after;
            }
        }
        (kept, modules)
    }
}

/// What follows `#[cfg(test)]` (or `test` within `all`, `any`), if the tokens start with it.
fn test_attribute<'a, 'b>(tokens: &'a [&'b str]) -> Option<&'a [&'b str]> {
    let inside = tokens.strip_prefix(&["#", "[", "cfg", "("])?;
    let end = inside.iter().position(|token| *token == "]")?;
    let (condition, after) = inside.split_at(end);
    (condition.contains(&"test") && !condition.contains(&"not")).then(|| after.split_first().map_or(after, |(_, rest)| rest))
}

/// Words that begin an item or a statement; what has none of them is a field, a variant or an arm.
const KEYWORDS: [&str; 14] =
    ["const", "enum", "extern", "fn", "impl", "let", "macro_rules", "mod", "static", "struct", "trait", "type", "union", "use"];

/// Splits the item that the tokens start with from the rest: up to its `;`, its closing brace, or the comma after a field.
fn split_item<'a, 'b>(tokens: &'a [&'b str]) -> (&'a [&'b str], &'a [&'b str]) {
    let (mut depth, mut keyword) = (0_usize, "");
    for (at, token) in tokens.iter().enumerate() {
        match *token {
            "(" | "[" | "{" => depth += 1,
            // The end of what the item stands in.
            ")" | "]" | "}" if depth == 0 => return tokens.split_at(at),
            ")" | "]" | "}" => depth -= 1,
            word if depth == 0 && keyword.is_empty() && KEYWORDS.contains(&word) => keyword = word,
            _ => {}
        }
        let ends = match *token {
            ";" => true,
            "}" => keyword != "use",
            "," => keyword.is_empty(),
            _ => false,
        };
        if depth == 0 && ends {
            return tokens.split_at(at + 1);
        }
    }
    (tokens, &[])
}

struct Reader<'a> {
    rest: &'a str,
    source: Source,
}

impl Reader<'_> {
    /// Takes one token or comment; false at the end.
    fn step(&mut self) -> bool {
        self.rest = self.rest.trim_start();
        let Some(first) = self.rest.chars().next() else { return false };
        if self.rest.starts_with("//") {
            self.skip(self.rest.find('\n').unwrap_or(self.rest.len()));
        } else if self.rest.starts_with("/*") {
            self.comment();
        } else if let Some(length) = self.raw_string() {
            self.skip(length);
        } else if first == '"' || ["b\"", "c\""].iter().any(|start| self.rest.starts_with(start)) {
            self.string();
        } else if first == '\'' || self.rest.starts_with("b'") {
            self.quote();
        } else if first.is_alphanumeric() || first == '_' {
            self.rest = self.rest.strip_prefix("r#").unwrap_or(self.rest);
            let end = self.rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(self.rest.len());
            self.token(end.max(1));
        } else {
            let pair = self.rest.starts_with("::") || self.rest.starts_with("->") || self.rest.starts_with("=>");
            self.token(if pair { 2 } else { first.len_utf8() });
        }
        true
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }

    fn token(&mut self, bytes: usize) {
        self.source.tokens.push(self.rest.get(..bytes).unwrap_or_default().to_owned());
        self.skip(bytes);
    }

    fn literal(&mut self, content: &str) {
        self.source.tokens.push("\"\"".to_owned());
        self.source.literals.push(content.to_owned());
    }

    /// Block comments nest.
    fn comment(&mut self) {
        let mut depth = 0_usize;
        loop {
            if self.rest.starts_with("/*") {
                depth += 1;
                self.skip(2);
            } else if self.rest.starts_with("*/") {
                depth = depth.saturating_sub(1);
                self.skip(2);
            } else {
                self.skip(self.rest.chars().next().map_or(0, char::len_utf8));
            }
            if depth == 0 || self.rest.is_empty() {
                return;
            }
        }
    }

    /// A string with escapes, with or without a letter before its quote.
    fn string(&mut self) {
        let start = self.rest.find('"').map_or(0, |at| at + 1);
        let body = self.rest.get(start..).unwrap_or_default();
        let (mut escaped, mut end) = (false, body.len());
        for (at, c) in body.char_indices() {
            if !escaped && c == '"' {
                end = at;
                break;
            }
            escaped = !escaped && c == '\\';
        }
        self.literal(body.get(..end).unwrap_or_default());
        self.skip(start + end + 1);
    }

    /// The length of a raw string (`r"…"`, `br#"…"#`) that starts here; it is taken as a literal.
    fn raw_string(&mut self) -> Option<usize> {
        let after =
            self.rest.strip_prefix("br").or_else(|| self.rest.strip_prefix("cr")).or_else(|| self.rest.strip_prefix('r'))?;
        let hashes = after.len() - after.trim_start_matches('#').len();
        let body = after.get(hashes..)?.strip_prefix('"')?;
        let close = format!("\"{}", "#".repeat(hashes));
        let end = body.find(&close).unwrap_or(body.len());
        let content = body.get(..end)?;
        let length = self.rest.len() - body.len() + end + close.len();
        self.literal(content);
        Some(length)
    }

    /// A character literal, or a lifetime.
    fn quote(&mut self) {
        let start = self.rest.find('\'').map_or(0, |at| at + 1);
        let body = self.rest.get(start..).unwrap_or_default();
        let mut chars = body.chars();
        let (first, second) = (chars.next(), chars.next());
        if first == Some('\\') {
            // The escaped character may itself be a quote.
            let end = body.char_indices().skip(2).find(|(_, c)| *c == '\'').map_or(body.len(), |(at, _)| at);
            self.skip(start + end + 1);
        } else if second == Some('\'') {
            self.skip(start + first.map_or(0, char::len_utf8) + 1);
        } else {
            self.skip(start);
            return;
        }
        self.source.tokens.push("''".to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> String {
        Source::read(text).tokens.join(" ")
    }

    #[test]
    fn comments_and_literals_hold_no_code() {
        assert_eq!(tokens("a // crate::b\n c /* d /* e */ f */ g"), "a c g");
        assert_eq!(tokens(r##"x "crate::b \" y" r#"z " crate::c"# b"q" w"##), r#"x "" "" "" w"#);
        assert_eq!(tokens(r"f('\'', '\u{1b}', 'x', '\\', b'a') 'life r#type"), "f ( '' , '' , '' , '' , '' ) life type");
        assert_eq!(tokens("\"open"), "\"\"");
    }

    #[test]
    fn literals_are_kept_apart() {
        assert_eq!(Source::read(r##"f("one", r#"two"#)"##).literals, ["one", "two"]);
    }

    #[test]
    fn test_items_are_left_out() {
        let source = Source::read(
            "#[cfg(test)] mod tests { use crate::demo; fn f() { [1; 2]; } } fn kept() {} #[cfg(test)] pub(crate) mod hostile; \
             #[cfg(test)] use crate::{demo, halo}; #[cfg(not(test))] fn too() {} #[cfg(all(test, unix))] #[derive(X)] struct Y(u8); end",
        );
        let (kept, modules) = source.without_tests();
        assert_eq!(kept.join(" "), "fn kept ( ) { } # [ cfg ( not ( test ) ) ] fn too ( ) { } end");
        assert_eq!(modules, ["hostile"]);
    }

    #[test]
    fn a_field_for_tests_takes_nothing_else_along() {
        let source = Source::read("struct X { #[cfg(test)] a: Vec<u8>, b: B } enum Y { C, #[cfg(test)] D(u8) } end");
        assert_eq!(source.without_tests().0.join(" "), "struct X { b : B } enum Y { C , } end");
    }
}
