//! What is remembered of lists and searches between two reads: totals, places, whole orders; until something is written.

use std::{
    cell::Cell,
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
};

use super::{depth::Mark, groups::Group, search::Found};

/// How many lists are remembered.
const LISTS: usize = 8;
/// How many places of one list are remembered: some screenfuls.
const PLACES: usize = 2000;

/// Totals and places of the lists seen lately, shared by all readers; they hold until something is written.
#[derive(Clone, Debug, Default)]
pub(super) struct Positions {
    shared: Arc<Mutex<Remembered>>,
    /// The state of the database that this reader looks at.
    version: Cell<i64>,
}

/// Whether the rows that meet a filter are few.
#[derive(Clone, Debug)]
pub(super) enum Few {
    /// They are, and these are all, as a JSON array.
    These(Arc<str>),
    /// Not so few, but these are all, in the order of their numbers.
    Set(Arc<[i64]>),
    /// They are not, or it takes long to find out.
    Many,
}

#[derive(Debug, Default)]
struct Remembered {
    version: i64,
    lists: VecDeque<(String, Known)>,
    found: VecDeque<(String, Arc<Found>)>,
    few: VecDeque<(String, Few)>,
    groups: VecDeque<(String, Arc<[Group]>)>,
    marks: VecDeque<(String, Arc<[Mark]>)>,
    orders: VecDeque<(String, Arc<[i64]>)>,
}

#[derive(Debug, Default)]
struct Known {
    total: u64,
    offsets: HashMap<i64, u64>,
}

impl Positions {
    /// From now on this reader looks at this state; says whether that is another one than before.
    pub(super) fn at_version(&self, version: i64) -> bool {
        self.version.replace(version) != version
    }

    /// What is remembered of this reader's state; nothing where another reader already looks at a newer one.
    fn remembered<T>(&self, work: impl FnOnce(&mut Remembered) -> Option<T>) -> Option<T> {
        let mut remembered = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let version = self.version.get();
        if remembered.version < version {
            *remembered = Remembered { version, ..Remembered::default() };
        }
        if remembered.version == version { work(&mut remembered) } else { None }
    }

    /// What a search has found so far.
    pub(super) fn found(&self, search: &str) -> Option<Arc<Found>> {
        self.remembered(|remembered| Some(Arc::clone(&remembered.found.iter().find(|(name, _)| name == search)?.1)))
    }

    /// Remembers what a search has found so far.
    pub(super) fn keep_found(&self, search: &str, found: Arc<Found>) {
        self.remembered(|remembered| {
            put_first(&mut remembered.found, search, found);
            Some(())
        });
    }

    /// The rows of a filter as far as it is known whether they are few.
    pub(super) fn few(&self, filter: &str) -> Option<Few> {
        self.remembered(|remembered| Some(remembered.few.iter().find(|(name, _)| name == filter)?.1.clone()))
    }

    /// Remembers whether the rows of a filter are few, and which they are.
    pub(super) fn keep_few(&self, filter: &str, few: Few) {
        self.remembered(|remembered| {
            put_first(&mut remembered.few, filter, few);
            Some(())
        });
    }

    /// The groups of a list.
    pub(super) fn groups(&self, list: &str) -> Option<Arc<[Group]>> {
        self.remembered(|remembered| Some(Arc::clone(&remembered.groups.iter().find(|(name, _)| name == list)?.1)))
    }

    /// Remembers the groups of a list.
    pub(super) fn keep_groups(&self, list: &str, groups: Arc<[Group]>) {
        self.remembered(|remembered| {
            put_first(&mut remembered.groups, list, groups);
            Some(())
        });
    }

    /// Rows of a list of which it is remembered how deep they stand.
    pub(super) fn marks(&self, list: &str) -> Option<Arc<[Mark]>> {
        self.remembered(|remembered| Some(Arc::clone(&remembered.marks.iter().find(|(name, _)| name == list)?.1)))
    }

    /// Remembers how deep some rows of a list stand.
    pub(super) fn keep_marks(&self, list: &str, marks: Arc<[Mark]>) {
        self.remembered(|remembered| {
            put_first(&mut remembered.marks, list, marks);
            Some(())
        });
    }

    /// All ids of a list in their order, where they were put together.
    pub(super) fn order(&self, list: &str) -> Option<Arc<[i64]>> {
        self.remembered(|remembered| Some(Arc::clone(&remembered.orders.iter().find(|(name, _)| name == list)?.1)))
    }

    /// Remembers the ids of a list in their order.
    pub(super) fn keep_order(&self, list: &str, ids: Arc<[i64]>) {
        self.remembered(|remembered| {
            put_first(&mut remembered.orders, list, ids);
            Some(())
        });
    }

    /// Remembers how many rows a list has.
    pub(super) fn keep_total(&self, list: &str, total: u64) {
        self.remember(list, total, 0, &[]);
    }

    /// How many rows a list has, where that is remembered.
    pub(super) fn total(&self, list: &str) -> Option<u64> {
        self.remembered(|remembered| remembered.known(list).map(|known| known.total))
    }

    pub(super) fn offset(&self, list: &str, id: i64) -> Option<u64> {
        self.remembered(|remembered| remembered.known(list)?.offsets.get(&id).copied())
    }

    pub(super) fn remember(&self, list: &str, total: u64, offset: u64, ids: &[i64]) {
        self.remembered(|remembered| {
            let lists = &mut remembered.lists;
            let place = lists.iter().position(|(name, _)| name == list);
            let known = place.and_then(|at| lists.remove(at));
            let (name, mut known) = known.unwrap_or_else(|| (list.to_owned(), Known::default()));
            if known.offsets.len() + ids.len() > PLACES {
                known.offsets.clear();
            }
            known.total = total;
            known.offsets.extend(ids.iter().copied().zip(offset..));
            lists.push_front((name, known));
            lists.truncate(LISTS);
            Some(())
        });
    }
}

fn put_first<T>(all: &mut VecDeque<(String, T)>, name: &str, value: T) {
    all.retain(|(other, _)| other != name);
    all.push_front((name.to_owned(), value));
    all.truncate(LISTS);
}

impl Remembered {
    fn known(&self, list: &str) -> Option<&Known> {
        self.lists.iter().find(|(name, _)| name == list).map(|(_, known)| known)
    }
}
