//! The ticket list.

use jiff::SignedDuration;
use ratatui::style::Style;

use super::{
    Announcement, Context, Outcome, Pane, TICKETS,
    list::{List, Listed, Step, draw_cursor, draw_heads},
};
use crate::{
    domain::{Anchor, Changed, ClientId, Found, Label, LastView, TicketId, TicketRow, Timestamp},
    msg::{Answer, Command, Notice, Now, PaneId, Question},
    query::{Completion, Known, Marks, NameKey, Query, QueryError, complete},
    text::SafeText,
    ui::{
        Glyphs, Own, Painter, Role, age,
        layout::{Align, ColumnSlot, ColumnSpec, columns},
    },
};

const ROWS: &str = "rows";
const SERVER: &str = "server";

const COLUMNS: &[ColumnSpec] = &[
    column("ID", 5, 6, 0, Align::Right, 0),
    column("Summary", 24, 40, 1, Align::Left, 4),
    column("Client", 12, 20, 3, Align::Left, 1),
    column("User", 10, 14, 8, Align::Left, 0),
    column("Agent", 8, 12, 4, Align::Left, 0),
    column("Status", 9, 14, 2, Align::Left, 0),
    column("Prio", 6, 9, 5, Align::Left, 0),
    column("Age", 5, 5, 7, Align::Right, 0),
    column("Last", 5, 5, 6, Align::Right, 0),
];

/// What a lean row tells: the columns without which a ticket is still known.
const LEAN_COLUMNS: &[ColumnSpec] = &[
    column("ID", 5, 6, 0, Align::Right, 0),
    column("Summary", 24, 44, 1, Align::Left, 4),
    column("Client", 12, 14, 3, Align::Left, 0),
    column("Agent", 8, 8, 4, Align::Left, 0),
    column("Status", 9, 14, 2, Align::Left, 0),
    column("Prio", 6, 6, 5, Align::Left, 0),
    column("Last", 5, 5, 6, Align::Right, 0),
];

/// Columns narrower than this show a letter more instead of the mark of a cut.
const TOO_NARROW_FOR_MARK: u16 = 9;

/// Cells before the columns: the cursor's mark, the state's mark, a space.
const GUTTER: u16 = 3;

const fn column(title: &'static str, min: u16, ideal: u16, priority: u8, align: Align, grow: u16) -> ColumnSpec {
    ColumnSpec { title, min, ideal, priority, align, grow }
}

impl Listed for TicketRow {
    type Id = TicketId;

    fn id(&self) -> TicketId {
        self.id
    }
}

/// The ticket list: what narrows it, its rows, its cursor.
#[derive(Debug, Default)]
pub(super) struct TicketsPane {
    list: List<TicketRow>,
    words: String,
    query: Query,
    /// What the query looks for, to be marked in the rows.
    marks: Marks,
    /// Tickets that the server found for the query's words.
    also: Vec<TicketId>,
    client: Option<(ClientId, SafeText)>,
    announced: Option<TicketId>,
    cols: u16,
    /// The ticket under the cursor when the program ended: the first rows are those around it.
    begin_at: Option<TicketId>,
}

impl TicketsPane {
    fn ask(&self, anchor: Option<Anchor<TicketId>>, context: Context, out: &mut Vec<Outcome>) {
        let Some(anchor) = anchor else { return };
        let question = Question::Tickets {
            query: self.query.clone(),
            client: self.client.as_ref().map(|(id, _)| *id),
            me: context.me,
            also: self.also.clone(),
            anchor,
            count: self.list.count(),
        };
        out.push(Outcome::Ask { purpose: ROWS, question });
    }

    fn announce(&mut self, out: &mut Vec<Outcome>) {
        let selected = self.list.selected().map(|row| row.id);
        if selected != self.announced {
            self.announced = selected;
            out.push(Outcome::Announce(Announcement::TicketSelected(selected)));
        }
    }

    fn narrow(&mut self, client: Option<(ClientId, SafeText)>, context: Context, out: &mut Vec<Outcome>) {
        if self.client != client {
            self.client = client;
            let anchor = Some(self.list.restart());
            self.ask(anchor, context, out);
        }
    }
}

impl Pane for TicketsPane {
    fn id(&self) -> PaneId {
        TICKETS
    }

