//! The vocabulary of the loop: what enters `update` and what leaves it.

mod key;

pub use key::{Input, Key, KeyCode};
