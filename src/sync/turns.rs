//! [`Turns`]: what is asked for beside the changed tickets, one request at a time, so that an idle program asks twice a minute at
//! most.

use tokio::time::{Duration, Instant};

use super::lookups::Table;
use crate::domain::Register;

/// Something that has a turn now and then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// What changed in a register.
    Register(Register),
    /// A lookup table, whole.
    Lookup(Table),
    /// What was said of late.
    Conversations,
}

/// How often each has its turn, at most.
const EVERY: [(Turn, Duration); 12] = [
    (Turn::Register(Register::Clients), Duration::from_mins(6)),
    (Turn::Register(Register::Users), Duration::from_mins(15)),
    (Turn::Register(Register::Sites), Duration::from_mins(30)),
    (Turn::Register(Register::Assets), Duration::from_mins(30)),
    (Turn::Lookup(Table::Statuses), Duration::from_mins(30)),
    (Turn::Lookup(Table::Agents), Duration::from_mins(30)),
    (Turn::Lookup(Table::Priorities), Duration::from_hours(1)),
    (Turn::Lookup(Table::Teams), Duration::from_hours(1)),
    (Turn::Lookup(Table::TicketTypes), Duration::from_hours(1)),
    (Turn::Lookup(Table::Slas), Duration::from_hours(1)),
    (Turn::Lookup(Table::Workdays), Duration::from_hours(3)),
    (Turn::Conversations, Duration::from_mins(2)),
];

/// Who had a turn when.
#[derive(Debug)]
pub(super) struct Turns(Vec<(Turn, Duration, Instant)>);

impl Turns {
    /// Everything is as if it had just had its turn.
    pub(super) fn new(now: Instant) -> Self {
        Self(EVERY.iter().map(|(turn, every)| (*turn, *every, now)).collect())
    }

    /// Whoever is overdue by the largest part of its time; the turn counts as had.
    pub(super) fn next(&mut self, now: Instant) -> Option<Turn> {
        let overdue = |(_, every, had): &&mut (Turn, Duration, Instant)| {
            now.saturating_duration_since(*had).as_millis() * 100 / every.as_millis().max(1)
        };
        let (turn, _, had) = self.0.iter_mut().max_by_key(overdue).filter(|due| overdue(due) >= 100)?;
        *had = now;
        Some(*turn)
    }

    /// All lookup tables had their turn.
    pub(super) fn lookups_were_read(&mut self, now: Instant) {
        for (turn, _, had) in &mut self.0 {
            if matches!(turn, Turn::Lookup(_)) {
                *had = now;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_has_a_turn_in_time_and_nobody_two_at_once() {
        let start = Instant::now();
        let mut turns = Turns::new(start);
        assert_eq!(turns.next(start), None);
        let mut had: Vec<(Turn, u32)> = Vec::new();
        for minute in 1..=600 {
            if let Some(turn) = turns.next(start + Duration::from_mins(minute)) {
                match had.iter_mut().find(|(known, _)| *known == turn) {
                    Some((_, count)) => *count += 1,
                    None => had.push((turn, 1)),
                }
            }
        }
        assert_eq!(had.len(), EVERY.len());
        for (turn, count) in had {
            let (_, every) = EVERY.iter().find(|(known, _)| *known == turn).unwrap();
            let wanted = 600 / (every.as_secs() / 60);
            assert!(u64::from(count) * 10 >= wanted * 8, "{turn:?} had {count} of {wanted} turns");
        }
    }
}
