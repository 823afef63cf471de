//! The real binary on a real pseudo-terminal, against the stand-in over HTTP: what an operator sees and what is left behind.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that can't go on fails"
)]

use std::{
    io::{Read, Write},
    os::unix::fs::PermissionsExt,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    time::{Duration, Instant},
};

use halo_tui::demo;
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// How long anything may take before the test gives up: far more than it ever needs.
const PATIENCE: Duration = Duration::from_mins(1);

/// The program under test.
const PROGRAM: &str = env!("CARGO_BIN_EXE_halo-tui");

/// The stand-in in a thread of its own; it ends with the test.
struct StandIn {
    url: String,
    environment: Vec<(&'static str, String)>,
    control: demo::Control,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl StandIn {
    fn start() -> Self {
        let (told, hear) = mpsc::channel();
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let at = "2026-11-20T10:00:00Z".parse().ok();
                let server = demo::Server::bind(demo::Settings { tickets: 400, still: true, at, ..demo::Settings::default() });
                let server = server.await.unwrap();
                told.send((server.url().to_owned(), server.environment(), server.control())).unwrap();
                server.run(async { drop(stopped.await) }).await.unwrap();
            });
        });
        let (url, environment, control) = hear.recv().unwrap();
        Self { url, environment, control, stop: Some(stop), thread: Some(thread) }
    }

    fn value(&self, name: &str) -> &str {
        &self.environment.iter().find(|(other, _)| *other == name).unwrap().1
    }

    fn variables(&self) -> Vec<(&str, &str)> {
        self.environment.iter().map(|(name, value)| (*name, value.as_str())).collect()
    }

    fn stop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

/// The program in its terminal.
struct Run {
    master: Option<Box<dyn MasterPty + Send>>,
    writer: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    output: mpsc::Receiver<Vec<u8>>,
    /// Tells the reading thread to let go of the terminal after its next piece.
    let_go: Arc<AtomicBool>,
    screen: vt100::Parser,
    all: Vec<u8>,
    before: String,
}

impl Run {
    fn start(home: &Path, cols: u16, rows: u16, environment: &[(&str, &str)]) -> Self {
        Self::start_command(&[PROGRAM], home, (cols, rows), environment)
    }

    fn start_command(words: &[&str], home: &Path, (cols, rows): (u16, u16), environment: &[(&str, &str)]) -> Self {
        let pair = native_pty_system().openpty(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }).unwrap();
        let mut command = CommandBuilder::from_argv(words.iter().map(Into::into).collect());
        command.env_clear();
        for (name, value) in
            [("TERM", "xterm-256color"), ("LANG", "C.UTF-8"), ("PATH", "/usr/bin:/bin"), ("HOME", home.to_str().unwrap())]
        {
            command.env(name, value);
        }
        for (name, value) in environment {
            command.env(name, value);
        }
        let before = settings(pair.master.as_ref());
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let writer = pair.master.take_writer().unwrap();
        let (send, output) = mpsc::channel();
        let let_go = Arc::new(AtomicBool::new(false));
        let asked = Arc::clone(&let_go);
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                if send.send(buffer[..count].to_vec()).is_err() || asked.load(Ordering::SeqCst) {
                    return;
                }
            }
        });
        let screen = vt100::Parser::new(size(rows), size(cols), 0);
        Self { master: Some(pair.master), writer, child, output, let_go, screen, all: Vec::new(), before }
    }

    fn with_stand_in(home: &Path, cols: u16, rows: u16, stand_in: &StandIn, more: &[(&str, &str)]) -> Self {
        Self::start(home, cols, rows, &[stand_in.variables(), more.to_vec()].concat())
    }

    fn text(&self) -> String {
        self.screen.screen().contents()
    }

    /// Reads until the screen says so.
    fn until(&mut self, what: &str, holds: impl Fn(&str) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !holds(&self.text()) {
            let left = end.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => {
                    self.screen.process(&bytes);
                    self.all.extend(bytes);
                }
                Err(error) => panic!("no {what} ({error}):\n{}", self.text()),
            }
        }
    }

    fn until_text(&mut self, words: &str) {
        self.until(words, |screen| screen.contains(words));
    }

    /// Reads until all open tickets are there: rows that come later would move the others.
    fn until_filled(&mut self) {
        self.until("all open tickets", |screen| {
            screen.contains("live") && !screen.contains("open tickets") && screen.contains("1 of ")
        });
    }

    /// Reads for as long as something holds; answers how many bytes came.
    fn read_while(&mut self, holds: impl Fn() -> bool) -> usize {
        let (before, end) = (self.all.len(), Instant::now() + PATIENCE);
        while holds() {
            assert!(Instant::now() < end, "never over");
            if let Ok(bytes) = self.output.recv_timeout(Duration::from_millis(20)) {
                self.all.extend(bytes);
            }
        }
        self.all.extend(self.output.try_iter().flatten());
        self.all.len() - before
    }

    fn is_given_back(&self) -> bool {
        let screen = self.screen.screen();
        !screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste()
    }

    fn type_in(&mut self, keys: &str) {
        self.writer.write_all(keys.as_bytes()).unwrap();
        self.writer.flush().unwrap();
    }

    /// Reads what is still to come after the program ended, and answers its status: the code, or 128 and the signal.
    fn ended(&mut self) -> u32 {
        let status = self.child.wait().unwrap();
        let end = Instant::now() + PATIENCE;
        // The reader ends when the slave side is closed.
        while let Ok(bytes) = self.output.recv_timeout(end.saturating_duration_since(Instant::now())) {
            self.screen.process(&bytes);
            self.all.extend(bytes);
        }
        status.exit_code()
    }

    /// The terminal is as before: its settings, the screen, the cursor, the modes.
    fn assert_given_back(&self) {
        if let Some(master) = &self.master {
            assert_eq!(settings(master.as_ref()), self.before, "the tty's settings");
        }
        assert!(self.is_given_back());
        assert!(self.all.windows(8).any(|window| window == b"\x1b[?1004l"), "focus reports are off");
    }

    fn signal(&self, signal: rustix::process::Signal) {
        let pid = i32::try_from(self.child.process_id().unwrap()).unwrap();
        rustix::process::kill_process(rustix::process::Pid::from_raw(pid).unwrap(), signal).unwrap();
    }
}

