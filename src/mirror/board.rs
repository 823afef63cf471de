//! The board's numbers: a few grouped looks at indexes that hold all they need, whatever the number of tickets.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use rusqlite::{OptionalExtension, params_from_iter, types::Value};

use super::{
    BACK_TO, Reader, StoreError, TO_THE_FIRST, TicketAsk,
    compile::{Condition, bounds, compile},
    names::Names,
    row,
    words::Pattern,
};
use crate::{
    domain::{AgentId, Anchor, Board, DayTally, Reach, Tally},
    query::{Filter, NameKey, NameValue, Query},
    text::SafeText,
};

/// How many days are counted, today with them.
const DAYS: i64 = 30;
/// How many clients are told.
const CLIENTS: usize = 8;
/// What an open ticket is that has to be looked at today.
const PRESSING: &str = "is:open sla:<=today";
/// All that is asked of the open tickets stands in this index.
const OPEN: &str = "FROM tickets AS t INDEXED BY open_for_board WHERE t.is_closed = 0";

/// What the board is asked.
#[derive(Clone, Debug)]
pub struct BoardAsk {
    /// Queries for open tickets, without words to be looked for.
    pub open: Vec<Query>,
    /// Who `@me` is.
    pub me: Option<AgentId>,
    /// Now.
    pub now: Timestamp,
    /// Whose days are counted.
    pub zone: TimeZone,
}

/// The tickets that share an id and a folded name.
#[derive(Debug)]
struct Group {
    id: i64,
    key: String,
    count: u64,
    pressing: u64,
}

