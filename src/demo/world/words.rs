//! Ticket texts: subjects, bodies and mails in plain text and HTML, made from the seed each time they are asked for.

use super::World;
use super::customers::{self, Client, Customers, User};
use super::dice::{Dice, Subject};
use super::hostile::{self, Trap};
use super::key::Key;
use super::scenarios::Scenario;
use super::tables::{self, ALERT};
use super::talk::Deed;

/// Who and what one ticket is about; the filling of its texts.
#[derive(Debug)]
pub(crate) struct Story<'a> {
    pub(crate) client: Option<&'a Client>,
    pub(crate) user: Option<User>,
    pub(crate) site: &'static str,
    pub(crate) site_id: u32,
    pub(crate) scenario: Scenario,
    trap: Option<&'static Trap>,
    agent: &'static str,
    desk: &'a Customers,
    /// Places on the client's lists: names are made only where a text has a slot for them.
    device: Option<u8>,
    colleague: Option<u8>,
    day: &'static str,
    code: u32,
    n: u32,
    m: u32,
    subject: u32,
}

impl<'a> Story<'a> {
    /// The story of ticket `index`, whose birth state is `key`.
    pub(crate) fn tell(world: &'a World, index: u32, key: &Key) -> Self {
        let mut dice = Dice::new(world.birth.seed, Subject::Words, index.into());
        // The first draw chose the scenario.
        dice.bits();
        let desk = &world.customers;
        let client = desk.client(key.client);
        let user = client.map(|client| desk.user(client, key.user));
        let device = client.filter(|client| client.assets > 0).map(|client| dice.small(client.assets));
        let colleague = client.map(|client| dice.small(client.users).max(1));
        let site = user.as_ref().map_or(0, |user| user.site);
        Self {
            client,
            site: client.map_or("", |client| customers::site_name(client, site)),
            site_id: client.map_or(0, |client| client.first_site + u32::from(site)),
            user,
            scenario: world.birth.scenario(index),
            trap: hostile::trap(index, world.birth.count),
            agent: tables::agent_of(key.agent).map_or("", |agent| agent.first),
            desk,
            device,
            colleague,
            day: dice.pick(&["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]),
            code: dice.below(0xffff),
            n: 2 + dice.below(97),
            m: 10 + dice.below(490),
            subject: dice.below(1_000),
        }
    }

    /// The subject.
    pub(crate) fn summary(&self) -> String {
        if let Some(trap) = self.trap {
            return trap.subject.to_owned();
        }
        let subjects = self.scenario.subjects;
        let place = usize::try_from(self.subject).unwrap_or(0) % subjects.len().max(1);
        self.fill(subjects.get(place).copied().unwrap_or_default())
    }

    /// The first message in plain text.
    pub(crate) fn details(&self) -> String {
        if let Some(trap) = self.trap {
            return trap.text.to_owned();
        }
        let body = self.fill(self.scenario.opening);
        if self.scenario.kind == ALERT {
            return body.replace('|', "\r\n");
        }
        format!("Hello,\r\n\r\n{}\r\n\r\n{}", body.replace('|', "\r\n\r\n"), self.signature("\r\n"))
    }

    /// Whether `says` holds for a part of the first message, in which line breaks part what it can find.
    pub(crate) fn opens_with(&self, says: impl Fn(&str) -> bool) -> bool {
        if let Some(trap) = self.trap {
            return says(trap.text);
        }
        if self.fill(self.scenario.opening).split('|').any(&says) {
            return true;
        }
        self.scenario.kind != ALERT && (says("Hello,") || self.signature("\n").split('\n').any(&says))
    }

    /// The first message in HTML.
    pub(crate) fn details_html(&self) -> String {
        if let Some(trap) = self.trap {
            return trap.html.render();
        }
        let body = escape(&self.fill(self.scenario.opening));
        if self.scenario.kind == ALERT {
            let rows: String = body.split('|').map(table_row).collect();
            return format!(
                "<html><body><h3>Monitoring</h3><table border=\"1\" cellpadding=\"3\">{rows}</table><p><a href=\"https://monitoring.example/probe/{}\">Open in monitoring</a></p></body></html>",
                self.m
            );
        }
        let picture = if self.n.is_multiple_of(4) {
            "<p><img src=\"cid:image001.png@01DB\" width=\"420\" alt=\"screenshot\"></p>"
        } else {
            ""
        };
        format!(
            "<html><head><style>p{{margin:0}}</style></head><body><p>Hello,</p><p>{}</p>{picture}{}</body></html>",
            body.replace('|', "</p><p>"),
            self.signature_html()
        )
    }

    /// What the agent asks.
    pub(crate) fn question(&self) -> String {
        self.fill(self.scenario.question)
    }

    /// What the user answers.
    pub(crate) fn reply(&self) -> String {
        self.fill(self.scenario.reply)
    }

    /// What the agent notes.
    pub(crate) fn note(&self) -> String {
        self.fill(self.scenario.note)
    }

    /// How it ended.
    pub(crate) fn fix(&self) -> String {
        self.fill(self.scenario.fix)
    }

    /// What was said by doing this, without greeting and quotes.
    pub(crate) fn said(&self, deed: Deed) -> String {
        match deed {
            Deed::MailOut(_) => self.question(),
            Deed::MailIn(_) => self.reply(),
            Deed::Note => self.note(),
            Deed::Closed => self.fix(),
            _ => String::new(),
        }
    }

    /// The user's name; empty where there is none.
    pub(crate) fn user_name(&self) -> String {
        self.user.as_ref().map(User::name).unwrap_or_default()
    }

    /// The user's mail address; empty where there is none.
    pub(crate) fn user_email(&self) -> &str {
        self.user.as_ref().map_or("", |user| user.email.as_str())
    }

    /// A mail from the user that quotes the desk's last one.
    pub(crate) fn mail_from_user(&self, said: &str, agent: &str, quoted: &str, when: &str) -> (String, String) {
        let desk = "support@halcyon-it.example";
        if self.n.is_multiple_of(3) {
            // As Outlook does it: no marks, a block of headers in the language of its menus.
            let [from, sent, to, subject] =
                if self.m.is_multiple_of(2) { ["From", "Sent", "To", "Subject"] } else { ["Von", "Gesendet", "An", "Betreff"] };
            let head = format!(
                "{from}: {agent} <{desk}>\n{sent}: {when}\n{to}: {}\n{subject}: RE: {}",
                self.user_name(),
                self.summary()
            );
            let rule = "________________________________";
            let text = format!(
                "{said}\r\n\r\n{}\r\n\r\n{rule}\r\n{}\r\n\r\n{quoted}",
                self.signature("\r\n"),
                head.replace('\n', "\r\n")
            );
            let html = format!(
                "<div class=\"WordSection1\"><p class=\"MsoNormal\">{}</p>{}<div id=\"divRplyFwdMsg\" dir=\"ltr\"><font face=\"Calibri\">{}</font></div><p class=\"MsoNormal\">{}</p></div>",
                escape(said),
                self.signature_html(),
                escape(&head).replace('\n', "<br>"),
                escape(quoted)
            );
            return (text, html);
        }
        let text = format!("{said}\r\n\r\n{}\r\n\r\n> On {when} {agent} wrote:\r\n> {quoted}", self.signature("\r\n"));
        let html = format!(
            "<div dir=\"ltr\">{}</div>{}<div class=\"gmail_quote\">On {when} {} wrote:<br><blockquote style=\"margin:0 0 0 .8ex;border-left:1px #ccc solid;padding-left:1ex\">{}</blockquote></div>",
            escape(said),
            self.signature_html(),
            escape(agent),
            escape(quoted)
        );
        (text, html)
    }

    /// A mail from the desk.
    pub(crate) fn mail_from_desk(&self, said: &str, agent: &str) -> (String, String) {
        let first = self.user.as_ref().filter(|user| !user.general).map_or("all", |user| user.first.as_str());
        let text = format!("Hello {first},\r\n\r\n{said}\r\n\r\nKind regards\r\n{agent}\r\nHalcyon IT Service Desk");
        let html = format!(
            "<p>Hello {},</p><p>{}</p><p>Kind regards<br><b>{}</b><br>Halcyon IT Service Desk<br><a href=\"https://portal.halcyon-it.example/\">portal.halcyon-it.example</a></p><p><img src=\"https://portal.halcyon-it.example/logo.png\" alt=\"Halcyon IT\"></p>",
            escape(first),
            escape(said),
            escape(agent)
        );
        (text, html)
    }

    fn signature(&self, newline: &str) -> String {
        match (&self.user, self.client) {
            (Some(user), Some(client)) if !user.general => {
                format!("Regards{newline}{}{newline}{} · {}{newline}{}", user.name(), client.name, self.site, user.phone)
            }
            _ => "Sent from my phone".to_owned(),
        }
    }

    fn signature_html(&self) -> String {
        format!("<p style=\"color:#666\">-- <br>{}</p>", escape(&self.signature("\n")).replace('\n', "<br>"))
    }

    fn device(&self) -> String {
        let tag = self.client.zip(self.device).map(|(client, place)| self.desk.tag(client, place));
        tag.unwrap_or_else(|| "the old laptop".to_owned())
    }

    fn colleague(&self) -> String {
        let name = self.client.zip(self.colleague).map(|(client, place)| self.desk.user_name(client, place));
        name.unwrap_or_else(|| "a colleague".to_owned())
    }

    fn code(&self) -> String {
        format!("0x{:04X}", self.code)
    }

    fn fill(&self, template: &str) -> String {
        let mut text = String::with_capacity(template.len() + 40);
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            text.push_str(before);
            let Some((slot, after)) = after.split_once('}') else {
                break;
            };
            match slot {
                "user" => text.push_str(&self.user_name()),
                "agent" => text.push_str(self.agent),
                "device" => text.push_str(&self.device()),
                "colleague" => text.push_str(&self.colleague()),
                "site" => text.push_str(self.site),
                "client" => text.push_str(self.client.map_or("", |client| client.name.as_str())),
                "day" => text.push_str(self.day),
                "code" => text.push_str(&self.code()),
                "m" => text.push_str(&self.m.to_string()),
                "full" => text.push_str(&(90 + self.n % 10).to_string()),
                _ => text.push_str(&self.n.to_string()),
            }
            rest = after;
        }
        text.push_str(rest);
        text
    }
}

/// A line `Name: value` as a row of a table.
fn table_row(line: &str) -> String {
    let (name, value) = line.split_once(": ").unwrap_or((line, ""));
    format!("<tr><td><b>{name}</b></td><td>{value}</td></tr>")
}

/// Text as HTML.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
