//! The fields of the connect screen.

use crate::{
    domain::{ConnectDraft, FailureKind, Hosting, Profile, Secret, SecretKeeping},
    msg::{Discovered, Key},
    panes::input,
    ui::Field,
};

/// A place of the form that can have the focus, in the order in which tab walks them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum FormField {
    /// The instance's address, to be looked up.
    #[default]
    Address,
    /// Hosted by Halo or on-premise.
    Hosting,
    /// Authorisation server URL.
    AuthUrl,
    /// Resource server URL.
    ResourceUrl,
    /// Tenant.
    Tenant,
    /// Client ID.
    ClientId,
    /// Client secret.
    Secret,
    /// Scope.
    Scope,
    /// How the secret is kept.
    Keeping,
    /// The command that prints the secret.
    Command,
    /// The button.
    Button,
}

impl FormField {
    /// All of them, in order.
    pub(crate) const ALL: [Self; 11] = [
        Self::Address,
        Self::Hosting,
        Self::AuthUrl,
        Self::ResourceUrl,
        Self::Tenant,
        Self::ClientId,
        Self::Secret,
        Self::Scope,
        Self::Keeping,
        Self::Command,
        Self::Button,
    ];

    /// Whether it is a choice, not a text.
    pub(crate) fn is_choice(self) -> bool {
        matches!(self, Self::Hosting | Self::Keeping)
    }

    /// The label in front of it.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Address => "Halo address",
            Self::Hosting => "Hosting",
            Self::AuthUrl => "Authorisation URL",
            Self::ResourceUrl => "Resource URL",
            Self::Tenant => "Tenant",
            Self::ClientId => "Client ID",
            Self::Secret => "Client secret",
            Self::Scope => "Scope",
            Self::Keeping => "Keep the secret",
            Self::Command => "Command",
            Self::Button => "",
        }
    }

    /// The field of this name in words.
    pub(crate) fn named(name: &str) -> Self {
        match name {
            "authorisation server URL" => Self::AuthUrl,
            "resource server URL" => Self::ResourceUrl,
            "client ID" => Self::ClientId,
            "client secret" => Self::Secret,
            "command" => Self::Command,
            _ => Self::Address,
        }
    }

    /// The field that most likely has to change after such a failure.
    pub(crate) fn behind(kind: FailureKind) -> Option<Self> {
        Some(match kind {
            FailureKind::InvalidClient => Self::Secret,
            FailureKind::InvalidScope => Self::Scope,
            FailureKind::WrongTenant => Self::Tenant,
            FailureKind::WrongUrl | FailureKind::NameNotFound | FailureKind::Unreachable | FailureKind::Redirected => {
                Self::AuthUrl
            }
            _ => return None,
        })
    }
}

/// How the secret may be kept, as the choice names it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Keeping {
    #[default]
    File,
    Command,
    Keyring,
    Ask,
}

impl Keeping {
    /// The word of the choice.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::File => "file, 0600",
            Self::Command => "command",
            Self::Keyring => "keyring",
            Self::Ask => "ask each time",
        }
    }
}

/// What is typed and chosen.
#[derive(Debug)]
pub(crate) struct Form {
    focus: FormField,
    address: Field,
    auth_url: Field,
    resource_url: Field,
    tenant: Field,
    client_id: Field,
    secret: Field,
    scope: Field,
    command: Field,
    hosting: Hosting,
    keeping: Keeping,
    keyring: bool,
    /// What the form does not show but keeps: the profile's name, `me`, the CA file.
    base: ConnectDraft,
}

impl Form {
    /// A form with what is known already.
    pub(crate) fn new(draft: &ConnectDraft, keyring: bool) -> Self {
        let (keeping, command) = match &draft.keeping {
            SecretKeeping::File => (Keeping::File, ""),
            SecretKeeping::Command(command) => (Keeping::Command, command.as_str()),
            SecretKeeping::Keyring => (Keeping::Keyring, ""),
            SecretKeeping::Ask => (Keeping::Ask, ""),
        };
        let focus = if draft.auth_url.is_empty() { FormField::Address } else { FormField::Secret };
        Self {
            focus,
            address: Field::default(),
            auth_url: Field::new(&draft.auth_url),
            resource_url: Field::new(&draft.resource_url),
            tenant: Field::new(&draft.tenant),
            client_id: Field::new(&draft.client_id),
            secret: secret_field(draft.secret.as_ref()),
            scope: Field::new(&draft.scope),
            command: Field::new(command),
            hosting: draft.hosting,
            keeping,
            keyring: keyring || keeping == Keeping::Keyring,
            base: ConnectDraft { secret: None, ..draft.clone() },
        }
    }

    /// What has the focus.
    pub(crate) fn focus(&self) -> FormField {
        self.focus
    }

    /// The fields that are there now: a tenant only for hosted, a command only where one gives the secret.
    pub(crate) fn fields(&self) -> impl Iterator<Item = FormField> {
        let (hosting, keeping) = (self.hosting, self.keeping);
        FormField::ALL.into_iter().filter(move |field| match field {
            FormField::Tenant => hosting == Hosting::Hosted,
            FormField::Command => keeping == Keeping::Command,
            _ => true,
        })
    }

    /// The choices of how to keep the secret.
    pub(crate) fn keepings(&self) -> impl Iterator<Item = Keeping> {
        let keyring = self.keyring;
        [Keeping::File, Keeping::Command, Keeping::Keyring, Keeping::Ask]
            .into_iter()
            .filter(move |keeping| *keeping != Keeping::Keyring || keyring)
    }

    /// The chosen way to keep the secret.
    pub(crate) fn keeping(&self) -> Keeping {
        self.keeping
    }

