//! `/Tickets`.

use serde_json::{Value, json};

use super::page::Page;
use super::ticket_record::Ticket;
use super::{Ask, actions, columns, ticket_filter};
use crate::demo::answer::Answer;
use crate::demo::world::{World, tables};

/// The most rows of a page, whatever `page_size` says.
const CAP: i64 = 100;

/// `GET /Tickets`.
pub(super) fn list(ask: &mut Ask<'_>) -> Answer {
    let filter = ticket_filter::filter(ask);
    let orders = ticket_filter::orders(&ask.params);
    let now = ask.now();
    let page = Page::of(&ask.params, CAP);
    let found = ask.world.select(filter, orders, now);
    let total = found.len();
    if ask.params.on("ticketidonly") {
        let ids: Vec<Value> = found.iter().map(|index| json!({"id": World::id(*index)})).collect();
        return Answer::ok(json!({"record_count": total, "tickets": ids}));
    }
    let places: Vec<u32> = found.iter().skip(page.skip).take(page.take).copied().collect();
    let world = &*ask.world;
    let rows = places.iter().filter_map(|index| Ticket::read(world, *index, now));
    let mut rows: Vec<Value> = rows.map(|ticket| Value::Object(ticket.named_row(|name| ask.params.on(name)))).collect();
    // HaloPSA gives the last action only where one ticket is left.
    if let ([index], [Value::Object(row)], true) = (places.as_slice(), rows.as_mut_slice(), ask.params.on("includelastaction")) {
        row.insert("lastaction".to_owned(), actions::last(world, *index, now));
    }
    let mut envelope = page.envelope("tickets", total, rows);
    envelope.insert("include_children".to_owned(), json!(false));
    if ask.params.on("includecolumns") {
        let profile = tables::profile(ask.params.id("columns_id"));
        envelope.insert("columns_id".to_owned(), json!(profile.id));
        envelope.insert("columns".to_owned(), columns::columns(profile));
    }
    Answer::ok(Value::Object(envelope))
}

/// `GET /Tickets/{id}`.
pub(super) fn one(ask: &mut Ask<'_>, id: u32) -> Answer {
    let now = ask.now();
    let ticket = ask.world.index(id).and_then(|index| Ticket::read(ask.world, index, now));
    ticket.map_or_else(Answer::missing, |ticket| Answer::ok(Value::Object(ticket.detail())))
}
