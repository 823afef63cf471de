//! Reading tickets: windows, single rows, whole lists.

use std::{ops::ControlFlow, sync::Arc};

use rusqlite::{Connection, OptionalExtension, Row, params_from_iter, types::Value};

use super::{
    Reader, StoreError, TicketAsk,
    compile::{Compiled, Condition, EVERY, ONLY_CLOSED, ONLY_OPEN, compile},
    held::{ByShard, SAMPLED, are_many, hits, many_say},
    large_order::TICKETS,
    list::List,
    names::Names,
    narrow::narrow,
    positions::Few,
    row,
    search::{ByOrder, ByWords, Hits, Search, Way},
    words::{Sought, Table},
};
use crate::{
    domain::{AgentId, Anchor, ClientId, PriorityId, SiteId, SlaId, TicketId, TicketRow, UserId, Window},
    query::Query,
    text::SafeText,
};

/// Up to so many hits of the word index are sorted; with more the order's index is walked and each row's words are looked at.
const FEW_HITS: usize = if cfg!(test) { 4 } else { 2_000 };
/// Up to so many rows that meet a query's other conditions are looked at for its words, rather than the word index.
const FEW_ROWS: usize = if cfg!(test) { 6 } else { 1_000 };
/// Up to so many rows of a filter, and hits of its words, are held in memory to be compared: half a megabyte.
const HELD: usize = 60_000;
/// With more hits a walk finds the first ones sooner than all are gathered.
const MANY_HITS: usize = 8_000;
/// How long may be looked for a filter's rows, in steps of the database: some milliseconds.
const HELD_STEPS: i64 = 500_000;

impl Reader {
    /// A window of the tickets asked for, in their order.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub fn tickets(&self, ask: &TicketAsk) -> Result<Window<TicketRow>, StoreError> {
        self.with_names(|names| {
            let anchor = match ask.anchor {
                Anchor::Start => Anchor::Start,
                Anchor::End => Anchor::End,
                Anchor::Around(id) => Anchor::Around(id.0),
                Anchor::After(id) => Anchor::After(id.0),
                Anchor::Before(id) => Anchor::Before(id.0),
            };
            let (place, more) = match self.source(ask, names)? {
                Source::List(list) => {
                    self.know_total(&list);
                    (list.window(&self.conn, &self.positions, anchor, ask.count)?, false)
                }
                Source::Search(search) => search.window(&self.conn, &self.positions, anchor, ask.count)?,
            };
            let mut rows = Vec::with_capacity(place.ids.len());
            for id in place.ids {
                rows.extend(ticket(&self.conn, names, id)?);
            }
            Ok(Window { rows, offset: place.offset, total: place.total, more })
        })
    }

    /// What is kept beside the rows need not be counted; where it can't be read, the list counts by itself.
    fn know_total(&self, list: &List) {
        if list.hits.is_none()
            && self.positions.total(&list.name).is_none()
            && let Ok(Some(total)) = self.kept(&list.filter)
        {
            self.positions.keep_total(&list.name, total);
        }
    }

    /// How many tickets the query finds, wherever its window stands.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub fn count(&self, ask: &TicketAsk) -> Result<u64, StoreError> {
        self.with_names(|names| match self.source(ask, names)? {
            Source::List(list) => list.count(&self.conn, None),
            Source::Search(search) => search.count(&self.conn),
        })
    }

    /// Calls `each` with every ticket that the query finds, in its order, at most `limit`, until it breaks; holds few rows at a
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
            let read = |id| Ok(ticket(&self.conn, names, id)?.is_none_or(|row| each(row).is_continue()));
            match self.source(ask, names)? {
                Source::List(list) => list.walk(&self.conn, limit, read),
                Source::Search(search) => search.walk(&self.conn, limit, read),
            }
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

/// Where a query's rows come from.
#[derive(Clone, Debug)]
pub(super) enum Source {
    /// From a table, in the order of its indexes.
    List(List),
    /// One after the other.
    Search(Search),
}

