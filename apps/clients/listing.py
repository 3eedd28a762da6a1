"""The list of clients, searched or not."""

from __future__ import annotations

from django.db import connection
from django.db.models import QuerySet

from apps.accounts.actors import Actor
from apps.clients.models import Client

SHOWN = ("first_name", "last_name", "email", "created_at")
MANY = 2000
# PostgreSQL can't tell how rare a searched word is, and would rather read the newest clients one
# by one in the hope of soon meeting ten that match. So it may do that only when many are known to
# match, where it is good; of few, all are found first (materialized) and then sorted.
SOME = """
    WITH counted AS MATERIALIZED (SELECT count(*) AS total FROM ({found}) found)
    SELECT total, CASE
        WHEN total > %s THEN ARRAY(SELECT id FROM ({found}) found {newest})
        ELSE ARRAY(WITH found AS MATERIALIZED ({found}) SELECT id FROM found {newest})
    END FROM counted
"""
NEWEST = "ORDER BY created_at DESC, id DESC LIMIT %s OFFSET %s"


def page(*, by: Actor, text: str, page: int, limit: int) -> tuple[list[Client], int]:
    """The clients of one page, newest first, and how many there are in all."""
    found = Client.objects.visible_to(by)
    if text.strip():
        found = found.matching(text)
    start = (page - 1) * limit
    if not found.query.where:
        return list(found.only(*SHOWN)[start : start + limit]), found.count()
    total, ids = _some(found, limit, start)
    return list(Client.objects.filter(pk__in=ids).only(*SHOWN)), total


def _some(found: QuerySet[Client], limit: int, offset: int) -> tuple[int, list[str]]:
    query = found.order_by().values("id", "created_at").query
    sql, params = query.get_compiler(connection=connection, elide_empty=False).as_sql()
    with connection.cursor() as cursor:
        page = [*params, limit, offset]
        cursor.execute(SOME.format(found=sql, newest=NEWEST), [*params, MANY, *page, *page])
        total, ids = cursor.fetchone()
    return total, ids
