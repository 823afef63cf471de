//! Lists by pages: one whose answer is too large is asked for again in parts.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::{
    Class, Halo, Page,
    requests::{Paging, Query},
    status::Asked,
    wire::{self, WireRecord},
};
use crate::domain::{Failure, FailureKind};

/// Rows of the parts, each size a multiple of the next.
const SIZES: [u32; 4] = [50, 25, 5, 1];
/// Pages that follow are asked for in no smaller parts: one large record is no reason to ask for each alone.
const LEAST_KEPT: u32 = 25;
/// So many single records in a row that are too large are a server that does not look at the size asked for.
const HOPELESS: u32 = 5;

/// What is known of a resource's pages, by its path.
#[derive(Debug, Default)]
pub(super) struct KnownPages(Mutex<HashMap<String, Known>>);

#[derive(Clone, Copy, Debug, Default)]
struct Known {
    /// Most rows of a page so far.
    most: u32,
    /// A page had fewer rows than were asked for though more follow: the server gives no more at once than `most`.
    capped: bool,
    /// Rows that are asked for at once since more were too large.
    size: Option<u32>,
}

impl KnownPages {
    fn of(&self, path: &str) -> Known {
        self.lock().get(path).copied().unwrap_or_default()
    }

    fn keep_size(&self, path: &str, size: u32) {
        let mut known = self.lock();
        let kept = &mut known.entry(path.to_owned()).or_default().size;
        *kept = Some(kept.map_or(size, |kept| kept.min(size)));
    }

