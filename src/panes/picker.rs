//! What hangs on a ticket as a list to choose from: other tickets, files, whom and what it is about, links.

use ratatui::style::Style;

use super::drawer::Drawer;
use crate::{
    domain::{ClientId, FileRow, LinkedTicket, Register, TicketId},
    keys::Hint,
    msg::Command,
    text::{Link, SafeText},
    ui::{Own, Painter, Role, size},
};

/// Something to go to, to save or to copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pick {
    /// Another ticket.
    Ticket(LinkedTicket),
    /// A file.
    File(FileRow),
    /// The client.
    Client(ClientId, SafeText),
    /// The user, the site or an asset.
    Row {
        /// Which list has it.
        register: Register,
        /// Its number.
        id: i64,
        /// What it is called.
        name: SafeText,
        /// The client.
        client: (ClientId, SafeText),
    },
    /// A link out of the conversation.
    Link(Link),
}

/// What was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PickOutcome {
    /// Nothing that others need to know.
    Stay,
    /// The list goes.
    Close,
    /// Show this ticket.
    GoTo(TicketId),
    /// Show this client in the round.
    GoToClient(ClientId),
    /// Show this row in its list.
    GoToRow {
        /// Which list.
        register: Register,
        /// Whose rows it shows.
        client: (ClientId, SafeText),
        /// The row.
        id: i64,
    },
    /// Save this file, and open it then with the operator's command.
    Save {
        /// The file.
        file: FileRow,
        /// Open it then.
        open: bool,
    },
    /// Put this into the clipboard.
    Copy(SafeText),
}

/// The list over the dashboard's lower part.
#[derive(Debug)]
pub struct PickerPane {
    drawer: Drawer<Pick>,
}

impl PickerPane {
    /// The layers of its keys.
    pub const LAYERS: &'static [&'static str] = &["picker", "move", "always"];

    /// Offers these, under the ticket's number.
    pub fn new(ticket: TicketId, picks: Vec<Pick>) -> Self {
        Self { drawer: Drawer::new(SafeText::line(&format!("#{ticket}: tickets, files, links, whom it is about")), picks, 0) }
    }

    /// Does a command.
    pub fn command(&mut self, command: Command) -> PickOutcome {
        if self.drawer.step(command) {
            return PickOutcome::Stay;
        }
        let Some(pick) = self.drawer.selected() else { return PickOutcome::Close };
        match (command, pick) {
            (Command::Back, _) => PickOutcome::Close,
            (Command::Accept, Pick::Ticket(ticket)) => PickOutcome::GoTo(ticket.id),
            (Command::Accept, Pick::Client(id, _)) => PickOutcome::GoToClient(*id),
            (Command::Accept, Pick::Row { register, id, client, .. }) => {
                PickOutcome::GoToRow { register: *register, client: client.clone(), id: *id }
            }
            (Command::CopyId, Pick::Client(_, name) | Pick::Row { name, .. }) => PickOutcome::Copy(name.clone()),
            (Command::Accept, Pick::File(file)) => PickOutcome::Save { file: file.clone(), open: false },
            (Command::OpenFile, Pick::File(file)) => PickOutcome::Save { file: file.clone(), open: true },
            (Command::Accept | Command::CopyId, Pick::Link(link)) => PickOutcome::Copy(link.target.clone()),
            (Command::CopyId, Pick::Ticket(ticket)) => PickOutcome::Copy(SafeText::line(&ticket.id.to_string())),
            (Command::CopyId, Pick::File(file)) => PickOutcome::Copy(file.name.clone()),
            _ => PickOutcome::Stay,
        }
    }

    /// Draws the list over the painter's lower part, with those of the hints that mean something to what the cursor is on.
    pub fn draw(&self, painter: &mut Painter<'_>, mut hints: Vec<Hint>) {
        let is_file = matches!(self.drawer.selected(), Some(Pick::File(_)));
        hints.retain(|hint| is_file || hint.command != Command::OpenFile);
        for hint in hints.iter_mut().filter(|hint| hint.command == Command::CopyId) {
            hint.label = "copy";
        }
        self.drawer.draw(painter, &hints, draw_pick);
    }
}

/// Columns of what a line begins with: its kind or its number.
const KIND_COLS: u16 = 12;

