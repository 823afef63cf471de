//! Logs: JSON lines in a file under the state folder, never on the screen.
//!
//! JSON because tracing's text form lets a message's newline forge a second line. What is never logged: tokens, secrets, keys,
//! ticket text; the types that hold them print nothing of it.

use std::{
    fs::{self, OpenOptions},
    path::Path,
};

use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

/// Size at which the log of earlier starts is put aside; one older log is kept.
const MOST_BYTES: u64 = 2 * 1024 * 1024;

/// Lines that may wait to be written; what comes on top of them is lost.
const WAITING_LINES: usize = 1000;

/// Keeps the log's writing thread; what was logged is written when it is dropped.
#[derive(Debug)]
#[must_use = "logging ends when this is dropped"]
pub struct Logging(#[allow(dead_code, reason = "kept for its Drop")] WorkerGuard);

/// Starts logging into `file`, whose folder exists; where that can't be done, nothing is logged and nothing is printed.
/// `HALO_TUI_LOG` chooses what is logged, in tracing's filter language.
pub(super) fn start(file: &Path) -> Option<Logging> {
    if fs::metadata(file).is_ok_and(|metadata| metadata.len() > MOST_BYTES) {
        let _ = fs::rename(file, file.with_extension("log.1"));
    }
    let log = OpenOptions::new().create(true).append(true).open(file).ok()?;
    // Lossy: a full disk or a slow one never holds the program up. Room for the waiting lines is taken at once: the usual
    // number of them would be most of an instance's memory.
    let (writer, guard) = NonBlockingBuilder::default().buffered_lines_limit(WAITING_LINES).lossy(true).finish(log);
    let filter = std::env::var("HALO_TUI_LOG").ok().and_then(|filter| EnvFilter::try_new(filter).ok());
    let filter = filter.unwrap_or_else(|| EnvFilter::new("halo_tui=info,error"));
    let layer = fmt::layer().json().with_writer(writer).with_ansi(false);
    tracing_subscriber::registry().with(filter).with(layer).try_init().ok()?;
    Some(Logging(guard))
}
