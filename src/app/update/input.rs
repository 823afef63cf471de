//! What keys, pastes, the mouse and the window's size do.

use super::Update;
use crate::{
    app::model::Screen,
    keys::Resolution,
    msg::{Input, Key, Notice},
    panes::{ChooserPane, PickerPane},
};

impl Update<'_> {
    pub(super) fn input(&mut self, input: Input) {
        match input {
            Input::Key(key) => self.key(key),
            Input::Paste(text) => self.paste(&text),
            Input::Resize { cols, rows } => {
                self.model.size = (cols, rows);
                if let Some(help) = &mut self.model.help {
                    help.resize(cols, rows);
                }
                self.lay_out();
            }
            Input::Mouse(mouse) => self.mouse(mouse),
            Input::FocusGained => self.watched(true),
            Input::FocusLost => self.watched(false),
            // The terminal's own affair.
            Input::StatusReport => {}
        }
    }

    fn key(&mut self, key: Key) {
        self.model.first_frame = None;
        self.dirty();
        self.put_lean_off();
        self.measure(true);
        let layers = self.layers();
        let mut pending = std::mem::take(&mut self.model.pending);
        let resolution = self.model.keymap.press(layers, &mut pending, key);
        self.model.pending = pending;
        if resolution != Resolution::Pending {
            self.put_notice_away();
        }
        match resolution {
            Resolution::Command(command) => self.command(command),
            Resolution::Pending => {}
            Resolution::None => self.typed(key),
        }
    }

    /// The layers of keys that count now, the most specific first.
    pub(super) fn layers(&self) -> &'static [&'static str] {
        let model = &*self.model;
        if let Some(help) = &model.help {
            return help.layers();
        }
        if model.screen == Screen::Connect {
            return model.connect.layers();
        }
        if model.picker.is_some() {
            return PickerPane::LAYERS;
        }
        if model.chooser.is_some() {
            return ChooserPane::LAYERS;
        }
        if let Some(line) = &model.line {
            return line.layers();
        }
        model.panes.get(model.focus).map_or(&["global", "always"], |pane| pane.layers())
    }

    fn typed(&mut self, key: Key) {
        if let Some(help) = &mut self.model.help {
            return help.typed(key);
        }
        if self.model.screen == Screen::Connect {
            let outcome = self.model.connect.typed(key);
            self.connect_outcome(outcome);
        } else if self.model.picker.is_some() || self.model.chooser.is_some() {
        } else if let Some(line) = &mut self.model.line {
            let outcome = line.typed(key);
            self.line_outcome(outcome);
        }
    }

    fn paste(&mut self, text: &str) {
        self.dirty();
        if self.model.help.is_some() {
            return;
        }
        if self.model.screen == Screen::Connect {
            self.model.connect.paste(text);
        } else if let Some(line) = &mut self.model.line {
            let outcome = line.paste(text);
            self.line_outcome(outcome);
        } else {
            // A paste is never a row of commands.
            self.notify(Notice::info("Nothing here takes pasted text; / or : opens a line that does"));
        }
    }
}
