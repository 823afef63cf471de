//! One token request: the form, the endpoint variants, and what the answer means.

use std::{fmt, sync::Arc};

use jiff::Timestamp;
use serde_json::Value;
use tokio::time::{Duration, Instant};
use url::Url;

use super::schedule;
use crate::{
    domain::{Failure, FailureKind, Profile, Secret, SecretSource, address},
    halo::{
        fault::Trouble,
        status,
        transport::{Carries, Outgoing, Reply, Transport},
        wire::{self, Fields},
    },
};

/// Longest token that is sent in a header.
const LONGEST_TOKEN: usize = 16 * 1024;

/// What a token is asked for with: where, as whom, for what; and the source of the secret.
#[derive(Clone)]
pub struct Credentials {
    pub(super) source: Arc<dyn SecretSource>,
    endpoints: Vec<Url>,
    tenant: Option<String>,
    client_id: String,
    scope: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("client_id", &self.client_id).field("tenant", &self.tenant).finish_non_exhaustive()
    }
}

impl Credentials {
    /// The credentials of a profile; nothing is sent and the secret is not read yet.
    ///
    /// # Errors
    /// [`FailureKind::Settings`] where the authorisation server's URL is none that a secret may go to.
    pub fn new(profile: &Profile, source: Arc<dyn SecretSource>) -> Result<Self, Failure> {
        let endpoints = address::token_endpoints(&profile.auth_url, profile.tenant.as_deref()).map_err(|error| {
            Failure::new(FailureKind::Settings, &format!("The authorisation server's address can't be used: {error}"))
        })?;
        let scope = match profile.scope.trim() {
            "" => "all",
            scope => scope,
        };
        Ok(Self {
            source,
            endpoints,
            tenant: profile.tenant.clone(),
            client_id: profile.client_id.trim().to_owned(),
            scope: scope.to_owned(),
        })
    }
}

/// A token and its life, which began when it was asked for.
pub(super) struct Granted {
    pub(super) token: Secret,
    pub(super) asked_at: Instant,
    pub(super) life: Duration,
}

/// Asks for tokens with one set of credentials, and remembers which endpoint works.
pub(super) struct Granter {
    transport: Transport,
    credentials: Credentials,
    working: Option<Url>,
}

impl Granter {
    pub(super) fn new(transport: Transport, credentials: Credentials) -> Self {
        Self { transport, credentials, working: None }
    }

    pub(super) fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// Whether these credentials were good before: then an odd answer is the server's trouble, not a wrong setting.
    pub(super) fn has_worked(&self) -> bool {
        self.working.is_some()
    }

    /// One token request; on 404, a web page or a redirect the next variant of the endpoint is tried.
    ///
    /// # Errors
    /// The refusal, or what kept an answer from coming.
    pub(super) async fn request(&mut self, secret: &Secret, now: Timestamp) -> Result<Granted, Failure> {
        if secret.is_empty() {
            return Err(Failure::new(FailureKind::SecretUnavailable, "No client secret is set").advise("Type it once more"));
        }
        if let Some(endpoint) = self.working.clone() {
            return self.ask(&endpoint, secret, now).await;
        }
        let mut first_failure = None;
        for endpoint in self.credentials.endpoints.clone() {
            match self.ask(&endpoint, secret, now).await {
                Ok(granted) => {
                    self.working = Some(endpoint);
                    return Ok(granted);
                }
                Err(failure) if is_elsewhere(&failure) => {
                    first_failure.get_or_insert(failure);
                }
                Err(failure) => return Err(failure),
            }
        }
        Err(first_failure.unwrap_or_else(|| Failure::new(FailureKind::Settings, "No token endpoint is known")))
    }

