//! What follows `ESC [` and `ESC O`: keys, reports and replies.
//!
//! Sources: ECMA-48 5.4 for the frame; xterm's control sequences for keys and reports; the rxvt and Linux console manuals for
//! their variants; the kitty keyboard protocol for `CSI u`.

use crate::msg::{Input, Key, KeyCode, Mouse, MouseAct};

/// The most parameter bytes that a known sequence needs; a longer one is swallowed.
const LONGEST: usize = 64;

/// What a byte did to a [`Sequence`].
pub(super) enum Step {
    /// It belongs to the sequence, which goes on.
    More,
    /// It ended the sequence, which means this, or nothing that is of use.
    Done(Option<Input>),
    /// It ended the head of an old mouse report: three bytes follow.
    OldMouse,
    /// It ended the start mark of a paste.
    Paste,
    /// It doesn't belong to a sequence: what came before is void, the byte counts on its own.
    Broken,
}

/// A sequence on its way: the opener, `[` or `O`, and the parameter bytes so far.
pub(super) struct Sequence {
    opener: u8,
    bytes: Vec<u8>,
}

impl Sequence {
    /// A sequence of which only `opener` has come.
    pub(super) const fn new(opener: u8) -> Self {
        Self { opener, bytes: Vec::new() }
    }

    /// The opener, while nothing has followed it.
    pub(super) fn bare(&self) -> Option<u8> {
        self.bytes.is_empty().then_some(self.opener)
    }

    /// Whether the answer to a status report request (`ESC [0n`) may begin so.
    pub(super) fn begins_answer(&self) -> bool {
        self.opener == b'[' && (self.bytes.is_empty() || self.bytes == b"0")
    }

    /// Takes the next byte.
    pub(super) fn take(&mut self, byte: u8) -> Step {
        if self.opener == b'O' {
            return match byte {
                b'0'..=b'9' | b';' if self.bytes.len() < LONGEST => {
                    self.bytes.push(byte);
                    Step::More
                }
                b' '..=b'~' => Step::Done(self.single_shift(byte)),
                _ => Step::Broken,
            };
        }
        match byte {
            // The Linux console's F1 to F5 have a second bracket.
            b'[' if self.bytes.is_empty() => {
                self.bytes.push(byte);
                Step::More
            }
            b'A'..=b'E' if self.bytes == b"[" => Step::Done(Some(key(KeyCode::F(byte - b'A' + 1)))),
            b'$' | b'^' | b'@' if self.is_one_number() => Step::Done(self.rxvt(byte)),
            b' '..=b'?' => {
                if self.bytes.len() < LONGEST {
                    self.bytes.push(byte);
                }
                Step::More
            }
            b'M' if self.bytes.is_empty() => Step::OldMouse,
            b'~' if self.bytes == b"200" => Step::Paste,
            b'@'..=b'~' => Step::Done(self.dispatch(byte)),
            _ => Step::Broken,
        }
    }

    fn is_one_number(&self) -> bool {
        !self.bytes.is_empty() && self.bytes.iter().all(u8::is_ascii_digit)
    }

    /// `ESC O`: arrows and keypad in application mode, with the modifier in between in old xterms; rxvt's ctrl-arrows in lower case.
    fn single_shift(&self, last: u8) -> Option<Input> {
        let params = Params::read(&self.bytes)?;
        let modifiers = Modifiers::from_param(params.last())?;
        let code = match last {
            b'a'..=b'd' => return Some(Modifiers { ctrl: true, ..modifiers }.key(arrow(last.to_ascii_uppercase())?)),
            b'I' => KeyCode::Tab,
            b'M' => KeyCode::Enter,
            b' ' => KeyCode::Char(' '),
            b'X' => KeyCode::Char('='),
            b'j'..=b'y' => KeyCode::Char(char::from(last - 0x40)),
            _ => arrow(last).or_else(|| function(last))?,
        };
        Some(modifiers.key(code))
    }

    /// rxvt: `$` with shift, `^` with ctrl, `@` with both.
    fn rxvt(&self, last: u8) -> Option<Input> {
        let params = Params::read(&self.bytes)?;
        let modifiers = Modifiers { shift: last != b'^', ctrl: last != b'$', alt: false };
        Some(modifiers.key(tilde(params.first())?))
    }

