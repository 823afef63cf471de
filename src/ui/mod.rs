//! Looks, areas and small widgets; the only room that writes text into cells.

mod activity;
mod chart;
mod colour;
mod field;
mod glyphs;
pub mod layout;
mod look;
mod painter;
mod role;
mod sla;
mod theme;
mod time;
mod widgets;

pub use activity::{Activity, activity};
pub use chart::{Column, bar, columns};
pub use colour::{Background, ColourDepth};
pub use field::Field;
pub use glyphs::Glyphs;
pub use look::Look;
pub use painter::{Own, Painter, Tee, Words, width};
pub use role::Role;
pub use sla::{BURN_COLS, burn_bar, burn_down};
pub use theme::{Theme, ThemeError};
pub use time::{age, countdown, moment, next_roll, short_moment, until};
pub use widgets::{gauge, gauge_cells, hint_line, size, too_small};
