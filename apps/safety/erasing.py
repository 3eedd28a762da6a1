"""What an erased client's safety events leave behind beyond the reach of foreign keys."""

from __future__ import annotations

from apps.clients import registry
from apps.clients.registry import Gone
from apps.realtime.models import Event
from apps.safety.events import DESK
from apps.safety.models import SafetyEvent


def erase(gone: Gone) -> None:
    """Bodies are encrypted, so the desk's stream is read; it holds what is not yet purged."""
    ids = gone.of(SafetyEvent)
    if ids:
        told = Event.objects.filter(topic=DESK).iterator()
        about = [event.pk for event in told if event.body["event_id"] in ids]
        gone.count(Event.objects.filter(pk__in=about).delete())


registry.register(erase)
