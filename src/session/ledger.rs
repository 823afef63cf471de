//! [`FileLedger`]: the requests of all instances of one profile on this machine, counted in one small locked file.

use std::{
    fs::{File, TryLockError},
    io::{self, Read},
    os::unix::fs::FileExt,
    path::PathBuf,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};

use super::private;
use crate::{
    domain::{Admission, BudgetLedger, LedgerStanding, Quota, Timestamp},
    halo::{LocalLedger, Tally},
};

/// The version of the file's form.
const VERSION: u32 = 1;
/// More than a full window takes; a file that is longer is not ours.
const MOST_BYTES: u64 = 64 * 1024;
/// An instance that was stopped while it held the lock is not waited for longer: this one then counts alone.
const BUSY_FOR: Duration = Duration::from_secs(1);

/// Counts in a file. What this process sent it knows by itself as well: a file that was lost, damaged or can't be written
/// never makes it forget, and is brought back by who can.
#[derive(Debug)]
pub(super) struct FileLedger {
    path: PathBuf,
    own: LocalLedger,
    busy_since: Mutex<Option<Instant>>,
}

/// The file's content.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    version: u32,
    tally: Tally,
}

/// Why the file can't be counted in.
enum Trouble {
    /// Another instance has the lock.
    Busy,
    Io(io::Error),
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl FileLedger {
    /// The ledger in this file, which is made when it is first needed; its folder has to be there.
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, own: LocalLedger::default(), busy_since: Mutex::new(None) }
    }

    /// Runs `count` on what all instances have counted and stores what it made of it.
    fn shared<T>(&self, own: &Tally, count: impl FnOnce(&mut Tally) -> T) -> Result<T, Trouble> {
        let file = private::open(&self.path)?;
        // Never waited for here: who calls is not to stand still for a process that was stopped.
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(Trouble::Busy),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        // Dropping the file unlocks it; so does the kernel when the process is killed.
        let (mut tally, length) = read(&file)?;
        let before = tally.clone();
        tally.count_at_least(own);
        let counted = count(&mut tally);
        if tally != before || length == 0 {
            write(&file, tally, length)?;
        }
        Ok(counted)
    }

    /// Counts with all instances, or, where the file can't be had, by what this one sent alone; `None` where another instance
    /// has the file at this moment. Says whether it was with all.
    fn count<T>(&self, own: &mut Tally, count: impl Fn(&mut Tally) -> T) -> Option<(T, bool)> {
        let mut busy_since = self.busy_since.lock().unwrap_or_else(PoisonError::into_inner);
        let why = match self.shared(own, &count) {
            Ok(counted) => {
                *busy_since = None;
                return Some((counted, true));
            }
            Err(Trouble::Busy) if busy_since.get_or_insert_with(Instant::now).elapsed() < BUSY_FOR => return None,
            Err(Trouble::Busy) => "another instance does not let go of it".to_owned(),
            Err(Trouble::Io(error)) => error.to_string(),
        };
        tracing::debug!(why, "requests are counted by this instance alone");
        Some((count(own), false))
    }
}

/// What the file holds and how long it is; what is not ours counts for nothing.
fn read(file: &File) -> io::Result<(Tally, u64)> {
    let length = file.metadata()?.len();
    let mut text = Vec::new();
    let mut reader = file;
    reader.by_ref().take(MOST_BYTES + 1).read_to_end(&mut text)?;
    let page = (text.len() as u64 <= MOST_BYTES).then(|| serde_json::from_slice::<Page>(&text).ok()).flatten();
    match page {
        Some(Page { version: VERSION, tally }) if tally.is_sound() => return Ok((tally, length)),
        _ if length > 0 => tracing::warn!("the count of requests could not be read; it is begun anew"),
        _ => {}
    }
    Ok((Tally::default(), length))
}

