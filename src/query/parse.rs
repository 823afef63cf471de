//! From text to [`Query`].

use std::ops::Range;

use super::{
    QueryError,
    ast::{Compare, Day, Filter, NameKey, NameValue, PriorityValue, Query, SlaValue, Sort, Span, Term, TimeValue, Words},
    fold::folded_words,
    scan::{Item, Value, items, items_so_far},
    vocabulary::{KEYS, Key, OTHER_KEYS, OUTCOMES, SORTS, STATES, THINGS},
};

/// More than anybody types; keeps the statement that a query becomes within the database's limits.
const LONGEST: usize = 4096;
/// What is said of signs where words belong.
const NOTHING_TO_FIND: &str = "there is no letter or digit here to search for";
/// How many values one query may list, all conditions together.
const MOST_VALUES: usize = 100;

impl Query {
    /// Reads a query.
    ///
    /// # Errors
    ///
    /// [`QueryError`] with the place and the reason where `text` is no query.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        Self::read(text, items)
    }

    /// Reads what was typed of a query so far: a quote that is open at its end stands for words whose last one may go on.
    ///
    /// # Errors
    ///
    /// As of [`Query::parse`].
    pub fn parse_so_far(text: &str) -> Result<Self, QueryError> {
        Self::read(text, items_so_far)
    }

    fn read<'a>(text: &'a str, items: impl Fn(&'a str) -> Result<Vec<Item<'a>>, QueryError>) -> Result<Self, QueryError> {
        if text.len() > LONGEST {
            return Err(QueryError::new(0..0, format!("a query has at most {LONGEST} bytes")));
        }
        let mut query = Self::default();
        let mut values = 0;
        let mut wordless = None;
        for item in items(text)? {
            values += item.values.len().max(1);
            if values > MOST_VALUES {
                return Err(QueryError::new(item.span, format!("a query has at most {MOST_VALUES} conditions")));
            }
            // A quote that was opened just now says nothing yet.
            if item.key.is_none() && item.values.iter().all(|value| value.open && value.text.trim().is_empty()) {
                continue;
            }
            query.take(&item)?;
            let said_nothing = |term: &Term| matches!(&term.filter, Filter::Text(words) if !words.iter().any(Words::has_letters));
            if let Some(term) = query.terms.last().filter(|term| said_nothing(term)) {
                // Left out, what says nothing would leave out every ticket.
                if term.not {
                    return Err(nothing_to_find(&item));
                }
                wordless.get_or_insert_with(|| nothing_to_find(&item));
            }
        }
        // Beside other words a sign is no more than their punctuation; alone it is a search that would list everything.
        let finds_words = |term: &Term| matches!(&term.filter, Filter::Text(words) if words.iter().any(Words::has_letters));
        match wordless.filter(|_| !query.terms.iter().any(finds_words)) {
            Some(error) => Err(error),
            None => Ok(query),
        }
    }

    fn take(&mut self, item: &Item<'_>) -> Result<(), QueryError> {
        let Some((name, span)) = &item.key else {
            let filter = bare(item)?;
            self.terms.push(Term { not: item.not, filter });
            return Ok(());
        };
        let Some(key) = KEYS.get(name) else {
            let message = format!("{name} is no key; in quotes it is a word to search for");
            let other = OTHER_KEYS.get(name).map(|key| KEYS.name(key).to_owned());
            let error = QueryError::new(span.clone(), message);
            return Err(match other {
                Some(key) => QueryError { nearest: Some(key), ..error },
                None => error.near(name, KEYS.words()),
            });
        };
        if let Some(empty) = item.values.iter().find(|value| value.text.trim().is_empty()) {
            return Err(QueryError::new(span.start..empty.span.end, "a value is missing here"));
        }
        if key == Key::Sort {
            if item.not {
                let message = format!("an order can't be left out; sort:-{} turns it round", first(item));
                return Err(QueryError::new(item.span.clone(), message));
            }
            return each(item, sort_key).map(|keys| {
                for sort in keys {
                    if self.sort.iter().all(|known| known.key != sort.key) {
                        self.sort.push(sort);
                    }
                }
            });
        }
        self.terms.push(Term { not: item.not, filter: filter(key, item)? });
        Ok(())
    }
}

fn first<'a>(item: &'a Item<'_>) -> &'a str {
    item.values.first().map_or("", |value| value.text.trim_start_matches('-'))
}

fn each<T>(item: &Item<'_>, read: impl Fn(&Value<'_>) -> Result<T, QueryError>) -> Result<Vec<T>, QueryError> {
    item.values.iter().map(read).collect()
}

