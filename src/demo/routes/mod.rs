//! The resource server: which path is answered by what.

mod actions;
mod assets;
mod attachments;
mod clients;
mod columns;
mod contracts;
mod lookups;
mod page;
mod people;
mod staff;
mod ticket_filter;
mod ticket_record;
mod tickets;

use std::time::Duration;

use super::answer::Answer;
use super::params::Params;
use super::settings::Fault;
use super::world::World;
use super::world::time::Second;

/// One authorised request to read.
#[derive(Debug)]
pub(crate) struct Ask<'a> {
    pub(crate) world: &'a mut World,
    pub(crate) params: Params,
    /// The world's time since its start.
    pub(crate) passed: Duration,
    /// What goes wrong; parameters may not be honoured.
    pub(crate) fault: Option<Fault>,
}

impl Ask<'_> {
    fn now(&self) -> Second {
        self.world.second(self.passed)
    }
}

/// The area of rights that a path belongs to, where it has one; `path` is in lower case, without `/api`.
pub(crate) fn area(path: &[&str]) -> Option<&'static str> {
    Some(match *path.first()? {
        "tickets" | "actions" | "attachment" => "tickets",
        "client" | "site" | "users" => "customers",
        "asset" => "assets",
        "clientcontract" => "contracts",
        _ => return None,
    })
}

/// The answer to a request for `path`, in lower case and without `/api`.
pub(crate) fn answer(mut ask: Ask<'_>, path: &[&str]) -> Answer {
    let ask = &mut ask;
    match path {
        ["tickets"] => tickets::list(ask),
        ["tickets", id] => with_id(id, |id| tickets::one(ask, id)),
        ["actions"] => actions::list(ask),
        ["actions", id] => with_id(id, |id| actions::one(ask, id)),
        ["client"] => clients::list(ask),
        ["client", id] => with_id(id, |id| clients::one(ask, id)),
        ["site"] => people::sites(ask),
        ["site", id] => with_id(id, |id| people::site(ask, id)),
        ["users"] => people::users(ask),
        ["users", id] => with_id(id, |id| people::user(ask, id)),
        ["agent"] => staff::list(ask),
        ["agent", "me"] => staff::me(ask),
        ["agent", id] => with_id(id, |id| staff::one(ask, id)),
        ["team"] => staff::teams(ask),
        ["status"] => lookups::statuses(ask),
        ["priority"] => lookups::priorities(ask),
        ["sla"] => lookups::slas(),
        ["tickettype"] => lookups::ticket_types(ask),
        ["outcome"] => lookups::outcomes(ask),
        ["viewlists"] => lookups::views(ask),
        ["viewcolumns"] => columns::list(ask),
        ["viewcolumns", id] => with_id(id, |id| columns::one(ask, id)),
        ["workday"] => lookups::workdays(ask),
        ["asset"] => assets::list(ask),
        ["asset", id] => with_id(id, |id| assets::one(ask, id)),
        ["attachment"] => attachments::list(ask),
        ["attachment", id] => with_id(id, |id| attachments::one(ask, id)),
        ["clientcontract"] => contracts::list(ask),
        // Things that exist in HaloPSA but that this application has no right to.
        ["invoice" | "supplier" | "item" | "report", ..] => Answer::Nothing(axum::http::StatusCode::FORBIDDEN),
        _ => Answer::missing(),
    }
}

fn with_id(text: &str, answer: impl FnOnce(u32) -> Answer) -> Answer {
    text.parse().map_or_else(|_| Answer::missing(), answer)
}