fn size(cells: u16) -> std::num::NonZeroU16 {
    std::num::NonZeroU16::new(cells).unwrap()
}

/// The settings of the tty in a form that compares.
fn settings(master: &dyn MasterPty) -> String {
    format!("{:?}", master.get_termios().unwrap())
}

#[test]
fn rows_keys_and_quitting() {
    let (home, stand_in) = (tempfile::tempdir().unwrap(), StandIn::start());
    let mut run = Run::with_stand_in(home.path(), 80, 24, &stand_in, &[]);
    // The cursor stays on its ticket while rows come in above it.
    run.until(" all rows", |screen| screen.trim_end().ends_with(" of 198") && screen.contains("live"));
    run.type_in("gg");
    run.until("the first row", |screen| screen.trim_end().ends_with(" 1 of 198"));
    run.type_in("j");
    run.until_text("2 of ");
    run.type_in("\r");
    run.until("the ticket", |screen| screen.contains("opened the ticket") || screen.contains("ago"));
    // One lone escape goes back to the list, and another one never quits. A frame may be read in pieces: its end is its last line.
    run.type_in("\x1b");
    run.until("the list", |screen| screen.contains("Summary") && screen.contains("2 of "));
    run.type_in("?");
    run.until_text("Keys of this place");
    run.type_in("q");
    run.until_text("2 of ");
    run.type_in("/zzzzqqqq");
    run.until_text("No ticket fits");
    run.type_in("\x15");
    run.until("all rows again", |screen| !screen.contains("No ticket fits") && screen.contains("In Prog"));
    run.type_in("\r:theme mono\r");
    run.until_text("Theme mono");
    run.type_in("\t");
    run.until_text("Clients");
    run.until("clients", |screen| screen.contains("Open") && screen.contains("Borealis") || screen.contains("Alder"));
    run.type_in("q");
    run.until_text("Summary");
    run.type_in("q");
    assert_eq!(run.ended(), 0);
    run.assert_given_back();
}

#[test]
fn a_bar_of_the_board_leads_to_its_tickets_and_back() {
    let (home, stand_in) = (tempfile::tempdir().unwrap(), StandIn::start());
    let mut run = Run::with_stand_in(home.path(), 120, 36, &stand_in, &[]);
    run.until_filled();
    run.type_in("b");
    run.until("numbers", |screen| screen.contains("Opened and closed in 30 days") && screen.contains("nobody"));
    // Six sections on stand the agents.
    run.type_in("\t\t\t\t\t\tj");
    // Its name and number: what stands beside it is drawn when it is.
    let bar = |screen: &str| {
        let after = screen.lines().find_map(|line| Some(line.split_once('▌')?.1.to_owned())).unwrap_or_default();
        after.split_once('▇').map(|(before, _)| before.to_owned()).unwrap_or_default()
    };
    // What is told above, and the mark, are drawn one after the other.
    let on = |screen: &str| {
        let name = screen.split("/ is:open agent:\"").nth(1).and_then(|rest| Some(rest.split_once('"')?.0.to_owned()));
        name.filter(|name| bar(screen).contains(name.as_str()))
    };
    run.until("an agent", |screen| on(screen).is_some());
    let held = bar(&run.text());
    let count: u64 = held.split_whitespace().last().unwrap().parse().unwrap();
    assert!(count > 0, "{held}");
    run.type_in("\r");
    run.until(&format!("{count} tickets"), |screen| {
        screen.contains("Summary") && screen.trim_end().ends_with(&format!(" 1 of {count}"))
    });
    run.type_in("b");
    run.until("the cursor where it was", |screen| screen.contains("Opened and closed in 30 days") && bar(screen) == held);
    run.type_in("\x03");
    assert_eq!(run.ended(), 0);
}

#[test]
fn a_client_in_the_round_leads_to_its_people_their_tickets_and_back() {
    let (home, stand_in) = (tempfile::tempdir().unwrap(), StandIn::start());
    let mut run = Run::with_stand_in(home.path(), 80, 24, &stand_in, &[]);
    run.until_filled();
    run.type_in("gc");
    // What only the server tells comes while the rest is shown.
    run.until("the client", |screen| screen.contains(" Client  / ") && screen.contains("until 2027-03-31"));
    let requests = stand_in.control.tally().of("/api/client/*");
    run.type_in("gu");
    run.until("its users", |screen| screen.contains(" Users  / ") && screen.contains('@') && screen.contains('▌'));
    // Users may still come in and stand before: the cursor keeps to its own.
    let under_the_cursor =
        |screen: &str| screen.lines().find(|line| line.starts_with('▌')).map(|line| line.chars().take(26).collect::<String>());
    let first = under_the_cursor(&run.text());
    run.type_in("j");
    run.until("the next user", |screen| under_the_cursor(screen).is_some_and(|user| first.as_ref() != Some(&user)));
    let left = under_the_cursor(&run.text());
    run.type_in("\r");
    run.until_text("user:#");
    run.type_in("-");
    run.until("the user that was left", |screen| screen.contains(" Users  / ") && under_the_cursor(screen) == left);
    run.type_in("\x1b");
    run.until_text(" Client  / ");
    run.type_in("q");
    run.until_text("Summary");
    assert_eq!((requests, stand_in.control.tally().of("/api/client/*")), (1, 1), "read once");
    run.type_in("q");
    assert_eq!(run.ended(), 0);
}

