//! What comes from the terminal: no panic, never deaf for good, and it does not matter where reads cut it into pieces.
#![no_main]

use halo_tui::{msg::Input, terminal::decode};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: (u16, &[u8])| {
    let (at, bytes) = data;
    let whole = decode(&[bytes]);
    let (head, tail) = bytes.split_at(usize::from(at).min(bytes.len()));
    assert_eq!(decode(&[head, tail]), whole);
    for input in whole {
        if let Input::Paste(text) = input {
            assert!(text.len() <= 4 << 20);
        }
    }
});
