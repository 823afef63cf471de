//! What the instances of one profile share beside the rows: who wrote what, and what the one that refreshes and the others have
//! to tell each other.

use std::path::PathBuf;

use rusqlite::{Connection, OptionalExtension};

use super::{Mirror, Reader, StoreError, place::beside};
use crate::domain::{Batch, Failure, Register, Timestamp};

/// The files beside a mirror that several instances can share.
#[derive(Clone, Debug)]
pub struct SharedPlace {
    /// Locked by the instance that refreshes. It goes where the mirror goes when that is set aside.
    pub lock: PathBuf,
    /// Grows with every write of any instance.
    pub journal: PathBuf,
}

/// How often rows of each kind were written, by whichever instance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WriteCounts {
    /// Tickets.
    pub tickets: i64,
    /// Clients.
    pub clients: i64,
    /// Sites, users and assets.
    pub people: i64,
    /// Small tables.
    pub lookups: i64,
    /// Conversations.
    pub conversations: i64,
}

/// What is asked of the instance that refreshes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RequestKind {
    /// To refresh.
    Refresh = 0,
    /// To fill the mirror up.
    FillUp = 1,
}

/// How far the requests of one kind are; they are numbered from 1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Requests {
    /// The newest.
    pub asked: i64,
    /// The newest that was taken up.
    pub taken: i64,
    /// The newest that was answered.
    pub answered: i64,
    /// What kept it from succeeding, in the session's own form.
    pub failure: Option<String>,
}

/// What instances tell each other, at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shared {
    /// What was written.
    pub counts: WriteCounts,
    /// When the newest refresh succeeded.
    pub last_success: Option<Timestamp>,
    /// Requests to refresh.
    pub refreshes: Requests,
    /// Requests to fill the mirror up.
    pub fills: Requests,
    /// What the refreshing instance tells of itself, in the session's own form; empty where none did.
    pub standing: String,
}

impl Shared {
    /// The requests of one kind.
    #[must_use]
    pub fn requests(&self, kind: RequestKind) -> &Requests {
        match kind {
            RequestKind::Refresh => &self.refreshes,
            RequestKind::FillUp => &self.fills,
        }
    }
}

impl Reader {
    /// What instances tell each other.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub fn shared(&self) -> Result<Shared, StoreError> {
        let mut statement =
            self.conn.prepare_cached("SELECT tickets, clients, people, lookups, conversations, standing FROM shared")?;
        let (counts, standing) = statement.query_row([], |row| {
            let counts = WriteCounts {
                tickets: row.get(0)?,
                clients: row.get(1)?,
                people: row.get(2)?,
                lookups: row.get(3)?,
                conversations: row.get(4)?,
            };
            Ok((counts, row.get(5)?))
        })?;
        let (refreshes, fills) = (self.requests(RequestKind::Refresh)?, self.requests(RequestKind::FillUp)?);
        Ok(Shared { counts, last_success: self.last_success()?, refreshes, fills, standing })
    }

    fn requests(&self, kind: RequestKind) -> Result<Requests, StoreError> {
        let mut statement = self.conn.prepare_cached("SELECT asked, taken, answered, failure FROM requests WHERE kind = ?")?;
        Ok(statement.query_row([kind as i64], |row| {
            Ok(Requests { asked: row.get(0)?, taken: row.get(1)?, answered: row.get(2)?, failure: row.get(3)? })
        })?)
    }

    /// A number that differs whenever another instance, or another connection of this one, has written.
    fn data_version(&self) -> Result<i64, StoreError> {
        Ok(self.conn.query_row("PRAGMA data_version", [], |row| row.get(0))?)
    }
}

/// Notes that rows of a batch's kind were written.
pub(super) fn note(conn: &Connection, batch: &Batch) -> rusqlite::Result<()> {
    let column = match batch {
        Batch::Tickets(_) | Batch::Gone(_) => "tickets",
        Batch::Clients(_) | Batch::Only(Register::Clients, _) => "clients",
        Batch::Sites(_) | Batch::Users(_) | Batch::Assets(_) | Batch::Only(..) => "people",
        Batch::Conversation { .. } | Batch::Actions(_) | Batch::Talked { .. } => "conversations",
        Batch::Statuses(_)
        | Batch::Priorities(_)
        | Batch::Teams(_)
        | Batch::TicketTypes(_)
        | Batch::Slas(_)
        | Batch::Workdays(_)
        | Batch::Agents(_) => "lookups",
    };
    conn.prepare_cached(&format!("UPDATE shared SET {column} = {column} + 1"))?.execute([])?;
    Ok(())
}

