//! One file a pane; this file is the registry and alone knows all [`PaneId`]s.

mod board;
mod chooser;
mod client;
mod connect;
mod drawer;
mod help;
mod list;
mod picker;
mod preview;
mod prompt;
mod registers;
mod tickets;
mod views;

use std::time::Duration;

use crate::{
    domain::{AgentId, Changed, ClientId, LastView, Register, SiteId, TicketId, TicketRow, UserId},
    msg::{Answer, Command, Effect, Key, KeyCode, Notice, Now, PaneId, Question},
    query::{Completion, Known, Query, QueryError},
    text::SafeText,
    ui::{Painter, Role},
};

pub use chooser::{Choice, Choose, ChooserOutcome, ChooserPane, Choosing};
pub use connect::{ConnectOutcome, ConnectPane};
pub use help::HelpPane;
pub use picker::{Pick, PickOutcome, PickerPane};
pub use prompt::{Offer, Prompt, PromptKind, PromptOutcome};
pub use tickets::COUNTS;
pub use views::{View, ViewComplaint, Views, read_views};

/// The ticket list.
pub const TICKETS: PaneId = PaneId("tickets");
/// How the open tickets stand, as bars.
pub const BOARD: PaneId = PaneId("board");
/// The client list.
pub const CLIENTS: PaneId = PaneId("clients");
/// One client in the round.
pub const CLIENT: PaneId = PaneId("client");
/// The users of all clients, or of one.
pub const USERS: PaneId = PaneId("users");
/// The sites of all clients, or of one.
pub const SITES: PaneId = PaneId("sites");
/// The assets of all clients, or of one.
pub const ASSETS: PaneId = PaneId("assets");
/// The selected ticket with its conversation.
pub const PREVIEW: PaneId = PaneId("preview");

/// The panes that take the ticket list's place while they have the focus.
pub const INSTEAD: [PaneId; 5] = [BOARD, CLIENT, USERS, SITES, ASSETS];

/// The pane that lists a register.
#[must_use]
pub const fn pane_of(register: Register) -> PaneId {
    match register {
        Register::Clients => CLIENTS,
        Register::Sites => SITES,
        Register::Users => USERS,
        Register::Assets => ASSETS,
    }
}

/// Whom what is under a cursor belongs to, as far as it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// The client with its name.
    pub client: (ClientId, SafeText),
    /// The user.
    pub user: Option<UserId>,
    /// The site.
    pub site: Option<SiteId>,
}

impl About {
    /// Whom a ticket belongs to, where it is told.
    pub(crate) fn of(ticket: &TicketRow) -> Option<Self> {
        let (user, site) = (ticket.user_id, ticket.site_id);
        (ticket.client_id.0 > 0).then(|| Self {
            client: (ticket.client_id, ticket.client.clone()),
            user: Some(user).filter(|id| id.0 > 0),
            site: Some(site).filter(|id| id.0 > 0),
        })
    }

    /// The row of a register that it belongs to.
    #[must_use]
    pub fn row_of(&self, register: Register) -> Option<i64> {
        match register {
            Register::Users => self.user.map(|id| id.0),
            Register::Sites => self.site.map(|id| id.0),
            Register::Clients => Some(self.client.0.0),
            Register::Assets => None,
        }
    }
}

/// What a pane may know of the rest of the program.
#[derive(Clone, Copy, Debug)]
pub struct Context {
    /// The time.
    pub now: Now,
    /// Who sits at the keyboard.
    pub me: Option<AgentId>,
}

/// What a pane wants done outside itself.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Ask the mirror; the answer comes back under the same purpose.
    Ask {
        /// What for: a newer question for the same purpose replaces the older one.
        purpose: &'static str,
        /// The question.
        question: Question,
    },
    /// Ask the server for what a filter finds; the answer comes back under the same purpose.
    Search {
        /// What for: a newer question for the same purpose replaces the older one.
        purpose: &'static str,
        /// The filter.
        query: Query,
        /// Only this client's tickets.
        client: Option<ClientId>,
    },
    /// Tell the other panes.
    Announce(Announcement),
    /// Let the operator choose from what hangs on this ticket.
    Pick(TicketId, Vec<Pick>),
    /// Let the operator choose how the tickets are laid out.
    Choose(ChooserPane),
    /// Give the focus to a pane.
    Focus(PaneId),
    /// Give the focus back to where the pane was opened from.
    Leave,
    /// Give the focus back to a pane where the operator has been.
    ReturnTo(PaneId),
    /// Show a ticket, whatever is listed.
    GoToTicket(TicketId),
    /// Show a list of sites, users or assets.
    GoToRegister {
        /// Which.
        register: Register,
        /// Only what is this client's.
        client: Option<(ClientId, SafeText)>,
        /// The row to put the cursor on.
        at: Option<i64>,
    },
    /// Tell the operator.
    Notice(Notice),
    /// Something outside the model.
    Effect(Effect),
}