#[test]
fn keys_that_come_in_one_piece_all_count() {
    let (home, stand_in) = (tempfile::tempdir().unwrap(), StandIn::start());
    let mut run = Run::with_stand_in(home.path(), 300, 24, &stand_in, &[]);
    run.until_text("1 of ");
    // More than the loop takes between two frames: a slow line delivers what was typed meanwhile at once.
    let words = (0..50).map(|number| format!("{number:03}")).collect::<Vec<_>>().join("-");
    run.type_in(&format!("/{words}!"));
    run.until("the last key", |screen| screen.contains('!'));
    assert!(run.text().contains(&words), "{}", run.text());
    run.type_in("\x03");
    assert_eq!(run.ended(), 0);
}

#[test]
fn signing_in_by_typing_and_starting_again_without_the_server() {
    let (home, mut stand_in) = (tempfile::tempdir().unwrap(), StandIn::start());
    let secret = stand_in.value("HALO_CLIENT_SECRET").to_owned();
    let mut run = Run::start(home.path(), 100, 32, &[]);
    run.until_text("Test and connect");
    run.type_in(&format!("{}\r", stand_in.url));
    run.until("the addresses", |screen| screen.contains("/auth") && screen.contains("demo"));
    run.type_in(stand_in.value("HALO_CLIENT_ID"));
    run.type_in("\twrong");
    run.type_in("\x14");
    run.until("the refusal", |screen| screen.contains("invalid_client") || screen.contains("Nothing was saved"));
    assert!(run.text().contains(stand_in.value("HALO_CLIENT_ID")), "nothing typed is lost");
    // The cursor stands on the secret; a paste replaces it.
    run.type_in("\x15");
    run.type_in(&format!("\x1b[200~{secret}\x1b[201~"));
    run.type_in("\x14");
    run.until_text("You are");
    run.type_in("Priya");
    run.until_text("1 of 1.");
    run.type_in("\r");
    run.until("rows as Priya", |screen| screen.contains("acts as") && screen.contains("1 of ") && screen.contains("live"));
    // All of them: what is quit before is no mirror to start from.
    run.until_text("198 of 198 open");
    run.type_in("/is:open sort:id\r");
    // The header tells the filter before its rows are there.
    run.until("rows by number", |screen| {
        let numbers = numbers(screen);
        screen.contains("/ is:open sort:id") && numbers.len() > 5 && numbers.is_sorted_by(|one, next| one > next)
    });
    run.type_in("jjj");
    run.until_text("4 of ");
    let place = cursor_row(&run.text());
    run.type_in("q");
    assert_eq!(run.ended(), 0);
    run.assert_given_back();
    let shown = String::from_utf8_lossy(&run.all);
    assert!(!shown.contains(&secret), "the secret was shown");

    let config = home.path().join(".config/halo-tui");
    let mode = |name: &str| std::fs::metadata(config.join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("config.toml"), mode("credentials.toml")), (0o600, 0o600));
    assert!(!std::fs::read_to_string(config.join("config.toml")).unwrap().contains(&secret));

    let of_database =
        |file: &std::path::PathBuf| file.to_string_lossy().contains("mirror.db-") && !file.ends_with("mirror.db-lock");
    let left: Vec<_> = walk(home.path()).into_iter().filter(of_database).collect();
    assert_eq!(left, Vec::<std::path::PathBuf>::new(), "quitting closes the mirror");
    stand_in.stop();
    let mut again = Run::start(home.path(), 100, 32, &[]);
    again.until("stored rows and the word offline", |screen| screen.contains("4 of ") && screen.contains("offline since"));
    assert_eq!(cursor_row(&again.text()), place, "it begins where it ended");
    assert!(again.text().contains("/ is:open sort:id"));
    again.type_in("q");
    assert_eq!(again.ended(), 0);
    // The secret lies nowhere but in its own file.
    for entry in walk(home.path()) {
        let bytes = std::fs::read(&entry).unwrap();
        let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert_eq!(found, entry.ends_with("credentials.toml"), "{}", entry.display());
    }
}

/// The numbers of the tickets in the list, in their order.
fn numbers(screen: &str) -> Vec<u64> {
    let rows = screen.lines().skip_while(|line| !line.contains("Summary")).skip(1).take_while(|line| !line.starts_with('─'));
    rows.filter_map(|row| row.split_whitespace().find_map(|word| word.parse().ok())).collect()
}

/// The number of the ticket under the cursor.
fn cursor_row(screen: &str) -> String {
    let row = screen.lines().find(|row| row.starts_with('▌')).unwrap_or_else(|| panic!("no cursor:\n{screen}"));
    row.split_whitespace().find(|word| word.parse::<u64>().is_ok()).unwrap().to_owned()
}

fn walk(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        if entry.file_type().unwrap().is_dir() { files.extend(walk(&entry.path())) } else { files.push(entry.path()) }
    }
    files
}

