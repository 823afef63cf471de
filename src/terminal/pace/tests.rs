use proptest::prelude::*;

use super::link::{Costs, Link, MS, Rule};
use super::*;

/// Writes a frame of so many bytes; whether a request follows it.
fn asks(pace: &mut Pace, bytes: usize, now: Duration) -> bool {
    asks_after(pace, bytes, true, now)
}

/// Writes the first row of the first frame, with its request.
fn begin(pace: &mut Pace, now: Duration) {
    assert!(asks_after(pace, 140, false, now));
}

fn asks_after(pace: &mut Pace, bytes: usize, whole: bool, now: Duration) -> bool {
    let mut frame = vec![b'x'; bytes];
    pace.frame(&mut frame, whole, now);
    frame.ends_with(REQUEST)
}

/// Bytes a second and the round trip in milliseconds.
const LINKS: [(u64, u32); 6] = [(1200, 200), (3000, 600), (8000, 300), (16_000, 500), (125_000, 80), (1_250_000, 5)];

#[test]
fn a_held_key_is_seen_no_later_than_by_the_best_fixed_cap() {
    for (bytes_per_second, round_trip) in LINKS {
        for costs in [Costs::DEFAULT, Costs::LEAN] {
            let held = |rule| {
                let mut link = Link::begun(rule, bytes_per_second, round_trip * MS);
                // Down to the last row and on, and twice over rows that all come into sight.
                [1, 51, 101].map(|row| {
                    let seen = link.hold(50, row, costs);
                    link.after(2500 * MS);
                    seen
                })
            };
            let window = held(Rule::Window);
            for cap in [100, 150, 250] {
                let capped = held(Rule::Cap(cap * MS));
                let no_later = window.iter().zip(capped).all(|(window, capped)| *window <= capped);
                assert!(no_later, "{bytes_per_second} B/s, {round_trip} ms, {costs:?}: {window:?}, with {cap} ms {capped:?}");
            }
        }
    }
}

#[test]
fn on_slow_links_it_is_seen_in_these_times() {
    let held = |bytes_per_second, round_trip, costs| {
        Link::begun(Rule::Window, bytes_per_second, round_trip * MS).hold(50, 1, costs).as_millis()
    };
    assert_eq!([held(8000, 300, Costs::DEFAULT), held(8000, 300, Costs::LEAN)], [381, 328]);
    assert_eq!([held(3000, 600, Costs::DEFAULT), held(3000, 600, Costs::LEAN)], [1281, 928]);
}

#[test]
fn the_first_frame_tells_what_the_wire_is_like() {
    for (bytes_per_second, round_trip) in LINKS.into_iter().take(4) {
        let link = Link::begun(Rule::Window, bytes_per_second, round_trip * MS);
        let (drain, trip) = (link.pace.drain().unwrap(), link.pace.wire.round_trip().unwrap());
        assert!((bytes_per_second * 9 / 10..=bytes_per_second).contains(&drain), "{drain} of {bytes_per_second}");
        // The first row's own bytes are in it.
        let own = Duration::from_micros(150 * 1_000_000 / bytes_per_second);
        assert!(trip.abs_diff(round_trip * MS) <= own, "{trip:?} of {round_trip}");
    }
}

#[test]
fn a_first_frame_in_one_packet_holds_nobody_up_and_lets_nothing_pile_up() {
    for (bytes_per_second, round_trip) in LINKS {
        let held_at_once = |gap| {
            let mut link = Link::new(Rule::Window, bytes_per_second, round_trip * MS);
            link.begin(gap);
            link.after(10_000 * MS);
            let seen = link.hold(50, 1, Costs::DEFAULT);
            (link, seen)
        };
        let ((mut link, seen), (_, best)) = (held_at_once(Duration::ZERO), held_at_once(MS));
        assert!(seen <= best + 300 * MS, "{bytes_per_second} B/s, {round_trip} ms: {seen:?}, not {best:?}");
        link.after(2000 * MS);
        link.write(150);
        link.after(2000 * MS);
        link.hold(50, 1, Costs::DEFAULT);
        let drain = link.pace.drain().unwrap();
        assert!((bytes_per_second * 7 / 10..=bytes_per_second * 13 / 10).contains(&drain), "{drain} of {bytes_per_second}");
    }
}

#[test]
fn what_a_held_key_sends_stays_within_the_window_and_a_frame() {
    let mut link = Link::begun(Rule::Window, 8000, 300 * MS);
    link.hold(200, 1, Costs::DEFAULT);
    let queue = link.free_at.saturating_sub(link.now);
    assert!(queue <= 100 * MS, "{queue:?} behind after 200 keys");
}

