//! A first fill that is killed at random moments goes on where it stood and ends as if nothing had happened.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that can't go on fails"
)]

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use rusqlite::{Connection, OpenFlags, types::Value};

/// How often it is killed; `HALO_TUI_KILLS` asks for more.
const KILLS: u32 = 6;

struct StandIn(Child, Vec<(String, String)>);

impl StandIn {
    fn start() -> Self {
        let mut child = program(Path::new("/nonexistent"))
            .args(["demo-server", "--tickets", "1000", "--clients", "60", "--still", "--at", "2026-11-20T10:00:00Z"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let variables = lines.skip(1).take(6).map(|line| line.split_once('=').map(|(n, v)| (n.into(), v.into())).unwrap());
        let variables = variables.collect();
        Self(child, variables)
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn program(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_halo-tui"));
    command.env_clear().env("HOME", home).env("LANG", "C.UTF-8").stdin(Stdio::null()).stderr(Stdio::null());
    command
}

/// A sync under way.
fn sync(home: &Path, stand_in: &StandIn) -> Child {
    let config = home.join(".config/halo-tui");
    std::fs::create_dir_all(&config).unwrap();
    std::fs::write(config.join("config.toml"), "history = \"all\"\n").unwrap();
    program(home).envs(stand_in.1.iter().map(|(n, v)| (n, v))).arg("sync").spawn().unwrap()
}

fn mirror(home: &Path) -> PathBuf {
    let folders = std::fs::read_dir(home.join(".local/state/halo-tui")).unwrap();
    folders.map(|folder| folder.unwrap().path().join("mirror.db")).find(|file| file.exists()).unwrap()
}

/// All rows of all tables but for what tells of the filling itself.
fn content(home: &Path) -> BTreeMap<String, Vec<Vec<Value>>> {
    let conn = Connection::open_with_flags(mirror(home), OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let strings = |sql: &str| -> Vec<String> {
        conn.prepare(sql).unwrap().query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    assert_eq!(strings("PRAGMA integrity_check"), ["ok"]);
    let mut content = BTreeMap::new();
    let tables =
        strings("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'");
    assert!(tables.len() > 12, "{tables:?}");
    for table in tables {
        if matches!(table.as_str(), "meta" | "writes" | "shared" | "view") {
            continue;
        }
        // By which list a ticket came first is chance.
        let columns = strings(&format!(
            "SELECT name FROM pragma_table_info('{table}') WHERE name NOT IN ('pass', 'fetched_at', 'html_at')"
        ));
        let columns_in_order = columns.join(", ");
        let sql = format!("SELECT {columns_in_order} FROM {table} ORDER BY {columns_in_order}");
        let mut statement = conn.prepare(&sql).unwrap();
        let rows = statement.query_map([], |row| (0..columns.len()).map(|column| row.get(column)).collect());
        content.insert(table, rows.unwrap().map(Result::unwrap).collect());
    }
    // The word index holds what it is asked for, no more and no less.
    let indexes = strings("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'virtual'");
    assert!(indexes.len() >= 3, "{indexes:?}");
    for index in indexes {
        for word in ["a", "printer", "mail", "1"] {
            let sql = format!("SELECT rowid FROM {index} WHERE {index} MATCH '\"{word}\"*' ORDER BY rowid");
            let mut statement = conn.prepare(&sql).unwrap();
            let ids = statement.query_map([], |row| row.get(0).map(|id| vec![id])).unwrap().map(Result::unwrap).collect();
            content.insert(format!("words of {index} that begin with {word}"), ids);
        }
    }
    content
}

/// A limit on the size of files is as good as a full disk: writing fails, reading goes on.
#[test]
fn a_disk_without_room_stops_the_fill_and_nothing_else() {
    let (stand_in, home) = (StandIn::start(), tempfile::tempdir().unwrap());
    let run = |words: &str| {
        let script = format!("trap '' XFSZ; {words}");
        let mut shell = Command::new("/bin/sh");
        shell.env_clear().env("HOME", home.path()).env("LANG", "C.UTF-8").envs(stand_in.1.iter().map(|(n, v)| (n, v)));
        shell.args(["-c", &script, env!("CARGO_BIN_EXE_halo-tui")]).stdin(Stdio::null()).output().unwrap()
    };
    let stopped = run("ulimit -f 2200; exec \"$0\" sync");
    let words = String::from_utf8_lossy(&stopped.stderr).into_owned();
    assert_eq!(stopped.status.code(), Some(1), "{words}");
    assert_eq!(words.matches("the local copy can't be used").count(), 1, "{words}");
    let listed = run("exec \"$0\" list --offline --jsonl");
    assert!(listed.status.success() && !listed.stdout.is_empty(), "{}", String::from_utf8_lossy(&listed.stderr));
    // With room again it goes on, and nothing is missing.
    assert!(sync(home.path(), &stand_in).wait().unwrap().success());
    let undisturbed = tempfile::tempdir().unwrap();
    assert!(sync(undisturbed.path(), &stand_in).wait().unwrap().success());
    assert!(content(home.path()) == content(undisturbed.path()));
}

#[test]
fn a_fill_that_is_killed_ends_like_one_that_is_not() {
    let stand_in = StandIn::start();
    let undisturbed = tempfile::tempdir().unwrap();
    let began = Instant::now();
    assert!(sync(undisturbed.path(), &stand_in).wait().unwrap().success());
    let whole = began.elapsed();
    let expected = content(undisturbed.path());
    assert_eq!(expected["tickets"].len(), 1000);
    let wanted = std::env::var("HALO_TUI_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(KILLS);
    let (mut kills, mut fills) = (0, 0);
    while kills < wanted {
        let home = tempfile::tempdir().unwrap();
        loop {
            let mut child = sync(home.path(), &stand_in);
            // The moment is what is random here: nothing is waited for.
            let moment = if kills < wanted { whole.mul_f64(rand::random::<f64>()) } else { Duration::MAX };
            let until = Instant::now().checked_add(moment);
            let ended = loop {
                if let Some(status) = child.try_wait().unwrap() {
                    break Some(status);
                }
                if until.is_some_and(|until| Instant::now() >= until) {
                    break None;
                }
                std::thread::sleep(Duration::from_millis(1));
            };
            if let Some(status) = ended {
                assert!(status.success(), "{status}");
                break;
            }
            child.kill().unwrap();
            child.wait().unwrap();
            kills += 1;
        }
        fills += 1;
        let found = content(home.path());
        for (table, rows) in &expected {
            assert!(
                found[table] == *rows,
                "{table} differs after {kills} kills in {fills} fills: {} rows, {} expected",
                found[table].len(),
                rows.len()
            );
        }
    }
}
