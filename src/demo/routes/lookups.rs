//! `/Status`, `/Priority`, `/SLA`, `/TicketType`, `/Outcome`, `/ViewLists`, `/Workday`: plain arrays.

use serde_json::{Value, json};

use super::Ask;
use crate::demo::answer::Answer;
use crate::demo::world::tables::{self, KINDS, OUTCOMES, PRIORITIES, Priority, SLAS, STATUSES, Scope, VIEWS};
use crate::demo::world::time;

/// `GET /Status`; its own `type` parameter does nothing, as on HaloPSA.
pub(super) fn statuses(ask: &mut Ask<'_>) -> Answer {
    let open_only = ask.params.on("excludeclosed");
    let found = STATUSES.iter().zip(1..).filter(|(status, _)| !(open_only && status.closed));
    let rows = found.map(|(status, sequence)| {
        json!({
            "id": status.id,
            "guid": format!("9c000000-0000-4000-8000-{:012}", status.id),
            "name": status.name,
            "shortname": status.name,
            "type": status.domain,
            "sequence": sequence,
            "colour": status.colour,
            "slaaction": status.sla_action,
            "showonquickchange": true,
            "timeuntilloffhold": 0.0,
            "statuschangeto": -1,
            "useworkinghours": 0,
            "includeinloadbalance": true,
            "ticket_count": ask.world.open_where(|key| key.status == status.id),
        })
    });
    Answer::ok(rows.collect())
}

/// `GET /Priority`.
pub(super) fn priorities(ask: &mut Ask<'_>) -> Answer {
    let sla = ask.params.id("slaid");
    let found = PRIORITIES.iter().filter(|row| sla.is_none_or(|sla| sla == u32::from(row.sla)));
    Answer::ok(found.map(priority).collect())
}

/// One priority; its `id` is a GUID, the number is `priorityid`.
pub(super) fn priority(row: &Priority) -> Value {
    json!({
        "id": format!("7d0c3a52-51f4-4b0e-9a7e-0c1d5e6f{:02x}{:02x}", 0x79 + row.sla, row.id),
        "slaid": row.sla,
        "priorityid": row.id,
        "name": row.name,
        "fixtime": row.fix.0,
        "fixunits": row.fix.1,
        "enterslaexcuse": false,
        "responsetime": row.respond.0,
        "responseunits": row.respond.1,
        "ishidden": row.hidden,
        "fixendofday": false,
        "responseendofday": false,
        "colour": row.colour,
        "workdaysoverride": -1,
        "responsestartofday": false,
        "responsestartofdaytime": "00:00:00",
        "startofday": false,
        "startofdaytime": "00:00:00",
        "setfixtostartdate": false,
        "setfixtotargetdate": false,
    })
}

/// `GET /SLA`.
pub(super) fn slas() -> Answer {
    let rows = SLAS.iter().map(|sla| {
        json!({
            "id": sla.id,
            "name": sla.name,
            "workday_id": sla.workday,
            "trackslafixbytime": true,
            "trackslaresponsetime": sla.tracks_response,
        })
    });
    Answer::ok(rows.collect())
}

/// `GET /TicketType`.
pub(super) fn ticket_types(ask: &mut Ask<'_>) -> Answer {
    let everything = ask.params.on("showall");
    let found = KINDS.iter().zip(0_u8..).filter(|(kind, _)| everything || kind.agents_can_select);
    let rows = found.map(|(kind, place)| {
        json!({
            "id": kind.id,
            "guid": format!("bb000000-0000-4000-8000-{:012}", kind.id),
            "name": kind.name,
            "use": "tickettype",
            "sequence": kind.id,
            "default_sla": kind.sla,
            "default_priority": 0,
            "group_id": kind.group.0,
            "group_name": kind.group.1,
            "ticket_count": ask.world.open_where(|key| key.class.kind() == place),
            "cancreate": kind.agents_can_select,
            "agentscanselect": kind.agents_can_select,
            "enduserscanselect": true,
            "anonymouscanselect": false,
            "itilrequesttype": kind.itil,
            "allowattachments": true,
            "is_sprint": false,
        })
    });
    Answer::ok(rows.collect())
}

