//! What a command does, from the innermost place outwards: overlay, screen, the pane with the focus, the program.

use super::Update;
use crate::{
    app::{
        model::{Model, Screen},
        places::Places,
    },
    domain::{ClientId, Register, TicketId},
    msg::{Command, Effect, Notice, Question},
    panes::{
        About, Announcement, BOARD, CLIENT, CLIENTS, ChooserOutcome, HelpPane, INSTEAD, PREVIEW, Pane, PickOutcome, PromptKind,
        TICKETS, pane_of,
    },
    text::SafeText,
};

impl Update<'_> {
    pub(super) fn command(&mut self, command: Command) {
        match command {
            Command::ForceQuit => return self.effects.push(Effect::Quit),
            Command::Redraw => return self.effects.push(Effect::Repaint),
            Command::Suspend => return self.effects.push(Effect::Suspend),
            _ => {}
        }
        if let Some(help) = &mut self.model.help {
            if !help.command(command) {
                self.model.help = None;
            }
        } else if command == Command::Help {
            let sections = self.model.keymap.help(self.layers());
            self.model.help = Some(HelpPane::new(sections, self.model.faults.clone(), self.model.size));
        } else if self.model.screen == Screen::Connect {
            self.connect_command(command);
        } else if self.model.picker.is_some() {
            self.picker_command(command);
        } else if self.model.chooser.is_some() {
            self.chooser_command(command);
        } else if self.model.line.is_some() {
            self.line_command(command);
        } else {
            self.dashboard_command(command);
        }
    }

    fn dashboard_command(&mut self, command: Command) {
        match command {
            Command::NextPane => self.walk(1),
            Command::PreviousPane => self.walk(2),
            Command::TogglePreview => self.toggle_preview(),
            Command::PreviewSide => self.move_preview(|model| {
                model.preview_below = !model.preview_below;
                model.preview = true;
            }),
            Command::PreviewUp | Command::PreviewDown | Command::ToggleFolds | Command::OpenFold
                if Places::of(self.model).is_ok_and(|places| places.preview.is_none()) =>
            {
                self.notify(Notice::info("No preview stands beside the list now; enter opens the ticket"));
            }
            // What the preview does while the list keeps the focus too.
            Command::PreviewUp
            | Command::PreviewDown
            | Command::ToggleFolds
            | Command::OpenFold
            | Command::ToggleOrder
            | Command::FindNext
            | Command::FindPrevious
            | Command::Follow => {
                self.announce(&Announcement::TicketHeld);
                let context = self.model.context(self.now);
                self.on_pane(PREVIEW, |pane, out| {
                    pane.command(command, context, out);
                });
            }
            Command::GoBack | Command::GoForward => self.go_along(command == Command::GoBack),
            Command::NextChanged => {
                let context = self.model.context(self.now);
                self.on_pane(TICKETS, |pane, out| {
                    pane.command(command, context, out);
                });
            }
            Command::Sort if Register::ALL.iter().any(|register| pane_of(*register) == self.model.focus) => {
                self.pane_command(command);
            }
            // The views are the tickets', whatever has the focus.
            Command::NextView
            | Command::PreviousView
            | Command::View1
            | Command::View2
            | Command::View3
            | Command::View4
            | Command::View5
            | Command::View6
            | Command::View7
            | Command::View8
            | Command::View9
            | Command::SaveView
            | Command::DeleteView
            | Command::Sort
            | Command::Columns
            | Command::Lists
            | Command::Group
            | Command::TurnGroup
            | Command::TurnGroups => {
                self.focus(TICKETS);
                self.pane_command(command);
            }
            Command::RenameView => self.notify(Notice::info("Type the new name after rename-view")),
            Command::View => self.notify(Notice::info("Type a name after view, or press its number")),
            Command::Board => self.focus(BOARD),
            Command::Client => match self.about() {
                Some(about) => self.go_to_client(about.client.0),
                None => self.notify(Notice::info("Nothing here belongs to a client; a name may follow client")),
            },
            Command::Users => self.open_register(Register::Users),
            Command::Sites => self.open_register(Register::Sites),
            Command::Assets => self.open_register(Register::Assets),
            Command::Find => self.open_line(PromptKind::Find, ""),
            Command::Filter => {
                self.focus_a_list();
                let words =
                    self.model.panes.get(self.model.focus).and_then(|pane| pane.filter_words()).unwrap_or_default().to_owned();
                self.open_line(PromptKind::Filter, &words);
                self.ask_app("known", Question::Known);
            }
            Command::CommandLine => {
                self.open_line(PromptKind::Command, "");
                self.ask_app("known", Question::Known);
                self.look_up("");
                self.suggest();
            }
            Command::Refresh => {
                self.effects.push(Effect::Refresh { everything: false });
                self.model.status.asked = true;
                self.notify(Notice::info("Asking for what has changed"));
            }
            Command::RefreshAll => {
                self.effects.push(Effect::Refresh { everything: true });
                self.notify(Notice::info("Comparing everything with HaloPSA"));
            }
            Command::Pause => self.effects.push(Effect::Pause(!self.model.status.paused)),
            Command::CopyId | Command::CopyLink => self.copy(command == Command::CopyLink),
            Command::OpenLink => self.open_link(),
            Command::Connect => {
                self.model.connect.reopen();
                self.model.screen = Screen::Connect;
            }
            Command::Theme => {
                self.notify(Notice::info("Type a name after theme: auto, default, light, dark, high-contrast, mono or your own"));
            }
            Command::Meter => self.toggle_meter(),
            Command::Dates => {
                self.model.look.dates = !self.model.look.dates;
                let words = if self.model.look.dates { "Times as dates and hours here" } else { "Times as how long ago" };
                self.notify(Notice::info(words));
            }
            Command::Mouse => self.effects.push(Effect::ToggleMouse),
            Command::Lean => {
                self.set_lean(!self.model.look.is_lean());
                self.notify(Notice::info(if self.model.look.is_lean() { "Lean: the least is sent" } else { "No longer lean" }));
            }
            Command::RefreshEvery => self.notify(Notice::info("Type seconds, or off, after refresh-every")),
            Command::Quit if self.model.focus == TICKETS => self.effects.push(Effect::Quit),
            Command::Quit => self.focus(TICKETS),
            _ => self.pane_command(command),
        }
    }

    pub(super) fn pane_command(&mut self, command: Command) {
        let context = self.model.context(self.now);
        let mut handled = false;
        self.on_pane(self.model.focus, |pane, out| handled = pane.command(command, context, out));
        if !handled && command == Command::Back {
            if self.model.focus == TICKETS {
                self.notify(Notice::info("Nothing is open here; q quits"));
            } else {
                self.focus(TICKETS);
            }
        }
    }

    fn walk(&mut self, by: usize) {
        let order = [TICKETS, CLIENTS, PREVIEW];
        let at = order.iter().position(|id| *id == self.model.focus).unwrap_or(0);
        if let Some(next) = order.get((at + by) % order.len()) {
            self.focus(*next);
        }
    }

    fn toggle_preview(&mut self) {
        self.move_preview(|model| {
            model.preview = !model.preview;
            if model.focus == PREVIEW {
                model.focus = TICKETS;
            }
        });
    }

    /// Changes where the preview is, and says so where there is nothing to be seen of that.
    fn move_preview(&mut self, change: impl FnOnce(&mut Model)) {
        let seen = |model: &Model| (model.focus, Places::of(model).ok().map(|places| places.areas.preview));
        let before = seen(self.model);
        change(self.model);
        self.lay_out();
        if seen(self.model) == before {
            self.notify(Notice::info(if INSTEAD.contains(&self.model.focus) {
                "The preview stands beside the tickets"
            } else {
                "There is no other room for the preview here; enter opens the ticket"
            }));
        }
    }

    fn copy(&mut self, link: bool) {
        let web_app = self.model.status.web_app.clone();
        match self.model.panes.get(self.model.focus).and_then(|pane| pane.copy(link, &web_app)) {
            None => self.notify(Notice::info("Nothing to copy here")),
            Some(text) => {
                self.notify(Notice::info(&format!("Copied {text}")));
                self.effects.push(Effect::Copy(text));
            }
        }
    }

    fn open_link(&mut self) {
        let web_app = self.model.status.web_app.clone();
        match self.model.panes.get(self.model.focus).and_then(|pane| pane.copy(true, &web_app)) {
            None => self.notify(Notice::info("Nothing to open here")),
            Some(link) => self.effects.push(Effect::OpenLink(link)),
        }
    }

    /// Gives the focus to the tickets unless what has it is a list that can be narrowed.
    pub(super) fn focus_a_list(&mut self) {
        if self.model.panes.get(self.model.focus).and_then(|pane| pane.filter_words()).is_none() {
            self.focus(TICKETS);
        }
    }

    /// Whom what is under the cursor belongs to.
    fn about(&self) -> Option<About> {
        self.model.panes.get(self.model.focus).and_then(Pane::about)
    }

    /// Lists what is the client's of what the cursor is on, with the cursor on what that belongs to; from the list itself, all.
    fn open_register(&mut self, register: Register) {
        let about = self.about().filter(|_| self.model.focus != pane_of(register));
        let at = about.as_ref().and_then(|about| about.row_of(register));
        self.go_to_register(register, about.map(|about| about.client), at);
    }

    /// Shows a list of sites, users or assets.
    pub(super) fn go_to_register(&mut self, register: Register, client: Option<(ClientId, SafeText)>, at: Option<i64>) {
        self.announce(&Announcement::RegisterWanted { register, client, at });
        self.focus(pane_of(register));
    }

    /// Shows a client in the round.
    pub(super) fn go_to_client(&mut self, client: ClientId) {
        self.announce(&Announcement::ClientLookedAt(client));
        self.focus(CLIENT);
    }

    /// Shows a ticket, whatever is listed.
    pub(super) fn go_to(&mut self, id: TicketId) {
        let from = self.model.focus;
        self.focus(PREVIEW);
        self.announce(&Announcement::TicketVisited { id, from });
    }

    /// A command while it is chosen how the tickets are laid out.
    fn chooser_command(&mut self, command: Command) {
        let Some(chooser) = &mut self.model.chooser else { return };
        let choosing = chooser.choosing;
        match chooser.command(command) {
            ChooserOutcome::Stay => {}
            ChooserOutcome::Close => self.model.chooser = None,
            ChooserOutcome::Do(choose, at) => {
                self.model.chooser = None;
                let context = self.model.context(self.now);
                self.on_pane(self.model.focus, |pane, out| pane.lay_out_by(choosing, choose, at, context, out));
            }
        }
    }

    /// A command while something that hangs on a ticket is chosen.
    fn picker_command(&mut self, command: Command) {
        let Some(picker) = &mut self.model.picker else { return };
        let outcome = picker.command(command);
        if outcome == PickOutcome::Stay {
            return;
        }
        self.model.picker = None;
        match outcome {
            PickOutcome::Stay | PickOutcome::Close => {}
            PickOutcome::GoTo(id) => self.go_to(id),
            PickOutcome::GoToClient(id) => self.go_to_client(id),
            PickOutcome::GoToRow { register, client, id } => self.go_to_register(register, Some(client), Some(id)),
            PickOutcome::Copy(text) => {
                self.notify(Notice::info(&format!("Copied {text}")));
                self.effects.push(Effect::Copy(text));
            }
            PickOutcome::Save { file, open } => self.effects.push(Effect::Save { file, open }),
        }
    }
}
