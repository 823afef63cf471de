-- What sites, users and assets are found and ordered by: folded words, those of the name or tag first.
ALTER TABLE sites ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
ALTER TABLE assets ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
UPDATE sites SET name_key = folded(name || ' ' || phone);
UPDATE users SET name_key = folded(name || ' ' || email || ' ' || phone);
UPDATE assets SET name_key = folded(tag || ' ' || kind || ' ' || username);
DROP INDEX sites_by_client;
DROP INDEX users_by_client;
DROP INDEX assets_by_client;
CREATE INDEX sites_by_client ON sites(client_id, inactive, name_key);
CREATE INDEX users_by_client ON users(client_id, inactive, name_key);
CREATE INDEX assets_by_client ON assets(client_id, inactive, name_key);
CREATE INDEX sites_by_name_key ON sites(inactive, name_key);
CREATE INDEX users_by_name_key ON users(inactive, name_key);
CREATE INDEX assets_by_name_key ON assets(inactive, name_key);

-- How many tickets somebody or a place has open, and what a client's tickets come to, without looking at all of them.
CREATE INDEX open_by_user ON tickets(user_id) WHERE is_closed = 0;
CREATE INDEX open_by_site ON tickets(site_id) WHERE is_closed = 0;
CREATE INDEX open_by_client_due ON tickets(client_id, due, sla_id) WHERE is_closed = 0;
CREATE INDEX held_by_client ON tickets(client_id) WHERE is_closed = 0 AND on_hold = 1;
CREATE INDEX tickets_by_client_opened ON tickets(client_id, opened);

-- What only the read of a single client brings, as JSON, and when it was read; no contracts where they may not be seen.
CREATE TABLE client_reads (
    client_id INTEGER PRIMARY KEY,
    read_at INTEGER NOT NULL,
    details TEXT NOT NULL,
    contracts TEXT
) STRICT;

-- Which tickets are about an asset, as far as tickets were read singly.
CREATE TABLE ticket_assets (
    asset_id INTEGER NOT NULL,
    ticket_id INTEGER NOT NULL,
    tag_key TEXT NOT NULL,
    PRIMARY KEY (asset_id, ticket_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX assets_by_ticket ON ticket_assets(ticket_id);
INSERT OR IGNORE INTO ticket_assets(asset_id, ticket_id, tag_key)
    SELECT CAST(value ->> 'id' AS INTEGER), ticket_id, folded(coalesce(value ->> 'tag', ''))
    FROM ticket_extras, json_each(extras, '$.assets') WHERE json_valid(extras);
