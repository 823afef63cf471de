//! What a query means: terms that all hold, and an order.

use std::time::Duration;

use jiff::civil::Date;

use super::vocabulary::SORTS;

/// A query: every term holds; the rows come in the order of `sort`.
///
/// A query without any term asks for open tickets, one without an order for the newest change first, so that the empty
/// query is `is:open sort:updated`. A query with terms searches closed tickets too unless it says `is:open`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Query {
    /// What was asked, in the order it was typed.
    pub terms: Vec<Term>,
    /// The order asked for; empty for the default.
    pub sort: Vec<Sort>,
}

impl Query {
    /// What the empty query means, as it would be typed.
    pub const DEFAULT_WORDS: &str = "is:open sort:updated";

    /// The terms that hold: those typed, or `is:open` where none were.
    #[must_use]
    pub fn effective_terms(&self) -> Vec<Term> {
        if self.terms.is_empty() {
            return vec![Term { not: false, filter: Filter::Is(vec![State::Open]) }];
        }
        self.terms.clone()
    }

    /// Whether there are words to be searched for, not only conditions.
    #[must_use]
    pub fn has_words(&self) -> bool {
        self.terms.iter().any(|term| !term.not && matches!(term.filter, Filter::Text(_)))
    }

    /// The order of the rows: the one typed, or `sort:updated`.
    #[must_use]
    pub fn effective_sort(&self) -> Vec<Sort> {
        if self.sort.is_empty() {
            return vec![Sort { key: SortKey::Updated, reverse: false }];
        }
        self.sort.clone()
    }
}

/// One condition, or its opposite.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Term {
    /// Whether the rows that meet the condition are left out.
    pub not: bool,
    /// The condition.
    pub filter: Filter,
}

/// A condition on a ticket; where it lists several values one of them is enough.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Filter {
    /// `id:1234`, `id:>1000`, `#1234`.
    Id(Vec<(Compare, i64)>),
    /// `client:acme`, `status:"On hold"`, `agent:@me`.
    Name(NameKey, Vec<NameValue>),
    /// `pri:1`, `pri:<=2`, `pri:critical`.
    Priority(Vec<PriorityValue>),
    /// `sla:<1h`, `sla:<=today`, `sla:missed`: the target that counts.
    Sla(Vec<SlaValue>),
    /// `age:>3d`: time since the ticket was opened.
    Age(Vec<(Compare, Span)>),
    /// `opened:2026-09-01`, `updated:<2h`.
    Time(TimeKey, Vec<TimeValue>),
    /// Bare words and `text:`: words of the id, summary, client, user, agent, details, conversation and asset tags.
    Text(Vec<Words>),
    /// `is:open`.
    Is(Vec<State>),
    /// `has:attachment`.
    Has(Vec<Thing>),
    /// `@me`: the person at the keyboard works on it.
    Me,
}

/// How a value is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Compare {
    /// No sign: the same.
    Equal,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
}

impl Compare {
    /// The sign as typed.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Self::Equal => "",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::More => ">",
            Self::AtLeast => ">=",
        }
    }
}

/// A length of time in whole seconds, as typed: minutes, hours, days, weeks; a day has 24 hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The length in seconds.
    pub seconds: u32,
}

impl From<Span> for Duration {
    fn from(span: Span) -> Self {
        Self::from_secs(u64::from(span.seconds))
    }
}

/// Words to be found: one word as the beginning of a word, a phrase as whole words in a row.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Words {
    /// As typed, without the quotes.
    pub text: String,
    /// In quotes: every word whole, in this order.
    pub phrase: bool,
}

/// The keys that name somebody or something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NameKey {
    /// `client`
    Client,
    /// `site`
    Site,
    /// `user`
    User,
    /// `asset`: what is written on it, of tickets that were read singly
    Asset,
    /// `agent`
    Agent,
    /// `team`
    Team,
    /// `status`
    Status,
    /// `type`
    Type,
    /// `list`: a list that is kept in Halo
    List,
}

/// A name to be found.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum NameValue {
    /// Words of the name; all digits may also be the number of the client, status …
    Words(Words),
    /// `#12`: the one with that number, whatever others are called.
    Number(i64),
    /// `@me`, for `agent` only.
    Me,
}

