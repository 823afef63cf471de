//! A ticket as JSON: the row of a list, and what the single ticket has beyond it.

use serde_json::{Map, Value, json};

use super::{attachments, lookups};
use crate::demo::world::World;
use crate::demo::world::customers::Client;
use crate::demo::world::dice::{Dice, Subject, mix};
use crate::demo::world::key::Key;
use crate::demo::world::tables;
use crate::demo::world::talk::{Act, Deed};
use crate::demo::world::time::{self, NO_DATE, Second};
use crate::demo::world::words::Story;

/// Of so many tickets in a row the first is the parent of the ones right after it.
const FAMILY: u32 = 16;
/// How many those are.
const CHILDREN: u32 = 2;

/// One ticket with all that its JSON is made from.
#[derive(Debug)]
pub(super) struct Ticket<'a> {
    world: &'a World,
    pub(super) index: u32,
    key: Key,
    pub(super) story: Story<'a>,
    now: Second,
}

impl<'a> Ticket<'a> {
    /// The ticket in this place, where there is one.
    pub(super) fn read(world: &'a World, index: u32, now: Second) -> Option<Self> {
        let key = *world.key(index)?;
        let story = Story::tell(world, index, &world.birth_key(index)?);
        Some(Self { world, index, key, story, now })
    }

    /// The row of a list.
    pub(super) fn row(&self) -> Map<String, Value> {
        let (key, story) = (&self.key, &self.story);
        let held = tables::status_of(key.status).is_some_and(|status| status.sla_action == "H");
        let targets = self.world.birth.targets(self.index, key);
        let (respond_by, fix_by, stood) = targets.map_or((0, 0, 0), |targets| targets);
        let kind = tables::kind_of(key.class.kind());
        let acts = self.world.acts(self.index);
        let mail_in =
            acts.iter().rev().find(|act| matches!(act.deed, Deed::MailIn(_) | Deed::Thanks)).map_or(0, |act| act.second);
        let scatter = mix(u64::from(self.index));
        let mut row = object(json!({
            "id": World::id(self.index),
            "dateoccurred": self.date(key.opened),
            "summary": story.summary(),
            "details": story.details(),
            "status_id": key.status,
            "tickettype_id": kind.id,
            "sla_id": key.class.sla(),
            "priority_id": key.class.priority(),
            "client_id": story.client.map_or(1, Client::id),
            "client_name": story.client.map_or("", |client| client.name.as_str()),
            "site_id": story.site_id,
            "site_name": story.site,
            "user_id": story.user.as_ref().map_or(0, |user| user.id),
            "user_name": story.user_name(),
            "team_id": key.team,
            "team": tables::team_name(key.team),
            "agent_id": key.agent,
            "category_1": story.scenario.category,
            "category_2": "",
            "category_3": "",
            "category_4": "",
        }));
        row.extend(object(json!({
            "estimate": 0.0,
            "estimatedays": 0.0,
            "child_count": self.children().len(),
            "attachment_count": key.files,
            "flagged": scatter.is_multiple_of(23),
            "read": key.status != tables::NEW && key.status != tables::UPDATED,
            "enduserstatus": 0,
            "onhold": held,
            "respondbydate": target(respond_by),
            "fixbydate": target(fix_by),
            "excludefromsla": targets.is_none(),
            "slaholdtime": hours(stood),
            "site_timezone": "",
            "lastactiondate": self.date(key.acted),
            "last_update": self.date(key.updated),
            "organisation_id": 1,
        })));
        row.extend(object(json!({
            "department_id": if key.team == tables::PROJECTS { 2 } else { 1 },
            "matched_kb_id": 0,
            "product_id": 0,
            "lastincomingemail": if mail_in > 0 { self.date(mail_in) } else { NO_DATE.to_owned() },
            "workflow_id": if key.class.kind() == tables::ALERT { -1 } else { 1 },
            "workflow_step": 0,
            "pipeline_stage_id": 0,
            "is_vip": story.client.is_some_and(|client| client.vip) || self.is_important(),
            "isimportantcontact": self.is_important(),
            "inactive": false,
            "impact": 1 + scatter % 3,
            "urgency": key.class.priority().min(3),
            "starttime": "00:00:00",
            "targettime": "00:00:00",
            "deadlinedate": NO_DATE,
            "cost": 0.0,
            "userdef1": "",
            "source": u8::from(key.class.kind() != tables::ALERT),
            "section_timezone": "",
            "guid": Dice::new(self.world.birth.seed, Subject::Guid, self.index.into()).guid(),
            "reviewed": false,
            "merged_into_id": 0,
            "table": 1,
            "use": "ticket",
            "ticketage": hours(self.end().saturating_sub(key.opened)),
            "itil_requesttype_id": kind.itil,
        })));
        if let Some(answered) = answered(&acts) {
            row.insert("responsedate".to_owned(), json!(self.date(answered)));
        }
        if !story.user_email().is_empty() {
            row.insert("reportedby".to_owned(), json!(story.user_email()));
            row.insert("user_email".to_owned(), json!(story.user_email()));
            row.insert("emailtolist".to_owned(), json!("support@halcyon-it.example"));
        }
        if key.closed > 0 {
            row.insert("dateclosed".to_owned(), json!(self.date(key.closed)));
            row.insert("hasbeenclosed".to_owned(), json!(true));
            // Unset fields are left out as a rule; a null comes through now and then.
            row.insert("parent_id".to_owned(), Value::Null);
        }
        if let Some(parent) = self.parent() {
            row.insert("parent_id".to_owned(), json!(parent));
        }
        row
    }

