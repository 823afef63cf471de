//! When to ask again: after a success at the chosen pace, after failures ever later.

use std::time::Duration;

/// The first pause after a failure.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_mins(5);

/// How long to wait before the next try after `failures` in a row: 5 s, doubled each time, at most 5 minutes, with up to a
/// quarter of jitter so that the programs of one desk don't return in step.
pub(super) fn pause_after(failures: u32, jitter: f64) -> Duration {
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
}
