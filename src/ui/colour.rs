//! How many colours the terminal has, and the nearest of them to a wanted one.

use std::sync::LazyLock;

use ratatui::style::Color;

use crate::domain::Rgb;

/// How many colours the terminal shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ColourDepth {
    /// None: attributes only.
    Mono,
    /// The terminal's own 16.
    Sixteen,
    /// xterm's 256.
    TwoFiftySix,
    /// 8 bits a channel.
    True,
}

/// What the terminal's background is, as far as the theme knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Background {
    /// The terminal's own, whatever that is.
    #[default]
    Unknown,
    /// Dark.
    Dark,
    /// Light.
    Light,
}

impl Background {
    /// Reads it from `COLORFGBG` (`15;0`, or `15;default;0`), which some terminals set: the last number is the background's colour.
    /// Asking the terminal would cost a round trip.
    #[must_use]
    pub fn detect(env: &dyn Fn(&str) -> Option<String>) -> Self {
        let colours = env("COLORFGBG").unwrap_or_default();
        match colours.rsplit(';').next().and_then(|last| last.parse::<u8>().ok()) {
            Some(0..=6 | 8) => Self::Dark,
            Some(7 | 9..=15) => Self::Light,
            _ => Self::Unknown,
        }
    }
}

/// Terminals that show 8 bits a channel and say so by their name.
const TRUE_COLOUR_TERMS: &[&str] = &["xterm-kitty", "xterm-ghostty", "alacritty", "foot", "wezterm", "contour"];

impl ColourDepth {
    /// Reads the depth from the environment alone (`NO_COLOR`, `TERM`, `COLORTERM`): asking the terminal costs a round trip.
    ///
    /// `NO_COLOR` counts when it is not empty (no-color.org). GNU screen passes on the `COLORTERM` of the terminal outside of
    /// it, which it can't show, and so does a Linux console from a session's settings: there only `TERM` counts.
    #[must_use]
    pub fn detect(env: &dyn Fn(&str) -> Option<String>) -> Self {
        let get = |name: &str| env(name).filter(|value| !value.is_empty());
        let term = get("TERM").unwrap_or_default();
        if get("NO_COLOR").is_some() || term.is_empty() || term == "dumb" || term.starts_with("vt") || term.ends_with("-mono") {
            return Self::Mono;
        }
        let says_true = matches!(get("COLORTERM").as_deref(), Some("truecolor" | "24bit"));
        let names_true = TRUE_COLOUR_TERMS.contains(&term.as_str()) || term.ends_with("-direct");
        if names_true || (says_true && !term.starts_with("screen") && !term.starts_with("linux")) {
            Self::True
        } else if term.contains("256") {
            Self::TwoFiftySix
        } else {
            Self::Sixteen
        }
    }

    /// A theme's colour as this depth can show it; `None` where there is no colour.
    #[must_use]
    pub fn map(self, colour: Color) -> Option<Color> {
        match (self, colour) {
            (Self::Mono, _) => None,
            (Self::Sixteen, Color::Rgb(r, g, b)) => Some(nearest_named(Rgb(r, g, b))),
            (Self::Sixteen, Color::Indexed(index)) => Some(named_of_index(index)),
            (Self::TwoFiftySix, Color::Rgb(r, g, b)) => Some(Color::Indexed(nearest_index(Rgb(r, g, b)))),
            (_, colour) => Some(colour),
        }
    }

    /// One of Halo's own colours as a readable text colour: its hue is kept, its lightness bent until it stands out from the
    /// background (from black and white alike where the background is unknown). `None` where there is no colour.
    #[must_use]
    pub fn halo(self, rgb: Rgb, background: Background) -> Option<Color> {
        match self {
            Self::Mono => None,
            Self::Sixteen => Some(named_by_hue(rgb, background)),
            Self::TwoFiftySix => Some(Color::Indexed(nearest_index(readable(rgb, background)))),
            Self::True => {
                let Rgb(r, g, b) = readable(rgb, background);
                Some(Color::Rgb(r, g, b))
            }
        }
    }
}

/// The 16 named colours with the values that xterm gives them; the operator's own differ, but seldom in hue.
const NAMED: [(Color, Rgb); 16] = [
    (Color::Black, Rgb(0, 0, 0)),
    (Color::Red, Rgb(205, 0, 0)),
    (Color::Green, Rgb(0, 205, 0)),
    (Color::Yellow, Rgb(205, 205, 0)),
    (Color::Blue, Rgb(0, 0, 238)),
    (Color::Magenta, Rgb(205, 0, 205)),
    (Color::Cyan, Rgb(0, 205, 205)),
    (Color::Gray, Rgb(229, 229, 229)),
    (Color::DarkGray, Rgb(127, 127, 127)),
    (Color::LightRed, Rgb(255, 0, 0)),
    (Color::LightGreen, Rgb(0, 255, 0)),
    (Color::LightYellow, Rgb(255, 255, 0)),
    (Color::LightBlue, Rgb(92, 92, 255)),
    (Color::LightMagenta, Rgb(255, 0, 255)),
    (Color::LightCyan, Rgb(0, 255, 255)),
    (Color::White, Rgb(255, 255, 255)),
];

