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

impl Turn {
    /// What it is called where it is told that it failed.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Register(register) => super::registers::name(register),
            Self::Lookup(table) => table.name(),
            Self::Conversations => "conversations",
        }
    }
}

/// When what failed has its turn again; it doubles with each failure in a row, up to its usual time.
const AFTER_FAILURE: Duration = Duration::from_mins(1);

/// When somebody has had a turn.
#[derive(Debug)]
struct Had {
    turn: Turn,
    every: Duration,
    at: Instant,
    /// Failures in a row.
    failures: u32,
}

impl Had {
    /// How much of its time has passed, in hundredths.
    fn overdue(&self, now: Instant) -> u128 {
        let every = match self.failures {
            0 => self.every,
            failures => AFTER_FAILURE.saturating_mul(2_u32.saturating_pow(failures - 1)).min(self.every),
        };
        now.saturating_duration_since(self.at).as_millis() * 100 / every.as_millis().max(1)
    }
}

/// Who had a turn when.
#[derive(Debug)]
pub(super) struct Turns(Vec<Had>);

impl Turns {
    /// Everything is as if it had just had its turn.
    pub(super) fn new(now: Instant) -> Self {
        Self(EVERY.iter().map(|(turn, every)| Had { turn: *turn, every: *every, at: now, failures: 0 }).collect())
    }

    /// Whoever is overdue by the largest part of its time; the turn counts as had.
    pub(super) fn next(&mut self, now: Instant) -> Option<Turn> {
        let had = self.0.iter_mut().max_by_key(|had| had.overdue(now)).filter(|had| had.overdue(now) >= 100)?;
        had.at = now;
        Some(had.turn)
    }

    /// Notes how a turn went that was had now.
    pub(super) fn went(&mut self, turn: Turn, well: bool, now: Instant) {
        for had in self.0.iter_mut().filter(|had| had.turn == turn) {
            (had.at, had.failures) = (now, if well { 0 } else { had.failures.saturating_add(1) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_failed_has_its_turn_sooner_and_ever_later() {
        let start = Instant::now();
        let mut turns = Turns::new(start);
        let workdays = Turn::Lookup(Table::Workdays);
        let minutes = |count| start + Duration::from_mins(count);
        turns.0.retain(|had| had.turn == workdays);
        turns.went(workdays, false, start);
        assert_eq!(turns.next(minutes(1)), Some(workdays));
        turns.went(workdays, false, minutes(1));
        assert_eq!(turns.next(minutes(1)), None);
        assert_eq!(turns.next(minutes(3)), Some(workdays));
        turns.went(workdays, true, minutes(3));
        assert_eq!(turns.next(minutes(4)), None);
        for _ in 0..100 {
            turns.went(workdays, false, minutes(4));
        }
        assert_eq!(turns.next(minutes(4 + 179)), None);
        assert_eq!(turns.next(minutes(4 + 180)), Some(workdays), "no later than ever");
    }

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
