//! A text of the frame as a link that a click opens: OSC 8, around text that is there anyway.

use ratatui::style::Modifier;

use super::{
    cell::{Glyph, Grid},
    encoder::{At, Encoder},
};
use crate::text::SafeText;

/// The longest link that is sent, in bytes.
const LONGEST: usize = 512;
/// Frames that a link is waited for: it is told of before the frame that shows it.
const PATIENCE: u8 = 20;

/// A link that a frame shows, or will.
pub(super) struct Link {
    text: String,
    /// Row and column where the terminal has it as a link.
    at: Option<(usize, usize)>,
    patience: u8,
}

impl Link {
    /// A link with this text, which leads where it says; `None` for what is none, or holds what could end the order early.
    pub(super) fn new(text: &SafeText) -> Option<Self> {
        let text = text.as_str();
        let fits = text.len() <= LONGEST && (text.starts_with("https://") || text.starts_with("http://"));
        // RFC 3986 leaves nothing else unescaped, and nothing of this is a control.
        let plain = text.bytes().all(|byte| byte.is_ascii_graphic());
        (fits && plain).then(|| Self { text: text.to_owned(), at: None, patience: PATIENCE })
    }

    /// Underlines the link in a frame that is about to be compared; where it stands, if it does.
    pub(super) fn underline(&self, wanted: &mut Grid) -> Option<(usize, usize)> {
        let (row, col) = find(wanted, &self.text)?;
        for cell in wanted.row_mut(row).iter_mut().skip(col).take(self.text.len()) {
            cell.pen.modifier.insert(Modifier::UNDERLINED);
        }
        Some((row, col))
    }

    /// Makes what stands at `place` a link, if it is none yet. False once there is nothing more to do.
    pub(super) fn draw(&mut self, place: Option<(usize, usize)>, wanted: &Grid, encoder: &mut Encoder) -> bool {
        let Some((row, col)) = place else {
            self.patience = self.patience.saturating_sub(1);
            return self.at.is_none() && self.patience > 0;
        };
        if self.at != place {
            self.at = place;
            encoder.move_to(row, col);
            encoder.out.extend_from_slice(b"\x1b]8;;");
            encoder.out.extend_from_slice(self.text.as_bytes());
            encoder.out.extend_from_slice(b"\x1b\\");
            for cell in wanted.row(row).iter().skip(col).take(self.text.len()) {
                encoder.pen_to(cell.pen);
                cell.write(&mut encoder.out);
            }
            encoder.out.extend_from_slice(b"\x1b]8;;\x1b\\");
            let next = col + self.text.len();
            // After the last column the cursor is where terminals differ.
            encoder.at = At { row: Some(row), col: (next < wanted.cols()).then_some(next) };
        }
        true
    }

    /// The terminal has nothing of it any more.
    pub(super) fn forget(&mut self) {
        self.at = None;
    }
}

/// The lowest place where a text of one-cell characters stands whole.
fn find(grid: &Grid, text: &str) -> Option<(usize, usize)> {
    let at = |row: usize, col: usize| {
        let cells = grid.row(row).get(col..col + text.len());
        cells.is_some_and(|cells| cells.iter().zip(text.chars()).all(|(cell, c)| cell.glyph == Glyph::Char { c, wide: false }))
    };
    (0..grid.rows()).rev().find_map(|row| (0..grid.cols()).find(|col| at(row, *col)).map(|col| (row, col)))
}
