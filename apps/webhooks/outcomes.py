"""What came of a batch of attempts: the log, the next attempt, the endpoint's health."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from apps.jobs.models import State
from apps.webhooks import health
from apps.webhooks.lanes import Item, Lane

GONE = 410
# Waits before attempts 2 to 8: about 28 hours in all.
DELAYS_S = (5, 300, 1800, 7200, 18000, 36000, 36000)
JITTER = 0.1  # of the wait, up or down
MAX_RETRY_AFTER_S = 36000

# First, and only of endpoints that are still there: who deletes one locks it before all else.
LOG = """
    INSERT INTO webhooks_attempt (subscription_id, delivery_id, at, status, error, latency_ms, head)
    SELECT said.* FROM unnest(%s::varchar[], %s::bigint[], %s::timestamptz[], %s::smallint[],
        %s::varchar[], %s::int[], %s::varchar[])
        said (endpoint, delivery, at, status, error, latency_ms, head)
    JOIN webhooks_subscription endpoint ON endpoint.id = said.endpoint
    JOIN webhooks_delivery delivery ON delivery.id = said.delivery
    FOR KEY SHARE OF endpoint, delivery
"""
# Only what is still ours: a delivery whose lease was lost is another worker's to settle.
SETTLE = """
    UPDATE webhooks_delivery delivery SET state = said.state, error_code = said.code,
        attempts = delivery.attempts + said.tries,
        lease_until = NULL,
        next_attempt_at = CASE WHEN said.wait_s IS NULL THEN next_attempt_at
            ELSE statement_timestamp() + make_interval(secs => said.wait_s) END,
        finished_at = CASE WHEN said.state = 'pending' THEN NULL ELSE statement_timestamp() END
    FROM unnest(%s::bigint[], %s::uuid[], %s::varchar[], %s::varchar[], %s::int[], %s::float8[])
        said (id, token, state, code, tries, wait_s)
    WHERE delivery.id = said.id AND delivery.claim_token = said.token
        AND delivery.state = 'running'
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one attempt; `error` is why no answer came, `permanent` why none will."""

    lane: Lane
    item: Item
    at: datetime
    latency_ms: int
    status: int | None = None
    error: str = ""
    head: str = ""
    permanent: bool = False
    retry_after: str | None = None

    @property
    def ok(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def code(self) -> str:
        return "" if self.ok else self.error or f"http_{self.status}"

    @property
    def is_gone(self) -> bool:
        return self.status == GONE

    def wait_s(self) -> float | None:
        """Seconds to the next attempt; None if there is none."""
        number = self.item.attempts
        if self.ok or self.permanent or self.is_gone or number >= len(DELAYS_S):
            return None
        spread = 1 + random.uniform(-JITTER, JITTER)  # noqa: S311  # no secret, only spread
        return max(DELAYS_S[number] * spread, self._asked_to_wait())

    def _asked_to_wait(self) -> float:
        asked = (self.retry_after or "").strip()
        return min(int(asked[:9]), MAX_RETRY_AFTER_S) if asked.isascii() and asked.isdigit() else 0


@dataclass(frozen=True, slots=True)
class Untried:
    """Claimed and given back, since the one before it failed or the worker's time is over."""

    lane: Lane
    item: Item


Row = tuple[int, uuid.UUID, str, str, int, float | None]


@transaction.atomic
def settle(batch: Sequence[Outcome | Untried]) -> None:
    tried = [each for each in batch if isinstance(each, Outcome)]
    _write(LOG, [_logged(each) for each in tried])
    _write(SETTLE, [_settled(each) for each in batch])
    healthy = {each.lane.endpoint for each in tried if each.ok}
    health.note(
        healthy=healthy,
        failing={each.lane.endpoint for each in tried} - healthy,
        gone={each.lane.endpoint for each in tried if each.is_gone},
    )


def _write(statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(statement, [list(column) for column in zip(*rows, strict=True)])


def _settled(each: Outcome | Untried) -> Row:
    pk, token = each.item.pk, each.lane.token
    if isinstance(each, Untried):
        return pk, token, State.PENDING, "", 0, None
    wait_s = each.wait_s()
    if wait_s is not None:
        return pk, token, State.PENDING, each.code, 1, wait_s
    return pk, token, State.DONE if each.ok else State.FAILED, each.code, 1, None


def _logged(each: Outcome) -> tuple[Any, ...]:
    return (
        each.lane.endpoint,
        each.item.pk,
        each.at,
        each.status,
        each.error,
        each.latency_ms,
        each.head,
    )
