"""POST /api/v1/auth/password/reset/confirm"""

from __future__ import annotations

from typing import Any

import pytest

from apps.accounts import tokens
from apps.accounts.models import User
from tests import checks
from tests.conftest import PASSWORD, Api

URL = "/api/v1/auth/password/reset/confirm"
NEW = "another-staple-battery-7"


def test_it_works_once_and_ends_all_logins(api: Api, alice: User) -> None:
    before = api(alice)
    body = {"token": tokens.reset_token(alice), "password": NEW}
    response = api(None).post(URL, body, format="json")
    assert (response.status_code, response.content) == (204, b"")
    checks.problem(before.get("/api/v1/sessions"), 401, "authentication_error")
    for password, status in ((PASSWORD, 401), (NEW, 200)):
        form = {"username": "alice", "password": password}
        assert api(None).post("/api/v1/auth/login", form, format="json").status_code == status
    checks.problem(api(None).post(URL, body, format="json"), 422, "validation_error", "token")


def test_a_weak_password_changes_nothing(api: Api, alice: User) -> None:
    body = {"token": tokens.reset_token(alice), "password": "12345678"}
    checks.problem(api(None).post(URL, body, format="json"), 422, "validation_error", "password")
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


def test_anothers_token_is_refused(api: Api, alice: User, charlie: User) -> None:
    uid = tokens.reset_token(alice).partition(".")[0]
    proof = tokens.reset_token(charlie).partition(".")[2]
    body = {"token": f"{uid}.{proof}", "password": NEW}
    checks.problem(api(None).post(URL, body, format="json"), 422, "validation_error", "token")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "token"),
        ({"token": "x", "password": NEW}, "token"),
        ({"token": ".", "password": NEW}, "token"),
        ({"token": "ÿÿ.ÿ", "password": NEW}, "token"),
        ({"token": "AA.x", "password": NEW}, "token"),
        ({"token": "x" * 201, "password": NEW}, "token"),
        ({"token": "x.y", "password": 7}, "password"),
        ({"token": "x.y", "password": NEW, "username": "bob"}, "username"),
    ],
)
def test_wrong_input(api: Api, db: None, body: Any, field: str) -> None:
    checks.problem(api(None).post(URL, body, format="json"), 422, "validation_error", field)
