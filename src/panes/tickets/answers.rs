//! Takes what the mirror and the server answer.

use super::{
    super::{Context, Outcome},
    LISTS, SERVER, TicketsPane,
    changed::{FIRST_CHANGED, NEXT_CHANGED},
    counting::COUNTS,
    rows::ROWS,
};
use crate::{
    domain::{Found, GroupedRow, Window},
    msg::{Answer, Notice},
};

/// Words of a filter that a notice has room for.
const FEW_CHARS: usize = 24;

impl TicketsPane {
    /// Takes the answer to the question for this purpose; `None` where it failed.
    pub(super) fn take_answer(
        &mut self,
        purpose: &'static str,
        answer: Option<Answer>,
        context: Context,
        out: &mut Vec<Outcome>,
    ) {
        match (purpose, answer) {
            (ROWS, Some(Answer::Tickets(window))) => {
                let rows = window.rows.into_iter().map(|row| GroupedRow::Ticket(Box::new(row))).collect();
                self.fill(Window { rows, offset: window.offset, total: window.total, more: window.more }, context, out);
            }
            (ROWS, Some(Answer::Groups(window))) => self.fill(window, context, out),
            (LISTS, Some(Answer::HaloLists(lists))) => self.take_lists(lists, context, out),
            (ROWS, _) => {
                self.list.give_up();
                self.announce(out);
            }
            (NEXT_CHANGED | FIRST_CHANGED, Some(Answer::Tickets(window))) => {
                self.found_changed(&window, purpose == FIRST_CHANGED, context, out);
            }
            (COUNTS, answer) => self.take_counts(answer, context),
            // What is listed now may be something else by the time the server answers.
            (SERVER, Some(Answer::Found(Some(found)))) if self.lists_what_was_searched() => {
                out.push(Outcome::Notice(found_words(&found, self.views.current().words.trim())));
                if self.also != found.ids {
                    self.also = found.ids;
                    let anchor = self.list.renew();
                    self.ask(anchor, context, out);
                }
            }
            _ => {}
        }
    }
}

impl TicketsPane {
    fn lists_what_was_searched(&self) -> bool {
        let (query, client) = (self.views.current().query(), self.client_id());
        self.searched.as_ref().is_some_and(|searched| *searched == (query, client))
    }
}

/// What the server found for the words of the filter line, which are named where they are few.
fn found_words(found: &Found, words: &str) -> Notice {
    let words = if (1..=FEW_CHARS).contains(&words.chars().count()) { format!(" for {words}") } else { String::new() };
    let tickets = if found.count == 1 { "1 ticket".to_owned() } else { format!("{} tickets", found.count) };
    let more = if found.more { " and has more; more words narrow it" } else { "" };
    Notice::info(&match found.new {
        0 => format!("The server finds nothing{words} that is not here ({tickets}){more}"),
        new => format!("The server finds {tickets}{words}, {new} of them new here{more}"),
    })
}
