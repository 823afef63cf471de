//! What hangs on a ticket: custom fields, assets, files, other tickets.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{AttachmentId, Label, TicketId};
use crate::text::{SafeText, Untrusted};

/// What only the read of a single ticket delivers, as the server sent it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TicketExtras {
    /// Custom fields that hold something.
    pub fields: Vec<CustomField>,
    /// Linked assets.
    pub assets: Vec<LinkedAsset>,
    /// Files.
    pub attachments: Vec<Attachment>,
    /// Tickets under this one.
    pub children: Vec<TicketId>,
    /// The ticket that this one is under.
    pub parent: Option<TicketId>,
    /// The ticket that this one was merged into.
    pub merged_into: Option<TicketId>,
}

/// A field that the desk defined itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomField {
    /// What it is called.
    pub label: Untrusted,
    /// What it holds, in words.
    pub value: Untrusted,
}

/// An asset that a ticket is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkedAsset {
    /// Its number.
    pub id: i64,
    /// What is written on it.
    pub tag: Untrusted,
    /// "Laptop", "Printer" …
    pub kind: Untrusted,
}

/// A file that came with a ticket.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Its number.
    pub id: AttachmentId,
    /// Its name as a stranger gave it.
    pub name: Untrusted,
    /// Bytes, as announced.
    pub size: u64,
    /// When it came.
    pub at: Option<Timestamp>,
}

/// What hangs on a ticket, as the preview shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extras {
    /// Custom fields: what they are called and what they hold.
    pub fields: Vec<(SafeText, SafeText)>,
    /// Linked assets.
    pub assets: Vec<AssetLabel>,
    /// Files.
    pub files: Vec<FileRow>,
    /// Other tickets.
    pub tickets: Vec<LinkedTicket>,
}

/// An asset that a ticket is about, as the preview shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AssetLabel {
    /// Its number.
    pub id: i64,
    /// What is written on it.
    pub tag: SafeText,
    /// "Laptop", "Printer" …
    pub kind: SafeText,
}

/// A file as a list shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileRow {
    /// Its number.
    pub id: AttachmentId,
    /// Its base name, safe to create in a folder.
    pub name: SafeText,
    /// Bytes, as announced.
    pub size: u64,
}

/// How another ticket belongs to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// The other is above.
    Parent,
    /// The other is below.
    Child,
    /// This one was merged into the other.
    MergedInto,
}

impl Relation {
    /// One or two words for it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Parent => "parent",
            Self::Child => "child",
            Self::MergedInto => "merged into",
        }
    }
}

/// Another ticket, with what is stored of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkedTicket {
    /// Its number.
    pub id: TicketId,
    /// How it belongs to this one.
    pub relation: Relation,
    /// Its subject; empty where it is not stored.
    pub summary: SafeText,
    /// Its status; empty where it is not stored.
    pub status: Label,
    /// Whether it counts as closed.
    pub is_closed: bool,
}
