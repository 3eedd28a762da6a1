"""What becomes of conversations that nobody goes on with, and of those that are over."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.characters import turns
from apps.characters.models import Conversation, Status
from apps.safety.models import SafetyEvent, Surface
from smartsteps.lib import clock

KEEP_IDLE = timedelta(days=7)
KEEP_PAUSED = timedelta(days=30)  # as the person is told when they pause
KEEP_ABANDONED = timedelta(days=7)
KEEP_COMPLETED = timedelta(days=90)


def purge() -> tuple[int, int]:
    """How many were given up, and how many were deleted; their characters stay."""
    return _give_up(), _delete(Status.ABANDONED, KEEP_ABANDONED) + _delete(
        Status.COMPLETED, KEEP_COMPLETED
    )


@transaction.atomic
def _give_up() -> int:
    moment = clock.now()
    idle = Q(status=Status.ACTIVE, updated_at__lt=moment - KEEP_IDLE)
    paused = Q(status=Status.PAUSED, updated_at__lt=moment - KEEP_PAUSED)
    open_rows = Conversation.objects.filter(idle | paused)
    rows = list(open_rows.select_for_update(skip_locked=True, no_key=True))
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
