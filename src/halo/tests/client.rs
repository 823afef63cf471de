//! The endpoints: what is asked for, what comes back, and how often.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use serde_json::json;

use super::fixture::{Answer, How, Server, halo};
use crate::{
    domain::{AgentId, AttachmentId, ClientId, FailureKind, TicketId, TokenState},
    halo::{Class, ListRequest, TicketsRequest},
};

const CLASS: Class = Class::Interactive;

/// Grants tokens `token-1`, `token-2` … and answers the API by `answer`.
async fn server(answer: impl Fn(&super::fixture::Seen, usize) -> Answer + Send + Sync + 'static) -> Server {
    let granted = std::sync::atomic::AtomicUsize::new(0);
    Server::start(move |seen, before| match (seen.method.as_str(), seen.path.as_str()) {
        ("POST", "/auth/token") => Answer::token(&format!("token-{}", granted.fetch_add(1, Ordering::SeqCst) + 1), 3600),
        _ => answer(seen, before),
    })
    .await
}

#[tokio::test]
async fn a_page_of_tickets_comes_with_its_count_and_is_counted() {
    let body = json!({"record_count": 717, "tickets": [{"id": 1, "summary": "a"}, {"id": "x"}, {"id": 3}]});
    let server = server(move |_, _| Answer::json(200, &body)).await;
    let (halo, tokens, _) = halo(&server);
    let page = halo.tickets(&TicketsRequest::default(), CLASS).await.unwrap();
    assert_eq!((page.records.len(), page.record_count, page.bad), (3, Some(717), 1));
    assert!(page.records[1].unreadable.is_some());
    let seen = server.seen();
    let request = seen.iter().find(|seen| seen.path == "/api/Tickets").unwrap();
    assert_eq!(request.query, "pageinate=true&page_size=100&page_no=1&includeclosed=true");
    assert_eq!(request.headers["authorization"], "Bearer token-1");
    assert_eq!((halo.stats().requests, halo.stats().bytes), (1, page.bytes));
    assert!(matches!(*tokens.state().borrow(), TokenState::Valid { .. }));
}

#[tokio::test]
async fn every_endpoint_is_asked_under_its_own_name() {
    let server = server(|seen, _| match seen.path.as_str() {
        "/api/Tickets/7" => Answer::json(200, &json!({"id": 7, "details_html": "<p>x</p>"})),
        "/api/Agent/me" => Answer::json(200, &json!({"id": 14, "name": "tui-integration", "isapiagent": true})),
        "/api/Actions" => Answer::json(200, &json!({"ticket_id": 7, "actions": [{"id": 1}]})),
        _ => Answer::json(200, &json!([{"id": 5, "priorityid": 5, "type": 0}])),
    })
    .await;
    let (halo, ..) = halo(&server);
    let list = ListRequest { client: Some(ClientId(12)), ..ListRequest::default() };
    assert!(halo.ticket(TicketId(7), CLASS).await.unwrap().details_html.is_some());
    assert_eq!(halo.agent_me(CLASS).await.unwrap().id, AgentId(14));
    assert_eq!(halo.actions(TicketId(7), 1000, CLASS).await.unwrap().records[0].ticket_id, TicketId(7));
    assert_eq!(halo.ticket_ids(&TicketsRequest::default(), CLASS).await.unwrap().records, [TicketId(5)]);
    assert_eq!(halo.clients(&list, CLASS).await.unwrap().records.len(), 1);
    assert_eq!(halo.sites(&list, CLASS).await.unwrap().records.len(), 1);
    assert_eq!(halo.users(&list, CLASS).await.unwrap().records.len(), 1);
    assert_eq!(halo.assets(&list, CLASS).await.unwrap().records.len(), 1);
    assert_eq!(halo.agents(CLASS).await.unwrap().records.len(), 1);
    assert_eq!(halo.statuses(true, CLASS).await.unwrap().records.len(), 1);
    assert_eq!(halo.priorities(CLASS).await.unwrap().records.len(), 1);
    assert_eq!(halo.teams(CLASS).await.unwrap().records.len(), 1);
    assert_eq!(halo.ticket_types(CLASS).await.unwrap().records.len(), 1);
    assert_eq!(halo.slas(CLASS).await.unwrap().records.len(), 1);
    let paged = "pageinate=true&page_size=100&page_no=1&includeactive=true&includeinactive=false&client_id=12";
    let asked: Vec<(String, String)> =
        server.seen().into_iter().filter(|seen| seen.method == "GET").map(|seen| (seen.path, seen.query)).collect();
    let expected = [
        ("/api/Tickets/7", "includedetails=true&ispreview=true&includechildids=true"),
        ("/api/Agent/me", ""),
        ("/api/Actions", "ticket_id=7&count=1000&includehtmlnote=true"),
        ("/api/Tickets", "ticketidonly=true&includeclosed=true"),
        ("/api/Client", paged),
        ("/api/Site", paged),
        ("/api/Users", paged),
        ("/api/Asset", paged),
        ("/api/Agent", "count=1000&includeenabled=true&includedisabled=true&includeunassigned=true"),
        ("/api/Status", "count=1000&excludeclosed=true"),
        ("/api/Priority", "count=1000"),
        ("/api/Team", "count=1000&showall=true"),
        ("/api/TicketType", "count=1000&showall=true"),
        ("/api/SLA", "count=1000"),
    ];
    assert_eq!(asked, expected.map(|(path, query)| (path.to_owned(), query.to_owned())));
}

