//! `doctor`: everything between this keyboard and HaloPSA, one check after the other, in plain words.
//!
//! Nothing is repaired and no secret is told. A check that fails decides the exit status; a warning does not.

mod desk;
mod files;
mod report;
mod screen;

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use tokio::sync::mpsc;

use super::Surroundings;
use crate::{
    domain::{ConnectReport, ConnectStep, Failure, Profile, SecretKeeping, SecretSource, StepOutcome},
    session::{self, Examination},
    settings::{self, Chosen, Config},
    text::SafeText,
};
use report::{Check, Report};
pub use screen::Appearance;

/// A clock that is further off than this makes ages and due times wrong that people act on.
const CLOCK_OFF: i64 = 60;

/// `doctor`.
pub(super) async fn run(json: bool, around: &Surroundings) -> Result<ExitCode, Failure> {
    let mut report = Report::new(json);
    report.all(files::checks(&around.paths)).await?;
    let chosen = profile(&mut report, around).await?;
    if let Some((profile, secret)) = chosen {
        // A folder that is not there yet is not made.
        let ledger = (!around.ephemeral).then(|| around.paths.ledger_file(&profile.name));
        let ledger = ledger.filter(|file| file.parent().is_some_and(std::path::Path::is_dir));
        connection(&mut report, &profile, secret, ledger).await?;
        report.add(desk::check(&around.paths, &profile, around.ephemeral).await).await?;
    }
    report.all(screen::checks(around.appearance.as_ref(), &|name| std::env::var(name).ok())).await?;
    report.end().await
}

/// Which profile is meant and whether its secret can be had.
async fn profile(report: &mut Report, around: &Surroundings) -> Result<Option<(Profile, Arc<dyn SecretSource>)>, Failure> {
    let named = around.overrides.named();
    if !named.is_empty() {
        report
            .add(Check::passed(
                "environment",
                &format!("{} {} the settings", named.join(", "), if named.len() == 1 { "overrides" } else { "override" }),
            ))
            .await?;
    }
    let chosen = Config::load(&around.paths)
        .and_then(|config| settings::choose(&around.paths, &config, around.profile.as_ref(), &around.overrides));
    let (profile, secret) = match chosen {
        Ok(Chosen::Ready { profile, secret, .. }) => (profile, secret),
        Ok(Chosen::NeedsConnect { why, .. }) | Err(why) => {
            report.add(Check::failed("profile", &why)).await?;
            report.add(Check::skipped("connection", "there is no profile to connect with")).await?;
            return Ok(None);
        }
    };
    let tenant = profile.tenant.as_ref().map(|tenant| format!(", tenant {tenant}")).unwrap_or_default();
    let words = format!(
        "{}: client ID {} at {}, scope {}; data from {}{tenant}",
        profile.name, profile.client_id, profile.auth_url, profile.scope, profile.resource_url
    );
    report.add(Check::passed("profile", &words)).await?;
    let had = secret.secret().await.and_then(|secret| {
        let missing = || Failure::new(crate::domain::FailureKind::SecretUnavailable, "the client secret is empty");
        if secret.is_empty() { Err(missing()) } else { Ok(()) }
    });
    if let Err(failure) = had {
        report.add(Check::failed("secret", &failure)).await?;
        report.add(Check::skipped("connection", "there is no client secret to sign in with")).await?;
        return Ok(None);
    }
    let from = match &profile.secret {
        SecretKeeping::File => "is stored in credentials.toml",
        SecretKeeping::Command(_) => "comes from secret_command",
        SecretKeeping::Keyring => "is stored in the keyring",
        SecretKeeping::Ask => "comes from HALO_CLIENT_SECRET",
    };
    let from = if named.contains(&settings::SECRET_VARIABLE) { "comes from HALO_CLIENT_SECRET" } else { from };
    report.add(Check::passed("secret", from)).await?;
    Ok(Some((profile, secret)))
}

/// The way to the server, each step told as soon as it is known.
async fn connection(
    report: &mut Report,
    profile: &Profile,
    secret: Arc<dyn SecretSource>,
    ledger: Option<PathBuf>,
) -> Result<(), Failure> {
    let (steps, mut walked) = mpsc::unbounded_channel::<ConnectReport>();
    let examination = {
        let examining = session::examine(profile, secret, ledger, move |step| drop(steps.send(step)));
        let mut examining = std::pin::pin!(examining);
        let mut outcome = None;
        loop {
            tokio::select! {
                biased;
                Some(step) = walked.recv() => report.all(step_check(step)).await?,
                found = &mut examining, if outcome.is_none() => outcome = Some(found),
                // The steps' sender went with the walk, and every step was told.
                else => break,
            }
        }
        outcome
    };
    match examination {
        Some(Ok(Examination { clients, clock_ahead })) => {
            report
                .add(match clients {
                    Ok(count) => Check::passed("clients", &format!("{count} clients can be seen")),
                    Err(failure) => Check::failed("clients", &failure),
                })
                .await?;
            report.add(clock_check(clock_ahead)).await
        }
        // A step that failed has told why; a failure before any step has not.
        Some(Err(failure)) if !report.has_failed() => report.add(Check::failed("connection", &failure)).await,
        _ => Ok(()),
    }
}

fn step_check(ConnectReport { step, outcome }: ConnectReport) -> Option<Check> {
    let name = match step {
        ConnectStep::NameOrProxy => "name or proxy",
        ConnectStep::Tls => "TLS",
        ConnectStep::Token => "token",
        ConnectStep::Agent => "agent",
        ConnectStep::Tickets => "tickets",
    };
    match outcome {
        StepOutcome::Running => None,
        StepOutcome::Passed { detail, millis } => Some(Check::passed(name, &format!("{detail} ({millis} ms)"))),
        StepOutcome::Skipped { detail } => Some(Check::skipped(name, detail.as_str())),
        StepOutcome::Failed(failure) => Some(Check::failed(name, &failure)),
    }
}

fn clock_check(ahead: Option<jiff::SignedDuration>) -> Check {
    let Some(ahead) = ahead else { return Check::skipped("clock", "the server does not tell the time") };
    let seconds = ahead.as_secs();
    let direction = if seconds < 0 { "behind" } else { "ahead of" };
    let words = match seconds.abs() {
        0..=2 => "this machine's clock agrees with the server's".to_owned(),
        off => format!("this machine's clock is {off} s {direction} the server's"),
    };
    if seconds.abs() <= CLOCK_OFF {
        return Check::passed("clock", &words);
    }
    let advice = SafeText::line("Ages and due times are off by as much; set the clock, best by NTP");
    Check::warning("clock", &words, advice)
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::{report::State, *};

    #[test]
    fn a_clock_that_is_far_off_is_told_with_its_direction() {
        for (ahead, state, words) in [
            (None, State::Skipped, "does not tell"),
            (Some(0), State::Passed, "agrees"),
            (Some(-2), State::Passed, "agrees"),
            (Some(40), State::Passed, "40 s ahead of"),
            (Some(-60), State::Passed, "60 s behind"),
            (Some(61), State::Warning, "61 s ahead of"),
            (Some(-7200), State::Warning, "7200 s behind"),
        ] {
            let check = clock_check(ahead.map(SignedDuration::from_secs));
            assert_eq!(check.state(), state, "{ahead:?}");
            assert!(check.what().contains(words), "{ahead:?}: {}", check.what());
        }
    }
}
