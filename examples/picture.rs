//! Draws the README's pictures: runs the real program on a pseudo-terminal and writes what stands there as SVG.
//!
//! `cargo build && cargo run --example picture -- dashboard 120x34 > docs/dashboard.svg`, or `board 120x34`, or `client 120x34`, or
//! `connect 96x28`. The first three run against `halo-tui demo-server --still`; for the connect screen a form is filled in that nobody
//! sends.

use std::{
    fmt::Write as _,
    io::{BufRead, BufReader, Read, Write},
    num::NonZeroU16,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc::{self, RecvTimeoutError},
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use portable_pty::{CommandBuilder, PtySize, native_pty_system};

/// How long the program may take to show what is waited for.
const PATIENCE: Duration = Duration::from_secs(90);
/// A screen that has not changed for so long is at rest.
const REST: Duration = Duration::from_secs(1);

/// What has to stand there before anything is typed: the copy of the desk is whole.
const FILLED: &str = "closed back to";
/// What is typed, each after the screen came to rest, and what has to stand there in the end.
const DASHBOARD: (&[&str], &str) = (&["gg", "j", "j"], "3 of ");
const BOARD: (&[&str], &str) = (&["b", "\t\t\t\t", "hhhh"], "Open by agent");
const CLIENT: (&[&str], &str) = (&["gg", "j", "j", "gc", "jjj"], "open tickets");
const CONNECT: (&[&str], &str) = (
    &[
        "halo.example.com",
        "\t\t",
        "https://halo.example.com/auth",
        "\t",
        "https://halo.example.com/api",
        "\t",
        "example",
        "\t",
        "ae49a0c6-5b52-4f0f-9d6e-20c7f3e3b7f8",
        "\t",
        "not a real secret",
    ],
    "ae49a0c6",
);

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let what = arguments.next().unwrap_or_default();
    let size = arguments.next().unwrap_or_else(|| "120x34".to_owned());
    let (cols, rows) = size.split_once('x').context("the size is COLSxROWS")?;
    let (cols, rows): (NonZeroU16, NonZeroU16) = (cols.parse()?, rows.parse()?);
    let program = program()?;
    let screen = match what.as_str() {
        "dashboard" | "board" | "client" => {
            let stand_in = StandIn::start(&program)?;
            let script = match what.as_str() {
                "board" => BOARD,
                "client" => CLIENT,
                _ => DASHBOARD,
            };
            shown(&program, cols, rows, &stand_in.environment, FILLED, script)?
        }
        "connect" => shown(&program, cols, rows, &[], "", CONNECT)?,
        _ => bail!("which picture: dashboard, board, client or connect"),
    };
    std::io::stdout().lock().write_all(svg(&screen).as_bytes())?;
    Ok(())
}

/// The program of the same build: examples lie in a folder beside it.
fn program() -> anyhow::Result<PathBuf> {
    let here = std::env::current_exe()?;
    let program = here.ancestors().nth(2).context("no build folder")?.join("halo-tui");
    anyhow::ensure!(program.exists(), "the program is not built yet: run `cargo build` first");
    Ok(program)
}

/// The stand-in, which ends with the picture.
struct StandIn {
    child: Child,
    environment: Vec<(String, String)>,
}

