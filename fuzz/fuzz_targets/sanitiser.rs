//! Whatever a stranger wrote: nothing unsafe is left, a second pass changes nothing, wrapped lines fit.
#![no_main]

use halo_tui::text::{SafeText, cut, is_safe_char, width, wrap};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: (&str, u8)| {
    let (raw, cols) = data;
    let line = SafeText::line(raw);
    assert!(line.as_str().chars().all(is_safe_char));
    assert_eq!(SafeText::line(line.as_str()), line);
    let block = SafeText::block(raw);
    assert!(block.as_str().chars().all(|c| c == '\n' || is_safe_char(c)));
    assert_eq!(SafeText::block(block.as_str()), block);
    // A cluster that is wider than the line stands alone: with its spacing marks a character may take more than two cells.
    let cols = usize::from(cols).max(2);
    let stands_alone = |line: &str| cut(line.trim_start_matches(['>', ' ']), cols).0.is_empty();
    assert!(wrap(block.as_str(), cols).iter().all(|line| width(line) <= cols || stands_alone(line)));
});