    async fn ask(&self, endpoint: &Url, secret: &Secret, now: Timestamp) -> Result<Granted, Failure> {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", self.credentials.client_id.as_str()),
            ("client_secret", secret.expose()),
            ("scope", self.credentials.scope.as_str()),
        ];
        let asked_at = Instant::now();
        let outgoing = Outgoing { url: endpoint.clone(), carries: Carries::Form(&form) };
        let reply = self.transport.send(outgoing).await.map_err(|Trouble { failure, .. }| failure)?;
        if (200..300).contains(&reply.status) && !status::is_html(&reply) {
            let text = wire::text(&reply.body);
            let mut fields = Fields::parse(&text).map_err(|_| unreadable(&reply, "it is no JSON object"))?;
            if fields.json("error").is_none() {
                let (token, life) = granted(&mut fields).map_err(|why| unreadable(&reply, why))?;
                return Ok(Granted { token, asked_at, life });
            }
        }
        Err(self.refusal(&reply, now, secret))
    }

    /// What a refused token request means (RFC 6749 5.2, and what HaloPSA does beside it).
    fn refusal(&self, reply: &Reply, now: Timestamp, secret: &Secret) -> Failure {
        let text = wire::text(&reply.body);
        let body = serde_json::from_str::<Value>(&text).ok();
        let code = body.as_ref().and_then(|body| body.get("error")?.as_str()).unwrap_or_default();
        let said = status::message(reply, secret).map(|text| format!(": {text}")).unwrap_or_default();
        let host = &reply.host;
        match (code, reply.status) {
            ("invalid_client", _) | ("", 401) => invalid_client(host, &said),
            ("invalid_scope", _) => Failure::new(
                FailureKind::InvalidScope,
                &format!("{host} does not grant the scope {}{said}", self.credentials.scope),
            )
            .advise("One unknown scope refuses them all: use `all`, or give the API application that permission"),
            ("unauthorized_client" | "unsupported_grant_type", _) => Failure::new(
                FailureKind::GrantRefused,
                &format!("{host} does not let this application sign in by client secret{said}"),
            )
            .advise("In Configuration > Integrations > Halo API the application's type must be Client ID and Secret (Services)"),
            (_, 429) => status::rate_limited(reply, now, &said),
            (_, 500) if body.is_none() && !self.has_worked() => self.wrong_tenant(host),
            (_, status @ 500..) => Failure::new(
                FailureKind::Server(status),
                &format!("The authorisation server {host} is in trouble ({status}){said}"),
            )
            .advise("The dashboard tries again by itself"),
            // A static web site refuses the method where a token endpoint would answer.
            (_, 200..300 | 404 | 405) => status::web_page(host)
                .advise("Check the authorisation server's URL against Configuration > Integrations > Halo API > API Details"),
            _ => Failure::new(FailureKind::GrantRefused, &format!("{host} refused to grant a token ({}){said}", reply.status))
                .advise("Check the client ID, and that the API application is enabled and bound to an agent"),
        }
    }

    fn wrong_tenant(&self, host: &str) -> Failure {
        let what = match &self.credentials.tenant {
            Some(tenant) => format!("{host} fails for the tenant {tenant}: most likely that is not its name"),
            None => format!("{host} fails without a tenant's name"),
        };
        Failure::new(FailureKind::WrongTenant, &what).advise(
            "Copy the tenant from Configuration > Integrations > Halo API > API Details; often it is the first part of the host",
        )
    }
}

fn invalid_client(host: &str, said: &str) -> Failure {
    Failure::new(FailureKind::InvalidClient, &format!("{host} does not know this client ID or its secret{said}"))
        .advise("Copy both once more from the API application; a new secret is shown only once")
}

/// Whether the endpoint is likely to stand elsewhere on the host.
fn is_elsewhere(failure: &Failure) -> bool {
    matches!(failure.kind, FailureKind::WrongUrl | FailureKind::Redirected)
}

fn unreadable(reply: &Reply, why: &str) -> Failure {
    Failure::new(FailureKind::BadReply, &format!("The token that {} granted can't be used: {why}", reply.host))
}

/// The token and its life, checked before any of it comes near a header.
fn granted(fields: &mut Fields<'_>) -> Result<(Secret, Duration), &'static str> {
    let kind = fields.string("token_type");
    if !kind.is_empty() && !kind.eq_ignore_ascii_case("bearer") {
        return Err("it is no bearer token");
    }
    let token = Secret::new(fields.string("access_token"));
    let text = token.expose();
    if text.is_empty() {
        return Err("it is empty");
    }
    if text.len() > LONGEST_TOKEN {
        return Err("it is too long");
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("it holds characters that no header can carry");
    }
    let expires_in = fields.json("expires_in").and_then(|json| serde_json::from_str::<Value>(json).ok()).and_then(seconds);
    let life = schedule::life(expires_in).ok_or("it has ended already")?;
    Ok((token, life))
}

fn seconds(value: Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}
