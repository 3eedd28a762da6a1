"""DELETE /api/v1/auth/keys/{id}"""

from __future__ import annotations

import pytest

from apps.accounts.models import ApiKey, User
from tests import checks
from tests.conftest import Api

URL = "/api/v1/auth/keys/{}"


@pytest.fixture
def key(alice: User) -> str:
    return checks.api_key(alice, "sessions:read")


def test_it_works(api: Api, alice: User, key: str) -> None:
    response = api(alice).delete(URL.format(key[:14]))
    assert (response.status_code, response.content) == (204, b"")
    checks.problem(api(key).get("/api/v1/sessions"), 401, "authentication_error")


def test_an_admin_revokes_any(api: Api, bob: User, key: str) -> None:
    assert api(bob).delete(URL.format(key[:14])).status_code == 204


def test_stranger_sees_nothing(api: Api, charlie: User, key: str) -> None:
    checks.like_unknown(api(charlie), "delete", URL, key[:14])
    assert api(key).get("/api/v1/sessions").status_code == 200


def test_twice_keeps_the_first_time(api: Api, alice: User, key: str) -> None:
    for _ in range(2):
        assert api(alice).delete(URL.format(key[:14])).status_code == 204
        moment = ApiKey.objects.get().revoked_at
    assert ApiKey.objects.get().revoked_at == moment


def test_a_key_may_not(api: Api, key: str) -> None:
    checks.problem(api(key).delete(URL.format(key[:14])), 403, "permission_denied")


def test_needs_a_credential(api: Api, db: None) -> None:
    checks.needs_credential(api, "delete", URL.format("sk_ss_12345678"))
