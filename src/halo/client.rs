//! [`Halo`]: requests to the resource server, each with a place in the budget and a token.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use tokio::sync::mpsc;
use url::Url;

use super::{
    Bearer, Budget, Class, Clock, Tokens, Transport,
    fault::Trouble,
    parts::KnownPages,
    requests::Query,
    status::{self, Asked},
    transport::{Carries, Outgoing, Reply, host},
    wire::{self, WireRecord},
};
use crate::domain::{Failure, FailureKind, Profile, Timestamp, address};

/// The client of one profile's resource server; clones share everything.
///
/// Every method waits for a place in the budget and for a token, retries once after a 401 with a new token and once where the
/// connection broke off before an answer. Their errors are those of [`Tokens::bearer`], and by the answer: a status that is
/// no success, HTML, JSON of another shape. One odd record is no error, nor is one that is too large: see [`Page`].
#[derive(Clone)]
pub struct Halo {
    inner: Arc<Inner>,
}

struct Inner {
    transport: Transport,
    tokens: Tokens,
    budget: Budget,
    resource_url: String,
    host: String,
    clock: Clock,
    known_pages: KnownPages,
    requests: AtomicU64,
    bytes: AtomicU64,
}

/// What was sent and received since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Requests that left, retries too.
    pub requests: u64,
    /// Bytes of the answers' bodies, after decompression.
    pub bytes: u64,
}

impl fmt::Debug for Halo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Halo").field("resource_url", &self.inner.resource_url).finish_non_exhaustive()
    }
}

impl Halo {
    /// The client of a profile; nothing is sent yet.
    ///
    /// # Errors
    /// [`FailureKind::Settings`] where the resource server's URL can't be used.
    pub fn new(profile: &Profile, transport: Transport, tokens: Tokens, budget: Budget, clock: Clock) -> Result<Self, Failure> {
        let unusable =
            |error| Failure::new(FailureKind::Settings, &format!("The resource server's address can't be used: {error}"));
        let resource_url = address::resource_server(&profile.resource_url).map_err(unusable)?;
        let host = host(&address::checked(&resource_url).map_err(unusable)?);
        let (known_pages, requests, bytes) = (KnownPages::default(), AtomicU64::default(), AtomicU64::default());
        let inner = Inner { transport, tokens, budget, resource_url, host, clock, known_pages, requests, bytes };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// What was sent and received since the start.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Stats { requests: read(&self.inner.requests), bytes: read(&self.inner.bytes) }
    }

    /// A person asks: where the API refused the tokens before, one more is asked for at once.
    pub fn ask_anew(&self) {
        self.inner.tokens.ask_anew();
    }

    /// When a request of this class could leave, and so many more with it, where it could not at once.
    #[must_use]
    pub fn free_at(&self, class: Class, more: u32) -> Option<Timestamp> {
        self.inner.budget.free_at(class, more)
    }

    pub(super) fn known_pages(&self) -> &KnownPages {
        &self.inner.known_pages
    }

    pub(super) async fn one<T: WireRecord>(&self, path: &str, asked: &Asked, query: Query, class: Class) -> Result<T, Failure> {
        let (text, _) = self.get(path, asked, query, class).await?;
        wire::one(&text).map_err(|why| self.bad_reply(asked, &why))
    }

    pub(super) fn bad_reply(&self, asked: &Asked, why: &str) -> Failure {
        status::bad_reply(&self.inner.host, asked, why)
    }

    /// The JSON text of an endpoint's answer and the size of its body; a refused token is replaced once.
    pub(super) async fn get(&self, path: &str, asked: &Asked, query: Query, class: Class) -> Result<(String, u64), Failure> {
        let url = self.url(path, &query)?;
        let mut bearer = self.inner.tokens.bearer().await?;
        let mut reply = self.send(&url, &bearer, class).await?;
        if reply.status == 401 {
            self.inner.tokens.reject(bearer.generation);
            bearer = self.inner.tokens.bearer().await?;
            reply = self.send(&url, &bearer, class).await?;
        }
        let text = status::json(&reply, asked, (self.inner.clock)(), &bearer.token)?;
        Ok((text, u64::try_from(reply.body.len()).unwrap_or(u64::MAX)))
    }

    /// Hands a file over piece by piece; a refused token is replaced once.
    pub(super) async fn file(
        &self,
        path: &str,
        asked: &Asked,
        pieces: &mpsc::Sender<Vec<u8>>,
        class: Class,
    ) -> Result<(), Failure> {
        let url = self.url(path, &Query::new())?;
        let mut bearer = self.inner.tokens.bearer().await?;
        let mut reply = self.stream_once(&url, &bearer, pieces, class).await?;
        if reply.status == 401 {
            self.inner.tokens.reject(bearer.generation);
            bearer = self.inner.tokens.bearer().await?;
            reply = self.stream_once(&url, &bearer, pieces, class).await?;
        }
        status::file(&reply, asked, (self.inner.clock)(), &bearer.token)
    }

    async fn stream_once(
        &self,
        url: &Url,
        bearer: &Bearer,
        pieces: &mpsc::Sender<Vec<u8>>,
        class: Class,
    ) -> Result<Reply, Failure> {
        let Inner { transport, budget, requests, .. } = &*self.inner;
        budget.acquire(class).await;
        requests.fetch_add(1, Ordering::Relaxed);
        // What was handed over can't be taken back: a connection that broke off is not tried again.
        let reply = transport.stream(url, &bearer.token, pieces).await.map_err(|Trouble { failure, .. }| failure)?;
        self.account(&reply);
        Ok(reply)
    }

    fn url(&self, path: &str, query: &Query) -> Result<Url, Failure> {
        let address = format!("{}/{path}", self.inner.resource_url);
        let mut url = address::checked(&address).map_err(|error| Failure::new(FailureKind::Settings, &error.to_string()))?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }

    /// One answer, whatever its status; a connection that broke off before one is tried once more.
    async fn send(&self, url: &Url, bearer: &Bearer, class: Class) -> Result<Reply, Failure> {
        match self.send_once(url, bearer, class).await {
            Err(trouble) if trouble.broke_off => self.send_once(url, bearer, class).await,
            outcome => outcome,
        }
        .map_err(|Trouble { failure, .. }| failure)
    }

    async fn send_once(&self, url: &Url, bearer: &Bearer, class: Class) -> Result<Reply, Trouble> {
        let Inner { transport, budget, requests, bytes, .. } = &*self.inner;
        budget.acquire(class).await;
        requests.fetch_add(1, Ordering::Relaxed);
        let reply = transport.send(Outgoing { url: url.clone(), carries: Carries::Get(&bearer.token) }).await?;
        bytes.fetch_add(u64::try_from(reply.body.len()).unwrap_or(u64::MAX), Ordering::Relaxed);
        self.account(&reply);
        Ok(reply)
    }

    /// Lets the budget learn from an answer.
    fn account(&self, reply: &Reply) {
        let Inner { budget, clock, .. } = &*self.inner;
        let asked_pause = status::retry_after(reply, clock());
        match reply.status {
            429 => budget.refused(asked_pause, status::announced_limit(reply)),
            503 if asked_pause.is_some() => budget.refused(asked_pause, None),
            _ => budget.succeeded(),
        }
    }
}
