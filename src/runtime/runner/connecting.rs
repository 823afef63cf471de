//! Connecting: finds a server, tests what was filled in, saves it as a profile and starts its session.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::{Runner, Work, blocking};
use crate::{
    domain::{
        AgentRow, ConnectDraft, ConnectReport, Failure, FailureKind, Profile, ProfileName, SecretKeeping, SecretSource, address,
    },
    msg::{ConnectNews, Discovered, Msg, Notice},
    runtime::logging,
    session::{self, MirrorPlace},
    settings::{self, CommandSecret, GivenSecret, KeyringSecret},
};

impl Runner {
    pub(super) fn cancel_connecting(&mut self) {
        if let Some(task) = self.connecting.take() {
            task.abort();
        }
    }

    pub(super) fn discover(&mut self, address: String) {
        self.cancel_connecting();
        let work = async move {
            let found = session::discover(&address).await.map(|found| Discovered {
                hosting: found.hosting,
                auth_url: found.auth_url,
                resource_url: found.resource_url,
                tenant: found.tenant,
                other_host: found.other_host,
                guessed: found.guessed,
            });
            Msg::Connect(ConnectNews::Discovered(found))
        };
        self.connecting = Some(self.spawn(work, |failure| Msg::Connect(ConnectNews::Discovered(Err(failure)))));
    }

    pub(super) fn test(&mut self, draft: ConnectDraft) {
        self.cancel_connecting();
        let messages = self.messages.clone();
        let profile = self.name_of(&draft).and_then(|name| draft.profile(name));
        let work = async move {
            let outcome = match profile {
                Err(failure) => Err(failure),
                Ok(profile) => {
                    let secret = source(&draft, &profile);
                    // The steps are told in their order through a channel of their own: reporting can't wait.
                    let (steps, mut receiver) = mpsc::unbounded_channel::<ConnectReport>();
                    let walk = session::test(&profile, secret, move |report| drop(steps.send(report)));
                    tokio::pin!(walk);
                    loop {
                        tokio::select! {
                            biased;
                            Some(report) = receiver.recv() => drop(messages.send(Msg::Connect(ConnectNews::Step(report))).await),
                            outcome = &mut walk => {
                                while let Ok(report) = receiver.try_recv() {
                                    let _ = messages.send(Msg::Connect(ConnectNews::Step(report))).await;
                                }
                                break outcome;
                            }
                        }
                    }
                }
            };
            let news = match outcome {
                Ok(outcome) => ConnectNews::Passed {
                    agents: outcome.agents.iter().filter(|agent| !agent.disabled).map(AgentRow::from).collect(),
                    acting: AgentRow::from(&outcome.me),
                },
                Err(failure) => ConnectNews::Failed(failure),
            };
            Msg::Connect(news)
        };
        self.connecting = Some(self.spawn(work, |failure| Msg::Connect(ConnectNews::Failed(failure))));
    }

    /// The name under which a draft is saved.
    fn name_of(&self, draft: &ConnectDraft) -> Result<ProfileName, Failure> {
        let interim = ProfileName::parse("new").ok_or_else(|| Failure::new(FailureKind::Settings, "no name for this profile"))?;
        let profile = draft.profile(interim)?;
        let wanted = self.work.settings.wanted.clone().filter(|name| !name.is_empty());
        let wanted = wanted.or_else(|| Some(draft.name.clone()).filter(|name| !name.is_empty()));
        let wanted = wanted.or_else(|| profile.tenant.clone()).or_else(|| address::host_label(&profile.resource_url));
        self.work
            .settings
            .config
            .name_for(&profile.identity(), &wanted.unwrap_or_default())
            .ok_or_else(|| Failure::new(FailureKind::Settings, "no name for this profile"))
    }

    pub(super) fn save_and_start(&mut self, draft: ConnectDraft) {
        let (work, name) = (self.work.clone(), self.name_of(&draft));
        let saving = async move {
            let started = match name.and_then(|name| draft.profile(name)) {
                Ok(profile) => work.save_and_open(draft, profile).await,
                Err(failure) => Err(failure),
            };
            Msg::Connect(ConnectNews::Started(started.map(Box::new)))
        };
        self.spawn(saving, |failure| Msg::Connect(ConnectNews::Started(Err(failure))));
    }
}

impl Work {
    /// Saves a profile, opens its mirror and starts its session; the disk is not waited for by the loop.
    async fn save_and_open(&self, draft: ConnectDraft, profile: Profile) -> Result<Profile, Failure> {
        let secret = source(&draft, &profile);
        let (settings, old, saved) = (Arc::clone(&self.settings), self.take(), profile.clone());
        let log = Arc::clone(&self.log);
        let (mirror, notice) = blocking(move || {
            let place = if settings.ephemeral {
                MirrorPlace::Memory
            } else {
                let kept = matches!(saved.secret, SecretKeeping::File | SecretKeeping::Keyring);
                settings::save_profile(&settings.paths, &saved, draft.secret.as_ref().filter(|_| kept))?;
                settings::set_last_profile(&settings.paths, &saved.name)?;
                settings.paths.prepare_state(&saved.name)?;
                let mut log = log.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                if log.is_none() {
                    *log = logging::start(&settings.paths.log_file(&saved.name));
                }
                MirrorPlace::of(&settings.config, &settings.paths, &saved.name)
            };
            // The same profile's mirror may be open still.
            if let Some(old) = old {
                old.stop();
            }
            let (mirror, opened) = session::open_mirror(&place, &saved.identity())?;
            Ok((mirror, opened.notice()))
        })
        .await?;
        self.start(profile.clone(), secret, mirror)?;
        if let Some(notice) = notice {
            let _ = self.messages.send(Msg::Notice(Notice::warning(notice.as_str()))).await;
        }
        Ok(profile)
    }
}

/// Where the secret of a draft comes from.
fn source(draft: &ConnectDraft, profile: &Profile) -> Arc<dyn SecretSource> {
    match (&draft.keeping, &draft.secret) {
        (SecretKeeping::Command(command), _) => Arc::new(CommandSecret::new(command)),
        (_, Some(secret)) => Arc::new(GivenSecret::new(secret.clone())),
        (_, None) => Arc::new(KeyringSecret::new(profile.name.clone())),
    }
}
