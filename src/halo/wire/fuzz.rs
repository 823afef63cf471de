//! The way in for the fuzz targets; no other build has it.

use super::{WireRecord, ids, list, one, text};
use crate::domain::{
    ActionRecord, Agent, AssetRecord, ClientRecord, Priority, SiteRecord, Sla, Status, Team, TicketRecord, TicketType, UserRecord,
};

/// Reads a body as every list, record and list of ids that a server is asked for; how many of how many tickets were bad.
#[must_use]
pub fn decode(body: &[u8]) -> (usize, usize) {
    fn both<T: WireRecord>(text: &str) {
        drop((list::<T>(text, 0), one::<T>(text)));
    }
    let text = text(body);
    both::<ActionRecord>(&text);
    both::<Agent>(&text);
    both::<AssetRecord>(&text);
    both::<ClientRecord>(&text);
    both::<Priority>(&text);
    both::<SiteRecord>(&text);
    both::<Sla>(&text);
    both::<Status>(&text);
    both::<Team>(&text);
    both::<TicketType>(&text);
    both::<UserRecord>(&text);
    drop((one::<TicketRecord>(&text), ids(&text, TicketRecord::LISTS, 0)));
    list::<TicketRecord>(&text, 0).map_or((0, 0), |page| {
        let marked = page.records.iter().filter(|record| record.unreadable.is_some()).count();
        (marked, usize::try_from(page.bad).unwrap_or(usize::MAX))
    })
}
