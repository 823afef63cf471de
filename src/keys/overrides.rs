//! The operator's own keys: `keys.toml`, one table a layer, `"keys" = "command"`, `"none"` to unbind.

use std::fmt;

use toml::{Spanned, de::DeTable, de::DeValue};

use super::{
    layer::{Entry, Layer},
    notation::{parse_keys, print_keys},
};
use crate::msg::{Command, Key, KeyCode};

/// Whether a line of `keys.toml` was left out or only looks unwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The line was left out.
    Error,
    /// The line holds, but may not do what its writer hoped.
    Warning,
}

/// What is wrong with a line of the key file. Quotes the file: make it safe before showing it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// Whether the line was left out.
    pub severity: Severity,
    /// The line in the file, from 1; `None` for a table in code.
    pub line: Option<usize>,
    /// The layer and the keys as written, such as `[list] "g g"`; empty when the file as a whole can't be read.
    pub key: String,
    /// What is wrong with it.
    pub what: String,
}

impl Complaint {
    /// Whether a line was left out.
    pub(super) fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// A fault of a table in code.
    pub(super) fn in_code(layer: &str, what: String) -> Self {
        Self { severity: Severity::Error, line: None, key: format!("[{layer}]"), what }
    }
}

/// `line 3: [list] "g g": there is no command "tpo"`.
impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.what)
    }
}

/// Keys that terminals can't tell from others, and those that stop and start the output on many lines.
const UNWISE: &[(char, &str)] = &[
    ('h', "most terminals send backspace for it"),
    ('i', "terminals send tab for it"),
    ('j', "terminals send enter for it"),
    ('m', "terminals send enter for it"),
    ('s', "on many lines it stops the output"),
    ('q', "on many lines it starts the output again"),
];

/// Keys that mean the same everywhere, whatever the file says.
const RESERVED: &[(char, &str)] = &[('c', "it always ends the program"), ('z', "it always suspends the program")];

/// Overrides come before the table's own bindings in hints and help.
const BEFORE_TABLE: i32 = i32::MIN / 2;

/// One line of the file.
struct Line<'t> {
    number: usize,
    keys: &'t str,
    value: Option<&'t str>,
}

/// Applies the text of `keys.toml`; lines that can't be used are left out and told, in the order of the file.
pub(super) fn apply(layers: &mut [Layer], text: &str) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    let document = match DeTable::parse(text) {
        Ok(document) => document.into_inner(),
        Err(error) => {
            let line = error.span().map(|span| line_of(text, span.start));
            let what = error.message().to_owned();
            return vec![Complaint { severity: Severity::Error, line, key: String::new(), what }];
        }
    };
    for (name, value) in &document {
        let line = Some(line_of(text, name.span().start));
        let layer = layers.iter_mut().find(|layer| layer.table.layer == name.get_ref().as_ref());
        let (Some(layer), DeValue::Table(table)) = (layer, value.get_ref()) else {
            let what = "there is no such layer of keys".to_owned();
            complaints.push(Complaint { severity: Severity::Error, line, key: format!("[{}]", name.get_ref()), what });
            continue;
        };
        let mut lines: Vec<_> = table.iter().map(|(keys, value)| read_line(text, keys, value)).collect();
        lines.sort_by_key(|line| line.number);
        for (order, line) in (BEFORE_TABLE..).zip(&lines) {
            let key = format!("[{}] \"{}\"", layer.table.layer, line.keys);
            let told = apply_line(layer, line, order);
            complaints.extend(told.into_iter().map(|(severity, what)| Complaint {
                severity,
                line: Some(line.number),
                key: key.clone(),
                what,
            }));
        }
    }
    complaints.sort_by_key(|complaint| complaint.line);
    complaints
}

fn read_line<'t>(text: &str, keys: &'t Spanned<std::borrow::Cow<'_, str>>, value: &'t Spanned<DeValue<'_>>) -> Line<'t> {
    Line { number: line_of(text, keys.span().start), keys: keys.get_ref(), value: value.get_ref().as_str() }
}

