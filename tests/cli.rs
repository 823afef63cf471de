//! The commands for scripts: the real binary against the stand-in alone, what they print and how they end.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that can't go on fails"
)]

use std::{
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, Command, Output, Stdio},
    time::Duration,
};

use halo_tui::{
    demo::{self, Control, Fault},
    domain::{Hosting, Profile, ProfileName, Secret, SecretKeeping},
    settings::{self, Paths},
};
use rustix::process::{Pid, Signal, kill_process};

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

    // The stand-in's own list of what nobody has taken.
    let unassigned = rows.iter().filter(|row| row["agent"].is_null()).count();
    for words in [&["list", "list:unassigned", "--jsonl"][..], &["list", "--live", "list:unassigned is:open", "--jsonl"]] {
        let listed = run(home, &stand_in, words);
        assert_eq!(out(&listed).lines().count(), unassigned, "{words:?}: {}", self::words(&listed));
    }
    for words in [&["list", "list:nowhere"][..], &["list", "--live", "list:99999"]] {
        let refused = run(home, &stand_in, words);
        assert_eq!((refused.status.code(), out(&refused).as_str()), (Some(5), ""), "{words:?}");
        assert!(self::words(&refused).contains("No list that is kept in Halo is called"), "{}", self::words(&refused));
    }

    for words in [["list", "%"], ["list", "👍"], ["clients", "*"]] {
        let refused = run(home, &stand_in, &words);
        assert_eq!((refused.status.code(), out(&refused).as_str()), (Some(2), ""), "{words:?}");
        assert!(self::words(&refused).contains(&format!("{}\n^", words[1])), "{}", self::words(&refused));
    }

    let doubted = run(home, &stand_in, &["list", "status:nwe", "--offline"]);
    assert_eq!((doubted.status.code(), out(&doubted).as_str()), (Some(0), ""), "{}", words(&doubted));
    let note = "status:nwe\n       ^^^\nhalo-tui: did you mean New? no status here is called that\n";
    assert!(words(&doubted).contains(note), "{}", words(&doubted));

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
fn the_doctor_tells_what_is_in_the_way_and_no_secret() {
    let (home, mut stand_in) = (tempfile::tempdir().unwrap(), StandIn::start(&[]));
    let home = home.path();
    assert_eq!(run(home, &stand_in, &["sync"]).status.code(), Some(0));
    let secret = stand_in.variables.iter().find(|(name, _)| name == "HALO_CLIENT_SECRET").unwrap().1.clone();
    let state = |output: &Output, check: &str| {
        let report: serde_json::Value = serde_json::from_str(&out(output)).unwrap();
        let checks = report["checks"].as_array().unwrap();
        let found = checks.iter().find(|found| found["check"] == check).map(|found| found["state"].as_str().unwrap().to_owned());
        found.unwrap_or_default()
    };
    let well = run(home, &stand_in, &["doctor", "--json"]);
    assert_eq!(well.status.code(), Some(0), "{}", out(&well));
    for check in ["settings", "profile", "secret", "name or proxy", "token", "agent", "tickets", "clients", "clock", "mirror"] {
        assert_eq!(state(&well, check), "passed", "{check}: {}", out(&well));
    }
    let plain = run(home, &stand_in, &["doctor"]);
    assert!(out(&plain).contains("ok   token") && words(&plain).contains("Nothing is in the way"), "{}", out(&plain));

    let refused = program(home)
        .envs(stand_in.variables.iter().map(|(n, v)| (n, v)))
        .env("HALO_CLIENT_SECRET", "canary-of-a-wrong-secret")
        .args(["doctor", "--json"])
        .output()
        .unwrap();
    assert_eq!((refused.status.code(), state(&refused, "token").as_str()), (Some(3), "failed"));
    assert_eq!(state(&refused, "TERM"), "warning", "what comes behind is looked at all the same");
    stand_in.stop();
    let gone = run(home, &stand_in, &["doctor", "--json"]);
    assert_eq!((gone.status.code(), state(&gone, "token").as_str()), (Some(4), "failed"), "{}", out(&gone));
    assert_eq!(state(&gone, "mirror"), "passed");

    let nothing = program(&home.join("new")).args(["doctor", "--json"]).output().unwrap();
    assert_eq!((nothing.status.code(), state(&nothing, "profile").as_str()), (Some(2), "failed"));
    assert!(!home.join("new").exists(), "looking leaves nothing behind");
    for output in [well, plain, refused, gone, nothing] {
        let told = out(&output) + &words(&output);
        assert!(!told.contains(&secret) && !told.contains("canary"), "{told}");
    }
}

