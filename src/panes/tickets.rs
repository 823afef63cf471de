//! The ticket list.

use std::time::Duration;

use super::{
    Announcement, Context, Outcome, Pane, TICKETS,
    chooser::{Choose, Choosing},
    list::{List, Listed, Step},
    views::{EVERYTHING, Views},
};
use crate::{
    domain::{Anchor, Changed, ClientId, Folds, Found, GroupedRow, HaloListRow, LastView, RowId, TicketId, TicketRow, Window},
    msg::{Answer, Command, Effect, Notice, Now, PaneId, Question},
    query::{Completion, Filter, Known, Marks, Query, QueryError, State, Term, complete},
    text::SafeText,
    ui::{Painter, Role, layout as room, width},
};

pub(super) mod columns;
mod layout;
mod lists;
mod row;

const ROWS: &str = "rows";
const SERVER: &str = "server";
/// The next changed ticket below the cursor, and the first of the list.
const NEXT_CHANGED: &str = "next-changed";
const FIRST_CHANGED: &str = "first-changed";
/// The lists that are kept in Halo.
const LISTS: &str = "lists";
/// What the question is for how many tickets the views have.
pub const COUNTS: &str = "counts";

/// How long the counts of the views rest between two changes of the rows: a first fill changes them all the time.
const COUNTS_REST: Duration = Duration::from_secs(1);

/// Cells before the columns: the cursor's mark, the state's mark, the mark of what changed.
const GUTTER: u16 = 3;
/// Cells beside the tabs that are kept for what narrows the tickets.
const NARROWED_CELLS: u16 = 40;

impl Listed for GroupedRow {
    type Id = RowId;

    fn id(&self) -> RowId {
        match self {
            Self::Ticket(row) => RowId::Ticket(row.id),
            Self::Group(row) => RowId::Group(row.id),
        }
    }
}

