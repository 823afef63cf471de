//! The folded words of tickets that were looked at: the next letter that is typed looks at mostly the same ones.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use rusqlite::{Connection, OptionalExtension};

use super::{
    says::{Said, Terms},
    texts::rest,
};
use crate::query::folded_words;

/// Bytes of words that are kept; then it begins anew.
const MOST: usize = 8 << 20;

/// What tickets say, as it was when somebody looked first; it holds for one state of the database.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct AtHand(Arc<Mutex<Looked>>);

#[derive(Debug, Default)]
struct Looked {
    tickets: HashMap<i64, Words>,
    bytes: usize,
}

/// A ticket's words, each part between spaces; a bar keeps a phrase from reaching over the edge of a part.
#[derive(Debug)]
struct Words {
    /// Number, summary, names.
    head: Box<str>,
    /// Where the names begin.
    names: usize,
    /// Everything else, read once the head did not say it all.
    rest: Option<Box<str>>,
}

impl AtHand {
    /// Whether a ticket was looked at before, so that looking again costs next to nothing.
    pub(in super::super) fn knows(&self, ticket: i64) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).tickets.contains_key(&ticket)
    }

    /// Whether a stored ticket says all terms in its number and summary.
    pub(in super::super) fn leads(&self, conn: &Connection, ticket: i64, terms: &Terms) -> rusqlite::Result<bool> {
        let said = self.look(conn, ticket, |words| Ok(terms.all_in_head(words.summary())))?;
        Ok(said.unwrap_or_default())
    }

    /// Where a stored ticket says all terms, if it does: the same as the conditions in SQL tell, at a fraction of the cost.
    pub(in super::super) fn said_by(&self, conn: &Connection, ticket: i64, terms: &Terms) -> rusqlite::Result<Option<Said>> {
        let said = self.look(conn, ticket, |words| {
            if terms.all_in_head(words.summary()) {
                return Ok(Some(Said::InSummary));
            }
            let missing = terms.missing_in(&words.head);
            if missing.is_empty() {
                return Ok(Some(Said::Anywhere));
            }
            let rest = match &mut words.rest {
                Some(rest) => rest,
                none => none.insert(format!(" {} ", rest(conn, ticket)?).into()),
            };
            Ok(Terms::are_in_text(&missing, rest).then_some(Said::Anywhere))
        })?;
        Ok(said.flatten())
    }

    /// Looks at the words of a ticket, `None` where it is not stored.
    fn look<T>(
        &self,
        conn: &Connection,
        ticket: i64,
        look: impl FnOnce(&mut Words) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<Option<T>> {
        let mut looked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if looked.bytes > MOST {
            *looked = Looked::default();
        }
        let Looked { tickets, bytes } = &mut *looked;
        let words = match tickets.entry(ticket) {
            std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::hash_map::Entry::Vacant(place) => {
                let Some(words) = Words::read(conn, ticket)? else { return Ok(None) };
                *bytes += size_of::<(i64, Words)>() + words.head.len();
                place.insert(words)
            }
        };
        let before = words.rest.as_ref().map_or(0, |rest| rest.len());
        let answer = look(words)?;
        *bytes += words.rest.as_ref().map_or(0, |rest| rest.len()) - before;
        Ok(Some(answer))
    }
}

impl Words {
    fn read(conn: &Connection, ticket: i64) -> rusqlite::Result<Option<Self>> {
        let mut statement = conn.prepare_cached("SELECT summary, client_key, user_key, agent_key FROM tickets WHERE id = ?")?;
        let words = statement.query_row([ticket], |row| {
            let mut head = format!(" {ticket} | {} ", folded_words(row.get_ref(0)?.as_str()?));
            let names = head.len();
            for name in 1..=3 {
                head.push_str("| ");
                head.push_str(row.get_ref(name)?.as_str()?);
                head.push(' ');
            }
            Ok(Self { head: head.into(), names, rest: None })
        });
        words.optional()
    }

    /// Number and summary.
    fn summary(&self) -> &str {
        self.head.get(..self.names).unwrap_or_default()
    }
}
