"""The database backend: what the pool hands out is alive."""

from __future__ import annotations

import time
from collections.abc import Iterable

import pytest
from django.db import connection

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
