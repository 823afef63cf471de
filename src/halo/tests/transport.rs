//! Limits of the HTTP client.

use std::time::Duration;

use serde_json::json;
use url::Url;

use super::fixture::{Answer, How, Server, transport, transport_with};
use crate::{
    domain::{FailureKind, Secret},
    halo::{
        Transport,
        fault::{Trouble, UnknownName, classify},
        proxy::ProxyRules,
        transport::{Carries, Outgoing, Reply},
    },
};

async fn get(transport: &Transport, address: &str) -> Result<Reply, Trouble> {
    let token = Secret::new("canary-token".to_owned());
    transport.send(Outgoing { url: Url::parse(address).unwrap(), carries: Carries::Get(&token) }).await
}

async fn kind(transport: &Transport, address: &str) -> FailureKind {
    get(transport, address).await.unwrap_err().failure.kind
}

#[tokio::test]
async fn a_request_says_who_sends_it_and_keeps_the_token_out_of_the_url() {
    let server = Server::start(|_, _| Answer::json(200, &json!([]))).await;
    let reply = get(&transport(), &format!("{}/api/Tickets?page_no=1", server.url)).await.unwrap();
    assert_eq!((reply.status, reply.body.as_slice()), (200, b"[]".as_slice()));
    let seen = &server.seen()[0];
    assert_eq!(seen.headers["authorization"], "Bearer canary-token");
    assert_eq!(seen.headers["accept"], "application/json");
    assert_eq!(seen.headers["user-agent"], concat!("halo-tui/", env!("CARGO_PKG_VERSION")));
    assert!(seen.headers["accept-encoding"].contains("gzip"));
    assert!(!seen.query.contains("canary") && !seen.headers.contains_key("referer"));
}

#[tokio::test]
async fn redirects_are_never_followed() {
    for status in [301, 302, 303, 307, 308] {
        let trap = Server::start(|_, _| Answer::json(200, &json!({}))).await;
        let location = format!("{}/elsewhere?x=1", trap.url);
        let server = Server::start(move |_, _| Answer::empty(status).with("location", &location)).await;
        let transport = transport();
        let failure = get(&transport, &server.url).await.unwrap_err().failure;
        assert_eq!(failure.kind, FailureKind::Redirected);
        assert!(failure.what.as_str().contains(&trap.url.replace("http://", "")), "{failure:?}");
        let form = [("client_secret", "canary-secret")];
        let outgoing = Outgoing { url: Url::parse(&server.url).unwrap(), carries: Carries::Form(&form) };
        assert_eq!(transport.send(outgoing).await.unwrap_err().failure.kind, FailureKind::Redirected);
        assert!(trap.seen().is_empty(), "{status}");
    }
}

#[tokio::test]
async fn a_body_above_the_cap_is_given_up() {
    let transport = transport_with(|settings| settings.max_body = 64 * 1024);
    let server = Server::start(|_, _| Answer::empty(200).how(How::Endless)).await;
    assert_eq!(kind(&transport, &server.url).await, FailureKind::TooLarge);
    let exact = Server::start(|_, _| Answer::new(200, "text/plain", vec![b' '; 64 * 1024])).await;
    assert_eq!(get(&transport, &exact.url).await.unwrap().body.len(), 64 * 1024);
    let more = Server::start(|_, _| Answer::new(200, "text/plain", vec![b' '; 64 * 1024 + 1])).await;
    assert_eq!(kind(&transport, &more.url).await, FailureKind::TooLarge);
    let announced = Server::start(|_, _| Answer::new(200, "text/plain", vec![b' '; 64 * 1024 + 1]).how(How::Cut)).await;
    assert_eq!(kind(&transport, &announced.url).await, FailureKind::TooLarge, "by its length, before it is read");
}

#[tokio::test]
async fn the_cap_counts_after_decompression() {
    let bomb = gzip_bomb(4 * 1024 * 1024);
    assert!(bomb.len() < 64 * 1024);
    let server =
        Server::start(move |_, _| Answer::new(200, "application/json", bomb.clone()).with("content-encoding", "gzip")).await;
    let transport = transport_with(|settings| settings.max_body = 1024 * 1024);
    assert_eq!(kind(&transport, &server.url).await, FailureKind::TooLarge);
}

#[tokio::test]
async fn the_deadline_ends_silence_and_one_byte_after_the_other() {
    let transport = transport_with(|settings| settings.deadline = Duration::from_millis(300));
    for how in [How::Silent, How::Drip] {
        let server = Server::start(move |_, _| Answer::empty(200).how(how)).await;
        assert_eq!(kind(&transport, &server.url).await, FailureKind::TimedOut, "{how:?}");
    }
}

