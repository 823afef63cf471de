//! What the board counts. Each number comes with the words of the query language that list just the tickets it counts.

use jiff::civil::Date;

use crate::text::SafeText;

/// The numbers of the board, all of one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Board {
    /// How many open tickets each of the queries has that were asked along, in their order.
    pub open: Vec<u64>,
    /// What was opened and closed on each day, the oldest first and today last.
    pub days: Vec<DayTally>,
    /// Closed on these days, no later than the fix was due.
    pub kept: u64,
    /// Closed on these days, later than that; what has no target or is excluded from the SLA counts as neither.
    pub missed: u64,
    /// The open tickets of each agent, the most first; agents at work who have none come last.
    pub agents: Vec<Tally>,
    /// The clients with the most open tickets.
    pub clients: Vec<Tally>,
    /// The clients with the most tickets opened on these days.
    pub newcomers: Vec<Tally>,
    /// How much of these days is here.
    pub reach: Reach,
}

/// A day's tickets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayTally {
    /// The day in the operator's time zone.
    pub date: Date,
    /// Opened on it, closed since or not.
    pub opened: u64,
    /// Closed on it, and not opened again.
    pub closed: u64,
}

/// Somebody's tickets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Whose.
    pub name: SafeText,
    /// The query that lists them.
    pub words: String,
    /// How many they are.
    pub count: u64,
    /// How many of them are past their target or due before the day ends.
    pub pressing: u64,
}

/// How far back the mirror holds what was closed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// As far as the board counts.
    #[default]
    Whole,
    /// To this day.
    Back(Date),
    /// Nobody knows: history is not read yet, or only the open tickets are asked for.
    Unknown,
    /// Closed tickets are here, but the server told of none when it was closed.
    Undated,
}
