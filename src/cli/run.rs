//! What each command does.

use std::process::ExitCode;

use super::Action;
use crate::{
    domain::{Failure, ProfileName},
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
}

/// Runs a command that needs no screen.
///
/// # Errors
/// What kept it from being done.
pub async fn run(action: Action, surroundings: Surroundings) -> Result<ExitCode, Failure> {
    let _ = (action, surroundings);
    Ok(ExitCode::SUCCESS)
}
