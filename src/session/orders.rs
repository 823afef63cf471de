//! [`Orders`]: the way to sync, whichever run of it.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::mpsc;

use crate::sync::Order;

/// Orders that may wait for sync.
const WAITING: usize = 16;

/// Sends orders to the run of sync that is under way; one that was started again takes the place of the one before.
#[derive(Clone)]
pub(super) struct Orders(Arc<Mutex<State>>);

struct State {
    run: mpsc::Sender<Order>,
    every: Option<Duration>,
    paused: bool,
}

impl Orders {
    /// Orders that nobody takes yet. `every`: how often to refresh without one.
    pub(super) fn new(every: Option<Duration>) -> Self {
        let (run, _) = mpsc::channel(1);
        Self(Arc::new(Mutex::new(State { run, every, paused: false })))
    }

    /// The orders for a new run, and how often it is to refresh by itself. What an older run had not done is lost with it: a
    /// new one begins with a refresh.
    pub(super) fn begin(&self) -> (mpsc::Receiver<Order>, Option<Duration>) {
        let (run, orders) = mpsc::channel(WAITING);
        let mut state = self.lock();
        if state.paused {
            // Nothing else waits yet: there is room.
            let _ = run.try_send(Order::Pause(true));
        }
        state.run = run;
        (orders, state.every)
    }

    /// The way to the run that is under way.
    pub(super) fn way(&self) -> mpsc::Sender<Order> {
        self.lock().run.clone()
    }

    /// Refreshes by itself this often from now on, and in later runs too.
    pub(super) fn every(&self, every: Option<Duration>) {
        let mut state = self.lock();
        state.every = every;
        // An order that finds sync overwhelmed with orders is dropped.
        let _ = state.run.try_send(Order::Every(every));
    }

    /// Pauses the work in the background, in later runs too, or lets it go on.
    pub(super) fn pause(&self, paused: bool) {
        let mut state = self.lock();
        state.paused = paused;
        let _ = state.run.try_send(Order::Pause(paused));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
