//! How a line of the page looks.

use ratatui::style::Style;

use super::page::{Fact, Heading, Line};
use crate::{
    domain::{Author, TicketRow, Timestamp},
    msg::Now,
    text::SafeText,
    ui::{Own, Painter, Role, age, until},
};

/// Draws one line in row `y`.
pub(super) fn line(painter: &mut Painter<'_>, y: u16, line: &Line, ticket: &TicketRow, now: Now) {
    match line {
        Line::Blank => {}
        Line::Title(text) => {
            painter.put(0, y, text, painter.style(Role::Title), u16::MAX);
        }
        Line::Remark(text) => {
            painter.put_cut(0, y, *text, painter.style(Role::Dim), u16::MAX);
        }
        Line::Words { text, private: false } => {
            painter.put(0, y, text, painter.style(Role::Text), u16::MAX);
        }
        Line::Words { text, private: true } => {
            let style = painter.style(Role::PrivateNote);
            painter.put(0, y, painter.glyphs().private, style, 1);
            painter.put(2, y, text, style, u16::MAX);
        }
        Line::Heading(heading) => draw_heading(painter, y, heading, now),
        Line::Fact(fact) => draw_fact(&mut Run::new(painter, y), *fact, ticket, now),
    }
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
    let when = heading.at.map_or_else(SafeText::default, |at| age(now.wall, at));
    let tail = painter.put_right(0, y, &when, painter.style(Role::Dim), u16::MAX);
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
    if !heading.outcome.is_empty() {
        run.dot();
        let dim = run.painter.style(Role::Dim);
        run.put(&heading.outcome, dim);
    }
    if let Some(status) = &heading.new_status {
        let arrow = run.painter.glyphs().arrow;
        run.own(&format!(" {arrow} "), Role::Dim);
        let text = run.painter.style(Role::Text);
        run.put(status, text);
    }
    if heading.private {
        run.dot();
        run.own("private", Role::PrivateNote);
    }
    if heading.minutes > 0 {
        run.dot();
        run.own(&format!("{} min", heading.minutes), Role::Dim);
    }
    if heading.attachments > 0 {
        run.dot();
        run.own(&files(heading.attachments), Role::Dim);
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
    }
}

fn moment(run: &mut Run<'_, '_>, words: &'static str, at: Option<Timestamp>, now: Now) {
    if let Some(at) = at {
        run.dot();
        run.own(words, Role::Dim);
        let text = run.painter.style(Role::Text);
        run.put(&until(now.wall, at), text);
    }
}

fn targets(run: &mut Run<'_, '_>, ticket: &TicketRow, now: Now) {
    if ticket.on_hold {
        let hold = run.painter.glyphs().hold;
        run.own(&format!("{hold} on hold"), Role::Warn);
    }
    let targets = [("respond by", ticket.respond_by, ticket.responded), ("fix by", ticket.fix_by, ticket.closed)];
    for (what, target, met) in targets {
        let Some(target) = target else { continue };
        run.dot();
        if let Some(met) = met {
            let (word, role) = if met <= target { ("met", Role::Ok) } else { ("missed", Role::Bad) };
            run.own(&format!("{what} {word}"), role);
        } else if target <= now.wall {
            let breached = run.painter.glyphs().breached;
            run.own(&format!("{breached} {what} missed "), Role::Bad);
            let bad = run.painter.style(Role::Bad);
            run.put(&until(now.wall, target), bad);
        } else {
            run.own(&format!("{what}: "), Role::Dim);
            let text = run.painter.style(Role::Text);
            run.put(&until(now.wall, target), text);
        }
    }
}
