//! The mirror on a disk: what is stored survives, what is broken is set aside, nobody else can read it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test stops where something is wrong"
)]

use std::{
    fs,
    io::{BufRead, BufReader},
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use halo_tui::{
    domain::{
        ActionId, ActionRecord, AgentId, Anchor, Batch, ClientId, ClientRecord, Failure, FailureKind, Identity, TicketId,
        TicketRecord, TicketRow, Timestamp, Window,
    },
    mirror::{Mirror, Opened, Pass, Reader, TicketAsk, purge},
    query::Query,
    text::MailText,
};
use jiff::tz::TimeZone;
use tempfile::TempDir;

fn identity(tenant: &str) -> Identity {
    Identity { resource_url: "https://a.example/api".into(), tenant: tenant.into(), client_id: "c".into() }
}

fn now() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

fn tickets(ids: std::ops::Range<i64>) -> Batch {
    let record = |id| TicketRecord {
        id: TicketId(id),
        summary: format!("Printer number {id}").into(),
        details: "words ".repeat(40).into(),
        client_id: ClientId(id % 7),
        client_name: format!("Client {}", id % 7).into(),
        agent_id: AgentId(2 + id % 5),
        last_update: Timestamp::from_second(1_700_000_000 + id).ok(),
        ..TicketRecord::default()
    };
    Batch::Tickets(ids.map(record).collect())
}

fn ask(query: &str) -> TicketAsk {
    TicketAsk {
        query: Query::parse(query).unwrap(),
        client: None,
        me: None,
        now: now(),
        zone: TimeZone::UTC,
        anchor: Anchor::Start,
        count: 20,
        also: Vec::new(),
        count_up_to: None,
    }
}

async fn read(mirror: &Mirror, query: &str) -> Result<Window<TicketRow>, Failure> {
    let ask = ask(query);
    mirror.read(move |reader| reader.tickets(&ask)).await
}

async fn write(mirror: &Mirror, batch: Batch) -> Result<usize, Failure> {
    mirror.write(batch, Pass::OpenOnly, now()).await.map(|applied| applied.written)
}

fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("profile").join("mirror.db");
    (folder, path)
}

fn open(path: &Path) -> (Mirror, Opened) {
    Mirror::open(path, &identity("a")).unwrap()
}

/// A closed mirror with a few hundred tickets.
async fn filled(path: &Path) {
    let (mirror, opened) = open(path);
    assert_eq!(opened, Opened::Created);
    write(&mirror, tickets(1..300)).await.unwrap();
    let client = |id| ClientRecord { id: ClientId(id), name: format!("Client {id}").into(), ..ClientRecord::default() };
    write(&mirror, Batch::Clients((0..7).map(client).collect())).await.unwrap();
    mirror.close();
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    PathBuf::from(format!("{}{suffix}", path.display()))
}

/// Whether some bytes stand in any file of a mirror's folder.
fn stands_in_files(path: &Path, needle: &str) -> bool {
    let files = fs::read_dir(path.parent().unwrap()).unwrap().map(|entry| fs::read(entry.unwrap().path()).unwrap());
    files.into_iter().any(|bytes| bytes.windows(needle.len()).any(|window| window == needle.as_bytes()))
}

