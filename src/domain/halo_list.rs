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
    /// The number of the column profile that it is shown by; 0 where it has none.
    pub columns_id: i64,
}

/// A column of Halo, by the name that it has there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HaloColumn<Name> {
    /// Its name.
    pub name: Name,
    /// Its place among the columns that the rows are ordered by, from 1; 0 where they are not.
    pub sorted: u32,
    /// The greatest comes first.
    pub descending: bool,
}

/// A column profile of Halo, as the server tells it: the columns in their order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HaloColumns {
    /// Its number.
    pub id: i64,
    /// The columns.
    pub columns: Vec<HaloColumn<Untrusted>>,
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
    /// The columns that Halo shows it with; empty where they were not told.
    pub columns: Vec<HaloColumn<SafeText>>,
}
