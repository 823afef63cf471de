//! Which question each slot waits for: an answer to any other is dropped.

use std::collections::BTreeMap;

use crate::{
    msg::{PaneId, RequestId, Slot},
    panes::COUNTS,
};

/// The questions under way.
#[derive(Debug, Default)]
pub(super) struct Requests {
    last: u64,
    current: BTreeMap<(PaneId, &'static str), RequestId>,
}

impl Requests {
    /// A new question in a slot: it replaces the one that was under way.
    pub(super) fn open(&mut self, slot: Slot) -> RequestId {
        self.last += 1;
        let id = RequestId(self.last);
        self.current.insert((slot.pane, slot.purpose), id);
        id
    }

    /// An answer came: whether it is the one that the slot waits for.
    pub(super) fn close(&mut self, slot: Slot, id: RequestId) -> bool {
        let key = (slot.pane, slot.purpose);
        let expected = self.current.get(&key) == Some(&id);
        if expected {
            self.current.remove(&key);
        }
        expected
    }

    /// Whether nothing is waited for that a first frame needs: how many rows the views have may come after it.
    pub(super) fn first_frame_is_ready(&self) -> bool {
        self.current.keys().all(|(_, purpose)| *purpose == COUNTS)
    }

    /// Nothing is waited for any more; answers the slots that were.
    pub(super) fn forget_all(&mut self) -> Vec<Slot> {
        std::mem::take(&mut self.current).into_keys().map(|(pane, purpose)| Slot { pane, purpose }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_newest_question_of_a_slot_counts() {
        let slot = Slot { pane: PaneId("tickets"), purpose: "rows" };
        let other = Slot { pane: PaneId("clients"), purpose: "rows" };
        let mut requests = Requests::default();
        let old = requests.open(slot);
        let new = requests.open(slot);
        let elsewhere = requests.open(other);
        assert!(!requests.close(slot, old), "superseded");
        assert!(requests.close(slot, new));
        assert!(!requests.close(slot, new), "answered already");
        assert!(requests.close(other, elsewhere));
    }
}