    /// The chosen hosting.
    pub(crate) fn hosting(&self) -> Hosting {
        self.hosting
    }

    /// Whether the secret is shown in clear.
    pub(crate) fn reveals(&self) -> bool {
        !self.secret.is_masked()
    }

    /// The text field at a place, where it is one.
    pub(crate) fn field(&self, at: FormField) -> Option<&Field> {
        Some(match at {
            FormField::Address => &self.address,
            FormField::AuthUrl => &self.auth_url,
            FormField::ResourceUrl => &self.resource_url,
            FormField::Tenant => &self.tenant,
            FormField::ClientId => &self.client_id,
            FormField::Secret => &self.secret,
            FormField::Scope => &self.scope,
            FormField::Command => &self.command,
            FormField::Hosting | FormField::Keeping | FormField::Button => return None,
        })
    }

    fn field_mut(&mut self) -> Option<&mut Field> {
        Some(match self.focus {
            FormField::Address => &mut self.address,
            FormField::AuthUrl => &mut self.auth_url,
            FormField::ResourceUrl => &mut self.resource_url,
            FormField::Tenant => &mut self.tenant,
            FormField::ClientId => &mut self.client_id,
            FormField::Secret => &mut self.secret,
            FormField::Scope => &mut self.scope,
            FormField::Command => &mut self.command,
            FormField::Hosting | FormField::Keeping | FormField::Button => return None,
        })
    }

    /// The text at a place.
    pub(crate) fn value(&self, at: FormField) -> String {
        self.field(at).map(|field| field.value().to_owned()).unwrap_or_default()
    }

    /// Puts the focus somewhere.
    pub(crate) fn go_to(&mut self, field: FormField) {
        self.focus = if self.fields().any(|there| there == field) { field } else { FormField::AuthUrl };
    }

    /// Goes to the next or the previous place, around the ends.
    pub(crate) fn walk(&mut self, forwards: bool) {
        let fields: Vec<FormField> = self.fields().collect();
        let at = fields.iter().position(|field| *field == self.focus).unwrap_or(0);
        let step = if forwards { 1 } else { fields.len() - 1 };
        if let Some(next) = fields.get((at + step) % fields.len()) {
            self.focus = *next;
        }
    }

    /// Takes the next or the previous choice.
    pub(crate) fn choose(&mut self, forwards: bool) {
        match self.focus {
            FormField::Hosting => {
                self.hosting = if self.hosting == Hosting::Hosted { Hosting::OnPremise } else { Hosting::Hosted };
            }
            FormField::Keeping => {
                let keepings: Vec<Keeping> = self.keepings().collect();
                let at = keepings.iter().position(|keeping| *keeping == self.keeping).unwrap_or(0);
                let step = if forwards { 1 } else { keepings.len() - 1 };
                if let Some(next) = keepings.get((at + step) % keepings.len()) {
                    self.keeping = *next;
                }
            }
            _ => {}
        }
    }

    /// Shows or masks the secret.
    pub(crate) fn toggle_reveal(&mut self) {
        self.secret.toggle_reveal();
    }

    /// Empties the field with the focus.
    pub(crate) fn clear_field(&mut self) {
        if let Some(field) = self.field_mut() {
            field.clear();
        }
    }

    /// A key for the field.
    pub(crate) fn typed(&mut self, key: Key) {
        if let (Some(field), Some(key)) = (self.field_mut(), input(key)) {
            field.handle(&key);
        }
    }

    /// Pasted text for the field.
    pub(crate) fn paste(&mut self, text: &str) {
        if let Some(field) = self.field_mut() {
            field.paste(text);
        }
    }

    /// Takes over what discovery found.
    pub(crate) fn fill_in(&mut self, found: &Discovered) {
        self.hosting = found.hosting;
        self.auth_url = Field::new(&found.auth_url);
        self.resource_url = Field::new(&found.resource_url);
        if let Some(tenant) = &found.tenant {
            self.tenant = Field::new(tenant);
        }
    }

    /// Forgets the secret.
    pub(crate) fn wipe_secret(&mut self) {
        drop(self.secret.take_secret());
    }

    /// Whether a secret has to be typed and is not.
    pub(crate) fn secret_is_missing(&self) -> bool {
        matches!(self.keeping, Keeping::File | Keeping::Ask) && self.secret.value().is_empty()
    }

    /// What was filled in.
    pub(crate) fn draft(&self) -> ConnectDraft {
        let text = |field: &Field| field.value().trim().to_owned();
        let secret = Some(self.secret.value().trim()).filter(|typed| !typed.is_empty());
        let scope = text(&self.scope);
        ConnectDraft {
            hosting: self.hosting,
            auth_url: text(&self.auth_url),
            resource_url: text(&self.resource_url),
            tenant: text(&self.tenant),
            client_id: text(&self.client_id),
            secret: secret.map(|typed| Secret::new(typed.to_owned())),
            scope: if scope.is_empty() { Profile::DEFAULT_SCOPE.to_owned() } else { scope },
            keeping: match self.keeping {
                Keeping::File => SecretKeeping::File,
                Keeping::Command => SecretKeeping::Command(text(&self.command)),
                Keeping::Keyring => SecretKeeping::Keyring,
                Keeping::Ask => SecretKeeping::Ask,
            },
            ..self.base.clone()
        }
    }
}

/// An empty form.
impl Default for Form {
    fn default() -> Self {
        Self::new(&ConnectDraft::default(), false)
    }
}

/// A masked field that may hold a secret which the environment gave.
fn secret_field(secret: Option<&Secret>) -> Field {
    let mut field = Field::secret();
    if let Some(secret) = secret {
        field.paste(secret.expose());
    }
    field
}
