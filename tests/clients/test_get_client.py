"""GET /api/v1/clients/{id}"""

from __future__ import annotations

from apps.accounts.actors import Actor
from apps.accounts.models import User
from apps.clients.models import Client
from apps.sessions import services as sessions
from apps.sessions.models import Session
from tests import checks
from tests.conftest import Api

URL = "/api/v1/clients/{}"


def test_it_counts_sessions(api: Api, alice: User, active: Session, by_alice: Actor) -> None:
    for _ in range(2):
        sessions.create_session(
            client_id=active.client_id,
            persona_id=active.persona_id,
            duration_minutes=45,
            by=by_alice,
        )
    sessions.end_session(active.pk, by=by_alice)
    body = api(alice).get(URL.format(active.client_id)).json()
    assert body["session_count"] == {"total": 3, "completed": 1, "scheduled": 2}


def test_stranger_sees_nothing(api: Api, charlie: User, jane: Client) -> None:
    checks.like_unknown(api(charlie), "get", URL, jane.pk)


def test_needs_a_credential_and_a_scope(api: Api, alice: User, jane: Client) -> None:
    checks.needs_credential(api, "get", URL.format(jane.pk))
    checks.needs_scope(api, alice, "clients:read", "get", URL.format(jane.pk))


def test_a_join_token_may_not(api: Api, alice: User, session: Session) -> None:
    response = api(checks.join_token(session, alice)).get(URL.format(session.client_id))
    checks.problem(response, 403, "permission_denied")


def test_after_care_ends_it_is_gone(api: Api, alice: User, jane: Client) -> None:
    client = api(alice)
    jane.care.all().delete()
    checks.like_unknown(client, "get", URL, jane.pk)
