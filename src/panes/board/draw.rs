//! The board on the screen: its sections in one to three columns, each as far as there is room, around the cursor.

use ratatui::layout::{Position, Rect};

use super::{
    BoardPane,
    bars::{Bar, Section, reach_words},
    places,
};
use crate::{
    domain::{Reach, grouped},
    panes::list::draw_cursor,
    ui::{Own, Painter, Role, bar, columns, width},
};

/// From these widths on the sections stand in two columns, and in three.
const TWO_COLUMNS: u16 = 70;
const THREE_COLUMNS: u16 = 114;
/// From this height on the chart's columns are three cells high, else two.
const TALL: u16 = 28;
/// Cells of a bar's name, and of its number.
const NAME_COLS: u16 = 17;
const NUMBER_COLS: u16 = 7;
/// Cells of what presses of a bar's tickets.
const PRESSING_COLS: u16 = 7;
/// Where a chart of days begins: before it stand its name and its most.
const DAYS_AT: u16 = 9;

/// A part of a column.
enum Piece {
    Empty,
    Title(String),
    Note(String),
    Bar(usize),
    /// The days of a section.
    Days(Section),
    /// Under the days: where the cursor stands.
    Axis,
    /// What the day under the cursor has.
    Detail,
}

pub(super) fn draw(board: &BoardPane, painter: &mut Painter<'_>, focused: bool) {
    let area = painter.area();
    for ((part, pieces), scrolled) in parts(board, area).zip(board.scrolls) {
        draw_column(board, &pieces, scrolled, &mut painter.within(part), focused);
    }
}

/// The bar at a cell of an area of this size, in columns and rows.
pub(super) fn bar_at(board: &BoardPane, (cols, rows): (u16, u16), (col, row): (u16, u16)) -> Option<usize> {
    let mut parts = parts(board, Rect::new(0, 0, cols, rows)).zip(board.scrolls);
    let ((part, pieces), scrolled) = parts.find(|((part, _), _)| part.contains(Position::new(col, row)))?;
    let (placed, _) = placed(&pieces, scrolled, rows);
    let (piece, ..) = placed.into_iter().find(|(_, y, height)| (*y..y.saturating_add(*height)).contains(&row))?;
    match piece {
        Piece::Bar(at) => Some(*at),
        Piece::Days(section) => {
            let day = (col - part.x).checked_sub(DAYS_AT)? / day_cols(board, part.width);
            places(&board.bars, *section).get(usize::from(day)).copied()
        }
        _ => None,
    }
}

/// The columns that an area has, and what stands in each.
fn parts(board: &BoardPane, area: Rect) -> impl Iterator<Item = (Rect, Vec<Piece>)> {
    let count: u16 = match area.width {
        THREE_COLUMNS.. => 3,
        TWO_COLUMNS.. => 2,
        _ => 1,
    };
    let width = area.width / count;
    (0..count).map(move |column| {
        let cols = if column + 1 == count { area.width - width * column } else { width };
        let part = Rect { x: area.x + width * column, width: cols, ..area };
        (part, pieces(board, |section| column_of(section, count) == column))
    })
}

/// In which of so many columns a section stands.
fn column_of(section: Section, columns: u16) -> u16 {
    let among_three = match section {
        Section::Targets | Section::Priority | Section::Age | Section::Outcome => 0,
        Section::Opened | Section::Closed | Section::Agents => 1,
        Section::Clients | Section::Newcomers => 2,
    };
    among_three.min(columns - 1)
}

fn pieces(board: &BoardPane, here: impl Fn(Section) -> bool) -> Vec<Piece> {
    let reach = board.board.as_ref().and_then(|board| reach_words(board.reach));
    let mut pieces = Vec::new();
    let mut section = None;
    for (at, bar) in board.bars.iter().enumerate().filter(|(_, bar)| here(bar.section)) {
        let begins = section.replace(bar.section) != Some(bar.section);
        if begins && bar.section != Section::Closed {
            if !pieces.is_empty() {
                pieces.push(Piece::Empty);
            }
            pieces.push(Piece::Title(title(board, bar.section)));
        }
        match bar.section {
            section if section.is_days() => {
                if begins {
                    pieces.push(Piece::Days(section));
                }
                if begins && section == Section::Closed {
                    pieces.extend([Piece::Axis, Piece::Detail]);
                    pieces.extend(reach.clone().map(Piece::Note));
                }
            }
            Section::Outcome if begins => {
                pieces.extend([Piece::Note("by the fix target of what was closed".to_owned()), Piece::Bar(at)]);
            }
            _ => pieces.push(Piece::Bar(at)),
        }
    }
    pieces
}

