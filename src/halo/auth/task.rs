//! [`TokenTask`]: the one task that owns the client secret.

use std::{fmt, pin::pin, sync::Arc};

use jiff::SignedDuration;
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, sleep_until},
};

use super::{
    Credentials,
    grant::{Granted, Granter},
    schedule,
    tokens::{Held, Live, Order, Phase},
};
use crate::{
    domain::{Failure, FailureKind, Secret, TokenState},
    halo::{Clock, Transport},
};

/// Asks for the token, renews it early, backs off on trouble and stops at a refusal.
pub struct TokenTask {
    granter: Granter,
    transport: Transport,
    secret: Option<Secret>,
    held: Arc<watch::Sender<Held>>,
    state: watch::Sender<TokenState>,
    orders: mpsc::UnboundedReceiver<Order>,
    clock: Clock,
    /// Attempts in a row that failed.
    failures: u32,
    /// Young tokens in a row that the API refused.
    refusals: u32,
    /// When the newest token was asked for.
    granted_at: Option<Instant>,
}

impl fmt::Debug for TokenTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenTask").field("state", &*self.state.borrow()).finish_non_exhaustive()
    }
}

/// What the task does next.
enum Next {
    Attempt,
    /// Wait until then, or for ever; orders end the wait.
    Rest(Option<Instant>),
    /// Every handle is gone.
    End,
}

impl TokenTask {
    pub(super) fn new(
        transport: Transport,
        credentials: Credentials,
        held: Arc<watch::Sender<Held>>,
        state: watch::Sender<TokenState>,
        orders: mpsc::UnboundedReceiver<Order>,
        clock: Clock,
    ) -> Self {
        let granter = Granter::new(transport.clone(), credentials);
        Self { granter, transport, secret: None, held, state, orders, clock, failures: 0, refusals: 0, granted_at: None }
    }

    /// Runs until every handle is dropped. Where a run broke off, another one begins anew.
    pub async fn run(&mut self) {
        let mut next = self.by_itself();
        loop {
            next = match next {
                Next::Attempt => self.attempt().await,
                Next::Rest(until) => self.rest(until).await,
                Next::End => return,
            };
        }
    }

    /// An attempt that nobody asked for is made only where a token is to be kept.
    fn by_itself(&self) -> Next {
        if self.held.borrow().kept {
            return Next::Attempt;
        }
        self.enter(Phase::Resting);
        Next::Rest(None)
    }

    async fn attempt(&mut self) -> Next {
        self.enter(Phase::Asking);
        let outcome = {
            // Borrowed apart, so that orders are heard while the attempt goes on.
            let Self { granter, secret, clock, orders, .. } = self;
            let mut asking = pin!(ask(granter, secret, clock));
            loop {
                tokio::select! {
                    outcome = &mut asking => break Ok(outcome),
                    order = orders.recv() => match order {
                        Some(Order::Replace(credentials)) => break Err(credentials),
                        // Whoever asks for a new token has this attempt to wait for.
                        Some(Order::Keep | Order::Anew | Order::Retry | Order::Renew(_) | Order::Refused(_)) => {}
                        None => return Next::End,
                    },
                }
            }
        };
        match outcome {
            Ok(Ok(granted)) => self.hold(granted),
            Ok(Err(failure)) => self.fail(failure),
            Err(credentials) => {
                self.take_over(credentials);
                Next::Attempt
            }
        }
    }

    fn hold(&mut self, granted: Granted) -> Next {
        let Granted { token, asked_at, life } = granted;
        let usable = schedule::usable_for(life);
        let left = |span: tokio::time::Duration| span.saturating_sub(asked_at.elapsed());
        let wall = (self.clock)();
        let ends = |span| wall.saturating_add(SignedDuration::try_from(left(span)).unwrap_or_default()).unwrap_or(wall);
        self.failures = 0;
        self.granted_at = Some(asked_at);
        self.held.send_modify(|held| {
            held.generation += 1;
            held.live = Some(Live { token, until: asked_at + usable, until_wall: ends(usable) });
        });
        self.enter(Phase::Resting);
        self.state.send_replace(TokenState::Valid { until: ends(life) });
        Next::Rest(Some(asked_at + schedule::renew_after(life, rand::random())))
    }

    fn fail(&mut self, failure: Failure) -> Next {
        // Once these credentials were good, only a plain refusal of them is final: anything else passes.
        let refused = matches!(
            failure.kind,
            FailureKind::InvalidClient | FailureKind::InvalidScope | FailureKind::GrantRefused | FailureKind::SecretUnavailable
        );
        if refused || !(failure.is_transient() || self.granter.has_worked()) {
            self.secret = None;
            self.enter(Phase::Refused(failure));
            return Next::Rest(None);
        }
        self.failures = self.failures.saturating_add(1);
        let pause = schedule::back_off(self.failures, rand::random());
        let asked = match failure.kind {
            FailureKind::RateLimited(Some(asked)) => asked,
            _ => tokio::time::Duration::ZERO,
        };
        self.enter(Phase::Failed(failure));
        Next::Rest(Some(Instant::now() + pause.max(asked)))
    }

