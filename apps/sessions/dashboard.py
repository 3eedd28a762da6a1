"""What a clinician should see first: today, what runs, what waits, and what went wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.jobs.models import State
from apps.sessions.models import WITH_NAMES, Reply, Session, Status
from apps.webhooks.models import Status as WebhookStatus
from apps.webhooks.models import Subscription
from smartsteps.lib import clock

SHOWN = 25  # of each list; the rest is a link away
FAILED_WITHIN = timedelta(days=7)


@dataclass(frozen=True)
class Panel:
    """`total` counts what there is, of which `rows` are the first."""

    rows: list[Any]
    total: int

    @property
    def more(self) -> int:
        return self.total - len(self.rows)


@dataclass(frozen=True)
class Dashboard:
    active: Panel
    waiting: Panel
    today: Panel
    failed: Panel
    silent: list[Subscription]


def of(actor: Actor) -> Dashboard:
    """Seven queries, however many clients there are."""
    wanted = _conditions(clock.now())
    sessions = Session.objects.visible_to(actor)
    # The condition on the whole lets the indexes find the few rows that any list needs.
    any_of_them = reduce(or_, wanted.values())
    counts = {name: Count("pk", filter=which) for name, which in wanted.items()}
    totals = sessions.filter(any_of_them).aggregate(**counts)
    failed = _failed(actor)
    return Dashboard(
        failed=Panel(list(failed[:SHOWN]), failed.count()),
        silent=list(Subscription.objects.visible_to(actor).filter(status=WebhookStatus.DISABLED)),
        **{
            name: Panel(_first(sessions, which) if totals[name] else [], totals[name])
            for name, which in wanted.items()
        },
    )


def _conditions(moment: datetime) -> dict[str, Q]:
    """Today is the reader's; a session that should have begun waits."""
    midnight = timezone.localtime(moment).replace(hour=0, minute=0, second=0, microsecond=0)
    today = Q(scheduled_at__gte=midnight, scheduled_at__lt=midnight + timedelta(days=1))
    return {
        "active": Q(status=Status.ACTIVE),
        "waiting": Q(status=Status.SCHEDULED, scheduled_at__lte=moment),
        "today": today,
    }


def _first(sessions: Any, which: Q) -> list[Session]:
    rows = sessions.filter(which).select_related(*WITH_NAMES)
    return list(rows.order_by("scheduled_at", "pk")[:SHOWN])


def _failed(actor: Actor) -> Any:
    """Messages that a persona gave up answering, newest first."""
    since = clock.now() - FAILED_WITHIN
    replies = Reply.objects.filter(state=State.FAILED, finished_at__gte=since)
    mine = replies.filter(session__in=Session.objects.visible_to(actor))
    return mine.select_related("session__client").order_by("-finished_at", "-pk")