#[tokio::test]
async fn texts_that_are_not_to_be_stored_leave_the_files_and_are_held_while_they_are_looked_at() {
    let (_folder, path) = place();
    let mirror = open(&path).0;
    let record = TicketRecord {
        id: TicketId(7),
        summary: "Printer".into(),
        details: "the xylophone jams".into(),
        details_html: Some("<p>the xylophone jams</p>".into()),
        last_action: Some(now()),
        last_update: Some(now()),
        ..TicketRecord::default()
    };
    let note =
        ActionRecord { id: ActionId(1), ticket_id: TicketId(7), note: "a zeppelin came".into(), ..ActionRecord::default() };
    let arrive = async |mirror: &Mirror| {
        write(mirror, Batch::Tickets(vec![record.clone()])).await.unwrap();
        mirror.note_single_read(TicketId(7)).await.unwrap();
        write(mirror, Batch::Conversation { ticket: TicketId(7), actions: vec![note.clone()], left_out: 0 }).await.unwrap();
    };
    let looked_at = async |mirror: &Mirror| {
        let read = |reader: &Reader| {
            let outdated = (reader.conversation_is_outdated(TicketId(7))?, reader.single_read_is_outdated(TicketId(7))?);
            Ok((reader.conversation(TicketId(7))?.unwrap(), outdated))
        };
        let (seen, outdated) = mirror.read(read).await.unwrap();
        let words = |text: &MailText| text.parts().iter().map(|part| part.text.as_str()).collect::<String>();
        (words(&seen.body), seen.actions.iter().map(|action| words(&action.text)).collect::<String>(), outdated)
    };
    let found = async |mirror: &Mirror, query: &str| read(mirror, query).await.unwrap().total;
    let (body, said) = ("the xylophone jams".to_owned(), "a zeppelin came".to_owned());
    arrive(&mirror).await;
    assert_eq!(looked_at(&mirror).await, (body.clone(), said.clone(), (false, false)));
    mirror.close();

    let mirror = open(&path).0;
    mirror.keep_bodies(false);
    mirror.close();
    assert!(stands_in_files(&path, "Printer"));
    for word in ["xylophone", "zeppelin"] {
        assert!(!stands_in_files(&path, word), "{word}");
    }

    let mirror = open(&path).0;
    mirror.keep_bodies(false);
    assert_eq!(looked_at(&mirror).await, (String::new(), String::new(), (true, true)), "it has to be asked for");
    arrive(&mirror).await;
    assert_eq!(looked_at(&mirror).await, (body.clone(), said.clone(), (false, false)), "it is held");
    assert_eq!((found(&mirror, "printer").await, found(&mirror, "xylophone").await, found(&mirror, "zeppelin").await), (1, 0, 0));
    mirror.close();
    for word in ["xylophone", "zeppelin"] {
        assert!(!stands_in_files(&path, word), "{word}");
    }

    let mirror = open(&path).0;
    mirror.keep_bodies(true);
    assert_eq!(looked_at(&mirror).await, (String::new(), String::new(), (true, true)), "it is to be stored now");
    arrive(&mirror).await;
    assert_eq!((found(&mirror, "xylophone").await, found(&mirror, "zeppelin").await), (1, 1));
    mirror.close();
    let mirror = open(&path).0;
    assert_eq!(looked_at(&mirror).await, (body, said, (false, false)));
}

#[tokio::test]
async fn what_was_stored_is_there_at_the_next_start() {
    let (_folder, path) = place();
    filled(&path).await;
    let (mirror, opened) = open(&path);
    assert_eq!((opened.notice(), mirror.is_stored()), (None, true));
    assert_eq!(opened, Opened::Existing);
    let window = read(&mirror, "printer").await.unwrap();
    assert_eq!((window.total, window.rows[0].id), (299, TicketId(299)));
}

#[tokio::test]
async fn nobody_else_can_read_it_whatever_the_umask() {
    let before = rustix::process::umask(rustix::fs::Mode::empty());
    let (_folder, path) = place();
    let (mirror, _) = open(&path);
    write(&mirror, tickets(1..10)).await.unwrap();
    read(&mirror, "").await.unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    for suffix in ["", "-wal", "-shm"] {
        assert_eq!(mode(&beside(&path, suffix)), 0o600, "{suffix}");
    }
    mirror.close();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let (mirror, _) = open(&path);
    assert_eq!(mode(&path), 0o600, "an older file is closed as well");
    mirror.close();
    rustix::process::umask(before);
}

#[tokio::test]
async fn another_identity_never_sees_the_rows() {
    let (_folder, path) = place();
    filled(&path).await;
    let (mirror, opened) = Mirror::open(&path, &identity("b")).unwrap();
    let Opened::OtherIdentity { set_aside } = &opened else { panic!("{opened:?}") };
    assert!(set_aside.exists() && opened.notice().is_some());
    assert_eq!(read(&mirror, "").await.unwrap().total, 0);
    mirror.close();
    purge(&path).unwrap();
    assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 0, "purging leaves nothing, copies included");
    purge(&path).unwrap();
}

