//! From an instance's address alone to its two servers and the tenant.

use url::Url;

use super::{
    Clock, Transport,
    fault::Trouble,
    status,
    transport::{Carries, Outgoing},
    wire::{self, Fields},
};
use crate::domain::{
    Failure, FailureKind, Hosting,
    address::{self, AddressError},
};

/// What an instance says of itself, or is guessed where it says nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discovery {
    /// The authorisation server.
    pub auth_url: String,
    /// The resource server.
    pub resource_url: String,
    /// The tenant, where one was named.
    pub tenant: Option<String>,
    /// Where the instance runs, as far as its tenant and name tell.
    pub hosting: Hosting,
    /// The authorisation server stands on another host than the instance: to be shown before a secret goes there.
    pub other_host: bool,
    /// The instance said nothing: the authorisation server is where on-premise ones have it.
    pub guessed: bool,
}

/// Asks the instance at `address` for its servers; no secret and no token is sent.
///
/// `/api/authinfo` is asked first, then the authorisation server's own discovery document (`OpenID` Connect
/// Discovery 1.0, section 4), and where neither answers `{instance}/auth` is guessed.
///
/// # Errors
/// [`FailureKind::Settings`] where the address is none, or where the instance names an authorisation server that no secret
/// may go to; otherwise what kept the instance from answering at all.
pub async fn discover(transport: &Transport, address: &str, clock: &Clock) -> Result<Discovery, Failure> {
    let instance = address::instance(address).map_err(|error| unusable(error, "That address can't be used"))?;
    let guess = address::default_authorisation(&instance);
    let named = match ask(transport, clock, &format!("{instance}/api/authinfo"), &["auth_url"]).await? {
        Some(named) => Some(named),
        None => ask(transport, clock, &format!("{guess}/.well-known/openid-configuration"), &["issuer"]).await?,
    };
    let guessed = named.is_none();
    let Named { server, tenant } = named.unwrap_or(Named { server: guess, tenant: None });
    let auth = address::authorisation_server(&server)
        .map_err(|error| unusable(error, "The instance names an authorisation server that can't be used"))?;
    let tenant = tenant.or(auth.tenant);
    Ok(Discovery {
        hosting: if tenant.is_some() || is_hosted(&instance) { Hosting::Hosted } else { Hosting::OnPremise },
        other_host: origin(&auth.url) != origin(&instance),
        resource_url: address::default_resource(&instance),
        auth_url: auth.url,
        tenant,
        guessed,
    })
}

/// What a document names.
struct Named {
    server: String,
    tenant: Option<String>,
}

/// The server that a document names under one of `keys`; `None` where there is no such document.
async fn ask(transport: &Transport, clock: &Clock, address: &str, keys: &[&str]) -> Result<Option<Named>, Failure> {
    let url = address::checked(address).map_err(|error| unusable(error, "That address can't be used"))?;
    let outgoing = Outgoing { url, carries: Carries::GetOpenly };
    let reply = match transport.send(outgoing).await {
        Ok(reply) => reply,
        // A page that leads elsewhere is no document; it is not followed, since what it leads to was not typed.
        Err(Trouble { failure, .. }) if matches!(failure.kind, FailureKind::Redirected | FailureKind::TooLarge) => {
            return Ok(None);
        }
        Err(Trouble { failure, .. }) => return Err(failure),
    };
    if reply.status == 429 {
        return Err(status::rate_limited(&reply, clock(), ""));
    }
    if reply.status != 200 || status::is_html(&reply) {
        return Ok(None);
    }
    let text = wire::text(&reply.body);
    let Ok(mut fields) = Fields::parse(&text) else { return Ok(None) };
    let server = keys.iter().map(|key| fields.string(key)).find(|server| !server.trim().is_empty());
    let tenant = address::tenant(&fields.string("tenant_id"));
    Ok(server.map(|server| Named { server, tenant }))
}

fn unusable(error: AddressError, what: &str) -> Failure {
    Failure::new(FailureKind::Settings, &format!("{what}: {error}"))
}

/// Halo's own domains.
fn is_hosted(instance: &str) -> bool {
    let host = Url::parse(instance).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    [".halopsa.com", ".haloitsm.com", ".haloservicedesk.com"].iter().any(|domain| host.ends_with(domain))
}

fn origin(address: &str) -> Option<String> {
    Url::parse(address).ok().map(|url| url.origin().ascii_serialization())
}