fn draw_pick(part: &mut Painter<'_>, y: u16, pick: &Pick, bar: Option<Style>) {
    let style = |part: &Painter<'_>, role| bar.unwrap_or_else(|| part.style(role));
    let (dim, text) = (style(part, Role::Dim), style(part, Role::Text));
    match pick {
        Pick::Ticket(ticket) => {
            part.put_cut(2, y, ticket.relation.words(), dim, KIND_COLS - 1);
            let number = format!("#{} ", ticket.id);
            let mut x = 2 + KIND_COLS;
            x += part.put(x, y, Own(&number), text, u16::MAX);
            x += part.put_cut(x, y, &ticket.summary, text, u16::MAX);
            if !ticket.status.name.is_empty() {
                part.put_cut(x + 1, y, &ticket.status.name, dim, u16::MAX);
            }
        }
        Pick::File(file) => {
            part.put(2, y, "file", dim, KIND_COLS - 1);
            let x = 2 + KIND_COLS;
            let used = part.put_cut(x, y, &file.name, text, u16::MAX);
            part.put_cut(x + used + 1, y, Own(&size(file.size)), dim, u16::MAX);
        }
        Pick::Client(_, name) => {
            part.put(2, y, "client", dim, KIND_COLS - 1);
            part.put_cut(2 + KIND_COLS, y, name, text, u16::MAX);
        }
        Pick::Row { register, name, .. } => {
            part.put(2, y, register.one(), dim, KIND_COLS - 1);
            part.put_cut(2 + KIND_COLS, y, name, text, u16::MAX);
        }
        Pick::Link(link) => {
            let number = format!("link [{}]", link.number);
            part.put_cut(2, y, Own(&number), dim, KIND_COLS - 1);
            // The host first: a long path must not push it out of sight.
            let mut x = 2 + KIND_COLS;
            let host = style(part, Role::Link);
            x += part.put_cut(x, y, &link.host, host, u16::MAX);
            part.put_cut(x + 2, y, &link.target, dim, u16::MAX);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AttachmentId, Label, Relation};

    fn picks() -> Vec<Pick> {
        let line = SafeText::line;
        let ticket = LinkedTicket {
            id: TicketId(12),
            relation: Relation::Child,
            summary: line("Order a laptop"),
            status: Label { name: line("New"), colour: None },
            is_closed: false,
        };
        vec![
            Pick::Ticket(ticket),
            Pick::File(FileRow { id: AttachmentId(5), name: line("log.txt"), size: 4_096 }),
            Pick::Client(ClientId(4), line("Acme")),
            Pick::Row { register: Register::Users, id: 9, name: line("Dana"), client: (ClientId(4), line("Acme")) },
            Pick::Link(Link { number: 1, target: line("https://a.example/x"), host: line("a.example") }),
        ]
    }

    #[test]
    fn each_kind_does_what_it_is_for_and_nothing_is_opened_by_itself() {
        let mut picker = PickerPane::new(TicketId(7), picks());
        assert_eq!(picker.command(Command::OpenFile), PickOutcome::Stay);
        assert_eq!(picker.command(Command::Accept), PickOutcome::GoTo(TicketId(12)));
        assert_eq!(picker.command(Command::Down), PickOutcome::Stay);
        assert!(matches!(picker.command(Command::Accept), PickOutcome::Save { open: false, .. }));
        assert!(matches!(picker.command(Command::OpenFile), PickOutcome::Save { open: true, .. }));
        assert_eq!(picker.command(Command::CopyId), PickOutcome::Copy(SafeText::line("log.txt")));
        assert_eq!(picker.command(Command::Down), PickOutcome::Stay);
        assert_eq!(picker.command(Command::Accept), PickOutcome::GoToClient(ClientId(4)));
        assert_eq!(picker.command(Command::Down), PickOutcome::Stay);
        assert!(matches!(picker.command(Command::Accept), PickOutcome::GoToRow { register: Register::Users, id: 9, .. }));
        assert_eq!(picker.command(Command::CopyId), PickOutcome::Copy(SafeText::line("Dana")));
        assert_eq!(picker.command(Command::PageDown), PickOutcome::Stay);
        assert_eq!(picker.command(Command::Accept), PickOutcome::Copy(SafeText::line("https://a.example/x")));
        assert_eq!(picker.command(Command::OpenFile), PickOutcome::Stay, "a link is never opened");
        assert_eq!(picker.command(Command::Back), PickOutcome::Close);
    }
}