/// A priority to be found.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PriorityValue {
    /// By number, 1 the highest.
    Number(Compare, i64),
    /// By name.
    Name(Words),
}

/// The keys that are moments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TimeKey {
    /// `opened`
    Opened,
    /// `updated`: the newest change of any kind.
    Updated,
    /// `closed`: closed since then; what was opened again is not.
    Closed,
}

/// A moment to be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TimeValue {
    /// A day: `2026-09-01`, `>=2026-09-01`, `today`.
    Day(Compare, Day),
    /// Time passed since: `>3d` is longer ago than three days.
    Ago(Compare, Span),
}

/// A day of the operator's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Day {
    /// This one.
    On(Date),
    /// `today`
    Today,
    /// `yesterday`
    Yesterday,
}

impl Day {
    /// How the day that it is now is written.
    pub(super) const TODAY: &str = "today";
    /// How the one before it is written.
    pub(super) const YESTERDAY: &str = "yesterday";
}

/// What an SLA target is asked to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SlaValue {
    /// `<1h`: time left until the target that counts; below zero when it is past.
    Left(Compare, Span),
    /// `<-1d`: the same compared with a time below zero, so many before now; the length is never none.
    Over(Compare, Span),
    /// `today`, `<=2026-09-01`: the day on which the target that counts falls.
    Day(Compare, Day),
    /// `kept`: closed no later than the fix was due.
    Kept,
    /// `missed`: closed later than that, or open and past the target that counts.
    Missed,
}

/// What a ticket can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Not closed.
    Open,
    /// Closed.
    Closed,
    /// Nobody works on it.
    Unassigned,
    /// The SLA clock stands.
    Hold,
    /// The next unmet target is past.
    Breached,
    /// The user or client is marked VIP.
    Vip,
    /// The person at the keyboard works on it.
    Mine,
    /// Changed since it was last looked at here.
    Changed,
}

/// What a ticket can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Thing {
    /// A file hangs on it.
    Attachment,
    /// A private note was written (as far as its conversation was read).
    Note,
}

/// One key of the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sort {
    /// By what.
    pub key: SortKey,
    /// Against the key's natural direction: `sort:-updated`.
    pub reverse: bool,
}

/// What rows can be ordered by. Natural directions: numbers of tickets and times from the newest, ages from the oldest, targets
/// from the most urgent, priorities from the highest, names from A.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SortKey {
    /// `id`
    Id,
    /// `client`
    Client,
    /// `site`
    Site,
    /// `user`
    User,
    /// `agent`
    Agent,
    /// `team`
    Team,
    /// `status`, in the order of Halo's menus
    Status,
    /// `pri`
    Priority,
    /// `type`
    Type,
    /// `sla`, the next unmet target
    Sla,
    /// `age`
    Age,
    /// `opened`
    Opened,
    /// `updated`
    Updated,
    /// `closed`: closed tickets first, open ones last
    Closed,
}

impl SortKey {
    /// Every key, in the order in which they are told.
    pub fn all() -> impl Iterator<Item = Self> {
        SORTS.0.iter().map(|(_, key)| *key)
    }

    /// The key as it is written after `sort:`.
    #[must_use]
    pub fn word(self) -> &'static str {
        SORTS.name(self)
    }

    /// What comes first by the key's natural direction.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Id => "the highest number first",
            Self::Client | Self::Site | Self::User | Self::Agent | Self::Team | Self::Type => "from A",
            Self::Status => "in the order of Halo's menus",
            Self::Priority => "the highest first",
            Self::Sla => "the nearest target first",
            Self::Age => "the oldest first",
            Self::Opened | Self::Updated => "the newest first",
            Self::Closed => "closed last first, open at the end",
        }
    }

    /// The same the other way round.
    #[must_use]
    pub fn reverse_words(self) -> &'static str {
        match self {
            Self::Id => "the lowest number first",
            Self::Client | Self::Site | Self::User | Self::Agent | Self::Team | Self::Type => "from Z",
            Self::Status => "against the order of Halo's menus",
            Self::Priority => "the lowest first",
            Self::Sla => "the furthest target first",
            Self::Age => "the newest first",
            Self::Opened | Self::Updated => "the oldest first",
            Self::Closed => "open first, then closed first",
        }
    }
}
