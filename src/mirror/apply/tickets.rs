//! Tickets: newer rows replace older ones, what a row doesn't carry is kept.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params_from_iter, types::Value};

use super::{
    super::{
        Applied, Pass,
        row::{self, millis, text},
        words::{Index, Indexed, Touched, fold_note},
    },
    body,
};
use crate::{
    domain::{AgentId, ClientId, PriorityId, SiteId, SlaId, StatusId, TeamId, TicketId, TicketRecord, TicketTypeId, UserId},
    query::folded_words,
    text::Untrusted,
};

const COLUMNS: [&str; 37] = [
    "id",
    "summary",
    "client_id",
    "client_name",
    "site_id",
    "site_name",
    "user_id",
    "user_name",
    "agent_id",
    "team_id",
    "team_name",
    "status_id",
    "priority_id",
    "sla_id",
    "ticket_type_id",
    "category",
    "opened",
    "closed",
    "last_action",
    "last_update",
    "respond_by",
    "responded",
    "fix_by",
    "on_hold",
    "excluded_from_sla",
    "vip",
    "attachments",
    "unreadable",
    "pass",
    "is_closed",
    "client_key",
    "user_key",
    "agent_key",
    "site_key",
    "team_key",
    "type_key",
    "status_key",
];
/// Where the columns stand that the word index is made of.
const SUMMARY: usize = 1;
const NAMES: std::ops::Range<usize> = 30..33;

static INSERT: LazyLock<String> =
    LazyLock::new(|| format!("INSERT INTO tickets ({}) VALUES ({})", COLUMNS.join(", "), ["?"; COLUMNS.len()].join(", ")));
static STORED: LazyLock<String> = LazyLock::new(|| format!("SELECT {} FROM tickets WHERE id = ?", COLUMNS.join(", ")));

pub(super) fn apply(conn: &Connection, records: &[TicketRecord], pass: Pass, now: Timestamp) -> rusqlite::Result<Applied> {
    let keys = Keys::load(conn)?;
    let index = Index::new(conn)?;
    let bodies = super::super::bodies::are_kept(conn)?;
    let mut writing = Writing { conn, keys, bodies, now, words: Vec::new(), came: (0, 0) };
    let mut applied = Applied::default();
    // Rows come newest first; written in the order of their numbers they fill the database's pages.
    let mut in_order: Vec<&TicketRecord> = records.iter().collect();
    in_order.sort_by_key(|record| record.id);
    for record in in_order {
        let stored = stored(conn, record.id)?;
        let outcome = match stored {
            None => Some(writing.insert(record, pass)?),
            Some(stored) => writing.update(record, &stored, pass)?,
        };
        match outcome {
            None => applied.stale += 1,
            Some(false) => applied.unchanged += 1,
            Some(true) => {
                applied.written += 1;
                applied.ids.push(record.id.0);
            }
        }
    }
    count(conn, writing.came)?;
    // At the end, not row by row: a statement that writes several rows has the index put what it holds on the disk first.
    for words in writing.words {
        match words {
            Words::Of(words) => index.insert(&words)?,
            Words::Again(ticket, touched) => index.refresh(ticket, touched)?,
        }
    }
    Ok(applied)
}

/// Counts new tickets: how many came, and how many of these are open.
fn count(conn: &Connection, (all, open): (i64, i64)) -> rusqlite::Result<()> {
    let mut statement = conn.prepare_cached("UPDATE counts SET n = n + ?2 WHERE what = ?1")?;
    for (what, n) in [("tickets", all), ("open", open)].into_iter().filter(|(_, n)| *n > 0) {
        statement.execute((what, n))?;
    }
    Ok(())
}

/// What is to be done in the word index.
enum Words {
    /// The words of a ticket that was not there before.
    Of(Indexed),
    /// Words to be read from the tables again.
    Again(i64, Touched),
}

/// What is there of a ticket.
struct Stored {
    record: TicketRecord,
    pass: Pass,
    is_closed: bool,
    values: Vec<Value>,
}

