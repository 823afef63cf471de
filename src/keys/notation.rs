//! How keys are written: `j`, `G`, `ctrl-d`, `alt-left`, `shift-tab`, `space`, `f1`; sequences are separated by a space.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthChar;

use crate::msg::{Key, KeyCode};

/// Names of keys that are no characters; where a key has two, the first is the one printed.
const NAMES: &[(&str, KeyCode)] = &[
    ("space", KeyCode::Char(' ')),
    ("enter", KeyCode::Enter),
    ("return", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("escape", KeyCode::Esc),
    ("tab", KeyCode::Tab),
    ("backspace", KeyCode::Backspace),
    ("del", KeyCode::Delete),
    ("delete", KeyCode::Delete),
    ("ins", KeyCode::Insert),
    ("insert", KeyCode::Insert),
    ("up", KeyCode::Up),
    ("down", KeyCode::Down),
    ("left", KeyCode::Left),
    ("right", KeyCode::Right),
    ("home", KeyCode::Home),
    ("end", KeyCode::End),
    ("pgup", KeyCode::PageUp),
    ("pageup", KeyCode::PageUp),
    ("pgdn", KeyCode::PageDown),
    ("pagedown", KeyCode::PageDown),
];

/// The highest function key that terminals send.
const LAST_FUNCTION_KEY: u8 = 24;

/// What is wrong with a written key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotationError {
    /// Nothing is written.
    #[error("no key is written")]
    Empty,
    /// No key has this name.
    #[error("there is no key `{0}`; keys are written like j, G, ctrl-d, alt-left, shift-tab, space, enter, f1")]
    Unknown(String),
    /// Shift with a character: terminals send the shifted character itself.
    #[error("`{0}`: shift is written by the character itself, as in G or ?")]
    ShiftedCharacter(String),
}

/// Reads one key.
///
/// # Errors
/// Names what is not a key.
pub fn parse_key(text: &str) -> Result<Key, NotationError> {
    if text.is_empty() {
        return Err(NotationError::Empty);
    }
    let mut key = Key::plain(KeyCode::Esc);
    let mut rest = text;
    loop {
        if let Some(tail) = tail_of(rest, "ctrl-").filter(|_| !key.ctrl) {
            (key.ctrl, rest) = (true, tail);
        } else if let Some(tail) = tail_of(rest, "alt-").filter(|_| !key.alt) {
            (key.alt, rest) = (true, tail);
        } else if let Some(tail) = tail_of(rest, "shift-").filter(|_| !key.shift) {
            (key.shift, rest) = (true, tail);
        } else {
            break;
        }
    }
    key.code = parse_code(rest).ok_or_else(|| NotationError::Unknown(text.to_owned()))?;
    if let KeyCode::Char(c) = key.code {
        if key.shift {
            return Err(NotationError::ShiftedCharacter(text.to_owned()));
        }
        if key.ctrl {
            // A terminal sends the same byte for both cases.
            key.code = KeyCode::Char(c.to_ascii_lowercase());
        }
    }
    Ok(key)
}

/// The text after a modifier, if anything follows it.
fn tail_of<'t>(text: &'t str, modifier: &str) -> Option<&'t str> {
    text.strip_prefix(modifier).filter(|tail| !tail.is_empty())
}

fn parse_code(text: &str) -> Option<KeyCode> {
    let mut chars = text.chars();
    if let (Some(c), None) = (chars.next(), chars.next()) {
        // Characters without a width could not be seen in hints and help.
        return (c != ' ' && !c.is_whitespace() && c.width().unwrap_or(0) > 0).then_some(KeyCode::Char(c));
    }
    if let Some((_, code)) = NAMES.iter().find(|(name, _)| *name == text) {
        return Some(*code);
    }
    let digits = text.strip_prefix('f').filter(|digits| !digits.starts_with(['0', '+']))?;
    digits.parse().ok().filter(|n| (1..=LAST_FUNCTION_KEY).contains(n)).map(KeyCode::F)
}

