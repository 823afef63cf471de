//! Which of a query's conditions the server can be asked for; all of them are checked again on what it answers.
//!
//! A condition is handed on only where the server's answer holds every ticket that the query could find. The one exception
//! is [`search`]: what closed tickets hold is found as the server finds it, since reading them all is no answer to a word.

use crate::{
    domain::{AgentId, AgentRow, TicketId},
    halo::{Openness, TicketColumn},
    query::{Compare, Filter, NameKey, NameValue, Query, SlaValue, Sort, SortKey, State, TimeKey, Words, folded_words},
};

/// Passes over the server's list that together hold every ticket that the query can find: open ones, closed ones or both.
pub(super) fn openness(query: &Query) -> Vec<Openness> {
    let (mut open, mut closed) = (true, true);
    for term in query.effective_terms() {
        match (&term.filter, term.not) {
            (Filter::Is(states), false) => {
                closed &= !states.iter().all(|state| matches!(state, State::Open | State::Breached));
                open &= !states.iter().all(|state| *state == State::Closed);
            }
            (Filter::Is(states), true) => {
                open &= !states.contains(&State::Open);
                closed &= !states.contains(&State::Closed);
            }
            // What is closed has no target any more, only one that was kept or missed.
            (Filter::Sla(values), false) => {
                closed &= values.iter().any(|value| matches!(value, SlaValue::Kept | SlaValue::Missed));
                open &= values.iter().any(|value| *value != SlaValue::Kept);
            }
            (Filter::Time(TimeKey::Closed, _), false) => open = false,
            _ => {}
        }
    }
    [(open, Openness::Open), (closed, Openness::Closed)].into_iter().filter_map(|(asked, pass)| asked.then_some(pass)).collect()
}

/// The tickets that are named by their numbers, where that is all that can fit.
pub(super) fn ids(query: &Query) -> Option<Vec<TicketId>> {
    positive(query).find_map(|filter| match filter {
        Filter::Id(values) => values.iter().map(|(compare, id)| (*compare == Compare::Equal).then_some(TicketId(*id))).collect(),
        _ => None,
    })
}

/// The words that the client's name must have one of; digits may also be its number.
pub(super) fn clients(query: &Query) -> Option<Vec<Words>> {
    positive(query).find_map(|filter| match filter {
        Filter::Name(NameKey::Client, values) => values
            .iter()
            .map(|value| match value {
                NameValue::Words(words) => Some(words.clone()),
                NameValue::Number(number) => Some(digits(*number)),
                NameValue::Me => None,
            })
            .collect(),
        _ => None,
    })
}

/// What the lists of Halo are called that the query speaks of, whether their tickets are to be there or left out.
pub(super) fn lists(query: &Query) -> Vec<Words> {
    query.terms.iter().flat_map(|term| of_lists(&term.filter).into_iter().flatten()).collect()
}

/// Whether only tickets of such lists can fit.
pub(super) fn is_within_lists(query: &Query) -> bool {
    positive(query).any(|filter| of_lists(filter).is_some())
}

fn of_lists(filter: &Filter) -> Option<Vec<Words>> {
    let Filter::Name(NameKey::List, values) = filter else { return None };
    let words = values.iter().filter_map(|value| match value {
        NameValue::Words(words) => Some(words.clone()),
        NameValue::Number(number) => Some(digits(*number)),
        NameValue::Me => None,
    });
    Some(words.collect())
}

fn digits(number: i64) -> Words {
    Words { text: number.to_string(), phrase: false }
}

/// The agents who alone can work on what is asked for; none where anybody could.
pub(super) fn agents(query: &Query, me: Option<AgentId>, known: &[AgentRow]) -> Vec<AgentId> {
    let named = |words: &Words| {
        let wanted = folded_words(&words.text);
        let number = words.text.parse().ok().map(AgentId);
        let fits = move |agent: &&AgentRow| format!(" {}", folded_words(agent.name.as_str())).contains(&format!(" {wanted}"));
        known.iter().filter(fits).map(|agent| agent.id).chain(number).collect::<Vec<_>>()
    };
    let found = positive(query).find_map(|filter| match filter {
        Filter::Me => Some(Vec::from_iter(me)),
        Filter::Is(states) if *states == [State::Mine] => Some(Vec::from_iter(me)),
        Filter::Name(NameKey::Agent, values) => Some(
            values
                .iter()
                .flat_map(|value| match value {
                    NameValue::Me => Vec::from_iter(me),
                    NameValue::Words(words) => named(words),
                    NameValue::Number(number) => vec![AgentId(*number)],
                })
                .collect(),
        ),
        _ => None,
    });
    found.unwrap_or_default()
}

/// The longest word that every ticket must have.
pub(super) fn search(query: &Query) -> Option<String> {
    let words = positive(query).filter_map(|filter| match filter {
        Filter::Text(values) => match values.as_slice() {
            [words] => Some(words.text.clone()),
            _ => None,
        },
        _ => None,
    });
    words.max_by_key(String::len)
}

/// All words that every ticket must have, as they would be typed for the server.
pub(super) fn words(query: &Query) -> Option<String> {
    let words = positive(query).filter_map(|filter| match filter {
        Filter::Text(values) => match values.as_slice() {
            [words] => Some(words.text.as_str()),
            _ => None,
        },
        _ => None,
    });
    let words = words.collect::<Vec<_>>().join(" ");
    (!words.trim().is_empty()).then_some(words)
}

