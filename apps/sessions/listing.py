"""The list of sessions: PostgreSQL writes the JSON, since rows need no decryption.

One query gives page and total of the same moment. Who sees some clients' sessions only has
them counted in an index; who sees all has the total, and the place of a far page, from `tally`.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from django.db import connection

from apps.accounts.actors import Actor
from apps.sessions import tally
from apps.sessions.models import Session, Status
from smartsteps.lib.batch import Query, Rows
from smartsteps.wire.json import dumps
from smartsteps.wire.paging import pagination

NAMED = re.compile(r"%\((\w+)\)s")
FAR = 500  # rows that are skipped faster than their place is looked up

ISO = """replace(
    to_char(session.{0} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '.000Z', 'Z'
)"""
TIMES = {name: ISO.format(name) for name in ("scheduled_at", "started_at", "ended_at")}
# As in the spec's example: when it is to be, or, once begun, when it was.
PAGE = """
    WITH {counts}
    SELECT (SELECT total FROM tallied), coalesce(json_strip_nulls(json_agg(body)), '[]')::text
    FROM (
        SELECT id AS session_id, client_id, persona_id, status,
            CASE WHEN started_at IS NULL THEN {scheduled_at} END AS scheduled_at,
            {started_at} AS started_at, {ended_at} AS ended_at, duration_minutes
        FROM therapy_sessions_session session {which}
    ) body
"""
COUNT = "mine AS MATERIALIZED ({found}), tallied AS (SELECT count(*) AS total FROM mine)"
MINE = """
    JOIN (
        SELECT id FROM mine ORDER BY scheduled_at DESC, id DESC LIMIT %s OFFSET %s
    ) page USING (id)
    ORDER BY session.scheduled_at DESC, id DESC
"""
NEAR = """
    WHERE {of_status}
    ORDER BY session.scheduled_at DESC, id DESC LIMIT %(limit)s OFFSET %(offset)s
"""
# Rows that are only passed by are read in the index alone, and not written as JSON. With the limit
# in a subselect no value can change the plan, so PostgreSQL makes it once.
FAR_OFF = """
    WHERE id = ANY (ARRAY(
        SELECT id FROM therapy_sessions_session
        WHERE {of_status} AND scheduled_at < (SELECT before FROM place)
        ORDER BY scheduled_at DESC, id DESC
        LIMIT (SELECT %(limit)s::bigint) OFFSET (SELECT rest FROM place)
    ))
    ORDER BY session.scheduled_at DESC, id DESC
"""


def query(
    *, by: Actor, client_id: str | None, statuses: list[str] | None, page: int, limit: int
) -> Query:
    """For one row: the total, and one page as JSON, newest first; past the end it is empty."""
    offset = (page - 1) * limit
    found = _found(by, client_id, tuple(statuses) if statuses else None)
    if found is not None:
        return Query(_sql_of_some(found.sql), [*found.values, limit, offset])
    return _of_all(statuses, limit, offset)


def body(rows: Rows, *, page: int, limit: int) -> bytes:
    [(total, sessions)] = rows
    return b'{"sessions":%b,"pagination":%b}' % (
        sessions.encode(),
        dumps(pagination(total, page, limit)),
    )


@lru_cache(1024)
def _found(by: Actor, client_id: str | None, statuses: tuple[str, ...] | None) -> Query | None:
    """As the ORM writes it, once for all requests that ask the same; None means all sessions."""
    found = Session.objects.visible_to(by)
    if client_id is not None:
        found = found.filter(client_id=client_id)
    if not found.query.where:
        return None
    if statuses is not None:
        found = found.filter(status__in=statuses)
    query = found.order_by().values("id", "scheduled_at").query
    # Not elided: to see nothing is an empty page, by the same query.
    return Query(*query.get_compiler(connection=connection, elide_empty=False).as_sql())


@cache
def _sql_of_some(found: str) -> str:
    """There are as many as ways to ask, times ways in which somebody sees some only."""
    return PAGE.format(counts=COUNT.format(found=found), which=MINE, **TIMES)


def _of_all(statuses: list[str] | None, limit: int, offset: int) -> Query:
    """Planned for its values where it depends on them which index to walk along, and how far."""
    values = {"statuses": statuses or Status.values, "limit": limit, "offset": offset}
    far = offset > FAR
    sql, names = _sql_of_all(_of_status(statuses), far)
    return Query(sql, [values[name] for name in names], kept=far and statuses is None)


def _of_status(statuses: list[str] | None) -> str:
    if statuses is None:
        return "true"
    # Of one status only, PostgreSQL can read the newest rows from an index of their own.
    only_one = len(statuses) == 1
    return "status = (%(statuses)s::text[])[1]" if only_one else "status = ANY(%(statuses)s)"


@cache
def _sql_of_all(of_status: str, far: bool) -> tuple[str, list[str]]:
    """The text, and the names of its values in their order."""
    counts = f"{tally.TOTAL}, {tally.PLACE}" if far else tally.TOTAL
    which = (FAR_OFF if far else NEAR).format(of_status=of_status)
    sql = PAGE.format(counts=counts, which=which, **TIMES)
    return NAMED.sub("%s", sql), NAMED.findall(sql)
