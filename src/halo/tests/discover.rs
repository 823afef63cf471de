//! An instance's address is enough, or a guess says that it is one.

use serde_json::json;

use super::fixture::{Answer, Server, Wall, transport};
use crate::{
    domain::{Failure, FailureKind, Hosting},
    halo::{Discovery, discover},
};

async fn ask(address: &str) -> Result<Discovery, Failure> {
    discover(&transport(), address, &Wall::default().clock()).await
}

#[tokio::test]
async fn authinfo_names_server_and_tenant() {
    let server = Server::start(|seen, _| match seen.path.as_str() {
        "/api/authinfo" => Answer::json(200, &json!({"auth_url": "https://auth.psa.example.com/", "tenant_id": "acme"})),
        _ => Answer::empty(404),
    })
    .await;
    // A page of the web app is as good as the bare address.
    let found = ask(&format!("{}/tickets?area=1#top", server.url)).await.unwrap();
    let expected = Discovery {
        auth_url: "https://auth.psa.example.com".to_owned(),
        resource_url: format!("{}/api", server.url),
        tenant: Some("acme".to_owned()),
        hosting: Hosting::Hosted,
        other_host: true,
        guessed: false,
    };
    assert_eq!(found, expected);
    assert!(server.seen().iter().all(|seen| !seen.headers.contains_key("authorization")));
}

#[tokio::test]
async fn the_authorisation_servers_own_document_is_second_and_the_guess_last() {
    for (document, guessed) in [(true, false), (false, true)] {
        let server = Server::start(move |seen, _| match seen.path.as_str() {
            "/auth/.well-known/openid-configuration" if document => {
                Answer::json(200, &json!({"issuer": format!("http://{}/auth/", seen.headers["host"])}))
            }
            _ => Answer::html(200),
        })
        .await;
        let found = ask(&server.url).await.unwrap();
        assert_eq!((found.auth_url, found.guessed), (format!("{}/auth", server.url), guessed));
        assert_eq!((found.tenant, found.hosting, found.other_host), (None, Hosting::OnPremise, false));
    }
}

#[tokio::test]
async fn the_word_none_is_no_tenant() {
    let server = Server::start(|seen, _| {
        Answer::json(200, &json!({"auth_url": format!("http://{}/auth", seen.headers["host"]), "tenant_id": "None"}))
    })
    .await;
    assert_eq!(ask(&server.url).await.unwrap().tenant, None);
}

#[tokio::test]
async fn a_server_that_no_secret_may_go_to_is_refused() {
    for named in ["http://auth.example", "https://acme@auth.example", "ftp://auth.example", "not a server"] {
        let server = Server::start(move |_, _| Answer::json(200, &json!({"auth_url": named}))).await;
        assert_eq!(ask(&server.url).await.unwrap_err().kind, FailureKind::Settings, "{named}");
    }
    assert_eq!(ask("http://acme.example").await.unwrap_err().kind, FailureKind::Settings);
}

#[tokio::test]
async fn a_throttled_instance_is_no_reason_to_guess() {
    let server = Server::start(|_, _| Answer::empty(429)).await;
    assert_eq!(ask(&server.url).await.unwrap_err().kind, FailureKind::RateLimited(None));
}