impl Reader {
    /// What the query asks for, by the way that costs least.
    pub(super) fn source(&self, ask: &TicketAsk, names: &Names) -> rusqlite::Result<Source> {
        let Compiled { filter, terms, hint, order } = compile(ask, names);
        let also = once(if terms.0.is_empty() { Vec::new() } else { ask.also.iter().map(|id| id.0).collect() });
        let name = format!("tickets {filter:?} {terms:?} {also:?} {order:?} {:?}", ask.count_up_to);
        let list = |hits, filter: Condition, order| List {
            table: TICKETS,
            hits,
            filter: filter.sql,
            params: filter.params,
            order,
            name: name.clone(),
            count_up_to: ask.count_up_to,
            difference: None,
        };
        let search = |way| Source::Search(Search { name: name.clone(), way, count_up_to: ask.count_up_to });
        if terms.0.is_empty() {
            let hits = match &hint {
                Some(hint) => hits(&self.conn, &[Sought::expression(Table::Names, hint)], FEW_HITS)?.map(|ids| json(&ids)),
                None => None,
            };
            let mut list = list(hits, filter, order.unwrap_or_default());
            if list.filter == ONLY_CLOSED {
                list.difference = Some((EVERY, ONLY_OPEN));
            }
            return Ok(Source::List(list));
        }
        let rows = self.rows_of(&ask.query, &filter, hint.as_deref())?;
        let within = if let Few::Set(ids) = &rows { Some(Arc::clone(ids)) } else { None };
        let shards = super::words::shards(&self.conn)?.into();
        let words = self.positions.words();
        let by_words = ByWords { shards, terms, filter, also: json(&also).into(), within, words: words.clone() };
        let Some(order) = order else {
            return Ok(search(match rows {
                Few::These(few) => {
                    let mut ids = by_words.among(&self.conn, &few)?;
                    ids.extend(by_words.elsewhere(&self.conn, None, usize::MAX)?);
                    Way::AtHand(ids)
                }
                Few::Set(_) | Few::Many => Way::ByWords(by_words),
            }));
        };
        let both = Condition::both(by_words.filter.clone(), by_words.said());
        // Those that are few: counting them costs nothing worth saving.
        let few = |ids: String, filter| Source::List(List { count_up_to: None, ..list(Some(ids), filter, order.clone()) });
        if let Few::These(ids) = &rows {
            let said = by_words.said_among(&self.conn, ids)?.into_iter().map(|(id, _)| id);
            return Ok(few(json(&once(said.chain(also).collect())), by_words.filter));
        }
        let sources = by_words.sources();
        let many = if let Few::Set(ids) = &rows {
            let some = ids.iter().copied().step_by((ids.len() / SAMPLED).max(1));
            many_say(&self.conn, &words, some, &by_words.terms)?
        } else {
            // The first rows are looked at anyway where a walk comes by them.
            let first =
                list(None, by_words.filter.clone(), order.clone()).after_where(&self.conn, None, SAMPLED, |_| Ok(true))?;
            many_say(&self.conn, &words, first.into_iter(), &by_words.terms)? || are_many(&self.conn, &sources, MANY_HITS)?
        };
        let gathered = if many { None } else { hits(&self.conn, &sources, HELD)? };
        let Some(mut hits) = gathered else {
            let hits = Hits::ByShard(ByShard::new(sources, by_words.terms.clone(), by_words.is_loose(), words.clone()));
            return Ok(search(Way::ByOrder(Box::new(ByOrder {
                list: list(None, by_words.filter, order),
                hits,
                also: also.into(),
                words,
                total: None,
            }))));
        };
        if let Few::Set(within) = &rows {
            hits.retain(|id| within.binary_search(id).is_ok());
        }
        // What the index finds says it all, unless words have to stand in a row.
        let is_loose = by_words.is_loose();
        if hits.len() <= FEW_HITS {
            let filter = if is_loose { both } else { by_words.filter };
            return Ok(few(json(&once(hits.into_iter().chain(also).collect())), filter));
        }
        let all_fit = !is_loose && also.is_empty() && by_words.filter.sql == EVERY;
        let total = all_fit.then_some(hits.len() as u64);
        let hits = Hits::Gathered(hits.into(), is_loose.then(|| by_words.terms.clone()));
        Ok(search(Way::ByOrder(Box::new(ByOrder {
            list: list(None, by_words.filter, order),
            hits,
            also: also.into(),
            words,
            total,
        }))))
    }

