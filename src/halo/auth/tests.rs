//! The token task against a token endpoint over real HTTP.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use futures::future::join_all;
use serde_json::{Value, json};

use super::{Credentials, Tokens};
use crate::{
    domain::{FailureKind, TokenState},
    halo::tests::fixture::{Answer, How, Server, Source, Wall, profile, tokens, transport},
};

/// Grants `token-1`, `token-2` …
async fn granting(life: u64) -> Server {
    let granted = AtomicUsize::new(0);
    Server::start(move |_, _| Answer::token(&format!("token-{}", granted.fetch_add(1, Ordering::SeqCst) + 1), life)).await
}

fn posts(server: &Server) -> usize {
    server.seen().len()
}

#[tokio::test]
async fn fifty_callers_cost_one_request() {
    let server = granting(3600).await;
    let tokens = tokens(&server, Source::of(&["s"]), Wall::default().clock());
    let calls = (0..50).map(|_| {
        let tokens = tokens.clone();
        tokio::spawn(async move { tokens.bearer().await.unwrap() })
    });
    for bearer in join_all(calls).await {
        let bearer = bearer.unwrap();
        assert_eq!((bearer.token.expose(), bearer.generation), ("token-1", 1));
    }
    assert_eq!(posts(&server), 1);
}

#[tokio::test]
async fn the_request_is_the_form_that_halo_wants() {
    let server = granting(3600).await;
    tokens(&server, Source::of(&["a&b=c"]), Wall::default().clock()).bearer().await.unwrap();
    let seen = &server.seen()[0];
    assert_eq!((seen.method.as_str(), seen.path.as_str(), seen.query.as_str()), ("POST", "/auth/token", "tenant=acme"));
    assert_eq!(seen.headers["content-type"], "application/x-www-form-urlencoded");
    assert_eq!(seen.body, "grant_type=client_credentials&client_id=client-1&client_secret=a%26b%3Dc&scope=all");
}

#[tokio::test]
async fn a_failure_is_shared_and_permanent_ones_stop_at_once() {
    for (answer, kind) in [
        (Answer::json(401, &json!({"error": "invalid_client"})), FailureKind::InvalidClient),
        (Answer::empty(401), FailureKind::InvalidClient),
        (Answer::json(400, &json!({"error": "invalid_scope"})), FailureKind::InvalidScope),
        (Answer::json(400, &json!({"error": "unsupported_grant_type"})), FailureKind::GrantRefused),
        (Answer::json(400, &json!({"error": "invalid_request"})), FailureKind::GrantRefused),
        (Answer::html(500), FailureKind::WrongTenant),
        (Answer::html(200), FailureKind::WrongUrl),
    ] {
        let server = Server::start(move |_, _| answer.clone()).await;
        let tokens = tokens(&server, Source::of(&["s"]), Wall::default().clock());
        for outcome in join_all((0..20).map(|_| tokens.bearer())).await {
            assert_eq!(outcome.unwrap_err().kind, kind);
        }
        assert_eq!(tokens.bearer().await.unwrap_err().kind, kind);
        assert_eq!((posts(&server), *tokens.state().borrow()), (1, TokenState::Refused), "{kind:?}");
    }
}

#[tokio::test]
async fn transient_failures_are_told_and_a_retry_heals_them() {
    for answer in
        [Answer::html(503), Answer::json(500, &json!({"Message": "x"})), Answer::empty(429), Answer::empty(200).how(How::Drop)]
    {
        let healed = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&healed);
        let server =
            Server::start(move |_, _| if flag.load(Ordering::SeqCst) { Answer::token("t", 3600) } else { answer.clone() }).await;
        let tokens = tokens(&server, Source::of(&["s"]), Wall::default().clock());
        assert!(tokens.bearer().await.unwrap_err().is_transient());
        assert_eq!(*tokens.state().borrow(), TokenState::Retrying);
        assert!(tokens.failure().is_some());
        healed.store(true, Ordering::SeqCst);
        let mut state = tokens.state();
        tokens.retry();
        state.wait_for(|state| matches!(state, TokenState::Valid { .. })).await.unwrap();
        assert_eq!(tokens.bearer().await.unwrap().token.expose(), "t");
        assert!(tokens.failure().is_none());
    }
}