fn title(board: &BoardPane, section: Section) -> String {
    match section {
        Section::Targets => "Next target".to_owned(),
        Section::Priority => "Open by priority".to_owned(),
        Section::Age => "Open by age".to_owned(),
        Section::Outcome => {
            let (kept, missed) = board.board.as_ref().map_or((0, 0), |board| (board.kept, board.missed));
            let share = (kept * 100).checked_div(kept + missed).map(|share| format!(": {share} %"));
            format!("SLA kept in {} days{}", days(board), share.unwrap_or_default())
        }
        Section::Opened | Section::Closed => format!("Opened and closed in {} days", days(board)),
        Section::Agents => "Open by agent, ! missed or due today".to_owned(),
        Section::Clients => "Open by client, ! missed or due today".to_owned(),
        Section::Newcomers => format!("Opened in {} days by client", days(board)),
    }
}

fn days(board: &BoardPane) -> usize {
    board.board.as_ref().map_or(0, |board| board.days.len())
}

fn draw_column(board: &BoardPane, pieces: &[Piece], scrolled: u16, painter: &mut Painter<'_>, focused: bool) {
    let rows = painter.area().height;
    let (placed, more) = placed(pieces, scrolled, rows);
    for (piece, y, height) in placed {
        draw_piece(board, piece, painter, y, height, focused);
    }
    if more {
        let (x, y) = (painter.cols().saturating_sub(1), rows.saturating_sub(1));
        painter.put(x, y, painter.glyphs().falling, painter.style(Role::Dim), 1);
    }
}

/// The pieces of a column of so many rows, each with its first line and its height, and how many lines they have.
fn topped(pieces: &[Piece], rows: u16) -> (Vec<(&Piece, u16, u16)>, u16) {
    let days_rows = if rows >= TALL { 3 } else { 2 };
    let height = |piece: &Piece| if matches!(piece, Piece::Days(_)) { days_rows } else { 1 };
    let all: u16 = pieces.iter().map(height).sum();
    let pieces = pieces.iter().filter(|piece| all <= rows || !matches!(piece, Piece::Empty));
    let mut end = 0;
    let topped = pieces.map(|piece| {
        let top = end;
        end += height(piece);
        (piece, top, height(piece))
    });
    (topped.collect(), end)
}

/// How far each column is scrolled so that whatever the cursor is in is in sight to its last line, the chart with what stands under
/// it: no further than that takes from where they are.
pub(super) fn scrolls(board: &BoardPane) -> [u16; 3] {
    let (cols, rows) = board.size;
    let holds = |piece: &Piece| match piece {
        Piece::Bar(at) => *at == board.cursor,
        Piece::Days(_) | Piece::Axis | Piece::Detail => board.here().is_some_and(Section::is_days),
        _ => false,
    };
    let mut scrolls = board.scrolls;
    for ((_, pieces), scroll) in parts(board, Rect::new(0, 0, cols, rows)).zip(&mut scrolls) {
        let (topped, end) = topped(&pieces, rows);
        let held = || topped.iter().filter(|(piece, ..)| holds(piece));
        let bottom = held().map(|(_, top, height)| top + height).max();
        // With the line above: a title, or that more is there.
        let top = held().map(|(_, top, _)| top.saturating_sub(1)).min();
        *scroll = (*scroll).min(end.saturating_sub(rows));
        *scroll = top.map_or(*scroll, |top| (*scroll).min(top));
        *scroll = bottom.map_or(*scroll, |bottom| (*scroll).max(bottom.saturating_sub(rows)));
    }
    scrolls
}

/// Those pieces of a column that are in sight, each with its first row and its height, and whether there are more below.
fn placed(pieces: &[Piece], scrolled: u16, rows: u16) -> (Vec<(&Piece, u16, u16)>, bool) {
    let (topped, end) = topped(pieces, rows);
    let in_sight = topped.into_iter().filter_map(|(piece, top, height)| {
        let y = top.checked_sub(scrolled).filter(|y| *y < rows)?;
        Some((piece, y, height))
    });
    (in_sight.collect(), end.saturating_sub(scrolled) > rows)
}

fn draw_piece(board: &BoardPane, piece: &Piece, painter: &mut Painter<'_>, y: u16, rows: u16, focused: bool) {
    match piece {
        Piece::Empty => {}
        Piece::Title(title) => {
            painter.put_cut(2, y, Own(title), painter.style(Role::Title), u16::MAX);
        }
        Piece::Note(note) => {
            painter.put_cut(2, y, Own(note), painter.style(Role::Dim), u16::MAX);
        }
        Piece::Bar(at) => {
            if let Some(bar) = board.bars.get(*at) {
                draw_bar(board, painter, y, bar, *at == board.cursor, focused);
            }
        }
        Piece::Days(section) => draw_days(board, painter, y, rows, *section, focused),
        Piece::Axis => draw_axis(board, painter, y),
        Piece::Detail => draw_detail(board, painter, y),
    }
}

