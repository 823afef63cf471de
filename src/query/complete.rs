//! What could be typed next.

use std::ops::Range;

use super::{
    ast::{Day, NameKey},
    display::quoted,
    fold::folded_words,
    scan::unfinished,
    vocabulary::{KEYS, Key, OUTCOMES, SORTS, STATES, THINGS},
};
use crate::text::SafeText;

/// How many completions are offered at once.
const MOST: usize = 50;

/// A name that the tenant knows: a client, an agent, a status …
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The key it completes.
    pub key: KnownKey,
    /// The name.
    pub name: SafeText,
    /// Whether it is in use; what is not can be asked for all the same, but is not offered.
    pub in_use: bool,
}

impl Known {
    /// A name that is in use.
    pub fn new(key: impl Into<KnownKey>, name: SafeText) -> Self {
        Self { key: key.into(), name, in_use: true }
    }
}

/// The keys whose names a tenant knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownKey {
    /// Somebody or something that is named.
    Name(NameKey),
    /// `pri`: names of priorities, and their numbers.
    Priority,
}

impl From<NameKey> for KnownKey {
    fn from(key: NameKey) -> Self {
        Self::Name(key)
    }
}

/// Something that could stand there instead of what was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The bytes of the query that it replaces.
    pub span: Range<usize>,
    /// What it puts there.
    pub insert: String,
}

/// What fits at `cursor` (a byte offset; a place within a character counts as before it), but for what stands there already. Names
/// that begin with what was typed come first, then those with words that begin so, then those that have it inside, each in the
/// order of `known`.
#[must_use]
pub fn complete(text: &str, cursor: usize, known: &[Known]) -> Vec<Completion> {
    let cursor = text.floor_char_boundary(cursor);
    let before = text.get(..cursor).unwrap_or_default();
    let at = unfinished(before);
    let span = at.start..cursor;
    let Some(key) = at.key else {
        // In quotes stand words to be found.
        if before.get(at.start..).is_some_and(|value| value.starts_with('"')) {
            return Vec::new();
        }
        let keys = KEYS.words().filter(|word| begins(word, at.typed)).map(|word| format!("{word}:"));
        let me = Some("@me".to_owned()).filter(|me| begins(me, at.typed));
        return offered(&span, keys.chain(me));
    };
    let mut completions = match KEYS.get(key) {
        Some(Key::Is) => offered(&span, fitting(STATES.words(), at.typed)),
        Some(Key::Has) => offered(&span, fitting(THINGS.words(), at.typed)),
        Some(Key::Sla) => {
            let days = days_after_sign(at.typed);
            offered(&span, fitting(OUTCOMES.words(), at.typed).chain(days))
        }
        Some(Key::Time(_)) => offered(&span, days_after_sign(at.typed)),
        Some(Key::Priority) => {
            let word = at.typed.trim_start_matches(['<', '>', '=']);
            let signs = at.typed.get(..at.typed.len() - word.len()).unwrap_or_default();
            // Only numbers are compared.
            let compared = |name: &str| !signs.contains(['<', '>']) || name.bytes().all(|b| b.is_ascii_digit());
            let names = fitting_names(known, KnownKey::Priority, word).filter(|name| compared(name.as_str()));
            offered(&span, names.map(|name| format!("{signs}{}", value(name.as_str()))))
        }
        Some(Key::Sort) => {
            let reverse = at.typed.starts_with('-');
            let typed = at.typed.trim_start_matches('-');
            let sign = if reverse { "-" } else { "" };
            offered(&span, fitting(SORTS.words(), typed).map(|word| format!("{sign}{word}")))
        }
        Some(Key::Name(name)) => {
            let names = fitting_names(known, name.into(), at.typed).map(|name| value(name.as_str()));
            let me = Some("@me".to_owned()).filter(|me| name == NameKey::Agent && begins(me, at.typed));
            offered(&span, me.into_iter().chain(names))
        }
        _ => Vec::new(),
    };
    completions.retain(|completion| text.get(completion.span.clone()) != Some(&completion.insert));
    completions
}

