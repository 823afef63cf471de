//! The columns of each register: what each shows, and whether the rows can be ordered by it.

use crate::{
    domain::{Register, RegisterKey, RegisterRow},
    text::SafeText,
    ui::layout::{Align, ColumnSpec},
};

/// A column.
#[derive(Debug)]
pub(super) struct Column {
    /// Its title and how much room it wants.
    pub(super) spec: ColumnSpec,
    /// What stands in its cell; `None` for the number of open tickets.
    pub(super) cell: Option<fn(&RegisterRow) -> &SafeText>,
    /// What its head orders the rows by.
    pub(super) key: Option<RegisterKey>,
}

impl Column {
    /// What comes first, and what the other way round.
    pub(super) fn words(&self) -> (&'static str, &'static str) {
        if self.key == Some(RegisterKey::Open) {
            ("the most open tickets first", "the fewest open tickets first")
        } else {
            ("from A", "from Z")
        }
    }

    const fn by(self, key: RegisterKey) -> Self {
        Self { key: Some(key), ..self }
    }
}

const fn column(title: &'static str, cell: fn(&RegisterRow) -> &SafeText, min: u16, ideal: u16, priority: u8) -> Column {
    let spec = ColumnSpec { title, min, ideal, priority, align: Align::Left, grow: 1 };
    Column { spec, cell: Some(cell), key: None }
}

/// The client of a row: left out where all are one's.
const fn client(ideal: u16, priority: u8) -> Column {
    column("Client", |row| &row.client, 10, ideal, priority).by(RegisterKey::Client)
}

const OPEN: Column = Column {
    spec: ColumnSpec { title: "Open", min: 5, ideal: 5, priority: 1, align: Align::Right, grow: 0 },
    cell: None,
    key: Some(RegisterKey::Open),
};

const CLIENT_COLUMNS: &[Column] = &[column("Client", |row| &row.name, 12, 24, 0).by(RegisterKey::Name), OPEN];

const SITE_COLUMNS: &[Column] = &[
    column("Site", |row| &row.name, 12, 24, 0).by(RegisterKey::Name),
    client(24, 2),
    column("Phone", |row| &row.phone, 16, 18, 3),
    OPEN,
];

const USER_COLUMNS: &[Column] = &[
    column("User", |row| &row.name, 12, 22, 0).by(RegisterKey::Name),
    client(20, 2),
    column("Phone", |row| &row.phone, 16, 18, 3),
    column("Mail", |row| &row.email, 12, 24, 4),
    column("Site", |row| &row.site, 8, 14, 5).by(RegisterKey::Site),
    OPEN,
];

const ASSET_COLUMNS: &[Column] = &[
    column("Asset", |row| &row.name, 10, 16, 0).by(RegisterKey::Name),
    column("Kind", |row| &row.kind, 8, 14, 2).by(RegisterKey::Kind),
    column("User", |row| &row.user, 10, 20, 3).by(RegisterKey::User),
    client(20, 4),
    column("Site", |row| &row.site, 8, 14, 5).by(RegisterKey::Site),
    OPEN,
];

/// The columns of a register; its client is told unless all rows are one's.
pub(super) fn told(register: Register, of_one_client: bool) -> Vec<&'static Column> {
    let columns = match register {
        Register::Clients => CLIENT_COLUMNS,
        Register::Sites => SITE_COLUMNS,
        Register::Users => USER_COLUMNS,
        Register::Assets => ASSET_COLUMNS,
    };
    columns.iter().filter(|column| !of_one_client || column.key != Some(RegisterKey::Client)).collect()
}
