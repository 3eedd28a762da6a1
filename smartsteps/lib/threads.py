"""One pool of threads for all blocking work that async code asks for."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.db import close_old_connections

P = ParamSpec("P")
R = TypeVar("R")

WORKERS = 8
pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="orm")


async def run_sync(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run ORM work off the event loop and give its database connection back to the pool."""

    def guarded() -> R:
        close_old_connections()
        try:
            return function(*args, **kwargs)
        finally:
            close_old_connections()

    return await sync_to_async(guarded, thread_sensitive=False, executor=pool)()
