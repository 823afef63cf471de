//! The model, its pure update and its pure view.

mod header;
mod meter;
mod model;
mod palette;
mod places;
mod requests;
mod trail;
mod update;
mod view;

pub use model::{Model, Screen, Start};
pub use update::update;
pub use view::{frame, view};