/// What panes tell one another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Announcement {
    /// The cursor of the ticket list stands on this ticket.
    TicketSelected(Option<TicketId>),
    /// It was the operator who put it there, not a list that moved.
    TicketChosen(TicketId),
    /// The ticket that is shown is looked into: the cursor stays on it, though the operator did not put it there.
    TicketHeld,
    /// The operator is done with this ticket and stays at it.
    TicketRead(TicketId),
    /// A ticket was gone to that the cursor is not on.
    TicketVisited {
        /// Which.
        id: TicketId,
        /// The pane that had the focus: stepping back leads there.
        from: PaneId,
    },
    /// This ticket is shown: where the list has it, its cursor belongs there.
    TicketWanted(TicketId),
    /// The tickets are to be those of this query, whichever view is shown.
    QueryChosen(String),
    /// The tickets are to be narrowed to this client.
    ClientChosen(Option<(ClientId, SafeText)>),
    /// This client is to be shown in the round.
    ClientLookedAt(ClientId),
    /// This list is to show what is this client's, or all.
    RegisterWanted {
        /// Which list.
        register: Register,
        /// Whose rows.
        client: Option<(ClientId, SafeText)>,
        /// The row to put the cursor on.
        at: Option<i64>,
    },
}

/// A pane of the dashboard.
pub trait Pane: std::fmt::Debug + Send {
    /// Its name.
    fn id(&self) -> PaneId;
    /// The layers of its keys, the most specific first.
    fn layers(&self) -> &'static [&'static str];
    /// Whether a command does something to what is seen here: only of such ones the last line tells the keys.
    fn has_use_for(&self, _command: Command) -> bool {
        true
    }
    /// Tells how much room there is; asks the first question.
    fn resize(&mut self, cols: u16, rows: u16, context: Context, out: &mut Vec<Outcome>);
    /// Does a command; `false` where it means nothing here.
    fn command(&mut self, command: Command, context: Context, out: &mut Vec<Outcome>) -> bool;
    /// The cell in column `col` and row `row` of the pane's area was clicked: a row of a list gets the cursor. Says whether something
    /// stands there to be opened.
    fn click(&mut self, _col: u16, _row: u16, _context: Context, _out: &mut Vec<Outcome>) -> bool {
        false
    }
    /// Takes an answer; `None` where the question failed.
    fn answer(&mut self, purpose: &'static str, answer: Option<Answer>, context: Context, out: &mut Vec<Outcome>);
    /// Hears what another pane tells.
    fn hear(&mut self, announcement: &Announcement, context: Context, out: &mut Vec<Outcome>);
    /// Hears that the mirror changed.
    fn changed(&mut self, what: Changed, context: Context, out: &mut Vec<Outcome>);
    /// The next moment at which the pane wants to be woken, as time since the program's start.
    fn deadline(&self) -> Option<Duration> {
        None
    }
    /// A deadline has passed.
    fn wake(&mut self, _context: Context, _out: &mut Vec<Outcome>) {}
    /// Takes words that narrow what is listed, as they are typed; `None` where the pane has no filter.
    fn filter(&mut self, _words: &str, _context: Context, _out: &mut Vec<Outcome>) -> Option<Result<(), QueryError>> {
        None
    }
    /// The words that narrow what is listed were taken with enter.
    fn filter_taken(&mut self, _out: &mut Vec<Outcome>) {}
    /// What could stand at `cursor`, a byte of the words that narrow what is listed; `known` are the tenant's names.
    fn complete(&self, _words: &str, _cursor: usize, _known: &[Known]) -> Vec<Completion> {
        Vec::new()
    }
    /// What of the words is probably not what was meant, where all of them can be read.
    fn doubt(&self, _words: &str, _cursor: usize, _known: &[Known]) -> Option<QueryError> {
        None
    }
    /// Does a command with what was typed after it; `false` where it takes nothing here.
    fn command_with(&mut self, _command: Command, _words: &str, _context: Context, _out: &mut Vec<Outcome>) -> bool {
        false
    }
    /// Does with a choice of its chooser what was asked; offers the chooser again where it stays.
    fn lay_out_by(&mut self, _choosing: Choosing, _choose: Choose, _at: usize, _context: Context, _out: &mut Vec<Outcome>) {}
    /// The names of its views and what they ask for.
    fn views(&self) -> Vec<(SafeText, SafeText)> {
        Vec::new()
    }
    /// Looks for words in what is shown, as they are typed; none end it.
    fn find(&mut self, _words: &str) {}
    /// The words that narrow what is listed now.
    fn filter_words(&self) -> Option<&str> {
        None
    }
    /// Whom what is under the cursor belongs to.
    fn about(&self) -> Option<About> {
        None
    }
    /// Goes where the operator has been before.
    fn recall(&mut self, _view: &LastView, _context: Context, _out: &mut Vec<Outcome>) {}
    /// Begins where the program ended last.
    fn restore(&mut self, _view: &LastView) {}
    /// Notes what is looked at, for the next start.
    fn keep(&self, _view: &mut LastView) {}
    /// One line saying what is listed, and the position in it.
    fn summary(&self) -> (SafeText, SafeText);
    /// What the second line calls it.
    fn title(&self) -> &'static str;
    /// Draws the second line while the pane is in front: its name and what narrows it.
    fn draw_head(&self, painter: &mut Painter<'_>, _now: Now) {
        let x = 1 + painter.put(1, 0, self.title(), painter.style(Role::TabActive), u16::MAX);
        let room = painter.cols().saturating_sub(x + 2);
        painter.put_cut(x + 2, 0, "/ ", painter.style(Role::HintKey), room);
        painter.put_cut(x + 4, 0, &self.summary().0, painter.style(Role::Dim), room.saturating_sub(2));
    }
    /// Whether something is drawn that changes when a minute rolls over.
    fn shows_ages(&self) -> bool {
        true
    }
    /// Draws the pane into the painter's area.
    fn draw(&self, painter: &mut Painter<'_>, now: Now, focused: bool);
    /// The text that a copy command means.
    fn copy(&self, _link: bool, _web_app: &str) -> Option<SafeText> {
        None
    }
}

/// The panes of the dashboard, in the order in which tab walks them.
#[derive(Debug)]
pub struct Panes {
    panes: Vec<Box<dyn Pane>>,
}

impl Panes {
    /// The panes, the ticket list with these views.
    pub fn new(views: Views) -> Self {
        Self {
            panes: vec![
                Box::new(tickets::TicketsPane::new(views)),
                Box::new(registers::RegisterPane::new(Register::Clients)),
                Box::new(preview::PreviewPane::default()),
                Box::new(board::BoardPane::default()),
                Box::new(client::ClientPane::default()),
                Box::new(registers::RegisterPane::new(Register::Users)),
                Box::new(registers::RegisterPane::new(Register::Sites)),
                Box::new(registers::RegisterPane::new(Register::Assets)),
            ],
        }
    }

    /// The pane of this name.
    pub fn get(&self, id: PaneId) -> Option<&dyn Pane> {
        self.panes.iter().find(|pane| pane.id() == id).map(AsRef::as_ref)
    }

    /// The pane of this name, to be changed.
    pub fn get_mut(&mut self, id: PaneId) -> Option<&mut (dyn Pane + 'static)> {
        self.panes.iter_mut().find(|pane| pane.id() == id).map(AsMut::as_mut)
    }

    /// All panes.
    pub fn iter(&self) -> impl Iterator<Item = &dyn Pane> {
        self.panes.iter().map(AsRef::as_ref)
    }

    /// All panes, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Box<dyn Pane>> {
        self.panes.iter_mut()
    }
}

/// A key as the text fields understand it; `None` for keys that are no editing.
pub(crate) fn input(key: Key) -> Option<tui_textarea::Input> {
    use tui_textarea::Key as Field;
    let code = match key.code {
        KeyCode::Char(c) => Field::Char(c),
        KeyCode::Backspace => Field::Backspace,
        KeyCode::Delete => Field::Delete,
        KeyCode::Left => Field::Left,
        KeyCode::Right => Field::Right,
        KeyCode::Home => Field::Home,
        KeyCode::End => Field::End,
        _ => return None,
    };
    Some(tui_textarea::Input { key: code, ctrl: key.ctrl, alt: key.alt, shift: key.shift })
}
