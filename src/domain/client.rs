//! Clients (Halo's schema: Areas).

use super::{AgentId, ClientId, Rgb, SiteId};
use crate::text::{SafeText, Untrusted};

/// A client as the server sent it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClientRecord {
    /// The client's id; 1 is Halo's "Unknown".
    pub id: ClientId,
    /// The name.
    pub name: Untrusted,
    /// The top-level group's name.
    pub toplevel_name: Untrusted,
    /// No longer served.
    pub inactive: bool,
    /// Marked VIP.
    pub vip: bool,
    /// Service is stopped (unpaid, for example).
    pub stopped: bool,
    /// Halo's own colour.
    pub colour: Option<Rgb>,
    /// The agent who answers for the client.
    pub account_manager: AgentId,
    /// The main site.
    pub main_site_id: SiteId,
    /// The main phone number.
    pub phone: Untrusted,
    /// Internal reference.
    pub reference: Untrusted,
    /// Set where the record could not be read: the reason.
    pub unreadable: Option<String>,
}

/// A client as a list shows it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClientRow {
    /// The client's id.
    pub id: ClientId,
    /// The name.
    pub name: SafeText,
    /// No longer served.
    pub inactive: bool,
    /// Marked VIP.
    pub vip: bool,
    /// Service is stopped.
    pub stopped: bool,
    /// Halo's own colour.
    pub colour: Option<Rgb>,
    /// Open tickets in the mirror.
    pub open_tickets: u64,
    /// Why the record could not be read, where it couldn't.
    pub unreadable: Option<SafeText>,
}