    /// Notes how many rows a page has, and whether that is all that the server gives at once.
    fn note<T>(&self, path: &str, paging: Paging, page: &Page<T>) {
        let rows = u32::try_from(page.records.len()).unwrap_or(u32::MAX);
        let (number, size) = (u64::from(paging.page_no), u64::from(paging.size));
        let follow = |of: u64| of > number * u64::from(rows) && of != (number - 1) * size + u64::from(rows);
        let mut known = self.lock();
        let known = known.entry(path.to_owned()).or_default();
        known.most = known.most.max(rows);
        known.capped |= rows > 0 && rows < paging.size && page.bad == 0 && page.record_count.is_some_and(follow);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The rows of a page that is read in parts, counted from the list's first.
struct Window {
    at: u32,
    end: u32,
    /// Rows of the largest part.
    most: u32,
}

impl Window {
    /// The page as the server counts it: its pages are no longer than it likes.
    fn of(paging: Paging, known: Known) -> Self {
        let rows = if known.capped { known.most.min(paging.size) } else { paging.size }.max(1);
        let at = (paging.page_no - 1).saturating_mul(rows);
        Self { at, end: at.saturating_add(rows), most: known.size.unwrap_or(u32::MAX).min(rows) }
    }

    /// Rows that are still to be read, of a list that has so many.
    fn rest(&self, count: Option<u64>) -> u32 {
        let there = count.map_or(u32::MAX, |count| u32::try_from(count).unwrap_or(u32::MAX));
        self.end.min(there).saturating_sub(self.at)
    }

    /// Rows of the part that begins where it stands, less than `below`.
    fn part(&self, below: u32) -> u32 {
        let fits =
            |size: &&u32| **size < below && **size <= self.most && self.at.is_multiple_of(**size) && self.at + **size <= self.end;
        SIZES.iter().find(fits).copied().unwrap_or(1)
    }
}

impl Halo {
    pub(super) async fn list<T: WireRecord>(
        &self,
        path: &str,
        asked: &Asked,
        query: Query,
        class: Class,
    ) -> Result<Page<T>, Failure> {
        let Some(paging) = Paging::of(&query) else { return self.whole(path, asked, query, class).await };
        let known = self.known_pages();
        if known.of(path).size.is_none_or(|size| paging.size <= size) {
            match self.whole(path, asked, query.clone(), class).await {
                Err(failure) if failure.kind == FailureKind::TooLarge => {}
                Err(failure) => return Err(failure),
                Ok(mut page) => {
                    page.record_count = counted(paging, &page);
                    known.note(path, paging, &page);
                    return Ok(page);
                }
            }
        }
        loop {
            if let Some(page) = self.in_parts(path, asked, &query, paging, class).await? {
                return Ok(page);
            }
        }
    }

    /// The rows of a page part by part; `None` where the server's pages turn out to be shorter than was known.
    async fn in_parts<T: WireRecord>(
        &self,
        path: &str,
        asked: &Asked,
        query: &Query,
        paging: Paging,
        class: Class,
    ) -> Result<Option<Page<T>>, Failure> {
        let known = self.known_pages();
        let mut window = Window::of(paging, known.of(path));
        let mut whole = Page { records: Vec::new(), record_count: None, bad: 0, left_out: 0, bytes: 0 };
        let (mut below, mut in_a_row, mut worked) = (u32::MAX, 0, 0);
        while window.at < window.end {
            let size = window.part(below);
            let part = Paging { page_no: window.at / size + 1, size };
            match self.whole::<T>(path, asked, part.instead_of(query), class).await {
                Ok(mut page) => {
                    page.record_count = counted(part, &page);
                    if page.records.len() > size as usize {
                        return Err(self.bad_reply(asked, "it is too large, and parts of it are not given"));
                    }
                    known.note(path, part, &page);
                    if Window::of(paging, known.of(path)).end != window.end {
                        return Ok(None);
                    }
                    let rows = page.records.len() as u64 + u64::from(page.bad);
                    whole.records.extend(page.records);
                    whole.record_count = page.record_count.or(whole.record_count);
                    whole.bad += page.bad;
                    whole.bytes += page.bytes;
                    (below, in_a_row, worked) = (u32::MAX, 0, worked.max(size));
                    window.at += size;
                    if rows < u64::from(size) {
                        break;
                    }
                }
                Err(failure) if failure.kind == FailureKind::TooLarge && size > 1 => below = size,
                Err(failure) if failure.kind == FailureKind::TooLarge => {
                    tracing::warn!(path, row = window.at, "a record is too large to be read and is left out");
                    whole.left_out += 1;
                    window.at += 1;
                    (below, in_a_row) = (u32::MAX, in_a_row + 1);
                    if in_a_row == HOPELESS && worked == 0 {
                        return Err(failure);
                    }
                    if in_a_row == HOPELESS {
                        whole.left_out += window.rest(whole.record_count);
                        break;
                    }
                }
                Err(failure) => return Err(failure),
            }
        }
        if worked > 0 {
            known.keep_size(path, worked.max(LEAST_KEPT));
        }
        Ok(Some(whole))
    }

    /// One answer with a list.
    async fn whole<T: WireRecord>(&self, path: &str, asked: &Asked, query: Query, class: Class) -> Result<Page<T>, Failure> {
        let (text, bytes) = self.get(path, asked, query, class).await?;
        wire::list(&text, bytes).map_err(|why| self.bad_reply(asked, &why))
    }
}

/// How many records match, where what the server says can be that: not fewer than the page has, and no more than a full or a further
/// page has is the number of its own rows.
fn counted<T>(paging: Paging, page: &Page<T>) -> Option<u64> {
    let rows = page.records.len() as u64 + u64::from(page.bad);
    let has_room = paging.page_no == 1 && rows < u64::from(paging.size);
    page.record_count.filter(|of| *of > rows || (*of == rows && has_room))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_that_is_none_is_not_taken_for_one() {
        for (page_no, rows, said, counted) in [
            (1, 40, Some(40), Some(40)),
            (1, 100, Some(250), Some(250)),
            (3, 50, Some(250), Some(250)),
            (1, 0, Some(0), Some(0)),
            (4, 0, Some(250), Some(250)),
            (1, 40, None, None),
            // Nothing, though rows come; the rows of the page itself; fewer than these.
            (1, 40, Some(0), None),
            (1, 100, Some(100), None),
            (3, 50, Some(50), None),
            (1, 40, Some(39), None),
        ] {
            let page = Page { records: vec![(); rows], record_count: said, bad: 0, left_out: 0, bytes: 0 };
            assert_eq!(super::counted(Paging { page_no, size: 100 }, &page), counted, "{rows} on page {page_no}, {said:?} said");
        }
    }

    #[test]
    fn parts_begin_at_pages_of_their_size_and_stay_within_the_rows() {
        let known = |cap: Option<u32>, size| Known { most: cap.unwrap_or(5), capped: cap.is_some(), size };
        let window = |page_no, known| Window::of(Paging { page_no, size: 100 }, known);
        let mut third = window(3, known(None, None));
        assert_eq!((third.at, third.end), (200, 300));
        assert_eq!([u32::MAX, 50, 25, 5].map(|below| third.part(below)), [50, 25, 5, 1]);
        third.at = 275;
        assert_eq!(third.part(u32::MAX), 25);
        third.at = 203;
        assert_eq!(third.part(u32::MAX), 1);
        assert_eq!(window(3, known(None, Some(25))).part(u32::MAX), 25);
        let capped = window(3, known(Some(33), None));
        assert_eq!((capped.at, capped.end, capped.part(u32::MAX)), (66, 99, 1));
        assert_eq!([None, Some(70), Some(9)].map(|count| capped.rest(count)), [33, 4, 0]);
    }
}