/// The levels of a channel in xterm's colour cube (indices 16 to 231).
const CUBE: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// How far two colours look apart: weighted by the mean red ("redmean"), close enough to perception for a few colours.
fn distance(a: Rgb, b: Rgb) -> u32 {
    let square = |x: u8, y: u8| u32::from(x.abs_diff(y)).pow(2);
    let mean_red = u32::midpoint(u32::from(a.0), u32::from(b.0));
    (((512 + mean_red) * square(a.0, b.0)) >> 8) + 4 * square(a.1, b.1) + (((767 - mean_red) * square(a.2, b.2)) >> 8)
}

fn nearest_named(rgb: Rgb) -> Color {
    NAMED.iter().min_by_key(|(_, named)| distance(rgb, *named)).map_or(Color::Reset, |(colour, _)| *colour)
}

fn named_of_index(index: u8) -> Color {
    NAMED.get(usize::from(index)).map_or_else(|| nearest_named(rgb_of_index(index)), |(colour, _)| *colour)
}

/// What xterm shows for an index of the cube or of the greys (16 to 255).
fn rgb_of_index(index: u8) -> Rgb {
    if index >= 232 {
        let grey = 8 + 10 * (index - 232);
        return Rgb(grey, grey, grey);
    }
    let index = index.saturating_sub(16);
    let level = |n: u8| CUBE.get(usize::from(n)).copied().unwrap_or(255);
    Rgb(level(index / 36), level(index / 6 % 6), level(index % 6))
}

/// The nearest index of the cube and the greys; never one of the first 16, whose looks are the operator's choice.
fn nearest_index(rgb: Rgb) -> u8 {
    (16..=255).min_by_key(|index| distance(rgb, rgb_of_index(*index))).unwrap_or(255)
}

/// The named colour of the same hue, in the shade that is readable on the background.
fn named_by_hue(Rgb(r, g, b): Rgb, background: Background) -> Color {
    let (most, least) = (r.max(g).max(b), r.min(g).min(b));
    let chroma = most - least;
    if chroma < 40 || u16::from(chroma) * 5 < u16::from(most) {
        // A grey tells nothing by its hue: the terminal's own text colour is the readable one.
        return Color::Reset;
    }
    let (r, g, b, chroma) = (i32::from(r), i32::from(g), i32::from(b), i32::from(chroma));
    let most = i32::from(most);
    let hue = if most == r {
        (60 * (g - b) / chroma).rem_euclid(360)
    } else if most == g {
        60 * (b - r) / chroma + 120
    } else {
        60 * (r - g) / chroma + 240
    };
    let dark = background == Background::Dark;
    match hue {
        0..25 | 335.. if dark => Color::LightRed,
        0..25 | 335.. => Color::Red,
        25..75 => Color::Yellow,
        75..160 => Color::Green,
        160..190 => Color::Cyan,
        // Plain blue is too dark on a dark background.
        190..265 if background == Background::Light => Color::Blue,
        190..265 => Color::LightBlue,
        _ if dark => Color::LightMagenta,
        _ => Color::Magenta,
    }
}

/// Bends a colour's luminance into the range that is readable: contrast of at least 4.5 to a known background, of at least
/// 3 to black and to white where it is unknown (WCAG 2 formula).
fn readable(Rgb(r, g, b): Rgb, background: Background) -> Rgb {
    let (low, high) = match background {
        Background::Unknown => (0.11, 0.29),
        Background::Dark => (0.22, 1.0),
        Background::Light => (0.0, 0.17),
    };
    let [r, g, b] = [r, g, b].map(linear);
    let luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b;
    let bend = |channel: f32| {
        if luminance > high {
            channel * high / luminance
        } else if luminance < low {
            channel + (1.0 - channel) * (low - luminance) / (1.0 - luminance)
        } else {
            channel
        }
    };
    Rgb(encoded(bend(r)), encoded(bend(g)), encoded(bend(b)))
}

/// The linear light of each sRGB level, in their order: a frame asks for some hundred colours.
static LINEAR: LazyLock<[f32; 256]> = LazyLock::new(|| {
    std::array::from_fn(|level| {
        let value = f32::from(u8::try_from(level).unwrap_or(u8::MAX)) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    })
});

/// sRGB to linear light.
fn linear(channel: u8) -> f32 {
    LINEAR.get(usize::from(channel)).copied().unwrap_or(1.0)
}