#[tokio::test]
async fn backing_off_ends_by_itself() {
    let server = Server::start(|_, before| if before == 0 { Answer::html(502) } else { Answer::token("t", 3600) }).await;
    let tokens = tokens(&server, Source::of(&["s"]), Wall::default().clock());
    let mut state = tokens.state();
    assert!(tokens.bearer().await.is_err());
    state.wait_for(|state| matches!(state, TokenState::Valid { .. })).await.unwrap();
    assert_eq!(posts(&server), 2);
}

#[tokio::test]
async fn a_refused_token_is_replaced_once_and_late_refusals_change_nothing() {
    let server = granting(3600).await;
    let tokens = tokens(&server, Source::of(&["s"]), Wall::default().clock());
    let old = tokens.bearer().await.unwrap();
    for _ in 0..20 {
        tokens.reject(old.generation);
    }
    let new = tokens.bearer().await.unwrap();
    assert_eq!((new.token.expose(), new.generation), ("token-2", 2));
    tokens.reject(old.generation);
    assert_eq!(tokens.bearer().await.unwrap().generation, 2);
    assert_eq!(posts(&server), 2);
}

#[tokio::test]
async fn a_short_token_is_renewed_before_it_ends() {
    let server = granting(2).await;
    let tokens = tokens(&server, Source::of(&["s"]), Wall::default().clock());
    let mut held = Vec::new();
    let mut state = tokens.state();
    while held.last() != Some(&3) {
        state.wait_for(|state| matches!(state, TokenState::Valid { .. })).await.unwrap();
        held.push(tokens.bearer().await.unwrap().generation);
        state.changed().await.unwrap();
    }
    // Never was there a moment without one.
    assert!(matches!(*tokens.state().borrow(), TokenState::Valid { .. }));
}

#[tokio::test]
async fn a_clock_that_jumps_costs_at_most_one_token() {
    let server = granting(3600).await;
    let wall = Wall::default();
    let tokens = tokens(&server, Source::of(&["s"]), wall.clock());
    tokens.bearer().await.unwrap();
    for (jump, total) in [(-3600, 1), (3600, 1), (86_400, 2), (-86_400, 2), (-3600, 2), (10 * 86_400, 3)] {
        wall.jump(jump);
        for _ in 0..5 {
            tokens.bearer().await.unwrap();
        }
        assert_eq!(posts(&server), total, "{jump}");
    }
}

#[tokio::test]
async fn odd_token_replies_are_refused_or_read_as_documented() {
    let reply = |token: Value, kind: Value, life: Value| json!({"access_token": token, "token_type": kind, "expires_in": life});
    for (body, taken) in [
        (reply(json!("t"), json!("bearer"), json!(3600)), true),
        (reply(json!("t"), Value::Null, Value::Null), true),
        (json!({"access_token": "t"}), true),
        (reply(json!("t"), json!("Bearer"), json!("3599")), true),
        (reply(json!("t"), json!("Bearer"), json!(3599.5)), true),
        (reply(json!("t"), json!("Bearer"), json!(1e300)), true),
        (reply(json!("t"), json!("Bearer"), json!("soon")), true),
        (reply(json!("t"), json!("Bearer"), json!(0)), false),
        (reply(json!("t"), json!("Bearer"), json!(-5)), false),
        (reply(json!("t"), json!("MAC"), json!(3600)), false),
        (reply(json!(""), json!("Bearer"), json!(3600)), false),
        (reply(json!("a\r\nX-Evil: 1"), json!("Bearer"), json!(3600)), false),
        (reply(json!("a\0b"), json!("Bearer"), json!(3600)), false),
        (reply(json!("ä"), json!("Bearer"), json!(3600)), false),
        (reply(json!("x".repeat(100_000)), json!("Bearer"), json!(3600)), false),
        (reply(json!({"a": 1}), json!("Bearer"), json!(3600)), false),
        (json!(["t"]), false),
        (json!("t"), false),
    ] {
        let shown = body.to_string().chars().take(80).collect::<String>();
        let server = Server::start(move |_, _| Answer::json(200, &body)).await;
        let outcome = tokens(&server, Source::of(&["s"]), Wall::default().clock()).bearer().await;
        match outcome {
            Ok(bearer) => assert!(taken && bearer.token.expose() == "t", "{shown}"),
            Err(failure) => assert!(!taken && failure.kind == FailureKind::BadReply, "{shown} {failure:?}"),
        }
    }
}