impl StandIn {
    fn start(program: &Path) -> anyhow::Result<Self> {
        let mut child = Command::new(program).args(["demo-server", "--still"]).stdout(Stdio::piped()).spawn()?;
        let lines = BufReader::new(child.stdout.take().context("no output")?).lines();
        let mut stand_in = Self { child, environment: Vec::new() };
        for line in lines.skip(1) {
            let line = line?;
            let (name, value) = line.split_once('=').context("not a variable")?;
            stand_in.environment.push((name.to_owned(), value.to_owned()));
            if name == "HALO_SCOPE" {
                return Ok(stand_in);
            }
        }
        bail!("the stand-in did not start")
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs the program, types the keys, and answers what it shows then.
fn shown(
    program: &Path,
    cols: NonZeroU16,
    rows: NonZeroU16,
    environment: &[(String, String)],
    ready: &str,
    (keys, expected): (&[&str], &str),
) -> anyhow::Result<vt100::Screen> {
    let home = tempfile::tempdir()?;
    let pair = native_pty_system().openpty(PtySize { rows: rows.get(), cols: cols.get(), pixel_width: 0, pixel_height: 0 })?;
    let mut command = CommandBuilder::new(program);
    command.env_clear();
    command.env("HOME", home.path());
    for (name, value) in [("TERM", "xterm-256color"), ("COLORTERM", "truecolor"), ("LANG", "C.UTF-8"), ("TZ", "UTC")] {
        command.env(name, value);
    }
    for (name, value) in environment {
        command.env(name, value);
    }
    let mut child = pair.slave.spawn_command(command)?;
    drop(pair.slave);
    let mut reader = pair.master.try_clone_reader()?;
    let mut writer = pair.master.take_writer()?;
    let (sender, output) = mpsc::channel();
    std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = reader.read(&mut buffer) {
            if sender.send(buffer.iter().take(count).copied().collect::<Vec<u8>>()).is_err() {
                return;
            }
        }
    });
    let mut parser = vt100::Parser::new(rows, cols, 0);
    let mut keys = keys.iter();
    let mut begun = false;
    let end = Instant::now() + PATIENCE;
    loop {
        match output.recv_timeout(REST) {
            Ok(bytes) => parser.process(&bytes),
            Err(RecvTimeoutError::Timeout) if parser.screen().contents().trim().is_empty() => {}
            Err(RecvTimeoutError::Timeout) if !begun && !parser.screen().contents().contains(ready) => {}
            Err(RecvTimeoutError::Timeout) => match keys.next() {
                Some(key) => {
                    begun = true;
                    writer.write_all(key.as_bytes())?;
                }
                None if parser.screen().contents().contains(expected) => break,
                None => {}
            },
            Err(RecvTimeoutError::Disconnected) => bail!("the program ended:\n{}", parser.screen().contents()),
        }
        anyhow::ensure!(Instant::now() < end, "{expected:?} did not show:\n{}", parser.screen().contents());
    }
    child.kill()?;
    Ok(parser.screen().clone())
}

// --- SVG -----------------------------------------------------------------------------------------------------------------

const CELL: (f32, f32) = (8.4, 18.0);
const MARGIN: f32 = 12.0;
const FOREGROUND: u32 = 0x00d4_d7dd;
const BACKGROUND: u32 = 0x0016_191f;
/// The sixteen colours that a terminal has of its own.
const SIXTEEN: [u32; 16] = [
    0x0016_191f,
    0x00e0_6c75,
    0x0098_c379,
    0x00e5_c07b,
    0x0061_afef,
    0x00c6_78dd,
    0x0056_b6c2,
    0x00ab_b2bf,
    0x007f_8795,
    0x00ff_7b86,
    0x00b5_e090,
    0x00ff_d68a,
    0x0082_c4ff,
    0x00dd_93f3,
    0x0070_d4e0,
    0x00ff_ffff,
];

/// A screen as SVG: each character in its own cell, so that neither fonts nor blanks can shift a column.
fn svg(screen: &vt100::Screen) -> String {
    let (rows, cols) = screen.size();
    let (width, height) =
        (f32::from(cols.get()).mul_add(CELL.0, 2.0 * MARGIN), f32::from(rows.get()).mul_add(CELL.1, 2.0 * MARGIN));
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.1} {height:.1}\" width=\"{width:.0}\" height=\"{height:.0}\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#{BACKGROUND:06x}\"/>\n\
         <g font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\" font-size=\"14\">\n"
    );
    for row in 0..rows.get() {
        for col in 0..cols.get() {
            if let Some(cell) = screen.cell(row, col).filter(|cell| !cell.is_wide_continuation()) {
                draw(&mut out, cell, f32::from(col).mul_add(CELL.0, MARGIN), f32::from(row).mul_add(CELL.1, MARGIN));
            }
        }
    }
    if !screen.hide_cursor() {
        let (row, col) = screen.cursor_position();
        let (x, y) = (f32::from(col).mul_add(CELL.0, MARGIN), f32::from(row).mul_add(CELL.1, MARGIN));
        rectangle(&mut out, x, y, 2.0, CELL.1, FOREGROUND);
    }
    out.push_str("</g>\n</svg>\n");
    out
}