fn filter(key: Key, item: &Item<'_>) -> Result<Filter, QueryError> {
    Ok(match key {
        Key::Id => Filter::Id(each(item, id)?),
        Key::Name(name) => Filter::Name(name, each(item, |value| name_value(name, value))?),
        Key::Priority => Filter::Priority(each(item, priority)?),
        Key::Sla => Filter::Sla(each(item, sla_value)?),
        Key::Age => Filter::Age(each(item, |value| span(value, "age:>3d"))?),
        Key::Time(time) => Filter::Time(time, each(item, time_value)?),
        Key::Text => Filter::Text(item.values.iter().map(words).collect()),
        Key::Is => Filter::Is(each(item, |value| fixed(value, STATES.get(value.text.as_ref()), "is", || STATES.words()))?),
        Key::Has => Filter::Has(each(item, |value| fixed(value, THINGS.get(value.text.as_ref()), "has", || THINGS.words()))?),
        // An order is no condition; `take` has dealt with it.
        Key::Sort => return Err(QueryError::new(item.span.clone(), "an order is no condition")),
    })
}

/// An item without a key: `@me`, `#1234` or words.
fn bare(item: &Item<'_>) -> Result<Filter, QueryError> {
    let values: Vec<&Value<'_>> = item.values.iter().filter(|value| !value.text.trim().is_empty()).collect();
    let Some(first) = values.first() else {
        return Err(QueryError::new(item.span.clone(), "there is no word here"));
    };
    if !first.quoted && first.text.starts_with('@') {
        if values.len() == 1 && first.text.eq_ignore_ascii_case("@me") {
            return Ok(Filter::Me);
        }
        return Err(QueryError::new(first.span.clone(), "after @ only me is known: the person at the keyboard")
            .near(&first.text, std::iter::once("@me")));
    }
    let number = |value: &&Value<'_>| {
        let digits = value.text.strip_prefix('#').filter(|_| !value.quoted)?;
        digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok()).flatten().map(|n| (Compare::Equal, n))
    };
    if let Some(ids) = values.iter().map(number).collect() {
        return Ok(Filter::Id(ids));
    }
    Ok(Filter::Text(values.into_iter().map(words).collect()))
}

/// Whether words that are no query, such as those that narrow a list of clients, say something to look for; none ask for all.
///
/// # Errors
/// Where they are signs alone.
pub fn check_words(text: &str) -> Result<(), QueryError> {
    let typed = text.trim();
    if typed.is_empty() || !folded_words(typed).is_empty() {
        return Ok(());
    }
    let start = text.len() - text.trim_start().len();
    Err(QueryError::new(start..start + typed.len(), NOTHING_TO_FIND))
}

/// Signs and pictures are no words: nothing can be looked for by them.
fn nothing_to_find(item: &Item<'_>) -> QueryError {
    let (first, last) = (item.values.first(), item.values.last());
    let place = first.zip(last).map_or(item.span.clone(), |(first, last)| first.span.start..last.span.end);
    QueryError::new(place, NOTHING_TO_FIND)
}

impl Words {
    /// Whether there is something in them to be looked for.
    fn has_letters(&self) -> bool {
        !folded_words(&self.text).is_empty()
    }
}

/// The words of a name; of signs alone nothing is called.
fn name_words(value: &Value<'_>) -> Result<Words, QueryError> {
    let words = words(value);
    if words.has_letters() { Ok(words) } else { Err(QueryError::new(value.span.clone(), NOTHING_TO_FIND)) }
}

fn words(value: &Value<'_>) -> Words {
    Words { text: value.text.clone().into_owned(), phrase: value.quoted && !value.open }
}

fn fixed<T, W: Iterator<Item = &'static str>>(
    value: &Value<'_>,
    found: Option<T>,
    key: &str,
    known: impl Fn() -> W,
) -> Result<T, QueryError> {
    found.ok_or_else(|| {
        let all: Vec<_> = known().collect();
        let message = format!("{key}: knows {}", all.join(", "));
        QueryError::new(value.span.clone(), message).near(&value.text, known())
    })
}

fn sort_key(value: &Value<'_>) -> Result<Sort, QueryError> {
    let (reverse, name, start) = match value.text.strip_prefix('-') {
        Some(name) => (true, name, value.span.start + 1),
        None => (false, value.text.as_ref(), value.span.start),
    };
    let named = Value { text: name.into(), quoted: false, open: false, span: start.min(value.span.end)..value.span.end };
    let key = fixed(&named, SORTS.get(name), "sort", || SORTS.words())?;
    Ok(Sort { key, reverse })
}

fn name_value(key: NameKey, value: &Value<'_>) -> Result<NameValue, QueryError> {
    if !value.quoted && value.text.eq_ignore_ascii_case("@me") {
        if key == NameKey::Agent {
            return Ok(NameValue::Me);
        }
        return Err(QueryError::new(value.span.clone(), "@me is an agent: agent:@me or just @me"));
    }
    if !value.quoted && value.text.starts_with(['<', '>']) {
        return Err(QueryError::new(value.span.clone(), "names are not compared by < and >"));
    }
    let number = value.text.strip_prefix('#').filter(|digits| !value.quoted && !digits.starts_with('+'));
    match number.and_then(|digits| digits.parse().ok()) {
        Some(number) => Ok(NameValue::Number(number)),
        None => name_words(value).map(NameValue::Words),
    }
}

