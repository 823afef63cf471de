//! Who may own and write the files that decide where a secret goes.

use std::{
    fs::{File, Metadata, OpenOptions},
    io::{self, Read},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::Path,
};

use rustix::fs::OFlags;
use zeroize::Zeroizing;

use crate::domain::{Failure, FailureKind};

/// Nobody writes a megabyte of settings by hand.
pub(super) const MAX_BYTES: u64 = 1 << 20;

/// What a file is trusted with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trust {
    /// It names servers and commands: others may read it, never write it. Root may own it (a packaged configuration).
    Settings,
    /// It holds secrets: nobody else may read it, and it is never a link.
    Secrets,
}

/// Reads a text file of at most [`MAX_BYTES`]; `None` where there is none. A pipe or a device is refused, not waited for.
pub(super) fn read(path: &Path, trust: Trust) -> Result<Option<Zeroizing<String>>, Failure> {
    let failed = |error: &io::Error| unreadable(path, &error.to_string());
    let mut flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    if trust == Trust::Secrets {
        flags |= OFlags::NOFOLLOW;
    }
    let mut file = match open(path, flags) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return match path.symlink_metadata() {
                Ok(_) => Err(unreadable(path, "is a link to nowhere")),
                Err(_) => Ok(None),
            };
        }
        Err(error) if error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) => {
            return Err(unreadable(path, "is a link").advise("put the file itself there"));
        }
        Err(error) => return Err(failed(&error)),
    };
    let found = file.metadata().map_err(|error| failed(&error))?;
    check(path, &found, trust)?;
    let mut bytes = Zeroizing::new(Vec::new());
    file.by_ref().take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(|error| failed(&error))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(unreadable(path, "is larger than 1 MiB"));
    }
    match std::str::from_utf8(&bytes) {
        Ok(text) => Ok(Some(Zeroizing::new(text.to_owned()))),
        Err(error) => {
            let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let line = before.split(|byte| *byte == b'\n').count();
            Err(unreadable(path, &format!("is not UTF-8 (line {line})")))
        }
    }
}

/// Checks a file and its folder.
pub(super) fn check(path: &Path, file: &Metadata, trust: Trust) -> Result<(), Failure> {
    if !file.is_file() {
        return Err(unreadable(path, "is not a file"));
    }
    let me = rustix::process::geteuid().as_raw();
    if let Some(fault) = fault_of_file(file.uid(), file.mode(), me, trust) {
        return Err(fault.failure(path));
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    let found = folder.metadata().map_err(|error| unreadable(folder, &error.to_string()))?;
    match fault_of_folder(found.uid(), found.mode(), me) {
        Some(fault) => Err(fault.failure(folder)),
        None => Ok(()),
    }
}

/// A failure that names the file.
pub(super) fn unreadable(path: &Path, why: &str) -> Failure {
    Failure::new(FailureKind::Settings, &format!("{}: {why}", path.display()))
}

fn open(path: &Path, flags: OFlags) -> io::Result<File> {
    let flags = i32::try_from(flags.bits()).map_err(io::Error::other)?;
    OpenOptions::new().read(true).custom_flags(flags).open(path)
}

/// Why a file or folder is not trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    ForeignOwner,
    FileReadable,
    FileWritable,
    FolderWritable,
}

impl Fault {
    fn failure(self, path: &Path) -> Failure {
        let shown = path.display();
        let (why, command) = match self {
            Self::ForeignOwner => ("belongs to somebody else", format!("chown \"$(id -u)\" '{shown}'")),
            Self::FileReadable => ("can be read by others", format!("chmod 600 '{shown}'")),
            Self::FileWritable => ("can be written by others", format!("chmod 600 '{shown}'")),
            Self::FolderWritable => ("can be written by others", format!("chmod go-w '{shown}'")),
        };
        unreadable(path, why).advise(&format!("run: {command}"))
    }
}

fn fault_of_file(owner: u32, mode: u32, me: u32, trust: Trust) -> Option<Fault> {
    match trust {
        _ if owner != me && !(owner == 0 && trust == Trust::Settings) => Some(Fault::ForeignOwner),
        _ if mode & 0o022 != 0 => Some(Fault::FileWritable),
        Trust::Secrets if mode & 0o077 != 0 => Some(Fault::FileReadable),
        _ => None,
    }
}

fn fault_of_folder(owner: u32, mode: u32, me: u32) -> Option<Fault> {
    match owner {
        _ if owner != me && owner != 0 => Some(Fault::ForeignOwner),
        _ if mode & 0o022 != 0 => Some(Fault::FolderWritable),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn judges_owner_and_mode() {
        use Trust::{Secrets, Settings};
        for (owner, mode, trust, fault) in [
            (1000, 0o600, Secrets, None),
            (1000, 0o400, Secrets, None),
            (1000, 0o640, Secrets, Some(Fault::FileReadable)),
            (1000, 0o604, Secrets, Some(Fault::FileReadable)),
            (1000, 0o660, Secrets, Some(Fault::FileWritable)),
            (0, 0o600, Secrets, Some(Fault::ForeignOwner)),
            (1000, 0o644, Settings, None),
            (0, 0o444, Settings, None),
            (1000, 0o664, Settings, Some(Fault::FileWritable)),
            (1001, 0o644, Settings, Some(Fault::ForeignOwner)),
        ] {
            assert_eq!(fault_of_file(owner, mode, 1000, trust), fault, "{owner} {mode:o} {trust:?}");
        }
        assert_eq!(fault_of_folder(1000, 0o755, 1000), None);
        assert_eq!(fault_of_folder(1000, 0o775, 1000), Some(Fault::FolderWritable));
        assert_eq!(fault_of_folder(1001, 0o755, 1000), Some(Fault::ForeignOwner));
    }

    #[test]
    fn neither_a_pipe_nor_a_device_nor_a_flood_is_waited_for() {
        let base = tempfile::tempdir().unwrap();
        let pipe = base.path().join("pipe");
        rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RWXU).unwrap();
        assert_eq!(read(&pipe, Trust::Settings).unwrap_err().what.as_str(), format!("{}: is not a file", pipe.display()));
        let flood = base.path().join("flood");
        File::create(&flood).unwrap().set_len(MAX_BYTES + 1).unwrap();
        assert!(read(&flood, Trust::Settings).unwrap_err().what.as_str().ends_with("larger than 1 MiB"));
        assert_eq!(read(&base.path().join("none"), Trust::Settings).unwrap(), None);
    }
}
