//! The state behind the server, and the handle by which a running stand-in is steered.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use jiff::{Timestamp, Unit};
use serde_json::json;
use tokio::time::Instant;

use super::answer::{Answer, WEB_APP};
use super::auth::{Grants, Terms};
use super::params::Params;
use super::rate::Window;
use super::routes::{self, Ask};
use super::settings::{Fault, Settings};
use super::tally::Tally;
use super::world::World;

/// Everything a request is answered from.
#[derive(Debug)]
pub(crate) struct Desk {
    settings: Settings,
    url: String,
    started: Instant,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    world: World,
    grants: Grants,
    window: Window,
    tally: Tally,
    rate: Option<u32>,
    fault: Option<Fault>,
    /// Time that passed by order.
    advanced: Duration,
}

impl Desk {
    pub(crate) fn new(settings: Settings, url: String) -> Self {
        let now = Timestamp::now();
        let at = settings.at.unwrap_or_else(|| if settings.still { now.round(Unit::Minute).unwrap_or(now) } else { now });
        let state = State {
            world: World::new(settings.seed, at, settings.tickets, settings.clients),
            grants: Grants::default(),
            window: Window::default(),
            tally: Tally::default(),
            rate: settings.rate,
            fault: settings.fault,
            advanced: Duration::ZERO,
        };
        Self { settings, url, started: Instant::now(), state: Mutex::new(state) }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The answer to one request, and the fault to put into it. Takes as long as its list takes to sort.
    pub(crate) fn answer(&self, method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> (Answer, Option<Fault>) {
        let mut state = self.state();
        let target = uri.path_and_query().map_or("/", |target| target.as_str());
        state.tally.note(method.as_str(), target);
        let path = uri.path().to_ascii_lowercase();
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let params = Params::parse(uri.query().unwrap_or_default());
        let uptime = self.started.elapsed() + state.advanced;
        let is_token = matches!(parts.as_slice(), ["token"] | ["auth", "token"]);
        if !is_token && parts.first() != Some(&"api") {
            return (self.outside(&parts), None);
        }
        if let Some(limit) = state.rate
            && !state.window.admit(uptime, limit)
        {
            state.tally.refused += 1;
            return (Answer::throttled(limit), None);
        }
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        if is_token {
            if method != Method::POST {
                return (Answer::Nothing(StatusCode::METHOD_NOT_ALLOWED), None);
            }
            let is_form = text(header::CONTENT_TYPE).is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
            let form = std::str::from_utf8(body).ok().filter(|_| is_form);
            let Settings { tenant, token_ttl, seed, .. } = &self.settings;
            let terms = Terms { tenant, ttl: *token_ttl, seed: *seed, now: uptime };
            return (state.grants.request(&params, form, terms), None);
        }
        let resource = parts.get(1..).unwrap_or_default();
        if resource == ["authinfo"] {
            let info = json!({"auth_url": format!("{}/auth", self.url), "tenant_id": self.settings.tenant});
            return (Answer::ok(info), None);
        }
        let fault = state.fault;
        let grant = state.grants.bearer(text(header::AUTHORIZATION), uptime).filter(|_| fault != Some(Fault::Unauthorised));
        let Some(grant) = grant else {
            return (Answer::Challenge, None);
        };
        if !grant.may_read(routes::area(resource)) {
            return (Answer::Nothing(StatusCode::FORBIDDEN), None);
        }
        let passed = self.passed(&state);
        state.world.pass(passed);
        let answer = match fault {
            Some(Fault::Html) => Answer::Page(StatusCode::OK, WEB_APP),
            Some(Fault::ServerError) => Answer::exception(),
            _ if method != Method::GET => Answer::Nothing(StatusCode::METHOD_NOT_ALLOWED),
            _ => routes::answer(Ask { world: &mut state.world, params, passed, fault }, resource),
        };
        (answer, fault)
    }

    /// Paths that are neither the API nor a token endpoint: the web application answers them all alike.
    fn outside(&self, parts: &[&str]) -> Answer {
        if let [.., ".well-known", "openid-configuration"] = parts {
            let issuer = format!("{}/auth", self.url);
            return Answer::ok(json!({
                "issuer": issuer,
                "authorization_endpoint": format!("{issuer}/authorize"),
                "token_endpoint": format!("{issuer}/token"),
                "grant_types_supported": ["client_credentials"],
            }));
        }
        Answer::Page(StatusCode::OK, WEB_APP)
    }

    /// How much of the world's time has passed since the start.
    fn passed(&self, state: &State) -> Duration {
        if self.settings.still { state.advanced } else { self.started.elapsed() + state.advanced }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere must not take the stand-in with it: what it guards is whole between two requests.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Steers a running stand-in; clones steer the same one.
#[derive(Clone, Debug)]
pub struct Control(pub(crate) Arc<Desk>);

impl Control {
    /// What was asked so far.
    pub fn tally(&self) -> Tally {
        self.0.state().tally.clone()
    }

    /// Lets something go wrong from the next request on, or nothing.
    pub fn set_fault(&self, fault: Option<Fault>) {
        self.0.state().fault = fault;
    }

    /// Changes the requests allowed per rolling 5 minutes; those that passed already count.
    pub fn set_rate(&self, rate: Option<u32>) {
        self.0.state().rate = rate;
    }

    /// Voids every access token: the next resource call gets 401.
    pub fn revoke_tokens(&self) {
        self.0.state().grants.revoke();
    }

    /// Lets time pass at once, in a still world too: what is due happens, tokens age, the rate's window rolls.
    pub fn advance(&self, by: Duration) {
        let mut state = self.0.state();
        state.advanced += by;
        let passed = self.0.passed(&state);
        state.world.pass(passed);
    }

    /// A new ticket arrives now; its id.
    pub fn add_ticket(&self) -> u64 {
        let mut state = self.0.state();
        let now = state.world.next_second(self.0.passed(&state));
        state.world.arrive(now).into()
    }

    /// The user of a ticket writes a mail; false where there is no such open ticket.
    pub fn answer_ticket(&self, id: u64) -> bool {
        self.on_open(id, World::user_writes)
    }

    /// Closes a ticket; false where there is no such open ticket.
    pub fn close_ticket(&self, id: u64) -> bool {
        self.on_open(id, World::close)
    }

    /// Deletes a ticket: it is in no list any more; false where there is none.
    pub fn delete_ticket(&self, id: u64) -> bool {
        let mut state = self.0.state();
        let found = u32::try_from(id).ok().and_then(|id| state.world.index(id));
        if let Some(index) = found {
            state.world.delete(index);
        }
        found.is_some()
    }

    fn on_open(&self, id: u64, change: impl FnOnce(&mut World, u32, u32)) -> bool {
        let mut state = self.0.state();
        let now = state.world.next_second(self.0.passed(&state));
        let found = u32::try_from(id).ok().and_then(|id| state.world.index(id));
        let found = found.filter(|index| state.world.key(*index).is_some_and(|key| key.closed == 0));
        if let Some(index) = found {
            change(&mut state.world, index, now);
        }
        found.is_some()
    }
}
