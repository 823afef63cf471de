//! What the operator was looking at.

use serde::{Deserialize, Serialize};

use super::{ClientId, TicketId};

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
}

impl LastView {
    /// The ticket under the cursor.
    #[must_use]
    pub fn ticket(&self) -> Option<TicketId> {
        self.ticket.map(TicketId)
    }

    /// The client that the tickets were narrowed to.
    #[must_use]
    pub fn client(&self) -> Option<ClientId> {
        self.client.as_ref().map(|(id, _)| ClientId(*id))
    }
}
