//! Rows in groups: a heading for each, its tickets below it unless they are folded away.

use std::collections::BTreeSet;

use super::{TicketId, TicketRow};
use crate::text::SafeText;

/// What a group is known by between two answers; only within one kind of grouping.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GroupId(pub i64);

/// A group's heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupRow {
    /// What the group is known by.
    pub id: GroupId,
    /// What its tickets have in common; empty where they have nothing there.
    pub name: SafeText,
    /// How many tickets it has.
    pub count: u64,
    /// Its tickets are folded away.
    pub folded: bool,
}

/// A row of a list that may be grouped.
#[derive(Clone, Debug, PartialEq)]
pub enum GroupedRow {
    /// A ticket.
    Ticket(Box<TicketRow>),
    /// The heading of those that follow.
    Group(GroupRow),
}

/// What a row of a list that may be grouped is known by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RowId {
    /// A ticket.
    Ticket(TicketId),
    /// A heading.
    Group(GroupId),
}

/// Which groups are folded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folds {
    /// All are, but for the others; else none are, but for the others.
    pub all: bool,
    /// The others.
    pub others: BTreeSet<GroupId>,
}

impl Folds {
    /// Whether this group is folded.
    #[must_use]
    pub fn folded(&self, id: GroupId) -> bool {
        self.all != self.others.contains(&id)
    }

    /// Folds this group, or unfolds it.
    pub fn turn(&mut self, id: GroupId) {
        if !self.others.remove(&id) {
            self.others.insert(id);
        }
    }
}
