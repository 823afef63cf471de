//! Reading clients.

use rusqlite::{OptionalExtension, types::Value};

use super::{
    Reader, StoreError,
    list::{List, OrderKey},
    row,
};
use crate::{
    domain::{Anchor, ClientId, ClientRow, Window},
    query::folded_words,
    text::SafeText,
};

impl Reader {
    /// A window of the clients by name: those where every word of `filter` begins a word of the name.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub fn clients(
        &self,
        filter: &str,
        include_inactive: bool,
        anchor: Anchor<ClientId>,
        count: usize,
    ) -> Result<Window<ClientRow>, StoreError> {
        let mut conditions = vec![if include_inactive { "1" } else { "t.inactive = 0" }];
        let words = folded_words(filter);
        let patterns: Vec<Value> = words.split_whitespace().map(|word| Value::Text(format!("% {word}%"))).collect();
        conditions.extend(patterns.iter().map(|_| "' ' || t.name_key LIKE ?"));
        let list = List {
            table: "clients AS t",
            hits: None,
            filter: conditions.join(" AND "),
            params: patterns,
            order: ["t.name_key", "t.id"].map(|column| OrderKey { column, descending: false }).into(),
            name: format!("clients {include_inactive} {words}"),
            count_up_to: None,
            difference: None,
        };
        let anchor = match anchor {
            Anchor::Start => Anchor::Start,
            Anchor::End => Anchor::End,
            Anchor::Around(id) => Anchor::Around(id.0),
            Anchor::After(id) => Anchor::After(id.0),
            Anchor::Before(id) => Anchor::Before(id.0),
        };
        let place = list.window(&self.conn, &self.positions, anchor, count)?;
        let mut rows = Vec::with_capacity(place.ids.len());
        for id in place.ids {
            rows.extend(self.client(ClientId(id))?);
        }
        Ok(Window { rows, offset: place.offset, total: place.total, more: false })
    }

    /// One client, if it is stored.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub fn client(&self, id: ClientId) -> Result<Option<ClientRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, name, inactive, vip, stopped, colour, unreadable, \
             (SELECT count(*) FROM tickets AS t WHERE t.client_id = clients.id AND t.is_closed = 0) FROM clients WHERE id = ?",
        )?;
        let row = statement.query_row([id.0], |row| {
            Ok(ClientRow {
                id: ClientId(row.get(0)?),
                name: row::line(row, 1)?,
                inactive: row.get(2)?,
                vip: row.get(3)?,
                stopped: row.get(4)?,
                colour: row::colour(row, 5)?,
                unreadable: row.get::<_, Option<String>>(6)?.map(|reason| SafeText::line(&reason)),
                open_tickets: row::unsigned(row, 7)?,
            })
        });
        Ok(row.optional()?)
    }
}
