//! How a line of the page looks.

use ratatui::style::Style;

use super::page::{Fact, Heading, Line, Page};
use crate::{
    domain::{Author, Burn, Target, TicketRow, Timestamp},
    msg::Now,
    text::{PartKind, SafeText, occurrences},
    ui::{Activity, Own, Painter, Role, activity, burn_bar, countdown, width},
};

/// Cells of the row that shows a ticket's life at most.
const ACTIVITY_COLS: u16 = 60;
/// Cells of the bar that shows what is left of an SLA.
const BURN_BAR_COLS: u16 = 6;
/// Cells of words that are cut short.
const LEAST_OF_WORDS: u16 = 4;
/// Cells that an age takes at most.
const AGE_COLS: u16 = 5;

/// Draws one line in row `y`.
pub(super) fn line(painter: &mut Painter<'_>, y: u16, line: &Line, page: &Page, now: Now) {
    match line {
        Line::Blank => {}
        Line::Title(text) => {
            painter.put(0, y, text, painter.style(Role::Title), u16::MAX);
        }
        Line::Remark(text) => {
            painter.put_cut(0, y, text, painter.style(Role::Dim), u16::MAX);
        }
        Line::Named { text, name } => {
            let used = painter.put(0, y, text, painter.style(Role::Text), u16::MAX);
            let name = Own(text.as_str().get(..*name).unwrap_or_default());
            painter.tint(0, y, width(name).min(used), painter.style(Role::Dim));
        }
        Line::Words { text, kind, private } => {
            let role = if *kind == PartKind::Said { Role::Text } else { Role::Dim };
            let (x, style) = private_bar(painter, y, *private).unwrap_or((0, painter.style(role)));
            painter.put(x, y, text, style, u16::MAX);
        }
        Line::Folded { what, private, at, .. } => {
            let x = private_bar(painter, y, *private).map_or(0, |(x, _)| x);
            let dim = painter.style(Role::Dim);
            let tail = at.map_or(0, |at| painter.put_right(0, y, &painter.look().short_time(now.wall, at), dim, u16::MAX));
            let room = painter.cols().saturating_sub(x + tail + 1);
            painter.put_cut(x, y, what, dim, room);
        }
        Line::Change(change) => {
            let arrow = painter.glyphs().arrow;
            let mut run = changed(painter, y);
            let text = run.painter.style(Role::Text);
            run.own(&format!("{}: ", change.name), Role::Dim);
            run.put(&change.from, text);
            run.own(&format!(" {arrow} "), Role::Dim);
            run.put(&change.to, text);
            done_by(&mut run, change.by.iter(), now);
        }
        Line::Said { what, by } => {
            let mut run = changed(painter, y);
            let text = run.painter.style(Role::Text);
            run.put(what, text);
            done_by(&mut run, by.iter(), now);
        }
        Line::Heading(heading) => draw_heading(painter, y, heading, now),
        Line::Fact(Fact::Activity) => draw_activity(painter, y, page, now),
        Line::Fact(fact) => draw_fact(&mut Run::new(painter, y), *fact, &page.ticket, now),
    }
}

/// Marks a line as telling what changed; what changed comes behind it.
fn changed<'a, 'b>(painter: &'a mut Painter<'b>, y: u16) -> Run<'a, 'b> {
    let mark = painter.glyphs().changed;
    painter.put(0, y, mark, painter.style(Role::Changed), 1);
    Run { painter, x: 2, y }
}

/// Tells who did it and when.
fn done_by<'a>(run: &mut Run<'_, '_>, by: impl Iterator<Item = &'a (SafeText, Timestamp)>, now: Now) {
    let (text, dim) = (run.painter.style(Role::Text), run.painter.style(Role::Dim));
    for (nth, (who, at)) in by.enumerate() {
        run.own(if nth == 0 { " by " } else { ", " }, Role::Dim);
        run.put(who, text);
        run.own(" ", Role::Dim);
        let when = run.painter.look().short_time(now.wall, *at);
        run.put(&when, dim);
    }
}

