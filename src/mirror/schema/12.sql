-- How Halo shows a list: its column profile, when that was read, and the columns in their order. `sorted` counts from 1 where the
-- rows go by the column; names are Halo's own.
ALTER TABLE view_lists ADD COLUMN columns_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE view_lists ADD COLUMN columns_at INTEGER;
CREATE TABLE view_list_columns (
    list_id INTEGER NOT NULL,
    place INTEGER NOT NULL,
    name TEXT NOT NULL,
    sorted INTEGER NOT NULL,
    descending INTEGER NOT NULL,
    PRIMARY KEY (list_id, place)
) STRICT, WITHOUT ROWID;
-- When a ticket was closed: 0 where that is not told, below it where the ticket is open. One index serves this order and the board,
-- and is no larger than the one of closed tickets was.
ALTER TABLE tickets ADD COLUMN closed_key INTEGER GENERATED ALWAYS AS (CASE WHEN is_closed THEN max(coalesce(closed, 0), 0) ELSE -1 END) VIRTUAL;
DROP INDEX closed_by_closed;
CREATE INDEX tickets_by_closed ON tickets(closed_key, kept);
