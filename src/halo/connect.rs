//! *Test and connect*: the way from this keyboard to the first ticket, step by step and watched.

use std::{net::IpAddr, sync::Arc, time::Duration};

use tokio::time::{Instant, timeout};
use url::Url;

use super::{
    Budget, Class, Clock, Credentials, Halo, LocalLedger, TicketsRequest, Tokens, Transport,
    fault::{self, Trouble},
    proxy,
    transport::{Carries, Outgoing, host},
};
use crate::{
    domain::{Agent, ConnectReport, ConnectStep, Failure, FailureKind, Profile, SecretSource, StepOutcome, TokenState, address},
    text::SafeText,
};

/// Longest wait for the resolver.
const LOOKUP: Duration = Duration::from_secs(10);

/// What was found at the end of the way.
#[derive(Clone, Debug, PartialEq)]
pub struct ConnectOutcome {
    /// The agent that the application acts as.
    pub me: Agent,
    /// All agents that it may see, for the question who sits at the keyboard; at least `me`.
    pub agents: Vec<Agent>,
    /// Tickets that it may see.
    pub tickets: u64,
}

/// Walks the steps of [`ConnectStep`] with what was typed, reporting each as it begins and ends; the first failure ends the
/// walk. Nothing, and no secret above all, is sent before this is called.
///
/// # Errors
/// The failure of the step that failed, which was reported too.
pub async fn test_connection(
    transport: &Transport,
    profile: &Profile,
    source: Arc<dyn SecretSource>,
    clock: Clock,
    report: impl FnMut(ConnectReport),
) -> Result<ConnectOutcome, Failure> {
    let budget = Budget::counting(Arc::new(LocalLedger::default()), Arc::clone(&clock));
    walked(transport, profile, source, (clock, budget), report, async |_, outcome| outcome).await
}

/// Walks the steps and goes on over the connection that they have led to; `budget` admits its requests.
///
/// # Errors
/// The failure of the step that failed, which was reported too.
pub(super) async fn walked<T>(
    transport: &Transport,
    profile: &Profile,
    source: Arc<dyn SecretSource>,
    (clock, budget): (Clock, Budget),
    report: impl FnMut(ConnectReport),
    go_on: impl AsyncFnOnce(&Halo, ConnectOutcome) -> T,
) -> Result<T, Failure> {
    let mut walk = Walk { report };
    walk.names(transport, profile).await?;
    walk.certificates(transport, profile).await?;
    let (tokens, mut task) = {
        let credentials = Credentials::new(profile, source)?;
        Tokens::new(transport.clone(), credentials, Arc::clone(&clock))
    };
    let halo = Halo::new(profile, transport.clone(), tokens.clone(), budget, clock)?;
    let way = async {
        let outcome = walk.services(&tokens, &halo).await?;
        Ok(go_on(&halo, outcome).await)
    };
    // The task runs only as long as the walk does: the session starts its own.
    tokio::select! {
        gone_on = way => gone_on,
        () = task.run() => Err(Failure::new(FailureKind::Gone, "Signing in stopped unexpectedly")),
    }
}

/// The reporting side of a walk.
struct Walk<R> {
    report: R,
}

impl<R: FnMut(ConnectReport)> Walk<R> {
    /// Runs one step: reports that it runs, and how it went.
    async fn step<T>(
        &mut self,
        step: ConnectStep,
        work: impl Future<Output = Result<(T, Finding), Failure>>,
    ) -> Result<T, Failure> {
        (self.report)(ConnectReport { step, outcome: StepOutcome::Running });
        let begun = Instant::now();
        let (outcome, result) = match work.await {
            Ok((value, Finding::Passed(detail))) => {
                let millis = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
                (StepOutcome::Passed { detail: SafeText::line(&detail), millis }, Ok(value))
            }
            Ok((value, Finding::Skipped(detail))) => (StepOutcome::Skipped { detail: SafeText::line(detail) }, Ok(value)),
            Err(failure) => (StepOutcome::Failed(failure.clone()), Err(failure)),
        };
        (self.report)(ConnectReport { step, outcome });
        result
    }

    async fn names(&mut self, transport: &Transport, profile: &Profile) -> Result<(), Failure> {
        let work = async {
            let mut found = Vec::new();
            for server in servers(profile)? {
                found.push(match transport.proxy_for(&server) {
                    Some(proxy) => reach(proxy).await?,
                    None => resolve(&server).await?,
                });
            }
            Ok(((), Finding::Passed(found.join(", "))))
        };
        self.step(ConnectStep::NameOrProxy, work).await
    }

