//! What the line to the terminal does to the screen: lean by itself or by command, the meter, a window that nobody looks at.

use halo_tui::msg::Measured;

use super::*;

const SLOW: Msg = Msg::SlowWire { bytes_per_second: 8_000 };

/// So long after the beginning.
fn after(millis: u64) -> Now {
    let (now, by) = (now(), Duration::from_millis(millis));
    Now { wall: now.wall.checked_add(by).unwrap(), tick: now.tick + by }
}

fn is_lean(desk: &Desk) -> bool {
    !desk.text().contains('─')
}

fn type_at(desk: &mut Desk, c: char, now: Now) {
    desk.take_at(Msg::Input(Input::Key(Key::char(c))), now);
}

#[test]
fn a_slow_line_makes_it_lean_once_nobody_types() {
    let mut desk = Desk::full(120, 40, false);
    desk.take_at(SLOW, after(0));
    type_at(&mut desk, 'j', after(2_000));
    desk.take_at(Msg::Wake, after(4_900));
    assert!(!is_lean(&desk), "a key was pressed less than 3 s ago");
    assert_eq!(desk.model.deadline(), Some(after(5_000).tick));
    desk.take_at(Msg::Wake, after(5_000));
    assert!(is_lean(&desk));
    assert!(desk.text().contains("64 kbit/s") && desk.text().contains(":lean"), "{}", desk.text());
    desk.keys(":lean\r");
    assert!(!is_lean(&desk));
    desk.take_at(SLOW, after(6_000));
    desk.take_at(Msg::Wake, after(60_000));
    assert!(!is_lean(&desk), "the operator chose");
}

#[test]
fn lean_on_and_off_by_command_ends_where_it_began() {
    let mut desk = Desk::full(120, 40, true);
    let before = desk.frame();
    desk.keys(":lean\r");
    assert!(is_lean(&desk) && desk.text().contains("\n>"), "{}", desk.text());
    desk.keys(":lean\r");
    desk.later(Duration::from_secs(30));
    assert_eq!(desk.frame(), before, "all its colours are back");
}

#[test]
fn the_meter_is_read_after_keys_and_when_minutes_begin_only() {
    let mut desk = Desk::full(120, 40, false);
    let reads = |effects: &[Effect]| {
        let reads = effects.iter().filter_map(|effect| match effect {
            Effect::Measure { after_key } => Some(*after_key),
            _ => None,
        });
        reads.collect::<Vec<_>>()
    };
    assert_eq!(reads(&desk.keys("j")), [false; 0], "nothing is read while it is hidden");
    assert_eq!(reads(&desk.keys(":meter\r")), [true]);
    let measured = |drawn| Measured { drawn, requests: 3, fetched: 12_000, ..Measured::default() };
    desk.take(Msg::Measured { measured: measured(6_000), after_key: true });
    assert_eq!(reads(&desk.keys("j")), [true]);
    desk.take(Msg::Measured { measured: measured(6_300), after_key: true });
    assert!(desk.text().contains("key 300 B, mean 300 B · minute 300 B · line unmeasured"), "{}", desk.text());
    assert!(desk.text().contains("3 requests, 12.0 kB fetched"));
    assert_eq!(reads(&desk.take_at(Msg::Wake, after(30_000))), [false; 0]);
    assert_eq!(reads(&desk.take_at(Msg::Wake, after(40_000))), [false], "a minute begins");
    desk.keys(":meter\r");
    assert!(desk.text().contains("j/k move") && !desk.text().contains("unmeasured"));
}

#[test]
fn who_looks_away_is_told_of_once() {
    let mut desk = Desk::full(120, 40, false);
    let told = |effects: Vec<Effect>| {
        let told = effects.into_iter().filter_map(|effect| match effect {
            Effect::Watched(watched) => Some(watched),
            _ => None,
        });
        told.collect::<Vec<_>>()
    };
    assert_eq!(told(desk.take(Msg::Input(Input::FocusGained))), [false; 0], "as it is taken to be from the start");
    assert_eq!(told(desk.take(Msg::Input(Input::FocusLost))), [false]);
    assert_eq!(told(desk.take(Msg::Input(Input::FocusLost))), [false; 0]);
    assert_eq!(told(desk.take(Msg::Input(Input::FocusGained))), [true]);
}
