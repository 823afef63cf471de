//! [`Theme`]: the looks of every role, read from theme text.

use ratatui::style::{Color, Modifier, Style};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    colour::{Background, ColourDepth},
    role::Role,
};

/// The themes that come with the program, by name.
const EMBEDDED: &[(&str, &str)] = &[
    ("default", include_str!("../../themes/default.toml")),
    ("light", include_str!("../../themes/light.toml")),
    ("dark", include_str!("../../themes/dark.toml")),
    ("high-contrast", include_str!("../../themes/high-contrast.toml")),
    ("mono", include_str!("../../themes/mono.toml")),
];

/// The looks of every role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    background: Background,
    styles: [Style; Role::ALL.len()],
}

/// What is wrong with a theme's text. Quotes the text: make it safe before showing it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct ThemeError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there, the key named.
    pub what: String,
}

impl Theme {
    /// The names of the embedded themes.
    pub fn names() -> impl Iterator<Item = &'static str> {
        EMBEDDED.iter().map(|(name, _)| *name)
    }

    /// What stands for [`Theme::fitting`] where a theme is named.
    pub const AUTO: &str = "auto";

    /// The name of the embedded theme that fits a background. Where none is known that is the one that keeps to the terminal's own
    /// colours, which fits both.
    #[must_use]
    pub const fn fitting(background: Background) -> &'static str {
        match background {
            Background::Unknown => "default",
            Background::Dark => "dark",
            Background::Light => "light",
        }
    }

    /// The text of the embedded theme of this name.
    pub fn embedded_text(name: &str) -> Option<&'static str> {
        EMBEDDED.iter().find(|(other, _)| *other == name).map(|(_, text)| *text)
    }

    /// The embedded theme of this name.
    #[must_use]
    pub fn embedded(name: &str) -> Option<Self> {
        Some(Self::read_over(&Self::plain(), Self::embedded_text(name)?).0)
    }

    /// Reads a theme: `background = "dark" | "light"` (optional) and a table `[roles]` of
    /// `name = { fg, bg, bold, dim, italic, underlined, reversed }`. Roles that are not named look as in the default theme.
    ///
    /// Colours are the terminal's own by name (`red`, `lightred`, `reset`), `#rrggbb`, or an index as text (`"208"`).
    ///
    /// # Errors
    /// Every line that can't be used, with its key, in the order of the text.
    pub fn parse(text: &str) -> Result<Self, Vec<ThemeError>> {
        let (theme, mut faults) = Self::read_over(&Self::default(), text);
        faults.sort_by_key(|fault| fault.line);
        if faults.is_empty() { Ok(theme) } else { Err(faults) }
    }

    /// How a role looks.
    #[must_use]
    pub fn style(&self, role: Role) -> Style {
        self.styles.get(role as usize).copied().unwrap_or_default()
    }

    /// What the theme's background is.
    #[must_use]
    pub fn background(&self) -> Background {
        self.background
    }

    /// Whether every colour is one of the terminal's own by name.
    #[must_use]
    pub fn is_of_named_colours(&self) -> bool {
        let mut colours = self.styles.iter().flat_map(|style| [style.fg, style.bg]).flatten();
        colours.all(|colour| !matches!(colour, Color::Rgb(..) | Color::Indexed(_)))
    }

    /// The theme as a terminal of this depth can show it. Without colours a theme made of them would show nothing: the
    /// embedded `mono` takes its place.
    #[must_use]
    pub fn at_depth(&self, depth: ColourDepth) -> Self {
        if depth == ColourDepth::Mono {
            return Self::embedded("mono").unwrap_or_else(Self::plain);
        }
        let map = |style: Style| Style {
            fg: style.fg.and_then(|colour| depth.map(colour)),
            bg: style.bg.and_then(|colour| depth.map(colour)),
            ..style
        };
        Self { background: self.background, styles: self.styles.map(map) }
    }

    /// No looks at all, but for the row under the cursor.
    fn plain() -> Self {
        let mut theme = Self { background: Background::Unknown, styles: [Style::new(); Role::ALL.len()] };
        theme.set(Role::Accent, Style::new().add_modifier(Modifier::REVERSED));
        theme
    }

    fn set(&mut self, role: Role, style: Style) {
        if let Some(slot) = self.styles.get_mut(role as usize) {
            *slot = style;
        }
    }

    /// The theme with what can be used of the text, and what can't.
    fn read_over(base: &Self, text: &str) -> (Self, Vec<ThemeError>) {
        let mut theme = base.clone();
        let file = match DeTable::parse(text) {
            Ok(file) => file,
            Err(error) => {
                let offset = error.span().map_or(0, |span| span.start);
                return (theme, vec![fault(text, offset, error.message().to_owned())]);
            }
        };
        let mut faults = Vec::new();
        for (key, value) in file.get_ref() {
            match (key.get_ref().as_ref(), value.get_ref()) {
                ("background", DeValue::String(name)) => match name.as_ref() {
                    "dark" => theme.background = Background::Dark,
                    "light" => theme.background = Background::Light,
                    _ => faults.push(fault_at(text, value, "`background` is \"dark\" or \"light\"".to_owned())),
                },
                ("roles", DeValue::Table(roles)) => {
                    for (name, looks) in roles {
                        match Role::ALL.iter().find(|role| role.name() == name.get_ref().as_ref()) {
                            None => faults.push(fault_at(text, name, format!("there is no role `{}`", name.get_ref()))),
                            Some(role) => match parse_style(text, role.name(), looks) {
                                Ok(style) => theme.set(*role, style),
                                Err(fault) => faults.push(fault),
                            },
                        }
                    }
                }
                (name @ ("background" | "roles"), _) => {
                    faults.push(fault_at(text, value, format!("`{name}` has another type than it should")));
                }
                (name, _) => faults.push(fault_at(text, key, format!("there is no setting `{name}`"))),
            }
        }
        (theme, faults)
    }
}

