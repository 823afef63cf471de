//! How far back closed tickets are kept at hand.

use std::{fmt, str::FromStr};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// How far back the mirror reaches beyond the open tickets: by the day that tickets were opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum History {
    /// Open tickets alone.
    None,
    /// So many days.
    Days(u32),
    /// To the first ticket that there is.
    All,
}

impl Default for History {
    fn default() -> Self {
        Self::Days(90)
    }
}

impl History {
    /// Where it begins, seen from `now`; `None` where there is no history at all.
    #[must_use]
    pub fn begins(self, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::None => None,
            Self::Days(days) => {
                let length = SignedDuration::from_hours(24 * i64::from(days));
                Some(now.checked_sub(length).unwrap_or(Timestamp::UNIX_EPOCH).max(Timestamp::UNIX_EPOCH))
            }
            Self::All => Some(Timestamp::UNIX_EPOCH),
        }
    }
}

/// A text that tells no length of history.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("history is \"all\", \"none\" or a length such as \"90d\", \"26w\", \"18m\", \"2y\"")]
pub struct NotAHistory;

impl FromStr for History {
    type Err = NotAHistory;

    fn from_str(text: &str) -> Result<Self, NotAHistory> {
        match text.trim() {
            "all" => return Ok(Self::All),
            "none" => return Ok(Self::None),
            _ => {}
        }
        let text = text.trim();
        let (number, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or(NotAHistory)?;
        let days = match unit {
            "d" => 1,
            "w" => 7,
            "m" => 30,
            "y" => 365,
            _ => return Err(NotAHistory),
        };
        let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
        let number = number.parse::<u32>().ok().filter(|_| is_number).ok_or(NotAHistory)?;
        match number.checked_mul(days) {
            Some(0) => Ok(Self::None),
            // Two hundred years: whoever asks for more means all.
            Some(days) if days <= 73_000 => Ok(Self::Days(days)),
            _ => Ok(Self::All),
        }
    }
}

impl fmt::Display for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::Days(days) => write!(f, "{days}d"),
            Self::All => f.write_str("all"),
        }
    }
}

impl Serialize for History {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for History {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_in_days_weeks_months_and_years() {
        for (text, history) in [
            ("90d", History::Days(90)),
            (" 26w ", History::Days(182)),
            ("18m", History::Days(540)),
            ("2y", History::Days(730)),
            ("0d", History::None),
            ("none", History::None),
            ("all", History::All),
            ("999y", History::All),
            ("4294967295y", History::All),
        ] {
            assert_eq!(text.parse(), Ok(history), "{text}");
        }
        for text in ["", "d", "90", "+9d", "-9d", "9.5d", "9 d", "ninety", "9é", "99999999999d"] {
            assert_eq!(text.parse::<History>(), Err(NotAHistory), "{text}");
        }
        assert_eq!(History::default().to_string().parse(), Ok(History::default()));
    }

    #[test]
    fn it_begins_so_many_days_ago() {
        let now: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
        assert_eq!(History::Days(90).begins(now), Some("2026-08-22T10:00:00Z".parse().unwrap()));
        assert_eq!(History::Days(u32::MAX).begins(now), Some(Timestamp::UNIX_EPOCH));
        assert_eq!((History::All.begins(now), History::None.begins(now)), (Some(Timestamp::UNIX_EPOCH), None));
    }
}