#[tokio::test]
async fn a_401_costs_one_new_token_and_one_replay() {
    let server = server(|seen, _| match seen.headers["authorization"].as_str() {
        "Bearer token-1" => Answer::empty(401),
        _ => Answer::json(200, &json!([])),
    })
    .await;
    let (halo, ..) = halo(&server);
    halo.tickets(&TicketsRequest::default(), CLASS).await.unwrap();
    halo.tickets(&TicketsRequest::default(), CLASS).await.unwrap();
    assert_eq!((server.count("POST", "/auth/token"), server.count("GET", "/api/Tickets")), (2, 3));
}

#[tokio::test]
async fn fifty_refused_at_once_share_one_new_token() {
    let server = server(|seen, _| match seen.headers["authorization"].as_str() {
        "Bearer token-1" => Answer::empty(401),
        _ => Answer::json(200, &json!([])),
    })
    .await;
    let (halo, ..) = halo(&server);
    let calls = (0..50).map(|_| {
        let halo = halo.clone();
        tokio::spawn(async move { halo.tickets(&TicketsRequest::default(), CLASS).await })
    });
    for call in futures::future::join_all(calls).await {
        call.unwrap().unwrap();
    }
    assert_eq!(server.count("POST", "/auth/token"), 2);
}

#[tokio::test]
async fn an_api_that_refuses_every_token_costs_two_tokens_and_then_a_pause() {
    let server = server(|_, _| Answer::empty(401)).await;
    let (halo, tokens, _) = halo(&server);
    for _ in 0..10 {
        let failure = halo.tickets(&TicketsRequest::default(), CLASS).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Unauthorised);
    }
    assert_eq!(server.count("POST", "/auth/token"), 2);
    assert_eq!(*tokens.state().borrow(), TokenState::Retrying);
}

#[tokio::test]
async fn a_connection_that_breaks_off_is_tried_once_more() {
    let broken = AtomicBool::new(false);
    let server = server(move |_, _| {
        if broken.swap(true, Ordering::SeqCst) { Answer::json(200, &json!([])) } else { Answer::empty(200).how(How::Drop) }
    })
    .await;
    let (halo, ..) = halo(&server);
    halo.tickets(&TicketsRequest::default(), CLASS).await.unwrap();

    let always = self::server(|_, _| Answer::empty(200).how(How::Drop)).await;
    let (halo, ..) = super::fixture::halo(&always);
    let failure = halo.tickets(&TicketsRequest::default(), CLASS).await.unwrap_err();
    assert_eq!((failure.kind, always.count("GET", "/api/Tickets")), (FailureKind::Unreachable, 2));
}

#[tokio::test]
async fn a_429_pauses_everything_for_as_long_as_asked() {
    let server = server(|_, _| {
        Answer::new(429, "text/plain", "Rate Limit Reached - 300 Requests per rolling 5 minute window").with("retry-after", "30")
    })
    .await;
    let (halo, _, budget) = halo(&server);
    let failure = halo.tickets(&TicketsRequest::default(), CLASS).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::RateLimited(Some(Duration::from_secs(30))));
    assert!(failure.what.as_str().contains("300 Requests"));
    let standing = budget.standing();
    assert_eq!(standing.used, 1);
    assert!(standing.paused_for.is_some_and(|pause| pause > Duration::from_secs(20) && pause <= Duration::from_secs(33)));
}

#[tokio::test]
async fn a_503_pauses_only_where_it_names_a_pause() {
    for (pause, paused) in [("", false), ("30", true)] {
        let server = server(move |_, _| Answer::html(503).with("retry-after", pause)).await;
        let (halo, _, budget) = halo(&server);
        assert_eq!(halo.slas(CLASS).await.unwrap_err().kind, FailureKind::Server(503));
        assert_eq!(budget.standing().paused_for.is_some(), paused);
    }
}

