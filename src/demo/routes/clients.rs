//! `/Client`.

use serde_json::{Map, Value, json};

use super::Ask;
use super::page::Page;
use super::ticket_record::object;
use crate::demo::answer::Answer;
use crate::demo::params::Params;
use crate::demo::world::World;
use crate::demo::world::customers::Client;
use crate::demo::world::tables;
use crate::demo::world::time::{DAY, NO_DATE};

/// The most rows of a page of clients, sites, users and assets.
pub(super) const CAP: i64 = 1_000;

/// Whether active and inactive records are wanted: both, unless one of them is asked for.
pub(super) fn by_activity(params: &Params, inactive: bool) -> bool {
    let (active_on, inactive_on) = (params.switch("includeactive"), params.switch("includeinactive"));
    match (active_on, inactive_on) {
        (Some(true), Some(true)) => true,
        (_, Some(true)) => inactive || active_on.is_none(),
        (Some(true) | None, _) => !inactive,
        (Some(false), _) => inactive,
    }
}

/// `GET /Client`.
pub(super) fn list(ask: &mut Ask<'_>) -> Answer {
    let (world, params) = (&*ask.world, &ask.params);
    let needle = params.needle("search");
    let mut clients: Vec<&Client> = world
        .customers
        .clients()
        .iter()
        .filter(|client| by_activity(params, client.inactive))
        .filter(|client| needle.as_ref().is_none_or(|needle| client.name.to_lowercase().contains(needle.as_str())))
        .collect();
    if params.text("order").is_some_and(|order| order.eq_ignore_ascii_case("name")) {
        clients.sort_by_cached_key(|client| client.name.to_lowercase());
    }
    if params.on("orderdesc") {
        clients.reverse();
    }
    if params.on("idonly") {
        let ids: Vec<Value> = clients.iter().map(|client| json!({"id": client.id()})).collect();
        return Answer::ok(json!({"record_count": ids.len(), "clients": ids}));
    }
    let page = Page::of(params, CAP);
    let (total, rows) = page.cut(clients.into_iter(), |client| Value::Object(row(world, client)));
    Answer::ok(Value::Object(page.envelope("clients", total, rows)))
}

/// `GET /Client/{id}`.
pub(super) fn one(ask: &mut Ask<'_>, id: u32) -> Answer {
    let now = ask.now();
    let world = &*ask.world;
    let Some(client) = world.customers.by_id(id) else {
        return Answer::missing();
    };
    let mine = || world.keys().filter(|(_, key)| key.client == client.place && !key.class.is_deleted());
    let held = world.open_where(|key| {
        key.client == client.place && tables::status_of(key.status).is_some_and(|status| status.sla_action == "H")
    });
    let notes = if client.vip {
        json!([{"id": 1, "note": "Call reception before any visit on site. VIP: answer within 15 minutes.",
            "date_created": "2025-01-02T00:00:00", "displaymodal": true}])
    } else {
        json!([])
    };
    let mut detail = row(world, client);
    if client.users > 1 {
        let contact = world.customers.user(client, 1);
        detail.extend(object(json!({
            "main_contact_id": contact.id,
            "main_contact_name": contact.name(),
            "main_contact_email": contact.email,
            "main_contact_phonenumber": contact.phone,
        })));
    }
    detail.extend(object(json!({
        "main_site_name": world.customers.site(client, 0).name,
        "total_ticket_count": mine().count(),
        "onhold_ticket_count": held,
        "opened_thismonth_count": mine().filter(|(_, key)| key.opened > now.saturating_sub(30 * DAY)).count(),
        "popup_notes": notes,
        "customfields": [],
        "datecreated": "2019-04-01T00:00:00",
        "accountsemailaddress": "",
    })));
    Answer::ok(Value::Object(detail))
}

fn row(world: &World, client: &Client) -> Map<String, Value> {
    let site = world.customers.site(client, 0);
    let colour = ["", "#d6e4ff", "#ffe1d6", "#dff5e1"].get(usize::from(client.place % 4)).copied().unwrap_or_default();
    let manager = if client.place > 0 { 3 } else { 0 };
    let mut row = object(json!({
        "id": client.id(),
        "name": client.name,
        "toplevel_id": 12,
        "toplevel_name": if client.place > 0 { "Customers" } else { "" },
        "inactive": client.inactive,
        "colour": colour,
        "confirmemail": 0,
        "actionemail": 0,
        "messagegroup_id": -1,
        "pritech": 0,
        "sectech": 0,
        "accountmanagertech": manager,
        "use": "client",
        "key": 0,
        "table": 3,
        "xero_tenant_id": "",
        "client_to_invoice": 0,
        "itglue_id": "",
        "default_currency_code": 0,
        "stopped": u8::from(client.stopped),
        "customertype": 0,
        "customer_relationship": [],
        "is_vip": client.vip,
        "taxable": true,
        "overridepdftemplatequote": -1,
        "is_account": client.place > 0,
        "open_ticket_count": world.open_where(|key| key.client == client.place),
    }));
    if client.place > 0 {
        row.extend(object(json!({
            "ref": client.mark,
            "website": format!("www.{}", client.domain()),
            "notes": "Door code at reception.\r\nPays by invoice.",
            "main_site_id": site.id,
            "main_phonenumber": site.phone,
            "customer_relationship": [{"id": "3", "name": "Managed service"}],
            "customer_relationship_list": "Managed service",
            "calldate": NO_DATE,
        })));
    }
    row
}
