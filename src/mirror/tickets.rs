//! Reading tickets: windows, single rows, whole lists.

use std::{ops::ControlFlow, sync::Arc};

use rusqlite::{Connection, OptionalExtension, Row};

use super::{
    Reader, StoreError, TicketAsk,
    compile::{Compiled, Condition, EVERY, ONLY_CLOSED, ONLY_OPEN, compile},
    list::List,
    names::Names,
    positions::Few,
    row,
    search::{ByWords, Search, Way},
    words::Table,
};
use crate::{
    domain::{AgentId, Anchor, ClientId, PriorityId, SlaId, TicketId, TicketRow, Window},
    text::SafeText,
};

/// Up to so many hits of the word index are sorted; with more the order's index is walked and each row's words are looked at.
const FEW_HITS: usize = 2_000;
/// Up to so many rows that meet a query's other conditions are looked at for its words, rather than the word index.
const FEW_ROWS: usize = 400;
/// How long may be looked for these rows, in steps of the database: some milliseconds.
const FEW_STEPS: i64 = 60_000;

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
        let mut also: Vec<i64> = if terms.0.is_empty() { Vec::new() } else { ask.also.iter().map(|id| id.0).collect() };
        also.sort_unstable();
        also.dedup();
        let name = format!("tickets {filter:?} {terms:?} {also:?} {order:?} {:?}", ask.count_up_to);
        let list = |hits, filter: Condition, order| List {
            table: "tickets AS t",
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
                Some(hint) => few_hits(&self.conn, &[(Table::Names, hint.clone())], FEW_HITS)?,
                None => None,
            };
            let mut list = list(hits, filter, order.unwrap_or_default());
            if list.filter == ONLY_CLOSED {
                list.difference = Some((EVERY, ONLY_OPEN));
            }
            return Ok(Source::List(list));
        }
        let few = self.few_rows(&filter, hint.as_deref())?;
        let by_words = ByWords { shards: super::words::shards(&self.conn)?.into(), terms, filter, also: json(&also).into() };
        Ok(match (few, order) {
            (Some(few), None) => {
                let mut ids = by_words.among(&self.conn, &few)?;
                ids.extend(by_words.elsewhere(&self.conn, None, usize::MAX)?);
                search(Way::AtHand(ids))
            }
            (None, None) => search(Way::ByWords(by_words)),
            (few, Some(order)) => {
                let hits = match few {
                    Some(few) => Some(few.to_string()),
                    None => few_hits(&self.conn, &by_words.sources(), FEW_HITS)?.map(|hits| joined(&hits, &also)),
                };
                let said = by_words.said();
                let filter = Condition {
                    sql: format!("({}) AND {}", by_words.filter.sql, said.sql),
                    params: by_words.filter.params.into_iter().chain(said.params).collect(),
                };
                if hits.is_some() {
                    // They are few: counting them costs nothing worth saving.
                    Source::List(List { count_up_to: None, ..list(hits, filter, order) })
                } else {
                    search(Way::ByOrder(list(None, filter, order)))
                }
            }
        })
    }

    /// The rows that meet a filter as a JSON array, where they are few and quickly found.
    fn few_rows(&self, filter: &Condition, hint: Option<&str>) -> rusqlite::Result<Option<Arc<str>>> {
        if [EVERY, ONLY_OPEN, ONLY_CLOSED].contains(&filter.sql.as_str()) {
            return Ok(None);
        }
        let name = format!("{filter:?}");
        match self.positions.few(&name) {
            Some(Few::These(ids)) => return Ok(Some(ids)),
            Some(Few::Many) => return Ok(None),
            None => {}
        }
        let hits = match hint {
            Some(hint) => few_hits(&self.conn, &[(Table::Names, hint.to_owned())], FEW_HITS)?,
            None => None,
        };
        let few: Option<Arc<str>> = if let Some(hits) = hits {
            Some(hits.into())
        } else {
            let sql = format!("SELECT t.id FROM tickets AS t WHERE {} LIMIT {}", filter.sql, FEW_ROWS + 1);
            let probe = || -> rusqlite::Result<Vec<i64>> {
                let mut statement = self.conn.prepare_cached(&sql)?;
                statement.query_map(rusqlite::params_from_iter(&filter.params), |row| row.get(0))?.collect()
            };
            let ids = self.allowance.within(FEW_STEPS, probe)?;
            ids.filter(|ids| ids.len() <= FEW_ROWS).map(|ids| json(&ids).into())
        };
        self.positions.keep_few(&name, few.clone().map_or(Few::Many, Few::These));
        Ok(few)
    }
}

/// The ids that the word index finds as a JSON array, where they are few.
fn few_hits(conn: &Connection, sources: &[(Table, String)], most: usize) -> rusqlite::Result<Option<String>> {
    let mut ids: Vec<i64> = Vec::new();
    for shard in super::words::shards(conn)? {
        for (table, matching) in sources {
            let table = table.of(shard);
            let mut statement = conn.prepare_cached(&format!("SELECT rowid FROM {table} WHERE {table} MATCH ? LIMIT ?"))?;
            let left = i64::try_from(most + 1 - ids.len()).unwrap_or(i64::MAX);
            for id in statement.query_map((matching, left), |row| row.get(0))? {
                ids.push(id?);
            }
            if ids.len() > most {
                return Ok(None);
            }
        }
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(Some(json(&ids)))
}

/// The ids of a JSON array with others, each once.
fn joined(ids: &str, others: &[i64]) -> String {
    if others.is_empty() {
        return ids.to_owned();
    }
    let mut all: Vec<i64> = serde_json::from_str(ids).unwrap_or_default();
    all.extend(others);
    all.sort_unstable();
    all.dedup();
    json(&all)
}

fn json(ids: &[i64]) -> String {
    let ids: Vec<String> = ids.iter().map(i64::to_string).collect();
    format!("[{}]", ids.join(","))
}

const COLUMNS: &str = "SELECT id, summary, client_id, client_name, site_name, user_name, agent_id, team_id, team_name, status_id, \
    priority_id, sla_id, ticket_type_id, opened, closed, is_closed, last_action, last_update, respond_by, responded, fix_by, \
    on_hold, excluded_from_sla, vip, attachments, unreadable, \
    EXISTS (SELECT 1 FROM seen WHERE seen.ticket_id = id AND updated_key > seen.updated) FROM tickets WHERE id = ?";

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
        site: row::line(row, 4)?,
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