/// What one batch is written with.
struct Writing<'a> {
    conn: &'a Connection,
    keys: Keys,
    /// Whether texts are stored.
    bodies: bool,
    now: Timestamp,
    words: Vec<Words>,
    /// How many tickets were not there before, and how many of these are open.
    came: (i64, i64),
}

impl Writing<'_> {
    fn insert(&mut self, record: &TicketRecord, pass: Pass) -> rusqlite::Result<bool> {
        let is_closed = self.keys.is_closed(record, pass, false);
        let values = values(record, pass, is_closed, &self.keys);
        self.conn.prepare_cached(&INSERT)?.execute(params_from_iter(&values))?;
        self.came = (self.came.0 + 1, self.came.1 + i64::from(!is_closed));
        if self.bodies {
            body::write(self.conn, record, self.now)?;
        }
        let extended = body::write_extras(self.conn, record)?;
        if extended || self.conn.prepare_cached("SELECT 1 FROM actions WHERE ticket_id = ?")?.exists([record.id.0])? {
            self.words.push(Words::Again(record.id.0, Touched::NEW));
            return Ok(true);
        }
        let mut values = values;
        let mut word = |at: usize| match values.get_mut(at) {
            Some(Value::Text(text)) => std::mem::take(text),
            _ => String::new(),
        };
        let mut rest = String::new();
        if self.bodies {
            fold_note(&mut rest, record.details.as_stored(), record.details_html.as_ref().map(Untrusted::as_stored));
        }
        let [client, user, agent] = [word(NAMES.start), word(NAMES.start + 1), word(NAMES.start + 2)];
        let summary = folded_words(record.summary.as_stored());
        self.words.push(Words::Of(Indexed { id: record.id.0, summary, client, user, agent, rest }));
        Ok(true)
    }

    /// `None` where the record is older than what is there.
    fn update(&mut self, record: &TicketRecord, stored: &Stored, pass: Pass) -> rusqlite::Result<Option<bool>> {
        let (conn, id) = (self.conn, record.id.0);
        if let Some(reason) = &record.unreadable {
            let mut statement =
                conn.prepare_cached("UPDATE tickets SET unreadable = ?2 WHERE id = ?1 AND unreadable IS NOT ?2")?;
            return Ok(Some(statement.execute((id, reason))? > 0));
        }
        // A row without a date can't be told to be older. One that never was readable says nothing of its age.
        let older = record.last_update.is_some_and(|new| millis(Some(new)) < millis(stored.record.last_update));
        if older {
            return Ok(None);
        }
        let merged = merge(record, &stored.record);
        // A pass that says nothing leaves in force what an earlier one said of the same status.
        let pass = if pass == Pass::Any && merged.status_id == stored.record.status_id { stored.pass } else { pass };
        let was_closed = stored.is_closed && merged.status_id == stored.record.status_id;
        let is_closed = self.keys.is_closed(&merged, pass, was_closed);
        let new = values(&merged, pass, is_closed, &self.keys);
        let changed: Vec<usize> = (0..COLUMNS.len()).filter(|column| new.get(*column) != stored.values.get(*column)).collect();
        let rewritten = !changed.is_empty();
        if rewritten {
            // Only the indexes of the columns named are touched.
            let sets: Vec<String> = changed.iter().filter_map(|column| Some(format!("{} = ?", COLUMNS.get(*column)?))).collect();
            let sql = format!("UPDATE tickets SET {} WHERE id = {id}", sets.join(", "));
            conn.prepare_cached(&sql)?.execute(params_from_iter(changed.iter().filter_map(|column| new.get(*column))))?;
        }
        let reworded = self.bodies && body::write(conn, record, self.now)?;
        let extended = body::write_extras(conn, record)?;
        // Most changes are of a status or a date: they leave the word index alone.
        let touched = Touched {
            summary: changed.contains(&SUMMARY),
            names: changed.iter().any(|column| NAMES.contains(column)),
            rest: reworded || extended,
        };
        self.words.push(Words::Again(id, touched));
        Ok(Some(rewritten || reworded || extended))
    }
}

