-- Whether a status closes may not be known: the server then answers alike whether closing ones are asked for or not.
CREATE TABLE statuses_new (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    colour INTEGER,
    sequence INTEGER NOT NULL,
    holds_sla INTEGER NOT NULL,
    closed INTEGER,
    sort_key INTEGER NOT NULL
) STRICT;
INSERT INTO statuses_new (id, name, colour, sequence, holds_sla, closed, sort_key)
SELECT id, name, colour, sequence, holds_sla, closed, sort_key FROM statuses;
DROP TABLE statuses;
ALTER TABLE statuses_new RENAME TO statuses;