/// Applies one line to its layer and tells what is wrong with it.
fn apply_line(layer: &mut Layer, line: &Line<'_>, order: i32) -> Vec<(Severity, String)> {
    match check(layer, line) {
        Err(what) => vec![(Severity::Error, what)],
        Ok((keys, command)) => {
            let mut told: Vec<_> = unwise(&keys).map(|what| (Severity::Warning, what)).into_iter().collect();
            let displaced: Vec<_> = layer.rivals(&keys).map(|(other, entry)| (other.clone(), entry.command)).collect();
            for (other, of) in displaced {
                layer.sequences.remove(&other);
                if other != keys
                    && let (Some(_), Some(of)) = (command, of)
                {
                    told.push((Severity::Warning, format!("takes the place of `{}` ({})", print_keys(&other), of.name())));
                }
            }
            layer.sequences.insert(keys, Entry { command, order });
            told
        }
    }
}

/// Reads one line, or says why it can't hold.
fn check(layer: &Layer, line: &Line<'_>) -> Result<(Vec<Key>, Option<Command>), String> {
    let keys = parse_keys(line.keys).map_err(|error| error.to_string())?;
    let name = line.value.ok_or("a command's name in quotes belongs here, or \"none\"")?;
    let command = match name {
        "none" => None,
        name => Some(Command::parse(name).ok_or_else(|| format!("there is no command \"{name}\""))?),
    };
    if let Some((c, why)) = RESERVED.iter().find(|(c, _)| keys.contains(&Key::ctrl(*c))) {
        return Err(format!("ctrl-{c} can't be changed: {why}"));
    }
    if layer.table.typing && keys.first().is_some_and(|key| matches!(key.code, KeyCode::Char(_)) && !key.ctrl && !key.alt) {
        return Err("characters are typed here; bind it with ctrl or alt".to_owned());
    }
    // Overrides displace the table's bindings, but never one another: which line is meant can't be known.
    let rival = layer.rivals(&keys).find(|(_, entry)| entry.order < 0);
    if let Some((other, _)) = rival {
        let how = if *other == keys { "is bound twice in this file" } else { "and a line above begin alike" };
        return Err(format!("`{}` {how} (`{}`)", print_keys(&keys), print_keys(other)));
    }
    if let (None, Some((other, _))) = (command, layer.rivals(&keys).find(|(other, _)| other.len() < keys.len())) {
        return Err(format!("`{}` is bound by itself, nothing can follow it", print_keys(other)));
    }
    Ok((keys, command))
}

/// Why a sequence may never arrive, if so.
fn unwise(keys: &[Key]) -> Option<String> {
    let (c, why) = UNWISE.iter().find(|(c, _)| keys.contains(&Key::ctrl(*c)))?;
    Some(format!("ctrl-{c} should not be bound: {why}"))
}

