//! URL rules: what operators paste becomes the addresses that requests go to, or a sentence that says what is wrong.
//!
//! Nothing here is contacted. The rules follow Halo's own *API Details* page: an authorisation server with or without a
//! path, a resource server that ends in `/api`, and a tenant that hosted instances want in the token endpoint's query.

use std::net::IpAddr;

use url::{Host, Url};

use super::TicketId;

/// What is wrong with an address, as the operator reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Nothing was typed.
    #[error("The address is empty")]
    Empty,
    /// Blanks, control characters or backslashes: URL parsers drop or bend these silently.
    #[error("The address holds a blank, a backslash or a control character")]
    OddCharacter,
    /// No URL at all.
    #[error("That is not a web address; one looks like https://acme.halopsa.com")]
    NotAnAddress,
    /// Neither https nor http.
    #[error("The address must begin with https://")]
    OtherScheme,
    /// A name or password before the host.
    #[error("The address holds a user name (text before an @): remove it")]
    UserInfo,
    /// Something after a `#`.
    #[error("The address holds a # part: remove it")]
    Fragment,
    /// A query other than the tenant.
    #[error("The address holds a ? part: remove it")]
    Query,
    /// Plain http to another machine.
    #[error("Plain http would send the secret unprotected: use https:// (http is for this machine alone)")]
    PlainHttp,
}

/// An authorisation server URL with the tenant that was pasted along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthAddress {
    /// The URL as Halo shows it, without a trailing slash or `/token`.
    pub url: String,
    /// The tenant of a pasted `?tenant=`.
    pub tenant: Option<String>,
}

/// Reads an address that requests may go to: https, or http to this machine; no user name, no fragment.
///
/// # Errors
/// [`AddressError`], before anything is contacted.
pub fn checked(address: &str) -> Result<Url, AddressError> {
    let address = address.trim();
    if address.is_empty() {
        return Err(AddressError::Empty);
    }
    // The parser drops tabs and line breaks and takes `\` for `/`: what is contacted would not be what was read.
    if address.chars().any(|c| c.is_whitespace() || c.is_control() || c == '\\') {
        return Err(AddressError::OddCharacter);
    }
    let address = if address.contains("://") { address.to_owned() } else { format!("https://{address}") };
    let url = Url::parse(&address).map_err(|_| AddressError::NotAnAddress)?;
    if !matches!(url.scheme(), "https" | "http") {
        return Err(AddressError::OtherScheme);
    }
    let authority = written_authority(&address);
    if authority.contains('@') || !url.username().is_empty() || url.password().is_some() {
        return Err(AddressError::UserInfo);
    }
    if url.fragment().is_some() {
        return Err(AddressError::Fragment);
    }
    if url.scheme() == "http" && !(is_loopback(&url) && written_as_parsed(authority, &url)) {
        return Err(AddressError::PlainHttp);
    }
    Ok(url)
}

/// Whether the host is this machine: `localhost`, 127.0.0.0/8 or `[::1]`. A mapped IPv6 address is not.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    }
}

/// Normalises an authorisation server URL: a trailing slash and a pasted `/token` go, a pasted `?tenant=` is taken out.
///
/// `/auth` is never added: some hosted instances have their authorisation server at the root of its own host.
///
/// # Errors
/// [`AddressError`].
pub fn authorisation_server(address: &str) -> Result<AuthAddress, AddressError> {
    let mut url = checked(address)?;
    let mut tenant = None;
    for (name, value) in url.query_pairs() {
        if name != "tenant" {
            return Err(AddressError::Query);
        }
        tenant = self::tenant(&value);
    }
    url.set_query(None);
    let url = bare(&url);
    let url = strip_end(&url, "/token").unwrap_or(&url).trim_end_matches('/').to_owned();
    Ok(AuthAddress { url, tenant })
}

/// Normalises a resource server URL: no trailing slash; `/api` is added where there is no path at all.
///
/// # Errors
/// [`AddressError`].
pub fn resource_server(address: &str) -> Result<String, AddressError> {
    let url = checked(address)?;
    if url.query().is_some() {
        return Err(AddressError::Query);
    }
    let bare = bare(&url);
    Ok(if url.path().trim_matches('/').is_empty() { default_resource(&bare) } else { bare })
}

/// The instance's address, scheme and host alone: whatever page of the web app was pasted, its path and query go.
///
/// # Errors
/// [`AddressError`].
pub fn instance(address: &str) -> Result<String, AddressError> {
    // A page of the web app may carry a fragment: it says nothing about the host.
    let page = address.split('#').next().unwrap_or_default();
    Ok(checked(page)?.origin().ascii_serialization())
}

/// The resource server of an instance: `{instance}/api`, on-premise and hosted alike.
#[must_use]
pub fn default_resource(instance: &str) -> String {
    format!("{}/api", instance.trim_end_matches('/'))
}

/// The authorisation server of an instance that doesn't say: `{instance}/auth`.
#[must_use]
pub fn default_authorisation(instance: &str) -> String {
    format!("{}/auth", instance.trim_end_matches('/'))
}