    fn dispatch(&self, last: u8) -> Option<Input> {
        if self.bytes.len() >= LONGEST {
            return None;
        }
        if let Some(report) = self.bytes.strip_prefix(b"<") {
            return mouse(report, last);
        }
        // A private or intermediate byte marks a reply or a report (mode, device, mouse, keyboard flags), never a key.
        let params = Params::read(&self.bytes)?;
        let modifiers = || Modifiers::from_param(params.second());
        match last {
            b'I' if self.bytes.is_empty() => Some(Input::FocusGained),
            b'O' if self.bytes.is_empty() => Some(Input::FocusLost),
            b'n' if params.first() == 0 && self.bytes == b"0" => Some(Input::StatusReport),
            b'Z' => Some(Modifiers { shift: true, ..modifiers()? }.key(KeyCode::Tab)),
            b'a'..=b'd' if self.bytes.is_empty() => {
                Some(Modifiers { shift: true, ..Modifiers::default() }.key(arrow(last.to_ascii_uppercase())?))
            }
            // With parameters this is the answer to a cursor position question; shifted F3 shares it and loses.
            b'R' if !self.bytes.is_empty() => None,
            b'A'..=b'D' | b'F' | b'H' if params.first() <= 1 => Some(modifiers()?.key(arrow(last)?)),
            b'P'..=b'S' if params.first() <= 1 => Some(modifiers()?.key(function(last)?)),
            b'~' if params.first() == 27 => key_of_code(params.third(), 0, modifiers()?),
            b'~' => Some(modifiers()?.key(tilde(params.first())?)),
            // The third part of the second parameter says press (1), repeat (2) or release (3).
            b'u' if params.event() != 3 => key_of_code(params.first(), params.shifted(), Modifiers::from_kitty(params.second())?),
            _ => None,
        }
    }
}

/// An SGR mouse report: button and modifiers, column, row; `M` for a press, `m` for a release, which means nothing here.
fn mouse(report: &[u8], last: u8) -> Option<Input> {
    let params = Params::read(report)?;
    let act = match (params.first(), last) {
        (0, b'M') => MouseAct::Press,
        (64, b'M') => MouseAct::WheelUp,
        (65, b'M') => MouseAct::WheelDown,
        // With shift, alt or ctrl something else is meant, mostly the terminal's own selection.
        _ => return None,
    };
    let place = |number: u32| u16::try_from(number).ok()?.checked_sub(1);
    Some(Input::Mouse(Mouse { act, col: place(params.second())?, row: place(params.third())? }))
}

fn key(code: KeyCode) -> Input {
    Input::Key(Key::plain(code))
}

fn arrow(last: u8) -> Option<KeyCode> {
    Some(match last {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'F' => KeyCode::End,
        b'H' => KeyCode::Home,
        _ => return None,
    })
}

fn function(last: u8) -> Option<KeyCode> {
    matches!(last, b'P'..=b'S').then(|| KeyCode::F(last - b'P' + 1))
}

/// The key of `CSI number ~`.
fn tilde(number: u32) -> Option<KeyCode> {
    let function = |first: u32, as_f: u32| u8::try_from(number - first + as_f).ok().map(KeyCode::F);
    match number {
        1 | 7 => Some(KeyCode::Home),
        2 => Some(KeyCode::Insert),
        3 => Some(KeyCode::Delete),
        4 | 8 => Some(KeyCode::End),
        5 => Some(KeyCode::PageUp),
        6 => Some(KeyCode::PageDown),
        11..=15 => function(11, 1),
        17..=21 => function(17, 6),
        23..=26 => function(23, 11),
        28 | 29 => function(28, 15),
        31..=34 => function(31, 17),
        _ => None,
    }
}

