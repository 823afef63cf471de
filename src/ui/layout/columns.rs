//! Columns of a table: which are there on a width, and how wide.

/// On which side of its column a text stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Align {
    /// Left.
    #[default]
    Left,
    /// Right, for numbers and ages.
    Right,
}

/// What a column wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ColumnSpec {
    /// The head.
    pub title: &'static str,
    /// Cells below which it is better hidden.
    pub min: u16,
    /// Cells beyond which it gains nothing, unless it grows.
    pub ideal: u16,
    /// Which goes first when there is no room: the highest number, the rightmost of equals.
    pub priority: u8,
    /// On which side the texts stand.
    pub align: Align,
    /// The share of the cells that are left over; 0 takes none.
    pub grow: u16,
}

/// A column that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ColumnSlot {
    /// Its index among the specs.
    pub index: usize,
    /// Its first cell.
    pub x: u16,
    /// Its cells.
    pub width: u16,
}

/// Cells between two columns.
const GAP: u16 = 1;

/// Lays `specs` out on `width` cells, in their order.
///
/// Columns that don't fit at their least width are hidden by priority; the rest is given first up to the ideal widths, the
/// most important columns first, then by the shares of growth. The last column left is cut rather than hidden.
#[must_use]
pub fn columns(width: u16, specs: &[ColumnSpec]) -> Vec<ColumnSlot> {
    let mut kept: Vec<(usize, &ColumnSpec)> = specs.iter().enumerate().collect();
    while kept.len() > 1 && needed(&kept) > u32::from(width) {
        let Some((index, _)) = kept.iter().copied().max_by_key(|(index, spec)| (spec.priority, *index)) else { break };
        kept.retain(|(other, _)| *other != index);
    }
    let mut left = width.saturating_sub(u16::try_from(needed(&kept)).unwrap_or(u16::MAX));
    let mut widths: Vec<u16> = kept.iter().map(|(_, spec)| spec.min.min(width)).collect();

    let mut by_priority: Vec<usize> = (0..kept.len()).collect();
    by_priority.sort_by_key(|at| kept.get(*at).map(|(_, spec)| spec.priority));
    for at in by_priority {
        if let (Some((_, spec)), Some(cells)) = (kept.get(at), widths.get_mut(at)) {
            let more = spec.ideal.saturating_sub(*cells).min(left);
            *cells += more;
            left -= more;
        }
    }

    let mut shares: u32 = kept.iter().map(|(_, spec)| u32::from(spec.grow)).sum();
    let mut x = 0;
    let mut slots = Vec::with_capacity(kept.len());
    for ((index, spec), cells) in kept.iter().zip(widths) {
        let part = u32::from(left) * u32::from(spec.grow) / shares.max(1);
        let more = u16::try_from(part).unwrap_or(left).min(left);
        left -= more;
        shares -= u32::from(spec.grow);
        slots.push(ColumnSlot { index: *index, x, width: cells + more });
        x = x.saturating_add(cells + more).saturating_add(GAP);
    }
    slots
}

/// Cells that columns need at their least widths, gaps included.
fn needed(kept: &[(usize, &ColumnSpec)]) -> u32 {
    let gaps = u32::try_from(kept.len().saturating_sub(1)).unwrap_or(u32::MAX) * u32::from(GAP);
    kept.iter().map(|(_, spec)| u32::from(spec.min)).sum::<u32>() + gaps
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const fn spec(title: &'static str, min: u16, ideal: u16, priority: u8, grow: u16) -> ColumnSpec {
        ColumnSpec { title, min, ideal, priority, align: Align::Left, grow }
    }

    const TICKETS: [ColumnSpec; 4] =
        [spec("ID", 5, 7, 0, 0), spec("Summary", 20, 40, 1, 1), spec("Client", 8, 16, 2, 1), spec("Agent", 6, 10, 3, 0)];

    fn shown(width: u16) -> Vec<(&'static str, u16, u16)> {
        columns(width, &TICKETS).iter().map(|slot| (TICKETS[slot.index].title, slot.x, slot.width)).collect()
    }

    #[test]
    fn hides_by_priority_and_gives_what_is_left() {
        assert_eq!(shown(100), [("ID", 0, 7), ("Summary", 8, 52), ("Client", 61, 28), ("Agent", 90, 10)]);
        assert_eq!(shown(50), [("ID", 0, 7), ("Summary", 8, 26), ("Client", 35, 8), ("Agent", 44, 6)]);
        assert_eq!(shown(41), [("ID", 0, 7), ("Summary", 8, 24), ("Client", 33, 8)]);
        assert_eq!(shown(30), [("ID", 0, 7), ("Summary", 8, 22)]);
        assert_eq!(shown(10), [("ID", 0, 7)]);
        assert_eq!(shown(3), [("ID", 0, 3)]);
        assert_eq!(columns(10, &[]), []);
    }

    proptest! {
        #[test]
        fn columns_stay_in_order_and_inside(width: u16, specs in prop::collection::vec((0u16..200, 0u16..300, 0u8..9, 0u16..5), 0..9)) {
            let specs: Vec<_> = specs.iter().map(|(min, ideal, priority, grow)| spec("", *min, *ideal, *priority, *grow)).collect();
            let slots = columns(width, &specs);
            let mut end = 0u32;
            let mut last = None;
            for slot in &slots {
                prop_assert!(last < Some(slot.index));
                prop_assert!(u32::from(slot.x) >= end, "overlap");
                last = Some(slot.index);
                end = u32::from(slot.x) + u32::from(slot.width);
                prop_assert!(end <= u32::from(width), "{} leaves {}", end, width);
            }
            prop_assert_eq!(slots.is_empty(), specs.is_empty());
        }
    }
}
