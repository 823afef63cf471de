//! [`KeyringSecret`]: a secret in the desktop's Secret Service.

use super::source::Answer;
use crate::domain::{Failure, FailureKind, ProfileName, Secret, SecretSource};

/// A secret in the desktop's keyring, under the service `halo-tui` and the profile's name; asked anew each time.
///
/// Only builds with the cargo feature `keyring` can reach one. Every call ends within 3 seconds: on a host without a desktop
/// the bus may never answer.
#[derive(Debug)]
pub struct KeyringSecret {
    profile: ProfileName,
}

impl KeyringSecret {
    /// The secret of `profile`.
    pub fn new(profile: ProfileName) -> Self {
        Self { profile }
    }
}

impl SecretSource for KeyringSecret {
    fn secret(&self) -> Answer<'_> {
        let profile = self.profile.clone();
        Box::pin(async move {
            let read = tokio::task::spawn_blocking(move || backend::read(&profile)).await;
            read.unwrap_or_else(|_| Err(Failure::new(FailureKind::Gone, "asking the keyring was cut off")))
        })
    }
}

/// Whether a keyring answers within 3 seconds: only then is it offered. Blocks for as long.
pub fn keyring_answers() -> bool {
    backend::answers()
}

/// Stores a profile's secret.
pub(super) fn store(profile: &ProfileName, secret: &Secret) -> Result<(), Failure> {
    backend::store(profile, secret)
}

/// Removes a profile's secret; whether there was one.
pub(super) fn remove(profile: &ProfileName) -> Result<bool, Failure> {
    backend::remove(profile)
}

#[cfg(feature = "keyring")]
mod backend {
    use std::{sync::mpsc, thread, time::Duration};

    use keyring_core::{Entry, Error, api::CredentialStoreApi};
    use zbus_secret_service_keyring_store::Store;

    use super::{Failure, FailureKind, ProfileName, Secret};
    use crate::settings::source::none_stored;

    const LIMIT: Duration = Duration::from_secs(3);
    const SERVICE: &str = "halo-tui";

    pub(super) fn read(profile: &ProfileName) -> Result<Secret, Failure> {
        let account = profile.to_string();
        match bounded(move || entry(&account)?.get_password())? {
            Ok(secret) if !secret.is_empty() => Ok(Secret::new(secret)),
            Ok(_) | Err(Error::NoEntry) => Err(none_stored(profile)),
            Err(error) => Err(refused(&error)),
        }
    }

    pub(super) fn answers() -> bool {
        bounded(|| Store::new().map(|_| ())).is_ok_and(|answer| answer.is_ok())
    }

    pub(super) fn store(profile: &ProfileName, secret: &Secret) -> Result<(), Failure> {
        let (account, secret) = (profile.to_string(), secret.clone());
        bounded(move || entry(&account)?.set_password(secret.expose()))?.map_err(|error| refused(&error))
    }

    pub(super) fn remove(profile: &ProfileName) -> Result<bool, Failure> {
        let account = profile.to_string();
        match bounded(move || entry(&account)?.delete_credential())? {
            Ok(()) => Ok(true),
            Err(Error::NoEntry) => Ok(false),
            Err(error) => Err(refused(&error)),
        }
    }

    fn entry(account: &str) -> keyring_core::Result<Entry> {
        Store::new()?.build(SERVICE, account, None)
    }

    /// Runs a keyring call on a thread of its own, which is left behind if it takes too long: a runtime's own threads would be
    /// waited for at the end.
    fn bounded<T: Send + 'static>(call: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
        let (answer, answered) = mpsc::channel();
        let started = thread::Builder::new().name("keyring".into()).spawn(move || {
            // The receiver may have given up.
            let _late = answer.send(call());
        });
        started.map_err(|error| unavailable(&error.to_string()))?;
        answered.recv_timeout(LIMIT).map_err(|_| unavailable("it did not answer within 3 seconds"))
    }

    /// Only the kind of the error: its text may carry what the service sent.
    fn refused(error: &Error) -> Failure {
        unavailable(match error {
            Error::NoStorageAccess(_) => "it is locked or not reachable",
            Error::Ambiguous(_) => "it holds several secrets for this profile",
            Error::BadEncoding(_) => "the secret in it is not text",
            _ => "it refused",
        })
    }

    fn unavailable(why: &str) -> Failure {
        Failure::new(FailureKind::SecretUnavailable, &format!("the keyring can't be used: {why}"))
            .advise("unlock it, or keep the secret in another way")
    }
}

#[cfg(not(feature = "keyring"))]
mod backend {
    use super::{Failure, FailureKind, ProfileName, Secret};

    pub(super) fn read(_: &ProfileName) -> Result<Secret, Failure> {
        Err(without())
    }

    pub(super) fn answers() -> bool {
        false
    }

    pub(super) fn store(_: &ProfileName, _: &Secret) -> Result<(), Failure> {
        Err(without())
    }

    pub(super) fn remove(_: &ProfileName) -> Result<bool, Failure> {
        Err(without())
    }

    fn without() -> Failure {
        Failure::new(FailureKind::SecretUnavailable, "this build of halo-tui can't use a keyring")
            .advise("build it with the feature keyring, or keep the secret in another way")
    }
}
