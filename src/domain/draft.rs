//! What the connect screen starts with and hands back, before anything in it is checked.

use std::path::PathBuf;

use super::{
    AgentId, Failure, FailureKind, Hosting, Profile, ProfileName, Secret, SecretKeeping,
    address::{self, AddressError},
};

/// The fields of the connect screen, as typed or as far as they are known.
#[derive(Clone, Debug)]
pub struct ConnectDraft {
    /// The profile's name; empty until one is chosen.
    pub name: String,
    /// Where the instance runs.
    pub hosting: Hosting,
    /// Authorisation server URL.
    pub auth_url: String,
    /// Resource server URL.
    pub resource_url: String,
    /// Tenant; empty for none.
    pub tenant: String,
    /// Client ID.
    pub client_id: String,
    /// The secret, where it was typed or came from the environment; never one that was read from a store.
    pub secret: Option<Secret>,
    /// Scopes, separated by spaces.
    pub scope: String,
    /// How the secret is to be kept.
    pub keeping: SecretKeeping,
    /// Who sits at the keyboard.
    pub me: Option<AgentId>,
    /// A PEM file with further certificate authorities.
    pub ca_file: Option<PathBuf>,
}

impl Default for ConnectDraft {
    fn default() -> Self {
        Self {
            name: String::new(),
            hosting: Hosting::default(),
            auth_url: String::new(),
            resource_url: String::new(),
            tenant: String::new(),
            client_id: String::new(),
            secret: None,
            scope: Profile::DEFAULT_SCOPE.to_owned(),
            keeping: SecretKeeping::default(),
            me: None,
            ca_file: None,
        }
    }
}

impl From<&Profile> for ConnectDraft {
    fn from(profile: &Profile) -> Self {
        Self {
            name: profile.name.to_string(),
            hosting: profile.hosting,
            auth_url: profile.auth_url.clone(),
            resource_url: profile.resource_url.clone(),
            tenant: profile.tenant.clone().unwrap_or_default(),
            client_id: profile.client_id.clone(),
            secret: None,
            scope: profile.scope.clone(),
            keeping: profile.secret.clone(),
            me: profile.me,
            ca_file: profile.ca_file.clone(),
        }
    }
}

impl ConnectDraft {
    /// The first required field that is still empty, as people call it.
    #[must_use]
    pub fn missing(&self) -> Option<&'static str> {
        [
            (&self.auth_url, "authorisation server URL"),
            (&self.resource_url, "resource server URL"),
            (&self.client_id, "client ID"),
        ]
        .into_iter()
        .find_map(|(value, what)| value.trim().is_empty().then_some(what))
    }

    /// The profile that this draft describes, under `name`. This is the one place where typed addresses become a profile's.
    ///
    /// # Errors
    /// [`FailureKind::Settings`] where a required field is empty.
    pub fn profile(&self, name: ProfileName) -> Result<Profile, Failure> {
        if let Some(what) = self.missing() {
            return Err(Failure::new(FailureKind::Settings, &format!("the {what} is missing")));
        }
        let unusable =
            |what: &str, error: AddressError| Failure::new(FailureKind::Settings, &format!("the {what} can't be used: {error}"));
        let auth = address::authorisation_server(&self.auth_url).map_err(|error| unusable("authorisation server URL", error))?;
        let resource_url =
            address::resource_server(&self.resource_url).map_err(|error| unusable("resource server URL", error))?;
        let given = |typed: &str| Some(typed.trim()).filter(|text| !text.is_empty()).map(str::to_owned);
        // A tenant that was pasted along with the URL counts where none was typed.
        let tenant = address::tenant(&self.tenant).or(auth.tenant);
        Ok(Profile {
            name,
            hosting: self.hosting,
            auth_url: auth.url,
            resource_url,
            tenant: tenant.filter(|_| self.hosting == Hosting::Hosted),
            client_id: self.client_id.trim().to_owned(),
            scope: given(&self.scope).unwrap_or_else(|| Profile::DEFAULT_SCOPE.to_owned()),
            me: self.me,
            secret: self.keeping.clone(),
            ca_file: self.ca_file.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_becomes_a_profile_only_when_it_is_complete() {
        let mut draft =
            ConnectDraft { auth_url: " https://a.example/auth/ ".into(), tenant: "acme".into(), ..Default::default() };
        let name = ProfileName::parse("acme").unwrap();
        assert_eq!(draft.missing(), Some("resource server URL"));
        assert_eq!(draft.profile(name.clone()).unwrap_err().kind, FailureKind::Settings);
        draft.resource_url = "https://a.example/api".into();
        draft.client_id = "id".into();
        let profile = draft.profile(name.clone()).unwrap();
        assert_eq!((profile.auth_url.as_str(), profile.tenant.as_deref()), ("https://a.example/auth", Some("acme")));
        assert_eq!(profile.scope, "all");
        draft.hosting = Hosting::OnPremise;
        assert_eq!(draft.profile(name).unwrap().tenant, None);
    }
}
