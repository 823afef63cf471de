//! What the mouse does, where its reports were asked for: nothing that a key does not.

use std::time::Duration;

use ratatui::layout::Position;

use super::Update;
use crate::{
    app::{model::Screen, places::Places},
    msg::{Command, Mouse, MouseAct, PaneId},
    panes::PREVIEW,
};

/// Two presses of the same cell within this are a double click.
const DOUBLE: Duration = Duration::from_millis(400);
/// Rows of a list that a turn of the wheel moves by.
const WHEEL: usize = 3;

impl Update<'_> {
    pub(super) fn mouse(&mut self, mouse: Mouse) {
        self.model.first_frame = None;
        self.put_notice_away();
        self.dirty();
        let turned = match mouse.act {
            MouseAct::WheelUp => Some(Command::Up),
            MouseAct::WheelDown => Some(Command::Down),
            MouseAct::Press => None,
        };
        if let Some(help) = &mut self.model.help {
            for command in turned.iter().cycle().take(WHEEL) {
                help.command(*command);
            }
            return;
        }
        // Where something is typed or chosen a stray click must not lose it.
        let busy = self.model.line.is_some() || self.model.picker.is_some();
        if busy || self.model.screen == Screen::Connect {
            return;
        }
        let Some((pane, at)) = self.pane_at(mouse.col, mouse.row) else { return };
        let context = self.model.context(self.now);
        match (turned, pane) {
            (Some(command), PREVIEW) => {
                let command = if command == Command::Up { Command::PreviewUp } else { Command::PreviewDown };
                self.on_pane(PREVIEW, |pane, out| {
                    pane.command(command, context, out);
                });
            }
            (Some(command), pane) => self.on_pane(pane, |pane, out| {
                for _ in 0..WHEEL {
                    pane.command(command, context, out);
                }
            }),
            (None, pane) => self.click(pane, at, mouse),
        }
    }

    fn click(&mut self, pane: PaneId, at: Position, mouse: Mouse) {
        let context = self.model.context(self.now);
        let before = self.model.clicked.replace((self.now.tick, mouse.col, mouse.row));
        let double = before
            .is_some_and(|(at, col, row)| (col, row) == (mouse.col, mouse.row) && self.now.tick.saturating_sub(at) <= DOUBLE);
        self.focus(pane);
        let mut there = false;
        self.on_pane(pane, |pane, out| there = pane.click(at.x, at.y, context, out));
        if double && there {
            self.model.clicked = None;
            self.pane_command(Command::Open);
        }
    }

    /// The pane at a cell of the screen, and the cell within it.
    fn pane_at(&self, col: u16, row: u16) -> Option<(PaneId, Position)> {
        let places = Places::of(self.model).ok()?;
        let at = Position::new(col, row);
        let holds = |(pane, area): (PaneId, Option<ratatui::layout::Rect>)| {
            let area = area.filter(|area| area.contains(at))?;
            Some((pane, Position::new(col - area.x, row - area.y)))
        };
        places.panes().find_map(holds)
    }
}
