//! A client in the round: read from the client's row, what was read singly, and what indexes tell of its tickets.

use jiff::Timestamp;
use rusqlite::OptionalExtension;

use super::{Mirror, Reader, StoreError, row};
use crate::{
    domain::{
        Batch, ClientDetails, ClientId, ClientOverview, ContactRow, ContractRecord, ContractRow, Contracts, Failure, SiteId,
        TicketId, Touch, UserId,
    },
    mirror::Pass,
    text::SafeText,
};

/// Weeks that are told.
const WEEKS: i64 = 26;
/// A week in milliseconds.
const WEEK: i64 = 7 * 24 * 3_600_000;
/// Tickets whose last touch is told.
const TOUCHES: i64 = 5;
/// Contacts that are told beside the main one.
const CONTACTS: i64 = 3;

impl Reader {
    /// A client with what belongs to it; `None` where there is no such client.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub fn client_overview(&self, id: ClientId, now: Timestamp) -> Result<Option<ClientOverview>, StoreError> {
        let Some(client) = self.client(id)? else { return Ok(None) };
        let mut statement = self.conn.prepare_cached(
            "SELECT c.toplevel_name, c.reference, coalesce(a.name, ''), c.phone, c.main_site_id, coalesce(s.name, ''), s.phone \
             FROM clients AS c LEFT JOIN agents AS a ON a.id = c.account_manager AND a.id > 1 \
             LEFT JOIN sites AS s ON s.id = c.main_site_id WHERE c.id = ?",
        )?;
        let mut overview = statement.query_row([id.0], |row| {
            let site = (SiteId(row.get(4)?), row::line(row, 5)?);
            let of_site: Option<String> = row.get(6)?;
            let phone = row::line(row, 3)?;
            Ok(ClientOverview {
                group: row::line(row, 0)?,
                reference: row::line(row, 1)?,
                manager: row::line(row, 2)?,
                phone: if phone.is_empty() { SafeText::line(&of_site.unwrap_or_default()) } else { phone },
                main_site: Some(site).filter(|(_, name)| !name.is_empty()),
                client,
                ..ClientOverview::default()
            })
        })?;
        let count = |table: &str| -> Result<u64, StoreError> {
            let sql = format!("SELECT count(*) FROM {table} WHERE client_id = ? AND inactive = 0");
            Ok(self.conn.prepare_cached(&sql)?.query_row([id.0], |row| row::unsigned(row, 0))?)
        };
        (overview.sites, overview.users, overview.assets) = (count("sites")?, count("users")?, count("assets")?);
        self.add_details(id, &mut overview)?;
        overview.weeks = self.weeks(id, now)?;
        overview.touches = self.touches(id)?;
        Ok(Some(overview))
    }

    /// Adds what the read of the single client brought, and whom to call.
    fn add_details(&self, id: ClientId, overview: &mut ClientOverview) -> Result<(), StoreError> {
        let mut statement =
            self.conn.prepare_cached("SELECT read_at, details, contracts FROM client_reads WHERE client_id = ?")?;
        let read = |row: &rusqlite::Row<'_>| Ok((row::time(row, 0)?, row.get::<_, String>(1)?, row.get::<_, Option<String>>(2)?));
        let stored = statement.query_row([id.0], read).optional()?;
        let (read_at, details, contracts) = stored.unwrap_or_default();
        // What an older program wrote differently is read anew with the client.
        let details: ClientDetails = serde_json::from_str(&details).unwrap_or_default();
        overview.read_at = read_at;
        overview.popups = details.popups.iter().map(crate::text::Untrusted::block).collect();
        overview.remarks = details.remarks.block();
        overview.website = details.website.line();
        overview.prepaid = details.prepaid;
        overview.contracts = match (read_at, contracts) {
            (None, _) => Contracts::Unread,
            (Some(_), None) => Contracts::Hidden,
            (Some(_), Some(json)) => Contracts::Known(contract_rows(&json)),
        };
        if let Some(contact) = details.main_contact {
            let known = self.contact(contact.user)?.unwrap_or_default();
            let or = |told: SafeText, known: SafeText| if told.is_empty() { known } else { told };
            overview.contacts.push(ContactRow {
                user: contact.user,
                main: true,
                name: or(contact.name.line(), known.name),
                phone: or(contact.phone.line(), known.phone),
                email: or(contact.email.line(), known.email),
            });
        }
        let mut important = self.conn.prepare_cached(
            "SELECT id, name, phone, email FROM users WHERE client_id = ?1 AND inactive = 0 AND important = 1 AND id <> ?2 \
             ORDER BY name_key, id LIMIT ?3",
        )?;
        let main = overview.contacts.first().map_or(0, |contact| contact.user.0);
        let rows = important.query_map((id.0, main, CONTACTS), contact)?;
        overview.contacts.extend(rows.collect::<Result<Vec<_>, _>>()?);
        Ok(())
    }

    fn contact(&self, user: UserId) -> Result<Option<ContactRow>, StoreError> {
        let mut statement = self.conn.prepare_cached("SELECT id, name, phone, email FROM users WHERE id = ?")?;
        Ok(statement.query_row([user.0], contact).optional()?)
    }

    /// How many tickets were opened in each of the last weeks, the one that ends now at the end.
    fn weeks(&self, id: ClientId, now: Timestamp) -> Result<Vec<u32>, StoreError> {
        let first = now.as_millisecond().saturating_sub(WEEK * WEEKS);
        let mut weeks: Vec<u32> = (0..WEEKS).map(|_| 0).collect();
        let mut statement = self
            .conn
            .prepare_cached("SELECT (opened - ?2) / ?3, count(*) FROM tickets WHERE client_id = ?1 AND opened > ?2 GROUP BY 1")?;
        let rows = statement.query_map((id.0, first, WEEK), |row| Ok((row.get::<_, i64>(0)?, row::small(row, 1)?)))?;
        for found in rows {
            let (week, n) = found?;
            // What was opened a moment ahead of this clock counts as of now.
            let week = usize::try_from(week.min(WEEKS - 1)).unwrap_or(0);
            if let Some(count) = weeks.get_mut(week) {
                *count += n;
            }
        }
        Ok(weeks)
    }

    /// What was done last on the tickets that changed last.
    fn touches(&self, id: ClientId) -> Result<Vec<Touch>, StoreError> {
        let mut tickets = self.conn.prepare_cached(
            "SELECT id, summary, updated_key FROM tickets WHERE client_id = ? ORDER BY updated_key DESC, id DESC LIMIT ?",
        )?;
        let mut action = self.conn.prepare_cached(
            "SELECT at, who, outcome FROM actions WHERE ticket_id = ? AND at IS NOT NULL ORDER BY at DESC, id DESC LIMIT 1",
        )?;
        let rows = tickets.query_map((id.0, TOUCHES), |row| {
            Ok(Touch { ticket: TicketId(row.get(0)?), summary: row::line(row, 1)?, at: row::time(row, 2)?, ..Touch::default() })
        })?;
        let mut touches = rows.collect::<Result<Vec<_>, _>>()?;
        for touch in &mut touches {
            let read = |row: &rusqlite::Row<'_>| Ok((row::time(row, 0)?, row::line(row, 1)?, row::line(row, 2)?));
            if let Some((at, who, what)) = action.query_row([touch.ticket.0], read).optional()? {
                (touch.at, touch.who, touch.what) = (at, who, what);
            }
        }
        touches.sort_by_key(|touch| std::cmp::Reverse(touch.at));
        Ok(touches)
    }

    /// When a client was read singly, where it was.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub fn client_read_at(&self, id: ClientId) -> Result<Option<Timestamp>, StoreError> {
        let mut statement = self.conn.prepare_cached("SELECT read_at FROM client_reads WHERE client_id = ?")?;
        Ok(statement.query_row([id.0], |row| row::time(row, 0)).optional()?.flatten())
    }
}

