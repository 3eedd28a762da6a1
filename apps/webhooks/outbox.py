"""What has happened becomes deliveries: one statement, in the transaction that makes it true."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.db.models.expressions import RawSQL

from apps.webhooks import catalog
from smartsteps.lib import clock
from smartsteps.lib.batch import Batch
from smartsteps.wire.json import dumps

# Also while an endpoint is paused or switched off: it gets what it has missed.
INSERT = """
    INSERT INTO webhooks_delivery (subscription_id, event, payload, state, attempts, error_code)
    SELECT id, %s, %s, 'pending', 0, '' FROM webhooks_subscription
    WHERE events @> ARRAY[%s]::varchar[] AND owner_id IN ({viewers})
"""


def payload(event: str, data: dict[str, Any]) -> str:
    """Raises ValueError if the catalogue says otherwise about `data`."""
    if data.keys() != catalog.KEYS[event]:
        raise ValueError(f"{event} tells {', '.join(catalog.KEYS[event])}")
    moment = clock.iso(clock.now())
    return dumps({"event": event, "timestamp": moment, "data": data}).decode()


def add(
    batch: Batch,
    event: str,
    data: dict[str, Any],
    viewers: RawSQL,
    then: Callable[[int], object] | None = None,
) -> None:
    """A delivery for each subscription to `event` whose owner is among `viewers`."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("an event belongs in a transaction")
    values = (event, payload(event, data), event, *viewers.params)
    batch.add(INSERT.format(viewers=viewers.sql), *values, then=then)