fn draw(out: &mut String, cell: &vt100::Cell, x: f32, y: f32) {
    let (mut fg, mut bg) = (rgb(cell.fgcolor(), FOREGROUND), rgb(cell.bgcolor(), BACKGROUND));
    if cell.inverse() {
        std::mem::swap(&mut fg, &mut bg);
    }
    let width = if cell.is_wide() { 2.0 * CELL.0 } else { CELL.0 };
    if bg != BACKGROUND {
        // A hair wider: neighbours of one colour would show a seam.
        rectangle(out, x, y, width + 0.3, CELL.1, bg);
    }
    if cell.underline() {
        rectangle(out, x, y + CELL.1 - 2.0, width + 0.3, 1.0, fg);
    }
    let (middle, centre) = (y + CELL.1 / 2.0, x + CELL.0 / 2.0);
    // Lines have to meet those of the next cell, which no font promises at this line height.
    let (across, up, down) = match cell.contents() {
        "" | " " => return,
        "▌" => return rectangle(out, x, y, CELL.0 / 2.0, CELL.1, fg),
        "─" => (true, false, false),
        "│" => (false, true, true),
        "┬" => (true, false, true),
        "┴" => (true, true, false),
        text => return glyph(out, cell, text, x, y, fg),
    };
    if across {
        rectangle(out, x, middle, CELL.0 + 0.3, 1.0, fg);
    }
    if up {
        rectangle(out, centre, y, 1.0, CELL.1 / 2.0, fg);
    }
    if down {
        rectangle(out, centre, middle, 1.0, CELL.1 / 2.0, fg);
    }
}

fn glyph(out: &mut String, cell: &vt100::Cell, text: &str, x: f32, y: f32, fg: u32) {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let weight = if cell.bold() { " font-weight=\"bold\"" } else { "" };
    let style = if cell.italic() { " font-style=\"italic\"" } else { "" };
    let opacity = if cell.dim() { " opacity=\"0.6\"" } else { "" };
    let _always =
        writeln!(out, "<text x=\"{x:.1}\" y=\"{:.1}\" fill=\"#{fg:06x}\"{weight}{style}{opacity}>{text}</text>", y + 13.5);
}

fn rectangle(out: &mut String, x: f32, y: f32, width: f32, height: f32, colour: u32) {
    let _always =
        writeln!(out, "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"#{colour:06x}\"/>");
}

/// A terminal's colour as `0xrrggbb`; those from 16 on are xterm's cube and greys.
fn rgb(colour: vt100::Color, default: u32) -> u32 {
    let joined = |r: u32, g: u32, b: u32| r << 16 | g << 8 | b;
    let step = |level: u32| if level == 0 { 0 } else { 55 + 40 * level };
    match colour {
        vt100::Color::Default => default,
        vt100::Color::Rgb(r, g, b) => joined(r.into(), g.into(), b.into()),
        vt100::Color::Idx(index) => match (SIXTEEN.get(usize::from(index)), u32::from(index)) {
            (Some(own), _) => *own,
            (None, index @ ..=231) => {
                let cube = index - 16;
                joined(step(cube / 36), step(cube / 6 % 6), step(cube % 6))
            }
            (None, grey) => {
                let level = 8 + 10 * (grey - 232);
                joined(level, level, level)
            }
        },
    }
}