    async fn certificates(&mut self, transport: &Transport, profile: &Profile) -> Result<(), Failure> {
        let work = async {
            let servers: Vec<Url> = servers(profile)?.into_iter().filter(|server| server.scheme() == "https").collect();
            if servers.is_empty() {
                return Ok(((), Finding::Skipped("plain http on this machine")));
            }
            for server in &servers {
                let outgoing = Outgoing { url: server.clone(), carries: Carries::Head };
                match transport.send(outgoing).await {
                    // Whatever comes, and be it a redirect or nothing, came over a connection whose certificate was checked.
                    Ok(_) => {}
                    Err(Trouble { failure, broke_off }) if broke_off || failure.kind == FailureKind::Redirected => {}
                    Err(Trouble { failure, .. }) => return Err(failure),
                }
            }
            let hosts: Vec<String> = servers.iter().map(host).collect();
            Ok(((), Finding::Passed(format!("certificate of {} trusted", hosts.join(" and ")))))
        };
        self.step(ConnectStep::Tls, work).await
    }

    async fn services(&mut self, tokens: &Tokens, halo: &Halo) -> Result<ConnectOutcome, Failure> {
        let token = async {
            tokens.bearer().await?;
            let until = match *tokens.state().borrow() {
                TokenState::Valid { until } => format!("granted until {}", until.strftime("%H:%M UTC")),
                _ => "granted".to_owned(),
            };
            Ok(((), Finding::Passed(until)))
        };
        self.step(ConnectStep::Token, token).await?;

        let agent = async {
            let me = halo.agent_me(Class::Interactive).await.map_err(no_api)?;
            let detail = format!("acts as {}", me.name.line());
            Ok((me, Finding::Passed(detail)))
        };
        let me = self.step(ConnectStep::Agent, agent).await?;

        let tickets = async {
            let request = TicketsRequest { page_size: 1, ..TicketsRequest::default() };
            let page = halo.tickets(&request, Class::Interactive).await?;
            let count = page.record_count.unwrap_or_else(|| u64::try_from(page.records.len()).unwrap_or(u64::MAX));
            Ok((count, Finding::Passed(format!("{count} tickets"))))
        };
        let tickets = self.step(ConnectStep::Tickets, tickets).await?;

        // Who sits at the keyboard can be asked later: a missing list of agents is no reason to stop here.
        let mut agents = halo.agents(Class::Interactive).await.map(|page| page.records).unwrap_or_default();
        if !agents.iter().any(|agent| agent.id == me.id) {
            agents.insert(0, me.clone());
        }
        Ok(ConnectOutcome { me, agents, tickets })
    }
}

/// What a step that did not fail found.
enum Finding {
    Passed(String),
    Skipped(&'static str),
}

/// The two servers, once where they are the same.
fn servers(profile: &Profile) -> Result<Vec<Url>, Failure> {
    let unusable = |error| Failure::new(FailureKind::Settings, &format!("An address can't be used: {error}"));
    let auth = address::checked(&profile.auth_url).map_err(unusable)?;
    let resource = address::checked(&profile.resource_url).map_err(unusable)?;
    Ok(if auth.origin() == resource.origin() { vec![auth] } else { vec![auth, resource] })
}

/// The addresses of a host's name.
async fn lookup(url: &Url) -> Option<Vec<IpAddr>> {
    let name = url.host_str()?.trim_matches(['[', ']']).to_owned();
    let port = url.port_or_known_default().unwrap_or_default();
    let found = timeout(LOOKUP, tokio::net::lookup_host((name, port))).await.ok()?.ok()?;
    let mut addresses: Vec<IpAddr> = found.map(|socket| socket.ip()).collect();
    addresses.dedup();
    (!addresses.is_empty()).then_some(addresses)
}

async fn resolve(server: &Url) -> Result<String, Failure> {
    let addresses = lookup(server).await.ok_or_else(|| fault::unknown_name(server.host_str().unwrap_or_default()))?;
    let shown: Vec<String> = addresses.iter().take(2).map(IpAddr::to_string).collect();
    Ok(format!("{} → {}", host(server), shown.join(" ")))
}

/// Behind a proxy names are the proxy's business: it must answer.
async fn reach(proxy: &Url) -> Result<String, Failure> {
    let shown = proxy::shown(proxy);
    let fails = |why: &str| {
        Failure::new(FailureKind::Proxy, &format!("The proxy {shown} {why}"))
            .advise("Check HTTPS_PROXY, or name the host in NO_PROXY")
    };
    let addresses = lookup(proxy).await.ok_or_else(|| fails("has a name that the DNS does not know"))?;
    let port = proxy.port_or_known_default().unwrap_or(1080);
    for address in addresses {
        if let Ok(Ok(_)) = timeout(LOOKUP, tokio::net::TcpStream::connect((address, port))).await {
            return Ok(format!("proxy {shown} reached"));
        }
    }
    Err(fails("can't be reached"))
}

/// The first resource that is asked for exists on every instance: where it is unknown, the URL is not the API's.
fn no_api(failure: Failure) -> Failure {
    if failure.kind == FailureKind::NotFound {
        return Failure::new(FailureKind::WrongUrl, "There is no HaloPSA API at the resource server's URL")
            .advise("Check it against Configuration > Integrations > Halo API > API Details; it ends in /api");
    }
    failure
}
