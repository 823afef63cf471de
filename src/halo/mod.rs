//! The HaloPSA REST API: token, transport, request budget, wire types, paging, error kinds.

mod auth;
mod budget;
mod client;
mod connect;
mod discover;
mod endpoints;
mod examine;
mod fault;
mod page;
mod parts;
mod proxy;
mod requests;
mod status;
mod tally;
#[cfg(test)]
mod tests;
mod transport;
mod wire;

pub use auth::{Bearer, Credentials, TokenTask, Tokens};
pub use budget::{Budget, BudgetStanding, Class, WINDOW};
pub use client::{Halo, Stats};
pub use connect::{ConnectOutcome, test_connection};
pub use discover::{Discovery, discover};
pub use examine::{Examination, examine};
pub use page::Page;
pub use proxy::ProxyRules;
pub use requests::{ListRequest, Openness, PAGE_SIZE, TicketColumn, TicketsRequest};
pub use tally::{LocalLedger, Tally};
pub use transport::{Transport, TransportSettings};
#[cfg(fuzzing)]
pub use wire::decode;

/// The wall clock, handed in so that tests can set it.
pub type Clock = std::sync::Arc<dyn Fn() -> jiff::Timestamp + Send + Sync>;
