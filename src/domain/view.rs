//! What the operator was looking at.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{ClientId, Register, TicketId};

/// What was listed and where the cursor stood when the program ended: the next start begins there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LastView {
    /// The name of the view that was shown.
    pub view: Option<String>,
    /// The filter as it was typed.
    pub words: String,
    /// The client that the tickets were narrowed to, and its name as it was shown.
    pub client: Option<(i64, String)>,
    /// The ticket under the cursor.
    pub ticket: Option<i64>,
    /// A ticket that was gone to and is shown instead; the next start shows the cursor's.
    #[serde(skip)]
    pub visited: Option<i64>,
    /// The client that is shown in the round; the next start begins with the tickets.
    #[serde(skip)]
    pub round: Option<ShownClient>,
    /// What the lists of sites, users and assets show.
    #[serde(skip)]
    pub listings: BTreeMap<Register, Listing>,
}

/// A client in the round, and where the cursor stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShownClient {
    /// The client.
    pub client: ClientId,
    /// The line under the cursor.
    pub line: usize,
}

/// What a list beside the tickets shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// Only what is this client's, with its name as it is shown.
    pub client: Option<(ClientId, String)>,
    /// The filter as it was typed.
    pub words: String,
    /// What is no longer in use is listed too.
    pub with_inactive: bool,
    /// The row under the cursor.
    pub at: Option<i64>,
}

impl LastView {
    /// The ticket under the cursor.
    #[must_use]
    pub fn ticket(&self) -> Option<TicketId> {
        self.ticket.map(TicketId)
    }

    /// The same without where cursors stand: going from one to another takes a jump.
    #[must_use]
    pub fn without_cursors(&self) -> Self {
        let listings = self.listings.iter().map(|(register, listing)| (*register, Listing { at: None, ..listing.clone() }));
        let round = self.round.map(|shown| ShownClient { line: 0, ..shown });
        Self { ticket: None, round, listings: listings.collect(), ..self.clone() }
    }

    /// The client that the tickets were narrowed to.
    #[must_use]
    pub fn client(&self) -> Option<ClientId> {
        self.client.as_ref().map(|(id, _)| ClientId(*id))
    }
}

/// A view as `views.toml` holds it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SavedView {
    /// Its name.
    pub name: String,
    /// Which tickets, in the query language, without an order.
    pub query: String,
    /// The order, as it stands after `sort:`.
    pub sort: Option<String>,
    /// The names of the columns.
    pub columns: Option<Vec<String>>,
    /// What the rows are grouped by.
    pub group: Option<String>,
    /// Seconds between refreshes while it is shown.
    pub refresh: Option<u64>,
}

/// A change of `views.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ViewEdit {
    /// The view of the first name becomes this one; a new one where there is none.
    Put(String, SavedView),
    /// The view of this name goes; a shipped one is hidden.
    Remove {
        /// The name.
        name: String,
        /// It comes with the program.
        shipped: bool,
    },
}

/// What the rows of a list are grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum GroupBy {
    /// The client.
    Client,
    /// The status.
    Status,
    /// The agent.
    Agent,
    /// The team.
    Team,
    /// The priority.
    Priority,
}

impl GroupBy {
    /// Each, in the order in which they are offered.
    pub const ALL: &'static [Self] = &[Self::Client, Self::Status, Self::Agent, Self::Team, Self::Priority];

    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Status => "status",
            Self::Agent => "agent",
            Self::Team => "team",
            Self::Priority => "priority",
        }
    }

    /// What a word means, in any case.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|by| by.word().eq_ignore_ascii_case(word))
    }
}
