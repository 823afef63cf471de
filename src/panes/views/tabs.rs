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
/// Names have so many cells at least before there is room for counts.
const COUNTED_FROM: u16 = 5;
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
}

impl Room {
    /// What to try, the most telling first: names go before counts, and of names that don't all fit the first do.
    fn all(tabs: usize) -> impl Iterator<Item = Self> {
        let cut = |named, counts| {
            let shortest = if counts { COUNTED_FROM } else { SHORTEST_CUT };
            (shortest..=LONGEST_CUT).rev().map(move |cells| Self { cells, named, counts })
        };
        let whole = Self { cells: u16::MAX, named: tabs, counts: true };
        let fewer = (1..tabs).rev().flat_map(move |named| cut(named, false));
        let numbers = [true, false].map(|counts| Self { cells: 0, named: 0, counts });
        std::iter::once(whole).chain(cut(tabs, true)).chain(cut(tabs, false)).chain(fewer).chain(numbers)
    }

    /// Numbers alone.
    const LEAST: Self = Self { cells: 0, named: 0, counts: false };
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
        let line = |labels: &[Label<'_>]| labels.iter().map(|label| label.width() + 3).fold(0, u16::saturating_add);
        let fitting = Room::all(self.tabs.len()).map(labels).find(|labels| line(labels) <= max + 2);
        let labels = fitting.unwrap_or_else(|| labels(Room::LEAST));
        // Where not even the numbers fit, the shown one stays in sight.
        let first = (0..self.current).find(|first| line(labels.get(*first..=self.current).unwrap_or_default()) <= max + 2);
        let first = first.unwrap_or(self.current);
        let mut x = 1;
        for label in labels.iter().skip(first) {
            if x > 1 && x + 2 + label.width() > max {
                break;
            }
            if x > 1 {
                // In the colour of the tabs: another one for each line would cost more than the line.
                let line = if painter.look().is_lean() { " " } else { painter.glyphs().rule_v };
                painter.put(x + 1, 0, line, painter.style(Role::Tab), 1);
                x += 3;
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
