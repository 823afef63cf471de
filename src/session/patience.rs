//! Asking again where waiting helps, for commands that have nobody to ask again for them.

use std::time::Duration;

use crate::{
    domain::{Failure, FailureKind},
    sync::{TRIES, pause_for},
};

/// Asks until it succeeds, a few times in a row at most, with the pauses that the refreshing makes. `came` is whether the server
/// has ever answered: a connection that breaks off after hours of work is no wrong address.
pub(super) async fn patiently<Answer>(
    mut ask: impl FnMut() -> Answer,
    came: impl Fn() -> bool,
    mut waits: impl FnMut(&Failure, Duration),
) -> Result<(), Failure>
where
    Answer: Future<Output = Result<(), Failure>>,
{
    let mut failures = 0;
    loop {
        let Err(failure) = ask().await else { return Ok(()) };
        failures += 1;
        let answered = matches!(failure.kind, FailureKind::RateLimited(_) | FailureKind::Server(_));
        let passes = answered || (failure.is_transient() && came());
        if !passes || failures >= TRIES {
            return Err(failure);
        }
        let pause = pause_for(&failure, failures);
        waits(&failure, pause);
        tokio::time::sleep(pause).await;
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    /// How asking ends that is answered with these kinds, one after the other, and how long each pause is.
    async fn asked(kinds: &[FailureKind], came: bool) -> (Result<(), FailureKind>, Vec<Duration>) {
        let (mut answers, mut pauses, start) = (kinds.iter(), Vec::new(), Instant::now());
        let ask = || std::future::ready(answers.next().map_or(Ok(()), |kind| Err(Failure::new(*kind, "no"))));
        let result = patiently(ask, || came, |_, pause| pauses.push(pause)).await;
        assert!(start.elapsed() >= pauses.iter().sum::<Duration>(), "{pauses:?}");
        (result.map_err(|failure| failure.kind), pauses)
    }

    #[tokio::test(start_paused = true)]
    async fn it_waits_as_told_and_goes_on() {
        let told = Duration::from_secs(90);
        let (result, pauses) = asked(&[FailureKind::Server(500), FailureKind::RateLimited(Some(told))], false).await;
        assert_eq!((result, pauses.len()), (Ok(()), 2));
        assert!(pauses.contains(&told) && pauses.iter().all(|pause| *pause >= Duration::from_secs(5)));
    }

    #[tokio::test(start_paused = true)]
    async fn it_ends_after_some_tries_and_where_waiting_is_no_help() {
        let lasting = [FailureKind::Server(503); 20];
        let (result, pauses) = asked(&lasting, true).await;
        assert_eq!((result, pauses.len()), (Err(FailureKind::Server(503)), 4));
        for (kind, came) in [(FailureKind::Forbidden, true), (FailureKind::Unreachable, false)] {
            assert_eq!(asked(&[kind], came).await, (Err(kind), Vec::new()));
        }
        assert_eq!(asked(&[FailureKind::Unreachable], true).await.0, Ok(()));
    }
}
