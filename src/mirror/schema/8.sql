-- Which tickets were read singly, and as new as what: lists of actions bring conversations, but not what hangs on a ticket.
CREATE TABLE single_reads (ticket_id INTEGER PRIMARY KEY, for_last_update INTEGER NOT NULL) STRICT;
