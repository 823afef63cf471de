//! By number from the highest down, where the server does not look at dates.

use std::collections::BTreeSet;

use super::{
    super::{Server, pace::page_of},
    Reading,
};
use crate::{
    domain::{Failure, TicketId, TicketRecord, Timestamp},
    halo::{Class, Openness, Page, TicketColumn, TicketsRequest},
    mirror::{BACK_TO, TO_THE_FIRST},
};

/// Meta key: where the reading by number stands: the page and the lowest number of it.
const WALK: &str = "history.walk";
/// Of so many pages with old tickets only one is a reason to ask whether that is all.
const OLD_PAGES: u32 = if cfg!(test) { 1 } else { 4 };

impl<S: Server> Reading<'_, S> {
    /// Reads all closed tickets by number from the highest down. After a row went, the page before is read again, since rows slid
    /// up onto it; so it is when this goes on after an end in between.
    pub(super) async fn walk(&mut self) -> Result<(), Failure> {
        let noted = self.sync.meta(WALK).await?;
        let mut walk = noted.as_deref().and_then(Walk::resume).unwrap_or_default();
        let (mut seen, mut count_before, mut again) = (BTreeSet::new(), None, false);
        loop {
            let page = self.numbered(walk.page).await?;
            let ids: Vec<i64> = page.records.iter().map(|record| record.id.0).collect();
            self.meter.announce(page.record_count.unwrap_or_default());
            let shrank = count_before.zip(page.record_count).is_some_and(|(before, count): (u64, u64)| count < before);
            count_before = page.record_count;
            if walk.page > 1 && (shrank || walk.has_slid(&ids)) {
                (walk.page, again) = (walk.page - 1, true);
                continue;
            }
            let in_order = ids.is_sorted_by(|one, next| one >= next);
            let newest = page.records.iter().filter_map(|record| record.opened).max();
            let fresh = ids.iter().filter(|id| seen.insert(**id)).count();
            let repeats = page.is_stale(fresh) && !std::mem::take(&mut again);
            let at_the_end = page.is_empty() || repeats || page.record_count.is_some_and(|of| seen.len() as u64 >= of);
            let is_old = in_order && newest.is_some_and(|at| at < self.begins);
            self.sync.tell_left_out("closed tickets", page.left_out).await;
            let understood = self.write(page.records).await?;
            self.came(fresh as u64).await;
            if !understood {
                self.openness = Openness::Any;
                (walk, count_before) = (Walk::default(), None);
                seen.clear();
                continue;
            }
            // Old tickets may have high numbers: they were taken over from elsewhere.
            let deep_enough = is_old && walk.page.is_multiple_of(OLD_PAGES) && self.has_newest().await?;
            if at_the_end || deep_enough {
                if at_the_end && let Some(of) = count_before {
                    self.lack_in_all(of.saturating_sub(self.here().await?)).await?;
                }
                self.sync.mirror.set_meta(WALK, None).await?;
                self.sync.mirror.set_meta(BACK_TO, Some(&self.begins.to_string())).await?;
                if at_the_end {
                    self.sync.mirror.set_meta(TO_THE_FIRST, Some("1")).await?;
                }
                return Ok(());
            }
            walk = Walk { page: walk.page + 1, reached: ids.into_iter().min() };
            self.sync.mirror.set_meta(WALK, Some(&walk.to_string())).await?;
            walk.reached = None;
        }
    }

    /// Whether the tickets that were opened last are here, as far as they are to be; not known where the server does not order by it.
    async fn has_newest(&self) -> Result<bool, Failure> {
        self.gate.passage().await;
        let order = Some((TicketColumn::Opened, true));
        let request = TicketsRequest { openness: self.openness, order, ..TicketsRequest::default() };
        let newest = self.sync.server.tickets(&request, Class::Bulk).await?.records;
        let opened: Vec<Timestamp> = newest.iter().filter_map(|record| record.opened).collect();
        let wanted: Vec<TicketId> =
            newest.iter().filter(|record| record.opened.is_some_and(|at| at >= self.begins)).map(|record| record.id).collect();
        let lacking = self.sync.mirror.read(move |reader| reader.lacking(&wanted)).await?;
        Ok(opened.is_sorted_by(|later, earlier| later >= earlier) && lacking.is_empty())
    }

    async fn numbered(&self, page_no: u32) -> Result<Page<TicketRecord>, Failure> {
        self.gate.passage().await;
        let order = Some((TicketColumn::Id, true));
        let request = TicketsRequest { page_no, openness: self.openness, order, ..TicketsRequest::default() };
        page_of(page_no, || self.sync.server.tickets(&request, Class::Bulk)).await
    }
}

/// Where the reading by number stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Walk {
    /// The page that is next.
    page: u32,
    /// The lowest number that was reached before an end in between.
    reached: Option<i64>,
}

impl Default for Walk {
    fn default() -> Self {
        Self { page: 1, reached: None }
    }
}

impl Walk {
    /// What was noted, one page back: that page reached the noted number, and must still do so.
    fn resume(noted: &str) -> Option<Self> {
        let (page, reached) = noted.split_once(':')?;
        Some(Self { page: page.parse::<u32>().ok()?.saturating_sub(1).max(1), reached: Some(reached.parse().ok()?) })
    }

    /// Whether rows slid up past this page since the noted number was reached.
    fn has_slid(&self, ids: &[i64]) -> bool {
        self.reached.zip(ids.iter().max()).is_some_and(|(reached, highest)| *highest < reached)
    }
}

impl std::fmt::Display for Walk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.page, self.reached.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_walk_resumes_one_page_back_and_notices_rows_that_slid() {
        let noted = Walk { page: 8, reached: Some(4_200) }.to_string();
        let walk = Walk::resume(&noted).unwrap();
        assert_eq!(walk, Walk { page: 7, reached: Some(4_200) });
        assert!(!walk.has_slid(&[4_290, 4_200]) && walk.has_slid(&[4_150, 4_100]) && !walk.has_slid(&[]));
        assert!(!Walk::default().has_slid(&[1]));
        assert_eq!(Walk::resume("1:5"), Some(Walk { page: 1, reached: Some(5) }));
        assert_eq!(Walk::resume("junk"), None);
    }
}