/// How many requests the profile's instances have counted.
fn counted(home: &Path) -> u64 {
    let state = home.join(".local/state/halo-tui");
    let mut files = std::fs::read_dir(state).unwrap().map(|profile| profile.unwrap().path().join("requests"));
    let text = files.find_map(|file| std::fs::read_to_string(file).ok()).unwrap();
    let page: serde_json::Value = serde_json::from_str(&text).unwrap();
    page["tally"]["left"].as_array().unwrap().iter().map(|left| left[1].as_u64().unwrap()).sum()
}

#[test]
fn where_the_budget_is_used_up_what_is_stored_is_given_at_once_and_the_doctor_is_counted() {
    let (home, stand_in) = (tempfile::tempdir().unwrap(), StandIn::start(&[]));
    let home = home.path();
    assert_eq!(run(home, &stand_in, &["sync"]).status.code(), Some(0));
    let before = counted(home);
    let well = run(home, &stand_in, &["doctor", "--budget", "5"]);
    assert_eq!((well.status.code(), counted(home)), (Some(0), before + 4), "{}", out(&well));
    let listed = run(home, &stand_in, &["list", "--jsonl", "--limit", "1", "--budget", "5"]);
    let row: serde_json::Value = serde_json::from_str(&out(&listed)).unwrap();
    let id = row["id"].to_string();
    let shown = run(home, &stand_in, &["show", &id, "--budget", "5"]);
    for output in [&listed, &shown] {
        assert_eq!((output.status.code(), counted(home)), (Some(0), before + 4), "{}", words(output));
        assert!(words(output).contains("the request budget is used up, no request may leave before"), "{}", words(output));
        assert!(out(output).contains(&id), "{}", out(output));
    }
    assert!(words(&listed).contains("these are the stored rows of"), "{}", words(&listed));
    assert!(words(&shown).contains("this is what is stored"), "{}", words(&shown));
    // What is not stored is waited for, and that is said.
    let mut live = program(home)
        .envs(stand_in.variables.iter().map(|(n, v)| (n, v)))
        .args(["list", "--live", "--limit", "1", "--budget", "5"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let said = BufReader::new(live.stderr.take().unwrap()).lines().next().unwrap().unwrap();
    live.kill().unwrap();
    live.wait().unwrap();
    assert!(said.contains("the request budget is used up") && said.contains("the server is asked then"), "{said}");
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

/// The stand-in inside this process: what it was asked can be counted, and it can be made to fail.
struct Desk {
    control: Control,
    variables: Vec<(&'static str, String)>,
    _runtime: tokio::runtime::Runtime,
}

impl Desk {
    fn open(tickets: u64) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let at = "2026-11-20T10:00:00Z".parse().ok();
        let settings = demo::Settings { tickets, still: true, at, ..demo::Settings::default() };
        let server = runtime.block_on(demo::Server::bind(settings)).unwrap();
        let (control, variables) = (server.control(), server.environment());
        runtime.spawn(server.run(std::future::pending()));
        Self { control, variables, _runtime: runtime }
    }

    fn run(&self, home: &Path, arguments: &[&str]) -> Output {
        program(home).envs(self.variables.iter().map(|(n, v)| (n, v))).args(arguments).output().unwrap()
    }

    /// The lists of tickets that were asked for while `work` went on.
    fn lists_during(&self, work: impl FnOnce()) -> Vec<String> {
        let before = self.control.tally().total;
        work();
        let tally = self.control.tally();
        let new = usize::try_from(tally.total - before).unwrap();
        let skipped = tally.recent.len() - new;
        tally.recent.into_iter().skip(skipped).filter(|line| line.starts_with("GET /api/Tickets?")).collect()
    }
}

fn ids(output: &Output) -> Vec<i64> {
    assert!(output.status.success(), "{}", words(output));
    out(output).lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["id"].as_i64().unwrap()).collect()
}

/// The status of a child that ought to end; one that does not is killed, which is told by no status at all.
fn ended(mut child: Child) -> Option<i32> {
    let pid = Pid::from_child(&child);
    let (over, status) = std::sync::mpsc::channel();
    let waiting = std::thread::spawn(move || over.send(child.wait().unwrap().code()));
    let code = status.recv_timeout(Duration::from_secs(30));
    if code.is_err() {
        kill_process(pid, Signal::KILL).unwrap();
    }
    waiting.join().unwrap().ok();
    code.ok().flatten()
}

fn signalled(child: Child, signal: Signal) -> Option<i32> {
    kill_process(Pid::from_child(&child), signal).unwrap();
    ended(child)
}

#[test]
fn a_listing_of_what_is_stored_asks_nobody() {
    let (home, desk) = (tempfile::tempdir().unwrap(), Desk::open(400));
    assert!(desk.run(home.path(), &["sync"]).status.success());
    let before = desk.control.tally().total;
    assert!(ids(&desk.run(home.path(), &["list", "--offline", "--jsonl"])).len() > 10);
    assert!(ids(&desk.run(home.path(), &["clients", "--offline", "--jsonl"])).len() > 10);
    assert_eq!(desk.control.tally().total, before);
}

#[test]
fn a_live_listing_asks_for_little_more_than_it_prints() {
    let (home, desk) = (tempfile::tempdir().unwrap(), Desk::open(3000));
    let home = home.path();
    let live = |query: &str, limit: &str| ids(&desk.run(home, &["list", "--live", "--jsonl", "--limit", limit, "--", query]));
    let all = live("is:closed sort:id", "100000");
    assert!(all.len() > 1000);

    let lists = desk.lists_during(|| assert_eq!(live("is:closed sort:id", "5"), all[..5]));
    assert_eq!(lists.len(), 1, "{lists:?}");
    let lists =
        desk.lists_during(|| assert_eq!(live("is:closed sort:-id", "5"), all.iter().rev().take(5).copied().collect::<Vec<_>>()));
    assert_eq!(lists.len(), 1, "{lists:?}");
    let (one, other) = (all[0], all[700]);
    let lists = desk.lists_during(|| assert_eq!(live(&format!("id:{one},{other} sort:id"), "9"), [one, other]));
    assert!(lists.len() == 1 && lists[0].contains("ticketids="), "{lists:?}");
    let lists = desk.lists_during(|| assert!(!live("client:borealis", "20").is_empty()));
    assert!(lists.iter().all(|list| list.contains("client_id=")), "{lists:?}");
    let lists = desk.lists_during(|| assert_eq!(live("", "100000"), ids(&desk.run(home, &["list", "--jsonl"]))));
    assert!(lists.iter().all(|list| !list.contains("closed_only") || list.contains("lastupdatefromdate")), "{lists:?}");
    assert_eq!(live("no-such-word-anywhere", "5"), [0_i64; 0]);
}

#[test]
fn a_server_in_trouble_leaves_the_stored_rows() {
    let (home, desk) = (tempfile::tempdir().unwrap(), Desk::open(400));
    let home = home.path();
    desk.control.set_fault(Some(Fault::ServerError));
    assert_eq!(desk.run(home, &["list"]).status.code(), Some(1), "nothing stored");
    desk.control.set_fault(None);
    let rows = ids(&desk.run(home, &["list", "--jsonl"]));
    desk.control.set_fault(Some(Fault::Html));
    let stored = desk.run(home, &["list", "--jsonl"]);
    assert_eq!(ids(&stored), rows);
    assert!(words(&stored).contains("stored rows of less than a minute ago"), "{}", words(&stored));
    desk.control.set_fault(Some(Fault::Unauthorised));
    let refused = desk.run(home, &["list"]);
    assert_eq!((refused.status.code(), out(&refused).as_str()), (Some(3), ""), "a refusal is no trouble that passes");
}

#[test]
fn one_ticket_is_shown_with_its_names_before_anything_is_stored() {
    let (home, desk) = (tempfile::tempdir().unwrap(), Desk::open(400));
    let home = home.path();
    let shown = desk.run(home, &["show", "1100", "--json"]);
    let ticket: serde_json::Value = serde_json::from_str(&out(&shown)).unwrap_or_else(|_| panic!("{}", words(&shown)));
    assert_eq!(ticket["id"], 1100);
    assert!(ticket["status"].as_str().is_some_and(|name| name.parse::<i64>().is_err()), "{ticket}");
    assert!(desk.control.tally().of("/api/tickets") == 0, "no list is needed for one ticket");
    // One ticket that was looked at is no listing.
    let listed = desk.run(home, &["list", "--offline"]);
    assert!(words(&listed).contains("never filled to the end"), "{}", words(&listed));
    assert!(ids(&desk.run(home, &["list", "--jsonl"])).len() > 10);
}

#[test]
fn clients_are_found_by_words_and_what_they_are() {
    let (home, desk) = (tempfile::tempdir().unwrap(), Desk::open(400));
    let home = home.path();
    let rows = |query: &[&str]| -> Vec<serde_json::Value> {
        let printed = desk.run(home, &[&["clients", "--json"], query].concat());
        serde_json::from_str(&out(&printed)).unwrap_or_else(|_| panic!("{}", words(&printed)))
    };
    let all = rows(&[]);
    let vips = rows(&["is:vip"]);
    assert!(!vips.is_empty() && vips.len() < all.len() && vips.iter().all(|row| row["vip"] == true));
    assert_eq!(rows(&["is:vip", "--limit", "1"]), vips[..1]);
    let borealis = rows(&["BOREAL"]);
    assert!(
        borealis.iter().all(|row| row["name"].as_str().is_some_and(|name| name.contains("Borealis"))) && !borealis.is_empty()
    );
    assert!(borealis[0]["open_tickets"].is_u64());
    assert_eq!(desk.run(home, &["clients", "is:open"]).status.code(), Some(2));
    let table = out(&desk.run(home, &["clients", "--live", "boreal"]));
    assert!(table.lines().next().is_some_and(|line| line.contains("NAME")) && table.contains("Borealis"), "{table}");
}

#[test]
fn a_mistake_in_a_query_is_pointed_at() {
    let (home, desk) = (tempfile::tempdir().unwrap(), Desk::open(10));
    let typo = desk.run(home.path(), &["list", "client:acme statu:new"]);
    let told = words(&typo);
    assert!(told.starts_with("client:acme statu:new\n            ^^^^^\nhalo-tui: "), "{told}");
    assert_eq!(desk.control.tally().total, 0);
}

#[test]
fn a_saved_profile_is_used_forgotten_and_purged() {
    let (home, desk) = (tempfile::tempdir().unwrap(), Desk::open(100));
    let home = home.path();
    let paths = Paths::resolve(Some(home.join(".config/halo-tui")), Some(home.join(".local/state/halo-tui"))).unwrap();
    let value = |name: &str| desk.variables.iter().find(|(other, _)| *other == name).unwrap().1.clone();
    let secret = value("HALO_CLIENT_SECRET");
    let profile = Profile {
        name: ProfileName::parse("acme").unwrap(),
        hosting: Hosting::Hosted,
        auth_url: value("HALO_AUTH_URL"),
        resource_url: value("HALO_RESOURCE_URL"),
        tenant: Some(value("HALO_TENANT")),
        client_id: value("HALO_CLIENT_ID"),
        scope: "all".into(),
        me: None,
        secret: SecretKeeping::File,
        ca_file: None,
    };
    settings::save_profile(&paths, &profile, Some(&Secret::new(secret.clone()))).unwrap();
    let mirror = paths.mirror_file(&profile.name);
    let ends = |arguments: &[&str], status: i32, told: &str| {
        let done = program(home).args(arguments).output().unwrap();
        let all = format!("{}{}", out(&done), words(&done));
        assert_eq!(done.status.code(), Some(status), "{arguments:?}: {all}");
        assert!(all.contains(told) && !all.contains(&secret), "{arguments:?}: {all}");
    };
    ends(&["list"], 0, "SUMMARY");
    assert!(mirror.exists());
    ends(&["logout", "--profile", "nobody"], 5, "no profile is called nobody");
    ends(&["logout"], 0, "The secret of acme is gone");
    ends(&["list"], 2, "acme");
    ends(&["logout"], 0, "No secret of acme was stored");
    ends(&["purge"], 0, "is gone");
    assert!(!mirror.exists());
    ends(&["purge", "--profile", "acme"], 0, "acme had no mirror");
}

/// Whether some bytes stand in any file below a folder.
fn stands_below(folder: &Path, needle: &str) -> bool {
    let entries = std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    entries.into_iter().any(|path| {
        if path.is_dir() {
            return stands_below(&path, needle);
        }
        std::fs::read(&path).unwrap().windows(needle.len()).any(|window| window == needle.as_bytes())
    })
}

#[test]
fn what_is_on_the_disk_is_as_the_settings_want() {
    let (home, desk) = (tempfile::tempdir().unwrap(), Desk::open(60));
    let home = home.path();
    let set = |text: &str| {
        std::fs::create_dir_all(home.join(".config/halo-tui")).unwrap();
        std::fs::write(home.join(".config/halo-tui/config.toml"), text).unwrap();
    };
    let sync = || {
        let done = desk.run(home, &["sync", "--conversations"]);
        assert_eq!(done.status.code(), Some(0), "{}", words(&done));
        out(&desk.run(home, &["list", "--offline", "is:open,closed"])).lines().count()
    };
    let (summary, text) = ("No sound in the board room", "I have a new phone and get no codes");
    let rows = sync();
    assert!(rows > 30 && stands_below(home, summary) && stands_below(home, text));
    set("bodies = false\n");
    assert_eq!(sync(), rows);
    assert!(stands_below(home, summary) && !stands_below(home, text), "the texts are gone");
    set("");
    assert_eq!(sync(), rows);
    assert!(stands_below(home, text), "they are read again");

    assert!(desk.run(home, &["purge"]).status.success());
    set("mirror = \"memory\"\n");
    let listed = desk.run(home, &["list"]);
    assert!(listed.status.success() && out(&listed).lines().count() > 2, "{}", words(&listed));
    let refused = desk.run(home, &["sync"]);
    assert!(!refused.status.success() && words(&refused).contains("in memory only"), "{}", words(&refused));
    assert!(!stands_below(home, summary), "nothing of the rows is written");
}

#[test]
fn nothing_is_synced_into_memory() {
    let (home, desk) = (tempfile::tempdir().unwrap(), Desk::open(50));
    let home = home.path();
    assert!(desk.run(home, &["sync"]).status.success());
    let state = std::fs::read_dir(home.join(".local/state/halo-tui")).unwrap().next().unwrap().unwrap().path();
    let mirror = state.join("mirror.db");
    let mut bytes = std::fs::read(&mirror).unwrap();
    // Where a database of SQLite's bears the version of its schema.
    bytes[60..64].copy_from_slice(&99_u32.to_be_bytes());
    std::fs::write(&mirror, bytes).unwrap();
    let newer = desk.run(home, &["sync"]);
    assert_eq!((newer.status.code(), words(&newer).contains("newer version")), (Some(1), true), "{}", words(&newer));
    assert!(!words(&newer).contains("stored"), "{}", words(&newer));
    std::fs::remove_file(&mirror).unwrap();
    std::fs::create_dir(&mirror).unwrap();
    let unusable = desk.run(home, &["sync"]);
    assert_eq!(
        (unusable.status.code(), words(&unusable).contains("Nothing can be stored")),
        (Some(1), true),
        "{}",
        words(&unusable)
    );
}

#[test]
fn the_demo_stores_nothing() {
    let home = tempfile::tempdir().unwrap();
    let listed = program(home.path()).args(["--demo", "--demo-tickets", "100", "list", "--limit", "2"]).output().unwrap();
    assert_eq!((listed.status.code(), out(&listed).lines().count()), (Some(0), 3), "{}", words(&listed));
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
}

#[test]
fn signals_end_commands_with_their_number() {
    for (signal, status) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let mut stand_in =
            program(Path::new("/nonexistent")).args(["demo-server", "--tickets", "10"]).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(stand_in.stdout.take().unwrap()).lines().map_while(Result::ok);
        assert!(lines.next().is_some_and(|line| line.starts_with("ready ")));
        assert_eq!(signalled(stand_in, signal), Some(status), "{signal:?}");
    }

    // A listing whose reader stands still: its rows are more than a pipe holds.
    let (home, desk) = (tempfile::tempdir().unwrap(), Desk::open(5000));
    assert!(desk.run(home.path(), &["sync"]).status.success());
    let mut listing = program(home.path())
        .envs(desk.variables.iter().map(|(n, v)| (n, v)))
        .args(["list", "--offline", "--jsonl"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut reader = listing.stdout.take().unwrap();
    reader.read_exact(&mut [0]).unwrap();
    assert_eq!(signalled(listing, Signal::TERM), Some(143));
}
