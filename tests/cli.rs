//! The commands for scripts: the real binary against the stand-in alone, what they print and how they end.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that can't go on fails"
)]

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Output, Stdio},
};

/// `halo-tui demo-server` as a child, with the variables that it printed.
struct StandIn {
    child: Child,
    variables: Vec<(String, String)>,
}

impl StandIn {
    fn start(more: &[&str]) -> Self {
        let mut child = program(Path::new("/nonexistent"))
            .args(["demo-server", "--tickets", "400", "--still", "--at", "2026-11-20T10:00:00Z"])
            .args(more)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let ready = lines.next().unwrap();
        assert!(ready.starts_with("ready http://127.0.0.1:"), "{ready}");
        let variables =
            lines.take(6).map(|line| line.split_once('=').map(|(n, v)| (n.to_owned(), v.to_owned())).unwrap()).collect();
        Self { child, variables }
    }

    fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.stop();
    }
}

fn program(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_halo-tui"));
    command.env_clear().env("HOME", home).env("LANG", "C.UTF-8").stdin(Stdio::null());
    command
}

fn run(home: &Path, stand_in: &StandIn, arguments: &[&str]) -> Output {
    program(home).envs(stand_in.variables.iter().map(|(n, v)| (n, v))).args(arguments).output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn listings_in_every_form_online_and_with_the_server_gone() {
    let (home, mut stand_in) = (tempfile::tempdir().unwrap(), StandIn::start(&[]));
    let home = home.path();
    let nothing = run(home, &stand_in, &["list", "--offline"]);
    assert_eq!((nothing.status.code(), out(&nothing).as_str()), (Some(4), ""));

    let synced = run(home, &stand_in, &["sync"]);
    assert_eq!(synced.status.code(), Some(0), "{}", words(&synced));
    assert!(out(&synced).is_empty() && words(&synced).contains("are stored"));

    let lines = run(home, &stand_in, &["list", "--jsonl"]);
    let rows: Vec<serde_json::Value> = out(&lines).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(rows.len() > 100);
    for field in [
        "id",
        "summary",
        "client",
        "site",
        "user",
        "agent",
        "team",
        "status",
        "priority",
        "type",
        "opened",
        "last_action",
        "respond_by",
        "fix_by",
        "on_hold",
        "closed",
    ] {
        assert!(rows[0].get(field).is_some(), "{field}");
    }
    assert!(rows.iter().all(|row| row["id"].is_i64() && row["on_hold"].is_boolean() && row["opened"].is_string()));
    assert!(rows.iter().all(|row| row["status"].as_str().is_some_and(|name| name.parse::<i64>().is_err())), "names, not numbers");

    let array = run(home, &stand_in, &["list", "--json", "--limit", "3"]);
    let array: Vec<serde_json::Value> = serde_json::from_str(&out(&array)).unwrap();
    assert_eq!(array.len(), 3);
    let csv = run(home, &stand_in, &["list", "--csv", "--limit", "2"]);
    assert!(out(&csv).starts_with("id,summary,client,") && out(&csv).lines().count() >= 3);
    let live = run(home, &stand_in, &["list", "--live", "is:open", "--jsonl"]);
    assert_eq!(out(&live).lines().count(), rows.len());
    let closed = run(home, &stand_in, &["list", "--live", "is:closed", "--jsonl", "--limit", "5"]);
    assert_eq!(out(&closed).lines().count(), 5, "{}", words(&closed));

    let clients = run(home, &stand_in, &["clients", "--jsonl"]);
    let client: serde_json::Value = serde_json::from_str(out(&clients).lines().next().unwrap()).unwrap();
    for field in ["id", "name", "inactive", "vip", "open_tickets"] {
        assert!(client.get(field).is_some(), "{field}");
    }

    let id = rows[0]["id"].to_string();
    let shown = run(home, &stand_in, &["show", &id]);
    assert!(shown.status.success() && out(&shown).starts_with(&format!("#{id} ")));
    let json: serde_json::Value = serde_json::from_str(&out(&run(home, &stand_in, &["show", &id, "--json"]))).unwrap();
    assert!(json["actions"].is_array());
    assert_eq!(run(home, &stand_in, &["show", "99999999"]).status.code(), Some(5));

    stand_in.stop();
    let stored = run(home, &stand_in, &["list", "--jsonl"]);
    assert_eq!((stored.status.code(), out(&stored).lines().count()), (Some(0), rows.len()));
    assert!(words(&stored).contains("stored rows"), "{}", words(&stored));
    assert_eq!(run(home, &stand_in, &["show", &id]).status.code(), Some(0));
    assert_eq!(run(home, &stand_in, &["list", "--live"]).status.code(), Some(4));
    assert_eq!(run(home, &stand_in, &["purge"]).status.code(), Some(0));
    assert_eq!(run(home, &stand_in, &["list"]).status.code(), Some(4), "nothing stored, nobody there");
}

#[test]
fn refusals_and_bad_words_have_their_status() {
    let (home, mut stand_in) = (tempfile::tempdir().unwrap(), StandIn::start(&[]));
    let home = home.path();
    let typo = run(home, &stand_in, &["list", "statu:new"]);
    assert_eq!(typo.status.code(), Some(2));
    assert!(words(&typo).contains('^') && words(&typo).contains("status"), "{}", words(&typo));
    assert_eq!(run(home, &stand_in, &["list", "--nonsense"]).status.code(), Some(2));
    assert_eq!(program(home).arg("list").output().unwrap().status.code(), Some(2), "nothing is configured");

    let secret =
        std::mem::replace(&mut stand_in.variables.iter_mut().find(|(n, _)| n == "HALO_CLIENT_SECRET").unwrap().1, "wrong".into());
    let refused = run(home, &stand_in, &["list"]);
    assert_eq!(refused.status.code(), Some(3), "{}", words(&refused));
    assert!(!words(&refused).contains(&secret) && !words(&refused).contains("wrong "));
}

#[test]
fn completions_and_the_manual_are_made() {
    let home = tempfile::tempdir().unwrap();
    for (arguments, part) in [(&["completions", "bash"][..], "halo-tui"), (&["man"][..], ".TH")] {
        let made = program(home.path()).args(arguments).output().unwrap();
        assert!(made.status.success() && out(&made).contains(part), "{arguments:?}");
    }
}

#[test]
fn a_broken_settings_file_is_named_and_left_alone() {
    let (home, stand_in) = (tempfile::tempdir().unwrap(), StandIn::start(&[]));
    let folder = home.path().join("config");
    std::fs::create_dir(&folder).unwrap();
    let file = folder.join("config.toml");
    std::fs::write(&file, "theme = \"dark\"\nrefresh = [\n").unwrap();
    let failed = run(home.path(), &stand_in, &["list", "--config-dir", folder.to_str().unwrap()]);
    assert_eq!(failed.status.code(), Some(2), "{}", words(&failed));
    assert!(words(&failed).contains("config.toml") && words(&failed).contains("line"), "{}", words(&failed));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "theme = \"dark\"\nrefresh = [\n");
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let (home, stand_in) = (tempfile::tempdir().unwrap(), StandIn::start(&[]));
    assert!(run(home.path(), &stand_in, &["sync"]).status.success());
    let mut child = program(home.path())
        .envs(stand_in.variables.iter().map(|(n, v)| (n, v)))
        .args(["list", "--offline", "--json"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