/// Draws the bar beside what the client does not see; answers where its words begin and how they look.
fn private_bar(painter: &mut Painter<'_>, y: u16, private: bool) -> Option<(u16, Style)> {
    private.then(|| {
        let style = painter.style(Role::PrivateNote);
        painter.put(0, y, painter.glyphs().private, style, 1);
        (2, style)
    })
}

/// Marks the words that were found in a line that is drawn already; `here` where they were gone to.
pub(super) fn matches(painter: &mut Painter<'_>, y: u16, line: &Line, needle: &str, here: bool) {
    let Some(text) = line.searched().filter(|_| !needle.is_empty()) else { return };
    let start = match line {
        Line::Words { private: true, .. } | Line::Heading(Heading { important: true, .. }) => 2,
        _ => 0,
    };
    let style = painter.style(Role::Match);
    // In some themes the cursor looks just like a match: underlined it is told apart in all of them.
    let style = if here { style.underlined() } else { style };
    let cells = |words: Option<&str>| width(Own(words.unwrap_or_default()));
    for place in occurrences(text.as_str(), needle) {
        let x = start + cells(text.as_str().get(..place.start));
        painter.tint(x, y, cells(text.as_str().get(place)), style);
    }
}

fn draw_activity(painter: &mut Painter<'_>, y: u16, page: &Page, now: Now) {
    let history = &page.history;
    let Some(opened) = history.opened else { return };
    let x = painter.put(0, y, "activity ", painter.style(Role::Dim), u16::MAX);
    let what = Activity {
        from: opened,
        to: history.ended.unwrap_or(now.wall),
        events: &history.events,
        holds: &history.holds(now.wall),
        breaches: &history.breaches(now.wall),
    };
    let cols = painter.cols().saturating_sub(x).min(ACTIVITY_COLS);
    activity(painter, x, y, &what, cols);
}

/// Words one after the other in a row.
struct Run<'a, 'b> {
    painter: &'a mut Painter<'b>,
    x: u16,
    y: u16,
}

impl<'a, 'b> Run<'a, 'b> {
    fn new(painter: &'a mut Painter<'b>, y: u16) -> Self {
        Self { painter, x: 0, y }
    }

    fn put(&mut self, words: &SafeText, style: Style) {
        self.x += self.painter.put_cut(self.x, self.y, words, style, u16::MAX);
    }

    fn own(&mut self, words: &str, role: Role) {
        let style = self.painter.style(role);
        self.x += self.painter.put_cut(self.x, self.y, Own(words), style, u16::MAX);
    }

    /// Whether these words have room behind so many cells: a few letters of them say something, a mark of a cut alone does not.
    fn has_room(&self, behind: u16, words: &SafeText) -> bool {
        self.x.saturating_add(behind + width(words).min(LEAST_OF_WORDS)) <= self.painter.cols()
    }

    fn dot(&mut self) {
        if self.x > 0 {
            let dot = self.painter.glyphs().dot;
            self.own(&format!(" {dot} "), Role::Dim);
        }
    }
}

