use std::num::NonZeroU16;

use alacritty_terminal::{
    event::VoidListener,
    grid::Dimensions,
    index::{Column, Line},
    term::{self, Term, cell::Flags},
    vte::ansi::{Color as AlacrittyColor, Processor},
};
use proptest::prelude::*;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};

use super::cell::Glyph;
use super::*;

const DIALECTS: [Dialect; 4] = [Dialect::Modern, Dialect::Xterm, Dialect::Linux, Dialect::Vt100];

fn frame(cols: u16, rows: u16) -> Buffer {
    Buffer::empty(Rect::new(0, 0, cols, rows))
}

/// Two emulators that know nothing of one another, and both show what is written to them.
struct Emulators {
    vt100: vt100::Parser,
    alacritty: Alacritty,
}

impl Emulators {
    fn new(cols: u16, rows: u16) -> Self {
        let vt100 = vt100::Parser::new(NonZeroU16::new(rows).unwrap(), NonZeroU16::new(cols).unwrap(), 0);
        let mut emulators = Self { vt100, alacritty: Alacritty::new(cols, rows) };
        emulators.process(b"\x1b[?25l");
        emulators
    }

    fn process(&mut self, bytes: &[u8]) {
        self.alacritty.process(bytes);
        // This one passes over U+FFFD, which a terminal draws, and has no REP.
        let text = String::from_utf8_lossy(bytes).replace('\u{fffd}', "?");
        self.vt100.process(without_rep(&text).as_bytes());
    }
}

/// The same text with what REP repeats written out.
fn without_rep(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\x1b[") {
        out.push_str(before);
        let end = after.find(|c: char| ('@'..='~').contains(&c)).unwrap();
        let (order, tail) = after.split_at(end + 1);
        match order.strip_suffix('b') {
            Some(count) => {
                let last = out.chars().next_back().unwrap();
                out.extend(std::iter::repeat_n(last, count.parse().unwrap_or(1)));
            }
            None => out.extend(["\x1b[", order]),
        }
        rest = tail;
    }
    out + rest
}

/// The terminal half of alacritty, without a window.
struct Alacritty {
    term: Term<VoidListener>,
    parser: Processor,
}

/// A size, as alacritty wants to be told it.
struct Cells(usize, usize);

impl Dimensions for Cells {
    fn total_lines(&self) -> usize {
        self.1
    }

    fn screen_lines(&self) -> usize {
        self.1
    }

    fn columns(&self) -> usize {
        self.0
    }
}

impl Alacritty {
    fn new(cols: u16, rows: u16) -> Self {
        let size = Cells(usize::from(cols), usize::from(rows));
        Self { term: Term::new(term::Config::default(), &size, VoidListener), parser: Processor::new() }
    }

    fn process(&mut self, bytes: &[u8]) {
        // The bracket of a synchronized update would hold the frame back for a wall-clock time.
        let text = String::from_utf8_lossy(bytes).replace("\x1b[?2026h", "").replace("\x1b[?2026l", "");
        self.parser.advance(&mut self.term, text.as_bytes());
    }

    /// What each cell shows; a blank's hidden properties left out.
    fn looks(&self) -> Vec<Vec<AlacrittyLook>> {
        let grid = self.term.grid();
        let look = |cell: &term::cell::Cell| {
            let flags = cell.flags.difference(Flags::WRAPLINE);
            let marks = cell.zerowidth().unwrap_or_default().to_vec();
            if cell.c == ' ' && marks.is_empty() && !flags.intersects(Flags::UNDERLINE | Flags::INVERSE) {
                let part = flags.intersection(Flags::WIDE_CHAR_SPACER | Flags::LEADING_WIDE_CHAR_SPACER);
                return (' ', marks, None, cell.bg, part);
            }
            (cell.c, marks, Some(cell.fg), cell.bg, flags)
        };
        let line = |y: usize| Line(i32::try_from(y).unwrap());
        (0..grid.screen_lines()).map(|y| (0..grid.columns()).map(|x| look(&grid[line(y)][Column(x)])).collect()).collect()
    }
}

/// How alacritty says that a cell looks: character, marks on it, colours, flags.
type AlacrittyLook = (char, Vec<char>, Option<AlacrittyColor>, AlacrittyColor, Flags);

