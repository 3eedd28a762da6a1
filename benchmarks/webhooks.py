"""Deliveries per second and the way from a commit to a receiver, against plain Celery tasks.

The outbox, the signatures, the guard and the log of attempts are in our figures.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import aiohttp
import orjson

from benchmarks import data
from benchmarks.harness import ENVIRONMENT, REPO, serving

EVENTS = 10  # to each of the endpoints
ENDPOINTS = 100
DELAY_MS = 100
HANG_MS = 60_000
ROUNDS = 3
SINGLES = 60
PAUSE_S = 0.05
LOOPBACK = "127.0.0.0/8"


@contextlib.contextmanager
def worker() -> Iterator[None]:
    """Celery as `manage.py up` starts it."""
    quiet = ["--without-gossip", "--without-mingle", "-c", "2", "-l", "WARNING"]
    celery = [sys.executable, "-W", "ignore", "-m", "celery", "--quiet"]
    process = subprocess.Popen(
        [*celery, "-A", "benchmarks.webhook_worker", "worker", *quiet], cwd=REPO, env=os.environ
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


class Bench:
    """The project, set up in this process against the database `<database>_webhooks`."""

    def __init__(self, port: int) -> None:
        from apps.accounts.models import User  # noqa: PLC0415  # needs django.setup()
        from apps.webhooks.models import Delivery, Subscription  # noqa: PLC0415

        self.port = port
        self.owner = User.objects.get_or_create(
            username="bench", email="bench@bench.test", role="admin"
        )[0]
        self.deliveries, self.subscriptions = Delivery.objects, Subscription.objects

    def seen(self) -> list[tuple[str, float]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.request("GET", "/seen")
        told: list[tuple[str, float]] = orjson.loads(connection.getresponse().read())
        connection.close()
        return told

    def subscribe(self, delay_ms: int, count: int) -> None:
        from apps.accounts import actors  # noqa: PLC0415
        from apps.webhooks import services  # noqa: PLC0415

        services.MAX_SUBSCRIPTIONS = 10_000
        for number in range(count):
            services.create_subscription(
                url=f"http://127.0.0.1:{self.port}/{delay_ms}/{number}",
                events=["client.created"],
                by=actors.for_user(self.owner),
            )

    def clear(self) -> None:
        self.subscriptions.all().delete()
        self.seen()

    def publish(self, then: Callable[[], object] = lambda: None) -> None:
        from django.db import transaction  # noqa: PLC0415

        from apps.clients.models import staff_who_see  # noqa: PLC0415
        from apps.webhooks import services  # noqa: PLC0415
        from smartsteps.lib import clock  # noqa: PLC0415

        data = {"client_id": "cbench", "created_at": clock.iso(clock.now())}
        with transaction.atomic():
            transaction.on_commit(then)
            services.publish("client.created", data, viewers=staff_who_see("cbench"))

    def until_seen(self, count: int, where: str) -> float:
        """The time of the last of `count` requests to paths that begin with `where`."""
        times: list[float] = []
        limit = time.monotonic() + 60
        while len(times) < count:
            if time.monotonic() > limit:
                raise SystemExit(f"only {len(times)} of {count} deliveries came")
            time.sleep(0.1)
            times += [at for path, at in self.seen() if path.startswith(where)]
        return max(times)

    def settled(self) -> None:
        while self.deliveries.filter(state__in=["pending", "running"], attempts=0).exists():
            time.sleep(0.1)

    def rate(self, delay_ms: int, endpoints: int, hanging: int = 0) -> float:
        """Deliveries per second to the endpoints that answer, from the first INSERT."""
        from django.db import transaction  # noqa: PLC0415

        self.clear()
        self.subscribe(HANG_MS, hanging)
        self.subscribe(delay_ms, endpoints)
        began = time.monotonic()
        with transaction.atomic():
            for _ in range(EVENTS):
                self.publish()
        last = self.until_seen(EVENTS * endpoints, f"/{delay_ms}/") + delay_ms / 1000
        if not hanging:
            self.settled()
        return EVENTS * endpoints / (last - began)

    def bare_rate(self, delay_ms: int, endpoints: int) -> float:
        """What a client alone can do on this machine just now: no outbox, signature or log."""
        began = time.monotonic()
        asyncio.run(self._post_bare(delay_ms, endpoints))
        return EVENTS * endpoints / (time.monotonic() - began)

    async def _post_bare(self, delay_ms: int, endpoints: int) -> None:
        async def lane(number: int) -> None:
            for _ in range(EVENTS):
                url = f"http://127.0.0.1:{self.port}/{delay_ms}/{number}"
                async with session.post(url, data=b"{}") as answer:
                    await answer.read()

        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            await asyncio.gather(*(lane(number) for number in range(endpoints)))

    def celery_rate(self, *, bare: bool = False) -> float:
        """One task per delivery; its rows are there before the clock starts."""
        from benchmarks.webhook_worker import deliver_bare, deliver_one  # noqa: PLC0415

        self.clear()
        self.subscribe(0, ENDPOINTS)
        self.subscriptions.update(status="paused")
        for _ in range(EVENTS):
            self.publish()
        rows = self.deliveries.select_related("subscription").order_by("pk")
        facts = [
            (r.subscription.url, r.delivery_id, r.payload, r.subscription.secret) for r in rows
        ]
        began = time.monotonic()
        for row, told in zip(rows, facts, strict=True):
            (deliver_bare.apply_async(told) if bare else deliver_one.apply_async([row.pk]))
        last = self.until_seen(EVENTS * ENDPOINTS, "/0/")
        return EVENTS * ENDPOINTS / (last - began)

    def latencies(self) -> tuple[float, float]:
        """Medians in seconds, taken in turn: commit to receiver, and order to task's end."""
        import redis  # noqa: PLC0415
        from django.conf import settings  # noqa: PLC0415

        from benchmarks.webhook_worker import echo  # noqa: PLC0415

        self.clear()
        self.subscribe(0, 1)
        began: list[float] = []
        ours, bare = [], []
        with redis.Redis.from_url(settings.REDIS_URL) as server:
            server.delete("bench-echo")
            for turn in range(SINGLES + 5):
                self.publish(then=lambda: began.append(time.monotonic()))
                ours.append(self.until_one() - began[-1])
                ordered = time.monotonic()
                echo.apply_async()
                told = server.blpop(["bench-echo"], timeout=10)
                bare.append(float(told[1]) - ordered)
                if turn == 4:  # the first ones warm up
                    ours.clear()
                    bare.clear()
                time.sleep(PAUSE_S)
        return statistics.median(ours), statistics.median(bare)

    def until_one(self) -> float:
        while not (told := self.seen()):
            time.sleep(0.02)
        self.settled()
        return told[0][1]


