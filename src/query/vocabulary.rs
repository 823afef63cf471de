//! The fixed words of the language: keys, states, orders.

use super::ast::{NameKey, SlaValue, SortKey, State, Thing, TimeKey};

/// The words of one fixed set with what they mean.
pub(super) struct Vocabulary<T: 'static>(pub(super) &'static [(&'static str, T)]);

impl<T: Copy + PartialEq> Vocabulary<T> {
    /// What `word` means, in any case.
    pub(super) fn get(&self, word: &str) -> Option<T> {
        self.0.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)).map(|(_, value)| *value)
    }

    /// The word for `value`.
    pub(super) fn name(&self, value: T) -> &'static str {
        self.0.iter().find(|(_, v)| *v == value).map_or("", |(name, _)| name)
    }

    /// All words.
    pub(super) fn words(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|(name, _)| *name)
    }
}

/// What stands before a colon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Id,
    Name(NameKey),
    Priority,
    Sla,
    Age,
    Time(TimeKey),
    Text,
    Is,
    Has,
    Sort,
}

pub(super) const KEYS: Vocabulary<Key> = Vocabulary(&[
    ("id", Key::Id),
    ("client", Key::Name(NameKey::Client)),
    ("site", Key::Name(NameKey::Site)),
    ("user", Key::Name(NameKey::User)),
    ("asset", Key::Name(NameKey::Asset)),
    ("agent", Key::Name(NameKey::Agent)),
    ("team", Key::Name(NameKey::Team)),
    ("status", Key::Name(NameKey::Status)),
    ("pri", Key::Priority),
    ("type", Key::Name(NameKey::Type)),
    ("list", Key::Name(NameKey::List)),
    ("sla", Key::Sla),
    ("age", Key::Age),
    ("opened", Key::Time(TimeKey::Opened)),
    ("updated", Key::Time(TimeKey::Updated)),
    ("closed", Key::Time(TimeKey::Closed)),
    ("text", Key::Text),
    ("is", Key::Is),
    ("has", Key::Has),
    ("sort", Key::Sort),
]);

/// How other programs, and Halo itself, call what is meant by a key.
pub(super) const OTHER_KEYS: Vocabulary<Key> = Vocabulary(&[
    ("priority", Key::Priority),
    ("order", Key::Sort),
    ("orderby", Key::Sort),
    ("assigned", Key::Name(NameKey::Agent)),
    ("assignee", Key::Name(NameKey::Agent)),
    ("technician", Key::Name(NameKey::Agent)),
    ("owner", Key::Name(NameKey::Agent)),
    ("customer", Key::Name(NameKey::Client)),
    ("company", Key::Name(NameKey::Client)),
    ("organisation", Key::Name(NameKey::Client)),
    ("requester", Key::Name(NameKey::User)),
    ("contact", Key::Name(NameKey::User)),
    ("state", Key::Name(NameKey::Status)),
    ("device", Key::Name(NameKey::Asset)),
    ("ticket", Key::Id),
    ("due", Key::Sla),
    ("created", Key::Time(TimeKey::Opened)),
    ("modified", Key::Time(TimeKey::Updated)),
    ("resolved", Key::Time(TimeKey::Closed)),
    ("summary", Key::Text),
    ("subject", Key::Text),
]);

pub(super) const STATES: Vocabulary<State> = Vocabulary(&[
    ("open", State::Open),
    ("closed", State::Closed),
    ("unassigned", State::Unassigned),
    ("hold", State::Hold),
    ("breached", State::Breached),
    ("vip", State::Vip),
    ("mine", State::Mine),
    ("changed", State::Changed),
]);

pub(super) const OUTCOMES: Vocabulary<SlaValue> = Vocabulary(&[("kept", SlaValue::Kept), ("missed", SlaValue::Missed)]);

pub(super) const THINGS: Vocabulary<Thing> = Vocabulary(&[("attachment", Thing::Attachment), ("note", Thing::Note)]);

pub(super) const SORTS: Vocabulary<SortKey> = Vocabulary(&[
    ("id", SortKey::Id),
    ("client", SortKey::Client),
    ("site", SortKey::Site),
    ("user", SortKey::User),
    ("agent", SortKey::Agent),
    ("team", SortKey::Team),
    ("status", SortKey::Status),
    ("pri", SortKey::Priority),
    ("type", SortKey::Type),
    ("sla", SortKey::Sla),
    ("age", SortKey::Age),
    ("opened", SortKey::Opened),
    ("updated", SortKey::Updated),
    ("closed", SortKey::Closed),
]);
