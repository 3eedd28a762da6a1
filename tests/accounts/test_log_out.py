"""POST /api/v1/auth/logout"""

from __future__ import annotations

from apps.accounts import services
from apps.accounts.models import User
from apps.sessions.models import Session
from tests import checks
from tests.conftest import Api

URL = "/api/v1/auth/logout"


def test_it_works(api: Api, alice: User) -> None:
    token = services.open_login(user=alice).token
    response = api(token).post(URL)
    assert (response.status_code, response.content) == (204, b"")
    checks.problem(api(token).get("/api/v1/sessions"), 401, "authentication_error")


def test_other_logins_go_on(api: Api, alice: User) -> None:
    elsewhere = api(alice)
    api(alice).post(URL)
    assert elsewhere.get("/api/v1/sessions").status_code == 200


def test_needs_a_credential(api: Api, db: None) -> None:
    checks.needs_credential(api, "post", URL)


def test_keys_and_join_tokens_have_no_login(api: Api, alice: User, session: Session) -> None:
    for credential in (checks.api_key(alice, "sessions:read"), checks.join_token(session, alice)):
        checks.problem(api(credential).post(URL), 403, "permission_denied")


def test_twice_is_refused(api: Api, alice: User) -> None:
    client = api(alice)
    client.post(URL)
    checks.problem(client.post(URL), 401, "authentication_error")
