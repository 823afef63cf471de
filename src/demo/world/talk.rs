//! What happened to a ticket: its actions before the start, made from the seed, and those since, which are kept.

use super::World;
use super::birth::member;
use super::dice::{Dice, Subject};
use super::key::Key;
use super::tables;
use super::time::Second;

/// One thing that happened to a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Act {
    /// When.
    pub(crate) second: Second,
    /// Who of the staff; [`tables::UNASSIGNED`] where it was the user or nobody.
    pub(crate) agent: u8,
    /// What.
    pub(crate) deed: Deed,
    /// The status before and after.
    pub(crate) status: (u8, u8),
    /// Time taken, in minutes.
    pub(crate) minutes: u8,
}

/// What an action is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    /// The ticket came in.
    Logged,
    /// The user wrote; the number tells the first mail from later ones.
    MailIn(u8),
    /// The user wrote once more, after it was done.
    Thanks,
    /// The desk wrote.
    MailOut(u8),
    /// A note for colleagues.
    Note,
    /// Handed from one agent to another.
    Assigned {
        /// Who had it.
        from: u8,
        /// Who has it.
        to: u8,
    },
    /// Another status, nothing said.
    Moved,
    /// Another priority.
    Prioritised {
        /// The priority before.
        from: u8,
        /// The priority since.
        to: u8,
    },
    /// The SLA's target is near or past.
    Warned,
    /// Done, and told so.
    Closed,
}

impl World {
    /// All that happened to ticket `index`, oldest first; the place in the list plus one is the action's id.
    pub(crate) fn acts(&self, index: u32) -> Vec<Act> {
        let mut acts = match self.birth_key(index) {
            Some(key) => before_start(self.birth.seed, index, &key),
            None => Vec::new(),
        };
        acts.extend(self.moves.get(&index).into_iter().flatten());
        acts
    }
}

/// The actions that led to the state `key`: from its opening to its last action, none outside.
fn before_start(seed: u64, index: u32, key: &Key) -> Vec<Act> {
    let mut dice = Dice::new(seed, Subject::Talk, index.into());
    let deeds = deeds(key, &mut dice);
    let end = if key.closed > 0 { key.closed } else { key.acted };
    let last = u64::try_from(deeds.len()).unwrap_or(1).saturating_sub(1);
    let mut acts = vec![Act { second: key.opened, agent: tables::UNASSIGNED, deed: Deed::Logged, status: (0, 0), minutes: 0 }];
    let mut status = tables::NEW;
    for (place, (deed, agent, next)) in (0_u64..).zip(deeds) {
        // The talk is dense in the beginning and thins out.
        let part = (place + 1) * (place + 1);
        let whole = (last + 1) * (last + 1);
        let after = u64::from(end - key.opened) * part / whole;
        let next = if place == last { key.status } else { next };
        let minutes = match deed {
            Deed::Note => 5 + 5 * dice.small(12),
            Deed::MailOut(_) | Deed::Closed => 5 * dice.small(4),
            _ => 0,
        };
        let second = key.opened + Second::try_from(after).unwrap_or(0);
        acts.push(Act { second, agent, deed, status: (status, next), minutes });
        status = next;
    }
    if key.closed > 0 && key.acted > key.closed {
        let status = (key.status, key.status);
        acts.push(Act { second: key.acted, agent: tables::UNASSIGNED, deed: Deed::Thanks, status, minutes: 0 });
    }
    acts
}

/// What is done after the opening, by whom, and the status that follows.
fn deeds(key: &Key, dice: &mut Dice) -> Vec<(Deed, u8, u8)> {
    if key.acted == key.opened {
        return Vec::new();
    }
    let nobody = tables::UNASSIGNED;
    let mut deeds = Vec::new();
    let worker = if key.agent == nobody { member(key.team, dice) } else { key.agent };
    let dispatcher = if dice.chance(60) { 3 } else { worker };
    deeds.push((Deed::Assigned { from: nobody, to: worker }, dispatcher, tables::IN_PROGRESS));
    if dice.chance(10) {
        let from = key.class.priority() % 4 + 1;
        deeds.push((Deed::Prioritised { from, to: key.class.priority() }, dispatcher, tables::IN_PROGRESS));
    }
    let rounds = [0, 0, 1, 1, 1, 1, 2, 2, 3, 5].get(usize::from(dice.small(10))).copied().unwrap_or(1);
    for round in 0..rounds {
        deeds.push((Deed::MailOut(round), worker, tables::WITH_USER));
        deeds.push((Deed::MailIn(round), nobody, tables::UPDATED));
        if dice.chance(50) {
            deeds.push((Deed::Note, worker, tables::IN_PROGRESS));
        }
    }
    if dice.chance(70) {
        deeds.push((Deed::Note, worker, tables::IN_PROGRESS));
    }
    // The last action explains the state that the ticket is in.
    let last = match key.status {
        tables::RESOLVED | tables::CLOSED => (Deed::Closed, key.agent, key.status),
        tables::WITH_USER => (Deed::MailOut(rounds), worker, key.status),
        tables::UPDATED => (Deed::MailIn(rounds), nobody, key.status),
        _ if key.agent == nobody => (Deed::Assigned { from: worker, to: nobody }, dispatcher, key.status),
        _ => (Deed::Moved, worker, key.status),
    };
    deeds.push(last);
    deeds
}

#[cfg(test)]
mod tests {
    use super::super::birth::Birth;
    use super::super::customers::Customers;
    use super::*;

    #[test]
    fn a_talk_ends_where_the_ticket_stands() {
        let birth = Birth::new(5, 800_000_000, 2_000);
        let customers = Customers::draw(5, 40);
        for index in 0..2_000 {
            let key = birth.key(&customers, index);
            let acts = before_start(5, index, &key);
            assert_eq!(acts[0].second, key.opened);
            assert_eq!(acts[acts.len() - 1].second, key.acted, "{key:?} {acts:?}");
            assert!(acts.is_sorted_by_key(|act| act.second), "{acts:?}");
            assert!(acts.len() == 1 || acts[acts.len() - 1].status.1 == key.status);
            if key.closed > 0 {
                let closing = acts.iter().find(|act| act.deed == Deed::Closed).expect("a closing action");
                assert_eq!(closing.second, key.closed);
            }
        }
    }
}
