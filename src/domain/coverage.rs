//! What the mirror holds of what there is, and how that is said.

use jiff::{Timestamp, tz::TimeZone};

use crate::text::SafeText;

/// How much of the tenant's tickets the mirror holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Open tickets in the mirror.
    pub open: u64,
    /// Open tickets that the server has, as far as it ever counted them.
    pub open_there: Option<u64>,
    /// Closed tickets in the mirror.
    pub closed: u64,
    /// Every ticket opened since then is in the mirror; `None` before the first stretch of history is complete.
    pub back_to: Option<Timestamp>,
    /// There is nothing older than that at the server.
    pub to_the_first: bool,
    /// Closed tickets of that time that the server counts, and that could not be had from it.
    pub lacking: u64,
    /// Open tickets of which the mirror holds the conversation as it was at their last action.
    pub conversations: u64,
}

impl Coverage {
    /// "9,812 of 9,812 open" and "closed back to 12 Aug"; a day of another year bears it.
    #[must_use]
    pub fn parts(&self, now: Timestamp, zone: &TimeZone) -> [String; 2] {
        let open = match self.open_there {
            // Between two counts tickets come and go: more than there are would only raise questions.
            Some(there) => format!("{} of {} open", grouped(self.open), grouped(there.max(self.open))),
            None => format!("{} open", grouped(self.open)),
        };
        let closed = match self.back_to {
            _ if self.to_the_first => "all closed".to_owned(),
            Some(at) => {
                let (today, day) = (now.to_zoned(zone.clone()), at.to_zoned(zone.clone()));
                let format = if today.year() == day.year() { "%-d %b" } else { "%-d %b %Y" };
                format!("closed back to {}", day.strftime(format))
            }
            None if self.closed == 0 => "none closed".to_owned(),
            None => format!("{} closed", grouped(self.closed)),
        };
        let covers = self.to_the_first || self.back_to.is_some();
        let but = if covers && self.lacking > 0 { format!(" but {}", grouped(self.lacking)) } else { String::new() };
        [open, closed + &but]
    }

    /// Both in one line: "9,812 of 9,812 open · closed back to 12 Aug".
    #[must_use]
    pub fn words(&self, now: Timestamp, zone: &TimeZone) -> SafeText {
        SafeText::line(&self.parts(now, zone).join(" · "))
    }
}

/// A number with a comma between thousands.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(coverage: Coverage) -> String {
        coverage.words("2026-11-20T10:00:00Z".parse().unwrap(), &TimeZone::UTC).as_str().to_owned()
    }

    #[test]
    fn numbers_are_grouped_by_thousands() {
        for (number, said) in [(0, "0"), (999, "999"), (1000, "1,000"), (9812, "9,812"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), said);
        }
    }

    #[test]
    fn coverage_is_said_in_words() {
        let at = |text: &str| Some(text.parse().unwrap());
        let full = Coverage { open: 9812, open_there: Some(9812), closed: 40_000, ..Coverage::default() };
        for (coverage, said) in [
            (Coverage { back_to: at("2026-08-12T00:00:00Z"), ..full }, "9,812 of 9,812 open · closed back to 12 Aug"),
            (Coverage { back_to: at("2024-08-12T00:00:00Z"), ..full }, "9,812 of 9,812 open · closed back to 12 Aug 2024"),
            (Coverage { back_to: at("2024-08-12T00:00:00Z"), to_the_first: true, ..full }, "9,812 of 9,812 open · all closed"),
            (
                Coverage { back_to: at("2026-08-12T00:00:00Z"), lacking: 1300, ..full },
                "9,812 of 9,812 open · closed back to 12 Aug but 1,300",
            ),
            (Coverage { to_the_first: true, lacking: 1, ..full }, "9,812 of 9,812 open · all closed but 1"),
            (Coverage { open_there: Some(9800), ..full }, "9,812 of 9,812 open · 40,000 closed"),
            (Coverage { open: 300, closed: 0, ..full }, "300 of 9,812 open · none closed"),
            (Coverage::default(), "0 open · none closed"),
        ] {
            assert_eq!(words(coverage), said);
        }
    }
}