    fn layers(&self) -> &'static [&'static str] {
        &["tickets", "list", "move", "global", "always"]
    }

    fn resize(&mut self, cols: u16, rows: u16, context: Context, out: &mut Vec<Outcome>) {
        self.cols = cols;
        // The first row of the area holds the column titles.
        self.list.set_height(rows.saturating_sub(1));
        let anchor = match self.begin_at.filter(|_| !self.list.is_loaded()) {
            Some(id) => self.list.go_to(id),
            None if self.list.is_loaded() => self.list.renew(),
            None => Some(self.list.restart()),
        };
        self.ask(anchor, context, out);
    }

    fn command(&mut self, command: Command, context: Context, out: &mut Vec<Outcome>) -> bool {
        if let Some(step) = Step::of(command) {
            let anchor = self.list.step(step);
            self.ask(anchor, context, out);
            self.announce(out);
            return true;
        }
        match command {
            Command::Open if self.list.selected().is_some() => {
                out.push(Outcome::Focus(super::PREVIEW));
                true
            }
            Command::Back if !self.words.is_empty() => {
                // What was typed stands in the history of the filter line: `/` and arrow up bring it back.
                let _ = self.filter("", context, out);
                true
            }
            Command::Back if self.client.is_some() => {
                out.push(Outcome::Announce(Announcement::ClientChosen(None)));
                true
            }
            _ => false,
        }
    }

    fn answer(&mut self, purpose: &'static str, answer: Option<Answer>, context: Context, out: &mut Vec<Outcome>) {
        match (purpose, answer) {
            (ROWS, Some(Answer::Tickets(window))) => {
                let anchor = self.list.fill(window);
                self.ask(anchor, context, out);
                self.announce(out);
            }
            (ROWS, _) => self.list.give_up(),
            (SERVER, Some(Answer::Found(Some(found)))) => {
                out.push(Outcome::Notice(found_words(&found)));
                if self.also != found.ids {
                    self.also = found.ids;
                    let anchor = self.list.renew();
                    self.ask(anchor, context, out);
                }
            }
            _ => {}
        }
    }

    fn hear(&mut self, announcement: &Announcement, context: Context, out: &mut Vec<Outcome>) {
        match announcement {
            Announcement::ClientChosen(client) => self.narrow(client.clone(), context, out),
            Announcement::TicketVisited(id) | Announcement::TicketWanted(id) if self.list.holds(*id) => {
                let anchor = self.list.go_to(*id);
                self.ask(anchor, context, out);
                // The preview shows it already: the cursor only comes after.
                self.announced = Some(*id);
            }
            _ => {}
        }
    }

    fn changed(&mut self, what: Changed, context: Context, out: &mut Vec<Outcome>) {
        if matches!(what, Changed::Tickets | Changed::Lookups) {
            let anchor = self.list.renew();
            self.ask(anchor, context, out);
        }
    }

    fn filter(&mut self, words: &str, context: Context, out: &mut Vec<Outcome>) -> Option<Result<(), QueryError>> {
        match Query::parse(words) {
            Err(error) => Some(Err(error)),
            Ok(query) => {
                words.clone_into(&mut self.words);
                if query != self.query {
                    self.marks = Marks::of(&query);
                    self.also.clear();
                    self.query = query;
                    let anchor = Some(self.list.restart());
                    self.ask(anchor, context, out);
                }
                Some(Ok(()))
            }
        }
    }

    fn filter_taken(&mut self, out: &mut Vec<Outcome>) {
        let client = self.client.as_ref().map(|(id, _)| *id);
        out.push(Outcome::Search { purpose: SERVER, query: self.query.clone(), client });
    }

    fn complete(&self, words: &str, cursor: usize, known: &[Known]) -> Vec<Completion> {
        // An empty line says by its hint what it takes.
        if words.trim().is_empty() { Vec::new() } else { complete(words, cursor, known) }
    }

    fn filter_words(&self) -> Option<&str> {
        Some(&self.words)
    }

    fn restore(&mut self, view: &LastView) {
        if let Ok(query) = Query::parse(&view.words) {
            self.marks = Marks::of(&query);
            self.query = query;
            self.words.clone_from(&view.words);
        }
        self.client = view.client.as_ref().map(|(id, name)| (ClientId(*id), SafeText::line(name)));
        self.begin_at = view.ticket();
    }

    fn keep(&self, view: &mut LastView) {
        view.words.clone_from(&self.words);
        view.client = self.client.as_ref().map(|(id, name)| (id.0, name.as_str().to_owned()));
        view.ticket = self.list.selected().map(|row| row.id.0);
    }

    fn summary(&self) -> (SafeText, SafeText) {
        let words = if self.words.trim().is_empty() { Query::DEFAULT_WORDS } else { self.words.trim() };
        let client = self.client.as_ref().map(|(_, name)| format!("{name}: ")).unwrap_or_default();
        let (at, of) = self.list.position();
        let more = if self.list.has_more() { "+" } else { "" };
        (SafeText::line(&format!("{client}{words}")), SafeText::line(&format!("{at} of {of}{more}")))
    }

    fn copy(&self, link: bool, web_app: &str) -> Option<SafeText> {
        let id = self.list.selected()?.id;
        Some(SafeText::line(&if link { format!("{web_app}/ticket?id={id}") } else { id.to_string() }))
    }

    fn draw(&self, painter: &mut Painter<'_>, now: Now, focused: bool) {
        let specs = if painter.look().is_lean() { LEAN_COLUMNS } else { COLUMNS };
        let slots = columns(painter.cols().saturating_sub(GUTTER), specs);
        draw_heads(painter, &slots, specs, GUTTER);
        let slots: Vec<_> = slots.iter().filter_map(|slot| Some((specs.get(slot.index)?.title, *slot))).collect();
        for (y, (row, cursor)) in (1..).zip(self.list.visible()) {
            draw_row(painter, y, row, &slots, &self.marks, now, cursor.then_some(focused));
        }
        if self.list.is_loaded() && self.list.selected().is_none() {
            let words = if self.words.is_empty() { "No open tickets." } else { "No ticket fits the filter; esc widens it." };
            painter.put_cut(GUTTER, 2, words, painter.style(Role::Dim), u16::MAX);
        }
    }
}

