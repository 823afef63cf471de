//! What each command does.

use std::{io::Write, ops::ControlFlow, path::PathBuf, process::ExitCode, sync::Arc, time::Duration};

use tokio::{
    signal::unix::{SignalKind, signal},
    sync::mpsc,
};

use super::{
    Action, DemoServer, Layout, ListOptions, Listing, Scope, TicketDetail, completions, man_page, print_ticket, to_stdout,
};
use crate::{
    demo,
    domain::{Failure, FailureKind, News, Profile, ProfileName, SecretSource, TicketId, Timestamp},
    query::{Filter, Query, State},
    session::{self, MirrorPlace, Session, SessionSettings},
    settings::{self, Chosen, Config, Overrides, Paths},
};

/// How long a listing waits for what is newer than the stored rows.
const FRESHEN_WITHIN: Duration = Duration::from_secs(10);

/// What a command runs in.
#[derive(Debug)]
pub struct Surroundings {
    /// Where files lie.
    pub paths: Paths,
    /// What `HALO_*` say, or what stands in for them.
    pub overrides: Overrides,
    /// `--profile`.
    pub profile: Option<ProfileName>,
    /// `--budget`.
    pub budget: Option<u32>,
    /// Nothing is stored: the demo.
    pub ephemeral: bool,
}

/// Runs a command that needs no screen; SIGINT and SIGTERM end it with 128 and their number.
///
/// # Errors
/// What kept it from being done.
pub async fn run(action: Action, surroundings: Surroundings) -> Result<ExitCode, Failure> {
    let signals = |error: std::io::Error| Failure::new(FailureKind::Storage, &format!("no signals can be received: {error}"));
    let mut interrupt = signal(SignalKind::interrupt()).map_err(signals)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(signals)?;
    tokio::select! {
        biased;
        _ = interrupt.recv() => Ok(ExitCode::from(130)),
        _ = terminate.recv() => Ok(ExitCode::from(143)),
        done = Box::pin(act(action, &surroundings)) => done.map(|()| ExitCode::SUCCESS),
    }
}

async fn act(action: Action, around: &Surroundings) -> Result<(), Failure> {
    match action {
        Action::List(options) => list(&options, around).await,
        Action::Clients(options) => clients(&options, around).await,
        Action::Show { id, json } => show(id, json, around).await,
        Action::Sync => sync(around).await,
        Action::Logout => logout(around),
        Action::Purge => purge(around),
        Action::DemoServer(options) => demo_server(&options).await,
        Action::Completions { shell } => printed(to_stdout(|out| completions(shell, out))),
        Action::Man => printed(to_stdout(man_page)),
    }
}

// --- sessions ------------------------------------------------------------------------------------------------------------

/// The profile of this call with its secret.
struct Ready {
    profile: Profile,
    secret: Arc<dyn SecretSource>,
    config: Config,
}

fn ready(around: &Surroundings) -> Result<Ready, Failure> {
    let config = Config::load(&around.paths)?;
    match settings::choose(&around.paths, &config, around.profile.as_ref(), &around.overrides)? {
        Chosen::Ready { profile, secret, .. } => Ok(Ready { profile, secret, config }),
        Chosen::NeedsConnect { why, .. } => Err(why),
    }
}

/// Starts a session that refreshes only when told to; its news come out of the receiver.
fn start(around: &Surroundings, live: bool) -> Result<(Session, mpsc::Receiver<News>), Failure> {
    let Ready { profile, secret, config } = ready(around)?;
    let place = if live || around.ephemeral { MirrorPlace::Memory } else { mirror_place(around, &profile)? };
    let (mirror, opened) = session::open_mirror(&place, &profile.identity())?;
    if let Some(notice) = opened.notice() {
        warn(notice.as_str());
    }
    let budget = config.budget(around.budget, &profile);
    let (news, receiver) = mpsc::channel(64);
    let clock = Arc::new(Timestamp::now);
    let session = Session::start(SessionSettings { profile, secret, budget, every: None, clock }, mirror, news)?;
    Ok((session, receiver))
}

fn mirror_place(around: &Surroundings, profile: &Profile) -> Result<MirrorPlace, Failure> {
    around.paths.prepare_state(&profile.name)?;
    Ok(MirrorPlace::Disk(around.paths.mirror_file(&profile.name)))
}

