"""Triggers that note each coming and going of a session, and a first count (see `tally`)."""

from __future__ import annotations

from django.db import migrations

# CREATE TRIGGER locks writers out until the commit, so nothing slips in before the count.
FORWARD = """
CREATE FUNCTION therapy_sessions_tally() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP IN ('UPDATE', 'DELETE') THEN
        INSERT INTO therapy_sessions_tallychange (day, status, change)
        VALUES ((OLD.scheduled_at AT TIME ZONE 'UTC')::date, OLD.status, -1);
    END IF;
    IF TG_OP IN ('UPDATE', 'INSERT') THEN
        INSERT INTO therapy_sessions_tallychange (day, status, change)
        VALUES ((NEW.scheduled_at AT TIME ZONE 'UTC')::date, NEW.status, 1);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER tally_come_and_gone AFTER INSERT OR DELETE ON therapy_sessions_session
    FOR EACH ROW EXECUTE FUNCTION therapy_sessions_tally();
CREATE TRIGGER tally_moved AFTER UPDATE ON therapy_sessions_session
    FOR EACH ROW WHEN ((OLD.scheduled_at, OLD.status) IS DISTINCT FROM (NEW.scheduled_at, NEW.status))
    EXECUTE FUNCTION therapy_sessions_tally();

INSERT INTO therapy_sessions_tallychange (day, status, change)
SELECT (scheduled_at AT TIME ZONE 'UTC')::date, status, count(*)
FROM therapy_sessions_session GROUP BY 1, 2;
"""
BACKWARD = """
DROP TRIGGER tally_moved ON therapy_sessions_session;
DROP TRIGGER tally_come_and_gone ON therapy_sessions_session;
DROP FUNCTION therapy_sessions_tally();
DELETE FROM therapy_sessions_tally;
DELETE FROM therapy_sessions_tallychange;
"""


class Migration(migrations.Migration):
    dependencies = [("therapy_sessions", "0002_tally_of_sessions")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
