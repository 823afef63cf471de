//! *Test and connect* against servers that are right and wrong in each way.

use std::sync::{Arc, Mutex};

use serde_json::json;

use super::fixture::{Answer, Seen, Server, Source, Wall, profile, transport};
use crate::{
    domain::{AgentId, ConnectReport, ConnectStep, Failure, FailureKind, StepOutcome},
    halo::{ConnectOutcome, test_connection},
};

async fn connect(auth: &str, resource: &str) -> (Result<ConnectOutcome, Failure>, Vec<ConnectReport>) {
    let reports = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&reports);
    let profile = profile(auth, resource, Some("acme"));
    let report = move |report| seen.lock().unwrap().push(report);
    // Spawned, as the session does it.
    let walk = tokio::spawn(async move {
        test_connection(&transport(), &profile, Source::of(&["canary-secret"]), Wall::default().clock(), report).await
    });
    let outcome = walk.await.unwrap();
    let reports = reports.lock().unwrap().clone();
    (outcome, reports)
}

/// A service desk in good order.
fn good(seen: &Seen) -> Answer {
    match seen.path.as_str() {
        "/auth/token" => Answer::token("token-1", 3600),
        "/api/Agent/me" => Answer::json(200, &json!({"id": 14, "name": "tui-integration"})),
        "/api/Agent" => Answer::json(200, &json!([{"id": 7, "name": "Priya"}])),
        "/api/Tickets" => Answer::json(200, &json!({"record_count": 717, "tickets": [{"id": 1}]})),
        _ => Answer::empty(404),
    }
}

#[tokio::test]
async fn the_walk_ends_with_who_one_is_and_reports_each_step() {
    let server = Server::start(|seen, _| good(seen)).await;
    let (outcome, reports) = connect(&format!("{}/auth", server.url), &format!("{}/api", server.url)).await;
    let outcome = outcome.unwrap();
    assert_eq!((outcome.me.id, outcome.tickets), (AgentId(14), 717));
    assert_eq!(outcome.agents.iter().map(|agent| agent.id.0).collect::<Vec<_>>(), [14, 7]);
    let steps: Vec<_> = reports.iter().map(|report| report.step).collect();
    assert_eq!(steps, ConnectStep::ALL.map(|step| [step, step]).concat());
    assert!(reports.iter().step_by(2).all(|report| report.outcome == StepOutcome::Running));
    assert!(matches!(&reports[1].outcome, StepOutcome::Passed { detail, .. } if detail.as_str().contains("127.0.0.1")));
    assert!(matches!(reports[3].outcome, StepOutcome::Skipped { .. }));
    assert!(matches!(&reports[9].outcome, StepOutcome::Passed { detail, .. } if detail.as_str() == "717 tickets"));
}

#[tokio::test]
async fn each_thing_that_is_wrong_is_named_at_its_step() {
    use ConnectStep::{Agent, Tickets, Token};
    use FailureKind as K;
    let error = |status, code: &str| Answer::json(status, &json!({"error": code, "error_description": "because"}));
    let cases: Vec<(&'static str, Answer, ConnectStep, FailureKind, &str)> = vec![
        ("/auth/token", error(401, "invalid_client"), Token, K::InvalidClient, "secret"),
        ("/auth/token", error(400, "invalid_scope"), Token, K::InvalidScope, "scope"),
        ("/auth/token", error(400, "unauthorized_client"), Token, K::GrantRefused, "application"),
        ("/auth/token", Answer::html(500), Token, K::WrongTenant, "tenant acme"),
        ("/auth/token", Answer::html(200), Token, K::WrongUrl, "web page"),
        ("/auth/token", Answer::html(503), Token, K::Server(503), "trouble"),
        ("/auth/token", Answer::empty(429), Token, K::RateLimited(None), "limit"),
        ("/api/Agent/me", Answer::html(200), Agent, K::WrongUrl, "web page"),
        ("/api/Agent/me", Answer::html(404), Agent, K::WrongUrl, "no HaloPSA API"),
        ("/api/Agent/me", Answer::empty(401), Agent, K::Unauthorised, "refuse"),
        ("/api/Tickets", Answer::empty(403), Tickets, K::Forbidden, "tickets"),
    ];
    for (path, answer, step, kind, word) in cases {
        let server = Server::start(move |seen, _| if seen.path == path { answer.clone() } else { good(seen) }).await;
        let (outcome, reports) = connect(&format!("{}/auth", server.url), &format!("{}/api", server.url)).await;
        let failure = outcome.unwrap_err();
        assert_eq!(failure.kind, kind, "{path}");
        assert!(failure.what.as_str().contains(word), "{failure:?}");
        assert!(!failure.advice.is_empty(), "{failure:?}");
        let last = reports.last().unwrap();
        assert_eq!((last.step, &last.outcome), (step, &StepOutcome::Failed(failure)));
    }
}

#[tokio::test]
async fn nothing_is_sent_where_the_address_is_none() {
    let (outcome, reports) = connect("http://acme.example/auth", "https://acme.example/api").await;
    assert_eq!(outcome.unwrap_err().kind, FailureKind::Settings);
    assert_eq!(reports.len(), 2);
}

#[tokio::test]
async fn a_name_that_does_not_resolve_fails_the_first_step() {
    // A label of more than 63 characters fails in the resolver itself: nothing is asked of the network.
    let address = format!("https://{}.invalid", "a".repeat(70));
    let (outcome, reports) = connect(&address, &address).await;
    assert_eq!(outcome.unwrap_err().kind, FailureKind::NameNotFound);
    assert_eq!(reports.last().unwrap().step, ConnectStep::NameOrProxy);
}
