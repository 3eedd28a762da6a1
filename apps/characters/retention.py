"""What becomes of conversations that nobody goes on with, and of those that are over."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from apps.characters import turns
from apps.characters.models import OPEN, Conversation, Status
from apps.safety.models import SafetyEvent, Surface
from smartsteps.lib import clock

INACTIVE_FOR = timedelta(hours=24)
KEEP_ABANDONED = timedelta(days=7)
KEEP_COMPLETED = timedelta(days=90)


def purge() -> tuple[int, int]:
    """How many were given up, and how many were deleted; their characters stay."""
    return _give_up(), _delete(Status.ABANDONED, KEEP_ABANDONED) + _delete(
        Status.COMPLETED, KEEP_COMPLETED
    )


@transaction.atomic
def _give_up() -> int:
    idle = Conversation.objects.filter(
        status__in=OPEN, updated_at__lt=clock.now() - INACTIVE_FOR
    ).select_for_update(skip_locked=True, no_key=True)
    rows = list(idle)
    for row in rows:
        turns.move(row, Status.ABANDONED)
        row.save(update_fields=["status", "ended_at"])
    return len(rows)


@transaction.atomic
def _delete(status: Status, keep: timedelta) -> int:
    old = _without_open_event(
        Conversation.objects.filter(status=status, ended_at__lt=clock.now() - keep)
    )
    rows = list(old)
    for row in rows:
        turns.forget(row)
    return len(rows)


def _without_open_event(rows: QuerySet[Conversation]) -> QuerySet[Conversation]:
    """While staff still look into a danger, they need the words."""
    events = SafetyEvent.objects.open().filter(
        surface=Surface.CONVERSATION, subject_id=OuterRef("pk")
    )
    return rows.exclude(Exists(events))
