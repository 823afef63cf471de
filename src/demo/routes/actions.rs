//! `/Actions`: what was said and done.

use serde_json::{Value, json};

use super::Ask;
use super::page::Page;
use super::ticket_record::{Ticket, date, object};
use crate::demo::answer::Answer;
use crate::demo::params::Params;
use crate::demo::world::World;
use crate::demo::world::dice::{Dice, Subject};
use crate::demo::world::select::{Date, Filter, Order};
use crate::demo::world::tables;
use crate::demo::world::talk::{Act, Deed};
use crate::demo::world::time::{self, Second, Tick};
use crate::demo::world::words::escape;

/// A day, in ticks: the longest window without a ticket.
const DAY: Tick = time::DAY as Tick * 10_000_000;

/// `GET /Actions`: of one ticket, or of a window of at most one day; else empty.
pub(super) fn list(ask: &mut Ask<'_>) -> Answer {
    let now = ask.now();
    let window = (ask.params.time("startdate"), ask.params.time("enddate"));
    let places = match (ask.params.id("ticket_id"), window) {
        (Some(id), _) => Some(ask.world.index(id).into_iter().collect()),
        (None, (Some(from), Some(to))) if from <= to && to - from <= DAY => Some(touched(ask, from, now)),
        _ => None,
    };
    let Some(places) = places else {
        return Answer::ok(json!({"record_count": 0, "actions": []}));
    };
    let mut found: Vec<(Tick, u32, usize, Act)> = Vec::new();
    for index in places {
        for (place, act) in ask.world.acts(index).into_iter().enumerate() {
            let tick = time::tick(index, act.second);
            let inside = window.0.is_none_or(|from| from <= tick) && window.1.is_none_or(|to| tick <= to);
            if inside && wanted(&ask.params, &act) {
                found.push((tick, index, place, act));
            }
        }
    }
    found.sort_by_key(|(tick, index, place, _)| std::cmp::Reverse((*tick, *index, *place)));
    let page = Page::of(&ask.params, 1_000);
    let world = &*ask.world;
    let wants_html = ask.params.on("includehtmlnote");
    let (total, rows) = page.cut(found.into_iter(), |(_, index, place, act)| {
        Ticket::read(world, index, now).map_or(Value::Null, |ticket| record(&ticket, place, &act, wants_html))
    });
    let mut envelope = page.envelope("actions", total, rows);
    if let Some(id) = ask.params.id("ticket_id") {
        envelope.insert("ticket_id".to_owned(), json!(id));
    }
    Answer::ok(Value::Object(envelope))
}

/// `GET /Actions/{id}?ticket_id=`.
pub(super) fn one(ask: &mut Ask<'_>, id: u32) -> Answer {
    let now = ask.now();
    let world = &*ask.world;
    let found = ask.params.id("ticket_id").and_then(|ticket| world.index(ticket)).and_then(|index| {
        let place = usize::try_from(id).ok()?.checked_sub(1)?;
        let act = *world.acts(index).get(place)?;
        Some(record(&Ticket::read(world, index, now)?, place, &act, true))
    });
    found.map_or_else(Answer::missing, Answer::ok)
}

/// The newest action of a ticket.
pub(super) fn last(world: &World, index: u32, now: Second) -> Value {
    let acts = world.acts(index);
    let newest = acts.last().zip(Ticket::read(world, index, now));
    newest.map_or(Value::Null, |(act, ticket)| record(&ticket, acts.len() - 1, act, true))
}

/// The tickets that can have an action in a window that begins at `from`: those touched since, opened before its end.
fn touched(ask: &mut Ask<'_>, from: Tick, now: Second) -> Vec<u32> {
    let dates = vec![(Date::Acted, Some(from), None), (Date::Opened, None, Some(from + DAY))];
    ask.world.select(Filter { dates, ..Filter::default() }, vec![(Order::Id, false)], now).to_vec()
}

/// Whether the query's switches let the action through.
fn wanted(params: &Params, act: &Act) -> bool {
    let is_system = matches!(act.deed, Deed::Assigned { .. } | Deed::Prioritised { .. } | Deed::Moved | Deed::Warned);
    let is_talk = matches!(act.deed, Deed::MailIn(_) | Deed::Thanks | Deed::MailOut(_) | Deed::Logged | Deed::Closed);
    let is_agents = act.agent != tables::UNASSIGNED;
    !(params.on("excludesys") && is_system
        || params.on("conversationonly") && !is_talk
        || params.on("agentonly") && !is_agents
        || params.on("excludeprivate") && is_private(act.deed)
        || params.on("importantonly") && act.deed != Deed::Note
        || params.on("slaonly") && act.deed != Deed::Warned
        || params.on("timeentriesonly") && act.minutes == 0)
}

fn is_private(deed: Deed) -> bool {
    !matches!(deed, Deed::MailIn(_) | Deed::Thanks | Deed::MailOut(_) | Deed::Logged | Deed::Closed)
}

