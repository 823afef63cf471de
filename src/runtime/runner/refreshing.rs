//! How often what is shown is refreshed, and the list of Halo that is looked at.

use std::time::Duration;

use tokio::{sync::mpsc, time::Instant};

use super::Runner;
use crate::{
    domain::{Changed, ClientId, Failure, News},
    msg::{Msg, Notice},
    session::{ListReader, Session},
    sync,
    text::SafeText,
};

/// How often the window refreshes while nobody looks at it.
const UNWATCHED: Duration = Duration::from_mins(10);

impl Runner {
    /// Somebody looks at the terminal's window again, or nobody any more. What is then older than it should be is fetched at once.
    pub(super) fn watched(&mut self, watched: bool) {
        self.with_session(|session| session.watched(watched));
        let since = if watched { self.unwatched.take() } else { self.unwatched.replace(Instant::now()) };
        self.refresh_by_itself();
        if !watched {
            // What nobody looks at is not kept fresh; its number stays, to go on with.
            if let Some((_, task)) = &self.list {
                task.abort();
            }
        } else if let Some((list, _)) = self.list {
            self.look_at_list(Some(list));
        }
        let stale = since.zip(self.every).is_some_and(|(since, every)| since.elapsed() >= every);
        if watched && stale {
            self.with_session(Session::catch_up);
        }
    }

    pub(super) fn refresh_by_itself(&self) {
        // Off is off: a view's own pace only says how often, not whether.
        let every = self.every.map(|every| self.view_every.unwrap_or(every));
        let every = every.map(|every| if self.unwatched.is_some() { every.max(UNWATCHED) } else { every });
        self.with_session(|session| session.refresh_every(every));
    }

    /// Has what only its own record tells of a client read, unless that is under way or was done a short while ago.
    pub(super) fn look_at_client(&mut self, client: ClientId) {
        if self.client.as_ref().is_some_and(|(other, task)| *other == client && !task.is_finished()) {
            return;
        }
        let Some(reader) = self.work.lock().as_ref().map(Session::client_reader) else { return };
        let messages = self.messages.clone();
        let task = self.tasks.spawn(async move {
            match reader.look(client).await {
                Ok(true) => drop(messages.send(Msg::News(News::Changed(Changed::Client(client)))).await),
                Ok(false) => {}
                // What is stored is shown; the header says whether the server can be reached.
                Err(failure) => tracing::warn!(client = client.0, kind = ?failure.kind, "a client could not be read"),
            }
        });
        // Nobody waits any more for the one that was looked at before.
        if let Some((_, older)) = self.client.replace((client, task)) {
            older.abort();
        }
    }

    /// Has the tickets of an asset read.
    pub(super) fn look_at_asset(&mut self, id: i64, tag: SafeText, client: ClientId) {
        let Some(reader) = self.work.lock().as_ref().map(Session::asset_reader) else { return };
        let messages = self.messages.clone();
        self.tasks.spawn(async move {
            match reader.tickets(id, tag.as_str(), client).await {
                Ok(true) => drop(messages.send(Msg::News(News::Changed(Changed::Tickets))).await),
                Ok(false) => {}
                // An empty list would say that it has none.
                Err(failure) => {
                    tracing::warn!(asset = id, kind = ?failure.kind, "an asset's tickets could not be read");
                    let told = format!("Only tickets of {} that were read before: {}", tag.as_str(), failure.what);
                    let _ = messages.send(Msg::Notice(Notice::error(&told))).await;
                }
            }
        });
    }

    /// Asks the server which lists there are.
    pub(super) fn read_lists(&mut self) {
        let Some(reader) = self.work.lock().as_ref().map(Session::list_reader) else { return };
        let work = async move {
            match reader.lists().await {
                Ok(()) => Msg::News(News::Changed(Changed::Lookups)),
                Err(failure) => Msg::Notice(Notice::failure(&failure)),
            }
        };
        self.spawn(work, |failure| Msg::Notice(Notice::failure(&failure)));
    }

    /// Keeps the tickets of a list fresh from now on, at the pace of the view that shows it, or no list's.
    pub(super) fn look_at_list(&mut self, list: Option<i64>) {
        if let Some((_, task)) = self.list.take() {
            task.abort();
        }
        let Some(list) = list else { return };
        let Some(reader) = self.work.lock().as_ref().map(Session::list_reader) else { return };
        let (messages, every) = (self.messages.clone(), self.every.map(|every| self.view_every.unwrap_or(every)));
        let back = self.back.subscribe();
        let task = self.tasks.spawn(async move {
            let turn = move |first| read_list(reader.clone(), messages.clone(), list, first);
            sync::keep(every, back, turn).await;
        });
        self.list = Some((list, task));
    }
}

/// Reads the tickets of a list, and how Halo shows it where that is not known yet.
async fn read_list(reader: ListReader, messages: mpsc::Sender<Msg>, list: i64, first: bool) -> Result<(), Failure> {
    let read = reader.tickets(list, first).await;
    let msg = match &read {
        // When it was read is told too.
        Ok(changed) => (*changed || first).then_some(Msg::News(News::Changed(Changed::Tickets))),
        // The header says that the server can't be reached; what is wrong with a list is said once.
        Err(failure) => first.then(|| Msg::Notice(Notice::failure(failure))),
    };
    if let Some(msg) = msg {
        let _ = messages.send(msg).await;
    }
    read?;
    match reader.columns(list).await {
        Ok(true) => drop(messages.send(Msg::News(News::Changed(Changed::Lookups))).await),
        Ok(false) => {}
        // Its tickets are there: they stand in the usual columns.
        Err(failure) => tracing::warn!(list, kind = ?failure.kind, "a list's columns could not be read"),
    }
    Ok(())
}
