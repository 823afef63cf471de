//! The one HTTP client: built in one place, so that every request bears the same limits.

use std::{
    fmt,
    path::PathBuf,
    sync::{Arc, OnceLock},
    time::Duration,
};

use reqwest::{
    Method,
    dns::{Addrs, Name, Resolve, Resolving},
    header::{ACCEPT, AUTHORIZATION, CONTENT_DISPOSITION, CONTENT_TYPE, DATE, HeaderValue, LOCATION, RETRY_AFTER},
    redirect::Policy,
};
use tokio::sync::mpsc;
use url::Url;

use super::{
    fault::{self, Trouble, UnknownName},
    proxy::{self, ProxyRules},
};
use crate::domain::{Failure, FailureKind, Secret, address};

/// Limits of the HTTP client and ways out of this machine.
#[derive(Clone, Debug)]
pub struct TransportSettings {
    /// Longest wait for name, connection and TLS together.
    pub connect_timeout: Duration,
    /// Longest time from sending a request to the last byte of its answer.
    pub deadline: Duration,
    /// The same for the token endpoint.
    pub token_deadline: Duration,
    /// Most bytes of a body, after decompression.
    pub max_body: usize,
    /// Most bytes of a file of a ticket.
    pub max_file: u64,
    /// Which requests go through a proxy.
    pub proxies: ProxyRules,
    /// A PEM file with certificate authorities to trust beside the system's.
    pub ca_file: Option<PathBuf>,
}

impl Default for TransportSettings {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            deadline: Duration::from_secs(30),
            token_deadline: Duration::from_secs(20),
            max_body: 16 * 1024 * 1024,
            max_file: 256 * 1024 * 1024,
            proxies: ProxyRules::default(),
            ca_file: None,
        }
    }
}

/// Sends requests: https only but for loopback, no redirects, a total deadline, a cap on bodies.
#[derive(Clone)]
pub struct Transport {
    /// Built with the first request.
    client: Arc<OnceLock<Result<reqwest::Client, Failure>>>,
    /// Certificate authorities to trust beside the system's.
    own: Arc<[reqwest::Certificate]>,
    settings: Arc<TransportSettings>,
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// A request on its way.
pub(super) struct Outgoing<'a> {
    pub(super) url: Url,
    pub(super) carries: Carries<'a>,
}

