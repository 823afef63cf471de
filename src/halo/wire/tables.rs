//! The small tables that tickets refer to by number: plain arrays on most versions.

use super::{Fields, WireRecord, extras::objects};
use crate::{
    domain::{
        Allowance, HaloColumn, HaloColumns, HaloList, Priority, PriorityId, Sla, SlaId, Status, StatusId, Team, TeamId,
        TicketType, TicketTypeId, WorkdayId,
    },
    text::Untrusted,
};

impl WireRecord for Status {
    const LISTS: &'static [&'static str] = &["statuses", "results"];

    fn read(id: i64, fields: &mut Fields<'_>) -> Self {
        Self {
            id: StatusId(id),
            name: fields.text("name"),
            colour: fields.colour("colour"),
            sequence: fields.id("sequence"),
            holds_sla: fields.string("slaaction").eq_ignore_ascii_case("h"),
            // Which ones are closed no row says: it is the difference of two lists.
            closed: None,
        }
    }

    /// 0 is a ticket's status; other types are those of orders, quotes and the like. The server's own filter does not work.
    fn belongs(fields: &mut Fields<'_>) -> bool {
        fields.id("type") == 0
    }
}

impl WireRecord for Priority {
    const LISTS: &'static [&'static str] = &["priorities", "results"];
    /// `id` is a GUID that nothing refers to.
    const ID: &'static str = "priorityid";

    fn read(id: i64, fields: &mut Fields<'_>) -> Self {
        Self {
            sla_id: SlaId(fields.id("slaid")),
            id: PriorityId(id),
            name: fields.text("name"),
            colour: fields.colour("colour"),
            hidden: fields.flag("ishidden"),
            respond: Allowance::new(fields.number("responsetime"), &fields.string("responseunits")),
            fix: Allowance::new(fields.number("fixtime"), &fields.string("fixunits")),
        }
    }
}

impl WireRecord for Team {
    const LISTS: &'static [&'static str] = &["teams", "results"];

    fn read(id: i64, fields: &mut Fields<'_>) -> Self {
        Self { id: TeamId(id), name: fields.text("name"), inactive: fields.flag("inactive") }
    }
}

impl WireRecord for HaloList {
    const LISTS: &'static [&'static str] = &["viewlists", "lists", "results"];

    fn read(id: i64, fields: &mut Fields<'_>) -> Self {
        Self { id, name: fields.text("name"), sequence: fields.id("sequence"), columns_id: fields.id("column_profile_id").max(0) }
    }
}

impl WireRecord for HaloColumns {
    const LISTS: &'static [&'static str] = &["viewcolumns", "results"];

    fn read(id: i64, fields: &mut Fields<'_>) -> Self {
        let mut columns: Vec<(i64, HaloColumn<Untrusted>)> = objects(fields, "columns").map(column).collect();
        // Where no places are told, the order in which they come counts.
        columns.sort_by_key(|(place, _)| *place);
        let named = columns.into_iter().map(|(_, column)| column).filter(|column| !column.name.is_empty());
        Self { id, columns: named.collect() }
    }
}

/// A column with its place.
fn column(mut fields: Fields<'_>) -> (i64, HaloColumn<Untrusted>) {
    let column =
        HaloColumn { name: fields.text("column_name"), sorted: fields.count("order_seq"), descending: fields.flag("order_desc") };
    (fields.id("column_seq"), column)
}

impl WireRecord for TicketType {
    const LISTS: &'static [&'static str] = &["tickettypes", "ticket_types", "results"];

    fn read(id: i64, fields: &mut Fields<'_>) -> Self {
        Self { id: TicketTypeId(id), name: fields.text("name") }
    }
}

impl WireRecord for Sla {
    const LISTS: &'static [&'static str] = &["slas", "results"];

    fn read(id: i64, fields: &mut Fields<'_>) -> Self {
        // Where nothing is told, both are tracked: only the full record of some versions says so.
        let mut is_off = |name: &str| fields.json(name).is_some() && !fields.flag(name);
        let (no_response, no_fix) = (is_off("trackslaresponsetime"), is_off("trackslafixbytime"));
        let workday_id = WorkdayId(fields.id("workday_id"));
        Self { id: SlaId(id), name: fields.text("name"), workday_id, no_response, no_fix }
    }
}
