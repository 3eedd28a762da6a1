"""The server's other database, from which the one under test can be troubled."""

from __future__ import annotations

import psycopg
from django.conf import settings


def from_outside() -> psycopg.Connection[tuple[int]]:
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    where = {name: settings.DATABASES["default"][key] for name, key in names.items()}
    return psycopg.connect(**where, dbname="postgres", autocommit=True)
