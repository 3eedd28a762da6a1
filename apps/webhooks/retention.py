"""What becomes of old deliveries."""

from __future__ import annotations

from django.conf import settings

from apps.webhooks.models import Attempt, Delivery
from smartsteps.lib import clock


def purge() -> int:
    """Delete what is past retention: sent, given up, or never asked for again."""
    old = Delivery.objects.filter(created_at__lt=clock.now() - settings.EVENT_RETENTION)
    Attempt.objects.filter(delivery__in=old).delete()
    return old.delete()[0]
