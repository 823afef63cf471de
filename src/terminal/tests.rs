//! On real pseudo-terminals.

use std::ffi::CString;
use std::io::{Read as _, Write as _};
use std::num::NonZeroU16;
use std::sync::mpsc as channel;
use std::time::Instant;

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, SlavePty, native_pty_system};
use ratatui::layout::Rect;
use ratatui::style::Style;
use rustix::termios::tcgetattr;

use super::*;
use crate::msg::{Key, KeyCode};

/// How long anything here may take on a machine that is busy with other work.
const PATIENCE: Duration = Duration::from_mins(1);

/// A pseudo-terminal with somebody at its other end.
struct Pty {
    master: Box<dyn MasterPty + Send>,
    slave: Option<Box<dyn SlavePty + Send>>,
    keyboard: Box<dyn std::io::Write + Send>,
    path: CString,
    size: (NonZeroU16, NonZeroU16),
}

impl Pty {
    fn new(cols: u16, rows: u16) -> Self {
        let pair = native_pty_system().openpty(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }).unwrap();
        let path = pair.master.tty_name().unwrap();
        Self {
            path: CString::new(path.into_os_string().into_string().unwrap()).unwrap(),
            keyboard: pair.master.take_writer().unwrap(),
            master: pair.master,
            slave: Some(pair.slave),
            size: (NonZeroU16::new(rows).unwrap(), NonZeroU16::new(cols).unwrap()),
        }
    }

    fn tty(&self) -> Tty {
        Tty::at(&self.path).unwrap()
    }

    fn settings(&self) -> String {
        format!("{:?}", tcgetattr(self.tty().input()).unwrap())
    }

    fn type_in(&mut self, keys: &[u8]) {
        self.keyboard.write_all(keys).unwrap();
        self.keyboard.flush().unwrap();
    }

    /// Starts to read: the terminal's screen from now on.
    fn watch(&self) -> Watcher {
        let mut reader = self.master.try_clone_reader().unwrap();
        let (sender, output) = channel::channel();
        std::thread::spawn(move || {
            let mut buffer = [0u8; 4096];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                if sender.send(buffer[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        Watcher { output, emulator: vt100::Parser::new(self.size.0, self.size.1, 0), bytes: Vec::new() }
    }
}

/// What the terminal shows.
struct Watcher {
    output: channel::Receiver<Vec<u8>>,
    emulator: vt100::Parser,
    bytes: Vec<u8>,
}

impl Watcher {
    /// Reads on until the screen is as it should be.
    fn until(&mut self, what: &str, holds: impl Fn(&vt100::Screen) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !holds(self.emulator.screen()) {
            let left = deadline.saturating_duration_since(Instant::now());
            let bytes = self.output.recv_timeout(left).unwrap_or_else(|_| {
                panic!("never {what}: {:?} {}", self.emulator.screen().contents(), self.bytes.escape_ascii());
            });
            self.emulator.process(&bytes);
            self.bytes.extend(bytes);
        }
    }

    fn until_text(&mut self, text: &str) {
        self.until(text, |screen| screen.contents().contains(text));
    }
}

fn is_given_back(screen: &vt100::Screen) -> bool {
    !screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste()
}

fn picture(cols: u16, rows: u16, text: &str) -> Buffer {
    let mut frame = Buffer::empty(Rect::new(0, 0, cols, rows));
    for y in 0..rows {
        frame.set_stringn(0, y, format!("{text} {y}"), cols.into(), Style::new());
    }
    frame
}

/// A terminal at the other end of the wire, with nothing in between.
const XTERM: Kind = Kind { dialect: Dialect::Xterm, between: Between::Nothing, links: false, utf8: true };

fn next(events: &mut mpsc::Receiver<TerminalEvent>) -> Option<TerminalEvent> {
    events.blocking_recv()
}

#[test]
fn the_terminal_comes_back_exactly_as_it_was() {
    let pty = Pty::new(80, 24);
    let mut watcher = pty.watch();
    let before = pty.settings();
    let (sender, _events) = mpsc::channel(8);
    let terminal = Terminal::on(pty.tty(), XTERM, sender).unwrap();
    assert_ne!(pty.settings(), before);
    assert_eq!(terminal.size(), Size::new(80, 24));
    terminal.present(picture(80, 24, "first"), Some((3, 4)));
    watcher.until_text("first 23");
    assert!(watcher.emulator.screen().alternate_screen() && watcher.emulator.screen().bracketed_paste());
    assert_eq!(watcher.emulator.screen().cursor_position(), (4, 3));
    terminal.present(picture(80, 24, "second"), None);
    // The last frame is not lost by an end that follows at once.
    terminal.close();
    watcher.until("given back", is_given_back);
    assert!(watcher.bytes.windows(6).any(|bytes| bytes == b"second"));
    assert_eq!(pty.settings(), before);
    for mode in ["?1049", "?2004", "?1004"] {
        let last = watcher.bytes.escape_ascii().to_string();
        assert!(last.rfind(&format!("{mode}l")) > last.rfind(&format!("{mode}h")), "{mode} left on");
    }
}

#[test]
fn what_is_typed_arrives_and_a_hang_up_ends_it() {
    let mut pty = Pty::new(80, 24);
    let (sender, mut events) = mpsc::channel(8);
    let terminal = Terminal::on(pty.tty(), XTERM, sender).unwrap();
    pty.type_in(b"j\x1b[200~text\x1b[201~\x1b[A\x03");
    let key = |key| Some(TerminalEvent::Input(Input::Key(key)));
    assert!(next(&mut events) == key(Key::char('j')));
    assert!(next(&mut events) == Some(TerminalEvent::Input(Input::Paste("text".to_owned()))));
    assert!(next(&mut events) == key(Key::plain(KeyCode::Up)));
    assert!(next(&mut events) == key(Key::ctrl('c')));
    // A lone Esc arrives without anything after it.
    pty.type_in(b"\x1b");
    assert!(next(&mut events) == key(Key::plain(KeyCode::Esc)));
    // Reports of the mouse that somebody else has left on are nobody's.
    pty.type_in(b"\x1b[<0;3;4Mj");
    assert!(next(&mut events) == key(Key::char('j')));
    assert!(terminal.toggle_mouse());
    pty.type_in(b"\x1b[<0;3;4M");
    let press = crate::msg::Mouse { act: crate::msg::MouseAct::Press, col: 2, row: 3 };
    assert!(next(&mut events) == Some(TerminalEvent::Input(Input::Mouse(press))));
    drop(pty);
    // The library at the other end says goodbye with a line break and an end of file.
    let mut last = next(&mut events);
    while matches!(last, Some(TerminalEvent::Input(_))) {
        last = next(&mut events);
    }
    assert!(last == Some(TerminalEvent::HungUp));
    // The thread has ended and let go of the channel.
    assert!(next(&mut events).is_none());
    terminal.present(picture(80, 24, "nobody sees it"), None);
    terminal.close();
}

#[test]
fn a_terminal_that_does_not_read_holds_nothing_up() {
    let pty = Pty::new(500, 200);
    let before = pty.settings();
    let (sender, _events) = mpsc::channel(8);
    let terminal = Terminal::on(pty.tty(), XTERM, sender).unwrap();
    // Until frames replace each other, the tty still takes them.
    let mut count = 0;
    while terminal.stats().skipped < 50 {
        terminal.present(picture(500, 200, &format!("{count} {}", "漢".repeat(count % 200))), None);
        count += 1;
    }
    assert!(!terminal.copy(&SafeText::block(&"x".repeat(17_000))));
    while terminal.copy(&SafeText::block(&"x".repeat(16_000))) {}
    terminal.close();
    assert_eq!(pty.settings(), before);
}

#[test]
#[cfg(debug_assertions)]
fn a_writing_thread_that_breaks_is_told_and_the_terminal_still_given_back() {
    let pty = Pty::new(80, 24);
    let mut watcher = pty.watch();
    let before = pty.settings();
    let (sender, mut events) = mpsc::channel(8);
    let terminal = Terminal::on(pty.tty(), XTERM, sender).unwrap();
    terminal.present(picture(80, 24, "first"), None);
    watcher.until_text("first 23");
    terminal.break_writer();
    assert!(next(&mut events) == Some(TerminalEvent::Broken));
    terminal.present(picture(80, 24, "nobody writes it"), None);
    terminal.close();
    watcher.until("given back", is_given_back);
    assert_eq!(pty.settings(), before);
}

#[test]
fn after_a_stall_the_newest_frame_is_next() {
    let pty = Pty::new(120, 40);
    let (sender, _events) = mpsc::channel(8);
    let terminal = Terminal::on(pty.tty(), XTERM, sender).unwrap();
    let mut count = 0;
    while terminal.stats().skipped < 50 {
        terminal.present(picture(120, 40, &format!("{count} {}", "x".repeat(count % 90))), None);
        count += 1;
    }
    terminal.present(picture(120, 40, "the newest"), None);
    let mut watcher = pty.watch();
    watcher.until("the newest, whole", |screen| {
        (0..40).all(|y| screen.contents().lines().nth(y).is_some_and(|line| line == format!("the newest {y}")))
    });
    let stats = terminal.stats();
    assert!(stats.frames + stats.skipped <= count as u64 + 1);
}

#[test]
fn a_pause_leaves_the_keyboard_and_the_screen_to_others() {
    let mut pty = Pty::new(40, 5);
    let mut watcher = pty.watch();
    let (sender, mut events) = mpsc::channel(8);
    let before = pty.settings();
    let terminal = Terminal::on(pty.tty(), XTERM, sender).unwrap();
    terminal.present(picture(40, 5, "ours"), None);
    watcher.until_text("ours 4");
    terminal.release();
    watcher.until("given back", is_given_back);
    assert_eq!(pty.settings(), before);
    terminal.present(picture(40, 5, "too late"), None);
    pty.type_in(b"x\n");
    let other = pty.tty();
    let mut line = [0u8; 8];
    wait(&other, rustix::event::PollFlags::IN);
    assert_eq!(other.read(&mut line).unwrap(), 2);
    terminal.take().unwrap();
    terminal.present(picture(40, 5, "again"), None);
    watcher.until_text("again 4");
    pty.type_in(b"j");
    assert!(next(&mut events) == Some(TerminalEvent::Input(Input::Key(Key::char('j')))));
    terminal.close();
    assert_eq!(pty.settings(), before);
}

fn wait(tty: &Tty, flags: rustix::event::PollFlags) {
    let input = tty.input();
    tty::wait(&mut [rustix::event::PollFd::from_borrowed_fd(input, flags)], Some(PATIENCE)).unwrap();
}

/// How many times the terminal was asked for a status report.
fn requests(bytes: &[u8]) -> usize {
    bytes.windows(4).filter(|bytes| *bytes == b"\x1b[5n").count()
}

/// A frame of which nothing stays when the next one comes.
fn pattern(count: usize) -> Buffer {
    picture(80, 24, &char::from(b'a' + u8::try_from(count % 26).unwrap()).to_string().repeat(30))
}

#[test]
fn no_more_is_under_way_than_the_terminal_answers_for() {
    let mut pty = Pty::new(80, 24);
    let mut watcher = pty.watch();
    let (sender, mut events) = mpsc::channel(8);
    let terminal = Terminal::on(pty.tty(), XTERM, sender).unwrap();
    terminal.present(pattern(0), None);
    watcher.until("asked", |screen| screen.contents().contains("aaa 23"));
    while requests(&watcher.bytes) == 0 {
        watcher.bytes.extend(watcher.output.recv().unwrap());
    }
    pty.type_in(b"\x1b[0nj");
    // The answer is nobody's input: what was typed after it comes first, and then the answer has been taken note of.
    assert!(next(&mut events) == Some(TerminalEvent::Input(Input::Key(Key::char('j')))));
    let first = terminal.stats().bytes;
    let mut count = 0;
    while terminal.stats().skipped < 200 {
        count += 1;
        terminal.present(pattern(count), None);
    }
    // A window and a frame; a machine that stands still for seconds lets one more through each time.
    let under_way = terminal.stats().bytes - first;
    assert!(under_way < 2_400 + 4 * 800, "{under_way} bytes for {} frames", terminal.stats().frames);
    // Nothing waits for the window: the newest frame is there once the answers are.
    let newest = pattern(count);
    let wanted = newest[(0, 23)].symbol().repeat(30) + " 23";
    let mut answered = 1;
    while !watcher.emulator.screen().contents().contains(&wanted) {
        let bytes = watcher.output.recv_timeout(PATIENCE).unwrap();
        watcher.emulator.process(&bytes);
        watcher.bytes.extend(bytes);
        for _ in answered..requests(&watcher.bytes) {
            pty.type_in(b"\x1b[0n");
        }
        answered = answered.max(requests(&watcher.bytes));
    }
    terminal.close();
}

#[test]
fn answers_that_come_after_the_end_are_not_left_to_the_shell() {
    let mut pty = Pty::new(80, 24);
    let mut watcher = pty.watch();
    let before = pty.settings();
    let modes = Modes::new(pty.tty());
    modes.enter().unwrap();
    modes.owes(Some(guard::Owed { requests: 3, until: Instant::now() + PATIENCE }));
    let leaving = std::thread::spawn(move || modes.leave());
    watcher.until("given back", is_given_back);
    assert_ne!(pty.settings(), before, "not before the answers have come");
    for piece in [&b"\x1b[0n\x1b["[..], b"0", b"nx", b"\x1b[0n"] {
        pty.type_in(piece);
    }
    leaving.join().unwrap();
    assert_eq!(pty.settings(), before);
    let left = rustix::io::ioctl_fionread(pty.tty().input()).unwrap();
    assert_eq!(left, 0, "nothing to be read");
}

/// A shell with job control, on its own pseudo-terminal, in which [`program`] can be run.
fn shell(pty: &mut Pty) -> Box<dyn Child + Send + Sync> {
    let mut command = CommandBuilder::new("/bin/sh");
    command.arg("-i");
    command.env("PS1", "sh: ");
    command.env("TERM", "xterm");
    command.env_remove("ENV");
    // A stack trace would push the message off the screen.
    command.env("RUST_BACKTRACE", "0");
    pty.slave.take().unwrap().spawn_command(command).unwrap()
}

fn run_program(pty: &mut Pty, watcher: &mut Watcher) {
    watcher.until_text("sh: ");
    let exe = std::env::current_exe().unwrap();
    let line = format!("HALO_TUI_TEST_CHILD=1 '{}' --exact terminal::tests::program --nocapture; echo ended $?\n", exe.display());
    pty.type_in(line.as_bytes());
    watcher.until("running", |screen| screen.alternate_screen() && screen.contents().contains("program 23"));
}

/// The program that the tests below run in a shell: `q` quits, `p` panics, `b` panics in another thread, ctrl-z suspends.
#[test]
fn program() {
    // Not a test by itself: the tests below run it again on a terminal of its own.
    if std::env::var_os("HALO_TUI_TEST_CHILD").is_none() {
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut continued = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::from_raw(18)).unwrap();
        let (sender, mut events) = mpsc::channel(8);
        let terminal = Terminal::open(sender).unwrap();
        let draw = |text| terminal.present(picture(terminal.size().width, terminal.size().height, text), None);
        draw("program");
        loop {
            tokio::select! {
                _ = continued.recv() => {
                    if terminal.resume().unwrap() {
                        draw("program");
                    }
                }
                event = events.recv() => match event {
                    Some(TerminalEvent::Input(Input::Key(key))) => match key {
                        Key { code: KeyCode::Char('z'), ctrl: true, .. } => assert!(terminal.suspend().unwrap()),
                        Key { code: KeyCode::Char('p'), .. } => panic!("as asked"),
                        Key { code: KeyCode::Char('b'), .. } => {
                            assert!(std::thread::spawn(|| panic!("elsewhere")).join().is_err());
                            draw("still here");
                        }
                        _ => break,
                    },
                    _ => break,
                },
            }
        }
    });
}

#[test]
fn ctrl_z_gives_the_terminal_to_the_shell_and_fg_takes_it_back() {
    let mut pty = Pty::new(80, 24);
    let mut watcher = pty.watch();
    let mut shell = shell(&mut pty);
    watcher.until_text("sh: ");
    let before = pty.settings();
    run_program(&mut pty, &mut watcher);
    for _ in 0..3 {
        pty.type_in(b"\x1a");
        watcher.until("stopped", |screen| is_given_back(screen) && screen.contents().contains("Stopped"));
        assert_eq!(pty.settings(), before);
        pty.type_in(b"clear; fg\n");
        watcher.until("running again", |screen| screen.alternate_screen() && screen.contents().contains("program 23"));
    }
    pty.type_in(b"q");
    watcher.until("ended", |screen| is_given_back(screen) && screen.contents().contains("1 passed"));
    assert_eq!(pty.settings(), before);
    pty.type_in(b"exit\n");
    shell.wait().unwrap();
}

#[test]
fn a_panic_gives_the_terminal_back_and_one_elsewhere_does_not() {
    let mut pty = Pty::new(80, 24);
    let mut watcher = pty.watch();
    let mut shell = shell(&mut pty);
    watcher.until_text("sh: ");
    let before = pty.settings();
    run_program(&mut pty, &mut watcher);
    pty.type_in(b"b");
    watcher.until_text("still here 23");
    assert!(watcher.emulator.screen().alternate_screen());
    assert!(!watcher.emulator.screen().contents().contains("elsewhere"));
    pty.type_in(b"p");
    watcher.until("panicked", |screen| is_given_back(screen) && screen.contents().contains("ended 101"));
    assert!(watcher.emulator.screen().contents().contains("as asked"));
    assert_eq!(pty.settings(), before);
    pty.type_in(b"exit\n");
    shell.wait().unwrap();
}
