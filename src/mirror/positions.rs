//! What is remembered of lists and searches between two reads: totals, places, whole orders; until something is written.

use std::{
    cell::Cell,
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
};

use super::{bodies::Texts, depth::Mark, groups::Group, large_order::LargeOrder, search::Found, words::AtHand};

/// How many lists are remembered.
const LISTS: usize = 8;
/// How many places of one list are remembered: some screenfuls.
const PLACES: usize = 2000;

/// Totals and places of the lists seen lately, shared by all readers; they hold until something is written.
#[derive(Clone, Debug, Default)]
pub(super) struct Positions {
    shared: Arc<Mutex<Remembered>>,
    /// Texts that are not stored: these hold whatever is written.
    pub(super) texts: Texts,
    /// The state of the database that this reader looks at.
    version: Cell<i64>,
}

/// Whether the rows that meet a filter are few.
#[derive(Clone, Debug)]
pub(super) enum Few {
    /// They are, and these are all.
    These(Arc<[i64]>),
    /// Not so few, but these are all, in the order of their numbers.
    Set(Arc<[i64]>),
    /// They are not, or it takes long to find out.
    Many,
}

#[derive(Debug, Default)]
struct Remembered {
    version: i64,
    lists: Recent<Known>,
    found: Recent<Arc<Found>>,
    few: Recent<Few>,
    groups: Recent<Arc<[Group]>>,
    marks: Recent<Arc<[Mark]>>,
    orders: Recent<Arc<[i64]>>,
    /// One of these takes megabytes: only the latest is kept.
    large_order: Option<(String, Arc<LargeOrder>)>,
    words: AtHand,
}

/// What is remembered under names, the latest first; the oldest goes.
#[derive(Debug)]
struct Recent<T>(VecDeque<(String, T)>);

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
    fn remembered<T: Default>(&self, work: impl FnOnce(&mut Remembered) -> T) -> T {
        let mut remembered = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let version = self.version.get();
        if remembered.version < version {
            *remembered = Remembered { version, ..Remembered::default() };
        }
        if remembered.version == version { work(&mut remembered) } else { T::default() }
    }

    /// The words of tickets that were looked at in this reader's state.
    pub(super) fn words(&self) -> AtHand {
        self.remembered(|remembered| remembered.words.clone())
    }

    /// What a search has found so far.
    pub(super) fn found(&self, search: &str) -> Option<Arc<Found>> {
        self.remembered(|remembered| remembered.found.find(search).cloned())
    }

    /// Remembers what a search has found so far.
    pub(super) fn keep_found(&self, search: &str, found: Arc<Found>) {
        self.remembered(|remembered| remembered.found.put(search, found));
    }

    /// The rows of a filter as far as it is known whether they are few.
    pub(super) fn few(&self, filter: &str) -> Option<Few> {
        self.remembered(|remembered| remembered.few.find(filter).cloned())
    }

    /// Remembers whether the rows of a filter are few, and which they are.
    pub(super) fn keep_few(&self, filter: &str, few: Few) {
        self.remembered(|remembered| remembered.few.put(filter, few));
    }

    /// The groups of a list.
    pub(super) fn groups(&self, list: &str) -> Option<Arc<[Group]>> {
        self.remembered(|remembered| remembered.groups.find(list).cloned())
    }

    /// Remembers the groups of a list.
    pub(super) fn keep_groups(&self, list: &str, groups: Arc<[Group]>) {
        self.remembered(|remembered| remembered.groups.put(list, groups));
    }

    /// Rows of a list of which it is remembered how deep they stand.
    pub(super) fn marks(&self, list: &str) -> Option<Arc<[Mark]>> {
        self.remembered(|remembered| remembered.marks.find(list).cloned())
    }

    /// Remembers how deep some rows of a list stand.
    pub(super) fn keep_marks(&self, list: &str, marks: Arc<[Mark]>) {
        self.remembered(|remembered| remembered.marks.put(list, marks));
    }

    /// All ids of a list in their order, where they were put together.
    pub(super) fn order(&self, list: &str) -> Option<Arc<[i64]>> {
        self.remembered(|remembered| remembered.orders.find(list).cloned())
    }

    /// Remembers the ids of a list in their order.
    pub(super) fn keep_order(&self, list: &str, ids: Arc<[i64]>) {
        self.remembered(|remembered| remembered.orders.put(list, ids));
    }

    /// All rows of a very long list in their order, where they were put together.
    pub(super) fn large_order(&self, list: &str) -> Option<Arc<LargeOrder>> {
        self.remembered(|remembered| {
            remembered.large_order.as_ref().filter(|(other, _)| other == list).map(|(_, order)| Arc::clone(order))
        })
    }

    /// Remembers the order of a very long list, in place of another's.
    pub(super) fn keep_large_order(&self, list: &str, order: Arc<LargeOrder>) {
        self.remembered(|remembered| remembered.large_order = Some((list.to_owned(), order)));
    }

    /// Remembers how many rows a list has.
    pub(super) fn keep_total(&self, list: &str, total: u64) {
        self.remember(list, total, 0, &[]);
    }

    /// How many rows a list has, where that is remembered.
    pub(super) fn total(&self, list: &str) -> Option<u64> {
        self.remembered(|remembered| remembered.lists.find(list).map(|known| known.total))
    }

    pub(super) fn offset(&self, list: &str, id: i64) -> Option<u64> {
        self.remembered(|remembered| remembered.lists.find(list)?.offsets.get(&id).copied())
    }

    pub(super) fn remember(&self, list: &str, total: u64, offset: u64, ids: &[i64]) {
        self.remembered(|remembered| {
            let mut known = remembered.lists.take(list).unwrap_or_default();
            if known.offsets.len() + ids.len() > PLACES {
                known.offsets.clear();
            }
            known.total = total;
            known.offsets.extend(ids.iter().copied().zip(offset..));
            remembered.lists.put(list, known);
        });
    }
}

impl<T> Recent<T> {
    fn find(&self, name: &str) -> Option<&T> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, value)| value)
    }

    fn take(&mut self, name: &str) -> Option<T> {
        let at = self.0.iter().position(|(other, _)| other == name)?;
        self.0.remove(at).map(|(_, value)| value)
    }

    fn put(&mut self, name: &str, value: T) {
        drop(self.take(name));
        self.0.push_front((name.to_owned(), value));
        self.0.truncate(LISTS);
    }
}

impl<T> Default for Recent<T> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}
