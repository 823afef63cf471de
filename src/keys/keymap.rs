//! [`Keymap`]: all layers, and what keys mean in a given order of them.

use super::{
    layer::{Found, Layer, Table},
    notation::print_keys,
    overrides::{self, Complaint, Severity},
    preset,
};
use crate::msg::{Command, Key};

/// What the keys pressed so far mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// This command.
    Command(Command),
    /// The beginning of a longer sequence: wait for the next key.
    Pending,
    /// Nothing here; where text is typed, the key belongs to the field.
    None,
}

/// The keys of every layer, with the operator's changes.
#[derive(Clone, Debug)]
pub struct Keymap {
    layers: Vec<Layer>,
}

impl Keymap {
    /// Compiles the tables and applies `overrides`, the text of `keys.toml` (empty: none).
    ///
    /// Total: a line that can't be used is left out and told as a [`Complaint`], all others hold. A table whose layer was
    /// already given is left out; the tests of this room and of the pane registry keep the tables in code without faults.
    #[must_use]
    pub fn compile(tables: &[Table], overrides: &str) -> (Self, Vec<Complaint>) {
        Self::with_preset(tables, "default", overrides)
    }

    /// The same with the keys of a preset laid over the tables first; one of which the name is unknown is told and left out.
    #[must_use]
    pub fn with_preset(tables: &[Table], preset: &str, overrides: &str) -> (Self, Vec<Complaint>) {
        let mut complaints = Vec::new();
        let mut layers: Vec<Layer> = Vec::with_capacity(tables.len());
        for table in tables {
            if layers.iter().any(|layer| layer.table.layer == table.layer) {
                complaints.push(Complaint::in_code(table.layer, "the layer is there twice".to_owned()));
                continue;
            }
            let (layer, faults) = Layer::compile(*table);
            complaints.extend(faults.into_iter().map(|fault| Complaint::in_code(table.layer, format!("{fault:?}"))));
            layers.push(layer);
        }
        match preset::text(preset) {
            Some(text) => {
                complaints.extend(overrides::apply(&mut layers, text).into_iter().filter(Complaint::is_error));
                for layer in &mut layers {
                    layer.settle();
                }
            }
            None => complaints.push(Complaint {
                severity: Severity::Error,
                line: None,
                key: format!("keys = \"{preset}\""),
                what: format!("there is no such preset; there are {}", preset::names().collect::<Vec<_>>().join(", ")),
            }),
        }
        complaints.extend(overrides::apply(&mut layers, overrides));
        (Self { layers }, complaints)
    }

    /// What `pending` means where `layers` hold, named from the most specific to the most general. The first layer that knows
    /// the keys decides; a layer that does not exist knows none.
    #[must_use]
    pub fn lookup(&self, layers: &[&str], pending: &[Key]) -> Resolution {
        if pending.is_empty() {
            return Resolution::None;
        }
        match self.stack(layers).find_map(|layer| layer.find(pending)) {
            Some(Found::Command(command)) => Resolution::Command(command),
            Some(Found::Prefix) => Resolution::Pending,
            Some(Found::Unbound) | None => Resolution::None,
        }
    }

    /// Takes one key more: looks it up behind what is `pending`, and alone where that leads nowhere, so that a sequence
    /// given up half-way does not swallow the next key. `pending` is kept by the caller and is empty again unless the answer
    /// is [`Resolution::Pending`].
    pub fn press(&self, layers: &[&str], pending: &mut Vec<Key>, key: Key) -> Resolution {
        let begun = !pending.is_empty();
        pending.push(key);
        let mut resolution = self.lookup(layers, pending);
        if resolution == Resolution::None && begun {
            pending.clear();
            pending.push(key);
            resolution = self.lookup(layers, pending);
        }
        if resolution != Resolution::Pending {
            pending.clear();
        }
        resolution
    }

    /// The first keys that mean `command` where `layers` hold, in notation, for sentences such as "press r to retry".
    #[must_use]
    pub fn keys_for(&self, layers: &[&str], command: Command) -> Option<String> {
        self.stack(layers)
            .flat_map(Layer::in_order)
            .find(|(keys, of)| *of == command && self.reaches(layers, keys, command))
            .map(|(keys, _)| print_keys(keys))
    }