/// Takes the sign off a value's front; the rest with its place.
fn compared<'a>(value: &'a Value<'_>) -> (Compare, &'a str, Range<usize>) {
    let text = value.text.as_ref();
    let (compare, rest) = if let Some(rest) = text.strip_prefix("<=") {
        (Compare::AtMost, rest)
    } else if let Some(rest) = text.strip_prefix(">=") {
        (Compare::AtLeast, rest)
    } else if let Some(rest) = text.strip_prefix('<') {
        (Compare::Less, rest)
    } else if let Some(rest) = text.strip_prefix('>') {
        (Compare::More, rest)
    } else {
        (Compare::Equal, text.strip_prefix('=').unwrap_or(text))
    };
    let signs = text.len() - rest.len();
    (compare, rest, (value.span.start + signs).min(value.span.end)..value.span.end)
}

fn id(value: &Value<'_>) -> Result<(Compare, i64), QueryError> {
    let (compare, rest, span) = compared(value);
    let digits = rest.strip_prefix('#').unwrap_or(rest);
    match digits.parse() {
        Ok(number) => Ok((compare, number)),
        Err(_) => Err(QueryError::new(span, "a ticket's number belongs here, such as id:1234 or id:>1000")),
    }
}

fn priority(value: &Value<'_>) -> Result<PriorityValue, QueryError> {
    let (compare, rest, span) = compared(value);
    if let Ok(number) = rest.parse() {
        return Ok(PriorityValue::Number(compare, number));
    }
    if compare != Compare::Equal || rest.starts_with(['<', '>', '=']) {
        return Err(QueryError::new(span, "a priority's number belongs after the sign, such as pri:<=2"));
    }
    let named = Value { text: rest.into(), span, ..*value };
    name_words(&named).map(PriorityValue::Name)
}

fn span(value: &Value<'_>, example: &str) -> Result<(Compare, Span), QueryError> {
    let (compare, rest, place) = compared(value);
    if compare == Compare::Equal {
        return Err(QueryError::new(place, format!("a length of time with < or > belongs here, such as {example}")));
    }
    let length = length(rest).ok_or_else(|| {
        QueryError::new(place, format!("a length of time in m, h, d or w belongs after the sign, as in {example}"))
    })?;
    Ok((compare, length))
}

fn sla_value(value: &Value<'_>) -> Result<SlaValue, QueryError> {
    if let Some(outcome) = OUTCOMES.get(&value.text) {
        return Ok(outcome);
    }
    let (compare, rest, place) = compared(value);
    if let Some(day) = day(rest) {
        return Ok(SlaValue::Day(compare, day));
    }
    if rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
        let known = || OUTCOMES.words().chain([Day::TODAY, Day::YESTERDAY]);
        let message = format!("a length of time such as sla:<1h belongs here, a day, {}", known().collect::<Vec<_>>().join(", "));
        return Err(QueryError::new(place, message).near(rest, known()));
    }
    let below_zero = rest.strip_prefix('-').filter(|_| compare != Compare::Equal);
    if let Some(over) = below_zero.and_then(length).filter(|over| over.seconds > 0) {
        return Ok(SlaValue::Over(compare, over));
    }
    span(value, if rest.starts_with('-') { "sla:<-1d" } else { "sla:<1h" }).map(|(compare, span)| SlaValue::Left(compare, span))
}

/// `2026-09-01`, `today`, `yesterday`.
fn day(text: &str) -> Option<Day> {
    if text.eq_ignore_ascii_case(Day::TODAY) {
        return Some(Day::Today);
    }
    if text.eq_ignore_ascii_case(Day::YESTERDAY) {
        return Some(Day::Yesterday);
    }
    // `Date::from_str` takes longer forms too, of which only the date would count.
    Some(text).filter(|text| text.len() == 10).and_then(|text| text.parse().ok()).map(Day::On)
}

fn time_value(value: &Value<'_>) -> Result<TimeValue, QueryError> {
    let (compare, rest, place) = compared(value);
    if let Some(day) = day(rest) {
        return Ok(TimeValue::Day(compare, day));
    }
    match length(rest) {
        Some(length) if compare != Compare::Equal => Ok(TimeValue::Ago(compare, length)),
        _ => Err(QueryError::new(place, "a day such as 2026-09-01, today or yesterday, or a time ago such as >3d belongs here")),
    }
}

/// `90m`, `1d12h`, `2w`, `0`.
fn length(text: &str) -> Option<Span> {
    if text == "0" {
        return Some(Span { seconds: 0 });
    }
    let mut seconds: u32 = 0;
    let mut number: Option<u32> = None;
    for c in text.chars() {
        if let Some(digit) = c.to_digit(10) {
            number = Some(number.unwrap_or(0).checked_mul(10)?.checked_add(digit)?);
            continue;
        }
        let unit = match c.to_ascii_lowercase() {
            'm' => 60,
            'h' => 3600,
            'd' => 86_400,
            'w' => 604_800,
            _ => return None,
        };
        seconds = seconds.checked_add(number.take()?.checked_mul(unit)?)?;
    }
    (number.is_none() && !text.is_empty()).then_some(Span { seconds })
}
