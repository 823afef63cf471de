//! The input decoder: bytes of the tty in, [`Input`] out.
//!
//! Two things make this more than a table. Over SSH a sequence may arrive in pieces, so what is incomplete is held for a
//! bounded time and the reader's next wake-up is [`Decoder::deadline`]; and a terminal may answer questions that somebody
//! else asked, so every reply is recognised by its frame and swallowed: it never becomes letters or an action.
//!
//! | incomplete input | held for | then |
//! |---|---|---|
//! | `ESC` | [`ESC_HOLD`] | Esc; its `[B` may still come within [`ESC_GRACE`] and is then an arrow all the same |
//! | `ESC` while an answer is owed | [`OWED_ESC_HOLD`], but for [`ESC_HOLD`] alone it makes alt of a key | Esc; its `[0n` may still come |
//! | `ESC [`, `ESC [0` while an answer is owed | [`OWED_HOLD`] | as below |
//! | `ESC [`, `ESC O` | [`SEQUENCE_HOLD`] | alt with that character |
//! | `ESC [` with parameters | [`PARAMETER_HOLD`] | dropped |
//! | `ESC ]`, `ESC P`, `ESC _`, `ESC ^`, `ESC X` | [`SEQUENCE_HOLD`] | alt with that character |
//! | the same with contents | [`REPLY_SILENCE`] of silence | dropped |
//! | a paste without its end mark | [`PASTE_SILENCE`] of silence | delivered as far as it came |
//!
//! Inside a paste nothing is a key, not even ctrl-c: a hostile paste could hold one. A lost end mark therefore costs at most
//! [`PASTE_SILENCE`] without typing.
//!
//! This program's own question, how far the terminal has come, is answered while keys are held and the wire is slow: just then
//! the answer is torn, and just then a key must not be taken for a part of it. So the decoder is told whether an answer is owed. Only a
//! lone `ESC` can then be both, and is held a little longer; a letter within the answer is a key, and the answer goes on.
//!
//! Time is handed in as a [`Duration`] on any monotonic scale. [`Decoder::feed`] never lets time pass by itself: bytes that
//! are already there win over a deadline that a busy machine has missed, so only a wait that ended without bytes calls
//! [`Decoder::tick`].

mod csi;
mod paste;
#[cfg(test)]
mod tests;

use std::time::Duration;

use crate::msg::{Input, Key, KeyCode};

use csi::{Sequence, Step};
use paste::Paste;

/// How long a lone `ESC` may still become the start of a sequence.
pub(super) const ESC_HOLD: Duration = Duration::from_millis(50);
/// How long after an `ESC` that was given out as Esc its late rest is still taken for a sequence.
pub(super) const ESC_GRACE: Duration = Duration::from_millis(500);
/// How long a lone `ESC` is held while an answer is owed, which begins with one.
pub(super) const OWED_ESC_HOLD: Duration = Duration::from_millis(250);
/// How long the rest of an owed answer is waited for; what was typed waits for it only if it looks like its beginning.
pub(super) const OWED_HOLD: Duration = Duration::from_secs(10);
/// The same where the bracket may as well have been typed after an Esc.
const OWED_BRACKET_HOLD: Duration = Duration::from_secs(2);
/// How long an introducer (`ESC [`, `ESC O`, `ESC ]`, ...) is held for what it introduces.
pub(super) const SEQUENCE_HOLD: Duration = Duration::from_millis(500);
/// How long a sequence with parameters is held for its end.
pub(super) const PARAMETER_HOLD: Duration = Duration::from_secs(2);
/// How long a reply without its end mark may be silent.
pub(super) const REPLY_SILENCE: Duration = Duration::from_secs(1);
/// How long a paste without its end mark may be silent.
pub(super) const PASTE_SILENCE: Duration = Duration::from_secs(2);
/// The longest paste that is delivered, in bytes; what comes after it is swallowed up to the end mark.
pub(super) const PASTE_CAP: usize = 1 << 20;
/// The longest reply that is swallowed, in bytes: after that it is no reply.
const REPLY_CAP: u32 = 1 << 20;