#[tokio::test]
async fn odd_answers_have_their_kinds() {
    use FailureKind as K;
    for (answer, kind) in [
        (Answer::html(200), K::WrongUrl),
        (Answer::html(502), K::Server(502)),
        (Answer::empty(403), K::Forbidden),
        (Answer::empty(404), K::NotFound),
        (Answer::empty(204), K::BadReply),
        (Answer::json(200, &json!({"nothing": "here"})), K::BadReply),
        (Answer::new(200, "application/json", r#"{"tickets":[{"id":1}"#), K::BadReply),
        (Answer::new(200, "application/json", b"\xff\xfe[\0]\0".to_vec()), K::BadReply),
        (Answer::json(400, &json!({"ClassName": "System.Exception", "Message": "No such \u{1b}[31m view"})), K::Refused(400)),
    ] {
        let server = server(move |_, _| answer.clone()).await;
        let (halo, ..) = halo(&server);
        let failure = halo.tickets(&TicketsRequest::default(), CLASS).await.unwrap_err();
        assert_eq!(failure.kind, kind);
        assert!(!failure.what.as_str().contains('\u{1b}'));
    }
}

#[tokio::test]
async fn an_answer_about_another_ticket_is_refused() {
    let server = server(|_, _| Answer::json(200, &json!({"id": 8}))).await;
    let (halo, ..) = halo(&server);
    assert_eq!(halo.ticket(TicketId(7), CLASS).await.unwrap_err().kind, FailureKind::BadReply);
}

#[tokio::test]
async fn neither_token_nor_secret_shows_in_failures_and_debug_prints() {
    let server =
        server(|seen, _| Answer::json(500, &json!({"Message": format!("headers: {}", seen.headers["authorization"])}))).await;
    let (halo, tokens, _) = halo(&server);
    let failure = halo.tickets(&TicketsRequest::default(), CLASS).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Server(500));
    let bearer = tokens.bearer().await.unwrap();
    let printed = format!("{failure:?} {failure} {halo:?} {tokens:?} {bearer:?}");
    assert!(!printed.contains("token-1") && !printed.contains("canary"), "{printed}");
    assert!(server.seen().iter().all(|seen| !seen.query.contains("canary") && !seen.path.contains("canary")));
}

/// What a file's request handed over, and how it ended.
async fn file(server: &Server, limits: impl FnOnce(&mut crate::halo::TransportSettings)) -> (Vec<u8>, Result<(), FailureKind>) {
    let (halo, ..) = super::fixture::halo_with(server, limits);
    let (pieces, mut taken) = tokio::sync::mpsc::channel(1);
    let taking = async move {
        let mut whole = Vec::new();
        while let Some(piece) = taken.recv().await {
            whole.extend(piece);
        }
        whole
    };
    let reading = async move { halo.attachment(AttachmentId(7), &pieces, CLASS).await.map_err(|failure| failure.kind) };
    tokio::join!(taking, reading)
}

#[tokio::test]
async fn a_file_is_handed_over_as_it_is_whatever_it_is() {
    let page = b"<html>a report</html>".to_vec();
    let server = server(move |seen, _| match seen.headers["authorization"].as_str() {
        "Bearer token-1" => Answer::json(401, &json!({"error": "expired"})),
        _ => Answer::new(200, "text/html", page.clone()).with("content-disposition", "attachment; filename=r.html"),
    })
    .await;
    let (whole, ended) = file(&server, |_| {}).await;
    assert_eq!((whole.as_slice(), ended), (b"<html>a report</html>".as_slice(), Ok(())), "after a new token");
    let seen = server.seen();
    let asked: Vec<_> = seen.iter().filter(|seen| seen.path == "/api/Attachment/7").collect();
    assert_eq!((asked.len(), asked[0].headers["accept"].as_str()), (2, "*/*"));
}

#[tokio::test]
async fn what_is_no_file_is_not_handed_over() {
    for (answer, kind) in [
        (Answer::json(404, &json!({"message": "not there"})), FailureKind::NotFound),
        (Answer::new(200, "text/html", b"<html>sign in</html>".to_vec()), FailureKind::WrongUrl),
    ] {
        let answer = std::sync::Mutex::new(Some(answer));
        let server = server(move |_, _| answer.lock().unwrap().take().unwrap()).await;
        assert_eq!(file(&server, |_| {}).await, (Vec::new(), Err(kind)));
    }
    let endless = server(|_, _| Answer::new(200, "application/zip", Vec::new()).how(How::Endless)).await;
    let (taken, ended) = file(&endless, |limits| limits.max_file = 100_000).await;
    assert!(ended == Err(FailureKind::TooLarge) && taken.len() <= 100_000, "{ended:?}");
    let cut = server(|_, _| Answer::new(200, "application/zip", vec![0; 1000]).how(How::Cut)).await;
    assert!(file(&cut, |_| {}).await.1.is_err(), "a file that breaks off is no file");
}
