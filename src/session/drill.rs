//! A fire drill for debug builds: the program breaks where and when it is told to, so that tests can watch what becomes of the
//! real one. Release builds hold nothing of it.

#[cfg(debug_assertions)]
mod armed {
    use std::{
        path::PathBuf,
        sync::atomic::{AtomicBool, Ordering},
        time::Duration,
    };

    /// Names the place, a colon and a file: the place panics once the file is there, and only once.
    const VARIABLE: &str = "HALO_TUI_DRILL";
    static HELD: AtomicBool = AtomicBool::new(false);

    fn file(place: &str) -> Option<PathBuf> {
        let told = std::env::var(VARIABLE).ok()?;
        let (named, file) = told.split_once(':')?;
        (named == place).then(|| PathBuf::from(file))
    }

    /// Whether it is this place's turn to break.
    pub fn is_to_break(place: &str) -> bool {
        file(place).is_some_and(|file| file.exists()) && !HELD.swap(true, Ordering::SeqCst)
    }

    /// Panics if it is this place's turn.
    ///
    /// # Panics
    /// That is what it is for.
    pub fn drill(place: &str) {
        assert!(!is_to_break(place), "a drill in {place}");
    }

    /// Runs a background task that panics when it is its turn.
    pub(in crate::session) async fn within(place: &str, work: impl Future<Output = ()>) {
        const LOOK_EVERY: Duration = Duration::from_millis(20);
        if file(place).is_none() {
            return work.await;
        }
        let turn = async {
            loop {
                drill(place);
                tokio::time::sleep(LOOK_EVERY).await;
            }
        };
        tokio::select! {
            () = work => {}
            () = turn => {}
        }
    }
}

#[cfg(not(debug_assertions))]
mod armed {
    /// Nothing is broken on purpose here.
    #[inline]
    pub fn drill(_: &str) {}

    /// The task as it is.
    #[inline]
    pub(in crate::session) fn within<W>(_: &str, work: W) -> W {
        work
    }
}

pub use armed::drill;
#[cfg(debug_assertions)]
pub use armed::is_to_break;
pub(super) use armed::within;
