//! How each ticket stood when the stand-in started: a function of the seed, the time of start and the ticket's place.

use super::customers::{Client, Customers};
use super::dice::{Dice, Subject};
use super::key::{Class, Key};
use super::scenarios::{SCENARIOS, Scenario};
use super::tables::{self, ALERT, CHANGE, REQUEST, SECURITY};
use super::time::{DAY, Rhythm, Second};

/// Tickets that a desk of this size opens in a day.
const A_DAY: u64 = 60;
/// The longest history, in days.
const LONGEST: u64 = 2_900;

/// What all tickets of the start depend on.
#[derive(Debug)]
pub(crate) struct Birth {
    pub(crate) seed: u64,
    /// The time of start.
    pub(crate) at: Second,
    /// Tickets at the start.
    pub(crate) count: u32,
    /// When the first ticket was opened.
    since: Second,
    rhythm: Rhythm,
}

impl Birth {
    /// A desk of `count` tickets at `at`: 60 tickets a day, for eight years at the longest.
    pub(crate) fn new(seed: u64, at: Second, count: u32) -> Self {
        let days = (u64::from(count) / A_DAY).clamp(2, LONGEST);
        let span = Second::try_from(days).unwrap_or(2) * DAY;
        Self { seed, at, count, since: at.saturating_sub(span), rhythm: Rhythm::working_week() }
    }

    /// What ticket `index` is about.
    pub(crate) fn scenario(&self, index: u32) -> Scenario {
        let [first, ..] = SCENARIOS;
        let place = Dice::new(self.seed, Subject::Words, index.into()).below(u32::try_from(SCENARIOS.len()).unwrap_or(1));
        usize::try_from(place).ok().and_then(|place| SCENARIOS.get(place)).copied().unwrap_or(first)
    }

    /// The state of ticket `index` at the start.
    pub(crate) fn key(&self, customers: &Customers, index: u32) -> Key {
        let mut dice = Dice::new(self.seed, Subject::Ticket, index.into());
        let opened = self.opened(index, &mut dice);
        let mut key = self.fresh(customers, index, opened, &mut dice);
        let age = self.at - opened;
        if dice.below(1_000) < open_share(age) {
            self.leave_open(&mut key, age, &mut dice);
        } else {
            self.close(&mut key, age, &mut dice);
        }
        key.updated = key.acted;
        if dice.chance(20) {
            // Something changed that is no action: a flag, a category.
            key.updated = key.acted + dice.below((self.at - key.acted).min(600));
        }
        key
    }

    /// A ticket as it arrives at `opened`, untouched.
    pub(crate) fn arrival(&self, customers: &Customers, index: u32, opened: Second) -> Key {
        let mut dice = Dice::new(self.seed, Subject::Ticket, index.into());
        self.fresh(customers, index, opened, &mut dice)
    }

    /// Ids ascend with the time of opening, give or take the neighbours: mail is fetched from several mailboxes.
    fn opened(&self, index: u32, dice: &mut Dice) -> Second {
        let parts = u64::from(self.count) * 16;
        let part = (u64::from(index) * 16 + u64::from(dice.below(24))).min(parts);
        self.rhythm.between(self.since, self.at.saturating_sub(20), part, parts)
    }

    fn fresh(&self, customers: &Customers, index: u32, opened: Second, dice: &mut Dice) -> Key {
        let kind = self.scenario(index).kind;
        let client = pick_client(customers, dice);
        let (place, users, sla) = client.map_or((0, 1, 1), |client| (client.place, client.users, client.sla));
        let user = if kind == ALERT { 0 } else { dice.small(users) };
        let sla = if kind == ALERT { 2 } else { sla };
        let priority = match (kind, dice.below(20)) {
            (ALERT, draw) => [1, 2, 2, 2, 4].get(usize::try_from(draw / 4).unwrap_or(0)).copied().unwrap_or(2),
            (REQUEST | CHANGE, 0..=9) | (_, 15..) => 4,
            (SECURITY, 0..=5) | (_, 0) => 1,
            (_, 1..=4) => 2,
            _ => 3,
        };
        let team = match (kind, dice.below(10)) {
            (ALERT, _) => tables::MONITORING,
            (CHANGE, 0..=5) => tables::PROJECTS,
            (CHANGE | SECURITY, _) | (_, 6..=7) => tables::SECOND_LINE,
            (_, 8) => tables::FIELD,
            _ => tables::FIRST_LINE,
        };
        let files = [0, 0, 0, 0, 0, 0, 0, 1, 1, 3].get(usize::from(dice.small(10))).copied().unwrap_or(0);
        Key {
            opened,
            acted: opened,
            updated: opened,
            closed: 0,
            client: place,
            user,
            agent: tables::UNASSIGNED,
            team,
            status: tables::NEW,
            class: Class::new(priority, sla, kind),
            files,
        }
    }

    /// Lets an open ticket of this age be worked on, or wait.
    fn leave_open(&self, key: &mut Key, age: Second, dice: &mut Dice) {
        if dice.chance(if age < DAY / 3 { 60 } else { 9 }) {
            // Nobody has touched it: it stands as it arrived.
            return;
        }
        key.agent = if dice.chance(8) { tables::UNASSIGNED } else { member(key.team, dice) };
        key.status = match dice.below(100) {
            0..=29 => tables::IN_PROGRESS,
            30..=44 => tables::UPDATED,
            45..=69 => tables::WITH_USER,
            70..=79 => tables::WITH_SUPPLIER,
            80..=89 => tables::SCHEDULED,
            90..=95 => tables::ESCALATED,
            _ => 10,
        };
        // Most were touched lately, whatever their age.
        let quiet = (age.min(DAY * 20) / (1 << dice.below(12))).max(1);
        key.acted = self.at - quiet.min(age - 1);
    }

