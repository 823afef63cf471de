//! What is left of an SLA, as a list and a page show it.

use ratatui::style::Style;

use super::{Own, Painter, countdown};
use crate::domain::Burn;

/// Cells that [`burn_down`] takes: a letter, a countdown of six cells, a bar of one.
pub const BURN_COLS: u16 = 8;
/// Cells of the countdown.
const COUNTDOWN_COLS: u16 = 6;

/// Draws `R   14m▃`: the target's letter, the time left until it, and the part that this is of the whole time as a bar that falls.
/// A clock that stands is `held`; where no target counts there is but a mark of that.
pub fn burn_down(painter: &mut Painter<'_>, x: u16, y: u16, burn: &Burn, style: impl Into<Style>) {
    let style = style.into();
    let times = x.saturating_add(1);
    match burn {
        Burn::None => {
            painter.put_right(times, y, painter.glyphs().none, style, COUNTDOWN_COLS);
        }
        Burn::Held => {
            painter.put_right(times, y, "held", style, COUNTDOWN_COLS);
        }
        Burn::Running { target, left, eighths, .. } => {
            painter.put(x, y, target.letter(), style, 1);
            painter.put_right(times, y, &countdown(*left), style, COUNTDOWN_COLS);
            painter.put(times.saturating_add(COUNTDOWN_COLS), y, level(painter, *eighths), style, 1);
        }
    }
}

/// Draws `▇▇▇▃····`: the part that is left on `cols` cells.
pub fn burn_bar(painter: &mut Painter<'_>, x: u16, y: u16, eighths: u8, style: impl Into<Style>, cols: u16) -> u16 {
    let style = style.into();
    let full = u16::from(eighths.min(8)).saturating_mul(cols).div_ceil(8);
    let glyphs = painter.glyphs();
    let bar: String = (0..cols).map(|cell| if cell < full { glyphs.bar } else { glyphs.bar_rest }).collect();
    painter.put(x, y, Own(&bar), style, cols)
}

/// The bar of one cell.
fn level(painter: &Painter<'_>, eighths: u8) -> &'static str {
    let levels = &painter.glyphs().levels;
    usize::from(eighths).checked_sub(1).and_then(|step| levels.get(step)).copied().unwrap_or(" ")
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use ratatui::{buffer::Buffer, layout::Rect};

    use super::*;
    use crate::{
        domain::Target,
        ui::{ColourDepth, Glyphs, Look, Theme},
    };

    fn shown(glyphs: &Glyphs, draw: impl FnOnce(&mut Painter<'_>)) -> String {
        let area = Rect::new(0, 0, 12, 1);
        let mut buf = Buffer::empty(area);
        let look = Look::new(&Theme::default(), ColourDepth::Sixteen, *glyphs, false);
        draw(&mut Painter::new(&mut buf, area, &look));
        buf.content().iter().map(ratatui::buffer::Cell::symbol).collect::<String>().trim_end().to_owned()
    }

    #[test]
    fn a_letter_a_countdown_and_a_bar() {
        let running =
            |target, left, eighths| Burn::Running { target, at: Timestamp::UNIX_EPOCH, left, eighths, missed: left < 0 };
        for (burn, utf8, ascii) in [
            (running(Target::Respond, 14, 1), "R   14m▁", "R   14m."),
            (running(Target::Fix, 125, 8), "F  2h05█", "F  2h05@"),
            (running(Target::Fix, -14, 0), "F  -14m", "F  -14m"),
            (running(Target::Fix, -1439, 0), "F-23h59", "F-23h59"),
            (Burn::Held, "   held", "   held"),
            (Burn::None, "      –", "      -"),
        ] {
            assert_eq!(shown(&Glyphs::UTF8, |p| burn_down(p, 0, 0, &burn, Style::new())), utf8);
            assert_eq!(shown(&Glyphs::ASCII, |p| burn_down(p, 0, 0, &burn, Style::new())), ascii);
        }
    }

    #[test]
    fn a_wider_bar_is_empty_only_at_the_end() {
        let bar = |eighths| shown(&Glyphs::UTF8, |p| assert_eq!(burn_bar(p, 0, 0, eighths, Style::new(), 4), 4));
        assert_eq!([0, 1, 4, 8, 9].map(bar), ["····", "▇···", "▇▇··", "▇▇▇▇", "▇▇▇▇"]);
    }
}
