//! Where files of tickets are saved, and how one is begun there.

use std::{
    ffi::OsString,
    fs::{File, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use etcetera::base_strategy::{BaseStrategy, Xdg};

use crate::{
    domain::{Failure, FailureKind},
    text::SafeText,
};

/// Names that are tried where one is taken.
const MOST_TRIES: u32 = 100;

/// The folder for downloads: the one of the settings, else the desktop's (`user-dirs.dirs`), else `~/Downloads` where there is one,
/// else the folder that the program was started in.
#[must_use]
pub fn download_folder(setting: Option<&Path>) -> PathBuf {
    let xdg = Xdg::new().ok();
    let home = xdg.as_ref().map(|xdg| xdg.home_dir().to_owned()).unwrap_or_default();
    if let Some(folder) = setting {
        return folder.strip_prefix("~").map_or_else(|_| folder.to_owned(), |below| home.join(below));
    }
    let desktops = xdg.as_ref().and_then(|xdg| std::fs::read_to_string(xdg.config_dir().join("user-dirs.dirs")).ok());
    let desktops = desktops.and_then(|text| desktop_folder(&text, &home));
    let found = desktops.into_iter().chain([home.join("Downloads")]).find(|folder| folder.is_absolute() && folder.is_dir());
    found.unwrap_or_else(|| std::env::current_dir().unwrap_or_else(|_| PathBuf::from(".")))
}

/// `XDG_DOWNLOAD_DIR="$HOME/…"` of the desktop's list; its home folder itself says that there is none.
fn desktop_folder(text: &str, home: &Path) -> Option<PathBuf> {
    let value = text.lines().find_map(|line| line.trim().strip_prefix("XDG_DOWNLOAD_DIR="))?.trim().trim_matches('"');
    let folder =
        value.strip_prefix("$HOME").map_or_else(|| PathBuf::from(value), |below| home.join(below.trim_start_matches('/')));
    (folder != home).then_some(folder)
}

/// A new file under this name, or `name (2).txt` and so on where that is taken; mode 0600. What is there is never written to, a
/// link never followed.
///
/// # Errors
/// [`FailureKind::Storage`] where the folder can't be written to or too many names are taken.
pub fn begin_download(folder: &Path, name: &SafeText) -> Result<(File, PathBuf), Failure> {
    let refused = |why: &str| {
        Failure::new(FailureKind::Storage, &format!("{name} can't be saved in {}: {why}", folder.display()))
            .advise("downloads in config.toml names another folder")
    };
    let folder = std::path::absolute(folder).map_err(|error| refused(&error.to_string()))?;
    for nth in 1..=MOST_TRIES {
        let path = folder.join(numbered(name.as_str(), nth));
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
            Ok(file) => return Ok((file, path)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(refused(&error.to_string())),
        }
    }
    Err(refused("a hundred files of this name are there already"))
}

/// `a.txt`, then `a (2).txt`.
fn numbered(name: &str, nth: u32) -> OsString {
    if nth == 1 {
        return name.into();
    }
    match name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()) {
        Some((stem, extension)) => format!("{stem} ({nth}).{extension}").into(),
        None => format!("{name} ({nth})").into(),
    }
}

#[cfg(test)]
mod tests {
    use std::{io::Write, os::unix::fs::PermissionsExt};

    use super::*;

    #[test]
    fn nothing_that_is_there_is_ever_written_to() {
        let folder = tempfile::tempdir().unwrap();
        let name = SafeText::line("log.txt");
        std::fs::write(folder.path().join("log.txt"), "mine").unwrap();
        let target = folder.path().join("target");
        std::os::unix::fs::symlink(&target, folder.path().join("log (2).txt")).unwrap();
        let (mut file, path) = begin_download(folder.path(), &name).unwrap();
        file.write_all(b"theirs").unwrap();
        assert_eq!(path, folder.path().join("log (3).txt"));
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_to_string(folder.path().join("log.txt")).unwrap(), "mine");
        assert!(!target.exists(), "a link that leads nowhere is not followed");
        let failure = begin_download(&folder.path().join("missing"), &name).unwrap_err();
        assert_eq!(failure.kind, FailureKind::Storage);
    }

    #[test]
    fn names_are_numbered_before_their_extension() {
        for (name, second) in [("a.txt", "a (2).txt"), ("a", "a (2)"), ("a.tar.gz", "a.tar (2).gz"), (".a", ".a (2)")] {
            assert_eq!(numbered(name, 2), second);
        }
    }

    #[test]
    fn the_desktop_says_where_downloads_go() {
        let home = Path::new("/home/priya");
        for (text, folder) in [
            ("# a comment\nXDG_DOWNLOAD_DIR=\"$HOME/Descargas\"\n", Some("/home/priya/Descargas")),
            ("XDG_DOWNLOAD_DIR=\"/data/in\"", Some("/data/in")),
            ("XDG_DOWNLOAD_DIR=\"$HOME/\"", None),
            ("XDG_MUSIC_DIR=\"$HOME/Music\"", None),
        ] {
            assert_eq!(desktop_folder(text, home), folder.map(PathBuf::from), "{text}");
        }
        assert_eq!(download_folder(Some(Path::new("/tmp/x"))), Path::new("/tmp/x"));
    }
}
