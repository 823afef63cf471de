//! The query of a ticket list, as a filter and an order.

use super::Ask;
use super::ticket_record::asset_place;
use crate::demo::params::Params;
use crate::demo::settings::Fault;
use crate::demo::world::World;
use crate::demo::world::key::Key;
use crate::demo::world::select::{Date, Filter, Order};
use crate::demo::world::tables::{API_AGENT, VIEWS};

/// What the list is narrowed to.
pub(super) fn filter(ask: &Ask<'_>) -> Filter {
    let params = &ask.params;
    let either = |single: &str, list: &str| params.id(single).map(|id| vec![id]).or_else(|| params.list(list));
    let agents = if params.on("mine") { Some(vec![u32::from(API_AGENT)]) } else { either("agent_id", "agent") };
    let scope = params.id("list_id").and_then(|id| VIEWS.iter().find(|(view, _, _)| *view == id)).map(|(_, _, scope)| *scope);
    Filter {
        open: open(params, ask.fault != Some(Fault::IgnoreClosed)),
        clients: either("client_id", "client_ids"),
        site: params.id("site_id"),
        user: params.id("user_id"),
        agents,
        statuses: either("status_id", "status"),
        priorities: params.list("priority"),
        // The list of teams may name them, too; only ids are honoured here.
        teams: params.list("team"),
        slas: params.list("sla"),
        kinds: either("requesttype_id", "requesttype"),
        ids: params
            .id("asset_id")
            .map(|asset| about(ask.world, asset))
            .or_else(|| params.id("search_id").map(|id| vec![id]))
            .or_else(|| params.list("ticketids")),
        without: params.list("excludethese"),
        dates: dates(ask),
        scope,
        with_files: params.on("withattachments"),
        anywhere: params.needle("search"),
        in_actions: params.on("searchactions"),
        summary: params.needle("search_summary"),
        details: params.needle("search_details"),
        user_name: params.needle("search_user_name"),
    }
}

/// The tickets about an asset.
fn about(world: &World, asset: u32) -> Vec<u32> {
    let Some((client, place)) = world.customers.asset_by_id(asset) else { return Vec::new() };
    let its = |index: u32, key: &Key| key.client == client.place && asset_place(client, index) == Some(place);
    world.keys().filter(|(index, key)| its(*index, key)).map(|(index, _)| World::id(index)).collect()
}

/// `open_only` and, where it counts, `closed_only` decide; `includeclosed=false` means open ones only.
fn open(params: &Params, closed_counts: bool) -> Option<bool> {
    match (params.on("open_only"), params.on("closed_only") && closed_counts) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        _ => (params.switch("includeclosed") == Some(false)).then_some(true),
    }
}

fn dates(ask: &Ask<'_>) -> Vec<(Date, Option<i64>, Option<i64>)> {
    let params = &ask.params;
    let mut windows = Vec::new();
    let mut window = |date, from: Option<i64>, to: Option<i64>| {
        if from.is_some() || to.is_some() {
            windows.push((date, from, to));
        }
    };
    if ask.fault != Some(Fault::IgnoreDelta) {
        window(Date::Updated, params.time("lastupdatefromdate"), params.time("lastupdatetodate"));
    }
    // Which date is meant where none is named is not documented; the date of opening is HaloPSA's own default in its lists.
    let named = params.text("datesearch").map(str::to_ascii_lowercase);
    let dates_count = ask.fault != Some(Fault::IgnoreDates);
    if let Some(date) = named.as_deref().map_or(Some(Date::Opened), Date::named).filter(|_| dates_count) {
        window(date, params.time("startdate"), params.time("enddate"));
    }
    windows
}

/// The order, `true` for descending; names that are not known are skipped.
pub(super) fn orders(params: &Params) -> Vec<(Order, bool)> {
    let numbers = ["", "2", "3", "4", "5"];
    let named = numbers.iter().filter_map(|number| {
        let name = params.text(&format!("order{number}"))?.to_ascii_lowercase();
        Some((Order::named(&name)?, params.on(&format!("orderdesc{number}"))))
    });
    named.collect()
}
