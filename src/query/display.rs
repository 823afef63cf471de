//! From [`Query`] back to text; what it writes is read as the same query.

use std::fmt::{self, Display};

use super::{
    ast::{Day, Filter, NameValue, PriorityValue, Query, SlaValue, Sort, Span, Term, TimeValue, Words},
    fold::folded_words,
    vocabulary::{KEYS, Key, OUTCOMES, SORTS, STATES, THINGS},
};

impl Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut gap = "";
        for term in &self.terms {
            write!(f, "{gap}{term}")?;
            gap = " ";
        }
        if !self.sort.is_empty() {
            write!(f, "{gap}sort:")?;
            listed(f, &self.sort)?;
        }
        Ok(())
    }
}

impl Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.not {
            f.write_str("-")?;
        }
        let key = match &self.filter {
            Filter::Me => return f.write_str("@me"),
            Filter::Text(values) if !values.iter().enumerate().all(|(n, words)| is_bare(words, n == 0)) => Key::Text,
            Filter::Text(values) => return listed(f, values),
            Filter::Id(_) => Key::Id,
            Filter::Name(name, _) => Key::Name(*name),
            Filter::Priority(_) => Key::Priority,
            Filter::Sla(_) => Key::Sla,
            Filter::Age(_) => Key::Age,
            Filter::Time(time, _) => Key::Time(*time),
            Filter::Is(_) => Key::Is,
            Filter::Has(_) => Key::Has,
        };
        write!(f, "{}:", KEYS.name(key))?;
        match &self.filter {
            Filter::Me => Ok(()),
            Filter::Text(values) => listed(f, values),
            Filter::Id(values) => listed(f, values.iter().map(|(compare, id)| format!("{}{id}", compare.sign()))),
            Filter::Name(_, values) => listed(f, values),
            Filter::Priority(values) => listed(f, values),
            Filter::Sla(values) => listed(f, values),
            Filter::Age(values) => listed(f, values.iter().map(|(compare, span)| format!("{}{span}", compare.sign()))),
            Filter::Time(_, values) => listed(f, values),
            Filter::Is(values) => listed(f, values.iter().map(|state| STATES.name(*state))),
            Filter::Has(values) => listed(f, values.iter().map(|thing| THINGS.name(*thing))),
        }
    }
}

fn listed<T: Display>(f: &mut fmt::Formatter<'_>, values: impl IntoIterator<Item = T>) -> fmt::Result {
    let mut comma = "";
    for value in values {
        write!(f, "{comma}{value}")?;
        comma = ",";
    }
    Ok(())
}

/// Whether the words are read as words where no key stands before them.
fn is_bare(words: &Words, leads: bool) -> bool {
    if words.phrase || !leads {
        return true;
    }
    let text = words.text.as_str();
    let letters = text.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let like_key = letters.len() < text.len() && letters.starts_with(':');
    !text.starts_with(['-', '#', '@']) && !like_key && !text.eq_ignore_ascii_case("text")
}

impl Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.phrase {
            f.write_str(&quoted(&self.text))
        } else if self.text.starts_with('"') || self.text.contains(|c: char| c.is_whitespace() || c == ',') {
            // From a quote that was left open: signs within a word keep the words in a row, the last one as a beginning.
            f.write_str(&folded_words(&self.text).replace(' ', "-"))
        } else {
            f.write_str(&self.text)
        }
    }
}

/// `text` in quotes.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

impl Display for NameValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Words(words) => words.fmt(f),
            Self::Number(number) => write!(f, "#{number}"),
            Self::Me => f.write_str("@me"),
        }
    }
}

impl Display for PriorityValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(compare, number) => write!(f, "{}{number}", compare.sign()),
            Self::Name(words) => words.fmt(f),
        }
    }
}

impl Display for SlaValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Left(compare, span) => write!(f, "{}{span}", compare.sign()),
            Self::Over(compare, span) => write!(f, "{}-{span}", compare.sign()),
            Self::Day(compare, day) => write!(f, "{}{day}", compare.sign()),
            Self::Kept | Self::Missed => f.write_str(OUTCOMES.name(*self)),
        }
    }
}

impl Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::On(date) => date.fmt(f),
            Self::Today => f.write_str(Self::TODAY),
            Self::Yesterday => f.write_str(Self::YESTERDAY),
        }
    }
}

impl Display for TimeValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(compare, day) => write!(f, "{}{day}", compare.sign()),
            Self::Ago(compare, span) => write!(f, "{}{span}", compare.sign()),
        }
    }
}

impl Display for Sort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.reverse { "-" } else { "" }, SORTS.name(self.key))
    }
}

impl Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.seconds == 0 {
            return f.write_str("0");
        }
        let mut rest = self.seconds;
        for (unit, seconds) in [("w", 604_800), ("d", 86_400), ("h", 3600), ("m", 60)] {
            if rest >= seconds {
                write!(f, "{}{unit}", rest / seconds)?;
                rest %= seconds;
            }
        }
        Ok(())
    }
}
