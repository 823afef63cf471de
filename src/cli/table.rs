//! A table for people: as wide as the terminal, or as wide as it needs where nobody's terminal is the reader.

use std::{
    fmt::Write as _,
    io::{self, IsTerminal, Write},
};

use jiff::{Timestamp, tz::TimeZone};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::listing::{Cell, Listed};

/// How a table is laid out.
#[derive(Clone, Debug)]
pub struct Layout {
    /// Columns of the terminal; `None` for as wide as needed.
    pub width: Option<usize>,
    /// The zone that times are told in.
    pub zone: TimeZone,
}

impl Layout {
    /// As wide as needed.
    pub fn unbounded(zone: TimeZone) -> Self {
        Self { width: None, zone }
    }

    /// For standard output as it is: bounded only where that is a terminal.
    pub fn of_stdout() -> Self {
        let out = io::stdout();
        let size = out.is_terminal().then(|| rustix::termios::tcgetwinsize(&out).ok()).flatten();
        let width = size.map(|size| usize::from(size.ws_col)).filter(|width| *width > 0);
        Self { width, zone: TimeZone::system() }
    }
}

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    field: &'static str,
    title: &'static str,
    fit: Fit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fit {
    /// As wide as its widest cell, to the right.
    Right,
    /// As wide as its widest cell, but at most this.
    Capped(usize),
    /// What the others leave.
    Flexible,
}

/// A flexible column is never narrower; the last columns go instead.
const LEAST_FLEXIBLE: usize = 20;
const GAP: usize = 2;

impl Column {
    /// A number's column.
    pub(super) const fn right(field: &'static str, title: &'static str) -> Self {
        Self { field, title, fit: Fit::Right }
    }

    /// A column of at most `most` cells where the width is bounded.
    pub(super) const fn capped(field: &'static str, title: &'static str, most: usize) -> Self {
        Self { field, title, fit: Fit::Capped(most) }
    }

    /// The column that takes what the others leave.
    pub(super) const fn flexible(field: &'static str, title: &'static str) -> Self {
        Self { field, title, fit: Fit::Flexible }
    }
}

/// A table that is being printed.
pub(super) struct Table {
    layout: Layout,
    /// The columns that fit, with their widths; known from the first rows on.
    columns: Option<Vec<(Column, usize)>>,
}

impl Table {
    pub(super) fn new(layout: Layout) -> Self {
        Self { layout, columns: None }
    }

    pub(super) fn rows<R: Listed>(&mut self, rows: &[R], out: &mut dyn Write) -> io::Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let lines: Vec<Vec<String>> = rows.iter().map(|row| self.line(row)).collect();
        let is_first = self.columns.is_none();
        let columns = self.columns.get_or_insert_with(|| fit(R::COLUMNS, &lines, self.layout.width));
        let cut = self.layout.width.is_some();
        if is_first {
            let titles = columns.iter().map(|(column, _)| column.title);
            write_line(columns, titles, cut, out)?;
        }
        // Columns go from the right only, so the cells of those that are left come first.
        lines.iter().try_for_each(|line| write_line(columns, line.iter().map(String::as_str), cut, out))
    }

    /// The cells of a row in the order of the columns.
    fn line<R: Listed>(&self, row: &R) -> Vec<String> {
        let fields = row.fields();
        let cell = |column: &Column| fields.iter().find(|(name, _)| *name == column.field).map(|(_, cell)| *cell);
        R::COLUMNS.iter().map(|column| cell(column).map(|cell| told(&cell, &self.layout.zone)).unwrap_or_default()).collect()
    }
}

/// A cell in a person's words.
fn told(cell: &Cell<'_>, zone: &TimeZone) -> String {
    match cell {
        Cell::Text(text) => text.map_or("–".to_owned(), ToString::to_string),
        Cell::Number(number) => number.to_string(),
        Cell::Flag(flag) => if *flag { "yes" } else { "" }.to_owned(),
        Cell::Time(time) => time.map(|time| moment(time, zone)).unwrap_or_default(),
    }
}

/// `2026-11-20 10:05` in a zone.
pub(super) fn moment(time: Timestamp, zone: &TimeZone) -> String {
    time.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
}

