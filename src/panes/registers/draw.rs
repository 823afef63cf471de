//! Draws a register: titles, rows, what is said where there are none.

use super::{RegisterPane, columns::Column, kind};
use crate::{
    domain::{ClientId, RegisterKey, RegisterRow},
    panes::list::{draw_cursor, draw_heads},
    ui::{
        Glyphs, Own, Painter, Role,
        layout::{ColumnSlot, ColumnSpec, columns},
    },
};

/// Cells before the columns: the cursor's mark, the row's mark, a space.
const GUTTER: u16 = 3;

impl RegisterPane {
    pub(super) fn paint(&self, painter: &mut Painter<'_>, focused: bool) {
        let shown = self.columns();
        let specs: Vec<ColumnSpec> = shown.iter().map(|column| column.spec).collect();
        let slots = columns(painter.cols().saturating_sub(GUTTER), &specs);
        // A number falls by itself, a name rises.
        let rises = (self.sort.key == RegisterKey::Open) == self.sort.reverse;
        let arrow = if rises { painter.glyphs().rising } else { painter.glyphs().falling };
        let sorted = shown.iter().position(|column| column.key == Some(self.sort.key));
        draw_heads(painter, &slots, &specs, GUTTER, sorted.map(|at| (at, arrow)));
        for (y, (row, cursor)) in (1..).zip(self.list.visible()) {
            self.draw_row(painter, y, row, (&shown, &slots), cursor.then_some(focused));
        }
        if self.list.is_unread() || (self.list.is_loaded() && self.list.selected().is_none()) {
            let many = kind(self.register).many;
            let words = match (self.words.is_empty(), &self.client) {
                _ if self.list.is_unread() => format!("These {many} could not be read."),
                (false, _) => format!("No {many} fit; esc shows all."),
                (true, Some(_)) => format!("This client has no {many} here."),
                (true, None) => format!("No {many} yet."),
            };
            painter.put_cut(GUTTER, 2, Own(&words), painter.style(Role::Dim), u16::MAX);
        }
    }

    /// What stands out about a row: the client that is chosen, unreadable, stopped, VIP or important, no longer in use.
    fn mark(&self, row: &RegisterRow, glyphs: &Glyphs) -> Option<(&'static str, Role)> {
        Some(if self.chosen == Some(ClientId(row.id)) {
            (glyphs.changed, Role::Marker)
        } else if row.unreadable {
            ("?", Role::Bad)
        } else if row.stopped {
            (glyphs.breached, Role::Bad)
        } else if row.important {
            ("*", Role::Badge)
        } else if row.inactive {
            (glyphs.none, Role::Dim)
        } else {
            return None;
        })
    }

    fn draw_row(
        &self,
        painter: &mut Painter<'_>,
        y: u16,
        row: &RegisterRow,
        (shown, slots): (&[&Column], &[ColumnSlot]),
        cursor: Option<bool>,
    ) {
        let bar = draw_cursor(painter, y, cursor);
        if let Some((mark, role)) = self.mark(row, painter.glyphs()) {
            painter.put(1, y, mark, bar.unwrap_or_else(|| painter.style(role)), 1);
        }
        let role = if row.inactive { Role::Dim } else { Role::Text };
        let style = bar.unwrap_or_else(|| painter.style(role));
        for slot in slots {
            let x = GUTTER + slot.x;
            match shown.get(slot.index).and_then(|column| column.cell) {
                Some(cell) => drop(painter.put_cut(x, y, cell(row), style, slot.width)),
                None if row.open_tickets > 0 => {
                    painter.put_right(x, y, Own(&row.open_tickets.to_string()), style, slot.width);
                }
                None => {}
            }
        }
    }
}
