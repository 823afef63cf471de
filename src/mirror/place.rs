//! Where the file lies: its folder, its rights, its companions, and setting it aside.

use std::{
    fs, io,
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

/// The database itself, the files that SQLite keeps beside it, and the lock of the instance that refreshes it.
const COMPANIONS: [&str; 5] = ["", "-wal", "-shm", "-journal", "-lock"];
/// How many copies set aside are kept.
const KEPT: usize = 3;

/// Makes folder and file ready, both for their owner alone, and answers the file's path without links.
///
/// # Errors
///
/// In words, why nothing can be stored there: the folder can't be made, or something else than a file of ours has the name.
pub(super) fn prepare(path: &Path) -> Result<PathBuf, String> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(format!("{} names no file", path.display()));
    };
    let folder = own_folder(folder)?;
    let path = folder.join(name);
    for companion in COMPANIONS {
        check_file(&beside(&path, companion))?;
    }
    let created = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
    match created {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(format!("{} can't be made: {error}", path.display())),
        _ => Ok(path),
    }
}

fn own_folder(folder: &Path) -> Result<PathBuf, String> {
    let trouble = |error: io::Error| format!("{} can't be used: {error}", folder.display());
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(trouble)?;
    let folder = fs::canonicalize(folder).map_err(trouble)?;
    let found = fs::metadata(&folder).map_err(trouble)?;
    if found.uid() != rustix::process::geteuid().as_raw() {
        return Err(format!("{} belongs to somebody else", folder.display()));
    }
    if found.mode() & 0o077 != 0 {
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).map_err(trouble)?;
    }
    Ok(folder)
}

/// Nothing there is fine; a file of ours is fine and closed to others; everything else is not ours to write through.
fn check_file(path: &Path) -> Result<(), String> {
    let found = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(format!("{} can't be used: {error}", path.display())),
        Ok(found) => found,
    };
    if !found.is_file() {
        return Err(format!("{} is no ordinary file", path.display()));
    }
    if found.uid() != rustix::process::geteuid().as_raw() || found.nlink() != 1 {
        return Err(format!("{} is shared with somebody else", path.display()));
    }
    if found.mode() & 0o077 != 0 {
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}

/// The path with `suffix` at the end of its name.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// The lock of the instance that refreshes the mirror at `path`.
#[must_use]
pub fn lock_beside(path: &Path) -> PathBuf {
    beside(path, "-lock")
}

/// Whether `path` has the head of an SQLite database, and the schema version in it; `None` for an empty file.
///
/// Read without SQLite, since opening a file with it may already change its companions.
pub(super) fn head(path: &Path) -> io::Result<Option<Head>> {
    use io::Read;
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(100).read_to_end(&mut bytes)?;
    if bytes.is_empty() {
        let left_over = fs::metadata(beside(path, "-wal")).is_ok_and(|wal| wal.len() > 0);
        return Ok(left_over.then_some(Head::Damaged));
    }
    let version = bytes.get(60..64).and_then(|bytes| bytes.try_into().ok()).map(i32::from_be_bytes);
    Ok(Some(match version {
        Some(version) if bytes.len() == 100 && bytes.starts_with(b"SQLite format 3\0") => Head::Database(version.into()),
        _ => Head::Damaged,
    }))
}

/// What the first bytes of a file tell.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Head {
    /// An SQLite database with this schema version.
    Database(i64),
    /// Something else.
    Damaged,
}

/// Renames the file and its companions to `NAME.WHY-N` and answers the new path; older copies beyond a few are removed.
pub(super) fn set_aside(path: &Path, why: &str) -> io::Result<PathBuf> {
    let last = copies(path).into_iter().map(|(n, _)| n).max().unwrap_or(0);
    let aside = beside(path, &format!(".{why}-{}", last + 1));
    for companion in COMPANIONS {
        match fs::rename(beside(path, companion), beside(&aside, companion)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    remove(&suspicion(path))?;
    let mut kept = copies(path);
    kept.sort();
    let surplus = kept.len().saturating_sub(KEPT);
    for (_, old) in kept.into_iter().take(surplus) {
        for companion in COMPANIONS {
            remove(&beside(&old, companion))?;
        }
    }
    Ok(aside)
}

/// The copies set aside, with their numbers.
fn copies(path: &Path) -> Vec<(u32, PathBuf)> {
    let Some((folder, name)) = path.parent().zip(path.file_name().and_then(|name| name.to_str())) else { return Vec::new() };
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let numbered = |entry: io::Result<fs::DirEntry>| {
        let entry = entry.ok()?;
        let file = entry.file_name();
        let rest = file.to_str()?.strip_prefix(name)?.strip_prefix('.')?;
        let number = rest.strip_prefix("damaged-").or_else(|| rest.strip_prefix("other-"))?;
        Some((number.parse().ok()?, entry.path()))
    };
    entries.filter_map(numbered).collect()
}

/// A mark beside the file: something was found wrong while it was in use, so it is checked at the next start.
pub(super) fn suspicion(path: &Path) -> PathBuf {
    beside(path, ".suspect")
}

/// Leaves the mark.
pub(super) fn suspect(path: &Path) {
    // Where even this fails, the damage shows again by itself.
    let _ = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(suspicion(path));
}

/// Removes a file that may be absent.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Removes a mirror: the database at `path`, its companions and every copy set aside. Nothing there is fine.
///
/// # Errors
///
/// The first file that can't be removed.
pub fn purge(path: &Path) -> io::Result<()> {
    let set_aside = copies(path).into_iter().map(|(_, copy)| copy);
    for file in std::iter::once(path.to_owned()).chain(set_aside) {
        for companion in COMPANIONS {
            remove(&beside(&file, companion))?;
        }
    }
    remove(&suspicion(path))
}

/// Whether the file system keeps SQLite's shared memory and locks honest: network and user-space ones don't.
#[cfg(target_os = "linux")]
pub(super) fn is_local(path: &Path) -> bool {
    // Magic numbers of statfs(2): NFS, SMB, SMB2, CIFS, FUSE, 9P, AFS, Ceph, Coda, OCFS2, GPFS, Lustre.
    const REMOTE: [u32; 12] = [
        0x6969,
        0x517b,
        0xfe53_4d42,
        0xff53_4d42,
        0x6573_5546,
        0x0102_1997,
        0x5346_414f,
        0x00c3_6400,
        0x7375_7245,
        0x7461_636f,
        0x4750_4653,
        0x0bd0_0bd0,
    ];
    // The kernel's type is 32 bits wide, whatever the width of the field.
    rustix::fs::statfs(path).is_ok_and(|found| !REMOTE.iter().any(|magic| i64::from(*magic) == (found.f_type & 0xffff_ffff)))
}

/// Whether the file system keeps SQLite's shared memory and locks honest; taken for granted here.
#[cfg(not(target_os = "linux"))]
pub(super) fn is_local(_path: &Path) -> bool {
    true
}