/// A key named by its Unicode number or by kitty's private one; `shifted` is what shift makes of it, 0 where not said.
fn key_of_code(code: u32, shifted: u32, modifiers: Modifiers) -> Option<Input> {
    let code = match code {
        9 => KeyCode::Tab,
        13 | 57414 => KeyCode::Enter,
        27 => KeyCode::Esc,
        8 | 127 => KeyCode::Backspace,
        57376..=57398 => KeyCode::F(u8::try_from(code - 57376 + 13).ok()?),
        57399..=57408 => KeyCode::Char(char::from_digit(code - 57399, 10)?),
        57409 => KeyCode::Char('.'),
        57410 => KeyCode::Char('/'),
        57411 => KeyCode::Char('*'),
        57412 => KeyCode::Char('-'),
        57413 => KeyCode::Char('+'),
        57415 => KeyCode::Char('='),
        57416 => KeyCode::Char(','),
        57417 => KeyCode::Left,
        57418 => KeyCode::Right,
        57419 => KeyCode::Up,
        57420 => KeyCode::Down,
        57421 => KeyCode::PageUp,
        57422 => KeyCode::PageDown,
        57423 => KeyCode::Home,
        57424 => KeyCode::End,
        57425 => KeyCode::Insert,
        57426 => KeyCode::Delete,
        // The rest of the private area are modifiers, media and lock keys.
        57344..=63743 => return None,
        _ => {
            let plain = char::from_u32(code).filter(|c| !c.is_control())?;
            let upper = char::from_u32(shifted).filter(|c| !c.is_control()).unwrap_or(plain.to_ascii_uppercase());
            KeyCode::Char(if modifiers.shift { upper } else { plain })
        }
    };
    Some(modifiers.key(code))
}

/// The modifiers of a key.
#[derive(Clone, Copy, Default)]
struct Modifiers {
    shift: bool,
    alt: bool,
    ctrl: bool,
}

impl Modifiers {
    /// xterm's parameter: 1 and the sum of shift 1, alt 2, ctrl 4, meta 8, which counts as alt; 0 or 1 for none.
    fn from_param(param: u32) -> Option<Self> {
        let bits = param.saturating_sub(1);
        (bits < 16).then_some(Self { shift: bits & 1 != 0, alt: bits & 0b1010 != 0, ctrl: bits & 4 != 0 })
    }

    /// kitty's parameter: as xterm's, but with super 8, hyper 16, meta 32, which belong to the desktop, and the locks 64 and 128.
    fn from_kitty(param: u32) -> Option<Self> {
        let bits = param.saturating_sub(1);
        (bits < 256 && bits & 0b11_1000 == 0).then_some(Self { shift: bits & 1 != 0, alt: bits & 2 != 0, ctrl: bits & 4 != 0 })
    }

    fn key(self, code: KeyCode) -> Input {
        let code = match code {
            KeyCode::Char(c) if self.ctrl => KeyCode::Char(c.to_ascii_lowercase()),
            code => code,
        };
        let shift = self.shift && !matches!(code, KeyCode::Char(_));
        Input::Key(Key { code, ctrl: self.ctrl, alt: self.alt, shift })
    }
}

/// Up to three numbers, each with up to three parts.
struct Params([[u32; 3]; 3], usize);

impl Params {
    /// Reads `1;5:3`; `None` if anything but digits and separators is there. Fields and parts beyond the third are of no use.
    fn read(bytes: &[u8]) -> Option<Self> {
        let mut params = Self([[0; 3]; 3], 0);
        if bytes.is_empty() {
            return Some(params);
        }
        for (at, field) in bytes.split(|b| *b == b';').enumerate() {
            params.1 = at;
            for (part, digits) in field.split(|b| *b == b':').enumerate() {
                let mut number = 0u32;
                for digit in digits {
                    if !digit.is_ascii_digit() {
                        return None;
                    }
                    number = number.saturating_mul(10).saturating_add(u32::from(digit - b'0'));
                }
                // Kitty adds the text of a key as further parts: of no use here.
                if let Some(slot) = params.0.get_mut(at).and_then(|field| field.get_mut(part)) {
                    *slot = number;
                }
            }
        }
        Some(params)
    }

    const fn first(&self) -> u32 {
        self.0[0][0]
    }

    const fn second(&self) -> u32 {
        self.0[1][0]
    }

    const fn third(&self) -> u32 {
        self.0[2][0]
    }

    const fn shifted(&self) -> u32 {
        self.0[0][1]
    }

    const fn event(&self) -> u32 {
        self.0[1][1]
    }

    fn last(&self) -> u32 {
        self.0.get(self.1).map_or(0, |field| field.first().copied().unwrap_or(0))
    }
}