#[test]
fn signals_end_it_with_their_number_and_give_the_terminal_back() {
    use rustix::process::Signal;
    let stand_in = StandIn::start();
    for (signal, status) in [(Signal::TERM, 143), (Signal::INT, 130), (Signal::HUP, 129), (Signal::QUIT, 131)] {
        let home = tempfile::tempdir().unwrap();
        let mut run = Run::with_stand_in(home.path(), 80, 24, &stand_in, &[]);
        run.until_text("1 of ");
        run.signal(signal);
        assert_eq!(run.ended(), status, "{signal:?}");
        run.assert_given_back();
    }
    let home = tempfile::tempdir().unwrap();
    let mut run = Run::with_stand_in(home.path(), 80, 24, &stand_in, &[]);
    run.until_text("1 of ");
    run.type_in("/printer\x03");
    assert_eq!(run.ended(), 0, "ctrl-c quits from anywhere");
    run.assert_given_back();
}

#[test]
fn the_shell_stops_it_and_brings_it_back() {
    let (home, stand_in) = (tempfile::tempdir().unwrap(), StandIn::start());
    let environment = [stand_in.variables(), vec![("PS1", "sh: ")]].concat();
    let mut run = Run::start_command(&["/bin/sh", "-i"], home.path(), (80, 24), &environment);
    run.until_text("sh: ");
    run.type_in(&format!("'{PROGRAM}'\n"));
    for _ in 0..2 {
        run.until("rows", |screen| screen.contains("1 of ") && screen.contains("live"));
        run.type_in("\x1a");
        run.until_text("Stopped");
        assert!(run.is_given_back());
        run.type_in("clear; fg\n");
    }
    run.until("rows", |screen| screen.contains("1 of ") && screen.contains("live"));
    run.type_in("q");
    run.until("the prompt", |screen| screen.ends_with("sh: "));
    run.type_in("echo ended $?\n");
    run.until_text("ended 0");
    run.type_in("exit\n");
    assert_eq!(run.ended(), 0);
    run.assert_given_back();
}

#[test]
fn an_idle_screen_is_silent() {
    let (home, stand_in) = (tempfile::tempdir().unwrap(), StandIn::start());
    let config = home.path().join(".config/halo-tui");
    std::fs::create_dir_all(&config).unwrap();
    std::fs::write(config.join("config.toml"), "refresh = 1\n").unwrap();
    let mut run = Run::with_stand_in(home.path(), 80, 24, &stand_in, &[]);
    run.until("rows at rest", |screen| screen.contains("1 of ") && screen.contains("live") && !screen.contains("filling"));
    let minute = || halo_tui::domain::Timestamp::now().as_second() / 60;
    let asked = || stand_in.control.tally().total;
    // It is quiet, not stuck: the stand-in is asked all the while. At a minute's turn ages roll.
    let mut quiet = 0;
    // What is still filled in the background shows how far it is.
    for _ in 0..400 {
        let (began, enough) = (minute(), asked() + 3);
        let bytes = run.read_while(|| asked() < enough);
        quiet = if bytes == 0 && minute() == began { quiet + 1 } else { 0 };
        if quiet == 3 {
            break;
        }
    }
    assert_eq!(quiet, 3, "{}", run.all.escape_ascii());
    run.type_in("q");
    assert_eq!(run.ended(), 0);
}

#[test]
fn views_are_saved_into_the_file_that_was_written_by_hand() {
    let (home, stand_in) = (tempfile::tempdir().unwrap(), StandIn::start());
    let config = home.path().join(".config/halo-tui");
    std::fs::create_dir_all(&config).unwrap();
    let file = config.join("views.toml");
    let by_hand = "# by hand\n[[view]]\nname = \"VIP\" # mine\nquery = \"is:open is:vip\"\n\n# to be put right\n[[view]]\n\
        name = \"Bad\"\nquery = \"statu:x\"\n";
    std::fs::write(&file, by_hand).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    let mut run = Run::with_stand_in(home.path(), 150, 40, &stand_in, &[]);
    run.until("what is wrong with the bad one", |screen| screen.contains("views.toml line 9: query: did you mean status?"));
    run.until("the good one", |screen| screen.contains("8 VIP") && screen.contains("live"));
    run.type_in("8:sort -id\r:save-view\r");
    run.until_text("Saved the view VIP");
    run.type_in(":save-view Copy\r");
    run.until_text("Saved the view Copy");
    run.type_in(":rename-view Mine too\r");
    run.until_text("The view Copy is called Mine too now");
    run.type_in("q");
    assert_eq!(run.ended(), 0);
    let expected = by_hand.replace("is:vip\"\n", "is:vip\"\nsort = \"-id\"\n")
        + "\n[[view]]\nname = \"Mine too\"\nquery = \"is:open is:vip\"\nsort = \"-id\"\n";
    assert_eq!(std::fs::read_to_string(&file).unwrap(), expected);
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    // It begins in the view where it ended.
    let mut again = Run::with_stand_in(home.path(), 150, 40, &stand_in, &[]);
    again.until("the same view", |screen| {
        screen.contains("9 Mine too") && numbers(screen).is_sorted() && numbers(screen).len() > 3
    });
    again.type_in("q");
    assert_eq!(again.ended(), 0);
}

#[test]
fn the_clipboard_is_reached_by_its_key_alone() {
    let (home, stand_in) = (tempfile::tempdir().unwrap(), StandIn::start());
    let mut run = Run::with_stand_in(home.path(), 80, 24, &stand_in, &[]);
    run.until("rows", |screen| screen.contains("1 of ") && screen.contains("live"));
    run.type_in("y");
    run.until_text("Copied ");
    run.type_in("q");
    assert_eq!(run.ended(), 0);
    let mut found = Judge::default();
    vte::Parser::new().advance(&mut found, &run.all);
    assert_eq!(found.foreign.len(), 1, "{:?}", found.foreign);
    assert!(found.foreign[0].starts_with("OSC [[53, 50], [99], "), "{:?}", found.foreign);
}

