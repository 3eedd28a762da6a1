"""Our Celery application, and beside our tasks the baselines: one delivery per task, and none."""

from __future__ import annotations

import http.client
import time
from urllib.parse import urlsplit

import redis
from celery import shared_task
from django.conf import settings

from smartsteps.celery import app

app.loader.import_default_modules()

from apps.jobs.models import State  # noqa: E402  # needs the app registry
from apps.webhooks import signing  # noqa: E402
from apps.webhooks.models import Attempt, Delivery  # noqa: E402
from smartsteps.lib import clock  # noqa: E402

connections: dict[str, http.client.HTTPConnection] = {}


def _connection(place: str) -> http.client.HTTPConnection:
    """Kept alive: the quickest client there is for one call after the other."""
    if place not in connections:
        connections[place] = http.client.HTTPConnection(place, timeout=10)
    return connections[place]


@shared_task(name="bench.deliver_one")
def deliver_one(pk: int) -> None:
    """As most projects do it, with the same record of what happened, but no guard, no lease."""
    row = Delivery.objects.select_related("subscription").get(pk=pk)
    body = row.payload.encode()
    keys = [signing.key_of(secret) for secret in row.subscription.live_secrets()]
    headers = signing.headers(row.delivery_id, int(time.time()), body, keys)
    parts, at = urlsplit(row.subscription.url), clock.now()
    connection, began = _connection(parts.netloc), time.perf_counter()
    connection.request("POST", parts.path, body, {"Content-Type": "application/json", **headers})
    answer = connection.getresponse()
    head = answer.read(500).decode()
    Attempt.objects.create(
        subscription_id=row.subscription_id,
        delivery=row,
        at=at,
        status=answer.status,
        latency_ms=round((time.perf_counter() - began) * 1000),
        head=head,
    )
    Delivery.objects.filter(pk=pk).update(state=State.DONE, attempts=1, finished_at=clock.now())


@shared_task(name="bench.deliver_bare")
def deliver_bare(url: str, delivery_id: str, payload: str, secret: str) -> None:
    """All it needs is in the message, and nothing is kept of what happened."""
    body, parts = payload.encode(), urlsplit(url)
    headers = signing.headers(delivery_id, int(time.time()), body, [signing.key_of(secret)])
    connection = _connection(parts.netloc)
    connection.request("POST", parts.path, body, {"Content-Type": "application/json", **headers})
    connection.getresponse().read(500)


@shared_task(name="bench.echo")
def echo() -> None:
    with redis.Redis.from_url(settings.REDIS_URL) as server:
        server.lpush("bench-echo", time.monotonic())
