//! The halo-tui program: reads the arguments, puts the rooms together, ends with an exit code.

use std::{process::ExitCode, time::Duration};

use halo_tui::{
    cli::{self, Action, Arguments, Surroundings},
    demo,
    domain::{Failure, FailureKind},
    runtime::{self, Clocks, Launch},
    settings::{Overrides, Paths},
    ui::ColourDepth,
};

/// How long tasks that hang (a resolver, a disk) may keep the program from ending.
const LAST_TASKS: Duration = Duration::from_millis(500);

fn main() -> ExitCode {
    // Everything that this program writes is its account's alone: settings, mirrors, logs. SQLite would make them 0644.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let arguments = match Arguments::read(std::env::args_os()) {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    start(&arguments).unwrap_or_else(|failure| {
        let _ = cli::print_failure(&failure, &mut std::io::stderr().lock());
        cli::exit_code(&failure)
    })
}

fn start(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let refused =
        |error: std::io::Error| Failure::new(FailureKind::Storage, &format!("the program can't start its threads: {error}"));
    // Two threads for the network and the signals; the loop has this one, the terminal and the mirror have their own.
    let tasks = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().map_err(refused)?;
    let code = tasks.block_on(compose(arguments));
    tasks.shutdown_timeout(LAST_TASKS);
    code
}

async fn compose(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let environment = Overrides::from_env(|name| std::env::var(name).ok());
    if !arguments.demo {
        let paths = Paths::resolve(arguments.config_dir.clone(), arguments.state_dir.clone())?;
        return act(arguments, paths, environment, false).await;
    }
    // The stand-in on loopback, over real HTTP; nothing is stored outside a folder that goes with the program.
    let bad = |error: std::io::Error| Failure::new(FailureKind::Storage, &format!("the demo can't be set up: {error}"));
    let folder = tempfile::tempdir().map_err(bad)?;
    let paths = Paths::resolve(Some(folder.path().join("config")), Some(folder.path().join("state")))?;
    let settings = demo::Settings { tickets: u64::from(arguments.demo_tickets()), ..demo::Settings::default() };
    let server = demo::Server::bind(settings).await.map_err(bad)?;
    let variables = server.environment();
    let stand_in = Overrides::from_env(|name| variables.iter().find(|(other, _)| *other == name).map(|(_, value)| value.clone()));
    let serving = tokio::spawn(server.run(std::future::pending()));
    let code = act(arguments, paths, stand_in, true).await;
    serving.abort();
    code
}

async fn act(arguments: &Arguments, paths: Paths, overrides: Overrides, ephemeral: bool) -> Result<ExitCode, Failure> {
    if let Some(action) = arguments.action.clone() {
        let appearance = matches!(action, Action::Doctor { .. }).then(|| appearance(&paths));
        let (profile, budget) = (arguments.profile.clone(), arguments.budget);
        let surroundings = Surroundings { paths, overrides, profile, budget, ephemeral, appearance };
        return cli::run(action, surroundings).await;
    }
    let launch = Launch {
        paths,
        overrides,
        profile: arguments.profile.clone(),
        theme: arguments.theme.clone(),
        lean: arguments.lean,
        budget: arguments.budget,
        ephemeral,
        clocks: Clocks::start(),
    };
    runtime::dashboard(launch).await
}

fn appearance(paths: &Paths) -> cli::Appearance {
    let found = runtime::appearance(paths);
    let colours = match found.colours {
        ColourDepth::Mono => "none: TERM or NO_COLOR asks for none",
        ColourDepth::Sixteen => "16 colours",
        ColourDepth::TwoFiftySix => "256 colours",
        ColourDepth::True => "true colour",
    };
    cli::Appearance { colours, utf8: found.utf8, complaints: found.complaints }
}
