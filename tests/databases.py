"""Trouble for the database under test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.conf import settings
from django.db import connection


def from_outside() -> psycopg.Connection[tuple[int]]:
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    where = {name: settings.DATABASES["default"][key] for name, key in names.items()}
    return psycopg.connect(**where, dbname="postgres", autocommit=True)


@contextmanager
def takes_no_rows(table: str) -> Iterator[None]:
    """As if the table were broken; what is in it stays."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT broken CHECK (false) NOT VALID")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT broken")


@contextmanager
def without(table: str) -> Iterator[None]:
    """Nothing that needs the table works."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO {table}_away")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table}_away RENAME TO {table}")
