-- Strings are as the server sent them, times are milliseconds since 1970, flags are 0 or 1, colours are 0xrrggbb.
-- Columns named *_key hold folded words for ordering and matching; they follow from the other columns and the lookup tables.

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- How often something was written: one row, one number. What was counted before holds as long as it stays.
CREATE TABLE writes (n INTEGER NOT NULL) STRICT;
INSERT INTO writes(n) VALUES (1);

CREATE TABLE tickets (
    id INTEGER PRIMARY KEY,
    summary TEXT NOT NULL,
    client_id INTEGER NOT NULL,
    client_name TEXT NOT NULL,
    site_id INTEGER NOT NULL,
    site_name TEXT NOT NULL,
    user_id INTEGER NOT NULL,
    user_name TEXT NOT NULL,
    agent_id INTEGER NOT NULL,
    team_id INTEGER NOT NULL,
    team_name TEXT NOT NULL,
    status_id INTEGER NOT NULL,
    priority_id INTEGER NOT NULL,
    sla_id INTEGER NOT NULL,
    ticket_type_id INTEGER NOT NULL,
    category TEXT NOT NULL,
    opened INTEGER,
    closed INTEGER,
    last_action INTEGER,
    last_update INTEGER,
    respond_by INTEGER,
    responded INTEGER,
    fix_by INTEGER,
    on_hold INTEGER NOT NULL,
    excluded_from_sla INTEGER NOT NULL,
    vip INTEGER NOT NULL,
    attachments INTEGER NOT NULL,
    unreadable TEXT,
    -- The pass that brought the row: 0 any, 1 open tickets only, 2 closed tickets only.
    pass INTEGER NOT NULL,
    is_closed INTEGER NOT NULL,
    summary_key TEXT NOT NULL,
    client_key TEXT NOT NULL,
    site_key TEXT NOT NULL,
    user_key TEXT NOT NULL,
    agent_key TEXT NOT NULL,
    team_key TEXT NOT NULL,
    type_key TEXT NOT NULL,
    status_key INTEGER NOT NULL,
    pri_key INTEGER GENERATED ALWAYS AS (CASE WHEN priority_id > 0 THEN priority_id ELSE 9223372036854775807 END) VIRTUAL,
    opened_key INTEGER GENERATED ALWAYS AS (coalesce(opened, 0)) VIRTUAL,
    updated_key INTEGER GENERATED ALWAYS AS (coalesce(last_update, last_action, opened, 0)) VIRTUAL,
    -- The next unmet SLA target; the greatest number where none is.
    due INTEGER GENERATED ALWAYS AS (
        CASE
            WHEN is_closed OR on_hold OR excluded_from_sla THEN 9223372036854775807
            ELSE min(
                CASE WHEN responded IS NULL THEN coalesce(respond_by, 9223372036854775807) ELSE 9223372036854775807 END,
                coalesce(fix_by, 9223372036854775807)
            )
        END
    ) VIRTUAL
) STRICT;

-- One index for each order on offer, over all tickets and over the few that are open; the id follows in every index.
CREATE INDEX tickets_by_client_key ON tickets(client_key);
CREATE INDEX open_by_client_key ON tickets(client_key) WHERE is_closed = 0;
CREATE INDEX tickets_by_site_key ON tickets(site_key);
CREATE INDEX open_by_site_key ON tickets(site_key) WHERE is_closed = 0;
CREATE INDEX tickets_by_user_key ON tickets(user_key);
CREATE INDEX open_by_user_key ON tickets(user_key) WHERE is_closed = 0;
CREATE INDEX tickets_by_agent_key ON tickets(agent_key);
CREATE INDEX open_by_agent_key ON tickets(agent_key) WHERE is_closed = 0;
CREATE INDEX tickets_by_team_key ON tickets(team_key);
CREATE INDEX open_by_team_key ON tickets(team_key) WHERE is_closed = 0;
CREATE INDEX tickets_by_status_key ON tickets(status_key);
CREATE INDEX open_by_status_key ON tickets(status_key) WHERE is_closed = 0;
CREATE INDEX tickets_by_pri_key ON tickets(pri_key);
CREATE INDEX open_by_pri_key ON tickets(pri_key) WHERE is_closed = 0;
CREATE INDEX tickets_by_type_key ON tickets(type_key);
CREATE INDEX open_by_type_key ON tickets(type_key) WHERE is_closed = 0;
CREATE INDEX tickets_by_due ON tickets(due);
CREATE INDEX open_by_due ON tickets(due) WHERE is_closed = 0;
CREATE INDEX tickets_by_opened_key ON tickets(opened_key);
CREATE INDEX open_by_opened_key ON tickets(opened_key) WHERE is_closed = 0;
CREATE INDEX tickets_by_updated_key ON tickets(updated_key);
CREATE INDEX open_by_updated_key ON tickets(updated_key) WHERE is_closed = 0;
CREATE INDEX open_by_id ON tickets(id) WHERE is_closed = 0;
CREATE INDEX tickets_by_client ON tickets(client_id, updated_key);
CREATE INDEX open_by_client ON tickets(client_id, updated_key) WHERE is_closed = 0;
CREATE INDEX open_by_agent ON tickets(agent_id, updated_key) WHERE is_closed = 0;