impl Reader {
    /// The board's numbers.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub fn board(&self, ask: &BoardAsk) -> Result<Board, StoreError> {
        let days = self.days(ask)?;
        let begin = days.first().map_or(0, |day| bounds(day.date, &ask.zone).0);
        let (kept, missed) = self.outcomes(begin)?;
        let first = days.first().map_or_else(String::new, |day| day.date.to_string());
        let clients = self.open_groups(ask, "t.client_id, t.client_key")?;
        let newcomers = self.newcomers(begin)?;
        Ok(Board {
            open: self.open_counts(ask)?,
            kept,
            missed,
            agents: self.agent_tallies(&self.open_groups(ask, "t.agent_id, t.agent_key")?)?,
            clients: self.client_tallies(&clients)?,
            newcomers: self.newcomer_tallies(&newcomers, &first)?,
            reach: self.reach(ask, begin)?,
            days,
        })
    }

    fn condition(&self, ask: &BoardAsk, query: &Query) -> Result<Condition, StoreError> {
        let ask = TicketAsk {
            query: query.clone(),
            client: None,
            me: ask.me,
            now: ask.now,
            zone: ask.zone.clone(),
            also: Vec::new(),
            anchor: Anchor::Start,
            count: 0,
            count_up_to: None,
        };
        self.with_names(|names: &Names| Ok(compile(&ask, names).filter))
    }

    /// All the queries in one look: each counts by the condition that lists its tickets.
    fn open_counts(&self, ask: &BoardAsk) -> Result<Vec<u64>, StoreError> {
        let conditions = ask.open.iter().map(|query| self.condition(ask, query)).collect::<Result<Vec<_>, _>>()?;
        if conditions.is_empty() {
            return Ok(Vec::new());
        }
        let counts: Vec<String> = conditions.iter().map(|condition| counted(&condition.sql)).collect();
        let sql = format!("SELECT {} {OPEN}", counts.join(", "));
        let params = conditions.iter().flat_map(|condition| &condition.params);
        let read = |row: &rusqlite::Row<'_>| (0..counts.len()).map(|column| row::unsigned(row, column)).collect();
        Ok(self.conn.prepare_cached(&sql)?.query_row(params_from_iter(params), read)?)
    }

    fn open_groups(&self, ask: &BoardAsk, by: &'static str) -> Result<Vec<Group>, StoreError> {
        let pressing = match Query::parse(PRESSING) {
            Ok(query) => self.condition(ask, &query)?,
            Err(_) => Condition { sql: "0".to_owned(), params: Vec::new() },
        };
        self.groups_of(&format!("SELECT {by}, count(*), {} {OPEN} GROUP BY 1, 2", counted(&pressing.sql)), &pressing.params)
    }

    /// The clients whose tickets were opened since then, closed ones too, and how many.
    fn newcomers(&self, begin: i64) -> Result<Vec<(i64, u64)>, StoreError> {
        // Counted here: the database would put tens of thousands of rows in order first.
        let mut counts: BTreeMap<i64, u64> = BTreeMap::new();
        let mut statement = self.conn.prepare_cached("SELECT client_id FROM tickets WHERE opened_key >= ?")?;
        let mut rows = statement.query([begin])?;
        while let Some(row) = rows.next()? {
            *counts.entry(row.get(0)?).or_default() += 1;
        }
        Ok(most_first(counts))
    }

    fn groups_of(&self, sql: &str, params: &[Value]) -> Result<Vec<Group>, StoreError> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map(params_from_iter(params), |row| {
            Ok(Group { id: row.get(0)?, key: row.get(1)?, count: row::unsigned(row, 2)?, pressing: row::unsigned(row, 3)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn days(&self, ask: &BoardAsk) -> Result<Vec<DayTally>, StoreError> {
        let today = ask.now.to_zoned(ask.zone.clone()).date();
        let mut opened = self.conn.prepare_cached("SELECT count(*) FROM tickets WHERE opened_key >= ? AND opened_key < ?")?;
        let mut closed = self.conn.prepare_cached("SELECT count(*) FROM tickets WHERE closed_key >= ? AND closed_key < ?")?;
        let mut day = |date: Date| {
            let bounds = bounds(date, &ask.zone);
            let opened = opened.query_row(bounds, |found| row::unsigned(found, 0))?;
            let closed = closed.query_row(bounds, |found| row::unsigned(found, 0))?;
            Ok(DayTally { date, opened, closed })
        };
        (0..DAYS).rev().map(|days| day(today.saturating_sub(SignedDuration::from_hours(24 * days)))).collect()
    }

    /// How many were closed since then in time, and how many too late.
    fn outcomes(&self, begin: i64) -> Result<(u64, u64), StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT count(*) FILTER (WHERE kept = 1), count(*) FILTER (WHERE kept = 0) FROM tickets WHERE closed_key >= ?",
        )?;
        Ok(statement.query_row([begin], |found| Ok((row::unsigned(found, 0)?, row::unsigned(found, 1)?)))?)
    }

    fn agent_tallies(&self, groups: &[Group]) -> Result<Vec<Tally>, StoreError> {
        let agents = self.agents()?;
        let mut tallies = Vec::new();
        let nobody = groups.iter().filter(|group| !AgentId(group.id).is_assigned());
        let (count, pressing) = sums(nobody);
        if count > 0 {
            tallies.push(Tally { name: SafeText::line("nobody"), words: "is:open is:unassigned".to_owned(), count, pressing });
        }
        for id in by_count(groups).into_iter().filter(|id| AgentId(*id).is_assigned()) {
            let name = agents.iter().find(|agent| agent.id.0 == id).map(|agent| agent.name.clone());
            let name = name.unwrap_or_else(|| SafeText::line(&id.to_string()));
            tallies.push(tally(NameKey::Agent, name, id, groups));
        }
        tallies.sort_by_key(|tally| std::cmp::Reverse(tally.count));
        let idle = agents.into_iter().filter(|agent| !agent.disabled && !agent.api && !agent.name.is_empty());
        let idle = idle.filter(|agent| !groups.iter().any(|group| group.id == agent.id.0));
        tallies.extend(idle.map(|agent| tally(NameKey::Agent, agent.name, agent.id.0, groups)));
        Ok(tallies)
    }

    fn client_tallies(&self, groups: &[Group]) -> Result<Vec<Tally>, StoreError> {
        let ids = by_count(groups).into_iter().take(CLIENTS);
        ids.map(|id| Ok(tally(NameKey::Client, self.client_name(id)?, id, groups))).collect()
    }

    fn newcomer_tallies(&self, counts: &[(i64, u64)], first: &str) -> Result<Vec<Tally>, StoreError> {
        let tally = |(id, count): &(i64, u64)| {
            // By the number: whether a name is anybody else's too, only their rows could tell.
            let words = format!("opened:>={first} {}", NameKey::Client.with_number(*id));
            Ok(Tally { name: self.client_name(*id)?, words, count: *count, pressing: 0 })
        };
        counts.iter().take(CLIENTS).map(tally).collect()
    }

    /// What the client is called in its newest ticket.
    fn client_name(&self, id: i64) -> Result<SafeText, StoreError> {
        let mut named =
            self.conn.prepare_cached("SELECT client_name FROM tickets WHERE client_id = ? ORDER BY updated_key DESC LIMIT 1")?;
        let name = named.query_row([id], |found| row::line(found, 0)).optional()?;
        Ok(name.filter(|name| !name.is_empty()).unwrap_or_else(|| SafeText::line("no client")))
    }

    fn reach(&self, ask: &BoardAsk, begin: i64) -> Result<Reach, StoreError> {
        let closed = self.overview()?.closed;
        let dated = "SELECT EXISTS (SELECT 1 FROM tickets WHERE closed_key > 0)";
        if closed > 0 && !self.conn.prepare_cached(dated)?.query_row([], |found| found.get::<_, bool>(0))? {
            return Ok(Reach::Undated);
        }
        if self.meta(TO_THE_FIRST)?.is_some() {
            return Ok(Reach::Whole);
        }
        Ok(match self.meta(BACK_TO)?.and_then(|at| at.parse::<Timestamp>().ok()) {
            Some(at) if at.as_millisecond() <= begin => Reach::Whole,
            Some(at) => Reach::Back(at.to_zoned(ask.zone.clone()).date()),
            None => Reach::Unknown,
        })
    }
}

fn counted(condition: &str) -> String {
    format!("count(*) FILTER (WHERE {condition})")
}

fn sums<'a>(groups: impl Iterator<Item = &'a Group>) -> (u64, u64) {
    groups.fold((0, 0), |(count, pressing), group| (count + group.count, pressing + group.pressing))
}

