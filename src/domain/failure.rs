//! What can go wrong between this keyboard and HaloPSA, in words for the operator.

use std::time::Duration;

use crate::text::SafeText;

/// The kinds of failure that the program acts on differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum FailureKind {
    /// The host's name does not resolve.
    NameNotFound,
    /// No connection: refused, no route, reset.
    Unreachable,
    /// The certificate is not trusted, expired or for another name.
    CertificateNotTrusted,
    /// No answer in time.
    TimedOut,
    /// The proxy refused or is not there.
    Proxy,
    /// The authorisation server does not know the client ID or the secret (RFC 6749 5.2).
    InvalidClient,
    /// A scope is unknown or not granted (RFC 6749 5.2).
    InvalidScope,
    /// The authorisation server refused the grant for another reason.
    GrantRefused,
    /// The tenant's name is wrong (a 500 that is not JSON on the token endpoint).
    WrongTenant,
    /// HTML where JSON was due: the URL is not the API's.
    WrongUrl,
    /// 401 even with a fresh token.
    Unauthorised,
    /// 403: the application or its agent lacks a right.
    Forbidden,
    /// 404.
    NotFound,
    /// 429, with the pause that the server asked for.
    RateLimited(Option<Duration>),
    /// 5xx.
    Server(u16),
    /// Another 4xx: the request was refused.
    Refused(u16),
    /// JSON that is cut off or has another shape.
    BadReply,
    /// More bytes than any honest answer has.
    TooLarge,
    /// A redirect: never followed, since it would carry the credentials along.
    Redirected,
    /// A setting is missing or wrong.
    Settings,
    /// The secret could not be read.
    SecretUnavailable,
    /// The disk or the mirror.
    Storage,
    /// The task that should have answered is gone.
    Gone,
}

/// A failure as the operator reads it: what happened and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct Failure {
    /// What the program acts on.
    pub kind: FailureKind,
    /// What happened: one sentence, without a final stop.
    pub what: SafeText,
    /// What to do about it: one sentence, or empty.
    pub advice: SafeText,
}

impl Failure {
    /// A failure with its sentence; server text in `what` is made safe here.
    #[must_use]
    pub fn new(kind: FailureKind, what: &str) -> Self {
        Self { kind, what: SafeText::line(what), advice: SafeText::default() }
    }

    /// Adds what to do.
    #[must_use]
    pub fn advise(mut self, advice: &str) -> Self {
        self.advice = SafeText::line(advice);
        self
    }

    /// What happened and what to do, as sentences; one full stop each, whether or not a server's own words brought one.
    pub fn sentences(&self) -> SafeText {
        let what = self.what.as_str().trim_end_matches('.');
        if self.advice.is_empty() { SafeText::line(what) } else { SafeText::line(&format!("{what}. {}", self.advice)) }
    }

    /// Whether asking again later can help without anybody changing a setting.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(
            self.kind,
            FailureKind::NameNotFound
                | FailureKind::Unreachable
                | FailureKind::TimedOut
                | FailureKind::Proxy
                | FailureKind::RateLimited(_)
                | FailureKind::Server(_)
                | FailureKind::BadReply
        )
    }

    /// Whether credentials or rights were refused.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        matches!(
            self.kind,
            FailureKind::InvalidClient
                | FailureKind::InvalidScope
                | FailureKind::GrantRefused
                | FailureKind::WrongTenant
                | FailureKind::Unauthorised
                | FailureKind::Forbidden
        )
    }

    /// Whether the server could not be reached at all.
    #[must_use]
    pub fn is_unreachable(&self) -> bool {
        matches!(
            self.kind,
            FailureKind::NameNotFound
                | FailureKind::Unreachable
                | FailureKind::CertificateNotTrusted
                | FailureKind::TimedOut
                | FailureKind::Proxy
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_servers_own_full_stop_is_not_doubled() {
        let failure = Failure::new(FailureKind::InvalidClient, "The client credentials are not valid.");
        assert_eq!(failure.sentences().as_str(), "The client credentials are not valid");
        let advised = failure.advise("Copy both again");
        assert_eq!(advised.sentences().as_str(), "The client credentials are not valid. Copy both again");
    }
}