/// Reads a sequence of keys separated by spaces.
///
/// # Errors
/// Names the first part that is not a key.
pub fn parse_keys(text: &str) -> Result<Vec<Key>, NotationError> {
    let keys = text.split_ascii_whitespace().map(parse_key).collect::<Result<Vec<_>, _>>()?;
    if keys.is_empty() { Err(NotationError::Empty) } else { Ok(keys) }
}

/// Writes one key the way [`parse_key`] reads it.
#[must_use]
pub fn print_key(key: Key) -> String {
    let mut out = String::new();
    for (on, modifier) in [(key.ctrl, "ctrl-"), (key.alt, "alt-"), (key.shift, "shift-")] {
        if on {
            out.push_str(modifier);
        }
    }
    match (NAMES.iter().find(|(_, code)| *code == key.code), key.code) {
        (Some((name, _)), _) => out.push_str(name),
        (None, KeyCode::Char(c)) => out.push(c),
        // Writing into a string can't fail.
        (None, KeyCode::F(n)) => drop(write!(out, "f{n}")),
        (None, _) => {}
    }
    out
}

/// Writes a sequence the way [`parse_keys`] reads it.
#[must_use]
pub fn print_keys(keys: &[Key]) -> String {
    keys.iter().map(|key| print_key(*key)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_key() -> impl Strategy<Value = Key> {
        let named = prop::sample::select(NAMES).prop_map(|(_, code)| code);
        let function = (1..=LAST_FUNCTION_KEY).prop_map(KeyCode::F);
        let visible = any::<char>().prop_filter("visible", |c| !c.is_whitespace() && c.width().unwrap_or(0) > 0);
        (prop_oneof![named, function, visible.prop_map(KeyCode::Char)], any::<(bool, bool, bool)>()).prop_map(
            |(code, (ctrl, alt, shift))| match code {
                KeyCode::Char(c) if ctrl => Key { code: KeyCode::Char(c.to_ascii_lowercase()), ctrl, alt, shift: false },
                KeyCode::Char(_) => Key { code, ctrl, alt, shift: false },
                _ => Key { code, ctrl, alt, shift },
            },
        )
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(keys in prop::collection::vec(any_key(), 1..4)) {
            prop_assert_eq!(parse_keys(&print_keys(&keys)), Ok(keys));
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,12}") {
            if let Ok(keys) = parse_keys(&text) {
                prop_assert_eq!(parse_keys(&print_keys(&keys)), Ok(keys));
            }
        }
    }

    #[test]
    fn reads_what_people_write() {
        assert_eq!(parse_key("G"), Ok(Key::char('G')));
        assert_eq!(parse_key("ctrl-D"), Ok(Key::ctrl('d')));
        assert_eq!(parse_key("ctrl--"), Ok(Key::ctrl('-')));
        assert_eq!(parse_key("-"), Ok(Key::char('-')));
        assert_eq!(parse_key("space"), Ok(Key::char(' ')));
        assert_eq!(parse_key("alt-left"), Ok(Key { alt: true, ..Key::plain(KeyCode::Left) }));
        assert_eq!(parse_key("shift-tab"), Ok(Key { shift: true, ..Key::plain(KeyCode::Tab) }));
        assert_eq!(parse_key("f12"), Ok(Key::plain(KeyCode::F(12))));
        assert_eq!(parse_keys(" g  g "), Ok(vec![Key::char('g'), Key::char('g')]));
        assert_eq!(print_key(Key { alt: true, ..Key::ctrl('x') }), "ctrl-alt-x");
    }

    #[test]
    fn refuses_what_no_terminal_sends() {
        for bad in ["ctrl-", "f0", "f25", "f+1", "hyper-x", "gg", "\u{202e}", "\u{1b}", "ctrl-ctrl-x", "Enter"] {
            assert_eq!(parse_key(bad), Err(NotationError::Unknown(bad.to_owned())), "{bad:?}");
        }
        assert_eq!(parse_key("shift-a"), Err(NotationError::ShiftedCharacter("shift-a".to_owned())));
        assert_eq!(parse_keys("  "), Err(NotationError::Empty));
    }
}
