//! When to ask again: after a success at the chosen pace, after failures ever later.

use std::time::Duration;

use tokio::{sync::watch, time::sleep};

use crate::domain::{Failure, FailureKind};

/// Who waits is told of a failure that lasts for so many tries.
pub const TRIES: u32 = 5;
/// The first pause after a failure.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_mins(5);

/// A disk that is full is tried again after so long.
const AFTER_STORAGE: Duration = Duration::from_mins(5);

/// How long to wait after this failure, the last of so many in a row: as [`pause_after`], and no less than the server asks for.
#[must_use]
pub fn pause_for(failure: &Failure, failures: u32) -> Duration {
    let asked = match failure.kind {
        FailureKind::RateLimited(asked) => asked.unwrap_or_default(),
        // A disk does not get empty by itself.
        FailureKind::Storage => AFTER_STORAGE,
        _ => Duration::ZERO,
    };
    pause_after(failures, rand::random()).max(asked)
}

/// How long to wait before a page is asked for once more.
const ONCE_MORE: Duration = Duration::from_secs(1);

/// Asks for a page of a list, and once more for a further one whose answer was lost: the pages before it were else asked for in vain.
///
/// # Errors
/// The failure, the second where there are two.
pub(super) async fn page_of<T, Asked>(page_no: u32, ask: impl Fn() -> Asked) -> Result<T, Failure>
where
    Asked: Future<Output = Result<T, Failure>>,
{
    if page_no > 1 {
        twice(ask, |kind| matches!(kind, FailureKind::Unreachable | FailureKind::Server(_) | FailureKind::BadReply)).await
    } else {
        ask().await
    }
}

/// Asks for a short list, and once more where the server was in trouble for a moment.
///
/// # Errors
/// The failure, the second where there are two.
pub(super) async fn list_of<T, Asked>(ask: impl Fn() -> Asked) -> Result<T, Failure>
where
    Asked: Future<Output = Result<T, Failure>>,
{
    twice(ask, |kind| matches!(kind, FailureKind::Server(_))).await
}

async fn twice<T, Asked>(ask: impl Fn() -> Asked, passes: fn(FailureKind) -> bool) -> Result<T, Failure>
where
    Asked: Future<Output = Result<T, Failure>>,
{
    let result = ask().await;
    if result.as_ref().is_err_and(|failure| passes(failure.kind)) {
        sleep(ONCE_MORE).await;
        return ask().await;
    }
    result
}

/// Does something until dropped: at a pace while it succeeds, ever later while it fails, and at once when the server is `back`; once
/// only where there is no pace. The first turn is told so.
pub async fn keep<Turn>(every: Option<Duration>, mut back: watch::Receiver<()>, mut turn: impl FnMut(bool) -> Turn)
where
    Turn: Future<Output = Result<(), Failure>>,
{
    let mut failures = 0_u32;
    let mut first = true;
    loop {
        // A return while it asks is news to what fails then.
        back.mark_unchanged();
        let result = turn(std::mem::take(&mut first)).await;
        let Some(every) = every else { return };
        match result {
            Ok(()) => {
                failures = 0;
                sleep(every).await;
            }
            Err(failure) => {
                failures += 1;
                // Where nobody tells of a return, time alone counts.
                let returned = async {
                    if back.changed().await.is_err() {
                        std::future::pending::<()>().await;
                    }
                };
                tokio::select! {
                    () = sleep(pause_for(&failure, failures)) => {}
                    () = returned => {}
                }
            }
        }
    }
}

