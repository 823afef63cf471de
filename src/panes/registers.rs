//! The lists of sites, users and assets: one pane for each register, enter lists the tickets of a row.

use super::{
    ASSETS, About, Announcement, Context, Outcome, Pane, SITES, TICKETS, USERS,
    list::{List, Listed, Step, draw_cursor, draw_heads},
};
use crate::{
    domain::{Anchor, Changed, ClientId, LastView, Listing, Register, RegisterRow, SiteId, UserId},
    msg::{Answer, Command, Effect, Now, PaneId, Question},
    query::{NameKey, QueryError, folded_words},
    text::SafeText,
    ui::{
        Own, Painter, Role,
        layout::{Align, ColumnSpec, columns},
    },
};

const ROWS: &str = "rows";
/// Cells before the columns: the cursor's mark, the row's mark, a space.
const GUTTER: u16 = 3;

impl Listed for RegisterRow {
    type Id = i64;

    fn id(&self) -> i64 {
        self.id
    }
}

/// What a column shows.
type Cell = fn(&RegisterRow) -> &SafeText;

/// The head of the column with the client.
const CLIENT_TITLE: &str = "Client";

const fn column(title: &'static str, min: u16, ideal: u16, priority: u8) -> ColumnSpec {
    ColumnSpec { title, min, ideal, priority, align: Align::Left, grow: 1 }
}

const OPEN: ColumnSpec = ColumnSpec { title: "Open", min: 4, ideal: 5, priority: 1, align: Align::Right, grow: 0 };

const SITE_COLUMNS: &[ColumnSpec] =
    &[column("Site", 12, 24, 0), column(CLIENT_TITLE, 10, 24, 2), column("Phone", 16, 18, 3), OPEN];
const SITE_CELLS: &[Cell] = &[|row| &row.name, |row| &row.client, |row| &row.phone];

const USER_COLUMNS: &[ColumnSpec] = &[
    column("User", 12, 22, 0),
    column(CLIENT_TITLE, 10, 20, 2),
    column("Phone", 16, 18, 3),
    column("Mail", 12, 24, 4),
    column("Site", 8, 14, 5),
    OPEN,
];
const USER_CELLS: &[Cell] = &[|row| &row.name, |row| &row.client, |row| &row.phone, |row| &row.email, |row| &row.site];

const ASSET_COLUMNS: &[ColumnSpec] = &[
    column("Asset", 10, 16, 0),
    column("Kind", 8, 14, 2),
    column("User", 10, 20, 3),
    column(CLIENT_TITLE, 10, 20, 4),
    column("Site", 8, 14, 5),
    OPEN,
];
const ASSET_CELLS: &[Cell] = &[|row| &row.name, |row| &row.kind, |row| &row.user, |row| &row.client, |row| &row.site];

/// What tells the three lists apart.
struct Kind {
    id: PaneId,
    title: &'static str,
    /// Several of them, in words.
    many: &'static str,
    columns: &'static [ColumnSpec],
    cells: &'static [Cell],
    key: NameKey,
}

