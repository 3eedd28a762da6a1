"""The deliverer: many calls side by side, few round trips to the database.

It takes one lane per endpoint. A call that takes over half a second no longer counts among those it
makes at once, so endpoints that hang cost the others nothing but a place in a wide outer bound.
"""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from django.conf import settings
from django.db import DatabaseError

from apps.webhooks import lanes, outcomes, signing
from apps.webhooks.lanes import Item, Lane
from apps.webhooks.outcomes import Outcome, Untried
from smartsteps.lib import clock
from smartsteps.lib.addresses import Networks, Refused
from smartsteps.lib.outbound import Caller, Failed
from smartsteps.lib.threads import run_sync

logger = logging.getLogger(__name__)
CONCURRENCY = 100
OUTER_BOUND = 500
SLOW_AFTER_S = 0.5
LANE = 50
APART_S = 0.0003  # calls begun at one moment would be answered at one moment, again and again
TICK_S = 0.02  # free places are filled so often
FLUSH_S = 0.1  # outcomes are written so often, and at once when an endpoint's lane is done
FLUSH_ROWS = 50  # or these are together
MOST_UNWRITTEN = 200  # outcomes; if the worker is killed, these deliveries are sent again
POLL_S = 0.05  # with nothing new found, look again so often
HEARTBEAT_S = 2.0
BUDGET_S = 20.0  # then hand over, far below Celery's hard time limit
HEAD_CHARS = 500
HEADERS = {"Content-Type": "application/json", "User-Agent": "SmartSteps-Webhooks/1"}


@dataclass
class Deliverer:
    caller: Caller
    until: float = field(default_factory=lambda: time.monotonic() + BUDGET_S)
    running: dict[asyncio.Task[None], Lane] = field(default_factory=dict)
    call_began: dict[str, float] = field(default_factory=dict)  # by endpoint
    results: list[Outcome | Untried] = field(default_factory=list)
    writing: int = 0  # outcomes that are on their way into the database
    next_claim: float = 0
    next_flush: float = 0
    next_beat: float = field(default_factory=lambda: time.monotonic() + HEARTBEAT_S)

    async def work(self, first: list[Lane]) -> None:
        self._begin(first)
        while self.running:
            await self._tick()
            await self._flush()
            await self._prolong()
            await self._claim()

    async def _tick(self) -> None:
        done, _ = await asyncio.wait(self.running, timeout=TICK_S)
        for task in done:
            del self.running[task]
            task.result()
        if done:
            self.next_flush = 0

    def _free(self) -> int:
        slow = time.monotonic() - SLOW_AFTER_S
        quick = sum(began > slow for began in self.call_began.values())
        return min(CONCURRENCY - quick, OUTER_BOUND - len(self.running))

    async def _claim(self) -> None:
        now, free = time.monotonic(), self._free()
        is_early = bool(self.running) and now < self.next_claim
        if free <= 0 or now > self.until or is_early:
            return
        claimed = await run_sync(lanes.claim, free, LANE)
        self.next_claim = 0 if claimed else now + POLL_S
        self._begin(claimed)

    def _begin(self, claimed: list[Lane]) -> None:
        for place, lane in enumerate(claimed):
            self.call_began[lane.endpoint] = time.monotonic()
            self.running[asyncio.create_task(self._run(lane, place * APART_S))] = lane

    async def _run(self, lane: Lane, wait_s: float) -> None:
        """In order, up to a first failure: then the endpoint may be only restarting."""
        await asyncio.sleep(wait_s)
        items = iter(lane.items)
        for item in items:
            while len(self.results) + self.writing >= MOST_UNWRITTEN:
                await asyncio.sleep(TICK_S)
            self.call_began[lane.endpoint] = time.monotonic()
            outcome = await self._attempt(lane, item)
            self.results.append(outcome)
            is_new_trouble = not outcome.ok and item.attempts == 0
            if is_new_trouble or outcome.is_gone or time.monotonic() > self.until:
                break
        self.results += [Untried(lane, item) for item in items]
        del self.call_began[lane.endpoint]

    async def _attempt(self, lane: Lane, item: Item) -> Outcome:
        at = clock.now()
        try:
            return await self._call(lane, item, at)
        except Exception as error:  # the worker's edge: one delivery must not end the drain
            logger.error("delivery broke", exc_info=error, extra={"facts": {"id": item.pk}})
            return Outcome(lane, item, at, 0, error="internal_error")

    async def _call(self, lane: Lane, item: Item, at: datetime) -> Outcome:
        began = time.perf_counter()
        signed = signing.headers(item.delivery_id, int(time.time()), item.body, lane.keys)
        try:
            answer = await self.caller.post(lane.url, item.body, {**HEADERS, **signed})
        except Refused:
            return Outcome(lane, item, at, 0, error="blocked_address", permanent=True)
        except Failed as error:
            return Outcome(lane, item, at, _ms_since(began), error=str(error)[:64])
        return Outcome(
            lane,
            item,
            at,
            _ms_since(began),
            status=answer.status,
            head=_text(answer.head),
            retry_after=answer.retry_after,
        )

    async def _flush(self) -> None:
        is_time = time.monotonic() > self.next_flush or len(self.results) >= FLUSH_ROWS
        if self.results and is_time:
            batch, self.results = self.results, []
            self.writing = len(batch)
            await run_sync(outcomes.settle, batch)
            self.writing = 0
            self.next_flush = time.monotonic() + FLUSH_S

    async def _prolong(self) -> None:
        if time.monotonic() > self.next_beat and self.running:
            self.next_beat = time.monotonic() + HEARTBEAT_S
            with suppress(DatabaseError):  # the next beat comes before the lease ends
                await run_sync(lanes.prolong, list(self.running.values()))


def _ms_since(began: float) -> int:
    return round((time.perf_counter() - began) * 1000)


def _text(head: bytes) -> str:
    return head[: 4 * HEAD_CHARS].decode("utf-8", "replace").replace("\0", "\ufffd")[:HEAD_CHARS]


async def deliver() -> None:
    """Work off what is due, unless another worker is at it and will see what is new by itself.

    One of a host's few processes is enough to wait for strangers.
    """
    first = await run_sync(lanes.claim, CONCURRENCY, LANE, alone=True)
    if first:
        await Deliverer(_caller(tuple(settings.PRIVATE_WEBHOOK_NETWORKS))).work(first)


@cache
def _caller(allowed: Networks) -> Caller:
    """One for the process's lasting loop: endpoints keep their connections between two drains."""
    return Caller(allowed=allowed)
