//! Answers questions from the mirror.

use crate::{
    domain::{AgentId, Anchor, ClientId, Failure, Timestamp},
    mirror::{BoardAsk, Mirror, Reader, RegisterAsk, TicketAsk},
    msg::{Answer, Question},
    query::Query,
};

/// A search stops counting here: its first rows don't wait for the others.
const COUNTED: u64 = 100;

/// The mirror's answer to a question.
///
/// # Errors
/// Where the mirror can't be read.
pub async fn answer(mirror: &Mirror, question: Question) -> Result<Answer, Failure> {
    let now = Timestamp::now();
    Ok(match question {
        Question::Tickets { query, client, me, also, anchor, count } => {
            let count_up_to = query.has_words().then_some(COUNTED);
            let ask = TicketAsk { anchor, count: usize::from(count), also, count_up_to, ..asked(query, client, me, now) };
            Answer::Tickets(mirror.read(move |reader| reader.tickets(&ask)).await?)
        }
        Question::Groups { query, client, me, by, folds, anchor, count } => {
            let ask = TicketAsk { count: usize::from(count), ..asked(query, client, me, now) };
            Answer::Groups(mirror.read(move |reader| reader.grouped(&ask, by, &folds, anchor)).await?)
        }
        Question::HaloLists => Answer::HaloLists(mirror.read(Reader::halo_lists).await?),
        Question::Counts { queries, client, me } => {
            let mut counts = Vec::with_capacity(queries.len());
            for query in queries {
                // One after the other: a question about rows never waits for all of them.
                let ask = asked(query, client, me, now);
                counts.push(mirror.read(move |reader| reader.counted(&ask)).await?);
            }
            Answer::Counts(counts)
        }
        Question::Board { open, me } => {
            let ask = BoardAsk { open, me, now, zone: jiff::tz::TimeZone::system() };
            Answer::Board(Box::new(mirror.read(move |reader| reader.board(&ask)).await?))
        }
        Question::Register { register, sort, client, words, with_inactive, anchor, count } => {
            let ask = RegisterAsk { register, sort, client, words, with_inactive, anchor, count: usize::from(count) };
            Answer::Register(mirror.read(move |reader| reader.register(&ask)).await?)
        }
        Question::Called { words, count } => {
            Answer::Called(mirror.read(move |reader| reader.called(&words, usize::from(count))).await?)
        }
        Question::Client(id) => Answer::Client(mirror.read(move |reader| reader.client_overview(id, now)).await?.map(Box::new)),
        Question::Conversation(id) => {
            Answer::Conversation(mirror.read(move |reader| reader.conversation(id)).await?.map(Box::new))
        }
        Question::Overview => Answer::Overview(mirror.read(Reader::overview).await?),
        Question::Agents => Answer::Agents(mirror.read(Reader::agents).await?),
        Question::Known => Answer::Known(mirror.read(Reader::known).await?),
    })
}

/// A question about tickets at this moment; which of their rows are wanted is up to whoever asks.
fn asked(query: Query, client: Option<ClientId>, me: Option<AgentId>, now: Timestamp) -> TicketAsk {
    TicketAsk {
        query,
        client,
        me,
        now,
        zone: jiff::tz::TimeZone::system(),
        anchor: Anchor::Start,
        count: 0,
        also: Vec::new(),
        count_up_to: None,
    }
}