/// How long to wait before the next try after `failures` in a row: 5 s, doubled each time, at most 5 minutes, with up to a
/// quarter of jitter so that the programs of one desk don't return in step.
fn pause_after(failures: u32, jitter: f64) -> Duration {
    let doubled = FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1).min(10)));
    doubled.min(LONGEST_PAUSE).mul_f64(1.0 + jitter.clamp(0.0, 1.0) / 4.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_five_minutes() {
        let pauses: Vec<u64> = (1..=8).map(|failures| pause_after(failures, 0.0).as_secs()).collect();
        assert_eq!(pauses, [5, 10, 20, 40, 80, 160, 300, 300]);
        assert_eq!(pause_after(1, 1.0), Duration::from_millis(6250));
        assert_eq!(pause_after(u32::MAX, 0.5).as_secs(), 337);
    }

    #[test]
    fn a_server_that_asks_for_a_longer_pause_gets_it() {
        let asked = |kind| pause_for(&Failure::new(kind, "x"), 1).as_secs();
        assert_eq!(asked(FailureKind::RateLimited(Some(Duration::from_secs(90)))), 90);
        assert!((5..=6).contains(&asked(FailureKind::RateLimited(None))));
        assert_eq!(asked(FailureKind::Storage), 300);
    }

    #[tokio::test(start_paused = true)]
    async fn a_further_page_whose_answer_is_lost_is_asked_for_once_more() {
        for (page_no, kind, asked) in [
            (1, FailureKind::Server(500), 1),
            (2, FailureKind::Server(500), 2),
            (3, FailureKind::BadReply, 2),
            (3, FailureKind::Unreachable, 2),
            (3, FailureKind::RateLimited(None), 1),
            (3, FailureKind::Forbidden, 1),
        ] {
            let times = std::cell::Cell::new(0);
            let ask = || {
                times.set(times.get() + 1);
                std::future::ready(Err::<(), _>(Failure::new(kind, "x")))
            };
            assert!(page_of(page_no, ask).await.is_err());
            assert_eq!(times.get(), asked, "{page_no} {kind:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_short_list_is_asked_for_once_more_where_the_server_was_in_trouble() {
        for (kind, asked) in [(FailureKind::Server(503), 2), (FailureKind::Forbidden, 1), (FailureKind::Unreachable, 1)] {
            let times = std::cell::Cell::new(0);
            let ask = || {
                times.set(times.get() + 1);
                std::future::ready(if times.get() > 1 { Ok(()) } else { Err(Failure::new(kind, "x")) })
            };
            assert_eq!(list_of(ask).await.is_ok(), asked == 2, "{kind:?}");
            assert_eq!(times.get(), asked, "{kind:?}");
        }
    }

    /// When the turns were, in seconds, where those from one place to another fail; the server is back at `back`, if ever.
    async fn turns(every: Option<u64>, failing: std::ops::Range<usize>, back: Option<u64>, until: u64) -> Vec<u64> {
        let begun = tokio::time::Instant::now();
        let (returns, returned) = watch::channel(());
        let mut at = Vec::new();
        let work = keep(every.map(Duration::from_secs), returned, |first| {
            assert_eq!(first, at.is_empty());
            at.push(begun.elapsed().as_secs());
            let fails = failing.contains(&(at.len() - 1));
            std::future::ready(if fails { Err(Failure::new(FailureKind::Unreachable, "x")) } else { Ok(()) })
        });
        let life = async {
            if let Some(back) = back {
                sleep(Duration::from_secs(back)).await;
                returns.send_replace(());
            }
            sleep(Duration::from_secs(until - back.unwrap_or(0))).await;
        };
        tokio::select! {
            () = work => {}
            () = life => {}
        }
        at
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_kept_fresh_backs_off_and_comes_back_with_the_server() {
        assert_eq!(turns(Some(15), 0..0, Some(7), 50).await, [0, 15, 30, 45], "a return means nothing to what works");
        assert_eq!(turns(None, 0..1, Some(7), 50).await, [0], "without a pace it is done once");
        let alone = turns(Some(15), 1..99, None, 400).await;
        let gaps: Vec<u64> = alone.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert_eq!(gaps.len(), 7, "{alone:?}");
        for (gap, least) in gaps.iter().zip([15, 5, 10, 20, 40, 80, 160]) {
            assert!((least..=least + least / 4 + 1).contains(gap), "{gaps:?}");
        }
        let back = turns(Some(15), 1..7, Some(230), 270).await;
        assert_eq!(back[back.len() - 3..], [230, 245, 260], "{back:?}");
    }
}