/// The key and the words of a name that stands unfinished before `cursor`, a byte offset.
#[must_use]
pub fn unfinished_name(text: &str, cursor: usize) -> Option<(NameKey, String)> {
    let at = unfinished(text.get(..text.floor_char_boundary(cursor))?);
    match KEYS.get(at.key?)? {
        Key::Name(name) => Some((name, at.typed.to_owned())),
        _ => None,
    }
}

fn offered(span: &Range<usize>, inserts: impl Iterator<Item = String>) -> Vec<Completion> {
    inserts.take(MOST).map(|insert| Completion { span: span.clone(), insert }).collect()
}

fn fitting(words: impl Iterator<Item = &'static str>, typed: &str) -> impl Iterator<Item = String> {
    words.filter(move |word| begins(word, typed)).map(str::to_owned)
}

/// `today` and `yesterday` behind the signs that were typed.
fn days_after_sign(typed: &str) -> impl Iterator<Item = String> {
    let word = typed.trim_start_matches(['<', '>', '=']);
    let signs = typed.get(..typed.len() - word.len()).unwrap_or_default();
    [Day::TODAY, Day::YESTERDAY].into_iter().filter(move |day| begins(day, word)).map(move |day| format!("{signs}{day}"))
}

fn begins(word: &str, typed: &str) -> bool {
    word.get(..typed.len()).is_some_and(|start| start.eq_ignore_ascii_case(typed))
}

/// The names in use that what was typed may become, the likeliest first.
fn fitting_names<'a>(known: &'a [Known], key: KnownKey, typed: &str) -> impl Iterator<Item = &'a SafeText> {
    let wanted = folded_words(typed);
    let mut ranks = [const { Vec::new() }; 3];
    for known in known.iter().filter(|known| known.in_use && known.key == key) {
        let words = folded_words(known.name.as_str());
        let rank = if words.starts_with(&wanted) {
            0
        } else if words.contains(&format!(" {wanted}")) {
            1
        } else if words.contains(&wanted) {
            2
        } else {
            continue;
        };
        ranks.get_mut(rank).into_iter().for_each(|names| names.push(&known.name));
    }
    ranks.into_iter().flatten()
}

impl NameKey {
    /// The key as it is written.
    #[must_use]
    pub fn word(self) -> &'static str {
        KEYS.name(Key::Name(self))
    }

    /// The condition that asks for this name, as it is written.
    #[must_use]
    pub fn with(self, name: &str) -> String {
        format!("{}:{}", self.word(), value(name))
    }
}

impl NameKey {
    /// The condition that asks for the words of this name as whole words in this order.
    #[must_use]
    pub fn with_phrase(self, name: &str) -> String {
        format!("{}:{}", self.word(), quoted(name))
    }

    /// The condition that asks for just the one with this number.
    #[must_use]
    pub fn with_number(self, number: i64) -> String {
        format!("{}:#{number}", self.word())
    }
}