impl Mirror {
    /// Where instances meet; `None` where each is alone: in memory, or on a file system whose locks can't be trusted.
    #[must_use]
    pub fn shared_place(&self) -> Option<SharedPlace> {
        let path = self.shared.as_deref()?;
        Some(SharedPlace { lock: super::lock_beside(path), journal: beside(path, "-wal") })
    }

    /// A number that differs whenever another instance has written, and only then.
    ///
    /// # Errors
    ///
    /// As [`Self::write`].
    pub async fn written_elsewhere(&self) -> Result<i64, Failure> {
        // All writes of this instance pass this one connection, so that they don't count.
        self.lanes.write(Reader::data_version).await
    }

    /// Asks something of the instance that refreshes; answers the request's number. `everything`: not only what changed.
    ///
    /// # Errors
    ///
    /// As [`Self::write`].
    pub async fn ask_for(&self, kind: RequestKind, everything: bool) -> Result<i64, Failure> {
        self.noting(move |conn| {
            let sql = "UPDATE requests SET everything = (everything AND asked > taken) OR ?2, asked = asked + 1 \
                       WHERE kind = ?1 RETURNING asked";
            conn.prepare_cached(sql)?.query_row((kind as i64, everything), |row| row.get(0))
        })
        .await
    }

    /// Takes up what was asked for: the newest request's number, and whether one of them is for everything; `None` where
    /// nothing is open.
    ///
    /// # Errors
    ///
    /// As [`Self::write`].
    pub async fn take_asked(&self, kind: RequestKind) -> Result<Option<(i64, bool)>, Failure> {
        self.noting(move |conn| {
            let sql = "UPDATE requests SET taken = asked WHERE kind = ? AND asked > answered RETURNING asked, everything";
            conn.prepare_cached(sql)?.query_row([kind as i64], |row| Ok((row.get(0)?, row.get(1)?))).optional()
        })
        .await
    }

    /// Answers all requests up to `number`; `failure` is what kept them from succeeding.
    ///
    /// # Errors
    ///
    /// As [`Self::write`].
    pub async fn answer_asked(&self, kind: RequestKind, number: i64, failure: Option<String>) -> Result<(), Failure> {
        self.noting(move |conn| {
            let sql = "UPDATE requests SET answered = ?2, failure = ?3, everything = everything AND asked > ?2 WHERE kind = ?1";
            conn.prepare_cached(sql)?.execute((kind as i64, number, failure)).map(|_| ())
        })
        .await
    }

    /// Tells the other instances how this one, which refreshes, stands.
    ///
    /// # Errors
    ///
    /// As [`Self::write`].
    pub async fn tell_standing(&self, standing: String) -> Result<(), Failure> {
        self.noting(move |conn| conn.prepare_cached("UPDATE shared SET standing = ?")?.execute([standing]).map(|_| ())).await
    }

    /// Writes nothing that a list could show.
    async fn noting<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Failure> {
        self.lanes.write(move |reader| reader.note(work)).await
    }
}

#[cfg(test)]
mod tests {
    use RequestKind::{FillUp, Refresh};

    use super::*;
    use crate::{
        domain::{Identity, Team, TeamId, TicketId, TicketRecord},
        mirror::Pass,
    };

    fn two_instances(folder: &tempfile::TempDir) -> [Mirror; 2] {
        let identity = Identity { resource_url: "https://a.example/api".into(), tenant: "a".into(), client_id: "c".into() };
        [(); 2].map(|()| Mirror::open(&folder.path().join("mirror.db"), &identity).unwrap().0)
    }

    async fn shared(mirror: &Mirror) -> Shared {
        mirror.read(Reader::shared).await.unwrap()
    }