    /// Closes a ticket between 10 minutes and three weeks after it came, before the start.
    fn close(&self, key: &mut Key, age: Second, dice: &mut Dice) {
        key.agent = member(key.team, dice);
        let wanted = 300 + dice.below(600) * (1 << dice.below(11));
        let after = if wanted < age { wanted } else { 1 + dice.below(age.max(2) - 1) };
        key.closed = key.opened + after.min(age);
        let rested = self.at - key.closed;
        key.status = if rested < DAY * 4 && dice.chance(70) { tables::RESOLVED } else { tables::CLOSED };
        key.acted = key.closed;
        if rested > 60 && dice.chance(12) {
            key.acted += 30 + dice.below((rested - 30).min(DAY / 4));
        }
    }

    /// When the first answer is due and when the fix, `None` where no SLA counts; and the hours that the clock stood.
    pub(crate) fn targets(&self, index: u32, key: &Key) -> Option<(Second, Second, Second)> {
        let kind = key.class.kind();
        let mut dice = Dice::new(self.seed, Subject::Guid, index.into());
        if kind == CHANGE || kind == REQUEST && dice.chance(30) {
            return None;
        }
        let priority = tables::priority_of(key.class.sla(), key.class.priority())?;
        let respond = key.opened + priority.respond_minutes * 60;
        let fix = key.opened + priority.fix_minutes * 60;
        // Tickets that grew old while open had their clock held: most are due in the days to come, some are breached.
        // What happens after the start moves no target.
        let until = if key.closed == 0 { self.at } else { key.closed.min(self.at) };
        let stayed = until.saturating_sub(key.opened);
        let held = stayed.saturating_sub(priority.fix_minutes * 60);
        if held == 0 || dice.chance(18) {
            return Some((respond, fix, 0));
        }
        let slack = if dice.chance(30) { DAY / 4 } else { DAY * 5 };
        let held = held + dice.below(slack);
        Some((respond, fix + held, held))
    }
}

/// How many of a thousand tickets of this age are open.
fn open_share(age: Second) -> u32 {
    const HALF: Second = 2 * DAY;
    let halvings = age / HALF;
    // Between two halvings in a straight line: close enough to the curve.
    let recent = (850_u32 >> halvings.min(31)) * (2 * HALF - age % HALF) / (2 * HALF);
    recent + if age < 90 * DAY { 58 } else { 42 }
}

/// A client: the first of the list far more often than the last, those gone seldom.
fn pick_client<'a>(customers: &'a Customers, dice: &mut Dice) -> Option<&'a Client> {
    let count = u32::try_from(customers.clients().len()).unwrap_or(1).max(1);
    let mut chosen = None;
    for _ in 0..4 {
        let reach = dice.below(count - 1);
        let place = if dice.below(200) == 0 { 0 } else { 1 + dice.below(1 + reach) };
        chosen = customers.client(u16::try_from(place).unwrap_or(0));
        if chosen.is_some_and(|client| !client.inactive && (client.place > 0 || dice.chance(20))) {
            break;
        }
    }
    chosen
}

/// An agent of the team.
pub(crate) fn member(team: u8, dice: &mut Dice) -> u8 {
    let members = tables::AGENTS.iter().filter(|agent| agent.team == team && !agent.disabled && !agent.api);
    let count = u32::try_from(members.clone().count()).unwrap_or(0);
    let chosen = usize::try_from(dice.below(count)).unwrap_or(0);
    members.map(|agent| agent.id).nth(chosen).unwrap_or(tables::UNASSIGNED)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(count: u32) -> Vec<Key> {
        let birth = Birth::new(3, 800_000_000, count);
        let customers = Customers::draw(3, 120);
        (0..count).map(|index| birth.key(&customers, index)).collect()
    }

    #[test]
    fn a_desk_has_the_open_tickets_of_a_real_one() {
        let keys = keys(5_000);
        let open = keys.iter().filter(|key| key.closed == 0).count();
        assert!((350..650).contains(&open), "{open} open");
        let unassigned = keys.iter().filter(|key| key.closed == 0 && key.agent == tables::UNASSIGNED).count();
        assert!((20..300).contains(&unassigned), "{unassigned} unassigned");
        let mostly_ascending = keys.windows(2).filter(|pair| pair[0].opened <= pair[1].opened).count();
        assert!(mostly_ascending > 4_000, "{mostly_ascending} in order");
    }

    #[test]
    fn no_ticket_contradicts_itself() {
        for key in keys(3_000) {
            assert!(key.opened <= key.acted && key.acted <= key.updated && key.updated < 800_000_000, "{key:?}");
            let closed = tables::status_of(key.status).expect("a known status").closed;
            assert_eq!(closed, key.closed > 0, "{key:?}");
            assert!(key.closed == 0 || key.opened < key.closed && key.closed <= key.acted, "{key:?}");
            assert!(key.status != tables::NEW || key.acted == key.opened, "{key:?}");
        }
    }
}
