//! What of a query can be read but is probably not what was meant: names that nobody has, words of other languages.

use super::{
    QueryError,
    complete::{Known, KnownKey, value},
    error::{slips, slips_allowed},
    fold::folded_words,
    scan::{Item, Value, items_so_far},
    vocabulary::{KEYS, Key},
};
use crate::query::NameKey;

/// What is known of those who can be asked for.
#[derive(Clone, Copy, Debug)]
pub struct Acquaintance<'a> {
    /// The tenant's names; of a key without any nothing is known.
    pub known: &'a [Known],
    /// Whether the query finds something: tickets name clients and teams that are not among the known ones.
    pub finds: bool,
}

/// The first part of `text` that can be read but is probably not what was meant, with what is near. What stands before `cursor` (a
/// byte offset), where there is one, is still being typed: nothing is said of it while it is a part of some name.
#[must_use]
pub fn doubt(text: &str, cursor: Option<usize>, with: Acquaintance<'_>) -> Option<QueryError> {
    let items = items_so_far(text).ok()?;
    let names = items.iter().find_map(|item| {
        let key = known_key(item)?;
        // Of those whose names tickets bring along not all are known.
        let told_by_tickets = matches!(key, KnownKey::Name(NameKey::Client | NameKey::Team));
        if told_by_tickets && with.finds && !item.not {
            return None;
        }
        item.values.iter().find_map(|value| stranger(key, value, cursor, with.known))
    });
    names.or_else(|| lone_or(&items))
}

/// The key of an item whose names are all known.
fn known_key(item: &Item<'_>) -> Option<KnownKey> {
    match KEYS.get(item.key.as_ref()?.0)? {
        Key::Priority => Some(KnownKey::Priority),
        Key::Name(
            name @ (NameKey::Client | NameKey::Agent | NameKey::Team | NameKey::Status | NameKey::Type | NameKey::List),
        ) => Some(KnownKey::Name(name)),
        _ => None,
    }
}

/// Says of a value that it is no part of any known name.
fn stranger(key: KnownKey, typed: &Value<'_>, cursor: Option<usize>, known: &[Known]) -> Option<QueryError> {
    let text = typed.text.trim_start_matches('=');
    let is_number = text.trim_start_matches(['#', '<', '>', '=']).parse::<i64>().is_ok();
    let is_me = text.eq_ignore_ascii_case("@me");
    let wanted = folded_words(text);
    if wanted.is_empty() || (!typed.quoted && (is_number || is_me)) {
        return None;
    }
    let is_typed = cursor == Some(typed.span.end);
    let end = if typed.quoted && !typed.open { " " } else { "" };
    let needle = if is_typed && end.is_empty() { wanted.clone() } else { format!(" {wanted}{end}") };
    let mut names = known.iter().filter(|known| known.key == key).peekable();
    if names.peek().is_none() {
        let no_lists = key == KnownKey::Name(NameKey::List) && !known.is_empty();
        let message = "no list of Halo was read so far; lists reads which there are";
        return no_lists.then(|| QueryError::new(typed.span.clone(), message));
    }
    let words_of = |known: &Known| format!(" {} ", folded_words(known.name.as_str()));
    // Mostly one of the first fits: thousands of clients are not folded at each key for that.
    if names.clone().any(|known| words_of(known).contains(&needle)) {
        return None;
    }
    let names: Vec<(&Known, String)> = names.map(|known| (known, words_of(known))).collect();
    let message = format!("no {} here is called that", noun(key));
    let error = QueryError::new(typed.span.clone(), message);
    Some(QueryError { nearest: nearest_name(&wanted, &names).map(|name| value(name.as_str())), ..error })
}

fn noun(key: KnownKey) -> &'static str {
    match key {
        KnownKey::Priority => "priority",
        KnownKey::Name(NameKey::Type) => "ticket type",
        KnownKey::Name(NameKey::List) => "list of Halo",
        KnownKey::Name(name) => name.word(),
    }
}

/// The name that was probably meant, by all of its words or one of them.
fn nearest_name<'a>(wanted: &str, names: &'a [(&Known, String)]) -> Option<&'a crate::text::SafeText> {
    // Among so many names two slips in a short word lead anywhere.
    let allowed = slips_allowed(wanted)?.min((wanted.chars().count() / 3).max(1));
    let letters = Letters::of(wanted);
    let mut best: Option<(usize, &Known)> = None;
    for (known, words) in names.iter().filter(|(known, _)| known.in_use) {
        for word in std::iter::once(words.trim()).chain(words.split_whitespace()) {
            if letters.are_far_from(Letters::of(word), allowed) {
                continue;
            }
            let distance = slips(wanted, word);
            if distance <= allowed && best.is_none_or(|(least, _)| distance < least) {
                best = Some((distance, known));
            }
        }
    }
    best.map(|(_, known)| &known.name)
}