/// The new record with what it doesn't carry taken from the old one.
fn merge(new: &TicketRecord, old: &TicketRecord) -> TicketRecord {
    let name = |new: &Untrusted, old: &Untrusted, same: bool| if new.is_empty() && same { old.clone() } else { new.clone() };
    TicketRecord {
        client_name: name(&new.client_name, &old.client_name, new.client_id == old.client_id),
        site_name: name(&new.site_name, &old.site_name, new.site_id == old.site_id),
        user_name: name(&new.user_name, &old.user_name, new.user_id == old.user_id),
        team_name: name(&new.team_name, &old.team_name, new.team_id == old.team_id),
        // Of an older status the old date says nothing: the ticket may have been opened again.
        closed: new.closed.or(old.closed.filter(|_| new.status_id == old.status_id)),
        responded: new.responded.or(old.responded),
        last_update: new.last_update.or(old.last_update),
        ..new.clone()
    }
}

fn values(record: &TicketRecord, pass: Pass, is_closed: bool, keys: &Keys) -> Vec<Value> {
    let folded = |text: &Untrusted| Value::Text(folded_words(text.as_stored()));
    vec![
        record.id.0.into(),
        text(&record.summary),
        record.client_id.0.into(),
        text(&record.client_name),
        record.site_id.0.into(),
        text(&record.site_name),
        record.user_id.0.into(),
        text(&record.user_name),
        record.agent_id.0.into(),
        record.team_id.0.into(),
        text(&record.team_name),
        record.status_id.0.into(),
        record.priority_id.0.into(),
        record.sla_id.0.into(),
        record.ticket_type_id.0.into(),
        text(&record.category),
        millis(record.opened).into(),
        millis(record.closed).into(),
        millis(record.last_action).into(),
        millis(record.last_update).into(),
        millis(record.respond_by.filter(|_| !keys.no_response.contains(&record.sla_id.0))).into(),
        millis(record.responded).into(),
        millis(record.fix_by.filter(|_| !keys.no_fix.contains(&record.sla_id.0))).into(),
        record.on_hold.into(),
        record.excluded_from_sla.into(),
        record.vip.into(),
        i64::from(record.attachments).into(),
        record.unreadable.clone().into(),
        pass_number(pass).into(),
        is_closed.into(),
        folded(&record.client_name),
        folded(&record.user_name),
        Value::Text(keys.agent_key(record.agent_id.0)),
        folded(&record.site_name),
        Value::Text(keys.team_key(record.team_id.0, &record.team_name)),
        Value::Text(keys.type_key(record.ticket_type_id.0)),
        keys.status_key(record.status_id.0).into(),
    ]
}

fn stored(conn: &Connection, id: TicketId) -> rusqlite::Result<Option<Stored>> {
    conn.prepare_cached(&STORED)?.query_row([id.0], read).optional()
}

