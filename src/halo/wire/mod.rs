//! From Halo's JSON to records: lenient with every field, strict about nothing but the record's own id.
//!
//! One odd record must not cost its page, so a page is cut into its elements first and each is read alone.

mod client;
mod extras;
mod fields;
#[cfg(fuzzing)]
mod fuzz;
mod list;
mod people;
mod record;
mod repair;
mod tables;
#[cfg(test)]
mod tests;
mod ticket;
mod value;
mod workday;

pub(super) use fields::Fields;
#[cfg(fuzzing)]
pub use fuzz::decode;
pub(super) use list::{ids, list, one};
pub(super) use record::WireRecord;
pub(super) use repair::text;
