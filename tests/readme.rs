//! The README says what the code says: its tables are complete, and its examples are understood by what reads them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that can't go on fails")]

use std::{fmt::Write, fs::Permissions, os::unix::fs::PermissionsExt};

use clap::CommandFactory;
use halo_tui::{
    cli::{Arguments, Listed},
    domain::{ClientRow, TicketRow},
    keys::{DEFAULTS, Keymap},
    panes::read_views,
    settings::{Config, Paths},
    ui::{Role, Theme},
};

const README: &str = include_str!("../README.md");

/// The text between two marks.
fn between<'a>(text: &'a str, begin: &str, end: &str) -> &'a str {
    let (_, rest) = text.split_once(begin).unwrap_or_else(|| panic!("the README has no {begin}"));
    rest.split_once(end).unwrap_or_else(|| panic!("the README has no {end} after {begin}")).0
}

/// The first TOML example under a heading.
fn example(heading: &str) -> &'static str {
    between(between(README, &format!("\n## {heading}\n"), "\n## "), "```toml\n", "```")
}

/// The key table as the README shows it: a row for each command of a layer.
fn key_table() -> String {
    let mut table = "| where | keys | command | |\n|---|---|---|---|\n".to_owned();
    for layer in DEFAULTS {
        let mut title = format!("{} `[{}]`", layer.title, layer.layer);
        let mut told = Vec::new();
        for binding in layer.bindings {
            let command = binding.command;
            if told.contains(&command) {
                continue;
            }
            told.push(command);
            let same = layer.bindings.iter().filter(|other| other.command == command);
            let keys: Vec<_> = same.map(|other| format!("`{}`", other.keys)).collect();
            writeln!(table, "| {title} | {} | `{}` | {} |", keys.join(" "), command.name(), command.help()).unwrap();
            title.clear();
        }
    }
    table
}

#[test]
fn the_key_table_is_that_of_the_keymap() {
    let shown = between(README, "<!-- keys -->\n", "<!-- /keys -->");
    let expected = key_table();
    assert!(shown == expected, "the README's key table should be:\n{expected}");
}

#[test]
fn every_option_and_command_is_told() {
    let command = Arguments::command();
    for option in command.get_arguments().filter_map(clap::Arg::get_long) {
        assert!(README.contains(&format!("--{option}")), "--{option}");
    }
    for command in command.get_subcommands() {
        let name = command.get_name();
        assert!(README.contains(&format!("halo-tui {name}")), "{name}");
        for option in command.get_arguments().filter_map(clap::Arg::get_long) {
            assert!(README.contains(&format!("--{option}")), "{name} --{option}");
        }
    }
}

#[test]
fn every_field_of_the_listings_is_told() {
    let (ticket, client) = (TicketRow::default(), ClientRow::default());
    for (name, _) in ticket.fields().into_iter().chain(client.fields()) {
        assert!(README.contains(&format!("`{name}`")), "{name}");
    }
}

#[test]
fn every_theme_and_role_is_told() {
    for name in Theme::names().chain(Role::ALL.iter().map(|role| role.name())) {
        assert!(README.contains(&format!("`{name}`")), "{name}");
    }
}

#[test]
fn the_examples_are_understood() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.toml");
    std::fs::write(&file, example("Settings")).unwrap();
    // Whatever the umask: a file that others could write is refused.
    std::fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
    let paths = Paths::resolve(Some(folder.path().to_owned()), Some(folder.path().to_owned())).unwrap();
    assert_eq!(Config::load(&paths).unwrap().profile_names().count(), 2);
    let (_, complaints) = Keymap::compile(DEFAULTS, example("Keys"));
    assert_eq!(complaints, []);
    Theme::parse(example("Themes")).unwrap();
    let (views, complaints) = read_views(example("Views"));
    assert_eq!((views.len(), complaints), (7, vec![]), "one more, one less");
}
