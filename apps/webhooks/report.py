"""How endpoints have done lately, for those who look after them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count

from apps.jobs.models import State
from apps.webhooks.models import Delivery
from smartsteps.lib import clock

WITHIN = timedelta(hours=24)
# Times of the attempts that were answered well; percentile_disc gives one that was measured.
LATELY = """
    SELECT subscription_id, count(*), count(*) FILTER (WHERE ok),
        percentile_disc(0.5) WITHIN GROUP (ORDER BY latency_ms) FILTER (WHERE ok),
        max(at) FILTER (WHERE ok)
    FROM (
        SELECT *, coalesce(status BETWEEN 200 AND 299, false) AS ok FROM webhooks_attempt
        WHERE subscription_id = ANY(%s) AND at > %s
    ) tried GROUP BY subscription_id
"""


@dataclass(frozen=True)
class Report:
    """Attempts of the last 24 hours, and what waits to be sent."""

    attempts: int = 0
    good: int = 0
    p50_ms: int | None = None
    last_good_at: datetime | None = None
    waiting: int = 0

    @property
    def percent(self) -> int | None:
        """Rounded down: 100 % means that all went well."""
        return self.good * 100 // self.attempts if self.attempts else None


def of(endpoints: Iterable[str]) -> dict[str, Report]:
    """Two queries, however many endpoints."""
    wanted = list(endpoints)
    open_ones = Delivery.objects.filter(
        subscription__in=wanted, state__in=[State.PENDING, State.RUNNING]
    )
    waiting = dict(open_ones.order_by().values_list("subscription").annotate(Count("pk")))
    with connection.cursor() as cursor:
        cursor.execute(LATELY, [wanted, clock.now() - WITHIN])
        lately = {pk: facts for pk, *facts in cursor.fetchall()}
    return {pk: _report(lately.get(pk), waiting.get(pk, 0)) for pk in wanted}


def _report(lately: list[Any] | None, waiting: int) -> Report:
    if lately is None:
        return Report(waiting=waiting)
    attempts, good, p50_ms, last_good_at = lately
    return Report(attempts, good, p50_ms, last_good_at, waiting)