const ESC: u8 = 0x1b;
const BEL: u8 = 0x07;
const CAN: u8 = 0x18;
const SUB: u8 = 0x1a;

/// Where in a sequence the decoder stands.
enum State {
    /// Between sequences.
    Ground,
    /// Within a character of several bytes.
    Utf8 { bytes: [u8; 4], have: usize, need: usize, alt: bool },
    /// After `ESC`.
    Escape,
    /// After `ESC`, so long that no key makes alt of it any more; it may still begin an answer.
    HeldEscape,
    /// After `ESC [` or `ESC O`.
    Sequence { sequence: Sequence, esc: Esc },
    /// Within the three bytes of an old mouse report.
    OldMouse { left: u8 },
    /// Within an OSC, DCS, APC, PM or SOS string opened by `opener`; `escaped` after an `ESC` in it.
    Reply { opener: u8, bytes: u32, escaped: bool },
    /// Within a bracketed paste.
    Paste(Paste),
}

/// What became of the `ESC` of a sequence.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Esc {
    /// The rest followed at once.
    Fresh,
    /// The rest came late, before the `ESC` was given out.
    Held,
    /// It was given out as Esc.
    Given,
}

/// Turns the tty's bytes into input; see the module's documentation.
pub(super) struct Decoder {
    state: State,
    /// When the incomplete input is given up.
    deadline: Option<Duration>,
    /// When the last byte of it came.
    since: Duration,
    /// When a lone Esc was last given out.
    esc_given: Option<Duration>,
    /// Whether the terminal owes an answer.
    owed: bool,
}

impl Decoder {
    /// A decoder between sequences.
    pub(super) const fn new() -> Self {
        Self { state: State::Ground, deadline: None, since: Duration::ZERO, esc_given: None, owed: false }
    }

    /// Tells whether the terminal owes an answer to a status report request.
    pub(super) const fn owe(&mut self, owed: bool) {
        self.owed = owed;
    }

    /// The moment at which [`Decoder::tick`] has something to do; `None` while nothing is incomplete.
    pub(super) const fn deadline(&self) -> Option<Duration> {
        self.deadline
    }

    /// Decodes `bytes`, which were read at `now`.
    pub(super) fn feed(&mut self, bytes: &[u8], now: Duration, out: &mut Vec<Input>) {
        self.since = now;
        let mut rest = bytes;
        while let Some((&byte, tail)) = rest.split_first() {
            if let State::Paste(paste) = &mut self.state {
                let Some(after) = paste.take(rest) else {
                    self.deadline = Some(now + PASTE_SILENCE);
                    return;
                };
                out.push(Input::Paste(paste.finish()));
                self.enter(State::Ground, None);
                rest = after;
                continue;
            }
            rest = tail;
            // A byte that ends a sequence without belonging to it is looked at once more, from the state it leads to.
            let mut again = self.step(byte, now, out);
            while again {
                again = self.step(byte, now, out);
            }
        }
    }

    /// Gives up what is incomplete if its time has passed by `now`.
    pub(super) fn tick(&mut self, now: Duration, out: &mut Vec<Input>) {
        if self.deadline.is_none_or(|deadline| now < deadline) {
            return;
        }
        if let Some(held) = self.held_for_an_answer().map(|hold| self.since + hold).filter(|until| now < *until) {
            if matches!(self.state, State::Escape) {
                self.state = State::HeldEscape;
            }
            self.deadline = Some(held);
            return;
        }
        match std::mem::replace(&mut self.state, State::Ground) {
            State::Escape | State::HeldEscape => self.give_esc(now, out),
            State::Sequence { sequence, esc } => give_up(&sequence, esc, esc == Esc::Fresh, out),
            State::Reply { opener, bytes: 0, escaped: false } => push_char(char::from(opener), true, out),
            State::Paste(mut paste) => out.push(Input::Paste(paste.finish())),
            State::Ground | State::Utf8 { .. } | State::OldMouse { .. } | State::Reply { .. } => {}
        }
        self.deadline = None;
    }

