//! What happened to a ticket, as moments: for the row of cells that shows its life.

use crate::domain::{Conversation, Timestamp};

/// Moments of a ticket's life.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct History {
    pub(super) opened: Option<Timestamp>,
    /// When it was closed, or the newest thing that happened to a closed one.
    pub(super) ended: Option<Timestamp>,
    /// When something was said or done.
    pub(super) events: Vec<Timestamp>,
    /// When the SLA clock was stopped, and when it went on; `None` while it stands.
    holds: Vec<(Timestamp, Option<Timestamp>)>,
    /// Targets, and when each was met.
    targets: Vec<(Timestamp, Option<Timestamp>)>,
}

impl History {
    pub(super) fn of(conversation: &Conversation) -> Self {
        let ticket = &conversation.ticket;
        let mut events: Vec<_> = conversation.actions.iter().rev().filter_map(|action| action.at).collect();
        events.extend(ticket.opened);
        let mut holds: Vec<(Timestamp, Option<Timestamp>)> = Vec::new();
        for (at, stands) in conversation.actions.iter().rev().filter_map(|action| action.at.zip(action.holds_sla)) {
            match holds.last_mut() {
                Some((_, end @ None)) if !stands => *end = Some(at),
                Some((_, None)) => {}
                _ if stands => holds.push((at, None)),
                _ => {}
            }
        }
        let closed = ticket.closed.or_else(|| events.iter().max().copied());
        let ended = ticket.is_closed.then_some(closed).flatten();
        let targets = [(ticket.respond_by, ticket.responded.or(ended)), (ticket.fix_by, ended)];
        let targets = if ticket.excluded_from_sla { [(None, None); 2] } else { targets };
        let targets = targets.into_iter().filter_map(|(target, met)| Some((target?, met))).collect();
        Self { opened: ticket.opened.or_else(|| events.iter().min().copied()), ended, events, holds, targets }
    }

    /// Whether there is more to see than that it was opened.
    pub(super) fn is_worth_a_line(&self) -> bool {
        self.events.len() > 2 && self.opened.is_some()
    }

    /// When the SLA clock stood, up to `now`.
    pub(super) fn holds(&self, now: Timestamp) -> Vec<(Timestamp, Timestamp)> {
        let end = self.ended.unwrap_or(now);
        self.holds.iter().map(|(from, to)| (*from, to.unwrap_or(end))).collect()
    }

    /// The targets that were missed by `now`.
    pub(super) fn breaches(&self, now: Timestamp) -> Vec<Timestamp> {
        self.targets.iter().filter(|(target, met)| *target < met.unwrap_or(now)).map(|(target, _)| *target).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ActionRow, TicketRow};

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + hour * 3600).unwrap()
    }

    fn history(moves: &[(i64, Option<bool>)], ticket: TicketRow) -> History {
        let action = |(hour, holds_sla): &(i64, Option<bool>)| ActionRow {
            at: Some(at(*hour)),
            holds_sla: *holds_sla,
            ..ActionRow::default()
        };
        let actions = moves.iter().rev().map(action).collect();
        History::of(&Conversation { ticket, actions, ..Conversation::default() })
    }

    #[test]
    fn the_clock_stands_from_the_first_hold_to_the_next_status_that_does_not() {
        let moves =
            [(1, Some(false)), (2, Some(true)), (3, None), (4, Some(true)), (6, Some(false)), (7, Some(false)), (9, Some(true))];
        let open = history(&moves, TicketRow { opened: Some(at(0)), ..TicketRow::default() });
        assert_eq!(open.holds(at(12)), [(at(2), at(6)), (at(9), at(12))]);
        assert!(open.is_worth_a_line() && !history(&moves[..1], TicketRow::default()).is_worth_a_line());
    }

    #[test]
    fn targets_are_missed_once_they_are_past_and_unmet() {
        let ticket = TicketRow { respond_by: Some(at(2)), responded: Some(at(1)), fix_by: Some(at(8)), ..TicketRow::default() };
        let open = history(&[(1, None)], ticket.clone());
        assert_eq!((open.breaches(at(7)), open.breaches(at(9))), (vec![], vec![at(8)]));
        let late = TicketRow { responded: Some(at(3)), closed: Some(at(7)), is_closed: true, ..ticket.clone() };
        assert_eq!(history(&[(1, None)], late).breaches(at(99)), [at(2)], "what was closed in time stays so");
        let excluded = TicketRow { excluded_from_sla: true, ..ticket };
        assert_eq!(history(&[], excluded).breaches(at(99)), []);
    }
}
