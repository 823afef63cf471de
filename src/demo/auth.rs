//! Access tokens: the client-credentials grant, its errors, and what a token may read.

use std::collections::HashMap;
use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Map, Value};

use super::answer::{Answer, SERVER_ERROR_PAGE};
use super::params::Params;
use super::world::dice::{Dice, Subject};

/// The client ID that the stand-in takes.
pub(crate) const CLIENT_ID: &str = "5b1dcafe-7e57-4de0-8a10-0c0ffee0da7a";
/// The secret that goes with it: two GUIDs joined, as newer applications have.
pub(crate) const CLIENT_SECRET: &str = "0dd5eed5-57a9-4d1e-9a7e-2b0a7d0e5a11-c0de0fab-1e0f-4ca5-bead-de51dd0f1c7e";

/// The scopes that exist beside those for reading and editing one area.
const SCOPES: [&str; 5] = ["all", "all:standard", "admin", "access:chat", "offline_access"];
/// The areas that `read:` and `edit:` may be put before.
const AREAS: [&str; 17] = [
    "tickets",
    "calendar",
    "customers",
    "crm",
    "timesheets",
    "contracts",
    "suppliers",
    "items",
    "projects",
    "sales",
    "quotes",
    "invoices",
    "reporting",
    "software",
    "kb",
    "assets",
    "sos",
];

/// The tokens that are good.
#[derive(Debug, Default)]
pub(crate) struct Grants {
    issued: u64,
    good: HashMap<String, Grant>,
}

/// What one token allows, and until when (since the server's start).
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    until: Duration,
    scopes: Vec<String>,
}

impl Grant {
    /// Whether the token may read `area`; everything else is open to every token.
    pub(crate) fn may_read(&self, area: Option<&str>) -> bool {
        area.is_none_or(|area| {
            self.scopes.iter().any(|scope| {
                SCOPES.get(..3).unwrap_or_default().contains(&scope.as_str())
                    || scope.split_once(':').is_some_and(|(verb, of)| matches!(verb, "read" | "edit") && of == area)
            })
        })
    }
}

/// What a token request is judged by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms<'a> {
    pub(crate) tenant: &'a str,
    pub(crate) ttl: Duration,
    pub(crate) seed: u64,
    pub(crate) now: Duration,
}

impl Grants {
    /// Answers a token request (RFC 6749, section 4.4); `query` may name the tenant.
    pub(crate) fn request(&mut self, query: &Params, form: Option<&str>, terms: Terms<'_>) -> Answer {
        if query.text("tenant").is_some_and(|tenant| !tenant.eq_ignore_ascii_case(terms.tenant)) {
            return Answer::Page(StatusCode::INTERNAL_SERVER_ERROR, SERVER_ERROR_PAGE);
        }
        let Some(form) = form.map(Params::parse) else {
            return Answer::oauth(StatusCode::BAD_REQUEST, "invalid_request", "The body must be a form.");
        };
        match form.text("grant_type") {
            Some("client_credentials") => {}
            Some(_) => {
                return Answer::oauth(StatusCode::BAD_REQUEST, "unsupported_grant_type", "This grant is not supported.");
            }
            None => return Answer::oauth(StatusCode::BAD_REQUEST, "invalid_request", "grant_type is missing."),
        }
        if form.text("client_id") != Some(CLIENT_ID) || form.text("client_secret") != Some(CLIENT_SECRET) {
            let description = "The client credentials given are not valid.";
            return Answer::oauth(StatusCode::UNAUTHORIZED, "invalid_client", description);
        }
        let scopes: Vec<String> = form.text("scope").unwrap_or("all").split_whitespace().map(str::to_owned).collect();
        if let Some(unknown) = scopes.iter().find(|scope| !is_scope(scope)) {
            let description = format!("A requested scope is not known: {unknown}");
            return Answer::oauth(StatusCode::BAD_REQUEST, "invalid_scope", &description);
        }
        self.issue(scopes, terms)
    }

    fn issue(&mut self, scopes: Vec<String>, terms: Terms<'_>) -> Answer {
        self.issued += 1;
        self.good.retain(|_, grant| grant.until > terms.now);
        let mut dice = Dice::new(terms.seed, Subject::Token, self.issued);
        let token = format!("{:016x}{:016x}{:016x}", dice.bits(), dice.bits(), dice.bits());
        let mut body = Map::new();
        body.insert("scope".to_owned(), scopes.join(" ").into());
        body.insert("token_type".to_owned(), "Bearer".into());
        body.insert("access_token".to_owned(), token.clone().into());
        body.insert("expires_in".to_owned(), terms.ttl.as_secs().into());
        self.good.insert(token, Grant { until: terms.now + terms.ttl, scopes });
        Answer::ok(Value::Object(body))
    }

    /// What the bearer of this `Authorization` header is granted, if anything.
    pub(crate) fn bearer(&self, header: Option<&str>, now: Duration) -> Option<&Grant> {
        let (scheme, token) = header?.split_once(' ')?;
        let grant = self.good.get(token.trim()).filter(|grant| grant.until > now)?;
        scheme.eq_ignore_ascii_case("bearer").then_some(grant)
    }

    /// Voids every token.
    pub(crate) fn revoke(&mut self) {
        self.good.clear();
    }
}

fn is_scope(scope: &str) -> bool {
    SCOPES.contains(&scope)
        || scope.split_once(':').is_some_and(|(verb, area)| matches!(verb, "read" | "edit") && AREAS.contains(&area))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(grants: &mut Grants, scope: &str, now: u64) -> (StatusCode, Value) {
        let form = format!("grant_type=client_credentials&client_id={CLIENT_ID}&client_secret={CLIENT_SECRET}&scope={scope}");
        let terms = Terms { tenant: "demo", ttl: Duration::from_mins(1), seed: 1, now: Duration::from_secs(now) };
        match grants.request(&Params::default(), Some(&form), terms) {
            Answer::Json(status, value) => (status, value),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_scope_bounds_what_is_read() {
        let mut grants = Grants::default();
        let (status, body) = ask(&mut grants, "read:customers+edit:assets", 0);
        assert_eq!(status, StatusCode::OK);
        let header = format!("Bearer {}", body["access_token"].as_str().expect("a token"));
        let grant = grants.bearer(Some(&header), Duration::from_secs(59)).expect("a grant");
        assert!(grant.may_read(Some("customers")) && grant.may_read(Some("assets")) && grant.may_read(None));
        assert!(!grant.may_read(Some("tickets")));
        assert!(grants.bearer(Some(&header), Duration::from_mins(1)).is_none(), "expired");
        assert_eq!(ask(&mut grants, "all+read:agents", 0).1["error"], "invalid_scope");
    }
}