/// One action; `place` in the ticket's list gives its id, which is unique only there.
fn record(ticket: &Ticket<'_>, place: usize, act: &Act, wants_html: bool) -> Value {
    let id = place + 1;
    let story = &ticket.story;
    let agent = tables::agent_name(act.agent);
    let said = Said::of(ticket, act, &agent);
    let by_agent = if act.agent == tables::UNASSIGNED { 0 } else { act.agent };
    let (who, by_user) = match act.deed {
        Deed::Logged => ("Email".to_owned(), 0),
        Deed::MailIn(_) | Deed::Thanks => (story.user_name(), story.user.as_ref().map_or(0, |user| user.id)),
        _ => (agent.clone(), 0),
    };
    let when = date(ticket.index, act.second);
    let moved = act.status.0 != act.status.1;
    let number = u64::from(ticket.index) << 8 | u64::try_from(id).unwrap_or(0);
    let mut record = object(json!({
        "ticket_id": World::id(ticket.index),
        "id": id,
        "outcome": said.outcome.1,
        "outcome_id": said.outcome.0,
        "who": who,
        "who_type": u8::from(by_user > 0),
        "who_imgpath": "",
        "who_agentid": by_agent,
        "datetime": when,
        "actiondatecreated": when,
        "note": said.text,
        "project_id": World::id(ticket.index),
        "personal_unread": false,
        "actionarrivaldate": date(ticket.index, act.second.saturating_sub(u32::from(act.minutes) * 60)),
        "actioncompletiondate": when,
        "translations": [],
        "on_behalf_of_name": "",
        "actionby_agent_id": by_agent,
        "actionby_user_id": by_user,
        "actionby_application_id": "",
        "guid": Dice::new(0, Subject::Guid, number).guid(),
        "actisbillable": true,
        "action_systemid": said.outcome.2,
        "timetakendays": 0.0,
        "timetakenadjusted": f64::from(act.minutes) / 60.0,
        "hiddenfromuser": is_private(act.deed),
        "important": act.deed == Deed::Note && act.minutes > 45,
        "old_status": if moved { act.status.0 } else { 0 },
        "new_status": if moved { act.status.1 } else { 0 },
        "new_status_name": tables::status_of(act.status.1).filter(|_| moved).map_or("", |status| status.name),
        "colour": if by_user > 0 { "#e8f4fd" } else { "#ffffff" },
        "attachment_count": 0,
        "unread": 0,
    }));
    if let Some(html) = said.html.filter(|_| wants_html) {
        record.insert("note_html".to_owned(), json!(html));
    }
    if act.minutes > 0 {
        record.insert("timetaken".to_owned(), json!(f64::from(act.minutes) / 60.0));
        record.insert("nonbilltime".to_owned(), json!(0.0));
    }
    if let Some(staff) = tables::agent_of(act.agent).filter(|_| by_agent > 0) {
        let initials: String = [staff.first, staff.last].iter().filter_map(|name| name.chars().next()).collect();
        record.insert("who_initials".to_owned(), json!(initials));
        record.insert("who_colour".to_owned(), json!("#2bd3c6"));
    }
    let desk = "support@halcyon-it.example";
    let mail = match act.deed {
        Deed::MailIn(_) | Deed::Thanks | Deed::Logged => Some(("I", story.user_email(), desk)),
        Deed::MailOut(_) | Deed::Closed => Some(("O", desk, story.user_email())),
        _ => None,
    };
    if let Some((direction, from, to)) = mail {
        let subject = format!("{}{} [ID:{:07}]", if id > 1 { "RE: " } else { "" }, story.summary(), World::id(ticket.index));
        record.insert("emaildirection".to_owned(), json!(direction));
        record.insert("emailfrom".to_owned(), json!(from));
        record.insert("emailto".to_owned(), json!(to));
        record.insert("emailsubject".to_owned(), json!(subject));
    }
    Value::Object(record)
}

/// What an action is called and says.
struct Said {
    /// Its outcome: id, name, system id.
    outcome: (i8, &'static str, u8),
    text: String,
    html: Option<String>,
}

impl Said {
    fn of(ticket: &Ticket<'_>, act: &Act, agent: &str) -> Self {
        let story = &ticket.story;
        // To the minute, as mail programs put it above a quote.
        let when: String = date(ticket.index, act.second).replace('T', " at ").chars().take(19).collect();
        let both = |outcome, (text, html): (String, String)| Self { outcome, text, html: Some(html) };
        let plain = |outcome, text: String| Self { outcome, text, html: None };
        match act.deed {
            Deed::Logged => plain((-1, "Incident Logged", 0), String::new()),
            Deed::Thanks => {
                let said = "Thank you, that did it. Have a good day!";
                both((-3, "Email Update", 0), story.mail_from_user(said, "the service desk", &story.fix(), &when))
            }
            Deed::MailIn(round) => {
                let reply = story.reply();
                let more = format!("Any news? It still happens.\r\n\r\n{reply}");
                let said = if round == 0 { reply } else { more };
                let mail = story.mail_from_user(&said, "the service desk", &story.question(), &when);
                both((-3, "Email Update", 0), mail)
            }
            Deed::MailOut(0) => both((1, "Email User", 1), story.mail_from_desk(&story.question(), agent)),
            Deed::MailOut(_) => {
                let said = format!("Thanks, we are on it. {}", story.question());
                both((1, "Email User", 1), story.mail_from_desk(&said, agent))
            }
            Deed::Note => {
                let note = story.note();
                let items = escape(&note).replace(". ", "</li><li>");
                let html = format!(
                    "<p><b>Done so far</b></p><ul><li>{items}</li></ul><table border=\"1\"><tr><th>Took</th><td>{} min</td></tr></table>\
                     <p><a href=\"https://kb.halcyon-it.example/{}\">Knowledge base</a></p>",
                    act.minutes,
                    ticket.index % 400
                );
                both((7, "Private Note", 0), (note, html))
            }
            Deed::Assigned { from, to } => {
                plain((4, "Re-Assign", 4), format!("Re-Assigned from {} to {}", tables::agent_name(from), tables::agent_name(to)))
            }
            Deed::Moved => plain((-2, "Status Changed", 5), "The status was changed.".to_owned()),
            Deed::Prioritised { from, to } => plain((12, "Change Priority", 6), format!("Priority changed from {from} to {to}")),
            Deed::Warned => plain((-14, "SLA Warning", 9), "The target for the fix is near or has passed.".to_owned()),
            Deed::Closed => both((10, "Resolve", 0), story.mail_from_desk(&story.fix(), agent)),
        }
    }
}
