//! What happens while time passes: every few seconds a ticket arrives, is answered, moves on or is closed.

use std::time::Duration;

use super::World;
use super::birth::member;
use super::dice::{Dice, Subject};
use super::tables;
use super::talk::{Act, Deed};
use super::time::Second;

/// Which event comes next and when; a function of the seed alone.
#[derive(Debug)]
pub(crate) struct Agenda {
    seed: u64,
    number: u64,
    due: Duration,
}

impl Agenda {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, number: 0, due: gap(seed, 0) }
    }

    /// The number and the time of the next event, if that time has come.
    pub(crate) fn next_before(&mut self, since: Duration) -> Option<(u64, Duration)> {
        if self.due > since {
            return None;
        }
        let event = (self.number, self.due);
        self.number += 1;
        self.due += gap(self.seed, self.number);
        Some(event)
    }
}

/// Two to seven seconds.
fn gap(seed: u64, number: u64) -> Duration {
    Duration::from_millis(2_000 + u64::from(Dice::new(seed, Subject::Event, number).below(5_000)))
}

impl World {
    /// Event `number`, at `second`.
    pub(crate) fn happen(&mut self, number: u64, second: Second) {
        let second = second.max(self.latest + 1);
        let mut dice = Dice::new(self.birth.seed, Subject::Event, number);
        // The first draw was the gap.
        dice.bits();
        let draw = dice.below(100);
        let open = u32::try_from(self.open.len()).unwrap_or(u32::MAX);
        let chosen = self.open.get(usize::try_from(dice.below(open)).unwrap_or(0)).copied();
        let Some((index, key)) = chosen.filter(|_| draw >= 20).and_then(|index| Some((index, *self.key(index)?))) else {
            self.arrive(second);
            return;
        };
        let worker = if key.agent == tables::UNASSIGNED { member(key.team, &mut dice) } else { key.agent };
        match draw {
            20..=42 => self.user_writes(index, second),
            43..=55 => self.act(index, second, worker, Deed::MailOut(dice.small(3)), tables::WITH_USER, 10),
            56..=65 => self.act(index, second, worker, Deed::Note, key.status, 15),
            66..=72 => {
                let deed = Deed::Assigned { from: key.agent, to: member(key.team, &mut dice) };
                self.act(index, second, 3, deed, tables::IN_PROGRESS, 0);
            }
            73..=76 => {
                let deed = Deed::Prioritised { from: key.class.priority(), to: 1 + dice.small(4) };
                self.act(index, second, worker, deed, key.status, 0);
            }
            77..=80 => {
                let is_due = self.birth.targets(index, &key).is_some_and(|(_, fix, _)| fix < second + 3_600);
                self.act(index, second, worker, if is_due { Deed::Warned } else { Deed::Note }, key.status, 0);
            }
            _ => {
                let status = if dice.chance(70) { tables::RESOLVED } else { tables::CLOSED };
                self.act(index, second, worker, Deed::Closed, status, 5);
            }
        }
    }

    /// A new ticket; its id.
    pub(crate) fn arrive(&mut self, second: Second) -> u32 {
        let index = self.count();
        let key = self.birth.arrival(&self.customers, index, second);
        if self.keys.len() == self.keys.capacity() {
            // Doubling would hold twice what the tickets need.
            self.keys.reserve_exact(4_096);
        }
        self.keys.push(key);
        self.latest = self.latest.max(second);
        self.open.push(index);
        self.generation += 1;
        Self::id(index)
    }

    /// The user of an open ticket writes.
    pub(crate) fn user_writes(&mut self, index: u32, second: Second) {
        let status =
            self.key(index).map_or(tables::UPDATED, |key| if key.status == tables::NEW { tables::NEW } else { tables::UPDATED });
        self.act(index, second, tables::UNASSIGNED, Deed::MailIn(1), status, 0);
    }

    /// Closes a ticket on behalf of its agent.
    pub(crate) fn close(&mut self, index: u32, second: Second) {
        let agent = self.key(index).map_or(tables::UNASSIGNED, |key| key.agent);
        let agent = if agent == tables::UNASSIGNED { 3 } else { agent };
        self.act(index, second, agent, Deed::Closed, tables::CLOSED, 5);
    }

    /// Takes a ticket out of every answer.
    pub(crate) fn delete(&mut self, index: u32) {
        if let Some(key) = usize::try_from(index).ok().and_then(|place| self.keys.get_mut(place)) {
            key.class = key.class.deleted();
            self.open.retain(|open| *open != index);
            self.generation += 1;
        }
    }

    /// Notes an action and what it changes; the newest action and the newest change move on.
    fn act(&mut self, index: u32, second: Second, agent: u8, deed: Deed, status: u8, minutes: u8) {
        let Some(key) = usize::try_from(index).ok().and_then(|place| self.keys.get_mut(place)) else {
            return;
        };
        self.latest = self.latest.max(second);
        self.moves.entry(index).or_default().push(Act { second, agent, deed, status: (key.status, status), minutes });
        key.acted = second;
        key.updated = second;
        key.status = status;
        match deed {
            Deed::Assigned { to, .. } => key.agent = to,
            Deed::Prioritised { to, .. } => key.class = key.class.with_priority(to),
            Deed::MailOut(_) | Deed::Closed => key.agent = agent,
            _ => {}
        }
        if deed == Deed::Closed {
            key.closed = second;
            self.open.retain(|open| *open != index);
        }
        self.generation += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn world() -> World {
        World::new(9, "2026-11-02T10:00:00Z".parse().expect("a time"), 400, 20)
    }

    #[test]
    fn the_same_time_brings_the_same_world_however_it_passes() {
        let (mut at_once, mut by_steps) = (world(), world());
        at_once.pass(Duration::from_hours(1));
        for second in 0..=3_600 {
            by_steps.pass(Duration::from_secs(second));
        }
        assert!(at_once.keys == by_steps.keys);
        assert!(at_once.count() > 450, "tickets arrived");
        assert!(at_once.keys != world().keys);
    }

    #[test]
    fn the_open_list_and_the_keys_agree() {
        let mut world = world();
        world.pass(Duration::from_hours(2));
        let mut open = world.open.clone();
        open.sort_unstable();
        let expected: Vec<u32> = world.keys().filter(|(_, key)| key.closed == 0).map(|(index, _)| index).collect();
        assert_eq!(open, expected);
        for (index, key) in world.keys() {
            let acts = world.acts(index);
            assert_eq!(acts.last().map(|act| act.second), Some(key.acted));
            assert_eq!(key.closed > 0, tables::status_of(key.status).expect("a status").closed);
        }
    }
}