fn read(row: &Row<'_>) -> rusqlite::Result<Stored> {
    let record = TicketRecord {
        id: TicketId(row.get(0)?),
        summary: row::untrusted(row, 1)?,
        client_id: ClientId(row.get(2)?),
        client_name: row::untrusted(row, 3)?,
        site_id: SiteId(row.get(4)?),
        site_name: row::untrusted(row, 5)?,
        user_id: UserId(row.get(6)?),
        user_name: row::untrusted(row, 7)?,
        agent_id: AgentId(row.get(8)?),
        team_id: TeamId(row.get(9)?),
        team_name: row::untrusted(row, 10)?,
        status_id: StatusId(row.get(11)?),
        priority_id: PriorityId(row.get(12)?),
        sla_id: SlaId(row.get(13)?),
        ticket_type_id: TicketTypeId(row.get(14)?),
        category: row::untrusted(row, 15)?,
        opened: row::time(row, 16)?,
        closed: row::time(row, 17)?,
        last_action: row::time(row, 18)?,
        last_update: row::time(row, 19)?,
        respond_by: row::time(row, 20)?,
        responded: row::time(row, 21)?,
        fix_by: row::time(row, 22)?,
        on_hold: row.get(23)?,
        excluded_from_sla: row.get(24)?,
        vip: row.get(25)?,
        attachments: row::small(row, 26)?,
        unreadable: row.get(27)?,
        // The bodies stand in a table of their own and are merged there.
        details: Untrusted::default(),
        details_html: None,
        extras: None,
    };
    let pass = match row.get::<_, i64>(28)? {
        1 => Pass::OpenOnly,
        2 => Pass::ClosedOnly,
        _ => Pass::Any,
    };
    let values = (0..COLUMNS.len()).map(|column| row.get(column)).collect::<Result<_, _>>()?;
    Ok(Stored { record, pass, is_closed: row.get(29)?, values })
}

fn pass_number(pass: Pass) -> i64 {
    match pass {
        Pass::Any => 0,
        Pass::OpenOnly => 1,
        Pass::ClosedOnly => 2,
    }
}

/// What of the lookup tables goes into the tickets' rows.
struct Keys {
    /// Its place in menus, and whether it closes, where that is known.
    statuses: HashMap<i64, (i64, Option<bool>)>,
    types: HashMap<i64, String>,
    teams: HashMap<i64, String>,
    agents: HashMap<i64, String>,
    /// SLAs under which the first response has no target.
    no_response: HashSet<i64>,
    /// And those under which the fix has none.
    no_fix: HashSet<i64>,
}

impl Keys {
    fn load(conn: &Connection) -> rusqlite::Result<Self> {
        let names = |sql: &str| -> rusqlite::Result<HashMap<i64, String>> {
            let mut statement = conn.prepare_cached(sql)?;
            statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
        };
        let numbers = |sql: &str| -> rusqlite::Result<HashSet<i64>> {
            conn.prepare_cached(sql)?.query_map([], |row| row.get(0))?.collect()
        };
        let mut statuses = conn.prepare_cached("SELECT id, sort_key, closed FROM statuses")?;
        Ok(Self {
            statuses: statuses.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?.collect::<Result<_, _>>()?,
            types: names("SELECT id, name_key FROM ticket_types")?,
            teams: names("SELECT id, name_key FROM teams")?,
            agents: names("SELECT id, name_key FROM agents")?,
            no_response: numbers("SELECT id FROM slas WHERE no_response")?,
            no_fix: numbers("SELECT id FROM slas WHERE no_fix")?,
        })
    }

    /// Closed is what the status says; where it says nothing, a date of closing, then the pass that brought the row, then what was
    /// known before.
    fn is_closed(&self, record: &TicketRecord, pass: Pass, before: bool) -> bool {
        match (self.statuses.get(&record.status_id.0).and_then(|(_, closed)| *closed), pass) {
            (Some(closed), _) => closed,
            (None, _) if record.closed.is_some() => true,
            (None, Pass::ClosedOnly) => true,
            (None, Pass::OpenOnly) => false,
            (None, Pass::Any) => before,
        }
    }

    /// Statuses in the order of Halo's menus, unknown ones last.
    fn status_key(&self, id: i64) -> i64 {
        self.statuses.get(&id).map_or(i64::MAX, |(key, _)| *key)
    }

    fn type_key(&self, id: i64) -> String {
        self.types.get(&id).cloned().unwrap_or_default()
    }

    fn agent_key(&self, id: i64) -> String {
        self.agents.get(&id).cloned().unwrap_or_default()
    }

    fn team_key(&self, id: i64, name: &Untrusted) -> String {
        if name.is_empty() { self.teams.get(&id).cloned().unwrap_or_default() } else { folded_words(name.as_stored()) }
    }
}
