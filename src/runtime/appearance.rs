//! Theme, keys and views of the operator's own files: what can be used of them, and every fault in them.

use std::path::Path;

use jiff::tz::TimeZone;

use crate::{
    domain::{Failure, FailureKind},
    keys::{DEFAULTS, Keymap, Severity},
    msg::Notice,
    panes::{Views, read_views},
    settings::{self, Config, Paths},
    text::SafeText,
    ui::{Background, ColourDepth, Glyphs, Look, Theme},
};

/// How the dashboard would look in this terminal with the operator's own files.
#[derive(Debug)]
pub struct Appearance {
    /// What `TERM`, `COLORTERM` and `NO_COLOR` say of colours.
    pub colours: ColourDepth,
    /// Whether the locale lets marks and lines be more than ASCII.
    pub utf8: bool,
    /// What can't be used of `keys.toml`, `views.toml` and the theme, each with its file and line.
    pub complaints: Vec<SafeText>,
}

/// Finds out how the dashboard would look; settings that can't be read count as none.
#[must_use]
pub fn appearance(paths: &Paths) -> Appearance {
    let config = Config::load(paths).unwrap_or_default();
    let env = |name: &str| std::env::var(name).ok();
    let mut notices = Vec::new();
    look(paths, Some(&config.theme), config.lean == Some(true), &mut notices);
    keymap(paths, &config.keys, &mut notices);
    views(paths, &mut notices);
    let complaints = notices.into_iter().map(|notice| notice.text).collect();
    Appearance { colours: ColourDepth::detect(&env), utf8: Glyphs::detect(&env) == Glyphs::UTF8, complaints }
}

/// The look: a theme that can't be read gives way to the default, and is told.
pub(super) fn look(paths: &Paths, theme: Option<&str>, lean: bool, notices: &mut Vec<Notice>) -> Look {
    let env = |name: &str| std::env::var(name).ok();
    let depth = ColourDepth::detect(&env);
    let background = Background::detect(&env);
    let theme = own_theme(paths, theme.unwrap_or("default"), background).unwrap_or_else(|faults| {
        notices.extend(faults);
        Theme::default()
    });
    let mut look = Look::new(&theme, depth, Glyphs::detect(&env), lean);
    look.zone = TimeZone::system();
    look.terminal = background;
    look
}

/// The theme of this name, or all that is wrong with it.
fn own_theme(paths: &Paths, name: &str, background: Background) -> Result<Theme, Vec<Notice>> {
    let failed = |failure: &Failure| vec![Notice::warning(&format!("{}; the default theme is used", failure.what))];
    match settings::theme_text(paths, name).map_err(|failure| failed(&failure))? {
        Some((path, text)) => Theme::parse(&text).map_err(|faults| {
            let told = |fault| Notice::warning(&format!("{} {fault}; the default theme is used", short(&path)));
            faults.iter().map(told).collect()
        }),
        None if name == Theme::AUTO => Ok(Theme::embedded(Theme::fitting(background)).unwrap_or_default()),
        None => Theme::embedded(name)
            .ok_or_else(|| failed(&Failure::new(FailureKind::Settings, &format!("no theme is called {name}")))),
    }
}

/// The views: those of `views.toml` that can't be used are told and left out.
pub(super) fn views(paths: &Paths, notices: &mut Vec<Notice>) -> Views {
    match settings::views_text(paths) {
        Ok(Some((path, text))) => {
            let (views, complaints) = read_views(&text);
            let told = |complaint| Notice::warning(&format!("{} {complaint}", short(&path)));
            notices.extend(complaints.iter().map(told));
            Views::new(views)
        }
        Ok(None) => Views::default(),
        Err(failure) => {
            notices.push(Notice::failure(&failure));
            Views::default()
        }
    }
}

/// The keymap: lines of `keys.toml` that can't be used are told and left out.
pub(super) fn keymap(paths: &Paths, preset: &str, notices: &mut Vec<Notice>) -> Keymap {
    let read = settings::keymap_text(paths).unwrap_or_else(|failure| {
        notices.push(Notice::failure(&failure));
        None
    });
    let (path, text) = read.unwrap_or_default();
    let (keymap, complaints) = Keymap::with_preset(DEFAULTS, preset, &text);
    notices.extend(complaints.iter().map(|complaint| {
        // What no line of the file says is the preset that the settings name.
        let file = if complaint.line.is_none() && !complaint.key.is_empty() { "config.toml".into() } else { short(&path) };
        let words = format!("{file} {complaint}");
        // What holds, but may surprise, comes after what was left out.
        if complaint.severity == Severity::Error { Notice::warning(&words) } else { Notice::info(&words) }
    }));
    keymap
}

/// The file's own name: the folder is told by `doctor`, and would take the room of what is wrong.
fn short(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt};

    use super::*;

    #[test]
    fn every_fault_of_every_file_is_told_with_its_line() {
        let base = tempfile::tempdir().unwrap();
        let paths = Paths::resolve(Some(base.path().join("config")), Some(base.path().join("state"))).unwrap();
        let write = |name: &str, text: &str| {
            let file = paths.config_dir().join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::set_permissions(file.parent().unwrap(), PermissionsExt::from_mode(0o700)).unwrap();
            fs::write(&file, text).unwrap();
            fs::set_permissions(&file, PermissionsExt::from_mode(0o600)).unwrap();
        };
        write("config.toml", "theme = \"night\"\n");
        write("themes/night.toml", "[roles]\ntekst = {}\nbad = { fg = 3 }\n");
        write("keys.toml", "[list]\n\"ctrl-s\" = \"open\"\n\"x\" = \"tpo\"\n[lits]\n");
        write("views.toml", "[[view]]\nname = \"A\"\nquery = \"statsu:new\"\n[[view]]\nquery = \"vpn\"\n");
        let told: Vec<_> = appearance(&paths).complaints.iter().map(ToString::to_string).collect();
        let beginnings = [
            "night.toml line 2: there is no role `tekst`",
            "night.toml line 3: `bad.fg` is a colour",
            "keys.toml line 2: [list] \"ctrl-s\": ctrl-s should not be bound",
            "keys.toml line 3: [list] \"x\": there is no command \"tpo\"",
            "keys.toml line 4: [lits]: there is no such layer",
            "views.toml line 3: query: did you mean status?",
            "views.toml line 4: a view needs a name",
        ];
        assert_eq!(told.len(), beginnings.len(), "{told:#?}");
        for (told, beginning) in told.iter().zip(beginnings) {
            assert!(told.starts_with(beginning), "{told} / {beginning}");
        }
        let mut notices = Vec::new();
        keymap(&paths, "default", &mut notices);
        views(&paths, &mut notices);
        let notice = Notice::of_several(&notices).unwrap();
        assert_eq!(
            notice.text.as_str(),
            "5 faults, all in the help: keys.toml line 3: [list] \"x\": there is no command \"tpo\"",
            "what was left out goes before what only looks unwise"
        );
    }
}
