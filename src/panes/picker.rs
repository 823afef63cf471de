//! What hangs on a ticket as a list to choose from: other tickets, files, links.

use super::list::Step;
use crate::{
    domain::{FileRow, LinkedTicket, TicketId},
    msg::Command,
    text::{Link, SafeText},
    ui::{Own, Painter, Role, hint_line, size},
};

/// Something to go to, to save or to copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pick {
    /// Another ticket.
    Ticket(LinkedTicket),
    /// A file.
    File(FileRow),
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
    title: SafeText,
    picks: Vec<Pick>,
    cursor: usize,
}

impl PickerPane {
    /// The layers of its keys.
    pub const LAYERS: &'static [&'static str] = &["picker", "move", "always"];

    /// Offers these, under the ticket's number.
    pub fn new(ticket: TicketId, picks: Vec<Pick>) -> Self {
        Self { title: SafeText::line(&format!("#{ticket}: tickets, files, links")), picks, cursor: 0 }
    }

    /// Does a command.
    pub fn command(&mut self, command: Command) -> PickOutcome {
        let last = self.picks.len().saturating_sub(1);
        if let Some(step) = Step::of(command) {
            let to = match step {
                Step::Up => self.cursor.saturating_sub(1),
                Step::Down => self.cursor + 1,
                Step::Top => 0,
                Step::Bottom => last,
                Step::HalfPageUp | Step::PageUp => self.cursor.saturating_sub(10),
                Step::HalfPageDown | Step::PageDown => self.cursor + 10,
            };
            self.cursor = to.min(last);
            return PickOutcome::Stay;
        }
        let Some(pick) = self.picks.get(self.cursor) else { return PickOutcome::Close };
        match (command, pick) {
            (Command::Back, _) => PickOutcome::Close,
            (Command::Accept, Pick::Ticket(ticket)) => PickOutcome::GoTo(ticket.id),
            (Command::Accept, Pick::File(file)) => PickOutcome::Save { file: file.clone(), open: false },
            (Command::OpenFile, Pick::File(file)) => PickOutcome::Save { file: file.clone(), open: true },
            (Command::Accept | Command::CopyId, Pick::Link(link)) => PickOutcome::Copy(link.target.clone()),
            (Command::CopyId, Pick::Ticket(ticket)) => PickOutcome::Copy(SafeText::line(&ticket.id.to_string())),
            (Command::CopyId, Pick::File(file)) => PickOutcome::Copy(file.name.clone()),
            _ => PickOutcome::Stay,
        }
    }

    /// Draws the list over the painter's lower part, as high as it needs to be and at most half as high as the painter.
    pub fn draw(&self, painter: &mut Painter<'_>, hints: &[(&str, &'static str)]) {
        let rows = painter.area().height;
        let most = (rows / 2).saturating_sub(3).max(1);
        let shown = u16::try_from(self.picks.len()).unwrap_or(u16::MAX).min(most);
        let mut part = painter.rows(rows.saturating_sub(shown + 3), shown + 3);
        part.clear(part.style(Role::Text));
        part.rows(0, 1).rule_h(0, &[]);
        part.put_cut(1, 1, &self.title, part.style(Role::Title), u16::MAX);
        let place = format!("{} of {}", self.cursor + 1, self.picks.len());
        part.put_right(0, 1, Own(&place), part.style(Role::Dim), part.cols().saturating_sub(1));
        let first = (self.cursor + 1).saturating_sub(usize::from(shown));
        for (y, (at, pick)) in (2..2 + shown).zip(self.picks.iter().enumerate().skip(first)) {
            draw_pick(&mut part, y, pick, at == self.cursor);
        }
        hint_line(&mut part, 1, shown + 2, hints, u16::MAX);
    }
}

/// Columns of what a line begins with: its kind or its number.
const KIND_COLS: u16 = 12;

fn draw_pick(part: &mut Painter<'_>, y: u16, pick: &Pick, chosen: bool) {
    let bar = part.style(Role::Accent);
    if chosen {
        part.rows(y, 1).clear(bar);
        part.put(0, y, part.glyphs().marker, bar, 1);
    }
    let style = |part: &Painter<'_>, role| if chosen { bar } else { part.style(role) };
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
        assert_eq!(picker.command(Command::PageDown), PickOutcome::Stay);
        assert_eq!(picker.command(Command::Accept), PickOutcome::Copy(SafeText::line("https://a.example/x")));
        assert_eq!(picker.command(Command::OpenFile), PickOutcome::Stay, "a link is never opened");
        assert_eq!(picker.command(Command::Back), PickOutcome::Close);
    }
}
