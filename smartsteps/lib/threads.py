"""One pool of threads for all blocking work that async code asks for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.db import close_old_connections

logger = logging.getLogger(__name__)
P = ParamSpec("P")
R = TypeVar("R")

WORKERS = 8
A_MOMENT_S = 0.003
pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="orm")
serving: list[asyncio.AbstractEventLoop] = []  # this process's loop, while sockets are served


async def run_sync(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run ORM work off the event loop and give its database connection back to the pool."""

    def guarded() -> R:
        close_old_connections()
        try:
            return function(*args, **kwargs)
        finally:
            close_old_connections()

    return await sync_to_async(guarded, thread_sensitive=False, executor=pool)()


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
