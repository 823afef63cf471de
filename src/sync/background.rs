//! What nobody waits for: registers beside history, then conversations, then deletions. Each asks for one thing at a time, behind the
//! [`Gate`]: two requests are on their way at most.

use std::collections::HashSet;

use tokio::time::{Duration, Instant};

use super::{
    Server, Sync,
    gate::Gate,
    history,
    lookups::{is_lack_of_right, leaves_the_rest, unread},
    pace, reconcile, registers, talk,
};
use crate::{
    domain::{Failure, FailureKind, News, Register},
    halo::Class,
    text::SafeText,
};

/// How often it looks for something to do once all is there.
const LOOK_EVERY: Duration = Duration::from_mins(30);

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
                    self.gate.answer(&self.gate.outcome());
                    self.gather().await;
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

    /// Searches are slower without it, and that is all.
    async fn gather(&self) {
        if let Err(failure) = self.sync.mirror.gather().await {
            tracing::warn!(what = %failure, "the word index could not be merged");
        }
    }

    async fn work(&mut self) -> Result<(), Failure> {
        let (sync, gate) = (self.sync, self.gate);
        // Neither knows of the other: a distant server answers both in the time of one. The longer one tells how far it is.
        let tells = !history::is_wanted(sync).await?;
        let (unread, history) = futures::future::join(self.registers(tells), history::fill(sync, gate)).await;
        let unread = unread?;
        history?;
        let outcome = self.gate.outcome();
        if outcome.is_ok() {
            // Few who wait for history wait for conversations as well: these may take a request each.
            self.gate.answer_without_conversations();
        }
        let talked = if self.gate.wants_conversations() { talk::fill(self.sync, self.gate).await } else { Ok(()) };
        if self.gate.is_on() {
            reconcile::deletions(self.sync, self.gate).await?;
        }
        talked?;
        if unread { outcome } else { Ok(()) }
    }

    /// Reads the registers that are due; answers whether some can't be read now.
    async fn registers(&mut self, tells: bool) -> Result<bool, Failure> {
        let mut unread = false;
        for register in Register::ALL {
            if self.refused.contains(&register) {
                continue;
            }
            if registers::is_due(self.sync, register).await? {
                unread |= !self.register(register, tells).await?;
            } else {
                self.gate.note(registers::name(register), None);
            }
        }
        Ok(unread)
    }

    /// Reads a register; answers false where it can't be read now. Tickets are the main thing: they are shown all the same.
    async fn register(&mut self, register: Register, tells: bool) -> Result<bool, Failure> {
        let name = registers::name(register);
        match registers::read_whole(self.sync, register, Class::Bulk, Some(self.gate), tells).await {
            Ok(()) => {
                self.gate.note(name, None);
                Ok(true)
            }
            Err(failure) if is_lack_of_right(&failure) => {
                self.refused.insert(register);
                self.sync.tell(News::Notice(failure.what)).await;
                Ok(true)
            }
            // A long list may take its server too long where shorter ones don't.
            Err(failure) if leaves_the_rest(&failure) || failure.kind == FailureKind::TimedOut => {
                if self.gate.note(name, Some(failure.clone())) {
                    self.sync.tell(News::Notice(unread(name, &failure))).await;
                }
                Ok(false)
            }
            Err(failure) => Err(failure),
        }
    }

    /// Says when to try again.
    async fn failed(&mut self, failure: Failure) -> Duration {
        tracing::warn!(kind = ?failure.kind, "the work in the background failed");
        self.failures += 1;
        let lasting = !failure.is_transient() || self.failures >= pace::TRIES;
        let heard = lasting && self.gate.answer(&Err(failure.clone()));
        if failure.kind == FailureKind::Storage && !heard && !std::mem::replace(&mut self.told, true) {
            self.sync.tell(News::Notice(failure.sentences())).await;
        }
        let pause = pace::pause_for(&failure, self.failures);
        if self.gate.is_waited_for() {
            let words = format!("{}; asking again in {} s", failure.what, pause.as_secs());
            self.sync.tell(News::Notice(SafeText::line(&words))).await;
        }
        pause
    }
}
