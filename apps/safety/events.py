"""The facts that staff hear of: on the desk's stream, thin, without the person's words."""

from __future__ import annotations

from typing import Any

from django.db.models.expressions import RawSQL

from apps.clients.models import staff_who_see
from apps.realtime import services as realtime
from apps.realtime.models import Audience
from apps.safety.models import SafetyEvent
from apps.webhooks import services as webhooks
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


# As `SafetyEvent.visible_to`: people in nobody's care are everyone's.
ALL_STAFF = RawSQL("SELECT id FROM accounts_user WHERE is_active AND role <> 'client'", [])


def safety_event_opened(event: SafetyEvent) -> None:
    body = event_body(event)
    del body["state"]
    viewers = staff_who_see(event.client_id) if event.client_id else ALL_STAFF
    webhooks.publish("safety.event_opened", body, viewers=viewers)
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
