//! `list` and `clients`.

use std::ops::ControlFlow;

use tokio::sync::mpsc;

use super::{
    Layout, ListOptions, Listing, Scope, Surroundings,
    begin::{self, finish, freshened},
    run::{printed, say, warn},
    to_stdout,
};
use crate::{
    domain::{ClientRow, Failure, FailureKind, TicketRow},
    query::{Acquaintance, Filter, NameValue, Query, QueryError, State, check_words, doubt},
    session::Session,
};

/// Chunks of rows that wait to be printed.
const WAITING: usize = 4;

/// `list`.
pub(super) async fn tickets(options: &ListOptions, around: &Surroundings) -> Result<(), Failure> {
    let words = options.query();
    let query = Query::parse(&words).map_err(|error| explain(&words, &error))?;
    let session = match options.scope() {
        Scope::Live => live(&query, options.limit, around).await?,
        scope => {
            let session = freshened(scope, around).await?;
            if scope != Scope::Offline {
                freshen_lists(&session, &query).await?;
            }
            session
        }
    };
    if session.me().is_none() && is_about_me(&query) {
        warn("who you are is not known here, so nothing is yours; choose it on the connect screen");
    }
    let finds = print(&session, query, options).await?;
    if let Ok(known) = session.known().await
        && let Some(doubt) = doubt(&words, None, Acquaintance { known: &known, finds })
    {
        point_at(&words, &doubt);
        warn(&doubt.to_string());
    }
    finish(session).await;
    Ok(())
}

/// A mirror in memory with what the server has for the query.
async fn live(query: &Query, limit: Option<usize>, around: &Surroundings) -> Result<Session, Failure> {
    let mut session = begin::quiet(around, false)?;
    if let Some(why) = begin::held_back(&session, 0) {
        warn(&format!("{}: the server is asked then", why.what));
    }
    begin::learn_names(&mut session).await?;
    session.fetch_matching(query, limit).await?;
    Ok(session)
}

/// Reads which tickets the lists of Halo have that the query speaks of, which no refresh brings; where that fails, what was read
/// last is good enough.
async fn freshen_lists(session: &Session, query: &Query) -> Result<(), Failure> {
    if begin::held_back(session, 0).is_some() {
        return Ok(());
    }
    match tokio::time::timeout(begin::FRESHEN_WITHIN, session.fetch_lists_of(query)).await {
        Ok(Err(failure)) if failure.kind == FailureKind::NotFound => return Err(failure),
        Ok(Err(failure)) => warn(&format!("{}; lists are as they were read last", failure.what)),
        Err(_) => warn("the server did not answer in time; lists are as they were read last"),
        Ok(Ok(())) => {}
    }
    Ok(())
}

