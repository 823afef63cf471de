//! Background tasks that are started again when they end: a screen that looks alive over a dead task is worse than an error.

use std::{future::Future, time::Duration};

use tokio::{
    sync::mpsc,
    task::{JoinError, JoinHandle},
    time::{Instant, sleep},
};

use crate::{domain::News, halo::Budget, text::SafeText};

/// The pause before a task that ended is started again; it doubles with each end in a row.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest such pause.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);
/// A task that ran for so long had come back: its next end is a first one.
const STEADY: Duration = Duration::from_mins(5);

/// The tasks of a session; they end when this is dropped.
pub(super) struct Tasks {
    news: mpsc::Sender<News>,
    watchers: Vec<JoinHandle<()>>,
}

impl Tasks {
    pub(super) fn new(news: mpsc::Sender<News>) -> Self {
        Self { news, watchers: Vec::new() }
    }

    /// Keeps a task running that should never end. If it does, by a panic above all, the operator is told and `start` is
    /// called again after a pause; the first call is before this returns.
    pub(super) fn keep<W>(&mut self, name: &'static str, mut start: impl FnMut() -> W + Send + 'static)
    where
        W: Future<Output = ()> + Send + 'static,
    {
        let news = self.news.clone();
        let mut work = start();
        self.watchers.push(tokio::spawn(async move {
            let mut ends = 0;
            loop {
                let begun = Instant::now();
                // The work is a task of its own, so that its panic is caught; it ends with its watcher.
                let why = reason(AbortOnDrop(tokio::spawn(super::drill::within(name, work))).join().await);
                ends = if begun.elapsed() >= STEADY { 1 } else { ends + 1 };
                let pause = pause(ends);
                tracing::error!(task = name, why, pause = pause.as_secs(), "a background task ended");
                let died = News::WorkerDied { worker: name, why: SafeText::line(why), back_in: pause };
                if news.send(died).await.is_err() {
                    return;
                }
                sleep(pause).await;
                work = start();
                tracing::info!(task = name, "a background task was started again");
                let _ = news.send(News::WorkerRestarted { worker: name }).await;
            }
        }));
    }
}

impl Drop for Tasks {
    fn drop(&mut self) {
        for watcher in &self.watchers {
            watcher.abort();
        }
    }
}

struct AbortOnDrop(JoinHandle<()>);

impl AbortOnDrop {
    async fn join(mut self) -> Result<(), JoinError> {
        (&mut self.0).await
    }
}

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn reason(ended: Result<(), JoinError>) -> &'static str {
    match ended {
        Ok(()) => "it ended",
        Err(error) if error.is_panic() => "an error in the program",
        Err(_) => "it was stopped",
    }
}

/// How long to wait after so many ends in a row.
fn pause(ends: u32) -> Duration {
    FIRST_PAUSE.saturating_mul(1 << ends.saturating_sub(1).min(16)).min(LONGEST_PAUSE)
}

/// How often the budget is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(20);

/// Tells when the budget runs low, and when it no longer does.
pub(super) async fn tell_budget(budget: Budget, news: mpsc::Sender<News>) {
    let mut told = None;
    loop {
        sleep(LOOK_EVERY).await;
        let standing = budget.standing();
        let low = standing.is_low().then_some((standing.used, standing.limit));
        if low != told {
            told = low;
            if news.send(News::BudgetLow(low)).await.is_err() {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    };

    use super::*;

    #[test]
    fn pauses_grow_to_a_minute() {
        let pauses: Vec<u64> = [1, 2, 3, 6, 7, 8, u32::MAX].map(|ends| pause(ends).as_secs()).to_vec();
        assert_eq!(pauses, [1, 2, 4, 32, 60, 60, 60]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_panics_is_told_and_started_again() {
        let (news, mut heard) = mpsc::channel(8);
        let runs = Arc::new(AtomicU32::new(0));
        let mut tasks = Tasks::new(news);
        let counted = Arc::clone(&runs);
        tasks.keep("the work", move || {
            let run = counted.fetch_add(1, Ordering::SeqCst);
            async move {
                match run {
                    0 | 1 => panic!("a fault"),
                    // Long enough to count as come back.
                    2 => sleep(STEADY).await,
                    _ => std::future::pending().await,
                }
            }
        });
        assert_eq!(runs.load(Ordering::SeqCst), 1, "the first start is not waited for");
        let begun = Instant::now();
        for (why, back_in) in [("an error in the program", 1), ("an error in the program", 2), ("it ended", 1)] {
            let back_in = Duration::from_secs(back_in);
            let died = News::WorkerDied { worker: "the work", why: SafeText::line(why), back_in };
            assert_eq!(heard.recv().await, Some(died));
            assert_eq!(heard.recv().await, Some(News::WorkerRestarted { worker: "the work" }));
        }
        assert_eq!(begun.elapsed(), Duration::from_secs(1 + 2 + 1) + STEADY);
        assert_eq!(runs.load(Ordering::SeqCst), 4);
        drop(tasks);
        // The watcher ends, and with it the only sender.
        assert_eq!(heard.recv().await, None);
    }
}
