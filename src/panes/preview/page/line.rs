//! One line of a conversation's page.

use super::EntryKey;
use crate::{
    domain::{ActionRow, Author, FieldChange, Timestamp},
    text::{PartKind, SafeText},
};

/// Which fact of the ticket a line tells: the drawing gives it its colours and, for times, its age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::panes::preview) enum Fact {
    /// Status, priority, type.
    State,
    /// Client, site, user.
    Client,
    /// Agent and team.
    Agent,
    /// Opened, last action, closed.
    Times,
    /// SLA targets.
    Targets,
    /// What happened when.
    Activity,
    /// The record could not be read.
    Unreadable,
}

/// One line of the page.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::panes::preview) enum Line {
    /// A part of the subject.
    Title(SafeText),
    /// A fact about the ticket.
    Fact(Fact),
    /// A named value; so many bytes of the text are its name.
    Named {
        /// Name and value.
        text: SafeText,
        /// Bytes of the name.
        name: usize,
    },
    /// Something that changed since the ticket was looked at.
    Change(FieldChange),
    /// What was said since then.
    Said {
        /// How much, in words.
        what: SafeText,
        /// By whom and when, the newest first.
        by: Vec<(SafeText, Timestamp)>,
    },
    /// An entry's heading.
    Heading(Heading),
    /// Words of an entry.
    Words {
        /// The words.
        text: SafeText,
        /// What they are a part of.
        kind: PartKind,
        /// The client does not see them.
        private: bool,
    },
    /// Something that was folded away.
    Folded {
        /// What, in words.
        what: SafeText,
        /// It is part of what the client does not see.
        private: bool,
        /// When the newest of several entries was made.
        at: Option<Timestamp>,
        /// The entries that it belongs to.
        of: Vec<EntryKey>,
    },
    /// The program's own remark.
    Remark(SafeText),
    /// Nothing.
    Blank,
}

impl Line {
    /// The words that a search looks through.
    pub(in crate::panes::preview) fn searched(&self) -> Option<&SafeText> {
        match self {
            Self::Title(text) | Self::Named { text, .. } | Self::Words { text, .. } => Some(text),
            Self::Heading(heading) => Some(&heading.who),
            Self::Fact(_) | Self::Change(_) | Self::Said { .. } | Self::Folded { .. } | Self::Remark(_) | Self::Blank => None,
        }
    }
}

/// Who said something, when, in which way.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::panes::preview) struct Heading {
    pub(in crate::panes::preview) author: Author,
    pub(in crate::panes::preview) who: SafeText,
    pub(in crate::panes::preview) outcome: SafeText,
    pub(in crate::panes::preview) at: Option<Timestamp>,
    pub(in crate::panes::preview) private: bool,
    pub(in crate::panes::preview) important: bool,
    pub(in crate::panes::preview) minutes: u32,
    pub(in crate::panes::preview) new_status: Option<SafeText>,
    pub(in crate::panes::preview) attachments: u32,
}

impl Heading {
    pub(super) fn of(action: &ActionRow) -> Self {
        Self {
            author: action.author,
            who: action.who.clone(),
            outcome: action.outcome.clone(),
            at: action.at,
            private: action.private,
            important: action.important,
            minutes: action.minutes,
            new_status: action.new_status.clone(),
            attachments: action.attachments,
        }
    }
}
