//! A closer look than *Test and connect* takes, for whoever asks what is wrong.

use std::sync::Arc;

use jiff::SignedDuration;

use super::{
    Budget, Class, Clock, ConnectOutcome, Halo, ListRequest, Transport,
    connect::walked,
    status,
    transport::{Carries, Outgoing},
};
use crate::domain::{BudgetLedger, ConnectReport, Failure, Profile, SecretSource, address};

/// What was found beyond the steps.
#[derive(Debug)]
pub struct Examination {
    /// How many clients the application may see, or why it may see none.
    pub clients: Result<u64, Failure>,
    /// How far this machine's clock is ahead of the resource server's; `None` where that does not tell the time.
    pub clock_ahead: Option<SignedDuration>,
}

/// Walks the steps of *Test and connect*, then asks for a page of clients and for the server's time. Whoever wants to know what is
/// wrong waits for no budget: `ledger` counts what is sent.
///
/// # Errors
/// The failure of the step that failed, which was reported too.
pub async fn examine(
    transport: &Transport,
    profile: &Profile,
    source: Arc<dyn SecretSource>,
    clock: Clock,
    ledger: Arc<dyn BudgetLedger>,
    report: impl FnMut(ConnectReport),
) -> Result<Examination, Failure> {
    let wall = Arc::clone(&clock);
    let budget = Budget::counting(ledger, Arc::clone(&clock));
    walked(transport, profile, source, (clock, budget), report, async |halo, _: ConnectOutcome| Examination {
        clients: clients(halo).await,
        clock_ahead: clock_ahead(transport, profile, &wall).await,
    })
    .await
}

async fn clients(halo: &Halo) -> Result<u64, Failure> {
    let request = ListRequest { page_size: 1, ..ListRequest::default() };
    let page = halo.clients(&request, Class::Interactive).await?;
    Ok(page.record_count.unwrap_or_else(|| u64::try_from(page.records.len()).unwrap_or(u64::MAX)))
}

/// A `Date` is of whole seconds and was written somewhere between the question and the answer.
async fn clock_ahead(transport: &Transport, profile: &Profile, wall: &Clock) -> Option<SignedDuration> {
    let url = address::checked(&profile.resource_url).ok()?;
    let asked = wall();
    let reply = transport.send(Outgoing { url, carries: Carries::Head }).await.ok()?;
    let server = status::server_time(&reply)?;
    let answered = wall();
    let between = asked.saturating_add(answered.duration_since(asked) / 2).unwrap_or(asked);
    Some(between.duration_since(server))
}