/// `GET /Outcome`.
pub(super) fn outcomes(ask: &mut Ask<'_>) -> Answer {
    let everything = ask.params.on("showhidden");
    let rows = OUTCOMES.iter().zip(1..).filter(|(outcome, _)| everything || !outcome.hidden).map(|(outcome, sequence)| {
        json!({
            "id": outcome.id,
            "outcome": outcome.name,
            "buttonname": outcome.name,
            "sequence": sequence,
            "hidden": outcome.hidden,
            "systemid": outcome.system,
            "hidefromuser": outcome.hides,
            "newstatus": outcome.new_status,
        })
    });
    Answer::ok(rows.collect())
}

/// `GET /ViewLists`.
pub(super) fn views(ask: &mut Ask<'_>) -> Answer {
    let now = ask.now();
    let world = &*ask.world;
    let counts = ask.params.on("showcounts");
    let rows = VIEWS.iter().zip(1..).map(|((id, name, scope), sequence)| {
        let (agent, team) = match scope {
            Scope::OfAgent(agent) => (*agent, 0),
            Scope::OfTeam(team) => (0, *team),
            _ => (0, 0),
        };
        let mut row = json!({
            "id": id,
            "name": name,
            "use": "reqs",
            "type": 0,
            "type_name": "Tickets",
            "sequence": sequence,
            "restriction_type": if agent > 0 { 2 } else { 0 },
            "agent_id": agent,
            "team_id": team,
            "filter_profile_id": id,
            "column_profile_id": tables::profile_of(*scope).id,
            "column_profile_name": tables::profile_of(*scope).name,
            "showcounts": counts,
        });
        if let (true, Some(row)) = (counts, row.as_object_mut()) {
            let count =
                world.keys().filter(|(index, key)| !key.class.is_deleted() && world.within(*scope, *index, key, now)).count();
            row.insert("ticket_count".to_owned(), json!(count));
        }
        if let (true, Some(row)) = (agent > 0, row.as_object_mut()) {
            row.insert("agent_name".to_owned(), json!(tables::agent_name(agent)));
        }
        row
    });
    Answer::ok(rows.collect())
}

/// The days on which the office is closed.
fn holidays(year: &str) -> Value {
    let day = |name: &str, first: &str, last: &str| {
        json!({
            "name": name,
            "date": format!("{year}-{first}T00:00:00"),
            "end_date": format!("{year}-{last}T00:00:00"),
            "allday": true,
        })
    };
    json!([day("New Year", "01-01", "01-01"), day("Christmas", "12-25", "12-26")])
}

/// `GET /Workday`; its holidays only where they are asked for.
pub(super) fn workdays(ask: &mut Ask<'_>) -> Answer {
    let year = time::stamp(time::whole(ask.now())).get(..4).unwrap_or_default().to_owned();
    let told = ask.params.on("showholidays");
    let day = |id: u8, name: &str, (start, end): (&str, &str), weekend: bool| {
        json!({
            "id": id,
            "guid": format!("cc000000-0000-4000-8000-{id:012}"),
            "name": name,
            "timezone": "GMT Standard Time",
            "start": format!("1900-01-01T{start}"),
            "end": format!("1900-01-01T{end}"),
            "incmonday": true,
            "inctuesday": true,
            "incwednesday": true,
            "incthursday": true,
            "incfriday": true,
            "incsaturday": weekend,
            "incsunday": weekend,
            "alldayssame": true,
            "holidays": if told && !weekend { holidays(&year) } else { json!([]) },
        })
    };
    let days =
        [day(1, "Office hours", ("08:00:00", "18:00:00"), false), day(2, "Round the clock", ("00:00:00", "23:59:59"), true)];
    Answer::ok(days.into_iter().collect())
}
