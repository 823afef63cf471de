//! The words of details and notes, folded.

use rusqlite::{Connection, OptionalExtension};

use crate::{
    query::folded_words,
    text::{Links, MailText},
};

/// Bytes of one ticket's words that are indexed and searched: far more than people write, far less than a log that was mailed.
const MOST: usize = 256 * 1024;

/// The tags of a ticket's assets, for a statement with the ticket's number as the first value.
const ASSET_TAGS: &str = "(SELECT group_concat(value ->> 'tag', ' ') FROM \
    json_each((SELECT extras FROM ticket_extras WHERE ticket_id = ?1), '$.assets'))";

/// The words of a text: of its plain form, or of its HTML where that is all there is.
pub(in super::super) fn fold_text(plain: &str, html: Option<&str>) -> String {
    match html {
        Some(html) if plain.trim().is_empty() => {
            let text = MailText::html(html, &mut Links::default());
            text.parts().iter().map(|part| folded_words(part.text.as_str())).collect::<Vec<_>>().join(" | ")
        }
        _ => folded_words(plain.get(..plain.floor_char_boundary(MOST)).unwrap_or_default()),
    }
}

/// Adds a note's words; a bar keeps phrases from reaching over its edge.
pub(in super::super) fn fold_note(words: &mut String, plain: &str, html: Option<&str>) {
    if words.len() < MOST {
        words.push_str(" | ");
        words.push_str(&fold_text(plain, html));
    }
}

/// Everything that a ticket says beside its summary and names: asset tags, details, conversation.
pub(super) fn rest(conn: &Connection, ticket: i64) -> rusqlite::Result<String> {
    let tags = format!("SELECT {ASSET_TAGS}");
    let tags: Option<String> = conn.prepare_cached(&tags)?.query_row([ticket], |row| row.get(0))?;
    let mut words = folded_words(&tags.unwrap_or_default());
    let mut details = conn.prepare_cached("SELECT details, details_html FROM ticket_text WHERE ticket_id = ?")?;
    let texts = details.query_row([ticket], |row| {
        let html = row.get_ref(1)?.as_str_or_null()?;
        fold_note(&mut words, row.get_ref(0)?.as_str()?, html);
        Ok(())
    });
    texts.optional()?;
    let mut notes = conn.prepare_cached("SELECT note, note_html FROM actions WHERE ticket_id = ?")?;
    let mut rows = notes.query([ticket])?;
    while let Some(row) = rows.next()? {
        fold_note(&mut words, row.get_ref(0)?.as_str()?, row.get_ref(1)?.as_str_or_null()?);
    }
    Ok(words)
}
