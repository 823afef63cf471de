//! Reading clients, sites, users and assets.

use rusqlite::types::Value;

use super::{
    Mirror, Reader, StoreError,
    list::{List, OrderKey},
    row,
};
use crate::{
    domain::{Anchor, ClientId, Failure, Register, RegisterKey, RegisterRow, RegisterSort, TicketId, Window},
    query::folded_words,
};

/// A window of a register that is asked for.
#[derive(Clone, Debug)]
pub struct RegisterAsk {
    /// Which register.
    pub register: Register,
    /// The order.
    pub sort: RegisterSort,
    /// Only what is this client's.
    pub client: Option<ClientId>,
    /// Every word begins a word of the row or of its client's name.
    pub words: String,
    /// What is no longer in use too.
    pub with_inactive: bool,
    /// Where the window stands.
    pub anchor: Anchor<i64>,
    /// How many rows it has at most.
    pub count: usize,
}

/// That a word begins one of the row, or one of its client's name.
const ITS_OWN: &str = "' ' || t.name_key LIKE ?";
const ITS_OWN_OR_ITS_CLIENTS: &str =
    "(' ' || t.name_key LIKE ? OR t.client_id IN (SELECT id FROM clients WHERE ' ' || clients.name_key LIKE ?))";

impl Reader {
    /// A window of clients, sites, users or assets.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub fn register(&self, ask: &RegisterAsk) -> Result<Window<RegisterRow>, StoreError> {
        self.register_by(ask, ask.register != Register::Clients, None)
    }

    /// The first sites, users and assets in use that have all of these words themselves, at most `count` of each.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub fn called(&self, words: &str, count: usize) -> Result<Vec<(Register, RegisterRow)>, StoreError> {
        let mut called = Vec::new();
        for register in [Register::Users, Register::Sites, Register::Assets] {
            let words = words.to_owned();
            let ask = RegisterAsk {
                register,
                sort: RegisterSort::default(),
                client: None,
                words,
                with_inactive: false,
                anchor: Anchor::Start,
                count,
            };
            // Nobody asks how many there are.
            let window = self.register_by(&ask, false, Some(count as u64))?;
            called.extend(window.rows.into_iter().map(|row| (register, row)));
        }
        Ok(called)
    }

    /// The same; the client's name may have the words too, and it counts no further than so many.
    fn register_by(
        &self,
        ask: &RegisterAsk,
        or_client: bool,
        count_up_to: Option<u64>,
    ) -> Result<Window<RegisterRow>, StoreError> {
        let (table, sql) = match ask.register {
            Register::Sites => ("sites AS t", SITE),
            Register::Users => ("users AS t", USER),
            Register::Assets => ("assets AS t", ASSET),
            Register::Clients => ("clients AS t", CLIENT),
        };
        let (mut conditions, mut params) = (Vec::new(), Vec::new());
        if let Some(client) = ask.client.filter(|_| ask.register != Register::Clients) {
            conditions.push("t.client_id = ?");
            params.push(Value::Integer(client.0));
        }
        if !ask.with_inactive {
            conditions.push("t.inactive = 0");
        }
        let words = folded_words(&ask.words);
        for word in words.split_whitespace() {
            conditions.push(if or_client { ITS_OWN_OR_ITS_CLIENTS } else { ITS_OWN });
            params.extend((0..if or_client { 2 } else { 1 }).map(|_| Value::Text(format!("% {word}%"))));
        }
        let list = List {
            table,
            hits: None,
            filter: if conditions.is_empty() { "1".to_owned() } else { conditions.join(" AND ") },
            params,
            order: order(ask.register, ask.sort),
            name: format!(
                "{:?} {:?} {:?} {} {words} {or_client} {count_up_to:?}",
                ask.register, ask.sort, ask.client, ask.with_inactive
            ),
            count_up_to,
            difference: None,
        };
        let place = list.window(&self.conn, &self.positions, ask.anchor, ask.count)?;
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = Vec::with_capacity(place.ids.len());
        for id in place.ids {
            rows.push(statement.query_row([id], read)?);
        }
        Ok(Window { rows, offset: place.offset, total: place.total, more: false })
    }
}