/// Brings the mirror up to date as far as the scope asks; the rows that are there are good enough where the server is not.
async fn freshen(session: &Session, news: mpsc::Receiver<News>, scope: Scope) -> Result<(), Failure> {
    // Nobody reads them, and a full channel would stop the refreshing.
    let mut news = news;
    let drain = tokio::spawn(async move { while news.recv().await.is_some() {} });
    let overview = session.overview().await?;
    let stored = overview.total + overview.clients > 0;
    let result = match scope {
        Scope::Offline => Ok(()),
        Scope::Fresh if stored => tokio::time::timeout(FRESHEN_WITHIN, session.refreshed(false)).await.unwrap_or_else(|_| {
            Err(Failure::new(FailureKind::TimedOut, &format!("the server did not answer within {} s", FRESHEN_WITHIN.as_secs())))
        }),
        Scope::Fresh | Scope::Live => session.refreshed(false).await,
    };
    drain.abort();
    match result {
        Err(failure) if stored && scope == Scope::Fresh && !failure.is_refusal() => {
            let age = session.last_success().await?.map(|at| format!(" of {at:.0}")).unwrap_or_default();
            warn(&format!("{}; these are the stored rows{age}", failure.what));
            Ok(())
        }
        Ok(()) if scope == Scope::Offline && !stored => {
            Err(Failure::new(FailureKind::Unreachable, "nothing is stored yet, and --offline asks nobody")
                .advise("run halo-tui sync while the server can be reached"))
        }
        result => result,
    }
}

// --- listings ------------------------------------------------------------------------------------------------------------

async fn list(options: &ListOptions, around: &Surroundings) -> Result<(), Failure> {
    let words = options.query();
    let query = Query::parse(&words)
        .map_err(|error| Failure::new(FailureKind::Settings, &error.to_string()).advise(&error.caret_line(&words)))?;
    let (session, news) = start(around, options.scope() == Scope::Live)?;
    freshen(&session, news, options.scope()).await?;
    if options.scope() == Scope::Live && may_match_closed(&query) {
        session.fetch_closed(None).await?;
    }
    let (rows, printer) = std::sync::mpsc::channel();
    let (format, layout) = (options.format(), Layout::of_stdout());
    // Printing has a thread of its own: a slow reader of the output must not hold the mirror's answers in this task.
    let printing = tokio::task::spawn_blocking(move || {
        to_stdout(|out| {
            let mut listing = Listing::new(format, layout, out);
            for chunk in printer {
                let chunk: Vec<crate::domain::TicketRow> = chunk;
                listing.rows(&chunk)?;
            }
            listing.finish()
        })
    });
    let read = session
        .each_ticket(query, options.limit, |chunk| match rows.send(chunk) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        })
        .await;
    drop(rows);
    printed(printing.await.unwrap_or(Ok(())))?;
    finish(session).await;
    read
}

/// Whether closed tickets can fit: whoever asks for open ones alone needs none of them from the server.
fn may_match_closed(query: &Query) -> bool {
    !query.effective_terms().iter().any(|term| !term.not && term.filter == Filter::Is(vec![State::Open]))
}

async fn clients(options: &ListOptions, around: &Surroundings) -> Result<(), Failure> {
    let (session, news) = start(around, options.scope() == Scope::Live)?;
    freshen(&session, news, options.scope()).await?;
    let rows = session.clients(options.query(), options.limit).await?;
    finish(session).await;
    let (format, layout) = (options.format(), Layout::of_stdout());
    printed(to_stdout(|out| {
        let mut listing = Listing::new(format, layout, out);
        listing.rows(&rows)?;
        listing.finish()
    }))
}

async fn show(id: TicketId, json: bool, around: &Surroundings) -> Result<(), Failure> {
    let (session, news) = start(around, false)?;
    let unknown = || Failure::new(FailureKind::NotFound, &format!("there is no ticket {id}"));
    let names = freshen(&session, news, Scope::Fresh).await;
    if let Err(failure) = session.fetch_ticket(id).await {
        if failure.kind == FailureKind::NotFound {
            return Err(unknown());
        }
        if failure.is_refusal() || session.conversation(id).await?.is_none() {
            return Err(failure);
        }
        warn(&format!("{}; this is what is stored", failure.what));
    } else {
        names?;
    }
    let found = session.conversation(id).await?.ok_or_else(unknown)?;
    finish(session).await;
    let mut actions = found.actions;
    actions.reverse();
    let detail = TicketDetail { ticket: found.ticket, details: found.body, actions };
    printed(to_stdout(|out| print_ticket(&detail, json, &Layout::of_stdout(), out)))
}

