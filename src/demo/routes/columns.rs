//! `/ViewColumns`: the profiles of columns that lists are shown with.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::Ask;
use crate::demo::answer::Answer;
use crate::demo::world::tables::{API_AGENT, PROFILES, Profile};

/// `GET /ViewColumns`: the profiles by name, without their columns.
pub(super) fn list(ask: &mut Ask<'_>) -> Answer {
    let other_kind = ask.params.text("type").is_some_and(|kind| kind != "reqs");
    let seen = PROFILES.iter().filter(|profile| !other_kind && profile.agent.is_none_or(|agent| agent == API_AGENT));
    Answer::ok(seen.map(|profile| Value::Object(head(profile))).collect())
}

/// `GET /ViewColumns/{id}`: a profile, its columns where details are asked for.
pub(super) fn one(ask: &mut Ask<'_>, id: u32) -> Answer {
    let Some(profile) = PROFILES.iter().find(|profile| profile.id == id) else { return Answer::missing() };
    if profile.agent.is_some_and(|agent| agent != API_AGENT) {
        return Answer::Nothing(StatusCode::FORBIDDEN);
    }
    let mut row = head(profile);
    if ask.params.on("includedetails") {
        row.insert("columns".to_owned(), columns(profile));
    }
    Answer::ok(Value::Object(row))
}

fn head(profile: &Profile) -> serde_json::Map<String, Value> {
    let row = json!({
        "id": profile.id,
        "guid": format!("dd000000-0000-4000-8000-{:012}", profile.id),
        "name": profile.name,
        "type": 0,
        "type_name": "Tickets",
        "restriction_type": if profile.agent.is_some() { 2 } else { 0 },
        "agent_id": profile.agent.unwrap_or(0),
        "team_id": 0,
        "use_dashboard": false,
    });
    match row {
        Value::Object(row) => row,
        _ => serde_json::Map::new(),
    }
}

/// The columns as they stand in a profile, and in a list of tickets that was asked for with them.
pub(super) fn columns(profile: &Profile) -> Value {
    let rows = profile.columns.iter().zip(1..).map(|(column, place)| {
        let mut row = json!({
            "id": profile.id * 100 + place,
            "columns_id": profile.id,
            "column_seq": place,
            "column_name": column.0,
            "width": column.1,
        });
        // Only those that the rows go by say how.
        if let (Some((rank, descending)), Some(row)) = (column.2, row.as_object_mut()) {
            row.insert("order_seq".to_owned(), json!(rank));
            row.insert("order_desc".to_owned(), json!(descending));
        }
        row
    });
    rows.collect()
}
