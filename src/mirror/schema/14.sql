-- So many of the oldest actions are too many to be read.
ALTER TABLE conversations ADD COLUMN left_out INTEGER NOT NULL DEFAULT 0;
-- Whether an SLA leaves the time to the first response, or to the fix, untracked: its tickets then have no such target.
ALTER TABLE slas ADD COLUMN no_response INTEGER NOT NULL DEFAULT 0;
ALTER TABLE slas ADD COLUMN no_fix INTEGER NOT NULL DEFAULT 0;
-- They are read soon.
DELETE FROM meta WHERE key = 'lookups.read';
