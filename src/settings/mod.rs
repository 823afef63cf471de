//! Configuration, credential storage, paths; theme and keymap files handed over as text.
//!
//! Everything here is blocking file work of a few kilobytes, done at the start or on a person's request; call it off the
//! loop's thread. Only the [`crate::domain::SecretSource`]s are asynchronous.

mod atomic;
mod choose;
mod command;
mod config;
mod credentials;
mod downloads;
mod edit;
mod files;
mod guard;
mod keyring;
mod overrides;
mod paths;
mod source;
mod views;

pub use choose::{Chosen, choose};
pub use command::CommandSecret;
pub use config::{Config, Dates, MirrorKept};
pub use credentials::check as check_credentials;
pub use downloads::{begin_download, download_folder};
pub use edit::{forget, save_profile, set_last_profile, set_me};
pub use files::{keymap_text, theme_names, theme_text};
pub use keyring::{KeyringSecret, keyring_answers};
pub use overrides::{Overrides, SECRET_VARIABLE};
pub use paths::Paths;
pub use source::{FileSecret, GivenSecret};
pub use views::{change_views, views_text};
