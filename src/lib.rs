//! halo-tui: a terminal dashboard for HaloPSA.
//!
//! Each module is one room with one reason to change; which room may import which is enforced by `tests/rules.rs`.

pub mod app;
pub mod cli;
pub mod demo;
pub mod domain;
pub mod halo;
pub mod keys;
pub mod mirror;
pub mod msg;
pub mod panes;
pub mod query;
pub mod runtime;
pub mod session;
pub mod settings;
pub mod sync;
pub mod terminal;
pub mod text;
pub mod ui;
