//! What was asked of a stand-in.

use std::collections::{BTreeMap, VecDeque};

/// How many request lines [`Tally::recent`] keeps.
const KEPT: usize = 512;

/// Counts of what a stand-in was asked; a copy taken at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// All requests, refused ones included.
    pub total: u64,
    /// Requests to a token endpoint.
    pub tokens: u64,
    /// Requests refused with 429.
    pub refused: u64,
    /// Requests by lower-case path, ids as `*`: `/api/tickets`, `/api/tickets/*`.
    pub paths: BTreeMap<String, u64>,
    /// The newest 512 request lines, oldest first: `GET /api/Tickets?page_no=1`.
    pub recent: VecDeque<String>,
}

impl Tally {
    /// How often `path` (as [`Tally::paths`] spells it) was asked for.
    pub fn of(&self, path: &str) -> u64 {
        self.paths.get(path).copied().unwrap_or(0)
    }

    /// Notes one request.
    pub(crate) fn note(&mut self, method: &str, target: &str) {
        self.total += 1;
        let path = target.split('?').next().unwrap_or_default().to_ascii_lowercase();
        let numberless: Vec<&str> = path.split('/').map(|part| if part.parse::<u64>().is_ok() { "*" } else { part }).collect();
        let path = numberless.join("/");
        if path.ends_with("/token") {
            self.tokens += 1;
        }
        // An endless variety of paths must not grow the table for ever.
        if self.paths.len() < KEPT || self.paths.contains_key(&path) {
            *self.paths.entry(path).or_default() += 1;
        }
        if self.recent.len() == KEPT {
            self.recent.pop_front();
        }
        self.recent.push_back(format!("{method} {target}"));
    }
}
