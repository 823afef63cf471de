//! When a token is renewed and how long failures wait: rules of time without a clock.

use std::time::Duration;

/// Longest life that is believed: a token is renewed at least once a day.
const LONGEST_LIFE: Duration = Duration::from_hours(24);
/// Life of a token whose answer doesn't say: what HaloPSA's own tokens have.
const USUAL_LIFE: Duration = Duration::from_hours(1);
/// Lead of a renewal before the token's end, where its life is long enough.
const LEAD: Duration = Duration::from_mins(1);
/// A token younger than this that is refused makes the server's refusal suspicious, not the token's age.
pub(super) const YOUNG: Duration = Duration::from_mins(1);

/// The life that `expires_in` promises: whole or fractional seconds, as number or text; the usual hour where it is missing
/// or unreadable (a 401 corrects that); at most a day. `None` where the token is over before it is used.
pub(super) fn life(expires_in: Option<f64>) -> Option<Duration> {
    match expires_in {
        None => Some(USUAL_LIFE),
        Some(seconds) if seconds.is_nan() => Some(USUAL_LIFE),
        Some(seconds) if seconds < 1.0 => None,
        Some(seconds) => Some(Duration::try_from_secs_f64(seconds.trunc()).map_or(LONGEST_LIFE, |life| life.min(LONGEST_LIFE))),
    }
}

/// How long after its request a token is renewed: a fifth of its life or a minute before the end, whichever is earlier, but
/// never before half of its life; `jitter` (0 to 1) brings it forward by up to a quarter of that lead, so that instances that
/// started together don't renew together.
pub(super) fn renew_after(life: Duration, jitter: f64) -> Duration {
    let lead = (life / 5).max(LEAD).min(life / 2);
    life.saturating_sub(lead).saturating_sub(lead.mul_f64(jitter.clamp(0.0, 1.0) / 4.0))
}

/// How long a token may be sent: a little less than its life, so that it does not end on its way.
pub(super) fn usable_for(life: Duration) -> Duration {
    life.saturating_sub((life / 10).min(Duration::from_secs(5)))
}

/// Pause before the next attempt after `failures` in a row: 2 s doubling to a minute, up to a quarter more by `jitter`.
pub(super) fn back_off(failures: u32, jitter: f64) -> Duration {
    let pause = Duration::from_secs(2).saturating_mul(1 << failures.saturating_sub(1).min(5)).min(Duration::from_mins(1));
    pause.mul_f64(1.0 + jitter.clamp(0.0, 1.0) / 4.0)
}

/// Pause before asking for another token when `refusals` young ones in a row were refused by the API: none for the first,
/// then a minute doubling to a quarter of an hour.
pub(super) fn after_refusals(refusals: u32) -> Duration {
    match refusals {
        0 | 1 => Duration::ZERO,
        more => Duration::from_mins(1).saturating_mul(1 << (more - 2).min(4)).min(Duration::from_mins(15)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    #[test]
    fn odd_lives_are_handled() {
        for (sent, life_read) in [
            (None, Some(USUAL_LIFE)),
            (Some(f64::NAN), Some(USUAL_LIFE)),
            (Some(3600.0), Some(seconds(3600.0))),
            (Some(59.9), Some(seconds(59.0))),
            (Some(0.0), None),
            (Some(0.5), None),
            (Some(-3600.0), None),
            (Some(1e300), Some(LONGEST_LIFE)),
            (Some(f64::INFINITY), Some(LONGEST_LIFE)),
        ] {
            assert_eq!(life(sent), life_read, "{sent:?}");
        }
    }

    #[test]
    fn renewal_leads_the_end_and_never_comes_before_three_eighths_of_life() {
        for (life, earliest, latest) in
            [(3600.0, 2700.0, 2880.0), (300.0, 225.0, 240.0), (60.0, 22.5, 30.0), (5.0, 1.875, 2.5), (1.0, 0.375, 0.5)]
        {
            assert_eq!(renew_after(seconds(life), 0.0), seconds(latest), "{life}");
            assert_eq!(renew_after(seconds(life), 1.0), seconds(earliest), "{life}");
        }
    }

    #[test]
    fn a_token_is_renewed_while_it_may_still_be_sent() {
        for life in [1, 2, 5, 30, 60, 61, 119, 120, 300, 3600, 86_400] {
            let life = Duration::from_secs(life);
            assert!(renew_after(life, 0.0) < usable_for(life) && usable_for(life) < life, "{life:?}");
        }
    }

    #[test]
    fn pauses_grow_and_are_bounded() {
        assert_eq!([1, 2, 3, 6, 99].map(|n| back_off(n, 0.0).as_secs()), [2, 4, 8, 60, 60]);
        assert_eq!(back_off(99, 1.0), Duration::from_secs(75));
        assert_eq!([0, 1, 2, 3, 6, 99].map(|n| after_refusals(n).as_secs()), [0, 0, 60, 120, 900, 900]);
    }
}
