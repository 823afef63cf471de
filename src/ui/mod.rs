//! Looks, areas and small widgets; the only room that writes text into cells.

mod activity;
mod colour;
mod field;
mod glyphs;
pub mod layout;
mod look;
mod painter;
mod role;
mod theme;
mod time;
mod widgets;

pub use activity::{Activity, activity};
pub use colour::{Background, ColourDepth};
pub use field::Field;
pub use glyphs::Glyphs;
pub use look::Look;
pub use painter::{Own, Painter, Tee, Words, width};
pub use role::Role;
pub use theme::{Theme, ThemeError};
pub use time::{age, countdown, moment, next_roll, until};
pub use widgets::{gauge, hint_line, size, too_small};
