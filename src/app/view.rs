//! `view`: the whole frame, from the model and the time alone.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
};

use super::{
    header,
    model::{Model, Screen},
    places::Places,
};
use crate::{
    msg::{Command, Now, Severity},
    panes::{ChooserPane, PickerPane, Prompt, PromptKind, TICKETS},
    ui::{Painter, Role, Tee, hint_line, layout::PreviewPlace, too_small},
};

/// Hints that a line tells at most.
const HINTS: usize = 12;
/// The same in the last line where the least is sent; help tells all.
const LEAN_HINTS: usize = 6;

/// A frame of this size, and the column and row of the terminal's own cursor, if it is to be seen.
pub fn frame(model: &Model, now: Now, cols: u16, rows: u16) -> (Buffer, Option<(u16, u16)>) {
    let mut buffer = Buffer::empty(Rect::new(0, 0, cols, rows));
    let cursor = view(model, now, &mut buffer);
    (buffer, cursor.map(|at| (at.x, at.y)))
}

/// Draws the model into the buffer, and answers where the terminal's own cursor is to be, if anywhere.
pub fn view(model: &Model, now: Now, buf: &mut Buffer) -> Option<Position> {
    let full = buf.area;
    let mut painter = Painter::new(buf, full, &model.look);
    painter.clear(model.look.style(Role::Text));
    let places = match Places::of(model) {
        Ok(places) => places,
        Err(size) => {
            too_small(&mut painter, size);
            return None;
        }
    };
    draw_dashboard(model, now, &mut painter, &places);
    if let Some(help) = &model.help {
        help.draw(&mut painter);
        return None;
    }
    match model.screen {
        Screen::Connect => {
            let layers = model.connect.layers();
            model.connect.draw(&mut painter, &model.keymap.hints(layers, HINTS))
        }
        Screen::Dashboard => {
            if let Some(picker) = &model.picker {
                picker.draw(&mut painter, model.keymap.hints(PickerPane::LAYERS, HINTS));
                None
            } else if let Some(chooser) = &model.chooser {
                chooser.draw(&mut painter, model.keymap.hints(ChooserPane::LAYERS, HINTS));
                None
            } else {
                model.line.as_ref().and_then(|line| line.draw(&mut painter, above(places.areas.footer)))
            }
        }
    }
}

fn draw_dashboard(model: &Model, now: Now, painter: &mut Painter<'_>, places: &Places) {
    let areas = &places.areas;
    header::draw(model, now, &mut painter.within(areas.header));
    header::draw_summary(model, now, &mut painter.within(areas.tabs));
    let joints = |tee: Tee| areas.joints().map(move |x| (x, tee)).collect::<Vec<_>>();
    if let Some(rule) = areas.rule {
        painter.within(rule).rule_h(0, &joints(Tee::Down));
    }
    if let Some(rule) = areas.footer_rule {
        painter.within(rule).rule_h(0, &joints(Tee::Up));
    }
    if let Some(rule) = areas.clients_rule {
        painter.within(rule).rule_v(0);
    }
    match (areas.preview_rule, areas.preview_place) {
        (Some(rule), PreviewPlace::Below) => painter.within(rule).rule_h(0, &[]),
        (Some(rule), _) => painter.within(rule).rule_v(0),
        (None, _) => {}
    }
    for (id, place) in places.panes() {
        if let (Some(area), Some(pane)) = (place, model.panes.get(id)) {
            pane.draw(&mut painter.within(area), now, model.focus == id);
        }
    }
    draw_footer(model, places, &mut painter.within(areas.footer));
}

/// The row above: there the line is typed, so that what is wrong with it can stand below its words.
fn above(row: Rect) -> Rect {
    Rect { y: row.y.saturating_sub(1), ..row }
}

/// The last line: a notice where there is one, else what the keys do here; the position in the list on the right.
fn draw_footer(model: &Model, places: &Places, painter: &mut Painter<'_>) {
    if model.line.as_ref().is_some_and(|line| line.draw_complaint(painter)) {
        return;
    }
    let position = model.panes.get(model.focus).map(|pane| pane.summary().1).unwrap_or_default();
    let tail = painter.put_right(0, 0, &position, painter.style(Role::Dim), u16::MAX);
    let room = painter.cols().saturating_sub(tail + 2);
    let area = Rect { width: room, ..painter.area() };
    if model.line.as_ref().is_some_and(|line| line.draw_offers(&mut painter.within(area))) {
        return;
    }
    if let Some(shown) = &model.notice {
        let (mark, role) = match shown.notice.severity {
            Severity::Info => ("", Role::Info),
            Severity::Warning => ("! ", Role::Warn),
            Severity::Error => ("!! ", Role::Bad),
        };
        let style = painter.style(role);
        let x = painter.put(1, 0, mark, style, room);
        painter.put_cut(1 + x, 0, &shown.notice.text, style, room.saturating_sub(1 + x));
        return;
    }
    if let Some(meter) = &model.meter {
        painter.put_cut(1, 0, &meter.words(painter.glyphs()), painter.style(Role::Dim), room.saturating_sub(1));
        return;
    }
    let pane = || model.panes.get(model.focus).map_or(&["global"][..], |pane| pane.layers());
    let layers = model.line.as_ref().map_or_else(pane, Prompt::layers);
    let most = if model.look.is_lean() { LEAN_HINTS } else { HINTS };
    let mut hints = model.keymap.hints(layers, usize::MAX);
    if model.line.is_none() {
        hints.retain(|hint| model.panes.get(model.focus).is_none_or(|pane| pane.has_use_for(hint.command)));
        if places.preview.is_none() {
            hints.retain(|hint| !matches!(hint.command, Command::PreviewUp | Command::PreviewDown));
        }
        if !places.preview_fits {
            hints.retain(|hint| hint.command != Command::TogglePreview);
        }
    }
    // Only what narrows the tickets can be completed.
    if model.line.as_ref().is_some_and(|line| line.kind() == PromptKind::Filter) && model.focus != TICKETS {
        hints.retain(|hint| hint.command != Command::Complete);
    }
    hints.truncate(most);
    let hints: Vec<_> = hints.iter().map(|hint| (hint.keys.as_str(), hint.label)).collect();
    hint_line(painter, 1, 0, &hints, room.saturating_sub(1));
}