/// A tenant's name as typed; blanks and the words that other tools store for "none" are no tenant.
#[must_use]
pub fn tenant(name: &str) -> Option<String> {
    let name = name.trim();
    let none = name.is_empty() || ["none", "null", "undefined"].iter().any(|word| name.eq_ignore_ascii_case(word));
    (!none).then(|| name.to_owned())
}

/// The token endpoints to try in their order: `{auth}/token`, and `{auth}/auth/token` on the same host for those who were
/// given only the instance's root; with `?tenant=` where a tenant is known. `auth_url` is a normalised one.
///
/// # Errors
/// [`AddressError`] where `auth_url` is no address to send a secret to.
pub fn token_endpoints(auth_url: &str, tenant: Option<&str>) -> Result<Vec<Url>, AddressError> {
    let server = bare(&checked(auth_url)?);
    let mut paths = vec!["/token"];
    if strip_end(&server, "/auth").is_none() {
        paths.push("/auth/token");
    }
    paths
        .into_iter()
        .map(|path| {
            let mut url = checked(&format!("{server}{path}"))?;
            if let Some(tenant) = tenant.and_then(self::tenant) {
                url.query_pairs_mut().append_pair("tenant", &tenant);
            }
            Ok(url)
        })
        .collect()
}

/// The root of the web app: the resource server without `/api`.
pub fn web_app(resource_url: &str) -> String {
    let base = resource_url.trim_end_matches('/');
    strip_end(base, "/api").unwrap_or(base).to_owned()
}

/// The web app's page of a ticket.
#[must_use]
pub fn ticket_link(resource_url: &str, id: TicketId) -> String {
    format!("{}/ticket?id={id}", web_app(resource_url))
}

/// The first label of an address's host, which is often the tenant's name; `None` for hosts given as numbers.
pub fn host_label(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    let label = url.domain()?.split('.').next()?;
    (!label.is_empty()).then(|| label.to_owned())
}

/// The URL without query, fragment and trailing slashes.
fn bare(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    url.as_str().trim_end_matches('/').to_owned()
}

/// `text` without `end`, whatever its case: Halo's paths are case-insensitive.
fn strip_end<'a>(text: &'a str, end: &str) -> Option<&'a str> {
    let (head, tail) = text.split_at_checked(text.len().checked_sub(end.len())?)?;
    tail.eq_ignore_ascii_case(end).then_some(head)
}

/// What stands between `://` and the path.
fn written_authority(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default()
}

