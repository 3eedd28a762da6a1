"""Works jobs off: claims leases, runs handlers side by side, prolongs, settles failures."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

import uvloop
from django.db import DatabaseError, transaction

from apps.jobs.models import Job, LeaseLost
from smartsteps.lib.threads import run_sync

R = TypeVar("R")

logger = logging.getLogger(__name__)
HEARTBEAT_S = 2.0
POLL_S = 0.25  # while busy, look for new work so often
BUDGET_S = 20.0  # then hand over, far below Celery's hard time limit
LEAST_CLAIMS = 3  # a worker may be killed for reasons that are not the job's


class JobError(Exception):
    """A handler's failure as the job's row should keep it."""

    def __init__(self, code: str, *, retryable: bool, retry_after_s: float | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.retryable = retryable
        self.retry_after_s = retry_after_s


def _nothing(job: Any, error: JobError, final: bool) -> None:
    """For kinds whose failures nobody else needs to hear of."""


@dataclass(frozen=True)
class Kind:
    """One kind of job.

    `handle(job)` does the work and calls `job.finish()` in the transaction of its result.
    `failed(job, error, final)` runs in the transaction that notes a failure.
    `delays_s` are the waits before the second, third, … attempt; after them it has failed.
    """

    model: type[Job]
    handle: Callable[[Any], Awaitable[None]]
    concurrency: int
    delays_s: tuple[float, ...]
    failed: Callable[[Any, JobError, bool], None] = _nothing

    @property
    def most_claims(self) -> int:
        """A job that was claimed more often has ended its workers, and would end the next one."""
        return max(len(self.delays_s) + 1, LEAST_CLAIMS)


def run(kind: Kind) -> bool:
    """Work off what is due; True if there may be more."""
    return run_in_loop(_Drain(kind).work())


_runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)


def run_in_loop(work: Coroutine[Any, Any, R]) -> R:
    """Run on the worker process's one lasting event loop, so that connections are kept."""
    return _runner.run(work)


@dataclass
class _Drain:
    kind: Kind
    running: dict[asyncio.Task[None], Job] = field(default_factory=dict)

    async def work(self) -> bool:
        until = time.monotonic() + BUDGET_S
        heartbeat = asyncio.create_task(self._prolong())
        try:
            while time.monotonic() < until and (await self._claim() or self.running):
                await self._wait(POLL_S)
            while self.running:
                await self._wait(HEARTBEAT_S)
        finally:
            heartbeat.cancel()
            with suppress(asyncio.CancelledError):
                await heartbeat
        return time.monotonic() >= until

    async def _claim(self) -> bool:
        free = self.kind.concurrency - len(self.running)
        jobs = await run_sync(self.kind.model.objects.claim, free) if free else []
        for job in jobs:
            self.running[asyncio.create_task(self._run(job))] = job
        return bool(jobs)

    async def _wait(self, seconds: float) -> None:
        if self.running:
            done, _ = await asyncio.wait(
                self.running, timeout=seconds, return_when=asyncio.FIRST_COMPLETED
            )
            for task in done:
                del self.running[task]
                task.result()

    async def _prolong(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            if jobs := list(self.running.values()):
                with suppress(DatabaseError):  # the next beat comes before the lease ends
                    await run_sync(self.kind.model.objects.prolong, jobs)

    async def _run(self, job: Job) -> None:
        try:
            if job.attempts > self.kind.most_claims:
                raise JobError("worker_lost", retryable=False)
            await self.kind.handle(job)
        except LeaseLost:
            logger.warning("lease lost", extra={"facts": {"job": str(job.pk)}})
        except JobError as error:
            await run_sync(self._note_failure, job, error)
        except Exception as error:  # the worker's edge: one job must not end the drain
            logger.error("job broke", exc_info=error, extra={"facts": {"job": str(job.pk)}})
            await run_sync(self._note_failure, job, JobError("internal_error", retryable=True))

    def _note_failure(self, job: Job, error: JobError) -> None:
        delay = self._delay(job.attempts, error)
        with suppress(LeaseLost), transaction.atomic():
            if delay is None:
                job.fail(error.code)
            else:
                job.retry_in(timedelta(seconds=delay), error.code)
            self.kind.failed(job, error, delay is None)

    def _delay(self, attempts: int, error: JobError) -> float | None:
        """Seconds to wait before the next attempt, or None if there is none."""
        if not error.retryable or attempts > len(self.kind.delays_s):
            return None
        return max(self.kind.delays_s[attempts - 1], error.retry_after_s or 0)
