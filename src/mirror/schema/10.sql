-- Whether a closed ticket's fix came in time: 1 or 0, NULL where no target counts or no date of closing is told.
ALTER TABLE tickets ADD COLUMN kept INTEGER GENERATED ALWAYS AS (
    CASE WHEN is_closed AND NOT excluded_from_sla AND closed IS NOT NULL AND fix_by IS NOT NULL THEN closed <= fix_by END
) VIRTUAL;
CREATE INDEX closed_by_closed ON tickets(closed, kept) WHERE is_closed = 1 AND closed IS NOT NULL;
-- All that the board counts of the open tickets, so that it never reads their rows.
CREATE INDEX open_for_board ON tickets(agent_id, agent_key, client_id, client_key, sla_id, due, pri_key, opened_key, on_hold, is_closed)
    WHERE is_closed = 0;
