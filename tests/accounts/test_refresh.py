"""POST /api/v1/auth/refresh"""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier

import pytest
import time_machine

from apps.accounts import services
from apps.accounts.models import User
from apps.sessions.models import Session
from smartsteps.lib import clock
from tests import checks
from tests.conftest import Api
from tests.threads import at_once

URL = "/api/v1/auth/refresh"


def test_it_works_and_ends_the_old_token(api: Api, alice: User) -> None:
    old = services.open_login(user=alice).token
    response = api(old).post(URL)
    assert response.status_code == 200
    assert set(response.json()) == {"token", "expires_at"}
    assert api(response.json()["token"]).get("/api/v1/sessions").status_code == 200
    checks.problem(api(old).get("/api/v1/sessions"), 401, "authentication_error")


def test_a_token_that_was_good_ends_after_its_day(api: Api, alice: User) -> None:
    issued = services.open_login(user=alice)
    assert api(issued.token).get("/api/v1/sessions").status_code == 200
    with time_machine.travel(issued.expires_at + timedelta(seconds=1), tick=False):
        checks.problem(api(issued.token).get("/api/v1/sessions"), 401, "authentication_error")


def test_needs_a_credential(api: Api, db: None) -> None:
    checks.needs_credential(api, "post", URL)


def test_keys_and_join_tokens_are_not_refreshed(api: Api, alice: User, session: Session) -> None:
    for credential in (checks.api_key(alice, "sessions:read"), checks.join_token(session, alice)):
        checks.problem(api(credential).post(URL), 403, "permission_denied")


def test_the_chain_ends_with_the_login(api: Api, alice: User) -> None:
    client = api(alice)
    alice.logins.update(expires_at=clock.now())
    checks.problem(client.post(URL), 401, "authentication_error")


@pytest.mark.django_db(transaction=True)
def test_two_refreshes_at_once_leave_one_good_token(api: Api, alice: User) -> None:
    token = services.open_login(user=alice).token
    barrier = Barrier(2)

    def refresh() -> str | None:
        barrier.wait()
        response = api(token).post(URL)
        return response.json().get("token")

    tokens = [token for token in at_once(refresh, refresh) if token]
    good = [token for token in tokens if api(token).get("/api/v1/sessions").status_code == 200]
    assert len(good) == 1