/// The embedded theme `default`, which inherits the terminal's own colours.
impl Default for Theme {
    fn default() -> Self {
        Self::embedded("default").unwrap_or_else(Self::plain)
    }
}

fn parse_style(text: &str, role: &str, looks: &Spanned<DeValue<'_>>) -> Result<Style, ThemeError> {
    let DeValue::Table(table) = looks.get_ref() else {
        return Err(fault_at(text, looks, format!("`{role}` is written as {{ fg = \"red\", bold = true }}")));
    };
    let mut style = Style::new();
    for (key, value) in table {
        let name = key.get_ref().as_ref();
        let modifier = match name {
            "fg" | "bg" => {
                let colour = value.get_ref().as_str().and_then(parse_colour).ok_or_else(|| {
                    let what = "is a colour: a name such as \"lightred\", \"#rrggbb\", or \"0\" to \"255\"";
                    fault_at(text, value, format!("`{role}.{name}` {what}"))
                })?;
                style = if name == "fg" { style.fg(colour) } else { style.bg(colour) };
                continue;
            }
            "bold" => Modifier::BOLD,
            "dim" => Modifier::DIM,
            "italic" => Modifier::ITALIC,
            "underlined" => Modifier::UNDERLINED,
            "reversed" => Modifier::REVERSED,
            _ => return Err(fault_at(text, key, format!("`{role}` has no setting `{name}`"))),
        };
        match value.get_ref() {
            DeValue::Boolean(true) => style = style.add_modifier(modifier),
            DeValue::Boolean(false) => {}
            _ => return Err(fault_at(text, value, format!("`{role}.{name}` is true or false"))),
        }
    }
    Ok(style)
}

/// ratatui's notation, but for a leading plus sign and for spellings with spaces that it lets through.
fn parse_colour(text: &str) -> Option<Color> {
    let plain = text.strip_prefix('#').unwrap_or(text).bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    plain.then(|| text.parse().ok()).flatten()
}

fn fault_at<T>(text: &str, at: &Spanned<T>, what: String) -> ThemeError {
    fault(text, at.span().start, what)
}

