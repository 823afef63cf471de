//! From settings to a session, and from a session to rows that are as fresh as was asked for.

use std::{pin::pin, sync::Arc, time::Duration};

use jiff::tz::TimeZone;
use tokio::sync::mpsc;

use super::{
    Scope, Surroundings,
    run::{say, warn},
};
use crate::{
    domain::{Failure, FailureKind, News, Profile, SecretSource, Timestamp},
    session::{self, MirrorPlace, Session, SessionSettings},
    settings::{self, Chosen, Config},
    text::SafeText,
};

/// How long a listing waits for what is newer than the stored rows.
pub(super) const FRESHEN_WITHIN: Duration = Duration::from_secs(10);
/// News that may wait to be heard.
const NEWS: usize = 64;

/// The profile of this call with its secret.
pub(super) struct Ready {
    pub(super) profile: Profile,
    secret: Arc<dyn SecretSource>,
    config: Config,
}

/// Chooses the profile.
pub(super) fn ready(around: &Surroundings) -> Result<Ready, Failure> {
    let config = Config::load(&around.paths)?;
    match settings::choose(&around.paths, &config, around.profile.as_ref(), &around.overrides)? {
        Chosen::Ready { profile, secret, .. } => Ok(Ready { profile, secret, config }),
        Chosen::NeedsConnect { why, .. } => Err(why),
    }
}

/// A session that keeps itself as it is: for what is stored and for single questions. `stored` is whether it may use the
/// mirror on the disk.
pub(super) fn quiet(around: &Surroundings, stored: bool) -> Result<Session, Failure> {
    let (settings, place) = prepared(around, stored)?;
    let (mirror, opened) = session::open_mirror(&place, &settings.profile.identity())?;
    tell(opened.notice());
    Session::quiet(settings, mirror)
}

/// A session that refreshes when told to; its news come out of the receiver and must be taken out while it does.
pub(super) fn start(around: &Surroundings, stored: bool) -> Result<(Session, mpsc::Receiver<News>), Failure> {
    begin(around, stored, false)
}

/// As [`start`], over a mirror that outlives it.
///
/// # Errors
/// [`FailureKind::Storage`] too, where rows could be kept in memory only.
pub(super) fn start_to_store(around: &Surroundings) -> Result<(Session, mpsc::Receiver<News>), Failure> {
    begin(around, true, true)
}

fn begin(around: &Surroundings, stored: bool, lasting: bool) -> Result<(Session, mpsc::Receiver<News>), Failure> {
    let (settings, place) = prepared(around, stored)?;
    let (mirror, opened) = session::open_mirror(&place, &settings.profile.identity())?;
    if lasting && place == MirrorPlace::Memory && !around.ephemeral {
        let what = "this profile keeps its rows in memory only, so there is nothing to fill";
        return Err(
            Failure::new(FailureKind::Settings, what).advise("leave mirror = \"memory\" out of config.toml to store them")
        );
    }
    if let Some(why) = opened.forgets().filter(|_| lasting) {
        return Err(why);
    }
    tell(opened.notice());
    let (news, receiver) = mpsc::channel(NEWS);
    Ok((Session::start(settings, mirror, news)?, receiver))
}

fn prepared(around: &Surroundings, stored: bool) -> Result<(SessionSettings, MirrorPlace), Failure> {
    let Ready { profile, secret, config } = ready(around)?;
    let folder = if around.ephemeral { None } else { Some(around.paths.prepare_state(&profile.name)) };
    let place = match &folder {
        Some(Err(failure)) if stored => return Err(failure.clone()),
        Some(Ok(_)) if stored => MirrorPlace::of(&config, &around.paths, &profile.name),
        _ => MirrorPlace::Memory,
    };
    // Whoever stores nothing counts with the others all the same.
    let ledger = folder.and_then(Result::ok).map(|_| around.paths.ledger_file(&profile.name));
    let budget = config.budget(around.budget, &profile);
    let (history, clock) = (config.history, Arc::new(Timestamp::now));
    Ok((SessionSettings { profile, secret, budget, ledger, every: None, history, clock }, place))
}

fn tell(notice: Option<SafeText>) {
    if let Some(notice) = notice {
        warn(notice.as_str());
    }
}

/// Waits for `work` and hands on the news that come meanwhile; a session whose news nobody takes stands still.
pub(super) async fn hearing<T>(news: &mut mpsc::Receiver<News>, mut hear: impl FnMut(News), work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    loop {
        tokio::select! {
            biased;
            Some(news) = news.recv() => hear(news),
            done = &mut work => return done,
        }
    }
}

