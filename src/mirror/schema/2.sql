-- What the instances of one profile tell each other: one row.
CREATE TABLE shared (
    -- How often rows of each kind were written.
    tickets INTEGER NOT NULL DEFAULT 0,
    clients INTEGER NOT NULL DEFAULT 0,
    people INTEGER NOT NULL DEFAULT 0,
    lookups INTEGER NOT NULL DEFAULT 0,
    conversations INTEGER NOT NULL DEFAULT 0,
    -- What the refreshing instance tells of itself.
    standing TEXT NOT NULL DEFAULT ''
) STRICT;
INSERT INTO shared DEFAULT VALUES;

-- What they ask of the refreshing one: a row for each kind, 0 a refresh, 1 to fill the mirror up.
CREATE TABLE requests (
    kind INTEGER PRIMARY KEY,
    -- The number of the newest, and whether one that was not taken up yet is for everything.
    asked INTEGER NOT NULL DEFAULT 0,
    everything INTEGER NOT NULL DEFAULT 0,
    -- The newest that was taken up, the newest that was answered, and what kept it from succeeding.
    taken INTEGER NOT NULL DEFAULT 0,
    answered INTEGER NOT NULL DEFAULT 0,
    failure TEXT
) STRICT;
INSERT INTO requests(kind) VALUES (0), (1);