/// The name as a value; in quotes where it would be read as something else.
pub(super) fn value(name: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '&' | '/');
    if name.chars().all(plain) { name.to_owned() } else { quoted(name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inserts(text: &str) -> Vec<String> {
        let known = [
            Known::new(NameKey::Client, SafeText::line("Acme \"West\" Ltd")),
            Known::new(NameKey::Client, SafeText::line("Zoë")),
            Known::new(NameKey::Agent, SafeText::line("Priya")),
        ];
        complete(text, text.len(), &known).into_iter().map(|c| c.insert).collect()
    }

    #[test]
    fn completes_keys_words_and_names() {
        assert_eq!(inserts("cl"), ["client:", "closed:"]);
        assert_eq!(inserts("printer -st"), ["status:"]);
        assert_eq!(inserts("is:o,cl"), ["closed"]);
        assert_eq!(inserts("sort:-up"), ["-updated"]);
        assert_eq!(inserts("sla:"), ["kept", "missed", "today", "yesterday"]);
        assert_eq!(inserts("sla:<=to"), ["<=today"]);
        assert_eq!(inserts("sla:mi"), ["missed"]);
        assert_eq!(inserts("closed:>="), [">=today", ">=yesterday"]);
        assert_eq!(inserts("closed:20"), Vec::<String>::new());
        assert_eq!(inserts("client:ac"), ["\"Acme \\\"West\\\" Ltd\""]);
        assert_eq!(inserts("client:\"acme we"), ["\"Acme \\\"West\\\" Ltd\""]);
        assert_eq!(inserts("client:ZOE"), ["Zoë"]);
        assert_eq!(inserts("agent:"), ["@me", "Priya"]);
        assert_eq!(inserts("nothing:x"), Vec::<String>::new());
        assert_eq!(inserts("@"), ["@me"]);
        assert_eq!((inserts("\"cl"), inserts("vpn \"")), (vec![], vec![]));
        assert_eq!(inserts("is:"), STATES.words().collect::<Vec<_>>());
    }

    #[test]
    fn what_stands_there_already_is_not_offered_nor_is_anything_else_for_it() {
        assert_eq!(inserts("client:\"Acme \\\"West\\\" Ltd\""), Vec::<String>::new());
        assert_eq!(inserts("agent:Priya"), Vec::<String>::new());
        assert_eq!(inserts("client:\"acme\""), ["\"Acme \\\"West\\\" Ltd\""]);
        assert_eq!(inserts("is:open"), Vec::<String>::new());
    }

    #[test]
    fn names_that_begin_with_the_letters_lead() {
        let known = ["Waiting in line", "Winner", "Old In Box", "In Progress"];
        let known = known.map(|name| Known::new(NameKey::Status, SafeText::line(name)));
        let inserts: Vec<_> = complete("status:in", 9, &known).into_iter().map(|c| c.insert).collect();
        assert_eq!(inserts, ["\"In Progress\"", "\"Waiting in line\"", "\"Old In Box\"", "Winner"]);
        let gone = [Known { in_use: false, ..Known::new(NameKey::Client, SafeText::line("Gone")) }];
        assert_eq!(complete("client:", 7, &gone), []);
    }

    #[test]
    fn priorities_are_completed_by_name_and_number() {
        let known = ["Critical", "High", "1", "2"].map(|name| Known::new(KnownKey::Priority, SafeText::line(name)));
        let inserts = |text: &str| complete(text, text.len(), &known).into_iter().map(|c| c.insert).collect::<Vec<_>>();
        assert_eq!(inserts("pri:"), ["Critical", "High", "1", "2"]);
        assert_eq!(inserts("pri:<="), ["<=1", "<=2"]);
        assert_eq!(inserts("pri:=h"), ["=High"]);
        assert_eq!(inserts("-pri:hi"), ["High"]);
    }

    #[test]
    fn tells_the_name_that_is_being_typed() {
        let told = |text: &str| unfinished_name(text, text.len());
        assert_eq!(told("is:open user:\"dana re"), Some((NameKey::User, "dana re".to_owned())));
        assert_eq!(told("asset:x,acm"), Some((NameKey::Asset, "acm".to_owned())));
        assert_eq!((told("is:op"), told("dana"), told("user:dana x")), (None, None, None));
    }

    #[test]
    fn replaces_what_was_typed_of_the_value() {
        let spans = |text: &str, cursor| complete(text, cursor, &[]).into_iter().map(|c| c.span).collect::<Vec<_>>();
        assert_eq!(spans("is:open,clo x", 11), vec![8..11; 1]);
        assert_eq!(spans("é is:clo", 99), vec![6..9; 1]);
    }

    proptest::proptest! {
        #[test]
        fn never_fails(text in "[a-z:\",\\\\ é-]{0,24}", cursor in 0usize..40) {
            for completion in complete(&text, cursor, &[]) {
                proptest::prop_assert!(text.get(completion.span).is_some());
            }
        }
    }
}