/// The server's order that is the query's, where there is one: its first rows are then the query's first rows. The newest
/// change of any kind is no column of the server: the newest action stands for it.
pub(super) fn order(query: &Query) -> Option<(TicketColumn, bool)> {
    let Sort { key, reverse } = *query.effective_sort().first()?;
    match key {
        SortKey::Id => Some((TicketColumn::Id, !reverse)),
        SortKey::Opened => Some((TicketColumn::Opened, !reverse)),
        SortKey::Age => Some((TicketColumn::Opened, reverse)),
        SortKey::Updated => Some((TicketColumn::LastAction, !reverse)),
        SortKey::Closed => Some((TicketColumn::Closed, !reverse)),
        _ => None,
    }
}

fn positive(query: &Query) -> impl Iterator<Item = &Filter> {
    query.terms.iter().filter(|term| !term.not).map(|term| &term.filter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::SafeText;

    fn query(words: &str) -> Query {
        Query::parse(words).unwrap()
    }

    #[test]
    fn closed_tickets_are_asked_for_only_where_they_can_fit() {
        use Openness::{Closed, Open};
        for (words, expected) in [
            ("", vec![Open]),
            ("is:open printer", vec![Open]),
            ("sla:<1h", vec![Open]),
            ("is:breached", vec![Open]),
            ("sla:<=today", vec![Open]),
            ("sla:kept", vec![Closed]),
            ("sla:missed,<1h", vec![Open, Closed]),
            ("closed:today", vec![Closed]),
            ("-closed:today", vec![Open, Closed]),
            ("-is:closed", vec![Open]),
            ("is:closed", vec![Closed]),
            ("-is:open", vec![Closed]),
            ("printer", vec![Open, Closed]),
            ("is:open,vip", vec![Open, Closed]),
            ("is:open,closed", vec![Open, Closed]),
            ("-sla:<1h", vec![Open, Closed]),
            ("is:open is:closed", vec![]),
        ] {
            assert_eq!(openness(&query(words)), expected, "{words}");
        }
    }

    #[test]
    fn only_whole_numbers_name_tickets() {
        assert_eq!(ids(&query("id:7,9 printer")), Some(vec![TicketId(7), TicketId(9)]));
        assert_eq!(ids(&query("#7")), Some(vec![TicketId(7)]));
        for words in ["id:>7", "id:7,>9", "-id:7", "printer"] {
            assert_eq!(ids(&query(words)), None, "{words}");
        }
    }

    #[test]
    fn people_are_known_by_name_or_number_and_left_open_where_not() {
        let agent = |id, name: &str| AgentRow { id: AgentId(id), name: SafeText::line(name), ..AgentRow::default() };
        let known = [agent(4, "Priya Shah"), agent(5, "Søren Prior"), agent(6, "Dee")];
        let found = |words: &str| agents(&query(words), Some(AgentId(6)), &known).iter().map(|id| id.0).collect::<Vec<_>>();
        assert_eq!(found("agent:pri"), [4, 5]);
        assert_eq!(found("agent:soren,@me"), [5, 6]);
        assert_eq!(found("is:mine"), [6]);
        assert_eq!(found("@me agent:5"), [6]);
        assert_eq!(found("agent:77"), [77]);
        for words in ["", "-agent:pri", "agent:nobody", "is:mine,vip"] {
            assert_eq!(found(words), [0; 0], "{words}");
        }
        let names = |words: &str| clients(&query(words)).map(|words| words.into_iter().map(|word| word.text).collect::<Vec<_>>());
        assert_eq!(names("client:acme,\"north sea\""), Some(vec!["acme".into(), "north sea".into()]));
        assert_eq!(names("-client:acme"), None);
    }

    #[test]
    fn lists_are_read_whether_they_are_asked_for_or_left_out() {
        let named = |words: &str| lists(&query(words)).into_iter().map(|words| words.text).collect::<Vec<_>>();
        assert_eq!(named("list:12,\"on call\" -list:vips is:open"), ["12", "on call", "vips"]);
        assert!(is_within_lists(&query("list:12 -list:vips")));
        assert!(!is_within_lists(&query("-list:vips")) && lists(&query("is:open")).is_empty());
    }

    #[test]
    fn an_order_that_the_server_knows_is_the_servers() {
        for (words, expected) in [
            ("", Some((TicketColumn::LastAction, true))),
            ("sort:-id", Some((TicketColumn::Id, false))),
            ("sort:opened", Some((TicketColumn::Opened, true))),
            ("sort:age,client", Some((TicketColumn::Opened, false))),
            ("sort:client,id", None),
        ] {
            assert_eq!(order(&query(words)), expected, "{words}");
        }
        assert_eq!(search(&query("is:closed vpn printer a,b -elsewhere")), Some("printer".into()));
        assert_eq!(search(&query("a,b")), None);
        assert_eq!(words(&query("is:closed vpn \"printer jam\" a,b -elsewhere")), Some("vpn printer jam".into()));
        assert_eq!(words(&query("client:acme a,b")), None);
    }
}
