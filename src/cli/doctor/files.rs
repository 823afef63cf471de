//! The files of the settings and the folders of the state: who may read and write them, and whether they are understood.

use std::{fs::Metadata, io::ErrorKind, os::unix::fs::PermissionsExt, path::Path};

use super::report::Check;
use crate::{
    domain::{Failure, FailureKind},
    settings::{self, Config, Paths},
    text::SafeText,
};

/// With less room on the disk nothing is written any more: a writing needs some pages beside its rows.
const LEAST_ROOM: u64 = 4 << 20;
/// With less room a mirror of some tens of thousands of tickets does not fit.
const LITTLE_ROOM: u64 = 128 << 20;

/// One check for each file that is there, and for the folders.
pub(super) fn checks(paths: &Paths) -> Vec<Check> {
    let mut checks = vec![match Config::load(paths) {
        Ok(_) => found("settings", &paths.config_file(), "none yet: the defaults hold"),
        Err(failure) => Check::failed("settings", &failure),
    }];
    checks.push(match settings::keymap_text(paths) {
        Ok(_) => found("keys", &paths.keymap_file(), "none of your own"),
        Err(failure) => Check::flawed("keys", &failure),
    });
    checks.push(match settings::check_credentials(paths) {
        Ok(()) => found("credentials", &paths.credentials_file(), "none stored in a file"),
        Err(failure) => Check::failed("credentials", &failure),
    });
    checks.push(state(paths.state_dir()));
    checks
}

/// A file as it lies there; `none` where it does not.
fn found(name: &'static str, path: &Path, none: &str) -> Check {
    match path.metadata() {
        Ok(file) => Check::passed(name, &format!("{}, {}", path.display(), mode(&file))),
        Err(_) => Check::passed(name, &format!("{none} ({})", path.display())),
    }
}

/// The folder of mirrors and logs, or where it would be made.
fn state(folder: &Path) -> Check {
    let failed = |why: &str| {
        let failure = Failure::new(FailureKind::Storage, &format!("{} {why}", folder.display()));
        Check::flawed("state", &failure.advise("Rows are kept in memory alone; name another folder with --state-dir"))
    };
    match folder.metadata() {
        Ok(found) if !found.is_dir() => failed("is not a folder"),
        Ok(found) if rustix::fs::access(folder, rustix::fs::Access::WRITE_OK).is_err() => {
            failed(&format!("can't be written ({})", mode(&found)))
        }
        Ok(found) if found.permissions().mode() & 0o022 != 0 => {
            let advice = format!("run: chmod go-w '{}'", folder.display());
            Check::warning("state", &format!("{} can be written by others", folder.display()), SafeText::line(&advice))
        }
        Ok(found) => with_room(folder, &format!("{}, {}", folder.display(), mode(&found))),
        Err(error) if error.kind() == ErrorKind::NotFound => with_room(folder, &format!("nothing yet ({})", folder.display())),
        Err(error) => failed(&format!("can't be read: {error}")),
    }
}

/// A folder with which all is well but for the room on its disk, or on the one where it would be made.
fn with_room(folder: &Path, words: &str) -> Check {
    let disk = folder.ancestors().find(|folder| folder.exists()).and_then(|folder| rustix::fs::statvfs(folder).ok());
    // A disk that tells nothing of itself may have any room.
    disk.map_or_else(
        || Check::passed("state", words),
        |disk| room(folder, words, disk.f_bavail.saturating_mul(disk.f_frsize), disk.f_files > 0 && disk.f_favail == 0),
    )
}

/// What so many bytes of room mean, and that no further file can be made.
fn room(folder: &Path, words: &str, bytes: u64, no_files: bool) -> Check {
    if no_files || bytes < LEAST_ROOM {
        let what = if no_files { "no further file can be made" } else { "is full" };
        let failure = Failure::new(FailureKind::Storage, &format!("the disk of {} {what}", folder.display()));
        return Check::flawed(
            "state",
            &failure.advise("Nothing new is stored; make room, or name another folder with --state-dir"),
        );
    }
    let words = format!("{words}, {} MB left", bytes >> 20);
    if bytes < LITTLE_ROOM {
        let advice = "A mirror of 100,000 tickets needs some 120 MB, half of it with bodies = false: make room";
        return Check::warning("state", &words, SafeText::line(advice));
    }
    Check::passed("state", &words)
}

fn mode(file: &Metadata) -> String {
    format!("mode {:04o}", file.permissions().mode() & 0o7777)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{super::report::State, *};

    fn states(paths: &Paths) -> Vec<State> {
        checks(paths).iter().map(Check::state).collect()
    }

    #[test]
    fn a_disk_without_room_is_told() {
        for (bytes, no_files, state, words) in [
            (0, false, State::Warning, "the disk of /state is full"),
            (1 << 40, true, State::Warning, "no further file can be made"),
            (90 << 20, false, State::Warning, "mode 0700, 90 MB left"),
            (1 << 40, false, State::Passed, "mode 0700, 1048576 MB left"),
        ] {
            let check = room(Path::new("/state"), "/state, mode 0700", bytes, no_files);
            assert_eq!(check.state(), state, "{bytes} {no_files}");
            assert!(check.what().contains(words), "{}", check.what());
        }
    }

    #[test]
    fn nothing_is_needed_and_what_is_wrong_is_told() {
        let base = tempfile::tempdir().unwrap();
        let (config, state) = (base.path().join("config"), base.path().join("state"));
        let paths = Paths::resolve(Some(config.clone()), Some(state.clone())).unwrap();
        assert_eq!(states(&paths), [State::Passed; 4]);

        fs::create_dir(&config).unwrap();
        fs::set_permissions(&config, PermissionsExt::from_mode(0o700)).unwrap();
        let write = |name: &str, text: &str, mode: u32| {
            fs::write(config.join(name), text).unwrap();
            fs::set_permissions(config.join(name), PermissionsExt::from_mode(mode)).unwrap();
        };
        write("config.toml", "theme = 3\n", 0o600);
        write("keys.toml", "", 0o666);
        write("credentials.toml", "[profiles.acme]\nclient_secret = \"canary\"\n", 0o644);
        fs::write(&state, "no folder").unwrap();
        assert_eq!(states(&paths), [State::Failed, State::Warning, State::Failed, State::Warning]);
        let told = format!("{:?}", checks(&paths));
        assert!(told.contains("line 1") && told.contains("chmod 600") && !told.contains("canary"), "{told}");
    }
}
