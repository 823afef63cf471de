//! A small HTTP server on loopback that answers as a test says, faults included, and keeps what it was sent.

use std::{
    collections::HashMap,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::{
    domain::{Failure, Hosting, Profile, ProfileName, Secret, SecretKeeping, SecretSource},
    halo::{Budget, Clock, Credentials, Halo, LocalLedger, Tokens, Transport, TransportSettings},
};

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: String,
}

/// How an answer is sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum How {
    Whole,
    /// Half of the body, then the connection ends.
    Cut,
    /// One byte after the other, for ever.
    Drip,
    /// Nothing, the connection stays open.
    Silent,
    /// Nothing, the connection ends.
    Drop,
    /// Blanks without end.
    Endless,
}

#[derive(Clone, Debug)]
pub(crate) struct Answer {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    how: How,
}

impl Answer {
    pub(crate) fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: vec![("content-type", content_type.to_owned())], body: body.into(), how: How::Whole }
    }

    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::new(status, "application/json; charset=utf-8", body.to_string())
    }

    pub(crate) fn html(status: u16) -> Self {
        Self::new(status, "text/html", "<!doctype html><html><body>Halo</body></html>")
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self::new(status, "", "")
    }

    pub(crate) fn token(token: &str, expires_in: u64) -> Self {
        Self::json(200, &json!({"access_token": token, "token_type": "Bearer", "expires_in": expires_in}))
    }

    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(crate) fn how(mut self, how: How) -> Self {
        self.how = how;
        self
    }
}

#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    /// Answers each request with what `answer` says for it and for how many came before.
    pub(crate) async fn start(answer: impl Fn(&Seen, usize) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = Self { url, seen: Arc::default() };
        let (answer, seen) = (Arc::new(answer), Arc::clone(&server.seen));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (answer, seen) = (Arc::clone(&answer), Arc::clone(&seen));
                tokio::spawn(async move { serve(stream, &*answer, &seen).await });
            }
        });
        server
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn count(&self, method: &str, path: &str) -> usize {
        self.seen().iter().filter(|seen| seen.method == method && seen.path == path).count()
    }
}

async fn serve(mut stream: TcpStream, answer: &(impl Fn(&Seen, usize) -> Answer + Sync), seen: &Mutex<Vec<Seen>>) -> Option<()> {
    let mut buffer = Vec::new();
    loop {
        let request = read_request(&mut stream, &mut buffer).await?;
        let answer = {
            let mut seen = seen.lock().unwrap();
            let answer = answer(&request, seen.len());
            seen.push(request.clone());
            answer
        };
        write_answer(&mut stream, &answer, request.method == "HEAD").await?;
    }
}

async fn read_request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Seen> {
    let end = loop {
        if let Some(at) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        more(stream, buffer).await?;
    };
    let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?);
    let headers: HashMap<_, _> =
        lines.filter_map(|line| line.split_once(": ")).map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    while buffer.len() < end + length {
        more(stream, buffer).await?;
    }
    let body = String::from_utf8_lossy(&buffer[end..end + length]).into_owned();
    buffer.drain(..end + length);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    Some(Seen { method, path: path.to_owned(), query: query.to_owned(), headers, body })
}

