//! `demo-server`.

use std::time::Duration;

use super::{DemoServer, run::printed, to_stdout};
use crate::{
    demo,
    domain::{Failure, FailureKind},
};

/// `demo-server`: serves until a signal ends it.
pub(super) async fn serve(options: &DemoServer) -> Result<(), Failure> {
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
