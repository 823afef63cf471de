//! `/Agent` and `/Team`.

use serde_json::{Map, Value, json};

use super::Ask;
use super::page::Page;
use super::ticket_record::object;
use crate::demo::answer::Answer;
use crate::demo::world::World;
use crate::demo::world::tables::{self, AGENTS, API_AGENT, Agent, TEAMS, UNASSIGNED};

/// `GET /Agent`: a plain array, or `results` where it is paged.
pub(super) fn list(ask: &mut Ask<'_>) -> Answer {
    let (world, params) = (&*ask.world, &ask.params);
    let needle = params.needle("search");
    // Which of these are left out by default is not documented; only what the query says is left out here.
    let found = AGENTS.iter().filter(|agent| {
        (params.switch("includedisabled") != Some(false) || !agent.disabled)
            && (params.switch("includeenabled") != Some(false) || agent.disabled)
            && (params.switch("includeunassigned") != Some(false) || agent.id != UNASSIGNED)
            && (params.switch("includeapiagents") != Some(false) || !agent.api)
            && needle.as_ref().is_none_or(|needle| agent.name().to_lowercase().contains(needle.as_str()))
    });
    if !params.on("pageinate") {
        return Answer::ok(found.map(|agent| Value::Object(row(world, agent))).collect());
    }
    let page = Page::of(params, super::clients::CAP);
    let (total, rows) = page.cut(found, |agent| Value::Object(row(world, agent)));
    Answer::ok(Value::Object(page.envelope("results", total, rows)))
}

/// `GET /Agent/me`: whom the token acts for.
pub(super) fn me(ask: &mut Ask<'_>) -> Answer {
    one(ask, API_AGENT.into())
}

/// `GET /Agent/{id}`.
pub(super) fn one(ask: &mut Ask<'_>, id: u32) -> Answer {
    let Some(agent) = u8::try_from(id).ok().and_then(tables::agent_of) else {
        return Answer::missing();
    };
    let mut detail = row(ask.world, agent);
    detail.extend(object(json!({
        "datecreated": "2026-01-05T00:00:00",
        "roles": [{"role_id": "3", "role_name": if agent.api { "API" } else { "Agent" }}],
        "language_id": -1,
        "pagesize": 50,
    })));
    Answer::ok(Value::Object(detail))
}

fn row(world: &World, agent: &Agent) -> Map<String, Value> {
    let (team, person) = (tables::team_name(agent.team), !agent.last.is_empty());
    let initials: String = [agent.first, agent.last].iter().filter_map(|name| name.chars().next()).collect();
    let mut row = object(json!({
        "id": agent.id,
        "name": agent.name(),
        "onlinestatus_actual": 0,
        "onlinestatus": 0,
        "is_online": person && !agent.disabled && !agent.id.is_multiple_of(3),
        "lastonline": "",
        "team": team,
        "isdisabled": agent.disabled,
        "email": agent.email(),
        "initials": if person { initials.as_str() } else { "" },
        "firstname": if person { agent.first } else { "" },
        "surname": agent.last,
        "colour": if agent.id == UNASSIGNED { "#cccccc" } else { "#2bd3c6" },
        "jobtitle": agent.title,
        "sms": "",
        "extensionnumber": "",
        "is_agent": true,
        "one_client": -1,
        "isapiagent": agent.api,
        "use": "agent",
        "licence_type": 0,
        "ticket_count": world.open_where(|key| key.agent == agent.id),
    }));
    if agent.team > 0 {
        row.insert("teams".to_owned(), memberships(agent, team));
    }
    row
}

fn memberships(agent: &Agent, team: &str) -> Value {
    json!([{
        "id": u32::from(agent.id) * 10,
        "agent_id": agent.id,
        "agent_name": agent.name(),
        "team_id": agent.team,
        "team_name": team,
        "department_id": TEAMS.iter().find(|team| team.id == agent.team).map_or(1, |team| team.department.0),
        "in_section": true,
        "is_manager": agent.id == 3,
        "fortickets": true,
        "foropps": false,
        "forprojects": agent.team == tables::PROJECTS,
    }])
}

/// `GET /Team`.
pub(super) fn teams(ask: &mut Ask<'_>) -> Answer {
    let teams = TEAMS.iter().zip(1..).map(|(team, sequence)| {
        json!({
            "id": team.id,
            "guid": format!("aa000000-0000-4000-8000-{:012}", team.id),
            "name": team.name,
            "sequence": sequence,
            "forrequests": true,
            "foropps": false,
            "forprojects": team.id == tables::PROJECTS,
            "ticket_count": ask.world.open_where(|key| key.team == team.id),
            "department_id": team.department.0,
            "department_name": team.department.1,
            "inactive": false,
            "override_column_id": 0,
            "use": "team",
        })
    });
    Answer::ok(teams.collect())
}