fn found_words(found: &Found) -> Notice {
    let tickets = if found.count == 1 { "1 ticket".to_owned() } else { format!("{} tickets", found.count) };
    let more = if found.more { " and has more; more words narrow it" } else { "" };
    Notice::info(&match found.new {
        0 => format!("The server finds nothing that is not here ({tickets}){more}"),
        new => format!("The server finds {tickets}, {new} of them new here{more}"),
    })
}

/// How a ticket stands towards its next target, as a mark in front of its row.
fn mark(row: &TicketRow, now: Timestamp, glyphs: &Glyphs) -> (&'static str, Role) {
    if row.unreadable.is_some() {
        return ("?", Role::Bad);
    }
    if row.is_closed {
        return (" ", Role::Dim);
    }
    if row.on_hold {
        // In the colour of the text: on every third row another would cost more than the mark.
        return (glyphs.hold, Role::Text);
    }
    match row.next_target() {
        Some(target) if target <= now => (glyphs.breached, Role::Bad),
        Some(target) if target.duration_since(now) <= SignedDuration::from_hours(1) => (glyphs.near, Role::Warn),
        _ => (" ", Role::Text),
    }
}

/// A text of a row in which words may be marked: what it is the name of, the text.
fn marked<'a>(title: &str, row: &'a TicketRow) -> Option<(Option<NameKey>, &'a SafeText)> {
    Some(match title {
        "Summary" if row.unreadable.is_none() => (None, &row.summary),
        "Client" => (Some(NameKey::Client), &row.client),
        "User" => (Some(NameKey::User), &row.user),
        "Agent" => (Some(NameKey::Agent), row.agent.as_ref()?),
        "Status" => (Some(NameKey::Status), &row.status.name),
        _ => return None,
    })
}

fn draw_row(
    painter: &mut Painter<'_>,
    y: u16,
    row: &TicketRow,
    slots: &[(&'static str, ColumnSlot)],
    marks: &Marks,
    now: Now,
    cursor: Option<bool>,
) {
    let glyphs = *painter.glyphs();
    let bar = draw_cursor(painter, y, cursor);
    let (mark, role) = mark(row, now.wall, &glyphs);
    let style = |painter: &Painter<'_>, role: Role| bar.unwrap_or_else(|| painter.style(role));
    painter.put(1, y, mark, style(painter, role), 1);
    let text = if row.is_closed { Role::Dim } else { Role::Text };
    for (title, slot) in slots {
        let x = GUTTER + slot.x;
        let plain = style(painter, text);
        let halo = |painter: &Painter<'_>, label: &Label| bar.unwrap_or_else(|| painter.look().halo(label.colour));
        let cut = |painter: &mut Painter<'_>, words: &SafeText, style: Style| match slot.width {
            0..TOO_NARROW_FOR_MARK => painter.put(x, y, words, style, slot.width),
            _ => painter.put_cut(x, y, words, style, slot.width),
        };
        let _ = match *title {
            "ID" => {
                let id = if row.id.0 < 0 { "-".to_owned() } else { row.id.to_string() };
                painter.put_right(x, y, Own(&id), plain, slot.width)
            }
            "Summary" => match &row.unreadable {
                Some(reason) => {
                    let words = SafeText::line(&format!("unreadable: {reason}"));
                    cut(painter, &words, style(painter, Role::Bad))
                }
                None => cut(painter, &row.summary, plain),
            },
            "Client" => cut(painter, &row.client, plain),
            "User" => cut(painter, &row.user, plain),
            "Agent" => match &row.agent {
                Some(agent) => cut(painter, agent, plain),
                None => painter.put(x, y, glyphs.none, style(painter, Role::Dim), slot.width),
            },
            "Status" => cut(painter, &row.status.name, halo(painter, &row.status)),
            "Prio" => cut(painter, &row.priority.name, halo(painter, &row.priority)),
            "Age" => put_age(painter, x, y, row.opened, now, plain, slot.width),
            _ => put_age(painter, x, y, row.last_action, now, plain, slot.width),
        };
        if let Some((key, text)) = marked(title, row).filter(|_| !marks.is_empty()) {
            // On the cursor's bar a line below the words is left of the mark: another colour would break the bar.
            let style = bar.map_or_else(|| painter.style(Role::Match), Style::underlined);
            painter.mark(x, y, text, &marks.within(key, text.as_str()), style, slot.width);
        }
    }
}

fn put_age(painter: &mut Painter<'_>, x: u16, y: u16, then: Option<Timestamp>, now: Now, style: Style, cells: u16) -> u16 {
    match then {
        Some(then) => painter.put_right(x, y, &age(now.wall, then), style, cells),
        None => painter.put_right(x, y, painter.glyphs().none, style, cells),
    }
}
