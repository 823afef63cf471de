//! [`Standing`]: what the refreshing instance tells the others of itself, and what they make of it.

use serde::{Deserialize, Serialize};

use crate::{
    domain::{Agent, AgentId, Connection, Failure, FailureKind, FillProgress, News, Timestamp, TokenState},
    text::SafeText,
};

/// How the refreshing instance stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Standing {
    /// Its process, for people.
    pub(super) process: u32,
    link: Link,
    token: TokenState,
    filling: Option<FillProgress>,
    paused: bool,
    acting: Option<(AgentId, String)>,
}

/// How it gets on with the server. When the newest refresh succeeded stands in the mirror.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
enum Link {
    /// Nothing was answered yet.
    #[default]
    Starting,
    /// Requests have been answered since then.
    Answering { since: Timestamp },
    /// The newest refresh failed.
    Failing { since: Timestamp, retry_at: Option<Timestamp>, failure: StoredFailure },
}

/// A failure as text; whoever reads it makes it safe anew.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct StoredFailure {
    kind: FailureKind,
    what: String,
    advice: String,
}

impl From<&Failure> for StoredFailure {
    fn from(failure: &Failure) -> Self {
        Self { kind: failure.kind, what: failure.what.as_str().to_owned(), advice: failure.advice.as_str().to_owned() }
    }
}

impl From<StoredFailure> for Failure {
    fn from(stored: StoredFailure) -> Self {
        Self::new(stored.kind, &stored.what).advise(&stored.advice)
    }
}

impl Standing {
    /// This instance, of which nothing is known yet.
    pub(super) fn of_this_process() -> Self {
        Self { process: std::process::id(), ..Self::default() }
    }

    /// Takes in what this instance tells its own screen.
    pub(super) fn hear(&mut self, news: &News) {
        match news {
            News::Connection(Connection::Starting | Connection::Cached { .. }) => self.link = Link::Starting,
            News::Connection(Connection::Live { at }) if !matches!(self.link, Link::Answering { .. }) => {
                self.link = Link::Answering { since: *at };
            }
            News::Connection(Connection::Failing { since, failure, retry_at, .. }) => {
                self.link = Link::Failing { since: *since, retry_at: *retry_at, failure: failure.into() };
            }
            News::Token(token) => self.token = *token,
            News::Filling(filling) => self.filling = *filling,
            News::Paused(paused) => self.paused = *paused,
            News::ActingAs(agent) => self.acting = Some((agent.id, agent.name.line().as_str().to_owned())),
            _ => {}
        }
    }

    /// Whether more than a count has changed.
    pub(super) fn differs_from(&self, other: &Self) -> bool {
        let kind = |standing: &Self| standing.filling.map(|filling| filling.what);
        kind(self) != kind(other) || Self { filling: None, ..self.clone() } != Self { filling: None, ..other.clone() }
    }

    /// Whether requests are answered.
    pub(super) fn is_answering(&self) -> bool {
        matches!(self.link, Link::Answering { .. })
    }

    /// How fresh the rows are that this instance brings.
    pub(super) fn connection(&self, last_success: Option<Timestamp>) -> Connection {
        match &self.link {
            Link::Answering { since } => Connection::Live { at: last_success.map_or(*since, |at| at.max(*since)) },
            Link::Failing { since, retry_at, failure } => {
                Connection::Failing { last_success, since: *since, failure: failure.clone().into(), retry_at: *retry_at }
            }
            Link::Starting => last_success.map_or(Connection::Starting, |at| Connection::Cached { at }),
        }
    }

    /// How its token stands.
    pub(super) fn token(&self) -> TokenState {
        self.token
    }

    /// What an instance that knew `before` tells its screen, connection and token apart.
    pub(super) fn news(&self, before: Option<&Self>) -> Vec<News> {
        let mut news = Vec::new();
        if before.map(|before| before.filling) != Some(self.filling) {
            news.push(News::Filling(self.filling));
        }
        if before.is_some_and(|before| before.paused) != self.paused {
            news.push(News::Paused(self.paused));
        }
        if let Some((id, name)) = &self.acting
            && before.and_then(|before| before.acting.as_ref()) != Some(&(*id, name.clone()))
        {
            let name = SafeText::line(name);
            news.push(News::ActingAs(Box::new(Agent { id: *id, name: name.as_str().into(), ..Agent::default() })));
        }
        news
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn carried_over(standing: &Standing) -> Standing {
        serde_json::from_str(&serde_json::to_string(standing).unwrap()).unwrap()
    }

    #[test]
    fn what_one_instance_tells_its_screen_another_tells_too() {
        let mut standing = Standing::default();
        assert_eq!(carried_over(&standing).connection(Some(at(5))), Connection::Cached { at: at(5) });
        let filling = News::Filling(Some(FillProgress { done: 3, of: 9, ..FillProgress::default() }));
        let acting = News::ActingAs(Box::new(Agent { id: AgentId(7), name: "robot".into(), ..Agent::default() }));
        for news in [filling.clone(), acting.clone(), News::Paused(true), News::Connection(Connection::Live { at: at(60) })] {
            standing.hear(&news);
        }
        let read = carried_over(&standing);
        assert_eq!(read.news(None), [filling, News::Paused(true), acting]);
        assert_eq!(read.news(Some(&read)), []);
        assert_eq!(read.connection(None), Connection::Live { at: at(60) });
        assert_eq!(read.connection(Some(at(120))), Connection::Live { at: at(120) });
        let failing = Connection::Failing {
            last_success: Some(at(120)),
            since: at(180),
            failure: Failure::new(FailureKind::RateLimited(Some(std::time::Duration::from_secs(9))), "too much").advise("wait"),
            retry_at: Some(at(185)),
        };
        standing.hear(&News::Connection(failing.clone()));
        assert_eq!(carried_over(&standing).connection(Some(at(120))), failing);
    }

    #[test]
    fn only_counts_may_wait_to_be_told() {
        let filling = |done| News::Filling(Some(FillProgress { done, of: 9, ..FillProgress::default() }));
        let (mut told, mut standing) = (Standing::default(), Standing::default());
        standing.hear(&filling(1));
        assert!(standing.differs_from(&told));
        told.clone_from(&standing);
        standing.hear(&filling(2));
        assert!(!standing.differs_from(&told));
        standing.hear(&News::Filling(None));
        assert!(standing.differs_from(&told));
    }

    #[test]
    fn refreshing_again_and_again_is_nothing_to_tell() {
        let mut standing = Standing::default();
        standing.hear(&News::Connection(Connection::Live { at: at(60) }));
        let told = standing.clone();
        standing.hear(&News::Connection(Connection::Live { at: at(120) }));
        assert_eq!(standing, told);
    }
}