/// The columns that fit and their widths.
fn fit(columns: &[Column], lines: &[Vec<String>], width: Option<usize>) -> Vec<(Column, usize)> {
    let natural = |(index, column): (usize, &Column)| {
        let cells = lines.iter().filter_map(|line| line.get(index));
        let widest = cells.map(|cell| cell.width()).max().unwrap_or_default().max(column.title.width());
        match column.fit {
            Fit::Capped(most) if width.is_some() => (*column, widest.min(most.max(column.title.width()))),
            _ => (*column, widest),
        }
    };
    let mut fitted: Vec<(Column, usize)> = columns.iter().enumerate().map(natural).collect();
    let Some(width) = width else { return fitted };
    let is_flexible = |column: &Column| column.fit == Fit::Flexible;
    let needed = |fitted: &[(Column, usize)]| {
        let least =
            |(column, widest): &(Column, usize)| if is_flexible(column) { (*widest).min(LEAST_FLEXIBLE) } else { *widest };
        fitted.iter().map(least).sum::<usize>() + GAP * fitted.len().saturating_sub(1)
    };
    while needed(&fitted) > width && fitted.last().is_some_and(|(column, _)| !is_flexible(column)) {
        fitted.pop();
    }
    let fixed: usize = fitted.iter().filter(|(column, _)| !is_flexible(column)).map(|(_, widest)| widest).sum();
    let left = width.saturating_sub(fixed + GAP * fitted.len().saturating_sub(1));
    for (column, widest) in &mut fitted {
        if is_flexible(column) {
            *widest = (*widest).min(left);
        }
    }
    fitted
}

fn write_line<'a>(
    columns: &[(Column, usize)],
    cells: impl Iterator<Item = &'a str>,
    cut: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut line = String::new();
    for ((column, width), cell) in columns.iter().zip(cells) {
        if !line.is_empty() {
            line.push_str("  ");
        }
        let cell = if cut { shortened(cell, *width) } else { cell.to_owned() };
        let padding = width.saturating_sub(cell.width());
        // Writing into a `String` can't fail.
        let _always = match column.fit {
            Fit::Right => write!(line, "{:padding$}{cell}", ""),
            _ => write!(line, "{cell}{:padding$}", ""),
        };
    }
    writeln!(out, "{}", line.trim_end())
}

/// At most `width` cells, with `…` for what is cut.
fn shortened(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let room = width.saturating_sub(1);
    let mut short = String::new();
    let mut used = 0;
    for cluster in text.graphemes(true) {
        used += cluster.width();
        if used > room {
            break;
        }
        short.push_str(cluster);
    }
    if width > 0 {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{Label, TicketId, TicketRow},
        text::SafeText,
    };

    fn ticket(id: i64, summary: &str, agent: Option<&str>) -> TicketRow {
        TicketRow {
            id: TicketId(id),
            summary: SafeText::line(summary),
            client: SafeText::line("Borealis Ltd"),
            agent: agent.map(SafeText::line),
            status: Label { name: SafeText::line("In progress"), colour: None },
            priority: Label { name: SafeText::line("High"), colour: None },
            last_action: "2026-11-20T10:05:59Z".parse().ok(),
            opened: "2026-11-19T10:00:00Z".parse().ok(),
            ..TicketRow::default()
        }
    }

    fn table(width: Option<usize>, rows: &[TicketRow]) -> String {
        let mut out = Vec::new();
        Table::new(Layout { width, zone: TimeZone::UTC }).rows(rows, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_pipe_gets_every_letter() {
        let long = "Mail server unreachable since this morning for everybody in the office and at home".to_owned();
        let text = table(None, &[ticket(10482, &long, Some("Priya")), ticket(7, "日本語", None)]);
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[1].contains(&long) && lines[1].starts_with("10482  "));
        assert!(lines[2].starts_with("    7  日本語 "));
        assert!(lines[1].ends_with("2026-11-20 10:05  2026-11-19 10:00"));
        let at = |line: &str, word: &str| line[..line.find(word).unwrap()].width();
        assert_eq!(at(lines[0], "CLIENT"), at(lines[1], "Borealis"));
        assert_eq!(at(lines[1], "Borealis"), at(lines[2], "Borealis"));
    }

    #[test]
    fn a_terminal_is_never_overrun() {
        let rows = [ticket(10482, &"wide 日本語 words ".repeat(20), Some("Priya Shah of the second line")), ticket(7, "x", None)];
        for width in 0..200 {
            for line in table(Some(width), &rows).lines() {
                assert!(line.width() <= width.max("10482".len()), "{width}: {line:?}");
            }
        }
        assert!(table(Some(80), &rows).lines().next().unwrap().contains("STATUS"));
        assert!(!table(Some(80), &rows).contains("OPENED"));
        assert!(table(Some(160), &rows).contains("OPENED"));
    }
}
