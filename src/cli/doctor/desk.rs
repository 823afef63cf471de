//! The stored copy of the desk: how much it holds, how old it is.

use std::{os::unix::fs::PermissionsExt, path::PathBuf};

use super::report::Check;
use crate::{
    cli::begin::age,
    domain::{Failure, Profile, Timestamp},
    session::{self, Stored},
    settings::Paths,
};

/// Looks into the profile's mirror; one that is not there yet is not made.
pub(super) async fn check(paths: &Paths, profile: &Profile, ephemeral: bool) -> Check {
    let path = paths.mirror_file(&profile.name);
    let Ok(file) = path.metadata() else {
        return Check::skipped("mirror", &format!("nothing is stored yet ({})", path.display()));
    };
    if ephemeral {
        return Check::skipped("mirror", "the demo stores nothing");
    }
    let mib = file.len().div_ceil(1024 * 1024);
    let place = format!("{}, {mib} MiB, mode {:04o}", path.display(), file.permissions().mode() & 0o7777);
    match look(path, profile).await {
        Ok(words) => Check::passed("mirror", &format!("{words} ({place})")),
        Err(failure) => Check::flawed("mirror", &failure),
    }
}

async fn look(path: PathBuf, profile: &Profile) -> Result<String, Failure> {
    let Stored { overview, last_success, notice } = session::stored(path, profile.identity()).await?;
    if let Some(notice) = notice {
        return Ok(notice.to_string());
    }
    let of = match last_success {
        Some(at) => format!("refreshed {} ago", age(Timestamp::now().duration_since(at).unsigned_abs())),
        None => "never filled to the end".to_owned(),
    };
    Ok(format!("{} tickets, {} of them open, {} clients, {of}", overview.total, overview.open, overview.clients))
}