/// The ids of the groups, those with the most tickets first.
fn by_count(groups: &[Group]) -> Vec<i64> {
    let mut counts: BTreeMap<i64, u64> = BTreeMap::new();
    for group in groups {
        *counts.entry(group.id).or_default() += group.count;
    }
    most_first(counts).into_iter().map(|(id, _)| id).collect()
}

fn most_first(counts: BTreeMap<i64, u64>) -> Vec<(i64, u64)> {
    let mut counts: Vec<(i64, u64)> = counts.into_iter().collect();
    counts.sort_by_key(|(id, count)| (std::cmp::Reverse(*count), *id));
    counts
}

/// The open tickets of an id with the words that list them: by the name where that names all of them and nobody else's, else by
/// the number.
fn tally(key: NameKey, name: SafeText, id: i64, groups: &[Group]) -> Tally {
    let by_name = key.with(name.as_str());
    let is_exact = meant(&by_name)
        .is_some_and(|meant| groups.iter().all(|group| meant.iter().any(|value| names(value, group)) == (group.id == id)));
    let of_id = if is_exact { by_name } else { key.with_number(id) };
    let (count, pressing) = sums(groups.iter().filter(|group| group.id == id));
    Tally { name, words: format!("is:open {of_id}"), count, pressing }
}

/// What the only condition of the words names.
fn meant(words: &str) -> Option<Vec<NameValue>> {
    match Query::parse(words).ok()?.terms.pop()?.filter {
        Filter::Name(_, values) => Some(values),
        _ => None,
    }
}

/// Whether a value of `client:` or `agent:` means the group, as the compiled condition does.
fn names(value: &NameValue, group: &Group) -> bool {
    let words = match value {
        NameValue::Words(words) => words,
        NameValue::Number(id) => return *id == group.id,
        NameValue::Me => return false,
    };
    let number = words.text.parse::<i64>().ok().filter(|_| !words.phrase);
    number == Some(group.id) || Pattern::of(words).is_some_and(|pattern| pattern.fits(&group.key))
}