#[tokio::test]
async fn cut_off_bodies_are_bad_replies_and_dropped_connections_break_off() {
    let cut = Server::start(|_, _| Answer::json(200, &json!({"tickets": []})).how(How::Cut)).await;
    assert_eq!(kind(&transport(), &cut.url).await, FailureKind::BadReply);
    let drop = Server::start(|_, _| Answer::empty(200).how(How::Drop)).await;
    let trouble = get(&transport(), &drop.url).await.unwrap_err();
    assert_eq!((trouble.failure.kind, trouble.broke_off), (FailureKind::Unreachable, true));
    let damaged = Server::start(|_, _| Answer::new(200, "text/plain", "no gzip").with("content-encoding", "gzip")).await;
    assert_eq!(kind(&transport(), &damaged.url).await, FailureKind::BadReply);
}

#[tokio::test]
async fn nobody_listening_is_unreachable() {
    let trouble = get(&transport(), &nobody().await).await.unwrap_err();
    assert_eq!((trouble.failure.kind, trouble.broke_off), (FailureKind::Unreachable, false));
    assert!(trouble.failure.what.as_str().ends_with("refuses connections"), "{:?}", trouble.failure);
}

#[tokio::test]
async fn a_name_that_does_not_resolve_is_named() {
    // The resolver's own failure, found again under the layers of the client: nothing is asked of the network.
    struct Nowhere;
    impl reqwest::dns::Resolve for Nowhere {
        fn resolve(&self, _: reqwest::dns::Name) -> reqwest::dns::Resolving {
            Box::pin(async { Err(UnknownName.into()) })
        }
    }
    let client = reqwest::Client::builder().no_proxy().dns_resolver(std::sync::Arc::new(Nowhere)).build().unwrap();
    let error = client.get("https://acme.invalid/api?tenant=canary").send().await.unwrap_err();
    let trouble = classify(error, "acme.invalid", None);
    assert_eq!((trouble.failure.kind, trouble.broke_off), (FailureKind::NameNotFound, false));
    assert!(!format!("{trouble:?}").contains("canary"));
}

#[tokio::test]
async fn plain_http_to_others_is_refused_before_anything_leaves() {
    for address in ["http://192.0.2.1/api", "http://127.0.0.1.example/api"] {
        assert_eq!(kind(&transport(), address).await, FailureKind::Settings, "{address}");
    }
}

#[tokio::test]
async fn loopback_goes_around_the_proxy_and_https_goes_through_it() {
    // The proxy sees a CONNECT and refuses it; the password belongs to it alone.
    let proxy = Server::start(|_, _| Answer::empty(403)).await;
    let variable = proxy.url.replace("http://", "http://me:canary-password@");
    let transport = transport_with(|settings| {
        settings.proxies = ProxyRules::from_environment(|name| (name == "HTTPS_PROXY").then(|| variable.clone())).unwrap();
    });
    let server = Server::start(|_, _| Answer::json(200, &json!([]))).await;
    get(&transport, &server.url).await.unwrap();
    assert_eq!((server.seen().len(), proxy.seen().len()), (1, 0));

    let failure = get(&transport, "https://acme.invalid/api").await.unwrap_err().failure;
    assert_eq!(failure.kind, FailureKind::Proxy);
    assert!(!format!("{failure:?} {transport:?}").contains("canary"));
    let seen = &proxy.seen()[0];
    assert_eq!((seen.method.as_str(), seen.path.as_str()), ("CONNECT", "acme.invalid:443"));
    assert!(seen.headers.contains_key("proxy-authorization"));
    assert!(!format!("{seen:?}").contains("canary-token"));
}

#[tokio::test]
async fn a_proxy_that_is_not_there_is_the_proxys_failure() {
    let variable = nobody().await;
    let transport = transport_with(|settings| {
        settings.proxies = ProxyRules::from_environment(|name| (name == "ALL_PROXY").then(|| variable.clone())).unwrap();
    });
    assert_eq!(kind(&transport, "https://acme.invalid/api").await, FailureKind::Proxy);
}

/// An address on which nobody listens.
async fn nobody() -> String {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// A gzip stream of one letter repeated: a literal, then copies of 258 letters at 13 bits each (RFC 1951 3.2.6).
fn gzip_bomb(size: usize) -> Vec<u8> {
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let (mut byte, mut filled) = (0_u8, 0);
    let mut bit = |bit: bool| {
        byte |= u8::from(bit) << filled;
        filled += 1;
        if filled == 8 {
            out.push(byte);
            (byte, filled) = (0, 0);
        }
    };
    let mut code = |value: u16, bits: u8| (0..bits).rev().for_each(|at| bit(value >> at & 1 == 1));
    code(1, 1);
    code(0b10, 2);
    code(0x30 + u16::from(b' '), 8);
    for _ in 0..size / 258 {
        code(0b1100_0101, 8);
        code(0, 5);
    }
    (0..16).for_each(|_| code(0, 7));
    out
}