    /// The layers of these names that exist.
    pub(super) fn stack<'a>(&'a self, names: &'a [&str]) -> impl Iterator<Item = &'a Layer> {
        names.iter().filter_map(|name| self.layers.iter().find(|layer| layer.table.layer == *name))
    }

    /// Whether pressing `keys` really ends in `command` here: no layer above may take one of them away.
    pub(super) fn reaches(&self, layers: &[&str], keys: &[Key], command: Command) -> bool {
        keys.split_last().is_some_and(|(_, begin)| {
            (1..=begin.len())
                .filter_map(|length| begin.get(..length))
                .all(|part| self.lookup(layers, part) == Resolution::Pending)
        }) && self.lookup(layers, keys) == Resolution::Command(command)
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{layer::Binding, notation::parse_keys},
        *,
    };

    const fn table(layer: &'static str, bindings: &'static [Binding]) -> Table {
        Table { layer, title: layer, typing: false, bindings }
    }

    const BOTTOM: Table =
        table("bottom", &[Binding::new("g g", Command::Top), Binding::new("q", Command::Quit), Binding::new("x", Command::Help)]);
    const UPPER: Table = table("upper", &[Binding::new("g t", Command::Open), Binding::new("q", Command::Back)]);
    const SHADE: Table = table("shade", &[Binding::new("g", Command::Filter)]);

    fn keymap() -> Keymap {
        let (keymap, complaints) = Keymap::compile(&[BOTTOM, UPPER, SHADE], "");
        assert_eq!(complaints, []);
        keymap
    }

    fn keys(text: &str) -> Vec<Key> {
        parse_keys(text).unwrap()
    }

    #[test]
    fn the_more_specific_layer_decides_and_sequences_of_both_work() {
        let keymap = keymap();
        let layers = ["upper", "bottom"];
        let lookup = |text| keymap.lookup(&layers, &keys(text));
        assert_eq!(lookup("q"), Resolution::Command(Command::Back));
        assert_eq!(lookup("g"), Resolution::Pending);
        assert_eq!(lookup("g t"), Resolution::Command(Command::Open));
        assert_eq!(lookup("g g"), Resolution::Command(Command::Top));
        assert_eq!(lookup("x"), Resolution::Command(Command::Help));
        assert_eq!(lookup("y"), Resolution::None);
        assert_eq!(keymap.lookup(&layers, &[]), Resolution::None);
        assert_eq!(keymap.lookup(&["nowhere"], &keys("q")), Resolution::None);
    }

    #[test]
    fn a_sequence_given_up_does_not_swallow_the_next_key() {
        let keymap = keymap();
        let mut pending = Vec::new();
        let mut press = |c| keymap.press(&["bottom"], &mut pending, Key::char(c));
        assert_eq!(press('g'), Resolution::Pending);
        assert_eq!(press('q'), Resolution::Command(Command::Quit));
        assert_eq!(press('g'), Resolution::Pending);
        assert_eq!(press('z'), Resolution::None);
        assert_eq!(press('g'), Resolution::Pending);
        assert_eq!(press('g'), Resolution::Command(Command::Top));
        assert_eq!(pending, []);
    }

    #[test]
    fn keys_taken_by_a_layer_above_are_not_named() {
        let keymap = keymap();
        assert_eq!(keymap.keys_for(&["bottom"], Command::Top).as_deref(), Some("g g"));
        assert_eq!(keymap.keys_for(&["shade", "bottom"], Command::Top), None);
        assert_eq!(keymap.keys_for(&["upper", "bottom"], Command::Quit), None);
    }

    #[test]
    fn faults_of_tables_in_code_are_told() {
        let (keymap, complaints) = Keymap::compile(&[BOTTOM, BOTTOM], "");
        assert_eq!(complaints.len(), 1);
        assert_eq!(keymap.lookup(&["bottom"], &keys("q")), Resolution::Command(Command::Quit));
    }
}
