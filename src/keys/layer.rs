//! One layer: its table as written in code, and the same compiled for looking up.

use std::collections::BTreeMap;

use super::notation::{NotationError, parse_keys};
use crate::msg::{Command, Key};

/// One line of a key table.
#[derive(Clone, Copy, Debug)]
pub struct Binding {
    /// The keys in notation, such as `g g`.
    pub keys: &'static str,
    /// What they mean.
    pub command: Command,
    /// The place among the footer's hints, lowest first; commands of one rank share a hint (`j/k move`). `None`: not there.
    pub hint: Option<u8>,
}

impl Binding {
    /// Keys that help shows but the footer does not.
    #[must_use]
    pub const fn new(keys: &'static str, command: Command) -> Self {
        Self { keys, command, hint: None }
    }

    /// Shows the command in the footer too.
    #[must_use]
    pub const fn hint(self, rank: u8) -> Self {
        Self { hint: Some(rank), ..self }
    }
}

/// The key table of a layer, as written in code.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// The layer's name, as `keys.toml` says it in brackets.
    pub layer: &'static str,
    /// The heading in help.
    pub title: &'static str,
    /// Whether characters are typed into a field here, so that none may be bound without ctrl or alt.
    pub typing: bool,
    /// The bindings, the first of a command being the one that hints show.
    pub bindings: &'static [Binding],
}

/// What a sequence leads to within one layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A command.
    Command(Command),
    /// Nothing, on purpose: the layers below are not asked.
    Unbound,
    /// The beginning of a longer sequence.
    Prefix,
}

/// A sequence and its meaning; `None` when it was unbound on purpose.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) command: Option<Command>,
    /// The order of writing: overrides come before the table.
    pub(super) order: i32,
}

/// A layer compiled: sequences in lexical order, where all that begin alike stand together, as in a trie.
#[derive(Clone, Debug)]
pub(super) struct Layer {
    pub(super) table: Table,
    pub(super) sequences: BTreeMap<Vec<Key>, Entry>,
}

impl Layer {
    /// Compiles a table; lines that can't work are left out and returned.
    pub(super) fn compile(table: Table) -> (Self, Vec<TableFault>) {
        let mut layer = Self { table, sequences: BTreeMap::new() };
        let mut faults = Vec::new();
        for (order, binding) in (0..).zip(table.bindings) {
            match parse_keys(binding.keys) {
                Err(error) => faults.push(TableFault::Notation(error)),
                Ok(keys) if layer.rivals(&keys).next().is_some() => faults.push(TableFault::Conflict(binding.keys)),
                Ok(keys) => drop(layer.sequences.insert(keys, Entry { command: Some(binding.command), order })),
            }
        }
        (layer, faults)
    }

    /// What `keys` lead to here; `None` when this layer says nothing about them.
    pub(super) fn find(&self, keys: &[Key]) -> Option<Found> {
        use std::ops::Bound::{Included, Unbounded};
        let mut alike = self
            .sequences
            .range::<[Key], _>((Included(keys), Unbounded))
            .take_while(|(sequence, _)| sequence.starts_with(keys))
            .peekable();
        let (sequence, entry) = alike.peek()?;
        if sequence.as_slice() == keys {
            return Some(entry.command.map_or(Found::Unbound, Found::Command));
        }
        alike.any(|(_, entry)| entry.command.is_some()).then_some(Found::Prefix)
    }

    /// Sequences that can't stand beside `keys`: the same, the beginning of it, or what it is the beginning of.
    pub(super) fn rivals<'a>(&'a self, keys: &'a [Key]) -> impl Iterator<Item = (&'a Vec<Key>, &'a Entry)> {
        self.sequences.iter().filter(|(other, _)| other.starts_with(keys) || keys.starts_with(other))
    }

    /// The rank of a command among the hints of this layer.
    pub(super) fn hint_rank(&self, command: Command) -> Option<u8> {
        self.table.bindings.iter().filter(|binding| binding.command == command).find_map(|binding| binding.hint)
    }

    /// Makes what was laid over the table a part of it: what comes next may take its place.
    pub(super) fn settle(&mut self) {
        let mut entries: Vec<&mut Entry> = self.sequences.values_mut().collect();
        entries.sort_by_key(|entry| entry.order);
        for (order, entry) in (0..).zip(entries) {
            entry.order = order;
        }
    }

    /// Sequences with their commands in the order of writing.
    pub(super) fn in_order(&self) -> Vec<(&[Key], Command)> {
        let mut all: Vec<_> = self
            .sequences
            .iter()
            .filter_map(|(keys, entry)| entry.command.map(|command| (entry.order, keys.as_slice(), command)))
            .collect();
        all.sort_by_key(|(order, _, _)| *order);
        all.into_iter().map(|(_, keys, command)| (keys, command)).collect()
    }
}

/// A line of a program-owned table that can't work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TableFault {
    /// The keys can't be read.
    Notation(NotationError),
    /// The same keys, their beginning or their continuation stand in the table already.
    Conflict(&'static str),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(bindings: &'static [Binding]) -> (Layer, Vec<TableFault>) {
        Layer::compile(Table { layer: "t", title: "T", typing: false, bindings })
    }

    #[test]
    fn finds_commands_and_beginnings() {
        const TABLE: &[Binding] = &[
            Binding::new("g g", Command::Top),
            Binding::new("g t x", Command::Open),
            Binding::new("f", Command::Filter),
            Binding::new("h", Command::Help),
        ];
        let (layer, faults) = layer(TABLE);
        assert_eq!(faults, []);
        let find = |keys| layer.find(&parse_keys(keys).unwrap());
        assert_eq!(find("g g"), Some(Found::Command(Command::Top)));
        assert_eq!(find("g"), Some(Found::Prefix));
        assert_eq!(find("g t"), Some(Found::Prefix));
        assert_eq!(find("g t x"), Some(Found::Command(Command::Open)));
        for unknown in ["g a", "g z", "f f", "a", "z", "g t x x"] {
            assert_eq!(find(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn conflicting_lines_are_found() {
        const TABLE: &[Binding] = &[
            Binding::new("g g", Command::Top),
            Binding::new("g", Command::Open),
            Binding::new("g  g", Command::Bottom),
            Binding::new("g g g", Command::Up),
            Binding::new("nope", Command::Up),
        ];
        let (layer, faults) = layer(TABLE);
        let expected = [
            TableFault::Conflict("g"),
            TableFault::Conflict("g  g"),
            TableFault::Conflict("g g g"),
            TableFault::Notation(NotationError::Unknown("nope".to_owned())),
        ];
        assert_eq!(faults, expected);
        assert_eq!(layer.sequences.len(), 1);
    }
}
