"""Databases full of sessions: `<database>_1000` and so on, kept from run to run.

`python -m benchmarks.data 1000000` fills the one in DATABASE_URL; `database_of(1000000)` makes it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

import django
import psycopg
from psycopg import sql

from benchmarks.harness import REPO, database_name

CARED_FOR = 50  # clients of the one clinician, each with 20 sessions, in every database
SESSIONS_PER_CLIENT = 20

CLIENTS = """
    INSERT INTO clients_client (id, first_name, last_name, email, phone, metadata, search_tokens,
                                created_at, created_by, updated_at)
    SELECT 'cbench' || n, '\\x01', '\\x01', '\\x01', '\\x01', '\\x01', '{}', now(), 'bench', now()
    FROM generate_series(1, %(clients)s) n
"""
CARE = """
    INSERT INTO clients_careassignment (client_id, carer_id)
    SELECT 'cbench' || n, %(carer)s FROM generate_series(1, %(cared_for)s) n
"""
# Over three years and the days to come; the client whose turn it is has nothing to do with when.
SESSIONS = """
    INSERT INTO therapy_sessions_session (
        id, client_id, persona_id, status, scheduled_at, started_at, ended_at, duration_minutes,
        goals, metadata, insights, message_count, created_at, created_by, updated_at)
    SELECT 's' || substr(md5(n::text), 1, 16), 'cbench' || 1 + n %% %(clients)s, 'bench', status,
           at, CASE WHEN status IN ('active', 'completed') THEN at END,
           CASE WHEN status = 'completed' THEN at + interval '45 minutes' END, 45,
           blob, blob, blob, 0, at, 'bench', at
    FROM (
        SELECT n, decode(repeat('01', 60), 'hex') AS blob,
               timestamptz '2026-12-01 00:00Z'
                   - make_interval(secs => floor(n * (3.0 * 365 * 86400) / %(sessions)s)) AS at,
               CASE WHEN n * 7919 %% 1000 = 0 THEN 'active' WHEN n * 7919 %% 10 = 1 THEN 'cancelled'
                    WHEN n * 7919 %% 10 = 2 THEN 'scheduled' ELSE 'completed' END AS status
        FROM generate_series(1::bigint, %(sessions)s) n
    ) made
"""


def _url(name: str) -> str:
    return os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{name}"


def made(suffix: str, *fill: str) -> str:
    """The URL of `<database>_<suffix>`; at the first call `python -m <fill>` fills it."""
    name = f"{database_name(os.environ['DATABASE_URL'])}_{suffix}"
    environment = {**os.environ, "DATABASE_URL": _url(name)}
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        new = known.fetchone() is None
        if new:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    for step in [["manage.py", "migrate", "-v0"], *([["-m", *fill]] if new and fill else [])]:
        subprocess.run([sys.executable, *step], cwd=REPO, env=environment, check=True)
    return environment["DATABASE_URL"]


def database_of(sessions: int) -> str:
    return made(str(sessions), "benchmarks.data", str(sessions))


def fill(sessions: int) -> None:
    django.setup()
    from apps.accounts.services import create_user  # noqa: PLC0415  # needs django.setup()
    from apps.sessions.tally import fold  # noqa: PLC0415
    from tests.factories import persona  # noqa: PLC0415

    for name, role in (("boss", "admin"), ("carer", "clinician")):
        create_user(username=name, email=f"{name}@bench.test", role=role, password=None)
    persona("bench")
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        carer = connection.execute("SELECT id FROM accounts_user WHERE username = 'carer'")
        row = carer.fetchone()
        assert row
        facts = {
            "sessions": sessions,
            "clients": sessions // SESSIONS_PER_CLIENT,
            "cared_for": CARED_FOR,
            "carer": row[0],
        }
        for statement in (CLIENTS, CARE, SESSIONS):
            connection.execute(statement, facts)
        fold()
        connection.execute("VACUUM ANALYZE")


def _printed(url: str, code: str) -> str:
    """The last line that `code` prints, run in the project with the database `url`."""
    shell = [sys.executable, "manage.py", "shell", "-v0", "-c", code]
    environment = {**os.environ, "DATABASE_URL": url}
    made = subprocess.run(
        shell, cwd=REPO, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return made.stdout.strip().splitlines()[-1]


def token(url: str, username: str) -> str:
    """An access token of a user in the database `url`."""
    return _printed(
        url,
        "from apps.accounts import models, services;"
        f"u = models.User.objects.get(username={username!r});"
        "print(services.open_login(user=u).token)",
    )


def players(url: str, count: int) -> list[dict[str, str]]:
    """New clients' logins: `id` and `token` of each."""
    printed = _printed(
        url,
        "import json; from apps.accounts import services; from smartsteps.lib.ids import new_id;"
        "names = [new_id('p') for _ in range(" + str(count) + ")];"
        "made = [services.create_user(username=name, email=name + '@bench.test', role='client',"
        " password=None) for name in names];"
        "print(json.dumps([{'id': one.pk, 'token': services.open_login(user=one).token}"
        " for one in made]))",
    )
    found: list[dict[str, str]] = json.loads(printed)
    return found


def active_session(url: str, username: str) -> str:
    """The id of a new session, begun, of a client whom the user cares for."""
    return _printed(
        url,
        "from apps.accounts import actors, models; from apps.sessions import services;"
        f"by = actors.for_user(models.User.objects.get(username={username!r}));"
        "made = services.create_session(client_id='cbench1', persona_id='bench',"
        " duration_minutes=45, by=by);"
        "print(services.start_session(made.pk, by=by).pk)",
    )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smartsteps.settings")
    fill(int(sys.argv[1]))
