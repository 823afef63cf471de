//! [`Look`]: everything that decides how a frame looks, beside what it says.

use jiff::tz::TimeZone;
use ratatui::style::Style;

use super::{ColourDepth, Glyphs, Role, Theme};
use crate::domain::Rgb;

/// The theme at the terminal's depth, the marks, and whether a slow line wants the least of all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    theme: Theme,
    depth: ColourDepth,
    /// The marks and lines.
    pub glyphs: Glyphs,
    /// Whose hours times of day are told in; UTC unless said otherwise.
    pub zone: TimeZone,
    /// No lines between areas, and the cursor's row told by its mark alone.
    pub lean: bool,
}

impl Look {
    /// The look of `theme` on a terminal of `depth`; lean takes at most 16 colours.
    #[must_use]
    pub fn new(theme: &Theme, depth: ColourDepth, glyphs: Glyphs, lean: bool) -> Self {
        let depth = if lean { depth.min(ColourDepth::Sixteen) } else { depth };
        Self { theme: theme.at_depth(depth), depth, glyphs, zone: TimeZone::UTC, lean }
    }

    /// Takes another theme; depth, marks and lean stay.
    pub fn set_theme(&mut self, theme: &Theme) {
        self.theme = theme.at_depth(self.depth);
    }

    /// The style of a role.
    #[must_use]
    pub fn style(&self, role: Role) -> Style {
        self.theme.style(role)
    }

    /// The style of text that Halo gives a colour of its own (statuses, priorities); plain where there are no colours.
    #[must_use]
    pub fn halo(&self, colour: Option<Rgb>) -> Style {
        let colour = colour.and_then(|rgb| self.depth.halo(rgb, self.theme.background()));
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
        assert_eq!(look(ColourDepth::True, true).halo(red).fg, Some(Color::Red), "lean takes sixteen");
        assert_eq!(look(ColourDepth::Mono, false).halo(red), Style::new());
        assert_eq!(look(ColourDepth::True, false).halo(None), Style::new());
    }
}
