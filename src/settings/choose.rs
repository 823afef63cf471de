//! Which profile this start is about.

use std::{fmt, sync::Arc};

use super::{
    CommandSecret, Config, FileSecret, GivenSecret, KeyringSecret, Overrides, Paths, credentials, paths::environment_name,
    source::none_stored,
};
use crate::domain::{ConnectDraft, Failure, FailureKind, Profile, ProfileName, SecretKeeping, SecretSource};

/// What the settings and the environment add up to.
#[non_exhaustive]
pub enum Chosen {
    /// Enough to sign in.
    Ready {
        /// The profile; its name is also that of the state folder.
        profile: Profile,
        /// Where its secret comes from.
        secret: Arc<dyn SecretSource>,
        /// Whether it is the saved profile of that name, unchanged in its identity.
        saved: bool,
    },
    /// The connect screen has to ask; a command without a screen fails with `why`.
    NeedsConnect {
        /// What is known already.
        draft: Box<ConnectDraft>,
        /// What is missing.
        why: Failure,
    },
}

impl fmt::Debug for Chosen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ready { profile, saved, .. } => {
                f.debug_struct("Ready").field("profile", profile).field("saved", saved).finish_non_exhaustive()
            }
            Self::NeedsConnect { draft, why } => f.debug_struct("NeedsConnect").field("draft", draft).field("why", why).finish(),
        }
    }
}

/// Decides which profile this start is about and where its secret comes from.
///
/// - `wanted` is `--profile`; without it `HALO_*` that are complete by themselves stand alone, else the default profile is meant.
/// - `HALO_*` are laid over that profile. Where they change its identity, its state has a folder of its own and its `me` doesn't hold.
/// - A stored secret goes only to the authorisation server and for the client ID that it was saved with.
///
/// # Errors
/// Settings or credentials that are not understood or that others could read or write.
pub fn choose(paths: &Paths, config: &Config, wanted: Option<&ProfileName>, overrides: &Overrides) -> Result<Chosen, Failure> {
    let name = match wanted {
        None if overrides.are_complete() => None,
        None => config.default_profile(),
        wanted => wanted,
    };
    let Some((name, saved)) = name.and_then(|name| Some((name, config.draft(name)?))) else {
        return unsaved(config, wanted, overrides);
    };
    let mut draft = saved.clone();
    overrides.lay_over(&mut draft);
    let profile = match draft.profile(name.clone()) {
        Ok(profile) => profile,
        Err(why) => {
            let why = Failure::new(why.kind, &format!("the profile {name} is not complete: {}", why.what));
            return Ok(needs_connect(draft, why));
        }
    };
    let before = saved.profile(name.clone()).ok();
    let secret: Arc<dyn SecretSource> = if let Some(secret) = draft.secret.clone() {
        Arc::new(GivenSecret::new(secret))
    } else {
        if !before.as_ref().is_some_and(|before| same_holder(before, &profile)) {
            let what = format!("the stored secret of {name} is for another server or client ID than HALO_* name");
            let why = Failure::new(FailureKind::SecretUnavailable, &what).advise("set HALO_CLIENT_SECRET too");
            return Ok(needs_connect(draft, why));
        }
        match source(paths, &profile)? {
            Ok(source) => source,
            Err(why) => return Ok(needs_connect(draft, why)),
        }
    };
    if before.as_ref().is_some_and(|before| before.identity() == profile.identity()) {
        return Ok(Chosen::Ready { profile, secret, saved: true });
    }
    Ok(Chosen::Ready { profile: apart(profile)?, secret, saved: false })
}

/// No saved profile is meant: the environment alone, or a person, has to say everything.
fn unsaved(config: &Config, wanted: Option<&ProfileName>, overrides: &Overrides) -> Result<Chosen, Failure> {
    let mut draft = if overrides.are_any() { overrides.alone() } else { ConnectDraft::default() };
    overrides.lay_over(&mut draft);
    if let Some(secret) = draft.secret.clone().filter(|_| overrides.are_complete()) {
        // Any name does until the identity gives the real one.
        let interim = ProfileName::parse("env").ok_or_else(|| Failure::new(FailureKind::Settings, "no name"))?;
        let profile = apart(draft.profile(interim)?)?;
        return Ok(Chosen::Ready { profile, secret: Arc::new(GivenSecret::new(secret)), saved: false });
    }
    let names: Vec<&str> = config.profile_names().map(ProfileName::as_str).collect();
    let why = match (wanted, names.is_empty()) {
        (Some(name), true) => {
            draft.name = name.to_string();
            Failure::new(FailureKind::Settings, &format!("no profile is called {name}: none is saved yet"))
        }
        (Some(name), false) => {
            draft.name = name.to_string();
            Failure::new(FailureKind::Settings, &format!("no profile is called {name}; saved are {}", names.join(", ")))
        }
        (None, true) => Failure::new(FailureKind::Settings, "no HaloPSA is connected yet"),
        (None, false) => Failure::new(FailureKind::Settings, &format!("several profiles are saved: {}", names.join(", ")))
            .advise("choose one with --profile"),
    };
    let why = if why.advice.is_empty() { why.advise("start halo-tui to connect, or set the HALO_* variables") } else { why };
    Ok(needs_connect(draft, why))
}

/// Where the secret of a saved profile comes from; the inner failure asks for the connect screen.
fn source(paths: &Paths, profile: &Profile) -> Result<Result<Arc<dyn SecretSource>, Failure>, Failure> {
    let name = profile.name.clone();
    Ok(Ok(match &profile.secret {
        SecretKeeping::File => {
            if credentials::read(paths, &name)?.is_none() {
                return Ok(Err(none_stored(&name)));
            }
            Arc::new(FileSecret::new(paths.clone(), name))
        }
        SecretKeeping::Command(command) => Arc::new(CommandSecret::new(command)),
        SecretKeeping::Keyring => Arc::new(KeyringSecret::new(name)),
        SecretKeeping::Ask => {
            let why = format!("the client secret of the profile {name} is asked for at each start");
            return Ok(Err(Failure::new(FailureKind::SecretUnavailable, &why)
                .advise("type it into the connect screen, or set HALO_CLIENT_SECRET")));
        }
    }))
}

/// Whether a secret that belongs to `before` may be sent where `now` would send it.
fn same_holder(before: &Profile, now: &Profile) -> bool {
    before.auth_url == now.auth_url && before.client_id == now.client_id
}

/// The profile under the name of its identity, with nothing of a saved one's person.
fn apart(profile: Profile) -> Result<Profile, Failure> {
    let name = environment_name(&profile.identity());
    let name = name.ok_or_else(|| Failure::new(FailureKind::Settings, "no name for this identity"))?;
    Ok(Profile { name, me: None, secret: SecretKeeping::Ask, ..profile })
}

fn needs_connect(draft: ConnectDraft, why: Failure) -> Chosen {
    Chosen::NeedsConnect { draft: Box::new(draft), why }
}
