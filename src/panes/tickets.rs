//! The ticket list.

use std::time::Duration;

use super::{
    About, Announcement, Context, Outcome, Pane, TICKETS,
    chooser::{Choose, Choosing},
    list::{List, Listed},
    views::{HaloLayout, Views},
};
use crate::{
    domain::{Changed, ClientId, GroupedRow, HaloListRow, LastView, RowId, TicketId, TicketRow, grouped},
    msg::{Answer, Command, Now, PaneId},
    query::{Acquaintance, Completion, Known, Marks, Query, QueryError, complete, doubt},
    text::SafeText,
    ui::Painter,
};

mod answers;
mod changed;
pub(super) mod columns;
mod commands;
mod counting;
mod draw;
mod folding;
mod layout;
mod lists;
mod row;
mod rows;
mod views;

pub use counting::COUNTS;
use counting::Counting;

const SERVER: &str = "server";
/// The lists that are kept in Halo.
const LISTS: &str = "lists";

/// The ticket list: its views, what narrows them, rows, cursor.
#[derive(Debug, Default)]
pub(super) struct TicketsPane {
    list: List<GroupedRow>,
    views: Views,
    counting: Counting,
    /// What the filter line looks for, to be marked in the rows.
    marks: Marks,
    /// Tickets that the server found for the query's words.
    also: Vec<TicketId>,
    client: Option<(ClientId, SafeText)>,
    /// What the server was asked for last by enter on the filter line.
    searched: Option<(Query, Option<ClientId>)>,
    /// The lists that are kept in Halo, as far as they were asked for.
    lists: Vec<HaloListRow>,
    /// The choice of lists opens as soon as there are any.
    lists_wanted: bool,
    /// The list that was made a view last, until it is told what of it can't be shown.
    adopting: Option<i64>,
    announced: Option<TicketId>,
    /// The ticket that the operator goes to, whose rows are not at hand yet.
    going_to: Option<TicketId>,
    /// The ticket under the cursor when the program ended: the first rows are those around it.
    begin_at: Option<TicketId>,
}

impl TicketsPane {
    pub(super) fn new(views: Views) -> Self {
        Self { views, ..Self::default() }
    }

    fn client_id(&self) -> Option<ClientId> {
        self.client.as_ref().map(|(id, _)| *id)
    }

    /// The ticket under the cursor.
    fn ticket(&self) -> Option<&TicketRow> {
        match self.list.selected()? {
            GroupedRow::Ticket(row) => Some(row),
            GroupedRow::Group(_) => None,
        }
    }

    fn ticket_id(&self) -> Option<TicketId> {
        self.ticket().map(|row| row.id)
    }

    fn announce(&mut self, out: &mut Vec<Outcome>) {
        let selected = self.ticket_id();
        if selected != self.announced {
            self.announced = selected;
            out.push(Outcome::Announce(Announcement::TicketSelected(selected)));
        }
    }

    /// Tells that the operator put the cursor where it is.
    fn choose(&self, out: &mut Vec<Outcome>) {
        out.extend(self.ticket_id().map(|id| Outcome::Announce(Announcement::TicketChosen(id))));
    }

    fn narrow(&mut self, client: Option<(ClientId, SafeText)>, context: Context, out: &mut Vec<Outcome>) {
        if self.client != client {
            self.client = client;
            let anchor = Some(self.list.restart());
            self.ask(anchor, context, out);
            self.count(context, out);
        }
    }
}

impl Pane for TicketsPane {
    fn id(&self) -> PaneId {
        TICKETS
    }

