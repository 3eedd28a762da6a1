"""Every route of /api/v1 against everyone who may not use it.

The routes come from the URL resolver: a new one is tested from its first day, and fails here
until `tests/routes.py` says what a good call of it looks like.
"""

from __future__ import annotations

from typing import Any

import pytest

from apps.accounts import services as accounts
from apps.accounts.actors import Actor
from apps.accounts.models import ApiKey, User
from apps.accounts.scopes import ALL
from apps.sessions import services as sessions
from apps.sessions.models import Session
from smartsteps.lib import clock
from tests import checks, factories, routes
from tests.conftest import Api
from tests.routes import Operation

OPERATIONS = routes.operations()
CLOSED = [each for each in OPERATIONS if each.route not in routes.OPEN]
OWNED = [each for each in CLOSED if each.parameters and each.route not in routes.SHARED]
names = [each.name for each in OPERATIONS]


def each_of(operations: list[Operation]) -> Any:
    return pytest.mark.parametrize("operation", operations, ids=lambda each: each.name)


@pytest.fixture
def ids(alice: User, active: Session, request: pytest.FixtureRequest) -> dict[str, str]:
    """Alice's own, for every parameter that a route has."""
    return {
        "client_id": active.client_id,
        "session_id": active.pk,
        "persona_id": active.persona_id,
        "prefix": checks.api_key(alice, "clients:read")[:14],
        **factories.sent_webhook(alice),
    }


def call(api: Api, who: User | str | None, operation: Operation, ids: dict[str, str]) -> Any:
    method = getattr(api(who), operation.method)
    return method(operation.path(**ids), operation.body(**ids), format="json")


def test_there_are_routes() -> None:
    assert "post sessions/{session_id}/start" in names
    assert len(OPERATIONS) == len(set(names)) >= 24


@each_of(CLOSED)
def test_anonymous_and_revoked(
    operation: Operation, api: Api, alice: User, ids: dict[str, str]
) -> None:
    revoked = checks.api_key(alice, *sorted(ALL))
    ApiKey.objects.filter(prefix=revoked[:14]).update(revoked_at=clock.now())
    ended = accounts.open_login(user=alice).token
    accounts.end_logins(user=alice)
    for credential in (None, revoked, ended, "nonsense"):
        response = call(api, credential, operation, ids)
        checks.problem(response, 401, "authentication_error")


@each_of(CLOSED)
def test_a_key_without_its_scope(
    operation: Operation, api: Api, alice: User, ids: dict[str, str]
) -> None:
    key = checks.api_key(alice, *sorted(ALL - {operation.scope}))
    response = call(api, key, operation, ids)
    checks.problem(response, 403, "permission_denied")


@each_of(OWNED)
def test_stranger(operation: Operation, api: Api, charlie: User, ids: dict[str, str]) -> None:
    (name,) = operation.parameters
    path = operation.path(**{name: "{}"})
    body = operation.body(**ids)
    checks.like_unknown(api(charlie), operation.method, path, ids[name], body)


@each_of(OWNED)
def test_join_token_of_another_session(
    operation: Operation, api: Api, alice: User, by_alice: Actor, ids: dict[str, str]
) -> None:
    """Of the same client even: it opens its own session and nothing else."""
    other = sessions.create_session(
        client_id=ids["client_id"],
        persona_id=ids["persona_id"],
        duration_minutes=45,
        by=by_alice,
    )
    (name,) = operation.parameters
    client = api(checks.join_token(other, alice))
    path, body = operation.path(**{name: "{}"}), operation.body(**ids)
    allowed = operation.scope in ("sessions:read", "messages:write")
    code = 404 if allowed else 403
    checks.like_unknown(client, operation.method, path, ids[name], body, code)


@each_of(OWNED)
def test_ids_of_other_tables(
    operation: Operation, api: Api, alice: User, ids: dict[str, str]
) -> None:
    (name,) = operation.parameters
    others = {kind: pk for kind, pk in ids.items() if kind not in (name, "prefix")}
    for foreign in (*others.values(), alice.pk):
        response = call(api, alice, operation, {**ids, name: foreign})
        checks.problem(response, 404, "resource_not_found")


@each_of(OPERATIONS)
def test_no_other_method(operation: Operation, api: Api, alice: User, ids: dict[str, str]) -> None:
    allowed = {each.method for each in OPERATIONS if each.route == operation.route}
    for method in {"get", "post", "put", "patch", "delete", "options"} - allowed:
        response = getattr(api(alice), method)(operation.path(**ids), {}, format="json")
        checks.problem(response, 405, "method_not_allowed")
        told = {part.strip() for part in response.headers["Allow"].lower().split(",")}
        assert allowed <= told
