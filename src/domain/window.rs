//! Windows of rows: what a list asks for, never more than a screenful and a margin.

/// Where a window of rows stands in its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor<Id> {
    /// From the first row.
    Start,
    /// Up to the last row.
    End,
    /// Half of the rows before this row, it, and half after; from the start where it is not in the list.
    Around(Id),
    /// The rows after this one.
    After(Id),
    /// The rows before this one.
    Before(Id),
}

/// A window of rows of a list, in the list's order.
#[derive(Clone, Debug, PartialEq)]
pub struct Window<Row> {
    /// The rows.
    pub rows: Vec<Row>,
    /// How many rows of the list stand before the first one.
    pub offset: u64,
    /// How many rows the whole list has, as far as it was counted.
    pub total: u64,
    /// Whether there are more: counting ended before the list did.
    pub more: bool,
}

impl<Row> Default for Window<Row> {
    fn default() -> Self {
        Self { rows: Vec::new(), offset: 0, total: 0, more: false }
    }
}

/// How many rows a list has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// So many.
    pub n: u64,
    /// Or more: counting ended before the list did.
    pub more: bool,
}
