//! The lists of clients, sites, users and assets: one pane for each register. Enter lists the tickets of a row.

use super::{
    ASSETS, About, Announcement, CLIENTS, Context, Outcome, Pane, SITES, TICKETS, USERS,
    chooser::{Choice, Choose, ChooserPane, Choosing},
    list::{List, Listed, Step},
};
use crate::{
    domain::{Anchor, Changed, ClientId, LastView, Listing, Register, RegisterRow, RegisterSort, SiteId, UserId, grouped},
    msg::{Answer, Command, Effect, Now, PaneId, Question},
    query::{NameKey, QueryError, check_words},
    text::SafeText,
    ui::Painter,
};

mod columns;
mod draw;

use columns::{Column, told};

const ROWS: &str = "rows";

impl Listed for RegisterRow {
    type Id = i64;

    fn id(&self) -> i64 {
        self.id
    }
}

/// What tells the lists apart.
struct Kind {
    id: PaneId,
    title: &'static str,
    /// Several of them, in words.
    many: &'static str,
    key: NameKey,
    /// The page of one in Halo's web application, without its number, where it is known.
    page: Option<&'static str>,
}

const fn kind(register: Register) -> Kind {
    match register {
        Register::Clients => {
            Kind { id: CLIENTS, title: "Clients", many: "clients", key: NameKey::Client, page: Some("customers?clientid=") }
        }
        Register::Sites => {
            Kind { id: SITES, title: "Sites", many: "sites", key: NameKey::Site, page: Some("customers?mainview=site&siteid=") }
        }
        Register::Users => {
            Kind { id: USERS, title: "Users", many: "users", key: NameKey::User, page: Some("customers?mainview=user&userid=") }
        }
        Register::Assets => Kind { id: ASSETS, title: "Assets", many: "assets", key: NameKey::Asset, page: None },
    }
}

/// Where a list begins.
#[derive(Clone, Copy, Debug)]
enum Begin {
    Top,
    At(i64),
}

/// One of the lists.
#[derive(Debug)]
pub(super) struct RegisterPane {
    register: Register,
    list: List<RegisterRow>,
    sort: RegisterSort,
    client: Option<(ClientId, SafeText)>,
    words: String,
    with_inactive: bool,
    visible: bool,
    /// The client that the tickets are narrowed to.
    chosen: Option<ClientId>,
    /// Where the list begins once it is seen: another one than the rows at hand.
    begin: Option<Begin>,
}

impl RegisterPane {
    pub(super) fn new(register: Register) -> Self {
        Self {
            register,
            list: List::default(),
            sort: RegisterSort::default(),
            client: None,
            words: String::new(),
            with_inactive: false,
            visible: false,
            chosen: None,
            begin: Some(Begin::Top),
        }
    }

    fn ask(&self, anchor: Option<Anchor<i64>>, out: &mut Vec<Outcome>) {
        let Some(anchor) = anchor else { return };
        let question = Question::Register {
            register: self.register,
            sort: self.sort,
            client: self.client.as_ref().map(|(id, _)| *id),
            words: self.words.clone(),
            with_inactive: self.with_inactive,
            anchor,
            count: self.list.count(),
        };
        out.push(Outcome::Ask { purpose: ROWS, question });
    }

    /// Shows another list, the cursor on this row; at once where it is seen.
    fn show(&mut self, at: Option<i64>, out: &mut Vec<Outcome>) {
        self.begin = Some(at.map_or(Begin::Top, Begin::At));
        if self.visible {
            self.begin_list(out);
        }
    }

    fn begin_list(&mut self, out: &mut Vec<Outcome>) {
        let anchor = match self.begin.take() {
            Some(Begin::At(id)) => Some(self.list.restart_at(id)),
            Some(Begin::Top) => Some(self.list.restart()),
            None => self.list.renew(),
        };
        self.ask(anchor, out);
    }

    /// Lists the tickets of the row under the cursor, by its number: others may be called alike.
    fn open(&self, out: &mut Vec<Outcome>) -> bool {
        let Some(row) = self.list.selected() else { return false };
        if self.register == Register::Assets {
            let effect = Effect::LookAtAsset { id: row.id, tag: row.name.clone(), client: row.client_id };
            out.push(Outcome::Effect(effect));
        }
        let client = Some((row.client_id, row.client.clone())).filter(|(_, name)| !name.is_empty());
        out.push(Outcome::Announce(Announcement::ClientChosen(client)));
        // A client narrows whatever view is shown.
        if self.register != Register::Clients {
            let words = kind(self.register).key.with_number(row.id);
            out.push(Outcome::Announce(Announcement::QueryChosen(words)));
        }
        out.push(Outcome::Focus(TICKETS));
        true
    }