/// Whether the host was written the way it parses: `0x7f.1`, `127.1` and percent signs are lookalikes.
fn written_as_parsed(authority: &str, url: &Url) -> bool {
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => authority,
    };
    url.host_str().is_some_and(|parsed| parsed.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn auth(url: &str, tenant: Option<&str>) -> AuthAddress {
        AuthAddress { url: url.to_owned(), tenant: tenant.map(str::to_owned) }
    }

    #[test]
    fn authorisation_servers_are_normalised() {
        for (typed, url, tenant) in [
            ("https://acme.halopsa.com/auth", "https://acme.halopsa.com/auth", None),
            ("  https://acme.halopsa.com/auth/ \n", "https://acme.halopsa.com/auth", None),
            ("acme.halopsa.com/auth//", "https://acme.halopsa.com/auth", None),
            ("ACME.HaloPSA.com", "https://acme.halopsa.com", None),
            ("https://auth.example.com/token", "https://auth.example.com", None),
            ("https://acme.halopsa.com/auth/token", "https://acme.halopsa.com/auth", None),
            ("https://acme.halopsa.com/auth/Token/", "https://acme.halopsa.com/auth", None),
            ("https://acme.halopsa.com/auth/token?tenant=acme", "https://acme.halopsa.com/auth", Some("acme")),
            ("https://auth.example.com?tenant=a%20b", "https://auth.example.com", Some("a b")),
            ("https://auth.example.com/?tenant=", "https://auth.example.com", None),
            ("https://auth.example.com/?tenant=None", "https://auth.example.com", None),
            ("https://desk.example:8443/auth", "https://desk.example:8443/auth", None),
            ("https://desk.example:443/auth", "https://desk.example/auth", None),
            ("desk.example:8443", "https://desk.example:8443", None),
            ("http://127.0.0.1:8080/auth/", "http://127.0.0.1:8080/auth", None),
            ("https://mytoken", "https://mytoken", None),
        ] {
            assert_eq!(authorisation_server(typed), Ok(auth(url, tenant)), "{typed:?}");
        }
    }

    #[test]
    fn plain_http_is_for_true_loopback_alone() {
        for yes in [
            "http://127.0.0.1",
            "http://127.0.0.1:1/api",
            "http://127.255.3.4:80",
            "http://localhost:9000",
            "http://LOCALHOST",
            "http://[::1]",
            "http://[::1]:8080/api",
        ] {
            assert!(checked(yes).is_ok(), "{yes}");
        }
        for no in [
            "http://acme.halopsa.com",
            "http://127.0.0.1.example",
            "http://localhost.example",
            "http://localhost.",
            "http://0x7f.1",
            "http://127.1",
            "http://2130706433",
            "http://0177.0.0.1",
            "http://127.0.0.1.",
            "http://%6cocalhost",
            "http://ⓛocalhost",
            "http://[::ffff:127.0.0.1]",
            "http://[0:0:0:0:0:0:0:1]",
            "http://[::]",
            "http://0.0.0.0",
            "http://128.0.0.1",
        ] {
            assert_eq!(checked(no), Err(AddressError::PlainHttp), "{no}");
        }
    }

    #[test]
    fn tricks_and_slips_are_named() {
        use AddressError as E;
        for (typed, error) in [
            ("", E::Empty),
            (" \t ", E::Empty),
            ("https://", E::NotAnAddress),
            ("https://:443", E::NotAnAddress),
            ("mailto:me@example.com", E::UserInfo),
            ("javascript:alert(1)", E::NotAnAddress),
            ("https://host:99999", E::NotAnAddress),
            ("ftp://acme.halopsa.com", E::OtherScheme),
            ("file:///etc/passwd", E::OtherScheme),
            ("http://localhost@evil.example", E::UserInfo),
            ("https://user:word@acme.halopsa.com", E::UserInfo),
            ("https://@acme.halopsa.com", E::UserInfo),
            ("https://acme.halopsa.com/#x", E::Fragment),
            ("https://acme.halopsa.com#", E::Fragment),
            ("https://acme.hal\topsa.com", E::OddCharacter),
            ("https://acme halopsa.com", E::OddCharacter),
            ("https:\\\\evil.example", E::OddCharacter),
            ("http://localhost\\@evil.example", E::OddCharacter),
            ("https://acme\u{0}.example", E::OddCharacter),
        ] {
            assert_eq!(checked(typed), Err(error), "{typed:?}");
        }
        assert_eq!(authorisation_server("https://a.example/token?client_secret=x"), Err(E::Query));
        assert_eq!(resource_server("https://a.example/api?x=1"), Err(E::Query));
    }

    #[test]
    fn resource_servers_get_their_api_path_only_where_none_is() {
        for (typed, url) in [
            ("https://acme.halopsa.com/api", "https://acme.halopsa.com/api"),
            ("https://acme.halopsa.com/api/", "https://acme.halopsa.com/api"),
            ("acme.halopsa.com", "https://acme.halopsa.com/api"),
            ("https://desk.example/halo/api", "https://desk.example/halo/api"),
            ("http://localhost:4000", "http://localhost:4000/api"),
        ] {
            assert_eq!(resource_server(typed).as_deref(), Ok(url), "{typed}");
        }
    }

    #[test]
    fn an_instance_is_its_scheme_and_host() {
        for (typed, url) in [
            ("acme.halopsa.com", "https://acme.halopsa.com"),
            ("https://acme.halopsa.com/tickets?area=1&mainview=team#top", "https://acme.halopsa.com"),
            ("https://acme.halopsa.com/api/", "https://acme.halopsa.com"),
            ("http://127.0.0.1:4000/auth/token", "http://127.0.0.1:4000"),
        ] {
            assert_eq!(instance(typed).as_deref(), Ok(url), "{typed}");
        }
        assert_eq!(instance("http://evil.example/#http://localhost"), Err(AddressError::PlainHttp));
    }

    #[test]
    fn token_endpoints_come_in_their_order_with_the_tenant() {
        let list = |url: &str, tenant| -> Vec<String> {
            token_endpoints(url, tenant).unwrap().iter().map(ToString::to_string).collect()
        };
        assert_eq!(list("https://auth.example", None), ["https://auth.example/token", "https://auth.example/auth/token"]);
        assert_eq!(
            list("https://auth.example", Some("a&b")),
            ["https://auth.example/token?tenant=a%26b", "https://auth.example/auth/token?tenant=a%26b"]
        );
        assert_eq!(list("https://x.example/auth", Some("acme")), ["https://x.example/auth/token?tenant=acme"]);
        assert_eq!(list("https://x.example/Auth", Some("None")), ["https://x.example/Auth/token"]);
        assert_eq!(token_endpoints("http://x.example", None), Err(AddressError::PlainHttp));
    }

    #[test]
    fn ticket_links_lead_to_the_web_app() {
        for (resource, link) in [
            ("https://acme.halopsa.com/api", "https://acme.halopsa.com/ticket?id=7"),
            ("https://acme.halopsa.com/API/", "https://acme.halopsa.com/ticket?id=7"),
            ("https://desk.example/halo/api", "https://desk.example/halo/ticket?id=7"),
            ("https://capi.example", "https://capi.example/ticket?id=7"),
        ] {
            assert_eq!(ticket_link(resource, TicketId(7)), link);
        }
    }
}