/// Which letters a word has, and how many: tells at once that most words are not near.
#[derive(Clone, Copy)]
struct Letters {
    set: u64,
    count: usize,
}

impl Letters {
    fn of(word: &str) -> Self {
        let set = word.chars().fold(0, |set, c| set | 1 << (u32::from(c) % 64));
        Self { set, count: word.chars().count() }
    }

    fn are_far_from(self, other: Self, allowed: usize) -> bool {
        // A slip takes one letter away and brings another.
        let differ = (self.set ^ other.set).count_ones() as usize;
        self.count.abs_diff(other.count) > allowed || differ > 2 * allowed
    }
}

/// `or` between words, as other languages have it.
fn lone_or(items: &[Item<'_>]) -> Option<QueryError> {
    let words = |item: &Item<'_>| item.key.is_none() && !item.not;
    items.windows(3).find_map(|three| {
        let [before, or, after] = three else { return None };
        let [typed] = or.values.as_slice() else { return None };
        let is_or = words(or) && !typed.quoted && typed.text.eq_ignore_ascii_case("or");
        (is_or && words(before) && words(after)).then(|| {
            let message = "one of several is asked for by a comma: printer,scanner; or is a word to be found";
            QueryError::new(or.span.clone(), message)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::SafeText;

    fn known() -> Vec<Known> {
        let names = [
            (KnownKey::Name(NameKey::Client), "Redwood Legal LLP"),
            (NameKey::Agent.into(), "Lee Chen"),
            (NameKey::Team.into(), "2nd Line"),
            (NameKey::Status.into(), "New"),
            (NameKey::Status.into(), "In Progress"),
            (KnownKey::Priority, "High"),
            (KnownKey::Priority, "1"),
            (NameKey::List.into(), "On call"),
        ];
        names.into_iter().map(|(key, name)| Known::new(key, SafeText::line(name))).collect()
    }

    /// The words doubted, with what is near.
    fn doubted(text: &str, cursor: Option<usize>, finds: bool) -> Option<(String, Option<String>)> {
        let known = known();
        let error = doubt(text, cursor, Acquaintance { known: &known, finds })?;
        Some((text[error.span.clone()].to_owned(), error.nearest))
    }

    #[test]
    fn names_that_nobody_has_are_doubted_with_the_nearest_one() {
        for (text, word, near) in [
            ("status:nwe", "nwe", Some("New")),
            ("x -status:hold", "hold", None),
            ("status:new,prgress", "prgress", Some("\"In Progress\"")),
            ("client:redwod is:open", "redwod", Some("\"Redwood Legal LLP\"")),
            ("agent:leee", "leee", Some("\"Lee Chen\"")),
            ("team:3nd", "3nd", Some("\"2nd Line\"")),
            ("pri:foo", "foo", None),
            ("pri:hihg", "hihg", Some("High")),
            ("list:nons", "nons", None),
            ("status:\"in prog\"", "\"in prog\"", None),
            ("status:\"in xrog", "\"in xrog", None),
        ] {
            assert_eq!(doubted(text, None, false), Some((word.to_owned(), near.map(str::to_owned))), "{text}");
        }
        for text in [
            "status:ne",
            "status:7",
            "status:#7",
            "agent:@me",
            "pri:9",
            "pri:<=2",
            "pri:=1",
            "user:zzz",
            "type:zzz",
            "status:\"in prog",
            "status:",
            "a b:c",
        ] {
            assert_eq!(doubted(text, None, false), None, "{text}");
        }
    }

    #[test]
    fn lists_that_were_not_read_are_told_apart_from_names_that_did_not_come_yet() {
        let about = |known: &[Known]| doubt("list:x", None, Acquaintance { known, finds: false }).map(|error| error.message);
        assert_eq!(about(&[]), None);
        let client = Known::new(NameKey::Client, SafeText::line("A"));
        assert!(about(&[client]).unwrap().starts_with("no list of Halo was read"));
    }

    #[test]
    fn nothing_is_said_of_a_part_of_a_name_while_it_is_typed() {
        assert_eq!(doubted("status:rogr", Some(11), false), None);
        assert!(doubted("status:rogr ", Some(12), false).is_some());
        assert!(doubted("status:nwe", Some(10), false).is_some(), "nobody goes on from there");
    }

    #[test]
    fn a_client_that_tickets_name_is_none_to_be_doubted() {
        assert_eq!(doubted("client:former", None, true), None);
        assert!(doubted("-client:former", None, true).is_some());
        assert!(doubted("status:former", None, true).is_some());
    }

    #[test]
    fn or_between_words_says_how_alternatives_are_written() {
        assert_eq!(doubted("printer OR scanner", None, false), Some(("OR".to_owned(), None)));
        for text in ["printer or", "or else", "is:open or x", "a \"or\" b", "a -or b", "text:or b c"] {
            assert_eq!(doubted(text, None, false), None, "{text}");
        }
    }
}
