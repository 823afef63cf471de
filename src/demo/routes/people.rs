//! `/Site` and `/Users`.

use serde_json::{Value, json};

use super::Ask;
use super::clients::{CAP, by_activity};
use super::page::Page;
use super::ticket_record::object;
use crate::demo::answer::Answer;
use crate::demo::world::World;
use crate::demo::world::customers::{Client, User};

/// The clients that a list of sites, users or assets is about: one, or all.
pub(super) fn owners(world: &World, client: Option<u32>) -> &[Client] {
    match client {
        Some(id) => world.customers.by_id(id).map(std::slice::from_ref).unwrap_or_default(),
        None => world.customers.clients(),
    }
}

/// `GET /Site`.
pub(super) fn sites(ask: &mut Ask<'_>) -> Answer {
    let (world, params) = (&*ask.world, &ask.params);
    let needle = params.needle("search");
    let owners = owners(world, params.id("client_id")).iter().filter(|client| by_activity(params, client.inactive));
    let all = owners.flat_map(|client| (0..client.sites).map(move |place| (client, place)));
    let found = all.filter(|(client, place)| {
        needle.as_ref().is_none_or(|needle| {
            let name = format!("{}/{}", client.name, world.customers.site(client, *place).name);
            name.to_lowercase().contains(needle.as_str())
        })
    });
    let page = Page::of(params, CAP);
    let with_address = params.on("includeaddress");
    let (total, rows) = page.cut(found, |(client, place)| site_row(world, client, place, with_address));
    Answer::ok(Value::Object(page.envelope("sites", total, rows)))
}

/// `GET /Site/{id}`.
pub(super) fn site(ask: &mut Ask<'_>, id: u32) -> Answer {
    let found = ask.world.customers.site_by_id(id);
    found.map_or_else(Answer::missing, |(client, place)| Answer::ok(site_row(ask.world, client, place, true)))
}

fn site_row(world: &World, client: &Client, place: u8, with_address: bool) -> Value {
    let site = world.customers.site(client, place);
    let mut row = object(json!({
        "id": site.id,
        "name": site.name,
        // A decimal where an id is meant: so it comes from HaloPSA.
        "client_id": f64::from(client.id()),
        "client_name": client.name,
        "clientsite_name": format!("{}/{}", client.name, site.name),
        "inactive": client.inactive,
        "sla_id": -1,
        "phonenumber": site.phone,
        "colour": "",
        "timezone": if place == 0 { "GMT Standard Time" } else { "" },
        "invoice_address_isdelivery": true,
        "isstocklocation": site.holds_stock,
        "messagegroup_id": -1,
        "use": "site",
        "itglue_id": "",
        "country_code_name": "United Kingdom",
        "region_code_name": "",
        "ref": "",
        "maincontact_id": if client.users > 1 { client.first_user + 1 } else { 0 },
    }));
    if with_address {
        row.extend(object(json!({
            "delivery_address_line1": site.street,
            "delivery_address_line2": "",
            "delivery_address_line3": site.town,
            "delivery_address_line4": "",
            "delivery_address_line5": site.postcode,
        })));
    }
    Value::Object(row)
}

/// `GET /Users`.
pub(super) fn users(ask: &mut Ask<'_>) -> Answer {
    let (world, params) = (&*ask.world, &ask.params);
    let site = params.id("site_id");
    let needle = params.needle("search");
    let (no_general, important) = (params.on("exclude_generaluser"), params.on("approvers_only"));
    let owners = match site {
        // A site belongs to one client: nobody else's users need to be made.
        Some(id) => world.customers.site_by_id(id).map(|(client, _)| std::slice::from_ref(client)).unwrap_or_default(),
        None => owners(world, params.id("client_id")),
    };
    let all = owners.iter().flat_map(|client| (0..client.users).map(move |place| (client, place)));
    let mut found = all.map(|(client, place)| (client, world.customers.user(client, place))).filter(|(client, user)| {
        by_activity(params, user.inactive)
            && !(no_general && user.general)
            && (!important || user.important)
            && site.is_none_or(|site| site == client.first_site + u32::from(user.site))
            && needle.as_ref().is_none_or(|needle| {
                format!("{}\n{}\n{}", user.name(), user.email, user.phone).to_lowercase().contains(needle.as_str())
            })
    });
    let page = Page::of(params, CAP);
    let (total, rows) = page.cut(&mut found, |(client, user)| user_row(world, client, &user));
    Answer::ok(Value::Object(page.envelope("users", total, rows)))
}

/// `GET /Users/{id}`.
pub(super) fn user(ask: &mut Ask<'_>, id: u32) -> Answer {
    let customers = &ask.world.customers;
    let found = customers.user_by_id(id).map(|(client, place)| (client, customers.user(client, place)));
    found.map_or_else(Answer::missing, |(client, user)| Answer::ok(user_row(ask.world, client, &user)))
}

fn user_row(world: &World, client: &Client, user: &User) -> Value {
    let site = world.customers.site(client, user.site);
    let initials: String = [&user.first, &user.last].iter().filter_map(|name| name.chars().next()).collect();
    let mut row = object(json!({
        "id": user.id,
        "name": user.name(),
        "site_id": f64::from(site.id),
        "site_id_int": site.id,
        "site_name": site.name,
        "client_name": client.name,
        "client_id": client.id(),
        "firstname": user.first,
        "surname": user.last,
        "initials": initials,
        "emailaddress": user.email,
        "sitephonenumber": site.phone,
        "telpref": 0,
        "inactive": user.inactive,
        "colour": "#c3d8ff",
        "isimportantcontact": user.important,
        "isimportantcontact2": false,
        "neversendemails": false,
        "priority_id": 0,
        "linked_agent_id": 0,
        "isserviceaccount": false,
        "messagegroup_id": -1,
        "sitetimezone": "",
        "use": "user",
        "key": user.id,
        "table": 2,
        "is_prospect": false,
    }));
    if !user.general {
        row.extend(object(json!({
            "email2": "",
            "phonenumber": user.phone,
            "phonenumber_preferred": user.phone,
            "mobilenumber": "",
            "title": "",
            "login": format!("{}\\{}", client.mark, user.id),
        })));
    }
    Value::Object(row)
}
