"""The backend itself (Django looks for this module's name)."""

from __future__ import annotations

import select
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import local
from typing import Any
from weakref import WeakSet

from django.db.backends.postgresql import base
from psycopg import Connection, OperationalError
from psycopg_pool import ConnectionPool

thread = local()


def keep_connection() -> None:
    """Let this thread keep its connection, for a thread that serves one request after another.

    To take it from the pool and give it back would cost as much as to ask it something.
    """
    thread.keeps = True


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
    """In a thread that keeps its connection, it is as with health checks and CONN_MAX_AGE."""

    _kept: WeakSet[Connection[Any]] = WeakSet()
    _bare: Any = None

    @contextmanager
    def bare_cursor(self) -> Iterator[Any]:
        """psycopg's cursor, one for all that is asked of a connection in turn.

        To make one with Django's around it takes longer than to ask something short. Somebody
        who watches queries is shown these too, by means of Django's.
        """
        if self.queries_logged or self.execute_wrappers:
            with self.cursor() as cursor:
                yield cursor
            return
        self.validate_thread_sharing()
        self.close_if_health_check_failed()
        self.ensure_connection()
        self.validate_no_broken_transaction()
        with self.wrap_database_errors:
            if self._bare is None:
                self._bare = self.create_cursor()
            yield self._bare

    def connect(self) -> None:
        self._bare = None
        super().connect()
        if self.pool is not None and getattr(thread, "keeps", False):
            self.close_at = time.monotonic() + self.pool.max_lifetime
            self.health_check_enabled = True
            self._kept.add(self.connection)

    def close_if_health_check_failed(self) -> None:
        """Django trusts its pool there, from which a kept connection did not come just now."""
        super(base.DatabaseWrapper, self).close_if_health_check_failed()

    def is_usable(self) -> bool:
        """Django asks at the first query of a request, and after errors."""
        sound = self.connection is not None and not self.connection.closed
        return sound and is_alive(self.connection)

    def close_pool(self) -> None:
        """Threads that keep a connection will find it closed."""
        while self._kept:
            self._kept.pop().close()
        super().close_pool()

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
