//! Changes to the settings on disk, comments kept.

use toml_edit::{DocumentMut, Item, Table, TableLike, Value};

use super::{
    Config, Paths,
    atomic::{Hold, behind_links, replace},
    credentials,
    guard::{self, Trust, unreadable},
    keyring,
};
use crate::domain::{AgentId, Failure, Hosting, Profile, ProfileName, Secret, SecretKeeping};

/// Saves a profile and makes it the default one; its secret goes where the profile says. A secret that was kept in another
/// way before is forgotten there.
///
/// # Errors
/// Settings that are not understood (they are never overwritten), a store that refuses, a disk that refuses.
pub fn save_profile(paths: &Paths, profile: &Profile, secret: Option<&Secret>) -> Result<(), Failure> {
    let hold = Hold::take(paths.config_dir())?;
    // The settings are read before the secret is stored: a broken file must not leave half of the work done.
    let before = Config::load(paths)?.draft(&profile.name).map(|draft| draft.keeping);
    match (&profile.secret, secret) {
        (SecretKeeping::File, Some(secret)) => credentials::store(paths, &hold, &profile.name, secret)?,
        (SecretKeeping::Keyring, Some(secret)) => keyring::store(&profile.name, secret)?,
        (SecretKeeping::File | SecretKeeping::Keyring, None) | (SecretKeeping::Command(_) | SecretKeeping::Ask, _) => {}
    }
    change(paths, &hold, |document| {
        set(document.as_table_mut(), "last_profile", Some(profile.name.as_str()));
        write_profile(profile_table(document, &profile.name)?, profile);
        Some(())
    })?;
    // Only now that the new way stands: a secret is never lost to a disk that was full.
    if profile.secret != SecretKeeping::File {
        credentials::remove(paths, &hold, &profile.name)?;
    }
    if before == Some(SecretKeeping::Keyring) && profile.secret != SecretKeeping::Keyring {
        // A keyring that is gone is a reason to leave it, not one to stay.
        if let Err(failure) = keyring::remove(&profile.name) {
            tracing::warn!(what = %failure.what, "the keyring may still hold the client secret");
        }
    }
    Ok(())
}

/// Notes who sits at the keyboard of a saved profile; `false` where the profile isn't saved (then nothing is written).
///
/// # Errors
/// As [`save_profile`].
pub fn set_me(paths: &Paths, profile: &ProfileName, me: AgentId) -> Result<bool, Failure> {
    let hold = Hold::take(paths.config_dir())?;
    if Config::load(paths)?.draft(profile).is_none() {
        return Ok(false);
    }
    change(paths, &hold, |document| {
        set(profile_table(document, profile)?, "me", Some(me.0));
        Some(())
    })?;
    Ok(true)
}

/// Makes a saved profile the default one; nothing is written where it is already, or isn't saved.
///
/// # Errors
/// As [`save_profile`].
pub fn set_last_profile(paths: &Paths, profile: &ProfileName) -> Result<(), Failure> {
    let is_news = |config: &Config| config.draft(profile).is_some() && config.last_profile.as_ref() != Some(profile);
    if !is_news(&Config::load(paths)?) {
        return Ok(());
    }
    let hold = Hold::take(paths.config_dir())?;
    change(paths, &hold, |document| {
        set(document.as_table_mut(), "last_profile", Some(profile.as_str()));
        Some(())
    })
}

/// Forgets a profile's stored secret, wherever it is; the settings stay, so that the connect screen starts filled in.
/// Answers whether there was one to forget; what a command prints is not ours to forget.
///
/// # Errors
/// As [`save_profile`].
pub fn forget(paths: &Paths, profile: &ProfileName) -> Result<bool, Failure> {
    let keeping = Config::load(paths)?.draft(profile).map(|draft| draft.keeping);
    let hold = Hold::take(paths.config_dir())?;
    let in_file = credentials::remove(paths, &hold, profile)?;
    let in_keyring = keeping == Some(SecretKeeping::Keyring) && keyring::remove(profile)?;
    Ok(in_file || in_keyring)
}

/// Edits `config.toml`. Both what stands there and what would stand there have to be understood.
fn change(paths: &Paths, hold: &Hold, edit: impl FnOnce(&mut DocumentMut) -> Option<()>) -> Result<(), Failure> {
    let named = paths.config_file();
    let odd = || unreadable(&named, "[profiles] is written in a way that can't be changed here");
    let text = guard::read(&named, Trust::Settings)?.unwrap_or_default();
    Config::load(paths)?;
    let mut document: DocumentMut = text.parse().map_err(|_| odd())?;
    edit(&mut document).ok_or_else(odd)?;
    let changed = document.to_string();
    toml::from_str::<Config>(&changed).map_err(|_| odd())?;
    if changed == *text {
        return Ok(());
    }
    replace(hold, &behind_links(&named)?, &changed)
}

/// `[profiles.NAME]`, made where it is missing; `None` where something else stands there.
fn profile_table<'a>(document: &'a mut DocumentMut, name: &ProfileName) -> Option<&'a mut dyn TableLike> {
    let mut section = Table::new();
    section.set_implicit(true);
    let profiles = document.entry("profiles").or_insert(Item::Table(section)).as_table_like_mut()?;
    profiles.entry(name.as_str()).or_insert(Item::Table(Table::new())).as_table_like_mut()
}

fn write_profile(table: &mut dyn TableLike, profile: &Profile) {
    let hosting = match profile.hosting {
        Hosting::Hosted => "hosted",
        Hosting::OnPremise => "on-premise",
    };
    let (kept, command) = match &profile.secret {
        SecretKeeping::File => ("file", None),
        SecretKeeping::Command(command) => ("command", Some(command.as_str())),
        SecretKeeping::Keyring => ("keyring", None),
        SecretKeeping::Ask => ("ask", None),
    };
    let scope = Some(profile.scope.as_str()).filter(|scope| *scope != Profile::DEFAULT_SCOPE);
    let ca_file = profile.ca_file.as_ref().map(|path| path.display().to_string());
    set(table, "hosting", Some(hosting));
    set(table, "auth_url", Some(profile.auth_url.as_str()));
    set(table, "resource_url", Some(profile.resource_url.as_str()));
    set(table, "tenant", profile.tenant.as_deref());
    set(table, "client_id", Some(profile.client_id.as_str()));
    set(table, "scope", scope);
    set(table, "me", profile.me.map(|agent| agent.0));
    set(table, "secret", Some(kept));
    set(table, "secret_command", command);
    set(table, "ca_file", ca_file);
}

/// Sets or removes a key; the comments around a value that is there already stay.
pub(super) fn set(table: &mut dyn TableLike, key: &str, new: Option<impl Into<Value>>) {
    let Some(new) = new else {
        table.remove(key);
        return;
    };
    let mut new: Value = new.into();
    // Not by `insert`, which would put a fresh key there, without the comment above it.
    match table.get_mut(key) {
        Some(Item::Value(old)) => {
            *new.decor_mut() = old.decor().clone();
            *old = new;
        }
        _ => {
            table.insert(key, Item::Value(new));
        }
    }
}
