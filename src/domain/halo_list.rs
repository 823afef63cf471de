//! Lists of tickets that are kept in Halo.

use super::Timestamp;
use crate::text::{SafeText, Untrusted};

/// A list of Halo, as the server tells it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HaloList {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: Untrusted,
    /// Its place in Halo's menus.
    pub sequence: i64,
}

/// A list of Halo, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HaloListRow {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: SafeText,
    /// How many tickets it had when it was read.
    pub count: u64,
    /// When its tickets were read; `None` where they never were.
    pub read_at: Option<Timestamp>,
}
