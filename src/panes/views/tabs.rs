//! The line of tabs: the shown one set apart, each with its number, its name as far as there is room, its count.

use std::borrow::Cow;

use super::{Tab, Views};
use crate::{
    domain::grouped,
    text::{SafeText, cut},
    ui::{Own, Painter, Role, width},
};

/// Cells that the names of tabs that are not shown are cut to at most.
const LONGEST_CUT: u16 = 14;
/// From so many cells on a cut is marked.
const MARKED_FROM: u16 = 8;
/// Names have so many cells at least before the tabs move together.
const APART_FROM: u16 = 5;
/// Fewer cells say no name.
const SHORTEST_CUT: u16 = 3;
/// Keys lead to so many tabs.
const NUMBERED: usize = 9;

/// What there is room for of the tabs that are not shown.
#[derive(Clone, Copy)]
struct Room {
    /// Cells of a name.
    cells: u16,
    /// So many have their names, from the first.
    named: usize,
    /// Whether they have their counts.
    counts: bool,
    /// Whether they stand apart, not side by side.
    apart: bool,
}

impl Room {
    /// What to try, the most telling first: names and counts before the space between tabs, names before counts, and of names that
    /// don't all fit the first ones.
    fn all(tabs: usize) -> impl Iterator<Item = Self> {
        let cut = |shortest: u16, named, counts, apart| {
            (shortest..=LONGEST_CUT).rev().map(move |cells| Self { cells, named, counts, apart })
        };
        let whole = Self { cells: u16::MAX, named: tabs, counts: true, apart: true };
        let apart = cut(APART_FROM, tabs, true, true);
        let together = cut(SHORTEST_CUT, tabs, true, false);
        let fewer = (1..=tabs).rev().flat_map(move |named| cut(SHORTEST_CUT, named, false, true));
        let numbers = [true, false].map(|counts| Self { counts, ..Self::LEAST });
        std::iter::once(whole).chain(apart).chain(together).chain(fewer).chain(numbers)
    }

    /// Numbers alone.
    const LEAST: Self = Self { cells: 0, named: 0, counts: false, apart: true };
}

/// A tab as it is drawn.
struct Label<'a> {
    number: String,
    /// As much of the name as there is room for; without a mark where it is short, which would take the place of a letter.
    name: Cow<'a, str>,
    count: String,
    shown: bool,
}

impl Label<'_> {
    fn width(&self) -> u16 {
        let gap = |cells: u16| if cells == 0 { 0 } else { cells + 1 };
        width(Own(&self.number)) + gap(width(Own(&self.name))) + gap(width(Own(&self.count)))
    }

    fn draw(&self, painter: &mut Painter<'_>, x: u16) -> u16 {
        let style = painter.style(if self.shown { Role::TabActive } else { Role::Tab });
        let mut at = x + painter.put(x, 0, Own(&self.number), style, u16::MAX);
        for word in [&*self.name, &*self.count].into_iter().filter(|word| !word.is_empty()) {
            at += painter.put(at, 0, " ", style, 1);
            at += painter.put_cut(at, 0, Own(word), style, u16::MAX);
        }
        at - x
    }
}

/// A name in at most so many cells.
fn cut_to<'a>(name: &'a SafeText, cells: u16, ellipsis: &str) -> Cow<'a, str> {
    if width(name) <= cells {
        return Cow::Borrowed(name.as_str());
    }
    let mark = if cells < MARKED_FROM { "" } else { ellipsis };
    let (start, _) = cut(name.as_str(), usize::from(cells.saturating_sub(width(Own(mark)))));
    Cow::Owned(format!("{}{mark}", start.trim_end()))
}

impl Views {
    /// Draws the tabs into the first row and answers the cells they took, at most `max`.
    pub(in super::super) fn draw_tabs(&self, painter: &mut Painter<'_>, max: u16) -> u16 {
        let ellipsis = painter.glyphs().ellipsis;
        let labels = |room: Room| {
            let label = |(at, tab)| self.label(at, tab, if at < room.named { room } else { Room { cells: 0, ..room } }, ellipsis);
            self.tabs.iter().enumerate().map(label).collect::<Vec<_>>()
        };
        // Without a line between them, numbers side by side would run into one another.
        let (lean, lines) = (painter.look().is_lean(), painter.glyphs().rule_v);
        let gap = |room: Room| match (room.apart, lean) {
            (true, _) => 3,
            (false, true) => 2,
            (false, false) => 1,
        };
        let fits = |labels: &[Label<'_>], gap: u16| {
            labels.iter().map(|label| label.width() + gap).fold(1, u16::saturating_add) <= max.saturating_add(gap)
        };
        let rooms = Room::all(self.tabs.len()).map(|room| (labels(room), gap(room)));
        let fitting = rooms.into_iter().find(|(labels, gap)| fits(labels, *gap));
        let (labels, gap) = fitting.unwrap_or_else(|| (labels(Room::LEAST), gap(Room::LEAST)));
        // Where not even the numbers fit, the shown one stays in sight.
        let first = (0..self.current).find(|first| fits(labels.get(*first..=self.current).unwrap_or_default(), gap));
        let first = first.unwrap_or(self.current);
        let mut x = 1;
        for label in labels.iter().skip(first) {
            if x > 1 && x + gap - 1 + label.width() > max {
                break;
            }
            if x > 1 {
                // In the colour of the tabs: another one for each line would cost more than the line.
                painter.put(x + gap / 2, 0, if lean { " " } else { lines }, painter.style(Role::Tab), 1);
                x += gap;
            }
            x += label.draw(painter, x);
        }
        x
    }

    fn label<'a>(&self, at: usize, tab: &'a Tab, room: Room, ellipsis: &str) -> Label<'a> {
        let shown = at == self.current;
        let cells = room.cells;
        let number = if at < NUMBERED { (at + 1).to_string() } else { String::new() };
        // A tab without a number is known by its name alone.
        let cells = if shown {
            u16::MAX
        } else if number.is_empty() {
            cells.max(5)
        } else {
            cells
        };
        let count = tab.count.filter(|_| shown || room.counts);
        let count = count.map_or_else(String::new, |count| format!("{}{}", grouped(count.n), if count.more { "+" } else { "" }));
        Label { number, name: cut_to(&tab.view.name, cells, ellipsis), count, shown }
    }
}
