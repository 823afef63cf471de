-- The target that counts: the response until there was one, then the fix; the greatest number where none does.
DROP INDEX tickets_by_due;
DROP INDEX open_by_due;
ALTER TABLE tickets DROP COLUMN due;
ALTER TABLE tickets ADD COLUMN due INTEGER GENERATED ALWAYS AS (
    CASE
        WHEN is_closed OR on_hold OR excluded_from_sla THEN 9223372036854775807
        WHEN responded IS NULL AND respond_by IS NOT NULL THEN respond_by
        ELSE coalesce(fix_by, 9223372036854775807)
    END
) VIRTUAL;
CREATE INDEX tickets_by_due ON tickets(due);
CREATE INDEX open_by_due ON tickets(due) WHERE is_closed = 0;

-- How long the targets may take, in minutes: a day of 24 hours stands for a working day where *_in_days says so.
ALTER TABLE priorities ADD COLUMN respond INTEGER;
ALTER TABLE priorities ADD COLUMN respond_in_days INTEGER NOT NULL DEFAULT 0;
ALTER TABLE priorities ADD COLUMN fix INTEGER;
ALTER TABLE priorities ADD COLUMN fix_in_days INTEGER NOT NULL DEFAULT 0;
ALTER TABLE slas ADD COLUMN workday_id INTEGER NOT NULL DEFAULT 0;
-- Working hours, as JSON: they are few, and always read whole.
CREATE TABLE workdays (id INTEGER PRIMARY KEY, hours TEXT NOT NULL) STRICT;
-- They are read soon.
DELETE FROM meta WHERE key = 'lookups.read';

-- What was seen of a ticket when it was looked at, as JSON; empty where an older program noted only that it was.
ALTER TABLE seen ADD COLUMN fields TEXT NOT NULL DEFAULT '';
