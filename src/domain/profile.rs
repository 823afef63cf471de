//! Profiles: one saved HaloPSA tenant each.

use serde::{Deserialize, Serialize};

use super::AgentId;

/// Where the HaloPSA instance runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hosting {
    /// By Halo: the token endpoint wants the tenant's name.
    #[default]
    Hosted,
    /// On the operator's own premises: no tenant.
    OnPremise,
}

/// How the client secret is kept between starts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecretKeeping {
    /// In `credentials.toml`, mode 0600.
    #[default]
    File,
    /// Printed by a command, such as `pass show halo`.
    Command(String),
    /// In the desktop's keyring.
    Keyring,
    /// Not at all: asked at each start.
    Ask,
}

/// A profile's name: letters, digits, `-`, `_` and `.`, at most 64, not starting with a dot. Safe as a folder's name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct ProfileName(String);

/// Why a text is no [`ProfileName`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a profile's name is 1 to 64 letters, digits, '-', '_' or '.', not starting with '-' or '.'")]
pub struct NotAProfileName;

impl TryFrom<String> for ProfileName {
    type Error = NotAProfileName;

    fn try_from(name: String) -> Result<Self, NotAProfileName> {
        Self::parse(&name).ok_or(NotAProfileName)
    }
}

impl std::str::FromStr for ProfileName {
    type Err = NotAProfileName;

    fn from_str(name: &str) -> Result<Self, NotAProfileName> {
        Self::parse(name).ok_or(NotAProfileName)
    }
}

impl From<ProfileName> for String {
    fn from(name: ProfileName) -> Self {
        name.0
    }
}

impl ProfileName {
    /// Checks the name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let fits = !name.is_empty()
            && name.len() <= 64
            && !name.starts_with('.')
            && !name.starts_with('-')
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
        fits.then(|| Self(name.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for ProfileName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

/// Everything about a tenant but its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// What the operator calls it.
    pub name: ProfileName,
    /// Where it runs.
    pub hosting: Hosting,
    /// Authorisation server URL as Halo shows it, without a trailing slash; the token endpoint follows from it.
    pub auth_url: String,
    /// Resource server URL, such as `https://acme.halopsa.com/api`, without a trailing slash.
    pub resource_url: String,
    /// The tenant's name; only for hosted instances.
    pub tenant: Option<String>,
    /// The API application's client ID.
    pub client_id: String,
    /// Scopes, separated by spaces; `all` by default.
    pub scope: String,
    /// Who sits at the keyboard; `None` until asked, then the acting agent is meant.
    pub me: Option<AgentId>,
    /// How the secret is kept.
    pub secret: SecretKeeping,
    /// A PEM file with further certificate authorities.
    pub ca_file: Option<std::path::PathBuf>,
}

impl Profile {
    /// The scope that nearly every integration asks for.
    pub const DEFAULT_SCOPE: &str = "all";

    /// The identity that a mirror is filled from.
    #[must_use]
    pub fn identity(&self) -> Identity {
        Identity {
            resource_url: self.resource_url.clone(),
            tenant: self.tenant.clone().unwrap_or_default(),
            client_id: self.client_id.clone(),
        }
    }
}

/// What decides whose data a mirror holds: another identity never opens it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Identity {
    /// Resource server URL, normalised.
    pub resource_url: String,
    /// Tenant, or empty.
    pub tenant: String,
    /// Client ID.
    pub client_id: String,
}
