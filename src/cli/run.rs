//! What each command does.

use std::{io::Write, process::ExitCode};

use tokio::signal::unix::{SignalKind, signal};

use super::{Action, Appearance, completions, doctor, forget, list, man_page, stand_in, sync, ticket, to_stdout};
use crate::{
    domain::{Failure, FailureKind, ProfileName},
    settings::{Overrides, Paths},
};

/// What a command runs in.
#[derive(Debug)]
pub struct Surroundings {
    /// Where files lie.
    pub paths: Paths,
    /// What `HALO_*` say, or what stands in for them.
    pub overrides: Overrides,
    /// `--profile`.
    pub profile: Option<ProfileName>,
    /// `--budget`.
    pub budget: Option<u32>,
    /// Nothing is stored: the demo.
    pub ephemeral: bool,
    /// How the dashboard would look here; wanted by `doctor` alone.
    pub appearance: Option<Appearance>,
}

/// Runs a command that needs no screen; SIGINT, SIGTERM and SIGHUP end it with 128 and their number.
///
/// # Errors
/// What kept it from being done.
pub async fn run(action: Action, surroundings: Surroundings) -> Result<ExitCode, Failure> {
    let signals = |error: std::io::Error| Failure::new(FailureKind::Storage, &format!("no signals can be received: {error}"));
    let mut interrupt = signal(SignalKind::interrupt()).map_err(signals)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(signals)?;
    let mut hang_up = signal(SignalKind::hangup()).map_err(signals)?;
    tokio::select! {
        biased;
        _ = interrupt.recv() => Ok(ExitCode::from(130)),
        _ = terminate.recv() => Ok(ExitCode::from(143)),
        _ = hang_up.recv() => Ok(ExitCode::from(129)),
        done = Box::pin(act(action, &surroundings)) => done,
    }
}

async fn act(action: Action, around: &Surroundings) -> Result<ExitCode, Failure> {
    let done = match action {
        Action::Doctor { json } => return doctor::run(json, around).await,
        Action::List(options) => list::tickets(&options, around).await,
        Action::Clients(options) => list::clients(&options, around).await,
        Action::Show { id, json } => ticket::show(id, json, around).await,
        Action::Sync { conversations } => sync::run(around, conversations).await,
        Action::Logout => forget::logout(around),
        Action::Purge => forget::purge(around),
        Action::DemoServer(options) => stand_in::serve(&options).await,
        Action::Completions { shell } => printed(to_stdout(|out| completions(shell, out))),
        Action::Man => printed(to_stdout(man_page)),
    };
    done.map(|()| ExitCode::SUCCESS)
}

/// What became of writing to standard output.
pub(super) fn printed(result: std::io::Result<()>) -> Result<(), Failure> {
    result.map_err(|error| Failure::new(FailureKind::Storage, &format!("the output can't be written: {error}")))
}

/// Words for the person, on standard error.
pub(super) fn say(words: &str) {
    // Nobody can be told that standard error is gone.
    let _ = writeln!(std::io::stderr().lock(), "{words}");
}

/// A warning.
pub(super) fn warn(words: &str) {
    say(&format!("halo-tui: {words}"));
}
