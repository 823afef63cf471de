//! One ticket with its conversation.

use std::io::{self, Write};

use serde::{Serialize, Serializer, ser::SerializeMap};

use super::{
    Layout,
    listing::{Cell, Listed},
    table::moment,
};
use crate::{
    domain::{ActionRow, Author, TicketRow},
    text::SafeText,
};

/// A ticket with all its words.
#[derive(Clone, Debug)]
pub struct TicketDetail {
    /// The ticket.
    pub ticket: TicketRow,
    /// What was asked, a block.
    pub details: SafeText,
    /// The conversation, oldest first.
    pub actions: Vec<ActionRow>,
}

/// Prints a ticket: as JSON one object with the fields of a listing, `details` and `actions`; else in words.
///
/// # Errors
/// Trouble with the output.
pub fn print_ticket(detail: &TicketDetail, json: bool, layout: &Layout, out: &mut dyn Write) -> io::Result<()> {
    if json {
        serde_json::to_writer(&mut *out, detail)?;
        return writeln!(out);
    }
    let ticket = &detail.ticket;
    writeln!(out, "#{} {}", ticket.id, ticket.summary)?;
    if let Some(why) = &ticket.unreadable {
        writeln!(out, "This ticket could not be read: {why}")?;
    }
    let time = |time: Option<jiff::Timestamp>| time.map(|time| moment(time, &layout.zone)).unwrap_or_default();
    let agent = ticket.agent.as_ref().map_or("nobody", SafeText::as_str);
    for (label, value) in [
        ("Client", joined(&[&ticket.client, &ticket.site, &ticket.user])),
        ("Agent", joined_texts(&[agent, ticket.team.as_str()])),
        ("Status", joined(&[&ticket.status.name, &ticket.priority.name, &ticket.ticket_type])),
        ("Opened", time(ticket.opened)),
        ("Respond by", time(ticket.respond_by)),
        ("Fix by", if ticket.on_hold { "on hold".to_owned() } else { time(ticket.fix_by) }),
        ("Closed", time(ticket.closed)),
    ] {
        if !value.is_empty() {
            writeln!(out, "{label:<11} {value}")?;
        }
    }
    if !detail.details.is_empty() {
        writeln!(out)?;
        write_block(&detail.details, out)?;
    }
    for action in &detail.actions {
        let who = if action.who.is_empty() { author(action.author) } else { action.who.as_str() };
        let mut head = joined_texts(&[&time(action.at), who, action.outcome.as_str()]);
        if action.private {
            head.push_str(" · private");
        }
        writeln!(out, "\n── {head}")?;
        write_block(&action.text.whole(), out)?;
        if let Some(status) = &action.new_status {
            writeln!(out, "   → {status}")?;
        }
    }
    Ok(())
}

/// Foreign words stand indented, so that they can't pass for a line of this program.
fn write_block(text: &SafeText, out: &mut dyn Write) -> io::Result<()> {
    text.as_str().lines().try_for_each(|line| writeln!(out, "{}", format!("   {line}").trim_end()))
}

fn joined(parts: &[&SafeText]) -> String {
    joined_texts(&parts.iter().map(|part| part.as_str()).collect::<Vec<_>>())
}

fn joined_texts(parts: &[&str]) -> String {
    parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" · ")
}

fn author(author: Author) -> &'static str {
    match author {
        Author::Customer => "customer",
        Author::Agent => "agent",
        Author::System => "system",
    }
}

impl Serialize for TicketDetail {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, cell) in self.ticket.fields() {
            map.serialize_entry(name, &cell)?;
        }
        map.serialize_entry("details", self.details.as_str())?;
        map.serialize_entry("actions", &self.actions.iter().map(Action).collect::<Vec<_>>())?;
        map.end()
    }
}

/// An action as one JSON object.
struct Action<'a>(&'a ActionRow);

impl Serialize for Action<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let action = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &action.id)?;
        map.serialize_entry("author", author(action.author))?;
        map.serialize_entry("who", &Cell::Text(Some(&action.who)))?;
        map.serialize_entry("outcome", &Cell::Text(Some(&action.outcome)))?;
        map.serialize_entry("at", &Cell::Time(action.at))?;
        map.serialize_entry("text", &Cell::Text(Some(&action.text.whole())))?;
        map.serialize_entry("private", &action.private)?;
        map.serialize_entry("important", &action.important)?;
        map.serialize_entry("minutes", &action.minutes)?;
        map.serialize_entry("new_status", &Cell::Text(action.new_status.as_ref()))?;
        map.serialize_entry("attachments", &action.attachments)?;
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::{
        domain::{ActionId, TicketId},
        text::MailText,
    };

    fn detail() -> TicketDetail {
        TicketDetail {
            ticket: TicketRow {
                id: TicketId(10482),
                summary: SafeText::line("Mail server unreachable"),
                client: SafeText::line("Borealis Ltd"),
                user: SafeText::line("Dana Reyes"),
                opened: "2026-11-20T10:00:00Z".parse().ok(),
                ..TicketRow::default()
            },
            details: SafeText::block("Nobody can send.\n#1 forged heading"),
            actions: vec![ActionRow {
                id: ActionId(3),
                author: Author::Agent,
                who: SafeText::line("Priya"),
                at: "2026-11-20T11:02:00Z".parse().ok(),
                text: MailText::said(SafeText::block("Restarting.")),
                private: true,
                ..ActionRow::default()
            }],
        }
    }

    fn printed(json: bool) -> String {
        let mut out = Vec::new();
        print_ticket(&detail(), json, &Layout::unbounded(TimeZone::UTC), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn words_keep_foreign_text_indented() {
        let expected = "#10482 Mail server unreachable\n\
                        Client      Borealis Ltd · Dana Reyes\n\
                        Agent       nobody\n\
                        Opened      2026-11-20 10:00\n\
                        \n   Nobody can send.\n   #1 forged heading\n\
                        \n── 2026-11-20 11:02 · Priya · private\n   Restarting.\n";
        assert_eq!(printed(false), expected);
    }

    #[test]
    fn json_is_one_object_with_the_conversation() {
        let object: serde_json::Value = serde_json::from_str(&printed(true)).unwrap();
        assert_eq!((&object["id"], &object["agent"]), (&10482.into(), &serde_json::Value::Null));
        assert_eq!(object["details"], "Nobody can send.\n#1 forged heading");
        assert_eq!(object["actions"][0]["author"], "agent");
        assert_eq!(object["actions"][0]["at"], "2026-11-20T11:02:00Z");
    }
}