// --- the mirror ----------------------------------------------------------------------------------------------------------

async fn sync(around: &Surroundings) -> Result<(), Failure> {
    let (session, mut news) = start(around, false)?;
    let progress = tokio::spawn(async move {
        let mut told = 0;
        while let Some(news) = news.recv().await {
            match news {
                // A line for every tenth of the way is enough.
                News::Filling(Some(fill)) if fill.of > 0 && fill.done * 10 / fill.of > told => {
                    told = fill.done * 10 / fill.of;
                    say(&format!("{} of {} open tickets", fill.done, fill.of));
                }
                News::Notice(words) => warn(words.as_str()),
                _ => {}
            }
        }
    });
    let result = session.refreshed(true).await;
    progress.abort();
    let overview = session.overview().await?;
    let stats = session.stats();
    finish(session).await;
    result?;
    say(&format!(
        "{} open and {} closed tickets, {} clients are stored; {} requests",
        overview.open, overview.closed, overview.clients, stats.requests
    ));
    Ok(())
}

fn purge(around: &Surroundings) -> Result<(), Failure> {
    let file: PathBuf = around.paths.mirror_file(&named(around)?);
    session::purge(&file)
        .map_err(|error| Failure::new(FailureKind::Storage, &format!("{} can't be removed: {error}", file.display())))?;
    say(&format!("The mirror {} is gone.", file.display()));
    Ok(())
}

fn logout(around: &Surroundings) -> Result<(), Failure> {
    let name = named(around)?;
    let removed = settings::forget(&around.paths, &name)?;
    say(&if removed {
        format!("The secret of {name} is gone; its addresses stay, and its mirror until `halo-tui purge`.")
    } else {
        format!("No secret of {name} was stored.")
    });
    Ok(())
}

/// The profile that is meant, without needing its secret.
fn named(around: &Surroundings) -> Result<ProfileName, Failure> {
    let config = Config::load(&around.paths)?;
    let known = |name: &ProfileName| config.profile_names().any(|known| known == name) || around.paths.state_of(name).exists();
    match &around.profile {
        Some(name) if known(name) => Ok(name.clone()),
        Some(name) => Err(Failure::new(FailureKind::NotFound, &format!("no profile is called {name}"))),
        None => match ready(around) {
            Ok(ready) => Ok(ready.profile.name),
            Err(failure) => config.default_profile().cloned().ok_or(failure),
        },
    }
}

/// Ends a session off this task: closing the mirror waits for its disk.
async fn finish(session: Session) {
    let _ = tokio::task::spawn_blocking(move || session.stop()).await;
}

// --- the stand-in --------------------------------------------------------------------------------------------------------

async fn demo_server(options: &DemoServer) -> Result<(), Failure> {
    let defaults = demo::Settings::default();
    let fault = options.fault.map(|fault| fault.name().parse()).transpose();
    let settings = demo::Settings {
        port: options.port,
        tickets: u64::from(options.tickets),
        clients: options.clients,
        seed: options.seed,
        latency: Duration::from_millis(options.latency_ms),
        still: options.still,
        at: options.at,
        token_ttl: options.token_ttl.map_or(defaults.token_ttl, Duration::from_secs),
        rate: options.rate,
        fault: fault.map_err(|error: demo::UnknownFault| Failure::new(FailureKind::Settings, &error.to_string()))?,
        ..defaults
    };
    let failed = |error: std::io::Error| Failure::new(FailureKind::Unreachable, &format!("the stand-in can't serve: {error}"));
    let server = demo::Server::bind(settings).await.map_err(failed)?;
    let (url, environment) = (server.url().to_owned(), server.environment());
    printed(to_stdout(|out| {
        writeln!(out, "ready {url}")?;
        environment.iter().try_for_each(|(name, value)| writeln!(out, "{name}={value}"))?;
        out.flush()
    }))?;
    server.run(std::future::pending()).await.map_err(failed)
}

// --- words ---------------------------------------------------------------------------------------------------------------

fn printed(result: std::io::Result<()>) -> Result<(), Failure> {
    result.map_err(|error| Failure::new(FailureKind::Storage, &format!("the output can't be written: {error}")))
}

fn say(words: &str) {
    // Nobody can be told that standard error is gone.
    let _ = writeln!(std::io::stderr().lock(), "{words}");
}

fn warn(words: &str) {
    say(&format!("halo-tui: {words}"));
}
