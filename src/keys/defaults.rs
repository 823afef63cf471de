//! The keys that operators' fingers know already; each pane adds a table of its own.

use super::layer::{Binding, Table};
use crate::msg::Command;

/// The layers that belong to no single pane.
///
/// A list names `[its own, "list", "move", "global", "always"]`; a field that is typed into names its own layer and `"always"`
/// only, so that letters reach the field.
pub const DEFAULTS: &[Table] = &[
    Table { layer: "always", title: "Everywhere", typing: false, bindings: ALWAYS },
    Table { layer: "global", title: "Dashboard", typing: false, bindings: GLOBAL },
    Table { layer: "move", title: "Moving", typing: false, bindings: MOVE },
    Table { layer: "list", title: "Lists", typing: false, bindings: LIST },
    Table { layer: "preview", title: "Preview", typing: false, bindings: PREVIEW },
    Table { layer: "board", title: "Board", typing: false, bindings: BOARD },
    Table { layer: "client", title: "Client", typing: false, bindings: CLIENT },
    Table { layer: "clients", title: "Clients", typing: false, bindings: CLIENTS },
    Table { layer: "registers", title: "Users, sites, assets", typing: false, bindings: REGISTERS },
    Table { layer: "picker", title: "Files and links", typing: false, bindings: PICKER },
    Table { layer: "chooser", title: "Sort, columns, groups", typing: false, bindings: CHOOSER },
    Table { layer: "help", title: "Help", typing: false, bindings: HELP },
    Table { layer: "help-find", title: "Find in help", typing: true, bindings: HELP_FIND },
    Table { layer: "filter", title: "Filter", typing: true, bindings: FILTER },
    Table { layer: "find", title: "Find", typing: true, bindings: FIND },
    Table { layer: "command-line", title: "Command line", typing: true, bindings: COMMAND_LINE },
    Table { layer: "connect", title: "Connect", typing: true, bindings: CONNECT },
    Table { layer: "connect-over", title: "Connect, over rows", typing: true, bindings: CONNECT_OVER },
    Table { layer: "connect-choice", title: "Choices", typing: false, bindings: CONNECT_CHOICE },
];

const ALWAYS: &[Binding] = &[
    Binding::new("ctrl-c", Command::ForceQuit),
    Binding::new("ctrl-l", Command::Redraw),
    Binding::new("ctrl-z", Command::Suspend),
];

const GLOBAL: &[Binding] = &[
    Binding::new("tab", Command::NextPane).hint(60),
    Binding::new("l", Command::NextPane),
    Binding::new("right", Command::NextPane),
    Binding::new("shift-tab", Command::PreviousPane),
    Binding::new("h", Command::PreviousPane),
    Binding::new("left", Command::PreviousPane),
    Binding::new("esc", Command::Back),
    Binding::new("backspace", Command::GoBack),
    Binding::new("-", Command::GoBack),
    Binding::new("alt-left", Command::GoBack),
    Binding::new("+", Command::GoForward),
    Binding::new("alt-right", Command::GoForward),
    Binding::new("p", Command::TogglePreview).hint(50),
    Binding::new("]", Command::NextView).hint(48),
    Binding::new("[", Command::PreviousView).hint(48),
    Binding::new("S", Command::Sort).hint(52),
    Binding::new("C", Command::Columns).hint(54),
    Binding::new("b", Command::Board),
    Binding::new("g c", Command::Client),
    Binding::new("g u", Command::Users),
    Binding::new("g s", Command::Sites),
    Binding::new("g a", Command::Assets),
    Binding::new("B", Command::Group),
    Binding::new("L", Command::Lists),
    Binding::new("_", Command::TurnGroup),
    Binding::new("=", Command::TurnGroups),
    Binding::new("1", Command::View1),
    Binding::new("2", Command::View2),
    Binding::new("3", Command::View3),
    Binding::new("4", Command::View4),
    Binding::new("5", Command::View5),
    Binding::new("6", Command::View6),
    Binding::new("7", Command::View7),
    Binding::new("8", Command::View8),
    Binding::new("9", Command::View9),
    Binding::new("P", Command::PreviewSide),
    Binding::new("M", Command::Mouse),
    Binding::new("g d", Command::Dates),
    Binding::new("r", Command::Refresh).hint(70),
    Binding::new("R", Command::RefreshAll),
    Binding::new(":", Command::CommandLine).hint(80),
    Binding::new("ctrl-p", Command::CommandLine),
    Binding::new("?", Command::Help).hint(90),
    Binding::new("f1", Command::Help),
    Binding::new("q", Command::Quit).hint(95),
];

const MOVE: &[Binding] = &[
    Binding::new("j", Command::Down).hint(10),
    Binding::new("down", Command::Down),
    Binding::new("k", Command::Up).hint(10),
    Binding::new("up", Command::Up),
    Binding::new("g g", Command::Top),
    Binding::new("home", Command::Top),
    Binding::new("G", Command::Bottom),
    Binding::new("end", Command::Bottom),
    Binding::new("ctrl-d", Command::HalfPageDown),
    Binding::new("ctrl-u", Command::HalfPageUp),
    Binding::new("pgdn", Command::PageDown),
    Binding::new("pgup", Command::PageUp),
];

