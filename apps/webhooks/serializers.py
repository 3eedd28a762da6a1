"""Bodies of `/webhooks` and `/deliveries` (spec 1, Webhook Integration)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.jobs.models import State
from apps.webhooks.models import Attempt, Delivery, Status, Subscription
from smartsteps.lib.clock import iso, iso_or_none
from smartsteps.wire.paging import PageQuery
from smartsteps.wire.serializers import (
    AwareDateTimeField,
    StrictBooleanField,
    StrictCharField,
    StrictSerializer,
)

MAX_EVENTS = 50
STATUS = {
    State.PENDING: "pending",
    State.RUNNING: "sending",
    State.DONE: "delivered",
    State.FAILED: "failed",
}
STATES = {shown: state for state, shown in STATUS.items()}


class EventsField(serializers.ListField):
    child = StrictCharField(max_length=40)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_length=1, max_length=MAX_EVENTS, **kwargs)


class SecretInput(StrictSerializer):
    secret = StrictCharField(max_length=200, required=False, trim_whitespace=False)


class SubscriptionInput(SecretInput):
    url = StrictCharField(max_length=2048)
    events = EventsField()


class SubscriptionPatchInput(StrictSerializer):
    url = StrictCharField(max_length=2048, required=False)
    events = EventsField(required=False)
    status = serializers.ChoiceField(choices=[Status.ACTIVE, Status.PAUSED], required=False)


class ReplayInput(StrictSerializer):
    since = AwareDateTimeField()
    until = AwareDateTimeField()
    only_failed = StrictBooleanField(default=True)


class DeliveryQuery(PageQuery):
    status = serializers.ChoiceField(choices=list(STATES), required=False)


def subscription_body(row: Subscription) -> dict[str, Any]:
    return {
        "webhook_id": row.pk,
        "url": row.url,
        "events": row.events,
        "created_at": iso(row.created_at),
        "status": row.status,
    }


def subscription_detail(row: Subscription) -> dict[str, Any]:
    return {
        **subscription_body(row),
        "failing_since": iso_or_none(row.failing_since),
        "disabled_reason": row.disabled_reason or None,
        "old_secret_until": iso_or_none(row.old_secret_until),
    }


def delivery_body(row: Delivery) -> dict[str, Any]:
    """`log` has every attempt, the newest first."""
    return {
        "delivery_id": row.delivery_id,
        "webhook_id": row.subscription_id,
        "event": row.event,
        "status": STATUS[State(row.state)],
        "created_at": iso(row.created_at),
        "next_attempt_at": iso(row.next_attempt_at) if row.state == State.PENDING else None,
        "finished_at": iso_or_none(row.finished_at),
        "log": [attempt_body(attempt) for attempt in row.tries.all()],
    }


def attempt_body(row: Attempt) -> dict[str, Any]:
    return {
        "at": iso(row.at),
        "status": row.status,
        "error": row.error or None,
        "latency_ms": row.latency_ms,
        "body": row.head,
    }
