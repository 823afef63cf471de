//! What kept an answer from coming, in kinds and plain words.

use std::{error::Error, io, time::Duration};

use rustls::CertificateError;
use url::Url;

use super::transport::host;
use crate::domain::{Failure, FailureKind};

/// A failed exchange.
#[derive(Debug)]
pub(super) struct Trouble {
    /// What to say.
    pub(super) failure: Failure,
    /// The connection ended before an answer began: what only reads may be sent once more.
    pub(super) broke_off: bool,
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self { failure, broke_off: false }
    }
}

/// The resolver found nothing.
#[derive(Debug, thiserror::Error)]
#[error("the name does not resolve")]
pub(super) struct UnknownName;

/// Classifies an error of the HTTP client about `host`; `proxy` is the one that the request went through.
pub(super) fn classify(error: reqwest::Error, host: &str, proxy: Option<&str>) -> Trouble {
    // The URL's query may hold the tenant: it is no part of any sentence.
    let error = error.without_url();
    let failure = if let Some(tls) = find::<rustls::Error>(&error) {
        untrusted(tls, host)
    } else if error.is_timeout() {
        Failure::new(FailureKind::TimedOut, &format!("{host} did not answer in time"))
            .advise("Check the network between this machine and HaloPSA, then try again")
    } else if error.is_connect() {
        match proxy {
            Some(proxy) => unreachable_proxy(&error, proxy),
            None if find::<UnknownName>(&error).is_some() => unknown_name(host),
            None => unreachable(&error, host),
        }
    } else if error.is_body() || error.is_decode() {
        Failure::new(FailureKind::BadReply, &format!("The answer of {host} was cut off or damaged on the way"))
    } else {
        let failure = Failure::new(FailureKind::Unreachable, &format!("{host} broke the connection off without an answer"));
        return Trouble { failure, broke_off: true };
    };
    failure.into()
}

/// The host's name does not resolve.
pub(super) fn unknown_name(host: &str) -> Failure {
    Failure::new(FailureKind::NameNotFound, &format!("The name {host} is not known to the DNS"))
        .advise("Check the address for slips, and this machine's DNS or VPN")
}

/// The total deadline passed.
pub(super) fn no_answer(host: &str, deadline: Duration) -> Failure {
    Failure::new(FailureKind::TimedOut, &format!("{host} gave no whole answer within {} s", deadline.as_secs_f64()))
        .advise("Check the network between this machine and HaloPSA, then try again")
}

/// A body above the cap.
pub(super) fn too_large(host: &str, cap: usize) -> Failure {
    Failure::new(FailureKind::TooLarge, &format!("{host} sent more than {} MiB in one answer", cap / (1024 * 1024)))
}

/// A redirect, which is never followed.
pub(super) fn redirected(from: &Url, location: Option<&str>) -> Failure {
    // Only the host is named: the rest of a location is the server's to choose.
    let target = location.and_then(|location| from.join(location).ok()).map(|url| host(&url));
    let onto = target.map(|target| format!(" to {target}")).unwrap_or_default();
    Failure::new(FailureKind::Redirected, &format!("{} redirects{onto} instead of answering", host(from)))
        .advise("A redirect could carry the credentials elsewhere and is not followed: enter the address it leads to")
}

fn unreachable(error: &reqwest::Error, host: &str) -> Failure {
    let why = match find::<io::Error>(error).map(io::Error::kind) {
        Some(io::ErrorKind::ConnectionRefused) => "refuses connections",
        Some(io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable) => "can't be reached: there is no route to it",
        Some(io::ErrorKind::ConnectionReset | io::ErrorKind::UnexpectedEof) => "breaks connections off",
        _ => "can't be reached",
    };
    Failure::new(FailureKind::Unreachable, &format!("{host} {why}"))
        .advise("Check the address and its port, and whether a firewall or VPN stands between")
}

fn unreachable_proxy(error: &reqwest::Error, proxy: &str) -> Failure {
    let why = match find::<io::Error>(error).map(io::Error::kind) {
        _ if find::<UnknownName>(error).is_some() => "has a name that the DNS does not know",
        Some(io::ErrorKind::ConnectionRefused) => "refuses connections",
        Some(_) => "can't be reached",
        None => "did not let the request through",
    };
    Failure::new(FailureKind::Proxy, &format!("The proxy {proxy} {why}"))
        .advise("Check HTTPS_PROXY and its user name and password, or name the host in NO_PROXY")
}

fn untrusted(error: &rustls::Error, host: &str) -> Failure {
    let rustls::Error::InvalidCertificate(certificate) = error else {
        return Failure::new(FailureKind::Unreachable, &format!("No secure connection to {host} came about: {error}"))
            .advise("Check that the address and its port speak https");
    };
    let (why, advice) = match certificate {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            ("has expired", "Check this machine's clock; otherwise the server's certificate must be renewed")
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            ("is not valid yet", "Check this machine's clock")
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            ("is for another name", "Check the address: it must be the name that the certificate was issued for")
        }
        CertificateError::UnknownIssuer => (
            "was issued by an authority that this machine does not trust",
            "Install the package ca-certificates, or name your own authority's PEM file as ca_file",
        ),
        CertificateError::Revoked => ("was revoked", "The server's certificate must be replaced"),
        _ => ("can't be verified", "Ask whoever runs the server, or the proxy in between, about its certificate"),
    };
    Failure::new(FailureKind::CertificateNotTrusted, &format!("The certificate of {host} {why}")).advise(advice)
}

/// The first error of a kind in a chain; I/O errors hide the one they wrap from `source`.
fn find<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = match inner {
            Some(inner) => Some(inner as &(dyn Error + 'static)),
            None => error.source(),
        };
    }
    None
}
