//! The vocabulary of the loop: what enters `update` and what leaves it.

mod command;
mod effect;
mod key;
mod message;

pub use command::Command;
pub use effect::{Effect, Question};
pub use key::{Input, Key, KeyCode, Mouse, MouseAct};
pub use message::{Answer, ConnectNews, Discovered, Measured, Msg, Notice, Now, PaneId, RequestId, Severity, Slot};
