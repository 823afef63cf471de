//! [`Gate`]: when work in the background may go on.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::{
    sync::{oneshot, watch},
    time::{Instant, sleep_until},
};

use crate::domain::{Failure, FailureKind};

/// Told how filling went.
pub(super) type Waiter = oneshot::Sender<Result<(), Failure>>;

/// Somebody who waits for the mirror to be full.
struct Waiting {
    /// With the conversations.
    conversations: bool,
    waiter: Waiter,
}

/// Stands before every request in the background.
pub(super) struct Gate {
    state: watch::Sender<State>,
    waiters: Mutex<Vec<Waiting>>,
    /// What beside the tickets could not be read though the server answers, by its name.
    failing: Mutex<BTreeMap<&'static str, Failure>>,
}

/// What decides whether it is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct State {
    /// The mirror refreshes by itself.
    pub(super) on: bool,
    /// By order.
    pub(super) paused: bool,
    /// The newest refresh succeeded, and the open tickets are filled.
    pub(super) live: bool,
    /// Somebody waits for the mirror to be full.
    pub(super) waited_for: bool,
    /// With the conversations.
    pub(super) conversations_waited_for: bool,
    /// After the server's return its first minute belongs to what changed.
    pub(super) quiet_until: Option<Instant>,
}

impl State {
    /// When it opens: at once, at some time, or not before the state changes.
    fn opens(&self, now: Instant) -> Option<Instant> {
        if !self.live {
            return None;
        }
        if self.waited_for {
            return Some(now);
        }
        (self.on && !self.paused).then(|| self.quiet_until.unwrap_or(now).max(now))
    }
}

impl Gate {
    pub(super) fn new(on: bool) -> Self {
        let (state, _) = watch::channel(State { on, ..State::default() });
        Self { state, waiters: Mutex::default(), failing: Mutex::default() }
    }

    pub(super) fn set(&self, change: impl FnOnce(&mut State)) {
        self.state.send_if_modified(|state| {
            let before = *state;
            change(state);
            *state != before
        });
    }

    pub(super) fn is_on(&self) -> bool {
        self.state.borrow().on
    }

    /// Whether conversations are wanted now: it refreshes by itself, or somebody waits for them.
    pub(super) fn wants_conversations(&self) -> bool {
        self.is_on() || self.is_waited_for_conversations()
    }

    /// Whether somebody waits for conversations.
    pub(super) fn is_waited_for_conversations(&self) -> bool {
        self.state.borrow().conversations_waited_for
    }

    /// Somebody waits from now on.
    pub(super) fn wait(&self, conversations: bool, waiter: Waiter) {
        let mut waiting = self.lock();
        waiting.push(Waiting { conversations, waiter });
        self.tell_state(&waiting);
    }

    /// Tells all who wait; answers whether anybody did.
    pub(super) fn answer(&self, result: &Result<(), Failure>) -> bool {
        self.answer_those(result, |_| true)
    }

    /// Tells those who don't wait for conversations that all else is there.
    pub(super) fn answer_without_conversations(&self) {
        self.answer_those(&Ok(()), |waiting| !waiting.conversations);
    }

    fn answer_those(&self, result: &Result<(), Failure>, whom: impl Fn(&Waiting) -> bool) -> bool {
        let mut waiting = self.lock();
        let (answered, others): (Vec<_>, Vec<_>) = std::mem::take(&mut *waiting).into_iter().partition(whom);
        *waiting = others;
        self.tell_state(&waiting);
        drop(waiting);
        let waited = !answered.is_empty();
        for Waiting { waiter, .. } in answered {
            let _ = waiter.send(result.clone());
        }
        waited
    }

    /// Under the lock of those who wait, so that the state never tells less than there is.
    fn tell_state(&self, waiting: &[Waiting]) {
        self.set(|state| {
            state.waited_for = !waiting.is_empty();
            state.conversations_waited_for = waiting.iter().any(|waiting| waiting.conversations);
        });
    }

    /// Notes what came of reading something beside the tickets; answers whether it is the first failure in a row.
    pub(super) fn note(&self, what: &'static str, failure: Option<Failure>) -> bool {
        let mut failing = self.failing.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(failure) = failure {
            return failing.insert(what, failure).is_none();
        }
        failing.remove(what);
        false
    }

    /// All that could not be read, as one failure of the first one's kind.
    pub(super) fn outcome(&self) -> Result<(), Failure> {
        let failing = self.failing.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(first) = failing.values().next() else { return Ok(()) };
        let said: Vec<String> = failing.iter().map(|(name, failure)| format!("{name} ({})", failure.what)).collect();
        let what = format!("All but this was read: {}", said.join(", "));
        let web_pages = failing.values().filter(|failure| failure.kind == FailureKind::WrongUrl).count();
        let failure = Failure::new(first.kind, &what);
        // What is advised for one of several is of no use for the others; and an address that the rest was read from is right.
        let advised = || failing.values().all(|failure| failure.advice == first.advice);
        Err(match web_pages {
            0 if advised() => Failure { advice: first.advice.clone(), ..failure },
            0 => failure.advise("What was read is stored; halo-tui doctor looks closer at what could not be"),
            _ => failure.advise(
                "The address is right, the rest was read from it: a web page in place of single lists comes from a proxy in between, \
                 or from a HaloPSA where they are switched off",
            ),
        })
    }

    /// Waits until the gate is open.
    pub(super) async fn passage(&self) {
        let mut state = self.state.subscribe();
        loop {
            let opens = state.borrow_and_update().opens(Instant::now());
            match opens {
                Some(at) if at <= Instant::now() => return,
                Some(at) => {
                    tokio::select! {
                        () = sleep_until(at) => {}
                        _ = state.changed() => {}
                    }
                }
                // The sender lives as long as the gate.
                None => drop(state.changed().await),
            }
        }
    }

    /// Whether somebody waits for the mirror to be full.
    pub(super) fn is_waited_for(&self) -> bool {
        self.state.borrow().waited_for
    }

    /// Waits until somebody waits.
    pub(super) async fn wanted(&self) {
        let _ = self.state.subscribe().wait_for(|state| state.waited_for).await;
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Waiting>> {
        self.waiters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_opens_for_who_waits_and_for_refreshing_that_is_neither_paused_nor_failing() {
        let now = Instant::now();
        let later = now + Duration::from_secs(20);
        let live = State { on: true, live: true, ..State::default() };
        for (state, opens) in [
            (State::default(), None),
            (State { live: false, ..live }, None),
            (State { on: false, ..live }, None),
            (live, Some(now)),
            (State { paused: true, ..live }, None),
            (State { quiet_until: Some(later), ..live }, Some(later)),
            (State { on: false, waited_for: true, ..live }, Some(now)),
            (State { paused: true, waited_for: true, quiet_until: Some(later), ..live }, Some(now)),
            (State { live: false, waited_for: true, ..live }, None),
        ] {
            assert_eq!(state.opens(now), opens, "{state:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_passes_waits_for_the_state_to_change() {
        let gate = Gate::new(true);
        let start = Instant::now();
        gate.set(|state| state.quiet_until = Some(start + Duration::from_secs(20)));
        let opener = async {
            tokio::time::sleep(Duration::from_secs(5)).await;
            gate.set(|state| state.live = true);
        };
        tokio::join!(gate.passage(), opener);
        assert_eq!(start.elapsed(), Duration::from_secs(20));
    }
}
