//! Texts kept out of the database (`bodies = false`): those that are there go; what is looked at is held in memory.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
};

use rusqlite::Connection;

use super::{
    Mirror, Reader, StoreError, apply,
    words::{Index, Table, Touched, shards},
};
use crate::{
    domain::{ActionId, Batch, TicketId},
    text::Untrusted,
};

/// Meta key: there where texts are to be kept out of the database.
pub const NO_BODIES: &str = "mirror.no_bodies";
/// Meta key: there once the texts that were stored before are gone.
const BODIES_GONE: &str = "mirror.bodies_gone";
/// Tickets whose texts go in one transaction.
const AT_ONCE: i64 = 500;
/// Texts of so many tickets, and of so many bytes, are held.
const HELD: usize = 64;
const HELD_BYTES: usize = 8 << 20;

/// A text as it came, and as HTML.
type Text = (Untrusted, Option<Untrusted>);

/// Texts of the tickets that were looked at lately, the latest last, where none are stored.
#[derive(Clone, Debug, Default)]
pub(super) struct Texts(Arc<Mutex<Tickets>>);

type Tickets = VecDeque<(TicketId, Arc<Held>)>;

/// The texts of one ticket.
#[derive(Clone, Debug, Default)]
pub(super) struct Held {
    pub(super) details: Option<Text>,
    pub(super) notes: Option<HashMap<ActionId, Text>>,
}

impl Held {
    fn bytes(&self) -> usize {
        let bytes = |(plain, html): &Text| plain.as_stored().len() + html.as_ref().map_or(0, |html| html.as_stored().len());
        self.details.iter().chain(self.notes.iter().flat_map(HashMap::values)).map(bytes).sum()
    }
}

impl Texts {
    /// What is held of a ticket.
    pub(super) fn of(&self, ticket: TicketId) -> Option<Arc<Held>> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.iter().find(|(id, _)| *id == ticket).map(|(_, held)| Arc::clone(held))
    }

    fn change(&self, ticket: TicketId, change: impl FnOnce(&mut Held)) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = all.iter().position(|(id, _)| *id == ticket);
        let mut held = at.and_then(|at| all.remove(at)).map(|(_, held)| Arc::unwrap_or_clone(held)).unwrap_or_default();
        change(&mut held);
        all.push_back((ticket, Arc::new(held)));
        while all.len() > HELD || (all.len() > 1 && all.iter().map(|(_, held)| held.bytes()).sum::<usize>() > HELD_BYTES) {
            all.pop_front();
        }
    }

    /// Holds what a batch says of a single ticket.
    pub(super) fn hold(&self, batch: &Batch) {
        match batch {
            Batch::Conversation { ticket, actions, .. } => {
                let notes = actions.iter().map(|action| (action.id, (action.note.clone(), action.note_html.clone())));
                let notes = notes.collect();
                self.change(*ticket, |held| held.notes = Some(notes));
            }
            Batch::Tickets(records) => {
                if let [record] = records.as_slice()
                    && record.unreadable.is_none()
                {
                    let text = (record.details.clone(), record.details_html.clone());
                    self.change(record.id, |held| held.details = Some(text));
                }
            }
            _ => {}
        }
    }
}

/// Whether what people wrote at length is stored: details and notes.
pub(super) fn are_kept(conn: &Connection) -> rusqlite::Result<bool> {
    Ok(!conn.prepare_cached("SELECT 1 FROM meta WHERE key = ?")?.exists([NO_BODIES])?)
}

impl Reader {
    /// Whether texts are neither stored nor held, as far as `lacks` tells.
    pub(super) fn lacks_text(&self, ticket: TicketId, lacks: impl FnOnce(&Held) -> bool) -> Result<bool, StoreError> {
        Ok(!are_kept(&self.conn)? && self.positions.texts.of(ticket).is_none_or(|held| lacks(&held)))
    }

    /// From now on texts are stored, and what is here is read again for them; or they are not, and those that are here go.
    fn keep_bodies(&self, keep: bool) -> Result<(), StoreError> {
        match (are_kept(&self.conn)?, keep) {
            (true, true) => return Ok(()),
            (false, true) => {
                return self.write(|conn| {
                    conn.execute_batch(
                        "DELETE FROM meta WHERE key LIKE 'history.%' OR key LIKE 'talk.%' OR key IN ('tickets.filled', 'tickets.page');
                         DELETE FROM conversations; DELETE FROM single_reads;",
                    )?;
                    apply::set_meta(conn, BODIES_GONE, None)?;
                    apply::set_meta(conn, NO_BODIES, None)
                });
            }
            (true, false) => self.write(|conn| apply::set_meta(conn, NO_BODIES, Some("1")))?,
            (false, false) => {}
        }
        if self.meta(BODIES_GONE)?.is_some() {
            return Ok(());
        }
        for with_text in [
            "SELECT ticket_id FROM ticket_text WHERE ticket_id > ? ORDER BY ticket_id LIMIT ?",
            "SELECT DISTINCT ticket_id FROM actions WHERE ticket_id > ? AND (note <> '' OR note_html IS NOT NULL) ORDER BY ticket_id LIMIT ?",
        ] {
            let mut last = Some(i64::MIN);
            while let Some(after) = last {
                let some = self.write(|conn| drop_some(conn, with_text, after))?;
                last = some.last().copied();
            }
        }
        if self.has_rows()? {
            // What is deleted still stands in the file, and its words in the index, until they are written anew; a program that was
            // ended before this has deleted all and has it still to do.
            for shard in shards(&self.conn)? {
                let table = Table::All.of(shard);
                self.note(|conn| conn.execute_batch(&format!("INSERT INTO {table}({table}) VALUES ('optimize')")))?;
            }
            // Not in memory: the copy that a VACUUM makes is as large as the file.
            self.conn.execute_batch(
                "PRAGMA temp_store = DEFAULT; VACUUM; PRAGMA temp_store = MEMORY; PRAGMA wal_checkpoint(TRUNCATE)",
            )?;
        }
        self.note(|conn| apply::set_meta(conn, BODIES_GONE, Some("1")))
    }
}

/// Removes the texts of some tickets after one of them; answers of which.
fn drop_some(conn: &Connection, with_text: &str, after: i64) -> rusqlite::Result<Vec<i64>> {
    let mut statement = conn.prepare_cached(with_text)?;
    let ids = statement.query_map((after, AT_ONCE), |row| row.get(0))?;
    let ids = ids.collect::<rusqlite::Result<Vec<i64>>>()?;
    let index = Index::new(conn)?;
    for id in &ids {
        conn.prepare_cached("DELETE FROM ticket_text WHERE ticket_id = ?")?.execute([id])?;
        conn.prepare_cached("UPDATE actions SET note = '', note_html = NULL WHERE ticket_id = ?")?.execute([id])?;
        index.refresh(*id, Touched { rest: true, ..Touched::default() })?;
    }
    Ok(ids)
}

impl Mirror {
    /// Says whether what people wrote at length, details and notes, is to be stored. Nothing is waited for: it is done before
    /// anything that is written later, and before the mirror closes.
    pub fn keep_bodies(&self, keep: bool) {
        self.lanes.post(move |reader| reader.keep_bodies(keep));
    }
}