/// A screen and the emulators that show what the screen wrote.
struct Pair {
    screen: Screen,
    emulators: Emulators,
}

impl Pair {
    fn new(cols: u16, rows: u16, dialect: Dialect) -> Self {
        Self { screen: Screen::new(dialect), emulators: Emulators::new(cols, rows) }
    }

    fn present(&mut self, wanted: &Buffer, cursor: Option<(u16, u16)>) -> Vec<u8> {
        let mut out = Vec::new();
        self.screen.present(wanted.clone(), cursor, &mut out);
        self.emulators.process(&out);
        out
    }

    fn present_part(&mut self, wanted: &Buffer, cursor: Option<(u16, u16)>, most: usize) -> bool {
        let mut out = Vec::new();
        let whole = self.screen.present_part(wanted.clone(), cursor, most, &mut out).is_none();
        self.emulators.process(&out);
        whole
    }
}

/// A full redraw as plain as can be: every cell is gone to, given its pen from nothing, and written.
fn plain(wanted: &Buffer) -> Vec<u8> {
    let grid = Grid::of(wanted, None);
    let mut out = b"\x1b[m\x1b[2J".to_vec();
    for y in 0..grid.rows() {
        for (x, cell) in grid.row(y).iter().enumerate().filter(|(_, cell)| cell.glyph != Glyph::Tail) {
            out.extend(format!("\x1b[{};{}H\x1b[m", y + 1, x + 1).bytes());
            sgr::transition(&mut out, Pen::DEFAULT, cell.pen);
            cell.write(&mut out);
        }
    }
    out
}

/// How a cell looks: text, both colours, bold, dim, italic, underline, inverse; a blank's hidden properties left out.
type Look = (String, vt100::Color, vt100::Color, [bool; 5]);

fn look(cell: &vt100::Cell) -> Look {
    let text = if cell.has_contents() { cell.contents().to_owned() } else { " ".to_owned() };
    let attributes = [cell.bold(), cell.dim(), cell.italic(), cell.underline(), cell.inverse()];
    if text == " " && !cell.underline() && !cell.inverse() {
        return (text, vt100::Color::Default, cell.bgcolor(), [false; 5]);
    }
    (text, cell.fgcolor(), cell.bgcolor(), attributes)
}

fn looks(emulator: &vt100::Parser) -> Vec<Vec<Option<Look>>> {
    let (rows, cols) = emulator.screen().size();
    (0..rows.get())
        .map(|y| {
            (0..cols.get()).map(|x| emulator.screen().cell(y, x).filter(|cell| !cell.is_wide_continuation()).map(look)).collect()
        })
        .collect()
}

/// What the frame says, independent of the writer; `None` for right halves and for clusters, which the emulator keeps its own way.
fn wanted_looks(frame: &Buffer) -> Vec<Vec<Option<Look>>> {
    let color = |color: Color| match color {
        Color::Red => vt100::Color::Idx(1),
        Color::Green => vt100::Color::Idx(2),
        Color::Cyan => vt100::Color::Idx(6),
        Color::White => vt100::Color::Idx(15),
        Color::Indexed(n) => vt100::Color::Idx(n),
        Color::Rgb(r, g, b) => vt100::Color::Rgb(r, g, b),
        _ => vt100::Color::Default,
    };
    let mut rows = Vec::new();
    for y in 0..frame.area.height {
        let mut row = Vec::new();
        let mut tail = false;
        for x in 0..frame.area.width {
            let cell = &frame[(x, y)];
            let has = |modifier| cell.modifier.contains(modifier);
            let wide = !tail && matches!(cell.symbol(), "漢" | "字");
            let fits = x + 1 < frame.area.width;
            let text = match cell.symbol() {
                "" => " ",
                _ if wide && !fits => " ",
                "\x1b" | "\u{202e}" | "\u{e0041}" | "a\u{202e}" | "\u{301}" | "👨\u{200d}👩" => "?",
                text => text,
            };
            let attributes = [
                has(Modifier::BOLD),
                has(Modifier::DIM),
                has(Modifier::ITALIC),
                has(Modifier::UNDERLINED),
                has(Modifier::REVERSED),
            ];
            row.push(if tail {
                None
            } else if text == " " && !has(Modifier::UNDERLINED) && !has(Modifier::REVERSED) {
                Some((text.to_owned(), vt100::Color::Default, color(cell.bg), [false; 5]))
            } else {
                Some((text.to_owned(), color(cell.fg), color(cell.bg), attributes))
            });
            tail = wide && fits;
        }
        rows.push(row);
    }
    rows
}

