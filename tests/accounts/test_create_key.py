"""POST /api/v1/auth/keys"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from apps.accounts.models import ApiKey, User
from apps.sessions.models import Session
from smartsteps.lib import clock
from tests import checks
from tests.conftest import Api

URL = "/api/v1/auth/keys"


def test_it_works(api: Api, alice: User) -> None:
    body = {"name": "Unity", "scopes": ["sessions:read"]}
    response = api(alice).post(URL, body, format="json")
    assert response.status_code == 201
    key = response.json()["key"]
    assert re.fullmatch(r"sk_ss_[0-9A-Za-z]{32}", key)
    assert api(key).get("/api/v1/sessions").status_code == 200
    checks.problem(api(key).get("/api/v1/clients"), 403, "permission_denied")


def test_only_a_hash_is_kept(api: Api, alice: User) -> None:
    key = api(alice).post(URL, {"name": "Unity"}, format="json").json()["key"]
    row = ApiKey.objects.values().get()
    assert key not in str(row)
    assert bytes(row["digest"]) != key.encode()


def test_an_expired_key_is_refused(api: Api, alice: User) -> None:
    key = checks.api_key(alice, "sessions:read")
    ApiKey.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    checks.problem(api(key).get("/api/v1/sessions"), 401, "authentication_error")


def test_a_key_follows_its_owner(api: Api, alice: User) -> None:
    key = checks.api_key(alice, "sessions:read")
    alice.is_active = False
    alice.save()
    checks.problem(api(key).get("/api/v1/sessions"), 401, "authentication_error")


def test_keys_and_join_tokens_make_no_keys(api: Api, alice: User, session: Session) -> None:
    for credential in (checks.api_key(alice, "clients:read"), checks.join_token(session, alice)):
        response = api(credential).post(URL, {"name": "more"}, format="json")
        checks.problem(response, 403, "permission_denied")


def test_clients_make_no_keys(api: Api, jane_user: User) -> None:
    checks.problem(
        api(jane_user).post(URL, {"name": "mine"}, format="json"), 403, "permission_denied"
    )


def test_needs_a_credential(api: Api, db: None) -> None:
    checks.needs_credential(api, "post", URL, {"name": "x"})


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": 1}, "name"),
        ({"name": "n" * 101}, "name"),
        ({"name": "n\x00"}, "name"),
        ({"name": "n", "scopes": "all"}, "scopes"),
        ({"name": "n", "scopes": ["root"]}, "scopes"),
        ({"name": "n", "expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"name": "n", "expires_at": "2120-01-01T00:00:00"}, "expires_at"),
        ({"name": "n", "user": "u1"}, "user"),
        ({"name": "n", "key": "sk_ss_mine"}, "key"),
    ],
)
def test_wrong_input(api: Api, alice: User, body: Any, field: str) -> None:
    checks.problem(api(alice).post(URL, body, format="json"), 422, "validation_error", field)
    assert not ApiKey.objects.exists()
