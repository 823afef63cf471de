//! Where each pane stands now: the areas of the size, dealt out by what has the focus.

use ratatui::layout::Rect;

use super::model::Model;
use crate::{
    msg::PaneId,
    panes::{CLIENTS, INSTEAD, PREVIEW, TICKETS},
    ui::layout::{DashboardAreas, DashboardWants, TooSmall, dashboard},
};

/// The areas and which pane stands in which.
pub(super) struct Places {
    /// The areas.
    pub(super) areas: DashboardAreas,
    /// The ticket list, unless another pane took its place.
    pub(super) tickets: Option<Rect>,
    /// The client list.
    pub(super) clients: Option<Rect>,
    /// The preview.
    pub(super) preview: Option<Rect>,
    /// There is, or would be, room for it with the list.
    pub(super) preview_fits: bool,
    /// The pane that took the ticket list's place.
    instead: Option<PaneId>,
}

impl Places {
    /// The places for the model's size and focus.
    pub(super) fn of(model: &Model) -> Result<Self, TooSmall> {
        let (cols, rows) = model.size;
        let with_preview = DashboardWants { preview: true, lean: model.look.is_lean(), below: model.preview_below };
        // What stands instead of the list is not about the ticket of the preview: it takes its room.
        let preview = model.preview && !INSTEAD.contains(&model.focus);
        let areas = dashboard(cols, rows, DashboardWants { preview, ..with_preview })?;
        let preview_fits = areas.preview.is_some() || dashboard(cols, rows, with_preview)?.preview.is_some();
        // Where there is no room beside the list, what has the focus takes its place.
        let in_front = match model.focus {
            CLIENTS if areas.clients.is_none() => CLIENTS,
            PREVIEW if areas.preview.is_none() => PREVIEW,
            pane if INSTEAD.contains(&pane) => pane,
            _ => TICKETS,
        };
        let list = |pane: PaneId| (in_front == pane).then_some(areas.list);
        Ok(Self {
            tickets: list(TICKETS),
            clients: areas.clients.or_else(|| list(CLIENTS)),
            preview: areas.preview.or_else(|| list(PREVIEW)),
            preview_fits,
            instead: Some(in_front).filter(|pane| INSTEAD.contains(pane)),
            areas,
        })
    }

    /// Every pane with its place.
    pub(super) fn panes(&self) -> impl Iterator<Item = (PaneId, Option<Rect>)> + use<> {
        let (list, instead) = (self.areas.list, self.instead);
        let always = [(TICKETS, self.tickets), (CLIENTS, self.clients), (PREVIEW, self.preview)];
        always.into_iter().chain(INSTEAD.into_iter().map(move |pane| (pane, (instead == Some(pane)).then_some(list))))
    }
}
