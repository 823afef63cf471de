//! Asks for the rows that are in sight, takes them, and goes to one of them.

use super::{
    super::{Context, Outcome, list::Listed},
    TicketsPane,
    counting::Counting,
};
use crate::{
    domain::{Anchor, GroupedRow, RowId, TicketId, Window},
    msg::Question,
};

pub(super) const ROWS: &str = "rows";

impl Listed for GroupedRow {
    type Id = RowId;

    fn id(&self) -> RowId {
        match self {
            Self::Ticket(row) => RowId::Ticket(row.id),
            Self::Group(row) => RowId::Group(row.id),
        }
    }
}

impl TicketsPane {
    pub(super) fn ask(&self, anchor: Option<Anchor<RowId>>, context: Context, out: &mut Vec<Outcome>) {
        let Some(anchor) = anchor else { return };
        let tab = self.views.current();
        let (query, client, me, count) = (tab.query(), self.client_id(), context.me, self.list.count());
        let question = match tab.group() {
            Some(by) => Question::Groups { query, client, me, by, folds: tab.folds.clone(), anchor, count },
            None => Question::Tickets { query, client, me, also: self.also.clone(), anchor: of_tickets(anchor), count },
        };
        out.push(Outcome::Ask { purpose: ROWS, question });
    }

    /// Takes rows that were asked for.
    pub(super) fn fill(&mut self, window: Window<GroupedRow>, context: Context, out: &mut Vec<Outcome>) {
        let anchor = self.list.fill(window);
        self.ask(anchor, context, out);
        self.announce(out);
        if self.going_to.is_some_and(|id| self.ticket_id() == Some(id)) {
            self.going_to = None;
            self.choose(out);
        }
        // After the rows, so that they never wait for it.
        if matches!(self.counting, Counting::Never) {
            self.count(context, out);
        }
    }

    pub(super) fn go_to(&mut self, id: TicketId, context: Context, out: &mut Vec<Outcome>) {
        let anchor = self.list.go_to(RowId::Ticket(id));
        self.going_to = self.ticket_id().is_none_or(|here| here != id).then_some(id);
        self.ask(anchor, context, out);
        self.announce(out);
        if self.going_to.is_none() {
            self.choose(out);
        }
    }
}

/// Where a list without headings stands.
fn of_tickets(anchor: Anchor<RowId>) -> Anchor<TicketId> {
    match anchor {
        Anchor::Around(RowId::Ticket(id)) => Anchor::Around(id),
        Anchor::After(RowId::Ticket(id)) => Anchor::After(id),
        Anchor::Before(RowId::Ticket(id)) => Anchor::Before(id),
        Anchor::End => Anchor::End,
        _ => Anchor::Start,
    }
}
