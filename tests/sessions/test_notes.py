"""GET and POST /api/v1/sessions/{id}/notes"""

from __future__ import annotations

from typing import Any

import pytest

from apps.accounts.actors import Actor
from apps.accounts.models import User
from apps.realtime.models import Event
from apps.sessions import services
from apps.sessions.models import Note, Session
from tests import checks
from tests.conftest import Api

URL = "/api/v1/sessions/{}/notes"
BODY = {"content": "Client appeared more relaxed than last session."}


def test_it_works_in_any_state(api: Api, alice: User, session: Session, by_alice: Actor) -> None:
    client = api(alice)
    first = client.post(URL.format(session.pk), BODY, format="json")
    services.cancel_session(session.pk, by=by_alice)
    second = client.post(URL.format(session.pk), BODY, format="json")
    assert (first.status_code, second.status_code) == (201, 201)
    assert set(first.json()) == {"id", "content", "timestamp", "author"}
    assert first.json()["author"] == alice.email
    rows = client.get(URL.format(session.pk)).json()["notes"]
    assert rows == [first.json(), second.json()]


def test_the_event_is_for_staff(api: Api, alice: User, session: Session) -> None:
    api(alice).post(URL.format(session.pk), BODY, format="json")
    assert Event.objects.get().audience == "staff"


def test_stranger_sees_and_adds_nothing(api: Api, charlie: User, session: Session) -> None:
    checks.like_unknown(api(charlie), "get", URL, session.pk)
    checks.like_unknown(api(charlie), "post", URL, session.pk, BODY)
    assert not Note.objects.exists()


def test_the_client_may_not(api: Api, alice: User, jane_user: User, session: Session) -> None:
    for who in (jane_user, checks.join_token(session, alice)):
        checks.problem(api(who).get(URL.format(session.pk)), 403, "permission_denied")
        response = api(who).post(URL.format(session.pk), BODY, format="json")
        checks.problem(response, 403, "permission_denied")


def test_needs_a_credential_and_a_scope(api: Api, alice: User, session: Session) -> None:
    path = URL.format(session.pk)
    for method, scope, body in (("get", "notes:read", None), ("post", "notes:write", BODY)):
        checks.needs_credential(api, method, path, body)
        checks.needs_scope(api, alice, scope, method, path, body)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "content"),
        ({"content": ""}, "content"),
        ({"content": 5}, "content"),
        ({"content": "x" * 20_001}, "content"),
        ({"content": "\x00"}, "content"),
        ({**BODY, "author": "bob"}, "author"),
        ({**BODY, "timestamp": "2020-01-01T00:00:00Z"}, "timestamp"),
    ],
)
def test_wrong_input(
    api: Api, alice: User, session: Session, body: dict[str, Any], field: str
) -> None:
    response = api(alice).post(URL.format(session.pk), body, format="json")
    checks.problem(response, 422, "validation_error", field)
    assert not Note.objects.exists()
