//! Goes to the next ticket that changed since it was looked at.

use super::{
    super::{Announcement, Context, Outcome},
    TicketsPane,
};
use crate::{
    domain::{Anchor, TicketId, TicketRow, Window},
    msg::{Notice, Question},
    query::{Filter, State, Term},
};

/// The next changed ticket below the cursor, and the first of the list.
pub(super) const NEXT_CHANGED: &str = "next-changed";
pub(super) const FIRST_CHANGED: &str = "first-changed";

impl TicketsPane {
    /// Asks for the next changed ticket below this one.
    pub(super) fn ask_next_changed(&self, id: TicketId, context: Context, out: &mut Vec<Outcome>) {
        self.ask_changed(NEXT_CHANGED, Anchor::After(id), context, out);
    }

    /// Asks for the first changed ticket from there on, in the order of the list.
    fn ask_changed(&self, purpose: &'static str, anchor: Anchor<TicketId>, context: Context, out: &mut Vec<Outcome>) {
        let mut query = self.views.current().query();
        query.terms = query.effective_terms();
        query.terms.push(Term { not: false, filter: Filter::Is(vec![State::Changed]) });
        let (client, me) = (self.client_id(), context.me);
        let question = Question::Tickets { query, client, me, also: Vec::new(), anchor, count: 2 };
        out.push(Outcome::Ask { purpose, question });
    }

    /// Goes to the next changed ticket. The one under the cursor counts as changed as long as it is read: another is meant.
    pub(super) fn found_changed(&mut self, window: &Window<TicketRow>, from_top: bool, context: Context, out: &mut Vec<Outcome>) {
        let here = self.ticket_id();
        match window.rows.iter().map(|row| row.id).find(|id| Some(*id) != here) {
            Some(id) => {
                if from_top {
                    out.push(Outcome::Notice(Notice::info("From the top again")));
                }
                self.go_to(id, context, out);
            }
            None if !from_top => self.ask_changed(FIRST_CHANGED, Anchor::Start, context, out),
            None => {
                out.extend(here.map(|id| Outcome::Announce(Announcement::TicketRead(id))));
                let what = if window.rows.is_empty() { "Nothing" } else { "Nothing else" };
                out.push(Outcome::Notice(Notice::info(&format!("{what} here has changed since you looked at it"))));
            }
        }
    }
}
