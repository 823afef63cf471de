//! The lookup tables, and what of the tickets follows from them.

use rusqlite::{Connection, types::Value};

use super::{
    super::{
        Applied,
        row::{colour_number, text},
        words::{Index, Touched},
    },
    table::Table,
};
use crate::{
    domain::{Agent, Allowance, Priority, Sla, Status, Team, TicketType, Workday},
    query::folded_words,
    text::Untrusted,
};

const EVERYTHING: &str = "1";

pub(super) fn statuses(conn: &Connection, all: &[Status]) -> rusqlite::Result<Applied> {
    const STATUSES: Table =
        Table { name: "statuses", keys: &["id"], columns: &["name", "colour", "sequence", "holds_sla", "closed", "sort_key"] };
    let row = |status: &Status| {
        vec![
            status.id.0.into(),
            text(&status.name),
            colour_number(status.colour),
            status.sequence.into(),
            status.holds_sla.into(),
            status.closed.into(),
            // The order of Halo's menus; the id keeps two of one place apart.
            status.sequence.saturating_mul(1_000_000).saturating_add(status.id.0).into(),
        ]
    };
    let applied = STATUSES.replace(conn, EVERYTHING, all.iter().map(row).collect())?;
    if applied.written > 0 {
        // The rule for closed is that of `Keys::is_closed`.
        conn.execute(
            "UPDATE tickets SET status_key = new.key, is_closed = new.closed FROM (SELECT t.id AS id, \
             coalesce(s.sort_key, 9223372036854775807) AS key, coalesce(s.closed, CASE \
             WHEN t.closed IS NOT NULL OR t.pass = 2 THEN 1 WHEN t.pass = 1 THEN 0 ELSE t.is_closed END) AS closed \
             FROM tickets AS t LEFT JOIN statuses AS s ON s.id = t.status_id) AS new \
             WHERE new.id = tickets.id AND (tickets.status_key <> new.key OR tickets.is_closed <> new.closed)",
            [],
        )?;
    }
    Ok(applied)
}

pub(super) fn priorities(conn: &Connection, all: &[Priority]) -> rusqlite::Result<Applied> {
    const PRIORITIES: Table = Table {
        name: "priorities",
        keys: &["sla_id", "id"],
        columns: &["name", "colour", "hidden", "respond", "respond_in_days", "fix", "fix_in_days"],
    };
    let allowance = |allowance: Option<Allowance>| match allowance {
        Some(Allowance::Minutes(minutes)) => [minutes.into(), false.into()],
        Some(Allowance::Days(minutes)) => [minutes.into(), true.into()],
        None => [Value::Null, false.into()],
    };
    let row = |priority: &Priority| {
        let (respond, fix) = (allowance(priority.respond), allowance(priority.fix));
        let named = [
            priority.sla_id.0.into(),
            priority.id.0.into(),
            text(&priority.name),
            colour_number(priority.colour),
            priority.hidden.into(),
        ];
        named.into_iter().chain(respond).chain(fix).collect()
    };
    PRIORITIES.replace(conn, EVERYTHING, all.iter().map(row).collect())
}

pub(super) fn teams(conn: &Connection, all: &[Team]) -> rusqlite::Result<Applied> {
    const TEAMS: Table = Table { name: "teams", keys: &["id"], columns: &["name", "inactive", "name_key"] };
    let row = |team: &Team| vec![team.id.0.into(), text(&team.name), team.inactive.into(), folded(&team.name)];
    let applied = TEAMS.replace(conn, EVERYTHING, all.iter().map(row).collect())?;
    if applied.written > 0 {
        // A row that brings its team's name keeps to it.
        follow(conn, "team_key", "teams", "team_id", "t.team_name = ''")?;
    }
    Ok(applied)
}