#[tokio::test]
async fn a_newer_file_is_left_byte_for_byte() {
    let (_folder, path) = place();
    filled(&path).await;
    let mut bytes = fs::read(&path).unwrap();
    bytes[60..64].copy_from_slice(&99_i32.to_be_bytes());
    fs::write(&path, &bytes).unwrap();
    let (mirror, opened) = open(&path);
    assert_eq!(opened, Opened::NewerSchema { found: 99 });
    assert!(!mirror.is_stored());
    write(&mirror, tickets(1..3)).await.unwrap();
    assert_eq!(read(&mirror, "").await.unwrap().total, 2);
    mirror.close();
    assert_eq!(fs::read(&path).unwrap(), bytes);
    assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
}

/// A write-ahead log that stays behind would be laid over whatever file stands there next.
#[tokio::test]
async fn closing_leaves_one_file_every_time() {
    for round in 0..40 {
        let (_folder, path) = place();
        filled(&path).await;
        let names: Vec<_> = fs::read_dir(path.parent().unwrap()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, [path.file_name().unwrap()], "round {round}");
    }
}

/// A task that ends late still has its handle when the program has closed the mirror.
#[tokio::test]
async fn closing_closes_whoever_else_has_a_handle() {
    let (_folder, path) = place();
    let (mirror, _) = open(&path);
    write(&mirror, tickets(1..50)).await.unwrap();
    let late = mirror.clone();
    mirror.close();
    let names: Vec<_> = fs::read_dir(path.parent().unwrap()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, [path.file_name().unwrap()]);
    assert_eq!(read(&late, "").await.unwrap_err().kind, FailureKind::Gone);
    assert_eq!(write(&late, tickets(1..5)).await.unwrap_err().kind, FailureKind::Gone);
    late.close();
}

#[tokio::test]
async fn damage_that_shows_at_once_is_set_aside() {
    let (_folder, path) = place();
    filled(&path).await;
    let whole = fs::read(&path).unwrap();
    let mut flipped = whole.clone();
    flipped[16] ^= 0xff;
    for (what, bytes) in [
        ("header", [b"not a database at all".as_slice(), &whole[21..]].concat()),
        ("page size", flipped),
        ("short", whole[..50].to_vec()),
        ("cut", whole[..4096].to_vec()),
        ("another program's database", foreign_database()),
    ] {
        fs::write(&path, &bytes).unwrap();
        let (mirror, opened) = open(&path);
        let Opened::Damaged { set_aside } = &opened else { panic!("{what}: {opened:?}") };
        assert_eq!(fs::read(set_aside).unwrap().len(), bytes.len(), "{what}");
        assert_eq!(read(&mirror, "").await.unwrap().total, 0, "{what}");
        assert_eq!(write(&mirror, tickets(1..5)).await, Ok(4), "{what}");
        mirror.close();
    }
    let copies = fs::read_dir(path.parent().unwrap())
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().contains("damaged"));
    assert_eq!(copies.count(), 3, "copies don't pile up");
}

/// An empty database that bears another program's mark.
fn foreign_database() -> Vec<u8> {
    let mut page = vec![0u8; 4096];
    page[..16].copy_from_slice(b"SQLite format 3\0");
    page[16..18].copy_from_slice(&4096u16.to_be_bytes());
    page[18..24].copy_from_slice(&[1, 1, 0, 64, 32, 32]);
    page[27] = 1;
    page[31] = 1;
    page[47] = 4;
    page[59] = 1;
    page[60..64].copy_from_slice(&1i32.to_be_bytes());
    page[68..72].copy_from_slice(&0x1234_5678u32.to_be_bytes());
    page[100] = 13;
    page[105..107].copy_from_slice(&4096u16.to_be_bytes());
    page
}

#[tokio::test]
async fn random_damage_never_brings_the_program_down() {
    let (_folder, path) = place();
    filled(&path).await;
    let whole = fs::read(&path).unwrap();
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap()
    };
    for round in 0..60 {
        let mut bytes = whole.clone();
        for _ in 0..=random(40) {
            let at = if round % 3 == 0 { random(8192) } else { random(bytes.len()) };
            bytes[at] ^= 1 << random(8);
        }
        if round % 10 == 0 {
            bytes.truncate(random(bytes.len()));
        }
        fs::write(&path, &bytes).unwrap();
        let (mirror, _) = open(&path);
        // Either an answer or a failure in words; the next start then looks closer.
        for query in ["", "is:closed sort:sla", "printer", "client:client agent:x"] {
            let _ = read(&mirror, query).await.map_err(|failure| assert_eq!(failure.kind, FailureKind::Storage));
        }
        let _ = mirror.read(|reader| reader.clients("", true, Anchor::End, 5)).await;
        let _ = mirror.read(|reader| reader.conversation(TicketId(5))).await;
        let broken = write(&mirror, tickets(1..400)).await.is_err();
        mirror.close();
        if broken {
            let (mirror, _) = open(&path);
            assert_eq!(write(&mirror, tickets(400..410)).await, Ok(10), "round {round}: a second start writes again");
            mirror.close();
        }
        purge(&path).unwrap();
    }
}

