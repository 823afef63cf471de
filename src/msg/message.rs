//! What enters `update`.

use std::time::Duration;

use super::Input;
use crate::{
    domain::{
        AgentRow, Board, ClientOverview, ConnectReport, Conversation, Counted, Failure, Found, GroupedRow, HaloListRow, Hosting,
        News, Overview, Profile, Register, RegisterRow, TicketRow, Timestamp, Window,
    },
    query::Known,
    text::SafeText,
};

/// The time as `update` and `view` are told it: they have no clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// The wall clock: for ages.
    pub wall: Timestamp,
    /// Time since the program started, on a clock that never jumps: for deadlines.
    pub tick: Duration,
}

/// A pane's name, unique in the registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PaneId(pub &'static str);

/// Which question an answer belongs to; any other id in its slot is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct RequestId(pub u64);

/// One thing that a pane wants to know: a newer question in a slot replaces the older one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Slot {
    /// Who asks.
    pub pane: PaneId,
    /// What for.
    pub purpose: &'static str,
}

/// What the mirror answers.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// Rows of the ticket list.
    Tickets(Window<TicketRow>),
    /// Rows of the ticket list in groups.
    Groups(Window<GroupedRow>),
    /// The lists that are kept in Halo.
    HaloLists(Vec<HaloListRow>),
    /// How many tickets each query has; `None` where counting would take too long.
    Counts(Vec<Option<Counted>>),
    /// The numbers of the board.
    Board(Box<Board>),
    /// Rows of the sites, the users or the assets.
    Register(Window<RegisterRow>),
    /// Sites, users and assets that have the words.
    Called(Vec<(Register, RegisterRow)>),
    /// One client; `None` where the mirror has no such client.
    Client(Option<Box<ClientOverview>>),
    /// One ticket; `None` where the mirror has no such ticket.
    Conversation(Option<Box<Conversation>>),
    /// How much there is.
    Overview(Overview),
    /// Everybody of the service desk.
    Agents(Vec<AgentRow>),
    /// The names that a query can be completed with.
    Known(Vec<Known>),
    /// What the server found; `None` where there were no words to look for.
    Found(Option<Found>),
}

/// How much a notice matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Good to know.
    Info,
    /// Something is not as it should be, nothing is lost.
    Warning,
    /// Something failed.
    Error,
}

/// One line for the operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// How much it matters.
    pub severity: Severity,
    /// The line.
    pub text: SafeText,
}

impl Notice {
    /// Good to know.
    pub fn info(text: &str) -> Self {
        Self { severity: Severity::Info, text: SafeText::line(text) }
    }

    /// Something is not as it should be.
    pub fn warning(text: &str) -> Self {
        Self { severity: Severity::Warning, text: SafeText::line(text) }
    }

    /// Something failed.
    pub fn error(text: &str) -> Self {
        Self { severity: Severity::Error, text: SafeText::line(text) }
    }

    /// A failure with its advice.
    pub fn failure(failure: &Failure) -> Self {
        Self { severity: Severity::Error, text: failure.sentences() }
    }

    /// One line for all of them, none of which may hide another: the gravest, and that the help tells all.
    #[must_use]
    pub fn of_several(notices: &[Self]) -> Option<Self> {
        // The first of those that matter alike.
        let gravest = notices.iter().rev().max_by_key(|notice| notice.severity)?;
        Some(match notices.len() {
            1 => gravest.clone(),
            count => {
                let text = SafeText::line(&format!("{count} faults, all in the help: {}", gravest.text));
                Self { severity: gravest.severity, text }
            }
        })
    }
}

/// The counters of both wires since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Measured {
    /// Bytes that the terminal took.
    pub drawn: u64,
    /// Frames that a newer one replaced before they were drawn.
    pub skipped: u64,
    /// What the wire to the terminal drains in bytes a second, where it is known.
    pub drain: Option<u64>,
    /// Requests to the server.
    pub requests: u64,
    /// Bytes of the server's answers.
    pub fetched: u64,
}

/// What an instance's address led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discovered {
    /// Where it runs.
    pub hosting: Hosting,
    /// Authorisation server URL.
    pub auth_url: String,
    /// Resource server URL.
    pub resource_url: String,
    /// Tenant, where told.
    pub tenant: Option<String>,
    /// The authorisation server stands on another host than the address that was typed.
    pub other_host: bool,
    /// The instance said nothing: these are the usual places.
    pub guessed: bool,
}

/// What happens while connecting.
#[derive(Clone, Debug, PartialEq)]
pub enum ConnectNews {
    /// Discovery ended.
    Discovered(Result<Discovered, Failure>),
    /// A step of *Test and connect* began or ended.
    Step(ConnectReport),
    /// All steps passed: who may sit at the keyboard, and whom the application acts as.
    Passed {
        /// People of the service desk.
        agents: Vec<AgentRow>,
        /// The agent behind `/Agent/me`.
        acting: AgentRow,
    },
    /// A step failed; nothing was saved.
    Failed(Failure),
    /// The profile was saved (or the failure to) and its session runs.
    Started(Result<Box<Profile>, Failure>),
}

/// Everything that can happen to the program, in one order.
#[derive(Debug)]
pub enum Msg {
    /// The terminal.
    Input(Input),
    /// A deadline that the model named has passed.
    Wake,
    /// The mirror answered.
    Answer {
        /// Whose question.
        slot: Slot,
        /// Which question.
        id: RequestId,
        /// The answer.
        answer: Result<Answer, Failure>,
    },
    /// The session has news.
    News(News),
    /// Connecting has news.
    Connect(ConnectNews),
    /// A theme was read: its name and text, or why not.
    Theme(String, Result<String, Failure>),
    /// The wire to the terminal was measured to be slow.
    SlowWire {
        /// What it drains.
        bytes_per_second: u64,
    },
    /// The counters of both wires were read.
    Measured {
        /// As they stand.
        measured: Measured,
        /// As [`Effect::Measure`](super::Effect::Measure) said.
        after_key: bool,
    },
    /// One line for the operator.
    Notice(Notice),
}