const fn kind(register: Register) -> Kind {
    match register {
        Register::Sites => {
            Kind { id: SITES, title: "Sites", many: "sites", columns: SITE_COLUMNS, cells: SITE_CELLS, key: NameKey::Site }
        }
        Register::Assets => {
            Kind { id: ASSETS, title: "Assets", many: "assets", columns: ASSET_COLUMNS, cells: ASSET_CELLS, key: NameKey::Asset }
        }
        // Clients have a pane of their own.
        Register::Users | Register::Clients => {
            Kind { id: USERS, title: "Users", many: "users", columns: USER_COLUMNS, cells: USER_CELLS, key: NameKey::User }
        }
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
    client: Option<(ClientId, SafeText)>,
    words: String,
    with_inactive: bool,
    visible: bool,
    /// Where the list begins once it is seen: another one than the rows at hand.
    begin: Option<Begin>,
}

impl RegisterPane {
    pub(super) fn new(register: Register) -> Self {
        Self {
            register,
            list: List::default(),
            client: None,
            words: String::new(),
            with_inactive: false,
            visible: false,
            begin: Some(Begin::Top),
        }
    }

    fn ask(&self, anchor: Option<Anchor<i64>>, out: &mut Vec<Outcome>) {
        let Some(anchor) = anchor else { return };
        let question = Question::Register {
            register: self.register,
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

    /// Lists the tickets of the row under the cursor.
    fn open(&self, out: &mut Vec<Outcome>) -> bool {
        let Some(row) = self.list.selected() else { return false };
        let key = kind(self.register).key;
        let named = !folded_words(row.name.as_str()).is_empty();
        let words = if named { key.with_phrase(row.name.as_str()) } else { key.with(&row.id.to_string()) };
        if self.register == Register::Assets {
            let effect = Effect::LookAtAsset { id: row.id, tag: row.name.clone(), client: row.client_id };
            out.push(Outcome::Effect(effect));
        }
        let client = Some((row.client_id, row.client.clone())).filter(|(_, name)| !name.is_empty());
        out.push(Outcome::Announce(Announcement::ClientChosen(client)));
        out.push(Outcome::Announce(Announcement::QueryChosen(words)));
        out.push(Outcome::Focus(TICKETS));
        true
    }

    /// The columns with what they show; the last has the number of open tickets. The client is told unless it is one's alone.
    fn columns(&self) -> (Vec<ColumnSpec>, Vec<Cell>) {
        let kind = kind(self.register);
        let told = |spec: &ColumnSpec| self.client.is_none() || spec.title != CLIENT_TITLE;
        let specs = kind.columns.iter().copied().filter(told).collect();
        let cells = kind.columns.iter().zip(kind.cells).filter(|(spec, _)| told(spec)).map(|(_, cell)| *cell).collect();
        (specs, cells)
    }

    fn draw_row(&self, painter: &mut Painter<'_>, y: u16, row: &RegisterRow, cursor: Option<bool>) {
        let (specs, cells) = self.columns();
        let bar = draw_cursor(painter, y, cursor);
        if row.important {
            painter.put(1, y, "*", bar.unwrap_or_else(|| painter.style(Role::Badge)), 1);
        } else if row.inactive {
            painter.put(1, y, painter.glyphs().none, bar.unwrap_or_else(|| painter.style(Role::Dim)), 1);
        }
        let role = if row.inactive { Role::Dim } else { Role::Text };
        let style = bar.unwrap_or_else(|| painter.style(role));
        for slot in columns(painter.cols().saturating_sub(GUTTER), &specs) {
            let x = GUTTER + slot.x;
            match cells.get(slot.index) {
                Some(cell) => drop(painter.put_cut(x, y, cell(row), style, slot.width)),
                None if row.open_tickets > 0 => {
                    painter.put_right(x, y, Own(&row.open_tickets.to_string()), style, slot.width);
                }
                None => {}
            }
        }
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
        &["registers", "move", "global", "always"]
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
                out.push(Outcome::Leave);
                true
            }
            _ => false,
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

    fn recall(&mut self, view: &LastView, _context: Context, out: &mut Vec<Outcome>) {
        let Some(listing) = view.listings.get(&self.register) else { return };
        self.client = listing.client.as_ref().map(|(id, name)| (*id, SafeText::line(name)));
        self.words.clone_from(&listing.words);
        self.with_inactive = listing.with_inactive;
        self.show(listing.at, out);
    }

    fn keep(&self, view: &mut LastView) {
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
        (SafeText::line(&words), SafeText::line(&format!("{at} of {of}")))
    }

    fn copy(&self, link: bool, _web_app: &str) -> Option<SafeText> {
        let row = self.list.selected().filter(|_| !link)?;
        Some(SafeText::line(&row.id.to_string()))
    }

    fn draw(&self, painter: &mut Painter<'_>, _now: Now, focused: bool) {
        let kind = kind(self.register);
        let (specs, _) = self.columns();
        draw_heads(painter, &columns(painter.cols().saturating_sub(GUTTER), &specs), &specs, GUTTER);
        for (y, (row, cursor)) in (1..).zip(self.list.visible()) {
            self.draw_row(painter, y, row, cursor.then_some(focused));
        }
        if self.list.is_loaded() && self.list.selected().is_none() {
            let words = match (self.words.is_empty(), &self.client) {
                (false, _) => format!("No {} fit; esc shows all.", kind.many),
                (true, Some(_)) => format!("This client has no {} here.", kind.many),
                (true, None) => format!("No {} yet.", kind.many),
            };
            painter.put_cut(GUTTER, 2, Own(&words), painter.style(Role::Dim), u16::MAX);
        }
    }
}
