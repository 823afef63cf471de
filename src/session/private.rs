//! Small files that the instances of one profile share: this account's alone, never a link, never somebody else's.

use std::{
    fs::{File, OpenOptions, Permissions},
    io,
    os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt},
    path::Path,
};

use rustix::fs::OFlags;

/// Opens a file for reading and writing; one that is not there is made, with mode 0600.
///
/// # Errors
/// Where it can't be opened, is no ordinary file, or has another owner or another name.
pub(super) fn open(path: &Path) -> io::Result<File> {
    // Without waiting: a pipe that was put there must not hold the program up.
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .custom_flags(flags.bits().cast_signed())
        .open(path)?;
    let found = file.metadata()?;
    let own = found.uid() == rustix::process::geteuid().as_raw();
    if !found.is_file() || !own || found.nlink() != 1 {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not an ordinary file of this account"));
    }
    if found.mode() & 0o177 != 0 {
        file.set_permissions(Permissions::from_mode(0o600))?;
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_files_are_private_and_ordinary() {
        let folder = tempfile::tempdir().unwrap();
        let of = |name: &str| folder.path().join(name);
        std::fs::write(of("wide"), "").unwrap();
        std::fs::set_permissions(of("wide"), Permissions::from_mode(0o666)).unwrap();
        for name in ["new", "wide"] {
            assert_eq!(open(&of(name)).unwrap().metadata().unwrap().mode() & 0o777, 0o600, "{name}");
        }
        std::os::unix::fs::symlink(of("new"), of("link")).unwrap();
        std::fs::hard_link(of("wide"), of("twin")).unwrap();
        std::fs::create_dir(of("folder")).unwrap();
        for name in ["link", "twin", "wide", "folder", "nowhere/file"] {
            assert!(open(&of(name)).is_err(), "{name}");
        }
    }
}
