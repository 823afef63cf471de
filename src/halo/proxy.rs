//! Which requests go through a proxy: the environment's variables, read by one explicit rule.

use std::{fmt, net::IpAddr};

use url::{Host, Url};

use crate::domain::{Failure, FailureKind, address};

/// The proxy and its exceptions.
///
/// Plain http never leaves this machine and loopback is never proxied, so only the proxy for https counts: `https_proxy`,
/// else `all_proxy`, lower case first as curl reads them. `http_proxy` has nothing to say here.
#[derive(Clone, Default)]
pub struct ProxyRules {
    proxy: Option<Url>,
    exceptions: Vec<Exception>,
}

/// One entry of `no_proxy`.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Exception {
    All,
    /// The domain and what is below it, on any port or on one.
    Domain(String, Option<u16>),
    /// A network: address and length of its prefix.
    Network(IpAddr, u8),
}

impl ProxyRules {
    /// Reads the variables through `read`, which answers with a variable's value.
    ///
    /// # Errors
    /// [`FailureKind::Proxy`] where the proxy's address can't be read: going around it silently would be worse.
    pub fn from_environment(read: impl Fn(&str) -> Option<String>) -> Result<Self, Failure> {
        let first = |names: &[&str]| names.iter().find_map(|name| read(name).filter(|value| !value.trim().is_empty()));
        let proxy = match first(&["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]) {
            Some(address) => Some(proxy_url(address.trim()).ok_or_else(unreadable)?),
            None => None,
        };
        let exceptions = first(&["no_proxy", "NO_PROXY"]).unwrap_or_default();
        Ok(Self { proxy, exceptions: exceptions.split([',', ' ']).filter_map(Exception::parse).collect() })
    }

    /// The proxy that a request to `url` goes through, with its credentials.
    pub(super) fn for_url(&self, url: &Url) -> Option<&Url> {
        let proxy = self.proxy.as_ref()?;
        let direct = address::is_loopback(url) || self.exceptions.iter().any(|exception| exception.covers(url));
        (!direct).then_some(proxy)
    }
}

/// Leaves the proxy's user name and password out.
impl fmt::Debug for ProxyRules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let proxy = self.proxy.as_ref().map(shown);
        f.debug_struct("ProxyRules").field("proxy", &proxy).field("exceptions", &self.exceptions).finish()
    }
}

