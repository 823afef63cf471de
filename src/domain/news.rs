//! What a running session tells the screen.

use std::time::Duration;

use super::{Agent, ClientId, Connection, Coverage, Failure, FillProgress, TicketId, Timestamp, TokenState};
use crate::text::SafeText;

/// One fact that changed in the background.
#[derive(Clone, Debug, PartialEq)]
pub enum News {
    /// Rows of a table changed in the mirror.
    Changed(Changed),
    /// How far a fill is; `None` when nothing is being filled any more.
    Filling(Option<FillProgress>),
    /// How much of what there is the mirror holds.
    Coverage(Coverage),
    /// Whether the work in the background (history, conversations) is paused by order.
    Paused(bool),
    /// How fresh the rows are.
    Connection(Connection),
    /// How the token stands.
    Token(TokenState),
    /// The authorisation server refused for good: credentials are needed.
    CredentialsNeeded(Failure),
    /// The agent that this application acts as.
    ActingAs(Box<Agent>),
    /// How many requests of the rolling window are used, of how many allowed, while so few are left that a fill waits for them;
    /// `None` when enough are left again.
    BudgetLow(Option<(u32, u32)>),
    /// What was asked for waits until then: the requests of the rolling window are used up, or the server wants a pause.
    Waits {
        /// When it is asked for.
        until: Timestamp,
    },
    /// Another instance of this profile refreshes the mirror; this one follows it.
    Following {
        /// The other one's process.
        process: u32,
    },
    /// Another mirror took the place of one that was damaged: what is shown is asked for anew.
    MirrorAnew,
    /// Something worth one line.
    Notice(SafeText),
    /// A background task ended that should run for ever; it will be started again.
    WorkerDied {
        /// Its name.
        worker: &'static str,
        /// Why.
        why: SafeText,
        /// How long until then.
        back_in: Duration,
    },
    /// A background task that had ended runs again.
    WorkerRestarted {
        /// Its name.
        worker: &'static str,
    },
}

/// What changed in the mirror.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Changed {
    /// Tickets.
    Tickets,
    /// Clients.
    Clients,
    /// Sites, users or assets.
    People,
    /// Names of statuses, priorities, teams, types, agents.
    Lookups,
    /// One ticket's conversation or body.
    Conversation(TicketId),
    /// What only the record of one client tells.
    Client(ClientId),
}
