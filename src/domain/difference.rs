//! What became of a ticket since it was looked at.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::text::SafeText;

/// The fields of a ticket as they were when it was looked at: numbers where there are any, so that a renamed status is no change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SeenFields {
    /// The status.
    pub status: i64,
    /// The priority, to be looked up together with `sla`.
    pub priority: i64,
    /// The SLA.
    pub sla: i64,
    /// The agent.
    pub agent: i64,
    /// The team, where the row bore its number.
    pub team: i64,
    /// The team's name, where the row bore it.
    pub team_name: String,
    /// The subject.
    pub summary: String,
    /// The client's name.
    pub client: String,
    /// The user's name.
    pub user: String,
    /// The ticket type.
    pub r#type: i64,
    /// The target of the fix, in milliseconds since 1970.
    pub fix_by: Option<i64>,
    /// The newest action, in milliseconds since 1970.
    pub last_action: Option<i64>,
    /// How many files hung on it.
    pub attachments: u32,
}

/// One thing that is no longer as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    /// What it is called.
    pub name: &'static str,
    /// As it was.
    pub from: SafeText,
    /// As it is.
    pub to: SafeText,
    /// Who changed it and when, where the conversation tells.
    pub by: Option<(SafeText, Timestamp)>,
}

/// Everything that became of a ticket since it was looked at; empty where nothing did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Fields.
    pub fields: Vec<FieldChange>,
    /// Who said or did something and when, the newest first.
    pub said: Vec<(SafeText, Timestamp)>,
}

impl Difference {
    /// Whether nothing became of it, as far as is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.said.is_empty()
    }

    /// How many were said, in words.
    #[must_use]
    pub fn said_words(&self) -> Option<String> {
        match self.said.len() {
            0 => None,
            1 => Some("1 new entry".to_owned()),
            count => Some(format!("{count} new entries")),
        }
    }
}