fn assert_same<L: PartialEq + std::fmt::Debug>(got: &[Vec<L>], wanted: &[Vec<L>], what: &str) {
    for (y, (got, wanted)) in got.iter().zip(wanted).enumerate() {
        for (x, (got, wanted)) in got.iter().zip(wanted).enumerate() {
            assert_eq!(got, wanted, "{what}: column {x}, row {y}");
        }
    }
}

fn assert_shows(pair: &Pair, wanted: &Buffer, cursor: Option<(u16, u16)>) {
    let mut fresh = Emulators::new(wanted.area.width, wanted.area.height);
    fresh.process(&plain(wanted));
    assert_same(&looks(&pair.emulators.vt100), &looks(&fresh.vt100), "as a full redraw");
    assert_same(&pair.emulators.alacritty.looks(), &fresh.alacritty.looks(), "as a full redraw");
    let clean = wanted.content.iter().all(|cell| {
        // U+FFFD is not drawn by the emulator, emoji and clusters it keeps in its own way.
        !matches!(
            cell.symbol(),
            "\x1b" | "\u{202e}" | "\u{e0041}" | "a\u{202e}" | "\u{301}" | "😀" | "👨\u{200d}👩" | "e\u{301}" | "🇩🇪"
        )
    });
    if clean {
        assert_same(&looks(&pair.emulators.vt100), &wanted_looks(wanted), "as the frame says");
    }
    assert_eq!(pair.emulators.vt100.screen().hide_cursor(), cursor.is_none());
    if let Some((x, y)) = cursor {
        assert_eq!(pair.emulators.vt100.screen().cursor_position(), (y, x));
    }
}

fn style() -> impl Strategy<Value = Style> {
    let color = || {
        prop::sample::select(vec![
            Color::Reset,
            Color::Reset,
            Color::Red,
            Color::White,
            Color::Indexed(3),
            Color::Indexed(200),
            Color::Rgb(1, 20, 255),
        ])
    };
    let modifier = prop::sample::select(vec![
        Modifier::empty(),
        Modifier::empty(),
        Modifier::BOLD,
        Modifier::DIM,
        Modifier::REVERSED,
        Modifier::UNDERLINED | Modifier::BOLD,
        Modifier::ITALIC | Modifier::DIM,
    ]);
    (color(), color(), modifier).prop_map(|(fg, bg, modifier)| Style::new().fg(fg).bg(bg).add_modifier(modifier))
}

