//! The client in the round: what one screen tells of a client. What has more behind it is a door, and enter goes through it.

use std::time::Duration;

use super::{About, Announcement, CLIENT, Context, Outcome, Pane, TICKETS, list::Step};
use crate::{
    domain::{Anchor, Changed, ClientId, ClientOverview, Counted, LastView, Register, RegisterSort, ShownClient},
    msg::{Answer, Command, Effect, Notice, Now, PaneId, Question},
    query::{Query, folded_words},
    text::SafeText,
    ui::{Painter, Role},
};

mod draw;
mod page;

use page::{Door, PageLine, counted, page, parts};

const OVERVIEW: &str = "overview";
const COUNTS: &str = "counts";
const NAMED: &str = "named";

/// How long what is shown rests between two changes of the rows.
const REST: Duration = Duration::from_secs(5);
/// Ages and targets move on though no row changes: this old they are read again.
const OLD: Duration = Duration::from_mins(1);
/// Clients whose names begin like the one that was typed: one of them is it.
const NAMESAKES: u16 = 20;

/// The client in the round: which, what is known of it, the cursor.
#[derive(Debug, Default)]
pub(super) struct ClientPane {
    client: Option<ClientId>,
    overview: Option<Box<ClientOverview>>,
    /// The mirror has no such client.
    missing: bool,
    /// How many open tickets each of the [parts](page::targets) has.
    counts: Vec<Option<Counted>>,
    lines: Vec<PageLine>,
    cursor: usize,
    top: usize,
    cols: u16,
    rows: u16,
    /// When it was asked for last, as time since the program's start.
    asked: Option<Duration>,
    /// Something changed since.
    stale: bool,
    /// The name that was typed, until the mirror says whose it is.
    typed: Option<String>,
}

impl ClientPane {
    fn is_visible(&self) -> bool {
        self.cols > 0 && self.rows > 0
    }

    /// Asks for what is to be seen, and has the server asked for what only it knows.
    fn look(&mut self, context: Context, out: &mut Vec<Outcome>) {
        out.extend(self.client.map(|client| Outcome::Effect(Effect::LookAtClient(client))));
        self.ask(context, out);
    }

    fn ask(&mut self, context: Context, out: &mut Vec<Outcome>) {
        let Some(client) = self.client else { return };
        (self.asked, self.stale) = (Some(context.now.tick), false);
        out.push(Outcome::Ask { purpose: OVERVIEW, question: Question::Client(client) });
        let queries = counted().filter_map(|words| Query::parse(words).ok()).collect();
        let question = Question::Counts { queries, client: Some(client), me: context.me };
        out.push(Outcome::Ask { purpose: COUNTS, question });
    }

    /// Shows a client, the cursor on this line.
    fn show(&mut self, client: ClientId, line: usize, context: Context, out: &mut Vec<Outcome>) {
        if self.client != Some(client) {
            self.client = Some(client);
            (self.overview, self.missing, self.counts) = (None, false, Vec::new());
            self.lay_out();
        }
        (self.cursor, self.top) = (line, 0);
        if self.is_visible() {
            self.look(context, out);
        }
    }

    fn lay_out(&mut self) {
        let held = self.lines.get(self.cursor).and_then(|line| line.door.clone());
        self.lines = self.overview.as_deref().map(|overview| page(overview, &self.counts, self.cols)).unwrap_or_default();
        // The cursor stays at its door, wherever that stands now, and never where there is nothing to stop at.
        let at = held.and_then(|door| self.lines.iter().position(|line| line.door.as_ref() == Some(&door)));
        let at = at.unwrap_or(self.cursor);
        let stop = self.stops().find(|stop| *stop >= at).or_else(|| self.stops().next_back());
        self.cursor = stop.unwrap_or(at);
        self.follow();
    }

    /// Puts the cursor on a line that is no space between two others, and scrolls as far as it needs.
    fn follow(&mut self) {
        // Until there are lines, the place is the one to go to.
        if self.lines.is_empty() {
            return;
        }
        self.cursor = self.cursor.min(self.lines.len() - 1);
        let rows = usize::from(self.rows.max(1));
        self.top = self.top.min(self.cursor).max((self.cursor + 1).saturating_sub(rows));
        self.top = self.top.min(self.lines.len().saturating_sub(rows));
        // What stands above the first line to stop at is seen with it.
        if self.stops().next().is_none_or(|first| self.cursor <= first && first < rows) {
            self.top = 0;
        }
    }

