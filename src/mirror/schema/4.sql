-- How much there is, kept beside the rows: nobody counts a million of them to draw a header.
CREATE TABLE counts (what TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO counts(what, n)
    SELECT 'tickets', count(*) FROM tickets
    UNION ALL SELECT 'open', count(*) FROM tickets WHERE is_closed = 0
    UNION ALL SELECT 'clients', count(*) FROM clients;

CREATE TRIGGER ticket_came AFTER INSERT ON tickets BEGIN
    UPDATE counts SET n = n + 1 WHERE what = 'tickets' OR (what = 'open' AND NEW.is_closed = 0);
END;
CREATE TRIGGER ticket_went AFTER DELETE ON tickets BEGIN
    UPDATE counts SET n = n - 1 WHERE what = 'tickets' OR (what = 'open' AND OLD.is_closed = 0);
END;
CREATE TRIGGER ticket_turned AFTER UPDATE OF is_closed ON tickets WHEN NEW.is_closed <> OLD.is_closed BEGIN
    UPDATE counts SET n = n + OLD.is_closed - NEW.is_closed WHERE what = 'open';
END;
CREATE TRIGGER client_came AFTER INSERT ON clients BEGIN
    UPDATE counts SET n = n + 1 WHERE what = 'clients';
END;
CREATE TRIGGER client_went AFTER DELETE ON clients BEGIN
    UPDATE counts SET n = n - 1 WHERE what = 'clients';
END;

-- The words of the tickets stand in tables of their own for each so many numbers; which of these there are stands here.
DROP TABLE ticket_words;
CREATE TABLE word_shards (n INTEGER PRIMARY KEY) STRICT;
