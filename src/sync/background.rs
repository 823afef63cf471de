//! What nobody waits for: registers, history, conversations, deletions. One request at a time, each behind the [`Gate`].

use std::collections::HashSet;

use tokio::time::{Duration, Instant};

use super::{Server, Sync, gate::Gate, history, lookups::is_about_one_table, pace, reconcile, registers, talk};
use crate::{
    domain::{Failure, FailureKind, News, Register},
    halo::Class,
};

/// How often it looks for something to do once all is there.
const LOOK_EVERY: Duration = Duration::from_mins(30);
/// Somebody who waits is told of a failure that lasts for so many tries.
const TRIES: u32 = 5;

/// The work in the background.
pub(super) struct Background<'a, S> {
    sync: &'a Sync<S>,
    gate: &'a Gate,
    failures: u32,
    told: bool,
    /// Registers that this application may not read.
    refused: HashSet<Register>,
}

impl<'a, S: Server> Background<'a, S> {
    pub(super) fn new(sync: &'a Sync<S>, gate: &'a Gate) -> Self {
        Self { sync, gate, failures: 0, told: false, refused: HashSet::new() }
    }

    pub(super) async fn run(mut self) {
        loop {
            self.gate.passage().await;
            let result = self.work().await;
            self.sync.tell(News::Filling(None)).await;
            let again = match result {
                Ok(()) => {
                    (self.failures, self.told) = (0, false);
                    self.gate.answer(&Ok(()));
                    LOOK_EVERY
                }
                Err(failure) => self.failed(failure).await,
            };
            let due = Instant::now() + again;
            tokio::select! {
                () = tokio::time::sleep_until(due) => {}
                () = self.gate.wanted(), if self.failures == 0 => {}
            }
        }
    }

    async fn work(&mut self) -> Result<(), Failure> {
        for register in Register::ALL {
            if !self.refused.contains(&register) && registers::is_due(self.sync, register).await? {
                self.register(register).await?;
            }
        }
        history::fill(self.sync, self.gate).await?;
        // Few who wait for history wait for conversations as well: these may take a request each.
        self.gate.answer_without_conversations();
        if self.gate.wants_conversations() {
            talk::fill(self.sync, self.gate).await?;
        }
        if self.gate.is_on() {
            reconcile::deletions(self.sync, self.gate).await?;
        }
        Ok(())
    }

    async fn register(&mut self, register: Register) -> Result<(), Failure> {
        match registers::read_whole(self.sync, register, Class::Bulk, Some(self.gate)).await {
            // Tickets are the main thing: an application that may not read these still shows them.
            Err(failure) if is_about_one_table(&failure) => {
                self.refused.insert(register);
                self.sync.tell(News::Notice(failure.what)).await;
                Ok(())
            }
            result => result,
        }
    }

    /// Says when to try again.
    async fn failed(&mut self, failure: Failure) -> Duration {
        tracing::warn!(kind = ?failure.kind, "the work in the background failed");
        self.failures += 1;
        let lasting = !failure.is_transient() || self.failures >= TRIES;
        let heard = lasting && self.gate.answer(&Err(failure.clone()));
        if failure.kind == FailureKind::Storage && !heard && !std::mem::replace(&mut self.told, true) {
            self.sync.tell(News::Notice(failure.sentences())).await;
        }
        pace::pause_for(&failure, self.failures)
    }
}