#[test]
fn a_file_is_saved_where_the_settings_say_and_nowhere_else() {
    let (home, stand_in) = (tempfile::tempdir().unwrap(), StandIn::start());
    let config = home.path().join(".config/halo-tui");
    let downloads = home.path().join("in box");
    std::fs::create_dir_all(&config).unwrap();
    std::fs::create_dir(&downloads).unwrap();
    std::fs::write(config.join("config.toml"), "downloads = \"~/in box\"\n").unwrap();
    std::fs::set_permissions(config.join("config.toml"), std::fs::Permissions::from_mode(0o600)).unwrap();
    let before = walk(home.path());
    let mut run = Run::with_stand_in(home.path(), 120, 40, &stand_in, &[]);
    run.until("rows", |screen| screen.contains("1 of ") && screen.contains("live"));
    run.type_in("/has:attachment sort:id\r");
    run.until("a ticket's files", |screen| screen.contains("/ has:attachment") && screen.contains("files  "));
    run.type_in("f");
    run.until_text("tickets, files, links");
    let under_cursor = |screen: &str| screen.lines().rfind(|line| line.starts_with('▌')).unwrap_or_default().to_owned();
    while !under_cursor(&run.text()).contains("▌ file") {
        let before = under_cursor(&run.text());
        run.type_in("j");
        run.until("the next one", |screen| under_cursor(screen) != before);
    }
    run.type_in("\r");
    run.until_text("Saved ");
    // Twice: the first one stays as it is.
    run.type_in("f");
    run.until_text("tickets, files, links");
    while !under_cursor(&run.text()).contains("▌ file") {
        let before = under_cursor(&run.text());
        run.type_in("j");
        run.until("the next one", |screen| under_cursor(screen) != before);
    }
    run.type_in("\r");
    run.until_text(" (2)");
    run.type_in("q");
    assert_eq!(run.ended(), 0);
    let saved = walk(&downloads);
    assert_eq!(saved.len(), 2, "{saved:?}");
    for file in &saved {
        assert_eq!(std::fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
        let bytes = std::fs::read(file).unwrap();
        assert!(bytes.starts_with(b"\x89PNG") || bytes.starts_with(b"0000 ticket"), "{file:?}");
    }
    let elsewhere: Vec<_> = walk(home.path())
        .into_iter()
        .filter(|file| !before.contains(file) && !saved.contains(file) && !file.starts_with(home.path().join(".local")))
        .collect();
    assert_eq!(elsewhere, Vec::<std::path::PathBuf>::new());
}

#[test]
fn a_vanished_terminal_ends_it() {
    let (home, stand_in) = (tempfile::tempdir().unwrap(), StandIn::start());
    let mut run = Run::with_stand_in(home.path(), 80, 24, &stand_in, &[]);
    run.until("rows at rest", |screen| screen.contains("1 of ") && screen.contains("live") && !screen.contains("filling"));
    run.let_go.store(true, Ordering::SeqCst);
    run.type_in("?");
    while run.output.recv_timeout(PATIENCE).is_ok() {}
    drop(run.master.take());
    let Run { writer, mut child, .. } = run;
    drop(writer);
    assert_eq!(child.wait().unwrap().exit_code(), 129);
}

#[test]
fn the_automatic_theme_fits_the_background_that_the_environment_tells() {
    // The backgrounds of the cursor's row; the terminal's own colours have none.
    let (light, dark) = ("48;2;182;215;255", "48;2;38;79;120");
    for (colours, wanted) in [("0;15", Some(light)), ("15;0", Some(dark)), ("", None)] {
        let (home, stand_in) = (tempfile::tempdir().unwrap(), StandIn::start());
        let environment = [stand_in.variables(), vec![("COLORFGBG", colours), ("COLORTERM", "truecolor")]].concat();
        let mut run = Run::start_command(&[PROGRAM, "--theme", "auto"], home.path(), (80, 24), &environment);
        run.until("a row", |screen| screen.contains("1 of "));
        // By name while it runs too, after another.
        run.type_in(":theme mono\r");
        run.until_text("Theme mono");
        let until_then = run.all.len();
        run.type_in(":theme auto\r");
        run.until_text("Theme auto");
        for (when, bytes) in [("at the start", &run.all[..until_then]), ("by name", &run.all[until_then..])] {
            for background in [light, dark] {
                let shown = bytes.windows(background.len()).any(|bytes| bytes == background.as_bytes());
                assert_eq!(shown, wanted == Some(background), "{colours:?} {when}: {background}");
            }
        }
        run.type_in("q");
        assert_eq!(run.ended(), 0);
    }
}

/// The variable that breaks a debug build on purpose, and the file whose appearing starts it.
#[cfg(debug_assertions)]
fn drill(home: &Path, place: &str) -> (String, std::path::PathBuf) {
    let start = home.join("drill");
    (format!("{place}:{}", start.display()), start)
}

#[test]
#[cfg(debug_assertions)]
fn a_panic_while_drawing_gives_the_terminal_back_before_it_is_told() {
    let (home, stand_in) = (tempfile::tempdir().unwrap(), StandIn::start());
    let (variable, start) = drill(home.path(), "drawing");
    let mut run = Run::with_stand_in(home.path(), 80, 24, &stand_in, &[("HALO_TUI_DRILL", &variable)]);
    run.until(" a row", |screen| screen.contains("1 of ") && screen.contains("live"));
    std::fs::write(start, "").unwrap();
    run.type_in("j");
    assert_eq!(run.ended(), 101);
    run.assert_given_back();
    let shown = String::from_utf8_lossy(&run.all);
    let (_, after) = shown.rsplit_once("\x1b[?1049l").expect("the alternate screen is left");
    assert!(after.contains("a drill in drawing"), "the message stands on the shell's screen: {after:?}");
}

#[test]
#[cfg(debug_assertions)]
fn a_screen_that_is_written_no_more_ends_the_program_and_is_told() {
    let (home, stand_in) = (tempfile::tempdir().unwrap(), StandIn::start());
    let (variable, start) = drill(home.path(), "the writing");
    let mut run = Run::with_stand_in(home.path(), 80, 24, &stand_in, &[("HALO_TUI_DRILL", &variable)]);
    run.until(" a row", |screen| screen.contains("1 of ") && screen.contains("live"));
    std::fs::write(start, "").unwrap();
    run.type_in("j");
    assert_eq!(run.ended(), 1);
    run.assert_given_back();
    let shown = String::from_utf8_lossy(&run.all);
    let (_, after) = shown.rsplit_once("\x1b[?1049l").expect("the alternate screen is left");
    assert!(after.contains("broke where it talks to the terminal"), "{after:?}");
}

#[test]
#[cfg(debug_assertions)]
fn a_panic_in_the_background_is_told_and_the_screen_goes_on() {
    for place in ["the refreshing", "the signing in"] {
        let (home, stand_in) = (tempfile::tempdir().unwrap(), StandIn::start());
        let (variable, start) = drill(home.path(), place);
        let mut run = Run::with_stand_in(home.path(), 120, 24, &stand_in, &[("HALO_TUI_DRILL", &variable)]);
        run.until(" a row", |screen| screen.contains("1 of ") && screen.contains("live"));
        std::fs::write(start, "").unwrap();
        run.until_text("worker restarted");
        assert!(run.text().contains(place), "{}", run.text());
        run.type_in("j");
        run.until_text("2 of ");
        // What was started again works: a refresh is asked for and answered.
        let before = stand_in.control.tally().total;
        run.type_in("r");
        run.read_while(|| stand_in.control.tally().total == before);
        run.type_in("q");
        assert_eq!(run.ended(), 0);
        run.assert_given_back();
        let log = walk(home.path()).into_iter().find(|file| file.ends_with("halo-tui.log")).unwrap();
        let log = std::fs::read_to_string(log).unwrap();
        assert!(log.contains("panic") && !log.contains("a drill in"), "the place is logged, the words are not: {log}");
    }
}

#[test]
fn a_mirror_that_is_damaged_in_use_is_set_aside_and_its_rows_come_again() {
    let (home, stand_in) = (tempfile::tempdir().unwrap(), StandIn::start());
    let mut sync = std::process::Command::new(PROGRAM);
    sync.arg("sync").env_clear().env("HOME", home.path()).envs(stand_in.variables());
    assert!(sync.output().unwrap().status.success());
    let mut run = Run::with_stand_in(home.path(), 160, 24, &stand_in, &[]);
    run.until_filled();
    // What was built anew may be damaged as well.
    for (number, word) in [(1, "printer"), (2, "password")] {
        let files = walk(home.path());
        for file in files.iter().filter(|file| file.ends_with("mirror.db") || file.ends_with("mirror.db-wal")) {
            use std::os::unix::fs::FileExt;
            let length = std::fs::metadata(file).unwrap().len();
            let all = std::fs::OpenOptions::new().write(true).open(file).unwrap();
            let noise = vec![0xa5; usize::try_from(length.saturating_sub(4096)).unwrap()];
            all.write_all_at(&noise, 4096.min(length)).unwrap();
        }
        run.type_in(&format!("/{word}\r"));
        let is_aside = |screen: &str| {
            let aside = format!("mirror.db.damaged-{number}");
            screen.contains("it was set aside as") && walk(home.path()).iter().any(|file| file.ends_with(&aside))
        };
        run.until(" file set aside", is_aside);
        run.until(" rows that fit", |screen| {
            screen.contains("live") && screen.contains("1 of ") && screen.to_lowercase().contains(word)
        });
        // Bytes that follow an escape at once would be one key with it.
        run.type_in("\x1b");
        let filter = format!("/ {}", &word[..5]);
        run.until(" everything", |screen| !screen.contains(&filter) && screen.contains("1 of "));
    }
    run.type_in("q");
    assert_eq!(run.ended(), 0);
}

#[test]
fn when_the_refreshing_one_is_killed_another_goes_on() {
    let (home, stand_in) = (tempfile::tempdir().unwrap(), StandIn::start());
    // Whoever looks at a ticket that nobody has read yet reads it: here nobody looks at any.
    let config = home.path().join(".config/halo-tui");
    std::fs::create_dir_all(&config).unwrap();
    std::fs::write(config.join("config.toml"), "preview = false\n").unwrap();
    let start = || {
        let mut run = Run::with_stand_in(home.path(), 120, 24, &stand_in, &[]);
        run.until(" a row", |screen| screen.contains("1 of ") && screen.contains("live"));
        run
    };
    let [mut first, mut second, mut third] = [(); 3].map(|()| start());
    assert_eq!(stand_in.control.tally().tokens, 1, "one signs in for all");
    first.signal(rustix::process::Signal::KILL);
    first.child.wait().unwrap();
    for run in [&mut second, &mut third] {
        let added = stand_in.control.add_ticket();
        // What changed last stands on top there.
        run.type_in("6r");
        run.until(" the new ticket", |screen| screen.contains(&added.to_string()));
    }
    assert_eq!(stand_in.control.tally().tokens, 2, "one took its place");
    for mut run in [second, third] {
        run.type_in("q");
        assert_eq!(run.ended(), 0);
    }
}

#[test]
fn tiny_and_back() {
    let (home, stand_in) = (tempfile::tempdir().unwrap(), StandIn::start());
    let mut run = Run::with_stand_in(home.path(), 80, 24, &stand_in, &[]);
    run.until_text("1 of ");
    for (rows, cols) in [(1, 1), (12, 40), (40, 120)] {
        run.master.as_ref().unwrap().resize(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }).unwrap();
        run.screen.screen_mut().set_size(size(rows), size(cols));
        if (rows, cols) == (12, 40) {
            run.until("polite words", |screen| screen.to_lowercase().contains("larger") || screen.contains("60"));
        }
    }
    run.until("the dashboard", |screen| screen.contains("1 of ") && screen.contains("Summary"));
    run.type_in("q");
    assert_eq!(run.ended(), 0);
}

