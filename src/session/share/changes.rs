//! [`Changes`]: notices what other instances write, at most once a second and without looking where nothing is written.

use std::path::Path;

use tokio::{
    sync::watch,
    time::{Duration, Instant, sleep, sleep_until},
};

use crate::{
    domain::FailureKind,
    mirror::{Mirror, SharedPlace},
};

/// The shortest time between two looks where nobody waits for what comes.
pub(super) const SECOND: Duration = Duration::from_secs(1);
/// What was written to the journal can be read a moment later: the shortest time between two looks where somebody waits.
pub(super) const MOMENT: Duration = Duration::from_millis(20);

/// Tells when another instance has written.
pub(super) struct Changes {
    mirror: Mirror,
    journal: Journal,
    seen: Option<i64>,
    looked: Option<Instant>,
    /// Looks that are due: two after the journal grew, since what was written can be read only after that, and a machine may be
    /// slow.
    due: u8,
}

impl Changes {
    /// Watches from now on.
    pub(super) fn new(mirror: Mirror, place: &SharedPlace) -> Self {
        Self { mirror, journal: Journal::watch(&place.journal), seen: None, looked: None, due: 1 }
    }

    /// Waits for the next writing of another instance's; the first call answers at once. While `watched` is false nothing is
    /// looked at, and never sooner than `apart` after the last look. What is missed by dropping the future is told by the next.
    pub(super) async fn next(&mut self, watched: &mut watch::Receiver<bool>, apart: Duration) {
        loop {
            if watched.wait_for(|watched| *watched).await.is_err() {
                // Nobody says any more whether anybody looks.
                std::future::pending::<()>().await;
            }
            if self.due == 0 {
                self.journal.grown().await;
                self.due = 2;
                self.looked = self.looked.max(Instant::now().checked_sub(apart.saturating_sub(MOMENT)));
            }
            if let Some(looked) = self.looked {
                sleep_until(looked + apart).await;
            }
            if self.journal.forget() {
                self.due = 2;
            }
            self.looked = Some(Instant::now());
            let version = self.mirror.written_elsewhere().await;
            self.due = self.due.saturating_sub(1);
            match version {
                Ok(version) if self.seen != Some(version) => {
                    self.seen = Some(version);
                    return;
                }
                Err(failure) if failure.kind == FailureKind::Gone => std::future::pending().await,
                // A disk that is full or away may come back.
                Ok(_) | Err(_) => {}
            }
        }
    }
}

/// Tells when the file grows that every writing passes.
enum Journal {
    /// The kernel tells.
    #[cfg(target_os = "linux")]
    Watched(tokio::net::unix::pipe::Receiver),
    /// Nobody tells: it is looked at each second.
    Clock,
}

impl Journal {
    #[cfg(target_os = "linux")]
    fn watch(file: &Path) -> Self {
        use rustix::fs::inotify;
        let watched = || -> std::io::Result<_> {
            let events = inotify::init(inotify::CreateFlags::NONBLOCK | inotify::CreateFlags::CLOEXEC)?;
            inotify::add_watch(&events, file, inotify::WatchFlags::MODIFY)?;
            // What it tells is read as from a pipe's end.
            tokio::net::unix::pipe::Receiver::from_owned_fd_unchecked(events)
        };
        // An account may have only so many of these.
        watched().map_or_else(
            |error| {
                tracing::info!(%error, "what other instances write is looked for each second");
                Self::Clock
            },
            Self::Watched,
        )
    }

    #[cfg(not(target_os = "linux"))]
    fn watch(_: &Path) -> Self {
        Self::Clock
    }

    async fn grown(&self) {
        match self {
            #[cfg(target_os = "linux")]
            Self::Watched(events) => {
                if events.readable().await.is_err() {
                    sleep(SECOND).await;
                }
            }
            Self::Clock => sleep(SECOND).await,
        }
    }

    /// Takes out what was told so far; says whether that was anything.
    fn forget(&self) -> bool {
        match self {
            #[cfg(target_os = "linux")]
            Self::Watched(events) => {
                let (mut told, mut any) = ([0; 1024], false);
                while events.try_read(&mut told).is_ok_and(|bytes| bytes > 0) {
                    any = true;
                }
                any
            }
            Self::Clock => false,
        }
    }
}
