"""POST /api/v1/auth/login"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client as Browser

from apps.accounts.models import Login, User
from tests import checks
from tests.conftest import PASSWORD, Api

URL = "/api/v1/auth/login"


@pytest.mark.parametrize("name", ["alice", "alice@example.com", "ALICE@example.com"])
def test_it_works(api: Api, alice: User, name: str) -> None:
    response = api(None).post(URL, {"username": name, "password": PASSWORD}, format="json")
    assert response.status_code == 200
    body = response.json()
    assert set(body) == {"token", "expires_at"}
    assert checks.TIME.fullmatch(body["expires_at"])
    assert api(body["token"]).get("/api/v1/sessions").status_code == 200


def test_wrong_password_and_unknown_user_look_the_same(api: Api, alice: User) -> None:
    answers = [
        api(None).post(URL, {"username": name, "password": "wrong-horse"}, format="json")
        for name in ("alice", "nobody")
    ]
    told = [checks.problem(answer, 401, "authentication_error") for answer in answers]
    assert told[0]["message"] == told[1]["message"]
    assert told[0]["details"] == told[1]["details"] == {}


def test_disabled_user_is_refused(api: Api, alice: User) -> None:
    alice.is_active = False
    alice.save()
    response = api(None).post(URL, {"username": "alice", "password": PASSWORD}, format="json")
    checks.problem(response, 401, "authentication_error")
    assert not Login.objects.exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "username"),
        ({"username": "alice"}, "password"),
        ({"username": 5, "password": "x"}, "username"),
        ({"username": "", "password": "x"}, "username"),
        ({"username": None, "password": "x"}, "username"),
        ({"username": "a" * 255, "password": "x"}, "username"),
        ({"username": "alice", "password": ["x"]}, "password"),
        ({"username": "alice\x00", "password": "x"}, "username"),
        ({"username": "alice", "password": "x", "role": "admin"}, "role"),
        ([], "body"),
        ("alice", "body"),
    ],
)
def test_wrong_input(api: Api, db: None, body: Any, field: str) -> None:
    checks.problem(api(None).post(URL, body, format="json"), 422, "validation_error", field)


def test_a_stale_credential_does_not_stand_in_the_way(api: Api, alice: User) -> None:
    client = api("nonsense")
    response = client.post(URL, {"username": "alice", "password": PASSWORD}, format="json")
    assert response.status_code == 200


def test_guessing_ends_at_the_limit(raw_http: Browser, alice: User, limited: None) -> None:
    """20 a minute (spec 1, Rate Limiting), also for the right password after that."""
    form = {"username": "alice", "password": "wrong-horse"}
    for _ in range(20):
        response = raw_http.post(URL, form, content_type="application/json")
        assert response.status_code == 401
    right = {"username": "alice", "password": PASSWORD}
    response = raw_http.post(URL, right, content_type="application/json")
    checks.problem(response, 429, "rate_limited")
    assert 1 <= int(response.headers["Retry-After"]) <= 60


def test_a_spoofed_address_does_not_help(raw_http: Browser, alice: User, limited: None) -> None:
    answers = [
        raw_http.post(
            URL,
            {"username": f"user{number}", "password": "wrong-horse"},
            content_type="application/json",
            headers={"X-Forwarded-For": f"10.0.0.{number}"},
        ).status_code
        for number in range(21)
    ]
    assert answers == [401] * 20 + [429]
