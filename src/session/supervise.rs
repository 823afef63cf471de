//! Background tasks whose end is told: a screen that looks alive over a dead task is worse than an error.

use std::{future::Future, time::Duration};

use tokio::{
    sync::mpsc,
    task::{JoinError, JoinHandle},
};

use crate::{
    domain::News,
    halo::{Budget, Tokens},
    text::SafeText,
};

/// The tasks of a session; they end when this is dropped.
pub(super) struct Tasks {
    news: mpsc::Sender<News>,
    watchers: Vec<JoinHandle<()>>,
}

impl Tasks {
    pub(super) fn new(news: mpsc::Sender<News>) -> Self {
        Self { news, watchers: Vec::new() }
    }

    /// Runs a task that should never end; if it does, by a panic above all, the operator is told.
    pub(super) fn spawn(&mut self, name: &'static str, work: impl Future<Output = ()> + Send + 'static) {
        let news = self.news.clone();
        self.watchers.push(tokio::spawn(async move {
            // The work is a task of its own, so that its panic is caught; it ends with its watcher.
            let work = AbortOnDrop(tokio::spawn(work));
            let why = reason(work.join().await);
            tracing::error!(task = name, why, "a background task ended");
            let _ = news.send(News::WorkerDied { worker: name, why: SafeText::line(&why) }).await;
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

fn reason(ended: Result<(), JoinError>) -> String {
    match ended {
        Ok(()) => "it ended".to_owned(),
        Err(error) if error.is_panic() => "an error in the program".to_owned(),
        Err(_) => "it was stopped".to_owned(),
    }
}

/// How often the budget is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(20);

/// Tells how the token and the budget stand, whenever that changes.
pub(super) async fn tell_standing(tokens: Tokens, budget: Budget, news: mpsc::Sender<News>) {
    let mut state = tokens.state();
    let mut low = false;
    loop {
        let token = *state.borrow_and_update();
        if news.send(News::Token(token)).await.is_err() {
            return;
        }
        loop {
            tokio::select! {
                changed = state.changed() => match changed {
                    Ok(()) => break,
                    // The token task is gone; its end is told by its watcher.
                    Err(_) => std::future::pending().await,
                },
                () = tokio::time::sleep(LOOK_EVERY), if budget.standing().limit > 0 => {
                    let standing = budget.standing();
                    let now_low = standing.used * 5 > standing.limit * 4;
                    if now_low || low {
                        low = now_low;
                        let of = if low { standing.limit } else { 0 };
                        let _ = news.send(News::BudgetLow { used: standing.used, of }).await;
                    }
                }
            }
        }
    }
}
