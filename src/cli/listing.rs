//! [`Listing`]: rows on their way to standard output, in any of the formats.

use std::{
    borrow::Cow,
    io::{self, Write},
};

use jiff::Timestamp;
use serde::{Serialize, Serializer, ser::SerializeMap};

use super::table::{Column, Layout, Table};
use crate::{
    domain::{ClientRow, TicketRow},
    text::SafeText,
};

/// How rows are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people.
    #[default]
    Table,
    /// One JSON array.
    Json,
    /// One JSON object a line.
    JsonLines,
    /// RFC 4180 with a header; cells that a spreadsheet would take for a formula get a `'` in front.
    Csv,
}

/// A value of a row's field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'a> {
    /// Text; `None` where there is none, such as the agent of a ticket that nobody has taken.
    Text(Option<&'a SafeText>),
    /// A number.
    Number(i64),
    /// A yes or no.
    Flag(bool),
    /// A moment: RFC 3339 in UTC.
    Time(Option<Timestamp>),
}

/// A row that can be listed.
pub trait Listed {
    /// The columns of its table, the least needed last to go where the terminal is narrow.
    const COLUMNS: &'static [Column];

    /// Its fields by name, in the order of the CSV; names are what scripts rely on.
    fn fields(&self) -> Vec<(&'static str, Cell<'_>)>;
}

/// A row as one JSON object.
pub(super) struct Object<'a, R>(pub(super) &'a R);

impl<R: Listed> Serialize for Object<'_, R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = self.0.fields();
        let mut map = serializer.serialize_map(Some(fields.len()))?;
        for (name, cell) in fields {
            map.serialize_entry(name, &cell)?;
        }
        map.end()
    }
}

impl Serialize for Cell<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Cell::Text(text) => text.map(SafeText::as_str).serialize(serializer),
            Cell::Number(number) => number.serialize(serializer),
            Cell::Flag(flag) => flag.serialize(serializer),
            Cell::Time(time) => time.serialize(serializer),
        }
    }
}

/// A listing that is being printed: windows of rows go in, text comes out at once.
pub struct Listing<'o> {
    out: &'o mut dyn Write,
    shape: Shape,
}

enum Shape {
    Table(Table),
    Json { begun: bool },
    JsonLines,
    Csv { begun: bool },
}

impl<'o> Listing<'o> {
    /// Starts a listing; `layout` is for the table.
    pub fn new(format: Format, layout: Layout, out: &'o mut dyn Write) -> Self {
        let shape = match format {
            Format::Table => Shape::Table(Table::new(layout)),
            Format::Json => Shape::Json { begun: false },
            Format::JsonLines => Shape::JsonLines,
            Format::Csv => Shape::Csv { begun: false },
        };
        Self { out, shape }
    }

    /// Prints more rows, all of one kind in one listing. A table takes its widths from the first ones.
    ///
    /// # Errors
    /// Trouble with the output.
    pub fn rows<R: Listed>(&mut self, rows: &[R]) -> io::Result<()> {
        match &mut self.shape {
            Shape::Table(table) => table.rows(rows, self.out),
            Shape::Json { begun } => rows.iter().try_for_each(|row| {
                self.out.write_all(if std::mem::replace(begun, true) { b",\n" } else { b"[\n" })?;
                serde_json::to_writer(&mut self.out, &Object(row)).map_err(io::Error::from)
            }),
            Shape::JsonLines => rows.iter().try_for_each(|row| {
                serde_json::to_writer(&mut self.out, &Object(row)).map_err(io::Error::from)?;
                self.out.write_all(b"\n")
            }),
            Shape::Csv { begun } => {
                let mut csv = csv::Writer::from_writer(&mut self.out);
                for row in rows {
                    let fields = row.fields();
                    if !std::mem::replace(begun, true) {
                        csv.write_record(fields.iter().map(|(name, _)| *name))?;
                    }
                    csv.write_record(fields.iter().map(|(_, cell)| csv_cell(cell).into_owned()))?;
                }
                csv.flush()
            }
        }
    }

    /// Ends the listing. Without any row, a JSON array is empty and a CSV or a table has nothing.
    ///
    /// # Errors
    /// Trouble with the output.
    pub fn finish(self) -> io::Result<()> {
        if let Shape::Json { begun } = self.shape {
            self.out.write_all(if begun { b"\n]\n" } else { b"[]\n" })?;
        }
        self.out.flush()
    }
}

fn csv_cell<'a>(cell: &Cell<'a>) -> Cow<'a, str> {
    match *cell {
        Cell::Text(text) => unformulated(text.map(SafeText::as_str).unwrap_or_default()),
        Cell::Number(number) => number.to_string().into(),
        Cell::Flag(flag) => flag.to_string().into(),
        Cell::Time(time) => time.map(|time| time.to_string()).unwrap_or_default().into(),
    }
}

/// Spreadsheets run what begins with one of these, some after trimming, some in its full-width form too (CWE-1236).
fn unformulated(text: &str) -> Cow<'_, str> {
    let starts = |text: &str| text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    if text.starts_with(['\t', '\r', '\n']) || starts(text.trim_start()) { format!("'{text}").into() } else { text.into() }
}

