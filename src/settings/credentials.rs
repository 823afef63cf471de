//! `credentials.toml`: the secrets that are kept in a file.
//!
//! ```toml
//! [profiles.acme]
//! client_secret = "…"
//! ```

use std::collections::BTreeMap;

use serde::Deserialize;
use toml_edit::{DocumentMut, Item, Table};
use zeroize::Zeroizing;

use super::{
    Paths,
    atomic::{Hold, replace},
    edit::set,
    guard::{self, Trust, unreadable},
};
use crate::domain::{Failure, ProfileName, Secret};

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Credentials {
    profiles: BTreeMap<ProfileName, Credential>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Credential {
    client_secret: secrecy::SecretString,
}

/// The stored secret of a profile; `None` where there is none.
///
/// # Errors
/// A file that others can read, that is a link, or that is not understood; no message repeats what stands in the file.
pub(super) fn read(paths: &Paths, profile: &ProfileName) -> Result<Option<Secret>, Failure> {
    let path = paths.credentials_file();
    let Some(text) = guard::read(&path, Trust::Secrets)? else { return Ok(None) };
    let mut read: Credentials = toml::from_str(&text).map_err(|error| broken(paths, &text, error.span()))?;
    let Some(found) = read.profiles.remove(profile) else { return Ok(None) };
    let secret = Secret::new(secrecy::ExposeSecret::expose_secret(&found.client_secret).to_owned());
    Ok(Some(secret).filter(|secret| !secret.is_empty()))
}

/// Whether `credentials.toml` can be read, if it is there.
///
/// # Errors
/// As for reading it.
pub fn check(paths: &Paths) -> Result<(), Failure> {
    let Some(text) = guard::read(&paths.credentials_file(), Trust::Secrets)? else { return Ok(()) };
    toml::from_str::<Credentials>(&text).map(drop).map_err(|error| broken(paths, &text, error.span()))
}

/// Stores a profile's secret.
pub(super) fn store(paths: &Paths, hold: &Hold, profile: &ProfileName, secret: &Secret) -> Result<(), Failure> {
    change(paths, hold, |profiles| {
        let entry = profiles.entry(profile.as_str()).or_insert(Item::Table(Table::new()));
        if let Some(entry) = entry.as_table_like_mut() {
            set(entry, "client_secret", Some(secret.expose()));
        }
        true
    })
}

/// Removes a profile's secret; whether there was one.
pub(super) fn remove(paths: &Paths, hold: &Hold, profile: &ProfileName) -> Result<bool, Failure> {
    let mut found = false;
    change(paths, hold, |profiles| {
        found = profiles.remove(profile.as_str()).is_some();
        found
    })?;
    Ok(found)
}

/// Changes the table of profiles; the file is written only where `edit` says that it changed something.
fn change(paths: &Paths, hold: &Hold, edit: impl FnOnce(&mut Table) -> bool) -> Result<(), Failure> {
    let path = paths.credentials_file();
    let text = guard::read(&path, Trust::Secrets)?.unwrap_or_default();
    // The same rules as for reading: a file that is not understood is never replaced.
    toml::from_str::<Credentials>(&text).map_err(|error| broken(paths, &text, error.span()))?;
    let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| broken(paths, &text, error.span()))?;
    let mut section = Table::new();
    section.set_implicit(true);
    let profiles = document.entry("profiles").or_insert(Item::Table(section));
    let Some(profiles) = profiles.as_table_mut() else {
        return Err(unreadable(&path, "profiles is not written as [profiles.NAME]"));
    };
    if edit(profiles) {
        replace(hold, &path, &Zeroizing::new(document.to_string()))?;
    }
    Ok(())
}

fn broken(paths: &Paths, text: &str, span: Option<std::ops::Range<usize>>) -> Failure {
    let before = span.and_then(|span| text.get(..span.start)).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    unreadable(&paths.credentials_file(), &format!("line {line} is not understood"))
        .advise("it holds [profiles.NAME] tables with a client_secret each; the file is left as it is")
}
