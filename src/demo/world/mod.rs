//! The desk: its tickets, its customers, its clock, and what happens while time passes.

mod birth;
pub(crate) mod customers;
pub(crate) mod dice;
mod events;
mod hostile;
pub(crate) mod key;
mod names;
mod scenarios;
pub(crate) mod select;
pub(crate) mod tables;
pub(crate) mod talk;
pub(crate) mod time;
pub(crate) mod words;

use std::collections::HashMap;
use std::time::Duration;

use birth::Birth;
use customers::Customers;
use events::Agenda;
use key::Key;
use select::Kept;
use talk::Act;
use time::Second;

/// The first ticket's id.
const FIRST_ID: u32 = 1_001;
/// The most tickets and clients that a desk can have: ids and places must fit their types.
const MOST_TICKETS: u64 = 4_000_000;
/// See [`MOST_TICKETS`].
const MOST_CLIENTS: u32 = 60_000;

/// The desk and all that is on it.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) birth: Birth,
    pub(crate) customers: Customers,
    /// The state of every ticket; the place is the id less [`FIRST_ID`].
    keys: Vec<Key>,
    /// The places of open tickets, in no order.
    open: Vec<u32>,
    /// What happened since the start, by ticket.
    moves: HashMap<u32, Vec<Act>>,
    agenda: Agenda,
    /// The second of the newest change: no later one is put before it, so a reader's greatest date misses none.
    latest: Second,
    /// Rises with every change: tells whether a kept order still holds.
    generation: u64,
    kept: Kept,
}

impl World {
    /// The desk as it stands at `at`.
    pub(crate) fn new(seed: u64, at: jiff::Timestamp, tickets: u64, clients: u32) -> Self {
        let count = u32::try_from(tickets.min(MOST_TICKETS)).unwrap_or(0);
        let birth = Birth::new(seed, time::second(at), count);
        let customers = Customers::draw(seed, u16::try_from(clients.min(MOST_CLIENTS)).unwrap_or(1));
        let mut keys = Vec::with_capacity(usize::try_from(count).unwrap_or(0));
        keys.extend((0..count).map(|index| birth.key(&customers, index)));
        let mut open: Vec<u32> = (0_u32..).zip(&keys).filter(|(_, key)| key.closed == 0).map(|(index, _)| index).collect();
        open.shrink_to_fit();
        let agenda = Agenda::new(seed);
        let latest = birth.at.saturating_sub(1);
        Self { birth, customers, keys, open, moves: HashMap::new(), agenda, latest, generation: 0, kept: Kept::default() }
    }

    /// Lets everything happen that is due `since` the start; a second late, as the fractions of dates are made up.
    pub(crate) fn pass(&mut self, since: Duration) {
        let since = since.saturating_sub(Duration::from_secs(1));
        while let Some((number, due)) = self.agenda.next_before(since) {
            let second = self.second(due);
            self.happen(number, second);
        }
    }

    /// The second that it is when this much has passed since the start.
    pub(crate) fn second(&self, passed: Duration) -> Second {
        self.birth.at.saturating_add(Second::try_from(passed.as_secs()).unwrap_or(0))
    }

    /// The second for a change made by order: now, and after every other change.
    pub(crate) fn next_second(&self, passed: Duration) -> Second {
        self.second(passed).max(self.latest + 1)
    }

    /// How many tickets there are, deleted ones included.
    pub(crate) fn count(&self) -> u32 {
        u32::try_from(self.keys.len()).unwrap_or(u32::MAX)
    }

    /// The ticket's state.
    pub(crate) fn key(&self, index: u32) -> Option<&Key> {
        self.keys.get(usize::try_from(index).ok()?)
    }

    /// The ticket's state when it came into this world: at the start or, later, when it arrived.
    pub(crate) fn birth_key(&self, index: u32) -> Option<Key> {
        if index < self.birth.count {
            return Some(self.birth.key(&self.customers, index));
        }
        self.key(index).map(|key| self.birth.arrival(&self.customers, index, key.opened))
    }

    /// The id of the ticket in this place.
    pub(crate) fn id(index: u32) -> u32 {
        FIRST_ID + index
    }

    /// The place of the ticket with this id, where it exists and was not deleted.
    pub(crate) fn index(&self, id: u32) -> Option<u32> {
        let index = id.checked_sub(FIRST_ID)?;
        self.key(index).filter(|key| !key.class.is_deleted()).map(|_| index)
    }

    /// How many open tickets each of these has.
    pub(crate) fn open_where(&self, fits: impl Fn(&Key) -> bool) -> usize {
        self.open.iter().filter_map(|index| self.key(*index)).filter(|key| fits(key)).count()
    }

    /// All states, with their places.
    pub(crate) fn keys(&self) -> impl Iterator<Item = (u32, &Key)> {
        (0_u32..).zip(&self.keys)
    }
}
