//! From a query's meaning to SQL. Values are always bound, never written into the statement.

use jiff::tz::TimeZone;
use rusqlite::types::Value;

use super::{
    TicketAsk,
    list::OrderKey,
    names::{Names, ids_named},
    words::{Pattern, Table, Terms},
};
use crate::{
    domain::AgentId,
    query::{Compare, Filter, NameKey, NameValue, PriorityValue, Sort, SortKey, State, Term, Thing},
};

mod order;
mod said;
mod times;

use order::order;
pub(super) use said::said;
pub(super) use times::bounds;

/// What stands for "no date to come" in the columns for ordering.
const NEVER: i64 = i64::MAX;

/// The condition that every ticket meets.
pub(super) const EVERY: &str = "1";
/// The condition of the partial indexes.
pub(super) const ONLY_OPEN: &str = "t.is_closed = 0";
/// Its opposite.
pub(super) const ONLY_CLOSED: &str = "t.is_closed = 1";

/// A condition with its values.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Condition {
    pub(super) sql: String,
    pub(super) params: Vec<Value>,
}

impl Condition {
    /// Both conditions.
    pub(super) fn both(one: Self, other: Self) -> Self {
        Self { sql: format!("({}) AND {}", one.sql, other.sql), params: one.params.into_iter().chain(other.params).collect() }
    }
}

/// A query as conditions on `tickets AS t`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Compiled {
    /// All but the words that have to be said.
    pub(super) filter: Condition,
    /// The words that have to be said.
    pub(super) terms: Terms,
    /// What of the filter the index of names can tell, as an expression for it.
    pub(super) hint: Option<String>,
    /// The order asked for; `None` where words alone decide.
    pub(super) order: Option<Vec<OrderKey>>,
}

/// What the conditions depend on beside the query.
struct Scene<'a> {
    names: &'a Names,
    me: Option<AgentId>,
    minute: i64,
    zone: &'a TimeZone,
}

pub(super) fn compile(ask: &TicketAsk, names: &Names) -> Compiled {
    let minute = ask.now.as_millisecond().div_euclid(60_000) * 60_000;
    let scene = Scene { names, me: ask.me, minute, zone: &ask.zone };
    let mut filter = vec![];
    let mut terms = vec![];
    let mut hints = vec![];
    if let Some(client) = ask.client {
        filter.push(Condition { sql: "t.client_id = ?".into(), params: vec![Value::Integer(client.0)] });
    }
    for term in ask.query.effective_terms() {
        match &term.filter {
            Filter::Text(values) if !term.not => {
                let patterns: Vec<Pattern> = values.iter().filter_map(Pattern::of).collect();
                // Signs alone say nothing: somebody is still typing.
                terms.extend((!patterns.is_empty()).then_some(patterns));
                continue;
            }
            _ => {}
        }
        let (condition, index) = scene.term(&term);
        hints.extend(index.filter(|_| !term.not));
        filter.push(if term.not {
            Condition { sql: format!("NOT ({})", condition.sql), params: condition.params }
        } else {
            condition
        });
    }
    // Open tickets are all alike by when they were closed, and the closed ones before them need not be passed over.
    let only_open = filter.iter().any(|condition| condition.sql == ONLY_OPEN);
    let mut sort = ask.query.effective_sort();
    if only_open {
        let alike = |sort: &mut Sort| sort.key == SortKey::Closed;
        let by_number = sort.extract_if(.., alike).last().map(|sort| Sort { key: SortKey::Id, ..sort });
        sort.extend(by_number);
    }
    let ordered = terms.is_empty() || !ask.query.sort.is_empty();
    Compiled {
        filter: all(filter),
        terms: Terms(terms),
        hint: (!hints.is_empty()).then(|| hints.join(" AND ")),
        order: ordered.then(|| order(&sort)),
    }
}

fn all(conditions: Vec<Condition>) -> Condition {
    joined(conditions, " AND ", EVERY)
}

/// One of the conditions, in brackets.
fn any(conditions: Vec<Condition>) -> Condition {
    let single = conditions.len() == 1;
    let joined = joined(conditions, " OR ", "0");
    if single { joined } else { joined.in_brackets() }
}

