//! The query language: no panic, and what was understood is written so that it is understood the same.
#![no_main]

use halo_tui::query::Query;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|words: &str| match Query::parse(words) {
    Ok(query) => assert_eq!(Query::parse(&query.to_string()).ok(), Some(query)),
    Err(error) => drop(error.caret_line(words)),
});