const LIST: &[Binding] = &[
    Binding::new("enter", Command::Open).hint(20),
    Binding::new("/", Command::Filter).hint(30),
    Binding::new("J", Command::PreviewDown).hint(40),
    Binding::new("K", Command::PreviewUp).hint(40),
    Binding::new(".", Command::NextChanged).hint(55),
    Binding::new("f", Command::Follow),
    Binding::new("z", Command::ToggleFolds),
    Binding::new("space", Command::OpenFold),
    Binding::new("O", Command::ToggleOrder),
    Binding::new("n", Command::FindNext),
    Binding::new("N", Command::FindPrevious),
    Binding::new("o", Command::OpenLink),
    Binding::new("y", Command::CopyId),
    Binding::new("Y", Command::CopyLink),
];

const BOARD: &[Binding] = &[
    Binding::new("enter", Command::Open).hint(20),
    Binding::new("l", Command::NextBar).hint(30),
    Binding::new("right", Command::NextBar),
    Binding::new("h", Command::PreviousBar).hint(30),
    Binding::new("left", Command::PreviousBar),
    Binding::new("tab", Command::NextField).hint(32),
    Binding::new("shift-tab", Command::PreviousField),
];

const CLIENT: &[Binding] = &[
    Binding::new("enter", Command::Open).hint(20),
    Binding::new("esc", Command::Back).hint(22),
    Binding::new("o", Command::OpenLink).hint(38),
    Binding::new("y", Command::CopyId),
    Binding::new("Y", Command::CopyLink),
];

const CLIENTS: &[Binding] = &[Binding::new("g c", Command::Client).hint(25)];

const REGISTERS: &[Binding] = &[
    Binding::new("enter", Command::Open).hint(20),
    Binding::new("g c", Command::Client).hint(25),
    Binding::new("/", Command::Filter).hint(30),
    Binding::new("o", Command::OpenLink),
    Binding::new("y", Command::CopyId).hint(40),
    Binding::new("Y", Command::CopyLink),
];

const PREVIEW: &[Binding] = &[
    Binding::new("esc", Command::Back).hint(20),
    Binding::new(".", Command::NextChanged),
    Binding::new("enter", Command::Follow).hint(25),
    Binding::new("f", Command::Follow),
    Binding::new("z", Command::ToggleFolds).hint(30),
    Binding::new("space", Command::OpenFold),
    Binding::new("O", Command::ToggleOrder).hint(36),
    Binding::new("/", Command::Find).hint(33),
    Binding::new("n", Command::FindNext).hint(45),
    Binding::new("N", Command::FindPrevious).hint(45),
    Binding::new("o", Command::OpenLink).hint(38),
    Binding::new("y", Command::CopyId).hint(40),
    Binding::new("Y", Command::CopyLink),
];

const PICKER: &[Binding] = &[
    Binding::new("enter", Command::Accept).hint(5),
    Binding::new("o", Command::OpenFile).hint(15),
    Binding::new("y", Command::CopyId).hint(25),
    Binding::new("esc", Command::Back).hint(20),
    Binding::new("q", Command::Back),
];

const CHOOSER: &[Binding] = &[
    Binding::new("enter", Command::Accept).hint(5),
    Binding::new("space", Command::Toggle).hint(12),
    Binding::new("S", Command::Sort).hint(14),
    Binding::new("K", Command::Earlier).hint(16),
    Binding::new("J", Command::Later).hint(16),
    Binding::new("esc", Command::Back).hint(20),
    Binding::new("q", Command::Back),
];

const HELP: &[Binding] = &[
    Binding::new("esc", Command::Back).hint(20),
    Binding::new("q", Command::Back),
    Binding::new("?", Command::Back),
    Binding::new("f1", Command::Back),
    Binding::new("/", Command::Find),
];

const HELP_FIND: &[Binding] = &[
    Binding::new("enter", Command::Accept).hint(10),
    Binding::new("esc", Command::Back).hint(20),
    Binding::new("ctrl-u", Command::ClearInput).hint(40),
];

const FILTER: &[Binding] = &[
    Binding::new("enter", Command::Accept).hint(10),
    Binding::new("esc", Command::Back).hint(20),
    Binding::new("tab", Command::Complete).hint(30),
    Binding::new("shift-tab", Command::CompleteBack),
    Binding::new("ctrl-u", Command::ClearInput).hint(40),
    Binding::new("down", Command::LaterFilter),
    Binding::new("up", Command::EarlierFilter),
];

const FIND: &[Binding] = &[
    Binding::new("enter", Command::Accept).hint(10),
    Binding::new("esc", Command::Back).hint(20),
    Binding::new("ctrl-u", Command::ClearInput).hint(40),
];

const COMMAND_LINE: &[Binding] = &[
    Binding::new("enter", Command::Accept).hint(10),
    Binding::new("esc", Command::Back).hint(20),
    Binding::new("tab", Command::Complete).hint(30),
    Binding::new("down", Command::Down).hint(40),
    Binding::new("up", Command::Up).hint(40),
    Binding::new("ctrl-u", Command::ClearInput),
];