    async fn rest(&mut self, until: Option<Instant>) -> Next {
        let wake = async {
            match until {
                Some(until) => sleep_until(until).await,
                None => std::future::pending().await,
            }
        };
        let order = tokio::select! {
            () = wake => return self.by_itself(),
            order = self.orders.recv() => order,
        };
        match order {
            None => Next::End,
            Some(Order::Retry) => {
                self.failures = 0;
                self.secret = None;
                Next::Attempt
            }
            Some(Order::Replace(credentials)) => {
                self.take_over(credentials);
                Next::Attempt
            }
            Some(Order::Anew) => Next::Attempt,
            Some(Order::Renew(generation)) if self.is_resting_on(generation) => Next::Attempt,
            Some(Order::Refused(generation)) if self.is_about(generation) => self.refused(until),
            Some(Order::Keep) if until.is_none() && matches!(self.held.borrow().phase, Phase::Resting) => Next::Attempt,
            // About a token that was replaced meanwhile, or while a refusal stands.
            Some(Order::Renew(_) | Order::Refused(_) | Order::Keep) => Next::Rest(until),
        }
    }

    /// The API refused the newest token: another one at once, but not for ever.
    fn refused(&mut self, until: Option<Instant>) -> Next {
        // While attempts fail by themselves the next one is set already.
        if matches!(self.held.borrow().phase, Phase::Failed(_)) {
            return Next::Rest(until);
        }
        let young = self.granted_at.is_some_and(|granted_at| granted_at.elapsed() < schedule::YOUNG);
        self.refusals = if young { self.refusals.saturating_add(1) } else { 1 };
        let pause = schedule::after_refusals(self.refusals);
        if pause.is_zero() {
            return Next::Attempt;
        }
        let failure = Failure::new(FailureKind::Unauthorised, "HaloPSA grants tokens but refuses each of them").advise(
            "Check that resource server and authorisation server belong together and the application's agent may sign in",
        );
        self.enter(Phase::Failed(failure));
        Next::Rest(Some(Instant::now() + pause))
    }

    fn is_resting_on(&self, generation: u64) -> bool {
        let held = self.held.borrow();
        held.generation == generation && matches!(held.phase, Phase::Resting)
    }

    /// Whether a refused token is the newest and no refusal of the credentials stands.
    fn is_about(&self, generation: u64) -> bool {
        let held = self.held.borrow();
        held.generation == generation && !matches!(held.phase, Phase::Refused(_))
    }

    fn take_over(&mut self, credentials: Credentials) {
        self.granter = Granter::new(self.transport.clone(), credentials);
        self.secret = None;
        self.failures = 0;
        self.refusals = 0;
        self.held.send_modify(|held| {
            held.live = None;
            held.phase = Phase::Asking;
        });
    }

    /// Enters a phase and publishes how the token stands.
    fn enter(&self, phase: Phase) {
        let state = match &phase {
            Phase::Asking if self.held.borrow().live.is_some() => None,
            Phase::Asking => Some(TokenState::Requesting),
            Phase::Failed(_) => Some(TokenState::Retrying),
            Phase::Refused(_) => Some(TokenState::Refused),
            Phase::Resting | Phase::Gone => None,
        };
        self.held.send_modify(|held| held.phase = phase);
        if let Some(state) = state {
            self.state.send_replace(state);
        }
    }
}

/// Nobody waits for a task that ended.
impl Drop for TokenTask {
    fn drop(&mut self) {
        self.enter(Phase::Gone);
    }
}

/// One attempt; after `invalid_client` the secret's source is asked once more, since the secret may have been rotated.
async fn ask(granter: &mut Granter, known: &mut Option<Secret>, clock: &Clock) -> Result<Granted, Failure> {
    let source = Arc::clone(&granter.credentials().source);
    let secret = match known.clone() {
        Some(secret) => secret,
        None => known.insert(source.secret().await?).clone(),
    };
    let outcome = granter.request(&secret, clock()).await;
    let Err(refusal) = &outcome else { return outcome };
    if refusal.kind != FailureKind::InvalidClient {
        return outcome;
    }
    match source.secret().await {
        Ok(fresh) if fresh.expose() != secret.expose() => {
            let fresh = known.insert(fresh).clone();
            granter.request(&fresh, clock()).await
        }
        // The same secret again would be refused again; each try counts towards a lock-out.
        Ok(_) | Err(_) => outcome,
    }
}