#[tokio::test]
async fn a_rotated_secret_is_read_once_more() {
    let server = Server::start(|seen, _| {
        if seen.body.contains("client_secret=new") {
            Answer::token("t", 3600)
        } else {
            Answer::json(401, &json!({"error": "invalid_client"}))
        }
    })
    .await;
    let tokens = tokens(&server, Source::of(&["old", "new"]), Wall::default().clock());
    assert_eq!(tokens.bearer().await.unwrap().token.expose(), "t");
    assert_eq!(posts(&server), 2);
}

#[tokio::test]
async fn after_a_refusal_a_retry_reads_the_secret_again() {
    let server = Server::start(|seen, _| {
        if seen.body.contains("client_secret=new") {
            Answer::token("t", 3600)
        } else {
            Answer::json(401, &json!({"error": "invalid_client"}))
        }
    })
    .await;
    let tokens = tokens(&server, Source::of(&["old", "old", "new"]), Wall::default().clock());
    assert!(tokens.bearer().await.is_err());
    let mut state = tokens.state();
    tokens.retry();
    state.wait_for(|state| matches!(state, TokenState::Valid { .. })).await.unwrap();
    assert_eq!(posts(&server), 2);
}

#[tokio::test]
async fn other_credentials_replace_refused_ones() {
    let bad = Server::start(|_, _| Answer::json(400, &json!({"error": "invalid_scope"}))).await;
    let good = granting(3600).await;
    let tokens = tokens(&bad, Source::of(&["s"]), Wall::default().clock());
    assert!(tokens.bearer().await.is_err());
    let other = profile(&format!("{}/auth", good.url), &good.url, None);
    let mut state = tokens.state();
    tokens.replace(Credentials::new(&other, Source::of(&["s"])).unwrap());
    state.wait_for(|state| matches!(state, TokenState::Valid { .. })).await.unwrap();
    assert_eq!((posts(&bad), posts(&good)), (1, 1));
}

#[tokio::test]
async fn the_endpoint_that_works_is_found_and_remembered() {
    for elsewhere in [Answer::empty(404), Answer::html(200), Answer::empty(405), Answer::empty(302).with("location", "/login")] {
        let server = Server::start(move |seen, _| match seen.path.as_str() {
            "/auth/token" => Answer::token("t", 3600),
            _ => elsewhere.clone(),
        })
        .await;
        let profile = profile(&server.url, &server.url, None);
        let credentials = Credentials::new(&profile, Source::of(&["s"])).unwrap();
        let (tokens, mut task) = Tokens::new(transport(), credentials, Wall::default().clock());
        tokio::spawn(async move { task.run().await });
        for _ in 0..2 {
            let bearer = tokens.bearer().await.unwrap();
            tokens.reject(bearer.generation);
        }
        assert_eq!(server.count("POST", "/token"), 1);
    }
}

#[tokio::test]
async fn once_it_has_worked_an_odd_answer_is_trouble_and_no_wrong_setting() {
    for odd in [Answer::html(500), Answer::html(200), Answer::empty(404)] {
        let server = Server::start(move |_, before| if before == 0 { Answer::token("t", 3600) } else { odd.clone() }).await;
        let tokens = tokens(&server, Source::of(&["s"]), Wall::default().clock());
        let bearer = tokens.bearer().await.unwrap();
        tokens.reject(bearer.generation);
        tokens.bearer().await.unwrap_err();
        assert_eq!(*tokens.state().borrow(), TokenState::Retrying);
    }
}

#[tokio::test]
async fn an_echoed_secret_is_cut_out_of_the_failure() {
    let server =
        Server::start(|seen, _| Answer::json(400, &json!({"error": "invalid_request", "error_description": seen.body}))).await;
    let failure = tokens(&server, Source::of(&["canary+secret"]), Wall::default().clock()).bearer().await.unwrap_err();
    assert!(failure.what.as_str().contains("client_secret=***") && !format!("{failure:?}").contains("canary"), "{failure:?}");
}

