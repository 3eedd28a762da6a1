"""The backend itself (Django looks for this module's name)."""

from __future__ import annotations

import select
from typing import Any

from django.db.backends.postgresql import base
from psycopg import Connection, OperationalError
from psycopg_pool import ConnectionPool


def is_alive(connection: Connection[Any]) -> bool:
    """Whether the server still holds the connection.

    A server that goes sends word, which then waits to be read; only if something does is the
    connection tried. Trying it each time would be a third round trip in a request of two.
    """
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    if not poll.poll(0):
        return True
    try:
        ConnectionPool.check_connection(connection)
    except OperationalError:
        return False
    return True


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection[Any]:
        """Skip dead connections at once, after which the pool makes new ones.

        The pool's own check sleeps a second after the first, two after the next and so on: a
        pool that had grown to five could not be used for ten seconds.
        """
        connection: Connection[Any] = super().get_new_connection(conn_params)
        while self.pool is not None and not is_alive(connection):
            connection.close()
            self.pool.putconn(connection)
            connection = super().get_new_connection(conn_params)
        return connection