impl Listed for TicketRow {
    const COLUMNS: &'static [Column] = &[
        Column::right("id", "ID"),
        Column::flexible("summary", "SUMMARY"),
        Column::capped("client", "CLIENT", 24),
        Column::capped("status", "STATUS", 18),
        Column::capped("agent", "AGENT", 18),
        Column::capped("priority", "PRIORITY", 12),
        Column::capped("last_action", "LAST ACTION", 16),
        Column::capped("opened", "OPENED", 16),
    ];

    /// `closed` is when, where Halo says when; `is_closed` is whether. `unreadable` is the reason where a record could not be read.
    fn fields(&self) -> Vec<(&'static str, Cell<'_>)> {
        vec![
            ("id", Cell::Number(self.id.0)),
            ("summary", Cell::Text(Some(&self.summary))),
            ("client", Cell::Text(Some(&self.client))),
            ("site", Cell::Text(Some(&self.site))),
            ("user", Cell::Text(Some(&self.user))),
            ("agent", Cell::Text(self.agent.as_ref())),
            ("team", Cell::Text(Some(&self.team))),
            ("status", Cell::Text(Some(&self.status.name))),
            ("priority", Cell::Text(Some(&self.priority.name))),
            ("type", Cell::Text(Some(&self.ticket_type))),
            ("opened", Cell::Time(self.opened)),
            ("last_action", Cell::Time(self.last_action)),
            ("respond_by", Cell::Time(self.respond_by)),
            ("fix_by", Cell::Time(self.fix_by)),
            ("on_hold", Cell::Flag(self.on_hold)),
            ("closed", Cell::Time(self.closed)),
            ("is_closed", Cell::Flag(self.is_closed)),
            ("unreadable", Cell::Text(self.unreadable.as_ref())),
        ]
    }
}

impl Listed for ClientRow {
    const COLUMNS: &'static [Column] = &[
        Column::right("id", "ID"),
        Column::flexible("name", "NAME"),
        Column::right("open_tickets", "OPEN"),
        Column::capped("vip", "VIP", 3),
        Column::capped("inactive", "INACTIVE", 8),
    ];

    fn fields(&self) -> Vec<(&'static str, Cell<'_>)> {
        vec![
            ("id", Cell::Number(self.id.0)),
            ("name", Cell::Text(Some(&self.name))),
            ("inactive", Cell::Flag(self.inactive)),
            ("vip", Cell::Flag(self.vip)),
            ("open_tickets", Cell::Number(i64::try_from(self.open_tickets).unwrap_or(i64::MAX))),
            ("unreadable", Cell::Text(self.unreadable.as_ref())),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Label, TicketId};

    fn ticket(id: i64, summary: &str) -> TicketRow {
        TicketRow {
            id: TicketId(id),
            summary: SafeText::line(summary),
            client: SafeText::line("Borealis, \"North\""),
            status: Label { name: SafeText::line("New"), colour: None },
            opened: "2026-11-20T10:00:00Z".parse().ok(),
            ..TicketRow::default()
        }
    }

    fn printed(format: Format, windows: &[&[TicketRow]]) -> String {
        let mut out = Vec::new();
        let mut listing = Listing::new(format, Layout::unbounded(jiff::tz::TimeZone::UTC), &mut out);
        for window in windows {
            listing.rows(window).unwrap();
        }
        listing.finish().unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn json_carries_the_promised_fields() {
        let text = printed(Format::Json, &[&[ticket(7, "a\u{1b}[31m")], &[], &[ticket(8, "b")]]);
        let rows: Vec<serde_json::Map<String, serde_json::Value>> = serde_json::from_str(&text).unwrap();
        assert_eq!(rows.len(), 2);
        let promised =
            "id summary client site user agent team status priority type opened last_action respond_by fix_by on_hold closed";
        for field in promised.split(' ') {
            assert!(rows[0].contains_key(field), "{field}");
        }
        assert_eq!(rows[0]["opened"], "2026-11-20T10:00:00Z");
        assert!(rows[0]["closed"].is_null() && rows[0]["agent"].is_null());
        assert_eq!(rows[0]["on_hold"], false);
        assert!(!text.contains('\u{1b}'));
        assert_eq!(printed(Format::Json, &[]), "[]\n");
        let lines = printed(Format::JsonLines, &[&[ticket(7, "a"), ticket(8, "b")]]);
        assert_eq!(
            lines.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["id"].clone()).collect::<Vec<_>>(),
            [7, 8]
        );
    }

    #[test]
    fn clients_carry_theirs() {
        let mut out = Vec::new();
        let mut listing = Listing::new(Format::JsonLines, Layout::unbounded(jiff::tz::TimeZone::UTC), &mut out);
        listing.rows(&[ClientRow { name: SafeText::line("Acme"), vip: true, open_tickets: 4, ..ClientRow::default() }]).unwrap();
        listing.finish().unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text, "{\"id\":0,\"name\":\"Acme\",\"inactive\":false,\"vip\":true,\"open_tickets\":4,\"unreadable\":null}\n");
    }

    #[test]
    fn csv_has_one_header_and_no_formula() {
        let text = printed(Format::Csv, &[&[ticket(1, "=1+1")], &[ticket(-2, " @SUM(A1)"), ticket(3, "two = 2")]]);
        let mut csv = csv::Reader::from_reader(text.as_bytes());
        assert_eq!(csv.headers().unwrap().iter().take(3).collect::<Vec<_>>(), ["id", "summary", "client"]);
        let rows: Vec<_> = csv.records().map(Result::unwrap).collect();
        let cells = |column: usize| rows.iter().map(|row| row[column].to_owned()).collect::<Vec<_>>();
        assert_eq!(cells(0), ["1", "-2", "3"]);
        assert_eq!(cells(1), ["'=1+1", "' @SUM(A1)", "two = 2"]);
        assert_eq!(cells(2)[0], "Borealis, \"North\"");
        for start in ["=", "+", "-", "@", "\t", "\r", "＝"] {
            assert!(unformulated(&format!("{start}x")).starts_with('\''), "{start:?}");
        }
    }
}
