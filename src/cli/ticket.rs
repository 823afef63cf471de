//! `show`.

use std::time::Duration;

use super::{
    Layout, Surroundings, TicketDetail,
    begin::{age, finish, held_back, learn_names, quiet},
    print_ticket,
    run::{printed, warn},
    to_stdout,
};
use crate::{
    domain::{Failure, FailureKind, TicketId, Timestamp},
    session::Session,
};

/// How long names that were read with the other rows are good.
const NAMES_FOR: Duration = Duration::from_mins(30);

/// Requests that a ticket takes, and the names.
const REQUESTS: u32 = 2;
const NAMES: u32 = 9;

/// `show`: the ticket as the server has it; where that can't be reached, as it is stored.
pub(super) async fn show(id: TicketId, json: bool, around: &Surroundings) -> Result<(), Failure> {
    let mut session = quiet(around, true)?;
    let is_stored = session.conversation(id).await?.is_some();
    let asked = match held_back(&session, REQUESTS - 1) {
        Some(why) if is_stored => Err(why),
        why => {
            if let Some(why) = why {
                warn(&format!("{}: the server is asked then", why.what));
            }
            ask(&mut session, id).await
        }
    };
    if let Err(failure) = asked {
        if failure.kind == FailureKind::NotFound {
            return Err(unknown(id));
        }
        let stored = session.conversation(id).await?.filter(|_| !failure.is_refusal());
        let Some(stored) = stored else { return Err(failure) };
        let of = match stored.fetched_at.and_then(|at| Timestamp::now().duration_since(at).try_into().ok()) {
            Some(span) => format!("its conversation is of {} ago", age(span)),
            None => "its conversation was never read".to_owned(),
        };
        warn(&format!("{}; this is what is stored, {of}", failure.what));
    }
    let found = session.conversation(id).await?.ok_or_else(|| unknown(id))?;
    if let Some(words) = found.left_out_words() {
        warn(&words);
    }
    finish(session).await;
    let mut actions = found.actions;
    actions.reverse();
    let detail = TicketDetail { ticket: found.ticket, details: found.body.whole(), actions };
    let printing = tokio::task::spawn_blocking(move || to_stdout(|out| print_ticket(&detail, json, &Layout::of_stdout(), out)));
    printed(printing.await.map_err(|_| Failure::new(FailureKind::Gone, "the printing stopped unexpectedly"))?)
}

/// Reads the ticket, and the names where those that are stored may be out of date.
async fn ask(session: &mut Session, id: TicketId) -> Result<(), Failure> {
    let read = session.last_success().await?;
    let fresh = read.is_some_and(|at| Timestamp::now().duration_since(at).unsigned_abs() < NAMES_FOR);
    // Names of some hours ago are better than a wait.
    if !fresh && (read.is_none() || held_back(session, NAMES + REQUESTS - 1).is_none()) {
        learn_names(session).await?;
    }
    session.fetch_ticket(id).await
}

fn unknown(id: TicketId) -> Failure {
    Failure::new(FailureKind::NotFound, &format!("there is no ticket {id}"))
}
