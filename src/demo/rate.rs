//! HaloPSA's request limit: so many requests per rolling 5 minutes.

use std::collections::VecDeque;
use std::time::Duration;

/// The window over which requests are counted.
const WINDOW: Duration = Duration::from_mins(5);

/// The requests let through in the last 5 minutes; times are durations since the server's start.
#[derive(Debug, Default)]
pub(crate) struct Window {
    passed: VecDeque<Duration>,
}

impl Window {
    /// Whether a request at `now` passes; one that does is counted.
    pub(crate) fn admit(&mut self, now: Duration, limit: u32) -> bool {
        while self.passed.front().is_some_and(|first| now.saturating_sub(*first) >= WINDOW) {
            self.passed.pop_front();
        }
        let free = self.passed.len() < usize::try_from(limit).unwrap_or(usize::MAX);
        if free {
            self.passed.push_back(now);
        }
        free
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_rolls_and_refusals_do_not_count() {
        let mut window = Window::default();
        let at = Duration::from_secs;
        assert!(window.admit(at(0), 2));
        assert!(window.admit(at(100), 2));
        assert!(!window.admit(at(299), 2));
        assert!(window.admit(at(300), 2));
        assert!(!window.admit(at(399), 2));
        assert!(window.admit(at(400), 2));
    }
}