/// The order as keys of columns; rows of one kind, or with as many tickets, come by name.
fn order(register: Register, sort: RegisterSort) -> Vec<OrderKey> {
    let (column, descending) = match (sort.key, register) {
        (RegisterKey::Name, _) => (NAME_KEY, false),
        (RegisterKey::Client, _) => ("coalesce((SELECT name_key FROM clients WHERE id = t.client_id), '')", false),
        (RegisterKey::Site, _) => ("coalesce((SELECT name_key FROM sites WHERE id = t.site_id), '')", false),
        (RegisterKey::Kind, _) => ("lower(t.kind)", false),
        (RegisterKey::User, _) => ("lower(t.username)", false),
        (RegisterKey::Open, Register::Clients) => {
            ("(SELECT count(*) FROM tickets WHERE client_id = t.id AND is_closed = 0)", true)
        }
        (RegisterKey::Open, Register::Sites) => ("(SELECT count(*) FROM tickets WHERE site_id = t.id AND is_closed = 0)", true),
        (RegisterKey::Open, Register::Users) => ("(SELECT count(*) FROM tickets WHERE user_id = t.id AND is_closed = 0)", true),
        (RegisterKey::Open, Register::Assets) => (
            "(SELECT count(*) FROM ticket_assets AS a JOIN tickets ON tickets.id = a.ticket_id \
             WHERE a.asset_id = t.id AND tickets.is_closed = 0)",
            true,
        ),
    };
    let mut keys = vec![OrderKey { column, descending: descending != sort.reverse }];
    let within = sort.key == RegisterKey::Name && sort.reverse;
    let by_name = [NAME_KEY, "t.id"].map(|column| OrderKey { column, descending: within });
    keys.extend(by_name.into_iter().filter(|key| key.column != column));
    keys
}

impl Mirror {
    /// Notes that these tickets are about an asset; answers whether that is news.
    ///
    /// # Errors
    ///
    /// As [`Self::write`].
    pub async fn add_asset_tickets(&self, asset: i64, tag: &str, tickets: &[TicketId]) -> Result<bool, Failure> {
        let (key, ids) = (folded_words(tag), tickets.to_vec());
        let apply = move |conn: &rusqlite::Connection| {
            let mut relate =
                conn.prepare_cached("INSERT OR IGNORE INTO ticket_assets(asset_id, ticket_id, tag_key) VALUES (?, ?, ?)")?;
            let mut come = 0;
            for id in &ids {
                come += relate.execute((asset, id.0, &key))?;
            }
            Ok(come > 0)
        };
        self.lanes.write(move |reader| reader.write(apply)).await
    }
}

const NAME_KEY: &str = "t.name_key";

const CLIENT: &str = "SELECT t.id, t.id, t.name, t.name, '', '', '', '', t.phone, t.vip, t.inactive, \
    (SELECT count(*) FROM tickets WHERE client_id = t.id AND is_closed = 0), t.stopped, t.unreadable IS NOT NULL \
    FROM clients AS t WHERE t.id = ?";
const SITE: &str = "SELECT t.id, t.client_id, coalesce(c.name, ''), t.name, '', '', '', '', t.phone, 0, t.inactive, \
    (SELECT count(*) FROM tickets WHERE site_id = t.id AND is_closed = 0), 0, 0 \
    FROM sites AS t LEFT JOIN clients AS c ON c.id = t.client_id WHERE t.id = ?";
const USER: &str = "SELECT t.id, t.client_id, coalesce(c.name, ''), t.name, '', '', coalesce(s.name, ''), t.email, t.phone, \
    t.important, t.inactive, (SELECT count(*) FROM tickets WHERE user_id = t.id AND is_closed = 0), 0, 0 \
    FROM users AS t LEFT JOIN clients AS c ON c.id = t.client_id LEFT JOIN sites AS s ON s.id = t.site_id WHERE t.id = ?";
const ASSET: &str = "SELECT t.id, t.client_id, coalesce(c.name, ''), t.tag, t.kind, t.username, coalesce(s.name, ''), '', '', 0, \
    t.inactive, (SELECT count(*) FROM ticket_assets AS a JOIN tickets ON tickets.id = a.ticket_id \
    WHERE a.asset_id = t.id AND tickets.is_closed = 0), 0, 0 \
    FROM assets AS t LEFT JOIN clients AS c ON c.id = t.client_id LEFT JOIN sites AS s ON s.id = t.site_id WHERE t.id = ?";

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<RegisterRow> {
    Ok(RegisterRow {
        id: row.get(0)?,
        client_id: ClientId(row.get(1)?),
        client: row::line(row, 2)?,
        name: row::line(row, 3)?,
        kind: row::line(row, 4)?,
        user: row::line(row, 5)?,
        site: row::line(row, 6)?,
        email: row::line(row, 7)?,
        phone: row::line(row, 8)?,
        important: row.get(9)?,
        inactive: row.get(10)?,
        open_tickets: row::unsigned(row, 11)?,
        stopped: row.get(12)?,
        unreadable: row.get(13)?,
    })
}