def at_least(what: str, ratio: float, limit: float) -> bool:
    met = ratio >= limit
    print(f"{'met   ' if met else 'MISSED'} {ratio:7.2f}x (bar {limit:.2f}x)  {what}")
    return met


def measure(bench: Bench) -> bool:
    names = ("slow", "bare", "fast", "celery", "celery, nothing kept", "alone", "among")
    rates: dict[str, list[float]] = {name: [] for name in names}
    healthy, hanging = round(ENDPOINTS * 0.8), round(ENDPOINTS * 0.2)
    for turn in range(ROUNDS + 1):
        found = {
            "slow": bench.rate(DELAY_MS, ENDPOINTS),
            "bare": bench.bare_rate(DELAY_MS, ENDPOINTS),
            "fast": bench.rate(0, ENDPOINTS),
            "celery": bench.celery_rate(),
            "celery, nothing kept": bench.celery_rate(bare=True),
            "alone": bench.rate(DELAY_MS, healthy),
            "among": bench.rate(DELAY_MS, healthy, hanging),
        }
        time.sleep(11)  # the calls that hang end, and the next round begins alone
        for name, rate in found.items():
            rates[name] += [rate] if turn else []
    mid = {name: statistics.median(each) for name, each in rates.items()}
    print("  ".join(f"{name} {rate:.0f}/s" for name, rate in mid.items()))
    ours, bare = bench.latencies()
    print(f"commit to receiver {ours * 1e3:.2f} ms, bare task {bare * 1e3:.2f} ms (p50)")
    ideal = ENDPOINTS * 1000 / DELAY_MS
    at_least("what a bare client reaches now (not counted)", mid["slow"] / mid["bare"], 0.85)
    plain = mid["fast"] / mid["celery, nothing kept"]
    at_least("a task per delivery that keeps nothing (not counted)", plain, 4)
    bars = [
        at_least(f"the ideal rate at receivers of {DELAY_MS} ms", mid["slow"] / ideal, 0.85),
        at_least("a Celery task per delivery, fast receivers", mid["fast"] / mid["celery"], 4),
        at_least(
            "healthy endpoints' rate without 20 % that hang", mid["among"] / mid["alone"], 0.9
        ),
    ]
    late = ours / bare <= 3
    print(f"{'met   ' if late else 'MISSED'} {ours / bare:7.2f}x (bar 3.00x)  a bare task's time")
    return all([*bars, late])


def main() -> bool:
    os.environ.update(ENVIRONMENT)
    os.environ["DATABASE_URL"] = data.made("webhooks")
    os.environ["SMARTSTEPS_ALLOW_PRIVATE_WEBHOOKS"] = LOOPBACK
    import django  # noqa: PLC0415  # reads the environment

    django.setup()
    with serving("benchmarks.receivers", server="program") as receivers, worker():
        return measure(Bench(receivers.port))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smartsteps.settings")
    sys.exit(not main())
