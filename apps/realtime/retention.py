"""What becomes of old events."""

from __future__ import annotations

from django.conf import settings

from apps.realtime.models import Event
from smartsteps.lib import clock


def purge() -> int:
    """Delete events past retention; a replay that wants them is told of the gap."""
    limit = clock.now() - settings.EVENT_RETENTION
    return Event.objects.filter(created_at__lt=limit).delete()[0]
