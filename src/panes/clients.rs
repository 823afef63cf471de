//! The client list: choosing one narrows the tickets to it.

use super::{
    About, Announcement, CLIENTS, Context, Outcome, Pane, TICKETS,
    list::{List, Listed, Step, draw_cursor, draw_heads},
};
use crate::{
    domain::{Anchor, Changed, ClientId, ClientRow, LastView},
    msg::{Answer, Command, Now, PaneId, Question},
    query::QueryError,
    text::SafeText,
    ui::{
        Glyphs, Own, Painter, Role,
        layout::{Align, ColumnSpec, columns},
    },
};

const ROWS: &str = "rows";

const COLUMNS: &[ColumnSpec] = &[
    ColumnSpec { title: "Client", min: 12, ideal: 24, priority: 0, align: Align::Left, grow: 1 },
    ColumnSpec { title: "Open", min: 4, ideal: 5, priority: 1, align: Align::Right, grow: 0 },
];

/// Cells before the columns: the cursor's mark, the client's mark, a space.
const GUTTER: u16 = 3;

impl Listed for ClientRow {
    type Id = ClientId;

    fn id(&self) -> ClientId {
        self.id
    }
}

/// The client list.
#[derive(Debug, Default)]
pub(super) struct ClientsPane {
    list: List<ClientRow>,
    words: String,
    chosen: Option<ClientId>,
    cols: u16,
}

impl ClientsPane {
    /// What stands out about a client: chosen, unreadable, stopped, VIP.
    fn mark(&self, row: &ClientRow, glyphs: &Glyphs) -> (&'static str, Role) {
        if self.chosen == Some(row.id) {
            (glyphs.changed, Role::Marker)
        } else if row.unreadable.is_some() {
            ("?", Role::Bad)
        } else if row.stopped {
            (glyphs.breached, Role::Bad)
        } else if row.vip {
            ("*", Role::Badge)
        } else {
            (" ", Role::Text)
        }
    }

    fn ask(&self, anchor: Option<Anchor<ClientId>>, out: &mut Vec<Outcome>) {
        let Some(anchor) = anchor else { return };
        let question = Question::Clients { filter: self.words.clone(), anchor, count: self.list.count() };
        out.push(Outcome::Ask { purpose: ROWS, question });
    }
}

impl Pane for ClientsPane {
    fn id(&self) -> PaneId {
        CLIENTS
    }

    fn title(&self) -> &'static str {
        "Clients"
    }

    fn layers(&self) -> &'static [&'static str] {
        &["clients", "list", "move", "global", "always"]
    }

    fn resize(&mut self, cols: u16, rows: u16, _context: Context, out: &mut Vec<Outcome>) {
        self.cols = cols;
        self.list.set_height(rows.saturating_sub(1));
        let anchor = if self.list.is_loaded() { self.list.renew() } else { Some(self.list.restart()) };
        self.ask(anchor, out);
    }

    fn command(&mut self, command: Command, context: Context, out: &mut Vec<Outcome>) -> bool {
        if let Some(step) = Step::of(command) {
            let anchor = self.list.step(step);
            self.ask(anchor, out);
            return true;
        }
        match command {
            Command::Open => {
                let Some(row) = self.list.selected() else { return false };
                out.push(Outcome::Announce(Announcement::ClientChosen(Some((row.id, row.name.clone())))));
                out.push(Outcome::Focus(TICKETS));
                true
            }
            Command::Back if !self.words.is_empty() => {
                let _ = self.filter("", context, out);
                true
            }
            Command::Back if self.chosen.is_some() => {
                out.push(Outcome::Announce(Announcement::ClientChosen(None)));
                true
            }
            Command::Back => {
                out.push(Outcome::Focus(TICKETS));
                true
            }
            _ => false,
        }
    }

    fn click(&mut self, _col: u16, row: u16, _context: Context, _out: &mut Vec<Outcome>) -> bool {
        // The first row holds the titles.
        row.checked_sub(1).is_some_and(|row| self.list.click(row))
    }

    fn answer(&mut self, purpose: &'static str, answer: Option<Answer>, _context: Context, out: &mut Vec<Outcome>) {
        match (purpose, answer) {
            (ROWS, Some(Answer::Clients(window))) => {
                let anchor = self.list.fill(window);
                self.ask(anchor, out);
            }
            (ROWS, _) => self.list.give_up(),
            _ => {}
        }
    }

    fn hear(&mut self, announcement: &Announcement, _context: Context, out: &mut Vec<Outcome>) {
        if let Announcement::ClientChosen(client) = announcement {
            self.chosen = client.as_ref().map(|(id, _)| *id);
            if let Some(id) = self.chosen
                && self.list.is_loaded()
                && self.list.selected().is_none_or(|row| row.id != id)
            {
                let anchor = self.list.go_to(id);
                self.ask(anchor, out);
            }
        }
    }

    fn changed(&mut self, what: Changed, _context: Context, out: &mut Vec<Outcome>) {
        // Tickets count too: each client shows how many are open.
        if matches!(what, Changed::Clients | Changed::Tickets) {
            let anchor = self.list.renew();
            self.ask(anchor, out);
        }
    }

    fn filter(&mut self, words: &str, _context: Context, out: &mut Vec<Outcome>) -> Option<Result<(), QueryError>> {
        if words != self.words {
            words.clone_into(&mut self.words);
            let anchor = Some(self.list.restart());
            self.ask(anchor, out);
        }
        Some(Ok(()))
    }

    fn filter_words(&self) -> Option<&str> {
        Some(&self.words)
    }

    fn about(&self) -> Option<About> {
        let row = self.list.selected()?;
        Some(About { client: (row.id, row.name.clone()), user: None, site: None })
    }

    fn restore(&mut self, view: &LastView) {
        self.chosen = view.client();
    }

    fn shows_ages(&self) -> bool {
        false
    }

    fn summary(&self) -> (SafeText, SafeText) {
        let words = if self.words.trim().is_empty() { "all clients" } else { self.words.trim() };
        let (at, of) = self.list.position();
        (SafeText::line(words), SafeText::line(&format!("{at} of {of}")))
    }

    fn copy(&self, link: bool, web_app: &str) -> Option<SafeText> {
        let id = self.list.selected()?.id;
        Some(SafeText::line(&if link { format!("{web_app}/customers?clientid={id}") } else { id.to_string() }))
    }

    fn draw(&self, painter: &mut Painter<'_>, _now: Now, focused: bool) {
        let slots = columns(painter.cols().saturating_sub(GUTTER), COLUMNS);
        draw_heads(painter, &slots, COLUMNS, GUTTER);
        for (y, (row, cursor)) in (1..).zip(self.list.visible()) {
            let bar = draw_cursor(painter, y, cursor.then_some(focused));
            let (mark, role) = self.mark(row, painter.glyphs());
            painter.put(1, y, mark, bar.unwrap_or_else(|| painter.style(role)), 1);
            let role = if row.inactive { Role::Dim } else { Role::Text };
            let style = bar.unwrap_or_else(|| painter.style(role));
            for slot in &slots {
                let x = GUTTER + slot.x;
                if slot.index == 0 {
                    painter.put_cut(x, y, &row.name, style, slot.width);
                } else if row.open_tickets > 0 {
                    painter.put_right(x, y, Own(&row.open_tickets.to_string()), style, slot.width);
                }
            }
        }
        if self.list.is_loaded() && self.list.selected().is_none() {
            let words = if self.words.is_empty() { "No clients yet." } else { "No client fits; esc shows all." };
            painter.put_cut(GUTTER, 2, words, painter.style(Role::Dim), u16::MAX);
        }
    }
}