fn draw_heading(painter: &mut Painter<'_>, y: u16, heading: &Heading, now: Now) {
    let role = match heading.author {
        Author::Customer => Role::Customer,
        Author::Agent => Role::Agent,
        Author::System => Role::System,
    };
    let when = heading.at.map_or_else(SafeText::default, |at| painter.look().short_time(now.wall, at));
    let mut tail = painter.put_right(0, y, &when, painter.style(Role::Dim), u16::MAX);
    if heading.minutes > 0 {
        // The ages stand in a column of their own: the time taken ends before it.
        let taken = format!("{} min ", heading.minutes);
        let room = painter.cols().saturating_sub(AGE_COLS);
        tail = AGE_COLS + painter.put_right(0, y, Own(&taken), painter.style(Role::Dim), room);
    }
    let room = painter.cols().saturating_sub(tail + 1);
    let area = painter.area();
    let mut part = painter.within(ratatui::layout::Rect { width: room, ..area });
    let mut run = Run::new(&mut part, y);
    if heading.important {
        run.own("! ", Role::Warn);
    }
    let style = run.painter.style(role);
    run.put(&heading.who, style);
    // Who is who is told by a word too, never by colour alone.
    match heading.author {
        Author::Customer => run.own(" (customer)", Role::Dim),
        Author::Agent | Author::System => {}
    }
    // Before all that could be cut off.
    if heading.private {
        run.dot();
        run.own("private", Role::PrivateNote);
    }
    if !heading.outcome.is_empty() && run.has_room(3, &heading.outcome) {
        run.dot();
        let dim = run.painter.style(Role::Dim);
        run.put(&heading.outcome, dim);
    }
    if let Some(status) = heading.new_status.as_ref().filter(|status| run.has_room(3, status)) {
        let arrow = run.painter.glyphs().arrow;
        run.own(&format!(" {arrow} "), Role::Dim);
        let text = run.painter.style(Role::Text);
        run.put(status, text);
    }
    let files = SafeText::line(&files(heading.attachments));
    if heading.attachments > 0 && run.has_room(3, &files) {
        run.dot();
        let dim = run.painter.style(Role::Dim);
        run.put(&files, dim);
    }
}

fn files(count: u32) -> String {
    if count == 1 { "1 file".to_owned() } else { format!("{count} files") }
}

fn draw_fact(run: &mut Run<'_, '_>, fact: Fact, ticket: &TicketRow, now: Now) {
    let text = run.painter.style(Role::Text);
    let dim = run.painter.style(Role::Dim);
    match fact {
        Fact::Unreadable => {
            let bad = run.painter.style(Role::Bad);
            if let Some(reason) = &ticket.unreadable {
                run.put(&SafeText::line(&format!("This record could not be read: {reason}")), bad);
            }
        }
        Fact::State => {
            let (status, priority) =
                (run.painter.look().halo(ticket.status.colour), run.painter.look().halo(ticket.priority.colour));
            run.put(&ticket.status.name, status);
            run.dot();
            run.put(&ticket.priority.name, priority);
            if !ticket.ticket_type.is_empty() {
                run.dot();
                run.put(&ticket.ticket_type, dim);
            }
            if ticket.vip {
                run.dot();
                run.own("VIP", Role::Badge);
            }
        }
        Fact::Client => {
            run.put(&ticket.client, text);
            for part in [&ticket.site, &ticket.user].into_iter().filter(|part| !part.is_empty()) {
                run.dot();
                run.put(part, dim);
            }
        }
        Fact::Agent => {
            match &ticket.agent {
                Some(agent) => run.put(agent, text),
                None => run.own("Unassigned", Role::Warn),
            }
            if !ticket.team.is_empty() {
                run.dot();
                run.put(&ticket.team, dim);
            }
        }
        Fact::Times => {
            moment(run, "opened ", ticket.opened, now);
            moment(run, "last action ", ticket.last_action, now);
            moment(run, "closed ", ticket.closed, now);
        }
        Fact::Targets => targets(run, ticket, now),
        // Drawn apart: it needs more than the ticket's row.
        Fact::Activity => {}
    }
}

fn moment(run: &mut Run<'_, '_>, words: &'static str, at: Option<Timestamp>, now: Now) {
    if let Some(at) = at {
        run.dot();
        run.own(words, Role::Dim);
        let text = run.painter.style(Role::Text);
        let when = run.painter.look().time(now.wall, at);
        run.put(&when, text);
    }
}

