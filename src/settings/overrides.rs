//! [`Overrides`]: what the environment says.

use crate::domain::{ConnectDraft, Hosting, Secret};

/// The variable with the client secret: children of this program never get it.
pub const SECRET_VARIABLE: &str = "HALO_CLIENT_SECRET";

/// The `HALO_*` variables; an empty one counts as not set.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    pub(super) auth_url: Option<String>,
    pub(super) resource_url: Option<String>,
    pub(super) client_id: Option<String>,
    pub(super) client_secret: Option<Secret>,
    pub(super) tenant: Option<String>,
    pub(super) scope: Option<String>,
}

impl Overrides {
    /// Reads them; `variable` is [`std::env::var`] without its error.
    pub fn from_env(variable: impl Fn(&str) -> Option<String>) -> Self {
        let given = |name: &str| variable(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        Self {
            auth_url: given("HALO_AUTH_URL"),
            resource_url: given("HALO_RESOURCE_URL"),
            client_id: given("HALO_CLIENT_ID"),
            client_secret: given(SECRET_VARIABLE).map(Secret::new),
            tenant: given("HALO_TENANT"),
            scope: given("HALO_SCOPE"),
        }
    }

    /// The names of those that are set.
    pub fn named(&self) -> Vec<&'static str> {
        [
            ("HALO_AUTH_URL", self.auth_url.is_some()),
            ("HALO_RESOURCE_URL", self.resource_url.is_some()),
            ("HALO_CLIENT_ID", self.client_id.is_some()),
            (SECRET_VARIABLE, self.client_secret.is_some()),
            ("HALO_TENANT", self.tenant.is_some()),
            ("HALO_SCOPE", self.scope.is_some()),
        ]
        .into_iter()
        .filter_map(|(name, is_set)| is_set.then_some(name))
        .collect()
    }

    /// Whether they connect without any saved profile.
    pub(super) fn are_complete(&self) -> bool {
        self.auth_url.is_some() && self.resource_url.is_some() && self.client_id.is_some() && self.client_secret.is_some()
    }

    /// Whether any says to which instance, as whom or with which secret.
    pub(super) fn are_any(&self) -> bool {
        self.auth_url.is_some()
            || self.resource_url.is_some()
            || self.client_id.is_some()
            || self.client_secret.is_some()
            || self.tenant.is_some()
    }

    /// Lays them over a draft.
    pub(super) fn lay_over(&self, draft: &mut ConnectDraft) {
        let over = |field: &mut String, value: &Option<String>| {
            if let Some(value) = value {
                field.clone_from(value);
            }
        };
        over(&mut draft.auth_url, &self.auth_url);
        over(&mut draft.resource_url, &self.resource_url);
        over(&mut draft.client_id, &self.client_id);
        over(&mut draft.tenant, &self.tenant);
        over(&mut draft.scope, &self.scope);
        if self.tenant.is_some() {
            draft.hosting = Hosting::Hosted;
        }
        if self.client_secret.is_some() {
            draft.secret.clone_from(&self.client_secret);
        }
    }

    /// What the variables alone describe. Only hosted instances have tenants.
    pub(super) fn alone(&self) -> ConnectDraft {
        let hosting = if self.tenant.is_some() { Hosting::Hosted } else { Hosting::OnPremise };
        let mut draft = ConnectDraft { hosting, ..ConnectDraft::default() };
        self.lay_over(&mut draft);
        draft
    }
}