    fn columns(&self) -> Vec<&'static Column> {
        told(self.register, self.client.is_some())
    }

    /// Those columns by which the rows can be ordered.
    fn sorted_columns(&self) -> impl Iterator<Item = &'static Column> {
        self.columns().into_iter().filter(|column| column.key.is_some())
    }

    fn chooser(&self, at: usize) -> ChooserPane {
        let choice = |column: &Column| {
            let here = column.key == Some(self.sort.key);
            let mark = if here && self.sort.reverse {
                "x-"
            } else if here {
                "x"
            } else {
                ""
            };
            let (natural, turned) = column.words();
            let note = if here && self.sort.reverse { turned } else { natural };
            Choice { mark: mark.to_owned(), label: SafeText::line(column.spec.title), note: SafeText::line(note) }
        };
        ChooserPane::new(Choosing::Order, "Sort by", self.sorted_columns().map(choice).collect(), at)
    }

    /// The step back that is left once no words narrow the list.
    fn leave(&self, out: &mut Vec<Outcome>) {
        out.push(match (self.register, self.chosen) {
            (Register::Clients, Some(_)) => Outcome::Announce(Announcement::ClientChosen(None)),
            (Register::Clients, None) => Outcome::Focus(TICKETS),
            _ => Outcome::Leave,
        });
    }
}

impl Pane for RegisterPane {
    fn id(&self) -> PaneId {
        kind(self.register).id
    }

