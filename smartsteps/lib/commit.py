"""What is done after a commit, and may fail without undoing it."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec

from django.db import connection, transaction

P = ParamSpec("P")


def after_commit(function: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> None:
    """Call it once the transaction is committed; a failure is logged and goes no further.

    Not `on_commit(partial(…), robust=True)`: Django logs a failed hook by its `__qualname__`,
    which a partial lacks, and so turns a committed request into a 500.
    """

    def call() -> None:
        function(*args, **kwargs)

    transaction.on_commit(call, robust=True)


def after_commit_once(function: Callable[[], object]) -> None:
    """Call it after the commit once, however often the transaction asks for it.

    A savepoint that is rolled back takes its own hooks along, so those don't count outside of it.
    """
    open_now = set(connection.savepoint_ids)
    hooks = connection.run_on_commit
    if not any(hook[1] is function and hook[0] <= open_now for hook in hooks):
        transaction.on_commit(function, robust=True)