    /// The rows that meet a filter, where they are not too many and quickly found.
    fn rows_of(&self, query: &Query, filter: &Condition, hint: Option<&str>) -> rusqlite::Result<Few> {
        if [EVERY, ONLY_CLOSED].contains(&filter.sql.as_str()) {
            return Ok(Few::Many);
        }
        let name = format!("{filter:?}");
        if let Some(known) = self.positions.few(&name) {
            return Ok(known);
        }
        let named = match hint {
            Some(hint) => hits(&self.conn, &[Sought::expression(Table::Names, hint)], FEW_HITS)?,
            None => None,
        };
        let few = if let Some(ids) = named {
            Few::These(self.meeting(filter, &ids)?.into())
        } else {
            let filter = match narrow(&self.conn, query)? {
                Some(borne) => &Condition::both(filter.clone(), borne),
                None => filter,
            };
            let sql = format!("SELECT t.id FROM tickets AS t WHERE {} LIMIT {}", filter.sql, HELD + 1);
            let probe = || -> rusqlite::Result<Vec<i64>> {
                let mut statement = self.conn.prepare_cached(&sql)?;
                statement.query_map(params_from_iter(&filter.params), |row| row.get(0))?.collect()
            };
            match self.allowance.within(HELD_STEPS, probe)? {
                Some(ids) if ids.len() <= FEW_ROWS => Few::These(ids.into()),
                Some(mut ids) if ids.len() <= HELD => {
                    ids.sort_unstable();
                    Few::Set(ids.into())
                }
                _ => Few::Many,
            }
        };
        self.positions.keep_few(&name, few.clone());
        Ok(few)
    }

    /// Of these tickets those that meet a filter.
    fn meeting(&self, filter: &Condition, ids: &[i64]) -> rusqlite::Result<Vec<i64>> {
        let sql =
            format!("SELECT t.id FROM json_each(?) AS hit CROSS JOIN tickets AS t WHERE t.id = hit.value AND ({})", filter.sql);
        let params = std::iter::once(Value::Text(json(ids))).chain(filter.params.iter().cloned());
        self.conn.prepare_cached(&sql)?.query_map(params_from_iter(params), |row| row.get(0))?.collect()
    }
}

/// Each of the numbers once, in their order.
fn once(mut ids: Vec<i64>) -> Vec<i64> {
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn json(ids: &[i64]) -> String {
    let ids: Vec<String> = ids.iter().map(i64::to_string).collect();
    format!("[{}]", ids.join(","))
}

const COLUMNS: &str = "SELECT id, summary, client_id, client_name, site_name, user_name, agent_id, team_id, team_name, status_id, \
    priority_id, sla_id, ticket_type_id, opened, closed, is_closed, last_action, last_update, respond_by, responded, fix_by, \
    on_hold, excluded_from_sla, vip, attachments, unreadable, \
    EXISTS (SELECT 1 FROM seen WHERE seen.ticket_id = id AND updated_key > seen.updated), site_id, user_id FROM tickets WHERE id = ?";

pub(super) fn ticket(conn: &Connection, names: &Names, id: i64) -> rusqlite::Result<Option<TicketRow>> {
    conn.prepare_cached(COLUMNS)?.query_row([id], |row| read(row, names)).optional()
}

fn read(row: &Row<'_>, names: &Names) -> rusqlite::Result<TicketRow> {
    let agent_id = AgentId(row.get(6)?);
    let (priority_id, sla_id) = (PriorityId(row.get(10)?), SlaId(row.get(11)?));
    let name = |found: Option<&super::names::Named>| found.map(|found| found.label.name.clone());
    let agent = agent_id.is_assigned().then(|| name(names.agents.get(&agent_id.0)));
    let team = row::line(row, 8)?;
    Ok(TicketRow {
        id: TicketId(row.get(0)?),
        summary: row::line(row, 1)?,
        client_id: ClientId(row.get(2)?),
        client: row::line(row, 3)?,
        site_id: SiteId(row.get(27)?),
        site: row::line(row, 4)?,
        user_id: UserId(row.get(28)?),
        user: row::line(row, 5)?,
        agent_id,
        agent: agent.map(|known| known.unwrap_or_else(|| SafeText::line(&agent_id.to_string()))),
        team: if team.is_empty() { name(names.teams.get(&row.get::<_, i64>(7)?)).unwrap_or_default() } else { team },
        status: names.status(row.get(9)?),
        priority: names.priority(sla_id, priority_id),
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
        terms: names.terms(sla_id, priority_id),
        vip: row.get(23)?,
        attachments: row::small(row, 24)?,
        unreadable: row.get::<_, Option<String>>(25)?.map(|reason| SafeText::line(&reason)),
        changed: row.get(26)?,
    })
}
