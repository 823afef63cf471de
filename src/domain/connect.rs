//! The steps of *Test and connect*, as the operator watches them.

use super::Failure;
use crate::text::SafeText;

/// One step between this keyboard and the first ticket, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConnectStep {
    /// The host's name resolves (or, behind a proxy, the proxy answers).
    NameOrProxy,
    /// TLS: the certificate is trusted. Skipped on loopback http.
    Tls,
    /// The token endpoint grants a token.
    Token,
    /// `/Agent/me` answers.
    Agent,
    /// One page of tickets answers.
    Tickets,
}

impl ConnectStep {
    /// All steps, in their order.
    pub const ALL: [Self; 5] = [Self::NameOrProxy, Self::Tls, Self::Token, Self::Agent, Self::Tickets];
}

/// How a step went.
#[derive(Clone, Debug, PartialEq)]
pub enum StepOutcome {
    /// It runs.
    Running,
    /// It went well.
    Passed {
        /// What was found: "acme.halopsa.com → 203.0.113.7".
        detail: SafeText,
        /// How long it took, in milliseconds.
        millis: u64,
    },
    /// It doesn't apply here.
    Skipped {
        /// Why not.
        detail: SafeText,
    },
    /// It failed: the later steps do not run.
    Failed(Failure),
}

/// One line of the report.
#[derive(Clone, Debug, PartialEq)]
pub struct ConnectReport {
    /// Which step.
    pub step: ConnectStep,
    /// How it went.
    pub outcome: StepOutcome,
}