/// A wire of 2.5 kB/s with a terminal at its end: answers come when all before the request has passed.
struct SlowWire {
    run: Run,
    answered: usize,
    passed: usize,
}

impl SlowWire {
    const BYTES_PER_SECOND: u32 = 2_500;

    fn until_text(&mut self, words: &str) {
        const REQUEST: &[u8] = b"\x1b[5n";
        while !self.run.text().contains(words) {
            let bytes = self.run.output.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("no {words}:\n{}", self.run.text()));
            self.run.screen.process(&bytes);
            self.run.all.extend(bytes);
            let asked = self.run.all.windows(REQUEST.len()).filter(|bytes| *bytes == REQUEST).count();
            if asked > self.answered {
                // It is the wire that takes its time: nothing is waited for here.
                let bytes = u32::try_from(self.run.all.len() - self.passed).unwrap();
                std::thread::sleep(Duration::from_secs(1) * bytes / Self::BYTES_PER_SECOND);
                self.run.type_in(&"\x1b[0n".repeat(asked - self.answered));
                (self.answered, self.passed) = (asked, self.run.all.len());
            }
        }
    }
}

#[test]
fn a_slow_wire_is_found_out_and_makes_it_lean_once() {
    let (home, stand_in) = (tempfile::tempdir().unwrap(), StandIn::start());
    let mut wire = SlowWire { run: Run::with_stand_in(home.path(), 120, 40, &stand_in, &[]), answered: 0, passed: 0 };
    wire.until_text("1 of ");
    // The first frame is one measurement, a page is another.
    wire.run.type_in("\x1b[6~");
    wire.until_text("lean from now on; :lean switches back");
    assert!(wire.run.text().contains("kbit/s") && !wire.run.text().contains('─'), "{}", wire.run.text());
    wire.run.type_in(":lean\r");
    wire.until_text("No longer lean");
    assert!(wire.run.text().contains('─'), "{}", wire.run.text());
    wire.run.type_in("q");
    assert_eq!(wire.run.ended(), 0);
    wire.run.assert_given_back();
}

