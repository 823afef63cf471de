//! Mail, as HTML and as plain text: no panic, and what comes out is safe.
#![no_main]

use halo_tui::text::{Links, MailText, is_safe_char};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|mail: &str| {
    for read in [MailText::html, MailText::plain] {
        let text = read(mail, &mut Links::default());
        assert!(text.whole().as_str().chars().all(|c| c == '\n' || is_safe_char(c)));
    }
});
