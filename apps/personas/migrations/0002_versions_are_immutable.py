from __future__ import annotations

from django.db import migrations

CREATE = """
CREATE FUNCTION personas_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A published persona version is never changed or deleted'
        USING ERRCODE = 'restrict_violation';
END;
$$;
CREATE TRIGGER personas_version_is_immutable
    BEFORE UPDATE OR DELETE ON personas_personaversion
    FOR EACH ROW EXECUTE FUNCTION personas_refuse_change();
"""
DROP = """
DROP TRIGGER personas_version_is_immutable ON personas_personaversion;
DROP FUNCTION personas_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("personas", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, DROP)]
