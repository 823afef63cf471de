//! The least that a change of frames can cost: the changed cells' UTF-8, one change of colour per run of style, one move per run.

use ratatui::{
    buffer::{Buffer, Cell},
    style::{Color, Modifier},
};

/// Cells that changed and stand side by side in one row: the row, the first column, the one after the last.
pub(crate) fn runs(before: &Buffer, after: &Buffer) -> Vec<(u16, u16, u16)> {
    let mut runs = Vec::new();
    for y in 0..after.area.height {
        let mut x = 0;
        while x < after.area.width {
            let start = x;
            while x < after.area.width && looks(&before[(x, y)]) != looks(&after[(x, y)]) {
                x += 1;
            }
            if x > start {
                runs.push((y, start, x));
            }
            x += 1;
        }
    }
    runs
}

/// The least bytes from one frame to the next when nothing is scrolled, erased or repeated.
pub(crate) fn floor(before: &Buffer, after: &Buffer) -> usize {
    let mut pen = Pen::default();
    let mut bytes = 0;
    let mut at = (0, 0);
    for (y, from, to) in runs(before, after) {
        bytes += if at.0 == y && at.1 < from {
            format!("\x1b[{}C", from - at.1).len()
        } else if from == 0 && y == at.0 + 1 {
            "\r\n".len()
        } else {
            format!("\x1b[{};{}H", y + 1, from + 1).len()
        };
        for x in from..to {
            let cell = &after[(x, y)];
            let next = Pen::of(cell);
            // A blank shows no colour of its own.
            if next != pen && !(cell.symbol() == " " && next.bg == pen.bg && next.shown() == pen.shown()) {
                bytes += pen.to(next);
                pen = next;
            }
            bytes += glyph(after, x, y);
        }
        at = (y, to);
    }
    bytes
}

/// Bytes of the glyph in a cell; none for the right half of a wide one.
pub(crate) fn glyph(frame: &Buffer, x: u16, y: u16) -> usize {
    let before = x.checked_sub(1).map(|x| halo_tui::text::width(frame[(x, y)].symbol()));
    if before == Some(2) { 0 } else { frame[(x, y)].symbol().len() }
}

fn looks(cell: &Cell) -> (&str, Option<Color>, Color, Modifier) {
    let pen = Pen::of(cell);
    let blank = cell.symbol() == " " && pen.shown().is_empty();
    (cell.symbol(), (!blank).then_some(pen.fg), pen.bg, if blank { Modifier::empty() } else { pen.modifier })
}

#[derive(Clone, Copy, PartialEq)]
struct Pen {
    fg: Color,
    bg: Color,
    modifier: Modifier,
}

impl Default for Pen {
    fn default() -> Self {
        Self { fg: Color::Reset, bg: Color::Reset, modifier: Modifier::empty() }
    }
}

impl Pen {
    fn of(cell: &Cell) -> Self {
        Self { fg: cell.fg, bg: cell.bg, modifier: cell.modifier }
    }

    fn shown(self) -> Modifier {
        self.modifier & (Modifier::REVERSED | Modifier::UNDERLINED)
    }

    /// Bytes of the shortest SGR to another pen: a reset with what is wanted, or single changes.
    fn to(self, next: Self) -> usize {
        let colour = |colour: Color, base: usize| match colour {
            Color::Reset => format!("{}", base + 9),
            Color::Indexed(n) => format!("{};5;{n}", base + 8),
            Color::Rgb(r, g, b) => format!("{};2;{r};{g};{b}", base + 8),
            Color::DarkGray
            | Color::LightRed
            | Color::LightGreen
            | Color::LightYellow
            | Color::LightBlue
            | Color::LightMagenta
            | Color::LightCyan
            | Color::White => "90".repeat(base / 30),
            _ => "30".to_owned(),
        };
        let set = |from: Self, parts: &mut Vec<String>| {
            parts.extend((next.modifier - from.modifier).iter().map(|_| "1".to_owned()));
            if next.fg != from.fg {
                parts.push(colour(next.fg, 30));
            }
            if next.bg != from.bg {
                parts.push(colour(next.bg, 40));
            }
        };
        let mut changes: Vec<String> = (self.modifier - next.modifier).iter().map(|_| "22".to_owned()).collect();
        set(self, &mut changes);
        let mut anew = vec![String::new()];
        set(Self::default(), &mut anew);
        "\x1b[m".len() + changes.join(";").len().min(anew.join(";").len())
    }
}
