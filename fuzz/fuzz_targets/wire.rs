//! What a server sends: no panic whatever it is, and a ticket that could not be read wholly says so.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let (marked, bad) = halo_tui::halo::decode(body);
    assert_eq!(marked, bad);
});
