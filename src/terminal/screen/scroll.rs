//! Rows that moved, found by hashing them.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::cell::{Glyph, Grid};

/// The fewest bytes that a scroll must promise to save before it is tried.
const WORTHWHILE: usize = 24;

/// A scroll that brings rows to where they are wanted: `top..=bottom` move up by `by`, down if negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shift {
    pub(super) top: usize,
    pub(super) bottom: usize,
    pub(super) by: isize,
}

/// The scrolls worth trying: the most promising one, and the same with a row more at its ends. A bar that stays at the edge of a
/// list while the list moves under it makes the difference: its row is cheaper kept, or cheaper moved, by what it holds.
pub(super) fn candidates(shown: &Grid, wanted: &Grid) -> Vec<Shift> {
    let rows = wanted.rows();
    let old: Vec<u64> = (0..rows).map(|y| hash(shown, y)).collect();
    let new: Vec<u64> = (0..rows).map(|y| hash(wanted, y)).collect();
    let changed = old.iter().zip(&new).filter(|(old, new)| old != new).count();
    if changed < 3 {
        return Vec::new();
    }
    let weight: Vec<usize> = (0..rows).map(|y| wanted.row(y).iter().filter(|cell| cell.glyph != Glyph::Blank).count()).collect();
    let Some(best) = best(&old, &new, &weight) else { return Vec::new() };
    let mut shifts = vec![best];
    if best.bottom + 1 < rows {
        shifts.push(Shift { bottom: best.bottom + 1, ..best });
    }
    if best.top > 0 {
        shifts.push(Shift { top: best.top - 1, ..best });
    }
    shifts
}

/// The longest run of rows, by what they hold, that stand elsewhere on the screen in the same order.
fn best(old: &[u64], new: &[u64], weight: &[usize]) -> Option<Shift> {
    let rows = new.len();
    let mut best = None;
    let mut most = WORTHWHILE;
    for distance in 1..rows {
        for up in [true, false] {
            let mut run = None;
            let mut gain = 0;
            // One beyond the last row ends the last run.
            for y in 0..=rows {
                let from = if up { y.checked_add(distance) } else { y.checked_sub(distance) };
                let row = new.get(y);
                let moved = row.is_some() && from.is_some_and(|from| old.get(from) == row);
                if moved {
                    run.get_or_insert(y);
                    if old.get(y) != row {
                        gain += weight.get(y).copied().unwrap_or(0);
                    }
                    continue;
                }
                if let Some(first) = run.take().filter(|_| gain > most) {
                    most = gain;
                    let by = isize::try_from(distance).unwrap_or(isize::MAX);
                    best = Some(if up {
                        Shift { top: first, bottom: y - 1 + distance, by }
                    } else {
                        Shift { top: first - distance, bottom: y - 1, by: -by }
                    });
                }
                gain = 0;
            }
        }
    }
    best
}

fn hash(grid: &Grid, y: usize) -> u64 {
    let mut hasher = DefaultHasher::new();
    grid.row(y).hash(&mut hasher);
    hasher.finish()
}