    /// The single ticket: the row with names resolved, the HTML body, the clock and what hangs on it.
    pub(super) fn detail(&self) -> Map<String, Value> {
        let (key, story) = (&self.key, &self.story);
        let acts = self.world.acts(self.index);
        let minutes: u32 = acts.iter().map(|act| u32::from(act.minutes)).sum();
        let files: Vec<Value> = attachments::of_ticket(self.world, self.index);
        let mut detail = self.row();
        detail.extend(object(json!({
            "status_name": tables::status_of(key.status).map_or("", |status| status.name),
            "tickettype_name": tables::kind_of(key.class.kind()).name,
            "agent_name": tables::agent_name(key.agent),
            "sla_name": tables::SLAS.iter().find(|sla| sla.id == key.class.sla()).map_or("", |sla| sla.name),
            "details_html": story.details_html(),
            "datecreated": self.date(key.opened),
            "takenby": if key.class.kind() == tables::ALERT { "Monitoring" } else { "Email" },
            "phonenumber": story.user.as_ref().map_or("", |user| user.phone.as_str()),
            "closure_note": if key.closed > 0 { json!(story.fix()) } else { Value::Null },
            "timetaken": f64::from(minutes) / 60.0,
            "nonbillable_time": 0.0,
            "workflow_name": "Incident Workflow",
            "contract_id": -1,
            "showforusers": true,
            "deleted": false,
            "customfields": [
                {"id": 149, "name": "CFAsset", "label": "Affected device", "type": 0, "value": "", "display": ""},
                {"id": 153, "name": "CFKit", "label": "Kit", "type": 3, "value": kit(self.index), "display": ""},
                {"id": 150, "name": "CFRemote", "label": "Remote access agreed", "type": 6, "value": true, "display": "Yes"},
            ],
            "assets": self.asset(),
            "attachments": files,
            "child_ticket_ids": self.children(),
            "todo_list": [],
            "_canupdate": true,
        })));
        if let Some(priority) = tables::priority_of(key.class.sla(), key.class.priority()) {
            detail.insert("priority".to_owned(), lookups::priority(priority));
        }
        if let Some((respond, fix, _)) = self.world.birth.targets(self.index, key) {
            let spent = f64::from(self.end().saturating_sub(key.opened)) / f64::from(fix.saturating_sub(key.opened).max(1));
            let left = (f64::from(fix) - f64::from(self.end())) / 3_600.0;
            let response = answered(&acts).unwrap_or_else(|| self.end());
            detail.extend(object(json!({
                "slaactiondate": target(fix),
                "slapercused": rounded(spent * 100.0),
                "slatimeleft": rounded(left),
                "currentelapsedhours": hours(self.end().saturating_sub(key.opened)),
                "slastate": if left < 0.0 { "O" } else { "I" },
                "slaresponsestate": if response > respond { "O" } else { "I" },
            })));
        }
        detail
    }

