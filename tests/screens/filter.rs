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
fn what_can_stand_behind_a_key_is_told_rather_than_that_it_is_missing() {
    assert!(told("/is:").starts_with(" tab  open  closed"), "{}", told("/is:"));
    assert!(told("/status:").contains("\"In Progress\""));
    assert!(told("/is:\r").contains("^^^ a value is missing here"), "enter asks for it");
    assert!(told("/is: x").contains("^^^ a value is missing here"), "the cursor has left it");
    assert!(told("/is:opne").contains("did you mean open?"));
}

#[test]
fn tab_stays_with_what_fitted_the_letters() {
    let mut desk = Desk::full(120, 36, false);
    desk.keys("/client:bor\t");
    assert!(desk.text().contains("/client:\"Borealis Ltd\""), "{}", desk.text());
    assert_eq!(below(&desk).split("  1 of").next().unwrap().trim(), "tab  \"Borealis Ltd\"  \"Boréal & Fils\"");
    desk.keys("\t");
    assert!(desk.text().contains("/client:\"Boréal & Fils\""), "{}", desk.text());
    desk.keys("\t");
    assert!(desk.text().contains("/client:bor\n"), "{}", desk.text());
}

#[test]
fn an_open_quote_finds_what_was_typed_so_far() {
    assert!(told("/\"mail zz").contains("1 of 6"), "{}", told("/\"mail zz"));
    let none = told("/\"mail zzz");
    assert!(none.contains("0 of 0") && !none.contains('^'), "what is in the open quote was asked for: {none}");
    let mut desk = Desk::full(120, 36, false);
    desk.keys("/\"mail ser\r");
    assert!(desk.text().lines().nth(1).unwrap().contains("\"mail ser"), "enter keeps it:\n{}", desk.text());
}

#[test]
fn a_name_that_nobody_has_is_told_with_the_nearest_one() {
    assert!(!told("/status:in progr").contains('^'), "the beginning of a name");
    assert!(!told("/agent:riy").contains('^'), "a part of a name that is still being typed");
    assert_eq!(told("/agent:pryia"), "       ^^^^^ did you mean \"Priya Shah\"? no agent here is called that");
    assert!(told("/agent:pryia\r").contains("did you mean \"Priya Shah\"?"), "why there are no rows is told after enter too");
    assert!(!told("/client:former").contains('^'), "tickets name a client that is not among the known ones");
}

#[test]
fn up_brings_back_filters_that_were_taken_and_none_that_were_left() {
    let mut desk = Desk::full(120, 36, false);
    desk.keys("/vpn\r/ mail\r/ left\u{1b}/");
    let line = |desk: &Desk| desk.text().lines().rev().nth(1).unwrap().trim_end().to_owned();
    let walked = ["↑", "↑", "↑", "↓", "↓"].map(|key| {
        desk.keys(key);
        line(&desk)
    });
    assert_eq!(walked, ["/vpn mail", "/vpn", "/vpn", "/vpn mail", "/vpn mail"]);
}
