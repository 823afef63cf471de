//! A client in the round: what one pane tells of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ClientId, ClientRecord, ClientRow, SiteId, TicketId, UserId};
use crate::text::{SafeText, Untrusted};

/// What only the read of a single client delivers, as the server sent it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClientDetails {
    /// The client's row, which is stored as such.
    #[serde(skip)]
    pub record: ClientRecord,
    /// Notes that Halo pops up over the client's tickets.
    pub popups: Vec<Untrusted>,
    /// Remarks of the desk.
    pub remarks: Untrusted,
    /// Where the client is on the web.
    pub website: Untrusted,
    /// Whom to call, where told.
    pub main_contact: Option<MainContact>,
    /// What is paid in advance, where told.
    pub prepaid: Option<Prepaid>,
}

/// Whom to call at a client's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MainContact {
    /// The user; 0 where it is not told which.
    pub user: UserId,
    /// The name.
    pub name: Untrusted,
    /// Mail address.
    pub email: Untrusted,
    /// Phone number.
    pub phone: Untrusted,
}

/// What was paid in advance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Prepaid {
    /// What is left of it: hours, or an amount of money; below zero where more was used.
    pub left: f64,
    /// What was paid, where that is more than nothing.
    pub of: f64,
    /// It is an amount of money.
    pub as_amount: bool,
}

/// A contract of a client, as sent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ContractRecord {
    /// Its id.
    pub id: i64,
    /// The client.
    pub client_id: ClientId,
    /// What it is called.
    pub reference: Untrusted,
    /// What kind it is.
    pub kind: Untrusted,
    /// How it stands.
    pub state: Untrusted,
    /// When it ends.
    pub ends: Option<Timestamp>,
    /// It has ended.
    pub expired: bool,
    /// What was paid in advance.
    pub prepaid: Option<Prepaid>,
}

/// What is known of a client's contracts.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Contracts {
    /// They were not read yet.
    #[default]
    Unread,
    /// This application may not see them.
    Hidden,
    /// These.
    Known(Vec<ContractRow>),
}

/// A contract as the pane shows it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ContractRow {
    /// What it is called.
    pub reference: SafeText,
    /// What kind it is.
    pub kind: SafeText,
    /// How it stands.
    pub state: SafeText,
    /// When it ends.
    pub ends: Option<Timestamp>,
    /// It has ended.
    pub expired: bool,
    /// What was paid in advance.
    pub prepaid: Option<Prepaid>,
}

/// Somebody at the client's side whom to call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContactRow {
    /// The user; 0 where it is not told which.
    pub user: UserId,
    /// The one to call first.
    pub main: bool,
    /// The name.
    pub name: SafeText,
    /// Phone number.
    pub phone: SafeText,
    /// Mail address.
    pub email: SafeText,
}

/// What was done last on one of a client's tickets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touch {
    /// The ticket.
    pub ticket: TicketId,
    /// Its subject.
    pub summary: SafeText,
    /// When.
    pub at: Option<Timestamp>,
    /// By whom; empty where its conversation is not stored.
    pub who: SafeText,
    /// What kind of action.
    pub what: SafeText,
}

/// A client with what belongs to it, as far as the mirror holds it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClientOverview {
    /// The client.
    pub client: ClientRow,
    /// The top-level group's name.
    pub group: SafeText,
    /// Internal reference.
    pub reference: SafeText,
    /// The agent who answers for the client.
    pub manager: SafeText,
    /// The main phone number.
    pub phone: SafeText,
    /// The main site.
    pub main_site: Option<(SiteId, SafeText)>,
    /// Where the client is on the web.
    pub website: SafeText,
    /// Notes that Halo pops up over the client's tickets, each a block.
    pub popups: Vec<SafeText>,
    /// Remarks of the desk, a block.
    pub remarks: SafeText,
    /// Whom to call, the main one first.
    pub contacts: Vec<ContactRow>,
    /// Sites, users and assets in use.
    pub sites: u64,
    /// See [`Self::sites`].
    pub users: u64,
    /// See [`Self::sites`].
    pub assets: u64,
    /// What is paid in advance, where told.
    pub prepaid: Option<Prepaid>,
    /// Contracts.
    pub contracts: Contracts,
    /// How many tickets were opened in each of the last weeks, the oldest first.
    pub weeks: Vec<u32>,
    /// What was done last, the newest first.
    pub touches: Vec<Touch>,
    /// When the client was read singly; `None` where it never was.
    pub read_at: Option<Timestamp>,
}