/// Prints rows as they are read, holding a few chunks at a time; answers whether there are any.
async fn print(session: &Session, query: Query, options: &ListOptions) -> Result<bool, Failure> {
    let (rows, mut chunks) = mpsc::channel::<Vec<TicketRow>>(WAITING);
    let (format, layout) = (options.format(), Layout::of_stdout());
    // A reader of the output that stands still must not keep signals from being heard: printing has a thread of its own.
    let printing = tokio::task::spawn_blocking(move || {
        to_stdout(|out| {
            let mut listing = Listing::new(format, layout, out);
            while let Some(chunk) = chunks.blocking_recv() {
                listing.rows(&chunk)?;
            }
            listing.finish()
        })
    });
    let mut finds = false;
    let hand_over = async |chunk: Vec<TicketRow>| {
        finds |= !chunk.is_empty();
        match rows.send(chunk).await {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    };
    let read = session.each_ticket(query, options.limit, hand_over).await;
    drop(rows);
    let ended = printing.await.map_err(|_| Failure::new(FailureKind::Gone, "the printing stopped unexpectedly"))?;
    read.and(printed(ended)).map(|()| finds)
}

/// Shows the place of the mistake and makes the failure of it.
fn explain(words: &str, error: &QueryError) -> Failure {
    point_at(words, error);
    Failure::new(FailureKind::Settings, &error.to_string())
}

/// Shows the place.
fn point_at(words: &str, error: &QueryError) {
    // One line whatever was typed, so that the carets stand under it.
    if !words.contains(char::is_control) {
        say(words);
        say(&error.caret_line(words));
    }
}

fn is_about_me(query: &Query) -> bool {
    query.terms.iter().any(|term| match &term.filter {
        Filter::Me => true,
        Filter::Is(states) => states.contains(&State::Mine),
        Filter::Name(_, values) => values.contains(&NameValue::Me),
        _ => false,
    })
}

/// `clients`.
pub(super) async fn clients(options: &ListOptions, around: &Surroundings) -> Result<(), Failure> {
    let wanted = ClientQuery::parse(&options.query())?;
    check_words(&wanted.words).map_err(|error| explain(&wanted.words, &error))?;
    let session = freshened(options.scope(), around).await?;
    let limit = options.limit.filter(|_| wanted.keeps_all());
    let mut rows = session.clients(wanted.words.clone(), limit).await?;
    finish(session).await;
    rows.retain(|row| wanted.keeps(row));
    rows.truncate(options.limit.unwrap_or(usize::MAX));
    let (format, layout) = (options.format(), Layout::of_stdout());
    let printing = tokio::task::spawn_blocking(move || {
        to_stdout(|out| {
            let mut listing = Listing::new(format, layout, out);
            listing.rows(&rows)?;
            listing.finish()
        })
    });
    printed(printing.await.map_err(|_| Failure::new(FailureKind::Gone, "the printing stopped unexpectedly"))?)
}

/// Which clients: words that the name must have, and what they must be.
#[derive(Debug, Default, PartialEq, Eq)]
struct ClientQuery {
    words: String,
    vip: Option<bool>,
    inactive: Option<bool>,
}

impl ClientQuery {
    fn parse(text: &str) -> Result<Self, Failure> {
        let mut query = Self::default();
        let mut words = Vec::new();
        for word in text.split_whitespace() {
            match word {
                "is:vip" => query.vip = Some(true),
                "-is:vip" => query.vip = Some(false),
                "is:inactive" => query.inactive = Some(true),
                "-is:inactive" => query.inactive = Some(false),
                word if word.starts_with("is:") || word.starts_with("-is:") => {
                    return Err(Failure::new(FailureKind::Settings, &format!("{word} says nothing of clients"))
                        .advise("clients are found by words of their names, is:vip and is:inactive"));
                }
                word => words.push(word),
            }
        }
        query.words = words.join(" ");
        Ok(query)
    }

    fn keeps(&self, row: &ClientRow) -> bool {
        self.vip.is_none_or(|vip| vip == row.vip) && self.inactive.is_none_or(|inactive| inactive == row.inactive)
    }

    fn keeps_all(&self) -> bool {
        self.vip.is_none() && self.inactive.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_are_words_and_what_they_are() {
        let query = ClientQuery::parse("north is:vip  sea -is:inactive").unwrap();
        assert_eq!(query, ClientQuery { words: "north sea".into(), vip: Some(true), inactive: Some(false) });
        let row = |vip, inactive| ClientRow { inactive, vip, ..ClientRow::default() };
        assert!(query.keeps(&row(true, false)));
        assert!(!query.keeps(&row(false, false)) && !query.keeps(&row(true, true)));
        assert!(ClientQuery::parse("a: b").unwrap().keeps_all());
        assert_eq!(ClientQuery::parse("is:open").unwrap_err().kind, FailureKind::Settings);
    }

    #[test]
    fn questions_about_me_are_known() {
        for (words, mine) in [("@me", true), ("is:mine", true), ("agent:@me,dee", true), ("-@me", true), ("is:open me", false)] {
            assert_eq!(is_about_me(&Query::parse(words).unwrap()), mine, "{words}");
        }
    }
}
