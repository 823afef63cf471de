//! Secrets and where they come from.

use std::{future::Future, pin::Pin};

use secrecy::{ExposeSecret, SecretString};

use super::Failure;

/// A client secret or an access token: wiped from memory when dropped, never printed.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes the secret over.
    #[must_use]
    pub fn new(value: String) -> Self {
        Self(SecretString::from(value))
    }

    /// The secret itself, for the one place that sends or stores it.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Whether nothing was given.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.expose().is_empty()
    }
}

/// Prints stars, whatever the secret is.
impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(***)")
    }
}

/// Where the token task gets the client secret from; asked again once after `invalid_client`, since a command's answer may change.
pub trait SecretSource: Send + Sync {
    /// Reads the secret.
    fn secret(&self) -> Pin<Box<dyn Future<Output = Result<Secret, Failure>> + Send + '_>>;
}
