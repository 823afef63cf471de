//! Files of the operator's own that other rooms understand, handed over as text.

use std::path::PathBuf;

use super::{
    Paths,
    guard::{self, Trust},
};
use crate::domain::{Failure, FailureKind};

/// The text of `themes/NAME.toml` in the settings folder, with its path for messages; `None` where there is no such file.
///
/// # Errors
/// A name that is no plain file name, a file that can't be read or is larger than 1 MiB.
pub fn theme_text(paths: &Paths, name: &str) -> Result<Option<(PathBuf, String)>, Failure> {
    if !is_theme_name(name) {
        return Err(Failure::new(FailureKind::Settings, &format!("{name:?} is no theme's name"))
            .advise("a theme's name is letters, digits, '-' and '_'"));
    }
    text(paths.themes_dir().join(format!("{name}.toml")))
}

/// The names of the operator's own themes, in alphabetical order; none where the folder is missing or can't be read.
pub fn theme_names(paths: &Paths) -> Vec<String> {
    let files = std::fs::read_dir(paths.themes_dir()).into_iter().flatten().flatten();
    let name = |file: std::fs::DirEntry| {
        let path = PathBuf::from(file.file_name());
        let name = path.file_stem()?.to_str()?.to_owned();
        (path.extension()? == "toml" && is_theme_name(&name)).then_some(name)
    };
    let mut names: Vec<String> = files.filter_map(name).collect();
    names.sort_unstable();
    names
}

/// The text of `keys.toml`, with its path for messages; `None` where there is no such file.
///
/// # Errors
/// A file that can't be read or is larger than 1 MiB.
pub fn keymap_text(paths: &Paths) -> Result<Option<(PathBuf, String)>, Failure> {
    text(paths.keymap_file())
}

fn text(path: PathBuf) -> Result<Option<(PathBuf, String)>, Failure> {
    Ok(guard::read(&path, Trust::Settings)?.map(|text| (path, text.to_string())))
}

fn is_theme_name(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    !name.is_empty() && name.len() <= 64 && name.chars().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn themes_come_from_their_folder_alone() {
        let base = tempfile::tempdir().unwrap();
        let paths = Paths::resolve(Some(base.path().to_owned()), Some(base.path().to_owned())).unwrap();
        assert_eq!(theme_names(&paths), Vec::<String>::new());
        std::fs::create_dir(paths.themes_dir()).unwrap();
        for file in ["night.toml", "day.toml", "notes.txt", ".toml", "a b.toml"] {
            std::fs::write(paths.themes_dir().join(file), "x = 1").unwrap();
        }
        assert_eq!(theme_names(&paths), ["day", "night"]);
        assert_eq!(theme_text(&paths, "night").unwrap().unwrap().1, "x = 1");
        assert_eq!(theme_text(&paths, "dusk").unwrap(), None);
        for bad in ["../config", "", "a/b", "a.b", "\u{1b}[31m"] {
            assert_eq!(theme_text(&paths, bad).unwrap_err().kind, FailureKind::Settings, "{bad:?}");
        }
    }
}
