"""Endpoints that say they are gone, or fail for days, are switched off, and it is said."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db.models import Q

from apps.webhooks import events
from apps.webhooks.models import Status, Subscription
from smartsteps.lib import clock

logger = logging.getLogger(__name__)
PATIENCE = timedelta(days=5)
GONE, FAILING = "gone", "failing"


def note(*, healthy: set[str], failing: set[str], gone: set[str]) -> None:
    """An endpoint fails from the first failure after it last took something."""
    rows = Subscription.objects.order_by()
    if healthy:
        rows.filter(pk__in=healthy, failing_since__isnull=False).update(failing_since=None)
    if failing:
        rows.filter(pk__in=failing, failing_since=None).update(failing_since=clock.now())
        _switch_off(Q(pk__in=failing - gone, failing_since__lt=clock.now() - PATIENCE), FAILING)
    if gone:
        _switch_off(Q(pk__in=gone), GONE)


def _switch_off(which: Q, reason: str) -> None:
    rows = Subscription.objects.filter(which, status=Status.ACTIVE).order_by("pk")
    for row in rows.select_for_update(of=("self",), no_key=True):
        row.status, row.disabled_reason = Status.DISABLED, reason
        row.save(update_fields=["status", "disabled_reason"])
        events.webhook_disabled(row, reason)
        logger.warning("webhook disabled", extra={"facts": {"webhook": row.pk, "reason": reason}})
