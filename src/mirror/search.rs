//! Lists whose rows are found one after the other, words in hand: what is found grows as somebody scrolls.
//!
//! A search without an order of its own gives the ticket with just that number first, then those whose number or summary says
//! it all, then all others, at last those of which only the server says so, each the newest ticket first. These are orders in which the word index gives its rows, so that the
//! first ones are there however many there are. Nothing that is found later comes before what is shown.

mod by_words;

use std::sync::Arc;

use rusqlite::Connection;

pub(super) use by_words::ByWords;

use super::{
    held::ByShard,
    list::{List, Place},
    positions::Positions,
    words::{AtHand, Terms},
};
use crate::domain::Anchor;

/// Nobody scrolls further; a list that is asked for its end shows this one.
const MOST: usize = 20_000;
/// How many rows are found at once while a row is looked for.
const STEP: usize = 500;

/// A list that is found row by row.
#[derive(Clone, Debug)]
pub(super) struct Search {
    /// What makes this list the same list when it is asked for again.
    pub(super) name: String,
    pub(super) way: Way,
    /// Stop counting here.
    pub(super) count_up_to: Option<u64>,
}

/// How rows are found.
#[derive(Clone, Debug)]
pub(super) enum Way {
    /// They are at hand, all of them, in their order.
    AtHand(Vec<i64>),
    /// By the word index, those that lead first.
    ByWords(ByWords),
    /// By walking a list.
    ByOrder(Box<ByOrder>),
}

/// The rows of a list that are found.
#[derive(Clone, Debug)]
pub(super) struct ByOrder {
    pub(super) list: List,
    pub(super) hits: Hits,
    /// Tickets that the server says have the words, in the order of their numbers.
    pub(super) also: Arc<[i64]>,
    pub(super) words: AtHand,
    /// How many rows there are, where that is known before they are walked to.
    pub(super) total: Option<u64>,
}

/// Which rows of a walked list are found.
#[derive(Clone, Debug)]
pub(super) enum Hits {
    /// These, in the order of their numbers, as far as they say all of the terms, if some are given.
    Gathered(Arc<[i64]>, Option<Terms>),
    /// Those that turn out to say it.
    ByShard(ByShard),
}

impl ByOrder {
    fn is_hit(&self, conn: &Connection, id: i64) -> rusqlite::Result<bool> {
        if self.also.binary_search(&id).is_ok() {
            return Ok(true);
        }
        match &self.hits {
            Hits::Gathered(ids, _) if ids.binary_search(&id).is_err() => Ok(false),
            Hits::Gathered(_, terms) => {
                terms.as_ref().map_or(Ok(true), |terms| Ok(self.words.said_by(conn, id, terms)?.is_some()))
            }
            Hits::ByShard(hits) => hits.is_hit(conn, id),
        }
    }
}

/// What was found so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    ids: Vec<i64>,
    at: At,
    /// There are no more.
    all: bool,
}

/// Up to where was searched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct At {
    group: Group,
    /// The last row found of the group.
    last: Option<i64>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Group {
    #[default]
    Number,
    Summary,
    Anything,
    Elsewhere,
}

impl Search {
    /// The window at `anchor` of at most `count` rows, and whether there are more rows than its total says.
    pub(super) fn window(
        &self,
        conn: &Connection,
        positions: &Positions,
        anchor: Anchor<i64>,
        count: usize,
    ) -> rusqlite::Result<(Place, bool)> {
        let known = positions.found(&self.name).unwrap_or_default();
        let mut found = Arc::unwrap_or_clone(known);
        let (start, count) = self.place(conn, &mut found, anchor, count)?;
        let (counted, total) = match (self.count_up_to, &self.way) {
            (None, _) => (usize::MAX, None),
            // Between two rows that are found many others may stand: they are not counted before they are scrolled to.
            (Some(_), Way::ByOrder(walked)) => (0, walked.total),
            (Some(most), _) => (usize::try_from(most).unwrap_or(usize::MAX), None),
        };
        // One row more than is shown tells whether there are more.
        self.find(conn, &mut found, counted.max(start.saturating_add(count).saturating_add(1)))?;
        let ids: Vec<i64> = found.ids.iter().skip(start).take(count).copied().collect();
        let counted = found.ids.len() as u64;
        let place = Place { ids, offset: counted.min(start as u64), total: total.unwrap_or(counted) };
        let more = !found.all && total.is_none();
        positions.keep_found(&self.name, Arc::new(found));
        Ok((place, more))
    }

