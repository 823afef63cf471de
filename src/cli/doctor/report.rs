//! What was checked, as it is printed.

use std::process::ExitCode;

use serde::Serialize;

use crate::{
    cli::{
        output::status,
        run::{printed, say},
        to_stdout,
    },
    domain::{Failure, FailureKind},
    text::SafeText,
};

/// How a check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum State {
    /// All is well.
    Passed,
    /// It works, but not as well as it could.
    Warning,
    /// It does not work.
    Failed,
    /// It does not apply here, or could not be looked at.
    Skipped,
}

impl State {
    /// As it stands in front of a line, always of the same width.
    fn word(self) -> &'static str {
        match self {
            Self::Passed => "ok  ",
            Self::Warning => "warn",
            Self::Failed => "FAIL",
            Self::Skipped => "-   ",
        }
    }
}

/// One check: its name, how it went, what was found and what to do.
#[derive(Clone, Debug)]
pub(super) struct Check {
    name: &'static str,
    state: State,
    what: SafeText,
    advice: SafeText,
    /// The exit status that it asks for.
    status: u8,
}

impl Check {
    pub(super) fn passed(name: &'static str, what: &str) -> Self {
        Self { name, state: State::Passed, what: SafeText::line(what), advice: SafeText::default(), status: 0 }
    }

    pub(super) fn skipped(name: &'static str, why: &str) -> Self {
        Self { state: State::Skipped, ..Self::passed(name, why) }
    }

    pub(super) fn warning(name: &'static str, what: &str, advice: SafeText) -> Self {
        Self { state: State::Warning, advice, ..Self::passed(name, what) }
    }

    pub(super) fn failed(name: &'static str, failure: &Failure) -> Self {
        let (what, advice) = (failure.what.clone(), failure.advice.clone());
        Self { name, state: State::Failed, what, advice, status: status(failure) }
    }

    /// A failure that does not keep the program from its work.
    pub(super) fn flawed(name: &'static str, failure: &Failure) -> Self {
        Self { state: State::Warning, status: 0, ..Self::failed(name, failure) }
    }

    #[cfg(test)]
    pub(super) fn state(&self) -> State {
        self.state
    }

    #[cfg(test)]
    pub(super) fn what(&self) -> &str {
        self.what.as_str()
    }

    /// `ok   token          granted until 10:00 UTC`, and the advice below.
    fn lines(&self) -> String {
        let line = format!("{} {:<14} {}\n", self.state.word(), self.name, self.what);
        if self.advice.is_empty() { line } else { format!("{line}{:20}{}\n", "", self.advice) }
    }
}

/// All checks so far.
pub(super) struct Report {
    json: bool,
    checks: Vec<Check>,
}

/// The report as JSON.
#[derive(Serialize)]
struct Whole<'a> {
    ok: bool,
    version: &'static str,
    checks: Vec<One<'a>>,
}

#[derive(Serialize)]
struct One<'a> {
    check: &'a str,
    state: State,
    what: &'a str,
    advice: Option<&'a str>,
}

impl Report {
    pub(super) fn new(json: bool) -> Self {
        Self { json, checks: Vec::new() }
    }

    pub(super) fn has_failed(&self) -> bool {
        self.checks.iter().any(|check| check.state == State::Failed)
    }

    /// Takes a check, and prints it unless one JSON object is wanted in the end.
    pub(super) async fn add(&mut self, check: Check) -> Result<(), Failure> {
        let lines = check.lines();
        self.checks.push(check);
        if self.json { Ok(()) } else { print(lines).await }
    }

    pub(super) async fn all(&mut self, checks: impl IntoIterator<Item = Check>) -> Result<(), Failure> {
        for check in checks {
            self.add(check).await?;
        }
        Ok(())
    }

    /// Prints what is left to print and gives the exit status: that of the first check that failed.
    pub(super) async fn end(self) -> Result<ExitCode, Failure> {
        let failed = self.checks.iter().filter(|check| check.state == State::Failed).count();
        if self.json {
            let text = serde_json::to_string_pretty(&self.whole())
                .map_err(|error| Failure::new(FailureKind::Storage, &format!("the report can't be written: {error}")))?;
            print(text + "\n").await?;
        } else {
            say(&match failed {
                0 => "Nothing is in the way.".to_owned(),
                1 => "One thing is in the way.".to_owned(),
                failed => format!("{failed} things are in the way."),
            });
        }
        let first = self.checks.iter().find(|check| check.state == State::Failed);
        Ok(first.map_or(ExitCode::SUCCESS, |check| ExitCode::from(check.status)))
    }

    fn whole(&self) -> Whole<'_> {
        let checks = self.checks.iter().map(|check| One {
            check: check.name,
            state: check.state,
            what: check.what.as_str(),
            advice: Some(check.advice.as_str()).filter(|advice| !advice.is_empty()),
        });
        Whole { ok: !self.has_failed(), version: env!("CARGO_PKG_VERSION"), checks: checks.collect() }
    }
}

/// Prints off this task: a reader of the output that stands still must not keep signals from being heard.
async fn print(text: String) -> Result<(), Failure> {
    let printing = tokio::task::spawn_blocking(move || to_stdout(|out| out.write_all(text.as_bytes())));
    printed(printing.await.map_err(|_| Failure::new(FailureKind::Gone, "the printing stopped unexpectedly"))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_is_a_line_and_its_advice_another() {
        let failure = Failure::new(FailureKind::InvalidClient, "it is refused \u{1b}[31m").advise("Copy it again");
        let lines = Check::failed("token", &failure).lines();
        assert_eq!(lines, "FAIL token          it is refused ^[[31m\n                    Copy it again\n");
        assert_eq!(Check::passed("name or proxy", "x").lines(), "ok   name or proxy  x\n");
    }

    #[test]
    fn json_says_whether_all_is_well_and_what_to_do() {
        let mut report = Report::new(true);
        report.checks.push(Check::passed("TLS", "trusted"));
        report.checks.push(Check::warning("clock", "off", SafeText::line("set it")));
        let whole = serde_json::to_value(report.whole()).unwrap();
        assert_eq!(whole["ok"], true);
        assert_eq!(whole["checks"][0], serde_json::json!({"check": "TLS", "state": "passed", "what": "trusted", "advice": null}));
        assert_eq!(whole["checks"][1]["advice"], "set it");
        report.checks.push(Check::failed("token", &Failure::new(FailureKind::InvalidClient, "no")));
        assert_eq!(serde_json::to_value(report.whole()).unwrap()["ok"], false);
    }
}