async fn more(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<()> {
    let read = stream.read_buf(buffer).await.ok()?;
    (read > 0).then_some(())
}

/// `None` where the connection is over.
async fn write_answer(stream: &mut TcpStream, answer: &Answer, head_only: bool) -> Option<()> {
    let length = match answer.how {
        How::Whole | How::Cut => Some(answer.body.len()),
        How::Drip => Some(1 << 20),
        // It does not say how much comes.
        How::Endless => None,
        How::Silent => return std::future::pending().await,
        How::Drop => return None,
    };
    let mut head = format!("HTTP/1.1 {} Because\r\n", answer.status);
    head.extend(length.map(|length| format!("content-length: {length}\r\n")));
    for (name, value) in answer.headers.iter().filter(|(_, value)| !value.is_empty()) {
        head.extend([name, ": ", value, "\r\n"]);
    }
    stream.write_all(format!("{head}\r\n").as_bytes()).await.ok()?;
    match answer.how {
        How::Whole if head_only => Some(()),
        How::Whole => stream.write_all(&answer.body).await.ok(),
        How::Cut => {
            stream.write_all(&answer.body[..answer.body.len() / 2]).await.ok()?;
            None
        }
        How::Drip => loop {
            stream.write_all(b" ").await.ok()?;
            tokio::time::sleep(Duration::from_millis(5)).await;
        },
        How::Endless => loop {
            stream.write_all(&[b' '; 4096]).await.ok()?;
        },
        How::Silent | How::Drop => None,
    }
}

/// A secret source that hands out what it holds and counts how often it was asked.
#[derive(Debug)]
pub(crate) struct Source {
    secrets: Mutex<Vec<&'static str>>,
}

impl Source {
    /// Hands the secrets out in their order, the last one again and again.
    pub(crate) fn of(secrets: &[&'static str]) -> Arc<Self> {
        Arc::new(Self { secrets: Mutex::new(secrets.iter().rev().copied().collect()) })
    }
}

impl SecretSource for Source {
    fn secret(&self) -> Pin<Box<dyn Future<Output = Result<Secret, Failure>> + Send + '_>> {
        let mut secrets = self.secrets.lock().unwrap();
        let secret = if secrets.len() > 1 { secrets.pop().unwrap() } else { secrets[0] };
        Box::pin(async move { Ok(Secret::new(secret.to_owned())) })
    }
}

/// A wall clock that tests set.
#[derive(Clone, Default)]
pub(crate) struct Wall(Arc<AtomicI64>);

impl Wall {
    pub(crate) fn clock(&self) -> Clock {
        let wall = self.clone();
        Arc::new(move || {
            "2026-09-01T00:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(wall.0.load(Ordering::SeqCst))
        })
    }

    pub(crate) fn jump(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

pub(crate) fn profile(auth_url: &str, resource_url: &str, tenant: Option<&str>) -> Profile {
    Profile {
        name: ProfileName::parse("test").unwrap(),
        hosting: Hosting::Hosted,
        auth_url: auth_url.to_owned(),
        resource_url: resource_url.to_owned(),
        tenant: tenant.map(str::to_owned),
        client_id: "client-1".to_owned(),
        scope: "all".to_owned(),
        me: None,
        secret: SecretKeeping::Ask,
        ca_file: None,
    }
}

pub(crate) fn transport() -> Transport {
    transport_with(|_| {})
}

pub(crate) fn transport_with(change: impl FnOnce(&mut TransportSettings)) -> Transport {
    let mut settings = TransportSettings::default();
    change(&mut settings);
    Transport::new(settings).unwrap()
}

/// Tokens with their task running, for a server that has both parts.
pub(crate) fn tokens(server: &Server, source: Arc<Source>, clock: Clock) -> Tokens {
    let profile = profile(&format!("{}/auth", server.url), &format!("{}/api", server.url), Some("acme"));
    let (tokens, mut task) = Tokens::new(transport(), Credentials::new(&profile, source).unwrap(), clock);
    tokio::spawn(async move { task.run().await });
    tokens
}

/// The whole client for a server that has both parts.
pub(crate) fn halo(server: &Server) -> (Halo, Tokens, Budget) {
    halo_with(server, |_| {})
}

/// The same with limits of its own.
pub(crate) fn halo_with(server: &Server, limits: impl FnOnce(&mut TransportSettings)) -> (Halo, Tokens, Budget) {
    let clock = Wall::default().clock();
    let tokens = tokens(server, Source::of(&["canary-secret"]), Arc::clone(&clock));
    let profile = profile(&format!("{}/auth", server.url), &format!("{}/api", server.url), Some("acme"));
    let budget = Budget::new(0, Arc::new(LocalLedger::default()), Arc::clone(&clock));
    let transport = transport_with(limits);
    (Halo::new(&profile, transport, tokens.clone(), budget.clone(), clock).unwrap(), tokens, budget)
}
