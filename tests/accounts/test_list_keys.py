"""GET /api/v1/auth/keys"""

from __future__ import annotations

from apps.accounts.models import User
from apps.sessions.models import Session
from tests import checks
from tests.conftest import Api

URL = "/api/v1/auth/keys"
FIELDS = {
    "id", "name", "scopes", "networks", "signed", "created_at", "expires_at", "last_used_at",
    "revoked_at",
}  # fmt: skip


def test_it_works_and_shows_no_key(api: Api, alice: User) -> None:
    key = checks.api_key(alice, "clients:read")
    response = api(alice).get(URL)
    assert response.status_code == 200
    (row,) = response.json()["keys"]
    assert set(row) == FIELDS
    assert (row["id"], row["scopes"]) == (key[:14], ["clients:read"])
    assert key not in response.content.decode()


def test_others_keys_are_not_listed(api: Api, alice: User, bob: User, charlie: User) -> None:
    checks.api_key(alice, "clients:read")
    for other in (bob, charlie):
        assert api(other).get(URL).json() == {"keys": []}


def test_needs_a_credential(api: Api, db: None) -> None:
    checks.needs_credential(api, "get", URL)


def test_keys_and_join_tokens_may_not(api: Api, alice: User, session: Session) -> None:
    for credential in (checks.api_key(alice, "clients:read"), checks.join_token(session, alice)):
        checks.problem(api(credential).get(URL), 403, "permission_denied")
