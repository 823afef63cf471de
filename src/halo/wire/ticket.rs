//! Tickets and their actions.

use super::{Fields, WireRecord, extras};
use crate::domain::{
    ActionId, ActionRecord, AgentId, ClientId, PriorityId, SiteId, SlaId, StatusId, TeamId, TicketId, TicketRecord, TicketTypeId,
    UserId,
};

impl WireRecord for TicketRecord {
    const LISTS: &'static [&'static str] = &["tickets"];
    const FIRST_ID: i64 = 1;

    fn read(id: i64, fields: &mut Fields<'_>) -> Self {
        Self {
            id: TicketId(id),
            summary: fields.text("summary"),
            details: fields.text("details"),
            details_html: fields.optional_text("details_html"),
            client_id: ClientId(fields.id("client_id")),
            client_name: fields.text("client_name"),
            site_id: SiteId(fields.id("site_id")),
            site_name: fields.text("site_name"),
            user_id: UserId(fields.id("user_id")),
            user_name: fields.text("user_name"),
            agent_id: AgentId(fields.id("agent_id")),
            team_id: TeamId(fields.id("team_id")),
            team_name: fields.text("team"),
            status_id: StatusId(fields.id("status_id")),
            priority_id: PriorityId(fields.id("priority_id")),
            sla_id: SlaId(fields.id("sla_id")),
            ticket_type_id: TicketTypeId(fields.id("tickettype_id")),
            category: fields.text("category_1"),
            opened: fields.date("dateoccurred"),
            closed: fields.date("dateclosed"),
            last_action: fields.date("lastactiondate"),
            // Answers to writes call it `lastupdate`.
            last_update: fields.date("last_update").or_else(|| fields.date("lastupdate")),
            respond_by: fields.date("respondbydate"),
            responded: fields.date("responsedate"),
            fix_by: fields.date("fixbydate"),
            on_hold: fields.flag("onhold"),
            excluded_from_sla: fields.flag("excludefromsla"),
            vip: fields.flag("is_vip") || fields.flag("isimportantcontact"),
            attachments: fields.count("attachment_count"),
            extras: extras::read(fields),
            unreadable: None,
        }
    }

    fn mark(&mut self, reason: String) -> bool {
        self.unreadable = Some(reason);
        true
    }
}

/// What machines sign with where no number tells that it is one.
const MACHINES: [&str; 8] = ["automation", "halo", "halopsa", "integration", "rule", "scheduler", "system", "workflow"];

/// Whether a name is that of a person, for all that it says by itself.
fn is_of_a_person(name: &str) -> bool {
    let name = name.to_lowercase();
    let mut words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).peekable();
    words.peek().is_some() && !words.any(|word| MACHINES.contains(&word))
}

impl WireRecord for ActionRecord {
    const LISTS: &'static [&'static str] = &["actions"];
    const FIRST_ID: i64 = 0;

    fn read(id: i64, fields: &mut Fields<'_>) -> Self {
        let agent_id = match fields.integer("who_agentid") {
            Some(agent) => agent,
            None => fields.id("actionby_agent_id"),
        };
        let note = fields.text("note");
        let note_html = fields.optional_text("note_html");
        let email_direction = fields.string("emaildirection").chars().next();
        let who = fields.text("who");
        // Nobody's words: a change of state that carries no note, or one behind which stands neither a person, by number or by name,
        // nor a mail. Of a customer some versions tell no more than the name.
        let silent = note.as_stored().trim().is_empty() && note_html.is_none();
        let by_system = fields.id("action_systemid") > 0;
        let named = !silent && !by_system && is_of_a_person(who.as_stored());
        let unsigned = agent_id <= 0 && fields.id("actionby_user_id") <= 0 && email_direction.is_none() && !named;
        let wordless = silent && by_system;
        let new_status = fields.id("new_status");
        Self {
            ticket_id: TicketId(fields.id("ticket_id")),
            id: ActionId(id),
            outcome: fields.text("outcome"),
            who,
            agent_id: AgentId(agent_id.max(0)),
            at: fields.date("datetime").or_else(|| fields.date("actiondatecreated")),
            note,
            note_html,
            private: fields.flag("hiddenfromuser"),
            important: fields.flag("important"),
            system: unsigned || wordless,
            hours: fields.number("timetaken"),
            new_status: (new_status > 0).then_some(StatusId(new_status)),
            email_direction,
            attachments: fields.count("attachment_count"),
            unreadable: None,
        }
    }

    fn mark(&mut self, reason: String) -> bool {
        self.unreadable = Some(reason);
        true
    }
}
