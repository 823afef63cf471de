//! Folds and unfolds groups of rows.

use super::{
    super::{Context, Outcome, list::Listed},
    TicketsPane,
};
use crate::domain::{Folds, GroupedRow, RowId};

impl TicketsPane {
    /// Folds or unfolds the group that the cursor is in.
    pub(super) fn turn_group(&mut self, context: Context, out: &mut Vec<Outcome>) {
        let id = match self.list.selected() {
            Some(GroupedRow::Group(row)) => Some(row.id),
            // Above a ticket stands its group's heading, if not far above.
            Some(GroupedRow::Ticket(_)) => self.list.above().find_map(|row| match row {
                GroupedRow::Group(row) => Some(row.id),
                GroupedRow::Ticket(_) => None,
            }),
            None => None,
        };
        let Some(id) = id else { return };
        if let Some(tab) = self.views.current_mut() {
            tab.folds.turn(id);
        }
        let anchor = Some(self.list.restart_at(RowId::Group(id)));
        self.ask(anchor, context, out);
    }

    /// Folds all groups, or unfolds them where most are folded.
    pub(super) fn turn_groups(&mut self, context: Context, out: &mut Vec<Outcome>) {
        let here = match self.list.selected().map(Listed::id) {
            Some(id) => self.list.restart_at(id),
            None => self.list.restart(),
        };
        if let Some(tab) = self.views.current_mut() {
            tab.folds = Folds { all: !tab.folds.all, ..Folds::default() };
        }
        self.ask(Some(here), context, out);
    }
}