fn fault(text: &str, offset: usize, what: String) -> ThemeError {
    ThemeError { line: text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1, what }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_embedded_theme_names_every_role() {
        for (name, text) in EMBEDDED {
            assert_eq!(Theme::read_over(&Theme::plain(), text).1, [], "{name}");
            let file = DeTable::parse(text).unwrap();
            let roles = file.get_ref().iter().find(|(key, _)| key.get_ref() == "roles").unwrap().1;
            let named: Vec<_> = roles.get_ref().as_table().unwrap().iter().map(|(key, _)| key.get_ref().to_string()).collect();
            for role in Role::ALL {
                assert!(named.iter().any(|other| other == role.name()), "{name} lacks {}", role.name());
            }
        }
    }

    #[test]
    fn the_default_inherits_the_terminals_own_colours() {
        let theme = Theme::default();
        assert_eq!(theme.background(), Background::Unknown);
        for role in Role::ALL {
            let style = theme.style(*role);
            assert_eq!(style.bg, None, "{}", role.name());
            assert!(
                !matches!(style.fg, Some(Color::Rgb(..) | Color::Indexed(_) | Color::Black | Color::White)),
                "{}",
                role.name()
            );
        }
        assert!(theme.style(Role::Accent).has_modifier(Modifier::REVERSED));
    }

    #[test]
    fn without_colours_only_attributes_are_left() {
        for name in Theme::names() {
            let theme = Theme::embedded(name).unwrap().at_depth(ColourDepth::Mono);
            for role in Role::ALL {
                let style = theme.style(*role);
                assert_eq!((style.fg, style.bg), (None, None), "{name} {}", role.name());
            }
            assert!(theme.style(Role::Accent).has_modifier(Modifier::REVERSED));
            assert_ne!(theme.style(Role::Bad), theme.style(Role::Text));
        }
    }

    #[test]
    fn sixteen_colours_get_only_named_ones() {
        for name in Theme::names() {
            let theme = Theme::embedded(name).unwrap().at_depth(ColourDepth::Sixteen);
            for style in theme.styles {
                for colour in [style.fg, style.bg].into_iter().flatten() {
                    assert!(!matches!(colour, Color::Rgb(..) | Color::Indexed(_)), "{name}: {colour}");
                }
                assert!(style.fg.is_none() || style.fg != style.bg, "{name} hides text in sixteen colours");
            }
        }
    }

    #[test]
    fn own_themes_change_what_they_name() {
        let text = "background = \"dark\"\n[roles]\naccent = { bg = \"#102030\", fg = \"208\", bold = true, dim = false }\n";
        let theme = Theme::parse(text).unwrap();
        let accent = Style::new().bg(Color::Rgb(16, 32, 48)).fg(Color::Indexed(208)).add_modifier(Modifier::BOLD);
        assert_eq!(theme.style(Role::Accent), accent);
        assert_eq!(theme.style(Role::Bad), Theme::default().style(Role::Bad));
        assert_eq!(theme.background(), Background::Dark);
    }

    #[test]
    fn faults_name_line_and_key() {
        for (text, expected) in [
            ("[roles]\ntext = { fg = \"#fff\" }", "line 2: `text.fg` is a colour"),
            ("[roles]\n\ntext = { fg = 3 }", "line 3: `text.fg` is a colour"),
            ("[roles]\ntext = { fg = \"+3\" }", "line 2: `text.fg` is a colour"),
            ("[roles]\ntext = { blink = true }", "line 2: `text` has no setting `blink`"),
            ("[roles]\ntext = { bold = 1 }", "line 2: `text.bold` is true or false"),
            ("[roles]\ntext = \"red\"", "line 2: `text` is written as"),
            ("[roles]\ntekst = {}", "line 2: there is no role `tekst`"),
            ("background = \"pink\"", "line 1: `background` is"),
            ("roles = 1", "line 1: `roles` has another type"),
            ("inherits = \"dark\"", "line 1: there is no setting `inherits`"),
            ("[roles]\ntext = {", "line 2: "),
        ] {
            let told: Vec<_> = Theme::parse(text).unwrap_err().iter().map(ToString::to_string).collect();
            assert!(told.len() == 1 && told[0].starts_with(expected), "{text:?}: {told:?}");
        }
    }

    #[test]
    fn every_line_that_cannot_be_used_is_told() {
        let text = "[roles]\ntekst = {}\nbad = { fg = 3 }\ntext = { blink = true }\n[more]\n";
        let lines: Vec<_> = Theme::parse(text).unwrap_err().iter().map(|fault| fault.line).collect();
        assert_eq!(lines, [2, 3, 4, 5]);
    }
}
