"""The database backend: what the pool hands out is alive."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import close_old_connections, connection

from smartsteps.lib.postgresql.base import keep_connection
from tests.databases import from_outside


def backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid: int = cursor.fetchone()[0]
    return pid


def cut(pids: Iterable[int]) -> None:
    with from_outside() as other:
        for pid in pids:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_was_cut_is_not_handed_out() -> None:
    before = backend()
    connection.close()
    cut([before])
    assert backend() != before


@pytest.mark.django_db(transaction=True)
def test_a_pool_of_dead_connections_holds_nobody_up() -> None:
    """The pool's own check would sleep 1 + 2 + 4 + ... seconds, past its time limit."""
    connection.close()
    pool = connection.pool
    pool.open()
    held = [pool.getconn() for _ in range(6)]
    pids = {each.info.backend_pid for each in held}
    for each in held:
        pool.putconn(each)
    cut(pids)
    began = time.monotonic()
    assert backend() not in pids
    assert time.monotonic() - began < 3


@pytest.fixture
def lasting(transactional_db: None) -> Iterator[ThreadPoolExecutor]:
    """A thread that keeps its connection."""
    with ThreadPoolExecutor(1, initializer=keep_connection) as executor:
        yield executor
        executor.submit(lambda: connection.close()).result()


def _serve(thread: ThreadPoolExecutor) -> int:
    """A request's way with the connection."""

    def request() -> int:
        close_old_connections()
        try:
            return backend()
        finally:
            close_old_connections()

    return thread.submit(request).result()


def test_a_lasting_thread_keeps_its_connection(lasting: ThreadPoolExecutor) -> None:
    assert _serve(lasting) == _serve(lasting)
    assert backend() != _serve(lasting)


def test_a_kept_connection_that_was_cut_is_replaced(lasting: ThreadPoolExecutor) -> None:
    before = _serve(lasting)
    cut([before])
    assert _serve(lasting) != before


def test_closing_the_pool_closes_what_is_kept(lasting: ThreadPoolExecutor) -> None:
    before = _serve(lasting)
    connection.close_pool()
    assert _serve(lasting) != before