#[tokio::test]
async fn what_is_no_file_of_ours_is_never_written_through() {
    let (folder, path) = place();
    let in_memory = async |what: &str| {
        let (mirror, opened) = open(&path);
        assert!(matches!(&opened, Opened::InMemory { .. }) && opened.notice().is_some(), "{what}: {opened:?}");
        assert_eq!(write(&mirror, tickets(1..3)).await, Ok(2), "{what}");
        assert_eq!(read(&mirror, "").await.unwrap().total, 2, "{what}");
    };
    fs::create_dir(path.parent().unwrap()).unwrap();
    let target = folder.path().join("target");
    for suffix in ["", "-wal", "-shm", "-journal"] {
        fs::write(&target, "precious").unwrap();
        symlink(&target, beside(&path, suffix)).unwrap();
        in_memory("link").await;
        assert_eq!(fs::read(&target).unwrap(), b"precious");
        fs::remove_file(beside(&path, suffix)).unwrap();
    }
    fs::hard_link(&target, &path).unwrap();
    in_memory("hard link").await;
    assert_eq!(fs::read(&target).unwrap(), b"precious");
    fs::remove_file(&path).unwrap();
    rustix::fs::mknodat(rustix::fs::CWD, &path, rustix::fs::FileType::Fifo, rustix::fs::Mode::RUSR, 0).unwrap();
    in_memory("pipe").await;
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    in_memory("folder").await;
    fs::remove_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path.parent().unwrap(), "a file where the folder should be").unwrap();
    in_memory("file as folder").await;
}

#[tokio::test]
async fn two_instances_share_one_file() {
    let (_folder, path) = place();
    let (one, _) = open(&path);
    let (two, opened) = open(&path);
    assert_eq!(opened, Opened::Existing);
    let fill = async |mirror: &Mirror, from: i64| {
        for n in 0..20 {
            assert_eq!(write(mirror, tickets(from + n * 10..from + n * 10 + 10)).await, Ok(10));
            read(mirror, "printer").await.unwrap();
        }
    };
    tokio::join!(fill(&one, 0), fill(&two, 1000));
    for mirror in [&one, &two] {
        assert_eq!(read(mirror, "").await.unwrap().total, 400, "each sees what the other wrote");
    }
}

/// Not a test by itself: the process that the next test kills. It says which batches are safely stored.
#[tokio::test]
async fn child_that_writes_until_it_is_killed() {
    let Some(path) = std::env::var_os("MIRROR_PATH").map(PathBuf::from) else { return };
    let (mirror, _) = open(&path);
    let first = read(&mirror, "").await.unwrap().total.try_into().unwrap_or(0_i64);
    for n in first / 10.. {
        write(&mirror, tickets(n * 10..n * 10 + 10)).await.unwrap();
        println!("\nstored {}", n * 10 + 10);
    }
}

#[tokio::test]
async fn a_killed_process_loses_nothing_that_it_said_was_stored() {
    let (_folder, path) = place();
    for round in 1..=6 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child_that_writes_until_it_is_killed", "--nocapture"])
            .env("MIRROR_PATH", &path)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let stored = lines.filter_map(|line| line.strip_prefix("stored ")?.parse::<u64>().ok()).nth(round * 3).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        let (mirror, opened) = open(&path);
        assert_eq!(opened, Opened::Existing);
        let total = read(&mirror, "").await.unwrap().total;
        assert!(total >= stored && total.is_multiple_of(10), "round {round}: {stored} stored, {total} there");
        assert_eq!(read(&mirror, "printer").await.unwrap().total, total, "the word index is of the same moment");
        mirror.close();
    }
}
