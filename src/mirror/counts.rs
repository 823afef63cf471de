//! How many tickets a query has, for who only wants the number: told exactly where that is cheap, else as far as it is.

use super::{
    Reader, StoreError, TicketAsk,
    compile::{EVERY, ONLY_CLOSED, ONLY_OPEN},
    list::List,
    tickets::Source,
};
use crate::domain::{Counted, Overview};

/// Steps of the database that an exact number may take: some tens of milliseconds.
const EXACT_STEPS: i64 = 1_000_000;
/// Where that is not enough, it is counted up to here …
const AT_LEAST: u64 = 1_000;
/// … and no longer than this.
const AT_LEAST_STEPS: i64 = 250_000;

impl Reader {
    /// How many tickets the query has, wherever its window stands; `None` where even a lower bound would take too long.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub fn counted(&self, ask: &TicketAsk) -> Result<Option<Counted>, StoreError> {
        if let Some(n) = self.kept_count(ask)? {
            return Ok(Some(Counted { n, more: false }));
        }
        self.with_names(|names| {
            let source = self.source(ask, names)?;
            let exact = |n| Counted { n, more: false };
            if let Source::List(list) = &source
                && let Some(total) = self.positions.total(&list.name)
            {
                return Ok(Some(exact(total)));
            }
            let counted = self.allowance.within(EXACT_STEPS, || match &source {
                Source::List(list) => list.count(&self.conn, None),
                Source::Search(search) => search.count(&self.conn),
            })?;
            if let Some(n) = counted {
                return Ok(Some(exact(n)));
            }
            let bounded = self.allowance.within(AT_LEAST_STEPS, || match source {
                Source::List(list) => List { count_up_to: Some(AT_LEAST), difference: None, ..list }.count(&self.conn, None),
                Source::Search(search) => {
                    let mut n = 0;
                    search.walk(&self.conn, usize::try_from(AT_LEAST).ok(), |_| {
                        n += 1;
                        Ok(true)
                    })?;
                    Ok(n)
                }
            })?;
            Ok(bounded.map(|n| Counted { n, more: n >= AT_LEAST }))
        })
    }

    /// The number where it is kept beside the rows.
    fn kept_count(&self, ask: &TicketAsk) -> Result<Option<u64>, StoreError> {
        let filter = self.with_names(|names| Ok(super::compile::compile(ask, names)))?;
        if !filter.terms.0.is_empty() {
            return Ok(None);
        }
        self.kept(&filter.filter.sql)
    }

    /// The number of tickets that meet a condition, where it is kept.
    pub(super) fn kept(&self, condition: &str) -> Result<Option<u64>, StoreError> {
        let which = match condition {
            EVERY => |overview: Overview| overview.total,
            ONLY_OPEN => |overview: Overview| overview.open,
            ONLY_CLOSED => |overview: Overview| overview.closed,
            _ => return Ok(None),
        };
        Ok(Some(which(self.overview()?)))
    }
}
