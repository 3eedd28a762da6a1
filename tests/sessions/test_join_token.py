"""POST /api/v1/sessions/{id}/join-token"""

from __future__ import annotations

from datetime import timedelta

import time_machine

from apps.accounts.actors import Actor
from apps.accounts.models import User
from apps.sessions import services
from apps.sessions.models import Session
from smartsteps.lib import clock
from tests import checks
from tests.conftest import Api

URL = "/api/v1/sessions/{}/join-token"


def test_it_works(api: Api, alice: User, active: Session) -> None:
    response = api(alice).post(URL.format(active.pk))
    assert response.status_code == 201
    body = response.json()
    assert set(body) == {"token", "expires_at", "session_id"}
    client = api(body["token"])
    message = {"content": "Hello", "sender_type": "client"}
    made = client.post(f"/api/v1/sessions/{active.pk}/messages", message, format="json")
    assert made.status_code == 201
    assert made.json()["sender_id"] == active.client_id


def test_it_ends_in_time(api: Api, alice: User, active: Session) -> None:
    token = checks.join_token(active, alice)
    with time_machine.travel(clock.now() + timedelta(minutes=45 + 60, seconds=1), tick=False):
        response = api(token).get(f"/api/v1/sessions/{active.pk}")
    checks.problem(response, 401, "authentication_error")


def test_stranger_gets_none(api: Api, charlie: User, session: Session) -> None:
    checks.like_unknown(api(charlie), "post", URL, session.pk)


def test_a_reading_key_gets_none(api: Api, alice: User, session: Session) -> None:
    key = checks.api_key(alice, "sessions:read")
    checks.problem(api(key).post(URL.format(session.pk)), 403, "permission_denied")


def test_the_client_renews_only_her_own(
    api: Api, alice: User, session: Session, by_alice: Actor
) -> None:
    other = services.create_session(
        client_id=session.client_id,
        persona_id=session.persona_id,
        duration_minutes=45,
        by=by_alice,
    )
    client = api(checks.join_token(session, alice))
    assert client.post(URL.format(session.pk)).status_code == 201
    checks.like_unknown(client, "post", URL, other.pk)


def test_needs_a_credential(api: Api, db: None) -> None:
    checks.needs_credential(api, "post", URL.format("s1234567"))


def test_not_after_the_end(api: Api, alice: User, active: Session, by_alice: Actor) -> None:
    services.end_session(active.pk, by=by_alice)
    checks.problem(api(alice).post(URL.format(active.pk)), 409, "conflict")