    /// Adds the names that the query asks for by `includestatus` and the like.
    pub(super) fn named_row(&self, wants: impl Fn(&str) -> bool) -> Map<String, Value> {
        let mut row = self.row();
        let key = &self.key;
        let names = [
            ("includestatus", "status_name", tables::status_of(key.status).map_or("", |status| status.name).to_owned()),
            ("includeagent", "agent_name", tables::agent_name(key.agent)),
            ("includetickettype", "tickettype_name", tables::kind_of(key.class.kind()).name.to_owned()),
        ];
        for (_, field, name) in names.into_iter().filter(|(asked, _, _)| wants(asked)) {
            row.insert(field.to_owned(), json!(name));
        }
        let acts = if wants("includelastnote") || wants("includetimetaken") { self.world.acts(self.index) } else { Vec::new() };
        if wants("includelastnote") && acts.iter().any(|act| act.deed == Deed::Note) {
            row.insert("lastnote".to_owned(), json!(self.story.note()));
        }
        if wants("includetimetaken") {
            let minutes: u32 = acts.iter().map(|act| u32::from(act.minutes)).sum();
            row.insert("timetaken".to_owned(), json!(f64::from(minutes) / 60.0));
        }
        if wants("includeslaactiondate") {
            let fix_by = self.world.birth.targets(self.index, key).map_or(0, |(_, fix, _)| fix);
            row.insert("slaactiondate".to_owned(), json!(target(fix_by)));
        }
        row
    }

    /// The tickets under this one: the next two, of every so many.
    fn children(&self) -> Vec<u32> {
        let leads = self.index.is_multiple_of(FAMILY);
        let ids = (1..=CHILDREN).filter(|_| leads).map(|nth| World::id(self.index + nth));
        ids.filter(|id| self.world.index(*id).is_some()).collect()
    }

    /// The ticket that this one is under.
    fn parent(&self) -> Option<u32> {
        let nth = self.index % FAMILY;
        let id = World::id(self.index - nth);
        ((1..=CHILDREN).contains(&nth) && self.world.index(id).is_some()).then_some(id)
    }

    /// The asset that every second ticket is about.
    fn asset(&self) -> Vec<Value> {
        let client = self.story.client.and_then(|client| Some((client, asset_place(client, self.index)?)));
        let row = client.map(|(client, place)| {
            let asset = self.world.customers.asset(client, place);
            json!({
                "id": asset.id,
                "inventory_number": asset.tag,
                "key_field": asset.tag,
                "assettype_name": asset.kind.1,
                "client_name": client.name,
            })
        });
        row.into_iter().collect()
    }

    /// Up to when the ticket aged.
    fn end(&self) -> Second {
        if self.key.closed > 0 { self.key.closed } else { self.now.max(self.key.opened) }
    }

    fn is_important(&self) -> bool {
        self.story.user.as_ref().is_some_and(|user| user.important)
    }

    /// A date of this ticket; of some tickets it bears a zone.
    fn date(&self, second: Second) -> String {
        date(self.index, second)
    }
}

/// A date of ticket `index`, with the fraction that belongs to it; every 16th ticket writes a `Z`.
pub(super) fn date(index: u32, second: Second) -> String {
    let mut text = time::stamp(time::tick(index, second));
    if index % 16 == 5 {
        text.push('Z');
    }
    text
}

/// A custom field with several choices, of some tickets; empty of most.
fn kit(index: u32) -> Value {
    match index % 5 {
        0 => json!([{"id": 2, "name": "Laptop"}, {"id": 4, "name": "ドック"}]),
        1 => json!([{"id": 3, "name": "Phone"}]),
        _ => json!([]),
    }
}

/// When the desk first answered.
fn answered(acts: &[Act]) -> Option<Second> {
    acts.iter().find(|act| matches!(act.deed, Deed::MailOut(_) | Deed::Closed)).map(|act| act.second)
}

/// An SLA's target: whole seconds, or HaloPSA's "no date".
fn target(second: Second) -> String {
    if second == 0 { NO_DATE.to_owned() } else { time::stamp(time::whole(second)) }
}

/// Seconds as hours.
fn hours(seconds: Second) -> f64 {
    rounded(f64::from(seconds) / 3_600.0)
}

/// Two digits after the point.
fn rounded(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

/// The members of a JSON object.
pub(super) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// The place of the client's asset that the ticket of this place is about, where it is about any.
pub(super) fn asset_place(client: &Client, index: u32) -> Option<u8> {
    let about = client.assets > 0 && index.is_multiple_of(2);
    about.then(|| u8::try_from(mix(u64::from(index)) % u64::from(client.assets)).unwrap_or(0))
}
