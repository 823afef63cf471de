//! Lists that are kept in Halo: which there are, and which tickets one has that is looked at.

use std::time::Duration;

use super::Session;
use crate::{
    domain::{Batch, Failure, FailureKind, HaloListRow, TicketId},
    halo::{Class, Clock, Halo, PAGE_SIZE, TicketsRequest},
    mirror::{Mirror, Pass, Reader},
    query::{Words, folded_words},
    text::SafeText,
};

/// How long a list's columns are not asked for again.
const COLUMNS_KEEP: Duration = Duration::from_hours(1);

/// Reads lists of Halo into the mirror; it outlives the call that made it.
#[derive(Clone)]
pub struct ListReader {
    halo: Halo,
    mirror: Mirror,
    clock: Clock,
}

impl Session {
    /// A reader of lists beside whatever else is under way.
    pub fn list_reader(&self) -> ListReader {
        ListReader { halo: self.halo.clone(), mirror: self.mirror.clone(), clock: self.clock.clone() }
    }
}

impl ListReader {
    /// Reads which lists there are.
    ///
    /// # Errors
    /// What kept the server from answering or the mirror from being written.
    pub async fn lists(&self) -> Result<(), Failure> {
        let page = self.halo.view_lists(Class::Interactive).await?;
        self.mirror.set_halo_lists(page.records).await
    }

    /// The lists that a condition means by a number or by words of their names.
    ///
    /// # Errors
    /// Where the mirror refuses; [`FailureKind::NotFound`] where it is none.
    pub(super) async fn called(&self, words: &Words) -> Result<Vec<i64>, Failure> {
        let wanted = folded_words(&words.text);
        let number = words.text.parse::<i64>().ok().filter(|_| !words.phrase);
        // More than are meant may be read: the condition is checked again on what was.
        let means = |list: &HaloListRow| {
            let by_words = !wanted.is_empty() && format!(" {}", folded_words(list.name.as_str())).contains(&format!(" {wanted}"));
            number.map_or(by_words, |number| list.id == number)
        };
        let known = self.mirror.read(Reader::halo_lists).await?;
        let found: Vec<i64> = known.iter().filter(|list| means(list)).map(|list| list.id).collect();
        if found.is_empty() {
            let names: Vec<&str> = known.iter().map(|list| list.name.as_str()).collect();
            let told = format!("No list that is kept in Halo is called {}", SafeText::line(&words.text).as_str());
            let failure = Failure::new(FailureKind::NotFound, &told);
            return Err(if names.is_empty() { failure } else { failure.advise(&format!("There are {}", names.join(", "))) });
        }
        Ok(found)
    }

    /// Reads which tickets a list has, and those of them that are not stored; answers whether any came or went. Whoever looks at it
    /// for the first time waits for it; later it is one of the things that are kept fresh.
    ///
    /// # Errors
    /// As [`Self::lists`].
    pub async fn tickets(&self, list: i64, first: bool) -> Result<bool, Failure> {
        let class = if first { Class::Interactive } else { Class::Background };
        let request = TicketsRequest { list: Some(list), ..TicketsRequest::default() };
        let ids = self.halo.ticket_ids(&request, class).await?.records;
        let missing = {
            let ids = ids.clone();
            self.mirror.read(move |reader| reader.missing_tickets(&ids)).await?
        };
        let mut changed = self.store(&missing, class).await?;
        changed |= self.mirror.set_list_tickets(list, &ids, (self.clock)()).await?;
        Ok(changed)
    }

    /// Reads with which columns Halo shows a list, unless that was asked a while ago; answers whether they are others now. A profile
    /// that this application may not see is as good as none.
    ///
    /// # Errors
    /// As [`Self::lists`].
    pub async fn columns(&self, list: i64) -> Result<bool, Failure> {
        let now = (self.clock)();
        let profile = async || self.mirror.read(move |reader| reader.column_profile(list)).await;
        let known = match profile().await? {
            Some((0, None)) | None => {
                self.lists().await?;
                profile().await?
            }
            known => known,
        };
        let Some((id, asked_at)) = known else { return Ok(false) };
        if asked_at.is_some_and(|at| now.duration_since(at).unsigned_abs() < COLUMNS_KEEP) {
            return Ok(false);
        }
        let told = match id {
            0 => None,
            id => match self.halo.view_columns(id, Class::Background).await {
                Ok(columns) => Some(columns),
                Err(failure) if matches!(failure.kind, FailureKind::Forbidden | FailureKind::NotFound) => None,
                Err(failure) => return Err(failure),
            },
        };
        self.mirror.set_list_columns(list, told, now).await
    }

    /// Reads tickets by their numbers, a page at a time.
    async fn store(&self, ids: &[TicketId], class: Class) -> Result<bool, Failure> {
        for some in ids.chunks(usize::try_from(PAGE_SIZE).unwrap_or(100)) {
            let request = TicketsRequest { ids: some.to_vec(), ..TicketsRequest::default() };
            let page = self.halo.tickets(&request, class).await?;
            self.mirror.write(Batch::Tickets(page.records), Pass::Any, (self.clock)()).await?;
        }
        Ok(!ids.is_empty())
    }
}
