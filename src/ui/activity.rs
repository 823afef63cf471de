//! What happened to a ticket over its life as a row of cells.

use jiff::Timestamp;

use super::{Own, Painter, Role};

/// What happened between two moments.
#[derive(Clone, Copy, Debug)]
pub struct Activity<'a> {
    /// The left end.
    pub from: Timestamp,
    /// The right end.
    pub to: Timestamp,
    /// When something was said or done, any order.
    pub events: &'a [Timestamp],
    /// From when to when the SLA clock stood.
    pub holds: &'a [(Timestamp, Timestamp)],
    /// Targets that were missed.
    pub breaches: &'a [Timestamp],
}

/// What one cell shows; where two compete, the later of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Cell {
    Nothing,
    Held,
    /// So many events.
    Events(u32),
    Breached,
}

/// Draws `▁··▂‖‖‖▃✗·▁` in `cols` cells: bars rise with what happened, `‖` where the SLA clock stood, `✗` where a target was missed.
/// In ASCII the bars are counts (`+` for ten and more) and `=` the standing clock.
pub fn activity(painter: &mut Painter<'_>, x: u16, y: u16, activity: &Activity<'_>, cols: u16) {
    let cells = cells(activity, cols);
    let most = cells.iter().map(|cell| if let Cell::Events(n) = cell { *n } else { 0 }).max().unwrap_or(0);
    let glyphs = *painter.glyphs();
    for (at, cell) in (x..).zip(&cells) {
        let (glyph, role) = match cell {
            Cell::Nothing => (glyphs.bar_rest, Role::Dim),
            Cell::Held => (glyphs.hold, Role::Warn),
            Cell::Breached => (glyphs.breached, Role::Bad),
            Cell::Events(count) => {
                let style = painter.style(Role::Info);
                if glyphs.bar.is_ascii() {
                    let digit = if *count > 9 { "+".to_owned() } else { count.to_string() };
                    painter.put(at, y, Own(&digit), style, 1);
                } else {
                    painter.put(at, y, level(&glyphs.levels, *count, most), style, 1);
                }
                continue;
            }
        };
        let style = painter.style(role);
        painter.put(at, y, glyph, style, 1);
    }
}

/// The height of a bar: the highest for the most, the lowest for one of many.
fn level(levels: &[&'static str; 8], count: u32, most: u32) -> &'static str {
    let top = levels.len() - 1;
    let place = if most <= 1 { top / 2 } else { usize::try_from(u64::from(count - 1) * 7 / u64::from(most - 1)).unwrap_or(top) };
    levels.get(place.min(top)).copied().unwrap_or_default()
}

fn cells(activity: &Activity<'_>, cols: u16) -> Vec<Cell> {
    let mut cells = vec![Cell::Nothing; usize::from(cols)];
    let (from, to) = (activity.from.as_second(), activity.to.as_second());
    let span = i128::from(to.saturating_sub(from).max(1));
    let place = |at: Timestamp| {
        let into = i128::from(at.as_second().clamp(from, to.max(from)).saturating_sub(from));
        usize::try_from(into * i128::from(cols) / span).unwrap_or(0).min(cells_last(cols))
    };
    for (begin, end) in activity.holds.iter().filter(|(begin, end)| begin < end) {
        if let Some(held) = cells.get_mut(place(*begin)..=place(*end)) {
            held.fill(Cell::Held);
        }
    }
    for event in activity.events {
        if let Some(cell) = cells.get_mut(place(*event)) {
            *cell = Cell::Events(if let Cell::Events(n) = cell { n.saturating_add(1) } else { 1 });
        }
    }
    for breach in activity.breaches {
        if let Some(cell) = cells.get_mut(place(*breach)) {
            *cell = (*cell).max(Cell::Breached);
        }
    }
    cells
}

fn cells_last(cols: u16) -> usize {
    usize::from(cols.saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::{buffer::Buffer, layout::Rect};

    use super::*;
    use crate::ui::{ColourDepth, Glyphs, Look, Theme};

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + minutes * 60).unwrap()
    }

    fn shown(glyphs: &Glyphs, events: &[i64], holds: &[(i64, i64)], breaches: &[i64], cols: u16) -> String {
        let mut buf = Buffer::empty(Rect::new(0, 0, 40, 1));
        let look = Look::new(&Theme::default(), ColourDepth::Sixteen, *glyphs, false);
        let events: Vec<_> = events.iter().map(|minute| at(*minute)).collect();
        let holds: Vec<_> = holds.iter().map(|(from, to)| (at(*from), at(*to))).collect();
        let breaches: Vec<_> = breaches.iter().map(|minute| at(*minute)).collect();
        let what = Activity { from: at(0), to: at(100), events: &events, holds: &holds, breaches: &breaches };
        activity(&mut Painter::new(&mut buf, Rect::new(0, 0, 40, 1), &look), 0, 0, &what, cols);
        buf.content().iter().map(ratatui::buffer::Cell::symbol).collect::<String>().trim_end().to_owned()
    }

    #[test]
    fn bars_holds_and_breaches_are_told_apart_without_colour() {
        let events = [0, 1, 2, 12, 55, 99, 100];
        assert_eq!(shown(&Glyphs::UTF8, &events, &[(20, 45)], &[71], 10), "█▁‖‖‖▁·✗·▄");
        assert_eq!(shown(&Glyphs::ASCII, &events, &[(20, 45)], &[71], 10), "31===1.x.2");
        assert_eq!(shown(&Glyphs::ASCII, &[50; 12], &[(0, 100)], &[], 3), "=+=");
        assert_eq!(shown(&Glyphs::UTF8, &[0], &[], &[], 3), "▄··");
    }

    proptest! {
        #[test]
        fn any_times_fit(events in proptest::collection::vec(any::<i32>(), 0..8), hold: (i32, i32), breach: i32, cols in 0u16..40) {
            let text = shown(&Glyphs::UTF8, &events.iter().map(|at| i64::from(*at)).collect::<Vec<_>>(),
                &[(hold.0.into(), hold.1.into())], &[breach.into()], cols);
            prop_assert_eq!(text.chars().count(), usize::from(cols));
        }
    }
}