/// How far the counting of the views is.
#[derive(Debug, Default)]
enum Counting {
    /// Nothing was counted yet.
    #[default]
    Never,
    /// An answer is waited for; whether something changed since.
    UnderWay(bool),
    /// They were counted, and not again before this, as time since the program's start.
    Rests(Duration),
    /// Something changed: they are counted again then.
    Due(Duration),
}

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
    /// The lists that are kept in Halo, as far as they were asked for.
    lists: Vec<HaloListRow>,
    /// The choice of lists opens as soon as there are any.
    lists_wanted: bool,
    announced: Option<TicketId>,
    /// The ticket that the operator goes to, whose rows are not at hand yet.
    going_to: Option<TicketId>,
    cols: u16,
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

    fn ask(&self, anchor: Option<Anchor<RowId>>, context: Context, out: &mut Vec<Outcome>) {
        let Some(anchor) = anchor else { return };
        let tab = self.views.current();
        let (query, client, me, count) = (tab.query(), self.client_id(), context.me, self.list.count());
        let question = match tab.group() {
            Some(by) => Question::Groups { query, client, me, by, folds: tab.folds.clone(), anchor, count },
            None => Question::Tickets { query, client, me, also: self.also.clone(), anchor: of_tickets(anchor), count },
        };
        out.push(Outcome::Ask { purpose: ROWS, question });
    }

    /// Asks how many tickets each view has.
    fn count(&mut self, context: Context, out: &mut Vec<Outcome>) {
        self.counting = Counting::UnderWay(false);
        out.push(Outcome::Ask { purpose: COUNTS, question: self.views.question(self.client_id(), context) });
    }

    /// What was counted may not hold any more: it is counted again, but not too often.
    fn count_again(&mut self, context: Context) {
        self.counting = match self.counting {
            Counting::UnderWay(_) => Counting::UnderWay(true),
            Counting::Rests(until) => Counting::Due(until.max(context.now.tick)),
            Counting::Never | Counting::Due(_) => return,
        };
    }

    /// Shows another view; the cursor stands where it stood there.
    fn show(&mut self, at: usize, context: Context, out: &mut Vec<Outcome>) {
        let ticket = self.ticket_id();
        if let Some(tab) = self.views.current_mut() {
            tab.ticket = ticket;
        }
        if self.views.show(at) {
            self.shown(context, out);
        }
    }

    /// Tells what the view that is shown wants of the server.
    fn tell_view(&self, out: &mut Vec<Outcome>) {
        let view = &self.views.current().view;
        out.push(Outcome::Effect(Effect::ViewPace(view.refresh)));
        out.push(Outcome::Effect(Effect::LookAtList(lists::list_of(&view.query))));
    }

    /// Another view is shown.
    fn shown(&mut self, context: Context, out: &mut Vec<Outcome>) {
        self.also.clear();
        let tab = self.views.current();
        self.marks = Marks::of(&tab.line);
        let anchor = match tab.ticket {
            Some(id) => self.list.restart_at(RowId::Ticket(id)),
            None => self.list.restart(),
        };
        self.ask(Some(anchor), context, out);
        self.tell_view(out);
        if lists::list_of(&self.views.current().view.query).is_some() {
            Self::ask_lists(out);
        }
    }

    /// What narrows the tickets beyond the view.
    fn narrowed(&self) -> Option<SafeText> {
        let words = self.views.current().words.trim();
        let client = self.client.as_ref().map(|(_, name)| name.as_str());
        match (client, words) {
            (None, "") => None,
            (Some(client), "") => Some(SafeText::line(client)),
            (None, words) => Some(SafeText::line(words)),
            (Some(client), words) => Some(SafeText::line(&format!("{client}: {words}"))),
        }
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

    /// Asks for the first changed ticket from there on, in the order of the list.
    fn ask_changed(&self, purpose: &'static str, anchor: Anchor<TicketId>, context: Context, out: &mut Vec<Outcome>) {
        let mut query = self.views.current().query();
        query.terms = query.effective_terms();
        query.terms.push(Term { not: false, filter: Filter::Is(vec![State::Changed]) });
        let (client, me) = (self.client_id(), context.me);
        let question = Question::Tickets { query, client, me, also: Vec::new(), anchor, count: 2 };
        out.push(Outcome::Ask { purpose, question });
    }

    /// Goes to the next changed ticket. The one under the cursor counts as changed as long as it is read: another is meant.
    fn found_changed(&mut self, window: &Window<TicketRow>, from_top: bool, context: Context, out: &mut Vec<Outcome>) {
        let here = self.ticket_id();
        match window.rows.iter().map(|row| row.id).find(|id| Some(*id) != here) {
            Some(id) => {
                if from_top {
                    out.push(Outcome::Notice(Notice::info("From the top again")));
                }
                self.go_to(id, context, out);
            }
            None if !from_top => self.ask_changed(FIRST_CHANGED, Anchor::Start, context, out),
            None => {
                out.extend(here.map(|id| Outcome::Announce(Announcement::TicketRead(id))));
                let what = if window.rows.is_empty() { "Nothing" } else { "Nothing else" };
                out.push(Outcome::Notice(Notice::info(&format!("{what} here has changed since you looked at it"))));
            }
        }
    }

    fn go_to(&mut self, id: TicketId, context: Context, out: &mut Vec<Outcome>) {
        let anchor = self.list.go_to(RowId::Ticket(id));
        self.going_to = self.ticket_id().is_none_or(|here| here != id).then_some(id);
        self.ask(anchor, context, out);
        self.announce(out);
        if self.going_to.is_none() {
            self.choose(out);
        }
    }

    /// Takes rows that were asked for.
    fn fill(&mut self, window: Window<GroupedRow>, context: Context, out: &mut Vec<Outcome>) {
        let anchor = self.list.fill(window);
        self.ask(anchor, context, out);
        self.announce(out);
        if self.going_to.is_some_and(|id| self.ticket_id() == Some(id)) {
            self.going_to = None;
            self.choose(out);
        }
        // After the rows, so that they never wait for it.
        if matches!(self.counting, Counting::Never) {
            self.count(context, out);
        }
    }

    /// Folds or unfolds the group that the cursor is in.
    fn turn_group(&mut self, context: Context, out: &mut Vec<Outcome>) {
        let id = match self.list.selected() {
            Some(GroupedRow::Group(row)) => Some(row.id),
            // Above a ticket stands its group's heading, if not far above.
            Some(GroupedRow::Ticket(_)) => self.list.above().find_map(|row| match row {
                GroupedRow::Group(row) => Some(row.id),
                GroupedRow::Ticket(_) => None,
            }),
            None => None,
        };
        let Some(id) = id else { return };
        if let Some(tab) = self.views.current_mut() {
            tab.folds.turn(id);
        }
        let anchor = Some(self.list.restart_at(RowId::Group(id)));
        self.ask(anchor, context, out);
    }

    /// Folds all groups, or unfolds them where most are folded.
    fn turn_groups(&mut self, context: Context, out: &mut Vec<Outcome>) {
        let here = match self.list.selected().map(Listed::id) {
            Some(id) => self.list.restart_at(id),
            None => self.list.restart(),
        };
        if let Some(tab) = self.views.current_mut() {
            tab.folds = Folds { all: !tab.folds.all, ..Folds::default() };
        }
        self.ask(Some(here), context, out);
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

/// Where a list without headings stands.
fn of_tickets(anchor: Anchor<RowId>) -> Anchor<TicketId> {
    match anchor {
        Anchor::Around(RowId::Ticket(id)) => Anchor::Around(id),
        Anchor::After(RowId::Ticket(id)) => Anchor::After(id),
        Anchor::Before(RowId::Ticket(id)) => Anchor::Before(id),
        Anchor::End => Anchor::End,
        _ => Anchor::Start,
    }
}

/// The place of the view that a command of the number keys means.
fn numbered(command: Command) -> Option<usize> {
    let order = [
        Command::View1,
        Command::View2,
        Command::View3,
        Command::View4,
        Command::View5,
        Command::View6,
        Command::View7,
        Command::View8,
        Command::View9,
    ];
    order.iter().position(|other| *other == command)
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

    fn resize(&mut self, cols: u16, rows: u16, context: Context, out: &mut Vec<Outcome>) {
        self.cols = cols;
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
        if let Some(step) = Step::of(command) {
            let anchor = self.list.step(step);
            self.ask(anchor, context, out);
            self.announce(out);
            self.choose(out);
            return true;
        }
        if let Some(at) = numbered(command) {
            self.show(at, context, out);
            return true;
        }
        match command {
            Command::NextView => {
                self.show(self.views.beside(1), context, out);
                true
            }
            Command::PreviousView => {
                self.show(self.views.before(), context, out);
                true
            }
            Command::NextChanged => {
                match self.ticket_id() {
                    Some(id) => self.ask_changed(NEXT_CHANGED, Anchor::After(id), context, out),
                    None => out.push(Outcome::Notice(Notice::info("Nothing is listed here"))),
                }
                true
            }
            Command::Sort | Command::Columns | Command::Group => self.open_chooser(command, out),
            Command::Lists => {
                self.open_lists(out);
                true
            }
            Command::SaveView => {
                self.save(None, out);
                self.shown(context, out);
                true
            }
            Command::DeleteView => {
                self.delete(context, out);
                true
            }
            Command::Open if matches!(self.list.selected(), Some(GroupedRow::Group(_))) => {
                self.turn_group(context, out);
                true
            }
            Command::TurnGroup if self.views.current().group().is_some() => {
                self.turn_group(context, out);
                true
            }
            Command::TurnGroups if self.views.current().group().is_some() => {
                self.turn_groups(context, out);
                true
            }
            Command::TurnGroup | Command::TurnGroups => {
                out.push(Outcome::Notice(Notice::info("Nothing is grouped here; B groups")));
                true
            }
            Command::Open if self.ticket().is_some() => {
                self.choose(out);
                out.push(Outcome::Focus(super::PREVIEW));
                true
            }
            Command::Back if !self.views.current().words.is_empty() => {
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

    fn click(&mut self, row: u16, _context: Context, out: &mut Vec<Outcome>) -> bool {
        // The first row holds the titles.
        let there = row.checked_sub(1).is_some_and(|row| self.list.click(row));
        if there {
            self.announce(out);
            self.choose(out);
        }
        there
    }

    fn answer(&mut self, purpose: &'static str, answer: Option<Answer>, context: Context, out: &mut Vec<Outcome>) {
        match (purpose, answer) {
            (ROWS, Some(Answer::Tickets(window))) => {
                let rows = window.rows.into_iter().map(|row| GroupedRow::Ticket(Box::new(row))).collect();
                self.fill(Window { rows, offset: window.offset, total: window.total, more: window.more }, context, out);
            }
            (ROWS, Some(Answer::Groups(window))) => self.fill(window, context, out),
            (LISTS, Some(Answer::HaloLists(lists))) => self.take_lists(lists, out),
            (ROWS, _) => self.list.give_up(),
            (NEXT_CHANGED | FIRST_CHANGED, Some(Answer::Tickets(window))) => {
                self.found_changed(&window, purpose == FIRST_CHANGED, context, out);
            }
            (COUNTS, answer) => {
                let again = matches!(self.counting, Counting::UnderWay(true));
                let next = context.now.tick + COUNTS_REST;
                self.counting = if again { Counting::Due(next) } else { Counting::Rests(next) };
                if let Some(Answer::Counts(counts)) = answer {
                    self.views.counted(counts);
                }
            }
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
            Announcement::QueryChosen(words) => {
                // No view stands between the question and its answer.
                let all = self.views.everything();
                self.show(all, context, out);
                let _ = self.filter(words, context, out);
            }
            Announcement::TicketVisited(id) | Announcement::TicketWanted(id) if self.list.holds(RowId::Ticket(*id)) => {
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
        match Query::parse(words) {
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
            (tab.view.name.clone(), SafeText::line(&query.to_string()))
        });
        told.collect()
    }

    fn filter_taken(&mut self, out: &mut Vec<Outcome>) {
        out.push(Outcome::Search { purpose: SERVER, query: self.views.current().query(), client: self.client_id() });
    }

    fn complete(&self, words: &str, cursor: usize, known: &[Known]) -> Vec<Completion> {
        // An empty line says by its hint what it takes.
        if words.trim().is_empty() { Vec::new() } else { complete(words, cursor, known) }
    }

    fn filter_words(&self) -> Option<&str> {
        Some(&self.views.current().words)
    }

    fn restore(&mut self, view: &LastView) {
        if let Some(at) = view.view.as_deref().and_then(|name| self.views.find(name)) {
            self.views.show(at);
        }
        if let Ok(line) = Query::parse(&view.words)
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

    fn summary(&self) -> (SafeText, SafeText) {
        let (at, of) = self.list.position();
        let more = if self.list.has_more() { "+" } else { "" };
        (self.narrowed().unwrap_or_default(), SafeText::line(&format!("{at} of {of}{more}")))
    }

    fn draw_head(&self, painter: &mut Painter<'_>, now: Now) {
        let narrowed = match (self.narrowed(), self.list_age(now.wall)) {
            (Some(words), Some(age)) => Some(SafeText::line(&format!("{age}, {words}"))),
            (words, age) => words.or_else(|| age.map(|age| SafeText::line(&age))),
        };
        let cols = painter.cols();
        let beside = narrowed.as_ref().map_or(0, |words| (width(words) + 4).min(NARROWED_CELLS.min(cols / 2)));
        let x = self.views.draw_tabs(painter, cols.saturating_sub(beside));
        if let Some(words) = narrowed {
            let room = cols.saturating_sub(x + 4).min(width(&words));
            let x = cols.saturating_sub(room + 1);
            painter.put(x.saturating_sub(2), 0, "/ ", painter.style(Role::HintKey), 2);
            painter.put_cut(x, 0, &words, painter.style(Role::Dim), room);
        }
    }

    fn copy(&self, link: bool, web_app: &str) -> Option<SafeText> {
        let id = self.ticket()?.id;
        Some(SafeText::line(&if link { format!("{web_app}/ticket?id={id}") } else { id.to_string() }))
    }

    fn draw(&self, painter: &mut Painter<'_>, now: Now, focused: bool) {
        let tab = self.views.current();
        let (shown, specs) = columns::shown(tab.layout.columns.as_deref(), painter.look().is_lean());
        let slots = room::columns(painter.cols().saturating_sub(GUTTER), &specs);
        let slots: Vec<_> = slots.iter().filter_map(|slot| Some((*shown.get(slot.index)?, *slot))).collect();
        row::draw_titles(painter, &slots, &tab.shown_sort());
        for (y, (row, cursor)) in (1..).zip(self.list.visible()) {
            let cursor = cursor.then_some(focused);
            match row {
                GroupedRow::Ticket(row) => row::draw_row(painter, y, row, &slots, &self.marks, now, cursor),
                GroupedRow::Group(row) => row::draw_group(painter, y, row, cursor),
            }
        }
        if self.list.is_loaded() && self.list.selected().is_none() {
            let words = match tab.words.trim() {
                "" => "No ticket is in this view.".to_owned(),
                _ if tab.view.name.as_str() == EVERYTHING => "No ticket fits; esc widens the filter.".to_owned(),
                _ => format!("No ticket fits; esc widens the filter, :view {EVERYTHING} has closed ones too."),
            };
            painter.put_cut(GUTTER, 2, &SafeText::line(&words), painter.style(Role::Dim), u16::MAX);
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
