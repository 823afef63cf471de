-- What the instances of one profile tell each other: one row.
CREATE TABLE shared (
    -- How often rows of each kind were written.
    tickets INTEGER NOT NULL DEFAULT 0,
    clients INTEGER NOT NULL DEFAULT 0,
    people INTEGER NOT NULL DEFAULT 0,
    lookups INTEGER NOT NULL DEFAULT 0,
    conversations INTEGER NOT NULL DEFAULT 0,
    -- The number of the newest request for a refresh, and whether one that was not taken up yet is for everything.
    asked INTEGER NOT NULL DEFAULT 0,
    everything INTEGER NOT NULL DEFAULT 0,
    -- The newest request that the refreshing instance took up, the newest that it answered, and what kept it from succeeding.
    taken INTEGER NOT NULL DEFAULT 0,
    answered INTEGER NOT NULL DEFAULT 0,
    failure TEXT,
    -- What the refreshing instance tells of itself.
    standing TEXT NOT NULL DEFAULT ''
) STRICT;
INSERT INTO shared DEFAULT VALUES;