/// Stores in one write: an instance that is killed in the middle of it leaves either count, not a part of one. What was longer
/// is covered with spaces, which mean nothing behind a JSON object.
fn write(file: &File, tally: Tally, length: u64) -> io::Result<()> {
    let mut text = serde_json::to_vec(&Page { version: VERSION, tally })?;
    text.push(b'\n');
    if length > MOST_BYTES {
        file.set_len(0)?;
    } else if let Ok(length) = usize::try_from(length)
        && text.len() < length
    {
        text.resize(length, b' ');
    }
    file.write_all_at(&text, 0)
}

impl BudgetLedger for FileLedger {
    fn admit(&self, now: Timestamp, allowed: Option<Quota>, open: &dyn Fn(u32) -> u32) -> Admission {
        let own = &mut *self.own.tally();
        match self.count(own, |tally| tally.admit(now, allowed, open)) {
            Some((Admission::Admitted, true)) => own.admit(now, None, &|_| u32::MAX),
            Some((admission, _)) => admission,
            None => Admission::Busy,
        }
    }

    fn free_at(&self, now: Timestamp, allowed: Option<Quota>, open: &dyn Fn(u32) -> u32) -> Option<Timestamp> {
        let own = &mut *self.own.tally();
        let alone = own.free_at(now, allowed, open);
        self.count(own, |tally| tally.free_at(now, allowed, open)).map_or(alone, |(free_at, _)| free_at)
    }

    fn refused(&self, now: Timestamp, until: Timestamp, announced: Option<Quota>) {
        let own = &mut *self.own.tally();
        own.refused(now, until, announced);
        // Where another instance has the file at this moment, this one's next look at it brings the refusal there.
        let _ = self.count(own, |tally| tally.refused(now, until, announced));
    }

    fn standing(&self, now: Timestamp, window: Duration) -> LedgerStanding {
        let own = &mut *self.own.tally();
        // What is over is not brought back into the file.
        let alone = own.standing(now, window);
        self.count(own, |tally| tally.standing(now, window)).map_or(alone, |(standing, _)| standing)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        os::unix::fs::{MetadataExt, PermissionsExt},
        path::Path,
    };

    use super::*;

    const WINDOW: Duration = Duration::from_mins(5);

    /// So many in five minutes.
    fn five_minutes(requests: u32) -> Quota {
        Quota { requests, within: WINDOW }
    }

