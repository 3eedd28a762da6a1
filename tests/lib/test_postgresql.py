"""The database backend: what the pool hands out is alive."""

from __future__ import annotations

import psycopg
import pytest
from django.conf import settings
from django.db import connection


def backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid: int = cursor.fetchone()[0]
    return pid


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_was_cut_is_not_handed_out() -> None:
    before = backend()
    connection.close()
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    where = {name: settings.DATABASES["default"][key] for name, key in names.items()}
    with psycopg.connect(**where, dbname="postgres") as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [before])
    assert backend() != before
