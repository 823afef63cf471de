//! Everything that the screen shows and the keys act on.

use std::{collections::BTreeMap, time::Duration};

use super::{meter::Meter, requests::Requests, trail::Trail};
use crate::{
    domain::{
        AgentId, AgentRow, Connection, Coverage, FillProgress, LastView, Overview, Register, RegisterRow, TicketRow, TokenState,
    },
    keys::Keymap,
    msg::{Key, Notice, Now, PaneId},
    panes::{ChooserPane, ConnectPane, Context, HelpPane, Panes, PickerPane, Prompt, TICKETS, Views},
    query::Known,
    text::SafeText,
    ui::Look,
};

/// What stands in front.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Screen {
    /// The connect screen; rows that were there stay behind it, to be seen above it.
    Connect,
    /// The dashboard.
    Dashboard,
}

/// What the header tells.
#[derive(Debug, Default)]
pub(super) struct Status {
    /// The profile's name.
    pub profile: SafeText,
    /// Who sits at the keyboard, where chosen.
    pub me: Option<AgentId>,
    /// Everybody's names, for `me`.
    pub agents: Vec<AgentRow>,
    /// The agent that the application acts as.
    pub acting: Option<(AgentId, SafeText)>,
    /// How fresh the rows are.
    pub connection: Connection,
    /// How the token stands.
    pub token: TokenState,
    /// How far the first fill is.
    pub filling: Option<FillProgress>,
    /// How much of what there is the mirror holds.
    pub coverage: Coverage,
    /// Whether the work in the background is paused.
    pub paused: bool,
    /// Whether a key asked for what has changed, and no answer came yet.
    pub asked: bool,
    /// How much the mirror holds.
    pub overview: Overview,
    /// Requests used and allowed, when it runs low.
    pub budget: Option<(u32, u32)>,
    /// Root of the web app, for links.
    pub web_app: String,
}

/// A notice and when it goes.
#[derive(Debug)]
pub(super) struct ShownNotice {
    /// The notice.
    pub notice: Notice,
    /// From when a key takes it away: what it says may not hold for what the key leads to.
    pub read: Duration,
    /// Errors stay until a key is pressed.
    pub until: Option<Duration>,
}

/// How the program starts.
#[derive(Debug)]
pub struct Start {
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// Colours and glyphs.
    pub look: Look,
    /// Keys.
    pub keymap: Keymap,
    /// The profile's name.
    pub profile: String,
    /// Who sits at the keyboard.
    pub me: Option<AgentId>,
    /// Root of the web app, for links.
    pub web_app: String,
    /// Whether the preview is shown at first.
    pub preview: bool,
    /// Whether a slow wire makes it lean.
    pub lean_by_itself: bool,
    /// The connect screen with what is known.
    pub connect: ConnectPane,
    /// Whether the connect screen comes first.
    pub needs_connect: bool,
    /// The views of the tickets.
    pub views: Views,
    /// What was looked at when the program ended last.
    pub view: LastView,
    /// What was found wrong while starting, in the operator's own files above all.
    pub faults: Vec<SafeText>,
}