    fn all(requests: u32) -> u32 {
        requests
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_763_632_800 + second).unwrap()
    }

    fn ledger(folder: &tempfile::TempDir) -> FileLedger {
        FileLedger::new(folder.path().join("requests"))
    }

    fn used(ledger: &FileLedger, now: Timestamp) -> u32 {
        ledger.standing(now, WINDOW).used
    }

    #[test]
    fn instances_count_together_and_share_what_was_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (ledger(&folder), ledger(&folder));
        for second in 0..5 {
            assert_eq!(one.admit(at(second), Some(five_minutes(9)), &all), Admission::Admitted);
            let last = if second == 4 { Admission::Full(at(301)) } else { Admission::Admitted };
            assert_eq!(other.admit(at(second), Some(five_minutes(9)), &all), last);
        }
        assert_eq!((used(&one, at(5)), used(&other, at(5))), (9, 9));
        assert_eq!(one.free_at(at(5), Some(five_minutes(9)), &all), Some(at(301)));
        assert_eq!(one.free_at(at(5), Some(five_minutes(10)), &all), None);
        one.refused(at(6), at(36), Some(five_minutes(100)));
        assert_eq!(other.admit(at(7), None, &all), Admission::Paused(at(36)));
        assert_eq!(other.standing(at(7), WINDOW).announced, Some((five_minutes(100), 9)));
        assert_eq!(std::fs::metadata(&one.path).unwrap().mode() & 0o777, 0o600);
        // A whole window later nothing counts any more, and the file has not grown.
        assert_eq!(used(&ledger(&folder), at(306)), 0);
    }

    #[test]
    fn a_lost_or_damaged_file_is_brought_back_by_who_knows() {
        let folder = tempfile::tempdir().unwrap();
        let one = ledger(&folder);
        for second in [0, 0, 1] {
            one.admit(at(second), None, &all);
        }
        let whole = std::fs::read(&one.path).unwrap();
        for (what, content) in [
            ("empty", vec![]),
            ("cut off", whole[..whole.len() / 2].to_vec()),
            ("two of them", [whole.clone(), whole.clone()].concat()),
            ("a million", br#"{"version":1,"tally":{"left":[[1763632800,1000000],[1763632799,1]]}}"#.to_vec()),
            ("of another version", br#"{"version":2,"tally":{"left":[]}}"#.to_vec()),
            ("endless", vec![b' '; 10_000_000]),
            ("no text", vec![0xff; 100]),
        ] {
            std::fs::write(&one.path, content).unwrap();
            assert_eq!(used(&one, at(2)), 3, "{what}");
            assert_eq!(used(&ledger(&folder), at(2)), 3, "{what}: it is whole again for others");
            assert!(std::fs::metadata(&one.path).unwrap().len() <= MOST_BYTES, "{what}");
        }
        std::fs::remove_file(&one.path).unwrap();
        assert_eq!(used(&one, at(2)), 3);
        assert_eq!(used(&ledger(&folder), at(2)), 3);
    }

    #[test]
    fn where_no_file_can_be_had_an_instance_counts_alone() {
        let folder = tempfile::tempdir().unwrap();
        let nowhere = FileLedger::new(folder.path().join("no such folder").join("requests"));
        let link = ledger(&folder);
        std::os::unix::fs::symlink("/dev/null", &link.path).unwrap();
        for alone in [nowhere, link] {
            let admitted = [0, 1, 2].map(|second| alone.admit(at(second), Some(five_minutes(2)), &all));
            assert_eq!(admitted, [Admission::Admitted, Admission::Admitted, Admission::Full(at(301))]);
            alone.refused(at(3), at(9), None);
            assert_eq!(alone.admit(at(4), None, &all), Admission::Paused(at(9)));
        }
    }

    #[test]
    fn a_file_that_may_not_be_written_any_more_is_done_without() {
        let folder = tempfile::tempdir().unwrap();
        let one = ledger(&folder);
        one.admit(at(0), None, &all);
        // Root may write everywhere: there the file is a folder instead.
        std::fs::set_permissions(&one.path, PermissionsExt::from_mode(0o400)).unwrap();
        if rustix::process::geteuid().is_root() {
            std::fs::remove_file(&one.path).unwrap();
            std::fs::create_dir(&one.path).unwrap();
        }
        assert_eq!(one.admit(at(1), Some(five_minutes(2)), &all), Admission::Admitted);
        assert_eq!(one.admit(at(1), Some(five_minutes(2)), &all), Admission::Full(at(301)));
    }

    /// Somebody who took the file and was stopped.
    #[test]
    fn a_lock_that_is_not_let_go_of_holds_nobody_up() {
        let folder = tempfile::tempdir().unwrap();
        let one = ledger(&folder);
        one.admit(at(0), None, &all);
        let stopped = File::open(&one.path).unwrap();
        stopped.lock().unwrap();
        assert_eq!(one.admit(at(1), None, &all), Admission::Busy);
        let mut since = one.busy_since.lock().unwrap();
        *since = since.and_then(|since| since.checked_sub(BUSY_FOR));
        drop(since);
        assert_eq!(one.admit(at(1), Some(five_minutes(2)), &all), Admission::Admitted);
        drop(stopped);
        assert_eq!(used(&ledger(&folder), at(1)), 1, "not yet told");
        assert_eq!(used(&one, at(1)), 2);
        assert_eq!(used(&ledger(&folder), at(1)), 2);
    }

    #[test]
    fn many_at_once_never_take_more_than_there_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("requests");
        let take = |path: &Path| {
            let ledger = FileLedger::new(path.to_owned());
            let mut admitted = 0;
            for _ in 0..100 {
                loop {
                    match ledger.admit(at(0), Some(five_minutes(250)), &all) {
                        Admission::Admitted => admitted += 1,
                        Admission::Busy => {
                            std::thread::yield_now();
                            continue;
                        }
                        _ => {}
                    }
                    break;
                }
            }
            admitted
        };
        let taken: u32 = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| take(&path))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(taken, 250);
    }
}