    /// The lines on which the cursor can stand.
    fn stops(&self) -> impl DoubleEndedIterator<Item = usize> + '_ {
        self.lines.iter().enumerate().filter(|(_, line)| line.is_stop()).map(|(at, _)| at)
    }

    fn step(&mut self, step: Step) {
        let page = usize::from(self.rows).saturating_sub(1).max(1);
        let down = |from: usize, by: usize| self.stops().find(|at| *at >= from + by).or_else(|| self.stops().next_back());
        let up = |from: usize, by: usize| {
            let to = from.checked_sub(by);
            to.and_then(|to| self.stops().rfind(|at| *at <= to)).or_else(|| self.stops().next())
        };
        let to = match step {
            Step::Up => up(self.cursor, 1),
            Step::Down => down(self.cursor, 1),
            Step::HalfPageUp => up(self.cursor, (page / 2).max(1)),
            Step::HalfPageDown => down(self.cursor, (page / 2).max(1)),
            Step::PageUp => up(self.cursor, page),
            Step::PageDown => down(self.cursor, page),
            Step::Top => self.stops().next(),
            Step::Bottom => self.stops().next_back(),
        };
        self.cursor = to.unwrap_or(0);
        self.follow();
    }

    fn named(&self) -> Option<(ClientId, SafeText)> {
        self.overview.as_deref().map(|overview| (overview.client.id, overview.client.name.clone()))
    }

    fn open(&self, out: &mut Vec<Outcome>) {
        let Some(client) = self.named() else { return };
        match self.lines.get(self.cursor).and_then(|line| line.door.clone()) {
            Some(Door::Tickets(words)) => {
                out.push(Outcome::Announce(Announcement::ClientChosen(Some(client))));
                out.push(Outcome::Announce(Announcement::QueryChosen(words.to_owned())));
                out.push(Outcome::Focus(TICKETS));
            }
            Some(Door::Register(register, at)) => out.push(Outcome::GoToRegister { register, client: Some(client), at }),
            Some(Door::Ticket(id)) => out.push(Outcome::GoToTicket(id)),
            None => out.push(Outcome::Notice(Notice::info("Nothing more is behind this line"))),
        }
    }
}

impl Pane for ClientPane {
    fn id(&self) -> PaneId {
        CLIENT
    }