/// A wire that tears every answer, at another place each time, while a key is held at its end.
struct TornWire {
    run: Run,
    answered: usize,
    held: bool,
    pressed: usize,
}

impl TornWire {
    fn until(&mut self, what: &str, holds: impl Fn(&str, usize) -> bool) {
        const REQUEST: &[u8] = b"\x1b[5n";
        while !holds(&self.run.text(), self.pressed) {
            let bytes = self.run.output.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("no {what}:\n{}", self.run.text()));
            self.run.screen.process(&bytes);
            self.run.all.extend(bytes);
            let asked = self.run.all.windows(REQUEST.len()).filter(|bytes| *bytes == REQUEST).count();
            for answer in self.answered..asked {
                let (first, rest) = "\x1b[0n".split_at(1 + answer % 3);
                self.run.type_in(first);
                // It is the wire that takes its time: nothing is waited for here.
                std::thread::sleep(Duration::from_millis(
                    [20, 70, 180, 600][answer / 3 % 4] / if first.len() == 1 { 4 } else { 1 },
                ));
                let key = if self.held { ["j", "", "jj"][answer % 3] } else { "" };
                // Within an answer, but not between its first two bytes, which make alt of a key.
                let (after, within) = if first.len() == 1 { (key, "") } else { ("", key) };
                self.run.type_in(&format!("{within}{rest}{after}"));
                self.pressed += key.len();
            }
            self.answered = asked;
        }
    }
}

#[test]
fn an_answer_that_the_wire_tears_is_no_key_and_costs_none() {
    let (home, stand_in) = (tempfile::tempdir().unwrap(), StandIn::start());
    let run = Run::with_stand_in(home.path(), 120, 40, &stand_in, &[]);
    let mut wire = TornWire { run, answered: 0, held: false, pressed: 0 };
    let place = |screen: &str, row: usize| screen.trim_end().ends_with(&format!(" {row} of 198"));
    wire.until("all rows", |screen, _| screen.trim_end().ends_with(" of 198") && screen.contains("live"));
    wire.run.type_in("gg");
    wire.until("the first row", |screen, _| place(screen, 1));
    wire.held = true;
    wire.run.type_in("j");
    wire.pressed = 1;
    wire.until("40 keys", |_, pressed| pressed >= 40);
    wire.held = false;
    wire.until("the row that was gone to", |screen, pressed| place(screen, pressed + 1));
    wire.run.type_in("\rq");
    wire.until("the list", |screen, pressed| place(screen, pressed + 1));
    wire.run.type_in("q");
    assert_eq!(wire.run.ended(), 0);
    wire.run.assert_given_back();
}

