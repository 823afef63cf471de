//! `/Asset`.

use serde_json::{Value, json};

use super::Ask;
use super::clients::{CAP, by_activity};
use super::page::Page;
use super::people::owners;
use super::ticket_record::object;
use crate::demo::answer::Answer;
use crate::demo::world::World;
use crate::demo::world::customers::Client;

/// `GET /Asset`.
pub(super) fn list(ask: &mut Ask<'_>) -> Answer {
    let (world, params) = (&*ask.world, &ask.params);
    let (site, kind) = (params.id("site_id"), params.id("assettype_id"));
    let needle = params.needle("search");
    let all = owners(world, params.id("client_id")).iter();
    let all = all.flat_map(|client| (0..client.assets).map(move |place| (client, place)));
    let found = all.filter(|(client, place)| {
        let asset = world.customers.asset(client, *place);
        by_activity(params, asset.inactive)
            && kind.is_none_or(|kind| kind == asset.kind.0)
            && site.is_none_or(|site| site == client.first_site + u32::from(world.customers.user(client, asset.user).site))
            && needle.as_ref().is_none_or(|needle| {
                format!("{}\n{}\n{}", asset.tag, asset.serial, asset.kind.1).to_lowercase().contains(needle.as_str())
            })
    });
    let page = Page::of(params, CAP);
    let with_fields = params.on("includeassetfields");
    let (total, rows) = page.cut(found, |(client, place)| row(world, client, place, with_fields));
    Answer::ok(Value::Object(page.envelope("assets", total, rows)))
}

/// `GET /Asset/{id}`.
pub(super) fn one(ask: &mut Ask<'_>, id: u32) -> Answer {
    let found = ask.world.customers.asset_by_id(id);
    found.map_or_else(Answer::missing, |(client, place)| Answer::ok(row(ask.world, client, place, true)))
}

fn row(world: &World, client: &Client, place: u8, with_fields: bool) -> Value {
    let asset = world.customers.asset(client, place);
    let user = world.customers.user(client, asset.user);
    let site = world.customers.site(client, user.site);
    let mut row = object(json!({
        "id": asset.id,
        "inventory_number": asset.tag,
        "key_field": asset.tag,
        "key_field2": asset.serial,
        "key_field3": "",
        "client_id": client.id(),
        "client_name": client.name,
        "site_id": site.id,
        "site_name": site.name,
        "username": if user.general { String::new() } else { user.name() },
        "assettype_id": asset.kind.0,
        "assettype_name": asset.kind.1,
        "colour": "#a0c4ff",
        "icon": asset.kind.2,
        "inactive": asset.inactive,
        "supplier_id": 0,
        "status_id": 1,
        "contract_ref": "",
        "device_number": asset.id,
        "sla_id": -1,
        "priority_id": -1,
        "use": "asset",
        "key": asset.id,
        "table": 5,
    }));
    if with_fields {
        let memory = asset.memory.to_string();
        row.insert(
            "fields".to_owned(),
            json!([
                {"id": 1, "name": "Operating System", "value": asset.system, "display": asset.system,
                    "mandatory": false, "lookup": 0, "validate": ""},
                {"id": 2, "name": "RAM", "value": memory, "display": format!("{memory} GB"),
                    "mandatory": false, "lookup": 0, "validate": ""},
            ]),
        );
    }
    Value::Object(row)
}
