"""Several statements in one round trip to PostgreSQL, each planned once per connection.

To plan a query of one row takes PostgreSQL three times as long as to run it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection, models
from django.db.models.expressions import DatabaseDefault
from psycopg import Connection
from psycopg.pq import TransactionStatus

Rows = list[tuple[Any, ...]]
PLACE = re.compile("%s")


@dataclass(frozen=True)
class Query:
    """`sql` must be one of a few texts, since each is kept prepared; `values` are never in it.

    Where the best plan depends on the values, `kept=False` has it planned for them each time.
    """

    sql: str
    values: Sequence[Any] = ()
    kept: bool = True


# Of each connection: statements, and the text that runs them.
_prepared: WeakKeyDictionary[Any, dict[str, str]] = WeakKeyDictionary()


def _cursor() -> AbstractContextManager[Any]:
    cursor: AbstractContextManager[Any] = connection.bare_cursor()  # type: ignore[attr-defined]  # our backend's
    return cursor


def prepared(query: Query) -> str:
    """What runs it on this connection; its values go beside it."""
    with _cursor() as cursor:
        return _prepared_by(cursor, query)


def _execute(cursor: Any, queries: Sequence[Query]) -> None:
    values = [value for query in queries for value in query.values]
    statements = "; ".join(_prepared_by(cursor, query) for query in queries)
    if _begins(cursor.connection):
        cursor.execute(f"BEGIN; {statements}", values)
        cursor.nextset()
    else:
        cursor.execute(statements, values)


def _begins(connection: Connection[Any]) -> bool:
    """Whether a transaction is due; psycopg would begin it in a round trip of its own."""
    if connection.autocommit or connection.info.transaction_status != TransactionStatus.IDLE:
        return False
    connection.autocommit = True  # as Django has it between transactions
    return True


def _prepared_by(cursor: Any, query: Query) -> str:
    if not query.kept:
        return query.sql
    known = _prepared.get(cursor.connection)
    if known is None:
        known = _prepared[cursor.connection] = {}
    if query.sql not in known:
        known[query.sql] = _prepare(cursor, f"batch_{len(known)}", query)
    return known[query.sql]


def _prepare(cursor: Any, name: str, query: Query) -> str:
    numbers = itertools.count(1)
    cursor.execute(f"PREPARE {name} AS {PLACE.sub(lambda _: f'${next(numbers)}', query.sql)}")
    places = ", ".join(["%s"] * len(query.values))
    return f"EXECUTE {name} ({places})" if places else f"EXECUTE {name}"


def fetch(*queries: Query) -> list[Rows]:
    """The rows of each. They run in turn: what comes after a lock sees what the lock waited for."""
    with _cursor() as cursor:
        _execute(cursor, queries)
        found = [cursor.fetchall()]
        while cursor.nextset():
            found.append(cursor.fetchall())
    return found


class Batch:
    """Collects statements and sends them together; call `write` in a transaction.

    For the few places that are as hot as a chat: `Model.save` compiles each statement anew and
    waits for each answer. Primary keys that the database gives are not read back.
    """

    def __init__(self) -> None:
        self._statements: list[Query] = []
        self._listeners: list[Callable[[int], object] | None] = []

    def insert(self, row: models.Model) -> None:
        values = {
            field.column: field.get_db_prep_save(value, connection)
            for field in row._meta.concrete_fields
            if not _left_to_database(field, value := field.pre_save(row, add=True))
        }
        columns = ", ".join(f'"{column}"' for column in values)
        places = ", ".join(["%s"] * len(values))
        table = row._meta.db_table
        self.add(f'INSERT INTO "{table}" ({columns}) VALUES ({places})', *values.values())  # noqa: S608  # names of our models
        row._state.adding, row._state.db = False, connection.alias

    def update(self, row: models.Model, name: str) -> None:
        field = row._meta.get_field(name)
        value = field.get_db_prep_save(field.pre_save(row, add=False), connection)  # type: ignore[union-attr]  # a column of ours
        sql = f'UPDATE "{row._meta.db_table}" SET "{field.column}" = %s WHERE id = %s'  # type: ignore[union-attr]  # noqa: S608  # the same
        self.add(sql, value, row.pk)

    def add(
        self, statement: str, *values: Any, then: Callable[[int], object] | None = None
    ) -> None:
        """Any statement; `then` hears how many rows it wrote."""
        self._statements.append(Query(statement, values))
        self._listeners.append(then)

    def write(self) -> None:
        written = []
        with _cursor() as cursor:
            _execute(cursor, self._statements)
            for _ in self._statements:
                written.append(cursor.rowcount)
                cursor.nextset()
        for then, count in zip(self._listeners, written, strict=True):
            if then is not None:
                then(count)


def _left_to_database(field: models.Field[Any, Any], value: Any) -> bool:
    return isinstance(value, DatabaseDefault) or (field.primary_key and value is None)
