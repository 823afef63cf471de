//! Which keys mean which [`Command`](crate::msg::Command), layer by layer.
//!
//! A *layer* is a context with a table of its own ("list", "filter"); the place that has the focus names its layers from the
//! most specific to the most general, and the first that knows the keys decides. Footer, help screen and palette are read
//! from the same tables, so they tell what the keys really do, also after `keys.toml` moved them.

mod defaults;
mod guide;
mod keymap;
mod layer;
mod notation;
mod overrides;
mod preset;

pub use defaults::DEFAULTS;
pub use guide::{HelpEntry, HelpSection, Hint};
pub use keymap::{Keymap, Resolution};
pub use layer::{Binding, Table};
pub use notation::{NotationError, parse_key, parse_keys, print_key, print_keys};
pub use overrides::{Complaint, Severity};