    /// How long what is incomplete may still become the answer that is owed.
    fn held_for_an_answer(&self) -> Option<Duration> {
        match &self.state {
            _ if !self.owed => None,
            State::Escape | State::HeldEscape => Some(OWED_ESC_HOLD),
            State::Sequence { sequence, esc } if sequence.begins_answer() => {
                Some(if *esc == Esc::Given && sequence.bare().is_some() { OWED_BRACKET_HOLD } else { OWED_HOLD })
            }
            _ => None,
        }
    }

    fn give_esc(&mut self, now: Duration, out: &mut Vec<Input>) {
        out.push(Input::Key(Key::plain(KeyCode::Esc)));
        self.esc_given = Some(now);
    }

    fn enter(&mut self, state: State, deadline: Option<Duration>) {
        self.state = state;
        self.deadline = deadline;
    }

    /// Takes one byte; true if it must be looked at again in the state that is now entered.
    fn step(&mut self, byte: u8, now: Duration, out: &mut Vec<Input>) -> bool {
        match &mut self.state {
            State::Ground | State::Paste(_) => {
                self.ground(byte, now, out);
                false
            }
            State::Utf8 { bytes, have, need, alt } => {
                if !(0x80..0xc0).contains(&byte) {
                    self.enter(State::Ground, None);
                    return true;
                }
                if let Some(slot) = bytes.get_mut(*have) {
                    *slot = byte;
                }
                *have += 1;
                if have == need {
                    let c = bytes.get(..*need).and_then(|bytes| std::str::from_utf8(bytes).ok()).and_then(|s| s.chars().next());
                    let alt = *alt;
                    self.enter(State::Ground, None);
                    if let Some(c) = c.filter(|c| !c.is_control()) {
                        push_char(c, alt, out);
                    }
                }
                false
            }
            State::Escape => self.escape(byte, now, out),
            State::HeldEscape if byte == b'[' => {
                let sequence = Sequence::new(byte);
                self.enter(State::Sequence { sequence, esc: Esc::Held }, Some(now + ESC_HOLD));
                false
            }
            State::HeldEscape => {
                self.enter(State::Ground, None);
                self.give_esc(now, out);
                true
            }
            State::Sequence { sequence, esc } => {
                let esc = *esc;
                let within_answer = self.owed && sequence.begins_answer();
                match sequence.take(byte) {
                    Step::More => {
                        self.deadline = Some(now + PARAMETER_HOLD);
                        false
                    }
                    // No sequence ends so: it was typed while the answer came in.
                    Step::Done(None) if within_answer => {
                        out.push(Input::Key(ascii(byte)));
                        false
                    }
                    Step::Done(input) => {
                        self.enter(State::Ground, None);
                        out.extend(input);
                        false
                    }
                    Step::OldMouse => {
                        self.enter(State::OldMouse { left: 3 }, Some(now + SEQUENCE_HOLD));
                        false
                    }
                    Step::Paste => {
                        self.enter(State::Paste(Paste::default()), Some(now + PASTE_SILENCE));
                        false
                    }
                    Step::Broken => {
                        // What looked like the late rest of an arrow was typed after all.
                        give_up(sequence, esc, false, out);
                        self.enter(State::Ground, None);
                        true
                    }
                }
            }
            State::OldMouse { left } => {
                // No coordinate is ctrl-c or ESC: the report was cut short.
                if byte == ESC || byte == 0x03 {
                    self.enter(State::Ground, None);
                    return true;
                }
                *left = left.saturating_sub(1);
                if *left == 0 {
                    self.enter(State::Ground, None);
                }
                false
            }
            State::Reply { bytes, escaped, .. } => {
                if *escaped {
                    let ended = byte == b'\\';
                    self.enter(State::Escape, Some(now + ESC_HOLD));
                    if ended {
                        self.enter(State::Ground, None);
                    }
                    return !ended;
                }
                *bytes = bytes.saturating_add(1);
                let over = *bytes > REPLY_CAP;
                self.deadline = Some(now + REPLY_SILENCE);
                match byte {
                    ESC => *escaped = true,
                    BEL | CAN | SUB => self.enter(State::Ground, None),
                    // No reply holds a control character: the person at the keyboard is typing.
                    0x00..=0x1f => {
                        self.enter(State::Ground, None);
                        return true;
                    }
                    _ if over => self.enter(State::Ground, None),
                    _ => {}
                }
                false
            }
        }
    }