    fn title(&self) -> &'static str {
        kind(self.register).title
    }

    fn layers(&self) -> &'static [&'static str] {
        match self.register {
            Register::Clients => &["clients", "list", "move", "global", "always"],
            _ => &["registers", "move", "global", "always"],
        }
    }

    fn resize(&mut self, cols: u16, rows: u16, _context: Context, out: &mut Vec<Outcome>) {
        self.visible = cols > 0 && rows > 0;
        if self.visible {
            // The first row holds the titles.
            self.list.set_height(rows.saturating_sub(1));
            self.begin_list(out);
        }
    }

    fn command(&mut self, command: Command, context: Context, out: &mut Vec<Outcome>) -> bool {
        if let Some(step) = Step::of(command) {
            let anchor = self.list.step(step);
            self.ask(anchor, out);
            return true;
        }
        match command {
            Command::Open => self.open(out),
            Command::Back if !self.words.is_empty() => {
                let _ = self.filter("", context, out);
                true
            }
            Command::Back => {
                self.leave(out);
                true
            }
            Command::Sort => {
                let at = self.sorted_columns().position(|column| column.key == Some(self.sort.key));
                out.push(Outcome::Choose(self.chooser(at.unwrap_or(0))));
                true
            }
            _ => false,
        }
    }

    fn has_use_for(&self, command: Command) -> bool {
        // Those of the tickets and of the preview, which rarely stands beside.
        !matches!(
            command,
            Command::Columns
                | Command::NextView
                | Command::PreviousView
                | Command::NextChanged
                | Command::TogglePreview
                | Command::PreviewDown
                | Command::PreviewUp
        )
    }

    fn lay_out_by(&mut self, _choosing: Choosing, choose: Choose, at: usize, _context: Context, out: &mut Vec<Outcome>) {
        let Some(key) = self.sorted_columns().nth(at).and_then(|column| column.key) else { return };
        // Once more turns it round.
        let reverse = self.sort.key == key && !self.sort.reverse;
        self.sort = RegisterSort { key, reverse };
        let anchor = self.list.reorder();
        self.ask(Some(anchor), out);
        if choose != Choose::Take {
            out.push(Outcome::Choose(self.chooser(at)));
        }
    }

    fn click(&mut self, _col: u16, row: u16, _context: Context, _out: &mut Vec<Outcome>) -> bool {
        row.checked_sub(1).is_some_and(|row| self.list.click(row))
    }

    fn answer(&mut self, purpose: &'static str, answer: Option<Answer>, _context: Context, out: &mut Vec<Outcome>) {
        match (purpose, answer) {
            (ROWS, Some(Answer::Register(window))) => {
                let anchor = self.list.fill(window);
                self.ask(anchor, out);
            }
            (ROWS, _) => self.list.give_up(),
            _ => {}
        }
    }

    fn hear(&mut self, announcement: &Announcement, _context: Context, out: &mut Vec<Outcome>) {
        if let (Announcement::ClientChosen(client), Register::Clients) = (announcement, self.register) {
            self.chosen = client.as_ref().map(|(id, _)| *id);
            if let Some(ClientId(id)) = self.chosen
                && self.list.is_loaded()
                && self.list.selected().is_none_or(|row| row.id != id)
            {
                let anchor = self.list.go_to(id);
                self.ask(anchor, out);
            }
        }
        if let Announcement::RegisterWanted { register, client, at } = announcement
            && *register == self.register
        {
            let same = self.client == *client && self.words.is_empty();
            self.words.clear();
            self.client.clone_from(client);
            // Whoever is gone to is shown though no longer there.
            self.with_inactive = at.is_some();
            if at.is_some() || !same || self.begin.is_some() {
                self.show(*at, out);
            }
        }
    }

    fn changed(&mut self, what: Changed, _context: Context, out: &mut Vec<Outcome>) {
        // Tickets count too: each row shows how many are open. What is out of sight is asked for when it is seen.
        if self.visible && matches!(what, Changed::People | Changed::Clients | Changed::Tickets) {
            let anchor = self.list.renew();
            self.ask(anchor, out);
        }
    }

    fn filter(&mut self, words: &str, _context: Context, out: &mut Vec<Outcome>) -> Option<Result<(), QueryError>> {
        if let Err(error) = check_words(words) {
            return Some(Err(error));
        }
        if words != self.words {
            words.clone_into(&mut self.words);
            self.with_inactive = false;
            self.show(None, out);
        }
        Some(Ok(()))
    }

    fn filter_words(&self) -> Option<&str> {
        Some(&self.words)
    }

    fn restore(&mut self, view: &LastView) {
        self.chosen = view.client();
    }

    fn recall(&mut self, view: &LastView, _context: Context, out: &mut Vec<Outcome>) {
        let Some(listing) = view.listings.get(&self.register) else { return };
        self.client = listing.client.as_ref().map(|(id, name)| (*id, SafeText::line(name)));
        self.words.clone_from(&listing.words);
        self.with_inactive = listing.with_inactive;
        self.show(listing.at, out);
    }

    fn keep(&self, view: &mut LastView) {
        // The clients stand beside the tickets: they are no place to go back to.
        if self.register == Register::Clients {
            return;
        }
        let listing = Listing {
            client: self.client.as_ref().map(|(id, name)| (*id, name.to_string())),
            words: self.words.clone(),
            with_inactive: self.with_inactive,
            // A row that is gone to counts, though the rows are not there yet.
            at: match self.begin {
                Some(Begin::At(id)) => Some(id),
                _ => self.list.selected().map(|row| row.id),
            },
        };
        view.listings.insert(self.register, listing);
    }

    fn about(&self) -> Option<About> {
        let row = self.list.selected()?;
        let user = (self.register == Register::Users).then_some(UserId(row.id));
        let site = (self.register == Register::Sites).then_some(SiteId(row.id));
        Some(About { client: (row.client_id, row.client.clone()), user, site })
    }

    fn shows_ages(&self) -> bool {
        false
    }

    fn summary(&self) -> (SafeText, SafeText) {
        let words = match (&self.client, self.words.trim()) {
            (None, "") => format!("all {}", kind(self.register).many),
            (Some((_, client)), "") => client.to_string(),
            (None, words) => words.to_owned(),
            (Some((_, client)), words) => format!("{client}: {words}"),
        };
        let (at, of) = self.list.position();
        (SafeText::line(&words), SafeText::line(&format!("{} of {}", grouped(at), grouped(of))))
    }

    fn copy(&self, link: bool, web_app: &str) -> Option<SafeText> {
        let id = self.list.selected()?.id;
        let text = if link { format!("{web_app}/{}{id}", kind(self.register).page?) } else { id.to_string() };
        Some(SafeText::line(&text))
    }

    fn draw(&self, painter: &mut Painter<'_>, _now: Now, focused: bool) {
        self.paint(painter, focused);
    }
}