#[test]
fn a_fast_link_is_kept_busy_and_never_holds_a_frame_for_long() {
    for (bytes, keys) in [(313, 200), (2000, 100)] {
        let mut link = Link::begun(Rule::Window, 2_000_000, 300 * MS);
        let before = link.frames;
        link.hold(keys, 1, Costs::same(bytes));
        let drawn = link.frames - before;
        assert!(drawn >= keys * 9 / 10, "all but a few at the start: {drawn} of {keys}");
        assert!(!link.pace.is_slow());
    }
}

#[test]
fn a_link_whose_answers_tremble_is_neither_slow_nor_held_back() {
    let mut link = Link::begun(Rule::Window, 125_000, 80 * MS);
    link.trembles = true;
    for costs in [Costs::same(300), Costs::same(2000)] {
        let before = link.frames;
        link.hold(200, 1, costs);
        let drawn = link.frames - before;
        assert!(drawn >= 180, "{drawn} of 200 frames of {} bytes, drain {:?}", costs.inside, link.pace.drain());
    }
    assert!(!link.pace.is_slow(), "{:?}", link.pace.drain());
}

#[test]
fn a_route_that_becomes_longer_is_found_out() {
    let mut link = Link::begun(Rule::Window, 125_000, 80 * MS);
    link.lengthen(400 * MS);
    for _ in 0..60 {
        link.write(150);
        link.after(500 * MS);
        link.write(300);
        link.after(500 * MS);
    }
    let before = link.frames;
    link.hold(100, 1, Costs::same(300));
    assert!(link.frames - before >= 95, "{} of 100", link.frames - before);
}

#[test]
fn small_frames_share_a_request_and_the_first_frame_holds_nobody_up() {
    let mut pace = Pace::new(true);
    assert_eq!(pace.most(), FIRST_PART);
    begin(&mut pace, MS);
    assert_eq!(pace.most(), usize::MAX, "the rest goes at once");
    assert!(asks(&mut pace, 6000, MS));
    assert!(pace.is_open(2 * MS), "its answer is not waited for");
    let asked: Vec<bool> = (0..7).map(|n| asks(&mut pace, 35, (3 + n) * MS)).collect();
    assert_eq!(asked, [false, false, true, false, false, true, false], "a request for 200 bytes and their headers");
    assert_eq!(pace.outstanding().unwrap().0, 4);
}

#[test]
fn a_frame_that_changes_nothing_counts_for_nothing() {
    let mut pace = Pace::new(true);
    for _ in 0..10 {
        assert!(!asks(&mut pace, 0, MS));
    }
    assert_eq!(pace.unanswered(), 0);
}

#[test]
fn many_small_frames_do_not_close_the_window_of_a_terminal_that_never_answers() {
    let mut pace = Pace::new(true);
    begin(&mut pace, MS);
    asks(&mut pace, 2600, MS);
    for frame in 0..40 {
        assert!(pace.is_open((2 + frame) * MS), "frame {frame} of 40 bytes");
        asks(&mut pace, 40, (2 + frame) * MS);
    }
}

#[test]
fn keys_that_come_before_the_first_frame_has_arrived_wait_for_it() {
    let mut pace = Pace::new(true);
    begin(&mut pace, MS);
    asks(&mut pace, 6000, MS);
    pace.answered(600 * MS);
    assert!(!pace.is_open(700 * MS), "the terminal answers: what is under way is known");
    pace.answered(2600 * MS);
    assert!(pace.is_open(2600 * MS));
}

#[test]
fn a_frame_is_held_back_until_the_wire_is_reckoned_to_be_free() {
    let mut link = Link::begun(Rule::Window, 3000, 600 * MS);
    assert!(link.pace.is_open(link.now));
    link.write(1400);
    let deadline = link.pace.deadline(link.now).unwrap();
    let took = deadline.saturating_sub(link.now);
    assert!(took > 480 * MS && took < 560 * MS, "{took:?} for half a second's bytes, long before their answer");
    assert!(!link.pace.is_open(deadline.saturating_sub(MS)));
    assert!(link.pace.is_open(deadline));
}

#[test]
fn a_terminal_that_never_answers_is_asked_no_more_until_it_does() {
    let mut pace = Pace::new(true);
    begin(&mut pace, MS);
    assert!(asks(&mut pace, 6000, MS));
    let mut now = 10 * MS;
    while pace.is_open(now) {
        assert!(asks(&mut pace, 313, now));
        now += MS;
    }
    let deadline = pace.deadline(now).unwrap();
    assert!(deadline > 1000 * MS && deadline < 1100 * MS, "{deadline:?}");
    assert!(!pace.is_open(deadline.saturating_sub(MS)));
    assert!(pace.is_open(deadline), "given up");
    assert_eq!(pace.outstanding(), None);
    assert!(!asks(&mut pace, 5000, deadline), "nothing is asked");
    assert!(pace.is_open(deadline), "nothing is waited for");
    pace.answered(deadline + 500 * MS);
    assert!(asks(&mut pace, 5000, deadline + 501 * MS), "it does answer");
}