fn joined(conditions: Vec<Condition>, word: &str, empty: &str) -> Condition {
    let mut sql = Vec::new();
    let mut params = Vec::new();
    for condition in conditions {
        sql.push(condition.sql);
        params.extend(condition.params);
    }
    Condition { sql: if sql.is_empty() { empty.to_owned() } else { sql.join(word) }, params }
}

fn plain(sql: impl Into<String>) -> Condition {
    Condition { sql: sql.into(), params: Vec::new() }
}

fn bound(sql: impl Into<String>, value: i64) -> Condition {
    Condition { sql: sql.into(), params: vec![Value::Integer(value)] }
}

impl Scene<'_> {
    /// The condition, and the same for the word index where that can tell.
    fn term(&self, term: &Term) -> (Condition, Option<String>) {
        let condition = match &term.filter {
            Filter::Text(values) => {
                let patterns: Vec<Pattern> = values.iter().filter_map(Pattern::of).collect();
                if patterns.is_empty() { plain(EVERY) } else { said(&Terms(vec![patterns])) }
            }
            Filter::Name(key, values) => return self.name(*key, values),
            Filter::Id(values) => {
                any(values.iter().map(|(compare, id)| bound(format!("t.id {} ?", operator(*compare)), *id)).collect())
            }
            Filter::Priority(values) => any(values.iter().map(|value| self.priority(value)).collect()),
            Filter::Sla(values) => any(values.iter().map(|value| self.target(*value)).collect()),
            Filter::Age(values) => any(values.iter().map(|(compare, span)| self.age(*compare, *span)).collect()),
            Filter::Time(key, values) => any(values.iter().map(|value| self.time(*key, *value)).collect()),
            // Either holds for every ticket; said so, an index alone can count them.
            Filter::Is(values) if values.contains(&State::Open) && values.contains(&State::Closed) => plain(EVERY),
            Filter::Is(values) => any(values.iter().map(|state| self.state(*state)).collect()),
            Filter::Has(values) => any(values.iter().map(|thing| has(*thing)).collect()),
            Filter::Me => self.mine(),
        };
        (condition, None)
    }

    fn mine(&self) -> Condition {
        self.me.filter(|me| me.is_assigned()).map_or_else(|| plain("0"), |me| bound("t.agent_id = ?", me.0))
    }

    fn name(&self, key: NameKey, values: &[NameValue]) -> (Condition, Option<String>) {
        if key == NameKey::List {
            return (self.in_lists(values), None);
        }
        if key == NameKey::Asset {
            return (about_assets(values), None);
        }
        let mut conditions = Vec::new();
        let mut index = Some(Vec::new());
        for value in values {
            let (column, number) = match key {
                NameKey::Client => ("t.client_key", "t.client_id"),
                NameKey::Site => ("t.site_key", "t.site_id"),
                NameKey::User => ("t.user_key", "t.user_id"),
                NameKey::Agent => ("t.agent_key", "t.agent_id"),
                NameKey::Team => ("t.team_key", "t.team_id"),
                NameKey::Status | NameKey::Type | NameKey::List | NameKey::Asset => {
                    ("", if key == NameKey::Status { "t.status_id" } else { "t.ticket_type_id" })
                }
            };
            let words = match value {
                NameValue::Me | NameValue::Number(_) => {
                    conditions.push(match value {
                        NameValue::Number(id) => bound(format!("{number} = ?"), *id),
                        _ => self.mine(),
                    });
                    index = None;
                    continue;
                }
                NameValue::Words(words) => words,
            };
            let pattern = Pattern::of(words);
            let table = match key {
                NameKey::Status => Some(&self.names.statuses),
                NameKey::Type => Some(&self.names.types),
                _ => None,
            };
            if let Some(pattern) = &pattern {
                conditions.push(match table {
                    Some(table) => one_of(number, &ids_named(table, |name| pattern.fits(name))),
                    None => pattern.condition(&format!("' ' || {column} || ' '")),
                });
            }
            let id = words.text.parse::<i64>().ok().filter(|_| !words.phrase);
            if let Some(id) = id {
                conditions.push(bound(format!("{number} = ?"), id));
            }
            let indexed = matches!(key, NameKey::Client | NameKey::User | NameKey::Agent);
            // A number may be an id, of which the word index knows nothing, nor of the order of words.
            match (&mut index, indexed, id, &pattern) {
                // Whose name it is, the condition looks at.
                (Some(index), true, None, Some(pattern)) => index.push(pattern.matching(Table::Names, |_| None)),
                (Some(_), true, None, None) => {}
                _ => index = None,
            }
        }
        let index = index.filter(|index| !index.is_empty()).map(|index| format!("({})", index.join(" OR ")));
        (any(conditions), index)
    }

    /// What a list of Halo had when it was read.
    fn in_lists(&self, values: &[NameValue]) -> Condition {
        let mut lists = Vec::new();
        for value in values {
            let words = match value {
                NameValue::Words(words) => words,
                NameValue::Number(id) => {
                    lists.push(*id);
                    continue;
                }
                NameValue::Me => continue,
            };
            match words.text.parse::<i64>() {
                Ok(id) if !words.phrase => lists.push(id),
                _ => lists.extend(
                    Pattern::of(words).map(|pattern| ids_named(&self.names.lists, |name| pattern.fits(name))).unwrap_or_default(),
                ),
            }
        }
        lists.sort_unstable();
        lists.dedup();
        let of = one_of("list_id", &lists);
        plain(format!("t.id IN (SELECT ticket_id FROM view_list_tickets WHERE {})", of.sql))
    }

    fn priority(&self, value: &PriorityValue) -> Condition {
        match value {
            // No priority is neither above nor below any.
            PriorityValue::Number(compare, number) => {
                bound(format!("(t.pri_key < {NEVER} AND t.pri_key {} ?)", operator(*compare)), *number)
            }
            PriorityValue::Name(words) => {
                let Some(pattern) = Pattern::of(words) else { return plain("0") };
                let pairs = self.names.priorities_named(|name| pattern.fits(name));
                let pairs: Vec<String> = pairs.iter().map(|(sla, id)| format!("({sla}, {id})")).collect();
                if pairs.is_empty() {
                    plain("0")
                } else {
                    plain(format!("(t.sla_id, t.priority_id) IN (VALUES {})", pairs.join(", ")))
                }
            }
        }
    }

    fn state(&self, state: State) -> Condition {
        match state {
            State::Open => plain(ONLY_OPEN),
            State::Closed => plain(ONLY_CLOSED),
            State::Unassigned => plain("t.agent_id <= 1"),
            State::Hold => plain("t.on_hold = 1"),
            State::Breached => bound("t.due <= ?", self.minute),
            State::Vip => plain("t.vip = 1"),
            State::Mine => self.mine(),
            State::Changed => plain("EXISTS (SELECT 1 FROM seen WHERE seen.ticket_id = t.id AND t.updated_key > seen.updated)"),
        }
    }
}

