//! What the commands without a screen read of a session.

use std::{ops::ControlFlow, path::PathBuf};

use jiff::tz::TimeZone;
use tokio::{sync::mpsc, task::spawn_blocking};

use super::Session;
use crate::{
    domain::{
        Anchor, ClientId, ClientRow, Conversation, Coverage, Failure, FailureKind, Identity, Overview, TicketId, TicketRow,
        Timestamp,
    },
    mirror::{Mirror, Reader, TicketAsk},
    query::{Known, Query},
    text::SafeText,
};

/// Rows that are handed over at once.
const CHUNK: usize = 200;

/// What lies in a mirror's file.
#[derive(Clone, Debug)]
pub struct Stored {
    /// How much it holds.
    pub overview: Overview,
    /// When the newest refresh succeeded.
    pub last_success: Option<Timestamp>,
    /// What was wrong with the file, as an operator reads it.
    pub notice: Option<SafeText>,
}

/// Looks into a mirror's file without a session.
///
/// # Errors
/// Where it can't be read.
pub async fn stored(file: PathBuf, identity: Identity) -> Result<Stored, Failure> {
    let gone = |_| Failure::new(FailureKind::Gone, "looking into the mirror stopped unexpectedly");
    let (mirror, opened) = spawn_blocking(move || Mirror::open(&file, &identity)).await.map_err(gone)??;
    let overview = mirror.read(Reader::overview).await;
    let last_success = mirror.read(Reader::last_success).await;
    spawn_blocking(move || mirror.close()).await.map_err(gone)?;
    Ok(Stored { overview: overview?, last_success: last_success?, notice: opened.notice() })
}

impl Session {
    /// Hands the tickets that a query finds to `each`, in their order and in chunks, at most `limit`; holds few at a time.
    /// `each` breaks to end it; while it waits, so does the reading.
    ///
    /// # Errors
    /// Where the mirror refuses.
    pub async fn each_ticket(
        &self,
        query: Query,
        limit: Option<usize>,
        mut each: impl AsyncFnMut(Vec<TicketRow>) -> ControlFlow<()>,
    ) -> Result<(), Failure> {
        let ask = self.whole_list(query);
        let (chunks, mut receiver) = mpsc::channel(4);
        let reading = self.mirror.read(move |reader| {
            let mut chunk = Vec::with_capacity(CHUNK);
            reader.each_ticket(&ask, limit, |row| {
                chunk.push(row);
                if chunk.len() < CHUNK {
                    return ControlFlow::Continue(());
                }
                // A reader that is gone ends the walk.
                match chunks.blocking_send(std::mem::take(&mut chunk)) {
                    Ok(()) => ControlFlow::Continue(()),
                    Err(_) => ControlFlow::Break(()),
                }
            })?;
            let _ = chunks.blocking_send(chunk);
            Ok(())
        });
        let handing = async move {
            while let Some(chunk) = receiver.recv().await {
                if each(chunk).await.is_break() {
                    break;
                }
            }
        };
        let (read, ()) = tokio::join!(reading, handing);
        read
    }

    /// The list of a query from its first row to its last.
    pub(super) fn whole_list(&self, query: Query) -> TicketAsk {
        TicketAsk {
            query,
            client: None,
            me: self.me(),
            now: (self.clock)(),
            zone: TimeZone::system(),
            anchor: Anchor::Start,
            count: 0,
            also: Vec::new(),
            count_up_to: None,
        }
    }

    /// How much of what there is the mirror holds.
    ///
    /// # Errors
    /// Where the mirror refuses.
    pub async fn coverage(&self) -> Result<Coverage, Failure> {
        self.mirror.read(Reader::coverage).await
    }

    /// Clients whose names have all the words, inactive ones too.
    ///
    /// # Errors
    /// Where the mirror refuses.
    pub async fn clients(&self, words: String, limit: Option<usize>) -> Result<Vec<ClientRow>, Failure> {
        let count = limit.unwrap_or(usize::MAX).min(1_000_000);
        let window = self.mirror.read(move |reader| reader.clients(&words, true, Anchor::<ClientId>::Start, count)).await?;
        Ok(window.rows)
    }

    /// The names that a query can speak of.
    ///
    /// # Errors
    /// Where the mirror refuses.
    pub async fn known(&self) -> Result<Vec<Known>, Failure> {
        self.mirror.read(Reader::known).await
    }

    /// A ticket with its conversation, as far as it is stored.
    ///
    /// # Errors
    /// Where the mirror refuses.
    pub async fn conversation(&self, id: TicketId) -> Result<Option<Conversation>, Failure> {
        self.mirror.read(move |reader| reader.conversation(id)).await
    }

    /// How much is stored.
    ///
    /// # Errors
    /// Where the mirror refuses.
    pub async fn overview(&self) -> Result<Overview, Failure> {
        self.mirror.read(Reader::overview).await
    }

    /// When the newest refresh succeeded, in this run or an earlier one.
    ///
    /// # Errors
    /// Where the mirror refuses.
    pub async fn last_success(&self) -> Result<Option<Timestamp>, Failure> {
        self.mirror.read(Reader::last_success).await
    }
}