#[test]
fn what_was_written_while_nobody_answered_holds_nothing_up_once_somebody_does() {
    let mut pace = Pace::new(true);
    begin(&mut pace, MS);
    assert!(asks(&mut pace, 1300, MS));
    // Rows come in when the patience has just ended, and only then the answers, of a wire of 3 kB/s and 600 ms.
    assert!(pace.is_open(1040 * MS));
    assert!(!asks(&mut pace, 3400, 1040 * MS), "nobody answers");
    pace.answered(1050 * MS);
    pace.answered(1480 * MS);
    assert!(pace.is_open(4000 * MS), "no request is under way whose answer would open it");
}

/// What may happen to a pace.
#[derive(Clone, Copy, Debug)]
enum Event {
    Frame(usize),
    Answer,
    Pass(u32),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        2 => prop_oneof![1usize..400, 400usize..8000].prop_map(Event::Frame),
        2 => Just(Event::Answer),
        3 => prop_oneof![0u32..50, 50u32..4000].prop_map(Event::Pass),
    ]
}

proptest! {
    /// However late answers come, and whether they come at all: a frame waits half a minute at most, and whoever holds it knows
    /// until when.
    #[test]
    fn no_frame_is_held_for_ever(events in prop::collection::vec(event(), 0..60)) {
        let mut pace = Pace::new(true);
        begin(&mut pace, MS);
        let mut now = MS;
        for event in events {
            match event {
                Event::Frame(bytes) if pace.is_open(now) => drop(asks(&mut pace, bytes, now)),
                Event::Frame(_) => {}
                Event::Answer => pace.answered(now),
                Event::Pass(ms) => now += ms * MS,
            }
        }
        let since = now;
        while !pace.is_open(now) {
            let deadline = pace.deadline(now);
            prop_assert!(deadline.is_some_and(|deadline| deadline > now), "held since {since:?} until {deadline:?}, now {now:?}");
            now = deadline.unwrap();
            let held = now.saturating_sub(since);
            prop_assert!(held <= Duration::from_secs(31), "held for {held:?}");
        }
    }
}

#[test]
fn where_somebody_else_would_answer_nothing_is_asked_and_nothing_waited_for() {
    let mut pace = Pace::new(false);
    assert_eq!(pace.most(), usize::MAX);
    assert!(!asks(&mut pace, 100_000, MS));
    assert!(pace.is_open(MS));
    assert_eq!(pace.deadline(MS), None);
    pace.answered(2 * MS);
    assert!(!asks(&mut pace, 100_000, 3 * MS), "a stray answer changes nothing");
}

#[test]
fn a_minutes_stall_lets_a_handful_of_frames_through_and_is_no_evidence() {
    let mut link = Link::begun(Rule::Window, 100_000, 100 * MS);
    link.hold(20, 1, Costs::same(1500));
    link.after(1000 * MS);
    link.answering = false;
    let (before, began) = (link.frames, link.now);
    while link.now < began + Duration::from_mins(1) {
        if link.pace.is_open(link.now) {
            link.write(1500);
        }
        link.now += 33 * MS;
    }
    let written = link.frames - before;
    assert!(written < 10 + 5, "{written} frames in a minute: the window and what is written off");
    for _ in 0..link.pace.asked.len() {
        link.pace.answered(link.now);
    }
    assert!(!link.pace.is_slow() && link.pace.unanswered() == 0);
    assert!(link.pace.is_open(link.now));
}

#[test]
fn slow_is_what_was_measured_slow_again_and_again() {
    for (bytes_per_second, round_trip, is_slow) in
        [(1200, 200, true), (3000, 600, true), (8000, 300, true), (16_000, 500, false), (1_000_000, 700, false)]
    {
        let mut link = Link::begun(Rule::Window, bytes_per_second, round_trip * MS);
        link.write(313);
        link.after(4000 * MS);
        assert!(!link.pace.is_slow(), "one frame is no evidence");
        for _ in 0..3 {
            link.write(4800);
            link.after(6000 * MS);
        }
        assert_eq!(link.pace.is_slow(), is_slow, "{bytes_per_second} B/s, {round_trip} ms");
    }
}

#[test]
fn one_hiccup_is_not_a_slow_wire_and_holds_no_frame_up_after_it() {
    let mut link = Link::begun(Rule::Window, 1_000_000, 20 * MS);
    for frame in 0..100 {
        link.write(1500);
        link.after(100 * MS);
        if frame == 50 {
            link.free_at = link.now + 2000 * MS;
        }
    }
    link.after(5000 * MS);
    assert!(!link.pace.is_slow(), "{:?}", link.pace.drain());
    let before = link.frames;
    link.hold(50, 1, Costs::same(300));
    assert!(link.frames - before >= 49, "{} of 50", link.frames - before);
}