    fn title(&self) -> &'static str {
        "Client"
    }

    fn layers(&self) -> &'static [&'static str] {
        &["client", "move", "global", "always"]
    }

    fn has_use_for(&self, command: Command) -> bool {
        !matches!(command, Command::TogglePreview | Command::Sort | Command::Columns | Command::NextView | Command::PreviousView)
    }

    fn resize(&mut self, cols: u16, rows: u16, context: Context, out: &mut Vec<Outcome>) {
        let appeared = !self.is_visible() && cols > 0 && rows > 0;
        (self.cols, self.rows) = (cols, rows);
        if appeared {
            self.look(context, out);
        }
        if self.is_visible() {
            self.lay_out();
        }
    }

    fn command(&mut self, command: Command, _context: Context, out: &mut Vec<Outcome>) -> bool {
        if let Some(step) = Step::of(command) {
            self.step(step);
            return true;
        }
        match command {
            Command::Open => self.open(out),
            Command::Back => out.push(Outcome::Leave),
            _ => return false,
        }
        true
    }

    /// Shows the client of a name that was typed.
    fn command_with(&mut self, command: Command, words: &str, _context: Context, out: &mut Vec<Outcome>) -> bool {
        if command != Command::Client {
            return false;
        }
        self.typed = Some(words.to_owned());
        let question = Question::Register {
            register: Register::Clients,
            sort: RegisterSort::default(),
            client: None,
            words: words.to_owned(),
            with_inactive: false,
            anchor: Anchor::Start,
            count: NAMESAKES,
        };
        out.push(Outcome::Ask { purpose: NAMED, question });
        true
    }

    fn click(&mut self, _col: u16, row: u16, _context: Context, _out: &mut Vec<Outcome>) -> bool {
        let at = self.top + usize::from(row);
        let there = self.lines.get(at).is_some_and(PageLine::is_stop);
        if there {
            self.cursor = at;
        }
        there && self.lines.get(at).is_some_and(|line| line.door.is_some())
    }

    fn answer(&mut self, purpose: &'static str, answer: Option<Answer>, context: Context, out: &mut Vec<Outcome>) {
        match (purpose, answer) {
            (OVERVIEW, Some(Answer::Client(overview))) => {
                self.missing = overview.is_none();
                self.overview = overview;
                self.lay_out();
            }
            (COUNTS, Some(Answer::Counts(counts))) => {
                self.counts = parts(counts);
                self.lay_out();
            }
            (NAMED, Some(Answer::Register(found))) => {
                let typed = self.typed.take().unwrap_or_default();
                let wanted = folded_words(&typed);
                let same = found.rows.iter().find(|row| folded_words(row.name.as_str()) == wanted);
                match same.or_else(|| found.rows.first()) {
                    Some(row) => {
                        self.show(row.client_id, 0, context, out);
                        out.push(Outcome::Focus(CLIENT));
                    }
                    None => out.push(Outcome::Notice(Notice::info(&format!("No client is called {typed}")))),
                }
            }
            _ => {}
        }
    }

    fn hear(&mut self, announcement: &Announcement, context: Context, out: &mut Vec<Outcome>) {
        if let Announcement::ClientLookedAt(client) = announcement {
            self.show(*client, 0, context, out);
        }
    }

    fn changed(&mut self, what: Changed, context: Context, out: &mut Vec<Outcome>) {
        match what {
            Changed::Client(id) if self.client == Some(id) && self.is_visible() => self.ask(context, out),
            Changed::Tickets | Changed::Clients | Changed::People | Changed::Lookups => self.stale = true,
            Changed::Conversation(_) | Changed::Client(_) => {}
        }
    }

    fn deadline(&self) -> Option<Duration> {
        let asked = self.asked.filter(|_| self.is_visible() && self.client.is_some())?;
        Some(asked + if self.stale { REST } else { OLD })
    }

    fn wake(&mut self, context: Context, out: &mut Vec<Outcome>) {
        self.ask(context, out);
    }

    fn recall(&mut self, view: &LastView, context: Context, out: &mut Vec<Outcome>) {
        if let Some(shown) = view.round {
            self.show(shown.client, shown.line, context, out);
        }
    }

    fn keep(&self, view: &mut LastView) {
        view.round = self.client.map(|client| ShownClient { client, line: self.cursor });
    }

    fn about(&self) -> Option<About> {
        self.named().map(|client| About { client, user: None, site: None })
    }

    fn summary(&self) -> (SafeText, SafeText) {
        let name = self.named().map(|(_, name)| name).unwrap_or_default();
        let place = if self.lines.len() > usize::from(self.rows) {
            format!("{} of {} lines", self.cursor + 1, self.lines.len())
        } else {
            String::new()
        };
        (name, SafeText::line(&place))
    }

    fn copy(&self, link: bool, web_app: &str) -> Option<SafeText> {
        let id = self.client?;
        Some(SafeText::line(&if link { format!("{web_app}/customers?clientid={id}") } else { id.to_string() }))
    }

    fn draw(&self, painter: &mut Painter<'_>, now: Now, focused: bool) {
        let Some(overview) = self.overview.as_deref() else {
            let words = match (self.client, self.missing) {
                (None, _) => "No client is chosen.",
                (Some(_), true) => "This client is not stored here.",
                (Some(_), false) => "",
            };
            painter.put_cut(2, 0, words, painter.style(Role::Dim), u16::MAX);
            return;
        };
        let rows = painter.area().height;
        for (y, (at, line)) in (0..rows).zip(self.lines.iter().enumerate().skip(self.top)) {
            let cursor = (at == self.cursor && line.is_stop()).then_some(focused);
            draw::line(painter, y, line, overview, &self.counts, cursor, now);
        }
    }
}
