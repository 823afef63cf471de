//! Keys by the habits of other programs, laid over the tables in code before the operator's own.

/// Sets of keys to choose from, with the text of their changes: what the operator's file is, too.
const PRESETS: &[(&str, &str)] = &[
    ("default", ""),
    ("vim-plain", include_str!("presets/vim-plain.toml")),
    ("jira", include_str!("presets/jira.toml")),
    ("k9s", include_str!("presets/k9s.toml")),
];

/// The changes of the preset of this name.
pub(super) fn text(name: &str) -> Option<&'static str> {
    PRESETS.iter().find(|(other, _)| *other == name).map(|(_, text)| *text)
}

/// The names of all presets.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    PRESETS.iter().map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use crate::{
        keys::{DEFAULTS, Keymap, Resolution, parse_keys},
        msg::Command,
    };

    const TICKETS: &[&str] = &["tickets", "list", "move", "global", "always"];

    fn command(preset: &str, own: &str, keys: &str) -> Option<Command> {
        let (keymap, complaints) = Keymap::with_preset(DEFAULTS, preset, own);
        assert_eq!(complaints, [], "{preset}");
        match keymap.lookup(TICKETS, &parse_keys(keys).unwrap()) {
            Resolution::Command(command) => Some(command),
            Resolution::Pending | Resolution::None => None,
        }
    }

    #[test]
    fn each_is_understood_and_moves_what_it_says() {
        for (preset, keys, expected) in [
            ("default", "]", Command::NextView),
            ("vim-plain", "ctrl-o", Command::GoBack),
            ("vim-plain", "z a", Command::ToggleFolds),
            ("vim-plain", "g g", Command::Top),
            ("vim-plain", "g t", Command::NextView),
            ("jira", "v", Command::TogglePreview),
            ("jira", "y", Command::CopyLink),
            ("k9s", "]", Command::GoForward),
            ("k9s", "d", Command::Open),
            ("k9s", "j", Command::Down),
        ] {
            assert_eq!(command(preset, "", keys), Some(expected), "{preset} {keys}");
        }
    }

    #[test]
    fn the_operator_s_own_keys_come_last() {
        assert_eq!(command("k9s", "[global]\n\"]\" = \"refresh\"\n", "]"), Some(Command::Refresh));
        assert_eq!(command("k9s", "[global]\n\"]\" = \"none\"\n", "]"), None);
        let (keymap, complaints) = Keymap::with_preset(DEFAULTS, "k9s", "[global]\n\"]\" = \"refresh\"\n\"]\" = \"quit\"\n");
        assert_eq!(complaints.len(), 1, "{complaints:?}");
        assert_eq!(keymap.lookup(TICKETS, &parse_keys("d").unwrap()), Resolution::Command(Command::Open));
    }

    #[test]
    fn a_name_that_is_none_is_told() {
        let (_, complaints) = Keymap::with_preset(DEFAULTS, "emacs", "");
        let told: Vec<_> = complaints.iter().map(ToString::to_string).collect();
        assert_eq!(told, ["keys = \"emacs\": there is no such preset; there are default, vim-plain, jira, k9s"]);
    }
}
