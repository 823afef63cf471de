//! Rows that moved, found by hashing them.

use std::hash::BuildHasher as _;

use foldhash::fast::FixedState;

use super::cell::{Glyph, Grid};

/// The fewest bytes that a scroll must promise to save before it is tried.
const WORTHWHILE: usize = 24;

/// The fewest rows that differ where something may have moved.
const FEWEST_ROWS: usize = 3;

/// A scroll that brings rows to where they are wanted: `top..=bottom` move up by `by`, down if negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shift {
    pub(super) top: usize,
    pub(super) bottom: usize,
    pub(super) by: isize,
}

/// The scrolls worth trying: the most promising one, and the same with a row more at its ends. A bar that stays at the edge of a
/// list while the list moves under it makes the difference: its row is cheaper kept, or cheaper moved, by what it holds. `changed` are
/// the rows that differ.
pub(super) fn candidates(shown: &Grid, wanted: &Grid, changed: &[usize]) -> Vec<Shift> {
    let rows = wanted.rows();
    if changed.len() < FEWEST_ROWS {
        return Vec::new();
    }
    // A step of the cursor changes a row or two, and none of them is one that stood elsewhere: most frames end here.
    let before: Vec<u64> = changed.iter().map(|y| hash(shown, *y)).collect();
    let after: Vec<u64> = changed.iter().map(|y| hash(wanted, *y)).collect();
    if !after.iter().any(|row| before.contains(row)) {
        return Vec::new();
    }
    let (mut old, mut new): (Vec<u64>, Vec<u64>) = (0..rows).map(|y| hash(wanted, y)).map(|row| (row, row)).unzip();
    for (y, (before, after)) in changed.iter().zip(before.into_iter().zip(after)) {
        if let (Some(old), Some(new)) = (old.get_mut(*y), new.get_mut(*y)) {
            (*old, *new) = (before, after);
        }
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
    FixedState::default().hash_one(grid.row(y))
}
