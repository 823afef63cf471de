//! The query language: grammar, meaning, completion, nearest word.
//!
//! ```text
//! query  = { item }                      items are separated by spaces; all of them hold
//! item   = [ "-" ] ( key ":" values | "@me" | "#" number | values )
//! values = value { "," value }           one of them is enough
//! value  = [ "=" | "<" | "<=" | ">" | ">=" ] word | '"' phrase '"'
//! ```
//!
//! Within quotes `\"` is a quote and `\\` a backslash. A word matches where it begins a word, a phrase where its words stand
//! whole and in its order; case and accents don't count. Times that are relative stay lengths here: whoever runs the query
//! knows what time it is.

mod ast;
mod complete;
mod display;
mod doubt;
mod error;
mod fold;
mod marks;
mod parse;
mod scan;
mod vocabulary;

pub use ast::{
    Compare, Day, Filter, NameKey, NameValue, PriorityValue, Query, SlaValue, Sort, SortKey, Span, State, Term, Thing, TimeKey,
    TimeValue, Words,
};
pub use complete::{Completion, Known, KnownKey, complete, unfinished_name};
pub use doubt::{Acquaintance, doubt};
pub use error::QueryError;
pub use fold::folded_words;
pub use marks::Marks;
pub use parse::check_words;

#[cfg(test)]
mod tests;
