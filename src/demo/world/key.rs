//! What is held of a ticket: all that lists are ordered and filtered by, and nothing else.

use super::time::Second;

/// A ticket's present state in 24 bytes; its texts are made from the seed when asked for.
///
/// With the one cached order and the list of open tickets (4 bytes a ticket each) a ticket costs at most 32 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    /// When it was opened.
    pub(crate) opened: Second,
    /// The newest action.
    pub(crate) acted: Second,
    /// The newest change of any kind.
    pub(crate) updated: Second,
    /// When it was closed; 0 while it is open.
    pub(crate) closed: Second,
    /// The client's place on the desk's list.
    pub(crate) client: u16,
    /// The user's place on the client's list.
    pub(crate) user: u8,
    /// The agent's id; 1 for nobody.
    pub(crate) agent: u8,
    /// The team's id.
    pub(crate) team: u8,
    /// The status' id.
    pub(crate) status: u8,
    /// Priority, SLA and ticket type, see [`Class`].
    pub(crate) class: Class,
    /// How many files hang on it.
    pub(crate) files: u8,
}

/// Priority (1-4), SLA (1-3), kind (0-7) and the mark of a deleted ticket in one byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Class(u8);

/// The bit of a deleted ticket.
const DELETED: u8 = 0x80;

impl Class {
    /// Packs; values beyond their range wrap.
    pub(crate) fn new(priority: u8, sla: u8, kind: u8) -> Self {
        Self((priority.wrapping_sub(1) & 3) | (sla & 3) << 2 | (kind & 7) << 4)
    }

    /// The priority's id, 1 the highest.
    pub(crate) fn priority(self) -> u8 {
        (self.0 & 3) + 1
    }

    /// The SLA's id.
    pub(crate) fn sla(self) -> u8 {
        self.0 >> 2 & 3
    }

    /// The ticket type's place in the table of types.
    pub(crate) fn kind(self) -> u8 {
        self.0 >> 4 & 7
    }

    /// Whether the ticket is gone.
    pub(crate) fn is_deleted(self) -> bool {
        self.0 & DELETED != 0
    }

    /// The same, gone.
    pub(crate) fn deleted(self) -> Self {
        Self(self.0 | DELETED)
    }

    /// The same with another priority.
    pub(crate) fn with_priority(self, priority: u8) -> Self {
        Self(self.0 & !3 | (priority.wrapping_sub(1) & 3))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_costs_at_most_32_bytes() {
        let order = size_of::<u32>();
        let open = size_of::<u32>();
        assert!(size_of::<Key>() + order + open <= 32, "a key has {} bytes", size_of::<Key>());
        // No destructor: nothing hangs on a key that its size does not show.
        assert!(!std::mem::needs_drop::<Key>());
    }

    #[test]
    fn a_class_keeps_its_parts_apart() {
        for (priority, sla, kind) in [(1, 1, 0), (4, 3, 7), (2, 3, 5), (3, 2, 0)] {
            let class = Class::new(priority, sla, kind);
            assert_eq!((class.priority(), class.sla(), class.kind()), (priority, sla, kind));
            let gone = class.with_priority(1).deleted();
            assert_eq!((gone.priority(), gone.sla(), gone.kind(), gone.is_deleted()), (1, sla, kind, true));
        }
    }
}
