//! The filter line: what it offers, what it doubts, what it remembers.

use super::*;

/// The row below the line.
fn below(desk: &Desk) -> String {
    desk.text().lines().last().unwrap().trim_end().to_owned()
}

/// The row below the line once these keys were pressed.
fn told(keys: &str) -> String {
    let mut desk = Desk::full(120, 36, false);
    desk.keys(keys);
    below(&desk)
}

#[test]
fn a_name_that_nobody_has_is_told_with_the_nearest_one() {
    assert!(!told("/status:in progr").contains('^'), "the beginning of a name");
    assert!(!told("/agent:riy").contains('^'), "a part of a name that is still being typed");
    assert_eq!(told("/agent:pryia"), "       ^^^^^ did you mean \"Priya Shah\"? no agent here is called that");
    assert!(told("/agent:pryia\r").contains("did you mean \"Priya Shah\"?"), "why there are no rows is told after enter too");
    assert!(!told("/client:former").contains('^'), "tickets name a client that is not among the known ones");
}