    #[tokio::test]
    async fn an_instance_sees_what_another_wrote_and_not_what_it_wrote_itself() {
        let folder = tempfile::tempdir().unwrap();
        let [one, other] = two_instances(&folder);
        let now = Timestamp::UNIX_EPOCH;
        let before = (one.written_elsewhere().await.unwrap(), other.written_elsewhere().await.unwrap());
        let ticket = || Batch::Tickets(vec![TicketRecord { id: TicketId(7), ..TicketRecord::default() }]);
        let teams = || Batch::Teams(vec![Team { id: TeamId(1), name: "Desk".into(), inactive: false }]);
        one.write(ticket(), Pass::Any, now).await.unwrap();
        one.write(teams(), Pass::Any, now).await.unwrap();
        // What is there already is no news.
        one.write(ticket(), Pass::Any, now).await.unwrap();
        assert_eq!(one.written_elsewhere().await.unwrap(), before.0);
        assert_ne!(other.written_elsewhere().await.unwrap(), before.1);
        let counts = shared(&other).await.counts;
        assert_eq!(counts, WriteCounts { tickets: 1, lookups: 1, ..WriteCounts::default() });
    }

    #[tokio::test]
    async fn requests_are_taken_up_together_and_answered_once() {
        let folder = tempfile::tempdir().unwrap();
        let [one, other] = two_instances(&folder);
        assert_eq!(one.take_asked(Refresh).await.unwrap(), None);
        assert_eq!(one.ask_for(Refresh, true).await.unwrap(), 1);
        assert_eq!(other.ask_for(Refresh, false).await.unwrap(), 2);
        assert_eq!(other.take_asked(Refresh).await.unwrap(), Some((2, true)));
        // Asked while it is under way: not for everything any more.
        assert_eq!(one.ask_for(Refresh, false).await.unwrap(), 3);
        other.answer_asked(Refresh, 2, Some("no".into())).await.unwrap();
        let answered = Requests { asked: 3, taken: 2, answered: 2, failure: Some("no".into()) };
        assert_eq!(shared(&one).await.refreshes, answered);
        assert_eq!(other.take_asked(Refresh).await.unwrap(), Some((3, false)));
        other.answer_asked(Refresh, 3, None).await.unwrap();
        other.tell_standing("well".into()).await.unwrap();
        let told = shared(&one).await;
        assert_eq!((told.refreshes.answered, &told.refreshes.failure, told.standing.as_str()), (3, &None, "well"));
        assert_eq!((one.take_asked(Refresh).await.unwrap(), one.take_asked(FillUp).await.unwrap()), (None, None));
        assert_eq!((told.fills, one.ask_for(FillUp, false).await.unwrap()), (Requests::default(), 1));
    }

    #[tokio::test]
    async fn the_lock_goes_where_the_mirror_goes() {
        let folder = tempfile::tempdir().unwrap();
        let [one, other] = two_instances(&folder);
        let lock = one.shared_place().unwrap().lock;
        std::fs::write(&lock, "").unwrap();
        one.close();
        other.close();
        let path = folder.path().join("mirror.db");
        std::fs::write(&path, "no database").unwrap();
        let _ = two_instances(&folder);
        assert!(!lock.exists() && folder.path().join("mirror.db.damaged-1-lock").exists());
        std::fs::write(&lock, "").unwrap();
        crate::mirror::purge(&path).unwrap();
        assert!(!lock.exists());
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn instances_that_write_at_once_never_find_the_mirror_busy() {
        let folder = tempfile::tempdir().unwrap();
        let mirrors = two_instances(&folder);
        let writers = mirrors.clone().map(|mirror| {
            tokio::spawn(async move {
                for round in 0..30_i64 {
                    let record = |id| TicketRecord {
                        id: TicketId(id),
                        summary: format!("{round} {:?}", std::ptr::from_ref(&mirror)).into(),
                        ..TicketRecord::default()
                    };
                    let records = (1..=100).map(record).collect();
                    mirror.write(Batch::Tickets(records), Pass::Any, Timestamp::UNIX_EPOCH).await?;
                    mirror.tell_standing(round.to_string()).await?;
                    mirror.ask_for(Refresh, false).await?;
                }
                Ok::<_, Failure>(())
            })
        });
        for writer in writers {
            assert_eq!(writer.await.unwrap(), Ok(()));
        }
        assert_eq!(shared(&mirrors[0]).await.refreshes.asked, 60);
    }
}