/// A change to the frame before.
#[derive(Clone, Debug)]
enum Edit {
    Text { x: u16, y: u16, text: String, style: Style },
    Symbol { x: u16, y: u16, symbol: &'static str, style: Style },
    Fill { area: [u16; 4], symbol: &'static str, style: Style },
    Restyle { area: [u16; 4], style: Style },
    Shift { top: u16, bottom: u16, by: i16 },
}

fn edit(wild: bool) -> impl Strategy<Value = Edit> {
    let area = || [0..310u16, 0..110u16, 0..310u16, 0..110u16];
    let plain = vec!["a", "漢", "│", " ", "é"];
    let hostile =
        vec!["a", "漢", " ", "😀", "👨\u{200d}👩", "e\u{301}", "🇩🇪", "\x1b", "\u{202e}", "\u{e0041}", "a\u{202e}", "\u{301}", ""];
    let symbol = prop::sample::select(if wild { hostile } else { plain });
    prop_oneof![
        4 => (0..310u16, 0..110u16, "[a-c 漢字é]{0,40}", style()).prop_map(|(x, y, text, style)| Edit::Text { x, y, text, style }),
        2 => (0..310u16, 0..110u16, symbol, style()).prop_map(|(x, y, symbol, style)| Edit::Symbol { x, y, symbol, style }),
        1 => (area(), prop::sample::select(vec![" ", " ", "x", "漢"]), style()).prop_map(|(area, symbol, style)| Edit::Fill { area, symbol, style }),
        1 => (area(), style()).prop_map(|(area, style)| Edit::Restyle { area, style }),
        2 => (0..110u16, 0..110u16, -4..5i16).prop_map(|(top, bottom, by)| Edit::Shift { top, bottom, by }),
    ]
}

fn apply(frame: &mut Buffer, edit: &Edit) {
    let (cols, rows) = (frame.area.width, frame.area.height);
    let cut = |[x, y, w, h]: [u16; 4]| Rect::new(x % cols, y % rows, w, h).intersection(Rect::new(0, 0, cols, rows));
    match edit {
        Edit::Text { x, y, text, style } => {
            frame.set_string(x % cols, y % rows, text, *style);
        }
        Edit::Symbol { x, y, symbol, style } => {
            frame[(x % cols, y % rows)].set_symbol(symbol).set_style(*style);
        }
        Edit::Fill { area, symbol, style } => {
            for at in cut(*area).positions() {
                frame[at].set_symbol(symbol).set_style(*style);
            }
        }
        Edit::Restyle { area, style } => frame.set_style(cut(*area), *style),
        Edit::Shift { top, bottom, by } => {
            let (top, bottom) = (top % rows, bottom % rows);
            let before = frame.clone();
            for y in top..=bottom {
                let from = y.saturating_add_signed(*by);
                if (top..=bottom).contains(&from) {
                    for x in 0..cols {
                        frame[(x, y)] = before[(x, from)].clone();
                    }
                }
            }
        }
    }
}

/// Columns, rows, the changes of each frame, the cursor of each.
type Frames = (u16, u16, Vec<Vec<Edit>>, Vec<Option<(u16, u16)>>);

fn frames(wild: bool) -> impl Strategy<Value = Frames> {
    let size = prop_oneof![4 => (1..8u16, 1..8u16), 4 => (1..121u16, 1..41u16), 1 => (100..301u16, 40..101u16)];
    (
        size,
        prop::collection::vec(prop::collection::vec(edit(wild), 0..12), 1..6),
        prop::collection::vec(prop::option::of((0..310u16, 0..110u16)), 6),
    )
        .prop_map(|((cols, rows), frames, cursors)| (cols, rows, frames, cursors))
}

fn play(cols: u16, rows: u16, frames: &[Vec<Edit>], cursors: &[Option<(u16, u16)>]) {
    for dialect in DIALECTS {
        let mut pair = Pair::new(cols, rows, dialect);
        let mut wanted = frame(cols, rows);
        for (edits, cursor) in frames.iter().zip(cursors) {
            let cursor = cursor.map(|(x, y)| (x % cols, y % rows));
            for edit in edits {
                apply(&mut wanted, edit);
            }
            // The emulator holds bold and dim as one property, so never both.
            for cell in wanted.content.iter_mut().filter(|cell| cell.modifier.contains(Modifier::BOLD)) {
                cell.modifier.remove(Modifier::DIM);
            }
            pair.present(&wanted, cursor);
            assert_shows(&pair, &wanted, cursor);
            assert_eq!(pair.present(&wanted, cursor), b"", "the same frame again");
        }
    }
}

/// Draws parts of the frames, the next frame before the one before is whole, and all of the last.
fn play_parts(cols: u16, rows: u16, frames: &[Vec<Edit>], cursors: &[Option<(u16, u16)>], most: &[usize]) {
    for dialect in DIALECTS {
        let mut pair = Pair::new(cols, rows, dialect);
        let mut wanted = frame(cols, rows);
        let mut most = most.iter().cycle();
        let mut last = None;
        for (edits, cursor) in frames.iter().zip(cursors) {
            last = cursor.map(|(x, y)| (x % cols, y % rows));
            for edit in edits {
                apply(&mut wanted, edit);
            }
            for cell in wanted.content.iter_mut().filter(|cell| cell.modifier.contains(Modifier::BOLD)) {
                cell.modifier.remove(Modifier::DIM);
            }
            pair.present_part(&wanted, last, *most.next().unwrap());
        }
        let whole = (0..=rows).any(|_| pair.present_part(&wanted, last, *most.next().unwrap()));
        assert!(whole, "each part holds a row at least");
        assert_shows(&pair, &wanted, last);
        assert_eq!(pair.present(&wanted, last), b"", "the same frame again");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn however_frames_are_parted_they_end_in_the_last_one((cols, rows, frames, cursors) in frames(false), most in prop::collection::vec(0usize..900, 1..5)) {
        play_parts(cols, rows, &frames, &cursors, &most);
    }

    #[test]
    fn any_sequence_of_frames_ends_in_the_last_frame((cols, rows, frames, cursors) in frames(false)) {
        play(cols, rows, &frames, &cursors);
    }

    #[test]
    fn so_it_does_with_hostile_and_disputed_cells((cols, rows, frames, cursors) in frames(true)) {
        play(cols, rows, &frames, &cursors);
    }

    #[test]
    fn no_frame_holds_an_order_that_came_with_a_cell(symbol in any::<String>(), x in 0..4u16) {
        let mut wanted = frame(4, 1);
        wanted[(x, 0)].set_symbol(&symbol);
        let mut screen = Screen::new(Dialect::Xterm);
        screen.present(frame(4, 1), None, &mut Vec::new());
        let mut out = Vec::new();
        screen.present(wanted.clone(), None, &mut out);
        let text = String::from_utf8(out).unwrap();
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once('\x1b') {
            prop_assert!(before.chars().all(|c| !c.is_control() || "\r\n\x08".contains(c)), "{text:?}");
            let end = after.find(|c: char| ('@'..='~').contains(&c) && c != '[').unwrap();
            prop_assert!(after.starts_with('[') && "HGCDKXm".contains(&after[end..=end]), "{text:?}");
            rest = &after[end + 1..];
        }
        prop_assert!(rest.chars().all(|c| !c.is_control() || "\r\n\x08".contains(c)), "{text:?}");
    }
}

/// A list as the program draws it: a header, rows of seven columns, three of them coloured, a bar over one row, a footer.
fn list(first: usize, bar: u16) -> Buffer {
    let mut frame = frame(120, 40);
    frame.set_string(0, 0, "halo-tui  desk  tickets", Style::new().add_modifier(Modifier::BOLD));
    for y in 1..39u16 {
        let n = first + usize::from(y);
        let base = if y == bar { Style::new().bg(Color::Indexed(236)) } else { Style::new() };
        frame.set_style(Rect::new(0, y, 120, 1), base);
        let subject = ["Printer on floor two jams", "Mailbox full", "New starter on Monday needs a laptop and a phone"][n % 3];
        frame.set_string(0, y, format!("{:>7}", 100_000 + n), base.fg(Color::Cyan));
        frame.set_stringn(8, y, subject, 54, base);
        frame.set_string(63, y, ["Acme Ltd", "Northwind", "Contoso"][n % 3], base);
        frame.set_string(80, y, ["New", "In progress", "Waiting"][n / 2 % 3], base.fg(Color::Green));
        frame.set_string(95, y, ["P1", "P2", "P3"][n % 3], base.fg(Color::Red));
        frame.set_string(100, y, "J. Doe", base);
        frame.set_string(114, y, format!("{:>4}m", n % 60), base);
    }
    frame.set_string(0, 39, "j/k move  enter open  / filter  ? keys", Style::new().add_modifier(Modifier::DIM));
    frame
}

fn cost(before: &Buffer, after: &Buffer) -> usize {
    let mut pair = Pair::new(before.area.width, before.area.height, Dialect::Xterm);
    pair.present(before, None);
    let bytes = pair.present(after, None).len();
    assert_shows(&pair, after, None);
    bytes
}

/// Exact, so that a change of a single byte is seen and judged. Two rows of a bar over coloured columns are 240 cells alone.
#[test]
fn moves_cost_what_they_must() {
    assert_eq!(cost(&list(0, 5), &list(0, 5)), 0, "nothing changed");
    assert_eq!(cost(&list(0, 5), &list(0, 6)), 301, "the bar one row down");
    assert_eq!(cost(&list(0, 38), &list(1, 38)), 254, "the list one row on under the bar");
    assert_eq!(cost(&list(1, 1), &list(0, 1)), 271, "the list one row back under the bar");
    assert_eq!(cost(&list(0, 5), &list(38, 5)), 3772, "a page on");
    let mut one_cell = list(0, 5);
    one_cell[(117, 20)].set_symbol("9");
    assert_eq!(cost(&list(0, 5), &one_cell), 13, "one figure in the middle");
    let mut pair = Pair::new(120, 40, Dialect::Xterm);
    assert_eq!(pair.present(&list(0, 5), None).len(), 4182, "the first frame");
}

#[test]
fn a_change_of_pen_takes_the_shorter_way() {
    let pen = |style: Style| {
        let mut buffer = frame(1, 1);
        buffer[(0, 0)].set_symbol("x").set_style(style);
        Grid::of(&buffer, None).row(0)[0].pen
    };
    let bold_red = Style::new().fg(Color::Red).add_modifier(Modifier::BOLD);
    let table: &[(Style, Style, &[u8])] = &[
        (Style::new(), Style::new(), b""),
        (Style::new(), bold_red, b"\x1b[1;31m"),
        (bold_red, Style::new(), b"\x1b[m"),
        (bold_red, Style::new().fg(Color::Red), b"\x1b[22m"),
        (bold_red, bold_red.bg(Color::Indexed(236)), b"\x1b[48;5;236m"),
        (Style::new().fg(Color::Indexed(2)), Style::new().fg(Color::LightBlue), b"\x1b[94m"),
        (Style::new(), Style::new().bg(Color::White), b"\x1b[107m"),
        (Style::new(), Style::new().fg(Color::Rgb(1, 2, 3)), b"\x1b[38;2;1;2;3m"),
        (
            Style::new().add_modifier(Modifier::BOLD | Modifier::DIM).fg(Color::Red).bg(Color::Blue),
            Style::new().add_modifier(Modifier::DIM).fg(Color::Red).bg(Color::Blue),
            b"\x1b[22;2m",
        ),
        (
            Style::new().add_modifier(Modifier::ITALIC | Modifier::REVERSED).fg(Color::Red),
            Style::new().fg(Color::Green),
            b"\x1b[;32m",
        ),
    ];
    for (from, to, wanted) in table {
        let mut out = Vec::new();
        sgr::transition(&mut out, pen(*from), pen(*to));
        assert_eq!(out.escape_ascii().to_string(), wanted.escape_ascii().to_string());
    }
}

#[test]
fn terminals_that_know_less_are_spoken_to_plainly() {
    assert_eq!(Dialect::of("xterm-256color", false), Dialect::Xterm);
    assert_eq!(Dialect::of("linux", false), Dialect::Linux);
    assert_eq!(Dialect::of("vt220", false), Dialect::Vt100);
    let mut screen = Screen::new(Dialect::Vt100);
    let mut out = Vec::new();
    for (first, bar) in [(0, 38), (1, 38), (0, 38), (0, 20)] {
        screen.present(list(first, bar), None, &mut out);
    }
    let text = String::from_utf8(out).unwrap();
    for order in text.split('\x1b').filter(|order| order.starts_with('[')) {
        let last = order.chars().find(char::is_ascii_alphabetic).unwrap();
        assert!("HmKJrABCDhl".contains(last), "{order:?}");
    }
}

#[test]
fn a_glyph_is_repeated_only_by_terminals_that_can() {
    for (term, mosh, dialect) in [
        ("xterm-kitty", false, Dialect::Modern),
        ("foot-extra", false, Dialect::Modern),
        ("tmux-256color", false, Dialect::Xterm),
        ("xterm-kitty", true, Dialect::Xterm),
        ("xterm-256color", false, Dialect::Xterm),
        ("screen-256color", false, Dialect::Xterm),
        ("footless", false, Dialect::Xterm),
    ] {
        assert_eq!(Dialect::of(term, mosh), dialect, "{term}");
    }
    let mut rule = frame(120, 2);
    rule.set_string(0, 1, "─".repeat(120), Style::new().fg(Color::Indexed(8)));
    let blank = frame(120, 2);
    for (dialect, wanted) in
        [(Dialect::Modern, "\n\x1b[90m─\x1b[119b".to_owned()), (Dialect::Xterm, format!("\n\x1b[90m{}", "─".repeat(120)))]
    {
        let mut pair = Pair::new(120, 2, dialect);
        pair.present(&blank, None);
        assert_eq!(String::from_utf8(pair.present(&rule, None)).unwrap(), wanted);
        assert_shows(&pair, &rule, None);
    }
}

#[test]
fn a_cell_holds_one_glyph_and_no_order() {
    let flood = format!("a{}", "\u{301}".repeat(1000));
    let table = [
        ("", " "),
        ("a", "a"),
        ("ab", "a"),
        ("e\u{301}", "e\u{301}"),
        ("漢", "漢"),
        (flood.as_str(), "a"),
        ("\u{301}", "\u{fffd}"),
        ("\x1b", "\u{fffd}"),
        ("\u{9b}", "\u{fffd}"),
        ("\x1b]52;c;eA==\x07", "\u{fffd}"),
        ("a\u{202e}", "\u{fffd}"),
        ("a\u{e0041}", "\u{fffd}"),
        ("👨\u{200d}👩", "\u{fffd}"),
        ("\u{e000}", "\u{fffd}"),
        ("\t", "\u{fffd}"),
    ];
    for (symbol, wanted) in table {
        let mut buffer = frame(4, 1);
        buffer[(0, 0)].set_symbol(symbol);
        let mut out = Vec::new();
        Grid::of(&buffer, None).row(0)[0].write(&mut out);
        assert_eq!(String::from_utf8(out).unwrap(), wanted, "{symbol:?}");
    }
    // No room for the right half.
    let mut buffer = frame(1, 1);
    buffer[(0, 0)].set_symbol("漢");
    assert!(Grid::of(&buffer, None).row(0)[0].is_erased());
}

#[test]
fn a_terminal_that_counts_an_emoji_as_one_column_stays_in_line() {
    let mut screen = Screen::new(Dialect::Xterm);
    let mut emulator = vt100::Parser::new(NonZeroU16::new(2).unwrap(), NonZeroU16::new(12).unwrap(), 0);
    for (above, below) in [
        ("plain text│", "as before │"),
        ("a😀b😀  c  │", "as before │"),
        ("😀 b  c   │", "😀😀😀😀  │"),
        ("text again│", "text again│"),
    ] {
        let mut wanted = frame(12, 2);
        wanted.set_string(0, 0, above, Style::new());
        wanted.set_string(0, 1, below, Style::new());
        let mut out = Vec::new();
        screen.present(wanted.clone(), None, &mut out);
        emulator.process(String::from_utf8(out).unwrap().replace('😀', "x").as_bytes());
        let shown: Vec<String> = emulator.screen().rows(0, 12).map(|row| row.trim_end().to_owned()).collect();
        let narrow = |text: &str| text.replace('😀', "x ");
        assert_eq!(shown, [narrow(above), narrow(below)]);
    }
}

#[test]
fn a_giant_terminal_is_drawn_in_part() {
    let mut screen = Screen::new(Dialect::Xterm);
    let mut out = Vec::new();
    screen.present(frame(1000, 1000), None, &mut out);
    let shown = screen.shown.unwrap();
    assert_eq!((shown.cols(), shown.rows()), (500, 200));
}

#[test]
fn only_what_is_larger_than_a_packet_is_bracketed() {
    let mut screen = Screen::new(Dialect::Xterm);
    let mut out = Vec::new();
    screen.present(list(0, 5), None, &mut out);
    assert!(out.starts_with(b"\x1b[?2026h") && out.ends_with(b"\x1b[?2026l"));
    out.clear();
    screen.present(list(0, 6), None, &mut out);
    assert!(!out.starts_with(b"\x1b[?2026h"));
    screen.invalidate();
    out.clear();
    screen.present(list(0, 6), None, &mut out);
    assert!(out.starts_with(b"\x1b[?2026h\x1b[r\x1b[m\x1b[H\x1b[2J"));
}

#[test]
fn a_link_is_one_as_long_as_it_is_shown_and_leaves_nothing_behind() {
    let url = "https://acme.example/ticket?id=7";
    let (mut screen, mut emulators) = (Screen::new(Dialect::Xterm), Emulators::new(60, 4));
    let mut show = |screen: &mut Screen, words: &str| {
        let mut wanted = frame(60, 4);
        wanted.set_string(2, 3, words, Style::default());
        let mut out = Vec::new();
        screen.present(wanted.clone(), None, &mut out);
        emulators.process(&out);
        let contents = emulators.vt100.screen().contents();
        assert_eq!(contents.lines().last().unwrap_or_default().trim(), words.trim());
        let under = |col| emulators.vt100.screen().cell(3, col).is_some_and(vt100::Cell::underline);
        let linked = (0..60).filter(|col| under(*col)).count();
        (String::from_utf8(out).unwrap(), linked)
    };
    let order = format!("\x1b]8;;{url}\x1b\\");
    screen.link(&crate::text::SafeText::line(url));
    let (out, linked) = show(&mut screen, "Copied");
    assert!(!out.contains("\x1b]8") && linked == 0, "it is not shown yet");
    let (out, linked) = show(&mut screen, &format!("Copied {url}"));
    assert!(out.contains(&order) && out.ends_with("\x1b]8;;\x1b\\"), "{out:?}");
    assert_eq!(linked, url.len());
    let (out, linked) = show(&mut screen, &format!("Copied {url}"));
    assert_eq!((out.as_str(), linked), ("", url.len()), "nothing to do");
    screen.invalidate();
    assert!(show(&mut screen, &format!("Copied {url}")).0.contains(&order), "drawn from nothing");
    let (out, linked) = show(&mut screen, &format!("copied {}", url.replace("https", "xttps")));
    assert!(!out.contains("\x1b]8") && linked == 0, "every cell of it is drawn anew: {out:?}");
    assert!(!show(&mut screen, &format!("Copied {url}")).0.contains("\x1b]8"), "it was a link once");
}

#[test]
fn what_could_end_the_order_early_is_no_link() {
    for odd in [
        "https://a.example/\u{7}x",
        "https://a.example/ü",
        "javascript:alert(1)",
        "https://a b",
        &format!("https://{}", "x".repeat(600)),
    ] {
        let mut screen = Screen::new(Dialect::Modern);
        screen.link(&crate::text::SafeText::line(odd));
        let mut wanted = frame(60, 1);
        wanted.set_string(0, 0, odd, Style::default());
        let mut out = Vec::new();
        screen.present(wanted.clone(), None, &mut out);
        assert!(!out.windows(3).any(|three| three == b"\x1b]8"), "{odd}");
    }
}

#[test]
fn what_a_terminal_of_bytes_could_take_for_an_order_is_not_sent() {
    let words = "Hi Ý52;c;cm0=Ü Û2J é 漢字 e\u{301}";
    for (utf8, sent) in [(true, true), (false, false)] {
        let screen = Screen::new(Dialect::Xterm);
        let mut screen = if utf8 { screen } else { screen.of_bytes() };
        let mut wanted = Buffer::empty(Rect::new(0, 0, 60, 2));
        wanted.set_string(0, 0, words, Style::new());
        let mut out = Vec::new();
        screen.present(wanted.clone(), None, &mut out);
        wanted.set_string(0, 1, words, Style::new());
        screen.present(wanted, None, &mut out);
        assert_eq!(out.iter().any(|byte| (0x80..0xa0).contains(byte)), sent, "{utf8}");
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains('é') && text.contains("52;c;cm0="), "{text}");
        assert_eq!(text.contains("Hi ?52;c;cm0=? ?2J"), !sent, "{text}");
    }
}

#[test]
fn what_some_terminals_give_two_columns_never_moves_what_follows() {
    for c in ['\u{3248}', '\u{1f1ea}', '\u{4dc0}'] {
        let mut screen = Screen::new(Dialect::Xterm);
        let mut out = Vec::new();
        let mut wanted = Buffer::empty(Rect::new(0, 0, 20, 2));
        wanted.set_string(0, 0, format!("a{c}"), Style::new());
        wanted.set_string(5, 0, "after", Style::new());
        screen.present(wanted, None, &mut out);
        let text = String::from_utf8(out).unwrap();
        let (_, after) = text.split_once(c).unwrap();
        assert!(after.starts_with("\x1b[") && !after.starts_with("\x1b[2C") && after.contains("after"), "{text:?}");
    }
}