#[tokio::test]
async fn nobody_waits_for_a_task_that_ended() {
    let server = Server::start(|_, _| Answer::empty(200).how(How::Silent)).await;
    let profile = profile(&format!("{}/auth", server.url), &server.url, None);
    let (tokens, mut task) =
        Tokens::new(transport(), Credentials::new(&profile, Source::of(&["s"])).unwrap(), Wall::default().clock());
    let running = tokio::spawn(async move { task.run().await });
    let waiting = tokio::spawn({
        let tokens = tokens.clone();
        async move { tokens.bearer().await }
    });
    tokio::task::yield_now().await;
    running.abort();
    assert_eq!(waiting.await.unwrap().unwrap_err().kind, FailureKind::Gone);
    assert_eq!(tokens.bearer().await.unwrap_err().kind, FailureKind::Gone);
}

#[tokio::test]
async fn the_task_ends_with_its_last_handle() {
    let server = granting(3600).await;
    let profile = profile(&format!("{}/auth", server.url), &server.url, None);
    let (tokens, mut task) =
        Tokens::new(transport(), Credentials::new(&profile, Source::of(&["s"])).unwrap(), Wall::default().clock());
    let running = tokio::spawn(async move { task.run().await });
    tokens.bearer().await.unwrap();
    drop(tokens);
    running.await.unwrap();
}

#[tokio::test]
async fn an_instance_that_needs_no_token_asks_for_none_and_renews_none() {
    let server = granting(1).await;
    let profile = profile(&format!("{}/auth", server.url), &server.url, None);
    let (tokens, mut task) =
        Tokens::new(transport(), Credentials::new(&profile, Source::of(&["s"])).unwrap(), Wall::default().clock());
    tokens.keep(false);
    // The clock stands but where it is moved: a paused one leaps while an answer is on its way, unless something is at work.
    tokio::time::pause();
    let (held, until_dropped) = std::sync::mpsc::channel::<()>();
    tokio::task::spawn_blocking(move || until_dropped.recv());
    tokio::spawn(async move { task.run().await });
    assert_eq!(tokens.bearer().await.unwrap().generation, 1);
    // Longer than a token lasts: one that was renewed by itself would be a later one.
    tokio::time::advance(std::time::Duration::from_millis(2200)).await;
    let second = tokens.bearer().await.unwrap();
    tokens.reject(second.generation);
    assert_eq!((second.generation, tokens.bearer().await.unwrap().generation, posts(&server)), (2, 3, 3));
    let mut state = tokens.state();
    state.mark_unchanged();
    tokens.keep(true);
    // Kept from now on, asked for or not: half of its life is over each time.
    for asked in 4..=6 {
        tokio::time::advance(std::time::Duration::from_millis(600)).await;
        state.changed().await.unwrap();
        assert_eq!(posts(&server), asked);
    }
    drop(held);
}

#[tokio::test]
async fn trouble_is_not_gone_back_to_by_itself_where_no_token_is_kept() {
    let server = Server::start(|_, before| if before == 0 { Answer::html(502) } else { Answer::token("t", 3600) }).await;
    let profile = profile(&format!("{}/auth", server.url), &server.url, None);
    let (tokens, mut task) =
        Tokens::new(transport(), Credentials::new(&profile, Source::of(&["s"])).unwrap(), Wall::default().clock());
    tokens.keep(false);
    tokio::spawn(async move { task.run().await });
    assert!(tokens.bearer().await.is_err());
    // Until the pause is over, that failure is the answer; then somebody who needs a token has it asked for.
    while tokens.bearer().await.is_err() {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(posts(&server), 2);
}

#[tokio::test]
async fn a_person_has_one_more_token_asked_for_after_refusals() {
    let server = granting(3600).await;
    let tokens = tokens(&server, Source::of(&["s"]), Wall::default().clock());
    for _ in 0..2 {
        let bearer = tokens.bearer().await.unwrap();
        tokens.reject(bearer.generation);
    }
    let mut state = tokens.state();
    state.wait_for(|state| *state == TokenState::Retrying).await.unwrap();
    assert_eq!(tokens.bearer().await.unwrap_err().kind, FailureKind::Unauthorised);
    tokens.ask_anew();
    let third = tokens.bearer().await.unwrap();
    assert_eq!((third.generation, posts(&server)), (3, 3));
    tokens.reject(third.generation);
    state.wait_for(|state| *state == TokenState::Retrying).await.unwrap();
    tokens.ask_anew();
    assert_eq!(tokens.bearer().await.unwrap_err().kind, FailureKind::Unauthorised, "not every key asks");
    assert_eq!(posts(&server), 3);
}
