//! The stand-in over real HTTP, asked by a plain client.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test's helpers fail the test")]

use std::collections::HashSet;
use std::time::Duration;

use halo_tui::demo::{Control, Fault, Server, Settings};
use reqwest::StatusCode;
use serde_json::Value;
use tokio::task::JoinHandle;

/// A stand-in being served, and a client signed in to it.
struct Desk {
    url: String,
    environment: Vec<(&'static str, String)>,
    control: Control,
    client: reqwest::Client,
    token: String,
    serving: JoinHandle<()>,
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn still() -> Settings {
    Settings {
        tickets: 1_000,
        clients: 40,
        still: true,
        at: Some("2026-11-02T10:00:00Z".parse().expect("a time")),
        ..Settings::default()
    }
}

async fn start(settings: Settings) -> Desk {
    let server = Server::bind(settings).await.expect("a port");
    let (url, environment, control) = (server.url().to_owned(), server.environment(), server.control());
    let serving = tokio::spawn(async move { server.run(std::future::pending()).await.expect("serving") });
    // Without TLS in it this client needs no crypto provider's say, but building one does.
    rustls::crypto::ring::default_provider().install_default().ok();
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let mut desk = Desk { url, environment, control, client, token: String::new(), serving };
    desk.sign_in("all").await;
    desk
}

impl Desk {
    fn setting(&self, name: &str) -> String {
        self.environment.iter().find(|(known, _)| *known == name).expect("a setting").1.clone()
    }

    async fn ask_token(&self, path: &str, secret: &str, scope: &str) -> reqwest::Response {
        let id = self.setting("HALO_CLIENT_ID");
        let form = [("grant_type", "client_credentials"), ("client_id", &id), ("client_secret", secret), ("scope", scope)];
        self.client.post(format!("{}{path}", self.url)).form(&form).send().await.expect("an answer")
    }

    async fn sign_in(&mut self, scope: &str) {
        let answer = self.ask_token("/auth/token?tenant=demo", &self.setting("HALO_CLIENT_SECRET"), scope).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let body: Value = answer.json().await.expect("JSON");
        assert_eq!(body["token_type"], "Bearer");
        body["access_token"].as_str().expect("a token").clone_into(&mut self.token);
    }

    async fn get(&self, path: &str) -> reqwest::Response {
        self.try_get(path).await.expect("an answer")
    }

    async fn try_get(&self, path: &str) -> reqwest::Result<reqwest::Response> {
        self.client.get(format!("{}/api{path}", self.url)).bearer_auth(&self.token).send().await
    }

    async fn json(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.json().await.expect("JSON")
    }

    /// All tickets that fit, page by page.
    async fn all(&self, query: &str) -> Vec<Value> {
        let mut rows = Vec::new();
        for page in 1.. {
            let body = self.json(&format!("/Tickets?pageinate=true&page_size=100&page_no={page}&{query}")).await;
            let tickets = body["tickets"].as_array().expect("rows");
            rows.extend(tickets.iter().cloned());
            if tickets.is_empty() || rows.len() as u64 >= body["record_count"].as_u64().expect("a count") {
                assert_eq!(rows.len() as u64, body["record_count"].as_u64().expect("a count"));
                break;
            }
        }
        rows
    }

    async fn ids(&self, query: &str) -> Vec<u64> {
        self.all(query).await.iter().map(|row| row["id"].as_u64().expect("an id")).collect()
    }
}

#[tokio::test]
async fn signing_in_and_its_refusals() {
    let desk = start(still()).await;
    let secret = desk.setting("HALO_CLIENT_SECRET");
    for path in ["/auth/token", "/token", "/Auth/Token?tenant=DEMO"] {
        let body: Value = desk.ask_token(path, &secret, "read:tickets edit:tickets").await.json().await.expect("JSON");
        assert_eq!(body["expires_in"], 3600, "{path}");
    }
    let refused = desk.ask_token("/auth/token", "wrong", "all").await;
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(refused.json::<Value>().await.expect("JSON")["error"], "invalid_client");
    let refused = desk.ask_token("/auth/token", &secret, "all read:agents").await;
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    assert_eq!(refused.json::<Value>().await.expect("JSON")["error"], "invalid_scope");
    let lost = desk.ask_token("/auth/token?tenant=nosuch", &secret, "all").await;
    assert_eq!(lost.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(lost.text().await.expect("text").starts_with("<!DOCTYPE html>"));
    let elsewhere = desk.ask_token("/portal/token", &secret, "all").await;
    assert_eq!(elsewhere.status(), StatusCode::OK);
    assert!(elsewhere.headers()["content-type"].to_str().expect("text").starts_with("text/html"));
    let info: Value =
        desk.client.get(format!("{}/api/AuthInfo", desk.url)).send().await.expect("an answer").json().await.expect("JSON");
    assert_eq!(info["tenant_id"], "demo");
    assert_eq!(info["auth_url"], desk.setting("HALO_AUTH_URL"));
}

#[tokio::test]
async fn a_token_expires_can_be_revoked_and_reads_what_its_scope_says() {
    let mut desk = start(Settings { token_ttl: Duration::from_secs(90), ..still() }).await;
    desk.control.advance(Duration::from_mins(1));
    assert_eq!(desk.get("/Agent/me").await.status(), StatusCode::OK);
    desk.control.advance(Duration::from_secs(30));
    let expired = desk.get("/Agent/me").await;
    assert_eq!(expired.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(expired.headers()["www-authenticate"], "Bearer error=\"invalid_token\"");
    assert!(expired.bytes().await.expect("bytes").is_empty());
    desk.sign_in("read:customers").await;
    assert_eq!(desk.get("/Client").await.status(), StatusCode::OK);
    assert_eq!(desk.get("/Tickets").await.status(), StatusCode::FORBIDDEN);
    assert_eq!(desk.get("/Status").await.status(), StatusCode::OK);
    desk.control.revoke_tokens();
    assert_eq!(desk.get("/Client").await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn pages_are_capped_in_silence_and_hold_every_ticket_once() {
    let desk = start(still()).await;
    let page = desk.json("/Tickets?pageinate=true&page_size=1000&page_no=2&order=id").await;
    assert_eq!((&page["record_count"], &page["page_size"]), (&Value::from(1000), &Value::from(1000)));
    assert_eq!(page["tickets"].as_array().expect("rows").len(), 100);
    assert_eq!(page["tickets"][0]["id"], 1101);
    assert_eq!(desk.json("/Tickets").await["tickets"].as_array().expect("rows").len(), 50);
    assert_eq!(desk.json("/Tickets?count=700").await["tickets"].as_array().expect("rows").len(), 700);
    for query in ["", "order=id", "order=lastactiondate&orderdesc=true", "order=summary", "order=client_name&order2=id"] {
        let ids: HashSet<u64> = desk.ids(query).await.into_iter().collect();
        assert_eq!(ids.len(), 1_000, "{query}");
    }
    let beyond = desk.json("/Tickets?pageinate=true&page_no=99").await;
    assert!(beyond["tickets"].as_array().expect("rows").is_empty());
}

/// A date as the number of its ticks, whatever its form.
fn moment(text: &Value) -> jiff::Timestamp {
    let text = text.as_str().expect("a date");
    let zoned = if text.ends_with('Z') { text.to_owned() } else { format!("{text}Z") };
    zoned.parse().expect("a date")
}

#[tokio::test]
async fn orders_are_honoured_and_unknown_ones_ignored() {
    let desk = start(still()).await;
    for (name, field) in [("dateoccured", "dateoccurred"), ("lastactiondate", "lastactiondate"), ("last_update", "last_update")] {
        let rows = desk.all(&format!("order={name}&orderdesc=true")).await;
        let dates: Vec<_> = rows.iter().map(|row| moment(&row[field])).collect();
        assert!(dates.is_sorted_by(|one, other| one >= other), "{name}");
    }
    let newest = desk.ids("order=nosuchcolumn").await;
    assert!(newest.is_sorted_by(|one, other| one > other));
    let rows = desk.all("order=priority&order2=id&orderdesc2=true&open_only=true").await;
    let keys: Vec<_> = rows.iter().map(|row| (row["priority_id"].as_i64(), -row["id"].as_i64().expect("an id"))).collect();
    assert!(keys.is_sorted());
}

#[tokio::test]
async fn each_filter_is_what_the_whole_list_says() {
    let desk = start(still()).await;
    let everything = desk.all("order=id").await;
    let some = everything.iter().find(|row| row["agent_id"] != 1 && row["attachment_count"] != 0).expect("a ticket");
    let of = |field: &str| some[field].to_string().trim_matches('"').to_owned();
    for (query, field) in [
        ("client_id", "client_id"),
        ("client_ids", "client_id"),
        ("site_id", "site_id"),
        ("user_id", "user_id"),
        ("agent_id", "agent_id"),
        ("agent", "agent_id"),
        ("status_id", "status_id"),
        ("status", "status_id"),
        ("priority", "priority_id"),
        ("team", "team_id"),
        ("sla", "sla_id"),
        ("requesttype_id", "tickettype_id"),
        ("requesttype", "tickettype_id"),
        ("search_id", "id"),
        ("ticketids", "id"),
    ] {
        let found = desk.ids(&format!("order=id&{query}={}", of(field))).await;
        let expected: Vec<u64> =
            everything.iter().filter(|row| row[field] == some[field]).map(|row| row["id"].as_u64().expect("an id")).collect();
        assert_eq!(found, expected, "{query}");
        assert!(!found.is_empty(), "{query}");
    }
    let without = desk.ids(&format!("excludethese={},1002", of("id"))).await;
    assert_eq!(without.len(), 998);
    assert!(desk.ids("withattachments=true").await.len() < 500);
    let words = some["summary"].as_str().expect("a summary").to_uppercase();
    let found = desk
        .json(&format!("/Tickets?search={}", url::form_urlencoded::byte_serialize(words.as_bytes()).collect::<String>()))
        .await;
    assert!(found["tickets"].as_array().expect("rows").iter().any(|row| row["id"] == some["id"]));
    assert_eq!(desk.json("/Tickets?nosuchparameter=7&pageinate=true").await["record_count"], 1000);
    let ids = desk.json("/Tickets?ticketidonly=true").await;
    assert_eq!(ids["tickets"].as_array().expect("rows").len(), 1_000);
    assert_eq!(ids["tickets"][0].as_object().expect("a row").len(), 1);
}

#[tokio::test]
async fn open_and_closed_part_the_desk() {
    let desk = start(still()).await;
    let (open, closed) = (desk.all("open_only=true").await, desk.all("closed_only=true").await);
    assert_eq!(open.len() + closed.len(), 1_000);
    assert!((50..400).contains(&open.len()), "{} open", open.len());
    assert_eq!(desk.all("includeclosed=false").await.len(), open.len());
    let statuses = |rows: &Value| -> HashSet<u64> {
        rows.as_array().expect("an array").iter().map(|row| row["id"].as_u64().expect("an id")).collect()
    };
    let still_open = statuses(&desk.json("/Status?excludeclosed=true").await);
    let known = statuses(&desk.json("/Status").await);
    assert_eq!(known.difference(&still_open).count(), 2);
    assert!(open.iter().all(|row| still_open.contains(&row["status_id"].as_u64().expect("a status"))));
    assert!(closed.iter().all(|row| !still_open.contains(&row["status_id"].as_u64().expect("a status"))));
    assert!(closed.iter().all(|row| row["dateclosed"].is_string()) && open.iter().all(|row| row["dateclosed"].is_null()));
    let view = desk.ids("list_id=4").await;
    assert!(!view.is_empty() && view.len() < open.len());
}

#[tokio::test]
async fn a_delta_holds_what_changed_since() {
    let desk = start(still()).await;
    let before = desk.all("order=last_update&orderdesc=true").await;
    let newest = before[0]["last_update"].as_str().expect("a date");
    let since = moment(&before[9]["last_update"]);
    let expected = before.iter().filter(|row| moment(&row["last_update"]) >= since).count();
    assert_eq!(desk.all(&format!("lastupdatefromdate={}", since.strftime("%Y-%m-%dT%H:%M:%S%.fZ"))).await.len(), expected);
    let delta = format!("lastupdatefromdate={newest}&order=id");
    assert_eq!(desk.all(&delta).await.len(), 1);
    let open = desk.ids("open_only=true&order=id").await;
    assert!(desk.control.close_ticket(open[0]) && !desk.control.close_ticket(open[0]));
    assert!(desk.control.answer_ticket(open[1]));
    let new = desk.control.add_ticket();
    let changed = desk.ids(&delta).await;
    for id in [open[0], open[1], new] {
        assert!(changed.contains(&id), "{id}");
    }
    assert_eq!(desk.ids(&format!("{delta}&closed_only=true")).await, [open[0]]);
    assert!(desk.control.delete_ticket(new));
    assert!(!desk.ids(&delta).await.contains(&new));
    assert_eq!(desk.get(&format!("/Tickets/{new}")).await.status(), StatusCode::NOT_FOUND);
    let window = desk.all("datesearch=dateoccured&startdate=2026-10-29T00:00:00&enddate=2026-10-30T00:00:00").await;
    let all_inside = window.iter().all(|row| row["dateoccurred"].as_str().expect("a date").starts_with("2026-10-29"));
    assert!(!window.is_empty() && all_inside);
}

#[tokio::test]
async fn the_world_moves_by_the_clock_and_repeats() {
    let (one, other) = (start(still()).await, start(still()).await);
    let rows = one.all("order=last_update&orderdesc=true").await;
    one.control.advance(Duration::from_mins(10));
    for _ in 0..600 {
        other.control.advance(Duration::from_secs(1));
    }
    let moved = one.all("order=last_update&orderdesc=true").await;
    assert!(moved.len() > rows.len(), "tickets arrived");
    assert!(rows != moved[..rows.len()]);
    for path in
        ["/Tickets?count=1000&order=last_update&orderdesc=true", "/Tickets/1999", "/Actions?ticket_id=1990", "/Client?count=100"]
    {
        let (left, right) =
            (one.get(path).await.bytes().await.expect("bytes"), other.get(path).await.bytes().await.expect("bytes"));
        assert!(left == right, "{path}");
    }
}

#[tokio::test]
async fn the_same_seed_answers_byte_for_byte() {
    let (one, same, another) = (start(still()).await, start(still()).await, start(Settings { seed: 2, ..still() }).await);
    for path in ["/Tickets?count=200&open_only=true", "/Tickets/1500?includedetails=true", "/Users?count=50", "/Asset", "/Agent"]
    {
        let mut answers = Vec::new();
        for desk in [&one, &same, &another] {
            answers.push(desk.get(path).await.bytes().await.expect("bytes"));
        }
        assert!(answers[0] == answers[1], "{path}");
        assert!(path == "/Agent" || answers[0] != answers[2], "{path}");
    }
}

#[tokio::test]
async fn a_ticket_and_its_conversation_agree() {
    let desk = start(still()).await;
    for row in desk.all("open_only=true").await.iter().take(60) {
        let id = row["id"].as_u64().expect("an id");
        let detail = desk.json(&format!("/tickets/{id}?includedetails=true")).await;
        for field in row.as_object().expect("a row").keys() {
            assert_eq!(detail[field], row[field], "{id} {field}");
        }
        assert!(row["status_name"].is_null() && detail["status_name"].is_string() && detail["details_html"].is_string());
        assert_eq!(detail["priority"]["priorityid"], row["priority_id"]);
        let talk = desk.json(&format!("/ACTIONS?ticket_id={id}&count=1000&includehtmlnote=true")).await;
        let actions = talk["actions"].as_array().expect("actions");
        assert_eq!(talk["record_count"], actions.len());
        assert_eq!(actions[0]["datetime"], row["lastactiondate"]);
        let ids: Vec<u64> = actions.iter().map(|action| action["id"].as_u64().expect("an id")).collect();
        assert_eq!(ids, (1..=actions.len() as u64).rev().collect::<Vec<_>>());
        let first = desk.json(&format!("/Actions/1?ticket_id={id}")).await;
        assert_eq!(first["datetime"], row["dateoccurred"]);
        let spoken = desk.json(&format!("/Actions?ticket_id={id}&conversationonly=true")).await;
        assert!(spoken["actions"].as_array().expect("actions").iter().all(|action| action["hiddenfromuser"] == false));
    }
    assert_eq!(desk.json("/Actions").await["record_count"], 0);
    assert_eq!(desk.json("/Actions?startdate=2026-10-01&enddate=2026-10-09").await["record_count"], 0);
    let day = desk.json("/Actions?startdate=2026-10-29&enddate=2026-10-30&count=1000").await;
    assert!(day["record_count"].as_u64().expect("a count") > 20);
}

#[tokio::test]
async fn customers_are_told_with_their_quirks() {
    let desk = start(still()).await;
    let clients = desk.json("/Client?pageinate=true&page_size=100&includeactive=true&includeinactive=true").await;
    assert_eq!(clients["record_count"], 40);
    let client = &clients["clients"][1];
    let id = client["id"].as_u64().expect("an id");
    assert_eq!(desk.json(&format!("/client/{id}")).await["main_site_name"], "Head Office");
    let open = desk.ids(&format!("client_id={id}&open_only=true")).await.len();
    assert_eq!(client["open_ticket_count"], open);
    let users = desk.json(&format!("/Users?client_id={id}&count=1000")).await;
    let user = &users["users"][1];
    assert!(user["site_id"].is_f64() && user["site_id_int"].is_u64());
    let site = desk.json(&format!("/Site/{}", user["site_id_int"])).await;
    assert!(site["client_id"].is_f64() && site["name"] == user["site_name"]);
    for row in desk.all("order=id").await.iter().take(50) {
        let user = desk.json(&format!("/Users/{}", row["user_id"])).await;
        assert_eq!(user["name"], row["user_name"]);
        assert_eq!(user["client_name"], row["client_name"]);
    }
    let agents = desk.json("/Agent").await;
    assert_eq!((&agents[0]["id"], &agents[0]["name"]), (&Value::from(1), &Value::from("Unassigned")));
    assert!(desk.json("/Agent?pageinate=true").await["results"].is_array());
    assert_eq!(desk.json("/Agent/ME").await["isapiagent"], true);
    let priorities = desk.json("/Priority?slaid=2").await;
    assert!(priorities[0]["id"].as_str().expect("a GUID").len() == 36 && priorities[0]["name"] == "Urgent");
    for (path, key) in [("/Asset", "assets"), ("/ClientContract", "contracts"), ("/Site", "sites")] {
        assert!(!desk.json(path).await[key].as_array().expect("rows").is_empty(), "{path}");
    }
    for path in ["/Team", "/TicketType", "/SLA", "/Outcome", "/ViewLists?showcounts=true", "/ViewColumns?type=reqs", "/Workday"] {
        assert!(!desk.json(path).await.as_array().expect("rows").is_empty(), "{path}");
    }
}

#[tokio::test]
async fn files_come_as_they_are() {
    let desk = start(still()).await;
    let rows = desk.all("withattachments=true&order=id").await;
    let id = rows[0]["id"].as_u64().expect("an id");
    let list = desk.json(&format!("/Attachment?ticket_id={id}")).await;
    assert_eq!(list["record_count"], rows[0]["attachment_count"]);
    let record = &list["attachments"][0];
    let file = desk.get(&format!("/Attachment/{}", record["id"])).await;
    assert!(file.headers()["content-disposition"].to_str().expect("text").starts_with("attachment"));
    assert_eq!(file.bytes().await.expect("bytes").len() as u64, record["filesize"].as_u64().expect("a size"));
    let details = desk.json(&format!("/Attachment/{}?includedetails=true", record["id"])).await;
    assert_eq!(&details, record);
    assert_eq!(desk.get("/Attachment/0").await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn refusals_have_no_json() {
    let desk = start(still()).await;
    for (path, status) in
        [("/Invoice", 403), ("/Tickets/99999999", 404), ("/Tickets/seven", 404), ("/NoSuchThing", 404), ("/Client/2", 404)]
    {
        let answer = desk.get(path).await;
        assert_eq!(answer.status(), status, "{path}");
        assert!(answer.headers().get("content-type").is_none() && answer.bytes().await.expect("bytes").is_empty(), "{path}");
    }
    let page = desk.client.get(format!("{}/tickets?id=7", desk.url)).send().await.expect("an answer");
    assert!(page.text().await.expect("text").starts_with("<!doctype html>"));
}

#[tokio::test]
async fn too_many_requests_get_the_text_that_operators_know() {
    let desk = start(Settings { rate: Some(3), ..still() }).await;
    for _ in 0..2 {
        assert_eq!(desk.get("/Agent/me").await.status(), StatusCode::OK);
    }
    let refused = desk.get("/Agent/me").await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    let body: Value = refused.json().await.expect("JSON");
    assert_eq!(body["error"], "Rate Limit Reached - 3 Requests per rolling 5 minute window");
    let token = desk.ask_token("/auth/token", "any", "all").await;
    assert_eq!(token.status(), StatusCode::TOO_MANY_REQUESTS);
    desk.control.advance(Duration::from_mins(5));
    assert_eq!(desk.get("/Agent/me").await.status(), StatusCode::OK);
    let tally = desk.control.tally();
    assert_eq!((tally.total, tally.tokens, tally.refused, tally.of("/api/agent/me")), (6, 2, 2, 4));
    assert_eq!(tally.recent.back().map(String::as_str), Some("GET /api/Agent/me"));
}

#[tokio::test]
async fn each_fault_is_as_it_is_called() {
    let desk = start(still()).await;
    let path = "/Tickets?pageinate=true&page_size=50&order=id";
    let whole = desk.get(path).await.text().await.expect("text");

    desk.control.set_fault(Some(Fault::Html));
    let page = desk.get(path).await;
    assert_eq!(page.status(), StatusCode::OK);
    assert!(page.headers()["content-type"].to_str().expect("text").starts_with("text/html"));

    desk.control.set_fault(Some(Fault::Truncate));
    let cut = desk.get(path).await.text().await.expect("framed correctly");
    assert!(cut.len() < whole.len() && serde_json::from_str::<Value>(&cut).is_err());

    desk.control.set_fault(Some(Fault::ServerError));
    let failed = desk.get(path).await;
    assert_eq!(failed.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(failed.json::<Value>().await.expect("JSON")["ClassName"], "System.NullReferenceException");

    desk.control.set_fault(Some(Fault::Unauthorised));
    assert_eq!(desk.get(path).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(desk.ask_token("/token", &desk.setting("HALO_CLIENT_SECRET"), "all").await.status(), StatusCode::OK);

    desk.control.set_fault(Some(Fault::Drop));
    assert!(desk.try_get(path).await.is_err());

    desk.control.set_fault(Some(Fault::BadRecord));
    for page in 1..=3 {
        let broken = desk.get(&format!("{path}&page_no={page}")).await.text().await.expect("text");
        desk.control.set_fault(None);
        let sound = desk.get(&format!("{path}&page_no={page}")).await.text().await.expect("text");
        desk.control.set_fault(Some(Fault::BadRecord));
        assert_ne!(broken, sound);
        let marks = ["99999999999999999999999999", "\\ud83d", "{\"was\":\"a number\"}"];
        assert_eq!(marks.iter().filter(|mark| broken.contains(**mark)).count(), 1, "page {page}");
    }

    desk.control.set_fault(Some(Fault::IgnoreDelta));
    assert_eq!(desk.json("/Tickets?pageinate=true&lastupdatefromdate=2026-11-02T10:00:00").await["record_count"], 1000);
    desk.control.set_fault(None);
    assert_eq!(desk.json("/Tickets?pageinate=true&lastupdatefromdate=2026-11-02T10:00:00").await["record_count"], 0);
}

#[tokio::test]
async fn a_slow_answer_trickles() {
    let desk = start(still()).await;
    desk.control.set_fault(Some(Fault::Slow));
    let mut answer = desk.get("/Agent/me").await;
    let length = answer.content_length().expect("a length");
    assert_eq!(answer.chunk().await.expect("bytes").expect("a byte").len(), 1);
    assert!(length > 100);
}

#[tokio::test]
async fn a_million_tickets_are_served() {
    let at = Settings { tickets: 1_000_000, clients: 400, ..still() };
    let desk = start(at).await;
    let page = desk.json("/Tickets?pageinate=true&page_size=100&order=id&orderdesc=true").await;
    assert_eq!(page["record_count"], 1_000_000);
    assert_eq!(page["tickets"][0]["id"], 1_001_000);
    let deep = desk.json("/Tickets?pageinate=true&page_size=100&page_no=9000&order=id&orderdesc=true").await;
    assert_eq!(deep["tickets"][0]["id"], 1_001_000 - 899_900);
    let open = desk.json("/Tickets?pageinate=true&open_only=true").await["record_count"].as_u64().expect("a count");
    assert!((35_000..60_000).contains(&open), "{open} open");
}

#[tokio::test]
async fn the_server_ends_when_told() {
    let server = Server::bind(still()).await.expect("a port");
    let (tell, told) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(server.run(async move {
        told.await.ok();
    }));
    tell.send(()).expect("a listener");
    serving.await.expect("no panic").expect("no error");
}