/// Linear light to the nearest sRGB level.
fn encoded(value: f32) -> u8 {
    let above = u8::try_from(LINEAR.partition_point(|light| *light < value)).unwrap_or(u8::MAX);
    let below = above.saturating_sub(1);
    if value - linear(below) <= linear(above) - value { below } else { above }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn detect(vars: &[(&str, &str)]) -> ColourDepth {
        ColourDepth::detect(&|name| vars.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
    }

    #[test]
    fn depth_by_environment() {
        use ColourDepth::{Mono, Sixteen, True, TwoFiftySix};
        assert_eq!(detect(&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor"), ("NO_COLOR", "1")]), Mono);
        assert_eq!(detect(&[("TERM", "xterm-256color"), ("NO_COLOR", "")]), TwoFiftySix, "an empty NO_COLOR is none");
        assert_eq!(detect(&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")]), True);
        assert_eq!(detect(&[("TERM", "screen-256color"), ("COLORTERM", "truecolor")]), TwoFiftySix);
        assert_eq!(detect(&[("TERM", "tmux-256color"), ("COLORTERM", "24bit")]), True);
        assert_eq!(detect(&[("TERM", "linux"), ("COLORTERM", "truecolor")]), Sixteen);
        assert_eq!(detect(&[("TERM", "xterm")]), Sixteen);
        assert_eq!(detect(&[("TERM", "xterm-kitty")]), True);
        for term in ["", "dumb", "vt100", "vt220", "xterm-mono"] {
            assert_eq!(detect(&[("TERM", term), ("COLORTERM", "truecolor")]), Mono, "{term}");
        }
    }

    #[test]
    fn background_by_environment() {
        let detect = |value: &str| Background::detect(&|name| (name == "COLORFGBG").then(|| value.to_owned()));
        assert_eq!([detect("15;0"), detect("12;default;8")], [Background::Dark; 2]);
        assert_eq!([detect("0;15"), detect("0;7")], [Background::Light; 2]);
        assert_eq!([detect(""), detect("0;default"), detect("0;300")], [Background::Unknown; 3]);
    }

    #[test]
    fn theme_colours_at_each_depth() {
        let orange = Color::Rgb(255, 135, 0);
        assert_eq!(ColourDepth::Mono.map(orange), None);
        assert_eq!(ColourDepth::True.map(orange), Some(orange));
        assert_eq!(ColourDepth::TwoFiftySix.map(orange), Some(Color::Indexed(208)));
        assert_eq!(ColourDepth::Sixteen.map(Color::Indexed(9)), Some(Color::LightRed));
        assert_eq!(ColourDepth::Sixteen.map(Color::Indexed(16)), Some(Color::Black));
        assert_eq!(ColourDepth::Sixteen.map(Color::Rgb(250, 250, 250)), Some(Color::White));
        assert_eq!(ColourDepth::Sixteen.map(Color::Green), Some(Color::Green));
        assert_eq!(ColourDepth::Sixteen.map(Color::Reset), Some(Color::Reset));
    }

    #[test]
    fn indices_of_the_cube_lead_back() {
        for index in 16..=255u8 {
            let rgb = rgb_of_index(index);
            assert_eq!(rgb_of_index(nearest_index(rgb)), rgb, "{index}");
        }
    }

    #[test]
    fn halo_colours_keep_their_hue_in_sixteen() {
        let named = |hex, background| ColourDepth::Sixteen.halo(Rgb::parse(hex).unwrap(), background);
        assert_eq!(named("#d9534f", Background::Unknown), Some(Color::Red));
        assert_eq!(named("#fcc400", Background::Dark), Some(Color::Yellow));
        assert_eq!(named("#68bc00", Background::Light), Some(Color::Green));
        assert_eq!(named("#009ce0", Background::Dark), Some(Color::LightBlue));
        assert_eq!(named("#653294", Background::Unknown), Some(Color::Magenta));
        assert_eq!(named("#000000", Background::Unknown), Some(Color::Reset), "black would vanish");
        assert_eq!(named("#ffffff", Background::Light), Some(Color::Reset), "white would vanish");
    }

    #[test]
    fn linear_light_leads_back_to_its_level() {
        for level in 0..=255u8 {
            assert_eq!(encoded(linear(level)), level);
            assert_eq!(encoded(linear(level) + 0.000_01), level);
        }
        assert_eq!([encoded(-1.0), encoded(2.0)], [0, 255]);
    }

    fn luminance(colour: Color) -> f32 {
        let Color::Rgb(r, g, b) = colour else { panic!("{colour:?}") };
        0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
    }

    proptest! {
        #[test]
        fn halo_colours_stand_out(r: u8, g: u8, b: u8) {
            let at = |background| luminance(ColourDepth::True.halo(Rgb(r, g, b), background).unwrap()) + 0.05;
            prop_assert!(at(Background::Dark) / 0.05 >= 4.5);
            prop_assert!(1.05 / at(Background::Light) >= 4.5);
            let unknown = at(Background::Unknown);
            prop_assert!(unknown / 0.05 >= 3.0 && 1.05 / unknown >= 3.0, "{unknown}");
            prop_assert!(ColourDepth::Mono.halo(Rgb(r, g, b), Background::Dark).is_none());
        }
    }
}
