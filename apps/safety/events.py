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
# As `SafetyEvent.visible_to`: people in nobody's care are everyone's.
ALL_STAFF = RawSQL("SELECT id FROM accounts_user WHERE is_active AND role <> 'client'", [])


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
        "overdue": event.is_overdue,
    }


def _tell_others(type: str, event: SafetyEvent) -> None:
    """As the catalogue has it: what the type's name says need not be said again."""
    body = event_body(event)
    del body["state"], body["overdue"]
    viewers = staff_who_see(event.client_id) if event.client_id else ALL_STAFF
    webhooks.publish(type, body, viewers=viewers)


def safety_event_opened(event: SafetyEvent) -> None:
    _tell_others("safety.event_opened", event)
    _tell_desk("safety.event_opened", event)


def safety_event_overdue(event: SafetyEvent) -> None:
    _tell_others("safety.event_overdue", event)
    _tell_desk("safety.event_overdue", event)


def safety_event_changed(event: SafetyEvent) -> None:
    _tell_desk("safety.event_changed", event)


def _tell_desk(type: str, event: SafetyEvent) -> None:
    realtime.publish(topic=DESK, type=type, body=event_body(event), audience=Audience.STAFF)