    fn ground(&mut self, byte: u8, now: Duration, out: &mut Vec<Input>) {
        let after_esc = self.esc_given.take().is_some_and(|given| self.owed || now.saturating_sub(given) <= ESC_GRACE);
        match byte {
            ESC => self.enter(State::Escape, Some(now + ESC_HOLD)),
            b'[' | b'O' if after_esc => {
                self.enter(State::Sequence { sequence: Sequence::new(byte), esc: Esc::Given }, Some(now + ESC_HOLD));
            }
            0x80.. => self.utf8(byte, false, now),
            _ => out.push(Input::Key(ascii(byte))),
        }
    }

    fn escape(&mut self, byte: u8, now: Duration, out: &mut Vec<Input>) -> bool {
        match byte {
            // Two in one packet are Esc and the start of something, be it another Esc.
            ESC => {
                out.push(Input::Key(Key::plain(KeyCode::Esc)));
                self.enter(State::Escape, Some(now + ESC_HOLD));
            }
            b'[' | b'O' => {
                self.enter(State::Sequence { sequence: Sequence::new(byte), esc: Esc::Fresh }, Some(now + SEQUENCE_HOLD));
            }
            b']' | b'P' | b'_' | b'^' | b'X' => {
                self.enter(State::Reply { opener: byte, bytes: 0, escaped: false }, Some(now + SEQUENCE_HOLD));
            }
            0x80.. => self.utf8(byte, true, now),
            _ => {
                self.enter(State::Ground, None);
                out.push(Input::Key(Key { alt: true, ..ascii(byte) }));
                // A key may have come within an answer, right after its `ESC`: the rest of it is none all the same.
                self.esc_given = self.owed.then_some(now);
            }
        }
        false
    }

    /// Begins a character of several bytes; a byte that can't begin one is dropped.
    fn utf8(&mut self, byte: u8, alt: bool, now: Duration) {
        let need = match byte {
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            _ => {
                self.enter(State::Ground, None);
                return;
            }
        };
        self.enter(State::Utf8 { bytes: [byte, 0, 0, 0], have: 1, need, alt }, Some(now + SEQUENCE_HOLD));
    }
}

/// Gives out what looked like a sequence and was typed, as far as keys can look like one; with alt if `alt`.
fn give_up(sequence: &Sequence, esc: Esc, alt: bool, out: &mut Vec<Input>) {
    if esc == Esc::Held {
        out.push(Input::Key(Key::plain(KeyCode::Esc)));
    }
    match sequence.bare() {
        Some(opener) if alt || esc != Esc::Fresh => push_char(char::from(opener), alt, out),
        None if esc != Esc::Fresh && sequence.begins_answer() => ['[', '0'].into_iter().for_each(|c| push_char(c, false, out)),
        _ => {}
    }
}

fn push_char(c: char, alt: bool, out: &mut Vec<Input>) {
    out.push(Input::Key(Key { alt, ..Key::char(c) }));
}

/// The key of one ASCII byte. Backspace is 0x7f or 0x08 and Enter 0x0d or 0x0a: terminals differ, so ctrl-h and ctrl-j are not
/// told apart from them.
fn ascii(byte: u8) -> Key {
    match byte {
        0x00 => Key::ctrl(' '),
        0x08 | 0x7f => Key::plain(KeyCode::Backspace),
        0x09 => Key::plain(KeyCode::Tab),
        0x0a | 0x0d => Key::plain(KeyCode::Enter),
        0x1b => Key::plain(KeyCode::Esc),
        0x01..=0x1a => Key::ctrl(char::from(byte | 0x60)),
        0x1c..=0x1f => Key::ctrl(char::from(byte | 0x40)),
        _ => Key::char(char::from(byte)),
    }
}
