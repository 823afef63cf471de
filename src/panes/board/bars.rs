//! The board's bars in their sections: what each is called, which query it stands for, how many tickets that has.

use jiff::civil::Date;

use crate::{
    domain::{Board, Reach, Tally},
    query::Query,
    text::SafeText,
};

/// What some bars have in common. In this order they are walked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    Targets,
    Priority,
    Age,
    Outcome,
    Opened,
    Closed,
    Agents,
    Clients,
    Newcomers,
}

impl Section {
    /// The bars are days, side by side.
    pub(super) fn is_days(self) -> bool {
        matches!(self, Self::Opened | Self::Closed)
    }
}

/// One bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bar {
    pub(super) section: Section,
    pub(super) name: SafeText,
    /// The query that lists its tickets.
    pub(super) words: String,
    /// `None` before they are counted.
    pub(super) count: Option<u64>,
    /// How many of its tickets are missed or due today, where that is told.
    pub(super) pressing: u64,
    /// The day of a bar that is one.
    pub(super) date: Option<Date>,
}

impl Bar {
    fn new(section: Section, name: &str, words: String, count: Option<u64>) -> Self {
        Self { section, name: SafeText::line(name), words, count, pressing: 0, date: None }
    }

    fn of(section: Section, tally: &Tally) -> Self {
        let Tally { name, words, count, pressing } = tally.clone();
        Self { section, name, words, count: Some(count), pressing, date: None }
    }
}

/// The bars of open tickets that stand whatever the desk's names are.
const FIXED: &[(Section, &str, &str)] = &[
    (Section::Targets, "missed", "is:open sla:<0m"),
    (Section::Targets, "within 1 h", "is:open sla:<1h -sla:<0m"),
    (Section::Targets, "within 8 h", "is:open sla:<8h -sla:<1h"),
    (Section::Targets, "within 24 h", "is:open sla:<1d -sla:<8h"),
    (Section::Targets, "on hold", "is:open is:hold"),
    (Section::Priority, "P1", "is:open pri:1"),
    (Section::Priority, "P2", "is:open pri:2"),
    (Section::Priority, "P3", "is:open pri:3"),
    (Section::Priority, "P4", "is:open pri:4"),
    (Section::Priority, "others", "is:open -pri:1,2,3,4"),
    (Section::Age, "under 1 day", "is:open age:<1d"),
    (Section::Age, "1 to 3 days", "is:open age:>=1d age:<3d"),
    (Section::Age, "3 to 7 days", "is:open age:>=3d age:<7d"),
    (Section::Age, "7 to 30 days", "is:open age:>=7d age:<30d"),
    (Section::Age, "30 days and more", "is:open age:>=30d"),
];

/// Open tickets by their next target, as far as it is near, and those for which the clock stands: name and query of each.
pub(in crate::panes) fn near_targets() -> impl Iterator<Item = (&'static str, &'static str)> {
    FIXED.iter().filter(|(section, ..)| *section == Section::Targets).map(|(_, name, words)| (*name, *words))
}

/// The queries that are counted for the bars that always stand.
pub(super) fn queries() -> Vec<Query> {
    FIXED.iter().filter_map(|(_, _, words)| Query::parse(words).ok()).collect()
}

/// All bars, in the order of their sections; before anything was counted only those that always stand.
pub(super) fn bars(board: Option<&Board>) -> Vec<Bar> {
    let count = |at: usize| board.and_then(|board| board.open.get(at)).copied();
    let fixed = FIXED.iter().enumerate();
    let mut bars: Vec<Bar> =
        fixed.map(|(at, (section, name, words))| Bar::new(*section, name, (*words).to_owned(), count(at))).collect();
    let Some(board) = board else { return bars };
    if let Some(first) = board.days.first() {
        let outcome = |word: &str, n| Bar::new(Section::Outcome, word, format!("closed:>={} sla:{word}", first.date), Some(n));
        bars.extend([outcome("kept", board.kept), outcome("missed", board.missed)]);
    }
    for (section, word) in [(Section::Opened, "opened"), (Section::Closed, "closed")] {
        bars.extend(board.days.iter().map(|day| {
            let n = if section == Section::Opened { day.opened } else { day.closed };
            Bar { date: Some(day.date), ..Bar::new(section, word, format!("{word}:{}", day.date), Some(n)) }
        }));
    }
    let people = [(Section::Agents, &board.agents), (Section::Clients, &board.clients), (Section::Newcomers, &board.newcomers)];
    bars.extend(people.iter().flat_map(|(section, tallies)| tallies.iter().map(|tally| Bar::of(*section, tally))));
    bars
}

/// What is said where the days are not here as a whole.
pub(super) fn reach_words(reach: Reach) -> Option<String> {
    match reach {
        Reach::Whole => None,
        Reach::Back(date) => Some(format!("the copy reaches back to {}", date.strftime("%-d %b"))),
        Reach::Unknown => Some("closed tickets: only those at hand".to_owned()),
        Reach::Undated => Some("Halo tells no dates of closing".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bar_asks_a_question_that_is_understood() {
        assert_eq!(queries().len(), FIXED.len());
        let day = crate::domain::DayTally { date: jiff::civil::date(2026, 11, 20), opened: 2, closed: 1 };
        let bars = bars(Some(&Board { days: vec![day], kept: 3, ..Board::default() }));
        for bar in &bars {
            assert!(Query::parse(&bar.words).is_ok(), "{}", bar.words);
        }
        assert!(bars.iter().any(|bar| bar.words == "closed:>=2026-11-20 sla:kept" && bar.count == Some(3)));
    }
}