fn draw_bar(board: &BoardPane, painter: &mut Painter<'_>, y: u16, drawn: &Bar, held: bool, focused: bool) {
    let row = if held { draw_cursor(painter, y, Some(focused)) } else { None };
    let style = |painter: &Painter<'_>, role| row.unwrap_or_else(|| painter.style(role));
    let text = style(painter, Role::Text);
    let cols = painter.cols();
    painter.put_cut(2, y, &drawn.name, text, NAME_COLS - 1);
    let x = 2 + NAME_COLS;
    let Some(count) = drawn.count else {
        painter.put_right(x, y, painter.glyphs().none, style(painter, Role::Dim), NUMBER_COLS - 1);
        return;
    };
    // The comma goes before a digit does.
    let number =
        Some(grouped(count)).filter(|number| number.len() < usize::from(NUMBER_COLS)).unwrap_or_else(|| count.to_string());
    painter.put_right(x, y, Own(&number), text, NUMBER_COLS - 1);
    let x = x + NUMBER_COLS;
    let of_section = board.bars.iter().filter(|other| other.section == drawn.section);
    let most = of_section.clone().filter_map(|other| other.count).max().unwrap_or(0);
    let kept = if of_section.clone().any(|other| other.pressing > 0) { PRESSING_COLS } else { 1 };
    let role = if drawn.section == Section::Outcome && drawn.words.ends_with("missed") { Role::Warn } else { Role::Info };
    let cells = bar(painter, (x, y), count, most, cols.saturating_sub(x + kept), style(painter, role));
    if drawn.pressing > 0 {
        let pressing = format!("{} {}", painter.glyphs().near, drawn.pressing);
        let at = (x + cells + 1).min(cols.saturating_sub(width(Own(&pressing))));
        painter.put(at, y, Own(&pressing), style(painter, Role::Warn), PRESSING_COLS);
    }
}

/// Cells of a day.
fn day_cols(board: &BoardPane, cols: u16) -> u16 {
    let days = u16::try_from(days(board)).unwrap_or(u16::MAX);
    cols.saturating_sub(DAYS_AT).checked_div(days).unwrap_or(1).clamp(1, 3)
}

fn draw_days(board: &BoardPane, painter: &mut Painter<'_>, y: u16, rows: u16, section: Section, focused: bool) {
    let held = board.here() == Some(section);
    if held {
        let marker = if painter.look().is_lean() { ">" } else { painter.glyphs().marker };
        painter.put(0, y, marker, painter.style(Role::Marker), 1);
    }
    let name = if section == Section::Opened { "opened" } else { "closed" };
    let count = |bar: &Bar| bar.count.unwrap_or(0);
    // Both in one measure, so that they can be compared.
    let most = board.bars.iter().filter(|bar| bar.section.is_days()).map(count).max().unwrap_or(0);
    let bars: Vec<(usize, &Bar)> =
        places(&board.bars, section).into_iter().filter_map(|at| Some((at, board.bars.get(at)?))).collect();
    painter.put(2, y, name, painter.style(Role::Text), DAYS_AT - 3);
    let own = bars.iter().map(|(_, bar)| count(bar)).max().unwrap_or(0);
    painter.put_right(2, y + 1, Own(&own.to_string()), painter.style(Role::Dim), DAYS_AT - 3);
    let known = match board.board.as_ref().map(|board| board.reach) {
        Some(Reach::Back(date)) => Some(date),
        _ => None,
    };
    let role = if section == Section::Opened { Role::Info } else { Role::Ok };
    let style = |(at, bar): &(usize, &Bar)| match (*at == board.cursor && focused, known) {
        (true, _) if !painter.look().is_lean() => painter.style(Role::Accent),
        (_, Some(since)) if bar.date.is_some_and(|date| date < since) => painter.style(Role::Dim),
        _ => painter.style(role),
    };
    let drawn: Vec<_> = bars.iter().map(|day| (count(day.1), style(day))).collect();
    let cols = day_cols(board, painter.cols());
    columns(painter, (DAYS_AT, y), rows, cols, &drawn, most);
}

/// The day that is told under the chart: the cursor's, else the newest.
fn told(board: &BoardPane) -> Option<usize> {
    let last = days(board).checked_sub(1)?;
    Some(if board.here().is_some_and(Section::is_days) { board.day.min(last) } else { last })
}

fn draw_axis(board: &BoardPane, painter: &mut Painter<'_>, y: u16) {
    let cols = day_cols(board, painter.cols());
    let all = u16::try_from(days(board)).unwrap_or(0).saturating_mul(cols);
    if !painter.look().is_lean() {
        let line: String = std::iter::repeat_n(painter.glyphs().rule_h, usize::from(all)).collect();
        painter.put(DAYS_AT, y, Own(&line), painter.style(Role::Rule), all);
    }
    if let Some(day) = told(board).and_then(|day| u16::try_from(day).ok()) {
        let role = if board.here().is_some_and(Section::is_days) { Role::Marker } else { Role::Dim };
        painter.put(DAYS_AT + day * cols, y, painter.glyphs().rising, painter.style(role), 1);
    }
}

fn draw_detail(board: &BoardPane, painter: &mut Painter<'_>, y: u16) {
    let Some(day) = told(board).and_then(|day| board.board.as_ref()?.days.get(day)) else { return };
    let (date, dot) = (day.date.strftime("%a %-d %b"), painter.glyphs().dot);
    let words = format!("{date}: {} opened {dot} {} closed", day.opened, day.closed);
    painter.put_cut(2, y, Own(&words), painter.style(Role::Text), u16::MAX);
}
