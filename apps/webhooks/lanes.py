"""Claiming by lanes: an endpoint's next deliveries, in order, for one worker at a time."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, F

from apps.jobs.models import LEASE
from apps.webhooks import signing
from apps.webhooks.models import Delivery, Subscription
from smartsteps.lib.batch import Query, prepared

# Asks once more whether somebody is at work there: another worker may have claimed and committed
# between the moment at which this transaction chose the endpoint and that at which it locked it.
CLAIM = """
    UPDATE webhooks_delivery SET state = 'running', claim_token = %(token)s,
        lease_until = statement_timestamp() + %(lease)s
    WHERE id IN (
        SELECT lane.id FROM unnest(%(endpoints)s::varchar[]) endpoint, LATERAL (
            SELECT id FROM webhooks_delivery
            WHERE subscription_id = endpoint
                AND (state = 'pending' AND next_attempt_at <= statement_timestamp()
                    OR state = 'running' AND lease_until <= statement_timestamp())
                AND NOT EXISTS (
                    SELECT FROM webhooks_delivery busy
                    WHERE busy.subscription_id = endpoint AND busy.state = 'running'
                        AND busy.lease_until > statement_timestamp()
                )
            ORDER BY id LIMIT %(length)s
        ) lane
    )
    RETURNING subscription_id, id, delivery_id, payload, attempts
"""
PROLONG = """
    UPDATE webhooks_delivery SET lease_until = statement_timestamp() + %s
    WHERE state = 'running' AND claim_token = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class Item:
    """A claimed delivery; `attempts` have been made before."""

    pk: int
    delivery_id: str
    body: bytes
    attempts: int


@dataclass(frozen=True)
class Lane:
    """Items in order; `keys` sign them, the newest first."""

    endpoint: str
    url: str
    keys: tuple[bytes, ...]
    token: uuid.UUID
    items: list[Item]


@cache
def _ready(alone: bool) -> str:
    """Written once: it is asked often, and for the sake of single events. Healthy ones first.

    Its constants stand in it, as no plan for any value could use the indexes of what is due.
    """
    healthy_first = F("failing_since").desc(nulls_first=True)
    ready = Subscription.objects.ready().order_by(healthy_first, "pk")
    if alone:
        ready = ready.filter(~Exists(Delivery.objects.under_way()))
    sql: str = connection.ops.compose_sql(*ready.query.sql_with_params())  # type: ignore[attr-defined]  # PostgreSQL's own
    return f"{sql} LIMIT %s FOR NO KEY UPDATE OF webhooks_subscription SKIP LOCKED"


def _locked(count: int, *, alone: bool) -> dict[str, Subscription]:
    """The row is the lane's lock; inserts of deliveries don't wait for it."""
    query = Query(_ready(alone), [count])
    return {row.pk: row for row in Subscription.objects.raw(prepared(query), query.values)}


@transaction.atomic
def claim(count: int, length: int, *, alone: bool = False) -> list[Lane]:
    """Up to `count` endpoints, with up to `length` deliveries each.

    `alone`: none if some worker is at it already, which will see by itself what is new.
    """
    endpoints = _locked(count, alone=alone)
    if not endpoints:
        return []
    token = uuid.uuid4()
    found: dict[str, list[Item]] = {}
    for endpoint, pk, delivery_id, payload, attempts in _claimed(token, list(endpoints), length):
        found.setdefault(endpoint, []).append(Item(pk, delivery_id, payload.encode(), attempts))
    return [_lane(endpoints[pk], token, items) for pk, items in found.items()]


def _claimed(
    token: uuid.UUID, endpoints: list[str], length: int
) -> list[tuple[str, int, str, str, int]]:
    with connection.cursor() as cursor:
        wanted: dict[str, Any] = {"token": token, "lease": LEASE, "length": length}
        cursor.execute(CLAIM, {**wanted, "endpoints": endpoints})
        rows: list[tuple[str, int, str, str, int]] = cursor.fetchall()
    return rows


def _lane(endpoint: Subscription, token: uuid.UUID, items: list[Item]) -> Lane:
    keys = tuple(signing.key_of(secret) for secret in endpoint.live_secrets())
    return Lane(endpoint.pk, endpoint.url, keys, token, sorted(items, key=lambda item: item.pk))


def prolong(lanes: Sequence[Lane]) -> None:
    with connection.cursor() as cursor:
        values: list[Any] = [LEASE, list({lane.token for lane in lanes})]
        cursor.execute(PROLONG, values)