/// The line of a byte offset, from 1.
fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            keymap::{Keymap, Resolution},
            layer::{Binding, Table},
        },
        *,
    };

    const LIST: Table = Table {
        layer: "list",
        title: "List",
        typing: false,
        bindings: &[
            Binding::new("g g", Command::Top).hint(1),
            Binding::new("g e", Command::Bottom),
            Binding::new("x", Command::Open).hint(2),
        ],
    };
    const FILTER: Table =
        Table { layer: "filter", title: "Filter", typing: true, bindings: &[Binding::new("enter", Command::Accept)] };
    const BELOW: Table = Table { layer: "below", title: "Below", typing: false, bindings: &[Binding::new("q", Command::Quit)] };

    fn compile(text: &str) -> (Keymap, Vec<String>) {
        let (keymap, complaints) = Keymap::compile(&[LIST, FILTER, BELOW], text);
        (keymap, complaints.iter().map(ToString::to_string).collect())
    }

    fn command(keymap: &Keymap, keys: &str) -> Option<Command> {
        match keymap.lookup(&["list", "below"], &parse_keys(keys).unwrap()) {
            Resolution::Command(command) => Some(command),
            Resolution::Pending | Resolution::None => None,
        }
    }

    #[test]
    fn binds_moves_and_unbinds() {
        let (keymap, told) = compile("[list]\n\"t\" = \"top\"\n\"x\" = \"none\"\nq = \"none\"\n");
        assert_eq!(told, [""; 0]);
        assert_eq!(command(&keymap, "t"), Some(Command::Top));
        assert_eq!(command(&keymap, "g g"), Some(Command::Top));
        assert_eq!(command(&keymap, "x"), None);
        assert_eq!(command(&keymap, "q"), None, "unbound here hides the layer below");
        let hints = keymap.hints(&["list"], 9);
        assert_eq!(hints.iter().map(|h| h.keys.as_str()).collect::<Vec<_>>(), ["t"], "the operator's key is the one shown");
    }

    #[test]
    fn faults_name_line_and_key_and_leave_the_rest() {
        let text = "# mine\n[list]\n\"x\" = \"tpo\"\n\"gg\" = \"top\"\n\"y\" = 3\n\"o\" = \"open\"\n[lits]\n\"x\" = \"open\"\n";
        let (keymap, told) = compile(text);
        assert_eq!(told[0], "line 3: [list] \"x\": there is no command \"tpo\"");
        assert!(told[1].starts_with("line 4: [list] \"gg\": there is no key `gg`"), "{}", told[1]);
        assert!(told[2].starts_with("line 5: [list] \"y\": a command's name"), "{}", told[2]);
        assert_eq!(told[3], "line 7: [lits]: there is no such layer of keys");
        assert_eq!(told.len(), 4);
        assert_eq!(command(&keymap, "o"), Some(Command::Open));
        assert_eq!(command(&keymap, "x"), Some(Command::Open), "the broken line left the default");
    }

    #[test]
    fn a_file_that_is_no_toml_changes_nothing() {
        let (keymap, told) = compile("[list]\n\"x\" = \n");
        assert_eq!(told.len(), 1);
        assert!(told[0].starts_with("line 2: "), "{}", told[0]);
        assert_eq!(command(&keymap, "x"), Some(Command::Open));
    }

    #[test]
    fn what_displaces_and_what_collides_is_told() {
        let (keymap, told) = compile("[list]\n\"g\" = \"refresh\"\n");
        let expected =
            ["line 2: [list] \"g\": takes the place of `g e` (bottom)", "line 2: [list] \"g\": takes the place of `g g` (top)"];
        assert_eq!(told, expected);
        assert_eq!(command(&keymap, "g"), Some(Command::Refresh));

        let (keymap, told) = compile("[list]\n\"z\" = \"up\"\n\"z z\" = \"down\"\n\"del\" = \"up\"\n\"delete\" = \"down\"\n");
        assert_eq!(told[0], "line 3: [list] \"z z\": `z z` and a line above begin alike (`z`)");
        assert_eq!(told[1], "line 5: [list] \"delete\": `del` is bound twice in this file (`del`)");
        assert_eq!(command(&keymap, "z"), Some(Command::Up));
    }

    #[test]
    fn unbinding_a_beginning_unbinds_what_follows_it() {
        let (keymap, told) = compile("[list]\n\"g\" = \"none\"\n\"x y\" = \"none\"\n");
        assert_eq!(told, ["line 3: [list] \"x y\": `x` is bound by itself, nothing can follow it"]);
        assert_eq!(command(&keymap, "g g"), None);
        assert_eq!(keymap.lookup(&["list"], &[Key::char('g')]), Resolution::None);
    }

    #[test]
    fn reserved_unwise_and_typed_keys() {
        let text = "[filter]\n\"a\" = \"accept\"\n\"ctrl-s\" = \"accept\"\n[list]\n\"ctrl-c\" = \"none\"\n\"ctrl-z\" = \"up\"\n";
        let (keymap, told) = compile(text);
        assert_eq!(told[0], "line 2: [filter] \"a\": characters are typed here; bind it with ctrl or alt");
        assert!(told[1].starts_with("line 3: [filter] \"ctrl-s\": ctrl-s should not be bound"), "{}", told[1]);
        assert!(told[2].contains("ctrl-c can't be changed") && told[3].contains("ctrl-z can't be changed"), "{told:?}");
        assert_eq!(keymap.lookup(&["filter"], &[Key::ctrl('s')]), Resolution::Command(Command::Accept), "a warning only");
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "(\\[list\\]\n)?([\"a-z =.\\[\\]\n-]|\"g\" = \"top\"\n){0,30}") {
            compile(&text);
        }
    }
}
