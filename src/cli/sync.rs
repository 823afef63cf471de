//! `sync`.

use std::io::{IsTerminal, Write};

use super::{
    Surroundings,
    begin::{finish, hearing, start},
    run::{say, warn},
};
use crate::domain::{Failure, FillProgress, News};

/// `sync`: fills the mirror, or compares it with the server, and ends.
pub(super) async fn run(around: &Surroundings) -> Result<(), Failure> {
    let (session, mut news) = start(around, true)?;
    let mut progress = Progress { on_terminal: std::io::stderr().is_terminal(), told: 0, drawn: false };
    let hear = |news| match news {
        News::Filling(Some(fill)) => progress.tell(fill),
        News::Notice(words) => {
            progress.end_line();
            warn(words.as_str());
        }
        _ => {}
    };
    let result = hearing(&mut news, hear, session.refreshed(true)).await;
    progress.end_line();
    let overview = session.overview().await?;
    let stats = session.stats();
    finish(session).await;
    result?;
    say(&format!(
        "{} open and {} closed tickets, {} clients are stored; {} requests",
        overview.open, overview.closed, overview.clients, stats.requests
    ));
    Ok(())
}

/// How far the fill is, on standard error: one line that changes on a terminal, a line for every tenth of the way elsewhere.
struct Progress {
    on_terminal: bool,
    told: u64,
    drawn: bool,
}

impl Progress {
    fn tell(&mut self, fill: FillProgress) {
        let words = fill.words();
        let words = words.as_str();
        if self.on_terminal {
            // Nobody can be told that standard error is gone.
            let _ = write!(std::io::stderr().lock(), "\r{words}\x1b[K");
            self.drawn = true;
            return;
        }
        let tenth = (fill.done * 10).checked_div(fill.of).unwrap_or(0);
        if tenth > self.told {
            self.told = tenth;
            say(words);
        }
    }

    fn end_line(&mut self) {
        if std::mem::take(&mut self.drawn) {
            say("");
        }
    }
}