/// The model: changed by `update`, read by `view`.
#[derive(Debug)]
pub struct Model {
    pub(super) size: (u16, u16),
    pub(super) screen: Screen,
    pub(super) panes: Panes,
    /// The views that the panes of another tenant begin with.
    pub(super) views: Views,
    pub(super) focus: PaneId,
    /// From where each pane that stands instead of the list was opened.
    pub(super) opened_from: BTreeMap<PaneId, PaneId>,
    pub(super) preview: bool,
    /// The operator wants it below the list.
    pub(super) preview_below: bool,
    pub(super) help: Option<HelpPane>,
    /// What is wrong with the operator's own files, and was when the program started: help tells it.
    pub(super) faults: Vec<SafeText>,
    /// What hangs on a ticket, while something of it is chosen.
    pub(super) picker: Option<PickerPane>,
    /// How the tickets are laid out, while that is chosen.
    pub(super) chooser: Option<ChooserPane>,
    pub(super) line: Option<Prompt>,
    /// The names that the line's query can be completed with, while there is a line.
    pub(super) known: Vec<Known>,
    /// Tickets that the words on the command line may mean.
    pub(super) hits: Vec<TicketRow>,
    /// Users, sites and assets that they may mean, or that a name in the filter may.
    pub(super) called: Vec<(Register, RegisterRow)>,
    pub(super) connect: ConnectPane,
    pub(super) keymap: Keymap,
    pub(super) pending: Vec<Key>,
    /// When and where the mouse was pressed last.
    pub(super) clicked: Option<(Duration, u16, u16)>,
    pub(super) look: Look,
    /// Whether a slow wire makes the look lean; once, and not after the operator chose.
    pub(super) lean_by_itself: bool,
    /// When the look becomes lean unless a key is pressed before, and what the wire drains in bytes a second.
    pub(super) lean_at: Option<(Duration, u64)>,
    pub(super) status: Status,
    pub(super) notice: Option<ShownNotice>,
    /// What both wires carry, while it is shown.
    pub(super) meter: Option<Meter>,
    /// Whether the terminal's window is looked at, as far as it tells.
    pub(super) watched: bool,
    pub(super) requests: Requests,
    /// Where the operator has been.
    pub(super) trail: Trail,
    pub(super) history: Vec<String>,
    /// What stood on the command line when it was left, to be gone on with.
    pub(super) unfinished: String,
    /// When the next wall-clock minute begins.
    pub(super) minute: Duration,
    pub(super) dirty: bool,
    /// Until when the first frame waits for the mirror, so that it shows rows and not an empty screen; `None` once it was drawn.
    pub(super) first_frame: Option<Duration>,
}

impl Model {
    /// A model that has not asked anything yet; send it its first size to begin.
    pub fn new(start: Start) -> Self {
        let mut panes = Panes::new(start.views.clone());
        for pane in panes.iter_mut() {
            pane.restore(&start.view);
        }
        Self {
            size: start.size,
            screen: if start.needs_connect { Screen::Connect } else { Screen::Dashboard },
            panes,
            views: start.views,
            focus: TICKETS,
            opened_from: BTreeMap::new(),
            preview: start.preview,
            preview_below: false,
            help: None,
            faults: start.faults,
            picker: None,
            chooser: None,
            line: None,
            known: Vec::new(),
            hits: Vec::new(),
            called: Vec::new(),
            connect: start.connect,
            keymap: start.keymap,
            pending: Vec::new(),
            clicked: None,
            look: start.look,
            lean_by_itself: start.lean_by_itself,
            lean_at: None,
            status: Status { profile: SafeText::line(&start.profile), me: start.me, web_app: start.web_app, ..Status::default() },
            notice: None,
            meter: None,
            watched: true,
            requests: Requests::default(),
            trail: Trail::default(),
            history: Vec::new(),
            unfinished: String::new(),
            minute: Duration::MAX,
            dirty: true,
            first_frame: (!start.needs_connect).then_some(Duration::MAX),
        }
    }

    /// Whether something changed since the last frame; asking makes it false. The first frame waits for its rows for a moment.
    pub fn take_dirty(&mut self) -> bool {
        self.first_frame.is_none() && std::mem::take(&mut self.dirty)
    }

    /// What is looked at now, for the next start.
    pub fn last_view(&self) -> LastView {
        let mut view = LastView::default();
        for pane in self.panes.iter() {
            pane.keep(&mut view);
        }
        view
    }

    /// The next moment at which something has to happen without a key or an answer, as time since the start.
    pub fn deadline(&self) -> Option<Duration> {
        let notice = self.notice.as_ref().and_then(|shown| shown.until);
        let panes = self.panes.iter().filter_map(crate::panes::Pane::deadline);
        let minute = (self.screen == Screen::Dashboard || !self.connect.is_first()).then_some(self.minute);
        let lean = self.lean_at.map(|(at, _)| at);
        notice.into_iter().chain(panes).chain(minute).chain(self.first_frame).chain(lean).min()
    }

    pub(super) fn context(&self, now: Now) -> Context {
        Context { now, me: self.status.me.or(self.status.acting.as_ref().map(|(id, _)| *id)) }
    }
}
