//! The embedded HaloPSA stand-in: a real HTTP server on loopback with seeded data.
//!
//! [`Server::bind`] opens the port, [`Server::run`] serves until told to stop. What it answers follows the shapes and quirks
//! that public clients of HaloPSA report: plain arrays for lookups, decimals where ids are meant, sentinel dates, names that
//! list rows leave out, errors that are not JSON. The desk behind it is a function of [`Settings::seed`] and the time of
//! start: at most 32 bytes a ticket are held, texts are made when asked for.
//!
//! Where reports about HaloPSA differ, the stand-in does this:
//!
//! - A list without `open_only`, `closed_only` or `includeclosed` holds open and closed tickets alike.
//! - Lists without a known `order` come newest first by id; an `order` that is not known is ignored.
//! - `record_count` is the number of all matches, also where the answer is not paged.
//! - `/Actions` comes newest first and without paging; `count` is 50 unless given, 1,000 at most.
//! - Both ends of a date window belong to it.
//! - A refused request does not count against the rate; the 429 carries no `Retry-After`.

mod answer;
mod auth;
mod control;
mod fault;
mod line;
mod params;
mod rate;
mod routes;
mod server;
mod settings;
mod tally;
mod world;

pub use control::Control;
pub use server::Server;
pub use settings::{Fault, Settings, UnknownFault};
pub use tally::Tally;
