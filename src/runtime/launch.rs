//! From settings to a running dashboard.

use std::{process::ExitCode, sync::Arc};

use tokio::sync::mpsc;

use super::{Clocks, Ended, Runner, RunnerSettings, Wires, appearance, logging, run};
use crate::{
    app::{Model, Start},
    domain::{ConnectDraft, Failure, FailureKind, LastView, Profile, ProfileName, SecretSource, address},
    mirror::{Mirror, Reader},
    msg::{Msg, Notice},
    panes::ConnectPane,
    session::{self, MirrorPlace},
    settings::{self, Chosen, Config, Dates, Overrides, Paths},
    terminal::Terminal,
};

/// Messages that may wait for the loop.
const MESSAGES: usize = 256;
/// Terminal events that may wait for the loop.
const EVENTS: usize = 256;

/// How the dashboard is started.
#[derive(Debug)]
pub struct Launch {
    /// Where files lie.
    pub paths: Paths,
    /// What `HALO_*` say, or what stands in for them.
    pub overrides: Overrides,
    /// `--profile`.
    pub profile: Option<ProfileName>,
    /// `--theme`.
    pub theme: Option<String>,
    /// `--lean`.
    pub lean: bool,
    /// `--budget`.
    pub budget: Option<u32>,
    /// Nothing is stored: the demo.
    pub ephemeral: bool,
    /// The clocks.
    pub clocks: Clocks,
}

/// Runs the dashboard, with the connect screen first where something is missing.
///
/// # Errors
/// Settings that can't be understood, or no terminal to draw on.
pub async fn dashboard(launch: Launch) -> Result<ExitCode, Failure> {
    let Launch { paths, overrides, profile: wanted, theme, lean, budget, ephemeral, clocks } = launch;
    let config = Config::load(&paths)?;
    let mut notices = Vec::new();
    let mut look = appearance::look(
        &paths,
        Some(theme.as_deref().unwrap_or(&config.theme)),
        lean || config.lean == Some(true),
        &mut notices,
    );
    look.dates = config.dates == Dates::Absolute;
    let keymap = appearance::keymap(&paths, &config.keys, &mut notices);
    let views = appearance::views(&paths, &mut notices);
    let chosen = settings::choose(&paths, &config, wanted.as_ref(), &overrides)?;

    let (messages, message_receiver) = mpsc::channel(MESSAGES);
    let (events, event_receiver) = mpsc::channel(EVENTS);
    let mut start = Start {
        size: (80, 24),
        look,
        keymap,
        profile: String::new(),
        me: None,
        web_app: String::new(),
        preview: config.preview,
        lean_by_itself: config.lean.is_none(),
        connect: ConnectPane::default(),
        needs_connect: false,
        views,
        view: LastView::default(),
        faults: Vec::new(),
    };
    let mut ready = None;
    let wanted_name = wanted.as_ref().map(ToString::to_string);
    match chosen {
        Chosen::Ready { profile, secret, saved } => {
            // A profile that is made of the environment has a hash for a name: the tenant says more.
            let spoken = || profile.tenant.clone().or_else(|| address::host_label(&profile.resource_url));
            start.profile = if saved { None } else { spoken() }.unwrap_or_else(|| profile.name.to_string());
            start.me = profile.me;
            start.web_app = address::web_app(&profile.resource_url);
            start.connect = ConnectPane::new(&ConnectDraft::from(&profile), None, false, false);
            let prepared = prepare(&paths, &config, &profile, ephemeral, &mut notices);
            let opened = open(profile, secret, &prepared, &mut notices)?;
            // A view that can't be read is no reason not to start.
            start.view = opened.mirror.read(Reader::last_view).await.unwrap_or_default();
            ready = Some(opened);
        }
        Chosen::NeedsConnect { draft, why } => {
            start.connect = connect_pane(&draft, &why, &config).await;
            start.needs_connect = true;
        }
    }
    let log = ready.as_ref().filter(|_| !ephemeral).and_then(|ready| logging::start(&paths.log_file(&ready.profile.name)));

    let mouse = config.mouse;
    let mut runner = Runner::new(RunnerSettings { paths, config, budget, ephemeral, wanted: wanted_name, log }, messages.clone());
    // The terminal is taken last: whatever went wrong before is a line on standard error.
    let mut terminal = Terminal::open(events).map_err(|error| Failure::new(FailureKind::Settings, &error.to_string()))?;
    if mouse {
        terminal.toggle_mouse();
    }
    if let Some(Ready { profile, secret, mirror }) = ready {
        if !ephemeral {
            // Which profile was used last is a convenience: no reason not to start.
            let _ = runner.remember(&profile.name);
        }
        runner.start(profile, secret, mirror)?;
    }
    for notice in &notices {
        tracing::warn!(what = %notice.text, "told at the start");
    }
    if let Some(notice) = Notice::of_several(&notices) {
        let _ = messages.try_send(Msg::Notice(notice));
    }
    start.faults = notices.into_iter().map(|notice| notice.text).collect();
    let wires = Wires { terminal: event_receiver, messages: message_receiver };
    let ended = Box::pin(run(&mut terminal, wires, Model::new(start), runner, clocks)).await;
    terminal.close();
    let ended = ended.map_err(|error| Failure::new(FailureKind::Storage, &format!("no signals can be received: {error}")))?;
    if ended == Ended::Broken {
        let what = "the program broke where it talks to the terminal, and ended; this is a fault of its own, please report it";
        return Err(Failure::new(FailureKind::Gone, what));
    }
    Ok(ended.exit_code())
}

struct Ready {
    profile: Profile,
    secret: Arc<dyn SecretSource>,
    mirror: Mirror,
}

/// Where the mirror lies; in memory, and said, where its folder can't be had.
fn prepare(paths: &Paths, config: &Config, profile: &Profile, ephemeral: bool, notices: &mut Vec<Notice>) -> MirrorPlace {
    if ephemeral {
        return MirrorPlace::Memory;
    }
    match paths.prepare_state(&profile.name) {
        Ok(_) => MirrorPlace::of(config, paths, &profile.name),
        Err(failure) => {
            notices.push(Notice::warning(&format!("Nothing is stored this time: {}", failure.what)));
            MirrorPlace::Memory
        }
    }
}

fn open(
    profile: Profile,
    secret: Arc<dyn SecretSource>,
    place: &MirrorPlace,
    notices: &mut Vec<Notice>,
) -> Result<Ready, Failure> {
    let (mirror, opened) = session::open_mirror(place, &profile.identity())?;
    notices.extend(opened.notice().map(|notice| Notice::warning(notice.as_str())));
    Ok(Ready { profile, secret, mirror })
}

async fn connect_pane(draft: &ConnectDraft, why: &Failure, config: &Config) -> ConnectPane {
    // A keyring that does not answer within its 3 s is not offered; without the feature none is asked.
    let keyring = cfg!(feature = "keyring") && tokio::task::spawn_blocking(settings::keyring_answers).await.unwrap_or(false);
    let nothing_saved = config.profile_names().next().is_none() && draft.name.is_empty();
    ConnectPane::new(draft, (!nothing_saved).then_some(why), true, keyring)
}