/// A session whose mirror is as fresh as `scope` asks; stored rows are good enough where the server is not.
pub(super) async fn freshened(scope: Scope, around: &Surroundings) -> Result<Session, Failure> {
    if scope == Scope::Offline {
        let session = quiet(around, true)?;
        let held = held(&session).await?;
        if held == Held::Nothing {
            return Err(Failure::new(FailureKind::Unreachable, "nothing is stored yet, and --offline asks nobody")
                .advise("run halo-tui sync while the server can be reached"));
        }
        if held == Held::Part {
            warn("the mirror was never filled to the end: these are some of the rows");
        }
        return Ok(session);
    }
    let (mut session, mut news) = start(around, scope == Scope::Fresh)?;
    let held = held(&session).await?;
    let mut acting = None;
    let hear = |news| match news {
        News::ActingAs(agent) => acting = Some(agent.id),
        News::Notice(words) => warn(words.as_str()),
        _ => {}
    };
    let whole = matches!(held, Held::All { .. });
    let result = match held_back(&session, 0) {
        Some(why) if whole => Err(why),
        why => {
            if let Some(why) = why {
                warn(&format!("{}: the server is asked then", why.what));
            }
            // Rows that were never complete are no answer: the first fill may take its time.
            let patience = if whole { FRESHEN_WITHIN } else { Duration::MAX };
            let timely = hearing(&mut news, hear, tokio::time::timeout(patience, session.refreshed(false))).await;
            timely.unwrap_or_else(|_| {
                let what = format!("the server did not answer within {} s", FRESHEN_WITHIN.as_secs());
                Err(held_back(&session, 0).unwrap_or_else(|| Failure::new(FailureKind::TimedOut, &what)))
            })
        }
    };
    if let Some(agent) = acting {
        session.acts_as(agent);
    }
    // Printing may take its time: whoever reads the output must not keep other instances from refreshing.
    session.rest();
    match (result, held) {
        (Ok(()), _) => Ok(session),
        (Err(failure), held) if failure.is_refusal() || held == Held::Nothing => Err(failure),
        (Err(failure), Held::All { at }) => {
            let ago = age(Timestamp::now().duration_since(at).unsigned_abs());
            warn(&format!("{}; these are the stored rows of {ago} ago", failure.what));
            Ok(session)
        }
        (Err(failure), _) => {
            warn(&format!("{}; these are the rows that were stored before the mirror was filled to the end", failure.what));
            Ok(session)
        }
    }
}

/// That this request and so many more would wait for longer than a listing does, as a failure: the budget is used up, or the server
/// wants a pause.
pub(super) fn held_back(session: &Session, more: u32) -> Option<Failure> {
    let until = session.waits_until(more)?;
    let wait = Duration::try_from(until.duration_since(Timestamp::now())).unwrap_or_default();
    let at = until.to_zoned(TimeZone::system()).strftime("%H:%M:%S");
    let what = format!("the request budget is used up, no request may leave before {at}");
    (wait > FRESHEN_WITHIN).then(|| Failure::new(FailureKind::RateLimited(Some(wait)), &what))
}

/// How much a mirror holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Held {
    Nothing,
    /// Rows, but no refresh has ever come to its end.
    Part,
    /// What a refresh found, be it nothing.
    All {
        at: Timestamp,
    },
}

async fn held(session: &Session) -> Result<Held, Failure> {
    if let Some(at) = session.last_success().await? {
        return Ok(Held::All { at });
    }
    let overview = session.overview().await?;
    Ok(if overview.total + overview.clients > 0 { Held::Part } else { Held::Nothing })
}

/// Reads the lookups for a quiet session and tells what could not be read.
pub(super) async fn learn_names(session: &mut Session) -> Result<(), Failure> {
    for notice in session.fetch_names().await? {
        warn(notice.as_str());
    }
    Ok(())
}

/// Ends a session off this task: closing the mirror waits for its disk.
pub(super) async fn finish(session: Session) {
    if tokio::task::spawn_blocking(move || session.stop()).await.is_err() {
        say("halo-tui: the mirror could not be closed properly");
    }
}

/// A length of time as people tell it.
pub(super) fn age(span: Duration) -> String {
    match span.as_secs() / 60 {
        0 => "less than a minute".to_owned(),
        minutes @ 1..120 => format!("{minutes} min"),
        minutes @ 120..2880 => format!("{} h", minutes / 60),
        minutes => format!("{} days", minutes / 1440),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_told_in_the_unit_that_fits() {
        for (seconds, told) in
            [(59, "less than a minute"), (60, "1 min"), (7199, "119 min"), (7200, "2 h"), (172_799, "47 h"), (172_800, "2 days")]
        {
            assert_eq!(age(Duration::from_secs(seconds)), told, "{seconds}");
        }
    }
}
