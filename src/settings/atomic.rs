//! Writing a settings file so that a crash leaves the old or the new content, never a mixture.

use std::{
    fs::File,
    io::{self, Write},
    path::{Path, PathBuf},
};

use rustix::{
    fs::{FlockOperation, flock},
    io::Errno,
};

use super::paths::make_private_dir;
use crate::domain::{Failure, FailureKind};

/// The settings folder, held against other instances of this program while a file in it is changed.
pub(super) struct Hold {
    _folder: File,
}

impl Hold {
    /// Makes the folder if need be (mode 0700) and waits for its kernel lock; the holder needs milliseconds.
    pub(super) fn take(folder: &Path) -> Result<Self, Failure> {
        let held = make_private_dir(folder).and_then(|()| {
            let folder = File::open(folder)?;
            match rustix::io::retry_on_intr(|| flock(&folder, FlockOperation::LockExclusive)) {
                // Network homes may have no locks for folders; a save that is lost to another instance is better than none.
                Ok(()) | Err(Errno::BADF | Errno::INVAL | Errno::NOLCK | Errno::NOSYS | Errno::OPNOTSUPP) => Ok(folder),
                Err(error) => Err(error.into()),
            }
        });
        held.map(|folder| Self { _folder: folder }).map_err(|error| not_written(folder, &error))
    }
}

/// Replaces `path` by a file with `content` and mode 0600: a temporary file beside it, synced, renamed, folder synced. Only the
/// holder of the settings folder may do so.
pub(super) fn replace(_: &Hold, path: &Path, content: &str) -> Result<(), Failure> {
    write(path, content).map_err(|error| not_written(path, &error))
}

fn write(path: &Path, content: &str) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    // `tempfile` makes it with mode 0600 whatever the umask, and removes it if anything below fails.
    let mut new = tempfile::Builder::new().prefix(".halo-tui-").tempfile_in(folder)?;
    new.write_all(content.as_bytes())?;
    new.as_file().sync_all()?;
    new.persist(path).map_err(|failed| failed.error)?;
    // The new content stands there now: where the folder itself can't be synced, that is no reason to report it as lost.
    let _synced = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}

/// The file that a path stands for: a linked `config.toml` (dotfiles) is replaced where it lies, so that the link stays.
pub(super) fn behind_links(path: &Path) -> Result<PathBuf, Failure> {
    match path.canonicalize() {
        Ok(target) => Ok(target),
        Err(error) if error.kind() == io::ErrorKind::NotFound && path.symlink_metadata().is_err() => Ok(path.to_owned()),
        Err(error) => Err(not_written(path, &error)),
    }
}

fn not_written(path: &Path, error: &io::Error) -> Failure {
    Failure::new(FailureKind::Storage, &format!("{} could not be written: {error}", path.display()))
        .advise("nothing was changed there: see that the disk has room and the folder is yours")
}