const CONNECT: &[Binding] = &[
    Binding::new("tab", Command::NextField).hint(10),
    Binding::new("down", Command::NextField),
    Binding::new("shift-tab", Command::PreviousField).hint(40),
    Binding::new("up", Command::PreviousField),
    Binding::new("enter", Command::Accept).hint(25),
    Binding::new("ctrl-t", Command::Test).hint(30),
    Binding::new("ctrl-r", Command::Reveal).hint(50),
    Binding::new("ctrl-u", Command::ClearInput),
    // Twice: over a slow line the first byte of an arrow key can look like a lone escape. The way out and to all keys is told on
    // narrow terminals too.
    Binding::new("esc esc", Command::Leave).hint(35),
    Binding::new("f1", Command::Help).hint(36),
];

/// Nothing is lost by going back to the rows: what was typed is there when the screen is opened again.
const CONNECT_OVER: &[Binding] = &[Binding::new("esc", Command::Back).hint(35)];

const CONNECT_CHOICE: &[Binding] = &[
    Binding::new("left", Command::PreviousChoice).hint(5),
    Binding::new("h", Command::PreviousChoice),
    Binding::new("right", Command::NextChoice).hint(5),
    Binding::new("l", Command::NextChoice),
    Binding::new("space", Command::NextChoice),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        keys::{Keymap, Resolution, parse_keys},
        msg::{Key, KeyCode},
    };

    const TICKETS: &[&str] = &["list", "move", "global", "always"];
    const CHOICE: &[&str] = &["connect-choice", "connect", "always"];

    fn keymap() -> Keymap {
        let (keymap, complaints) = Keymap::compile(DEFAULTS, "");
        assert_eq!(complaints, []);
        keymap
    }

    fn lookup(layers: &[&str], keys: &str) -> Resolution {
        keymap().lookup(layers, &parse_keys(keys).unwrap())
    }

    #[test]
    fn no_key_that_terminals_garble_is_used() {
        for binding in DEFAULTS.iter().flat_map(|table| table.bindings) {
            for key in parse_keys(binding.keys).unwrap() {
                assert!(!"hijmsq".chars().any(|c| key == Key::ctrl(c)), "{}", binding.keys);
                assert!(key != Key::ctrl('z') || binding.command == Command::Suspend);
            }
        }
    }

    #[test]
    fn where_text_is_typed_every_character_is_free() {
        for table in DEFAULTS.iter().filter(|table| table.typing) {
            for c in "qjkhlgGrR:/?pyY 1".chars() {
                assert_eq!(keymap().lookup(&[table.layer, "always"], &[Key::char(c)]), Resolution::None, "{c}");
            }
        }
    }

    #[test]
    fn one_escape_never_leaves_or_quits() {
        for layers in [TICKETS, CHOICE, &["filter", "always"], &["command-line", "always"], &["help", "move", "always"]] {
            let found = keymap().lookup(layers, &[Key::plain(KeyCode::Esc)]);
            assert!(matches!(found, Resolution::Pending | Resolution::Command(Command::Back)), "{layers:?}");
        }
        assert_eq!(lookup(CHOICE, "esc esc"), Resolution::Command(Command::Leave));
    }

    #[test]
    fn the_keys_that_fingers_know() {
        for (keys, command) in [
            ("j", Command::Down),
            ("g g", Command::Top),
            ("ctrl-u", Command::HalfPageUp),
            ("h", Command::PreviousPane),
            ("shift-tab", Command::PreviousPane),
            ("ctrl-p", Command::CommandLine),
            ("R", Command::RefreshAll),
            ("1", Command::View1),
            ("]", Command::NextView),
            ("ctrl-c", Command::ForceQuit),
        ] {
            assert_eq!(lookup(TICKETS, keys), Resolution::Command(command), "{keys}");
        }
        assert_eq!(lookup(TICKETS, "0"), Resolution::None, "there are nine");
    }

    #[test]
    fn hints_come_by_rank_and_share_a_label() {
        let hints = keymap().hints(TICKETS, 5);
        let shown: Vec<_> = hints.iter().map(|hint| format!("{} {}", hint.keys, hint.label)).collect();
        assert_eq!(shown, ["j/k move", "enter open", "/ filter", "J/K scroll preview", "]/[ view"]);
    }

    #[test]
    fn help_tells_only_what_works_here() {
        let sections = keymap().help(&["help", "move", "global", "always"]);
        let titles: Vec<_> = sections.iter().map(|section| section.title).collect();
        assert_eq!(titles, ["Help", "Moving", "Dashboard", "Everywhere"]);
        assert_eq!(sections[0].entries[0].keys, "esc, q, ?, f1");
        assert_eq!(sections[1].entries[2].keys, "g g, home");
        let dashboard: Vec<_> = sections[2].entries.iter().map(|entry| entry.command).collect();
        assert!(!dashboard.contains(&Command::Quit) && !dashboard.contains(&Command::Back), "taken by the layer above");
    }
}
