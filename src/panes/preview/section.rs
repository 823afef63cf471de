//! What hangs on a ticket, in words for the page and as things to choose from.

use crate::{
    domain::{AssetLabel, Conversation, Extras, LinkedTicket, Register},
    panes::picker::Pick,
    text::SafeText,
    ui::size,
};

/// Names and values, as the page shows them under the facts.
pub(super) fn named(extras: &Extras) -> Vec<(String, String)> {
    let mut named = Vec::new();
    for ticket in &extras.tickets {
        named.push((ticket.relation.words().to_owned(), ticket_words(ticket)));
    }
    let asset = |AssetLabel { tag, kind, .. }: &AssetLabel| {
        if kind.is_empty() { tag.to_string() } else { format!("{tag} ({kind})") }
    };
    let lists = [
        ("assets", extras.assets.iter().map(asset).collect::<Vec<_>>()),
        ("fields", extras.fields.iter().map(|(label, value)| format!("{label}: {value}")).collect()),
        ("files", extras.files.iter().map(|file| format!("{} ({})", file.name, size(file.size))).collect()),
    ];
    named.extend(lists.into_iter().filter(|(_, list)| !list.is_empty()).map(|(name, list)| (name.to_owned(), list.join(", "))));
    named
}

/// `#12 Printer jam (Closed)`.
fn ticket_words(ticket: &LinkedTicket) -> String {
    let status = if ticket.status.name.is_empty() { String::new() } else { format!(" ({})", ticket.status.name) };
    format!("#{} {}{status}", ticket.id, ticket.summary)
}

/// Everything that can be gone to, saved or copied.
pub(super) fn picks(conversation: &Conversation) -> Vec<Pick> {
    let extras = &conversation.extras;
    let tickets = extras.tickets.iter().map(|ticket| Pick::Ticket(ticket.clone()));
    let files = extras.files.iter().map(|file| Pick::File(file.clone()));
    let ticket = &conversation.ticket;
    let client = (ticket.client_id, ticket.client.clone());
    let row = |register, id, name: &SafeText| Pick::Row { register, id, name: name.clone(), client: client.clone() };
    let site = (ticket.site_id.0 > 0).then(|| row(Register::Sites, ticket.site_id.0, &ticket.site));
    let user = (ticket.user_id.0 > 0).then(|| row(Register::Users, ticket.user_id.0, &ticket.user));
    let assets = extras.assets.iter().map(|asset| row(Register::Assets, asset.id, &asset.tag));
    let about = (ticket.client_id.0 > 0).then(|| Pick::Client(ticket.client_id, ticket.client.clone()));
    let about = about.into_iter().chain(site).chain(user).chain(assets);
    let links = conversation.links.iter().map(|link| Pick::Link(link.clone()));
    tickets.chain(files).chain(about).chain(links).collect()
}
