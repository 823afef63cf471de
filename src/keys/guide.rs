//! What the footer and the help screen tell, read from the keymap itself.

use super::{keymap::Keymap, notation::print_keys};
use crate::msg::{Command, Key};

/// One hint of the footer, such as `j/k` `move`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The keys, in notation; those of commands that share a hint are parted by a slash.
    pub keys: String,
    /// What they do, in one or two words.
    pub label: &'static str,
    /// The command; the first one where several share the hint.
    pub command: Command,
}

/// The keys of one layer, for the help screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelpSection {
    /// The layer's heading.
    pub title: &'static str,
    /// Its commands.
    pub entries: Vec<HelpEntry>,
}

/// One command with all keys that reach it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelpEntry {
    /// Every sequence, in notation, parted by commas.
    pub keys: String,
    /// The command.
    pub command: Command,
}

impl Keymap {
    /// At most `max` hints for the place where `layers` hold (most specific first), the most useful first.
    #[must_use]
    pub fn hints(&self, layers: &[&str], max: usize) -> Vec<Hint> {
        let mut ranked: Vec<(u8, Hint)> = Vec::new();
        let mut told = Vec::new();
        for layer in self.stack(layers) {
            for (keys, command) in layer.in_order() {
                let Some(rank) = layer.hint_rank(command) else { continue };
                if told.contains(&command) || !self.reaches(layers, keys, command) {
                    continue;
                }
                told.push(command);
                match ranked.iter_mut().find(|(other, _)| *other == rank) {
                    Some((_, hint)) => {
                        hint.keys.push('/');
                        hint.keys.push_str(&print_keys(keys));
                    }
                    None => ranked.push((rank, Hint { keys: print_keys(keys), label: command.label(), command })),
                }
            }
        }
        ranked.sort_by_key(|(rank, _)| *rank);
        ranked.into_iter().take(max).map(|(_, hint)| hint).collect()
    }

    /// Every key that works where `layers` hold, a section a layer, the most specific first; sections without keys are left out.
    #[must_use]
    pub fn help(&self, layers: &[&str]) -> Vec<HelpSection> {
        let mut sections = Vec::new();
        let mut told: Vec<&[Key]> = Vec::new();
        for layer in self.stack(layers) {
            let mut entries: Vec<HelpEntry> = Vec::new();
            for (keys, command) in layer.in_order() {
                if told.contains(&keys) || !self.reaches(layers, keys, command) {
                    continue;
                }
                told.push(keys);
                match entries.iter_mut().find(|entry| entry.command == command) {
                    Some(entry) => {
                        entry.keys.push_str(", ");
                        entry.keys.push_str(&print_keys(keys));
                    }
                    None => entries.push(HelpEntry { keys: print_keys(keys), command }),
                }
            }
            if !entries.is_empty() {
                sections.push(HelpSection { title: layer.table.title, entries });
            }
        }
        sections
    }
}