/// The proxy's host and port, without its credentials.
pub(super) fn shown(proxy: &Url) -> String {
    let host = proxy.host_str().unwrap_or_default();
    match proxy.port_or_known_default() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

fn unreadable() -> Failure {
    Failure::new(FailureKind::Proxy, "The proxy's address in the environment can't be read")
        .advise("Set HTTPS_PROXY to something like http://proxy.example:3128, or unset it")
}

fn proxy_url(address: &str) -> Option<Url> {
    let address = if address.contains("://") { address.to_owned() } else { format!("http://{address}") };
    let url = Url::parse(&address).ok()?;
    let known = matches!(url.scheme(), "http" | "https" | "socks4" | "socks4a" | "socks5" | "socks5h");
    (known && url.host_str().is_some_and(|host| !host.is_empty())).then_some(url)
}

impl Exception {
    fn parse(entry: &str) -> Option<Self> {
        let entry = entry.trim().to_ascii_lowercase();
        if entry == "*" {
            return Some(Self::All);
        }
        if let Some((network, length)) = entry.split_once('/') {
            return Some(Self::Network(network.parse().ok()?, length.parse().ok()?));
        }
        if let Ok(address) = entry.trim_matches(['[', ']']).parse::<IpAddr>() {
            return Some(Self::Network(address, if address.is_ipv4() { 32 } else { 128 }));
        }
        let (name, port) = match entry.rsplit_once(':') {
            Some((name, port)) => (name, Some(port.parse().ok()?)),
            None => (entry.as_str(), None),
        };
        let name = name.trim_start_matches('*').trim_matches('.');
        (!name.is_empty()).then(|| Self::Domain(name.to_owned(), port))
    }

    fn covers(&self, url: &Url) -> bool {
        match (self, url.host()) {
            (Self::All, _) => true,
            (Self::Domain(name, port), Some(Host::Domain(host))) => {
                let below = host.strip_suffix(name.as_str()).is_some_and(|head| head.is_empty() || head.ends_with('.'));
                below && port.is_none_or(|port| url.port_or_known_default() == Some(port))
            }
            (Self::Network(network, length), Some(Host::Ipv4(address))) => within(*network, *length, address.into()),
            (Self::Network(network, length), Some(Host::Ipv6(address))) => within(*network, *length, address.into()),
            _ => false,
        }
    }
}

fn within(network: IpAddr, length: u8, address: IpAddr) -> bool {
    let (network, address, width) = match (network, address) {
        (IpAddr::V4(n), IpAddr::V4(a)) => (u128::from(n.to_bits()), u128::from(a.to_bits()), 32_u8),
        (IpAddr::V6(n), IpAddr::V6(a)) => (n.to_bits(), a.to_bits(), 128),
        _ => return false,
    };
    let free = u32::from(width.saturating_sub(length));
    network.checked_shr(free).unwrap_or_default() == address.checked_shr(free).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(variables: &[(&str, &str)]) -> ProxyRules {
        let read = |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
        ProxyRules::from_environment(read).unwrap()
    }

    fn proxied(rules: &ProxyRules, url: &str) -> bool {
        rules.for_url(&Url::parse(url).unwrap()).is_some()
    }

    #[test]
    fn loopback_is_never_proxied() {
        let rules = rules(&[("ALL_PROXY", "http://proxy.example:3128"), ("http_proxy", "http://proxy.example:3128")]);
        for url in ["http://127.0.0.1:9", "http://localhost", "https://127.1.2.3", "http://[::1]:80"] {
            assert!(!proxied(&rules, url), "{url}");
        }
        assert!(proxied(&rules, "https://acme.halopsa.com"));
    }

    #[test]
    fn the_exceptions_are_honoured() {
        for (list, url, direct) in [
            ("acme.example", "https://acme.example", true),
            ("acme.example", "https://desk.acme.example/api", true),
            (".acme.example", "https://acme.example", true),
            ("*.acme.example", "https://desk.acme.example", true),
            ("acme.example", "https://notacme.example", false),
            ("ACME.example", "https://acme.example", true),
            ("other.example, acme.example", "https://acme.example", true),
            ("acme.example:8443", "https://acme.example:8443", true),
            ("acme.example:8443", "https://acme.example", false),
            ("10.0.0.0/8", "https://10.1.2.3", true),
            ("10.0.0.0/8", "https://11.1.2.3", false),
            ("0.0.0.0/0", "https://11.1.2.3", true),
            ("10.1.2.3", "https://10.1.2.3", true),
            ("fd00::/8", "https://[fd12::1]", true),
            ("[fd12::1]", "https://[fd12::1]", true),
            ("*", "https://acme.example", true),
            ("", "https://acme.example", false),
            ("10.0.0.0/nonsense,acme.example:nonsense", "https://acme.example", false),
        ] {
            let rules = rules(&[("HTTPS_PROXY", "proxy.example:3128"), ("NO_PROXY", list)]);
            assert_eq!(!proxied(&rules, url), direct, "{list:?} {url}");
        }
    }

    #[test]
    fn lower_case_comes_first_and_http_proxy_does_not_count() {
        let url = Url::parse("https://acme.example").unwrap();
        let both = rules(&[("HTTPS_PROXY", "http://upper.example"), ("https_proxy", "http://lower.example")]);
        assert_eq!(both.for_url(&url).map(shown).as_deref(), Some("lower.example:80"));
        assert!(!proxied(&rules(&[("HTTP_PROXY", "http://proxy.example")]), "https://acme.example"));
        assert!(!proxied(&rules(&[("HTTPS_PROXY", "")]), "https://acme.example"));
    }

    #[test]
    fn the_password_is_not_shown() {
        let rules = rules(&[("HTTPS_PROXY", "http://me:canary@proxy.example:3128")]);
        assert!(!format!("{rules:?}").contains("canary"));
        assert!(format!("{rules:?}").contains("proxy.example:3128"));
    }

    #[test]
    fn an_unreadable_proxy_is_an_error_not_a_way_around_it() {
        for bad in ["ftp://proxy.example", "http://", "http://proxy example", "http://proxy:99999"] {
            let read = |name: &str| (name == "HTTPS_PROXY").then(|| bad.to_owned());
            assert_eq!(ProxyRules::from_environment(read).unwrap_err().kind, FailureKind::Proxy, "{bad}");
        }
    }
}
