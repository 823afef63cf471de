-- What hangs on a ticket, as JSON: only single reads bring it, and only the preview shows it.
CREATE TABLE ticket_extras (ticket_id INTEGER PRIMARY KEY, extras TEXT NOT NULL) STRICT;
