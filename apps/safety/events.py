"""The facts that staff hear of: on the desk's stream, thin, without the person's words."""

from __future__ import annotations

from typing import Any

from apps.realtime import services as realtime
from apps.realtime.models import Audience
from apps.safety.models import SafetyEvent
from smartsteps.lib.clock import iso

DESK = "safety.desk"


def event_body(event: SafetyEvent) -> dict[str, Any]:
    return {
        "event_id": event.pk,
        "surface": event.surface,
        "subject_id": event.subject_id,
        "client_id": event.client_id,
        "level": event.level,
        "category": event.category,
        "state": event.state,
        "opened_at": iso(event.opened_at),
        "due_at": iso(event.due_at),
    }


def safety_event_opened(event: SafetyEvent) -> None:
    realtime.publish(
        topic=DESK,
        type="safety.event_opened",
        body=event_body(event),
        audience=Audience.STAFF,
    )


def safety_event_changed(event: SafetyEvent) -> None:
    realtime.publish(
        topic=DESK,
        type="safety.event_changed",
        body=event_body(event),
        audience=Audience.STAFF,
    )
