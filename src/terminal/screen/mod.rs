//! The screen writer's composing half: from what the terminal shows to what is wanted, in close to the fewest bytes.
//!
//! [`Screen`] knows every cell that the terminal shows, where its cursor stands and which pen it holds, so that a frame is a
//! comparison of two grids and an unchanged frame is no byte at all. It asks the terminal nothing. What a frame may contain:
//!
//! - cursor moves (CUP, CUU, CUD, CUF, CUB, CHA, VPA, CR, LF, BS), the shortest each time; unchanged cells in between are
//!   written again where that is shorter than a move;
//! - SGR, as single changes or as a reset with what is left, whichever is shorter;
//! - REP for runs of one glyph, where the terminal is known to have it;
//! - EL and ECH for blanks in the terminal's own background only: terminals differ in whether erasing takes the pen's colour;
//! - DECSTBM with SU and SD (with LF and RI where those are not known) for rows that moved, if that was found to be shorter;
//! - OSC 8 around one text, a link of the program's own, where the terminal is known to have it;
//! - the cursor's visibility, and synchronized-update brackets around a frame that is larger than a packet.
//!
//! The last column is safe: the cursor's place after it is held to be unknown, as terminals differ there. So is its place after
//! glyphs whose width terminals dispute (emoji, joined clusters): they are written onto blanks, what follows them is placed
//! absolutely and written again.
//!
//! It is also the last guard against hostile text: a cell with a control, bidi, tag or invisible character is shown as U+FFFD
//! whatever the rooms above let through.

mod bytes;
mod cell;
mod encoder;
mod link;
mod scroll;
mod sgr;
#[cfg(test)]
mod tests;

use ratatui::buffer::Buffer;
use ratatui::layout::Size;

use cell::{Grid, Pen};
use encoder::{At, Encoder};
use link::Link;

use crate::text::SafeText;

/// The largest screen that is drawn; of a larger terminal the top left part is used. It bounds memory (about 3 MB a grid)
/// whatever size a terminal claims.
pub(super) const LARGEST: Size = Size { width: 500, height: 200 };

/// A frame above this many bytes travels in several packets and is bracketed, so that the terminal shows it at once.
const PACKET: usize = 1400;

/// Values of `TERM`, and beginnings of them before a dash, that only terminals with REP bear. tmux has it for ASCII alone (seen in
/// 3.3a): after any other character the order is passed over, and what was to be repeated would be lost.
const MODERN: &[&str] = &["xterm-kitty", "xterm-ghostty", "alacritty", "foot", "wezterm"];

/// Whether what follows a terminal's name in `TERM` leaves it that terminal: nothing, or as in `foot-extra`.
fn is_variant(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with('-')
}

/// What the terminal understands, by its name alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Emulators that say by name who they are and that have REP as well. Where a terminal only says that it is like xterm, or where
    /// mosh stands in between, REP may be missing, and what was to be repeated would be lost.
    Modern,
    /// What all emulators of this century share.
    Xterm,
    /// The Linux console: it has no SU and SD.
    Linux,
    /// A VT100 or VT220, or what says so: no SU, SD, ECH, CHA or VPA.
    Vt100,
}

impl Dialect {
    /// The dialect of a terminal called `term`; of one behind mosh if `mosh`.
    pub fn of(term: &str, mosh: bool) -> Self {
        match term {
            "linux" => Self::Linux,
            _ if term.starts_with("vt1") || term.starts_with("vt2") => Self::Vt100,
            _ if !mosh && MODERN.iter().any(|name| term.strip_prefix(name).is_some_and(is_variant)) => Self::Modern,
            _ => Self::Xterm,
        }
    }

    const fn scrolls_by_count(self) -> bool {
        matches!(self, Self::Modern | Self::Xterm)
    }

    const fn erases_by_count(self) -> bool {
        !matches!(self, Self::Vt100)
    }

    const fn has_absolute_column(self) -> bool {
        !matches!(self, Self::Vt100)
    }

    const fn repeats(self) -> bool {
        matches!(self, Self::Modern)
    }
}

/// What the terminal shows, and the bytes to make it show something else.
pub struct Screen {
    /// `None` while nothing is known: before the first frame, and after somebody else has drawn.
    shown: Option<Grid>,
    /// The frame that it shows: rows of the next one that are the same need no second look.
    frame: Option<Buffer>,
    encoder: Encoder,
    cursor_visible: bool,
    link: Option<Link>,
    /// Whether the terminal takes UTF-8.
    utf8: bool,
}

impl Screen {
    /// A screen of which nothing is known but that its cursor is hidden.
    pub const fn new(dialect: Dialect) -> Self {
        Self { shown: None, frame: None, encoder: Encoder::new(dialect), cursor_visible: false, link: None, utf8: true }
    }

