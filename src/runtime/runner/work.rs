//! What tasks share, and the start of a session.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::mpsc, time::sleep};

use super::RunnerSettings;
use crate::{
    domain::{Failure, Profile, SecretSource, Timestamp},
    mirror::Mirror,
    msg::Msg,
    runtime::logging::Logging,
    session::{Session, SessionSettings},
};

/// How long damage is not looked for after a check that found none: doubled each time in a row.
const FIRST_PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_mins(10);

/// What tasks share: the settings, the way back, the session that runs.
#[derive(Clone)]
pub(super) struct Work {
    pub(super) settings: Arc<RunnerSettings>,
    pub(super) messages: mpsc::Sender<Msg>,
    pub(super) session: Arc<Mutex<Option<Session>>>,
    pub(super) log: Arc<Mutex<Option<Logging>>>,
}

impl Work {
    /// Starts the session of a profile over its open mirror, and again where that is found damaged.
    pub(super) fn start(&self, profile: Profile, secret: Arc<dyn SecretSource>, mirror: Mirror) -> Result<(), Failure> {
        self.begin(profile.clone(), Arc::clone(&secret), mirror.clone())?;
        if mirror.is_stored() {
            let work = self.clone();
            tokio::spawn(async move {
                let (mut mirror, mut pause) = (mirror, FIRST_PAUSE);
                while let Some((next, was_damaged)) = work.mend(&profile, &secret, &mirror).await {
                    // What is taken for damage where a check finds none must not keep the program starting anew.
                    if was_damaged {
                        pause = FIRST_PAUSE;
                    } else {
                        sleep(pause).await;
                        pause = (pause * 2).min(LONGEST_PAUSE);
                    }
                    mirror = next;
                }
            });
        }
        Ok(())
    }

    /// Starts the session of a profile over its open mirror.
    pub(super) fn begin(&self, profile: Profile, secret: Arc<dyn SecretSource>, mirror: Mirror) -> Result<(), Failure> {
        let budget = self.settings.config.budget(self.settings.budget, &profile);
        // Where its folder can't be had, that was told already, and requests are counted by this instance alone.
        let ledger = (!self.settings.ephemeral).then(|| self.settings.paths.ledger_file(&profile.name));
        let (every, history) = (self.settings.config.refresh.0, self.settings.config.history);
        let (news, mut receiver) = mpsc::channel(64);
        let clock = Arc::new(Timestamp::now);
        let session = Session::start(SessionSettings { profile, secret, budget, ledger, every, history, clock }, mirror, news)?;
        *self.lock() = Some(session);
        let messages = self.messages.clone();
        tokio::spawn(async move {
            while let Some(news) = receiver.recv().await {
                if messages.send(Msg::News(news)).await.is_err() {
                    return;
                }
            }
        });
        Ok(())
    }

    pub(super) fn take(&self) -> Option<Session> {
        self.lock().take()
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Option<Session>> {
        // A panic while it was held left nothing half done: the session is swapped whole.
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
