//! [`Lease`]: the right to refresh a shared mirror, which one instance has at a time.

use std::{
    fs::{File, TryLockError},
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
};

use tokio::sync::{oneshot, watch};

use crate::session::private;

/// A waiting thread only waits.
const STACK: usize = 64 * 1024;

/// The right to refresh: a lock of the kernel's on a file beside the mirror. It is gone with the process that has it, however
/// that ends, and is let go of when dropped.
#[derive(Clone, Debug)]
pub(in crate::session) struct Lease(Arc<File>);

impl Lease {
    /// Takes the lease if nobody has it.
    pub(in crate::session) fn try_take(path: &Path) -> io::Result<Option<Self>> {
        let file = private::open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self(Arc::new(file)))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Takes the lease as soon as nobody has it, waiting on a thread of its own: asleep in the kernel it costs nothing, and of
    /// all who wait one is woken to have it. Where the answer is no longer wanted, the lease is let go of.
    pub(super) fn wait(path: PathBuf) -> io::Result<oneshot::Receiver<io::Result<Self>>> {
        let (had, answer) = oneshot::channel();
        let wait = move || {
            let taken = private::open(&path).and_then(|file| file.lock().map(|()| Self(Arc::new(file))));
            drop(had.send(taken));
        };
        thread::Builder::new().name("lease".to_owned()).stack_size(STACK).spawn(wait)?;
        Ok(answer)
    }

    fn let_go(&self) {
        // Dropping it does the same, later.
        let _ = self.0.unlock();
    }
}

/// Lets an instance step back at once: one that is stopped must not keep the others from being served.
#[derive(Clone, Debug, Default)]
pub(in crate::session) struct Rest {
    resting: Arc<watch::Sender<bool>>,
    lease: Arc<Mutex<Option<Lease>>>,
}

impl Rest {
    /// Lets go of the lease, before this returns, and takes none until [`Self::end`].
    pub(in crate::session) fn begin(&self) {
        self.resting.send_replace(true);
        if let Some(lease) = self.lease().take() {
            lease.let_go();
        }
    }

    /// The lease may be taken again.
    pub(in crate::session) fn end(&self) {
        self.resting.send_replace(false);
    }

    /// Whether it rests, now and later.
    pub(super) fn state(&self) -> watch::Receiver<bool> {
        self.resting.subscribe()
    }

    /// Whether this instance refreshes.
    pub(in crate::session) fn has_lease(&self) -> bool {
        self.lease().is_some()
    }

    /// Names the lease to let go of.
    pub(super) fn holds(&self, lease: Option<Lease>) {
        *self.lease() = lease;
    }

    fn lease(&self) -> MutexGuard<'_, Option<Lease>> {
        self.lease.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_has_it_and_one_of_those_who_wait_has_it_next() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let first = Lease::try_take(&path).unwrap().unwrap();
        assert!(Lease::try_take(&path).unwrap().is_none());
        let (mut one, mut other) = (Lease::wait(path.clone()).unwrap(), Lease::wait(path.clone()).unwrap());
        drop(first);
        let (second, mut waiting) = tokio::select! {
            lease = &mut one => (lease, other),
            lease = &mut other => (lease, one),
        };
        let second = second.unwrap().unwrap();
        assert!(waiting.try_recv().is_err() && Lease::try_take(&path).unwrap().is_none());
        // Who gave up waiting does not keep it from the next.
        drop(waiting);
        let third = Lease::wait(path.clone()).unwrap();
        drop(second);
        assert!(third.await.unwrap().is_ok());
    }

    #[test]
    fn resting_lets_go_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let (rest, lease) = (Rest::default(), Lease::try_take(&path).unwrap().unwrap());
        rest.holds(Some(lease.clone()));
        rest.begin();
        assert!(*rest.state().borrow() && Lease::try_take(&path).unwrap().is_some());
        rest.end();
        assert!(!*rest.state().borrow());
    }
}
