"""The backend itself (Django looks for this module's name)."""

from __future__ import annotations

import select
from typing import Any

from django.db.backends.postgresql import base
from psycopg import Connection
from psycopg_pool import ConnectionPool


def check(connection: Connection[Any]) -> None:
    """Raises OperationalError if the server has closed the connection.

    A server that goes sends word, which then waits to be read; only if something does is the
    connection tried. Trying it each time would be a third round trip in a request of two.
    """
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    if poll.poll(0):
        ConnectionPool.check_connection(connection)


class DatabaseWrapper(base.DatabaseWrapper):
    @property
    def pool(self) -> ConnectionPool[Any] | None:
        pool: ConnectionPool[Any] | None = super().pool
        if pool is not None:
            pool._check = check  # Django lets no other check through to the pool
        return pool