#[test]
fn nothing_foreign_reaches_the_terminal() {
    let (home, stand_in) = (tempfile::tempdir().unwrap(), StandIn::start());
    let mut run = Run::with_stand_in(home.path(), 120, 40, &stand_in, &[("NO_COLOR", "1")]);
    run.until("all rows", |screen| screen.trim_end().ends_with(" of 198") && screen.contains("live"));
    // The stand-in's newest tickets hold escapes, overrides and floods; their pages are opened one by one.
    run.type_in("6");
    run.until("what changed last", |screen| {
        // The order of what breaches next is told at its head; this one's column has no room here.
        !["SLA↑", "SLA^"].iter().any(|head| screen.contains(head)) && screen.contains("1 of 198")
    });
    for _ in 2..=30 {
        // Not by its place: the rows of the view may come only now, and begin anew.
        let before = cursor_row(&run.text());
        run.type_in("j");
        run.until("the next row", |screen| cursor_row(screen) != before);
    }
    run.type_in("gc");
    run.until_text(" Client  / ");
    for (keys, title) in [("gugu", "all users"), ("gsgs", "all sites"), ("gaga", "all assets")] {
        run.type_in(keys);
        run.until(title, |screen| screen.contains(title) && screen.contains('▌'));
    }
    run.type_in("qq");
    assert_eq!(run.ended(), 0);
    let mut judge = vte::Parser::new();
    let mut found = Judge::default();
    judge.advance(&mut found, &run.all);
    assert_eq!(found.foreign, Vec::<String>::new());
    assert!(!found.colours, "NO_COLOR, and yet colours");
}

/// Lets pass what the program may send: moves, erasing, margins, its own modes, looks.
#[derive(Default)]
struct Judge {
    foreign: Vec<String>,
    colours: bool,
}

impl vte::Perform for Judge {
    fn print(&mut self, c: char) {
        if !halo_tui::text::is_safe_char(c) {
            self.foreign.push(format!("{c:?}"));
        }
    }

    fn execute(&mut self, byte: u8) {
        if !matches!(byte, b'\r' | b'\n' | 8 | 0x18) {
            self.foreign.push(format!("control {byte:#x}"));
        }
    }

    fn osc_dispatch(&mut self, params: &[&[u8]], _: bool) {
        self.foreign.push(format!("OSC {params:?}"));
    }

    fn hook(&mut self, _: &vte::Params, _: &[u8], _: bool, action: char) {
        self.foreign.push(format!("DCS {action}"));
    }

    fn esc_dispatch(&mut self, intermediates: &[u8], _: bool, byte: u8) {
        self.foreign.push(format!("ESC {intermediates:?} {byte:#x}"));
    }

    fn csi_dispatch(&mut self, params: &vte::Params, intermediates: &[u8], _: bool, action: char) {
        let numbers: Vec<u16> = params.iter().flatten().copied().collect();
        let known = match (intermediates, action) {
            (b"", 'A'..='H' | 'J' | 'K' | 'L' | 'M' | 'P' | 'S' | 'T' | 'X' | 'd' | 'r' | '@' | '`') => true,
            (b"", 'm') => {
                self.colours |= numbers.iter().any(|code| matches!(code, 30..=38 | 40..=48 | 90..=97 | 100..=107));
                true
            }
            // How far the terminal has come; the answer is a report and no input.
            (b"", 'n') => numbers == [5],
            (b"?", 'h' | 'l') => numbers.iter().all(|mode| matches!(mode, 25 | 1049 | 2004 | 1004 | 2026)),
            _ => false,
        };
        if !known {
            self.foreign.push(format!("CSI {intermediates:?} {numbers:?} {action}"));
        }
    }
}

#[test]
fn where_nothing_can_be_drawn_it_says_so_in_one_line() {
    let home = tempfile::tempdir().unwrap();
    let mut run = Run::start(home.path(), 80, 24, &[("TERM", "dumb")]);
    assert_eq!(run.ended(), 2);
    let words = String::from_utf8_lossy(&run.all);
    assert_eq!(words.lines().count(), 1, "{words}");
    assert!(!run.all.contains(&0x1b));

    let run = std::process::Command::new(env!("CARGO_BIN_EXE_halo-tui"))
        .env_clear()
        .env("HOME", home.path())
        .env("TERM", "xterm")
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(2));
    assert!(run.stdout.is_empty() && String::from_utf8_lossy(&run.stderr).contains("not a terminal"));
}

#[test]
fn a_revoked_token_is_renewed_behind_the_rows() {
    let (home, stand_in) = (tempfile::tempdir().unwrap(), StandIn::start());
    let mut run = Run::with_stand_in(home.path(), 80, 24, &stand_in, &[]);
    run.until("rows", |screen| screen.contains("1 of ") && screen.contains("live") && !screen.contains("filling"));
    let before = stand_in.control.tally().tokens;
    stand_in.control.revoke_tokens();
    let id = stand_in.control.add_ticket();
    run.type_in("6r");
    run.until("the new ticket", |screen| screen.contains(&id.to_string()));
    assert_eq!(stand_in.control.tally().tokens, before + 1, "one refresh for all that were refused");
    run.type_in("q");
    assert_eq!(run.ended(), 0);
}