impl Condition {
    fn in_brackets(mut self) -> Self {
        self.sql = format!("({})", self.sql);
        self
    }
}

/// That one of these assets hangs on the ticket, by its tag or its number.
fn about_assets(values: &[NameValue]) -> Condition {
    let mut conditions = Vec::new();
    for value in values {
        let words = match value {
            NameValue::Words(words) => words,
            NameValue::Number(id) => {
                conditions.push(bound("asset_id = ?", *id));
                continue;
            }
            NameValue::Me => continue,
        };
        conditions.extend(Pattern::of(words).map(|pattern| pattern.condition("' ' || tag_key || ' '")));
        conditions.extend(words.text.parse().ok().filter(|_| !words.phrase).map(|id| bound("asset_id = ?", id)));
    }
    let of = any(conditions);
    Condition { sql: format!("t.id IN (SELECT ticket_id FROM ticket_assets WHERE {})", of.sql), params: of.params }
}

fn has(thing: Thing) -> Condition {
    plain(match thing {
        Thing::Attachment => "t.attachments > 0",
        Thing::Note => "EXISTS (SELECT 1 FROM actions AS a WHERE a.ticket_id = t.id AND a.private = 1 AND a.system = 0)",
    })
}

impl Pattern {
    fn condition(&self, haystack: &str) -> Condition {
        Condition { sql: format!("({haystack} LIKE ?)"), params: vec![Value::Text(self.like())] }
    }
}

fn one_of(column: &str, ids: &[i64]) -> Condition {
    let ids: Vec<String> = ids.iter().map(i64::to_string).collect();
    if ids.is_empty() { plain("0") } else { plain(format!("{column} IN ({})", ids.join(", "))) }
}

fn operator(compare: Compare) -> &'static str {
    match compare {
        Compare::Equal => "=",
        other => other.sign(),
    }
}