pub(super) fn ticket_types(conn: &Connection, all: &[TicketType]) -> rusqlite::Result<Applied> {
    const TYPES: Table = Table { name: "ticket_types", keys: &["id"], columns: &["name", "name_key"] };
    let row = |kind: &TicketType| vec![kind.id.0.into(), text(&kind.name), folded(&kind.name)];
    let applied = TYPES.replace(conn, EVERYTHING, all.iter().map(row).collect())?;
    if applied.written > 0 {
        follow(conn, "type_key", "ticket_types", "ticket_type_id", EVERYTHING)?;
    }
    Ok(applied)
}

pub(super) fn slas(conn: &Connection, all: &[Sla]) -> rusqlite::Result<Applied> {
    const SLAS: Table = Table { name: "slas", keys: &["id"], columns: &["name", "workday_id", "no_response", "no_fix"] };
    let row =
        |sla: &Sla| vec![sla.id.0.into(), text(&sla.name), sla.workday_id.0.into(), sla.no_response.into(), sla.no_fix.into()];
    let applied = SLAS.replace(conn, EVERYTHING, all.iter().map(row).collect())?;
    if applied.written > 0 {
        // The rule is that of `Keys`. A target that counts again comes with the ticket's row, when it is read anew.
        for (target, none) in [("respond_by", "no_response"), ("fix_by", "no_fix")] {
            let of = format!("sla_id IN (SELECT id FROM slas WHERE {none})");
            conn.execute(&format!("UPDATE tickets SET {target} = NULL WHERE {target} IS NOT NULL AND {of}"), [])?;
        }
    }
    Ok(applied)
}

pub(super) fn workdays(conn: &Connection, all: &[Workday]) -> rusqlite::Result<Applied> {
    const WORKDAYS: Table = Table { name: "workdays", keys: &["id"], columns: &["hours"] };
    let json = |workday: &Workday| serde_json::to_string(workday).unwrap_or_default();
    WORKDAYS.replace(conn, EVERYTHING, all.iter().map(|workday| vec![workday.id.0.into(), Value::Text(json(workday))]).collect())
}

pub(super) fn agents(conn: &Connection, all: &[Agent]) -> rusqlite::Result<Applied> {
    const AGENTS: Table = Table {
        name: "agents",
        keys: &["id"],
        columns: &["name", "email", "initials", "colour", "disabled", "api", "team", "name_key"],
    };
    let row = |agent: &Agent| {
        vec![
            agent.id.0.into(),
            text(&agent.name),
            text(&agent.email),
            text(&agent.initials),
            colour_number(agent.colour),
            agent.disabled.into(),
            agent.api.into(),
            text(&agent.team),
            // Nobody is no name to find or to order by.
            if agent.id.is_assigned() { folded(&agent.name) } else { String::new().into() },
        ]
    };
    let applied = AGENTS.replace(conn, EVERYTHING, all.iter().map(row).collect())?;
    if applied.written > 0 {
        let index = Index::new(conn)?;
        for ticket in follow(conn, "agent_key", "agents", "agent_id", EVERYTHING)? {
            index.refresh(ticket, Touched { names: true, ..Touched::default() })?;
        }
    }
    Ok(applied)
}

fn folded(name: &Untrusted) -> Value {
    Value::Text(folded_words(name.as_stored()))
}

/// Makes a key of the tickets in `scope` follow from the lookup table again; answers the tickets for which it changed.
fn follow(conn: &Connection, key: &str, table: &str, number: &str, scope: &str) -> rusqlite::Result<Vec<i64>> {
    let sql = format!(
        "UPDATE tickets SET {key} = new.key FROM (SELECT t.id AS id, coalesce(l.name_key, '') AS key \
         FROM tickets AS t LEFT JOIN {table} AS l ON l.id = t.{number} WHERE {scope}) AS new \
         WHERE new.id = tickets.id AND tickets.{key} <> new.key RETURNING tickets.id"
    );
    conn.prepare(&sql)?.query_map([], |row| row.get(0))?.collect()
}
