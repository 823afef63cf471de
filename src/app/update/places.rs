//! Going back and forward between the places where the operator has been.

use super::Update;
use crate::{
    app::{model::Screen, trail::Place},
    msg::Notice,
    panes::TICKETS,
};

impl Update<'_> {
    /// Takes note of where the operator is, unless that is still being typed or chosen.
    pub(super) fn note_place(&mut self) {
        let model = &*self.model;
        let busy = model.line.is_some() || model.picker.is_some() || model.help.is_some() || !model.pending.is_empty();
        if model.screen == Screen::Dashboard && !busy {
            let place = Place { focus: Some(model.focus), view: model.last_view() };
            self.model.trail.note(place);
        }
    }

    pub(super) fn go_along(&mut self, back: bool) {
        let place = if back { self.model.trail.go_back() } else { self.model.trail.go_forward() };
        let Some(place) = place else {
            let words = if back { "There is no place before this one" } else { "There is no place after this one" };
            return self.notify(Notice::info(words));
        };
        let context = self.model.context(self.now);
        self.on_all(|pane, out| pane.recall(&place.view, context, out));
        self.return_to(place.focus.unwrap_or(TICKETS));
    }
}