impl Mirror {
    /// Stores what the read of a single client brought, and its contracts; `None` for those where they may not be seen.
    ///
    /// # Errors
    ///
    /// As [`Self::write`].
    pub async fn set_client_details(
        &self,
        id: ClientId,
        details: ClientDetails,
        contracts: Option<Vec<ContractRecord>>,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let json = serde_json::to_string(&details).unwrap_or_default();
        let contracts = contracts.and_then(|contracts| serde_json::to_string(&contracts).ok());
        if details.record.id == id && !details.record.name.is_empty() {
            self.write(Batch::Clients(vec![details.record]), Pass::Any, now).await?;
        }
        let note = move |conn: &rusqlite::Connection| {
            let sql = "INSERT OR REPLACE INTO client_reads(client_id, read_at, details, contracts) VALUES (?, ?, ?, ?)";
            conn.prepare_cached(sql)?.execute((id.0, now.as_millisecond(), &json, &contracts)).map(drop)
        };
        self.lanes.write(move |reader| reader.note(note)).await
    }
}

fn contact(row: &rusqlite::Row<'_>) -> rusqlite::Result<ContactRow> {
    Ok(ContactRow {
        user: UserId(row.get(0)?),
        main: false,
        name: row::line(row, 1)?,
        phone: row::line(row, 2)?,
        email: row::line(row, 3)?,
    })
}

fn contract_rows(json: &str) -> Vec<ContractRow> {
    let stored: Vec<ContractRecord> = serde_json::from_str(json).unwrap_or_default();
    let row = |contract: ContractRecord| ContractRow {
        reference: contract.reference.line(),
        kind: contract.kind.line(),
        state: contract.state.line(),
        ends: contract.ends,
        expired: contract.expired,
        prepaid: contract.prepaid,
    };
    stored.into_iter().map(row).collect()
}
