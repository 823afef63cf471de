//! What the wire to the terminal makes of the look, what is told of both wires, and whether anybody looks.

use std::time::Duration;

use super::Update;
use crate::{
    app::meter::Meter,
    msg::{Effect, Measured, Notice},
};

/// How long nobody may have typed before the look becomes lean by itself: it costs a full frame, which no key is to wait for.
const QUIET: Duration = Duration::from_secs(3);

impl Update<'_> {
    /// The wire was measured to be slow: the look becomes lean at the next quiet moment, unless the operator chose already.
    pub(super) fn wire_is_slow(&mut self, bytes_per_second: u64) {
        if self.model.lean_by_itself && !self.model.look.is_lean() {
            self.model.lean_by_itself = false;
            self.model.lean_at = Some((self.now.tick + QUIET, bytes_per_second));
        }
    }

    /// A key was pressed: the quiet moment comes later.
    pub(super) fn put_lean_off(&mut self) {
        if let Some((at, _)) = &mut self.model.lean_at {
            *at = self.now.tick + QUIET;
        }
    }

    pub(super) fn become_lean(&mut self) {
        if let Some((_, bytes_per_second)) = self.model.lean_at.filter(|(at, _)| *at <= self.now.tick) {
            self.set_lean(true);
            let kbit = bytes_per_second * 8 / 1000;
            self.notify(Notice::info(&format!("The line drains {kbit} kbit/s: lean from now on; :lean switches back")));
        }
    }

    /// Draws lean or not from now on; that is then the operator's choice.
    pub(super) fn set_lean(&mut self, lean: bool) {
        self.model.lean_by_itself = false;
        self.model.lean_at = None;
        self.model.look.set_lean(lean);
        self.lay_out();
    }

    pub(super) fn toggle_meter(&mut self) {
        if self.model.meter.take().is_none() {
            self.model.meter = Some(Meter::default());
            self.measure(true);
        }
        self.dirty();
    }

    /// Has the counters read if the meter is shown: after a key, or since a minute began.
    pub(super) fn measure(&mut self, after_key: bool) {
        if self.model.meter.is_some() {
            self.effects.push(Effect::Measure { after_key });
        }
    }

    pub(super) fn measured(&mut self, measured: Measured, after_key: bool) {
        if let Some(meter) = &mut self.model.meter {
            meter.read(measured, after_key);
            self.dirty();
        }
    }

    /// A window that nobody looks at refreshes less often.
    pub(super) fn watched(&mut self, watched: bool) {
        if self.model.watched != watched {
            self.model.watched = watched;
            self.effects.push(Effect::Watched(watched));
        }
    }
}