/// What a request carries.
#[derive(Clone, Copy)]
pub(super) enum Carries<'a> {
    /// A GET, with the access token.
    Get(&'a Secret),
    /// A GET for a file, with the access token.
    GetFile(&'a Secret),
    /// A GET for what needs no token.
    GetOpenly,
    /// A HEAD whose answer says only that the server is there.
    Head,
    /// A POST of a form to the token endpoint.
    Form(&'a [(&'a str, &'a str)]),
}

/// An answer, whatever its status.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    /// Who answered, for sentences.
    pub(super) host: String,
    pub(super) content_type: Option<String>,
    pub(super) retry_after: Option<String>,
    pub(super) date: Option<String>,
    pub(super) body: Vec<u8>,
}

impl Transport {
    /// Nothing is built yet: reading the trust store takes some milliseconds and memory, which who asks nobody does without.
    ///
    /// # Errors
    /// [`FailureKind::Settings`] where `ca_file` can't be read.
    pub fn new(settings: TransportSettings) -> Result<Self, Failure> {
        let own = settings.ca_file.as_deref().map_or_else(|| Ok(Vec::new()), certificates)?;
        Ok(Self { client: Arc::default(), own: own.into(), settings: Arc::new(settings) })
    }

    fn client(&self) -> Result<&reqwest::Client, Failure> {
        let built = self.client.get_or_init(|| {
            // An error only says that a provider is installed already.
            let _ = rustls::crypto::ring::default_provider().install_default();
            let client = if self.own.is_empty() {
                // Without any trust store the stand-in on loopback still works; https then says what is missing.
                builder(&self.settings).build().or_else(|_| builder(&self.settings).tls_certs_only([]).build())
            } else {
                builder(&self.settings).tls_certs_merge(self.own.iter().cloned()).build()
            };
            client.map_err(|error| {
                Failure::new(FailureKind::Settings, &format!("The HTTP client can't be built: {}", error.without_url()))
            })
        });
        built.as_ref().map_err(Failure::clone)
    }

    /// The proxy that requests to `url` go through.
    pub(super) fn proxy_for(&self, url: &Url) -> Option<&Url> {
        self.settings.proxies.for_url(url)
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// What kept a whole answer from coming; redirects count as failures.
    pub(super) async fn send(&self, outgoing: Outgoing<'_>) -> Result<Reply, Trouble> {
        let Outgoing { url, carries } = outgoing;
        // The settings were checked; this is the last gate before bytes leave.
        if let Err(error) = address::checked(url.as_str()) {
            return Err(Trouble::from(Failure::new(FailureKind::Settings, &error.to_string())));
        }
        let deadline = if matches!(carries, Carries::Form(_)) { self.settings.token_deadline } else { self.settings.deadline };
        let exchange = self.exchange(&url, carries);
        match tokio::time::timeout(deadline, exchange).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Trouble::from(fault::no_answer(&host(&url), deadline))),
        }
    }

    async fn exchange(&self, url: &Url, carries: Carries<'_>) -> Result<Reply, Trouble> {
        let proxy = self.proxy_for(url).map(proxy::shown);
        let trouble = |error: reqwest::Error| fault::classify(error, &host(url), proxy.as_deref());
        let mut response = self.request(url, carries)?.send().await.map_err(trouble)?;
        let mut reply = head(&response, url)?;
        let most = self.settings.max_body;
        // Nothing is read of what says itself that it is too much.
        let announced = if matches!(carries, Carries::Head) { None } else { response.content_length() };
        if announced.is_some_and(|length| length > most as u64) {
            return Err(Trouble::from(fault::too_large(&reply.host, most)));
        }
        while let Some(chunk) = response.chunk().await.map_err(trouble)? {
            if reply.body.len() + chunk.len() > most {
                return Err(Trouble::from(fault::too_large(&reply.host, most)));
            }
            reply.body.extend_from_slice(&chunk);
        }
        Ok(reply)
    }

    /// Asks for a file and hands a successful answer over piece by piece, each within the deadline; any other is read whole.
    ///
    /// # Errors
    /// What kept the file from coming whole, or nobody taking it any more.
    pub(super) async fn stream(&self, url: &Url, token: &Secret, pieces: &mpsc::Sender<Vec<u8>>) -> Result<Reply, Trouble> {
        if let Err(error) = address::checked(url.as_str()) {
            return Err(Trouble::from(Failure::new(FailureKind::Settings, &error.to_string())));
        }
        let proxy = self.proxy_for(url).map(proxy::shown);
        let trouble = |error: reqwest::Error| fault::classify(error, &host(url), proxy.as_deref());
        let late = |_| Trouble::from(fault::no_answer(&host(url), self.settings.deadline));
        let sent = self.request(url, Carries::GetFile(token))?.send();
        let mut response = tokio::time::timeout(self.settings.deadline, sent).await.map_err(late)?.map_err(trouble)?;
        let mut reply = head(&response, url)?;
        let is_file = response.headers().contains_key(CONTENT_DISPOSITION) || !super::status::is_html(&reply);
        let (mut received, hands_over) = (0_u64, response.status().is_success() && is_file);
        let most = if hands_over { self.settings.max_file } else { self.settings.max_body as u64 };
        while let Some(piece) =
            tokio::time::timeout(self.settings.deadline, response.chunk()).await.map_err(late)?.map_err(trouble)?
        {
            received = received.saturating_add(piece.len() as u64);
            if received > most {
                return Err(Trouble::from(fault::too_large(&reply.host, usize::try_from(most).unwrap_or(usize::MAX))));
            }
            if !hands_over {
                reply.body.extend_from_slice(&piece);
            } else if !piece.is_empty() && pieces.send(piece.to_vec()).await.is_err() {
                return Err(Trouble::from(Failure::new(FailureKind::Gone, "nobody takes the file any more")));
            }
        }
        Ok(reply)
    }

    fn request(&self, url: &Url, carries: Carries<'_>) -> Result<reqwest::RequestBuilder, Trouble> {
        let kind = if matches!(carries, Carries::GetFile(_)) { "*/*" } else { "application/json" };
        let client = self.client().map_err(Trouble::from)?;
        let request = |method| client.request(method, url.clone()).header(ACCEPT, kind);
        Ok(match carries {
            Carries::Get(token) | Carries::GetFile(token) => {
                let mut bearer = HeaderValue::try_from(format!("Bearer {}", token.expose())).map_err(|_| {
                    Trouble::from(Failure::new(
                        FailureKind::BadReply,
                        "The access token holds characters that no header can carry",
                    ))
                })?;
                bearer.set_sensitive(true);
                request(Method::GET).header(AUTHORIZATION, bearer)
            }
            Carries::GetOpenly => request(Method::GET),
            Carries::Head => request(Method::HEAD),
            Carries::Form(fields) => request(Method::POST).form(fields),
        })
    }
}

/// What an answer says before its body.
///
/// # Errors
/// A redirect.
fn head(response: &reqwest::Response, url: &Url) -> Result<Reply, Trouble> {
    let header = |name| response.headers().get(name)?.to_str().ok().map(str::to_owned);
    if response.status().is_redirection() {
        return Err(Trouble::from(fault::redirected(url, header(LOCATION).as_deref())));
    }
    Ok(Reply {
        status: response.status().as_u16(),
        host: host(url),
        content_type: header(CONTENT_TYPE),
        retry_after: header(RETRY_AFTER),
        date: header(DATE),
        body: Vec::new(),
    })
}

fn builder(settings: &TransportSettings) -> reqwest::ClientBuilder {
    let rules = settings.proxies.clone();
    reqwest::Client::builder()
        .user_agent(concat!("halo-tui/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .referer(false)
        .connect_timeout(settings.connect_timeout)
        .dns_resolver(Arc::new(SystemNames))
        // The environment is not read a second time behind the rules' back: a custom proxy replaces that.
        .no_proxy()
        .proxy(reqwest::Proxy::custom(move |url| rules.for_url(url).cloned()))
}

fn certificates(path: &std::path::Path) -> Result<Vec<reqwest::Certificate>, Failure> {
    let unusable = |why: String| {
        Failure::new(FailureKind::Settings, &format!("The certificate file {} can't be used: {why}", path.display()))
            .advise("ca_file names a PEM file with one or more CERTIFICATE blocks")
    };
    let pem = std::fs::read(path).map_err(|error| unusable(error.to_string()))?;
    let certificates = reqwest::Certificate::from_pem_bundle(&pem).map_err(|error| unusable(error.without_url().to_string()))?;
    if certificates.is_empty() { Err(unusable("it holds no certificate".to_owned())) } else { Ok(certificates) }
}

/// Host and port as written in sentences.
pub(super) fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// The system's resolver, which honours /etc/hosts and search domains; its failure can be told from others.
struct SystemNames;

impl Resolve for SystemNames {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<_> = tokio::net::lookup_host((name.as_str(), 0)).await.map_err(|_| UnknownName)?.collect();
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}
