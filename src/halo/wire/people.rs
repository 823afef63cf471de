//! Clients and what belongs to them: sites, users, assets; and agents.

use super::{Fields, WireRecord};
use crate::{
    domain::{Agent, AgentId, AssetRecord, ClientId, ClientRecord, SiteId, SiteRecord, UserId, UserRecord},
    text::Untrusted,
};

impl WireRecord for ClientRecord {
    const LISTS: &'static [&'static str] = &["clients"];
    const FIRST_ID: i64 = 0;

    fn read(id: i64, fields: &mut Fields<'_>) -> Self {
        Self {
            id: ClientId(id),
            name: fields.text("name"),
            toplevel_name: fields.text("toplevel_name"),
            inactive: fields.flag("inactive"),
            vip: fields.flag("is_vip"),
            stopped: fields.flag("stopped"),
            colour: fields.colour("colour"),
            account_manager: AgentId(fields.id("accountmanagertech")),
            main_site_id: SiteId(fields.id("main_site_id")),
            phone: fields.text("main_phonenumber"),
            reference: fields.text("ref"),
            unreadable: None,
        }
    }

    fn mark(&mut self, reason: String) -> bool {
        self.unreadable = Some(reason);
        true
    }
}

impl WireRecord for SiteRecord {
    const LISTS: &'static [&'static str] = &["sites"];

    fn read(id: i64, fields: &mut Fields<'_>) -> Self {
        Self {
            id: SiteId(id),
            client_id: ClientId(fields.id("client_id")),
            name: fields.text("name"),
            phone: fields.text("phonenumber"),
            inactive: fields.flag("inactive"),
        }
    }
}

impl WireRecord for UserRecord {
    const LISTS: &'static [&'static str] = &["users"];

    fn read(id: i64, fields: &mut Fields<'_>) -> Self {
        // `site_id` is a float with a whole twin.
        let site_id = match fields.integer("site_id_int") {
            Some(site) => site,
            None => fields.id("site_id"),
        };
        Self {
            id: UserId(id),
            client_id: ClientId(fields.id("client_id")),
            site_id: SiteId(site_id),
            name: fields.text("name"),
            email: fields.text("emailaddress"),
            phone: first_text(fields, &["phonenumber_preferred", "phonenumber", "mobilenumber", "sitephonenumber"]),
            important: fields.flag("isimportantcontact"),
            inactive: fields.flag("inactive"),
        }
    }
}

impl WireRecord for AssetRecord {
    const LISTS: &'static [&'static str] = &["assets"];

    fn read(id: i64, fields: &mut Fields<'_>) -> Self {
        Self {
            id,
            client_id: ClientId(fields.id("client_id")),
            site_id: SiteId(fields.id("site_id")),
            tag: first_text(fields, &["inventory_number", "key_field"]),
            kind: fields.text("assettype_name"),
            username: fields.text("username"),
            inactive: fields.flag("inactive"),
        }
    }
}

impl WireRecord for Agent {
    /// Unpaged it is a plain array; paged it comes as `results`.
    const LISTS: &'static [&'static str] = &["results", "agents"];

    fn read(id: i64, fields: &mut Fields<'_>) -> Self {
        Self {
            id: AgentId(id),
            name: fields.text("name"),
            email: fields.text("email"),
            initials: fields.text("initials"),
            colour: fields.colour("colour"),
            disabled: fields.flag("isdisabled"),
            api: fields.flag("isapiagent"),
            team: fields.text("team"),
        }
    }
}

/// The first of several fields that holds text.
fn first_text(fields: &mut Fields<'_>, names: &[&str]) -> Untrusted {
    names.iter().find_map(|name| fields.optional_text(name)).unwrap_or_default()
}
