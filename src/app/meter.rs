//! The meter: what the dashboard costs on both wires, told in one line. It is read when a key is pressed and when a minute begins,
//! so that it costs nothing while nothing happens.

use crate::{msg::Measured, text::SafeText, ui::Glyphs};

/// The meter while it is shown.
#[derive(Debug, Default)]
pub(super) struct Meter {
    /// When it was opened.
    first: Option<Measured>,
    /// At the last reading.
    last: Measured,
    /// When this minute began, or the meter if that is later.
    minute: Measured,
    /// Bytes drawn in the minute before this one.
    last_minute: Option<u64>,
    /// Keys since it was opened, up to the last reading.
    keys: u64,
    /// Bytes that the last key cost, with what came beside it.
    last_key: u64,
}

impl Meter {
    /// Takes a reading, after a key or else at the beginning of a minute. The frame that follows is not in it.
    pub(super) fn read(&mut self, now: Measured, after_key: bool) {
        if self.first.is_none() {
            *self = Self { first: Some(now), last: now, minute: now, ..Self::default() };
            return;
        }
        if after_key {
            self.keys += 1;
            self.last_key = now.drawn.saturating_sub(self.last.drawn);
        } else {
            self.last_minute = Some(now.drawn.saturating_sub(self.minute.drawn));
            self.minute = now;
        }
        self.last = now;
    }

    /// The line.
    pub(super) fn words(&self, glyphs: &Glyphs) -> SafeText {
        let first = self.first.unwrap_or_default();
        let drawn = self.last.drawn.saturating_sub(first.drawn);
        let mut parts = Vec::new();
        if let Some(mean) = drawn.checked_div(self.keys) {
            parts.push(format!("key {}, mean {}", bytes(self.last_key), bytes(mean)));
        }
        let this_minute = bytes(self.last.drawn.saturating_sub(self.minute.drawn));
        parts.push(match self.last_minute {
            Some(last) => format!("minute {this_minute}, last {}", bytes(last)),
            None => format!("minute {this_minute}"),
        });
        parts.push(match self.last.drain {
            Some(speed) => format!("line {}/s", bytes(speed)),
            None => "line unmeasured".to_owned(),
        });
        let frames = if self.last.skipped == 1 { "frame" } else { "frames" };
        parts.push(format!("{} {frames} skipped", self.last.skipped));
        parts.push(format!("{} requests, {} fetched", self.last.requests, bytes(self.last.fetched)));
        SafeText::line(&parts.join(&format!(" {} ", glyphs.dot)))
    }
}

/// A number of bytes in three or four characters and its unit.
fn bytes(count: u64) -> String {
    match count {
        0..1000 => format!("{count} B"),
        1000..100_000 => format!("{}.{} kB", count / 1000, count % 1000 / 100),
        100_000..10_000_000 => format!("{} kB", count / 1000),
        _ => format!("{} MB", count / 1_000_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(drawn: u64) -> Measured {
        Measured { drawn, skipped: 2, drain: Some(7_950), requests: 12, fetched: 84_200 }
    }

    #[test]
    fn it_tells_what_a_key_and_a_minute_cost() {
        let mut meter = Meter::default();
        meter.read(drawn(6_000), true);
        assert_eq!(
            meter.words(&Glyphs::ASCII).as_str(),
            "minute 0 B - line 7.9 kB/s - 2 frames skipped - 12 requests, 84.2 kB fetched"
        );
        meter.read(drawn(6_300), true);
        meter.read(drawn(6_400), true);
        assert!(meter.words(&Glyphs::ASCII).as_str().starts_with("key 100 B, mean 200 B - minute 400 B - "));
        meter.read(drawn(6_500), false);
        meter.read(drawn(11_500), true);
        assert!(meter.words(&Glyphs::ASCII).as_str().starts_with("key 5.0 kB, mean 1.8 kB - minute 5.0 kB, last 500 B - "));
        assert!(!meter.words(&Glyphs::ASCII).as_str().contains("unmeasured"));
    }

    #[test]
    fn bytes_are_told_shortly() {
        for (count, told) in
            [(0, "0 B"), (999, "999 B"), (1_234, "1.2 kB"), (99_999, "99.9 kB"), (123_456, "123 kB"), (12_345_678, "12 MB")]
        {
            assert_eq!(bytes(count), told);
        }
    }
}