fn targets(run: &mut Run<'_, '_>, ticket: &TicketRow, now: Now) {
    let burn = Burn::of(ticket, now.wall);
    if ticket.on_hold {
        let hold = run.painter.glyphs().hold;
        run.own(&format!("{hold} held"), Role::Warn);
    }
    let targets = [(Target::Respond, ticket.respond_by, ticket.responded), (Target::Fix, ticket.fix_by, ticket.closed)];
    for (target, at, met) in targets {
        let Some(at) = at else { continue };
        let what = target.words();
        run.dot();
        match (met, burn) {
            (Some(met), _) => {
                let (word, role) = if met <= at { ("met", Role::Ok) } else { ("missed", Role::Bad) };
                run.own(&format!("{what} {word}"), role);
            }
            (None, Burn::Running { target: counts, left, eighths, missed, .. }) if counts == target => {
                // As the list tells it: in the hours that count.
                let role = if missed { Role::Bad } else { Role::Text };
                let words = if missed { format!("{} {what} missed ", run.painter.glyphs().breached) } else { format!("{what} ") };
                run.own(&words, if missed { Role::Bad } else { Role::Dim });
                let style = run.painter.style(role);
                run.put(&countdown(left), style);
                // Hours of work, not of the clock.
                run.own(if ticket.terms.calendar.is_some() { " work" } else { "" }, Role::Dim);
                if !missed {
                    run.x += 1;
                    run.x += burn_bar(run.painter, run.x, run.y, eighths, style, BURN_BAR_COLS);
                }
            }
            // It does not count before the response, but it is no less past.
            (None, Burn::Running { .. }) if at <= now.wall => {
                run.own(&format!("{} {what} missed ", run.painter.glyphs().breached), Role::Bad);
                let bad = run.painter.style(Role::Bad);
                let when = run.painter.look().time(now.wall, at);
                run.put(&when, bad);
            }
            (None, _) => {
                run.own(&format!("{what} "), Role::Dim);
                let text = run.painter.style(Role::Text);
                let when = run.painter.look().time(now.wall, at);
                run.put(&when, text);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use ratatui::{buffer::Buffer, layout::Rect};

    use super::*;
    use crate::ui::Look;

    #[test]
    fn a_fix_that_is_past_is_missed_though_the_response_counts() {
        let at = |hour: i64| Timestamp::from_second(1_700_000_000 + hour * 3600).ok();
        let now = Now { wall: at(0).unwrap(), tick: std::time::Duration::ZERO };
        let told = |ticket: TicketRow| {
            let area = Rect::new(0, 0, 90, 1);
            let (mut buffer, look) = (Buffer::empty(area), Look::default());
            draw_fact(&mut Run::new(&mut Painter::new(&mut buffer, area, &look), 0), Fact::Targets, &ticket, now);
            buffer.content().iter().map(ratatui::buffer::Cell::symbol).collect::<String>().trim_end().to_owned()
        };
        let open = TicketRow { respond_by: at(-5), fix_by: at(-3), ..TicketRow::default() };
        assert_eq!(told(open.clone()), "✗ respond by missed -5h00 · ✗ fix by missed 3 h ago");
        assert_eq!(told(TicketRow { fix_by: at(3), ..open.clone() }), "✗ respond by missed -5h00 · fix by in 3 h");
        let held = told(TicketRow { on_hold: true, ..open });
        assert!(!held.contains("missed"), "what is held is not late: {held}");
    }

    #[test]
    fn a_heading_has_no_holes_however_narrow() {
        let heading = Heading {
            author: Author::Agent,
            who: SafeText::line("Aoife O'Brennan"),
            outcome: SafeText::line("Private Note"),
            at: Some(Timestamp::UNIX_EPOCH),
            private: true,
            important: false,
            minutes: 40,
            new_status: Some(SafeText::line("In Progress")),
            attachments: 2,
        };
        let now = Now { wall: Timestamp::UNIX_EPOCH, tick: std::time::Duration::ZERO };
        let drawn = |cols: u16| {
            let area = Rect::new(0, 0, cols, 1);
            let (mut buffer, look) = (Buffer::empty(area), Look::default());
            draw_heading(&mut Painter::new(&mut buffer, area, &look), 0, &heading, now);
            buffer.content().iter().map(ratatui::buffer::Cell::symbol).collect::<String>()
        };
        assert!(drawn(90).starts_with("Aoife O'Brennan · private · Private Note → In Progress · 2 files "), "{}", drawn(90));
        for cols in 40..90 {
            let row = drawn(cols);
            assert!(!row.contains("·  ") && !row.contains("→  ") && !row.contains("· …"), "{cols}: {row}");
            assert!(row.contains("private") && row.contains("40 min"), "{cols}: {row}");
        }
    }
}
