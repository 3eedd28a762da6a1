"""One pool of threads for all blocking work that async code asks for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import ParamSpec, TypeVar

from asgiref.sync import SyncToAsync
from django.db import close_old_connections

from smartsteps.lib.postgresql.base import keep_connection

logger = logging.getLogger(__name__)
P = ParamSpec("P")
R = TypeVar("R")

WORKERS = 8
A_MOMENT_S = 0.003
pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="orm", initializer=keep_connection)
serving: list[asyncio.AbstractEventLoop] = []  # this process's loop, while sockets are served


async def in_thread(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """One hop into the pool, for half of what asgiref's `sync_to_async` takes."""
    loop = asyncio.get_running_loop()

    def work() -> R:
        # As `sync_to_async` does: `async_to_sync` in the function goes on in this loop.
        SyncToAsync.threadlocal.main_event_loop = loop
        return function(*args, **kwargs)

    return await loop.run_in_executor(pool, copy_context().run, work)


async def run_sync(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run ORM work off the event loop, with a look at the thread's connection before and after."""

    def guarded() -> R:
        close_old_connections()
        try:
            return function(*args, **kwargs)
        finally:
            close_old_connections()

    return await in_thread(guarded)


def in_a_moment(work: Callable[[], object]) -> None:
    """Run in the pool what nobody waits for, once what is urgent has been sent.

    Threads of one process take turns: a millisecond of work right after a commit would hold up
    the frame that tells of it. Where no sockets are served it is done at once; errors are logged.
    """
    if serving:
        serving[0].call_soon_threadsafe(_begin_in_a_moment, serving[0], work)
    else:
        work()


def _begin_in_a_moment(loop: asyncio.AbstractEventLoop, work: Callable[[], object]) -> None:
    loop.call_later(A_MOMENT_S, lambda: pool.submit(_logged, work))


def _logged(work: Callable[[], object]) -> None:
    try:
        work()
    except Exception as error:  # a thread's edge: nobody else would hear of it
        logger.error("work after a commit failed", exc_info=error)
