//! `sync`.

use std::{
    io::{IsTerminal, Write},
    time::{Duration, Instant},
};

use jiff::tz::TimeZone;

use super::{
    Surroundings,
    begin::{finish, hearing, start_to_store},
    run::{say, warn},
};
use crate::domain::{Failure, FillProgress, Filled, News, Timestamp};

/// How often a line is written where standard error is no terminal.
const SAY_EVERY: Duration = Duration::from_secs(20);
/// How often the line on a terminal changes at most.
const DRAW_EVERY: Duration = Duration::from_millis(100);

/// `sync`: fills the mirror as far as `history` asks, with the conversations of open tickets if wanted, compares it with the server, and ends.
pub(super) async fn run(around: &Surroundings, conversations: bool) -> Result<(), Failure> {
    let (session, mut news) = start_to_store(around)?;
    let mut progress = Progress::new(std::io::stderr().is_terminal());
    let hear = |news| match news {
        News::Filling(Some(fill)) => progress.tell(fill, Instant::now()),
        News::Following { process } => {
            progress.end_line();
            say(&format!("process {process} refreshes this mirror already: it is asked to, and followed"));
        }
        News::BudgetLow(Some((used, of))) => {
            progress.end_line();
            say(&format!("{used} of the {of} requests in 5 minutes are used: the rest waits until there is room"));
        }
        News::Notice(words) => {
            progress.end_line();
            warn(words.as_str());
        }
        _ => {}
    };
    let waits = |failure: &Failure, pause: Duration| {
        warn(&format!("{}; asking again in {} s", failure.what, pause.as_secs().max(1)));
    };
    let filling = async {
        session.refreshed_patiently(true, waits).await?;
        session.filled_up(conversations).await?;
        // What changed while it was filled.
        session.refreshed_patiently(false, waits).await
    };
    let result = hearing(&mut news, hear, filling).await;
    progress.end_line();
    let coverage = session.coverage().await;
    let overview = session.overview().await;
    let stats = session.stats();
    finish(session).await;
    result?;
    let (coverage, overview) = (coverage?, overview?);
    say(&format!(
        "{}; {} closed tickets, {} clients are stored; {} requests",
        coverage.words(Timestamp::now(), &TimeZone::system()),
        overview.closed,
        overview.clients,
        stats.requests
    ));
    Ok(())
}

/// How far the fill is, on standard error: one line that changes on a terminal, a line now and then elsewhere.
struct Progress {
    on_terminal: bool,
    what: Option<Filled>,
    told_at: Option<Instant>,
    /// How far it was when that was told last, not to be told twice.
    told: Option<(Filled, u64, u64)>,
    drawn: bool,
}

impl Progress {
    fn new(on_terminal: bool) -> Self {
        Self { on_terminal, what: None, told_at: None, told: None, drawn: false }
    }

    fn tell(&mut self, fill: FillProgress, now: Instant) {
        let every = if self.on_terminal { DRAW_EVERY } else { SAY_EVERY };
        let another = self.what.replace(fill.what) != Some(fill.what);
        let over = fill.done >= fill.of;
        if !another && !over && self.told_at.is_some_and(|at| now.duration_since(at) < every) {
            return;
        }
        // Of what there is nothing of nothing comes.
        let told = Some((fill.what, fill.done, fill.of.max(fill.done)));
        if fill.of == 0 || self.told == told {
            return;
        }
        (self.told_at, self.told) = (Some(now), told);
        let words = fill.words();
        if self.on_terminal {
            // Nobody can be told that standard error is gone.
            let _ = write!(std::io::stderr().lock(), "\r{words}\x1b[K");
            self.drawn = true;
        } else {
            say(words.as_str());
        }
    }

    fn end_line(&mut self) {
        if std::mem::take(&mut self.drawn) {
            say("");
        }
    }
}