    /// The same for a terminal that may take bytes rather than UTF-8: what it could take for an order is shown as a question mark.
    pub fn of_bytes(self) -> Self {
        Self { utf8: false, ..self }
    }

    /// Forgets what the terminal shows: the next frame is drawn from nothing.
    pub fn invalidate(&mut self) {
        self.shown = None;
    }

    /// Makes this text a link, underlined, in the next frame that shows it, as long as frames do.
    pub fn link(&mut self, text: &SafeText) {
        self.link = Link::new(text);
    }

    /// Appends to `out` what makes the terminal show `wanted`, with the cursor at `cursor` (column, row) or hidden. A frame of another
    /// size than the last one is drawn from nothing.
    pub fn present(&mut self, frame: Buffer, cursor: Option<(u16, u16)>, out: &mut Vec<u8>) {
        self.present_part(frame, cursor, usize::MAX, out);
    }

    /// The same, but of what takes more than `most` bytes only the upper rows that do: then not all of the frame is shown, and it is
    /// given back. The rest is in the next frame, this one again or a newer.
    pub fn present_part(&mut self, frame: Buffer, cursor: Option<(u16, u16)>, most: usize, out: &mut Vec<u8>) -> Option<Buffer> {
        // A link is drawn over what the frame holds.
        let unlinked = self.link.is_none();
        let before = self.frame.take().filter(|_| unlinked);
        let mut wanted = Grid::of(&frame, self.shown.as_ref().zip(before.as_ref()));
        if !self.utf8 {
            wanted.make_safe_for_bytes();
        }
        let place = self.link.as_ref().and_then(|link| link.underline(&mut wanted));
        let known = self.shown.take().filter(|shown| shown.cols() == wanted.cols() && shown.rows() == wanted.rows());
        let shown = known.unwrap_or_else(|| {
            // Margins off, own colours, everything erased, cursor in the corner.
            self.encoder.out.extend_from_slice(b"\x1b[r\x1b[m\x1b[H\x1b[2J");
            self.encoder.at = At::HOME;
            self.encoder.pen = Pen::DEFAULT;
            if let Some(link) = &mut self.link {
                link.forget();
            }
            Grid::blank(wanted.cols(), wanted.rows())
        });
        let part = self.change(shown, &wanted, most);
        let whole = part.is_none();
        if whole {
            let encoder = &mut self.encoder;
            self.link = self.link.take().and_then(|mut link| link.draw(place, &wanted, encoder).then_some(link));
        }
        self.place(cursor, &wanted);
        self.shown = Some(part.unwrap_or(wanted));
        let body = &mut self.encoder.out;
        if body.len() > PACKET {
            out.extend_from_slice(b"\x1b[?2026h");
            out.append(body);
            out.extend_from_slice(b"\x1b[?2026l");
        } else {
            out.append(body);
        }
        if !whole {
            return Some(frame);
        }
        self.frame = unlinked.then_some(frame);
        None
    }

    /// Draws the change with each scroll that could help, and without, and keeps the shortest. What the terminal then shows, if it is
    /// not what is wanted, as that takes more than `most` bytes.
    fn change(&mut self, shown: Grid, wanted: &Grid, most: usize) -> Option<Grid> {
        let mut shortest = self.encoder.clone();
        let changed: Vec<usize> = (0..wanted.rows()).filter(|y| shown.row(*y) != wanted.row(*y)).collect();
        shortest.rows(&changed, &shown, wanted);
        let mut shift = None;
        for candidate in scroll::candidates(&shown, wanted, &changed) {
            let mut other = self.encoder.clone();
            let mut scrolled = shown.clone();
            other.shift(candidate, &mut scrolled);
            other.grid(&scrolled, wanted, usize::MAX);
            if other.out.len() < shortest.out.len() {
                shortest = other;
                shift = Some(candidate);
            }
        }
        if shortest.out.len() <= most {
            self.encoder = shortest;
            return None;
        }
        let mut shown = shown;
        if let Some(shift) = shift {
            self.encoder.shift(shift, &mut shown);
        }
        let rows = self.encoder.grid(&shown, wanted, most);
        for y in 0..rows {
            shown.row_mut(y).clone_from_slice(wanted.row(y));
        }
        (rows < wanted.rows()).then_some(shown)
    }

    fn place(&mut self, cursor: Option<(u16, u16)>, wanted: &Grid) {
        if let Some((col, row)) = cursor {
            let col = usize::from(col).min(wanted.cols().saturating_sub(1));
            let row = usize::from(row).min(wanted.rows().saturating_sub(1));
            self.encoder.move_to(row, col);
        }
        if self.cursor_visible != cursor.is_some() {
            self.cursor_visible = cursor.is_some();
            self.encoder.out.extend_from_slice(if self.cursor_visible { b"\x1b[?25h" } else { b"\x1b[?25l" });
        }
    }
}
