//! The condition that words are said by a ticket, and what of a ticket can say them.

use super::Condition;
use crate::mirror::words::Terms;

/// What a row says by itself; bars keep a phrase from reaching over the edge of a column.
const HEAD: &str =
    "' ' || t.id || ' | ' || folded(t.summary) || ' | ' || t.client_key || ' | ' || t.user_key || ' | ' || t.agent_key || ' '";
/// What stands beside the row, as `says` takes it.
const TEXTS: &str = "(SELECT group_concat(value ->> 'tag', ' ') FROM \
    json_each((SELECT extras FROM ticket_extras WHERE ticket_id = t.id), '$.assets')), \
    (SELECT details FROM ticket_text WHERE ticket_id = t.id), \
    (SELECT details_html FROM ticket_text WHERE ticket_id = t.id), \
    (SELECT group_concat(note, char(31)) FROM actions WHERE ticket_id = t.id), \
    (SELECT group_concat(note_html, char(31)) FROM actions WHERE ticket_id = t.id AND trim(note) = '')";

/// The condition that all of these words are said, wherever.
pub(in crate::mirror) fn said(terms: &Terms) -> Condition {
    let terms = terms.value();
    Condition { sql: format!("(says(?, {HEAD}) OR says(?, {HEAD}, {TEXTS}))"), params: vec![terms.clone(), terms] }
}
