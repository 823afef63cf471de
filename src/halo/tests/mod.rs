//! The real client over real HTTP on loopback.

mod client;
mod connect;
mod discover;
pub(super) mod fixture;
mod parts;
mod tls;
mod transport;
