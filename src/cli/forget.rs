//! `logout` and `purge`.

use super::{Surroundings, begin::ready, run::say};
use crate::{
    domain::{Failure, FailureKind, ProfileName},
    session,
    settings::{self, Config},
};

/// `logout`; done as well where there was nothing to forget.
pub(super) fn logout(around: &Surroundings) -> Result<(), Failure> {
    let name = named(around)?;
    let removed = settings::forget(&around.paths, &name)?;
    say(&if removed {
        format!("The secret of {name} is gone; its addresses stay, and its mirror until `halo-tui purge`.")
    } else {
        format!("No secret of {name} was stored.")
    });
    Ok(())
}

/// `purge`; done as well where there was no mirror.
pub(super) fn purge(around: &Surroundings) -> Result<(), Failure> {
    let name = named(around)?;
    let file = around.paths.mirror_file(&name);
    let was_there = file.exists();
    let removed = session::purge(&file)
        .map_err(|error| Failure::new(FailureKind::Storage, &format!("{} can't be removed: {error}", file.display())))?;
    if !removed {
        return Err(Failure::new(FailureKind::Storage, &format!("Another halo-tui is using {}", file.display()))
            .advise("Quit it, then purge again"));
    }
    say(&if was_there { format!("The mirror {} is gone.", file.display()) } else { format!("{name} had no mirror.") });
    Ok(())
}

/// The profile that is meant, without needing its secret.
fn named(around: &Surroundings) -> Result<ProfileName, Failure> {
    let config = Config::load(&around.paths)?;
    let known = |name: &ProfileName| config.profile_names().any(|known| known == name) || around.paths.state_of(name).exists();
    match &around.profile {
        Some(name) if known(name) => Ok(name.clone()),
        Some(name) => Err(Failure::new(FailureKind::NotFound, &format!("no profile is called {name}"))),
        None => match ready(around) {
            Ok(ready) => Ok(ready.profile.name),
            Err(failure) => config.default_profile().cloned().ok_or(failure),
        },
    }
}
