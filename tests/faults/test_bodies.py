"""Bodies nobody means well with, sent to every operation of /api/v1."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.apps import apps as django_apps
from django.db import connection
from django.test import Client as Browser

from apps.accounts import services as accounts
from apps.accounts.models import User
from tests import checks, routes
from tests.faults.test_tenancy import OPERATIONS, each_of, ids  # noqa: F401  # a fixture
from tests.routes import Operation

JSON = "application/json"
UNREADABLE: dict[str, bytes] = {
    "words": b"hello",
    "half": b'{"a": ',
    "two documents": b"{}{}",
    "single quotes": b"{'a': 1}",
    "trailing comma": b'{"a": 1,}',
    "comment": b"{} // x",
    "space": b" ",
    "NaN": b'{"a": NaN}',
    "-Infinity": b'{"a": -Infinity}',
    "1e999": b'{"a": 1e999}',
    "huge integer": b'{"a": ' + b"9" * 5000 + b"}",
    "20 digits": b'{"a": 12345678901234567890}',
    "same key twice": b'{"a": 1, "a": 2}',
    "same key twice, escaped": b'{"a": 1, "\\u0061": 2}',
    "same key twice, within": b'{"a": [{"b": 1, "b": 2}]}',
    "BOM": "\ufeff{}".encode(),
    "UTF-16": "{}".encode("utf-16"),
    "UTF-32": "{}".encode("utf-32"),
    "latin-1": '{"a": "é"}'.encode("latin-1"),
    "overlong": b'{"a": "\xc0\x80"}',
    "surrogate in UTF-8": b'{"a": "\xed\xa0\x80"}',
    "NUL": b"\x00",
    "control character": b'{"a": "\x01"}',
    "deep list": b"[" * 100_000,
    "deep closed list": b"[" * 100_000 + b"]" * 100_000,
    "deep object": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "33 deep": b'{"a":' + b"[" * 33 + b"]" * 33 + b"}",
    "10,001 keys": json.dumps({str(number): 1 for number in range(10_001)}).encode(),
}
REFUSED: dict[str, bytes] = {
    "null": b"null",
    "true": b"true",
    "number": b"5",
    "text": b'"x"',
    "empty text": b'""',
    "list": b"[]",
    "list of objects": b"[{}]",
    "unknown field": b'{"x_unknown": 1}',
    "prototype": b'{"__proto__": {"admin": true}}',
    "NUL in a key": b'{"a\\u0000": 1}',
    "surrogate in a key": b'{"\\ud800": 1}',
}
WITH_FIELDS = [each for each in OPERATIONS if each.method in ("post", "patch")]


def rows() -> dict[str, int]:
    """How many there are in each table: what a refused request must not change."""
    tables = [
        model._meta.db_table
        for model in django_apps.get_models()
        if model.__module__.startswith("apps.")
    ]
    counts = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in tables)  # noqa: S608  # our own names
    with connection.cursor() as cursor:
        cursor.execute(counts)
        return dict(cursor.fetchall())


@pytest.fixture
def bearer(alice: User) -> dict[str, str]:
    return {"Authorization": f"Bearer {accounts.open_login(user=alice).token}"}


def send(
    raw_http: Browser,
    operation: Operation,
    ids: dict[str, str],  # noqa: F811
    bearer: dict[str, str],
    body: bytes,
    content_type: str = JSON,
) -> Any:
    path = operation.path(**ids)
    return raw_http.generic(operation.method.upper(), path, body, content_type, headers=bearer)


@each_of(WITH_FIELDS)
def test_unreadable_is_400(
    operation: Operation,
    raw_http: Browser,
    ids: dict[str, str],  # noqa: F811
    bearer: dict[str, str],
) -> None:
    before = rows()
    for name, body in UNREADABLE.items():
        response = send(raw_http, operation, ids, bearer, body)
        assert response.status_code == 400, name
        checks.problem(response, 400, "invalid_request")
    assert rows() == before


@each_of(WITH_FIELDS)
def test_readable_but_refused_is_422(
    operation: Operation,
    raw_http: Browser,
    ids: dict[str, str],  # noqa: F811
    bearer: dict[str, str],
) -> None:
    before = rows()
    for name, body in REFUSED.items():
        response = send(raw_http, operation, ids, bearer, body)
        assert response.status_code == 422, name
        checks.problem(response, 422, "validation_error")
    assert rows() == before


@each_of(WITH_FIELDS)
def test_other_media_types_are_415(
    operation: Operation,
    raw_http: Browser,
    ids: dict[str, str],  # noqa: F811
    bearer: dict[str, str],
) -> None:
    before = rows()
    for kind in (
        "text/plain",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "application/jsonp",
        "json",
        "/",
        "",
        'application/json; charset=utf-16le; "',
    ):
        response = send(raw_http, operation, ids, bearer, b'{"a": 1}', kind)
        # The last one is JSON all the same, with a field that nobody knows.
        status = 422 if kind.startswith("application/json;") else 415
        assert response.status_code == status, kind
    assert rows() == before


@each_of([each for each in WITH_FIELDS if each.name in routes.BODIES])
def test_each_field_of_every_wrong_kind(
    operation: Operation,
    raw_http: Browser,
    ids: dict[str, str],  # noqa: F811
    bearer: dict[str, str],
) -> None:
    """A field is refused, or its value was good: never a 500, and a refusal stores nothing."""
    good, before = operation.body(**ids), rows()
    for field in good:
        for value in (
            *(None, True, False, 0, -1, 10**18, 1.5, "", " ", "\x00", "\ud800", "x" * 50_000),
            *([], [None], [[]], {}, {"a": {"b": "\udfff"}}, ["\x00"], [{}] * 50),
            *("0001-01-01T00:00:00Z", "9999-99-99", "2025-02-30", "'; DROP TABLE x; --"),
        ):
            body = json.dumps({**good, field: value}).encode()
            response = send(raw_http, operation, ids, bearer, body)
            assert response.status_code < 500, (field, value)
            if response.status_code < 400:
                before = rows()
            else:
                code = response.json()["error"]["code"]
                checks.problem(response, response.status_code, code)
                assert rows() == before, (field, value)


READ_ONLY = (
    *("id", "pk", "client_id", "session_id", "webhook_id", "persona", "role", "is_staff", "user"),
    *("owner", "created_by", "created_at", "updated_at", "started_at", "ended_at", "status"),
    *("number", "message_count", "search_tokens", "summary", "insights", "author", "timestamp"),
    *("sender_id", "recorded_by", "key", "digest", "prefix", "budget", "scope", "model"),
)


@each_of([each for each in WITH_FIELDS if each.name in routes.BODIES])
def test_read_only_fields_are_refused(
    operation: Operation,
    raw_http: Browser,
    ids: dict[str, str],  # noqa: F811
    bearer: dict[str, str],
) -> None:
    good = operation.body(**ids)
    before = rows()
    for field in READ_ONLY:
        if field not in good and (operation.name, field) != (
            "patch webhooks/{webhook_id}",
            "status",
        ):
            body = json.dumps({**good, field: "x"}).encode()
            response = send(raw_http, operation, ids, bearer, body)
            checks.problem(response, 422, "validation_error", field)
    assert rows() == before
