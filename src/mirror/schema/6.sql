-- Lists that are kept in Halo, and which tickets each has, as far as it was read.
CREATE TABLE view_lists (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    read_at INTEGER
) STRICT;
CREATE TABLE view_list_tickets (
    list_id INTEGER NOT NULL,
    ticket_id INTEGER NOT NULL,
    PRIMARY KEY (list_id, ticket_id)
) STRICT, WITHOUT ROWID;