-- Bodies stand apart: a list never reads them. The HTML comes with single reads only; html_at and html_for say when it came and
-- for which last_update.
CREATE TABLE ticket_text (
    ticket_id INTEGER PRIMARY KEY,
    details TEXT NOT NULL,
    details_html TEXT,
    html_at INTEGER,
    html_for INTEGER
) STRICT;

-- The index holds no text of its own; rowid is the ticket's id, the columns are the *_key columns of tickets.
CREATE VIRTUAL TABLE ticket_words USING fts5(
    number, summary, client, user, agent,
    content = '', contentless_delete = 1, prefix = '1 2',
    tokenize = "unicode61 remove_diacritics 2 categories 'L* N* M* Co'"
);

CREATE TABLE actions (
    row INTEGER PRIMARY KEY,
    ticket_id INTEGER NOT NULL,
    id INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    who TEXT NOT NULL,
    agent_id INTEGER NOT NULL,
    at INTEGER,
    note TEXT NOT NULL,
    note_html TEXT,
    private INTEGER NOT NULL,
    important INTEGER NOT NULL,
    system INTEGER NOT NULL,
    hours REAL NOT NULL,
    new_status INTEGER,
    email_direction TEXT,
    attachments INTEGER NOT NULL,
    unreadable TEXT,
    UNIQUE (ticket_id, id)
) STRICT;

-- When a ticket's conversation was read, and for which last action.
CREATE TABLE conversations (
    ticket_id INTEGER PRIMARY KEY,
    fetched_at INTEGER NOT NULL,
    for_last_action INTEGER
) STRICT;

-- What was looked at here, and how new it was then.
CREATE TABLE seen (ticket_id INTEGER PRIMARY KEY, updated INTEGER NOT NULL) STRICT;

CREATE TABLE clients (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    toplevel_name TEXT NOT NULL,
    inactive INTEGER NOT NULL,
    vip INTEGER NOT NULL,
    stopped INTEGER NOT NULL,
    colour INTEGER,
    account_manager INTEGER NOT NULL,
    main_site_id INTEGER NOT NULL,
    phone TEXT NOT NULL,
    reference TEXT NOT NULL,
    unreadable TEXT,
    name_key TEXT NOT NULL
) STRICT;
CREATE INDEX clients_by_name_key ON clients(name_key);

CREATE TABLE sites (
    id INTEGER PRIMARY KEY,
    client_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    phone TEXT NOT NULL,
    inactive INTEGER NOT NULL
) STRICT;
CREATE INDEX sites_by_client ON sites(client_id);

CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    client_id INTEGER NOT NULL,
    site_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    phone TEXT NOT NULL,
    important INTEGER NOT NULL,
    inactive INTEGER NOT NULL
) STRICT;
CREATE INDEX users_by_client ON users(client_id);

CREATE TABLE assets (
    id INTEGER PRIMARY KEY,
    client_id INTEGER NOT NULL,
    site_id INTEGER NOT NULL,
    tag TEXT NOT NULL,
    kind TEXT NOT NULL,
    username TEXT NOT NULL,
    inactive INTEGER NOT NULL
) STRICT;
CREATE INDEX assets_by_client ON assets(client_id);

CREATE TABLE statuses (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    colour INTEGER,
    sequence INTEGER NOT NULL,
    holds_sla INTEGER NOT NULL,
    closed INTEGER NOT NULL,
    sort_key INTEGER NOT NULL
) STRICT;

CREATE TABLE priorities (
    sla_id INTEGER NOT NULL,
    id INTEGER NOT NULL,
    name TEXT NOT NULL,
    colour INTEGER,
    hidden INTEGER NOT NULL,
    PRIMARY KEY (sla_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE teams (id INTEGER PRIMARY KEY, name TEXT NOT NULL, inactive INTEGER NOT NULL, name_key TEXT NOT NULL) STRICT;
CREATE TABLE ticket_types (id INTEGER PRIMARY KEY, name TEXT NOT NULL, name_key TEXT NOT NULL) STRICT;
CREATE TABLE slas (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;

CREATE TABLE agents (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    initials TEXT NOT NULL,
    colour INTEGER,
    disabled INTEGER NOT NULL,
    api INTEGER NOT NULL,
    team TEXT NOT NULL,
    name_key TEXT NOT NULL
) STRICT;
