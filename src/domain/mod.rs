//! HaloPSA's things as plain data and rules: no I/O, no clock, no wire names.
//!
//! A *record* is what the server sent (strings are [`crate::text::Untrusted`]) and is what the mirror stores; a *row* is what a
//! pane shows (strings are [`crate::text::SafeText`], names resolved from the lookup tables).

pub mod address;

mod action;
mod board;
mod budget;
mod burn;
mod client;
mod client_overview;
mod connect;
mod coverage;
mod difference;
mod draft;
mod extras;
mod failure;
mod group;
mod halo_list;
mod history;
mod ids;
mod lookup;
mod news;
mod overview;
mod person;
mod profile;
mod progress;
mod rgb;
mod secret;
mod ticket;
mod view;
mod window;
mod workday;

pub use action::{ActionRecord, ActionRow, Author};
pub use board::{Board, DayTally, Reach, Tally};
pub use budget::{Admission, BudgetLedger, LedgerStanding, Quota};
pub use burn::{Allowance, Burn, SlaTerms, Target};
pub use client::{ClientRecord, ClientRow};
pub use client_overview::{
    ClientDetails, ClientOverview, ContactRow, ContractRecord, ContractRow, Contracts, MainContact, Prepaid, Touch,
};
pub use connect::{ConnectReport, ConnectStep, StepOutcome};
pub use coverage::{Coverage, grouped};
pub use difference::{Difference, FieldChange, SeenFields};
pub use draft::ConnectDraft;
pub use extras::{AssetLabel, Attachment, CustomField, Extras, FileRow, LinkedAsset, LinkedTicket, Relation, TicketExtras};
pub use failure::{Failure, FailureKind};
pub use group::{Folds, GroupId, GroupRow, GroupedRow, RowId};
pub use halo_list::{HaloColumn, HaloColumns, HaloList, HaloListRow};
pub use history::{History, NotAHistory};
pub use ids::{
    ActionId, AgentId, AttachmentId, ClientId, PriorityId, SiteId, SlaId, StatusId, TeamId, TicketId, TicketTypeId, UserId,
    WorkdayId,
};
pub use lookup::{Agent, Batch, Priority, Sla, Status, Team, TicketType};
pub use news::{Changed, News};
pub use overview::{AgentRow, Conversation, Found, Overview};
pub use person::{AssetRecord, Register, RegisterKey, RegisterRow, RegisterSort, SiteRecord, UserRecord};
pub use profile::{Hosting, Identity, NotAProfileName, Profile, ProfileName, SecretKeeping};
pub use progress::{Connection, FillProgress, Filled, TokenState};
pub use rgb::Rgb;
pub use secret::{Secret, SecretSource};
pub use ticket::{Label, TicketRecord, TicketRow};
pub use view::{GroupBy, LastView, Listing, SavedView, ShownClient, ViewEdit};
pub use window::{Anchor, Counted, Window};
pub use workday::{Calendar, Workday};

pub use jiff::Timestamp;
