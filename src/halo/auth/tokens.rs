//! [`Tokens`]: how everybody else gets at the access token.

use std::{fmt, sync::Arc};

use jiff::Timestamp;
use tokio::{
    sync::{mpsc, watch},
    time::{Duration, Instant},
};

use super::{Credentials, TokenTask};
use crate::{
    domain::{Failure, FailureKind, Secret, TokenState},
    halo::{Clock, Transport},
};

/// How often a person may have a token asked for that may be refused again.
const ANEW_EVERY: Duration = Duration::from_secs(5);

/// A token for one request.
#[derive(Clone, Debug)]
pub struct Bearer {
    /// The token itself.
    pub token: Secret,
    /// Which token it is: a refusal of an older one says nothing about the newest.
    pub generation: u64,
}

/// The handle of the token task: clones ask for the token, report refusals and start again after a failure.
#[derive(Clone)]
pub struct Tokens {
    held: Arc<watch::Sender<Held>>,
    state: watch::Receiver<TokenState>,
    orders: mpsc::UnboundedSender<Order>,
    clock: Clock,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("state", &*self.state.borrow()).finish_non_exhaustive()
    }
}

/// What handles tell the task.
pub(super) enum Order {
    /// The token of this generation is over by one of the clocks.
    Renew(u64),
    /// The API refused the token of this generation, which the handle has voided already.
    Refused(u64),
    /// A token is to be kept from now on, asked for or not.
    Keep,
    /// Somebody asks for another try though young tokens were refused.
    Anew,
    /// Start again, whatever the state.
    Retry,
    /// Start again with these credentials.
    Replace(Credentials),
}

/// What the task and its handles share.
pub(super) struct Held {
    pub(super) live: Option<Live>,
    pub(super) generation: u64,
    pub(super) phase: Phase,
    /// When somebody last asked for another try.
    pub(super) asked_anew: Option<Instant>,
    /// Whether there is to be a token at any time; else one is asked for when somebody needs it.
    pub(super) kept: bool,
}

/// A token that was granted.
#[derive(Clone)]
pub(super) struct Live {
    pub(super) token: Secret,
    /// End of use by the steady clock, which stands while the machine sleeps.
    pub(super) until: Instant,
    /// End of use by the wall clock, which may be set.
    pub(super) until_wall: Timestamp,
}

/// What the task is at.
pub(super) enum Phase {
    /// A request is in flight, or about to be.
    Asking,
    /// It holds a token and waits for the time to renew it, or for somebody to need one.
    Resting,
    /// The newest attempt failed; another one follows by itself.
    Failed(Failure),
    /// The newest attempt was refused; only [`Order::Retry`] and [`Order::Replace`] start another one.
    Refused(Failure),
    /// The task ended.
    Gone,
}

impl Live {
    fn is_usable(&self, now: Instant, wall: Timestamp) -> bool {
        now < self.until && wall < self.until_wall
    }
}

impl Tokens {
    /// The handle and the task; nothing is sent before the task runs. `clock` is the wall clock.
    #[must_use]
    pub fn new(transport: Transport, credentials: Credentials, clock: Clock) -> (Self, TokenTask) {
        let held =
            Arc::new(watch::Sender::new(Held { live: None, generation: 0, phase: Phase::Asking, asked_anew: None, kept: true }));
        let (state, state_receiver) = watch::channel(TokenState::None);
        let (orders, orders_receiver) = mpsc::unbounded_channel();
        let task = TokenTask::new(transport, credentials, Arc::clone(&held), state, orders_receiver, Arc::clone(&clock));
        (Self { held, state: state_receiver, orders, clock }, task)
    }

    /// Whether there is to be a token at any time, renewed ahead of its end, as from the start; else one is asked for when
    /// somebody needs it and is not renewed before the next time: an instance among many that asks nothing costs nothing.
    pub fn keep(&self, kept: bool) {
        self.held.send_if_modified(|held| {
            held.kept = kept;
            false
        });
        if kept {
            let _ = self.tell(Order::Keep);
        }
    }

    /// The token, waiting for the one request in flight if there is none that may be sent.
    ///
    /// # Errors
    /// The newest attempt's failure where there is no token and no attempt in flight: those who waited for one attempt share
    /// its failure. [`FailureKind::Gone`] where the task ended.
    pub async fn bearer(&self) -> Result<Bearer, Failure> {
        let mut held = self.held.subscribe();
        loop {
            {
                let held = held.borrow_and_update();
                if let Some(live) = &held.live
                    && live.is_usable(Instant::now(), (self.clock)())
                {
                    return Ok(Bearer { token: live.token.clone(), generation: held.generation });
                }
                match &held.phase {
                    Phase::Asking => {}
                    Phase::Resting => self.tell(Order::Renew(held.generation))?,
                    Phase::Failed(failure) | Phase::Refused(failure) => return Err(failure.clone()),
                    Phase::Gone => return Err(gone()),
                }
            }
            held.changed().await.map_err(|_| gone())?;
        }
    }

    /// Reports that the API refused a token with 401: it is voided and another one asked for, unless that happened already.
    pub fn reject(&self, generation: u64) {
        // Voided here and not by the task, so that whoever asks next can't be given the same token again.
        let voided = self.held.send_if_modified(|held| {
            let current = held.generation == generation && held.live.is_some();
            if current {
                held.live = None;
                if matches!(held.phase, Phase::Resting) {
                    held.phase = Phase::Asking;
                }
            }
            current
        });
        if voided {
            let _ = self.tell(Order::Refused(generation));
        }
    }

    /// Has one more token asked for at once where the API refused those before: a person knows that it may be well again. Not more
    /// often than every [`ANEW_EVERY`].
    pub fn ask_anew(&self) {
        let now = Instant::now();
        // From here on, and not once the task hears of it, whoever needs the token waits for it.
        let asked = self.held.send_if_modified(|held| {
            let refused = matches!(&held.phase, Phase::Failed(failure) if failure.kind == FailureKind::Unauthorised);
            let due = refused && held.asked_anew.is_none_or(|at| at + ANEW_EVERY <= now);
            if due {
                (held.phase, held.asked_anew) = (Phase::Asking, Some(now));
            }
            due
        });
        if asked {
            let _ = self.tell(Order::Anew);
        }
    }

    /// Starts again at once: after a refusal, or instead of waiting for the next attempt. The secret is read anew.
    pub fn retry(&self) {
        let _ = self.tell(Order::Retry);
    }

    /// Starts again with other credentials of the same profile; the token of the old ones is not used any more.
    pub fn replace(&self, credentials: Credentials) {
        let _ = self.tell(Order::Replace(credentials));
    }

    /// How the token stands, for the header; never the token.
    #[must_use]
    pub fn state(&self) -> watch::Receiver<TokenState> {
        self.state.clone()
    }

    /// Why the newest attempt failed, if it did.
    #[must_use]
    pub fn failure(&self) -> Option<Failure> {
        match &self.held.borrow().phase {
            Phase::Failed(failure) | Phase::Refused(failure) => Some(failure.clone()),
            Phase::Gone => Some(gone()),
            Phase::Asking | Phase::Resting => None,
        }
    }

    fn tell(&self, order: Order) -> Result<(), Failure> {
        self.orders.send(order).map_err(|_| gone())
    }
}

fn gone() -> Failure {
    Failure::new(FailureKind::Gone, "The part of the program that signs in has stopped").advise("Start halo-tui again")
}
