//! What leaves `update`: everything that is not a pure change of the model.

use std::time::Duration;

use super::{RequestId, Slot};
use crate::{
    domain::{
        AgentId, Anchor, ClientId, ConnectDraft, FileRow, Folds, GroupBy, Register, RegisterSort, RowId, TicketId, Timestamp,
        ViewEdit,
    },
    query::Query,
    text::SafeText,
};

/// A question to the mirror; never to the network.
#[derive(Clone, Debug, PartialEq)]
pub enum Question {
    /// A window of the ticket list.
    Tickets {
        /// Which tickets, in which order.
        query: Query,
        /// Only this client's.
        client: Option<ClientId>,
        /// Who `@me` is.
        me: Option<AgentId>,
        /// Tickets that the server says have the query's words.
        also: Vec<TicketId>,
        /// Where the window stands.
        anchor: Anchor<TicketId>,
        /// How many rows.
        count: u16,
    },
    /// A window of the ticket list in groups.
    Groups {
        /// Which tickets, in which order within their groups.
        query: Query,
        /// Only this client's.
        client: Option<ClientId>,
        /// Who `@me` is.
        me: Option<AgentId>,
        /// By what.
        by: GroupBy,
        /// Which groups are folded.
        folds: Folds,
        /// Where the window stands.
        anchor: Anchor<RowId>,
        /// How many rows.
        count: u16,
    },
    /// The lists that are kept in Halo.
    HaloLists,
    /// How many tickets each of these queries has.
    Counts {
        /// Which tickets.
        queries: Vec<Query>,
        /// Only this client's.
        client: Option<ClientId>,
        /// Who `@me` is.
        me: Option<AgentId>,
    },
    /// The numbers of the board.
    Board {
        /// Queries for open tickets, each of which is counted too.
        open: Vec<Query>,
        /// Who `@me` is.
        me: Option<AgentId>,
    },
    /// A window of the clients, the sites, the users or the assets.
    Register {
        /// Which.
        register: Register,
        /// Their order.
        sort: RegisterSort,
        /// Only what is this client's.
        client: Option<ClientId>,
        /// Words that the rows must have.
        words: String,
        /// What is no longer in use too.
        with_inactive: bool,
        /// Where the window stands.
        anchor: Anchor<i64>,
        /// How many rows.
        count: u16,
    },
    /// The first sites, users and assets that have these words.
    Called {
        /// The words.
        words: String,
        /// How many rows of each at most.
        count: u16,
    },
    /// One client in the round.
    Client(ClientId),
    /// One ticket with its conversation.
    Conversation(TicketId),
    /// How much there is.
    Overview,
    /// Everybody of the service desk.
    Agents,
    /// The names that a query can be completed with.
    Known,
}

/// Something to be done outside the model.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Ask the mirror.
    Ask {
        /// Whose question.
        slot: Slot,
        /// Which question.
        id: RequestId,
        /// The question.
        question: Question,
    },
    /// Ask the server for what the words of a filter find; the answer is about tickets that are stored by then.
    Search {
        /// Whose question.
        slot: Slot,
        /// Which question.
        id: RequestId,
        /// The filter.
        query: Query,
        /// Only this client's tickets.
        client: Option<ClientId>,
    },
    /// The operator looks at this ticket: fetch its conversation if what is held is older than the row.
    LookAt(TicketId),
    /// The operator looks at this client: fetch what only its own record tells unless it was fetched a short while ago.
    LookAtClient(ClientId),
    /// The operator looks at an asset's tickets: fetch which they are, since lists of tickets don't tell.
    LookAtAsset {
        /// The asset.
        id: i64,
        /// What is written on it.
        tag: SafeText,
        /// Whose it is.
        client: ClientId,
    },
    /// The operator has looked at this ticket as it was then; noted here alone, never on the server.
    Seen {
        /// The ticket.
        ticket: TicketId,
        /// How new it was.
        updated: Timestamp,
    },
    /// Ask the server for what changed; `everything` compares all open tickets and re-reads the lookups.
    Refresh {
        /// Not only what changed.
        everything: bool,
    },
    /// Pause the reading in the background that nobody waits for, or go on with it.
    Pause(bool),
    /// Read the counters of both wires, for [`Msg::Measured`](super::Msg::Measured).
    Measure {
        /// A key was pressed; else a minute began.
        after_key: bool,
    },
    /// The terminal's window is looked at, or no longer.
    Watched(bool),
    /// How often to refresh by itself; `None` for never.
    RefreshEvery(Option<Duration>),
    /// The view that is shown wants to be refreshed this often; `None` for the usual pace.
    ViewPace(Option<Duration>),
    /// Ask the server which lists are kept there.
    ReadLists,
    /// The view that is shown is this list of Halo, or none: its tickets are kept fresh as long as it is.
    LookAtList(Option<i64>),
    /// The server answers again: what was put off is asked for now.
    ServerIsBack,
    /// Change `views.toml`.
    SaveView(Box<ViewEdit>),
    /// Find out the URLs behind an instance's address.
    Discover(String),
    /// Walk the steps of *Test and connect*.
    TestConnection(Box<ConnectDraft>),
    /// Stop testing or discovering.
    CancelConnect,
    /// Save the tested profile with who sits at the keyboard, and start its session.
    Start {
        /// What was tested, with who sits at the keyboard.
        draft: Box<ConnectDraft>,
    },
    /// Read a theme by its name.
    LoadTheme(String),
    /// Put text into the clipboard of the operator's own terminal (OSC 52).
    Copy(SafeText),
    /// Open a link of our own making in the browser of the operator's machine, or copy it where that is another one.
    OpenLink(SafeText),
    /// Save a ticket's file into the folder for downloads, and open it then with the operator's command.
    Save {
        /// Which file.
        file: FileRow,
        /// Open it then.
        open: bool,
    },
    /// Turn the mouse on, or off again.
    ToggleMouse,
    /// Paint everything anew.
    Repaint,
    /// Hand the terminal back to the shell until continued.
    Suspend,
    /// End the program.
    Quit,
}