    fn title(&self) -> &'static str {
        "Tickets"
    }

    fn layers(&self) -> &'static [&'static str] {
        &["tickets", "list", "move", "global", "always"]
    }

    fn resize(&mut self, _cols: u16, rows: u16, context: Context, out: &mut Vec<Outcome>) {
        if !self.list.is_loaded() {
            self.tell_view(out);
        }
        // The first row of the area holds the column titles.
        self.list.set_height(rows.saturating_sub(1));
        let anchor = match self.begin_at.filter(|_| !self.list.is_loaded()) {
            Some(id) => self.list.go_to(RowId::Ticket(id)),
            None if self.list.is_loaded() => self.list.renew(),
            None => Some(self.list.restart()),
        };
        self.ask(anchor, context, out);
    }

    fn command(&mut self, command: Command, context: Context, out: &mut Vec<Outcome>) -> bool {
        self.does(command, context, out)
    }

    fn click(&mut self, _col: u16, row: u16, _context: Context, out: &mut Vec<Outcome>) -> bool {
        // The first row holds the titles.
        let there = row.checked_sub(1).is_some_and(|row| self.list.click(row));
        if there {
            self.announce(out);
            self.choose(out);
        }
        there
    }

    fn answer(&mut self, purpose: &'static str, answer: Option<Answer>, context: Context, out: &mut Vec<Outcome>) {
        self.take_answer(purpose, answer, context, out);
    }

    fn hear(&mut self, announcement: &Announcement, context: Context, out: &mut Vec<Outcome>) {
        match announcement {
            Announcement::TicketHeld => self.list.hold(),
            Announcement::ClientChosen(client) => self.narrow(client.clone(), context, out),
            Announcement::QueryChosen(words) => {
                // No view stands between the question and its answer.
                let all = self.views.everything();
                self.show(all, context, out);
                let _ = self.filter(words, context, out);
            }
            Announcement::TicketVisited { id, .. } | Announcement::TicketWanted(id) if self.list.holds(RowId::Ticket(*id)) => {
                let anchor = self.list.go_to(RowId::Ticket(*id));
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
            self.count_again(context);
            if self.lists_wanted || lists::list_of(&self.views.current().view.query).is_some() {
                Self::ask_lists(out);
            }
        }
    }

    fn deadline(&self) -> Option<Duration> {
        match self.counting {
            Counting::Due(at) => Some(at),
            _ => None,
        }
    }

    fn wake(&mut self, context: Context, out: &mut Vec<Outcome>) {
        self.count(context, out);
    }

    fn filter(&mut self, words: &str, context: Context, out: &mut Vec<Outcome>) -> Option<Result<(), QueryError>> {
        match Query::parse_so_far(words) {
            Err(error) => Some(Err(error)),
            Ok(line) => {
                let Some(tab) = self.views.current_mut() else { return Some(Ok(())) };
                words.clone_into(&mut tab.words);
                if line != tab.line {
                    self.marks = Marks::of(&line);
                    self.also.clear();
                    tab.line = line;
                    let anchor = Some(self.list.restart());
                    self.ask(anchor, context, out);
                }
                Some(Ok(()))
            }
        }
    }

    fn command_with(&mut self, command: Command, words: &str, context: Context, out: &mut Vec<Outcome>) -> bool {
        self.typed(command, words, context, out)
    }

    fn lay_out_by(&mut self, choosing: Choosing, choose: Choose, at: usize, context: Context, out: &mut Vec<Outcome>) {
        self.chosen(choosing, choose, at, context, out);
    }

    fn views(&self) -> Vec<(SafeText, SafeText)> {
        let told = self.views.tabs().iter().map(|tab| {
            let query = Query { sort: tab.view.layout.sort.clone(), ..tab.view.query.clone() };
            let missing = tab.halo.as_ref().and_then(HaloLayout::missing);
            let words = missing.map_or_else(|| query.to_string(), |missing| format!("{query}, {missing}"));
            (tab.view.name.clone(), SafeText::line(&words))
        });
        told.collect()
    }

    fn filter_taken(&mut self, out: &mut Vec<Outcome>) {
        let (query, client) = (self.views.current().query(), self.client_id());
        self.searched = Some((query.clone(), client));
        out.push(Outcome::Search { purpose: SERVER, query, client });
    }

    fn complete(&self, words: &str, cursor: usize, known: &[Known]) -> Vec<Completion> {
        // An empty line says by its hint what it takes.
        if words.trim().is_empty() { Vec::new() } else { complete(words, cursor, known) }
    }

    fn doubt(&self, words: &str, cursor: usize, known: &[Known]) -> Option<QueryError> {
        doubt(words, Some(cursor), Acquaintance { known, finds: self.list.selected().is_some() })
    }

    fn filter_words(&self) -> Option<&str> {
        Some(&self.views.current().words)
    }

    fn restore(&mut self, view: &LastView) {
        if let Some(at) = view.view.as_deref().and_then(|name| self.views.find(name)) {
            self.views.show(at);
        }
        if let Ok(line) = Query::parse_so_far(&view.words)
            && let Some(tab) = self.views.current_mut()
        {
            self.marks = Marks::of(&line);
            tab.line = line;
            tab.words.clone_from(&view.words);
        }
        self.client = view.client.as_ref().map(|(id, name)| (ClientId(*id), SafeText::line(name)));
        self.begin_at = view.ticket();
    }

    fn recall(&mut self, view: &LastView, context: Context, out: &mut Vec<Outcome>) {
        let before = self.client_id();
        self.restore(view);
        self.also.clear();
        if self.client_id() != before {
            out.push(Outcome::Announce(Announcement::ClientChosen(self.client.clone())));
            self.count(context, out);
        }
        let anchor = match self.begin_at.take() {
            Some(id) => self.list.restart_at(RowId::Ticket(id)),
            None => self.list.restart(),
        };
        // The preview goes there by itself.
        self.announced = view.ticket();
        self.ask(Some(anchor), context, out);
    }

    fn keep(&self, view: &mut LastView) {
        let tab = self.views.current();
        view.view = Some(tab.view.name.to_string());
        view.words.clone_from(&tab.words);
        view.client = self.client.as_ref().map(|(id, name)| (id.0, name.as_str().to_owned()));
        view.ticket = self.ticket().map(|row| row.id.0);
    }

    fn about(&self) -> Option<About> {
        self.ticket().and_then(About::of)
    }

    fn summary(&self) -> (SafeText, SafeText) {
        let (at, of) = self.list.position();
        let more = if self.list.has_more() { "+" } else { "" };
        (self.narrowed().unwrap_or_default(), SafeText::line(&format!("{} of {}{more}", grouped(at), grouped(of))))
    }

    fn draw_head(&self, painter: &mut Painter<'_>, now: Now) {
        self.paint_head(painter, now);
    }

    fn copy(&self, link: bool, web_app: &str) -> Option<SafeText> {
        let id = self.ticket()?.id;
        Some(SafeText::line(&if link { format!("{web_app}/ticket?id={id}") } else { id.to_string() }))
    }

    fn draw(&self, painter: &mut Painter<'_>, now: Now, focused: bool) {
        self.paint(painter, now, focused);
    }
}
