//! Secrets from memory and from `credentials.toml`.

use std::{future::Future, pin::Pin};

use super::{Paths, credentials};
use crate::domain::{Failure, FailureKind, ProfileName, Secret, SecretSource};

/// The answer of a [`SecretSource`].
pub(super) type Answer<'a> = Pin<Box<dyn Future<Output = Result<Secret, Failure>> + Send + 'a>>;

/// A secret that was typed or came from the environment; kept in memory alone.
#[derive(Debug)]
pub struct GivenSecret(Secret);

impl GivenSecret {
    /// Takes the secret over.
    pub fn new(secret: Secret) -> Self {
        Self(secret)
    }
}

impl SecretSource for GivenSecret {
    fn secret(&self) -> Answer<'_> {
        let secret = self.0.clone();
        Box::pin(std::future::ready(Ok(secret)))
    }
}

/// A secret in `credentials.toml`, read anew each time it is asked for.
#[derive(Debug)]
pub struct FileSecret {
    paths: Paths,
    profile: ProfileName,
}

impl FileSecret {
    /// The secret of `profile`.
    pub fn new(paths: Paths, profile: ProfileName) -> Self {
        Self { paths, profile }
    }
}

impl SecretSource for FileSecret {
    fn secret(&self) -> Answer<'_> {
        let (paths, profile) = (self.paths.clone(), self.profile.clone());
        Box::pin(async move {
            // A home folder on a network can keep a read waiting.
            let read = tokio::task::spawn_blocking(move || (credentials::read(&paths, &profile), profile)).await;
            match read {
                Ok((Ok(Some(secret)), _)) => Ok(secret),
                Ok((Ok(None), profile)) => Err(none_stored(&profile)),
                Ok((Err(failure), _)) => Err(Failure { kind: FailureKind::SecretUnavailable, ..failure }),
                Err(_) => Err(Failure::new(FailureKind::Gone, "reading the client secret was cut off")),
            }
        })
    }
}

/// No secret is stored: never was, or it was forgotten.
pub(super) fn none_stored(profile: &ProfileName) -> Failure {
    Failure::new(FailureKind::SecretUnavailable, &format!("no client secret is stored for the profile {profile}"))
        .advise("connect again and type it")
}
