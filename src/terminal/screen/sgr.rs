//! From one pen to another in the fewest bytes.

use ratatui::style::{Color, Modifier};

use super::bytes::{keep_shorter, push_number};
use super::cell::Pen;

/// Each modifier with the parameter that sets it and the one that clears it; bold and dim, and the two blinks, share the latter.
const MODIFIERS: [(Modifier, u8, u8); 9] = [
    (Modifier::BOLD, 1, 22),
    (Modifier::DIM, 2, 22),
    (Modifier::ITALIC, 3, 23),
    (Modifier::UNDERLINED, 4, 24),
    (Modifier::SLOW_BLINK, 5, 25),
    (Modifier::RAPID_BLINK, 6, 25),
    (Modifier::REVERSED, 7, 27),
    (Modifier::HIDDEN, 8, 28),
    (Modifier::CROSSED_OUT, 9, 29),
];

/// Appends what makes `to` of `from`: single changes or a reset with what is left, whichever is shorter.
pub(super) fn transition(out: &mut Vec<u8>, from: Pen, to: Pen) {
    if from == to {
        return;
    }
    let start = out.len();
    changes(out, from, to, false);
    let middle = out.len();
    changes(out, Pen::DEFAULT, to, true);
    keep_shorter(out, start, middle);
}

fn changes(out: &mut Vec<u8>, from: Pen, to: Pen, reset: bool) {
    out.extend_from_slice(b"\x1b[");
    // An empty first parameter is 0, the reset.
    let mut first = !reset;
    let mut param = |out: &mut Vec<u8>, number: u8| {
        if !std::mem::take(&mut first) {
            out.push(b';');
        }
        push_number(out, usize::from(number));
    };
    let mut gone = from.modifier.difference(to.modifier);
    let mut have = from.modifier;
    for (modifier, _, clear) in MODIFIERS {
        if gone.contains(modifier) {
            param(out, clear);
            for (also, _, same) in MODIFIERS {
                if same == clear {
                    gone.remove(also);
                    have.remove(also);
                }
            }
        }
    }
    for (modifier, set, _) in MODIFIERS {
        if to.modifier.difference(have).contains(modifier) {
            param(out, set);
        }
    }
    for (old, new, base) in [(from.fg, to.fg, 30), (from.bg, to.bg, 40)] {
        if old == new {
            continue;
        }
        match new {
            Color::Indexed(n @ 0..8) => param(out, base + n),
            Color::Indexed(n @ 8..16) => param(out, base + 60 + n - 8),
            Color::Indexed(n) => [base + 8, 5, n].into_iter().for_each(|number| param(out, number)),
            Color::Rgb(r, g, b) => [base + 8, 2, r, g, b].into_iter().for_each(|number| param(out, number)),
            // Frames hold no named colours: they are indexed by now.
            _ => param(out, base + 9),
        }
    }
    out.push(b'm');
}
