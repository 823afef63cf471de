//! The local SQLite copy of the tenant: windows of rows, search, migrations.
//!
//! One thread owns the writing connection, a few own reading ones; callers await their answers. Strings are stored as the server
//! sent them and made safe when they are read.

mod apply;
mod ask;
mod board;
mod bodies;
mod client_overview;
mod clients;
mod compile;
mod conversation;
mod counts;
mod depth;
mod difference;
mod error;
mod freshness;
mod groups;
mod halo_lists;
mod held;
mod known;
mod lane;
mod large_order;
mod list;
mod names;
mod narrow;
mod open;
mod place;
mod positions;
mod reader;
mod registers;
mod row;
mod schema;
mod search;
mod several;
mod shared;
mod tickets;
mod upkeep;
mod view;
mod words;

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use jiff::Timestamp;
use lane::Lanes;

use crate::domain::{Batch, Failure, FailureKind, Identity, TicketId};

pub use ask::{Applied, Pass, TicketAsk};
pub use board::BoardAsk;
pub use bodies::NO_BODIES;
pub use error::StoreError;
pub use freshness::{BACK_TO, LACKING, LAST_SUCCESS, OPEN_LACKING, OPEN_THERE, TO_THE_FIRST};
pub use open::Opened;
pub use place::{lock_beside, purge};
pub use reader::Reader;
pub use registers::RegisterAsk;
pub use shared::{RequestKind, Requests, Shared, SharedPlace, WriteCounts};
pub use upkeep::KnownConversation;

/// One tenant's local copy; clones share it.
#[derive(Clone)]
pub struct Mirror {
    lanes: Arc<Lanes>,
    stored: bool,
    /// The file, where several instances can share it.
    shared: Option<Arc<PathBuf>>,
}

impl Mirror {
    /// Opens the mirror at `path`, or a new one; what was found there is told beside. The folder becomes the mirror's own: it is
    /// made where it is missing and closed to others (0700, the files 0600). Blocks on the disk.
    ///
    /// # Errors
    ///
    /// Only where not even a mirror in memory can be had.
    pub fn open(path: &Path, identity: &Identity) -> Result<(Self, Opened), Failure> {
        let (connections, opened) = open::open(path, identity, place::is_local).map_err(StoreError::from)?;
        Ok((Self::start(connections)?, opened))
    }

    /// A mirror that is gone with the program.
    ///
    /// # Errors
    ///
    /// Where there is no memory or no thread to be had.
    pub fn in_memory(identity: &Identity) -> Result<Self, Failure> {
        Self::start(open::memory(identity).map_err(StoreError::from)?)
    }

    fn start(connections: open::Connections) -> Result<Self, Failure> {
        let stored = connections.path.is_some();
        let shared = connections.path.clone().filter(|_| connections.shares).map(Arc::new);
        let started = Lanes::start(connections);
        let failed = |error: io::Error| Failure::new(FailureKind::Storage, &format!("no thread for the local copy: {error}"));
        Ok(Self { lanes: Arc::new(started.map_err(failed)?), stored, shared })
    }

    /// Whether the rows outlive the program.
    #[must_use]
    pub fn is_stored(&self) -> bool {
        self.stored
    }

    /// Reads: `mirror.read(move |reader| reader.tickets(&ask)).await`. All that one call reads is of one moment. Dropping the
    /// future gives the read up: one that waits is skipped, one that runs is stopped.
    ///
    /// # Errors
    ///
    /// [`FailureKind::Storage`] where the database refuses, [`FailureKind::Gone`] where its thread has ended.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Reader) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Failure> {
        self.lanes.read(move |reader| reader.at_one_moment(work)).await
    }

    /// Writes a batch in one transaction. Only what differs is written, and nothing older than what is there. A write that was
    /// begun is finished even where the future is dropped.
    ///
    /// # Errors
    ///
    /// As [`Self::read`]; nothing of the batch is written then.
    pub async fn write(&self, batch: Batch, pass: Pass, now: Timestamp) -> Result<Applied, Failure> {
        let write = move |reader: &Reader| {
            if !bodies::are_kept(&reader.conn)? {
                reader.positions.texts.hold(&batch);
            }
            reader.write(|conn| {
                let applied = apply::apply(conn, &batch, pass, now)?;
                if applied.written > 0 {
                    shared::note(conn, &batch)?;
                }
                Ok(applied)
            })
        };
        self.lanes.write(write).await
    }

    /// Notes a value under a name, such as a delta's cursor; `None` removes it.
    ///
    /// # Errors
    ///
    /// As [`Self::write`].
    pub async fn set_meta(&self, key: &str, value: Option<&str>) -> Result<(), Failure> {
        let (key, value) = (key.to_owned(), value.map(str::to_owned));
        self.lanes.write(move |reader| reader.note(|conn| apply::set_meta(conn, &key, value.as_deref()))).await
    }

    /// Notes that the ticket was read singly, with all that hangs on it, and is stored as it came.
    ///
    /// # Errors
    ///
    /// As [`Self::write`].
    pub async fn note_single_read(&self, ticket: TicketId) -> Result<(), Failure> {
        self.lanes.write(move |reader| reader.note(|conn| apply::note_single_read(conn, ticket))).await
    }

    /// Notes that the ticket was looked at as it was at `updated`: until its next change it is no longer `is:changed`. Says whether
    /// it was until now. Where it has changed again meanwhile nothing is noted: that was not seen.
    ///
    /// # Errors
    ///
    /// As [`Self::write`].
    pub async fn mark_seen(&self, ticket: TicketId, updated: Timestamp) -> Result<bool, Failure> {
        self.lanes.write(move |reader| reader.mark_seen(ticket, updated)).await
    }

    /// Waits until a read or a write finds the file damaged; for ever where that never is. Opening it again checks it.
    pub async fn found_damaged(&self) {
        self.lanes.found_damaged().await;
    }

    /// Whether both are handles of one opened mirror.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.lanes, &other.lanes)
    }

    /// Ends the threads after what was asked so far, and waits for them; whoever else has a clone finds them gone. Blocks.
    pub fn close(self) {
        self.lanes.close();
    }
}

#[cfg(test)]
mod tests;
