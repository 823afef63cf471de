//! [`Look`]: everything that decides how a frame looks, beside what it says.

use jiff::tz::TimeZone;
use ratatui::style::Style;

use super::{Background, ColourDepth, Glyphs, Role, Theme, age, moment, short_moment, until};
use crate::{
    domain::{Rgb, Timestamp},
    text::SafeText,
};

/// The theme at the terminal's depth, the marks, and whether a slow line wants the least of all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// As it was written, in all its colours.
    source: Theme,
    theme: Theme,
    /// What the terminal shows.
    depth: ColourDepth,
    glyphs: Glyphs,
    /// The terminal's own background, for themes that keep it.
    pub terminal: Background,
    /// Whose hours times of day are told in; UTC unless said otherwise.
    pub zone: TimeZone,
    /// Whether times are told as dates and hours, not as how long ago they are.
    pub dates: bool,
    lean: bool,
}

impl Look {
    /// The look of `theme` on a terminal of `depth`; lean takes at most 16 colours.
    #[must_use]
    pub fn new(theme: &Theme, depth: ColourDepth, glyphs: Glyphs, lean: bool) -> Self {
        let (source, zone) = (theme.clone(), TimeZone::UTC);
        let mut look =
            Self { theme: source.clone(), source, depth, glyphs, terminal: Background::Unknown, zone, dates: false, lean };
        look.apply();
        look
    }

    /// Takes another theme; depth, marks and lean stay.
    pub fn set_theme(&mut self, theme: &Theme) {
        self.source = theme.clone();
        self.apply();
    }

    /// The marks and lines; lean takes those of one byte.
    #[must_use]
    pub fn glyphs(&self) -> &Glyphs {
        if self.lean { &Glyphs::ASCII } else { &self.glyphs }
    }

    /// Whether a slow line wants the least of all: no lines between areas, and the cursor's row told by its mark alone.
    #[must_use]
    pub fn is_lean(&self) -> bool {
        self.lean
    }

    /// When something was, in at most five cells.
    #[must_use]
    pub fn short_time(&self, now: Timestamp, at: Timestamp) -> SafeText {
        if self.dates { short_moment(now, at, &self.zone) } else { age(now, at) }
    }

    /// When something is or was, in words.
    #[must_use]
    pub fn time(&self, now: Timestamp, at: Timestamp) -> SafeText {
        if self.dates { moment(now, at, &self.zone) } else { until(now, at) }
    }

    /// Draws lean from now on, or no more.
    pub fn set_lean(&mut self, lean: bool) {
        self.lean = lean;
        self.apply();
    }

    fn apply(&mut self) {
        let depth = if self.lean { self.depth.min(ColourDepth::Sixteen) } else { self.depth };
        self.theme = self.source.at_depth(depth);
    }

    /// The style of a role.
    #[must_use]
    pub fn style(&self, role: Role) -> Style {
        self.theme.style(role)
    }

    /// The style of text that Halo gives a colour of its own (statuses, priorities); plain where there are no colours, and where
    /// the look is lean: the words say the same.
    ///
    /// A theme that keeps to the terminal's own colours makes Halo's keep to them too, unless the terminal takes any colour: an
    /// index of the 256 takes 6 bytes more on the wire, each time, than a name.
    #[must_use]
    pub fn halo(&self, colour: Option<Rgb>) -> Style {
        let background = match self.theme.background() {
            Background::Unknown => self.terminal,
            known => known,
        };
        let depth = match self.depth {
            ColourDepth::TwoFiftySix if self.theme.is_of_named_colours() => ColourDepth::Sixteen,
            depth => depth,
        };
        let colour = colour.filter(|_| !self.lean).and_then(|rgb| depth.halo(rgb, background));
        colour.map_or_else(|| self.style(Role::Text), |colour| self.style(Role::Text).fg(colour))
    }
}

/// The default theme in 16 colours with UTF-8 marks.
impl Default for Look {
    fn default() -> Self {
        Self::new(&Theme::default(), ColourDepth::Sixteen, Glyphs::UTF8, false)
    }
}

#[cfg(test)]
mod tests {
    use ratatui::style::Color;

    use super::*;

    #[test]
    fn halo_colours_follow_the_depth() {
        let red = Some(Rgb(217, 83, 79));
        let look = |depth, lean| Look::new(&Theme::default(), depth, Glyphs::UTF8, lean);
        assert_eq!(look(ColourDepth::Sixteen, false).halo(red).fg, Some(Color::Red));
        assert!(matches!(look(ColourDepth::True, false).halo(red).fg, Some(Color::Rgb(..))));
        assert_eq!(look(ColourDepth::TwoFiftySix, false).halo(red).fg, Some(Color::Red), "the default theme is of named colours");
        let dark = Look::new(&Theme::embedded("dark").unwrap(), ColourDepth::TwoFiftySix, Glyphs::UTF8, false);
        assert!(matches!(dark.halo(red).fg, Some(Color::Indexed(_))));
        assert_eq!(look(ColourDepth::True, true).halo(red), Style::new(), "lean leaves it to the words");
        let mut light = look(ColourDepth::Sixteen, false);
        light.terminal = Background::Light;
        assert_eq!(light.halo(Some(Rgb(0, 0x4c, 0xff))).fg, Some(Color::Blue), "on the terminal's own light background");
        assert_eq!(look(ColourDepth::Mono, false).halo(red), Style::new());
        assert_eq!(look(ColourDepth::True, false).halo(None), Style::new());
    }
}
