"""Several statements in one round trip."""

from __future__ import annotations

import pytest
from django.db import DataError, connection, transaction
from django.test.utils import CaptureQueriesContext

from smartsteps.lib.batch import Query, fetch

ODD = "100 %s, it's \\ $1; SELECT 1 --"


def _prepared() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%odd%'")
        count: int = cursor.fetchone()[0]
    return count


@pytest.mark.django_db
def test_each_query_has_its_rows() -> None:
    words = Query("SELECT word FROM unnest(%s::text[]) word", [["b", "a"]])
    assert fetch(words, Query("SELECT %s::int WHERE false", [1]), words) == [
        [("b",), ("a",)], [], [("b",), ("a",)],
    ]  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_a_text_is_prepared_once_on_each_connection() -> None:
    for value in (ODD, "", "two"):
        assert fetch(Query("SELECT %s AS odd", [value])) == [[(value,)]]
    assert _prepared() == 1
    connection.close()
    assert fetch(Query("SELECT %s AS odd", [ODD])) == [[(ODD,)]]


@pytest.mark.django_db(transaction=True)
def test_errors_are_djangos_and_end_a_transaction() -> None:
    with transaction.atomic():
        with pytest.raises(DataError), transaction.atomic():
            fetch(Query("SELECT 1 / %s", [0]))
        assert fetch(Query("SELECT %s::int", [1])) == [[(1,)]]
        transaction.set_rollback(True)
        with pytest.raises(transaction.TransactionManagementError):
            fetch(Query("SELECT %s", [1]))


@pytest.mark.django_db(transaction=True)
def test_a_batch_that_comes_first_begins_the_transaction() -> None:
    insert = Query("INSERT INTO realtime_topic (name, last_number) VALUES (%s, 0) RETURNING 1", [1])
    count = Query("SELECT count(*) FROM realtime_topic")
    with transaction.atomic():
        assert fetch(insert, count) == [[(1,)], [(1,)]]
        assert fetch(count) == [[(1,)]]
        transaction.set_rollback(True)
    assert fetch(count) == [[(0,)]]
    with transaction.atomic():
        fetch(insert)
    connection.close()
    assert fetch(count) == [[(1,)]]


@pytest.mark.django_db(transaction=True)
def test_begin_takes_no_round_trip_of_its_own() -> None:
    running = Query("SELECT query FROM pg_stat_activity WHERE pid = pg_backend_pid()")
    fetch(running)  # prepared, which would come first
    with transaction.atomic():
        assert fetch(running)[0][0][0].startswith("BEGIN; ")


@pytest.mark.django_db
def test_who_watches_queries_sees_them() -> None:
    with CaptureQueriesContext(connection) as seen:
        fetch(Query("SELECT %s", [1]), Query("SELECT %s", [2]))
    assert seen[-1]["sql"].count("EXECUTE") == 2
