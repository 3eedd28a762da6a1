"""The list of sessions: PostgreSQL writes the JSON, since rows need no decryption."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from apps.accounts.actors import Actor
from apps.sessions.models import Session, Status
from smartsteps.lib.clock import iso
from smartsteps.wire.paging import pagination

FIELDS = (
    "id",
    "client_id",
    "persona_id",
    "status",
    "scheduled_at",
    "started_at",
    "ended_at",
    "duration_minutes",
)


def page(
    *, by: Actor, client_id: str | None, statuses: list[str] | None, page: int, limit: int
) -> dict[str, Any]:
    """One page, newest first; a page past the end is empty."""
    found = _found(by, client_id, statuses)
    start = (page - 1) * limit
    rows = found.values(*FIELDS)[start : start + limit]
    return {
        "sessions": [_row(row) for row in rows],
        "pagination": pagination(found.count(), page, limit),
    }


def _found(by: Actor, client_id: str | None, statuses: list[str] | None) -> QuerySet[Session]:
    sessions = Session.objects.visible_to(by).order_by("-scheduled_at", "-id")
    if client_id is not None:
        sessions = sessions.filter(client_id=client_id)
    if statuses is not None:
        sessions = sessions.filter(status__in=statuses)
    return sessions


def _row(row: dict[str, Any]) -> dict[str, Any]:
    """As in the spec's example: when it is to be, or, once begun, when it was."""
    begun = row["status"] in (Status.ACTIVE, Status.COMPLETED)
    names = ("started_at", "ended_at") if begun else ("scheduled_at",)
    times = {name: iso(row[name]) for name in names if row[name]}
    return {
        "session_id": row["id"],
        "client_id": row["client_id"],
        "persona_id": row["persona_id"],
        "status": row["status"],
        **times,
        "duration_minutes": row["duration_minutes"],
    }
