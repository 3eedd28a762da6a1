"""What is done after a commit, and may fail without undoing it."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec

from django.db import transaction

P = ParamSpec("P")


def after_commit(function: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> None:
    """Call it once the transaction is committed; a failure is logged and goes no further.

    Not `on_commit(partial(…), robust=True)`: Django logs a failed hook by its `__qualname__`,
    which a partial lacks, and so turns a committed request into a 500.
    """

    def call() -> None:
        function(*args, **kwargs)

    transaction.on_commit(call, robust=True)
