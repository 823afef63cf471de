//! What belongs to a client: sites, users, assets.

use super::{ClientId, Filled, SiteId, UserId};
use crate::text::{SafeText, Untrusted};

/// Whom and what the desk serves: lists that are kept whole beside the tickets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Register {
    /// Clients.
    Clients,
    /// Their sites.
    Sites,
    /// Their people.
    Users,
    /// Their assets.
    Assets,
}

impl Register {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Clients, Self::Sites, Self::Users, Self::Assets];

    /// The word for one row of it.
    #[must_use]
    pub const fn one(self) -> &'static str {
        match self {
            Self::Clients => "client",
            Self::Sites => "site",
            Self::Users => "user",
            Self::Assets => "asset",
        }
    }

    /// What is told of its filling.
    #[must_use]
    pub const fn filled(self) -> Filled {
        match self {
            Self::Clients => Filled::Clients,
            Self::Sites => Filled::Sites,
            Self::Users => Filled::Users,
            Self::Assets => Filled::Assets,
        }
    }
}

/// A site of a client, as sent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SiteRecord {
    /// Its id.
    pub id: SiteId,
    /// The client.
    pub client_id: ClientId,
    /// Its name.
    pub name: Untrusted,
    /// Phone number.
    pub phone: Untrusted,
    /// No longer in use.
    pub inactive: bool,
}

/// A person at the client's side, as sent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UserRecord {
    /// Its id.
    pub id: UserId,
    /// The client.
    pub client_id: ClientId,
    /// The site.
    pub site_id: SiteId,
    /// The name.
    pub name: Untrusted,
    /// Mail address.
    pub email: Untrusted,
    /// Phone number.
    pub phone: Untrusted,
    /// Marked as important contact.
    pub important: bool,
    /// No longer there.
    pub inactive: bool,
}

/// A device or other asset of a client, as sent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AssetRecord {
    /// Its id.
    pub id: i64,
    /// The client.
    pub client_id: ClientId,
    /// The site.
    pub site_id: SiteId,
    /// The inventory number, its tag.
    pub tag: Untrusted,
    /// Kind of asset.
    pub kind: Untrusted,
    /// Who uses it.
    pub username: Untrusted,
    /// No longer in use.
    pub inactive: bool,
}

/// What the rows of a register can be ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RegisterKey {
    /// The name, from A; an asset's tag.
    Name,
    /// The client's name, from A.
    Client,
    /// The site's name, from A.
    Site,
    /// The kind of asset, from A.
    Kind,
    /// Who uses the asset, from A.
    User,
    /// The most open tickets first.
    Open,
}

/// The order of a register's rows; those that are alike come by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RegisterSort {
    /// By what.
    pub key: RegisterKey,
    /// Against the key's natural direction.
    pub reverse: bool,
}

impl Default for RegisterSort {
    fn default() -> Self {
        Self { key: RegisterKey::Name, reverse: false }
    }
}

/// A client, a site, a user or an asset as a list shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegisterRow {
    /// Its id.
    pub id: i64,
    /// The client.
    pub client_id: ClientId,
    /// The client's name.
    pub client: SafeText,
    /// Its name; an asset's tag.
    pub name: SafeText,
    /// What kind of asset.
    pub kind: SafeText,
    /// Who uses the asset.
    pub user: SafeText,
    /// The site where it is.
    pub site: SafeText,
    /// Mail address.
    pub email: SafeText,
    /// Phone number.
    pub phone: SafeText,
    /// Marked as important contact, or as VIP.
    pub important: bool,
    /// Stopped: no work is to be done for this client.
    pub stopped: bool,
    /// The record could not be read whole.
    pub unreadable: bool,
    /// No longer in use, or no longer there.
    pub inactive: bool,
    /// Open tickets in the mirror; of an asset, as far as tickets were read singly.
    pub open_tickets: u64,
}