    /// The index of the window's first row, and how many rows it has at most.
    fn place(&self, conn: &Connection, found: &mut Found, anchor: Anchor<i64>, count: usize) -> rusqlite::Result<(usize, usize)> {
        Ok(match anchor {
            Anchor::Start => (0, count),
            Anchor::End => {
                self.find(conn, found, MOST.max(count))?;
                (found.ids.len().saturating_sub(count), count)
            }
            Anchor::After(id) => (self.index_of(conn, found, id)?.map_or(0, |at| at + 1), count),
            Anchor::Before(id) => match self.index_of(conn, found, id)? {
                None => (0, count),
                Some(at) => (at - at.min(count), at.min(count)),
            },
            Anchor::Around(id) => match self.index_of(conn, found, id)? {
                None => (0, count),
                Some(at) => {
                    let start = at - at.min(count.saturating_sub(1) / 2);
                    self.find(conn, found, start.saturating_add(count))?;
                    // Near the end more rows before the anchor fill the window.
                    (start.min(found.ids.len().saturating_sub(count)), count)
                }
            },
        })
    }

    /// Where a row stands, if it stands there within reach.
    fn index_of(&self, conn: &Connection, found: &mut Found, id: i64) -> rusqlite::Result<Option<usize>> {
        let mut from = 0;
        loop {
            if let Some(at) = found.ids.iter().skip(from).position(|other| *other == id) {
                return Ok(Some(from + at));
            }
            if found.all || found.ids.len() >= MOST || (from == 0 && !self.holds(conn, id)?) {
                return Ok(None);
            }
            from = found.ids.len();
            self.find(conn, found, from + STEP)?;
        }
    }

    /// Finds rows until there are `least`, or all.
    fn find(&self, conn: &Connection, found: &mut Found, least: usize) -> rusqlite::Result<()> {
        while !found.all && found.ids.len() < least {
            let missing = (least - found.ids.len()).clamp(1, MOST);
            let more = self.more(conn, &mut found.at, missing)?;
            found.all = more.len() < missing;
            found.ids.extend(more);
        }
        Ok(())
    }

    /// The next rows, fewer than `limit` only where there are no more.
    fn more(&self, conn: &Connection, at: &mut At, limit: usize) -> rusqlite::Result<Vec<i64>> {
        match &self.way {
            Way::AtHand(ids) => {
                let from = at.last.and_then(|last| ids.iter().position(|id| *id == last)).map_or(0, |at| at + 1);
                let more: Vec<i64> = ids.iter().skip(from).take(limit).copied().collect();
                at.last = more.last().copied().or(at.last);
                Ok(more)
            }
            Way::ByWords(words) => words.more(conn, at, limit),
            Way::ByOrder(found) => {
                let more = found.list.after_where(conn, at.last, limit, |id| found.is_hit(conn, id))?;
                at.last = more.last().copied().or(at.last);
                Ok(more)
            }
        }
    }

    fn holds(&self, conn: &Connection, id: i64) -> rusqlite::Result<bool> {
        match &self.way {
            Way::AtHand(ids) => Ok(ids.contains(&id)),
            Way::ByWords(words) => words.holds(conn, id),
            Way::ByOrder(found) => Ok(found.is_hit(conn, id)? && found.list.holds(conn, id)?),
        }
    }

    /// Calls `each` with the ids in their order until it answers false.
    pub(super) fn walk(
        &self,
        conn: &Connection,
        limit: Option<usize>,
        mut each: impl FnMut(i64) -> rusqlite::Result<bool>,
    ) -> rusqlite::Result<()> {
        let mut at = At::default();
        let mut missing = limit.unwrap_or(usize::MAX);
        while missing > 0 {
            let asked = missing.min(MOST);
            let more = self.more(conn, &mut at, asked)?;
            let last = more.len() < asked;
            missing -= more.len();
            for id in more {
                if !each(id)? {
                    return Ok(());
                }
            }
            if last {
                return Ok(());
            }
        }
        Ok(())
    }

    /// How many rows there are.
    pub(super) fn count(&self, conn: &Connection) -> rusqlite::Result<u64> {
        let mut counted = 0;
        self.walk(conn, None, |_| {
            counted += 1;
            Ok(true)
        })?;
        Ok(counted)
    }
}
