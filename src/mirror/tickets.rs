//! Reading tickets: windows, single rows, whole lists.

use std::ops::ControlFlow;

use rusqlite::{Connection, OptionalExtension, Row};

use super::{
    Reader, StoreError, TicketAsk,
    compile::{Compiled, EVERY, ONLY_CLOSED, ONLY_OPEN, compile},
    list::List,
    names::Names,
    row,
};
use crate::{
    domain::{AgentId, Anchor, ClientId, PriorityId, SlaId, TicketId, TicketRow, Window},
    text::SafeText,
};

/// Up to so many hits of the word index are sorted; with more the order's index is walked and each row's words are looked at.
/// Where both take about as long at a million tickets: a hit to sort costs what a row to look at costs.
const FEW_HITS: usize = 6_000;

impl Reader {
    /// A window of the tickets asked for, in their order.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub fn tickets(&self, ask: &TicketAsk) -> Result<Window<TicketRow>, StoreError> {
        self.with_names(|names| {
            let list = list(&self.conn, ask, names)?;
            let anchor = match ask.anchor {
                Anchor::Start => Anchor::Start,
                Anchor::End => Anchor::End,
                Anchor::Around(id) => Anchor::Around(id.0),
                Anchor::After(id) => Anchor::After(id.0),
                Anchor::Before(id) => Anchor::Before(id.0),
            };
            let place = list.window(&self.conn, &self.positions, anchor, ask.count)?;
            let mut rows = Vec::with_capacity(place.ids.len());
            for id in place.ids {
                rows.extend(ticket(&self.conn, names, id)?);
            }
            Ok(Window { rows, offset: place.offset, total: place.total })
        })
    }

    /// How many tickets the query finds, wherever its window stands.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub fn count(&self, ask: &TicketAsk) -> Result<u64, StoreError> {
        self.with_names(|names| list(&self.conn, ask, names)?.count(&self.conn, None))
    }

    /// Calls `each` with every ticket that the query finds, in its order, at most `limit`, until it breaks; holds one row at a
    /// time. The ask's anchor and count don't matter.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub fn each_ticket(
        &self,
        ask: &TicketAsk,
        limit: Option<usize>,
        mut each: impl FnMut(TicketRow) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        self.with_names(|names| {
            list(&self.conn, ask, names)?
                .walk(&self.conn, limit, |id| Ok(ticket(&self.conn, names, id)?.is_none_or(|row| each(row).is_continue())))
        })
    }

    /// One ticket, if it is stored.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub fn ticket(&self, id: TicketId) -> Result<Option<TicketRow>, StoreError> {
        self.with_names(|names| ticket(&self.conn, names, id.0))
    }

    /// Runs `work` with the lookup tables, which are read once until something is written.
    pub(super) fn with_names<T>(&self, work: impl FnOnce(&Names) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        if self.names.borrow().is_none() {
            let names = Names::load(&self.conn)?;
            self.names.replace(Some(names));
        }
        let names = self.names.borrow();
        Ok(work(names.as_ref().unwrap_or(&Names::default()))?)
    }
}

/// The list that the query asks for, by the way that costs least.
pub(super) fn list(conn: &Connection, ask: &TicketAsk, names: &Names) -> rusqlite::Result<List> {
    let Compiled { filter, words, matching, order } = compile(ask, names);
    let name = format!("tickets {filter:?} {words:?} {order:?} {:?}", ask.count_up_to);
    let mut list = List {
        table: "tickets AS t",
        hits: None,
        filter: filter.sql,
        params: filter.params,
        order,
        name,
        count_up_to: ask.count_up_to,
        tally: None,
        difference: None,
    };
    let Some(matching) = matching else {
        if list.filter == ONLY_CLOSED {
            list.difference = Some((EVERY, ONLY_OPEN));
        }
        return Ok(list);
    };
    if let Some(ids) = few_hits(conn, &matching)? {
        list.hits = Some(ids);
    } else {
        if list.filter == EVERY {
            list.tally = Some(("SELECT count(*) FROM ticket_words WHERE ticket_words MATCH ?".to_owned(), matching));
        }
        list.filter = format!("{} AND {}", list.filter, words.sql);
        list.params.extend(words.params);
    }
    Ok(list)
}

/// The ids that the word index finds as a JSON array, where they are few.
fn few_hits(conn: &Connection, matching: &str) -> rusqlite::Result<Option<String>> {
    let mut statement = conn.prepare_cached("SELECT rowid FROM ticket_words WHERE ticket_words MATCH ? LIMIT ?")?;
    let mut rows = statement.query((matching, i64::try_from(FEW_HITS + 1).unwrap_or(i64::MAX)))?;
    let mut ids = String::from("[");
    let mut found = 0;
    while let Some(row) = rows.next()? {
        found += 1;
        if found > FEW_HITS {
            return Ok(None);
        }
        if found > 1 {
            ids.push(',');
        }
        ids.push_str(&row.get::<_, i64>(0)?.to_string());
    }
    ids.push(']');
    Ok(Some(ids))
}

const COLUMNS: &str = "SELECT id, summary, client_id, client_name, site_name, user_name, agent_id, team_id, team_name, status_id, \
    priority_id, sla_id, ticket_type_id, opened, closed, is_closed, last_action, last_update, respond_by, responded, fix_by, \
    on_hold, excluded_from_sla, vip, attachments, unreadable FROM tickets WHERE id = ?";

fn ticket(conn: &Connection, names: &Names, id: i64) -> rusqlite::Result<Option<TicketRow>> {
    conn.prepare_cached(COLUMNS)?.query_row([id], |row| read(row, names)).optional()
}

fn read(row: &Row<'_>, names: &Names) -> rusqlite::Result<TicketRow> {
    let agent_id = AgentId(row.get(6)?);
    let priority_id = PriorityId(row.get(10)?);
    let name = |found: Option<&super::names::Named>| found.map(|found| found.label.name.clone());
    let agent = agent_id.is_assigned().then(|| name(names.agents.get(&agent_id.0)));
    let team = row::line(row, 8)?;
    Ok(TicketRow {
        id: TicketId(row.get(0)?),
        summary: row::line(row, 1)?,
        client_id: ClientId(row.get(2)?),
        client: row::line(row, 3)?,
        site: row::line(row, 4)?,
        user: row::line(row, 5)?,
        agent_id,
        agent: agent.map(|known| known.unwrap_or_else(|| SafeText::line(&agent_id.to_string()))),
        team: if team.is_empty() { name(names.teams.get(&row.get::<_, i64>(7)?)).unwrap_or_default() } else { team },
        status: names.status(row.get(9)?),
        priority: names.priority(SlaId(row.get(11)?), priority_id),
        priority_id,
        ticket_type: names.ticket_type(row.get(12)?),
        opened: row::time(row, 13)?,
        closed: row::time(row, 14)?,
        is_closed: row.get(15)?,
        last_action: row::time(row, 16)?,
        last_update: row::time(row, 17)?,
        respond_by: row::time(row, 18)?,
        responded: row::time(row, 19)?,
        fix_by: row::time(row, 20)?,
        on_hold: row.get(21)?,
        excluded_from_sla: row.get(22)?,
        vip: row.get(23)?,
        attachments: row::small(row, 24)?,
        unreadable: row.get::<_, Option<String>>(25)?.map(|reason| SafeText::line(&reason)),
    })
}
