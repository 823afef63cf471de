//! `/ClientContract`.

use serde_json::{Value, json};

use super::Ask;
use super::clients::CAP;
use super::page::Page;
use super::people::owners;
use crate::demo::answer::Answer;
use crate::demo::world::World;
use crate::demo::world::customers::Client;
use crate::demo::world::dice::{Dice, Subject};
use crate::demo::world::tables;

/// `GET /ClientContract`: one a client, none for the unknown one.
pub(super) fn list(ask: &mut Ask<'_>) -> Answer {
    let (world, params) = (&*ask.world, &ask.params);
    let needle = params.needle("search");
    let all = owners(world, params.id("client_id")).iter().filter(|client| client.place > 0);
    let found = all.filter(|client| {
        (params.on("includeinactive") || !client.inactive)
            && needle
                .as_ref()
                .is_none_or(|needle| format!("{}\n{}", client.name, client.mark).to_lowercase().contains(needle.as_str()))
    });
    let page = Page::of(params, CAP);
    let (total, rows) = page.cut(found, |client| row(world, client));
    Answer::ok(Value::Object(page.envelope("contracts", total, rows)))
}

fn row(world: &World, client: &Client) -> Value {
    let mut dice = Dice::new(world.birth.seed, Subject::Contract, client.place.into());
    let prepaid = dice.chance(40);
    let hours = f64::from(10 * (1 + dice.below(8)));
    let left = if prepaid { hours - f64::from(dice.below(20)) / 2.0 } else { 0.0 };
    json!({
        "id": client.id(),
        "client_id": client.id(),
        "client_name": client.name,
        "ref": format!("{}-{}", client.mark, if prepaid { "PREPAY" } else { "MSA" }),
        "start_date": "2024-04-01T00:00:00",
        "end_date": "2027-03-31T00:00:00",
        "started": true,
        "expired": client.inactive,
        "contract_status": if client.inactive { "Expired" } else { "Active" },
        "site_id": client.first_site,
        "site_name": world.customers.site(client, 0).name,
        "sla_id": client.sla,
        "sla_name": tables::SLAS.iter().find(|sla| sla.id == client.sla).map_or("", |sla| sla.name),
        "billingdescription": if prepaid { 2 } else { 1 },
        "billing_description_string": if prepaid { "Prepaid hours" } else { "Managed service" },
        "numberofunitsfree": left,
        "startbalance": if prepaid { hours } else { 0.0 },
        "periodchargeamount": f64::from(100 * (2 + dice.below(60))),
        "next_invoice_date": "1900-01-01T00:00:00",
        "note": "",
    })
}
